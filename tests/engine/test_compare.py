"""Comparisons of real files: pairs are right whatever their clocks, and numbers agree with other reckonings."""

from __future__ import annotations

import math
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import pytest

from slimreel.errors import NotAVideo, NotComparable
from slimreel.workbench.compare import compare
from slimreel.workbench.comparison import Comparison
from tests.engine import witness
from tests.engine.conftest import Make, Shrink

MOVING = ("-f", "lavfi", "-i", "testsrc2=s=320x256:r=25:d=1.2")
LOSSLESS = ("-c:v", "ffv1", "-pix_fmt", "yuv420p")
X264 = ("-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p")


def notes(found: Comparison) -> list[str]:
    return [note.id for note in found.notes]


@pytest.fixture(scope="session")
def film(make: Make) -> Path:
    """30 frames of 320x256, lossless."""
    return make("film-to-compare.mkv", *MOVING, *LOSSLESS)


@pytest.fixture(scope="session")
def coarse(make: Make, film: Path) -> Path:
    return make("film-coarse.mp4", "-i", film, *X264, "-crf", "38")


@pytest.fixture(scope="session")
def compared(film: Path, coarse: Path) -> Comparison:
    return compare(film, coarse, stills=True)


def test_a_file_is_identical_with_itself(film: Path) -> None:
    found = compare(film, film)
    assert (found.verdict, found.paired_by, found.frames_compared, found.notes) == ("identical", "index", 30, ())
    assert found.vmaf >= 99
    assert found.scores["ssim"].worst == 1
    assert found.scores["xpsnr"].worst == 100
    assert found.banding_increase == 0
    assert found.stills == ()


def test_a_worse_encode_scores_lower_everywhere(film: Path, compared: Comparison, make: Make) -> None:
    finer = compare(film, make("film-finer.mp4", "-i", film, *X264, "-crf", "20"))
    for name in ("vmaf", "vmaf_v0", "xpsnr", "ssim", "psnr"):
        assert compared.scores[name].mean < finer.scores[name].mean < 100, name
        assert compared.scores[name].poor < finer.scores[name].poor, name
    assert finer.verdict == "indistinguishable"
    assert compared.verdict not in ("identical", "indistinguishable")


def test_vmaf_is_what_ffmpeg_says_of_files_with_equal_clocks(film: Path, coarse: Path, compared: Comparison) -> None:
    ten = "format=yuv420p10le,settb=1/25,setpts=N"
    graph = f"[0:v]{ten}[a];[1:v]{ten}[b];[a][b]libvmaf=model=version={compared.model}"
    said = witness.ffmpeg("-i", coarse, "-i", film, "-lavfi", graph, "-f", "null", "-")
    score = re.search(r"VMAF score: ([\d.]+)", said)
    assert score is not None
    assert compared.vmaf == pytest.approx(float(score[1]), abs=0.01)


@pytest.mark.parametrize("size", ["854x480", "322x258", "256x420"])
def test_equal_pictures_are_equal_at_every_width(size: str, make: Make) -> None:
    clip = make(f"equal-{size}.mkv", "-f", "lavfi", "-i", f"testsrc=s={size}:r=25:d=0.16", *LOSSLESS)
    found = compare(clip, clip)
    assert found.verdict == "identical"
    assert found.scores["xpsnr"].worst == found.scores["psnr"].worst == 100


def test_one_sample_that_differs_is_a_difference(film: Path, make: Make) -> None:
    graph = "geq=lum='lum(X,Y)+eq(X,9)*eq(Y,9)':cb='cb(X,Y)':cr='cr(X,Y)'"
    dot = make("film-dot.mkv", "-i", film, "-vf", graph, *LOSSLESS)
    assert compare(film, dot).verdict == "indistinguishable"


def test_psnr_is_what_its_definition_gives(film: Path, coarse: Path) -> None:
    one, two = (
        [sample for plane in _planes(path, 320, 256) for row in plane for sample in row] for path in (film, coarse)
    )
    error = sum((a - b) ** 2 for a, b in zip(one, two, strict=True)) / len(one)
    alone = compare(_first(film), _first(coarse))
    assert alone.scores["psnr"].mean == pytest.approx(10 * math.log10(1023**2 / error), abs=0.01)


def test_ssim_is_what_its_definition_gives(film: Path, coarse: Path, compared: Comparison) -> None:
    one, two = (_planes(path, 320, 256) for path in (film, coarse))
    shares = (4 / 6, 1 / 6, 1 / 6)
    first = sum(share * _ssim(a, b) for share, a, b in zip(shares, one, two, strict=True))
    # The mean over all frames lies near the first only if frames are alike; so the first frame alone is judged.
    alone = compare(_first(film), _first(coarse))
    assert alone.frames_compared == 1
    (rate,) = alone.reference.video_bps_by_second
    assert rate == pytest.approx(alone.reference.video_bitrate_bps, rel=1e-3)
    assert alone.scores["ssim"].mean == pytest.approx(first, abs=2e-4)
    assert compared.scores["ssim"].worst <= first + 2e-4


def _first(path: Path) -> Path:
    """A file with the first picture alone, twice as lossless as needed."""
    out = path.with_name(f"{path.stem}-first.mkv")
    if not out.exists():
        witness.ffmpeg("-i", path, "-frames:v", "1", *LOSSLESS, out)
    return out


def _planes(path: Path, width: int, height: int) -> list[list[list[int]]]:
    """The first picture as rows of ten-bit samples: brightness and both colours."""
    chosen = ("-frames:v", "1", "-pix_fmt", "yuv420p10le", "-f", "rawvideo", "-")
    samples = list(memoryview(witness.pipe("-i", path, *chosen)).cast("H"))
    planes, start = [], 0
    for w, h in ((width, height), (width // 2, height // 2), (width // 2, height // 2)):
        planes.append([samples[start + row * w : start + (row + 1) * w] for row in range(h)])
        start += w * h
    return planes


def _ssim(one: list[list[int]], two: list[list[int]]) -> float:
    """Structural similarity over windows of 8x8, four samples apart, variances unbiased (Wang et al. 2004)."""
    c1, c2 = (0.01 * 1023) ** 2, (0.03 * 1023) ** 2
    found = []
    for y in range(0, len(one) - 7, 4):
        for x in range(0, len(one[0]) - 7, 4):
            a = [value for row in one[y : y + 8] for value in row[x : x + 8]]
            b = [value for row in two[y : y + 8] for value in row[x : x + 8]]
            ma, mb = sum(a) / 64, sum(b) / 64
            va, vb = (sum((v - m) ** 2 for v in part) / 63 for part, m in ((a, ma), (b, mb)))
            both = sum((p - ma) * (q - mb) for p, q in zip(a, b, strict=True)) / 63
            found.append((2 * ma * mb + c1) * (2 * both + c2) / ((ma * ma + mb * mb + c1) * (va + vb + c2)))
    return sum(found) / len(found)


def test_clocks_do_not_matter_where_pictures_are_the_same(film: Path, make: Make) -> None:
    uneven = "setts=ts='PTS+mod(N,3)*TB*0+if(gt(N,9),400,0)+7000'"
    shifted = make("film-uneven.mkv", "-i", film, "-c", "copy", "-bsf:v", uneven)
    assert witness.times(shifted) != witness.times(film)
    found = compare(film, shifted)
    assert (found.verdict, found.paired_by, found.frames_compared) == ("identical", "index", 30)
    assert found.worst[0].time_s == 0


def test_pictures_left_out_are_paired_by_time(film: Path, make: Make) -> None:
    dropped = make("film-dropped.mkv", "-i", film, "-vf", "select=mod(n+1\\,3)", "-fps_mode", "vfr", *LOSSLESS)
    found = compare(film, dropped)
    assert (found.paired_by, found.verdict, found.frames_compared) == ("time", "identical", 20)
    assert "compared_by_time" in notes(found)


def test_a_lower_rate_is_paired_by_time(film: Path, shrink: Shrink) -> None:
    found = compare(film, shrink(film, fps=10, quality="high").path)
    assert found.paired_by == "time"
    assert abs(found.frames_compared - 12) <= 1
    assert found.vmaf > 90


def test_a_cut_tail_leaves_the_rest(film: Path, make: Make) -> None:
    short = make("film-cut.mkv", "-i", film, "-frames:v", "20", "-c", "copy")
    for found in (compare(film, short), compare(short, film)):
        assert (found.verdict, found.frames_compared, notes(found)) == ("identical", 20, ["compared_in_part"])


def test_a_sideways_recording_is_compared_upright(film: Path, make: Make, shrink: Shrink) -> None:
    flat = make("film-flat.mp4", "-i", film, *X264, "-crf", "4")
    turned = make("film-turned.mp4", "-display_rotation", "90", "-i", flat, "-c", "copy")
    found = compare(turned, shrink(turned, quality="high").path)
    assert (found.compared_width, found.compared_height) == (256, 320)
    assert found.vmaf > 90


def test_an_odd_size_loses_its_last_line_and_nothing_else(make: Make, shrink: Shrink) -> None:
    odd = make("odd-to-compare.mkv", "-f", "lavfi", "-i", "testsrc=s=321x257:r=25:d=1", "-c:v", "ffv1")
    found = compare(odd, shrink(odd, quality="high").path)
    assert "compared_cropped" in notes(found)
    assert (found.compared_width, found.compared_height) == (320, 256)
    assert found.vmaf > 90
    assert compare(odd, odd).verdict == "identical"


def test_a_smaller_picture_is_judged_at_full_size(film: Path, make: Make) -> None:
    half = make("film-half.mkv", "-i", film, "-vf", "scale=160:128", *LOSSLESS)
    found = compare(film, half)
    assert (found.compared_width, notes(found)) == (320, ["compared_scaled"])
    assert 20 < found.vmaf < 95


def test_a_picture_too_small_for_vmaf_is_judged_all_the_same(make: Make) -> None:
    tiny = make("tiny-to-compare.mkv", "-f", "lavfi", "-i", "testsrc2=s=98x66:r=25:d=1", *LOSSLESS)
    assert compare(tiny, tiny).verdict == "identical"
    worse = compare(tiny, make("tiny-worse.mp4", "-i", tiny, *X264, "-crf", "40"))
    assert worse.vmaf < 90
    assert worse.scores["ssim"].mean < 0.99


def test_full_range_and_other_colour_matrices_are_no_loss(film: Path, make: Make) -> None:
    to_full = "scale=in_color_matrix=bt601:out_color_matrix=bt709:in_range=tv:out_range=pc"
    tags = ("-colorspace", "bt709", "-color_range", "pc")
    full = make("film-full.mp4", "-i", film, "-vf", to_full, *X264, "-crf", "4", *tags)
    found = compare(film, full)
    assert found.vmaf > 95
    assert found.scores["xpsnr"].mean > 34


def test_interlaced_film_is_compared_with_the_whole_pictures_made_of_it(make: Make, shrink: Shrink) -> None:
    weave = ("-vf", "tinterlace=interleave_top,setfield=tff", "-flags", "+ildct+ilme")
    tape = make("tape.mp4", "-f", "lavfi", "-i", "testsrc2=s=320x256:r=50:d=1", *weave, *X264, "-crf", "4")
    found = compare(tape, shrink(tape, quality="high").path)
    assert "compared_deinterlaced_reference" in notes(found)
    assert found.vmaf > 85


def test_hdr_is_compared_in_the_space_of_what_was_made_of_it(make: Make, shrink: Shrink) -> None:
    tags = ("-color_primaries", "bt2020", "-color_trc", "smpte2084", "-colorspace", "bt2020nc", "-color_range", "tv")
    x265 = ("-c:v", "libx265", "-preset", "ultrafast", "-crf", "10", "-pix_fmt", "yuv420p10le", *tags)
    params = ("-x265-params", "log-level=none:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc")
    pq = make("pq-to-compare.mp4", *MOVING, "-vf", "eq=contrast=0.4", *x265, *params)
    found = compare(pq, shrink(pq, quality="high").path)
    assert "compared_tone_mapped_reference" in notes(found)
    assert found.vmaf > 85


def test_curves_add_up_to_the_bytes_of_the_picture(make: Make) -> None:
    clip = make("curve.mp4", "-f", "lavfi", "-i", "testsrc2=s=320x256:r=10:d=3.5", *X264, "-bf", "3", "-g", "12")
    found = compare(clip, clip)
    with av.open(str(clip)) as container:
        stream = container.streams.video[0]
        assert stream.time_base is not None
        packets = [(float((packet.pts or 0) * stream.time_base), packet.size) for packet in container.demux(stream)]
    first = min(time for time, size in packets if size)
    curve = found.output.video_bps_by_second
    assert len(curve) == 4
    for second, bps in enumerate(curve):
        inside = sum(size for time, size in packets if size and second <= time - first + 1e-6 < second + 1)
        assert bps == pytest.approx(8 * inside / (0.5 if second == 3 else 1), abs=1)
    assert len(found.vmaf_by_second) == 4


def test_the_worst_moment_is_where_the_damage_is(make: Make) -> None:
    clean = make("steady.mkv", "-f", "lavfi", "-i", "testsrc2=s=320x256:r=10:d=4", *LOSSLESS)
    blurred = make("blurred.mkv", "-i", clean, "-vf", "gblur=sigma=6:enable='between(n,23,25)'", *LOSSLESS)
    found = compare(clean, blurred, stills=True)
    assert found.worst[0].frame in (23, 24, 25)
    assert 2.3 <= found.worst[0].time_s <= 2.5
    assert found.vmaf_by_second[2] == min(value for value in found.vmaf_by_second if value is not None)
    assert len(found.stills) == len(found.worst)
    still = found.stills[0]
    assert _sharpness(still.reference) > 1.5 * _sharpness(still.output)


def _sharpness(image: bytes) -> float:
    """Mean step from one sample of brightness to the next."""
    import io

    with av.open(io.BytesIO(image), format="webp_pipe") as container:
        pictures: Any = container
        frame = next(pictures.decode(video=0))
        plane = frame.reformat(format="gray").planes[0]
        data, stride = bytes(plane), plane.line_size
    rows = [data[row * stride : row * stride + frame.width] for row in range(frame.height)]
    steps = [abs(a - b) for row in rows for a, b in pairwise(row)]
    return sum(steps) / len(steps)


def test_strangers_are_refused(film: Path, make: Make) -> None:
    other = make("other-film.mkv", "-f", "lavfi", "-i", "mandelbrot=s=320x256:r=25", "-frames:v", "30", *LOSSLESS)
    with pytest.raises(NotComparable, match="nothing in common"):
        compare(film, other)


def test_sound_and_transparency_are_refused(film: Path, make: Make) -> None:
    sound = make("sound-to-compare.wav", "-f", "lavfi", "-i", "sine=d=1")
    with pytest.raises(NotAVideo, match="sound"):
        compare(film, sound)
    alpha = make("glass.webm", *MOVING, "-vf", "format=yuva420p", "-c:v", "libvpx-vp9", "-cpu-used", "8", "-b:v", "1M")
    with pytest.raises(NotComparable, match="transparent"):
        compare(film, alpha)


def test_nothing_is_left_behind(film: Path, coarse: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    compare(film, coarse, stills=True)
    assert list(tmp_path.iterdir()) == []
