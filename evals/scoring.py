"""Asks a reader of sentences for every request of a set and holds its answers against the labels.

The reader is handed in, so that rules, a model, or both after another are scored by the same code.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from evals.frames import Frame, frame_of, same_frame
from evals.metrics import ASKING, Outcome
from evals.perturb import perturbed
from evals.requests import Commands, Request
from evals.slots import Hits, compare
from evals.states import can_be_applied, same_state
from slimreel.agent.context import Context
from slimreel.agent.interpretation import Interpretation
from slimreel.errors import SlimreelError

Reader = Callable[[str, Context], Interpretation]
# A reader promises to raise nothing. What breaks the promise is counted as a crash instead of ending the run.
_BROKEN = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError, SlimreelError)
_WARM_UP = ("trim to 0:10-0:20 and make it under 10 MB", "剪掉前5秒，压到10兆")


@dataclass(frozen=True, slots=True)
class Answered:
    """A request with what the reader made of it."""

    request: Request
    found: Interpretation | None  # None where it crashed
    outcome: Outcome

    @property
    def frame(self) -> Frame | None:
        return None if self.found is None else frame_of(self.found.commands, self.request.context)


def warm_up(reader: Reader) -> None:
    """Load the words: what a start costs is no part of what a sentence costs."""
    for text in _WARM_UP:
        reader(text, Context())


def answer_all(reader: Reader, requests: Iterable[Request]) -> list[Answered]:
    """The outcome of every request, in order."""
    return [answer(reader, request) for request in requests]


def answer(reader: Reader, request: Request) -> Answered:
    wall, cpu = time.perf_counter_ns(), time.thread_time_ns()
    found = _read(reader, request.text, request.context)
    wall, cpu = time.perf_counter_ns() - wall, time.thread_time_ns() - cpu
    return Answered(request, found, _outcome(request, found, wall / 1e6, cpu / 1e6))


def consistency(reader: Reader, answers: Sequence[Answered]) -> dict[str, Hits]:
    """By kind of change: how many changed requests give the frame that the request gave as it was, and how many
    there are."""
    counts: dict[str, Hits] = {}
    for one in answers:
        for kind, text in perturbed(one.request):
            found = _read(reader, text, one.request.context)
            frame = None if found is None else frame_of(found.commands, one.request.context)
            agrees = frame is not None and one.frame is not None and same_frame(frame, one.frame)
            counts[kind] = counts.get(kind, Hits()) + Hits(int(agrees), 1, 1)
    return counts


def _read(reader: Reader, text: str, context: Context) -> Interpretation | None:
    try:
        return reader(text, context)
    except _BROKEN:
        return None


def _outcome(request: Request, found: Interpretation | None, wall_ms: float, cpu_ms: float) -> Outcome:
    given: Commands = found.commands if found else ()
    frame = frame_of(given, request.context)
    frames = [frame_of(one, request.context) for one in request.answers]
    right = [place for place, one in enumerate(frames) if same_frame(frame, one)] if found else []
    states = right or [
        place for place, one in enumerate(request.answers) if found and same_state(request.context, one, given)
    ]
    # The answer it is held against: the one it gave, else the one it came nearest to.
    nearest = max(range(len(frames)), key=lambda place: (place in states, compare(frame, frames[place]).f1, -place))
    wanted = request.answers[nearest]
    kinds, wanted_kinds = _kinds(given), _kinds(wanted)
    return Outcome(
        id=request.id,
        lang=request.lang,
        category=request.category,
        exact=bool(right),
        state=bool(states),
        by_draft=can_be_applied(request.context, request.ops),
        same_ops=found is not None and kinds == wanted_kinds,
        slots=compare(frame, frames[nearest]),
        asked=_hits("clarify", kinds, wanted_kinds),
        declined=_hits("out_of_scope", kinds, wanted_kinds),
        applied=any(op not in ASKING for op in kinds),
        named=found is not None and _says_more(found, kinds),
        crashed=found is None,
        wall_ms=wall_ms,
        cpu_ms=cpu_ms,
    )


def _says_more(found: Interpretation, kinds: Counter[str]) -> bool:
    """Is a question asked, or something named as not understood or not possible?"""
    return found.missing is not None or bool(found.unheard) or any(op in kinds for op in ASKING)


def _kinds(commands: Commands) -> Counter[str]:
    return Counter(str(one["op"]) for one in commands)


def _hits(op: str, given: Counter[str], wanted: Counter[str]) -> Hits:
    """Whether an answer of this kind was given, and whether one was wanted; how often does not matter."""
    is_given, is_wanted = op in given, op in wanted
    return Hits(int(is_given and is_wanted), int(is_given), int(is_wanted))
