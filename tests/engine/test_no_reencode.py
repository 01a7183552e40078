"""When nothing is to be gained nothing is encoded: what fits is copied, bits are never added, and it is said why."""

from __future__ import annotations

from pathlib import Path

import pytest

from slimreel.errors import ImpossiblePair
from slimreel.workbench.probe import probe
from tests.engine import witness
from tests.engine.conftest import Make, Shrink


@pytest.fixture(scope="session")
def ready(plain: Path, make: Make) -> Path:
    """A file as slimreel itself would write it: index first."""
    return make("ready.mp4", "-i", plain, "-c", "copy", "-movflags", "+faststart")


def assert_same_packets(source: Path, made: Path) -> None:
    for stream in ("v:0", "a:0"):
        assert witness.packet_hashes(made, stream) == witness.packet_hashes(source, stream)


def test_a_file_that_fits_is_copied_byte_by_byte(ready: Path, shrink: Shrink) -> None:
    made = shrink(ready, target_size_bytes=25_000_000)
    assert made.result.strategy == "copy"
    assert witness.file_hash(made.path) == witness.file_hash(ready)
    assert made.reasons["already_fits"] == {"size": ready.stat().st_size, "limit": 25_000_000}


def test_a_file_whose_index_is_last_only_gets_it_first(plain: Path, shrink: Shrink) -> None:
    assert not witness.is_faststart(plain)
    made = shrink(plain, target_size_bytes=25_000_000)
    assert made.result.strategy == "remux"
    assert witness.is_faststart(made.path)
    assert_same_packets(plain, made.path)
    assert {"already_fits", "rewrapped"} <= made.reasons.keys()


@pytest.mark.parametrize("suffix", [".mkv", ".mov"])
def test_another_container_gets_the_same_packets(suffix: str, plain: Path, shrink: Shrink) -> None:
    made = shrink(plain, suffix, reencode=False)
    assert made.result.strategy == "remux"
    assert_same_packets(plain, made.path)
    assert len(witness.shown(made.path)) == len(witness.shown(plain))


def test_a_container_that_cannot_hold_the_picture_is_refused(plain: Path, shrink: Shrink) -> None:
    with pytest.raises(ImpossiblePair, match=r"webm cannot hold h264.*av1.*vp9"):
        shrink(plain, ".webm", reencode=False)


@pytest.mark.parametrize("rate", [8_000_000, 100_000_000])
def test_a_rate_above_the_sources_adds_no_bits(rate: int, ready: Path, shrink: Shrink) -> None:
    made = shrink(ready, video_bitrate_bps=rate)
    assert made.result.strategy in ("copy", "remux")
    assert_same_packets(ready, made.path)
    assert made.path.stat().st_size <= ready.stat().st_size * 1.01
    assert made.reasons["source_is_smaller_rate"]["target"] == rate


@pytest.mark.parametrize("codec", ["hevc", "vp9"])
def test_another_codec_at_a_rate_above_the_sources_does_not_inflate(codec: str, ready: Path, shrink: Shrink) -> None:
    made = shrink(ready, codec=codec, video_bitrate_bps=8_000_000)
    assert made.result.strategy == "encode"
    assert made.path.stat().st_size <= ready.stat().st_size


@pytest.mark.parametrize("name", ["webm/vp9_alpha_small.webm", "webm/av1_aac_540p.mp4"])
def test_a_codec_that_needs_more_gets_it_and_no_smaller_picture(name: str, media: Path, shrink: Shrink) -> None:
    source = probe(media / name).video[0]
    made = shrink(media / name, codec="h264", video_bitrate_bps=8_000_000).result
    assert (made.width, made.height) == (source.width, source.height)
    allowed = next(reason.fields["rate"] for reason in made.reasons if reason.id == "codec_needs_more")
    assert source.bitrate_bps * 1.05 < int(allowed)
    assert made.video_bitrate_bps <= int(allowed)
    assert made.quality is not None  # from the one codec it takes fewer bits, from the other even these are short


def test_transparency_survives_a_change_of_container(media: Path, shrink: Shrink) -> None:
    made = shrink(media / "webm/vp9_alpha_small.webm", container="mkv", reencode=False)
    assert made.result.strategy == "remux"
    assert probe(made.path).video[0].has_alpha


def test_excess_of_sound_alone_leaves_the_picture_untouched(make: Make, shrink: Shrink) -> None:
    source = make(
        "loud.mov",
        *("-f", "lavfi", "-i", "testsrc2=s=160x90:r=25:d=2", "-f", "lavfi", "-i", "anoisesrc=d=2:c=brown:seed=1"),
        *("-c:v", "libx264", "-preset", "veryfast", "-crf", "30", "-pix_fmt", "yuv420p", "-c:a", "pcm_s16le"),
    )
    made = shrink(source, target_size_bytes=source.stat().st_size // 2)
    assert made.result.strategy == "remux"
    assert witness.packet_hashes(made.path, "v:0") == witness.packet_hashes(source, "v:0")
    assert made.path.stat().st_size <= source.stat().st_size // 2


@pytest.mark.parametrize(
    "name",
    [
        *("natural/umi_cup_outdoor_1080p30_40s.mp4", "structure/multi_sidx.mp4"),
        *("sar_odd/sar_2by3.mp4", "multi/nasa_2v2a2s.mp4"),
    ],
)
def test_real_files_of_low_rate_are_left_alone(name: str, media: Path, shrink: Shrink) -> None:
    source = media / name
    made = shrink(source, video_bitrate_bps=8_000_000)
    assert made.result.strategy == "remux"
    # One index before the data takes a little more than many small ones did.
    assert made.path.stat().st_size <= source.stat().st_size * 1.01 + 2000


@pytest.mark.slow
def test_4k_of_low_rate_becomes_1080p_without_growing(media: Path, make: Make, shrink: Shrink) -> None:
    source = make("short_4k.mp4", "-i", media / "animation/astro_2160p60_32s.mp4", "-t", "0.5", "-c", "copy")
    made = shrink(source, video_bitrate_bps=8_000_000)
    assert made.result.strategy == "encode"
    assert (made.result.width, made.result.height) == (1920, 1080)
    assert made.path.stat().st_size <= source.stat().st_size
    assert {"source_is_smaller_rate", "scaled_default"} <= made.reasons.keys()


def test_no_number_asked_means_no_growth(media: Path, plain: Path, shrink: Shrink) -> None:
    for source in (plain, media / "structure/room360_1920x960.mp4"):
        made = shrink(source, quality="medium")
        assert made.path.stat().st_size <= source.stat().st_size


@pytest.mark.parametrize("share", [0.5, 0.9])
def test_a_share_of_the_source_is_a_bound(share: float, media: Path, shrink: Shrink) -> None:
    source = media / "sar_odd/sar_2by1_360p.mp4"
    made = shrink(source, size_ratio=share)
    assert made.path.stat().st_size <= source.stat().st_size * share


@pytest.mark.parametrize("name", ["structure/fragmented.mp4", "multi/mov_text.mp4", "mkv/srt_subs.mkv"])
def test_a_changed_container_keeps_everything_else(name: str, media: Path, shrink: Shrink) -> None:
    source = media / name
    made = shrink(source, ".mp4" if source.suffix == ".mkv" else ".mkv", reencode=False)
    assert_same_packets(source, made.path)
    assert [track.kind for track in witness.tracks(made.path)] == [track.kind for track in witness.tracks(source)]


def test_asked_to_encode_again_it_does(ready: Path, shrink: Shrink) -> None:
    made = shrink(ready, reencode=True, target_size_bytes=25_000_000)
    assert made.result.strategy == "encode"
