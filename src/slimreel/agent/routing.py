"""Knows whole sentences that are said to the session: is it done, let me have it, what can you do.

They go before all else, one or several of them, and only where nothing else is said but asides. The patterns are in
data/words/routes.*.toml.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from slimreel.agent.normalize import lower
from slimreel.agent.together import Command
from slimreel.data.tables import route_table

_LONGEST = 120  # characters; a longer sentence says more than where to go
_MOST_CLAUSES = 5
_NOTHING: Command = {"op": "nothing", "params": {}}
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_MARKS = re.compile(r"[?!.,;:…~、。-]+(?= |$)")
# Where a clause ends in Chinese: at a mark, and at a space between Chinese characters, which stands for a comma.
_CHINESE_ENDS = re.compile(r"[?!,;…~、。]+|\.(?![0-9a-z])|(?<=[\u4e00-\u9fff]) +(?=[\u4e00-\u9fff])")
# What joins two clauses without a mark. Only where both go somewhere: "how many credits and minutes" is one.
_JOINTS = re.compile(r"\b(?:and then|and also|and|then|also|plus|after that|afterwards)\b")
_CHINESE_JOINTS = re.compile("顺便|然后|接着|并且|另外|还有|以及|同时|再|并|和")


@dataclass(frozen=True, slots=True)
class _Routes:
    """What is said before a clause and behind it, what of that is thanks, clauses by where they go, and those that go
    nowhere."""

    before: re.Pattern[str]
    behind: re.Pattern[str]
    thanks: re.Pattern[str]
    routes: tuple[tuple[str, tuple[re.Pattern[str], ...]], ...]
    asides: tuple[re.Pattern[str], ...]
    joints: re.Pattern[str]

    def way_of(self, clause: str) -> Command | None:
        """Where a clause goes. It may need what looks like said around it ("好了没" has 好了)."""
        short = self.before.sub("", clause)
        for said in dict.fromkeys((self.behind.sub("", short), self.behind.sub("", clause), short)):
            for route, patterns in self.routes:
                match = next((match for one in patterns if (match := one.fullmatch(said))), None)
                if match is not None:
                    op, _, scope = route.partition("_")
                    named = {name: value for name, value in match.groupdict().items() if value}
                    return {"op": op, "params": {**({"scope": scope} if scope else {}), **named}}
        return None

    def is_polite(self, clause: str) -> bool:
        """Is nothing said but a greeting or thanks?"""
        short = self.behind.sub("", f" {clause}" if clause.isascii() else clause)
        return self.thanks.search(clause) is not None and not self.before.sub("", f"{short.strip()} ").strip()

    def is_aside(self, clause: str) -> bool:
        short = self.behind.sub("", self.before.sub("", f"{clause} ").strip())
        if not short or self.is_polite(clause):
            return True
        return any(one.fullmatch(said) for one in self.asides for said in (clause, short))


def routed(plain: str) -> list[Command] | None:
    """The commands of a sentence that is wholly for the session, in the order said, or None where it is not. None of
    them are left where it asks for nothing. Named groups of a pattern are parameters."""
    if len(plain) > _LONGEST:
        return None
    small = lower(plain).strip()
    if _CHINESE.search(small):
        found = _ways([clause.replace(" ", "") for clause in _CHINESE_ENDS.split(small)], _table("zh"))
    else:
        english = _table("en")
        whole = english.way_of(_MARKS.sub("", small).strip())
        found = [whole] if whole else _ways([clause.strip() for clause in _MARKS.split(small)], english)
    return None if found is None else [way for way in found if way != _NOTHING]


def _ways(clauses: Iterable[str], table: _Routes) -> list[Command] | None:
    """Where the clauses go that are no asides; None where one is neither."""
    said = [clause for clause in clauses if clause]
    if len(said) > _MOST_CLAUSES:
        return None
    found: list[Command] = []
    for clause in said:
        way = table.way_of(clause)
        joined = [] if way or table.is_aside(clause) else [one.strip() for one in table.joints.split(clause)]
        ways = [way] if way else [table.way_of(one) for one in joined if one]
        if (joined and len(ways) < 2) or (joined and None in ways):
            return None
        for one in ways:
            found += [one] if one is not None and one not in found else []
    if not found and any(map(table.is_polite, said)):
        return [_NOTHING]
    return found or None


@cache
def _table(language: str) -> _Routes:
    table = route_table(language)
    classes = table["classes"]

    def whole(pattern: str) -> re.Pattern[str]:
        for _ in range(3):  # a class may name another
            pattern = re.sub(r"(?<!P)<([a-z]+)>", lambda match: classes[match[1]], pattern)
        return re.compile(pattern)

    around, space = table["around"], "" if language == "zh" else " "
    return _Routes(
        re.compile(rf"^(?:(?:{around['before']}){space}){{0,5}}"),
        re.compile(rf"(?:{space}(?:{around['behind']})){{0,4}}$"),
        re.compile(around["thanks"]),
        tuple((route, tuple(whole(one) for one in rows)) for route, rows in table["routes"].items()),
        tuple(whole(one) for one in table["asides"]["patterns"]),
        _CHINESE_JOINTS if language == "zh" else _JOINTS,
    )
