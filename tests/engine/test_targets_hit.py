"""Real encodes land on what was asked: rates, sizes, and the numbers a refusal names; measured by PyAV alone."""

from __future__ import annotations

import hashlib
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import pytest

from slimreel.engine import converge, ratecontrol
from slimreel.engine.job import Job, TooLarge
from slimreel.errors import TargetImpossible
from slimreel.workbench.compress import compress
from tests.engine import witness
from tests.engine.conftest import Made, Make, Shrink, goal

SECONDS = 6
NOISE = "noise=alls=12:allf=t"
CODED = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"]


@pytest.fixture(scope="session")
def lively(make: Make) -> Path:
    """Six seconds of motion and noise at 160x90, with a tone."""
    return make(
        "lively.mp4",
        *("-f", "lavfi", "-i", f"testsrc2=s=160x90:r=25:d={SECONDS},{NOISE}"),
        *("-f", "lavfi", "-i", f"sine=d={SECONDS}", *CODED, "-crf", "20", "-c:a", "aac", "-b:a", "48k"),
    )


@pytest.fixture(scope="session")
def changing(make: Make) -> Path:
    """Six seconds at 192x108 whose second half is far richer than its first."""
    halves = f"smptebars=s=192x108:r=24:d=3[a];mandelbrot=s=192x108:r=24:end_pts=72,trim=duration=3,{NOISE}[b]"
    graph = f"{halves};[a][b]concat=n=2:v=1:a=0"
    return make("changing.mp4", "-filter_complex", graph, *CODED, "-crf", "16", "-t", SECONDS)


@pytest.fixture(scope="session")
def clips(lively: Path, changing: Path) -> dict[str, Path]:
    return {"lively": lively, "changing": changing}


def pictures(path: Path) -> tuple[int, float, str]:
    """Bytes of the pictures, the seconds they are shown, and a hash of their packets, counted by PyAV."""
    size, stamps, digest = 0, [], hashlib.sha256()
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        assert stream.time_base is not None
        for packet in container.demux(stream):
            if packet.size:
                size += packet.size
                stamps.append(float((packet.pts or 0) * stream.time_base))
                digest.update(bytes(packet))
    stamps.sort()
    usual = sorted(later - earlier for earlier, later in pairwise(stamps))[len(stamps) // 2]
    return size, stamps[-1] - stamps[0] + usual, digest.hexdigest()


def rate(path: Path) -> float:
    size, seconds, _ = pictures(path)
    return size * 8 / seconds


def whole(path: Path, length_s: float = SECONDS) -> None:
    _, seconds, _ = pictures(path)
    assert seconds == pytest.approx(length_s, abs=0.1)
    witness.decodes(path)


@pytest.mark.parametrize(
    ("clip", "codec", "suffix", "share"),
    [
        ("lively", "h264", ".mp4", 0.5),
        ("lively", "h264", ".mkv", 0.2),
        ("changing", "h264", ".mp4", 0.3),
        ("changing", "hevc", ".mp4", 0.3),
        ("lively", "av1", ".mp4", 0.3),
        ("changing", "av1", ".webm", 0.5),
        ("lively", "vp9", ".webm", 0.5),
    ],
)
def test_a_rate(clip: str, codec: str, suffix: str, share: float, clips: dict[str, Path], shrink: Shrink) -> None:
    source = clips[clip]
    asked = round(rate(source) * share)
    made = shrink(source, suffix, codec=codec, video_bitrate_bps=asked)
    whole(made.path)
    assert made.result.strategy == "encode"
    assert rate(made.path) == pytest.approx(asked, rel=0.01)
    assert made.result.error_percent == pytest.approx(100 * (rate(made.path) / asked - 1), abs=0.05)
    assert made.result.video_bitrate_bps == pytest.approx(rate(made.path), rel=0.001)


def fills(made: Made, limit: int) -> None:
    size = made.path.stat().st_size
    assert size <= limit
    assert size >= 0.99 * limit or "transparent" in made.reasons, f"{size / limit:.4f} used"
    assert made.result.bytes == size


@pytest.mark.parametrize(("clip", "share"), [("lively", 0.1), ("lively", 0.25), ("changing", 0.1), ("changing", 0.5)])
def test_a_share_of_the_source(clip: str, share: float, clips: dict[str, Path], shrink: Shrink) -> None:
    source = clips[clip]
    made = shrink(source, size_ratio=share)
    whole(made.path)
    fills(made, int(source.stat().st_size * share))


def test_a_size_in_another_codec_and_container(lively: Path, shrink: Shrink) -> None:
    limit = lively.stat().st_size * 3 // 10
    made = shrink(lively, ".mov", codec="hevc", target_size_bytes=limit)
    whole(made.path)
    fills(made, limit)


def test_a_rate_below_what_the_full_size_takes_makes_the_picture_smaller(media: Path, shrink: Shrink) -> None:
    made = shrink(media / "structure/edit_list_shift.mp4", video_bitrate_bps=7_200)  # 17 kbit/s at the coarsest
    assert "scaled_to_fit" in made.reasons
    assert made.result.height < 1080
    assert made.result.video_bitrate_bps == pytest.approx(7_200, rel=0.01)


def test_a_ceiling_is_not_exceeded(lively: Path, shrink: Shrink) -> None:
    ceiling = round(rate(lively) * 0.4)
    made = shrink(lively, max_bitrate_bps=ceiling, quality="visually_lossless")
    assert rate(made.path) <= ceiling
    assert rate(made.path) >= ceiling * 0.9


@pytest.mark.parametrize("bound", [{"max_bitrate_bps": 400_000}, {"target_size_bytes": 400_000}])
def test_a_quality_far_above_its_bound_is_not_encoded_to_the_end(
    bound: dict[str, int], make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = f"testsrc2=s=640x360:r=25:d={SECONDS},{NOISE}"
    source = make("noisy.mp4", "-f", "lavfi", "-i", picture, *CODED, "-crf", "16")
    stopped: list[str] = []
    run = Job.run

    def listened(job: Job, stage: Any, *arguments: Any, **options: Any) -> Any:
        try:
            return (yield from run(job, stage, *arguments, **options))
        except TooLarge:
            stopped.append(stage)
            raise

    monkeypatch.setattr(Job, "run", listened)
    made = tmp_path / "made.mp4"
    result = compress(source, goal(crf=18, reencode=True, **bound), made)
    assert stopped == ["encode"]
    assert result.bytes <= 400_000
    assert result.video_bitrate_bps <= bound.get("max_bitrate_bps", 10**9)
    assert [path.name for path in tmp_path.iterdir()] == ["made.mp4"]
    whole(made)


@pytest.mark.parametrize(("size", "looked"), [(10_000_000, False), (500_000, True)])
def test_a_long_clip_with_bits_to_spare_is_encoded_once_without_a_look(
    size: int, looked: bool, make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = make("minute.mp4", "-f", "lavfi", "-i", f"testsrc2=s=160x90:r=25:d=64,{NOISE}", *CODED, "-qp", "4")
    stages: list[str] = []
    run = Job.run

    def listened(job: Job, stage: Any, *arguments: Any, **options: Any) -> Any:
        stages.append(stage)
        return run(job, stage, *arguments, **options)

    monkeypatch.setattr(Job, "run", listened)
    assert source.stat().st_size > 2 * size
    result = compress(source, goal(target_size_bytes=size, reencode=True), tmp_path / "made.mp4")
    assert ("analyse" in stages) is looked
    assert stages.count("encode") == 1
    assert ("transparent" in {reason.id for reason in result.reasons}) is not looked
    assert result.bytes <= size
    whole(tmp_path / "made.mp4", 64)


@pytest.mark.parametrize("wanted", [{"target_size_bytes": 9_000}, {"video_bitrate_bps": 2_000}])
def test_what_a_refusal_names_works(wanted: dict[str, Any], lively: Path, tmp_path: Path, shrink: Shrink) -> None:
    with pytest.raises(TargetImpossible) as caught:
        compress(lively, goal(**wanted), tmp_path / "out.mp4")
    assert list(tmp_path.iterdir()) == []
    if "target_size_bytes" in wanted:
        named = caught.value.fields["smallest_bytes"]
        assert isinstance(named, int)
        made = shrink(lively, target_size_bytes=named)
        assert 9_000 < made.path.stat().st_size <= named
    else:
        named = caught.value.fields["smallest_bps"]
        assert isinstance(named, int)
        made = shrink(lively, video_bitrate_bps=named)
        assert rate(made.path) == pytest.approx(named, rel=0.01)


def test_the_same_command_gives_the_same_pictures(lively: Path, tmp_path: Path) -> None:
    asked = round(rate(lively) * 0.4)
    for name in ("one.mp4", "two.mp4"):
        compress(lively, goal(video_bitrate_bps=asked), tmp_path / name)
    assert pictures(tmp_path / "one.mp4") == pictures(tmp_path / "two.mp4")


def test_where_rate_control_leaps_over_the_window_a_quality_is_sought(
    lively: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit, honest, turned = lively.stat().st_size // 3, converge.converge, []

    def leaping(job: Job, window: Any, dial: Any, *, hard: bool) -> Any:
        turned.append(dial.start)
        if len(turned) > 1:
            return (yield from honest(job, window, dial, hard=hard))
        return (yield from converge.encode(job, dial.options(dial.start * 0.8)))

    monkeypatch.setattr(ratecontrol, "converge", leaping)
    result = compress(lively, goal(target_size_bytes=limit), tmp_path / "made.mp4")
    assert len(turned) == 2
    assert 0.99 * limit <= result.bytes <= limit
    whole(tmp_path / "made.mp4")
