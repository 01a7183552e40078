"""Parameters of `update` and `remove`: what is said of elements that are there already.

Reads a span of pieces and marks what it used; knows no cue and no draft.
"""

from __future__ import annotations

from typing import Any

from slimreel.agent.context import ElementFact
from slimreel.agent.fill.elements import mentioned, starts_at, target_elements
from slimreel.agent.fill.overlay import opacity
from slimreel.agent.fill.sound import fade_params
from slimreel.agent.span import Missing, Span

Params = dict[str, Any]


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
        changes["end_s"] = starts_at(span) + enough.value
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
        changes["end_s"] = float(changes.get("start_s", starts_at(span))) + length.value
    span.claim("starting", "stopping")


def _all_but(span: Span) -> list[ElementFact]:
    """ "Leave the logo, everything else comes off"; 除了logo，全撤掉."""
    if (
        not span.has("rest", "all_word", "both", "video_whole")
        or not span.has("except", "keep", "untouched")
        and not span.says("leave", "除了")
    ):
        return []
    kept = mentioned(Span(span.pieces, span.context, ""))
    if not kept or len(kept) >= len(span.context.elements):
        return []
    span.used.update(range(len(span.pieces)))
    kinds = {"text"} if span.has("n_title") and not any(one.type == "text" for one in kept) else None
    return [one for one in span.context.elements if one not in kept and (kinds is None or one.type in kinds)]


def remove(span: Span) -> list[Params]:
    others = _all_but(span)
    if others:
        return [{"target": one.id} for one in others]
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
