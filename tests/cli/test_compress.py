"""The real program on real files: what it prints where, which exit code it gives, what it leaves behind."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

from tests.cli.conftest import Program, make_clip

KEYS = [
    "input", "output", "strategy", "bytes", "duration_s", "video_bitrate_bps", "audio_bitrate_bps", "width", "height",
    "fps", "codec", "target", "error_percent", "reasons", "cpu_seconds", "wall_seconds",
]  # fmt: skip
SIZE = ("--size", "60kB", "--speed", "fast")


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_size_in_words_gives_one_line_and_the_file(slimreel: Program, clip: Path):
    done = slimreel("compress", clip.name, "under 60 kB, fast")
    assert (done.returncode, done.stderr) == (0, "")
    assert re.match(r"clip\.mp4 → clip-slim\.mp4  [\d.]+ kB → [\d.]+ kB \(\d+ %\)  H\.264 128x128  ", done.stdout)
    assert all(line.startswith("  ") and line.endswith(".") for line in done.stdout.splitlines()[1:])
    assert clip.with_name("clip-slim.mp4").stat().st_size <= 60_000
    assert names(clip.parent) == {"clip.mp4", "clip-slim.mp4"}


def test_json_is_one_object_with_the_promised_keys(slimreel: Program, clip: Path):
    done = slimreel("compress", clip.name, "压到60KB", "--speed", "fast", "--json")
    assert (done.returncode, done.stderr, done.stdout.count("\n")) == (0, "", 1)
    made = json.loads(done.stdout)
    assert list(made) == KEYS
    assert made["bytes"] == clip.with_name("clip-slim.mp4").stat().st_size <= 60_000
    assert made["target"] == {"kind": "size", "bytes": 60_000}
    assert made["error_percent"] <= 0
    assert all("。" in reason for reason in made["reasons"])


def test_progress_json_gives_events_then_the_same_object(slimreel: Program, clip: Path):
    done = slimreel("compress", clip.name, *SIZE, "--progress", "json")
    records = [json.loads(line) for line in done.stdout.splitlines()]
    events = [record for record in records if "event" in record]
    assert list(records[-1]) == KEYS
    assert len(events) == len(records) - 1
    assert {event["event"] for event in events} <= {"progress", "decided"}
    fractions = [event["fraction"] for event in events if event["event"] == "progress"]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1
    assert done.stderr == ""


def test_a_batch_goes_on_after_a_bad_file(slimreel: Program, clip: Path):
    folder = clip.parent
    (folder / "broken.mp4").write_text("this is no film")
    make_clip(folder / "second.mp4", seconds=1)
    done = slimreel("compress", folder, "100 Mbps", "--out-dir", "out", "--json")
    records = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 9
    assert [Path(record["input"]).name for record in records] == ["broken.mp4", "clip.mp4", "second.mp4"]
    assert records[0]["error"]["code"] == "not_a_video"
    assert records[1]["strategy"] == "copy"
    assert names(folder / "out") == {"clip-slim.mp4", "second-slim.mp4"}
    first, last = done.stderr.splitlines()
    assert "broken.mp4" in first
    assert "1 of 3" in last


def test_a_batch_prints_one_line_a_file(slimreel: Program, clip: Path):
    make_clip(clip.with_name("b.mp4"), seconds=1)
    done = slimreel("compress", "b.mp4", "clip.mp4", "100 Mbps")
    assert done.returncode == 0
    assert [line.partition(" ")[0] for line in done.stdout.splitlines()] == ["b.mp4", "clip.mp4"]


@pytest.mark.parametrize(
    "name", ["two words.mp4", "two\nlines.mp4", "-dash.mp4", "视频.mp4", "%03d.mp4", "a:b,c'd[e].mp4"]
)
def test_names_are_only_names(slimreel: Program, clip: Path, name: str):
    clip.rename(clip.with_name(name))
    done = slimreel("compress", "--json", "--bitrate", "100M", "--", name)
    made = json.loads(done.stdout)
    assert (done.returncode, made["input"]) == (0, name)
    assert names(clip.parent) == {name, f"{name.removesuffix('.mp4')}-slim.mp4"}


def test_a_name_cannot_move_the_cursor_or_fake_a_line(slimreel: Program, clip: Path):
    name = "\x1b[31m\nslimreel: all well.mp4"
    clip.rename(clip.with_name(name))
    done = slimreel("compress", "--bitrate", "100M", name)
    refused = slimreel("compress", "--bitrate", "100M", name)
    assert (done.returncode, refused.returncode, refused.stderr.count("\n")) == (0, 6, 1)
    assert "\x1b" not in done.stdout + refused.stderr


@pytest.mark.skipif(os.name != "posix", reason="file names are text there")
def test_a_name_that_is_no_text_is_met_with_a_sentence(slimreel: Program, clip: Path):
    name = os.fsdecode(b"caf\xe9.mp4")
    clip.rename(clip.with_name(name))
    done = slimreel("compress", "--bitrate", "100M", "--json", name)
    assert json.loads(done.stdout)["input"] == name
    assert done.returncode == 0


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["clip.mp4", "8 bananas"], 8, "8 bananas"),
        (["clip.mp4", "香蕉八根"], 8, "香蕉"),
        (["gone.mp4"], 2, "gone.mp4"),
        (["clip.mp4", "--bitrat", "8M"], 2, "--bitrate"),
        (["clip.mp4", "--codec", "h262"], 2, "'--codec': 'h262' is not one of"),
        (["clip.mp4", "--crf", "abc"], 2, "'--crf': it should be a valid number."),
        (["clip.mp4", "--bitrate"], 2, "slimreel compress --help"),
        (["-dash.mp4", "8 Mbps"], 2, "write ./-dash.mp4"),
        (["headless.mp4"], 4, "nothing of its picture can be saved"),
        (["headless.mp4", "--salvage"], 4, "nothing of its picture can be saved"),
        (["clip.mp4", "--size", "3B"], 5, "smallest"),
        (["clip.mp4", "--codec", "h264", "-o", "x.webm"], 2, "webm cannot hold h264"),
        (["clip.mp4", "-o", "x.webm", "--container", "mov", "--codec", "vp9"], 2, "mov cannot hold vp9"),
        (["clip.mp4", "-o", "x.xyz"], 2, "--container"),
        (["clip.mp4", "-o", "clip.mp4"], 2, "replace the input"),
        (["clip.mp4", "-o", "."], 2, "--out-dir"),
        (["text.mp4"], 3, "not a video"),
        (["empty.mp4"], 3, "empty.mp4"),
        (["list.mp4"], 3, "list.mp4"),
        (["short.mp4"], 4, "--salvage"),
        (["clip.mp4", "--bitrate", "100M", "-o", "taken.mp4"], 6, "--overwrite"),
        (["clip.mp4", "--bitrate", "100M", "-o", "text.mp4/x.mp4"], 7, "text.mp4"),
    ],
)
def test_each_failure_has_a_code_and_one_sentence(
    slimreel: Program, clip: Path, arguments: list[str], code: int, words: str
):
    folder = clip.parent
    (folder / "text.mp4").write_text("this is no film")
    (folder / "taken.mp4").write_text("somebody's")
    (folder / "-dash.mp4").write_text("a name that looks like an option")
    (folder / "headless.mp4").write_bytes(clip.read_bytes().replace(b"moov", b"skip"))
    (folder / "empty.mp4").touch()
    (folder / "list.mp4").write_text("#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/passwd\n")
    (folder / "short.mp4").write_bytes(clip.read_bytes()[: clip.stat().st_size // 2])
    before = names(folder)
    done = slimreel("compress", *arguments)
    assert (done.returncode, done.stdout, names(folder)) == (code, "", before), done.stderr
    assert words in done.stderr
    assert done.stderr.startswith("slimreel: ")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["clip.mp4", "香蕉八根"], 8, "没听懂：香蕉"),
        (["clip.mp4", "剪掉前五秒"], 8, "请对 slimreel edit 说"),
        (["clip.mp4", "压到25MB", "--percent", "50"], 2, "大小和大小比例不能同时成立"),
        (["clip.mp4", "压到25MB", "--size", "10MB"], 2, "25 MB和10 MB不能同时成立"),
        (["clip.mp4", "压到3B"], 5, "最小可以做到"),
        (["clip.mp4", "用h264，压到25MB", "-o", "x.webm"], 2, "webm 装不下 h264"),
        (["empty.mp4", "压到25MB"], 3, "文件是空的"),
        (["short.mp4", "压到25MB"], 4, "已损坏或不完整"),
        (["clip.mp4", "压到25MB", "-o", "taken.mp4"], 6, "taken.mp4 已经存在"),
        (["clip.mp4", "gone.mp4", "--wish", "压到25MB"], 2, "没有文件 gone.mp4"),
        (["empty.mp4", "short.mp4", "压到25MB"], 9, "2 个文件中有 2 个失败"),
    ],
)
def test_an_error_is_told_in_the_language_of_the_wish(
    slimreel: Program, clip: Path, arguments: list[str], code: int, words: str
):
    (clip.parent / "taken.mp4").write_text("somebody's")
    (clip.parent / "empty.mp4").touch()
    (clip.parent / "short.mp4").write_bytes(clip.read_bytes()[: clip.stat().st_size // 2])
    done = slimreel("compress", *arguments, "--json")
    assert (done.returncode, words in done.stderr) == (code, True), done.stderr
    if code != 9:
        assert json.loads(done.stdout)["error"]["message"] == done.stderr.removeprefix("slimreel: ").strip()


@pytest.mark.parametrize(
    "arguments",
    [
        ["clip.mp4", "--bitrat", "8M", "--json"],
        ["--json", "clip.mp4", "--crf", "abc"],
        ["--json"],
        ["--json", "8 Mbps"],
        ["clip.mp4", "--progress", "json", "--size"],
        ["clip.mp4", "--progress=json", "--no-such"],
    ],
)
def test_wrong_usage_is_told_in_json_too(slimreel: Program, clip: Path, arguments: list[str]):
    done = slimreel("compress", *arguments)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    told = json.loads(done.stdout)
    assert (told["input"], told["error"]["code"]) == (None, "usage")
    assert f"slimreel: {told['error']['message']}\n" == done.stderr


def test_wrong_usage_without_json_leaves_stdout_alone(slimreel: Program, clip: Path):
    assert slimreel("compress", clip.name, "--bitrat", "8M").stdout == ""
    assert slimreel("compress", "--bitrat", "8M", "--", clip.name, "--json").stdout == ""


def test_the_smallest_target_that_works_is_in_the_json(slimreel: Program, clip: Path):
    done = slimreel("compress", clip.name, "--size", "3kB", "--json")
    error = json.loads(done.stdout)["error"]
    assert (done.returncode, error["code"]) == (5, "target_impossible")
    assert 3000 < error["smallest_bytes"] < clip.stat().st_size
    assert "3 kB is too small" in error["message"]
    assert f"{error['smallest_bytes'] / 1000:g} kB" in error["message"]


def test_overwrite_replaces(slimreel: Program, clip: Path):
    out = clip.with_name("out.mp4")
    out.write_text("old")
    done = slimreel("compress", clip.name, "--bitrate", "100M", "-o", out.name, "--overwrite")
    assert (done.returncode, out.read_bytes()[4:8]) == (0, b"ftyp")


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_permission(slimreel: Program, clip: Path):
    folder = clip.parent / "locked"
    folder.mkdir(mode=0o500)
    done = slimreel("compress", clip.name, "100 Mbps", "--out-dir", folder.name)
    assert (done.returncode, done.stderr.count("\n")) == (7, 1)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes of POSIX")
def test_a_device_or_pipe_is_never_replaced(slimreel: Program, clip: Path):
    pipe = clip.with_name("pipe.mp4")
    os.mkfifo(pipe)
    done = slimreel("compress", clip.name, "100 Mbps", "-o", pipe.name, "--overwrite")
    assert (done.returncode, pipe.is_fifo()) == (2, True)
    assert "a device or a pipe" in done.stderr


@pytest.mark.skipif(os.name != "posix", reason="descriptors of POSIX")
def test_closed_streams_do_not_end_up_in_the_video(slimreel: Program, clip: Path):
    none = {"capture_output": False, "preexec_fn": lambda: os.closerange(0, 3)}
    done = slimreel("compress", clip.name, "100 Mbps", "-o", "x.mp4", "--reencode", **none)
    assert done.returncode == 0
    assert clip.with_name("x.mp4").read_bytes()[4:8] == b"ftyp"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_what_cannot_be_printed_is_told(slimreel: Program, clip: Path):
    with Path("/dev/full").open("w") as full:
        done = slimreel("compress", clip.name, "100 Mbps", capture_output=False, stdout=full, stderr=-1)
    assert (done.returncode, done.stderr.count("\n")) == (7, 1)
    assert "full" in done.stderr


def test_a_bar_that_nobody_sees_prints_nothing(slimreel: Program, clip: Path):
    assert slimreel("compress", clip.name, "100 Mbps", "--progress", "bar").stderr == ""


def test_the_ending_of_the_output_names_the_container(slimreel: Program, clip: Path):
    done = slimreel("compress", clip.name, "-o", "x.mkv", "--no-reencode", "--json")
    assert (done.returncode, json.loads(done.stdout)["strategy"]) == (0, "remux")
    assert clip.with_name("x.mkv").read_bytes()[:4] == b"\x1aE\xdf\xa3"


def test_a_reader_that_went_away_is_no_error(slimreel: Program, clip: Path):
    read, write = os.pipe()
    os.close(read)
    done = slimreel("compress", clip.name, "100 Mbps", capture_output=False, stdout=write, stderr=-1)
    os.close(write)
    assert (done.returncode, done.stderr) == (0, "")
    assert "clip-slim.mp4" in names(clip.parent)
