"""The list of a stream's packets is what another program counts, and a lying reader is not believed."""

from __future__ import annotations

import base64
import os
import zlib
from array import array
from pathlib import Path

import pytest

from slimreel.core.media import main_video
from slimreel.core.packets import NO_TIME, PacketList
from slimreel.engine import children
from slimreel.engine.packet_list import read_packets
from slimreel.engine.probe import probe
from slimreel.engine.sniff import open_input
from slimreel.errors import EngineError, NotAVideo
from tests.engine import witness
from tests.engine.conftest import Make


def listed(path: Path, stream: int | None = None) -> PacketList:
    source = open_input(path)
    try:
        return read_packets(source, main_video(probe(path)).index if stream is None else stream, path)
    finally:
        os.close(source.fd)


def counted(path: Path) -> list[tuple[int, int]]:
    """(pts, size) of each packet, as FFmpeg's own framecrc muxer tells them."""
    told = witness.pipe("-copyts", "-i", path, "-map", "0:v:0", "-c", "copy", "-f", "framecrc", "-").decode()
    rows = [line.split(",") for line in told.splitlines() if not line.startswith("#")]
    return [(int(row[2]), int(row[4])) for row in rows]


CODED = ("-c:v", "libx264", "-preset", "veryfast", "-g", "12", "-bf", "2")


@pytest.mark.parametrize("suffix", ["mp4", "mkv", "mov", "ts"])
def test_the_list_is_what_ffmpeg_counts(make: Make, suffix: str) -> None:
    path = make(f"listed.{suffix}", *("-f", "lavfi", "-i", "testsrc2=s=160x120:r=25:d=3"), *CODED)
    packets, expected = listed(path), counted(path)
    assert packets.is_whole
    assert list(packets.pts) == [pts for pts, _ in expected]
    if suffix != "ts":  # FFmpeg's muxer counts the delimiters it adds
        assert list(packets.sizes) == [size for _, size in expected]
    assert [number for number in range(len(packets)) if packets.is_key(number)] == [0, 12, 24, 36, 48, 60, 72]
    assert {round(duration * packets.timebase * 1000) for duration in packets.durations} <= {40}


def test_the_list_adds_up_to_what_probing_counted(plain: Path) -> None:
    packets, video = listed(plain), main_video(probe(plain))
    assert (len(packets), sum(packets.sizes), packets.timebase) == (video.packets, video.bytes, video.timebase)
    shown = [pts for number, pts in enumerate(packets.pts) if not packets.is_discard(number)]
    assert min(shown) * packets.timebase == pytest.approx(video.start_s)


def test_sound_can_be_listed_too(plain: Path) -> None:
    sound = probe(plain).audio[0]
    packets = listed(plain, sound.index)
    assert (len(packets), sum(packets.sizes)) == (sound.packets, sound.bytes)


def test_pictures_without_times_are_listed_without(make: Make) -> None:
    path = make("listed.h264", *("-f", "lavfi", "-i", "testsrc2=s=160x120:r=25:d=1"), *CODED, "-bf", "0")
    packets = listed(path)
    assert len(packets) == 25
    assert set(packets.pts) == {NO_TIME}


def test_a_file_without_that_stream_is_refused(plain: Path) -> None:
    with pytest.raises(NotAVideo, match="no stream 7"):
        listed(plain, 7)


def test_a_cut_file_gives_what_is_there(make: Make, tmp_path: Path) -> None:
    whole = make("listed_whole.mkv", *("-f", "lavfi", "-i", "testsrc2=s=160x120:r=25:d=3"), *CODED)
    short = tmp_path / "short.mkv"
    short.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    packets = listed(short)
    assert 10 < len(packets) < 75
    assert list(packets.pts) == list(listed(whole).pts)[: len(packets)]


def packed(kind: str, numbers: list[int]) -> str:
    return base64.b64encode(zlib.compress(array(kind, numbers).tobytes())).decode()


def facts(**changed: object) -> dict[str, object]:
    columns = {"steps": packed("q", [5, NO_TIME, -2]), "durations": packed("i", [1, 1, 1])}
    columns |= {"sizes": packed("I", [9, 8, 7]), "flags": packed("B", [1, 0, 2])}
    return {"count": 3, "timebase": [1, 25], "is_whole": True, **columns, **changed}


def test_times_are_sums_of_steps_and_missing_ones_stay_missing(monkeypatch: pytest.MonkeyPatch, plain: Path) -> None:
    monkeypatch.setattr(children, "call", lambda *_, **__: facts())
    packets = listed(plain, 0)
    assert list(packets.pts) == [5, NO_TIME, 3]
    assert [packets.is_key(number) for number in range(3)] == [True, False, False]
    assert [packets.is_discard(number) for number in range(3)] == [False, False, True]


LIES = {
    "more": {"count": 4},
    "fewer": {"count": 2},
    "negative": {"count": -1},
    "beyond": {"count": 10**12},
    "no number": {"count": "3"},
    "no clock": {"timebase": [0, 25]},
    "broken clock": {"timebase": [1, 0]},
    "not a pair": {"timebase": 25},
    "no text": {"sizes": "???"},
    "not deflated": {"sizes": base64.b64encode(b"123456789012").decode()},
    "a bomb": {"flags": base64.b64encode(zlib.compress(bytes(10**8), 9)).decode()},
    "no column": {"steps": None},
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES.keys())
def test_a_lying_reader_is_an_error(monkeypatch: pytest.MonkeyPatch, plain: Path, lie: dict[str, object]) -> None:
    source = open_input(plain)
    monkeypatch.setattr(children, "call", lambda *_, **__: facts(**lie))
    try:
        with pytest.raises(EngineError, match="does not fit"):
            read_packets(source, 0, plain)
    finally:
        os.close(source.fd)
