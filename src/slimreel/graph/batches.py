"""Decides whether clips are drawn and heard in the run that encodes, or in runs of their own before it.

Every opened input holds a decoder and some pictures, used or not: at 1080p some 20 MB each, so sixty take more than a
gigabyte. Runs after one another hold a few at a time, and every picture is still encoded once. What is heard is divided
at samples, so that its parts end to end are the whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from slimreel.core.timing import TimeRange
from slimreel.edit.draft import MediaSegment
from slimreel.graph.model import DRAWN, HEARD, PICTURE, SOUND, Drawing, Hearing, Input, Wiring, chain, one, samples_at
from slimreel.graph.picture import clip_picture, sequence, tagged
from slimreel.graph.scene import Scene
from slimreel.graph.sound import clips_sound, is_heard
from slimreel.graph.takes import Take, shares_of, takes_of

# Takes up to so many, and of so many pixels, are drawn where they are encoded. Measured with 62 inputs of 80x46 and of
# 320x240: each takes 3 MB and seven pictures. Twenty of 1080p took 2.2 GB with all that is around them; eight of 720p
# took 690 MB, and 300 with runs of four, for a twentieth more CPU.
MOST_TAKES = 24
MOST_PIXELS = 8 * 1920 * 1080
_A_RUN = 8
# Large ones fewer: each of 1080p takes 33 MB beside 85 MB of any run (eight: 331 MB, two: 143 MB). To start one takes
# as much CPU as to draw four pictures, so a run has some.
_RUN_PIXELS, _RUN_FRAMES = 2 * 1920 * 1080, 200
# Sound in runs of its own costs no CPU and spares what the openings hold (eight of 720p: 90 MB).
MOST_HEARD = 8
_A_HEARING = 24


@dataclass(frozen=True, slots=True)
class Clips:
    """The pad of all clips' pictures, and the takes that are open in the same run, by the clip's id."""

    pad: str
    takes: Mapping[str, tuple[Take, ...]]


def clips_of(scene: Scene) -> tuple[Clips, tuple[Drawing, ...]]:
    """The clips' pictures one after the other."""
    if _are_few(scene):
        takes = {clip.id: takes_of(scene, clip) for clip in scene.draft.clips}
        return Clips(_pictures(scene, scene.draft.clips, takes), takes), ()
    number = scene.wiring.open(Input(DRAWN))
    drawings = tuple(_drawing(scene, group) for group in _groups(scene))
    return Clips(scene.wiring.through(f"{number}:0", chain(tagged(scene), scene.ticks())), {}), drawings


def _are_few(scene: Scene) -> bool:
    takes = pixels = 0
    for clip in scene.draft.clips:
        asset, count = scene.material(clip).asset, len(shares_of(scene, clip))
        takes, pixels = takes + count, pixels + count * asset.width * asset.height
    return takes <= MOST_TAKES and (pixels <= MOST_PIXELS or takes <= 2)


def _pictures(scene: Scene, clips: tuple[MediaSegment, ...], takes: Mapping[str, tuple[Take, ...]]) -> str:
    return sequence(scene, tuple((clip, clip_picture(scene, clip, takes[clip.id])) for clip in clips))


def hearings_of(scene: Scene) -> tuple[int | None, tuple[Hearing, ...]]:
    """The input that hands over the clips' own sound, and the runs that make it; none where the clips are few."""
    if sum(_sounds(scene, clip) for clip in scene.draft.clips) <= MOST_HEARD:
        return None, ()
    number = scene.wiring.open(Input(HEARD))
    return number, tuple(_hearing(scene, numbers, stretch) for numbers, stretch in _heard_groups(scene))


def _sounds(scene: Scene, clip: MediaSegment) -> int:
    """How many inputs it takes to hear a clip."""
    return len(shares_of(scene, clip)) if is_heard(scene, clip) else 0


def _hearing(scene: Scene, numbers: range, stretch: TimeRange) -> Hearing:
    """The sound of these clips, as far as it is in the stretch."""
    own = _own(scene)
    clips = [scene.draft.clips[number] for number in numbers]
    takes = {clip.id: takes_of(own, clip) for clip in clips if is_heard(own, clip)}
    begin = samples_at(clips[0].place.start, scene.rate)
    start, end = (samples_at(frame, scene.rate) - begin for frame in (stretch.start, stretch.end))
    cut = chain(one("atrim", start_sample=start, end_sample=end), one("asetpts", expr="PTS-STARTPTS"))
    pad = own.wiring.through(clips_sound(own, takes, numbers), cut)
    return Hearing(tuple(own.wiring.inputs), own.wiring.graph(pad, SOUND), end - start)


def _heard_groups(scene: Scene) -> Iterator[tuple[range, TimeRange]]:
    """The clips a few sounds at a time, each group with its share of the timeline.

    Between them is a plain cut, or the end of a transition: its second clip is then in both groups.
    """
    clips = scene.draft.clips
    first, start, sounds = 0, 0, 0
    for number, clip in enumerate(clips):
        if sounds >= _A_HEARING:
            edge = clip.place.start + clip.overlap
            yield range(first, number + bool(clip.overlap)), TimeRange.between(start, edge)
            first, start, sounds = number, edge, 0
        sounds += _sounds(scene, clip)
    yield range(first, len(clips)), TimeRange.between(start, scene.draft.length)


def _own(scene: Scene) -> Scene:
    """The scene of a run of its own: files and looks are the whole timeline's; inputs and pads are the run's."""
    return Scene(
        scene.draft, scene.materials, scene.width, scene.height, scene.colors, scene.lettering, Wiring(), scene.files,
        scene.looks,
    )  # fmt: skip


def _drawing(scene: Scene, clips: tuple[MediaSegment, ...]) -> Drawing:
    own = _own(scene)
    pad = _pictures(own, clips, {clip.id: takes_of(own, clip) for clip in clips})
    pad = own.wiring.through(pad, chain(one("format", pix_fmts=scene.colors.pix_fmt), scene.ticks()))
    frames = clips[-1].place.end - clips[0].place.start
    return Drawing(tuple(own.wiring.inputs), own.wiring.graph(pad, PICTURE), frames)


def _groups(scene: Scene) -> Iterator[tuple[MediaSegment, ...]]:
    """The clips a few takes at a time. A transition is not divided: both of its clips are in one run."""
    group: list[MediaSegment] = []
    takes = pixels = frames = 0
    for clip in scene.draft.clips:
        is_full = takes >= _A_RUN or (pixels >= _RUN_PIXELS and frames >= _RUN_FRAMES)
        if is_full and not clip.enter:
            yield tuple(group)
            group, takes, pixels, frames = [], 0, 0, 0
        asset, count = scene.material(clip).asset, len(shares_of(scene, clip))
        group.append(clip)
        takes, pixels, frames = takes + count, pixels + count * asset.width * asset.height, frames + clip.place.duration
    yield tuple(group)
