"""What the model sees of a candidate: how it was made beside the words, what stands near its values, what is left.

A name that begins with `*` is seen beside every word of the turn. Knows no weight.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from slimreel.agent.follow.last import denied
from slimreel.agent.turns.candidate import Candidate
from slimreel.agent.turns.heard import Heard, kind_of
from slimreel.agent.turns.slots import Slot

_HAN = "\u2e80"
_ORDER = {"low": 1, "small": 1, "medium": 2, "high": 3, "large": 3}  # options that are more or less
_MOST_WORDS = 90
_MOST_MEANINGS = 4


@dataclass(frozen=True, slots=True)
class Words:
    """What is seen of the turn itself, once for all of its candidates."""

    heard: Heard
    said: tuple[str, ...]
    count: int
    left: tuple[int, ...]  # places of words that nobody knows
    clips_named: tuple[object, ...]
    kinds: tuple[str, ...]  # of the value of each piece
    refused: frozenset[int]  # places of values that are denied

    @classmethod
    def of(cls, heard: Heard) -> Words:
        text = re.sub(r"[0-9]+", "0", heard.plain.lower())
        words = re.findall(rf"[a-z0']+|[{_HAN}-\U0010ffff]", text)
        triples = zip(words, words[1:], words[2:], strict=False)
        seen = [
            *(f"w{word}" for word in words),
            *(f"b{one} {other}" for one, other in pairwise(words)),
            *(f"t{a}{b}{c}" for a, b, c in triples if a > _HAN),
            *(f"m{means}" for piece in heard.pieces for means in sorted(piece.means - {"filler", "unknown"})),
        ]
        clips: list[object] = []
        for piece in heard.pieces:
            if piece.has("CLIP"):
                clips += piece.value if isinstance(piece.value, list) else [piece.value]
        left = tuple(at for at, piece in enumerate(heard.pieces) if piece.has("unknown"))
        kinds = tuple(kind_of(piece) for piece in heard.pieces)
        refused = frozenset(at for at in heard.valued if denied(list(heard.pieces), at))
        said = tuple(dict.fromkeys(seen))[:_MOST_WORDS]
        return cls(heard, said, len(words), left, tuple(clips), kinds, refused)


def of_none(words: Words) -> Iterator[str]:
    """What speaks for none of the candidates."""
    heard = words.heard
    yield from ("none", "*none")
    yield f"none|last {heard.op}"
    yield f"none|words {min(12, words.count)}"
    yield f"none|values {len(heard.valued)}"
    yield f"none|named {len(heard.named)}"
    yield f"none|left {min(5, len(words.left))}"


def features(words: Words, one: Candidate) -> Iterator[str]:
    """What speaks for a candidate or against it."""
    heard = words.heard
    ops = "+".join(command["op"] for command in one.commands[:3])
    same = ops.replace(heard.op, "SAME") if heard.op not in ("", "update", "nudge", "remove") else ops
    ways = "&".join(sorted(f"{slot.how}.{slot.name}" for slot in one.slots))
    shape = f"{same}/{one.shape}"
    whole = f"{shape}/{ways}"
    yield from (whole, f"{ops}/{one.shape}/{ways}", shape, same, f"{whole}|{heard.op}", f"{shape}|{heard.op}")
    yield from (f"*{shape}", f"*{same}")
    yield f"{same}|words {min(10, words.count)}"
    yield f"{same}|values {len(heard.valued)}"
    yield from (f"slots {len(one.slots)}|values {len(heard.valued)}", f"*slots {len(one.slots)}")
    for name in set(_names(one)):
        yield from (name, f"{name}|{heard.op}", f"*{name}")
    for slot in one.slots:
        yield from _near(words, slot)
        yield from _against(words, slot)
    yield from _unsaid(words, one, same, shape)
    yield from _about(words, one, same, shape)
    if heard.context.last_ops and heard.context.last_ops[-1] is not heard.last:
        yield f"behind {heard.context.last_ops[-1].get('op')}|{shape}"


def _names(one: Candidate) -> Iterator[str]:
    for slot in one.slots:
        yield f"{slot.how}.{slot.name}"
        yield slot.how
        if slot.how == "option":
            yield f"{slot.name}={slot.value}"
    for command in one.commands:
        said = command["params"]
        if command["op"] == "nudge":
            yield from (f"step {said.get('param')} {said.get('direction')}", f"way {said.get('direction')}")
            yield from (f"much {said.get('amount')}", f"step {said.get('param')}")


def _near(words: Words, slot: Slot) -> Iterator[str]:
    """What stands before and behind the words that say a value."""
    heard, name = words.heard, f"{slot.how}.{slot.name}"
    for hint in slot.hints:
        yield from (hint, f"{slot.how}|{hint}", f"{name}|{hint}")
    if not slot.used:
        return
    pieces, first, last = heard.pieces, min(slot.used), max(slot.used)
    if slot.name == "text":
        kinds = [pieces[at].has("unknown") for at in slot.used]
        yield f"{name}|from the start {first == 0}"
        yield f"{name}|to the end {last >= len(pieces) - 2}"
        yield f"{name}|pieces {min(6, len(kinds))}"
        yield f"{name}|strange {sum(kinds) / len(kinds):.1f}"
        yield from (f"{name}|begins {means}" for means in sorted(pieces[first].means))
        yield f"{name}|begins={pieces[first].text.lower()}"
    for at in sorted(slot.used) if slot.name != "text" else ():
        kind = words.kinds[at]
        yield from (f"{name}|{kind}", f"{name}|{kind}|{heard.op}")
        if at in words.refused:
            yield from ("denied", f"{name}|denied")
        alike = [place for place in heard.valued if words.kinds[place] == kind]
        if len(alike) > 1 and at in alike:
            place = f"{alike.index(at)} of {len(alike)}"
            yield from (place, f"{slot.how}|{place}", f"*{place}")
    for side, around in (("<", range(first - 1, first - 3, -1)), (">", range(last + 1, last + 3))):
        for distance, there in enumerate(around):
            if 0 <= there < len(pieces):
                near = pieces[there]
                yield from (f"{name}|{side}{distance}{one}" for one in sorted(near.means)[:_MOST_MEANINGS])
                yield f"{name}|{side}{distance}={near.text.lower()[:12]}"
                yield f"{slot.how}|{side}{distance}={near.text.lower()[:12]}"


def _against(words: Words, slot: Slot) -> Iterator[str]:
    """Whether a value is more or less than the one before."""
    old, new = (_ORDER.get(str(one), one) for one in (words.heard.params.get(slot.name, "medium"), slot.value))
    if not (isinstance(old, int | float) and isinstance(new, int | float)) or not old:
        return
    ratio = new / old
    step = "<<" if ratio < 0.2 else "<" if ratio < 1 else ">>" if ratio > 5 else ">"
    yield from (f"value {step}", f"value {step}|{slot.name}", f"value {step}|{slot.how}")
    yield f"*value {'<' if ratio < 1 else '>'}"


def _unsaid(words: Words, one: Candidate, same: str, shape: str) -> Iterator[str]:
    """Values and strange words that a candidate makes nothing of."""
    used = one.used
    left = [at for at in words.heard.valued if at not in used]
    refused = sum(at in words.refused for at in left)
    kinds = [words.kinds[at] for at in left]
    yield from (f"unsaid {len(left) - refused} and {refused} denied", f"unsaid {len(left) - refused}|{same}")
    yield from (f"unsaid {kind}" for kind in kinds)
    yield from (f"unsaid {kind}|{shape}" for kind in kinds)
    yield from (f"unsaid {min(4, len(kinds))}", f"unsaid {min(4, len(kinds))}|{same}")
    yield f"strange {min(4, sum(at not in used for at in words.left))}|{same}"


def _about(words: Words, one: Candidate, same: str, shape: str) -> Iterator[str]:
    """Whether the words name what it is about."""
    heard = words.heard
    types = {element.id: element.type for element in heard.context.elements}
    mentions = "clip" if words.clips_named else "no clip"
    if one.about in types:
        kind = types[one.about]
        of_kind = [each for each in types if types[each] == kind]
        named = "named" if one.about in heard.named else "another named" if heard.named else "none named"
        seen = f"{'last' if one.about == heard.target else 'not last'} {named}"
        yield from (seen, f"{seen}|{same}", f"{seen}|{len(of_kind) == 1}", f"{seen}|{mentions}")
        yield from (f"{kind}|{shape}", f"{kind}|{same}|{heard.op}")
        yield f"*{seen}"
        for piece in heard.pieces if len(of_kind) > 1 else ():
            if piece.has("ORDINAL", "CLIP"):
                yield f"place {piece.named.get('ordinal') or piece.value} {of_kind.index(one.about)}"
    elif one.about in ("two", "others", "all of a kind", "all"):
        yield from (f"{one.about} {len(heard.named)}", f"{one.about} {len(heard.named)}|{mentions}")
        yield f"*{one.about}"
    elif any(clip.id == one.about for clip in heard.context.clips):
        yield from _of_clip(words, one, same, shape)
    else:
        yield from (f"nothing {len(heard.named)}|{same}", f"nothing {len(heard.named)}", f"nothing {mentions}")
        yield f"nothing {mentions}|{same}"


def _of_clip(words: Words, one: Candidate, same: str, shape: str) -> Iterator[str]:
    heard = words.heard
    before = "same clip" if one.about == heard.params.get("clip") else "another clip"
    named = "named" if one.about in words.clips_named else "other named" if words.clips_named else "none named"
    seen = f"{before} {named}"
    yield from (seen, f"{seen}|{shape}", f"{seen}|{same}", f"{seen}|{min(4, len(heard.context.clips))}")
    places = (at for at, piece in enumerate(heard.pieces) if piece.has("CLIP") and piece.value == one.about)
    refused = [at in words.refused for at in places]
    if refused:
        yield f"clip denied {all(refused)}"
    name = next(clip.name for clip in heard.context.clips if clip.id == one.about).rpartition(".")[0].casefold()
    parts = set(re.split(r"[\W_0-9]+", name)) - {""}
    said = bool(parts & {piece.text.casefold() for piece in heard.pieces})
    if said:
        yield from ("part of its name", f"part of its name|{shape}")
