"""Knows whole sentences that are said to the session: is it done, let me have it, what can you do.

They go before all else, and only where nothing else is said. The patterns are in data/words/routes.en.toml.
"""

from __future__ import annotations

import re
from functools import cache

from slimreel.agent.normalize import lower
from slimreel.agent.together import Command
from slimreel.data.tables import route_table

_LONGEST = 120  # characters; a longer sentence says more than where to go


def routed(plain: str) -> Command | None:
    """The command of a sentence that is wholly for the session, or None. Named groups of its pattern are parameters."""
    if len(plain) > _LONGEST:
        return None
    before, behind, routes = _patterns()
    said = re.sub(r"[?!.,…]+(?= |$)", "", lower(plain)).strip()
    said = behind.sub("", before.sub("", said))
    for route, patterns in routes:
        match = next((match for one in patterns if (match := one.fullmatch(said))), None)
        if match is not None:
            op, _, scope = route.partition("_")
            return {"op": op, "params": {**({"scope": scope} if scope else {}), **match.groupdict()}}
    return None


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str], tuple[tuple[str, tuple[re.Pattern[str], ...]], ...]]:
    """What is said before a sentence and behind it, and the sentences by where they go."""
    table = route_table()
    classes = table["classes"]

    def whole(pattern: str) -> re.Pattern[str]:
        for _ in range(2):  # a class may name another
            pattern = re.sub(r"(?<!P)<([a-z]+)>", lambda match: classes[match[1]], pattern)
        return re.compile(pattern)

    around = table["around"]
    return (
        re.compile(rf"^(?:(?:{around['before']}) ){{0,5}}"),
        re.compile(rf"(?: (?:{around['behind']})){{0,4}}$"),
        tuple((route, tuple(whole(one) for one in rows)) for route, rows in table["routes"].items()),
    )
