"""Fits a picture of any shape to the canvas: cut off, pulled, with bars, or with a blurred copy behind it."""

from __future__ import annotations

from fractions import Fraction

from slimreel.core.filters import Filter
from slimreel.edit.draft import Fit, Focus
from slimreel.graph.model import chain, one
from slimreel.graph.scene import Scene

# The copy behind is blurred at a fraction of its size: at full size it would cost more than the encode.
_BLUR_SHARE, _BLUR_SIGMA = 8, 6
_FOCUS: dict[Focus, tuple[float, float]] = {
    "center": (0.5, 0.5), "left": (0.0, 0.5), "right": (1.0, 0.5), "top": (0.5, 0.0), "bottom": (0.5, 1.0),
}  # fmt: skip


def fitted(scene: Scene, pad: str, size: tuple[int, int], fit: Fit) -> str:
    """The pad of pictures as large as the canvas, from pictures of `size` in square pixels."""
    wiring = scene.wiring
    width, height = scene.width, scene.height
    inner, cover = scaled_to(size, (width, height), cover=False), scaled_to(size, (width, height), cover=True)
    if fit.mode == "stretch" or inner == (width, height):
        return wiring.through(pad, chain(*_scale((width, height))))
    if fit.mode == "crop":
        across, down = _FOCUS[fit.focus]
        x, y = _even((cover[0] - width) * across), _even((cover[1] - height) * down)
        return wiring.through(pad, chain(*_scale(cover), one("crop", w=width, h=height, x=x, y=y)))
    x, y = _even((width - inner[0]) / 2), _even((height - inner[1]) / 2)
    if fit.mode == "pad":
        bars = one("pad", w=width, h=height, x=x, y=y, color=colour(fit.color))
        return wiring.through(pad, chain(*_scale(inner), bars))
    front, behind = wiring.fork((pad,), chain(one("split", outputs=2)), 2)
    front = wiring.through(front, chain(*_scale(inner)))
    small = scaled_to(size, (max(2, width // _BLUR_SHARE), max(2, height // _BLUR_SHARE)), cover=True)
    blurred = chain(
        one("scale", w=small[0], h=small[1], flags="fast_bilinear"),
        one("crop", w=max(2, _even(width / _BLUR_SHARE)), h=max(2, _even(height / _BLUR_SHARE))),
        one("gblur", sigma=_BLUR_SIGMA),
        one("scale", w=width, h=height, flags="bilinear"),
        one("setsar", sar=1),
    )
    behind = wiring.through(behind, blurred)
    return wiring.through((behind, front), chain(one("overlay", x=x, y=y, format="auto")))


def scaled_to(size: tuple[int, int], outer: tuple[int, int], *, cover: bool) -> tuple[int, int]:
    """A size of the same shape, even, that just fits into `outer` or just covers it."""
    ratio = Fraction(*size)
    by_width = outer[0], _near_even(outer[0] / ratio)
    by_height = _near_even(outer[1] * ratio), outer[1]
    wider = ratio >= Fraction(*outer)
    width, height = by_height if wider == cover else by_width
    return (max(width, outer[0]), max(height, outer[1])) if cover else (min(width, outer[0]), min(height, outer[1]))


def colour(hexadecimal: str) -> str:
    """A colour as filters take it; `#` begins a comment in a script."""
    return f"0x{hexadecimal.removeprefix('#')}"


def _scale(wanted: tuple[int, int]) -> tuple[Filter, Filter]:
    """A picture that has the size already passes unchanged. Pixels are square from here on."""
    return one("scale", w=wanted[0], h=wanted[1], flags="bicubic"), one("setsar", sar=1)


def _even(pixels: float) -> int:
    return int(pixels) // 2 * 2


def _near_even(pixels: Fraction) -> int:
    return max(2, round(pixels / 2) * 2)
