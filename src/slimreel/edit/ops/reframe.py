"""Gives the output another shape, and says how the pictures are fitted to it.

before  16:9  [ picture ]
after   9:16  [ blurred | picture | blurred ], or cropped, or with bars
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Annotated, ClassVar

from msgspec import Meta

from slimreel.edit.affect import target_of
from slimreel.edit.draft import AnySegment, Canvas, Color, Draft, Fit, FitMode, Focus, MediaSegment, even
from slimreel.edit.facts import Facts
from slimreel.edit.operation import AnyClip, Edited
from slimreel.edit.said import Said
from slimreel.edit.standing import Lasting, Standing
from slimreel.edit.targets import find_clips
from slimreel.errors import BadParameter

WIDEST = 8  # times as wide as high, or the other way


@dataclass(frozen=True, slots=True, kw_only=True)
class Reframe(Lasting):
    """The short side stays as it is. With `clip` the canvas stays too, and only that clip is fitted anew."""

    op: ClassVar[str] = "reframe"
    said: ClassVar[Said] = Said(
        cues=(
            "aspectword different_word",
            "aspectword",
            "ASPECT",
            "ASPECT blurpad|padbars|cropfit|stretchfit",
            "aspectword ASPECT",
            "aspectword changing",
            "ASPECT cropfit keep",
            "aspectword FRAME",
        ),
        words=(
            "aspectword horizontally vertically both moving landscape crop keep cropfit sides grain look out:preset "
            "different_word"
        ),
        en=(
            "make it 9:16 with blurred sides",
            "square crop for instagram",
            "16:9 with black bars",
            "vertical, keep the right half",
            "4:5 crop",
        ),
        zh=("改成竖屏，模糊背景", "裁成1:1", "16:9加黑边", "竖版，保留右边", "4:5裁切"),
    )

    aspect: Annotated[
        Annotated[str, Meta(pattern=r"^[1-9][0-9]{0,4}:[1-9][0-9]{0,4}$")],
        Meta(description="width to height, such as `9:16`"),
    ]
    mode: Annotated[
        FitMode, Meta(description="fill and cut off, blurred copy behind, bars of a colour, or pulled to the shape")
    ] = "blur_pad"
    color: Annotated[Color, Meta(description="of the bars that `pad` adds")] = "#000000"
    focus: Annotated[Focus, Meta(description="what `crop` keeps")] = "center"
    clip: AnyClip = None

    def apply(self, draft: Draft, facts: Facts) -> Edited:
        shaped = self._shaped(draft.canvas)
        clips = find_clips(draft, self.clip)
        canvas = shaped if len(clips) == len(draft.clips) else draft.canvas
        fit = Fit(mode=self.mode, color=self.color.upper(), focus=self.focus)
        after = replace(draft, canvas=canvas).with_segments(replace(clip, fit=fit) for clip in clips)
        size = f"{canvas.width}x{canvas.height}"
        return after, (self.change(target_of(clips), aspect=self.aspect, mode=self.mode, size=size),)

    @classmethod
    def standings(cls, draft: Draft, facts: Facts, owner: AnySegment | None) -> list[Standing]:
        canvas = draft.canvas
        shape = Fraction(canvas.width, canvas.height)
        aspect = {"aspect": f"{shape.numerator}:{shape.denominator}"}
        if owner is None:
            return [Standing(kind=cls, owner="", params=aspect, names=("aspect",))]
        if not isinstance(owner, MediaSegment) or owner.role != "clip":
            return []
        fit = {"mode": owner.fit.mode, "color": owner.fit.color, "focus": owner.fit.focus}
        return [Standing(kind=cls, owner=owner.id, params=aspect | fit, names=tuple(fit))]

    def anew(self, standing: Standing, draft: Draft, facts: Facts) -> Draft:
        if not standing.owner:
            return replace(draft, canvas=self._shaped(draft.canvas))
        fit = Fit(mode=self.mode, color=self.color.upper(), focus=self.focus)
        return draft.with_segments(replace(clip, fit=fit) for clip in find_clips(draft, standing.owner))

    def _shaped(self, canvas: Canvas) -> Canvas:
        aspect = Fraction(*map(int, self.aspect.split(":")))
        if not Fraction(1, WIDEST) <= aspect <= WIDEST:
            raise BadParameter(op=self.op, field="aspect", why=f"it goes from 1:{WIDEST} to {WIDEST}:1")
        short = min(canvas.width, canvas.height)
        width, height = (even(short * aspect), short) if aspect >= 1 else (short, even(short / aspect))
        return replace(canvas, width=width, height=height, chosen=True)
