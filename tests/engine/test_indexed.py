"""What an index tells of an MP4 is what reading all its packets tells; an index that is not the whole truth is not
believed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from slimreel.engine.child import boxes, indexed, packet_list, payloads, probe, samples
from slimreel.engine.child.opening import opened
from slimreel.engine.sniff import DECODERS
from tests.engine import witness
from tests.engine.conftest import Make

CLIP = ("-f", "lavfi", "-i", "testsrc2=s=160x90:r=25:d=4", "-f", "lavfi", "-i", "sine=f=500:r=48000:d=4")
CODED = ("-c:v", "libx264", "-preset", "veryfast", "-g", "12", "-bf", "2", "-c:a", "aac")


@pytest.fixture(autouse=True)
def always(monkeypatch: pytest.MonkeyPatch) -> None:
    """However short a file is, and whatever time there is to look at pictures."""
    monkeypatch.setattr(indexed, "LEAST_PACKETS", 1)
    monkeypatch.setattr(samples, "CPU_BUDGET_S", 1000.0)


def both(monkeypatch: pytest.MonkeyPatch, program: Any, path: Path, **request: Any) -> Iterator[dict[str, Any]]:
    """The facts of a program as it is, and as if no index were worth it."""
    for least in (1, 10**9):
        with monkeypatch.context() as patch:
            patch.setattr(indexed, "LEAST_PACKETS", least)
            fd = os.open(path, os.O_RDONLY)
            yield program.run({"fd": fd, "demuxer": "mov", "decoders": DECODERS, **request})


def is_believed(path: Path) -> bool:
    fd = os.open(path, os.O_RDONLY)
    layout = boxes.walk(fd, "mov")
    container = opened(fd, "mov", list(DECODERS), layout)
    return indexed.is_worth_it(container, layout) and indexed.indexed(container, fd) is not None


REAL = [
    "animation/bbb_1080p25_12s_51.mp4", "hdr/iphone_hlg_dv84_rot90_elst.mp4", "natural/phone_trees_1080p30_6s.mp4",
    "natural/flir_thermal_vfr.mp4", "natural/umi_cup_outdoor_1080p30_40s.mp4", "structure/edit_list_shift.mp4",
    "structure/shorter_audio.mp4", "mov/apple_mpeg4_20s.mov", "webm/av1_aac_540p.mp4", "long/black_1080p30_6min.mp4",
    "malformed/corrupted_frames.mp4", "malformed/failing_audio.mp4",
]  # fmt: skip


@pytest.mark.parametrize("name", REAL)
def test_real_files_are_told_of_alike(media: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    path = media / name
    assert is_believed(path)
    told, read = both(monkeypatch, probe, path)
    assert told == read
    for stream in range(len(told["video"]) + len(told["audio"])):
        told, read = both(monkeypatch, packet_list, path, stream=stream)
        assert told == read and told["count"]


def test_hashes_of_runs_are_those_of_their_packets(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    path = make("hashed.mp4", *CLIP, *CODED)
    fragmented = make("hashed-fragments.mp4", "-i", path, "-c", "copy", "-movflags", "frag_keyframe+empty_moov")
    runs = {"0": [[0, 100], [7, 20], [99, 1], [99, 2], [400, 1]], "1": [[3, 50]]}
    found = []
    for file in (path, fragmented):
        fd = os.open(file, os.O_RDONLY)
        told = payloads.run({"fd": fd, "demuxer": "mov", "decoders": DECODERS, "streams": runs})["digests"]
        found.append({str(index): digests for index, digests in told.items()})
    assert found[0] == found[1]
    assert [bool(digest) for digest in found[0]["0"]] == [True, True, True, False, False]


@pytest.mark.parametrize("broken", ["fragments", "short", "two headers", "other times", "no times"])
def test_what_is_not_the_whole_truth_is_read(make: Make, monkeypatch: pytest.MonkeyPatch, broken: str) -> None:
    path = make("whole.mp4", *CLIP, *CODED)
    assert is_believed(path)
    content = path.read_bytes()
    if broken == "fragments":
        path = make("fragments.mp4", "-i", path, "-c", "copy", "-movflags", "frag_keyframe+empty_moov")
    elif broken == "short":
        front = make("front.mp4", "-i", path, "-c", "copy", "-movflags", "+faststart")
        path = path.with_name("short.mp4")
        path.write_bytes(front.read_bytes()[:-2000])
    elif broken == "two headers":
        path = path.with_name("headers.mp4")
        at = content.index(b"stsd") + 8
        path.write_bytes(content[:at] + (2).to_bytes(4, "big") + content[at + 4 :])
    elif broken == "other times":
        monkeypatch.setattr(indexed, "_offsets", lambda fd, track: None)
    else:
        path = path.with_name("times.mp4")
        at = content.index(b"ctts") + 8
        path.write_bytes(content[:at] + (0).to_bytes(4, "big") + content[at + 4 :])
    assert not is_believed(path)
    told, read = both(monkeypatch, probe, path)
    assert told == read


def test_a_long_film_is_told_of_by_its_index(make: Make, tmp_path: Path) -> None:
    """As `slimreel probe` would: with the number that the program itself takes for worth it."""
    path = make("many.mp4", "-f", "lavfi", "-i", "color=gray:s=64x64:r=100:d=45", "-c:v", "libx264", "-g", "300")
    shown = len(witness.times(path))
    fd = os.open(path, os.O_RDONLY)
    facts = probe.run({"fd": fd, "demuxer": "mov", "decoders": DECODERS})
    assert shown == facts["video"][0]["frames"] == 4500 and not facts["damage"]
