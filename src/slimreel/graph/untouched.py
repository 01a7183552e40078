"""Finds sound that an edit left as it is in its file, from beginning to end, so that it need not be encoded anew."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

from slimreel.core.timing import SOURCE
from slimreel.edit.draft import Draft, MediaSegment
from slimreel.graph.material import Colors, Material, Materials
from slimreel.graph.scene import Scene
from slimreel.graph.sound import is_heard

# A player hears no difference where the sound begins or ends so much beside the pictures; an AAC packet is 21 ms.
_NEAR_S = Fraction(1, 10)


def untouched_sound(draft: Draft, materials: Materials) -> Material | None:
    """The one file whose whole sound is the sound of the timeline. Divided clips that go on as they were are whole."""
    clips = draft.clips
    material = materials.get(clips[0].asset) if clips else None
    if material is None or material.audio is None or material.info is None or material.info.damage:
        return None
    scene = Scene(draft, materials, draft.canvas.width, draft.canvas.height, Colors())
    over = (one for one in draft.elements() if isinstance(one, MediaSegment))
    if any(effect.slot == "sound" for effect in draft.effects) or any(is_heard(scene, one) for one in over):
        return None
    if not all(clip.asset == clips[0].asset and _is_plain(draft, clip) for clip in clips):
        return None
    if any(before.source.end != after.source.start for before, after in pairwise(clips)):
        return None
    track, start = material.audio, SOURCE.seconds(clips[0].source.start)
    heard_from = Fraction(track.start_s - material.info.start_s)
    heard_to = heard_from + Fraction(track.duration_s)
    ends = (start - heard_from, start + draft.length_s - heard_to)
    return material if max(map(abs, ends)) <= _NEAR_S else None


def _is_plain(draft: Draft, clip: MediaSegment) -> bool:
    """Does the clip play its file as it is?"""
    same_speed = abs(draft.timebase.seconds(clip.place.duration) - SOURCE.seconds(clip.source.duration)) <= (
        draft.timebase.tick_s
    )
    is_still = clip.is_still or clip.backwards or clip.enter is not None
    return same_speed and not is_still and not clip.of_slot("sound")
