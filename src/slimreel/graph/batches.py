"""Decides whether the clips are drawn in the run that encodes, or in runs of their own that hand their pictures over.

Every opened input holds a decoder and some pictures, used or not: at 1080p some 20 MB each, so sixty take more than a
gigabyte. Runs after one another hold a few at a time, and every picture is still encoded once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from slimreel.edit.draft import MediaSegment
from slimreel.graph.model import DRAWN, PICTURE, Drawing, Input, Wiring, chain, one
from slimreel.graph.picture import clip_picture, sequence, tagged
from slimreel.graph.scene import Scene
from slimreel.graph.takes import Take, shares_of, takes_of

# Takes up to so many are drawn where they are encoded. Measured with 62 inputs of 80x46 and of 320x240: each takes 3 MB
# and seven pictures; 1080p is reckoned from that.
MOST_TAKES = 24
_A_RUN = 8


@dataclass(frozen=True, slots=True)
class Clips:
    """The pad of all clips' pictures, and the takes that are open in the same run, by the clip's id."""

    pad: str
    takes: Mapping[str, tuple[Take, ...]]


def clips_of(scene: Scene) -> tuple[Clips, tuple[Drawing, ...]]:
    """The clips' pictures one after the other."""
    if sum(len(shares_of(scene, clip)) for clip in scene.draft.clips) <= MOST_TAKES:
        takes = {clip.id: takes_of(scene, clip) for clip in scene.draft.clips}
        return Clips(_pictures(scene, scene.draft.clips, takes), takes), ()
    number = scene.wiring.open(Input(DRAWN))
    drawings = tuple(_drawing(scene, group) for group in _groups(scene))
    return Clips(scene.wiring.through(f"{number}:0", chain(tagged(scene), scene.ticks())), {}), drawings


def _pictures(scene: Scene, clips: tuple[MediaSegment, ...], takes: Mapping[str, tuple[Take, ...]]) -> str:
    return sequence(scene, tuple((clip, clip_picture(scene, clip, takes[clip.id])) for clip in clips))


def _drawing(scene: Scene, clips: tuple[MediaSegment, ...]) -> Drawing:
    """Files and looks are the whole timeline's; inputs and pads are the run's own."""
    own = Scene(
        scene.draft, scene.materials, scene.width, scene.height, scene.colors, scene.lettering, Wiring(), scene.files,
        scene.looks,
    )  # fmt: skip
    pad = _pictures(own, clips, {clip.id: takes_of(own, clip) for clip in clips})
    pad = own.wiring.through(pad, chain(one("format", pix_fmts=scene.colors.pix_fmt), scene.ticks()))
    frames = clips[-1].place.end - clips[0].place.start
    return Drawing(tuple(own.wiring.inputs), own.wiring.graph(pad, PICTURE), frames)


def _groups(scene: Scene) -> Iterator[tuple[MediaSegment, ...]]:
    """The clips a few takes at a time. A transition is not divided: both of its clips are in one run."""
    group: list[MediaSegment] = []
    takes = 0
    for clip in scene.draft.clips:
        if takes >= _A_RUN and not clip.enter:
            yield tuple(group)
            group, takes = [], 0
        group.append(clip)
        takes += len(shares_of(scene, clip))
    yield tuple(group)
