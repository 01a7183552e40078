"""Reads a wish for an output ("under 25 MB", "码率改成8M") into a Goal, and says what it did not understand.

A wish goes text → tokens → values → one value per field → Goal. Edits of the content are not read here; they
are reported as unheard, and as edits. Any text gives a Goal or WishNotUnderstood, nothing else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from slimreel.agent.amounts import read_amounts, second_rate_is_audio
from slimreel.agent.leftover import asks_for_edit, asks_for_less, unheard_phrases
from slimreel.agent.lexicon import Token, tokenize
from slimreel.agent.normalize import MAX_LENGTH, language_of, normalize
from slimreel.agent.phrases import Value, read_phrases
from slimreel.agent.settle import settle
from slimreel.core.goal import Goal
from slimreel.errors import EditNotPossible, UsageError, WishNotUnderstood

_FIELDS = frozenset(
    "codec encoder container source_format resolution quality encode_speed audio reencode hdr granted preset "
    "size_ratio".split()
)
_BESIDE = ("keep_fps", "passes")
_SLOT_FIELD = {"size": "target_size_bytes"}
_MOST_VALUES = 24  # there are fewer fields; more values than this is no wish
_BOOLEAN = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Wish:
    """What was understood, the language it was said in, and the phrases that were not understood.

    `edits` tells that some of those ask for an edit: a cut, a title, a turn.
    """

    goal: Goal
    language: str
    unheard: tuple[str, ...] = ()
    edits: bool = False
    balanced: bool = False  # it only asks for less, by how much is ours
    beside: tuple[tuple[str, object], ...] = ()  # what an edit's `compress` knows and a goal does not: keep_fps, passes

    def refusal(self) -> WishNotUnderstood:
        """The error to raise where something was not understood."""
        kind = EditNotPossible if self.edits else WishNotUnderstood
        return kind(unheard=", ".join(self.unheard), language=self.language)


def goal_from_text(text: str) -> Goal:
    """The goal a wish asks for. Raises WishNotUnderstood (fields: unheard, language) when a part that matters
    was not understood, when two parts contradict each other, or when nothing was understood at all."""
    wish = read_wish(text)
    if wish.unheard:
        raise wish.refusal()
    return wish.goal


def read_wish(text: str) -> Wish:
    """What can be understood of a wish. `unheard` is empty exactly when the goal holds all that was said."""
    language = language_of(text[:MAX_LENGTH])
    if len(text) > MAX_LENGTH:
        return Wish(Goal(), language, (f"a text of {len(text)} characters",))
    tokens = tokenize(normalize(text))
    values = sorted([*read_phrases(tokens), *_said_fields(tokens), *read_amounts(tokens)], key=lambda v: v.first)
    if len(values) > _MOST_VALUES:
        return Wish(Goal(), language, (f"{len(values)} wishes at once",))
    second_rate_is_audio(values)
    settled, conflicts = settle(tokens, values)
    unheard = [*conflicts, *unheard_phrases(tokens)]
    fields: dict[str, Any] = {_SLOT_FIELD.get(value.slot, value.slot): value.value for value in settled}
    squeezing = asks_for_less(tokens)
    understood = bool(fields) or squeezing
    fields.pop("granted", None)
    if "vmaf_min" in fields and fields.get("quality") == "low":
        del fields["quality"]  # "as small as you can, vmaf 95": the floor says how small
    beside = tuple((name, fields.pop(name)) for name in _BESIDE if name in fields)
    if not understood and not unheard:
        unheard = [_quoted(text)]
    balanced = False
    if squeezing and not fields and not unheard:
        balanced = True
        fields = {"quality": "medium"}  # "make it smaller": the balanced default
    elif squeezing and not fields and unheard and _clear_clause(text):
        balanced, fields = True, {"quality": "medium"}  # "they say it's slow, please make it lighter"
    try:
        return Wish(Goal(**fields), language, tuple(dict.fromkeys(unheard)), asks_for_edit(tokens), balanced, beside)
    except UsageError:
        return Wish(Goal(), language, (*unheard, _quoted(text)))


_CLAUSE_ENDS = re.compile(r"[,.;!?]+(?= |$)| - ")


def _clear_clause(text: str) -> bool:
    """Does one of several clauses ask for less, and for nothing that is not understood?"""
    clauses = [one for one in _CLAUSE_ENDS.split(text) if one.strip()]
    return len(clauses) > 1 and any(_only_less(tokenize(normalize(clause))) for clause in clauses)


def _only_less(tokens: list[Token]) -> bool:
    orders = any(token.concept in ("make", "compress") for token in tokens)
    return orders and asks_for_less(tokens) and not unheard_phrases(tokens)


def _quoted(text: str) -> str:
    short = " ".join(text.split())
    return (short[:57] + "...") if len(short) > 60 else short or "an empty wish"


def _said_fields(tokens: list[Token]) -> list[Value]:
    """Words that name a value by themselves: hevc, mkv, full hd, fast, discord."""
    values: list[Value] = []
    for at, token in enumerate(tokens):
        if token.claimed or token.concept not in _FIELDS or not token.value:
            continue
        if token.concept == "preset" and len(token.text) == 1 and not _points_for(tokens, at):
            continue  # the letter x, not the platform
        if token.text.lower() == "slow" and _is_complaint(tokens, at):
            token.concept = "filler"
            continue
        token.claimed = True
        if at and tokens[at - 1].concept == "keeping":
            tokens[at - 1].claimed = True
        value: object = _BOOLEAN.get(token.value, token.value)
        if token.concept == "resolution":
            value = int(token.value)
        elif token.concept == "size_ratio":
            value = float(token.value.replace("_", "."))
        slot = token.concept
        if value == "lossless" and _of_sound(tokens, at):
            slot, value = "audio", "keep"  # "keep the sound lossless"
        if slot == "resolution" and at and tokens[at - 1].concept == "floor":
            slot, tokens[at - 1].claimed = "min_resolution", True
        values.append(Value(slot, value, at, at, token.text, aimed=_points(tokens, at)))
    return values


def _is_complaint(tokens: list[Token], at: int) -> bool:
    """ "It's slow to load" asks for no slow preset."""
    before = tokens[at - 1] if at else None
    told = any(token.concept == "is" for token in tokens[max(0, at - 2) : at]) or (
        before is not None and (before.concept == "is" or before.text.lower() in ("too", "so", "very", "is", "really"))
    )
    return told and not any(token.text.lower() in ("fine", "ok", "okay", "preset") for token in tokens[at + 1 : at + 3])


def _of_sound(tokens: list[Token], at: int) -> bool:
    before = next((token for token in reversed(tokens[:at]) if token.concept not in ("filler", "det", "this")), None)
    after = tokens[at + 1] if at + 1 < len(tokens) else None
    return any(one is not None and one.concept == "audio" for one in (before, after))


def _points_for(tokens: list[Token], at: int) -> bool:
    return at > 0 and tokens[at - 1].text.lower() in ("for", "on", "to", "给", "发")


def _points(tokens: list[Token], at: int) -> bool:
    """Does the sentence point at this place ("to mp4", "转成mp4", "as mkv")?"""
    before = [token for token in tokens[max(0, at - 4) : at] if token.concept not in ("filler", "det")]
    pairs = list(pairwise([*before, tokens[at]]))
    return bool(pairs) and pairs[-1][0].concept in ("to", "at", "under")
