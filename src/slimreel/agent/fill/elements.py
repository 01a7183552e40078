"""Finds the elements of the session that words mean: by kind, by order, by what they show, or the last spoken of.

Reads a span of pieces and marks what it used; knows no cue and no draft.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise

from slimreel.agent.context import Context, ElementFact
from slimreel.agent.pieces import Piece
from slimreel.agent.span import Missing, Span
from slimreel.agent.words import texts

# What people call the kinds of elements.
TYPE_WORDS = {
    "text": ("n_title", "text"),
    "image": ("logo", "watermark", "image"),
    "pip": ("pip",),
    "music": ("music",),
    "subtitles": ("subtitles",),
    "blur": ("blurregion", "e_blur"),
}
# The kind of element that an operation puts there.
ELEMENT_OPS = {
    "add_text": "text",
    "add_image": "image",
    "pip": "pip",
    "add_music": "music",
    "subtitles": "subtitles",
    "blur_region": "blur",
}

_ADDRESS = re.compile(r"\.[a-z]{2,}|www|http|@", re.IGNORECASE)
_NUMBER = re.compile(r"(?:[0-9][ \-]?){5,}")
_CONTENT = {
    **dict.fromkeys(("url", "link", "website", "web address", "handle", "网址"), _ADDRESS),
    **dict.fromkeys(("phone number", "number", "phone", "电话", "手机号"), _NUMBER),
}


def mentioned(span: Span) -> list[ElementFact]:
    """The elements of the session that the words name, in the order said."""
    found: list[tuple[int, ElementFact]] = []
    for at, piece in enumerate(span.pieces):
        if at in span.used and not piece.has("FILE", "LAID", "QUOTE"):
            continue
        if at and span.pieces[at - 1].has("neg") and span.pieces[at - 1].text in texts("is_not"):
            span.used.update((at - 1, at))
            continue
        if (
            at
            and piece.text in texts("one_of_them")
            and (placed := standing_at(span.pieces[at - 1], span.context)) is not None
        ):
            found.append((at - 1, placed))
            continue
        content = _by_content(span, piece)
        if content:
            found += [(at, one) for one in content]
            continue
        if piece.has("FILE", "LAID", "QUOTE"):
            for one in span.context.elements:
                said = str(piece.value).casefold()
                if said and said in (one.file.casefold(), one.text.casefold()):
                    found.append((at, one))
            continue
        for kind, words in TYPE_WORDS.items():
            if not piece.has(*words) or (kind == "text" and _lettering_of(span, at)):
                continue
            found += [(at, one) for one in _of_kind(span, at, kind)]
    seen: dict[str, int] = {}
    for at, one in found:
        seen.setdefault(one.id, at)
    for at in set(seen.values()):
        span.used.add(at)
    if not found and (nth := _nth_of_those_before(span)):
        return nth
    return [
        one for _, one in sorted({one.id: (seen[one.id], one) for _, one in found}.values(), key=lambda pair: pair[0])
    ]


def names_video(pieces: list[Piece]) -> bool:
    """Is the video itself spoken of, and not only "it"?"""
    return any(
        piece.has("video") and piece.has("out:subject", "clip_noun") and not piece.has("it", "CLIP") for piece in pieces
    )


def _lettering_of(span: Span, at: int) -> bool:
    """字幕的字体, "the subtitles' text": what subtitles are written in, and no title."""
    i = at - 1
    while i > 0 and span.pieces[i].is_loose():
        i -= 1
    return i >= 0 and span.pieces[i].has("subtitles") and not span.pieces[i].has("mark")


def standing_at(piece: Piece, context: Context) -> ElementFact | None:
    """ "The top one": the only element of the session that stands at the place that a piece names."""
    said = piece.named.get("position")
    there = [one for one in context.elements if said and one.facts.get("position") == said]
    return there[0] if len(there) == 1 else None


def laid_over(context: Context, piece: Piece) -> frozenset[str]:
    """The meanings of a file that is laid over the video already: it is changed, and not put there again."""
    kinds = {one.type for one in context.elements if one.file and one.file == piece.value}
    return frozenset({"LAID", *(word for kind in kinds for word in TYPE_WORDS.get(kind, ()))}) if kinds else frozenset()


def _nth_of_those_before(span: Span) -> list[ElementFact]:
    """ "… the second one": of the kind that was spoken of before."""
    kinds = [
        kind
        for piece in reversed(span.before)
        for kind, words in TYPE_WORDS.items()
        if piece.has(*words) and len(span.context.of_type(kind)) > 1
    ]
    for at, piece in enumerate(span.pieces):
        if not kinds or not piece.has("ORDINAL", "CLIP"):
            continue
        order = piece.named.get("ordinal") or (str(piece.value)[1:] if isinstance(piece.value, str) else piece.value)
        there = span.context.of_type(kinds[0])
        if order is not None and str(order).lstrip("-").isdigit() and 0 < abs(int(str(order))) <= len(there):
            span.used.add(at)
            return [there[int(str(order)) - 1 if int(str(order)) > 0 else int(str(order))]]
    return []


def _by_content(span: Span, piece: Piece) -> list[ElementFact]:
    """The titles that a word describes: the url, the phone number."""
    pattern = _CONTENT.get(piece.text)
    if pattern is None:
        return called(span.context, piece)
    return [one for one in span.context.of_type("text") if pattern.search(one.text)]


def called(context: Context, piece: Piece) -> list[ElementFact]:
    """The element whose file a strange word is of: "the fado" of fado_lisbon.mp3, where only one has it."""
    word = piece.text.casefold()
    if not piece.has("unknown") or len(word) < 3 or not word.isalpha():
        return []
    named = [one for one in context.elements if one.file and word in _words_of(one.file)]
    shown = [one for one in context.of_type("text") if one.text.casefold() == word]
    return named if len(named) == 1 else shown if len(shown) == 1 else []


def with_texts(pieces: list[Piece], context: Context) -> list[Piece]:
    """ "EZ clap should be massive": what a title says, word for word, is that title."""
    shown = [re.findall(r"[^\W_]+", one.text.casefold()) for one in context.of_type("text")]
    found = list(pieces)
    for words in (one for one in shown if len(one) > 1):
        for at in range(len(found)):
            end, said = at, list[str]()
            while end < len(found) and len(said) < len(words) and not found[end].has("QUOTE", "FILE"):
                said += re.findall(r"[^\W_]+", found[end].text.casefold())
                end += 1
            if said == words:
                text = " ".join(words)
                means = frozenset({"n_title", "unknown"})
                found[at:end] = [Piece(text, found[at].start, found[end - 1].end, means)]
                break
    return _with_parts_of_texts(found, context)


def _with_parts_of_texts(pieces: list[Piece], context: Context) -> list[Piece]:
    """五折那行, of 全场五折: what only one title says, before a word for a line of writing."""
    shown = [one.text for one in context.of_type("text")]
    found = list(pieces)
    for at, (piece, line) in enumerate(pairwise(pieces)):
        holding = [text for text in shown if piece.text in text and not piece.text.isascii() and len(piece.text) > 1]
        if len(holding) == 1 and len(shown) > 1 and line.text in texts("written_line"):
            found[at] = Piece(holding[0], piece.start, piece.end, frozenset({"n_title", "unknown"}))
    return found


def _words_of(file: str) -> list[str]:
    return re.split(r"[\s_\-.]+", file.rsplit(".", 1)[0].casefold())


def described(context: Context, piece: Piece) -> bool:
    """Does a word describe what a title of the session says?"""
    pattern = _CONTENT.get(piece.text)
    return pattern is not None and any(pattern.search(one.text) for one in context.of_type("text"))


def _of_kind(span: Span, at: int, kind: str) -> list[ElementFact]:
    """The elements of a kind that a word means: the one with that ordinal, the last that was spoken of, or the only."""
    there = span.context.of_type(kind)
    if len(there) < 2:
        return there
    for place in (at - 1, at - 2, at + 1):
        if 0 <= place < len(span.pieces) and span.pieces[place].has("ORDINAL", "CLIP"):
            piece = span.pieces[place]
            order = int(
                piece.named.get("ordinal")
                or (piece.value if isinstance(piece.value, int) else 0)
                or str(piece.value or "0").lstrip("c")
                or 0
            )
            index = order - 1 if order > 0 else len(there) + order
            if 0 <= index < len(there):
                span.used.add(place)
                return [there[index]]
    if placed := _by_place(span, at, there):
        return placed
    if span.has("both"):
        span.claim("both")
        return there
    if any(0 <= place < len(span.pieces) and span.pieces[place].has("ORDINAL") for place in (at - 1, at - 2)):
        raise Missing("text" if kind == "text" else "file")
    by_text = [
        one
        for one in there
        if any(
            piece.text.casefold() in one.text.casefold()
            for piece in span.pieces
            if piece.has("unknown") and len(piece.text) > 1
        )
    ]
    if len(by_text) == 1:
        return by_text
    if kind == "text" and span.pieces[at].text in texts("headline_words"):
        plain = [one for one in there if not _ADDRESS.search(one.text) and not _NUMBER.search(one.text)]
        if len(plain) == 1:
            return plain  # beside an address or a phone number
    last = [one for one in there if one.id == last_target(span)]
    if last:
        return last
    raise Missing("text" if kind == "text" else "file")


def _by_place(span: Span, at: int, there: list[ElementFact]) -> list[ElementFact]:
    """ "The bottom text": the only one that stands there."""
    for place in (at - 1, at - 2):
        if place < 0 or not span.pieces[place].has("POSITION") or place in span.used:
            continue
        said = span.pieces[place].named.get("position", "")
        matching = [one for one in there if said and said in str(one.facts.get("position", ""))]
        if len(matching) == 1:
            span.used.add(place)
            return matching
    return []


def last_target(span: Span) -> str | None:
    """The element or clip that the last operation was about."""
    for done in reversed(span.context.last_ops):
        params = done.get("params")
        if not isinstance(params, Mapping):
            continue
        if isinstance(params.get("target"), str) and any(one.id == params["target"] for one in span.context.elements):
            return str(params["target"])
        kind = ELEMENT_OPS.get(str(done.get("op")))
        if kind:
            same = span.context.of_type(kind)
            exact = [
                one
                for one in same
                if (one.text and one.text == params.get("text")) or (one.file and one.file == params.get("file"))
            ]
            if exact or same:
                return (exact or same)[-1].id
    return None


def target_elements(span: Span) -> list[ElementFact]:
    """The elements that are meant: named ones, else what a pronoun or nothing at all points at. Raises Missing."""
    named = mentioned(span)
    if named:
        said_together(span, named)
        return named
    earlier = mentioned(Span(span.before, span.context, ""))
    if len(earlier) == 1 and (others := _other_of_kind(span, earlier[0])):
        return others
    if len(earlier) > 1 and span.says(*texts("all_of_them")):
        span.claim("both", "it")
        return earlier  # "logo left, title right, both smaller"
    if earlier:
        return earlier[-1:]
    elements = list(span.context.elements)
    if any(
        piece.has(*words) and not piece.has("video")
        for words in TYPE_WORDS.values()
        for piece in span.pieces
        if not piece.is_loose()
    ):
        words_there = [kind for kind, words in TYPE_WORDS.items() if span.has(*words)]
        if words_there and not span.context.of_type(*words_there) and not span.says("it", "字"):
            raise Missing("clip", kind=words_there[0])
    if span.says(*texts("all_of_them")) and len(elements) > 1:
        span.claim("both", "it")
        return elements
    last = last_target(span)
    if last is not None:
        return [one for one in elements if one.id == last]
    if len(elements) == 1:
        return elements
    raise Missing("clip")


def _other_of_kind(span: Span, one: ElementFact) -> list[ElementFact]:
    """ "The other one": of two of a kind the one that was not spoken of."""
    others = [there for there in span.context.of_type(one.type) if there is not one]
    return others if len(others) == 1 and span.claim("other") else []


_BETWEEN_NAMES = frozenset("filler t_and same both out:det out:this out:filler t_of".split())


def said_together(span: Span, named: list[ElementFact]) -> None:
    """Two elements are changed alike only where they are named side by side ("the title and the logo to the left")."""
    if len(named) < 2:
        return
    words = frozenset(word for one in named for word in TYPE_WORDS.get(one.type, ()))
    places = [at for at, piece in enumerate(span.pieces) if piece.means & words or piece.has("FILE", "QUOTE")]
    for first, second in pairwise(places):
        between = span.pieces[first + 1 : second]
        if any(piece.means - _BETWEEN_NAMES and not piece.has("mark", "ORDINAL", "CLIP") for piece in between):
            raise Missing("clip")


def starts_at(span: Span) -> float:
    """When the element that is meant begins."""
    for one in mentioned(Span(span.pieces, span.context, "")) or [
        e for e in span.context.elements if e.id == last_target(span)
    ]:
        if isinstance(one.facts.get("start_s"), int | float):
            return float(one.facts["start_s"])
    return 0.0
