"""Decides the picture that is encoded: size, frame rate, pixel format, colour, and the filters that make it.

It obeys the goal's limits and the source's facts; whether a rate can carry a size is evidence it is given.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from slimreel.core.codecs import Encoder
from slimreel.core.events import Reason
from slimreel.core.filters import Chain, Filter
from slimreel.core.goal import Goal
from slimreel.core.media import VideoStream
from slimreel.core.white import REFERENCE_NITS
from slimreel.errors import UsageError

DEFAULT_SHORT_SIDE = 1080
LEAST_SHORT_SIDE = 144
# What files say of HDR: of the whole, and of each picture as it was.
_OF_THE_WHOLE = ("MASTERING_DISPLAY_METADATA", "CONTENT_LIGHT_LEVEL", "AMBIENT_VIEWING_ENVIRONMENT")
_OF_EACH_FRAME = ("DYNAMIC_HDR_PLUS", "DOVI_RPU_BUFFER", "DOVI_METADATA")
# Filters whose pictures depend on several of the source's, or are fewer than those.
_TEMPORAL = frozenset({"bwdif", "fps"})


@dataclass(frozen=True, slots=True)
class ColorTags:
    """What the file says of its colours, in FFmpeg's names; None means unspecified."""

    primaries: str | None
    transfer: str | None
    matrix: str | None
    range: str | None

    def options(self) -> list[str]:
        named = (
            ("-color_primaries", self.primaries),
            ("-color_trc", self.transfer),
            ("-colorspace", self.matrix),
            ("-color_range", self.range),
        )
        return [part for option, value in named if value for part in (option, value)]


@dataclass(frozen=True, slots=True)
class Picture:
    """The picture to encode. `before_scale` and `after_scale` stand around the scaling to width × height."""

    width: int
    height: int
    sar: Fraction
    native_width: int
    native_height: int
    crop: bool
    pix_fmt: str
    colors: ColorTags
    rate_cap: Fraction | None
    before_scale: Chain
    after_scale: Chain
    least_short_side: int = LEAST_SHORT_SIDE  # as it may be made where the rate cannot carry more

    def chain(self, width: int | None = None, height: int | None = None, *, quick: bool = False) -> Chain:
        """All filters, ending at width × height (default: the plan's own size)."""
        return self.before_scale + self._scaling(width, height, quick=quick) + self.after_scale

    @property
    def frame_by_frame(self) -> bool:
        """Does every picture come of one of the source's alone, in the same order?"""
        return not any(one.name in _TEMPORAL for one in self.before_scale.filters)

    def _scaling(self, width: int | None, height: int | None, *, quick: bool) -> Chain:
        w, h = width or self.width, height or self.height
        filters: list[Filter] = []
        if (w, h) != (self.native_width, self.native_height) or not self.crop:
            flags = "fast_bilinear" if quick else "bicubic"
            filters.append(Filter("scale", {"w": w, "h": h, "flags": flags}))
        else:
            filters.append(Filter("crop", {"w": w, "h": h, "x": 0, "y": 0}))
        filters.append(Filter("setsar", {"sar": self.sar}))
        return Chain(tuple(filters))

    def at(self, width: int, height: int) -> Picture:
        """The same picture at another size."""
        return replace(self, width=width, height=height)


def plan_picture(video: VideoStream, goal: Goal, encoder: Encoder) -> tuple[Picture, list[Reason]]:
    """The picture for `goal`, before any thought of what its rate can carry. Raises UsageError."""
    reasons: list[Reason] = []
    before, sar = _repairs(video, encoder, goal, reasons)
    tonemap = _tonemaps(video, goal, encoder)
    deep = _keeps_depth(video, encoder, tonemap=tonemap)
    native_width, native_height = _even(video.upright[0]), _even(video.upright[1])
    width, height = _size(video, goal, reasons)
    odd = (native_width, native_height) != video.upright
    if odd and (width, height) == (native_width, native_height):
        reasons.append(Reason(id="odd_size", fields=_change(video.upright, (width, height))))
    rate_cap = _rate_cap(video, goal, reasons)
    if rate_cap is not None:
        before += Chain((Filter("fps", {"fps": rate_cap}),))
    if video.rotation or video.flipped:
        reasons.append(Reason(id="rotation_baked", fields={"degrees": video.rotation}))
    if video.is_vfr and rate_cap is None:
        reasons.append(Reason(id="vfr_kept"))
    pix_fmt = encoder.pix_fmt_10bit if deep else encoder.pix_fmt_8bit
    if video.has_alpha and encoder.holds_alpha:
        pix_fmt = "yuva420p"
    colors, after = _color(video, pix_fmt, reasons, tonemap=tonemap, shrunk=height < native_height)
    if video.bit_depth > 8 and not deep and not tonemap:
        reasons.append(Reason(id="depth_reduced", fields={"before": video.bit_depth, "after": 8}))
    picture = Picture(
        width, height, sar, native_width, native_height, odd and not video.changes_size,
        pix_fmt, colors, rate_cap, before, after, max(LEAST_SHORT_SIDE, goal.min_resolution or 0),
    )  # fmt: skip
    return picture, reasons


def rungs_below(picture: Picture) -> list[tuple[int, int]]:
    """Smaller sizes worth measuring, largest first, each the aspect of the picture."""
    short = min(picture.width, picture.height)
    least = picture.least_short_side
    sides = [side for side in (1440, 1080, 720, 540, 432, 360, 270, 216, 144) if least <= side < short]
    if least > LEAST_SHORT_SIDE and _even(least + 1) < min([short, *sides]):
        sides.append(_even(least + 1))
    return [_to_short_side((picture.width, picture.height), side) for side in sides]


def _repairs(video: VideoStream, encoder: Encoder, goal: Goal, reasons: list[Reason]) -> tuple[Chain, Fraction]:
    filters: list[Filter] = []
    if video.interlaced:
        filters.append(deinterlacer())
        reasons.append(Reason(id="deinterlaced"))
    if video.has_alpha and not encoder.holds_alpha:
        filters += flattening(video)
        reasons.append(Reason(id="alpha_flattened"))
    sar = video.upright_sar
    sane = Fraction(1, 8) <= sar <= 8
    return Chain(tuple(filters)), sar.limit_denominator(4096) if sane else Fraction(1)


def _tonemaps(video: VideoStream, goal: Goal, encoder: Encoder) -> bool:
    if video.hdr is None:
        return False
    if not encoder.holds_depth:
        if goal.hdr == "keep":
            raise UsageError(detail=f"HDR is kept in hevc or av1, not in {encoder.codec}. Add --codec hevc.")
        return True
    return goal.hdr == "tonemap"


def _keeps_depth(video: VideoStream, encoder: Encoder, *, tonemap: bool) -> bool:
    return video.bit_depth > 8 and encoder.holds_depth and not tonemap


def _size(video: VideoStream, goal: Goal, reasons: list[Reason]) -> tuple[int, int]:
    upright = video.upright
    if goal.width_px and goal.height_px:
        size = fit(video, goal.width_px, goal.height_px)
        if goal.width_px > upright[0] and goal.height_px > upright[1]:
            asked = f"{goal.width_px}x{goal.height_px}"
            reasons.append(Reason(id="not_upscaled", fields={"before": f"{upright[0]}x{upright[1]}", "asked": asked}))
        elif size != upright:
            reasons.append(Reason(id="scaled_asked", fields=_change(upright, size)))
        return size
    short = min(upright)
    if goal.resolution and short > goal.resolution:
        size = _to_short_side(upright, goal.resolution)
        reasons.append(Reason(id="scaled_asked", fields=_change(upright, size)))
        return size
    ceiling = max(DEFAULT_SHORT_SIDE, goal.min_resolution or 0)
    if not goal.resolution and not goal.keep_resolution and short > ceiling:
        size = _to_short_side(upright, ceiling)
        reasons.append(Reason(id="scaled_default", fields=_change(upright, size)))
        return size
    if goal.keep_resolution:
        reasons.append(Reason(id="kept_resolution"))
    return _even(upright[0]), _even(upright[1])


def fit(video: VideoStream, width: int, height: int) -> tuple[int, int]:
    """The largest size inside width × height with the coded picture's shape, never larger than the picture itself.

    The sample aspect is kept.
    """
    source_width, source_height = video.upright
    factor = min(Fraction(1), Fraction(width, source_width), Fraction(height, source_height))
    return _even(round(source_width * factor)), _even(round(source_height * factor))


def _to_short_side(size: tuple[int, int], side: int) -> tuple[int, int]:
    width, height = size
    side = _even(side)
    if width <= height:
        return side, _nearest_even(Fraction(height * side, width))
    return _nearest_even(Fraction(width * side, height)), side


def _even(value: int) -> int:
    return max(2, value - value % 2)


def _nearest_even(value: Fraction) -> int:
    return max(2, round(value / 2) * 2)


def _rate_cap(video: VideoStream, goal: Goal, reasons: list[Reason]) -> Fraction | None:
    if goal.fps is None:
        return None
    wanted = Fraction(goal.fps).limit_denominator(1001)
    # Three in a thousand of grace: to make 29.97 of 30 would drop a frame every half minute for nothing.
    if float(max(video.frame_rate, video.average_rate)) <= float(wanted) * 1.003:
        return None
    fields: dict[str, str | int | float] = {
        "before": f"{float(video.frame_rate):.5g}",
        "after": f"{goal.fps:.5g}",
    }
    reasons.append(Reason(id="fps_limited", fields=fields))
    return wanted


def _color(
    video: VideoStream, pix_fmt: str, reasons: list[Reason], *, tonemap: bool, shrunk: bool
) -> tuple[ColorTags, Chain]:
    if tonemap:
        reasons.append(Reason(id="tone_mapped", fields={"transfer": video.hdr or ""}))
        return ColorTags("bt709", "bt709", "bt709", "tv"), tonemap_chain(video, pix_fmt)
    if video.hdr:
        reasons.append(Reason(id="hdr_kept", fields={"transfer": video.hdr}))
    format_filter = Filter("format", {"pix_fmts": pix_fmt})
    if video.chroma == "rgb":
        to_yuv = Filter("scale", {"out_color_matrix": "bt709", "out_range": "tv"})
        return ColorTags("bt709", "iec61966-2-1", "bt709", "tv"), Chain((to_yuv, format_filter))
    matrix = video.color_matrix
    if matrix is None and shrunk and min(video.upright) >= 720:
        # Players take untagged small pictures for BT.601; the source was taken for BT.709.
        matrix = "bt709"
        # Said of the pictures too, or FFmpeg takes them for BT.601 and converts every one.
        said = Filter("setparams", {"colorspace": matrix})
        tags = ColorTags(video.color_primaries, video.color_transfer, matrix, video.color_range)
        return tags, Chain((said, format_filter))
    tags = ColorTags(video.color_primaries, video.color_transfer, matrix, video.color_range)
    return tags, Chain((format_filter,))


def flattening(video: VideoStream) -> list[Filter]:
    """A transparent picture as it looks on black."""
    with_alpha = Filter("format", {"pix_fmts": "gbrap" if video.chroma == "rgb" else "yuva444p"})
    return [with_alpha, Filter("premultiply", {"inplace": 1})]


def deinterlacer() -> Filter:
    """One whole picture of each frame of two fields."""
    return Filter("bwdif", {"mode": "send_frame", "parity": "auto", "deint": "all"})


def tonemap_chain(video: VideoStream, pix_fmt: str) -> Chain:
    """From HDR to SDR that every screen shows correctly."""
    transfer = "smpte2084" if video.hdr == "pq" else "arib-std-b67"
    to_linear: dict[str, str | int | float | Fraction] = {
        "tin": transfer,
        "min": video.color_matrix or "bt2020nc",
        "pin": video.color_primaries or "bt2020",
        "rin": video.color_range or "tv",
        "t": "linear",
        "npl": REFERENCE_NITS,
    }
    return Chain(
        (
            Filter("zscale", to_linear),
            Filter("format", {"pix_fmts": "gbrpf32le"}),
            Filter("zscale", {"p": "bt709"}),
            Filter("tonemap", {"tonemap": "hable", "desat": 0}),
            Filter("zscale", {"t": "bt709", "m": "bt709", "r": "tv"}),
            Filter("format", {"pix_fmts": pix_fmt}),
            *_without(*_OF_THE_WHOLE, *_OF_EACH_FRAME),
        )
    )


def reshown(pix_fmt: str) -> Chain:
    """HDR pictures that are changed and stay HDR: what was said of each frame no longer fits it."""
    return Chain((Filter("format", {"pix_fmts": pix_fmt}), *_without(*_OF_EACH_FRAME)))


def lifted_chain(transfer: str, pix_fmt: str) -> Chain:
    """From SDR in RGB, also with transparency, to HDR of this transfer with white at its reference level."""
    deep = Filter("format", {"pix_fmts": "gbrapf32le"})
    return Chain(
        (
            Filter("format", {"pix_fmts": "gbrap"}),
            Filter("setparams", {"color_primaries": "bt709", "color_trc": "iec61966-2-1", "colorspace": "gbr"}),
            deep,
            Filter("zscale", {"t": "linear", "npl": REFERENCE_NITS}),
            Filter("zscale", {"p": "bt2020"}),
            Filter("zscale", {"t": transfer, "npl": REFERENCE_NITS}),
            Filter("zscale", {"m": "bt2020nc", "r": "tv"}),
            Filter("format", {"pix_fmts": pix_fmt}),
        )
    )


def _without(*names: str) -> tuple[Filter, ...]:
    return tuple(Filter("sidedata", {"mode": "delete", "type": name}) for name in names)


def _change(before: tuple[int, int], after: tuple[int, int]) -> dict[str, str | int | float]:
    return {"before": f"{before[0]}x{before[1]}", "after": f"{after[0]}x{after[1]}"}
