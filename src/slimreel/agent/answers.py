"""Reads a message as the answer to the question before it, where it is one: the request and its answer together.

What was asked is handed in; nothing is remembered here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from slimreel.agent.context import Context
from slimreel.agent.interpretation import Interpretation
from slimreel.agent.reader import Read

_ASIDE = re.compile(r"\s*[(\uff08][^()\uff08\uff09]{1,20}[)\uff09]")  # "megabytes (MB)", as our own options have it


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request of which something was missing, and what: `text`, `range`, `unit`, … as in agent.span.Missing."""

    text: str
    about: str


def read_answer(text: str, asked: Asked | None, context: Context, read: Read) -> Interpretation:
    """What the message asks for: by itself where that is clear, else together with what it was asked about."""
    alone = read(text, context)
    if asked is None or (_is_clear(alone) and not _is_bare_wish(alone, asked)):
        return alone
    answer = _quoted(text) if asked.about == "text" else _ASIDE.sub("", text)
    both = read(f"{asked.text} {answer}", context)
    return both if _is_clear(both) else alone


def _quoted(text: str) -> str:
    return text if set(text) & set("\"“”'「」") else f'"{text.strip()}"'


def _is_clear(found: Interpretation) -> bool:
    ops = {command["op"] for command in found.commands}
    return bool(ops) and found.missing is None and not found.unheard and not ops & {"out_of_scope", "clarify"}


def _is_bare_wish(found: Interpretation, asked: Asked) -> bool:
    """ "25 MB" is a wish by itself, but after "compress it to 25" it is that wish's unit; "0:05-0:12" is a range."""
    return asked.about in ("unit", "range") and len(found.commands) == 1
