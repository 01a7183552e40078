"""Parameters of what is said about things that are there already, and of what is asked of the session."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from slimreel.agent.context import Context, ElementFact
from slimreel.agent.fill_picture import opacity
from slimreel.agent.fill_sound import fade_params
from slimreel.agent.pieces import Piece
from slimreel.agent.span import Missing, Span

Params = dict[str, Any]

# What people call the kinds of elements.
TYPE_WORDS = {
    "text": ("n_title", "text"),
    "image": ("logo", "watermark", "image"),
    "pip": ("pip",),
    "music": ("music",),
    "subtitles": ("subtitles",),
    "blur": ("blurregion", "e_blur"),
}
# What an element can be asked to be louder or brighter than.
_SPOKEN = {"font_words": "size"}


def mentioned(span: Span) -> list[ElementFact]:
    """The elements of the session that the words name, in the order said."""
    found: list[tuple[int, ElementFact]] = []
    for at, piece in enumerate(span.pieces):
        if at in span.used and not piece.has("FILE", "QUOTE"):
            continue
        if at and span.pieces[at - 1].has("neg") and span.pieces[at - 1].text in ("不是", "not", "isn't", "wasn't"):
            span.used.update((at - 1, at))
            continue
        content = _by_content(span, piece)
        if content:
            found += [(at, one) for one in content]
            continue
        if piece.has("FILE", "QUOTE"):
            for one in span.context.elements:
                said = str(piece.value).casefold()
                if said and said in (one.file.casefold(), one.text.casefold()):
                    found.append((at, one))
            continue
        for kind, words in TYPE_WORDS.items():
            if not piece.has(*words):
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
    return [one for one in span.context.of_type("text") if pattern.search(one.text)] if pattern else []


_ADDRESS, _NUMBER = re.compile(r"\.[a-z]{2,}|www|http|@", re.IGNORECASE), re.compile(r"(?:[0-9][ \-]?){5,}")
_CONTENT = {"url": _ADDRESS, "link": _ADDRESS, "website": _ADDRESS, "web address": _ADDRESS, "handle": _ADDRESS, "网址": _ADDRESS,
            "phone number": _NUMBER, "number": _NUMBER, "phone": _NUMBER, "电话": _NUMBER, "手机号": _NUMBER}  # fmt: skip


def described(context: Context, piece: Piece) -> bool:
    """Does a word describe what a title of the session says?"""
    pattern = _CONTENT.get(piece.text)
    return pattern is not None and any(pattern.search(one.text) for one in context.of_type("text"))


def _of_kind(span: Span, at: int, kind: str) -> list[ElementFact]:
    """The elements of a kind that a word means: the one with that ordinal, or the last that was spoken of, or the only."""
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
    last = [one for one in there if one.id == last_target(span)]
    if last:
        return last
    raise Missing("text" if kind == "text" else "file")


def last_target(span: Span) -> str | None:
    """The element or clip that the last operation was about."""
    for done in reversed(span.context.last_ops):
        params = done.get("params")
        if not isinstance(params, Mapping):
            continue
        if isinstance(params.get("target"), str) and any(one.id == params["target"] for one in span.context.elements):
            return str(params["target"])
        kind = {
            "add_text": "text",
            "add_image": "image",
            "pip": "pip",
            "add_music": "music",
            "subtitles": "subtitles",
            "blur_region": "blur",
        }.get(str(done.get("op")))
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
        _said_together(span, named)
        return named
    earlier = (
        mentioned(Span(span.before, span.context, ""))
        if span.before and not any(piece.has("it") and not piece.is_loose() for piece in ())
        else []
    )
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
    if (
        span.says("both", "them", "both of them", "它们", "都", "俩", "这俩", "两个", "all of them", "the two")
        and len(elements) > 1
    ):
        span.claim("both", "it")
        return elements
    last = last_target(span)
    if last is not None:
        return [one for one in elements if one.id == last]
    if len(elements) == 1:
        return elements
    raise Missing("clip")


def _said_together(span: Span, named: list[ElementFact]) -> None:
    """Two elements are changed alike only where they are named side by side ("the title and the logo to the left")."""
    if len(named) < 2:
        return
    words = frozenset(word for one in named for word in TYPE_WORDS.get(one.type, ()))
    places = [at for at, piece in enumerate(span.pieces) if piece.means & words or piece.has("FILE", "QUOTE")]
    for first, second in zip(places, places[1:], strict=False):
        between = span.pieces[first + 1 : second]
        if any(piece.means - _BETWEEN_NAMES and not piece.has("mark", "ORDINAL", "CLIP") for piece in between):
            raise Missing("clip")


_BETWEEN_NAMES = frozenset("filler t_and same both out:det out:this out:filler t_of".split())


def update(span: Span) -> list[Params]:
    """One command an element."""
    targets = target_elements(span)
    changes: Params = {}
    kinds = {one.type for one in targets}
    quoted = span.take("QUOTE")
    if quoted is not None and kinds & {"text"}:
        changes["text"] = quoted.value
    position = span.named("position")
    if position is None and span.claim("centered"):
        position = "center"
    if (
        position is None
        and kinds & {"text", "image", "pip", "subtitles", "blur"}
        and not span.has("small_amount", "large_amount", "later", "earlier")
    ):
        if span.find("down") is not None:
            span.claim("down")
            position = "bottom"
        elif span.find("up") is not None:
            span.claim("up")
            position = "top"
    if position and kinds & {"text", "image", "pip", "subtitles", "blur"}:
        changes["position"] = position
    color = span.named("color")
    if color and kinds & {"text", "subtitles"}:
        changes["color"] = color
    if kinds & {"music"}:
        _music_changes(span, changes)
    opacity(span, changes)
    _times(span, changes)
    if (share := span.take("PERCENT", "SHARE")) is not None:
        if kinds & {"music"}:
            raise Missing("amount")  # how loud music is, `volume` says
        name = "scale" if kinds & {"image", "pip"} else "opacity"
        changes[name] = share.value / 100
    if kinds & {"subtitles"}:
        _subtitle_changes(span, changes)
    if kinds & {"blur"} and (span.claim("strong", "large_amount") or span.says("high")):
        changes["strength"] = "high"
    if kinds & {"text", "subtitles"}:
        _text_changes(span, changes)
    if (
        kinds & {"image"}
        and (name := next((p for p in span.all("FILE")), None)) is not None
        and name.value not in (one.file for one in targets)
    ):
        changes["file"] = name.value
    if not changes:
        raise Missing("text" if kinds == {"text"} and span.has("writing", "changing", "words_word") else "amount")
    return [{"target": one.id, "set": dict(changes)} for one in targets]


def _music_changes(span: Span, changes: Params) -> None:
    if span.claim("duck"):
        changes["duck"] = not span.claim("neg")
        span.claim("voice", "quieter")
    if span.has("fadein", "fadeout"):
        fade_params(span, changes)
    if span.has("loop"):
        span.claim("loop")
        changes["loop"] = not span.claim("neg")


def _subtitle_changes(span: Span, changes: Params) -> None:
    late, early = span.has("later"), span.has("earlier")
    if late != early and "start_s" in changes:
        changes["offset_s"] = changes.pop("start_s") * (1 if late else -1)
        span.claim("later", "earlier", "is_early", "is_late")
    for word, name in (("bigger_text", "large"), ("small_text", "small"), ("medium_text", "medium")):
        if span.claim(word):
            changes["size"] = name


def _text_changes(span: Span, changes: Params) -> None:
    pixels = span.take("PX")
    if pixels is None and span.claim("words_size"):
        pixels = next(iter(span.numbers(4, 1000)), None)
    if pixels is not None:
        changes["size_px"] = pixels.value
    for word, name in (("boldword", "bold"), ("boxword", "box")):
        if span.claim(word):
            changes[name] = not span.claim("neg")
    for word, name in (("anim_type", "typewriter"), ("anim_slide", "slide"), ("anim_fade", "fade")):
        if span.claim(word):
            changes["anim"] = name
            return


def _times(span: Span, changes: Params) -> None:
    """When an element is to be there."""
    if (found := span.take("RANGE")) is not None:
        start, end = found.value
        if found.has("BEFORE") and span.has("neg"):
            span.claim("neg")
            changes["start_s"] = end
        elif found.has("BEFORE"):
            changes["end_s"] = end
        else:
            changes["start_s"], changes["end_s"] = start, end
            return
    if span.find("until_end") is not None:
        span.claim("until_end")
        changes["end_s"] = "end"
        return
    if (
        any("enough" in piece.text or "够" in piece.text for piece in span.pieces)
        and (enough := span.take("TIME", "FOR")) is not None
    ):
        changes["end_s"] = _starts_at(span) + enough.value
    if (start_piece := span.take("START")) is not None:
        changes["start_s"] = start_piece.value
    if (until := span.take("UNTIL")) is not None:
        changes["end_s"] = until.value
    length = span.context.length_s
    for piece in span.pieces:
        if (
            length is not None
            and piece.has("UNTIL", "AT", "START")
            and isinstance(piece.value, float)
            and piece.value > length + 0.05
        ):
            raise Missing("range", moment_s=piece.value, length_s=length)
    moment = span.take("AT", "TIME")
    if moment is not None and "end_s" not in changes and (second := span.take("AT")) is not None:
        changes["start_s"], changes["end_s"] = moment.value, second.value
    elif moment is not None:
        ending = span.claim("stopping", "until")
        changes["end_s" if ending and not span.claim("starting", "t_begin") else "start_s"] = moment.value
    if (length := span.take("FOR")) is not None:
        changes["end_s"] = float(changes.get("start_s", _starts_at(span))) + length.value
    span.claim("starting", "stopping")


def _starts_at(span: Span) -> float:
    """When the element that is meant begins."""
    for one in mentioned(Span(span.pieces, span.context, "")) or [
        e for e in span.context.elements if e.id == last_target(span)
    ]:
        if isinstance(one.facts.get("start_s"), int | float):
            return float(one.facts["start_s"])
    return 0.0


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


_PLAINLY_LARGE = frozenset({"much", "way", "a lot", "lots", "far", "很多", "好多"})
_LARGE = re.compile(r"很多|好多|多了|超级|特别")
_SMALL = re.compile(r"一点|一丢|些$|点$|点儿$")


def _amount(span: Span) -> str:
    if any(
        piece.has("small_amount") or _SMALL.search(piece.text)
        for piece in span.pieces
        if not piece.has("FILE", "QUOTE")
    ):
        large = any(piece.text in _PLAINLY_LARGE for piece in span.pieces)
        span.claim("small_amount")
        if not large:
            return "small"
    if any(_LARGE.search(piece.text) for piece in span.pieces if not piece.has("FILE", "QUOTE")):
        return "large"
    strong = [
        at
        for at, piece in enumerate(span.pieces)
        if piece.has("large_amount") and piece.text not in ("太", "so", "very", "really", "好", "很", "extra")
    ]
    if strong:
        span.used.update(strong)
        return "large"
    return "medium"


def _heard_words(span: Span) -> None:
    """ "turn the music up": beside a word of sound, up is louder and down quieter."""
    for at, piece in enumerate(span.pieces):
        for word, means in (("up_word", "louder"), ("down_word", "quieter")):
            if piece.has(word) and not piece.has("louder", "quieter"):
                span.pieces = [*span.pieces]
                span.pieces[at] = replace(piece, means=piece.means | {means})


def nudge(span: Span) -> list[Params]:
    """More or less of something, by words of comparison."""
    amount = _amount(span)
    clip = span.find("CLIP")
    named = [] if clip is not None else mentioned(span)
    if named:
        kinds = {one.type for one in named}
    else:
        last = last_target(span)
        kinds = {one.type for one in span.context.elements if one.id == last}
        if not kinds and len(span.context.elements) == 1:
            kinds = {span.context.elements[0].type}
    if span.has("sound", "volume", "voice", "original_sound", "music"):
        _heard_words(span)
    sound_said = span.has("sound", "volume", "voice", "original_sound") and not span.has("music")
    if named or kinds:
        moved = _moved(span, named, kinds, amount)
        if moved:
            return moved
    if span.has("louder") and span.has("quieter"):  # "can't hear him over the song, turn it down": the last word counts
        last_word = max(at for at, piece in enumerate(span.pieces) if piece.has("louder", "quieter"))
        keep = "louder" if span.pieces[last_word].has("louder") else "quieter"
        drop = {"louder", "quieter"} - {keep}
        span.used.update(at for at, piece in enumerate(span.pieces) if piece.has(*drop))
        span.pieces = [replace(piece, means=piece.means - drop) for piece in span.pieces]
    for word, param, direction, types in _COMPARATIVES:
        if (
            clip is None
            and span.has(word)
            and kinds & set(types)
            and not (sound_said and param == "volume" and not named)
        ):
            span.claim(word, "n_title", "sound", "volume", "words_size")
            targets = named or target_elements(span)
            _said_together(span, targets)
            return [{"target": one.id, "param": param, "direction": direction, "amount": amount} for one in targets]
    for word, param, direction in _CLIP_COMPARATIVES:
        if param == "speed" and not any(done.get("op") in ("speed", "nudge") for done in span.context.last_ops[-2:]):
            continue  # faster than what nobody changed: by how much?
        if not span.has(word) or (param == "speed" and named):
            continue
        span.claim(word, "sound", "volume", "speed", "speedup", "slowdown", "original_sound", "voice")
        target = span.value("CLIP") if clip is not None else None
        if target is None:
            target = span.context.clips[0].id if span.context.clips else "c1"
            if len(span.context.clips) > 1:
                target = "all" if span.claim("both") or param == "volume" else None
        if target is None or isinstance(target, list):
            raise Missing("clip")
        return [{"target": target, "param": param, "direction": direction, "amount": amount}]
    if span.has("shorter", "longer"):
        raise Missing("amount")
    raise Missing("clip")


def _moved(span: Span, named: list[ElementFact], kinds: set[str], amount: str) -> list[Params]:
    """A little higher, slightly later at the end: what moves by a step."""
    if clip_only := not (kinds & {"text", "image", "pip", "subtitles", "blur"}):
        del clip_only
        return []
    param = ""
    if span.has("stopping") and span.has("sooner", "afterwards", "later", "earlier"):
        param, up = "end", span.has("afterwards", "later")
    elif (
        span.has("up", "down", "up_word", "down_word")
        and span.has("small_amount", "large_amount")
        and not span.has("bigger", "smaller", "opaque", "fainter", "sound", "volume", "louder", "quieter")
    ):
        param, up = "position", span.has("up", "up_word") and not span.has("down", "down_word")
    if not param:
        return []
    targets = named or target_elements(span)
    _said_together(span, targets)
    span.claim(
        "up",
        "down",
        "up_word",
        "down_word",
        "stopping",
        "sooner",
        "afterwards",
        "later",
        "earlier",
        "moving",
        "changing",
    )
    return [
        {"target": one.id, "param": param, "direction": "up" if up else "down", "amount": amount} for one in targets
    ]


def remove(span: Span) -> list[Params]:
    first_keep, first_remove = span.find("keep", "except"), span.find("remove")
    if first_keep is not None and first_remove is not None and first_keep > first_remove and not span.has("FILE"):
        cut = span.find("keep", "except")
        stop = next((at for at in range(cut or 0, len(span.pieces)) if span.pieces[at].has("mark")), len(span.pieces))
        begin = next((at for at in range(cut or 0, -1, -1) if span.pieces[at].has("mark")), cut or 0)
        kept = set(range(begin, stop))
        hidden = span.pieces
        span.pieces = [piece for at, piece in enumerate(hidden) if at not in kept]
        targets = mentioned(span)
        span.pieces = hidden
        span.used.update(kept)
        return [{"target": one.id} for one in targets] if targets else _missing()
    targets = target_elements(span)
    return [{"target": one.id} for one in targets]


def _missing() -> list[Params]:
    raise Missing("clip")


def undo(span: Span) -> Params:
    count = span.take("NUMBER", "TIMES", "FPS")
    word = 2 if span.claim("twice") else 3 if span.claim("thrice") else None
    span.claim("it", "previous", "step_word", "neg", "redo_word")
    if count is not None and count.value >= 1:
        return {"steps": int(count.value)} if count.value > 1 else {}
    return {"steps": word} if word else {}


def status(span: Span) -> Params:
    timeline = span.has("timeline") and not span.has("rendering")
    span.claim("timeline", "rendering", "status", "export", "it")
    span.claim("JOB")
    return {"scope": "timeline" if timeline else "render"}


def upload(span: Span) -> Params:
    url = span.take("URL")
    return {"url": url.value} if url is not None else {}


def cancel(span: Span) -> Params:
    job = span.take("JOB")
    span.claim("rendering", "export")
    return {"job": job.text} if job is not None else {}


def nothing_needed(span: Span) -> Params:
    span.claim("rendering", "timeline", "video")
    return {}


def unclear(span: Span) -> Params:
    """Compress to 8: of what?"""
    raise Missing("unit")
