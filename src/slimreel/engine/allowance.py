"""How many bytes the pictures may take, once sound, container and the rest are paid for.

Joins the plan's target with what has been measured so far; it runs nothing.
"""

from __future__ import annotations

import math

from slimreel.core import budget
from slimreel.core.budget import Window
from slimreel.core.plan import Target
from slimreel.engine.job import Job
from slimreel.engine.measured import Measured


def window_of(job: Job) -> Window:
    """The video bytes the target leaves, given what the rest of the file takes."""
    plan, target = job.plan, job.plan.target
    assert target is not None
    duration = max(plan.video.duration_s, 0.001)
    frames = plan.video.packets
    rated = None
    rate = target.rate_bps or target.ceiling_bps
    if rate is not None:
        over_asked = target.rate_bps is None or not target.asked
        rated = budget.rate_window(rate, duration, frames, ceiling=over_asked)
    if plan.size_limit_bytes is None:
        assert rated is not None
        return rated
    sized = budget.size_window(plan.size_limit_bytes, estimated_other_bytes(job), plan.duration_s)
    return rated if rated is not None and rated.high < sized.high else sized


def estimated_other_bytes(job: Job) -> int:
    """Bytes beside the video: as rehearsed, else nominal sound and what the container and its extras cost."""
    plan = job.plan
    if job.other_bytes is not None:
        return job.other_bytes
    tracks = {track.index: track for track in job.source.audio}
    packets = 0
    sound = 0
    for track in plan.sound:
        if track.action == "copy":
            packets += tracks[track.source_index].packets
            sound += tracks[track.source_index].bytes
        else:
            packets += math.ceil(plan.duration_s * track.sample_rate_hz / track.packet_samples)
            sound += round(track.bitrate_bps * plan.duration_s / 8)
    container = budget.container_bytes(plan.container, plan.video.packets, packets)
    return sound + container + plan.extras.estimated_bytes


def most_video_bytes(job: Job, target: Target) -> float:
    """What the bounds leave to the pictures, as far as is known before an encode; infinite where there is none."""
    if job.plan.size_limit_bytes is None and target.ceiling_bps is None:
        return math.inf
    return min(
        window_of(job).high,
        math.inf if target.ceiling_bps is None else target.ceiling_bps * job.plan.video.duration_s / 8,
    )


def surely_over(job: Job, target: Target) -> float | None:
    """Bytes of an unfinished file that has broken a bound whatever is still to come. None: there is no bound."""
    bounds: list[float] = [] if job.plan.size_limit_bytes is None else [job.plan.size_limit_bytes]
    if target.ceiling_bps is not None:
        bounds.append(target.ceiling_bps * job.plan.video.duration_s / 8 + _others_at_most(job))
    return min(bounds, default=None)


def surely_above_window(job: Job) -> float:
    """Bytes of an unfinished file whose pictures will be above the window whatever is still to come."""
    return window_of(job).high + _others_at_most(job)


def _others_at_most(job: Job) -> float:
    """Written so far are sound and container too, whose size is only estimated here."""
    return 1.25 * estimated_other_bytes(job) + 65_536


def fits(job: Job, target: Target, found: Measured) -> bool:
    """Is the finished file within the bounds?"""
    limit = job.plan.size_limit_bytes
    if limit is not None and found.file_bytes > limit:
        return False
    return target.ceiling_bps is None or found.video_bytes <= target.ceiling_bps * job.plan.video.duration_s / 8


def source_is_best(job: Job, target: Target) -> bool:
    """The bound is no less than what the source has, so that another generation would only lose."""
    plan = job.plan
    fits = plan.size_limit_bytes is None or job.source.size_bytes <= plan.size_limit_bytes
    roomy = target.ceiling_bps is None or target.ceiling_bps >= 0.95 * plan.video.bitrate_bps
    return plan.may_copy and fits and roomy
