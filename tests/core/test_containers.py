"""Containers: each row is whole, its defaults fit into it, and impossible pairs are refused by name."""

from __future__ import annotations

import pytest

from slimreel.core.codecs import AUDIO_ENCODERS, ENCODERS
from slimreel.core.containers import (
    CONTAINERS,
    DEMUXER_NAMES,
    MEDIA_SUFFIXES,
    Container,
    check_pair,
    container_of_suffix,
    demuxer_name,
)
from slimreel.engine.sniff import FORMATS
from slimreel.errors import ImpossiblePair

ROWS = pytest.mark.parametrize("row", CONTAINERS.values(), ids=CONTAINERS)


@ROWS
def test_a_row_is_whole(row: Container) -> None:
    assert CONTAINERS[row.name] is row
    assert row.default_codec in row.video
    assert row.default_audio in row.audio
    assert row.default_audio in AUDIO_ENCODERS
    assert set(row.video_tags) <= row.video
    assert row.muxer_options[0].startswith("-") and len(row.muxer_options) % 2 == 0
    assert row.frame_bytes > 0 and row.packet_bytes > 0 and row.fixed_bytes > 0
    assert all(len(word) == 3 for pair in row.languages.items() for word in pair)


@ROWS
def test_endings_mean_one_container(row: Container) -> None:
    for suffix in row.suffixes:
        assert suffix in MEDIA_SUFFIXES
        assert container_of_suffix(suffix) == container_of_suffix(suffix.upper()) == row.name
    assert sum(set(row.suffixes) == set(other.suffixes) for other in CONTAINERS.values()) == 1


@pytest.mark.parametrize("suffix", ["", ".", ".avi", ".txt", "mp4", ".mp4 "])
def test_other_endings_mean_none(suffix: str) -> None:
    assert container_of_suffix(suffix) is None


def test_mp4_holds_every_codec_that_is_written() -> None:
    assert set(ENCODERS) <= CONTAINERS["mp4"].video
    assert CONTAINERS["mp4"].video_tags["hevc"] == "hvc1"
    assert "+faststart" in CONTAINERS["mp4"].muxer_options


@ROWS
@pytest.mark.parametrize("codec", ENCODERS)
def test_a_pair_is_possible_or_refused_with_what_is(row: Container, codec: str) -> None:
    encoder = next(encoder for encoder in ENCODERS.values() if encoder.codec == codec)
    if codec in row.video:
        check_pair(row.name, encoder.codec)
        return
    with pytest.raises(ImpossiblePair, match=f"{row.name} cannot hold {codec}") as caught:
        check_pair(row.name, encoder.codec)
    allowed = str(caught.value.fields["allowed"]).split(", ")
    assert set(allowed) == row.video & set(ENCODERS)


def test_no_file_is_called_by_a_demuxer_that_people_do_not_know() -> None:
    assert [demuxer_name(name) for name in ("mov", "matroska", "avi", "flv")] == [
        "MP4/QuickTime",
        "Matroska/WebM",
        "AVI",
        "FLV",
    ]
    assert set(DEMUXER_NAMES) <= set(FORMATS)
