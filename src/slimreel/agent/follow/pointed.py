"""The last operation on something else: "same for the second clip", "no, the logo", "the other one too"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from slimreel.agent.context import Context
from slimreel.agent.fill.elements import ELEMENT_OPS, TYPE_WORDS, mentioned
from slimreel.agent.follow.last import Command, Turn, again, denied, only_about_last, says_amount
from slimreel.agent.pieces import Piece
from slimreel.agent.reading import meanings_of
from slimreel.agent.span import Span
from slimreel.agent.words import texts
from slimreel.edit.registry import operations


def for_others(turn: Turn) -> list[Command] | None:
    """Same for the second clip; now the other one too; 第二段也一样."""
    asked = any(piece.has("same", "again_word") for piece in turn.pieces)
    if not asked and not _merely_clips(turn) and not any(piece.has("other") for piece in turn.content):
        return None
    if "clip" not in turn.last["params"] and not is_of_clips(str(turn.last["op"])):
        return None
    words = tuple(word for words in TYPE_WORDS.values() for word in words)
    of_op = meanings_of(str(turn.last["op"]))
    known = ("CLIP", "clip_noun", "ORDINAL", "ask_word", *words, *of_op)
    if says_amount([piece for piece in turn.content if not piece.has("both")]) or not only_about_last(
        turn.content, *known
    ):
        return None
    if turn.last["op"] in ELEMENT_OPS or "target" in turn.last["params"]:
        return _same_for_element(turn.pieces, turn.last, turn.context)
    before = turn.last["params"].get("clip")
    done = [before] if isinstance(before, str) else [turn.context.clips[0].id] if turn.context.clips else []
    named = [
        value
        for piece in turn.content
        if piece.has("CLIP")
        for value in (piece.value if isinstance(piece.value, list) else [piece.value])
    ]
    named = [one for one in named if one != before] or named
    if not named and any(piece.has("other", "rest") for piece in turn.content):
        named = [clip.id for clip in turn.context.clips if clip.id not in done]
    if not named and any(piece.has("both") for piece in turn.content):
        return [again(turn.last, clip="all")]
    ids = [clip.id for clip in turn.context.clips]
    if any(one not in ids for one in named if ids):
        return [{"op": "clarify", "params": {"about": "clip"}}]
    return [again(turn.last, clip=one) for one in named] or None


def _merely_clips(turn: Turn) -> bool:
    """ "And the third", "all of them": clips and nothing that is asked of them."""
    led = turn.pieces[0].text in texts("and_too") or any(piece.has("both") for piece in turn.content)
    refused = any(piece.has("remove", "neg", "keep") for piece in turn.pieces)
    return led and not refused and all(piece.has("CLIP", "both", "other", "rest") for piece in turn.content)


def is_of_clips(op: str) -> bool:
    """Can it be for one clip alone, or for something that is laid over?"""
    kind = operations().get(op)
    return kind is not None and not {"clip", "target"}.isdisjoint(one.name for one in fields(kind))


def _same_for_element(pieces: list[Piece], last: Mapping[str, Any], context: Context) -> list[Command] | None:
    span = Span(pieces, context, "")
    targets = [one.id for one in mentioned(span) if one.id != last["params"].get("target")]
    if not targets and any(piece.has("other", "rest") for piece in pieces):
        targets = [one.id for one in context.elements if one.id != last["params"].get("target")]
        kinds = {kind for kind, words in TYPE_WORDS.items() if any(piece.has(*words) for piece in pieces)}
        targets = [one.id for one in context.elements if one.id in targets and (not kinds or one.type in kinds)]
    if not targets and any(piece.has("both") for piece in pieces):
        kind = next((one.type for one in context.elements if one.id == last["params"].get("target")), "")
        targets = [one.id for one in context.of_type(kind) if one.id != last["params"].get("target")]
    return [again(last, target=one) for one in targets] if "target" in last["params"] and targets else None


def another_target(turn: Turn) -> list[Command] | None:
    """No, the logo; 不是标题，是logo; I meant the second one."""
    if not any(piece.has("neg", "meant", "out:neg", "out:correct", "out:instead") for piece in turn.pieces):
        return None
    words = tuple(word for words in TYPE_WORDS.values() for word in words)
    if "clip" not in turn.last["params"] and not is_of_clips(str(turn.last["op"])):
        return None
    known = ("CLIP", "clip_noun", "ORDINAL", "voice", "original_sound", "sound", *words)
    if not only_about_last(turn.content, *known) or says_amount(turn.content):
        return None
    clips = [
        piece
        for at, piece in enumerate(turn.pieces)
        if piece.has("CLIP")
        and not denied(turn.pieces, at)
        and not any(one.has("untouched") for one in turn.pieces[at + 1 : at + 3])
    ]
    if len(clips) > 1 and any(piece.has("t_before", "t_after") for piece in turn.pieces):
        return None  # an order of the two
    params = turn.last["params"]
    if (own := _own_sound(turn)) is not None:
        return own
    if "target" in params and str(params["target"])[:1] != "c":
        meant = [
            piece
            for at, piece in enumerate(turn.pieces)
            if not denied(turn.pieces, at) and not piece.has("neg", "meant")
        ]
        span = Span(meant, turn.context, "")
        targets = [one.id for one in mentioned(span) if one.id != params["target"]]
        if not targets:
            same_kind = [one for one in turn.context.elements if one.id[:1] == str(params["target"])[:1]]
            order = next((int(str(piece.named["ordinal"])) for piece in turn.pieces if "ordinal" in piece.named), None)
            order = order or next((_place(piece) for piece in clips), None)
            if order is not None and same_kind and abs(order) <= len(same_kind):
                targets = [same_kind[order - 1 if order > 0 else order].id]
        return [again(turn.last, target=targets[-1])] if targets else None
    if clips and turn.last["op"] not in ELEMENT_OPS:
        value = clips[-1].value
        if "target" in params:
            return [again(turn.last, target=value)] if isinstance(value, str) else None
        return [again(turn.last, clip=value)] if isinstance(value, str) else None
    if (
        not clips
        and len(turn.context.clips) == 2
        and any(piece.has("other") for piece in turn.content)
        and "clip" in params
    ):
        other = next(clip.id for clip in turn.context.clips if clip.id != params["clip"])
        return [again(turn.last, clip=other)]
    return None


def _own_sound(turn: Turn) -> list[Command] | None:
    """ "Not the music, my voice": how loud the clips are, instead of something laid over them."""
    heard = [
        at for at, piece in enumerate(turn.pieces) if piece.has("voice", "original_sound") and not piece.has("music")
    ]
    params = turn.last["params"]
    if not heard or any(denied(turn.pieces, at) for at in heard) or params.get("param") != "volume":
        return None
    clips = turn.context.clips
    return [again(turn.last, target=clips[0].id if len(clips) == 1 else "all")]


def _place(piece: Piece) -> int | None:
    return int(piece.value[1:]) if isinstance(piece.value, str) and piece.value[1:].isdigit() else None
