"""What can be asked of a session and not of its draft: where it stands, what is left, a file, a question, a refusal.

Each has a name and flat parameters like an operation on the draft. Knows no words for them, and carries nothing out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

ABOUT = ("range", "clip", "text", "unit", "file", "amount", "aspect")  # what a question can be about
REASONS = ("not_video", "generative", "copyright", "unsafe", "unsupported")  # why something is out of scope
_ANY: tuple[str, ...] = ()  # any text
# Each request with its parameters and their values.
REQUESTS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "status": {"scope": ("timeline", "render")},
    "credits": {},
    "upload": {"url": _ANY},
    "cancel": {"job": _ANY},
    "help": {"topic": _ANY},
    "clarify": {"about": ABOUT},
    "out_of_scope": {"reason": REASONS},
}
TELLS: Mapping[str, str] = {
    "status": "Where the timeline or the render stands.",
    "credits": "What is left of the account.",
    "upload": "Another file is to be added, from an address where one is given.",
    "cancel": "The render is to be stopped.",
    "help": "What can be asked for.",
    "clarify": "Something that is needed was not said; a question about it is asked.",
    "out_of_scope": "Nothing that can be done to a video here.",
}
_MOST_CHARACTERS = 2000


def read_request(op: str, params: Mapping[str, Any]) -> dict[str, str]:
    """The parameters of a request, checked. Raises ValueError with what is wrong; KeyError where there is no such."""
    values = REQUESTS[op]
    for name, value in params.items():
        if name not in values:
            raise ValueError(f"{op}: {name}: there is no such parameter; there are: {', '.join(values) or '-'}")
        if not isinstance(value, str) or not 1 <= len(value) <= _MOST_CHARACTERS:
            raise ValueError(f"{op}: {name}: it must be a text of 1 to {_MOST_CHARACTERS} characters")
        if values[name] and value not in values[name]:
            raise ValueError(f"{op}: {name}: it can be: {', '.join(values[name])}")
    missing = [name for name, allowed in values.items() if allowed and name not in params]
    if missing:
        raise ValueError(f"{op}: {missing[0]}: it has to be given")
    return dict(params)
