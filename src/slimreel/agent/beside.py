"""What is said to the session before or behind what is said of the video: "do i have to top up, and make it pop".

Takes whole clauses off the ends of a request; what is left is somebody else's to read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from slimreel.agent.literals import take_literals
from slimreel.agent.normalize import normalize
from slimreel.agent.pieces import cut
from slimreel.agent.routing import routed
from slimreel.agent.together import Command

_LONGEST = 300  # characters
_MOST_ENDS = 6
_ENDS = re.compile(
    r"[?!,;…~、。，！？；]+|\.(?=\s|$)|\b(?:and then|and also|and|then|also)\b|顺便|然后|接着|并且|另外",
    re.IGNORECASE,
)
# Beside a wish it asks for that and for no list of what can be done.
_POLITE = re.compile(r"what can (?:you|be|u) (?:do|done) (?:for|about|here)", re.IGNORECASE)
_QUOTES = re.compile('["“”「」『』《》]')


@dataclass(frozen=True, slots=True)
class Beside:
    """Commands of the session said before and behind `text`, which is the rest of a request."""

    before: list[Command]
    text: str
    behind: list[Command]


Read = Callable[[str], "list[Command] | None"]


def beside(text: str, read: Read) -> Iterator[Beside]:
    """The ways to take clauses for the session off a request: its first ones, then its last. A quote is never cut.
    `read` gives what a clause asks for where all of it is understood, and None where it is not."""
    ends = list(_ENDS.finditer(text)) if len(text) <= _LONGEST else []
    ends = [end for end in ends if len(_QUOTES.findall(text[: end.start()])) % 2 == 0]
    for end in ends[:_MOST_ENDS]:
        commands = _for_session(text[: end.start()], read)
        if commands:
            yield Beside(commands, text[end.end() :], [])
    for end in reversed(ends[-_MOST_ENDS:]):
        commands = _for_session(text[end.end() :], read)
        if commands:
            yield Beside([], text[: end.start()], commands)


# What is asked of the session in so many ways that whole sentences do not list them.
_ASKED = frozenset("help credits upload".split())


def _for_session(clause: str, read: Read) -> list[Command] | None:
    if not clause.strip() or _QUOTES.search(clause) or _POLITE.search(clause):
        return None
    taken = take_literals(clause)
    plain = normalize(taken.text, taken.marks)
    found = routed(normalize(taken.text))
    if found is not None or not any(piece.has(*_ASKED, "URL") for piece in cut(plain, taken.marks)):
        return found
    asked = read(clause)
    return asked if asked and all(one["op"] in _ASKED for one in asked) else None
