"""Parameters of `nudge`: more or less of something, by words of comparison.

Reads a span of pieces and marks what it used; knows no cue and no draft.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise

from slimreel.agent.context import ElementFact
from slimreel.agent.fill.base import Params
from slimreel.agent.fill.elements import last_target, mentioned, said_together, target_elements
from slimreel.agent.span import Missing, Span
from slimreel.agent.words import texts

# Comparatives, by the parameter they move: (word, parameter, direction, kinds of elements they can be said of).
_COMPARATIVES = (
    ("opaque", "opacity", "up", ("image", "text", "pip")),
    ("fainter", "opacity", "down", ("image", "text", "pip")),
    ("louder", "volume", "up", ("music", "pip")),
    ("quieter", "volume", "down", ("music", "pip")),
    ("bigger", "volume", "up", ("music",)),
    ("smaller", "volume", "down", ("music",)),
    ("bigger", "size", "up", ("text", "image", "pip", "subtitles", "blur")),
    ("smaller", "size", "down", ("text", "image", "pip", "subtitles", "blur")),
    ("longer", "duration", "up", ("text", "image", "pip", "blur")),
    ("shorter", "duration", "down", ("text", "image", "pip", "blur")),
    ("sooner", "start", "down", ("text", "image", "pip", "music", "blur")),
    ("afterwards", "start", "up", ("text", "image", "pip", "music", "blur")),
)
_CLIP_COMPARATIVES = (
    ("faster", "speed", "up"),
    ("slower", "speed", "down"),
    ("louder", "volume", "up"),
    ("quieter", "volume", "down"),
)
_LARGE = re.compile(r"很多|好多|多了|超级|特别|^太[大小](?:了|啦)?$")
_SMALL = re.compile(r"一点|一丢|些$|点$|点儿$")


def amount_said(span: Span) -> str:
    """How much: small, medium or large."""
    if any(
        (piece.has("small_amount") and not piece.has("small_text")) or _SMALL.search(piece.text)
        for piece in span.pieces
        if not piece.has("FILE", "QUOTE")
    ):
        large = any(piece.text in texts("much_more") for piece in span.pieces)
        span.claim("small_amount")
        if not large:
            return "small"
    if any(_LARGE.search(piece.text) for piece in span.pieces if not piece.has("FILE", "QUOTE")):
        return "large"
    strong = [
        at for at, piece in enumerate(span.pieces) if piece.has("large_amount") and piece.text not in texts("very")
    ]
    if strong:
        span.used.update(strong)
        return "large"
    return "medium"


def _times_said(span: Span, word: str) -> int:
    """ "Quieter... no, even quieter" is said twice."""
    words = [piece.text for piece in span.pieces if piece.has(word)]
    places = [at for at, piece in enumerate(span.pieces) if piece.has(word) and words.count(piece.text) > 1]
    apart = sum(any(piece.has("mark") for piece in span.pieces[a:b]) for a, b in pairwise(places))
    return 1 + apart


def _heard_words(span: Span) -> None:
    """ "turn the music up": beside a word of sound, up is louder and down quieter.

    加 is both "up" and "add"; music that is not there can only be added.
    """
    added = span.has("music") and not span.context.of_type("music")
    for at, piece in enumerate(span.pieces):
        if added and piece.has("adding"):
            continue
        for word, means in (("up_word", "louder"), ("down_word", "quieter")):
            if piece.has(word) and not piece.has("louder", "quieter"):
                span.pieces = [*span.pieces]
                span.pieces[at] = replace(piece, means=piece.means | {means})


def nudge(span: Span) -> list[Params]:
    """More or less of something, by words of comparison."""
    amount = amount_said(span)
    clip = span.find("CLIP")
    named = [] if clip is not None else mentioned(span)
    if named:
        kinds = {one.type for one in named}
    else:
        last = last_target(span)
        before = {one.id for one in mentioned(Span(span.before, span.context, ""))}
        kinds = {one.type for one in span.context.elements if (one.id in before if before else one.id == last)}
        if span.says(*texts("whole_film")):
            kinds = set()  # "smaller file please", whatever was added last
        elif not kinds and len(span.context.elements) == 1:
            kinds = {span.context.elements[0].type}
    if span.has("sound", "volume", "voice", "original_sound", "music") or kinds == {"music"}:
        _heard_words(span)
    sound_said = span.has("sound", "volume", "voice", "original_sound") and not span.has("music")
    if clip is None and not sound_said and (several := _several(span, named, kinds)):
        return several
    if span.has("opacity") and kinds & {"text", "image", "pip"} and (seen := _seen_through(span, named, amount)):
        return seen
    if named or kinds:
        moved = _moved(span, named, kinds, amount)
        if moved:
            return moved
    if span.has("louder") and span.has("quieter"):
        _last_word_counts(span)
    for word, param, direction, types in _COMPARATIVES:
        if (
            clip is None
            and span.has(word)
            and kinds & set(types)
            and not (sound_said and param == "volume" and not named)
        ):
            span.claim(word, "n_title", "sound", "volume", "words_size")
            targets = named or target_elements(span)
            said_together(span, targets)
            moved = [{"target": one.id, "param": param, "direction": direction, "amount": amount} for one in targets]
            return moved * _times_said(span, word)
    return _of_clip(span, amount, named=bool(named))


_ALSO = {"fainter": ("faint",)}  # "a little transparent", beside another comparison


def _several(span: Span, named: list[ElementFact], kinds: set[str]) -> list[Params]:
    """ "Slightly larger and a little transparent": a comparison on each side of an "and"."""
    joint = next((at for at, piece in enumerate(span.pieces) if piece.has("t_and")), None)
    if joint is None:
        return []
    found: list[Params] = []
    used: set[int] = set()
    for start, side in ((0, span.pieces[:joint]), (joint + 1, span.pieces[joint + 1 :])):
        said = [
            (word, param, way)
            for word, param, way, types in _COMPARATIVES
            if kinds & set(types) and any(piece.has(word, *_ALSO.get(word, ())) for piece in side)
        ]
        if len({param for _, param, _ in said}) != 1:
            return []
        word, param, way = said[0]
        amount = amount_said(Span(side, span.context, ""))
        found += [{"target": one.id, "param": param, "direction": way, "amount": amount} for one in _of(span, named)]
        words = (word, *_ALSO.get(word, ()), "small_amount", "large_amount")
        used |= {start + at for at, piece in enumerate(side) if piece.has(*words)}
    if len({one["param"] for one in found}) != 2:
        return []
    span.used |= used
    return found


def _of(span: Span, named: list[ElementFact]) -> list[ElementFact]:
    return named or target_elements(span)


def _seen_through(span: Span, named: list[ElementFact], amount: str) -> list[Params]:
    """ "The opacity a bit lower"; 透明度高一点 lets more through."""
    said = [piece for piece in span.pieces if not piece.has("again_word")]
    up = any(piece.has("up_word", "more", "up", "bigger") for piece in said)
    down = any(piece.has("down_word", "less", "down", "smaller") for piece in said)
    if up == down:
        return []
    targets = named or target_elements(span)
    through = any(piece.text in texts("transparency") for piece in span.pieces)
    span.claim(*"opacity up_word more up bigger down_word less down smaller".split())
    direction = "up" if up != through else "down"
    return [{"target": one.id, "param": "opacity", "direction": direction, "amount": amount} for one in targets]


def _last_word_counts(span: Span) -> None:
    """ "can't hear him over the song, turn it down": of louder and quieter the last order counts, not a complaint."""
    orders = [piece.text for piece in span.pieces if piece.has("louder", "quieter") and "hear" not in piece.text]
    last_word = max(
        at
        for at, piece in enumerate(span.pieces)
        if piece.has("louder", "quieter") and (not orders or piece.text in orders)
    )
    drop = {"quieter"} if span.pieces[last_word].has("louder") else {"louder"}
    span.used.update(at for at, piece in enumerate(span.pieces) if piece.has(*drop))
    span.pieces = [replace(piece, means=piece.means - drop) for piece in span.pieces]


def _of_clip(span: Span, amount: str, *, named: bool) -> list[Params]:
    """A comparison that is said of clips. Raises Missing."""
    clip = span.find("CLIP")
    if span.has("one_of") and len(span.context.clips) > 1:
        raise Missing("clip")
    if not named and span.has("n_title", "logo", "watermark", "subtitles") and not span.has("sound", "volume"):
        raise Missing("clip")  # 字太小了, where there is no title, makes nothing louder
    for word, param, direction in _CLIP_COMPARATIVES:
        if (
            param == "speed"
            and amount == "medium"
            and not any(done.get("op") in ("speed", "nudge") for done in span.context.last_ops[-2:])
        ):
            continue  # faster than what nobody changed: by how much?
        if not span.has(word) or (param == "speed" and named):
            continue
        span.claim(word, "sound", "volume", "speed", "speedup", "slowdown", "original_sound", "voice")
        target = span.value("CLIP") if clip is not None else None
        if target is None:
            target = span.context.clips[0].id if span.context.clips else "c1"
            if len(span.context.clips) > 1:
                target = "all" if span.claim("both") or param == "volume" else _last_clip(span)
        if target is None or isinstance(target, list):
            raise Missing("clip")
        return [{"target": target, "param": param, "direction": direction, "amount": amount}]
    if span.has("shorter", "longer") or (span.has("faster", "slower") and len(span.context.clips) < 2):
        raise Missing("amount")
    raise Missing("clip")


def _last_clip(span: Span) -> str | None:
    """The clip that the last operation was for."""
    params = span.context.last_ops[-1].get("params") if span.context.last_ops else None
    named = params.get("clip", params.get("target")) if isinstance(params, Mapping) else None
    return named if any(clip.id == named for clip in span.context.clips) else None


def _moved(span: Span, named: list[ElementFact], kinds: set[str], amount: str) -> list[Params]:
    """A little higher, slightly later at the end: what moves by a step."""
    if not kinds & {"text", "image", "pip", "subtitles", "blur"}:
        return []
    if span.has("stopping") and span.has("sooner", "afterwards", "later", "earlier"):
        param, up = "end", span.has("afterwards", "later")
    elif (
        span.has("up", "down", "up_word", "down_word")
        and span.has("small_amount", "large_amount")
        and not span.has("bigger", "smaller", "opaque", "fainter", "sound", "volume", "louder", "quieter")
    ):
        param, up = "position", span.has("up", "up_word") and not span.has("down", "down_word")
    else:
        return []
    targets = named or target_elements(span)
    said_together(span, targets)
    span.claim(*"up down up_word down_word stopping sooner afterwards later earlier moving changing".split())
    return [
        {"target": one.id, "param": param, "direction": "up" if up else "down", "amount": amount} for one in targets
    ]
