"""The goals of a compression hold for edited timelines, and the other files that an edit may ask for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from slimreel.errors import DamagedInput, EditRefused, HostileInput, NotAVideo, OutputExists, TargetImpossible
from slimreel.workbench.edit import edit
from tests.engine import witness
from tests.engine.conftest import Make
from tests.engine.cutting import counting, do, lumas, numbers, render, rendered


def busy(make: Make) -> Path:
    """Six seconds of 320x180 with a tone, about 1 Mbit/s."""
    return make(
        "busy.mp4", "-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=6,noise=alls=12:allf=t",
        "-f", "lavfi", "-i", "sine=d=6:r=48000", "-c:v", "libx264", "-preset", "veryfast", "-b:v", "1M",
        "-pix_fmt", "yuv420p", "-c:a", "aac", "-metadata", "title=Busy",
    )  # fmt: skip


EDITS = (
    do("cut", ranges_s=[[2, 3]]),
    do("split", at_s=[2.5]),
    do("transition", type="wipeleft", duration_s=0.4),
    do("add_text", text="Title", end_s=2),
)


def made(make: Make, folder: Path, **goal: Any) -> Any:
    found = rendered(folder, [busy(make)], *EDITS, do("compress", encode_speed="fast", **goal))
    result = found.files[0].result
    assert result is not None
    return result


def test_a_size_is_never_exceeded_and_nearly_used(make: Make, tmp_path: Path):
    result = made(make, tmp_path, target_size_bytes=300_000)
    assert 0.97 * 300_000 <= result.bytes <= 300_000


def test_a_rate_is_met(make: Make, tmp_path: Path):
    result = made(make, tmp_path, video_bitrate_bps=400_000)
    assert result.video_bitrate_bps == pytest.approx(400_000, rel=0.035)
    assert result.fps == 25


def test_a_smaller_picture_has_its_titles_at_its_size(make: Make, tmp_path: Path):
    result = made(make, tmp_path, crf=25, resolution=90)
    assert (result.width, result.height) == (160, 90)


def test_a_lower_frame_rate(make: Make, tmp_path: Path):
    result = made(make, tmp_path, crf=30, fps=10)
    assert result.fps == pytest.approx(10, abs=0.3)


def test_too_small_a_size_is_refused_with_one_that_works(make: Make, tmp_path: Path):
    with pytest.raises(TargetImpossible) as caught:
        made(make, tmp_path, target_size_bytes=5_000)
    assert caught.value.fields["smallest_bytes"] > 5_000  # type: ignore[operator]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_nothing_wanted_is_high_quality_in_the_sources_codec_below_its_rate(make: Make, tmp_path: Path):
    source = make(
        "hevc.mp4",
        "-i",
        busy(make),
        "-t",
        "2",
        "-c:v",
        "libx265",
        "-preset",
        "ultrafast",
        "-x265-params",
        "log-level=error",
        "-tag:v",
        "hvc1",
    )
    found = rendered(tmp_path, [source], do("trim", end_s=1.6))
    result = found.files[0].result
    assert result is not None and result.codec == "hevc" and result.quality is not None
    before = Path(source).stat().st_size * 8 / 2
    assert result.video_bitrate_bps <= before * 1.03
    assert "hvc1" in witness.video_line(Path(result.output))


def test_a_webm_gets_what_it_can_hold(make: Make, tmp_path: Path):
    found = rendered(tmp_path, [counting(make)], do("compress", crf=40, encode_speed="fast"), out="out.webm")
    assert found.files[0].result and found.files[0].result.codec == "vp9"
    assert len(lumas(tmp_path / "out.webm")) == 50


def test_the_title_of_the_first_file_stays_and_location_goes(make: Make, tmp_path: Path):
    path = render(tmp_path, [busy(make)], do("trim", end_s=0.4))
    assert witness.tags(path).get("title") == "Busy"


def test_a_gif_within_its_limit(make: Make, tmp_path: Path):
    gif = do("gif", start_s=0.4, end_s=1.2, fps=10, width_px=80)
    whole = rendered(tmp_path, [counting(make)], gif, out="out.gif").files[0]
    assert Path(whole.path).name == "out.gif" and whole.kind == "animated_gif"
    assert len(lumas(Path(whole.path))) == 8
    small = rendered(tmp_path, [busy(make)], do("gif", end_s=2, max_size_bytes=60_000), out="s.gif").files[0]
    assert small.bytes <= 60_000


def test_a_picture_of_a_moment_and_a_good_one(make: Make, tmp_path: Path):
    found = rendered(tmp_path, [counting(make)], do("thumbnail", at_s=1, format="png", width_px=80), out="a.png")
    assert numbers(Path(found.files[0].path)) == [25]
    scenes = make(
        "scenes.mp4", "-f", "lavfi", "-i", "color=black:s=160x90:r=25:d=1",
        "-f", "lavfi", "-i", "testsrc=s=160x90:r=25:d=1",
        "-filter_complex", "[1]gblur=sigma=8:enable='lt(n,8)'[b];[0][b]concat=n=2",
        "-c:v", "libx264", "-crf", "8", "-pix_fmt", "yuv420p",
    )  # fmt: skip
    good = rendered(tmp_path, [scenes], do("thumbnail", format="jpg"), out="b.jpg")
    assert max(witness.pipe("-i", good.files[0].path, "-vf", "format=gray,sobel", "-f", "rawvideo", "-")) > 150


def test_parts_of_equal_length_and_by_size(make: Make, tmp_path: Path):
    quick = do("compress", crf=30, encode_speed="fast")
    found = rendered(tmp_path, [counting(make)], quick, do("split_parts", parts=3))
    assert [Path(one.path).name for one in found.files] == ["out-1.mp4", "out-2.mp4", "out-3.mp4"]
    assert [len(lumas(Path(one.path))) for one in found.files] == [16, 17, 17]
    sized = rendered(tmp_path, [busy(make)], do("split_parts", max_size_bytes=400_000), out="s.mp4")
    assert len(sized.files) >= 2 and all(one.bytes <= 400_000 for one in sized.files)


def test_a_preview_and_an_export_beside_it(make: Make, tmp_path: Path):
    wanted = [do("preview", range_s=[0, 0.4], resolution=60), do("export", format="mov", resolution=60)]
    found = rendered(tmp_path, [counting(make)], do("compress", crf=30, encode_speed="fast"), *wanted)
    assert [Path(one.path).suffix for one in found.files] == [".mp4", ".mov"]
    assert [len(lumas(Path(one.path))) for one in found.files] == [10, 50]


def test_a_dry_run_is_the_run(make: Make, tmp_path: Path):
    dry = edit([busy(make)], EDITS, dry_run=True)
    real = rendered(tmp_path, [busy(make)], *EDITS, do("compress", crf=35, encode_speed="fast"))
    assert dry.changes == real.changes[: len(dry.changes)] and dry.draft.tracks == real.draft.tracks
    assert not dry.files


def test_what_goes_wrong_leaves_nothing(make: Make, tmp_path: Path):
    with pytest.raises(EditRefused) as caught:
        render(tmp_path, [counting(make)], do("trim", end_s=1), do("delete_clip", clip="c9"))
    assert caught.value.fields["command"] == 1
    playlist, script = tmp_path / "words.srt", tmp_path / "notes.txt"
    playlist.write_text("#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:1\nfile:///etc/passwd\n")
    script.write_text("just words\n")
    broken = tmp_path / "half.mp4"
    broken.write_bytes(busy(make).read_bytes()[:200_000])
    for path, error in ((playlist, HostileInput), (script, NotAVideo), (broken, DamagedInput)):
        with pytest.raises(error):
            render(tmp_path, [counting(make), path])
    (tmp_path / "there.mp4").write_bytes(b"x")
    with pytest.raises(OutputExists):
        edit([counting(make)], [], tmp_path / "there.mp4")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["half.mp4", "notes.txt", "there.mp4", "words.srt"]
