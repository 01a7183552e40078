"""Edits of files that are not plain: turned, anamorphic, odd, uneven in time, transparent, pictures, late sound."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.engine import witness
from tests.engine.conftest import Make
from tests.engine.cutting import corner, counting, do, level, lumas, numbers, quartered, render, rendered
from tests.engine.test_edit_picture import size

H264 = ("-c:v", "libx264", "-preset", "veryfast", "-crf", "8", "-pix_fmt", "yuv420p")


def test_a_turned_phone_video_stands_upright(make: Make, tmp_path: Path):
    turned = make("turned.mp4", "-display_rotation", "-90", "-i", quartered(make), "-c", "copy")
    path = render(tmp_path, [turned], do("trim", end_s=0.4))
    assert size(path) == (90, 160)
    assert corner(path, "top_right") > 220 and corner(path, "top_left") < 30
    back = render(tmp_path, [turned], do("rotate", degrees=-90), out="b.mp4")
    assert size(back) == (160, 90) and corner(back, "top_left") > 220
    joined = render(tmp_path, [counting(make), turned], out="j.mp4")
    assert size(joined) == (160, 90) and lumas(joined, "8:8:4:40")[60] < 20  # a bar


def test_anamorphic_pictures_keep_their_shape(make: Make, tmp_path: Path):
    source = ("-f", "lavfi", "-i", "color=white:s=120x96:r=25:d=0.4,setsar=2")
    wide = make("wide.mp4", *source, *H264)
    assert size(render(tmp_path, [wide])) == (240, 96)
    cropped = render(tmp_path, [wide], do("crop", left_pct=50), out="c.mp4")
    assert size(cropped) == (120, 96) and "SAR 1:1" in witness.video_line(cropped)


def test_odd_sizes_and_animations(make: Make, tmp_path: Path):
    odd = make("odd.mkv", "-f", "lavfi", "-i", "color=white:s=101x75:r=25:d=0.4", "-c:v", "ffv1", "-pix_fmt", "yuv444p")
    width, height = size(render(tmp_path, [odd], do("crop", top_px=10), do("flip")))
    assert width % 2 == 0 and height % 2 == 0
    gif = make("anim.gif", "-f", "lavfi", "-i", "testsrc=s=96x64:r=10:d=1")
    assert len(lumas(render(tmp_path, [gif], do("speed", factor=2), out="g.mp4"))) == 5


def test_uneven_times_are_made_even(make: Make, tmp_path: Path):
    uneven = make(
        "uneven.mkv", "-i", counting(make), "-vf", "select='not(between(n,10,19))'", "-fps_mode", "passthrough", *H264
    )
    found = numbers(render(tmp_path, [uneven]))
    assert len(found) == 50 and found[8:12] == [8, 9, 9, 9] and found[19:22] == [9, 20, 21]


def test_a_picture_can_be_a_clip(make: Make, tmp_path: Path):
    photo = make("photo.png", "-f", "lavfi", "-i", "color=white:s=80x90:d=0.04", "-frames:v", "1")
    path = render(tmp_path, [counting(make), photo], do("concat", clips=["c1", "photo"]), do("trim", end_s=3))
    found = lumas(path, "20:20:70:30")
    assert len(found) == 75 and min(found[50:]) > 220
    assert lumas(path, "20:20:4:30")[60] < 20


def test_what_shows_through_is_kept_over_the_video_and_black_in_a_clip(make: Make, tmp_path: Path):
    clear = make(
        "clear.webm", "-f", "lavfi", "-i", "color=white:s=80x46:r=25:d=0.8,format=yuva420p,"
        "geq=lum=235:cb=128:cr=128:a='if(lt(X,40),255,0)'",
        "-c:v", "libvpx-vp9", "-auto-alt-ref", "0", "-lossless", "1",
    )  # fmt: skip
    grey = make("grey2.mp4", "-f", "lavfi", "-i", "color=gray:s=160x90:r=25:d=1", *H264)
    over = do("pip", file="clear", position="top_left", scale=0.5)
    path = render(tmp_path, [grey, clear], do("delete_clip", clip="c2"), over)
    assert lumas(path, "10:10:10:20")[5] > 220 and abs(lumas(path, "10:10:60:20")[5] - 126) < 8
    alone = render(tmp_path, [clear], out="a.mp4")
    assert lumas(alone, "10:10:10:20")[5] > 220 and lumas(alone, "10:10:60:20")[5] < 30


def test_ten_bits_stay_where_the_codec_holds_them(make: Make, tmp_path: Path):
    coded = ("-c:v", "libx265", "-pix_fmt", "yuv420p10le", "-x265-params", "log-level=error")
    deep = make("deep.mp4", "-f", "lavfi", "-i", "testsrc2=s=160x90:r=25:d=0.4", *coded)
    found = rendered(tmp_path, [deep], do("add_text", text="X"), do("compress", crf=20, encode_speed="fast"))
    assert "yuv420p10le" in witness.video_line(Path(found.files[0].path))


@pytest.mark.parametrize("shift_s", [0.0, 0.3])
def test_sound_keeps_its_place_in_what_is_cut_and_sped_up(make: Make, tmp_path: Path, shift_s: float):
    """A flash and a beep at 1.2 s of the picture's clock, in a file whose sound may begin late."""
    beep = f"aevalsrc='if(between(t,{1.2 - shift_s},{1.3 - shift_s}),0.8*sin(2*PI*1000*t),0)':d=2:s=44100"
    flash = "color=black:s=160x90:r=25:d=2,geq=lum='if(between(N,30,32),235,16)':cb=128:cr=128"
    source = make(
        f"late{shift_s}.mp4",
        "-f",
        "lavfi",
        "-i",
        flash,
        "-itsoffset",
        shift_s,
        "-f",
        "lavfi",
        "-i",
        beep,
        *H264,
        "-c:a",
        "aac",
    )
    for number, (commands, at) in enumerate(
        (
            ([do("trim", start_s=0.52)], 0.68),
            ([do("speed", factor=2)], 0.6),
            ([do("trim", start_s=0.52, end_s=1.8), do("reverse")], 0.48),
        )
    ):
        path = render(tmp_path, [source], *commands, out=f"{number}.mp4")
        seen = next(frame for frame, luma in enumerate(lumas(path)) if luma > 128) / 25
        loud = next(ms for ms in range(0, 2000, 4) if level(path, ms / 1000, (ms + 4) / 1000) > 0.25) / 1000
        assert seen == pytest.approx(at, abs=0.041), number
        assert loud == pytest.approx(seen, abs=0.041), number


def coloured(make: Make, name: str, matrix: str, tags: str, scale_range: str = "tv") -> Path:
    """A plain 0xC04020 in these colours, told so."""
    coded = f"scale=out_color_matrix={matrix}:out_range={scale_range},format=yuv420p,setparams={tags}"
    drawn = f"color=0xC04020:s=160x90:r=25:d=0.4,format=gbrp,{coded}"
    return make(name, "-f", "lavfi", "-i", drawn, "-c:v", "libx264", "-crf", "4")


def test_colours_of_unlike_files_look_alike(make: Make, tmp_path: Path):
    hd = coloured(make, "hd.mp4", "bt709", "colorspace=bt709:color_primaries=bt709:color_trc=bt709:range=tv")
    sd = coloured(make, "sd.mp4", "smpte170m", "colorspace=smpte170m:color_primaries=bt709:color_trc=bt709:range=tv")
    full = coloured(make, "full.mp4", "bt709", "colorspace=bt709:color_primaries=bt709:color_trc=bt709:range=pc", "pc")
    wide = coloured(make, "bt2020.mp4", "bt2020", "colorspace=bt2020nc:color_primaries=bt709:color_trc=bt709:range=tv")
    for order in ([hd, sd, full, wide], [sd, hd], [full, hd], [wide, hd]):
        path = render(tmp_path, order)
        for clip in range(len(order)):
            before, after = witness.mean_rgb(order[clip], 5), witness.mean_rgb(path, clip * 10 + 5)
            assert after == pytest.approx(before, abs=6), (order[0].name, order[clip].name)


def _means(path: Path, frame: int) -> list[float]:
    """Of luma and both chroma of a picture of 160x90, code values."""
    raw = witness.pipe("-i", path, "-fps_mode", "passthrough", "-pix_fmt", "yuv420p", "-f", "rawvideo", "-")
    picture = raw[frame * 21600 : (frame + 1) * 21600]
    return [sum(plane) / len(plane) for plane in (picture[:14400], picture[14400:18000], picture[18000:])]


def test_another_matrix_changes_the_code_values_exactly(make: Make, tmp_path: Path):
    """ITU-R BT.601 to BT.709 by their luma coefficients; a scaler's way through RGB is 1.7 values too dark."""
    hd = coloured(make, "hd.mp4", "bt709", "colorspace=bt709:color_primaries=bt709:color_trc=bt709:range=tv")
    sd = coloured(make, "sd.mp4", "smpte170m", "colorspace=smpte170m:color_primaries=bt709:color_trc=bt709:range=tv")
    luma, blue, red = _means(sd, 5)
    luma, blue, red = (luma - 16) / 219, (blue - 128) / 224, (red - 128) / 224
    r, b = luma + 2 * (1 - 0.299) * red, luma + 2 * (1 - 0.114) * blue
    g = (luma - 0.299 * r - 0.114 * b) / 0.587
    luma = 0.2126 * r + 0.7152 * g + 0.0722 * b
    blue, red = (b - luma) / 2 / (1 - 0.0722), (r - luma) / 2 / (1 - 0.2126)
    wanted = [16 + 219 * luma, 128 + 224 * blue, 128 + 224 * red]
    assert _means(render(tmp_path, [hd, sd]), 15) == pytest.approx(wanted, abs=1.0)
