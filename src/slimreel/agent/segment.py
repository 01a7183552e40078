"""Divides a request into parts, each of which is one operation, so that as much as possible of it is understood.

Tries every division at commas, connectives and verbs and keeps the best; what an operation is, is asked elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from slimreel.agent.context import Context
from slimreel.agent.fill.elements import ELEMENT_OPS, last_target
from slimreel.agent.orders import ORDERS, begins_clause, is_gap, makes_more, undoes_first
from slimreel.agent.pieces import Piece, content_of
from slimreel.agent.reading import FREE, OPERATION_COST, Reading, element_meanings, read_part
from slimreel.agent.span import Span, weight
from slimreel.agent.words import texts

_VERBS = frozenset(
    """
    remove cutting trimming keep adding moving merging splitting rotate flip mute speedup slowdown reverse loop
    freeze zoomin zoomout stabilize sharpen normalize denoise fade fadein fadeout crop blurregion export preview
    undo redo reset cancel status credits upload gif thumbnail extract_audio replace burn writing music text image
    changing neg untouched tighten brightness contrast saturation duck pip subtitles out:compress out:less starting
    stopping ASPECT SIZE LINES TIMES
    """.split()
)
_MOST_CHUNKS = 18
_LONGEST_PART = 9  # chunks
_CROSSED_AND = 0.05  # of two ways alike, what stands before ", and" belongs to what is before it
_CROSSED_JOINT = 0.4  # and what more where an "and" stands between them
_CROSSED_CLAUSE = 1.0  # what it costs to take two orders for one
_CROSSED_UNDO = 1.5  # and what more where the first is undone
_CROSSED_EXPORT = 2.5  # and a file that is asked for, for part of a question
_WEAK_DIVISION = 0.4  # what a division costs that nothing but a verb suggests


@dataclass(slots=True)
class Part:
    """A stretch of pieces and how it was understood. `output` marks wishes for the file that comes out."""

    pieces: list[Piece]
    reading: Reading | None = None
    output: bool = False
    score: float = 0.0


# What is no purpose of anything: words that are read so behind "so" only say what the wish is for.
_NO_PURPOSE = frozenset({"status", "nothing", "help"})


def tells_why(parts: list[Part]) -> list[bool]:
    """Which parts only give a reason: a clause before "so" and one after "because", where another clause asks."""
    before, after = texts("why_before"), texts("why_after")
    found = [_is_off_anyway(part, parts) or _only_describes(part, parts) for part in parts]
    for at, part in enumerate(parts):
        said = [piece.text for piece in part.pieces[:3]]
        if at and said[0] in before and parts[at - 1].output and part.reading and part.reading.op in _NO_PURPOSE:
            found[at] = True  # "under 22 MB, so it goes through"
        elif at and said[0] in before and not _is_order(parts[at - 1]) and not _says_why(said, after):
            found[at - 1] = True
        if at and said[0] in texts("asks_politely") and _describes(parts[at - 1]):
            found[at - 1] = True
        if at and said[0] == "so" and _is_order(parts[at - 1]) and not _is_order(part):
            found[at] = True
        if _says_why(said, after):
            found[at] = True
        if at and _only_cannot_see(part) and _changes_element(parts[at - 1]):
            found[at] = True
        if at and _is_order(part) and _complains(parts[at - 1]):
            found[at - 1] = True
        if at and part.reading and part.reading.op == "undo" and not _is_order(parts[at - 1]):
            # "too yellow, undo"
            found[at - 1] = any(p.has("too_word") or p.text.startswith("too") for p in parts[at - 1].pieces)
    return found


def _is_off_anyway(part: Part, parts: list[Part]) -> bool:
    """ "The sound is just wind. No audio": noise that is not to be heard at all is not to be made less."""
    noise = (
        part.reading is not None and part.reading.op == "denoise_audio" and not any(p.has("CLIP") for p in part.pieces)
    )
    return noise and any(one.reading is not None and (one.reading.op, one.reading.commands) == _MUTED for one in parts)


_MUTED: tuple[str, list[object]] = ("mute", [{}])


def _only_describes(part: Part, parts: list[Part]) -> bool:
    """ "Denoise the picture, the hall was dark and it's all grainy": told in half strange words, and ordered beside."""
    told = part.reading
    return (
        told is not None and bool(told.left) and not _is_order(part) and any(_orders_same(one, told) for one in parts)
    )


def _orders_same(part: Part, told: Reading) -> bool:
    said = part.reading
    return said is not None and not said.left and (said.op, said.commands) == (told.op, told.commands)


def _only_cannot_see(part: Part) -> bool:
    content = content_of(part.pieces)
    return bool(content) and all(piece.text in texts("cannot_see") for piece in content)


def _changes_element(part: Part) -> bool:
    """ "The title is too small, can't read it": who cannot read a title wants no sharper picture."""
    return part.reading is not None and part.reading.op in ("nudge", "update") and not part.reading.missing


def _complains(part: Part) -> bool:
    """ "It's huge, shrink it": the first tells only why."""
    content = content_of(part.pieces)
    ill = all(piece.has("out:toobig", "too_word", "bigger_text", "large_amount") for piece in content)
    return bool(content) and ill and any(piece.has("out:is") for piece in part.pieces)


def _says_why(said: list[str], after: frozenset[str]) -> bool:
    return any(" ".join(said[:count]) in after for count in (1, 2, 3))


def _describes(part: Part) -> bool:
    """Is it a description, or in words that are partly strange ("I held the phone sideways, please …")?"""
    if _is_order(part) or part.reading is None:
        return False
    return bool(part.reading.left) or any(piece.has("out:is") for piece in part.pieces)


def _is_order(part: Part) -> bool:
    """Does it begin with a verb, as what is asked for does?"""
    first = next(
        (piece for piece in part.pieces if not piece.has("mark") and (not piece.is_loose() or piece.has(*_VERBS))), None
    )
    return first is not None and first.has(*_VERBS) and not first.has("out:is")


@dataclass(slots=True)
class Division:
    """The best way found to divide what stands before a place."""

    parts: list[Part] = field(default_factory=list)
    score: float = 0.0


def divide(pieces: list[Piece], text: str, context: Context) -> list[Part]:
    """The parts of a request, in order."""
    bounds = _bounds(pieces)
    weak = [at > 0 and _is_weak(pieces, at) for at in bounds]
    chunks = list(zip(bounds, [*bounds[1:], len(pieces)], strict=True))
    clauses = [_cost_of_crossing(pieces, at) for at in bounds]
    ands = [at > 1 and pieces[at].has("t_and") and pieces[at - 1].has("mark") for at in bounds]
    best: list[Division] = [Division()]
    for end in range(1, len(chunks) + 1):
        found: Division | None = None
        for start in range(max(0, end - _LONGEST_PART), end):
            part = _part(pieces[chunks[start][0] : chunks[end - 1][1]], text, context, pieces[: chunks[start][0]])
            score = best[start].score + part.score - (_WEAK_DIVISION if weak[start] else 0.0)
            score -= sum(clauses[start + 1 : end])
            score -= _CROSSED_AND * sum(ands[start + 1 : end])
            if found is None or score > found.score + 1e-9:
                found = Division([*best[start].parts, part], score)
        assert found is not None
        best.append(found)
    return best[-1].parts


def _cost_of_crossing(pieces: list[Piece], at: int) -> float:
    """What it costs when a part goes on over a bound."""
    cost = _CROSSED_EXPORT if _asks_after_export(pieces, at) else 0.0
    if begins_clause(pieces, at):
        cost += _CROSSED_CLAUSE
        cost += _CROSSED_JOINT if pieces[at].has("t_and") and pieces[at].text.isascii() else 0.0
        cost += _CROSSED_CLAUSE if makes_more(pieces[at:]) else 0.0
        cost += _CROSSED_UNDO if undoes_first(pieces, at) else 0.0
    return cost


def _asks_after_export(pieces: list[Piece], at: int) -> bool:
    """ "…, export, how many credits are left": the order of a clause of its own, and a question behind it."""
    if not at or not (pieces[at - 1].has("mark") or pieces[at].text in texts("connectives")):
        return False
    ends = [i for i in range(at - 1) if pieces[i].has("mark") or pieces[i].text in texts("connectives")]
    clause = pieces[max(ends, default=-1) + 1 : at]
    before = [] if any(piece.has("ask_word", "question") for piece in clause) else content_of(clause)
    end = next((i for i in range(at + 1, len(pieces)) if pieces[i].has("mark")), len(pieces))
    asks = any(piece.has("credits", "status", "done_word") for piece in pieces[at:end])
    return asks and len(before) == 1 and before[0].has("export")


def _is_weak(pieces: list[Piece], at: int) -> bool:
    """Is it only a verb that lets a part begin here?"""
    before, piece = pieces[at - 1], pieces[at]
    if piece.text in texts("connectives") and at + 1 < len(pieces) and before.has("FIRST", "LAST"):
        return pieces[at + 1].has("FIRST", "LAST")  # "drop the first minute & last 20 s"
    return (
        not before.has("mark")
        and piece.text not in texts("connectives")
        and not (piece.start > before.end and not piece.text[:1].isascii())
    )


def _bounds(pieces: list[Piece]) -> list[int]:
    """Where parts may begin."""
    found = [0]
    for at in range(1, len(pieces)):
        before, piece = pieces[at - 1], pieces[at]
        separated = before.has("mark") and before.text not in "-:'\"()" and not _in_order(pieces, at)
        gap = is_gap(before, piece) and not (
            before.has("QUOTE", "FILE") and piece.has("RANGE", "POSITION", "COLOR", "FOR", "AT")
        )
        joined = piece.text in texts("connectives") and not before.has("mark")
        verb = piece.has(*_VERBS) or (piece.has("shrink_to") and _is_of_size(pieces, at + 1))
        if separated or gap or joined or (verb and not before.is_loose()):
            found.append(at)
    while len(found) > _MOST_CHUNKS:
        # Keep those after marks first; a request this long is divided more coarsely.
        droppable = [i for i in range(1, len(found)) if not pieces[found[i] - 1].has("mark")] or list(
            range(1, len(found))
        )
        found.pop(droppable[len(droppable) // 2])
    return found


def _is_of_size(pieces: list[Piece], at: int) -> bool:
    """剪前5秒压到20兆 is two wishes, 加速压到30秒 one."""
    return at < len(pieces) and pieces[at].has("SIZE", "SCALE")


def _in_order(pieces: list[Piece], at: int) -> bool:
    """Within "order: medal, warmup, round 2"?"""
    after = next((piece for piece in pieces[at:] if not piece.is_loose()), None)
    listed = at > 1 and pieces[at - 2].has("CLIP") and after is not None and after.has("CLIP")
    return listed and any(piece.has("order") for piece in pieces[:at])


def _part(pieces: list[Piece], text: str, context: Context, before: list[Piece]) -> Part:
    content = content_of(pieces)
    if not content:
        return Part(pieces, None, score=0.0)
    reading = read_part(pieces, text, context, before)
    if before and (shared := _of_verb_before(pieces, text, context, before)) is not None:
        reading = shared if reading is None or shared.score > reading.score else reading
    wish = None if _compares_elements(pieces, context, before) else output_score(pieces)
    nothing = -2.0 * sum(weight(piece) for piece in content) - 0.5
    best = Part(pieces, None, score=nothing)
    if wish is not None and wish > best.score:
        best = Part(pieces, None, output=True, score=wish)
    if reading is not None and reading.score >= best.score:
        best = Part(pieces, reading, score=reading.score)
    return best


# Verbs that a clause can leave to the one before.
_SHARED = ORDERS | frozenset("speedup slowdown brightness contrast saturation louder quieter warmer cooler".split())


def _of_verb_before(pieces: list[Piece], text: str, context: Context, before: list[Piece]) -> Reading | None:
    """ "Rotate the first one 90, the second 180": what names another clip and no verb is of the verb before."""
    if not any(piece.has("CLIP") for piece in pieces) or any(piece.has(*_SHARED) for piece in pieces):
        return None
    verb = next((piece for piece in reversed(before) if piece.has(*_SHARED) and not piece.is_loose()), None)
    if verb is None or any(
        piece.has("neg", "keep", "untouched", "except") or piece.text == "leave" for piece in pieces
    ):
        return None
    shared = [verb]
    if any(piece.has("again_word", "same") for piece in pieces):  # "rotate beach 90 and market too": the amount as well
        start = max(at for at, piece in enumerate(before) if piece is verb)
        shared = [piece for piece in before[start:] if not piece.has("CLIP", "mark", "clip_noun")]
    reading = read_part([*shared, *pieces], text, context)
    if reading is None or [one for one in reading.left if not one.has("again_word", "same")] or reading.missing:
        return None
    if not all("clip" in params for params in reading.commands):
        return None
    reading.left = []
    reading.score = sum(weight(piece) for piece in content_of(pieces)) - OPERATION_COST
    return reading


def _compares_elements(pieces: list[Piece], context: Context, before: list[Piece]) -> bool:
    """ "… both smaller", after elements were named: no file is to become smaller."""
    if context.last_ops and not _of_file(before) and last_target(Span([], context, "")) is not None:
        of_last = context.last_ops[-1].get("op") in (*ELEMENT_OPS, "update", "nudge")
        if of_last and any(piece.has("it") for piece in pieces) and not _of_file(pieces):
            return any(piece.has("smaller", "bigger") for piece in pieces)  # "it's massive, shrink it"
    several = len(context.elements) > 1 and len(context.clips) < 2 and any(piece.has("both") for piece in pieces)
    named = several or any(piece.means & element_meanings(context) for piece in before)
    pronoun = any(piece.has("both", "it") for piece in pieces)
    return named and pronoun and not _of_file(pieces) and any(piece.has("smaller", "bigger") for piece in pieces)


def _of_file(pieces: list[Piece]) -> bool:
    of_file = OUTPUT_KINDS | {"out:size", "out:compress", "final_word", "PERCENT"}
    return any(piece.means & of_file or piece.text in texts("whole_film") for piece in pieces)


OUTPUT_KINDS = frozenset("SIZE RATE SCALE LINES LINES? FPS FRAME DEPTH".split())
_OUTPUT_WORDS = frozenset(
    """
    out:codec out:encoder out:container out:resolution out:quality out:reencode out:size_ratio out:hdr out:compress
    out:rate out:size out:crf out:vmaf out:preset out:fps out:scale out:smallest out:toobig out:persec out:audio
    out:granted out:persec out:width out:tall out:passes preset_word
    """.split()
)
_OUTPUT_SIDE = frozenset(
    """
    out:good out:sharp out:best out:encode_speed out:under out:keeping out:lose out:visible out:neg out:minimal
    out:less out:bad out:medium out:nothing out:change out:to out:by out:from out:floor out:remove out:instead
    shrink_to out:total out:purpose out:correct out:copying out:fit both CLIP NUMBER PERCENT SHARE out:format out:at
    out:beyond
    """.split()
)


def _is_strong(pieces: list[Piece], at: int) -> bool:
    """Does this piece alone make a part a wish for the output? A platform does only where the video is for it."""
    piece = pieces[at]
    if piece.means & OUTPUT_KINDS:
        return True
    words = piece.means & _OUTPUT_WORDS
    if words == {"out:preset"}:
        near = pieces[max(0, at - 3) : at] + pieces[at + 1 : at + 3]
        content = content_of(pieces)
        return len(content) <= 2 or any(
            one.text in texts("for_platform") or one.has("preset_word", "out:compress", "out:under") for one in near
        )
    return bool(words)


# Words of other operations that take a share or a number as well.
_OF_OTHERS = frozenset(
    """
    music volume voice original_sound slowdown speedup zoomin zoomout opacity brightness contrast saturation
    lut LUTFILE IMAGEFILE SOUNDFILE SUBFILE
    """.split()
)


def _of_size(piece: Piece, pieces: list[Piece]) -> bool:
    """Beside a share: "of the original", "the file smaller"."""
    if piece.has("original_word"):
        return not piece.has("CLIP")
    return piece.has("out:less") and any(one.has("out:subject") for one in pieces)


def output_score(pieces: list[Piece]) -> float | None:
    """How well a part fits a wish for the output; None where nothing in it is one."""
    strong = [p for at, p in enumerate(pieces) if _is_strong(pieces, at)]
    ratio = any(p.has("PERCENT", "SHARE", "TIMES") for p in pieces) and any(
        p.has("out:less", "out:size", "out:toobig", "out:compress", "out:to", "shrink_to", "out:under") for p in pieces
    )
    bare = content_of(pieces)
    if len(bare) <= 2 and bare[-1:] and bare[-1].means == {"NUMBER"} and any(p.has("out:under") for p in pieces):
        return 0.3  # "under 25": of what is asked back
    plain = any(p.has("out:less", "out:toobig") and p.has("out:size", "out:compress", "out:toobig") for p in pieces)
    less = any(p.has("out:less", "smaller") and p.text not in texts("step_back") for p in pieces)
    if not strong and not ratio and not plain and not less:
        return None
    alone = ratio and len(bare) == 2 and not strong and not any(p.has("mark") for p in pieces)
    explained = 1.0 if alone else 0.0  # 缩小30%, and nothing else
    explained += 0.6 if len(bare) == 1 and bare[0].text in texts("shrinks") else 0.0
    left = 0.0
    for piece in pieces:
        if piece.has("mark"):
            continue
        if piece.has("TIMES") and any(p.has("out:less", "out:compress", "out:size") for p in pieces):
            explained += 1.0
        elif (piece.has("small_amount") and any(p.has("out:compress") for p in pieces)) or (
            ratio and _of_size(piece, pieces)
        ):
            explained += 0.8
        elif (piece.has(*_OF_OTHERS) and not piece.has("out:size", "out:compress")) or (
            piece.has("export", "mute", "undo", "redo", "credits") and not piece.means & OUTPUT_KINDS
        ):
            left += 1.0
        elif piece.means & _OUTPUT_WORDS or piece.means & OUTPUT_KINDS:
            explained += 2.0 if piece.means & OUTPUT_KINDS else 1.0
        elif piece.means & _OUTPUT_SIDE or piece.has("smaller"):
            explained += 0.8
        elif piece.is_loose() or piece.means & FREE:
            continue
        else:
            left += weight(piece)
    return explained - 1.5 * left - OPERATION_COST
