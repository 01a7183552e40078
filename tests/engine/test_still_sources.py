"""Sources that mostly stand still: how they are looked at and encoded, and that rates and sizes hold for them too."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from slimreel.core import stills
from slimreel.core.goal import Goal
from slimreel.core.media import MediaInfo
from slimreel.core.plan import make_plan
from slimreel.engine import argv, probe, scout
from slimreel.engine.footage import Footage
from slimreel.engine.job import Job
from slimreel.workbench.compress import compress
from tests.core.facts import media, video
from tests.engine.conftest import Make

STANDING = media(video(2_000_000, 30, still_packets=700))
MOVING = media(video(2_000_000, 30, still_packets=100))


def job_of(source: MediaInfo, folder: Path, **wanted: Any) -> Job:
    return Job(source, make_plan(Goal(video_bitrate_bps=400_000, **wanted), source), folder, "balanced")


@pytest.mark.parametrize(
    ("source", "wanted", "size"),
    [
        (STANDING, {}, (1920, 1080)),
        (STANDING, {"resolution": 720}, (1280, 720)),
        (STANDING, {"codec": "hevc"}, (960, 540)),  # it has a first pass of its own
        (MOVING, {}, (960, 540)),
    ],
)
def test_what_stands_is_looked_at_in_whole(
    source: MediaInfo, wanted: dict[str, Any], size: tuple[int, int], tmp_path: Path
) -> None:
    assert scout.small_size(job_of(source, tmp_path, **wanted)) == size


@pytest.mark.parametrize("source", [STANDING, MOVING], ids=["standing", "moving"])
def test_what_scrolls_is_sought_in_older_pictures_too(source: MediaInfo, tmp_path: Path) -> None:
    """In both passes alike, or x264 refuses the statistics. The first then looks at pictures that are smoothed, since
    of others what stands changes."""
    job = job_of(source, tmp_path)
    footage = Footage(inputs=("-i", "in"), fds=(), pad="0:v", timing=(), folder=tmp_path)
    searches = argv.speeds(job.plan, job.encoder, "balanced")
    first = argv.analyse(footage, job.plan, scout.small_size(job), searches, None)
    second = argv.encode(footage, job.plan, "balanced", [], "out")
    stands = source is STANDING
    assert ("-refs" not in first, "-refs" not in second) == (stands, stands)
    assert (set(argv.UNSMOOTHED) <= set(first)) is not stands
    assert ("fast_bilinear" in " ".join(first)) is not stands


@pytest.fixture(scope="session")
def scrolled(make: Make) -> Path:
    """Twelve seconds at 25 frames a second of which two are scrolled, and the rest stands."""
    y = "if(lt(n,100),0,if(lt(n,150),(n-100)*4,200))"
    page = "testsrc2=s=640x680:r=25:d=0.04,noise=alls=20,loop=300:1,trim=end_frame=300,setpts=N/25/TB"
    graph = f"{page},crop=640:480:0:'{y}'"
    coded = ["-c:v", "libx264", "-preset", "veryfast", "-crf", "12", "-pix_fmt", "yuv420p"]
    return make("scrolled.mp4", "-f", "lavfi", "-i", graph, "-r", "25", *coded)


@pytest.mark.parametrize("kind", ["video_bitrate_bps", "target_size_bytes"])
def test_rates_and_sizes_hold(kind: str, scrolled: Path, tmp_path: Path) -> None:
    source = probe.probe(scrolled)
    assert stills.stands(source.video[0])
    asked = round(source.video[0].bitrate_bps / 2) if kind == "video_bitrate_bps" else source.size_bytes // 2
    result = compress(scrolled, Goal(**{kind: asked}), tmp_path / "made.mp4")  # type: ignore[arg-type]  # by name
    assert result.strategy == "encode"
    if kind == "target_size_bytes":
        assert 0.99 * asked <= result.bytes <= asked
    else:
        assert result.error_percent is not None and abs(result.error_percent) <= 1
