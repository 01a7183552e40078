"""Decides how two videos are laid beside each other: which pictures belong together, and in which size and colours.

It says what it did to make them comparable, or that they are not. It opens nothing and measures nothing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from slimreel.core.events import Reason
from slimreel.core.filters import Chain, Filter, Value
from slimreel.core.media import MediaInfo, VideoStream, main_video
from slimreel.core.picture import deinterlacer, tonemap_chain
from slimreel.errors import NotComparable

# By "index": the nth picture beside the nth. By "rate": the reference is brought to the output's constant rate first.
# By "nearest": each picture of the output beside the reference's picture of that time.
How = Literal["index", "rate", "nearest"]

SAMPLES = "yuv420p10le"  # ten bits, so that banding shows; eight-bit samples fit in exactly
LEAST_LENGTH_SHARE = 0.5
MOST_SHAPE_CHANGE = 0.02  # of the display aspect: squeezing to even numbers changes a small picture by 1 %
SAME_RATE = 0.003  # 29.97 and 30 are one rate, as in core/picture
# The banding feature of VMAF v1 fails on pictures of 200x200.
LEAST_SIDE = 240
# 2160p and its like; 1440p is still seen whole from three picture heights.
_LARGE_SHORT_SIDE = 1440
_HIGH_RATE = 47.5  # frames a second, so that 47.952 counts as 48

# FFmpeg's scaler has fewer names than the colour tags.
_MATRICES = {"bt709": "bt709", "smpte170m": "bt601", "bt470bg": "bt601", "bt2020nc": "bt2020", "bt2020c": "bt2020",
             "smpte240m": "smpte240m", "fcc": "fcc"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Pairing:
    """Two videos made comparable. Chains end in pictures of `width` × `height` in ten bits, each on its own clock."""

    reference: VideoStream
    output: VideoStream
    how: How
    width: int
    height: int
    reference_chain: Chain
    output_chain: Chain
    notes: tuple[Reason, ...]

    @property
    def enlarged(self) -> int:
        """By how much VMAF must see both pictures larger, because it cannot judge such small ones."""
        return math.ceil(LEAST_SIDE / min(self.width, self.height))

    @property
    def is_large(self) -> bool:
        return min(self.width, self.height) > _LARGE_SHORT_SIDE

    @property
    def is_fast(self) -> bool:
        return float(self.output.average_rate) >= _HIGH_RATE

    @property
    def frames(self) -> int:
        """How many pairs to expect."""
        most = self.output.frames
        return min(most, self.reference.frames) if self.how == "index" else most


def pair(reference: MediaInfo, output: MediaInfo) -> Pairing:
    """How to compare the main pictures of two files. Raises NotComparable."""
    ours, theirs = main_video(output), main_video(reference)
    _refuse(reference, output, theirs, ours)
    notes: list[Reason] = []
    how = _how(theirs, ours, notes)
    size = theirs.upright
    if _cropped(theirs, ours):
        size = ours.upright
        notes.append(Reason(id="compared_cropped", fields=_change(theirs.upright, size)))
    elif ours.upright != size:
        notes.append(Reason(id="compared_scaled", fields=_change(ours.upright, size)))
    for video, name in ((theirs, "reference"), (ours, "output")):
        if video.hdr:
            notes.append(Reason(id=f"compared_tone_mapped_{name}", fields={"transfer": video.hdr}))
        if video.interlaced:
            notes.append(Reason(id=f"compared_deinterlaced_{name}"))
    rate = Chain((Filter("fps", {"fps": ours.frame_rate}),)) if how == "rate" else Chain()
    space = _space(theirs) if theirs.chroma != "rgb" else _space(ours)
    crop = Chain((Filter("crop", {"w": size[0], "h": size[1], "x": 0, "y": 0}),)) if size != theirs.upright else Chain()
    toned = SAMPLES if theirs.hdr and ours.hdr else "yuv420p"  # an SDR file was made from eight bits
    reference_chain = _repaired(theirs, toned) + rate + crop + _scaled(theirs, size, space)
    output_chain = _repaired(ours, toned) + _scaled(ours, size, space)
    return Pairing(theirs, ours, how, *size, reference_chain, output_chain, tuple(notes))


def counted(pairing: Pairing, compared: int) -> Pairing:
    """The pairing with a note where pictures were left over, once it is known how many were compared."""
    most = max(pairing.reference.frames, pairing.output.frames) if pairing.how == "index" else pairing.output.frames
    # A picture or two at the end of a changed rate is rounding.
    if most - compared <= (0 if pairing.how == "index" else 2):
        return pairing
    note = Reason(id="compared_in_part", fields={"compared": compared, "of": most})
    return replace(pairing, notes=(*pairing.notes, note))


def _refuse(reference: MediaInfo, output: MediaInfo, theirs: VideoStream, ours: VideoStream) -> None:
    def refuse(detail: str) -> NotComparable:
        return NotComparable(reference=reference.path, output=output.path, detail=detail)

    if theirs.has_alpha or ours.has_alpha:
        raise refuse("one of them is transparent, and what shows through it is not known")
    shapes = [float(_shape(video)) for video in (theirs, ours)]
    if abs(shapes[0] / shapes[1] - 1) > MOST_SHAPE_CHANGE + 2 / min(*theirs.upright, *ours.upright):
        raise refuse("their pictures have different shapes")
    lengths = sorted((theirs.duration_s, ours.duration_s))
    if min(theirs.frames, ours.frames) > 1 and lengths[0] < LEAST_LENGTH_SHARE * lengths[1]:
        raise refuse("one is less than half as long as the other")
    if min(theirs.frames, ours.frames) < 1:
        raise refuse("one of them has no pictures")


def _how(theirs: VideoStream, ours: VideoStream, notes: list[Reason]) -> How:
    if theirs.frames == ours.frames:
        return "index"
    same_rate = abs(float(theirs.average_rate / ours.average_rate) - 1) <= SAME_RATE if ours.average_rate else True
    if same_rate and not theirs.is_vfr and not ours.is_vfr:
        return "index"
    fields: dict[str, str | int | float] = {
        "before": f"{float(theirs.average_rate):.5g}",
        "after": f"{float(ours.average_rate):.5g}",
    }
    notes.append(Reason(id="compared_by_time", fields=fields))
    return "nearest" if ours.is_vfr else "rate"


def _cropped(theirs: VideoStream, ours: VideoStream) -> bool:
    """Was an odd picture made even by leaving out a line or a column, as slimreel does?"""
    width, height = theirs.upright
    return ours.upright == (width - width % 2, height - height % 2) != theirs.upright and not theirs.changes_size


def _shape(video: VideoStream) -> Fraction:
    """Display aspect; a sample aspect that cannot be meant is not believed, as in core/picture."""
    width, height = video.upright
    return video.display_aspect if Fraction(1, 8) <= video.upright_sar <= 8 else Fraction(width, height)


def _repaired(video: VideoStream, toned: str) -> Chain:
    """What slimreel would do to it before scaling: the picture a person is to see. `toned`: samples after HDR."""
    chain = Chain((deinterlacer(),)) if video.interlaced else Chain()
    return chain + tonemap_chain(video, toned) if video.hdr else chain


def _space(video: VideoStream) -> str | None:
    """The matrix of its colours once repaired. Untagged pictures are taken as players take them, by their height."""
    if video.hdr or video.chroma == "rgb":
        return "bt709"
    if video.color_matrix is None:
        return "bt709" if min(video.upright) >= 720 else "bt601"
    return _MATRICES.get(video.color_matrix)


def _scaled(video: VideoStream, size: tuple[int, int], space: str | None) -> Chain:
    """To the size and colours compared in, always in limited range."""
    options: dict[str, Value] = {"w": size[0], "h": size[1], "flags": "bicubic"}
    own = _space(video)
    if video.chroma == "rgb" and not video.hdr:
        options |= {"out_color_matrix": space or "bt709", "out_range": "tv"}
    else:
        full = not video.hdr and (video.color_range == "pc" or video.pix_fmt.startswith("yuvj"))
        options |= {"in_range": "pc" if full else "tv", "out_range": "tv"}
        if own and space and own != space:
            options |= {"in_color_matrix": own, "out_color_matrix": space}
    return Chain((Filter("scale", options), Filter("format", {"pix_fmts": SAMPLES})))


def _change(before: tuple[int, int], after: tuple[int, int]) -> dict[str, str | int | float]:
    return {"before": f"{before[0]}x{before[1]}", "after": f"{after[0]}x{after[1]}"}
