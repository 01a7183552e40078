"""How each effect on pictures is drawn: filters of its own, by its type. One function an effect, found by dispatch.

An effect with a span holds for those frames alone. `part` is what it is on: how large the picture is and how long.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import singledispatch

from slimreel.core.filters import Chain, Filter
from slimreel.core.picture import deinterlacer
from slimreel.core.timing import TimeRange
from slimreel.edit.draft import Effect
from slimreel.edit.ops.color import Colored, Look
from slimreel.edit.ops.crop import Cropped
from slimreel.edit.ops.deinterlace import Deinterlaced
from slimreel.edit.ops.denoise_video import PictureDenoised
from slimreel.edit.ops.fade import PictureFaded
from slimreel.edit.ops.flip import Flipped
from slimreel.edit.ops.lut import Graded
from slimreel.edit.ops.rotate import Rotated
from slimreel.edit.ops.sharpen import Sharpened
from slimreel.edit.ops.stabilize import Stabilized
from slimreel.edit.ops.zoom import Zoomed
from slimreel.errors import EditRefused
from slimreel.graph import zooming
from slimreel.graph.fitting import colour
from slimreel.graph.model import AssetFile, Wiring, chain, one
from slimreel.graph.model import Input as Opened
from slimreel.graph.model import Look as LookFirst
from slimreel.graph.scene import Scene

_NO_CHANGE = chain()
# Strength of hqdn3d: its default is 4; 8 takes visible detail with the noise.
_DENOISE = {"low": 2.0, "medium": 4.0, "high": 8.0}
# Amount of unsharp: 1 is its default, above 1.5 edges get halos.
_SHARPEN = {"low": 0.5, "medium": 1.0, "high": 1.5}
# Frames looked at on either side for the camera's path; at 30 frames a second 10 is a third of a second.
_SMOOTHING = {"low": 6, "medium": 12, "high": 30}
_NEUTRAL_K = 6500  # daylight: no change of temperature
_WARMER_K, _COOLER_K = 30, 50  # a percent; the scale of colour temperature is coarser at its cool end
_LOOKS: dict[Look, Chain] = {
    "bw": chain(one("hue", s=0)),
    "warm": chain(one("colortemperature", temperature=5200), one("eq", saturation=1.08)),
    "cool": chain(one("colortemperature", temperature=8200)),
    "vivid": chain(one("eq", contrast=1.1, saturation=1.4)),
    "cinematic": chain(
        one("eq", contrast=1.1, saturation=0.9), one("colorbalance", rs=-0.06, bs=0.08, rh=0.06, bh=-0.06)
    ),
    "vintage": chain(one("curves", preset="vintage")),
}


@dataclass(frozen=True, slots=True)
class Part:
    """What an effect is on: the pad of its pictures, their size, how many they are, and how they got there.

    `opened` and `before` are the input and the filters so far, for an effect that has to look at it all first.
    """

    pad: str
    size: tuple[int, int]
    frames: int
    opened: Opened | None = None
    before: Chain = _NO_CHANGE
    stream: str = ""

    def then(self, scene: Scene, filters: Chain) -> Part:
        return replace(self, pad=scene.wiring.through(self.pad, filters), before=self.before + filters)


@singledispatch
def drawn(effect: Effect, scene: Scene, part: Part) -> Part:
    """The part with the effect on it. Raises EditRefused for one that this slimreel cannot draw."""
    raise EditRefused(detail=f"this slimreel cannot draw the effect “{effect.kind}”")


@drawn.register
def _(effect: Cropped, scene: Scene, part: Part) -> Part:
    cut = one("crop", w=effect.width, h=effect.height, x=effect.x, y=effect.y, exact=1)
    return replace(part.then(scene, chain(cut)), size=effect.resized(*part.size))


@drawn.register
def _(effect: Rotated, scene: Scene, part: Part) -> Part:
    turns = {
        90: (one("transpose", dir="clock"),),
        180: (one("hflip"), one("vflip")),
        270: (one("transpose", dir="cclock"),),
    }
    return replace(part.then(scene, chain(*turns[effect.degrees % 360])), size=effect.resized(*part.size))


@drawn.register
def _(effect: Flipped, scene: Scene, part: Part) -> Part:
    return part.then(scene, chain(one("hflip" if effect.axis == "horizontal" else "vflip")))


@drawn.register
def _(effect: Deinterlaced, scene: Scene, part: Part) -> Part:
    """Where the file says that it is interlaced this was done already; else each picture is looked at."""
    return part.then(scene, chain(one("idet"), Filter("bwdif", {**deinterlacer().options, "deint": "interlaced"})))


@drawn.register
def _(effect: PictureDenoised, scene: Scene, part: Part) -> Part:
    return part.then(scene, chain(one("hqdn3d", luma_spatial=_DENOISE[effect.strength])))


@drawn.register
def _(effect: Stabilized, scene: Scene, part: Part) -> Part:
    """The camera's path is looked at in a run before, on the very pictures that are moved here."""
    if part.opened is None:
        raise EditRefused(detail="what is played backwards cannot be stabilized; stabilize first, reverse another copy")
    name = f"path{len(scene.looks) + 1}.trf"
    detect = chain(one("vidstabdetect", result=name, shakiness=6, fileformat="ascii"))
    look = Wiring()
    graph = look.graph(look.through(part.stream, part.before + detect), "path")
    scene.looks.append(LookFirst(part.opened, graph))
    smooth = one("vidstabtransform", input=name, smoothing=_SMOOTHING[effect.strength], crop="black")
    return part.then(scene, chain(smooth, one("unsharp", la=0.4)))


@drawn.register
def _(effect: Colored, scene: Scene, part: Part) -> Part:
    filters: list[Filter] = []
    if effect.exposure_ev:
        filters.append(one("exposure", exposure=effect.exposure_ev))
    tones = {
        "brightness": effect.brightness_pct / 200,
        "contrast": 1 + effect.contrast_pct / 100,
        "saturation": 1 + effect.saturation_pct / 100,
        "gamma": effect.gamma,
    }
    if tones != {"brightness": 0, "contrast": 1, "saturation": 1, "gamma": 1}:
        filters.append(Filter("eq", {name: float(value) for name, value in tones.items()}))
    if effect.temperature_pct:
        step = _WARMER_K if effect.temperature_pct > 0 else _COOLER_K
        filters.append(one("colortemperature", temperature=round(_NEUTRAL_K - step * effect.temperature_pct)))
    look = _LOOKS[effect.preset] if effect.preset else _NO_CHANGE
    return part.then(scene, _while(scene, effect.span, chain(*filters) + look))


@drawn.register
def _(effect: Sharpened, scene: Scene, part: Part) -> Part:
    return part.then(scene, _while(scene, effect.span, chain(one("unsharp", la=_SHARPEN[effect.strength]))))


@drawn.register
def _(effect: Graded, scene: Scene, part: Part) -> Part:
    name = f"table{len(scene.files) + 1}.cube"
    scene.files.append(AssetFile(name, effect.asset))
    table = one("lut3d", file=name, interp="tetrahedral")
    if effect.intensity >= 1:
        return part.then(scene, _while(scene, effect.span, chain(table)))
    old, new = scene.wiring.fork((part.pad,), chain(one("format", pix_fmts="gbrp"), one("split", outputs=2)), 2)
    new = scene.wiring.through(new, chain(table))
    mixed = one("blend", all_mode="normal", all_opacity=float(effect.intensity))
    return replace(part, pad=scene.wiring.through((new, old), chain(mixed)))


@drawn.register
def _(effect: Zoomed, scene: Scene, part: Part) -> Part:
    return part.then(scene, zooming.zoomed(effect, part.size, part.frames))


@drawn.register
def _(effect: PictureFaded, scene: Scene, part: Part) -> Part:
    start = 0 if effect.direction == "in" else part.frames - effect.frames
    return part.then(
        scene,
        chain(
            one("fade", type=effect.direction, start_frame=start, nb_frames=effect.frames, color=colour(effect.color))
        ),
    )


def all_drawn(effects: tuple[Effect, ...], scene: Scene, part: Part) -> Part:
    """The part with the effects on it, in the order they stand in."""
    for effect in effects:
        part = drawn(effect, scene, part)
    return part


def can_draw() -> tuple[type, ...]:
    """The types of effects that are drawn."""
    return tuple(kind for kind in drawn.registry if kind not in (object, Effect))


def _while(scene: Scene, span: TimeRange | None, filters: Chain) -> Chain:
    """The filters only during a span; each of those used here can be switched off and on."""
    if span is None:
        return filters
    return Chain(tuple(Filter(one.name, {**one.options, "enable": scene.during(span)}) for one in filters.filters))
