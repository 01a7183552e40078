"""From a sentence and what it is said in to commands, one question, and what nobody understood.

It knows the order in which the readers are asked, and no word.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from slimreel.agent.beside import Beside, beside
from slimreel.agent.clarify import Question, question
from slimreel.agent.clauses import (
    as_wish,
    does_without,
    mere_output,
    mostly_strange,
    one_file,
    poorly_read,
    without_its_rest,
)
from slimreel.agent.context import Context
from slimreel.agent.continued import continued
from slimreel.agent.follow.ellipsis import left_out
from slimreel.agent.follow.follow import follow_up
from slimreel.agent.gaps import of_which_is_asked, wants_to_know
from slimreel.agent.interpretation import Interpretation
from slimreel.agent.literals import take_literals
from slimreel.agent.normalize import MAX_LENGTH, language_of, normalize
from slimreel.agent.output import output_commands
from slimreel.agent.pictured import of_the_picture
from slimreel.agent.pieces import Piece, content_of
from slimreel.agent.requests import REQUESTS
from slimreel.agent.routing import routed
from slimreel.agent.scope import Outside, out_of_scope
from slimreel.agent.second_opinion import second_opinion
from slimreel.agent.segment import Part, divide, tells_why
from slimreel.agent.sentence import pieces_of
from slimreel.agent.span import Missing
from slimreel.agent.titles import retitled
from slimreel.agent.together import OUTPUT_OPS, Command, put_together
from slimreel.agent.turns.opinion import turn_opinion
from slimreel.agent.vague import (
    OF_VIDEO,
    asks_for_more,
    left_vague,
    noun_alone,
    of_clips_there,
    of_other_things,
    points_at_nothing,
)
from slimreel.agent.words import texts

# What a single word beside an edit is taken for, where no clause of its own says more.
_GUESSED = frozenset("status credits help upload cancel".split())
# What a request comes to where it was not understood as a whole.
_LEFT_OPEN = frozenset({"clarify", "out_of_scope"})
# What the rest of a sentence may be part of: "export as webm, 480p", "too yellow, undo".
_OF_WHAT_IS_SAID = frozenset("export undo redo reset".split())


def interpret(text: str, context: Context | None = None) -> Interpretation:
    """Never raises on any text."""
    context = context or Context()
    found = _read(text, context)
    for taken in beside(text, _read_alone):
        rest = _read(taken.text, context)
        if _says_more(found, taken, rest):
            files = [one for one in taken.before if one["op"] == "export"]  # of what the rest makes
            first = [one for one in taken.before if one["op"] != "export"]
            commands = (*first, *rest.commands, *taken.behind, *files)
            return Interpretation(commands, language=found.language)
    if len(text) > MAX_LENGTH:
        return found
    other = second_opinion(text, context, found) or turn_opinion(text, context, found, read_afresh)
    return found if other is None else replace(other, language=found.language)


def read_afresh(pieces: list[Piece], plain: str, context: Context) -> list[Command]:
    """What a turn asks for as a request of its own; nothing where that is not clear."""
    return _clearly_read(pieces, context, plain=plain, language="") or []


def _read_alone(clause: str) -> list[Command] | None:
    """What a clause asks for in no session, where nothing of it is left open."""
    found = _read(clause, Context())
    return None if found.unheard or found.missing else list(found.commands)


def _says_more(found: Interpretation, taken: Beside, rest: Interpretation) -> bool:
    """Is something done by clauses and their rest, each clear by itself, that the request as a whole has swallowed?"""
    said = {one["op"] for one in found.commands} - _LEFT_OPEN
    asked = {one["op"] for one in (*taken.before, *taken.behind)}
    made = asked | {one["op"] for one in rest.commands}
    if not rest.commands or rest.unheard or rest.missing is not None or "out_of_scope" in made:
        return False
    if asked <= said and asked & _OF_WHAT_IS_SAID:
        return False
    if found.unheard and asked <= said:
        return made > asked
    return made > said - _GUESSED and not made <= said


def _read(text: str, context: Context) -> Interpretation:
    language = language_of(text[:MAX_LENGTH])
    if len(text) > MAX_LENGTH:
        return Interpretation(unheard=(f"a text of {len(text)} characters",), language=language)
    pieces, plain = pieces_of(text, context)
    if not pieces:
        return Interpretation(missing=Missing("nothing"), language=language)
    said = normalize(take_literals(text, context.names).text)
    to_session = _for_the_session(said, plain)
    outside = out_of_scope(said) if to_session is None else None
    if outside is not None and outside.plainly:
        return _declined(outside.reason, language)
    about_last = to_session
    if about_last is None:
        read = partial(_clearly_read, plain=plain, language=language)
        about_last = continued(pieces, context, read) or follow_up(pieces, context)
    if about_last is not None:
        return Interpretation(tuple(about_last), language=language)
    renamed = retitled(text, {one.id: one.text for one in context.of_type("text")})
    if renamed is not None:
        update = {"op": "update", "params": {"target": renamed[0], "set": {"text": renamed[1]}}}
        return Interpretation((update,), language=language)
    return _by_parts(pieces, plain, context, outside, language)


def _by_parts(
    pieces: list[Piece], plain: str, context: Context, outside: Outside | None, language: str
) -> Interpretation:
    """What its parts ask for, or what the last turn is changed to."""
    parts = divide(pieces, plain, context)
    found = _assembled(parts, plain, context, language)
    if (reason := _why_not(found, outside, pieces, parts)) is not None:
        return _declined(reason, language)
    if len(pieces) == 1 and pieces[0].has("RANGE"):
        return _kept(pieces[0].value, context, language)
    changed = left_out(pieces, plain, context)
    if changed is None and (instead := _instead(found, parts, plain, context)) is not None:
        return instead
    if changed is not None and _completes_last(found, changed[0], context, pieces):
        return Interpretation(tuple(changed[0]), language=language)
    of_last = context.last_ops[-1].get("op") if context.last_ops else None
    clear = not found.unheard and found.missing is None and found.commands
    if clear and [one["op"] for one in found.commands] != [of_last]:
        return found
    tells = len(pieces) > 1 or pieces[0].has(*OF_VIDEO) or asks_for_more(pieces[0])
    if not found.commands and found.missing is None and changed is None and tells:
        return _nothing_understood(parts, found, context)
    if changed is not None and (not found.commands or changed[1] > sum(part.score for part in parts) + 0.01):
        return Interpretation(tuple(changed[0]), language=language)
    return found


def _for_the_session(*forms: str) -> list[Command] | None:
    """What a request is for that is wholly for the session, empty where it asks for nothing; None where it is not."""
    return next((found for one in forms if (found := routed(one)) is not None), None)


def _why_not(found: Interpretation, outside: Outside | None, pieces: list[Piece], parts: list[Part]) -> str | None:
    """Why a request is declined of which not all was understood."""
    named = any(piece.has("CLIP") and piece.text.isascii() for piece in pieces)
    if outside is not None and outside.reason == "not_video" and named:
        outside = None  # a clip may be called hotel.mp4
    if outside is not None and outside.reason == "not_video" and not found.missing and _measured(parts):
        outside = None  # 论文答辩的录屏，15帧就够: of a video, whatever it shows
    if outside is not None and (found.unheard or found.missing or not found.commands):
        return outside.reason
    if len(parts) == 1 and mostly_strange(parts[0]):
        return "not_video"
    if found.missing is not None and _asks_of_other_things(parts):
        return "not_video"
    return of_the_picture(pieces) if found.unheard and len(parts) == 1 else None


# What only a video has so much of.
_OF_FILMS = tuple("RANGE FIRST LAST CLOCK SIZE RATE SCALE LINES FPS TIMES ASPECT DB LUFS".split())


def _measured(parts: list[Part]) -> bool:
    """Is there a wish that fits, with an amount that nothing but a video has?"""
    said = [piece for part in parts for piece in part.pieces]
    if any(piece.has("writing") for piece in said):
        return False
    fitting = (part for part in parts if part.output or (part.score > 0 and part.reading is not None))
    return any(piece.has(*_OF_FILMS) for part in fitting for piece in part.pieces)


def _clearly_read(pieces: list[Piece], context: Context, *, plain: str, language: str) -> list[Command] | None:
    """What some of the pieces ask for, where nothing of it is left open."""
    found = _assembled(divide(pieces, plain, context), plain, context, language)
    return None if found.unheard or found.missing else list(found.commands)


def _asks_of_other_things(parts: list[Part]) -> bool:
    """红烧肉放多少糖合适: a question of which next to nothing was understood."""
    if len(parts) != 1 or parts[0].score > _HARDLY_READ:
        return False
    asks = any(piece.has("question") and not piece.text.isascii() for piece in parts[0].pieces)
    return asks and of_other_things(parts[0].pieces)


_HARDLY_READ = -4.0


def _kept(stretch: tuple[float, float | str], context: Context, language: str) -> Interpretation:
    """A stretch and nothing else is what is to be kept."""
    start, end = stretch
    length = context.length_s
    if length is not None and max(start, end if isinstance(end, float) else 0.0) > length + 0.05:
        missing = Missing("range", moment_s=end if isinstance(end, float) else start, length_s=length)
        return Interpretation(({"op": "clarify", "params": {"about": "range"}},), missing, language=language)
    return Interpretation(({"op": "trim", "params": {"start_s": start, "end_s": end}},), language=language)


def _declined(reason: str, language: str, unheard: tuple[str, ...] = ()) -> Interpretation:
    return Interpretation(({"op": "out_of_scope", "params": {"reason": reason}},), None, unheard, language)


def _assembled(parts: list[Part], plain: str, context: Context, language: str) -> Interpretation:
    edits: list[Command] = []
    outputs: list[Command] = []
    unheard: list[str] = []
    reasons, told = tells_why(parts), parts
    asked = [
        part
        for part, why in zip(parts, reasons, strict=True)
        if not why and (part.output or (part.reading and not part.reading.missing))
    ]
    if asked:
        parts = [part for part, why in zip(parts, reasons, strict=True) if not why]
    parts = [Part(part.pieces) if poorly_read(part, parts) else part for part in parts]
    parts = without_its_rest([as_wish(part, parts, told) for part in parts], context)
    if asked:
        parts = [part for part in parts if not does_without(part)]
    pointed = points_at_nothing(parts, context)
    missing = Missing("clip") if pointed else None
    wishes = [part for at, part in enumerate(parts) if part.output and at not in pointed]
    for at, part in enumerate(parts):
        if at in pointed:
            continue
        if part.reading is None:
            if not part.output:
                unheard += _said(part.pieces)
            continue
        unheard += [piece.text for piece in part.reading.left]
        gap = left_vague(part, context) or part.reading.missing
        if gap is not None:
            missing = missing or gap
            continue
        if part.reading.op == "nothing":
            continue
        into = outputs if part.reading.op in OUTPUT_OPS else edits
        into += [{"op": part.reading.op, "params": params} for params in part.reading.commands]
    if wishes:
        said = output_commands(wishes, plain, context)
        unheard += [phrase for wish in said for phrase in wish.unheard]
        missing = missing or next((wish.missing for wish in said if wish.missing is not None), None)
        outputs = [wish.command for wish in said if wish.command is not None] + outputs
    if wishes and any(part.reading is not None and part.reading.op == "export" and mere_output(part) for part in parts):
        outputs = [one for one in outputs if one != {"op": "export", "params": {}}]
    outputs = one_file(outputs, parts)
    made = put_together([*edits, *outputs])
    commands = of_clips_there(made, context)
    if len(commands) < len(made):
        missing = missing or Missing("clip")
    if context.jobs and any(_calls_off(part) for part in parts) and all(one["op"] != "cancel" for one in commands):
        commands.insert(0, {"op": "cancel", "params": {}})
    if missing is not None:
        commands.append({"op": "clarify", "params": {"about": missing.about}})
    return Interpretation(tuple(commands), missing, tuple(unheard), language)


def _calls_off(part: Part) -> bool:
    """ "Cancel that render, …" beside other wishes; "a black end, kill it" calls no render off."""
    return (
        part.reading is not None and part.reading.op == "cancel" and any(p.has("rendering", "JOB") for p in part.pieces)
    )


def _nothing_understood(parts: list[Part], found: Interpretation, context: Context) -> Interpretation:
    """Talk of other things is declined; talk of a video of which nothing was understood is asked about."""
    if any(part.reading is not None and part.reading.op == "nothing" for part in parts):
        return found
    said = [piece for part in parts for piece in part.pieces]
    if (asked := of_which_is_asked(said, context)) is not None:
        return _asks(asked, found)
    if (reason := of_the_picture(said)) is not None:
        return _declined(reason, found.language, found.unheard)
    if of_other_things(said) and not _is_short_turn(said, context):
        return _declined("not_video", found.language, found.unheard)
    return _asks(noun_alone(said, context), found)


def _asks(missing: Missing, found: Interpretation) -> Interpretation:
    clarify = {"op": "clarify", "params": {"about": missing.about}}
    return Interpretation((clarify,), missing, found.unheard, found.language)


def _instead(found: Interpretation, parts: list[Part], plain: str, context: Context) -> Interpretation | None:
    """A refusal of what only asks something of strangers, or a question about what an order leaves open."""
    pieces = [piece for part in parts for piece in part.pieces]
    if _all_strange(found, parts) and wants_to_know(plain, pieces):
        return _declined("not_video", found.language)
    asked = _left_of_order(parts, context)
    return None if asked is None else _asks(asked, found)


def _left_of_order(parts: list[Part], context: Context) -> Missing | None:
    """What is open in that of a single order which was not understood: "zoom in on it at 30:00", of a minute."""
    reading = parts[0].reading if len(parts) == 1 else None
    if reading is None or not reading.left or (reading.op in REQUESTS and reading.op != "upload"):
        return None
    return of_which_is_asked(parts[0].pieces, context, reading.left)


def _all_strange(found: Interpretation, parts: list[Part]) -> bool:
    """Is nothing understood, or of one order among at least two words that nobody knows?"""
    left = [piece for part in parts if part.reading is not None for piece in part.reading.left]
    strange = sum(piece.means <= {"unknown"} for piece in left)
    asks = all(one["op"] == "clarify" for one in found.commands)
    return bool(found.unheard) and (asks or (len(parts) == 1 and strange >= 2))


_SHORT_TURN = 5  # characters


def _is_short_turn(said: list[Piece], context: Context) -> bool:
    """A few Chinese characters behind another turn are more likely of it than of the weather."""
    text = "".join(piece.text for piece in said if not piece.has("mark"))
    asks = any(piece.has("question") for piece in said) or text.endswith(tuple(texts("asks_at_end")))
    return bool(context.last_ops) and len(text) <= _SHORT_TURN and not text.isascii() and not asks


def _completes_last(found: Interpretation, changed: list[Command], context: Context, pieces: list[Piece]) -> bool:
    """ "but 240 wide" after a GIF is said of the GIF, not of a video's width."""
    last = context.last_ops[-1] if context.last_ops else {}
    op = last.get("op")
    short = len(content_of(pieces)) <= 5
    if not short or not changed or changed[0]["op"] != op:
        return False
    if op in OUTPUT_OPS and [one["op"] for one in found.commands] == ["compress"]:
        return not any(piece.has("out:compress", "shrink_to") for piece in pieces)
    repeatable = op in OUTPUT_OPS or op in ("transition", "reframe", "add_music", "fade")
    same = repeatable and [one["op"] for one in found.commands] == [op]
    return same and not found.missing


def _said(pieces: list[Piece]) -> list[str]:
    content = content_of(pieces)
    return [" ".join(piece.text for piece in content)] if content else []


def question_of(found: Interpretation, context: Context) -> Question | None:
    """What to ask back, where something is missing."""
    return None if found.missing is None else question(found.missing, context, found.language)


def as_json(found: Interpretation, context: Context) -> Mapping[str, Any]:
    """The line that `slimreel understand` writes."""
    line: dict[str, Any] = {"ops": list(found.commands)}
    asked = question_of(found, context)
    if asked is not None:
        line["question"] = asked.text
        if asked.options:
            line["options"] = list(asked.options)
    if found.unheard:
        line["unheard"] = list(found.unheard)
    return line
