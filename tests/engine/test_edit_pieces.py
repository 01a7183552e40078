"""Sound cut to many pieces is made by several runs: the same samples as by one, and in step with the pictures."""

from __future__ import annotations

import random
from itertools import pairwise
from pathlib import Path

import pytest

from slimreel.workbench.edit import edit
from tests.engine import witness
from tests.engine.conftest import Make
from tests.engine.cutting import counting, do, rendered

RATE = 48_000
SPLIT = do("split", at_s=[number * 0.2 for number in range(1, 10)])


def beeping(make: Make, frames: int = 600) -> Path:
    """Every tenth picture is white and every tenth length of a picture sounds, at once; 24 pictures a second."""
    picture = f"color=black:s=64x36:r=24:d={frames / 24},geq=lum='if(lt(mod(N,10),1),235,16)':cb=128:cr=128"
    sound = f"aevalsrc='0.8*sin(2*PI*1000*t)*lt(mod(t*24\\,10)\\,1)':s={RATE}:d={frames / 24}"
    coded = ("-c:v", "libx264", "-preset", "ultrafast", "-crf", "8", "-g", "12", "-pix_fmt", "yuv420p", "-c:a", "flac")
    return make("beeps.mkv", "-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound, *coded)


def pcm(path: Path) -> bytes:
    return witness.pipe("-i", path, "-f", "s16le", "-")


def test_several_runs_give_the_very_samples_of_one(make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    commands = [
        SPLIT,
        do("reorder", order=["c9", "c2", "c7", "c1", "c10", "c3"]),
        do("transition", duration_s=0.08, at=["c7", "c1"]),
        do("transition", duration_s=0.08, at=["c1", "c10"]),
        do("volume", level=0.4, clip="c10"),
        do("speed", factor=1.5, clip="c3"),
        do("audio_sync", offset_s=0.05, clip="c2"),
        do("extract_audio", format="wav"),
    ]
    sources = [counting(make)]
    whole = pcm(Path(rendered(tmp_path, sources, *commands, out="whole.mp4").files[0].path))
    monkeypatch.setattr("slimreel.graph.batches.MOST_HEARD", 2)
    monkeypatch.setattr("slimreel.graph.batches._A_HEARING", 2)
    parts = pcm(Path(rendered(tmp_path, sources, *commands, out="parts.mp4").files[0].path))
    assert parts == whole and any(whole)


def test_six_hundred_pieces_are_as_long_as_their_pictures_and_in_step(make: Make, tmp_path: Path):
    """Every picture of 25 s a clip of its own, in another order."""
    order = random.Random(1).sample(range(1, 601), 600)
    commands = [
        do("split", at_s=[number / 24 for number in range(1, 600)]),
        do("reorder", order=[f"c{number}" for number in order]),
    ]
    made = edit([beeping(make)], [*commands, do("extract_audio", format="wav")], tmp_path / "sound.wav")
    samples = pcm(Path(made.files[0].path))
    assert len(samples) == 600 * RATE // 24 * 4
    frame = len(samples) // 600
    loudest = [max(memoryview(samples[at : at + frame]).cast("h")) for at in range(0, len(samples), frame)]
    white = [(number - 1) % 10 == 0 for number in order]
    assert [level > 10_000 for level in loudest] == white
    assert any(first != second for first, second in pairwise(white))
