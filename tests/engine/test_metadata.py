"""What a file says of itself: dates, titles and languages stay; places and devices go unless they are asked for."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from slimreel.workbench.compress import compress
from tests.engine import witness
from tests.engine.conftest import Make, Shrink, goal

GPS = "portrait/iphone_rot90_gps.mov"
# Each way a file can be made. The size is far above the file: it fits already.
WAYS: dict[str, dict[str, Any]] = {
    "encode": {"quality": "low", "reencode": True},
    "remux": {"reencode": False},
    "already fits": {"target_size_bytes": 50_000_000},
}


def place_of(path: Path) -> list[str]:
    """The tags that name a place, and what of them stands in the bytes."""
    tags = [key for key in witness.tags(path) if "location" in key.lower() or "gps" in key.lower()]
    data = path.read_bytes()
    return tags + [mark.decode("latin-1") for mark in (b"\xa9xyz", b"loci", b"ISO6709") if mark in data]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".mkv"])
def test_the_place_of_filming_goes_by_default(way: str, suffix: str, media: Path, shrink: Shrink) -> None:
    source = media / GPS
    assert place_of(source)
    made = shrink(source, suffix, **WAYS[way])
    assert place_of(made.path) == []
    assert "location_dropped" in made.reasons


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".mkv"])
def test_the_place_is_kept_when_asked(way: str, suffix: str, media: Path, shrink: Shrink) -> None:
    made = shrink(media / GPS, suffix, keep_location=True, **WAYS[way])
    values = [value for key, value in witness.tags(made.path).items() if "location" in key.lower()]
    assert any(value.startswith("+") for value in values), witness.tags(made.path)
    assert "location_dropped" not in made.reasons


@pytest.mark.parametrize("way", WAYS)
def test_no_device_is_named(way: str, media: Path, shrink: Shrink) -> None:
    source = media / GPS
    assert b"iPhone" in source.read_bytes()
    made = shrink(source, **WAYS[way])
    assert b"iPhone" not in made.path.read_bytes()
    assert b"Apple" not in made.path.read_bytes()
    assert not {key for key in witness.tags(made.path) if key.startswith("com.")}


@pytest.mark.parametrize("way", WAYS)
def test_the_date_of_filming_is_kept(way: str, media: Path, shrink: Shrink) -> None:
    before, after = (witness.tags(path) for path in (media / GPS, shrink(media / GPS, **WAYS[way]).path))
    filmed = datetime.fromisoformat(before["com.apple.quicktime.creationdate"])
    assert datetime.fromisoformat(after["creation_time"]) == filmed


@pytest.fixture(scope="session")
def titled(make: Make) -> Path:
    tags = {"title": "Größe 大小", "artist": "Somebody", "comment": "a; b=c", "date": "2024", "encoder": "Secret 1.0"}
    tags |= {"creation_time": "2024-05-06T07:08:09.000000Z", "com.maker.serial": "SN-12345"}
    return make(
        "titled.mkv",
        *("-f", "lavfi", "-i", "testsrc2=s=160x90:r=25:d=1", "-f", "lavfi", "-i", "sine=d=1"),
        *(part for key, value in tags.items() for part in ("-metadata", f"{key}={value}")),
        *("-metadata:s:v:0", "language=jpn", "-metadata:s:a:0", "language=deu"),
        *("-metadata:s:a:0", "handler_name=SN-12345"),
        *("-c:v", "libx264", "-preset", "veryfast", "-c:a", "aac"),
    )


@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".mkv", ".webm"])
def test_title_date_and_languages_are_kept(suffix: str, titled: Path, shrink: Shrink) -> None:
    made = shrink(titled, suffix)
    tags = {key.lower(): value for key, value in witness.tags(made.path).items()}
    assert tags["title"] == "Größe 大小"
    assert tags["artist"] == "Somebody"
    assert tags["comment"] == "a; b=c"
    assert tags["creation_time"].startswith("2024-05-06T07:08:09")
    assert [track.language for track in witness.tracks(made.path)] == ["jpn", "ger" if suffix == ".mov" else "deu"]
    assert b"SN-12345" not in made.path.read_bytes()
    assert b"Secret" not in made.path.read_bytes()


@pytest.mark.parametrize("way", ["encode", "remux", "already fits"])
def test_stripping_leaves_nothing(way: str, titled: Path, shrink: Shrink) -> None:
    made = shrink(titled, ".mkv", strip_metadata=True, **WAYS[way])
    data = made.path.read_bytes()
    for word in ("Größe", "Somebody", "2024", "SN-12345", "Secret"):
        assert word.encode() not in data
    assert "metadata_stripped" in made.reasons


@pytest.mark.parametrize("way", WAYS)
def test_the_files_own_time_is_kept(way: str, plain: Path, tmp_path: Path) -> None:
    source = tmp_path / "old.mp4"
    source.write_bytes(plain.read_bytes())
    os.utime(source, (1_500_000_000, 1_500_000_000))
    out = tmp_path / "new.mp4"
    compress(source, goal(**WAYS[way]), out)
    assert out.stat().st_mtime == 1_500_000_000


def test_stripping_does_not_keep_the_files_time(plain: Path, tmp_path: Path) -> None:
    source, out = tmp_path / "old.mp4", tmp_path / "new.mp4"
    source.write_bytes(plain.read_bytes())
    os.utime(source, (1_500_000_000, 1_500_000_000))
    compress(source, goal(strip_metadata=True), out)
    assert out.stat().st_mtime > 1_600_000_000
