"""Turns that move what the last one did: to its other end, or back to how it was. Knows no cue."""

from __future__ import annotations

from slimreel.agent.fill.elements import ELEMENT_OPS, TYPE_WORDS, last_target, names_video
from slimreel.agent.follow.last import AMOUNTS, Command, Turn, again, only_about_last
from slimreel.agent.reading import meanings_of
from slimreel.agent.span import Span
from slimreel.agent.words import texts

_TAKES_AWAY = frozenset({"remove", "delete_clip", "mute", "cut", "trim", "remove_silence"})
_BACK_TO = {
    "color": ("changing", "grade", "look"),
    "reframe": ("aspectword",),
    "speed": ("speed",),
    "reorder": ("order", "swapping", "changing", "both", "CLIP"),
}
_ELEMENT_WORDS = frozenset(word for words in TYPE_WORDS.values() for word in words)


def other_end(turn: Turn) -> list[Command] | None:
    """And the end too; 结尾也剪掉这么多: what was done at one end is done at the other."""
    if not any(piece.has("again_word", "same") for piece in turn.pieces):
        return None
    ends = {
        piece.has("t_end", "t_last") for piece in turn.content if piece.has("t_end", "t_last", "t_start", "t_first")
    }
    op, params = str(turn.last["op"]), turn.last["params"]
    known = ("t_end", "t_last", "t_start", "t_first", "to_back", "to_front", "remove", "cutting", *meanings_of(op))
    if len(ends) != 1 or any(piece.has(*AMOUNTS) for piece in turn.content):
        return None
    if not only_about_last(turn.content, *known):
        return None
    at_end = ends.pop()
    if op == "cut" and params.keys() == {"last_s" if not at_end else "first_s"}:
        return [{"op": "cut", "params": {"last_s" if at_end else "first_s": next(iter(params.values()))}}]
    if op == "fade" and params.get("direction") == ("in" if at_end else "out"):
        return [again(turn.last, direction="out" if at_end else "in")]
    return None


def other_edge(turn: Turn) -> list[Command] | None:
    """Same on top: what was cropped off one edge goes at another too."""
    cropped = [name for name in turn.last["params"] if name.rsplit("_", 1)[-1] in ("px", "pct")]
    edges = {str(piece.named["position"]) for piece in turn.content if piece.named.get("position") in _EDGES}
    edges |= {edge for piece in turn.content if piece.has("FIRST", "LAST") for edge in _EDGES if edge in piece.text}
    again_there = any(piece.has("again_word", "same") for piece in turn.pieces)
    if turn.last["op"] != "crop" or len(cropped) != 1 or len(edges) != 1 or not again_there:
        return None
    amounts = [piece for piece in turn.content if piece.has("NUMBER", "PX", "PERCENT", "FIRST", "LAST")]
    if len(amounts) > 1 or any(piece.has(*AMOUNTS) and piece not in amounts for piece in turn.content):
        return None
    unit, clip = cropped[0].rsplit("_", 1)[1], turn.last["params"].get("clip")
    unit = "pct" if amounts and amounts[0].has("PERCENT") else "px" if amounts and amounts[0].has("PX") else unit
    params = {f"{edges.pop()}_{unit}": amounts[0].value if amounts else turn.last["params"][cropped[0]]}
    return [{"op": "crop", "params": {**params, "clip": clip} if clip else params}]


def other_way(turn: Turn) -> list[Command] | None:
    """ "Wrong way", "the other direction": what was turned or moved goes the opposite way."""
    if not any(piece.has("other_way") for piece in turn.content) or not only_about_last(
        turn.content, "other_way", "rotate", "rotate_weak", "too_word"
    ):
        return None
    params = turn.last["params"]
    if turn.last["op"] == "rotate" and isinstance(params.get("degrees"), int | float):
        return [again(turn.last, degrees=(360 - params["degrees"]) % 360)]
    if turn.last["op"] == "audio_sync" and isinstance(params.get("offset_s"), int | float):
        return [again(turn.last, offset_s=-params["offset_s"])]
    opposite = _OPPOSITE.get(str(params.get("type")))
    return [again(turn.last, type=opposite)] if turn.last["op"] == "transition" and opposite else None


_OPPOSITE = {
    "wipeleft": "wiperight", "wiperight": "wipeleft", "slideleft": "slideright", "slideright": "slideleft",
    "slideup": "slidedown", "slidedown": "slideup",
}  # fmt: skip
_EDGES = ("top", "bottom", "left", "right")


def taken_away(turn: Turn) -> list[Command] | None:
    """删了; not that: what the last turn put there goes again."""
    gone = [piece for piece in turn.content if piece.has("remove")]
    if not gone or len(turn.content) > len(gone) or turn.last["op"] not in ELEMENT_OPS:
        return None
    if any(piece.has("undo", "cutting", "cancel") for piece in gone) or names_video(turn.pieces):
        return None
    target = last_target(Span(turn.pieces, turn.context, ""))
    return [{"op": "remove", "params": {"target": target}}] if target is not None else None


def brought_back(turn: Turn) -> list[Command] | None:
    """Bring the logo back; 还是把logo加回来吧: what the last turn took away is there again."""
    done = turn.context.last_ops[-1] if turn.context.last_ops else {}
    back = any(piece.has("back_word") or "回来" in piece.text for piece in turn.pieces)
    back = back or (any(p.text == "还是" for p in turn.pieces) and any(p.has("keep", "untouched") for p in turn.pieces))
    of_look = _BACK_TO.get(str(done.get("op")), ())
    if back and of_look and turn.content and all(one.has("back_word", *of_look) for one in turn.content):
        named = any(one.has(*of_look) for one in turn.content)
        return [{"op": "undo", "params": {}}] if named else None  # "back to colour"
    sounds = any(one.has("sound", "original_sound") for one in turn.pieces)
    if done.get("op") == "mute" and sounds and any(one.text in texts("after_all") for one in turn.pieces):
        return [{"op": "undo", "params": {}}]  # 还是要声音
    if done.get("op") == "reverse" and any(one.text in texts("forwards") for one in turn.pieces):
        forwards = only_about_last(turn.content, "later", "play_word", "back_word", "redo_word")
        return [{"op": "undo", "params": {}}] if forwards else None
    if done.get("op") not in _TAKES_AWAY or not back:
        return None
    if any(piece.has(*AMOUNTS, "POSITION", "QUOTE", "FILE") for piece in turn.content):
        return None
    elements = [piece for piece in turn.content if piece.means & _ELEMENT_WORDS]
    there = {word for one in turn.context.elements for word in TYPE_WORDS.get(one.type, ())}
    if done["op"] == "remove" and any(piece.means & there for piece in elements):
        return None  # one that is still there
    known = (
        "back_word",
        "redo",
        "keep",
        "untouched",
        "original_sound",
        "moving",
        "CLIP",
        "t_end",
        "to_back",
        "step_word",
        "later",
        "remove",
        "cutting",
        *_ELEMENT_WORDS,
        *("sound", "handing", "trimming", "cutting", "remove", "part_word", "clip_noun", "silence", "parts"),
    )
    return [{"op": "undo", "params": {}}] if only_about_last(turn.content, *known) else None


def wanted_after_all(turn: Turn) -> list[Command] | None:
    """ "No, i did want that", after an undo: what was undone is to be there."""
    if turn.context.last_ops[-1].get("op") != "undo" or any(
        piece.has(*AMOUNTS, "QUOTE", "FILE") for piece in turn.pieces
    ):
        return None
    back = any(piece.text in texts("puts_back") for piece in turn.pieces)
    liked = back or any(piece.text in texts("liked_it") for piece in turn.pieces)
    known = ("handing", "keep", "back_word", "redo", "cutting", "dont", "cancel")
    if not liked or any(piece.text in texts("not_liked") for piece in turn.pieces):
        return None
    said = [piece for piece in turn.content if piece.text not in texts("liked_it")]
    return [{"op": "redo", "params": {}}] if only_about_last(said, *known) else None


def undo_named(turn: Turn) -> list[Command] | None:
    """ "Undo the sharpen, keep the black and white": the last turn, by its name."""
    end = next((at for at, piece in enumerate(turn.pieces) if piece.has("mark")), len(turn.pieces))
    said = [piece for piece in turn.pieces[:end] if not piece.is_loose()]
    rest = [piece for piece in turn.pieces[end + 1 :] if not piece.is_loose() or piece.has("keep", "untouched")]
    if any(piece.has("t_and", *AMOUNTS) or piece.text in texts("and_too") for piece in turn.pieces[:end]):
        return None
    if len(said) < 2 or said[0].text not in texts("undo_verb") or turn.context.last_ops[-1] is not turn.last:
        return None
    of_last = meanings_of(str(turn.last["op"]))
    keeps = not rest or rest[0].has("keep", "untouched") or rest[0].text == "leave"
    return [{"op": "undo", "params": {}}] if keeps and all(one.means & of_last for one in said[1:]) else None
