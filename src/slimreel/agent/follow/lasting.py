"""When what the last turn put there begins, ends and how long it takes: "only for the first ten seconds", "end at 45",
"a second longer". Knows no cue."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from slimreel.agent.fill.base import stretch
from slimreel.agent.fill.change import update
from slimreel.agent.fill.elements import last_target
from slimreel.agent.follow.elsewhere import stretch_said
from slimreel.agent.follow.last import AMOUNTS, Command, Turn, again, only_about_last
from slimreel.agent.follow.multiplied import LENGTHS
from slimreel.agent.pieces import Piece
from slimreel.agent.span import Missing, Span
from slimreel.agent.words import texts

_FOR_A_WHILE = frozenset("speed mute volume reverse zoom".split())
_STRETCH = ("RANGE", "FIRST", "LAST", "START", "UNTIL", "FOR")
# Said around a stretch where it is one of what was done.
_AROUND = (
    "keep adding moving entering starting stopping part_word clip_noun video vague_range step_word preview".split()
)
_ONLY, _WITHIN = frozenset({"only", "just"}), ("for", "from", "between", "during", "in", "until", "till")
_ORDERED = ("remove", "cutting", "trimming", "CLIP", "QUOTE", "FILE", "neg", "loop", "speed", "export", "gif")


def only_then(turn: Turn) -> list[Command] | None:
    """ "Only for the first ten minutes"; "bring it in from 0:20 only": what was done is done for that stretch alone."""
    where = [piece for piece in turn.pieces if piece.has(*_STRETCH)]
    said = [piece for piece in turn.pieces if piece not in where and not piece.has("mark")]
    if len(where) != 1 or any(piece.has(*_ORDERED) or _is_amount(piece) for piece in said):
        return None
    narrowed = any(piece.text in _ONLY or piece.text in texts("only_that") for piece in said)
    target = last_target(Span(turn.pieces, turn.context, "")) if is_of_element(turn) else None
    told = next((at for at, piece in enumerate(said) if piece.text in texts("while_it")), len(said))
    said = [piece for at, piece in enumerate(said) if at < told or not piece.has("unknown")]  # "only while i knead, …"
    around = (piece.is_loose() or piece.has(*_AROUND) or piece.text in _ONLY | texts("only_that") for piece in said)
    if not narrowed or not all(around):
        return None
    pointed = (
        where[0].text.startswith(_WITHIN)
        or any(piece.text in texts("that_way") for piece in said)
        or any(piece.text in (*_WITHIN, "it", "while", "when") for piece in said)
    )
    if target is not None and pointed:
        return _updated(turn, where)
    parts = any(piece.has("part_word") for piece in said)
    if str(turn.last["op"]) not in _FOR_A_WHILE or not (pointed or parts) or where[0].has("FOR"):
        return None
    found = stretch(Span(list(turn.pieces), turn.context, ""))
    return None if found is None else [again(turn.last, range_s=[found[0] or 0.0, found[1] or "end"])]


def whole_time(turn: Turn) -> list[Command] | None:
    """ "Leave it up the whole video": what was laid over a stretch stays until the end."""
    said = [piece for piece in turn.pieces if not piece.has("mark")]
    whole = [piece for at, piece in enumerate(said) if piece.text in texts("whole_time") or _is_whole(said, at)]
    target = last_target(Span(turn.pieces, turn.context, "")) if whole and is_of_element(turn) else None
    facts: Any = next((one.facts for one in turn.context.elements if one.id == target), {})
    rest = [piece for piece in turn.content if piece not in whole and piece.text not in ("leave", "stay", "it up")]
    known = ("keep", "untouched", "until", "adding", "t_for", "it")
    if facts.get("end_s") in (None, "end") or not only_about_last(rest, *known):
        return None
    start = {"start_s": 0.0} if facts.get("start_s") else {}
    return [{"op": "update", "params": {"target": target, "set": {**start, "end_s": "end"}}}]


def _is_whole(pieces: list[Piece], at: int) -> bool:
    """The video of "the whole video"."""
    led = at > 0 and pieces[at - 1].text in ("the whole", "whole", "entire")
    return led and (pieces[at].has("clip_noun") or pieces[at].text == "time")


def bare_moment(turn: Turn) -> list[Command] | None:
    """ "Start it at 5", "end at 45": a number without a unit is of seconds where only a moment can be meant."""
    numbers = [at for at, piece in enumerate(turn.pieces) if piece.has("NUMBER") and not piece.is_loose()]
    numbers = [at for at in numbers if turn.pieces[at].text not in texts("one_of_them")]
    if not numbers and (begun := _begun(turn) or _enters(turn)) is not None:
        return begun
    if len(numbers) != 1 or numbers[0] == 0 or not turn.pieces[numbers[0] - 1].has("t_at", "t_to", "until", "t_from"):
        return None
    said = [piece for at, piece in enumerate(turn.pieces) if at not in numbers]
    begins = any(piece.has("starting", "entering") or piece.text in texts("comes_in") for piece in said)
    ends = any(piece.has("stopping", "until") or piece.text in texts("goes_away") for piece in said)
    if begins == ends or any(piece.has("remove", "cutting", "QUOTE", "FILE", "CLIP") for piece in said):
        return None
    known = ("starting", "entering", "stopping", "until", "adding", "t_start", "t_end", "to_front", "to_back", "keep")
    rest = [piece for piece in said if not piece.is_loose() and piece.text not in texts("goes_away")]
    value = float(turn.pieces[numbers[0]].value)
    length = turn.context.length_s
    if not only_about_last(rest, *known, "rotate_weak") or (length is not None and value > length):
        return None
    return _at_moment(turn, "start_s" if begins else "end_s", value)


def gone_after(turn: Turn) -> list[Command] | None:
    """ "Kill it after 30 secs": what is laid over the video ends there."""
    after = [piece for piece in turn.content if piece.has("RANGE") and piece.has("AFTER")]
    rest = [piece for piece in turn.content if piece not in after]
    gone = any(piece.has("remove", "cancel") or piece.text in texts("goes_away") for piece in turn.pieces)
    if len(after) != 1 or not gone or not is_of_element(turn) or turn.pieces[0].text in texts("whole_film"):
        return None
    pronoun = any(piece.text.split()[-1] in ("it", "that", "them") for piece in turn.pieces)
    if not pronoun or not only_about_last(rest, "remove", "cancel"):
        return None
    return _at_moment(turn, "end_s", float(after[0].value[0]))


def moved_edge(turn: Turn) -> list[Command] | None:
    """ "Up to 1:10 i meant"; "oops, 30 to 38": another edge of the stretch that was worked on, or another stretch."""
    corrects = any(piece.has("meant", "out:correct", "neg") or piece.text in texts("ought") for piece in turn.pieces)
    name = next((one for one in ("range_s", "ranges_s") if one in turn.last["params"]), None)
    begun = [piece for piece in turn.content if piece.has("AT", "TIME")] if _says_start(turn) else []
    if not (corrects or begun) or name is None:
        return None
    old: Any = turn.last["params"][name]
    if name == "ranges_s" and isinstance(old, list | tuple) and len(old) == 1:
        old = old[0]
    if not isinstance(old, list | tuple) or len(old) != 2:
        return None
    edges = [piece for at, piece in enumerate(turn.pieces) if piece.has("START", "UNTIL") or _runs_to(turn.pieces, at)]
    edges = edges or begun
    found = stretch_said(turn.pieces)
    used = edges if len(edges) == 1 else found[1] if found else []
    rest = [piece for piece in turn.content if piece not in used]
    known = ("stopping", "starting", "grade", "play_word", "unknown") if edges else ()
    if not used or any(_is_amount(piece) for piece in rest) or not only_about_last(rest, *known):
        return None
    new = list(old) if edges else found[0] if found else []
    if edges:
        new[0 if edges[0].has("START") or begun else 1] = float(edges[0].value)
    corrected = again(turn.last, **{name: [new] if name == "ranges_s" else new})
    undone: list[Command] = [{"op": "undo", "params": {}}] if turn.last["op"] == "cut" else []
    return [*undone, corrected]


def _says_start(turn: Turn) -> bool:
    """ "Start that at 1:08": of the stretch, and no new one."""
    pronoun = any(piece.text in ("it", "that", "this") for piece in turn.pieces)
    return pronoun and any(piece.has("starting") and not piece.has("TIME", "AT", "START") for piece in turn.pieces)


def _runs_to(pieces: list[Piece], at: int) -> bool:
    """ "It should run to 15:20": a moment that something goes up to."""
    return pieces[at].has("AT", "TIME") and at > 0 and pieces[at - 1].text in texts("as_far_as") | {"till", "until"}


def _begun(turn: Turn) -> list[Command] | None:
    """ "Start at 3", after a GIF: of the GIF, and no cut of the film."""
    said = [piece for piece in turn.pieces if not piece.is_loose() and not piece.has("mark", "starting", "stopping")]
    chinese = any(not piece.text.isascii() for piece in turn.pieces)
    if turn.last["op"] not in ("gif", "preview", *(["trim"] if chinese else [])) or len(said) != 1:
        return None
    at = turn.pieces.index(said[0])
    if said[0].has("TIME") and at and turn.pieces[at - 1].has("t_to", "until") and "end_s" in turn.last["params"]:
        return _at_moment(turn, "end_s", float(said[0].value))  # 到100秒吧
    if not said[0].has("START", "UNTIL"):
        return None
    return _at_moment(turn, "start_s" if said[0].has("START") else "end_s", float(said[0].value))


def _enters(turn: Turn) -> list[Command] | None:
    """从第10秒再进, 20秒的时候让它消失: what was laid over the video comes in there, or goes."""
    said = [piece for piece in turn.pieces if not piece.has("mark") and (piece.has("entering") or not piece.is_loose())]
    moments = [piece for piece in said if piece.has("START", "AT", "TIME", "UNTIL")]
    rest = [piece for piece in said if piece not in moments]
    if len(moments) != 1 or not rest or rest[-1].text.isascii() or not is_of_element(turn):
        return None
    enters = all(piece.has("entering") or piece.text in texts("comes_in") for piece in rest)
    leaves = all(piece.has("it") or piece.text in texts("goes_away") for piece in rest)
    if not enters and not (leaves and rest[-1].text in texts("goes_away")):
        return None
    return _at_moment(turn, "start_s" if enters else "end_s", float(moments[0].value))


def _at_moment(turn: Turn, name: str, value: float) -> list[Command] | None:
    if is_of_element(turn):
        target = last_target(Span(turn.pieces, turn.context, ""))
        return None if target is None else [{"op": "update", "params": {"target": target, "set": {name: value}}}]
    if turn.last["op"] in ("trim", "gif", "preview") and name in turn.last["params"]:
        return [again(turn.last, **{name: value})]
    return None


def extended(turn: Turn) -> list[Command] | None:
    """ "Extend that to 14:30": another end of what was cut out or laid over."""
    edges = [at for at, piece in enumerate(turn.pieces) if piece.has("UNTIL") or _runs_to(turn.pieces, at)]
    longer = any(piece.text in texts("extends") for piece in turn.pieces)
    rest = [piece for at, piece in enumerate(turn.pieces) if at not in edges and not piece.is_loose()]
    if len(edges) != 1 or not longer or any(_is_amount(piece) for piece in rest):
        return None
    if not only_about_last([one for one in rest if not one.has("mark")], "longer", "fitting", "until"):
        return None
    return _at_moment(turn, "end_s", float(turn.pieces[edges[0]].value))


def longer_by(turn: Turn) -> list[Command] | None:
    """ "A second longer": what takes a while takes that much more, or less."""
    times = [piece for piece in turn.pieces if piece.has("TIME", "FOR") and not piece.has("CLOCK")]
    longer = any(piece.has("longer") for piece in turn.pieces)
    shorter = any(piece.has("shorter") for piece in turn.pieces)
    at_end = any(piece.has("t_end", "to_back", "LAST") for piece in turn.pieces)
    if at_end and turn.last["op"] in ("gif", "preview", "trim"):  # "a second less at the end"
        longer, shorter = (
            longer or any(piece.text == "more" for piece in turn.pieces),
            shorter or any(piece.text in ("less", "fewer") for piece in turn.pieces),
        )
    rest = [piece for piece in turn.content if piece not in times]
    if len(times) != 1 or longer == shorter or any(_is_amount(piece) for piece in rest):
        return None
    about = ("longer", "shorter", "keep", "t_end", "to_back", "less", "more", str(turn.last["op"]))
    if not only_about_last(rest, *about) or _apart(turn, times[0]):
        return None
    params, step = turn.last["params"], float(times[0].value) * (1 if longer else -1)
    length: Any = params.get("duration_s", LENGTHS.get(str(turn.last["op"])))
    if isinstance(length, int | float):
        return [again(turn.last, duration_s=length + step)] if length + step > 0 else None
    start, end = params.get("start_s", 0.0), params.get("end_s")
    if turn.last["op"] not in ("gif", "preview", "trim") or not isinstance(end, int | float):
        return None
    return [again(turn.last, end_s=end + step)] if end + step > start else None


def more_time(turn: Turn) -> list[Command] | None:
    """ "Leave it on for 2 more seconds", 再多两秒: what is laid over the video for a while stays that much longer."""
    times = [piece for piece in turn.pieces if piece.has("TIME", "FOR") and not piece.has("CLOCK")]
    more = any(piece.has("more") or piece.text in texts("another_of_it") for piece in turn.pieces)
    rest = [piece for piece in turn.content if piece not in times]
    if len(times) != 1 or not more or not is_of_element(turn) or not only_about_last(rest, "keep", "longer"):
        return None
    target = last_target(Span(turn.pieces, turn.context, ""))
    end: Any = next((one.facts.get("end_s") for one in turn.context.elements if one.id == target), None)
    return _at_moment(turn, "end_s", end + float(times[0].value)) if isinstance(end, int | float) else None


def _apart(turn: Turn, time: Piece) -> bool:
    """长一点，1秒: how long it is to be, and not by how much."""
    at = turn.pieces.index(time)
    before = next((i for i in range(at) if turn.pieces[i].has("longer", "shorter")), at)
    chinese = not turn.pieces[before].text.isascii()
    return chinese and any(piece.has("mark") for piece in turn.pieces[before:at])


def is_of_element(turn: Turn) -> bool:
    """Was the last turn about something that is laid over the video or under it?"""
    if turn.context.last_ops[-1] is not turn.last:
        return False
    target = last_target(Span([], turn.context, ""))
    said = turn.last["params"].get("target")
    of_one = turn.last["op"] in ("update", "nudge") and said == target
    return target is not None and (of_one or turn.last["op"] in _ADDED)


_ADDED = frozenset("add_text add_image pip add_music subtitles blur_region".split())


def _updated(turn: Turn, where: list[Piece]) -> list[Command] | None:
    """The times of the element that was spoken of last."""
    span = Span([replace(where[0])], turn.context, "")
    try:
        found = update(span)
    except Missing as missing:
        return [{"op": "clarify", "params": {"about": missing.about}}]
    return [{"op": "update", "params": params} for params in found]


def _is_amount(piece: Piece) -> bool:
    return piece.has(*AMOUNTS) and not piece.has(*_STRETCH) and piece.text not in texts("one_of_them")
