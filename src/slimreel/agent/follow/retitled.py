"""The words of a title put right: "day 3, not day 2", "8am sorry", "it should say …".

It knows turns about the last operation and the session's titles, and no cue.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from slimreel.agent.fill.elements import last_target
from slimreel.agent.follow.last import AMOUNTS, Command, Turn
from slimreel.agent.pieces import Piece
from slimreel.agent.span import Span
from slimreel.agent.words import texts


def corrected_text(turn: Turn) -> list[Command] | None:
    """A typo: it should say “Day 3”; 打错字了，是“再接再厉”."""
    quoted = [piece for piece in turn.pieces if piece.has("QUOTE")]
    wrong = any(piece.has("meant", "neg", "typo_word", "out:correct", "out:neg") for piece in turn.pieces)
    if len(quoted) != 1 or not wrong or any(piece.has("adding", "position", *AMOUNTS) for piece in turn.content):
        return None
    target = last_target(Span(turn.pieces, turn.context, ""))
    if target is None or not any(one.id == target and one.type == "text" for one in turn.context.elements):
        return None
    return [{"op": "update", "params": {"target": target, "set": {"text": quoted[0].value}}}]


def other_words(turn: Turn) -> list[Command] | None:
    """ "Day 3, not day 2"; "it's Katharine not Catherine": a word of the last title is another."""
    instead = texts("is_not") | texts("instead_of")
    at = next((place for place, one in enumerate(turn.pieces) if one.text in instead), None)
    last = last_target(Span(turn.pieces, turn.context, ""))
    titles = sorted(turn.context.of_type("text"), key=lambda one: one.id != last)
    if at is None or not titles or any(piece.has("QUOTE", "FILE") for piece in turn.pieces):
        return None
    wrong = _words_until_mark(turn.pieces[at + 1 :])
    right = _words_put(turn.pieces[:at]) or _words_put(turn.pieces[at + 1 + len(wrong) :])
    old, new = (_joined(said) for said in (wrong, right))
    for title in titles if old and new else []:
        if (put := _one_word_other(title.text, old, new)) is not None:
            return [{"op": "update", "params": {"target": title.id, "set": {"text": put}}}]
        place = f" {title.text.casefold()} ".find(f" {old.casefold()} ")
        if place >= 0:
            end = place + len(old) + _said_beyond(title.text[place + len(old) :], new)
            new = _without_repeated(title.text[:place], new)
            put = _in_case_of(title.text[place:end], new)
            text = title.text[:place] + put + title.text[end:]
            return [{"op": "update", "params": {"target": title.id, "set": {"text": text}}}]
    return None


def _one_word_other(shown: str, old: str, new: str) -> str | None:
    """ "3pm, not 2" where a title says 2pm; "Sunday instead of Saturday" where it says Sat."""
    if len(old.split()) != 1 or len(new.split()) != 1:
        return None
    for word in shown.split():
        small, rest = word.casefold(), word[len(old) :]
        shortened = len(small) >= 3 and small != old.casefold() and old.casefold().startswith(small)
        unit = small.startswith(old.casefold()) and rest.isalpha() and old[-1:].isdigit()
        if unit and new.casefold().endswith(rest.casefold()):
            return shown.replace(word, new, 1)
        if shortened:
            return shown.replace(word, _in_case_of(word, new), 1)
    return None


def retyped(turn: Turn) -> list[Command] | None:
    """ "8am sorry", "i meant Friday": the word of the last title that is most like it was meant to be this."""
    if (whole := _said_anew(turn)) is not None:
        return whole
    sorry = any(piece.has("meant", "out:correct", "typo_word") for piece in turn.pieces)
    target = last_target(Span(turn.pieces, turn.context, ""))
    shown = next((one.text for one in turn.context.elements if one.id == target and one.type == "text"), "")
    said = [one for one in turn.content if not _leads(one) and not one.has("typo_word", "again_word")]
    added = turn.last["op"] in ("add_text", "update")
    if not (sorry and shown and added) or not 1 <= len(said) <= 2 or any(one.has("QUOTE", "FILE") for one in said):
        return None
    gap = "" if len(said) == 2 and said[0].end == said[1].start else " "
    new = gap.join(one.text for one in said)
    old = max(_stretches(shown.split(), len(new.split())), key=lambda words: likeness(words, new))
    if likeness(old, new) < _ALIKE or old.casefold() == new.casefold():
        return None
    text = shown.replace(old, _in_case_of(old, new), 1)
    return [{"op": "update", "params": {"target": target, "set": {"text": text}}}]


def put_right(turn: Turn) -> list[Command] | None:
    """错了应该是动作细节, of the title that was just written: what follows is what it should say."""
    lead = max((at for at, one in enumerate(turn.pieces) if one.has("meant", "typo_word", "out:correct")), default=-1)
    said = turn.pieces[lead + 1 :]
    while said and (said[0].has("mark", "out:is") or said[0].text in texts("is_called")):
        said = said[1:]
    while said and said[-1].is_loose() and not said[-1].has("unknown"):
        said = said[:-1]
    target = last_target(Span(turn.pieces, turn.context, ""))
    title = any(one.id == target and one.type == "text" for one in turn.context.elements)
    shown = next((one.text for one in turn.context.elements if one.id == target), "")
    if lead < 0 or not title or turn.last["op"] not in ("add_text", "update") or not _may_be_words(said, shown):
        return None
    return [{"op": "update", "params": {"target": target, "set": {"text": _joined(said)}}}]


_NO_WORDS = ("mark", "QUOTE", "FILE", "CLIP", "POSITION", "COLOR", "RANGE", "AT", "n_title", "it")


def _may_be_words(said: list[Piece], shown: str) -> bool:
    """Is it Chinese that nobody knows all of, or like what is shown, and that says no place, colour or amount?"""
    compared = any(one.has("bigger", "smaller") and len(one.text) > 1 for one in said)
    known = compared or any(one.has(*_NO_WORDS, *AMOUNTS) or one.text.isascii() for one in said)
    return (
        bool(said)
        and not known
        and (any(one.means == {"unknown"} for one in said) or likeness(_joined(said), shown) >= _ALIKE - 0.1)
    )


def _said_anew(turn: Turn) -> list[Command] | None:
    """ "Episode 6", where a title says "Episode 5": the same words but one, and no word that asks for anything."""
    typo = next((at for at, one in enumerate(turn.pieces) if one.has("typo_word")), len(turn.pieces))
    mark = max((at for at in range(typo) if turn.pieces[at].has("mark")), default=0)
    heard = turn.pieces[:mark] if mark and typo < len(turn.pieces) else turn.pieces  # "81 layers, i can't count"
    said = [one for one in heard if not one.has("mark", "meant", "out:correct", "typo_word")]
    words = [word for one in said for word in one.text.split()]
    for title in turn.context.of_type("text"):
        shown = [word.strip("!?.,") for word in title.text.casefold().split()]
        new = [at for at, word in enumerate(words) if len(shown) == len(words) and word.casefold() != shown[at]]
        strange = [one for one in said if one.text in {words[at] for at in new}]
        if len(words) > 1 and len(new) == 1 and strange and all(one.means <= {"unknown", "NUMBER"} for one in strange):
            old = title.text.split()[new[0]].strip("!?.,")
            text = title.text.replace(old, _in_case_of(old, words[new[0]]), 1)
            return [{"op": "update", "params": {"target": title.id, "set": {"text": text}}}]
    return None


def respelled(turn: Turn) -> list[Command] | None:
    """ "Sara without the h": a word of a title is spelled otherwise."""
    said = [one.text for one in turn.pieces if not one.has("mark")]
    at = next((at for at, word in enumerate(said) if word in texts("with_letter")), 0)
    letter = said[-1].casefold()
    if at == 0 or at + 2 < len(said) - 1 or len(letter) != 1 or not letter.isalpha():
        return None
    new = said[at - 1]
    for title in turn.context.of_type("text"):
        old = max(title.text.split(), key=lambda word: likeness(word, new), default="")
        if likeness(old, new) < _ALIKE:
            continue
        if old.casefold() == new.casefold() and said[at] == "without":
            new = re.sub(letter, "", new, flags=re.IGNORECASE)
        if old.casefold() != new.casefold():
            text = title.text.replace(old, _in_case_of(old, new), 1)
            return [{"op": "update", "params": {"target": title.id, "set": {"text": text}}}]
    return None


def _stretches(words: list[str], most: int) -> list[str]:
    """Every run of up to so many words, those of as many first."""
    return [
        " ".join(words[at : at + count]) for count in range(most, 0, -1) for at in range(len(words) - count + 1)
    ] or words


_ALIKE = 0.55


def likeness(first: str, second: str) -> float:
    """How alike two words are, whatever their case: 0 to 1."""
    return SequenceMatcher(None, first.casefold(), second.casefold()).ratio()


def _joined(pieces: list[Piece]) -> str:
    """The words as they were typed: "3pm" is two pieces and one word."""
    text = ""
    for piece, before in zip(pieces, [None, *pieces], strict=False):
        text += (" " if before is not None and piece.start > before.end else "") + piece.text
    return text


def _words_until_mark(pieces: list[Piece]) -> list[Piece]:
    end = next((at for at, piece in enumerate(pieces) if piece.has("mark")), len(pieces))
    return pieces[:end]


def _words_put(pieces: list[Piece]) -> list[Piece]:
    """What stands behind the last mark, without what leads up to it ("it should be …")."""
    while pieces and pieces[-1].has("mark"):
        pieces = pieces[:-1]
    start = max((at + 1 for at, piece in enumerate(pieces) if piece.has("mark")), default=0)
    said = pieces[start:]
    while said and said[-1].has("meant", "out:correct"):
        said = said[:-1]
    while said and (said[0].is_loose() or _leads(said[0])):
        said = said[1:]
    return said


def _leads(piece: Piece) -> bool:
    """Is it said before what a title is to say?"""
    return piece.has("meant", "out:correct", "out:is", "out:make", "writing", "changing") or piece.text in texts(
        "mere_no"
    )


def _said_beyond(behind: str, new: str) -> int:
    """How much of what follows the wrong word is said again: " results" of "Q4 results, not Q3"."""
    words = behind.split(" ")[1:]
    said = new.casefold().split()
    for count in range(min(len(words), len(said) - 1), 0, -1):
        if [word.casefold() for word in words[:count]] == said[-count:]:
            return len(" ".join(words[:count])) + 1
    return 0


def _without_repeated(before: str, new: str) -> str:
    """ "Level 4 rather than 3": what stands before the wrong word is not said anew."""
    led, said = before.casefold().split(), new.casefold().split()
    count = next((n for n in range(len(said) - 1, 0, -1) if led[-n:] == said[:n]), 0)
    return " ".join(new.split()[count:])


def _in_case_of(old: str, new: str) -> str:
    """Each new word in the case of the old one at its place."""
    before = old.split() or [""]
    words = [(before[min(at, len(before) - 1)], word) for at, word in enumerate(new.split())]
    return " ".join(
        word.upper() if like.isupper() else word if like.islower() else word[:1].upper() + word[1:]
        for like, word in words
    )
