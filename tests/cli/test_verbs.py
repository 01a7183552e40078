"""The smaller verbs, the program's own options, and what importing costs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import slimreel as library
from slimreel.core import records
from slimreel.core.media import MediaInfo
from slimreel.errors import UsageError
from tests.cli.conftest import SLIMREEL, Program, make_clip


def test_probe_tells_people_and_programs(slimreel: Program, clip: Path):
    done = slimreel("probe", clip.name)
    assert (done.returncode, done.stderr) == (0, "")
    assert "h264" in done.stdout
    assert done.stdout.splitlines()[1].startswith("  MP4/QuickTime, 2 s")
    assert "128x128" in done.stdout
    assert "10 fps" in done.stdout
    found = slimreel("probe", clip.name, "--json")
    info = records.read_text(MediaInfo, found.stdout)
    assert (info.video[0].width, info.video[0].frames, info.audio[0].codec) == (128, 20, "aac")
    assert found.stdout.count("\n") == 1
    assert info.demuxer == "mov"


@pytest.mark.parametrize(("name", "code"), [("gone.mp4", 2), ("text.mp4", 3)])
def test_probe_fails_with_a_sentence(slimreel: Program, tmp_path: Path, name: str, code: int):
    (tmp_path / "text.mp4").write_text("no film")
    done = slimreel("probe", name, "--json")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (code, "", 1)


def test_doctor_tries_what_it_lists(slimreel: Program):
    done = slimreel("doctor", "--json")
    machine = json.loads(done.stdout)
    assert done.returncode == 0
    assert machine["encoders"]["h264"]["works"] is True
    assert machine["ffmpeg_version"] != "unknown"
    assert machine["sandbox"]
    assert machine["cjk_fonts"] and machine["missing_font_packages"] == []


def test_doctor_fails_where_nothing_can_be_encoded(slimreel: Program, tmp_path: Path):
    broken = tmp_path / "ffmpeg"
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o755)
    done = slimreel("doctor", env=os.environ | {"SLIMREEL_FFMPEG": str(broken)})
    assert done.returncode == 1
    assert "DOES NOT WORK" in done.stdout
    assert "H.264" in done.stderr


@pytest.mark.slow
def test_demo_keeps_its_promise(slimreel: Program, tmp_path: Path):
    done = slimreel("demo", "--keep", "shown")
    assert (done.returncode, done.stderr) == (0, "")
    assert "target met" in done.stdout
    assert "slimreel probe" in done.stdout
    assert {path.name for path in (tmp_path / "shown").iterdir()} == {"slimreel-demo.mp4", "slimreel-demo-slim.mp4"}


def test_demo_does_not_take_a_file_for_its_folder(slimreel: Program, clip: Path):
    done = slimreel("demo", "--keep", clip.name)
    assert (done.returncode, done.stderr) == (
        2,
        "slimreel: clip.mp4 is a file, not a folder; name another with --keep.\n",
    )


def test_a_goal_of_a_wrong_type_is_a_usage_error(clip: Path):
    with pytest.raises(UsageError, match="not NoneType"):
        library.compress(clip, None)  # type: ignore[arg-type]  # the mistake is what is tested


def test_version_and_help(slimreel: Program):
    assert slimreel("--version").stdout.startswith("slimreel 0.")
    assert "130  stopped by Ctrl-C" in slimreel("compress", "--help").stdout
    bare = slimreel()
    assert "slimreel demo" in bare.stdout
    assert bare.returncode == 2


def test_a_mistyped_verb_is_a_usage_error(slimreel: Program):
    done = slimreel("compres", "a.mp4")
    assert (done.returncode, done.stdout) == (2, "")
    assert "compres" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_file_without_a_verb_gets_a_hint(slimreel: Program, clip: Path):
    done = slimreel(clip.name, "8 Mbps")
    assert done.returncode == 2
    assert "slimreel compress clip.mp4" in done.stderr


@pytest.mark.parametrize(
    ("code", "absent"),
    [
        ("import slimreel", ["msgspec", "typer", "slimreel.errors"]),
        ("import slimreel.cli.main", ["rich", "msgspec", "slimreel.engine", "slimreel.agent"]),
        ("import slimreel.cli.batch, slimreel.workbench.compress", ["rich", "av", "slimreel.agent.wish"]),
    ],
)
def test_importing_loads_only_what_is_needed(code: str, absent: list[str]):
    program = f"{code}\nimport sys\nprint([name for name in {absent} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_the_library_has_what_it_lists():
    assert all(getattr(library, name) is not None for name in library.__all__)
    assert dir(library) == sorted(library.__all__)
    with pytest.raises(AttributeError):
        _ = library.decompress


@pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")
def test_a_bar_is_drawn_on_a_terminal_and_is_gone_afterwards(tmp_path: Path):
    import pty

    make_clip(tmp_path / "clip.mp4", seconds=1)
    ours, theirs = pty.openpty()
    command = [*SLIMREEL, "compress", "clip.mp4", "100 Mbps", "--json"]
    environment = os.environ | {"TERM": "xterm-256color", "COLUMNS": "100"}
    done = subprocess.run(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=theirs, env=environment, check=False)
    drawn = os.read(ours, 100_000).decode()
    os.close(ours)
    os.close(theirs)
    assert done.returncode == 0
    assert "clip.mp4" in drawn
    assert "%" in drawn
    assert json.loads(done.stdout)["strategy"] == "copy"
