"""Edits of HDR: what stays HDR with its bits and tags, how bright what is drawn over it is, and what makes it SDR."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import av
import pytest

from slimreel.core.white import in_hdr
from slimreel.errors import UsageError
from slimreel.workbench.edit import Edit
from tests.engine import witness
from tests.engine.conftest import Make
from tests.engine.cutting import do, rendered

HEVC = do("compress", codec="hevc", crf=10, encode_speed="fast")
WHITE = {"smpte2084": 0.5807, "arib-std-b67": 0.75}  # of the signal: 203 cd/m² by ITU-R BT.2408
NUMBERS = {"smpte2084": 16, "arib-std-b67": 18}  # of H.273


def hdr(make: Make, transfer: str = "smpte2084", seconds: float = 0.4, name: str = "hdr") -> Path:
    """A grey of 10 bits whose luma, 301, no 8 bits can hold, at 160x90 and 25 frames a second."""
    screen = "master-display=G(8500,39850)B(6550,2300)R(35400,14600)WP(15635,16450)L(10000000,50):max-cll=1000,400"
    tags = f"colorprim=bt2020:transfer={transfer}:colormatrix=bt2020nc:range=limited:{screen}"
    graph = f"color=black:s=160x90:r=25:d={seconds},format=yuv420p10le,lutyuv=y=301:u=512:v=512"
    return make(
        f"{name}-{transfer}.mp4", "-f", "lavfi", "-i", graph, "-c:v", "libx265", "-crf", "4",
        "-x265-params", f"log-level=error:{tags}", "-tag:v", "hvc1",
        "-color_primaries", "bt2020", "-color_trc", transfer, "-colorspace", "bt2020nc", "-color_range", "tv",
    )  # fmt: skip


def lumas(path: Path) -> list[int]:
    """The coded luma of 10 bits of the fourth picture, row by row."""
    chosen = ("-vf", "select=eq(n\\,3),extractplanes=y", "-frames:v", "1", "-f", "rawvideo", "-pix_fmt", "gray10le")
    data = witness.pipe("-i", path, *chosen, "-")
    return list(struct.unpack(f"<{len(data) // 2}H", data))


def first(path: Path) -> Any:
    with av.open(str(path)) as container:
        return next(container.decode(video=0))


def told(found: Edit) -> list[str]:
    result = found.files[0].result
    assert result is not None
    return [reason.id for reason in result.reasons]


def assert_kept(found: Edit, transfer: str) -> Path:
    path = Path(found.files[0].path)
    frame = first(path)
    assert frame.format.name == "yuv420p10le"
    assert [int(frame.color_primaries), int(frame.color_trc), int(frame.colorspace)] == [9, NUMBERS[transfer], 9]
    assert "hdr_kept" in told(found)
    return path


def assert_mastered(path: Path) -> None:
    words = witness.described(path)
    assert "r(0.7080,0.2920)" in words and "max_luminance=1000" in words and "MaxCLL=1000, MaxFALL=400" in words


@pytest.mark.parametrize("transfer", sorted(WHITE))
def test_hdr_stays_with_all_its_bits_and_titles_are_as_white_as_paper(make: Make, tmp_path: Path, transfer: str):
    commands = [
        do("split", at_s=[0.2]),
        do("flip", clip="c2"),
        do("sharpen", strength="low"),
        do("add_text", text="I", size_px=1000, bold=True),
        do("blur_region", x=0, y=0, w=0.2, h=0.2),
    ]
    path = assert_kept(rendered(tmp_path, [hdr(make, transfer)], *commands, HEVC), transfer)
    found = lumas(path)
    assert abs(sorted(found)[len(found) // 3] - 301) <= 1
    assert abs(sorted(found)[-20] - (64 + 876 * WHITE[transfer])) <= 6
    assert_mastered(path)


@pytest.mark.parametrize("transfer", sorted(WHITE))
def test_pictures_of_sdr_over_hdr_are_as_white_as_paper(make: Make, tmp_path: Path, transfer: str):
    image = make("white.png", "-f", "lavfi", "-i", "color=white:s=64x64", "-frames:v", "1")
    clip = make("white.mp4", "-f", "lavfi", "-i", "color=white:s=64x36:r=25:d=0.4", "-c:v", "libx264")
    commands = [
        do("add_image", scale=0.25, position={"x": 0, "y": 0}),
        do("pip", file="white.mp4", scale=0.25, position={"x": 1, "y": 1}),
        do("delete_clip", clip="c2"),
    ]
    path = assert_kept(rendered(tmp_path, [hdr(make, transfer), clip, image], *commands, HEVC), transfer)
    found = lumas(path)
    wanted = 64 + 876 * WHITE[transfer]
    assert abs(found[15 * 160 + 15] - wanted) <= 4 and abs(found[85 * 160 + 150] - wanted) <= 4
    assert abs(found[45 * 160 + 80] - 301) <= 1


def test_the_pictures_of_many_clips_stay_hdr(make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("slimreel.graph.batches.MOST_TAKES", 1)
    monkeypatch.setattr("slimreel.graph.batches._A_RUN", 1)
    commands = [do("split", at_s=[0.2]), do("transition", duration_s=0.08), HEVC]
    path = assert_kept(rendered(tmp_path, [hdr(make)], *commands), "smpte2084")
    assert abs(lumas(path)[0] - 301) <= 1
    assert_mastered(path)


SDR = {
    "another transfer": [],
    "colour": [do("color", saturation_pct=10)],
    "white fade": [do("fade", color="#FFFFFF")],
    "asked": [do("compress", hdr="tonemap")],
}


@pytest.mark.parametrize("case", sorted(SDR))
def test_what_hdr_does_not_survive_makes_it_sdr_and_is_said(make: Make, tmp_path: Path, case: str):
    sources = [hdr(make), *([hdr(make, "arib-std-b67")] if case == "another transfer" else [])]
    found = rendered(tmp_path, sources, HEVC, *SDR[case])
    frame = first(Path(found.files[0].path))
    assert int(frame.color_trc) == 1 and frame.format.name == "yuv420p"
    wanted = {"another transfer": "tone_mapped_mixed", "asked": "tone_mapped"}.get(case, "tone_mapped_for")
    assert wanted in told(found)
    if case != "asked":
        with pytest.raises(UsageError, match="HDR cannot be kept here"):
            rendered(tmp_path, sources, HEVC, *SDR[case], do("compress", hdr="keep"))


def test_hdr_becomes_sdr_in_h264_and_cannot_be_kept_there(make: Make, tmp_path: Path):
    assert "tone_mapped" in told(rendered(tmp_path, [hdr(make)], do("compress", codec="h264", crf=20)))
    with pytest.raises(UsageError, match="HDR is kept in hevc or av1"):
        rendered(tmp_path, [hdr(make)], do("compress", hdr="keep", codec="h264", crf=20))


REAL = [("hlg10_hevc_1080p.mp4", "arib-std-b67"), ("hdr10_av1_portrait.mp4", "smpte2084"),
        ("iphone_hlg_dv84_rot90_elst.mp4", "arib-std-b67")]  # fmt: skip


@pytest.mark.media
@pytest.mark.parametrize(("name", "transfer"), REAL)
def test_real_clips_stay_hdr(name: str, transfer: str, media: Path, tmp_path: Path):
    codec = "av1" if "av1" in name else "hevc"
    goal = do("compress", codec=codec, crf=40, resolution="240p", encode_speed="fast")
    cut = [do("trim", end_s=0.3), do("add_text", text="HDR"), do("fade", duration_s=0.1)]
    path = assert_kept(rendered(tmp_path, [media / "hdr" / name], *cut, goal), transfer)
    assert "DOVI" not in witness.described(path)


@pytest.mark.parametrize(("transfer", "white"), [("smpte2084", 0x94), ("arib-std-b67", 0xBF)])
def test_white_is_grey_and_black_is_black(transfer: str, white: int):
    assert in_hdr("#FFFFFF", transfer) == f"#{white:02X}" + f"{white:02X}" * 2
    assert in_hdr("#000000", transfer) == "#000000"
    red = in_hdr("#FF0000", transfer)
    assert int(red[1:3], 16) > int(red[3:5], 16) > int(red[5:], 16) > 0
