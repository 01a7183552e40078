"""Divides a segment into takes: openings of its file that play one after the other, each with its share of frames.

A segment that runs forwards is one take. Backwards it is many: turning pictures round keeps them all in memory.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from slimreel.core.timing import SOURCE, TimeRange, scaled
from slimreel.edit.draft import MediaSegment
from slimreel.graph.model import Input
from slimreel.graph.scene import Scene

# Pictures held at once while they are turned round.
_MOST_TURNED_BYTES = 200_000_000
# Opened a little further than is needed: what is beyond is cut off by counting frames and samples.
_SPARE_S = Fraction(1, 4)
_STILL_S = Fraction(1)
# Times in files are rounded: a frame may begin this share of its length late and still counts as begun.
EARLY = Fraction(1, 4)


@dataclass(frozen=True, slots=True)
class Take:
    """An opened input that plays the frames `frames` of a segment, counted from its start.

    The input begins `lead_s` early: the frame shown at a moment began before it, and rounding must not lose it.
    """

    input: int
    frames: TimeRange
    lead_s: Fraction
    speed: Fraction
    is_still: bool = False
    backwards: bool = False


def takes_of(scene: Scene, segment: MediaSegment) -> tuple[Take, ...]:
    """The takes of a segment in the order they play, opened."""
    return tuple(_open(scene, segment, frames) for frames in shares_of(scene, segment))


def shares_of(scene: Scene, segment: MediaSegment) -> list[TimeRange]:
    """The frames of each take, counted from the segment's start."""
    whole = TimeRange(0, segment.place.duration)
    if not segment.backwards or segment.is_still:
        return [whole]
    step = max(1, _MOST_TURNED_BYTES // (scene.width * scene.height * 3 // 2))
    return [TimeRange(start, step).meet(whole) for start in range(0, whole.duration, step)]


def sound_input(scene: Scene, segment: MediaSegment, earlier_s: Fraction) -> tuple[int, Fraction]:
    """An input of its own for sound that is heard at other times than its picture is shown: it begins `earlier_s`
    before the segment's source. Gives also how long the sound waits where the file has nothing so early."""
    wanted = SOURCE.seconds(segment.source.start) - earlier_s
    start = max(Fraction(0), wanted)
    length = SOURCE.seconds(segment.source.duration) + _SPARE_S
    return scene.wiring.open(Input(segment.asset, start, length)), start - wanted


def _open(scene: Scene, segment: MediaSegment, frames: TimeRange) -> Take:
    material = scene.material(segment)
    if material.asset.kind == "image":
        return Take(scene.wiring.open(Input(segment.asset)), frames, Fraction(0), Fraction(1), is_still=True)
    source, speed = segment.source, scene.speed(segment)
    if segment.is_still:
        start, length = SOURCE.seconds(source.start), _STILL_S
    elif segment.repeats:
        start, length = SOURCE.seconds(source.start), SOURCE.seconds(source.duration)
    else:
        ticks_a_frame = speed / scene.rate / SOURCE.tick_s
        first, last = (scaled(frame, ticks_a_frame) for frame in (frames.start, frames.end))
        begin = source.end - last if segment.backwards else source.start + first
        start, length = SOURCE.seconds(max(0, begin)), SOURCE.seconds(last - first)
    lead = min(start, material.frame_s * (1 - EARLY))
    opened = Input(segment.asset, start - lead, lead + length + (_SPARE_S if not segment.is_still else 0))
    is_turned = segment.backwards and not segment.is_still
    return Take(scene.wiring.open(opened), frames, lead, speed, is_still=segment.is_still, backwards=is_turned)
