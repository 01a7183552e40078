"""What a title may be to say after a turn: words of the turn, a word put right, one left out, others behind it.

It makes them all and judges none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from slimreel.agent.follow.retitled import likeness
from slimreel.agent.pieces import Piece
from slimreel.agent.turns.heard import Heard
from slimreel.agent.turns.slots import Slot

_LONGEST_RUN = 8  # pieces that may be all of a new title, counted from any start
_LONGEST_WORD = 3  # pieces that may stand for a word or a name
_LONGEST_TITLE = 80  # characters in which the word that is meant is sought by likeness
_MOST = 60
_LIKE = 0.45
_NUMBER = re.compile(r"[0-9]+(?:[.,:][0-9]+)*")
_CLOSING = "!?.,:;！？。，、：；"
_BETWEEN = f'{_CLOSING}()\n"\u201c\u201d'


def rewordings(shown: str, heard: Heard) -> list[Slot]:
    """The changes of a title's text, each text once."""
    found: dict[str, Slot] = {}
    for slot in (*_swapped(shown, heard), *_like(shown, heard), *_whole(heard), *_less(shown, heard), *_cased(shown)):
        text = str(slot.value)
        if text and text != shown:
            found.setdefault(text, slot)
        if len(found) == _MOST:
            break
    return list(found.values())


def _slot(how: str, text: str, places: range, *hints: str) -> Slot:
    return Slot("text", how, {"text": " ".join(text.split())}, frozenset(places), hints)


def _runs(heard: Heard, longest: int) -> Iterator[tuple[range, str]]:
    """Runs of pieces without a mark of the sentence between, and how they were typed."""
    pieces = heard.pieces
    for start, piece in enumerate(pieces):
        if _parts(piece):
            continue
        for end in range(start + 1, min(len(pieces), start + longest) + 1):
            if _parts(pieces[end - 1]):
                break
            yield range(start, end), _typed(heard, start, end)
        if (number := _NUMBER.match(piece.text)) is not None and number[0] != piece.text:
            yield range(start, start + 1), number[0]


def _parts(piece: Piece) -> bool:
    """Is it a mark between clauses? The $ of "$6" is none."""
    return piece.has("mark") and piece.text in _BETWEEN


def _typed(heard: Heard, start: int, end: int) -> str:
    pieces = heard.pieces[start:end]
    typed = heard.plain[pieces[0].start : pieces[-1].end]
    quoted = any(piece.has("QUOTE", "FILE", "LAID") for piece in pieces)
    return " ".join(piece.text for piece in pieces) if quoted else typed


def _whole(heard: Heard) -> Iterator[Slot]:
    """Words up to the end of a clause, as all that the title says."""
    for places, typed in _runs(heard, _LONGEST_RUN):
        closes = places.stop == len(heard.pieces) or _parts(heard.pieces[places.stop])
        if closes and len(typed) > 1:
            yield _slot("whole", typed, places)


def _swapped(shown: str, heard: Heard) -> Iterator[Slot]:
    """ "99改成89", "Tom, not Tim": words that the title says and words that it does not, in their place."""
    said = list(_runs(heard, _LONGEST_WORD))
    small = shown.casefold()
    there = [(places, typed) for places, typed in said if _stands_in(typed, small)]
    new = [(places, typed) for places, typed in said if not _stands_in(typed, small) and len(typed) < 40]
    for old_places, old in sorted(there, key=lambda one: -len(one[1]))[:4]:
        at = small.find(old.casefold())
        for places, typed in new:
            if set(places).isdisjoint(old_places):
                text = shown[:at] + _as(shown[at : at + len(old)], typed) + shown[at + len(old) :]
                way = "before" if places.start < old_places.start else "after"
                gap = heard.pieces[min(places.stop, old_places.stop)].text.casefold()
                apart = max(places.start, old_places.start) - min(places.stop, old_places.stop)
                yield _slot("swap", text, places, way, f"{way} {min(apart, 3)}", f"{way} {gap}")


def _stands_in(typed: str, small: str) -> bool:
    said = typed.casefold()
    if not said.isascii():
        return said in small
    before = r"(?<![a-z0-9])" if said[:1].isalnum() else ""
    return re.search(rf"{before}{re.escape(said)}(?![a-z0-9])", small) is not None


def _like(shown: str, heard: Heard) -> Iterator[Slot]:
    """ "8am sorry", 是王晓鸣: the stretch of the title that is most like it."""
    stretches = list(_stretches(shown)) if len(shown) <= _LONGEST_TITLE else []
    for places, typed in _runs(heard, _LONGEST_WORD):
        if len(typed) < 2 and not typed.isdigit():
            continue
        start, end, like = max(
            ((start, end, _likeness(shown[start:end], typed)) for start, end in stretches),
            key=lambda one: one[2],
            default=(0, 0, 0.0),
        )
        if _LIKE <= like < 1:
            text = shown[:start] + _as(shown[start:end], typed) + shown[end:]
            yield _slot("like", text, places, f"{like:.1f}")


def _stretches(shown: str) -> Iterator[tuple[int, int]]:
    """Of up to three words; of Chinese, of up to five characters."""
    starts = [0] + [at + 1 for at, one in enumerate(shown) if one == " "]
    ends = [at for at, one in enumerate(shown) if one == " "] + [len(shown)]
    for first, start in enumerate(starts):
        for end in ends[first : first + _LONGEST_WORD]:
            yield start, start + len(shown[start:end].rstrip(_CLOSING))
    yield from (found.span() for found in _NUMBER.finditer(shown))
    for start, one in enumerate(shown):
        if not one.isascii():
            yield from ((start, end) for end in range(start + 2, min(len(shown), start + 5) + 1))


def _likeness(first: str, second: str) -> float:
    if _NUMBER.fullmatch(first) and _NUMBER.fullmatch(second):
        return 0.9
    if not 0.5 <= len(first) / max(1, len(second)) <= 2 or {*first.casefold()}.isdisjoint(second.casefold()):
        return 0.0
    return likeness(first, second)


def _less(shown: str, heard: Heard) -> Iterator[Slot]:
    """Without the words that are named, without what closes it, and with words behind it or before it."""
    if shown and shown[-1] in _CLOSING:
        yield _slot("unclosed", shown.rstrip(_CLOSING), range(0))
    for mark in dict.fromkeys(one for one in shown if not one.isalnum() and not one.isspace()):
        yield _slot("unmarked", shown.replace(mark, ""), range(0), mark)
        yield _slot("spaced", shown.replace(mark, " "), range(0), mark)
    small = shown.casefold()
    for places, typed in _runs(heard, _LONGEST_WORD):
        if _stands_in(typed, small):
            at = small.find(typed.casefold())
            yield _slot("without", shown[:at] + shown[at + len(typed) :], places)
    for places, typed in _runs(heard, _LONGEST_WORD):
        if not _stands_in(typed, small):
            gap = "" if not shown.isascii() else " "
            yield _slot("behind", shown + gap + typed, places)
            yield _slot("in front", typed + gap + shown, places)
    for mark in ("!", "?") if shown.isascii() else ("！", "？"):
        yield _slot("closed", shown.rstrip(_CLOSING) + mark, range(0), mark)


def _cased(shown: str) -> Iterator[Slot]:
    for how, text in (("capitals", shown.upper()), ("small", shown.lower()), ("titled", shown.title())):
        yield _slot(how, text, range(0))


def _as(old: str, new: str) -> str:
    """Each new word in the case of the old one at its place."""
    before = old.split() or [""]
    words = [(before[min(at, len(before) - 1)], word) for at, word in enumerate(new.split())]
    return " ".join(
        word if word != word.lower() or like.islower() or not like.isalpha()
        else word.upper() if like.isupper() and len(like) > 1
        else word[:1].upper() + word[1:]
        for like, word in words
    )  # fmt: skip
