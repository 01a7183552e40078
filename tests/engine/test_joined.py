"""Recordings joined end to end, as cameras and `cat` leave them: their clock starts anew, the film runs on."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from av.format import Flags
from hypothesis import given
from hypothesis import strategies as st

from slimreel.engine.child.continuity import Continuity
from slimreel.errors import DamagedInput
from tests.engine import witness
from tests.engine.conftest import Make, Shrink

TICKS = Fraction(1, 90_000)
PICTURE, BLOCK = 3600, 1920  # 25 pictures and 46.9 blocks of sound a second


def stream(index: int, kind: str) -> Any:
    context = SimpleNamespace(sample_rate=48_000, frame_size=1024)
    return SimpleNamespace(index=index, type=kind, codec_context=context, guessed_rate=Fraction(25))


def packet(index: int, dts: int, length: int) -> Any:
    return SimpleNamespace(stream_index=index, dts=dts, pts=dts + PICTURE, duration=length, time_base=TICKS)


def mended(packets: list[Any], *, jumps: bool) -> list[tuple[int, int]]:
    flags = Flags.ts_discont.value if jumps else 0
    container = SimpleNamespace(format=SimpleNamespace(flags=flags), streams=[stream(0, "video"), stream(1, "audio")])
    clock = Continuity(container)
    for one in packets:
        clock.mend(one)
    return [(one.stream_index, one.dts) for one in packets]


# Where a piece's clock starts, in ticks, and how many seconds it lasts.
PIECES = st.lists(st.tuples(st.integers(0, 2**32), st.integers(1, 4)), min_size=1, max_size=5)


def recorded(pieces: list[tuple[int, int]]) -> list[Any]:
    """Pictures of each piece, each with the sound that begins with it."""
    packets = []
    for start, seconds in pieces:
        pictures = [packet(0, start + n * PICTURE, PICTURE) for n in range(25 * seconds)]
        sound = [packet(1, start + n * BLOCK, BLOCK) for n in range(seconds * 90_000 // BLOCK)]
        packets += sorted(pictures + sound, key=lambda one: one.dts)
    return packets


@given(pieces=PIECES)
def test_time_never_runs_back_and_no_pause_is_long(pieces: list[tuple[int, int]]) -> None:
    times = mended(recorded(pieces), jumps=True)
    for index, usual in ((0, PICTURE), (1, BLOCK)):
        steps = [after - before for before, after in pairwise(dts for of, dts in times if of == index)]
        assert min(steps, default=1) >= usual - 9000
        assert max(steps, default=0) <= usual + 900_000


@given(pieces=PIECES)
def test_a_format_whose_clock_runs_on_is_left_alone(pieces: list[tuple[int, int]]) -> None:
    assert mended(recorded(pieces), jumps=False) == [(one.stream_index, one.dts) for one in recorded(pieces)]


@given(start=st.integers(0, 2**32), seconds=st.integers(1, 20))
def test_one_recording_is_left_alone(start: int, seconds: int) -> None:
    whole = [(start, seconds)]
    assert mended(recorded(whole), jumps=True) == [(one.stream_index, one.dts) for one in recorded(whole)]


def piece(make: Make, name: str, colour: str, tone: str, seconds: int, *options: str) -> bytes:
    picture = f"color={colour}:s=160x90:r=25:d={seconds},noise=alls=8:allf=t"
    clip = ("-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", f"{tone}:d={seconds}", "-ac", "1")
    return make(name, *clip, *options).read_bytes()


H264 = ("-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", "-c:a", "aac")
MPEG2 = ("-c:v", "mpeg2video", "-b:v", "1M", "-c:a", "mp2")


@pytest.mark.parametrize(
    ("suffix", "options", "later"),
    [
        (".ts", H264, ()),
        (".ts", H264, ("-output_ts_offset", "3600")),
        (".ts", H264, ("-output_ts_offset", "5")),
        (".mpg", MPEG2, ()),
    ],
    ids=["ts", "an hour later", "a pause", "mpg"],
)
def test_pieces_follow_each_other_with_their_sound(
    suffix: str, options: tuple[str, ...], later: tuple[str, ...], make: Make, shrink: Shrink, tmp_path: Path
) -> None:
    dark = piece(make, f"dark{suffix}", "black", "anullsrc=r=48000", 2, *options)
    light = piece(make, f"light{len(later)}{later[-1:]}{suffix}", "white", "sine=f=500:r=48000", 3, *options, *later)
    joined = tmp_path / f"joined{suffix}"
    joined.write_bytes(dark + light)
    made = shrink(joined).path
    times = witness.times(made)
    assert len(times) == len(witness.shown(joined)) >= 125
    pause = max(after - before for before, after in pairwise(times))
    assert pause == pytest.approx(3.04 if later[-1:] == ("5",) else 0.04, abs=0.1)
    assert times[-1] == pytest.approx(4.96 - 0.04 + pause, abs=0.15)
    assert first_light_s(made) == pytest.approx(first_tone_s(made), abs=0.1)
    witness.decodes(made)


def first_light_s(path: Path) -> float:
    lumas = witness.pipe("-i", path, "-vf", "scale=1:1,format=gray", "-fps_mode", "passthrough", "-f", "rawvideo", "-")
    return witness.shown(path)[next(n for n, luma in enumerate(lumas) if luma > 128)].time_s


def first_tone_s(path: Path) -> float:
    chosen = ("-af", "aresample=async=1:first_pts=0,aresample=8000", "-ac", "1", "-f", "s16le", "-")
    samples = memoryview(witness.pipe("-copyts", "-i", path, "-map", "0:a:0", *chosen)).cast("h")
    return next(n for n, sample in enumerate(samples) if abs(sample) > 1000) / 8000


def test_a_piece_that_was_cut_is_damage(make: Make, shrink: Shrink, tmp_path: Path) -> None:
    whole = piece(make, "white-piece.ts", "white", "sine=f=500:r=48000", 3, *H264, "-g", "10")
    joined = tmp_path / "joined.ts"
    joined.write_bytes(whole[: len(whole) // 188 // 2 * 188] + whole)
    with pytest.raises(DamagedInput) as refused:
        shrink(joined)
    assert refused.value.exit_code == 4
    made = shrink(joined, salvage=True)
    assert "salvaged" in made.reasons
    pictures = len(witness.shown(made.path))
    assert 75 < pictures < 150
    assert made.result.duration_s == pytest.approx(pictures / 25, abs=0.3)
    witness.decodes(made.path)
