"""Renders of what changes pictures, and of what lies over them; judged by their pixels."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from slimreel.errors import GlyphsMissing
from tests.engine import witness
from tests.engine.conftest import Make
from tests.engine.cutting import FRAMES, corner, counting, do, lumas, quartered, render

WHITE, GREY, BLACK = 235, 126, 16
CORNERS = ("top_left", "top_right", "bottom_left", "bottom_right")


def corners(path: Path) -> list[int]:
    """What each quarter is, rounded to one of the three."""
    return [min((WHITE, GREY, BLACK), key=lambda one: abs(one - corner(path, where))) for where in CORNERS]


def grey(make: Make) -> Path:
    """Two seconds of plain grey."""
    return make(
        "grey.mp4", "-f", "lavfi", "-i", "color=gray:s=160x90:r=25:d=2", "-c:v", "libx264", "-pix_fmt", "yuv420p"
    )


def detailed(make: Make, filters: str = "null", name: str = "detail.mp4") -> Path:
    return make(
        name,
        "-f",
        "lavfi",
        "-i",
        f"testsrc2=s=160x90:r=25:d=1,{filters}",
        "-c:v",
        "libx264",
        "-crf",
        "8",
        "-pix_fmt",
        "yuv420p",
    )


def size(path: Path) -> tuple[int, int]:
    found = re.search(r", (\d+)x(\d+)", witness.video_line(path))
    assert found
    return int(found[1]), int(found[2])


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (do("flip", axis="horizontal"), [GREY, WHITE, BLACK, BLACK]),
        (do("flip", axis="vertical"), [BLACK, BLACK, WHITE, GREY]),
        (do("rotate", degrees=180), [BLACK, BLACK, GREY, WHITE]),
        (do("rotate", degrees=90), [BLACK, WHITE, BLACK, GREY]),
        (do("rotate", degrees=-90), [GREY, BLACK, WHITE, BLACK]),
        (do("crop", left_pct=50), [GREY, GREY, BLACK, BLACK]),
        (do("crop", width_px=80, height_px=44, x_px=0, y_px=0), [WHITE, WHITE, WHITE, WHITE]),
        (do("zoom", factor=2, focus={"x": 0.25, "y": 0.25}), [WHITE, WHITE, WHITE, WHITE]),
    ],
)
def test_geometry(make: Make, tmp_path: Path, command: dict, expected: list[int]):
    path = render(tmp_path, [quartered(make)], command)
    assert corners(path) == expected
    if command["op"] == "rotate":
        assert size(path) == ((160, 90) if command["params"]["degrees"] == 180 else (90, 160))


def test_zoom_moves_evenly_and_away(make: Make, tmp_path: Path):
    closer = render(tmp_path, [quartered(make)], do("zoom", factor=2, animate=True))
    white = [sum(luma > 200 for luma in lumas(closer, f"2:2:{x}:20")) for x in (10, 40, 70)]
    assert white == [25, 25, 25]
    edge = lumas(closer, "2:2:100:60")
    assert max(edge) < 40
    away = render(tmp_path, [quartered(make)], do("zoom", factor=0.5))
    assert lumas(away, "8:8:4:4")[3] < 30 and lumas(away, "8:8:56:34")[3] > 200


@pytest.mark.parametrize(
    ("mode", "outside", "inside"),
    [("pad", 76, 235), ("crop", 235, 235), ("stretch", 235, 235), ("blur_pad", None, 235)],
)
def test_reframe(make: Make, tmp_path: Path, mode: str, outside: float | None, inside: float):
    white = make(
        "white.mp4", "-f", "lavfi", "-i", "color=white:s=160x90:r=25:d=0.4", "-c:v", "libx264", "-pix_fmt", "yuv420p"
    )
    path = render(tmp_path, [white], do("reframe", aspect="9:16", mode=mode, color="#FF0000"))
    assert size(path) == (90, 160)
    assert lumas(path, "8:8:40:76")[2] == pytest.approx(inside, abs=5)
    if outside is not None:
        assert lumas(path, "8:8:40:8")[2] == pytest.approx(outside, abs=12)


def test_reframe_crop_keeps_the_focus(make: Make, tmp_path: Path):
    left = render(tmp_path, [quartered(make)], do("reframe", aspect="1:1", mode="crop", focus="left"))
    right = render(tmp_path, [quartered(make)], do("reframe", aspect="1:1", mode="crop", focus="right"), out="r.mp4")
    assert lumas(left, "4:4:4:8")[2] > 220 and lumas(right, "4:4:4:8")[2] < 240
    assert lumas(left, "4:4:60:8")[2] > 220 and lumas(right, "4:4:60:8")[2] == pytest.approx(126, abs=8)


def test_a_title_is_seen_in_its_frames_and_nowhere_else(make: Make, tmp_path: Path):
    title = do("add_text", text="HELLO", start_s=0.4, end_s=1.2, size_px=400, color="#FFFFFF")
    found = [max_luma(path, frame) for path in [render(tmp_path, [grey(make)], title)] for frame in (9, 10, 29, 30)]
    assert max(found[0], found[3]) < 140 and min(found[1], found[2]) > 200


def max_luma(path: Path, frame: int, region: str = "iw:ih:0:0") -> int:
    picture = witness.pipe(
        "-i", path, "-vf", f"select=eq(n\\,{frame}),crop={region},format=gray", "-frames:v", "1", "-f", "rawvideo", "-"
    )
    return max(picture)


@pytest.mark.parametrize("anim", ["fade", "slide", "typewriter"])
def test_a_title_comes_in_by_its_animation(make: Make, tmp_path: Path, anim: str):
    path = render(tmp_path, [grey(make)], do("add_text", text="HELLO", size_px=400, anim=anim, end_s=1.6))
    first, middle = (lumas(path)[frame] for frame in (0, 20))
    assert middle > first + 1
    assert len(lumas(path)) == FRAMES


@pytest.mark.parametrize(
    "text", ["50% {b}", "a:b\\N'c'", '"];[x]movie=/etc/passwd', "{\\p1}m 0 0", "%{pts}", "ÄÖ é — …"]
)
def test_text_is_only_text(make: Make, tmp_path: Path, text: str):
    path = render(tmp_path, [grey(make)], do("add_text", text=text, size_px=200, end_s=1))
    assert max_luma(path, 10) > 200 and max_luma(path, 40) < 140


def test_where_how_large_and_in_which_colour(make: Make, tmp_path: Path):
    style = {"size_px": 260, "color": "#000000", "box": True, "bold": True}
    path = render(tmp_path, [grey(make)], do("add_text", text="XX", position="top_left", **style))
    boxed = lumas(path, "iw/4:ih/4:0:0")[5]
    assert boxed < 110 and abs(lumas(path, "iw/4:ih/4:iw*3/4:ih*3/4")[5] - GREY) < 4
    outlined = render(tmp_path, [grey(make)], do("add_text", text="XX", stroke=40, size_px=400), out="o.mp4")
    bare = render(tmp_path, [grey(make)], do("add_text", text="XX", size_px=400), out="b.mp4")
    assert lumas(outlined)[5] < lumas(bare)[5] - 3
    faint = render(tmp_path, [grey(make)], do("add_text", text="XX", size_px=400, opacity=0.3), out="f.mp4")
    assert max_luma(faint, 5) < max_luma(bare, 5) - 40


def test_a_missing_letter_is_found_before_the_render(make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    with pytest.raises(GlyphsMissing) as caught:
        render(tmp_path, [grey(make)], do("add_text", text="ok \U000e0041 \U00013000"))
    assert "Install" in str(caught.value) and not list(tmp_path.iterdir())


def test_an_image_lies_in_its_corner_for_its_time(make: Make, tmp_path: Path):
    logo = make("logo.png", "-f", "lavfi", "-i", "color=white:s=40x20:d=0.04,format=rgba", "-frames:v", "1")
    over = do("add_image", position="top_left", scale=0.25, start_s=0.4, end_s=1.2)
    path = render(tmp_path, [grey(make), logo], over)
    found = lumas(path, "10:6:16:10")
    assert [found[at] > 200 for at in (9, 10, 29, 30)] == [False, True, True, False]
    faint = render(
        tmp_path, [grey(make), logo], do("add_image", position="top_left", scale=0.25, opacity=0.5), out="f.mp4"
    )
    assert 160 < lumas(faint, "10:6:16:10")[5] < 200


def test_a_picture_in_the_picture_plays_from_its_start(make: Make, tmp_path: Path):
    path = render(
        tmp_path,
        [counting(make), quartered(make)],
        do("delete_clip", clip="c2"),
        do("pip", file="quarters", start_s=0.4, position="bottom_right", scale=0.5),
    )
    inside = lumas(path, "20:10:80:44")
    assert inside[5] == pytest.approx(lumas(path, "20:10:10:10")[5], abs=3)
    assert inside[12] > 220 and inside[34] > 220
    assert inside[36] == pytest.approx(lumas(path, "20:10:10:10")[36], abs=3)


def test_a_blurred_rectangle_cannot_be_read(make: Make, tmp_path: Path):
    source = detailed(make)
    blurred = render(tmp_path, [source], do("blur_region", x=0, y=0, w=0.5, h=1, strength="high", end_s=0.4))
    whole = render(tmp_path, [source], out="w.mp4")
    assert edges(blurred, 5, "iw/2:ih:0:0") < 0.4 * edges(whole, 5, "iw/2:ih:0:0")
    assert edges(blurred, 5, "iw/2:ih:iw/2:0") > 0.9 * edges(whole, 5, "iw/2:ih:iw/2:0")
    assert edges(blurred, 15, "iw/2:ih:0:0") > 0.9 * edges(whole, 15, "iw/2:ih:0:0")


def edges(path: Path, frame: int, region: str = "iw:ih:0:0") -> float:
    """How much neighbouring pixels differ, on average."""
    chosen = f"select=eq(n\\,{frame}),crop={region},format=gray,sobel,scale=1:1:flags=area"
    return witness.pipe("-i", path, "-vf", chosen, "-frames:v", "1", "-f", "rawvideo", "-")[0]


def test_subtitles_are_drawn_when_they_are_said(make: Make, tmp_path: Path):
    words = tmp_path / "words.srt"
    words.write_bytes("1\n00:00:00,400 --> 00:00:01,200\nHELLO <i>you</i>\n".encode("utf-16"))
    path = render(tmp_path, [grey(make), words], do("subtitles", size_px=250))
    assert [max_luma(path, frame) > 200 for frame in (9, 11, 29, 31)] == [False, True, True, False]
    late = render(tmp_path, [grey(make), words], do("subtitles", size_px=250, offset_s=0.4), out="l.mp4")
    assert [max_luma(late, frame) > 200 for frame in (11, 21, 39, 41)] == [False, True, True, False]


def test_soft_subtitles_follow_the_cuts(make: Make, tmp_path: Path):
    words = tmp_path / "words.srt"
    words.write_text("1\n00:00:01,000 --> 00:00:01,600\nHELLO\n")
    made = [do("subtitles", mode="soft", language="en"), do("cut", first_s=0.4)]
    path = render(tmp_path, [grey(make), words], *made)
    assert len(witness.of_kind(path, "subtitle")) == 1
    text = witness.pipe("-i", path, "-map", "0:s", "-f", "srt", "-").decode()
    assert "00:00:00,600 --> 00:00:01,200" in text and "HELLO" in text
    assert max_luma(path, 20) < 140


def test_colours(make: Make, tmp_path: Path):
    plain = lumas(render(tmp_path, [grey(make)]))[5]
    brighter = lumas(render(tmp_path, [grey(make)], do("color", brightness_pct=20), out="b.mp4"))[5]
    exposed = lumas(render(tmp_path, [grey(make)], do("color", exposure_ev=1), out="e.mp4"))[5]
    assert brighter > plain + 15 and exposed > plain + 30
    bars = detailed(make)
    for number, command in enumerate([do("color", saturation_pct=-100), do("color", preset="bw")]):
        grey_bars = render(tmp_path, [bars], command, out=f"g{number}.mp4")
        red, green, blue = witness.mean_rgb(grey_bars, 3)
        assert max(red, green, blue) - min(red, green, blue) < 4
    warm, cool = (
        witness.mean_rgb(render(tmp_path, [grey(make)], command, out=f"{name}.mp4"), 3)
        for name, command in (("warm", do("color", temperature_pct=60)), ("cool", do("color", temperature_pct=-60)))
    )
    assert warm[0] > warm[2] + 15 and cool[2] > cool[0] + 15


@pytest.mark.parametrize("preset", ["warm", "cool", "vivid", "cinematic", "vintage"])
def test_looks_change_the_picture(make: Make, tmp_path: Path, preset: str):
    plum = make(
        "plum.mp4", "-f", "lavfi", "-i", "color=0x906080:s=160x90:r=25:d=0.4", "-c:v", "libx264", "-pix_fmt", "yuv420p"
    )
    before = witness.mean_rgb(render(tmp_path, [plum]), 3)
    after = witness.mean_rgb(render(tmp_path, [plum], do("color", preset=preset), out="l.mp4"), 3)
    assert max(abs(one - other) for one, other in zip(before, after, strict=True)) > 2


def test_sharpen_and_denoise(make: Make, tmp_path: Path):
    soft = detailed(make, "gblur=sigma=1.5", "soft.mp4")
    assert edges(render(tmp_path, [soft], do("sharpen", strength="high")), 5) > edges(soft, 5) * 1.08
    noisy = make(
        "noisy.mp4", "-f", "lavfi", "-i", "color=gray:s=160x90:r=25:d=1,noise=alls=30:allf=t",
        "-c:v", "libx264", "-crf", "8", "-pix_fmt", "yuv420p",
    )  # fmt: skip
    clean = render(tmp_path, [noisy], do("denoise_video", strength="high"), out="c.mp4")
    assert movement(clean) < 0.6 * movement(noisy)


def test_a_table_of_colours(make: Make, tmp_path: Path):
    table = tmp_path / "invert.cube"
    corners_of = "\n".join(f"{1 - r} {1 - g} {1 - b}" for b in (0, 1) for g in (0, 1) for r in (0, 1))
    table.write_text(f'TITLE "invert"\nLUT_3D_SIZE 2\n{corners_of}\n')
    inverted = render(tmp_path, [quartered(make), table], do("lut", file="invert.cube"))
    assert corner(inverted, "top_left") < 30 and corner(inverted, "bottom_left") > 220
    half = render(tmp_path, [quartered(make), table], do("lut", file="invert.cube", intensity=0.75), out="h.mp4")
    assert 60 < corner(half, "top_left") < 85


def test_stabilize_calms_the_camera(make: Make, tmp_path: Path):
    shaky = make(
        "shaky.mp4", "-f", "lavfi", "-i",
        "mandelbrot=s=400x240:r=25:end_pts=1,trim=end_frame=1,loop=49:1,setpts=N/25/TB,"
        "crop=320:180:'40+12*sin(n*2.1)':'30+10*cos(n*1.7)'",
        "-t", "2", "-c:v", "libx264", "-crf", "8", "-pix_fmt", "yuv420p",
    )  # fmt: skip
    calm = render(tmp_path, [shaky], do("stabilize", strength="high"))
    assert movement(calm) < 0.7 * movement(shaky)
    assert len(lumas(calm)) == len(lumas(shaky))


def movement(path: Path) -> float:
    chosen = "crop=iw/2:ih/2,tblend=all_mode=difference,scale=1:1:flags=area,format=gray"
    found = witness.pipe("-i", path, "-vf", chosen, "-f", "rawvideo", "-")
    return sum(found) / len(found)


def test_deinterlace_takes_the_combs_away(make: Make, tmp_path: Path):
    moving = "nullsrc=s=160x96:r=50:d=1,geq=lum='if(lt(mod(X-6*N,80),40),235,16)':cb=128:cr=128,interlace=lowpass=off"
    coded = ("-c:v", "libx264", "-crf", "8", "-pix_fmt", "yuv420p")
    combed = make("combed.mp4", "-f", "lavfi", "-i", f"{moving},setfield=prog", *coded)
    before = render(tmp_path, [combed])
    after = render(tmp_path, [combed], do("deinterlace"), out="d.mp4")
    assert combs(after, 12) < 0.3 * combs(before, 12)
    told = make("told.mp4", "-f", "lavfi", "-i", moving, *coded, "-flags", "+ilme+ildct", "-x264-params", "tff=1")
    assert combs(render(tmp_path, [told], out="t.mp4"), 12) < 0.3 * combs(before, 12)


def combs(path: Path, frame: int) -> float:
    """How much each line differs from the next, on average."""
    picture = witness.pipe(
        "-i", path, "-vf", f"select=eq(n\\,{frame}),format=gray", "-frames:v", "1", "-f", "rawvideo", "-"
    )
    return sum(abs(one - below) for one, below in zip(picture, picture[160:], strict=False)) / len(picture)


def test_fades_of_the_whole_and_of_a_clip(make: Make, tmp_path: Path):
    path = render(tmp_path, [grey(make)], do("fade", duration_s=0.4))
    found = lumas(path)
    assert found[0] < 40 and found[-1] < 40 and abs(found[25] - GREY) < 3 and 40 < found[5] < 110
    white = render(
        tmp_path, [grey(make)], do("fade", duration_s=0.4, direction="out", color="#FFFFFF", clip="c1"), out="w.mp4"
    )
    assert abs(lumas(white)[0] - GREY) < 3 and lumas(white)[-1] > 200
