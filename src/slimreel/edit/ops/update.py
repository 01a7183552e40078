"""Changes what is there already: the words of a title, the loudness of music, how strong an effect is.

before  "Summer 24" in white, a fade of 1 s
after   "Summer 24" in red,   a fade of 3 s
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from msgspec import Meta

from slimreel.edit.address import again, find, owners_of, set_params
from slimreel.edit.draft import Draft, MediaSegment
from slimreel.edit.facts import Facts
from slimreel.edit.log import EditCommand
from slimreel.edit.operation import Edited, Name, Operation
from slimreel.edit.registry import read_operation
from slimreel.edit.said import Said
from slimreel.edit.standing import Standing
from slimreel.errors import BadParameter

_UNITS = {"_s": " s", "_pct": " %", "_px": " px", "_db": " dB", "_ev": " EV"}
_TRIMS = ("start_s", "end_s")  # of a clip: its ends are moved by `trim`


@dataclass(frozen=True, slots=True, kw_only=True)
class Update(Operation):
    """The parameters are those of the operations that made the element and what was done to it, such as `text`,
    `saturation_pct`, `fade.out.duration_s`; what is not named stays. Where several have a parameter of that name, the
    operation is named with it. `all` is the whole with every clip."""

    op: ClassVar[str] = "update"
    said: ClassVar[Said] = Said(
        cues=(
            "@element FIRST|LAST",
            "@element keep FIRST|RANGE",
            "@any other_side",
            "@element other_side",
            "@element swapping",
            "@element opaque off_word|all_word",
            "@any strokeword adding?",
            "@element strokeword",
            "preview @element RANGE",
            "adding @element RANGE",
            "@any longer|shorter TIME|FOR",
            "@it longer|shorter TIME|FOR",
            "@element longer|shorter TIME|FOR",
            "@any starting earlier|later TIME",
            "@element starting|stopping earlier|later TIME",
            "@element replace|swapping SOUNDFILE",
            "@element writing changing|replace QUOTE",
            "@element is_late|is_early TIME",
            "@any duck off_word",
            "@element UNTIL entering",
            "@element RANGE neg adding?",
            "@any ORDINAL|CLIP POSITION",
            "@any ORDINAL|CLIP COLOR",
            "@any ORDINAL|CLIP UNTIL|AT|RANGE",
            "@element until_end",
            "@it until_end",
            "keep until_end",
            "@any moving POSITION",
            "@any duck",
            "@any UNTIL",
            "@any COLOR changing",
            "@any other COLOR|POSITION",
            "@element later|earlier TIME|FOR|AT",
            "@element bigger_text|small_text",
            "@element strong|large_amount",
            "@element stopping UNTIL",
            "words_size NUMBER",
            "@it later|earlier TIME",
            "@element AT UNTIL",
            "@element words_word",
            "@element different_word words_word",
            "@element different_word",
            "@element changing|moving|writing",
            "@element changing|moving POSITION|COLOR|QUOTE|PERCENT|SHARE|PX",
            "@element POSITION|COLOR|PERCENT|SHARE|PX|START|UNTIL|AT|RANGE",
            "@element FIRST|LAST preview|adding|keep|out:keeping",
            "@element writing QUOTE",
            "@it moving|changing POSITION|COLOR|QUOTE",
            "@it POSITION|COLOR",
            "@element up|down",
            "@it moving up|down",
            "@element START|AT starting?",
            "@element duck",
            "@element boldword|boxword|anim_type|anim_slide",
            "@element keep UNTIL",
            "@it keep UNTIL",
            "@element fadein|fadeout",
            "@it fadein|fadeout",
            "@element opacity PERCENT|SHARE",
            "@it opacity PERCENT|SHARE",
            "@element centered",
            "@it duck",
            "@it boldword",
            "@it centered",
            "@element loop",
            "@it START|UNTIL",
            "@element FOR",
            "@it keep? FOR !freeze",
        ),
        words=(
            "is_late is_early entering off_word "
            "changing moving n_title text image logo watermark music subtitles pip sound volume adding writing keep "
            "blurregion it position_word words_size opacity fitting intensity out:under starting stopping words_word "
            "different_word later earlier bigger_text small_text voice width_word strong still"
        ),
        en=(
            "make the title red",
            "move the logo to top left",
            "change the caption to 'Day 3'",
            "start the text at 2s instead",
        ),
        zh=("标题改成红色", "logo移到左上", "文字换成“第三天”", "字从第2秒开始"),
    )

    target: Annotated[Name, Meta(description="its id, such as t1, m1 or c2, or `all`")]
    set: Annotated[dict[str, Any], Meta(description="parameters with their new values")]

    def apply(self, draft: Draft, facts: Facts) -> Edited:
        if not self.set:
            raise BadParameter(op=self.op, field="set", why="say what to change")
        owner = owners_of(draft, self.target)[0]
        is_clip = isinstance(owner, MediaSegment) and owner.role == "clip"
        ends = {name: value for name, value in self.set.items() if is_clip and name in _TRIMS}
        after, waiting, told = draft, {name: self.set[name] for name in self.set if name not in ends}, list[str]()
        while waiting:
            name, found = find(after, facts, self.op, self.target, next(iter(waiting)))
            together = dict(self._together(after, facts, waiting, found))
            new = {param: waiting.pop(address) for address, param in together.items()}
            for standing in found:
                after = set_params(after, facts, standing, new)
            told += _told(after, facts, found[0], new)
        for name, value in ends.items():
            trim = EditCommand(op="trim", params={name: value, "clip": self.target})
            after, _ = read_operation(trim).apply(after, facts)
            told += said({name: value})
        return after, (self.change(owner.id if owner else "", values=", ".join(told)[:200]),)

    def _together(
        self, draft: Draft, facts: Facts, waiting: dict[str, Any], found: tuple[Standing, ...]
    ) -> Iterator[tuple[str, str]]:
        """Each address that means the same things, with the parameter's name: they are set in one go."""
        keys = [one.key for one in found]
        for address in waiting:
            name, same = find(draft, facts, self.op, self.target, address)
            if [one.key for one in same] == keys:
                yield address, name


def _told(draft: Draft, facts: Facts, standing: Standing, new: dict[str, Any]) -> list[str]:
    """What was set, with the values that took effect."""
    now = again(draft, facts, standing)
    held = {} if now is None else now.params
    return said({name: value if held.get(name) is None else held[name] for name, value in new.items()})


def said(params: dict[str, Any]) -> list[str]:
    """Parameters with their values and units, for people: "duration 1.5 s". Those of any wording stand last."""
    told: list[str] = []
    for name, value in sorted(params.items(), key=lambda one: one[0] in ("file", "text")):
        unit = next((ending for ending in _UNITS if name.endswith(ending)), "")
        shown = f"{round(value, 4):g}" if isinstance(value, float) else str(value)
        told.append(f"{name.removesuffix(unit).replace('_', ' ')} {shown}{_UNITS.get(unit, '')}")
    return told
