"""Shows subtitles from a file, drawn into the picture or as a track that a player can switch.

before  |--------A--------|
after   |--------A--------|
          -- --- - -- ---
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, Any, ClassVar, Literal

from msgspec import Meta

from slimreel.core import records
from slimreel.core.timing import SOURCE, TimeRange
from slimreel.edit.adding import Adding, find_file
from slimreel.edit.draft import AnySegment, Color, Draft, Position, SubtitleSegment
from slimreel.edit.facts import Facts
from slimreel.edit.operation import Name
from slimreel.edit.ops.add_text import Size
from slimreel.edit.placing import exchange
from slimreel.edit.said import Said
from slimreel.edit.standing import Standing
from slimreel.edit.targets import find_element

# Pixels of the letters on a canvas with a short side of 1080; 54 is what television uses.
SIZES_PX: dict[Size, float] = {"small": 40.0, "medium": 54.0, "large": 76.0}
Language = Annotated[str, Meta(pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$", max_length=35)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subtitles(Adding):
    """Their times are those of the timeline as it is now; later cuts divide them."""

    op: ClassVar[str] = "subtitles"
    said: ClassVar[Said] = Said(
        cues=(
            "adding SUBFILE",
            "SUBFILE burn|soft",
            "SUBFILE",
            "SUBFILE later|earlier TIME|FOR|AT",
            "burn subtitles|FILE",
            "soft subtitles",
            "subtitles",
            "subtitles FILE",
            "adding subtitles",
            "burn FILE",
            "subtitles later|earlier TIME|FOR|AT",
            "subtitles soft FILE",
            "soft FILE",
            "subtitles burn FILE",
        ),
        words="subtitles burn soft adding moving text grain language_word export words_size",
        en=(
            "burn in the srt",
            "add subtitles.srt as a soft track",
            "hardcode subs, bigger font",
            "use this srt but delay it half a second",
        ),
        zh=("烧录字幕", "加软字幕", "把srt压进画面，字大一点", "字幕整体延后0.5秒"),
    )
    letter: ClassVar[str] = "s"

    mode: Annotated[Literal["burn", "soft"], Meta(description="drawn into the picture, or a track of their own")] = (
        "burn"
    )
    file: Annotated[Name | None, Meta(description="id or name of a file; the only one there is without it")] = None
    language: Annotated[Language | None, Meta(description="a tag such as `en` or `zh`")] = None
    position: Annotated[Position, Meta(description="a place of the nine, or x and y from 0 to 1")] = "bottom"
    size: Annotated[Size, Meta(description="of the letters")] = "medium"
    size_px: Annotated[
        Annotated[float, Meta(ge=4, le=1000)] | None,
        Meta(description="of the letters, pixels of a picture 1080 high; goes before `size`"),
    ] = None
    color: Annotated[Color, Meta(description="of the letters, #RRGGBB")] = "#FFFFFF"
    offset_s: Annotated[
        Annotated[float, Meta(ge=-3600, le=3600)], Meta(description="later, or earlier where negative; seconds")
    ] = 0.0

    def element(self, element_id: str, draft: Draft, facts: Facts) -> SubtitleSegment:
        asset = find_file(self.op, facts, self.file, "subtitles")
        place = TimeRange(0, draft.length)
        return SubtitleSegment(
            id=element_id,
            place=place,
            asset=asset.id,
            title=asset.title,
            source=TimeRange(0, SOURCE.ticks(draft.length_s)),
            mode=self.mode,
            language=self.language,
            position=self.position,
            size_px=self.size_px or SIZES_PX[self.size],
            color=self.color.upper(),
            offset_ticks=SOURCE.ticks(self.offset_s),
        )

    def again(self, element: AnySegment, draft: Draft, facts: Facts) -> AnySegment:
        new = self.element(element.id, draft, facts)
        if not isinstance(element, SubtitleSegment) or element.asset != new.asset:
            return new
        return replace(new, place=element.place, source=element.source, kept=element.kept)

    def anew(self, standing: Standing, draft: Draft, facts: Facts) -> Draft:
        """Parts that were heard in several files keep theirs."""
        stays = self.file == standing.params["file"]
        parts = find_element(draft, standing.owner)
        new = [
            (replace(self, file=part.asset) if stays else self).again(part, draft, facts)
            for part in parts
            if isinstance(part, SubtitleSegment)
        ]
        return exchange(draft, new)

    @classmethod
    def merged(cls, params: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
        """`size` goes before the pixels that were there."""
        left = {name: value for name, value in params.items() if name != "size_px" or "size" not in new}
        return Adding.merged(left, new)

    @classmethod
    def asked(cls, element: AnySegment, draft: Draft) -> dict[str, Any] | None:
        if not isinstance(element, SubtitleSegment):
            return None
        facts = records.facts_of(element)
        looks = {name: facts[name] for name in ("mode", "language", "position", "size_px", "color")}
        return {**looks, "file": element.asset, "offset_s": float(SOURCE.seconds(element.offset_ticks))}
