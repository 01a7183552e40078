"""Broken files end in a sentence or in a checked result: nothing is hidden, nothing is left behind."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from slimreel.errors import DamagedInput, HostileInput, NotAVideo, SlimreelError
from slimreel.workbench.compress import compress
from tests.conftest import media_folder
from tests.engine import witness
from tests.engine.conftest import Make, goal
from tests.jargon import jargon_in

# What each file of malformed/ ends in, without and with salvage: an error, or the seconds that are made of it.
Ending = type[SlimreelError] | float
FATES: dict[str, tuple[Ending, Ending]] = {
    "bad_container.mkv": (5.0, 5.0),  # Ogg under another name is a good video
    "bad_free_box.mp4": (NotAVideo, NotAVideo),
    "bad_keyframes.mp4": (5.0, 5.0),  # wrong marks, whole pictures
    "bento4_crash_1.mp4": (NotAVideo, NotAVideo),  # sound alone
    "corrupted_frames.mp4": (DamagedInput, 5.0),
    "duplicate_audio_dts.ts": (2.0, 2.0),  # every picture is there
    "empty_stsc.mp4": (DamagedInput, DamagedInput),  # no picture can be read
    "exploit.gif": (HostileInput, HostileInput),
    "failing_audio.mp4": (11.23, 11.23),  # its packets are copied as they are and decode
    "ffmpeg_hang_1.mp4": (DamagedInput, 5461.25),  # a fragment with times of an hour and a half
    "ffmpeg_slow_01.bin": (DamagedInput, 0.33),
    "fuzz_mopt_42.mp4": (NotAVideo, NotAVideo),  # sound alone
    "fuzz_mopt_7.mp4": (NotAVideo, NotAVideo),
    "gpac_crash_1.mp4": (DamagedInput, DamagedInput),
    "hls_in_avi_read_passwd.avi": (HostileInput, HostileInput),
    "hls_ssrf.avi": (HostileInput, HostileInput),
    "jpeg_named.mp4": (NotAVideo, NotAVideo),
    "lfs_pointer.mp4": (NotAVideo, NotAVideo),
    "mdat_too_long.mp4": (DamagedInput, 1.07),
    "missing_stsd.mp4": (1.0, 1.0),  # the sound cannot be read and is told of; the pictures are whole
    "movenc_fpe_1.wav": (NotAVideo, NotAVideo),
    "no_duration.webm": (4.94, 4.94),
    "ssrf_image.svg": (HostileInput, HostileInput),
    "truncated_1132s.mkv": (DamagedInput, 1.71),
    "truncated_header_231s.mp4": (DamagedInput, DamagedInput),
    "zero_length.mp4": (NotAVideo, NotAVideo),
}


def test_the_table_names_every_malformed_file() -> None:
    folder = media_folder()
    if folder is None:
        pytest.skip("needs the shared clips")
    assert FATES.keys() == {path.name for path in (folder / "malformed").iterdir()}


@pytest.mark.parametrize("salvage", [False, True])
@pytest.mark.parametrize("name", FATES)
def test_malformed_files(name: str, salvage: bool, media: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.mp4"
    fate = FATES[name][salvage]
    if isinstance(fate, type):
        with pytest.raises(fate) as caught:
            compress(media / "malformed" / name, goal(resolution=240), out, salvage=salvage)
        assert name in str(caught.value)
        assert jargon_in(str(caught.value.fields["detail"])) == []
        assert list(tmp_path.iterdir()) == []
        return
    result = compress(media / "malformed" / name, goal(resolution=240), out, salvage=salvage)
    assert result.duration_s == pytest.approx(fate, abs=0.05)
    assert ("salvaged" in {reason.id for reason in result.reasons}) == (FATES[name][0] is DamagedInput)
    witness.decodes(out)


GOOD: dict[str, tuple[str, ...]] = {
    "whole.mp4": ("-movflags", "+faststart"),
    "whole.mkv": (),
    "whole.ts": (),
    "whole.webm": ("-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-c:a", "libopus"),
    "whole.flv": (),
    "whole.avi": ("-c:a", "libmp3lame"),
    "fragmented.mp4": ("-movflags", "+frag_keyframe+empty_moov"),
}


@pytest.fixture(scope="session")
def whole(make: Make) -> Callable[[str], Path]:
    def call(name: str) -> Path:
        return make(
            name,
            *("-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=4", "-f", "lavfi", "-i", "anoisesrc=d=4:c=brown:seed=2"),
            *("-pix_fmt", "yuv420p", "-c:v", "libx264", "-preset", "veryfast", "-g", "25", "-c:a", "aac"),
            *GOOD[name],
        )

    return call


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
@pytest.mark.parametrize("name", GOOD)
def test_a_file_cut_short_is_told_and_can_be_salvaged(
    name: str, share: float, whole: Callable[[str], Path], tmp_path: Path
) -> None:
    data = whole(name).read_bytes()
    source, out = tmp_path / name, tmp_path / "out" / "out.mp4"
    source.write_bytes(data[: round(len(data) * share)])
    # A transport stream promises no length: only a packet cut in its middle or a picture cut in two shows.
    with pytest.raises(DamagedInput, match="damaged or cut short") as caught:
        compress(source, goal(), out)
    assert jargon_in(str(caught.value.fields["detail"])) == []
    assert not out.parent.exists() or list(out.parent.iterdir()) == []
    result = compress(source, goal(), out, salvage=True)
    assert 4 * share - 1.2 < result.duration_s < 4 * share + 0.6
    assert "salvaged" in {reason.id for reason in result.reasons}
    assert [path.name for path in out.parent.iterdir()] == ["out.mp4"]
    witness.decodes(out)


def test_a_file_whose_index_was_never_written(plain: Path, tmp_path: Path) -> None:
    source = tmp_path / "unfinished.mp4"
    data = plain.read_bytes()
    source.write_bytes(data[: data.index(b"moov") - 4])
    for salvage in (False, True):
        with pytest.raises(DamagedInput, match="moov"):
            compress(source, goal(), tmp_path / "out.mp4", salvage=salvage)
    assert [path.name for path in tmp_path.iterdir()] == ["unfinished.mp4"]


def flipped(name: str, whole: Callable[[str], Path], folder: Path) -> Path:
    data = bytearray(whole(name).read_bytes())
    middle = len(data) // 2
    for at in range(middle, middle + 3000):
        data[at] ^= 0xA5
    source = folder / name
    source.write_bytes(data)
    return source


@pytest.mark.parametrize("name", ["whole.mp4", "whole.mkv", "whole.ts"])
def test_flipped_bytes_in_the_middle_are_told(name: str, whole: Callable[[str], Path], tmp_path: Path) -> None:
    source, out = flipped(name, whole, tmp_path), tmp_path / "out.mp4"
    with pytest.raises(DamagedInput, match=r"part of its (picture|sound) .*cannot be read") as caught:
        compress(source, goal(), out)
    assert jargon_in(str(caught.value.fields["detail"])) == []
    assert not out.exists()
    result = compress(source, goal(), out, salvage=True)
    assert "salvaged" in {reason.id for reason in result.reasons}
    witness.decodes(out)


def test_a_copy_is_no_worse_than_its_damaged_source(whole: Callable[[str], Path], tmp_path: Path) -> None:
    """Copied packets are proven by hash, not decoded; where the muxer rewrites them, decoding tells."""
    source, out = flipped("whole.mp4", whole, tmp_path), tmp_path / "out.mp4"
    compress(source, goal(reencode=False), out)
    assert witness.packet_hashes(out, "v:0") == witness.packet_hashes(source, "v:0")
    with pytest.raises(DamagedInput):
        compress(flipped("whole.ts", whole, tmp_path), goal(reencode=False), tmp_path / "other.mp4")
    assert not (tmp_path / "other.mp4").exists()
