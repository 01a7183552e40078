"""`show --otio` with the real program: the file, its URLs, and what is said of it."""

from __future__ import annotations

import shutil
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tests.cli.conftest import Program
from tests.cli.test_edit import ops

otio = pytest.importorskip("opentimelineio")


@pytest.fixture
def draft(slimreel: Program, clip: Path) -> Path:
    """A draft of two files in a folder of their own, one with a name that URLs must escape."""
    films = clip.parent / "films"
    films.mkdir()
    shutil.copy(clip, films / "a.mp4")
    shutil.move(clip, films / "b ü#%.mp4")
    commands = ops(
        clip.parent,
        {"op": "transition", "params": {"type": "dissolve", "duration_s": 0.5}},
        {"op": "add_text", "params": {"text": "Hello", "end_s": 1}},
    )
    inputs = ("films/a.mp4", "films/b ü#%.mp4")
    done = slimreel("edit", *inputs, "--ops", commands, "--dry-run", "--save-draft", "d.json")
    assert done.returncode == 0, done.stderr
    return clip.parent / "d.json"


def test_other_editors_find_the_files(slimreel: Program, draft: Path) -> None:
    inputs = ("films/a.mp4", "films/b ü#%.mp4")
    done = slimreel("show", "d.json", *inputs, "--otio", "film.otio")
    assert done.returncode == 0 and done.stdout.startswith("Timeline (2 tracks)")
    assert done.stderr == "slimreel: Titles are placeholders that have the words as their names: t1.\n"
    timeline = otio.adapters.read_from_file(str(draft.parent / "film.otio"))
    assert (timeline.name, timeline.duration().value) == ("film", 35)
    urls = [clip.media_reference.target_url for clip in timeline.tracks[0].find_clips()]
    assert [unquote(urlsplit(url).path) for url in urls] == [str(draft.parent / name) for name in inputs]
    moved = slimreel("show", "d.json", *inputs, "--otio", "films/film.otio", "--relative")
    timeline = otio.adapters.read_from_file(str(draft.parent / "films" / "film.otio"))
    assert moved.returncode == 0
    urls = [clip.media_reference.target_url for clip in timeline.tracks[0].find_clips()]
    assert urls == ["a.mp4", "b%20%C3%BC%23%25.mp4"]


def test_what_cannot_be_written_is_a_sentence(slimreel: Program, draft: Path) -> None:
    (draft.parent / "film.otio").write_text("mine")
    one, both = ("films/a.mp4",), ("films/a.mp4", "films/b ü#%.mp4")
    for arguments, code, words in (
        (("--otio", "new.otio"), 2, "in the same order"),
        ((*one, "--otio", "new.otio"), 2, "not here"),
        ((*both, "--otio", "film.otio"), 6, "exists already"),
        ((*both, "--otio", "films/a.mp4", "--overwrite"), 2, "would replace the input"),
    ):
        done = slimreel("show", "d.json", *arguments)
        assert (done.returncode, done.stderr.count("\n")) == (code, 1)
        assert words in done.stderr
    assert (draft.parent / "film.otio").read_text() == "mine" and not (draft.parent / "new.otio").exists()
    assert slimreel("show", "d.json", *both, "--otio", "film.otio", "--overwrite").returncode == 0
