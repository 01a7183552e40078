"""Which argument is an input and which the wish, and where each output goes."""

from __future__ import annotations

from pathlib import Path

import pytest

from slimreel.cli.arguments import make_tasks, sort_arguments
from slimreel.errors import NoSuchFile, UsageError


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("a.mp4", "b.mov", "8 Mbps", "film/2.mkv", "film/1.mp4", "film/.x.mp4", "film/1-slim.mp4",
                 "film/notes.txt", "film/deep/3.mp4", "none/notes.txt"):  # fmt: skip
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "wish", "sources", "words"),
    [
        (["a.mp4"], None, ["a.mp4"], None),
        (["a.mp4", "25 MB"], None, ["a.mp4"], "25 MB"),
        (["25 MB", "a.mp4"], None, ["a.mp4"], "25 MB"),
        (["a.mp4", "b.mov", "25 MB"], None, ["a.mp4", "b.mov"], "25 MB"),
        (["a.mp4", "8 Mbps"], None, ["a.mp4", "8 Mbps"], None),  # there is such a file
        (["a.mp4"], "8 Mbps", ["a.mp4"], "8 Mbps"),
        (["a.mp4", "./a.mp4"], None, ["a.mp4"], None),
        (["a.mp4", "2.5 Mbps"], None, ["a.mp4"], "2.5 Mbps"),
        (["film", "half"], None, ["film/1.mp4", "film/2.mkv"], "half"),
        (["film/1-slim.mp4"], None, ["film/1-slim.mp4"], None),
        (["film/notes.txt"], None, ["film/notes.txt"], None),  # judged by content later
    ],
)
def test_an_existing_path_is_an_input_and_the_last_of_the_rest_the_wish(
    arguments: list[str], wish: str | None, sources: list[str], words: str | None
):
    assert sort_arguments(arguments, wish) == ([Path(name) for name in sources], words)


@pytest.mark.parametrize(
    ("arguments", "wish", "path"),
    [
        (["a.mp4", "c.mp4"], None, "c.mp4"),
        (["a.mp4", "c.MKV"], None, "c.MKV"),
        (["c.mp4", "25 MB"], None, "c.mp4"),
        (["a.mp4", "25 MB"], "8 Mbps", "25 MB"),
    ],
)
def test_a_missing_file_is_named(arguments: list[str], wish: str | None, path: str):
    with pytest.raises(NoSuchFile) as caught:
        sort_arguments(arguments, wish)
    assert caught.value.fields["path"] == path


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["a.mp4", "8", "Mbps"], '"8 Mbps"'),
        (["25 MB"], "no input"),
        (["none"], "holds no video"),
    ],
)
def test_other_mistakes_are_explained(arguments: list[str], words: str):
    with pytest.raises(UsageError, match=words):
        sort_arguments(arguments, None)


def test_outputs_stand_beside_their_sources_or_in_the_folder():
    sources = [Path("a.mp4"), Path("film/1.mp4")]
    beside = [task.output for task in make_tasks(sources, None, None, ".mp4")]
    assert beside == [Path("a-slim.mp4"), Path("film/1-slim.mp4")]
    inside = [task.output for task in make_tasks(sources, None, Path("out"), ".webm")]
    assert inside == [Path("out/a-slim.webm"), Path("out/1-slim.webm")]


def test_outputs_that_would_meet_are_numbered():
    sources = [Path("a.mp4"), Path("a.mov"), Path("film/a.mkv"), Path("a-2.mp4")]
    names = [task.output.name for task in make_tasks(sources, None, Path("out"), ".mp4")]
    assert names == ["a-slim.mp4", "a-2-slim.mp4", "a-3-slim.mp4", "a-2-2-slim.mp4"]


@pytest.mark.parametrize(
    ("sources", "out", "folder", "words"),
    [
        (["a.mp4", "b.mov"], "x.mp4", None, "--out-dir"),
        (["a.mp4"], "x.mp4", "out", "not both"),
        (["a.mp4"], None, "b.mov", "not a folder"),
    ],
)
def test_impossible_outputs_are_refused(sources: list[str], out: str | None, folder: str | None, words: str):
    with pytest.raises(UsageError, match=words):
        make_tasks(
            [Path(name) for name in sources], Path(out) if out else None, Path(folder) if folder else None, ".mp4"
        )
