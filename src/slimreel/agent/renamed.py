"""Finds what the title of the last turn is to say instead, where it stands without quotation marks.

"Change it to OPEN ALL WEEK". Works on the text before it is normalized, and knows no pieces.
"""

from __future__ import annotations

import re

from slimreel.agent.context import Context
from slimreel.agent.fill.elements import last_target
from slimreel.agent.literals import Literal, Taken
from slimreel.agent.normalize import lower
from slimreel.agent.span import Span
from slimreel.agent.titles import is_known_capital, says_how
from slimreel.agent.words import word_at

_LED = re.compile(
    r"^\W*(?:(?:please|pls|plz|ok|okay|hm+|oh|actually|no|sorry|can you|could you|now)[,.]? ){0,3}"
    r"(?:(?:change|switch|set|update|turn|correct|edit|rename) (?:(?:it|that|this|(?:the|my) (?:text|title|caption))"
    r"(?: instead)? )?(?:to|into)(?: (?:say|read))?|"
    r"make (?:it|that|this|the (?:text|title|caption))(?: (?:say|read))?|"
    r"(?:it|that|this) (?:should|must|has to|needs to|ought to) (?:say|read|be)|"
    r"i (?:want|need) it to (?:say|read|be)):? ",
    re.IGNORECASE,
)
_CAPPED = re.compile(r"[A-Z0-9][\w'’&!?-]{0,30}(?: (?:[A-Z0-9][\w'’&!?-]{0,30}|&|-)){1,9}")
_REST = re.compile(r"[\s.!,]*(?:(?:please|pls|plz|instead|thanks|thx|ty)[\s.!,]*){0,2}$", re.IGNORECASE)
_LONGEST = 160  # characters


def take_renamed(taken: Taken, context: Context) -> Taken:
    """The literals with the new words of the title that was last spoken of. Nothing is taken beside a quoted text."""
    if len(taken.text) > _LONGEST or any(one.kind == "QUOTE" for one in taken.marks.values()):
        return taken
    led = _LED.match(taken.text)
    said = None if led is None else _CAPPED.match(taken.text, led.end())
    if said is None or not _REST.match(taken.text, said.end()) or not _is_wording(said[0]) or not _of_title(context):
        return taken
    mark = taken.mark(Literal("QUOTE", said[0]))
    taken.text = f"{taken.text[: said.start()]}{mark}{taken.text[said.end() :]}"
    return taken


def _is_wording(said: str) -> bool:
    """No format ("MP4"), no look ("BIG AND RED"), and not in words of editing alone."""
    formats = any(is_known_capital(word) for word in said.split())
    return not formats and not says_how(said) and _is_partly_strange(lower(said))


def _is_partly_strange(small: str) -> bool:
    """Is there a word in it that is none of editing, be it alone or with those beside it ("slow motion")?"""
    at = 0
    while at < len(small):
        found = word_at(small, at)
        if found is None and small[at].isalpha():
            return True
        at = at + 1 if found is None else found[1]
    return False


def _of_title(context: Context) -> bool:
    last = last_target(Span([], context, "")) if context.last_ops else None
    return last is not None and any(one.id == last for one in context.of_type("text"))
