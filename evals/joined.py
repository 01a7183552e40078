"""Joins two requests of a set to one sentence, as somebody who wants two things says them, and counts what is lost.

By chance with a fixed seed for every request, so that a new one moves no other. How a sentence is read is handed in.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from evals.frames import frame_of, same_frame
from evals.metrics import ASKING, Joined
from evals.requests import Command, Commands, Request
from evals.scoring import Answered, Reader, answer_all
from slimreel.agent.context import Context
from slimreel.agent.together import OUTPUT_OPS, put_together

SEED = 11
MOST = 1500
_TRIES = 8  # partners that are tried for a request in one round
_ROUNDS = 4  # how often a small set goes round
_JOINTS = {"en": (", ", " and ", " then "), "zh": ("，", "，然后")}
_ENDS = " .,!?;。，！？；"
_OF_ALL = frozenset({"reset"})  # undoes what is asked for beside it
_FILE = OUTPUT_OPS | {"compress"}


def read_joined(reader: Reader, answers: Sequence[Answered], most: int = MOST) -> list[Answered]:
    """What became of the joined requests of a set."""
    return answer_all(reader, joined_requests(reader, answers, most))


def counted(answers: Iterable[Answered]) -> Joined:
    """How many pairs were right, how many named what was not understood, and how many lost something unsaid."""
    found = list(answers)
    return Joined(
        pairs=len(found),
        right=sum(one.outcome.state for one in found),
        named=sum(one.outcome.named and not one.outcome.state for one in found),
        dropped=sum(map(is_dropped, found)),
    )


def is_dropped(one: Answered) -> bool:
    """Was less done than any right answer does, and not a word said of it?"""
    if one.outcome.state or one.outcome.named or one.found is None:
        return False
    return len(one.found.commands) < min(len(wanted) for wanted in one.request.answers)


def joined_requests(reader: Reader, answers: Sequence[Answered], most: int = MOST) -> list[Request]:
    """Pairs of requests that are understood when read alone, each pair with the commands of both."""
    clear = [one.request for one in answers if _is_clear(one)]
    groups: dict[str, list[Request]] = {}
    for one in clear:
        groups.setdefault(repr(one.context), []).append(one)
    anywhere = groups.get(repr(Context()), [])
    found: dict[str, Request] = {}
    for number in range(_ROUNDS):
        for first in sorted(clear, key=lambda one: random.Random(f"{SEED}:{number}:{one.id}").random()):
            if len(found) >= most:
                return list(found.values())
            chance = random.Random(f"{SEED}:{number}:{first.id}:with")
            near = groups[repr(first.context)]
            others = clear if first.context == Context() else [*near, *anywhere] if len(near) > 2 else near or anywhere
            pair = next(_pairs(reader, first, others, chance), None)
            if pair is not None:
                found.setdefault(pair.id, pair)
    return list(found.values())


def _pairs(reader: Reader, first: Request, others: Sequence[Request], chance: random.Random) -> Iterator[Request]:
    for _ in range(_TRIES):
        second = chance.choice(others)
        if _go_together(first, second) and _alone_too(reader, first, second):
            yield _joined(first, second, chance)


def _is_clear(one: Answered) -> bool:
    """Understood exactly, and an answer without a question?"""
    asks = any(command["op"] in ASKING for command in one.request.ops)
    return one.outcome.exact and one.outcome.applied and not one.outcome.named and not asks


def _go_together(first: Request, second: Request) -> bool:
    """Can both be wanted at once? Of the same operation twice, one would replace the other; what follows up the last
    turn follows up something else when it stands second."""
    ops = [{command["op"] for command in one.ops} for one in (first, second)]
    apart = not ops[0] & ops[1] and not (ops[0] | ops[1]) & _OF_ALL
    languages = {first.lang, second.lang}
    return apart and second.category != "followup" and languages != {"en", "zh"} and "undo" not in ops[1]


def _alone_too(reader: Reader, first: Request, second: Request) -> bool:
    """Is what has no context understood alike in that of the other?"""
    if first.context == second.context:
        return True
    bare, told = (first, second) if first.context == Context() else (second, first)
    if bare.context != Context():
        return False
    found = reader(bare.text, told.context)
    same = same_frame(frame_of(found.commands, told.context), frame_of(bare.ops, told.context))
    return same and not found.unheard and found.missing is None


def _joined(first: Request, second: Request, chance: random.Random) -> Request:
    joint = chance.choice(_JOINTS["zh" if "zh" in (first.lang, second.lang) else "en"])
    context = second.context if first.context == Context() else first.context
    both = [(*one, *other) for one in first.answers for other in second.answers]
    return replace(
        first,
        id=f"{first.id}+{second.id}",
        lang="zh" if "zh" in (first.lang, second.lang) else first.lang,
        category="multi",
        context=context,
        text=f"{first.text.rstrip(_ENDS)}{joint}{second.text.lstrip()}",
        ops=both[0],
        accept=(*both[1:], *(other for one in both for other in _said_otherwise(one))),
    )


def _said_otherwise(ops: Commands) -> Iterator[Commands]:
    """The same commands with those for the file behind the rest, put together, and without sound as an edit."""
    last = tuple(sorted(ops, key=lambda one: one["op"] in _FILE))
    yield last
    yield tuple(put_together([{"op": one["op"], "params": dict(one["params"])} for one in last]))
    if any(one["params"].get("audio") == "mute" for one in ops):
        apart = [part for one in ops for part in _without_sound(one)]
        yield tuple(sorted(apart, key=lambda one: one["op"] in _FILE))


def _without_sound(command: Command) -> list[Command]:
    if command["op"] != "compress" or command["params"].get("audio") != "mute":
        return [command]
    rest = {name: value for name, value in command["params"].items() if name != "audio"}
    return [{"op": "mute", "params": {}}, {"op": "compress", "params": rest}]
