"""Edits said in words, with the real program: what comes out is weighed and looked at by other means than our own."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import av
import pytest

from tests.cli.conftest import Program


def looked_at(path: Path) -> tuple[int, int, float, bool]:
    """Width, height, seconds of pictures, and whether there is sound, counted from the packets."""
    with av.open(str(path)) as file:
        video = file.streams.video[0]
        frames = sum(1 for packet in file.demux(video) if packet.size)
        rate = video.average_rate or Fraction(1)
        return video.width, video.height, float(frames / rate), bool(file.streams.audio)


@pytest.mark.parametrize(
    ("words", "width", "height", "seconds", "sound"),
    [
        ("first half a second off, then make it 9:16", 128, 228, 1.5, True),
        ("keep 0.5s to 1.5s and mute it", 128, 128, 1.0, False),
        ("2x speed, then rotate 90", 128, 128, 1.0, True),
        ("裁成16:9，循环两遍", 228, 128, 4.0, True),
        ("最后一秒去掉，静音", 128, 128, 1.0, False),
    ],
)
def test_words_become_a_file(
    slimreel: Program, clip: Path, words: str, width: int, height: int, seconds: float, sound: bool
) -> None:
    done = slimreel("edit", clip.name, words, "-o", "out.mp4", "--json")
    assert done.returncode == 0, done.stderr
    found_width, found_height, found_seconds, found_sound = looked_at(clip.parent / "out.mp4")
    assert (found_width, found_height, found_sound) == (width, height, sound)
    assert found_seconds == pytest.approx(seconds, abs=0.11)
    assert json.loads(done.stdout)["changes"]


def test_a_size_said_in_words_is_never_exceeded(slimreel: Program, clip: Path) -> None:
    done = slimreel("edit", clip.name, "loop it 3 times, under 40 KB", "-o", "out.mp4")
    assert done.returncode == 0, done.stderr
    assert (clip.parent / "out.mp4").stat().st_size <= 40_000


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("make it shorter", "By how much"),
        ("trim to 0:30", "The video is only 2 s long"),
        ("剪短点", "多少"),
        ("add a title", "What should it say"),
        ("what's the weather", "not about video"),
        ("is it done yet", "belongs to a session"),
    ],
)
def test_what_is_missing_is_asked_and_nothing_is_made(slimreel: Program, clip: Path, words: str, sentence: str) -> None:
    done = slimreel("edit", clip.name, words, "-o", "out.mp4", "--json")
    assert done.returncode == 8 and sentence in done.stderr
    assert json.loads(done.stdout)["error"]["code"] == "request_unclear"
    assert not (clip.parent / "out.mp4").exists()


def test_changes_are_told_in_the_language_of_the_words(slimreel: Program, clip: Path) -> None:
    done = slimreel("edit", clip.name, "前半秒去掉，写上“你好”", "--dry-run")
    assert "“你好”" in done.stdout and "s" in done.stdout
    assert not any(word in done.stdout for word in ("Removed", "Put the text"))


def test_what_was_not_understood_is_named_and_the_rest_is_done(slimreel: Program, clip: Path) -> None:
    done = slimreel("edit", clip.name, "cut the first second, and flambulate the gorp", "--dry-run")
    assert done.returncode == 0 and "flambulate" in done.stderr and "Removed 1 s" in done.stdout


def test_requests_are_read_line_by_line(slimreel: Program, clip: Path) -> None:
    lines = [
        json.dumps({"text": "first 5 sec off", "lang": "en"}),
        "no json",
        json.dumps({"text": "bigger", "context": {"elements": [{"id": "t1", "type": "text", "text": "Hi"}], "odd": 1}}),
        json.dumps({"text": 5}),
        "",
        json.dumps({"text": "压到10兆以内"}),
    ]
    done = slimreel("understand", input="\n".join(lines))
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [len(answer["ops"]) for answer in answers] == [1, 0, 1, 0, 1]
    assert answers[0]["ops"] == [{"op": "cut", "params": {"first_s": 5.0}}]
    assert "error" in answers[1] and "error" in answers[3]
    assert answers[2]["ops"][0]["op"] == "nudge"
