"""Tells what lies outside: what harms, what is others', what would have to be generated, what slimreel cannot do.

What is not about video lies outside too. The patterns are in data/words/outside.toml.
"""

from __future__ import annotations

import re
from functools import cache

from slimreel.agent.normalize import lower
from slimreel.data.tables import outside_table

# What is refused whatever else is said. The others give way to a request that is understood whole.
PLAINLY = frozenset({"unsafe", "copyright", "generative", "unsupported"})


def out_of_scope(text: str) -> str | None:
    """The reason why a plain text is not for us, or None."""
    small = _JOINT.sub(" ", lower(text))
    return next((reason for reason, patterns in _patterns() if any(one.search(small) for one in patterns)), None)


# Between Latin and Chinese, where a pattern's word ends.
_JOINT = re.compile(r"(?<=[a-z0-9])(?=[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff])(?=[a-z0-9])")


@cache
def _patterns() -> tuple[tuple[str, tuple[re.Pattern[str], ...]], ...]:
    table = outside_table()
    return tuple((reason, tuple(re.compile(one) for one in table[reason]["patterns"])) for reason in table)
