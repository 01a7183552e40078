"""Stills stored once: what is shown at any moment is what the source shows then, and nothing moves in time."""

from __future__ import annotations

import itertools
from bisect import bisect_right
from dataclasses import replace
from pathlib import Path

import av
import numpy
import pytest

from slimreel.core import stills
from slimreel.core.goal import Goal
from slimreel.core.plan import make_plan
from slimreel.engine.job import Job
from slimreel.engine.probe import probe
from slimreel.engine.verify import _check_seen
from slimreel.errors import DamagedInput
from tests.engine import witness
from tests.engine.conftest import Make, Shrink
from tests.engine.test_timing import assert_same_length, assert_sound_in_step


@pytest.fixture(scope="module")
def slides(make: Make) -> Path:
    """8.5 s at 30 fps with a tone: ten pictures of 0.4 s each, then one that stands, as an encoder would record it."""
    pictures = "testsrc2=s=640x360:r=5/2:d=4.4,tpad=stop_mode=clone:stop_duration=4.1,fps=30"
    return make(
        "slides_of_stills.mp4",
        *("-f", "lavfi", "-i", pictures, "-f", "lavfi", "-i", "sine=d=8.5:b=2", "-t", "8.5"),
        *("-c:v", "libx264", "-preset", "veryfast", "-crf", "10", "-pix_fmt", "yuv420p", "-c:a", "aac"),
    )


def shown(path: Path) -> tuple[list[float], list[numpy.ndarray]]:
    """When each picture appears, and its brightness at a quarter of the size."""
    with av.open(str(path)) as container:
        frames = [
            (float(frame.time), frame.to_ndarray()[: frame.height : 4, ::4]) for frame in container.decode(video=0)
        ]
    times, pictures = zip(*frames, strict=True)
    return list(times), list(pictures)


WANTED = [{"video_bitrate_bps": 150_000}, {"target_size_bytes": 250_000}, {"quality": "medium"}]


@pytest.mark.parametrize("wanted", WANTED, ids=["rate", "size", "quality"])
@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_every_moment_shows_what_it_did(slides: Path, shrink: Shrink, wanted: dict[str, int], suffix: str) -> None:
    made = shrink(slides, suffix, reencode=True, **wanted)
    assert 60 <= made.reasons["stills_once"]["percent"] <= 100
    assert made.result.strategy == "encode"
    before, sources = shown(slides)
    after, results = shown(made.path)
    assert len(after) < len(before) / 2
    assert all(min(abs(time - other) for other in before) < 0.001 for time in after)
    assert after[0] == pytest.approx(before[0], abs=0.001)
    assert max(b - a for a, b in itertools.pairwise(after)) <= stills.LONGEST_S + 0.05
    for time, source in zip(before, sources, strict=True):
        result = results[max(0, bisect_right(after, time + 0.001) - 1)]
        assert numpy.abs(source.astype(int) - result).mean() < 6
    assert_same_length(slides, made.path)
    assert_sound_in_step(slides, made.path)


def test_what_moves_keeps_every_frame(plain: Path, shrink: Shrink) -> None:
    made = shrink(plain)
    assert "stills_once" not in made.reasons
    assert len(witness.times(made.path)) == len(witness.times(plain))


def test_an_end_that_was_lost_is_noticed(slides: Path, tmp_path: Path) -> None:
    source = probe(slides)
    plan = make_plan(Goal(video_bitrate_bps=150_000), source)
    assert plan.picture is not None
    assert plan.picture.drops_stills
    job = Job(source, plan, tmp_path, "fast")
    line = "frame:0 pts:0 pts_time:0\nseen=1\n"
    (tmp_path / stills.SEEN).write_text(line * plan.video.frames)
    _check_seen(job)
    (tmp_path / stills.SEEN).write_text(line * (plan.video.frames - 10))
    with pytest.raises(DamagedInput):
        _check_seen(job)
    job.plan = replace(plan, picture=replace(plan.picture, drops_stills=False))
    _check_seen(job)
