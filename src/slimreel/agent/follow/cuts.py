"""What was cut off an end: more of it, or the other end that was meant. Knows no cue."""

from __future__ import annotations

from slimreel.agent.follow.last import AMOUNTS, Command, Turn, again, denied, only_about_last
from slimreel.agent.words import texts

_ENDS = {"first_s": "last_s", "last_s": "first_s"}


def cut_more(turn: Turn) -> list[Command] | None:
    """ "Take another 5 off", "bit more, 2 secs": from the end that was cut, in seconds."""
    params = turn.last["params"]
    ends = [name for name in params if name in _ENDS]
    more = any(piece.has("more") or piece.text in texts("another_one") for piece in turn.pieces)
    more = more or any(piece.text in texts("again_as_much") for piece in turn.pieces)
    amounts = [piece for piece in turn.content if piece.has("NUMBER", "TIME", "FOR") and not piece.has("CLOCK")]
    if (
        turn.last["op"] != "cut"
        or len(ends) != 1
        or len(params.keys() - {"clip"}) != 1
        or not more
        or len(amounts) != 1
    ):
        return None
    rest = [piece for piece in turn.content if piece is not amounts[0] and piece.text not in texts("in_seconds")]
    if any(piece.has(*AMOUNTS) for piece in rest) or not only_about_last(rest, "remove", "cutting", "different_word"):
        return None
    return [again(turn.last, **{ends[0]: float(amounts[0].value)})]


def wrong_end(turn: Turn) -> list[Command] | None:
    """ "That was supposed to be the end, not the start": undone, and done at the other end."""
    ends = [(at, piece.has("t_end")) for at, piece in enumerate(turn.pieces) if piece.has("t_end", "t_start")]
    corrects = any(piece.has("neg", "meant") or piece.text in texts("supposed") for piece in turn.pieces)
    if any(piece.has("other_way") for piece in turn.content) and only_about_last(turn.content, "other_way", "too_word"):
        ends, corrects = [(-1, "first_s" in turn.last["params"] or turn.last["params"].get("direction") == "in")], True
    if not corrects or not ends or any(piece.has(*AMOUNTS) for piece in turn.content):
        return None
    wanted = {of_end for at, of_end in ends if at < 0 or not denied(turn.pieces, at)}
    known = ("t_end", "t_start", "original_word", "to_back", "to_front", "other_way")
    if len(wanted) != 1 or not only_about_last(turn.content, *known):
        return None
    at_end, params = wanted.pop(), turn.last["params"]
    undo: Command = {"op": "undo", "params": {}}
    name = "first_s" if at_end else "last_s"
    if turn.last["op"] == "cut" and name in params and _ENDS[name] not in params:
        kept = {key: value for key, value in params.items() if key != name}
        return [undo, {"op": "cut", "params": {**kept, _ENDS[name]: params[name]}}]
    if turn.last["op"] == "fade" and params.get("direction") == ("in" if at_end else "out"):
        return [undo, again(turn.last, direction="out" if at_end else "in")]
    return None
