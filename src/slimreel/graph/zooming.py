"""Goes closer to a picture or away from it. A change of perspective between pixels: steps of whole ones would shake."""

from __future__ import annotations

from slimreel.core.filters import Chain
from slimreel.edit.draft import Focus, Point
from slimreel.edit.ops.zoom import Zoomed
from slimreel.graph.model import chain, one
from slimreel.graph.scene import decimal

_FOCUS: dict[Focus, tuple[float, float]] = {
    "center": (0.5, 0.5), "left": (0.0, 0.5), "right": (1.0, 0.5), "top": (0.5, 0.0), "bottom": (0.5, 1.0),
}  # fmt: skip


def zoomed(effect: Zoomed, size: tuple[int, int], frames: int) -> Chain:
    """The picture at the factor during the span. Below 1 it shrinks into a black frame."""
    width, height = size
    away = effect.factor < 1
    outer = (_even(width / effect.factor), _even(height / effect.factor)) if away else size
    left, top = (outer[0] - width) / 2, (outer[1] - height) / 2
    factor = _factor(effect, frames)
    focus = (effect.focus.x, effect.focus.y) if isinstance(effect.focus, Point) else _FOCUS[effect.focus]
    # The rectangle that is looked at: as large as the picture by the factor, its centre at the focus, kept inside.
    across, down = (
        f"clip({decimal(start + share * side)}-{side}/(2*{factor}),0,{whole}-{side}/({factor}))"
        for start, share, side, whole in zip((left, top), focus, size, outer, strict=True)
    )
    if away:
        across, down = f"{outer[0]}/2-{width}/(2*{factor})", f"{outer[1]}/2-{height}/(2*{factor})"
    right, bottom = f"({across})+{width}/({factor})", f"({down})+{height}/({factor})"
    seen = one(
        "perspective",
        x0=across, y0=down, x1=right, y1=down, x2=across, y2=bottom, x3=right, y3=bottom,
        interpolation="linear", sense="source", eval="frame",
    )  # fmt: skip
    if not away:
        return chain(seen)
    frame = one("pad", w=outer[0], h=outer[1], x="(ow-iw)/2", y="(oh-ih)/2")
    return chain(frame, seen, one("scale", w=width, h=height), one("setsar", sar=1))


def _factor(effect: Zoomed, frames: int) -> str:
    """How large the picture is at frame `on`, which FFmpeg counts from 1."""
    start, length = (effect.span.start, effect.span.duration) if effect.span else (0, frames)
    target = decimal(effect.factor)
    if not effect.animate:
        return target if effect.span is None else f"if(between(on-1,{start},{start + length - 1}),{target},1)"
    share = f"clip((on-1-{start})/{max(1, length - 1)},0,1)"
    moving = f"(1+({target}-1)*{share})"
    return moving if effect.span is None else f"if(between(on-1,{start},{start + length - 1}),{moving},1)"


def _even(pixels: float) -> int:
    return max(2, round(pixels / 2) * 2)
