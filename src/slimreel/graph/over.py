"""What lies over the clips: pictures in pictures, images, and rectangles that are made unreadable."""

from __future__ import annotations

from slimreel.edit.draft import BlurSegment, MediaSegment, TrackKind
from slimreel.graph.drawn import Part, all_drawn
from slimreel.graph.model import chain, one
from slimreel.graph.picture import colored, counted, joined, sourced
from slimreel.graph.scene import Scene, corner
from slimreel.graph.takes import Take

# Sigma of the blur as a share of the rectangle's short side.
_BLUR = {"low": 1 / 16, "medium": 1 / 8, "high": 1 / 4}


def laid_over(scene: Scene, pad: str, takes: dict[str, tuple[Take, ...]]) -> str:
    """The pad with everything on the upper picture tracks over it, the lowest first."""
    for track in scene.draft.tracks[1:]:
        if track.kind != TrackKind.VIDEO:
            continue
        for segment in track.segments:
            if isinstance(segment, BlurSegment):
                pad = _blurred(scene, pad, segment)
            elif isinstance(segment, MediaSegment):
                pad = _layered(scene, pad, segment, takes[segment.id])
    return pad


def _blurred(scene: Scene, pad: str, blur: BlurSegment) -> str:
    x, y = _even(blur.x * scene.width), _even(blur.y * scene.height)
    width = min(_at_least(blur.w * scene.width), scene.width - x)
    height = min(_at_least(blur.h * scene.height), scene.height - y)
    sigma = max(2.0, min(width, height) * _BLUR[blur.strength])
    main, copy = scene.wiring.fork((pad,), chain(one("split", outputs=2)), 2)
    rectangle = chain(one("crop", w=width, h=height, x=x, y=y), one("gblur", sigma=sigma, steps=2))
    copy = scene.wiring.through(copy, rectangle)
    over = one("overlay", x=x, y=y, format="auto", enable=scene.during(blur.place))
    return scene.wiring.through((main, copy), chain(over))


def _layered(scene: Scene, pad: str, segment: MediaSegment, takes: tuple[Take, ...]) -> str:
    assert segment.layer is not None
    material = scene.material(segment)
    pads, inner = [], (2, 2)
    for take in takes:
        part = sourced(scene, segment, take, material)
        width = _at_least(segment.layer.scale * scene.width)
        inner = (width, _at_least(width * part.size[1] / part.size[0]))
        filters = [one("scale", w=inner[0], h=inner[1], flags="bicubic"), one("setsar", sar=1)]
        filters += colored(scene, material, "yuva420p10le" if scene.colors.is_deep else "yuva420p")
        if not take.is_still:
            filters += counted(take)
        if take.backwards:
            filters += [one("reverse"), one("setpts", expr="PTS-STARTPTS")]
        pads.append(scene.wiring.through(part.pad, chain(*filters)))
    shown = all_drawn(
        segment.of_slot("picture"), scene, Part(joined(scene, tuple(pads)), inner, segment.place.duration)
    )
    late = [one("setpts", expr=f"PTS+({scene.seconds(segment.place.start)})/TB")] if segment.place.start else []
    if segment.layer.opacity < 1:
        late.append(one("colorchannelmixer", aa=float(segment.layer.opacity)))
    layer = scene.wiring.through(shown.pad, chain(*late))
    x, y = corner(segment.layer.position, (scene.width, scene.height), inner)
    over = one("overlay", x=x, y=y, format="auto", eof_action="repeat", enable=scene.during(segment.place))
    return scene.wiring.through((pad, layer), chain(over))


def _even(pixels: float) -> int:
    return int(pixels) // 2 * 2


def _at_least(pixels: float) -> int:
    return max(2, round(pixels / 2) * 2)
