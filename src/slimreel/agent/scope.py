"""Tells what lies outside: what harms, what is others', what would have to be generated, what slimreel cannot do.

What is not about video lies outside too. The patterns are in data/words/outside.toml, their classes of words beside it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from slimreel.agent.normalize import lower
from slimreel.data.tables import outside_classes, outside_table

# What is refused whatever else is said, where its words leave no doubt.
_PLAINLY = frozenset({"unsafe", "copyright", "generative", "unsupported"})


@dataclass(frozen=True, slots=True)
class Outside:
    """Why a request lies outside. One that is not `plainly` outside gives way to commands that explain it whole."""

    reason: str
    plainly: bool


def out_of_scope(text: str) -> Outside | None:
    """Why a plain text is not for us, or None."""
    small = lower(text)
    forms = dict.fromkeys((_JOINT.sub(" ", small), small))  # with and without a gap between the scripts
    found = (
        outside for outside, patterns in _patterns() if any(one.search(form) for one in patterns for form in forms)
    )
    return next(found, None)


# Between Latin and Chinese, where a pattern's word ends.
_JOINT = re.compile(r"(?<=[a-z0-9])(?=[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff])(?=[a-z0-9])")
_CLASS = re.compile(r"<([a-z_]+)>")


@cache
def _patterns() -> tuple[tuple[Outside, tuple[re.Pattern[str], ...]], ...]:
    """The certain patterns of all reasons, then those that leave a doubt."""
    table, classes = outside_table(), outside_classes()

    def whole(pattern: str) -> str:
        known = _CLASS.sub(lambda match: classes[match[1]], pattern)
        return _CLASS.sub(lambda match: classes[match[1]], known)

    certain = [(Outside(reason, True), rows.get("plainly", [])) for reason, rows in table.items()]
    certain += [(Outside(reason, reason in _PLAINLY), rows["patterns"]) for reason, rows in table.items()]
    doubtful = [(Outside(reason, False), rows.get("unless_understood", [])) for reason, rows in table.items()]
    return tuple((one, tuple(re.compile(whole(row)) for row in rows)) for one, rows in [*certain, *doubtful])
