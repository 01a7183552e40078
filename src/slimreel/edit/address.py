"""Finds what `update` and `nudge` speak of: a target, and a parameter of something that stands on it.

    saturation_pct          where only one thing there has it
    color.saturation_pct    of the operation that made it
    fade.out.duration_s     of one of several that it made; zoom.2.factor by number

`all` is the whole timeline with every clip. What a clip has not is looked for on the timeline.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from slimreel.edit.adding import Adding
from slimreel.edit.draft import AnySegment, Draft
from slimreel.edit.facts import Facts
from slimreel.edit.log import EditCommand
from slimreel.edit.operation import params_schema
from slimreel.edit.registry import operations, read_operation
from slimreel.edit.schema import values_in_words
from slimreel.edit.standing import Lasting, Standing
from slimreel.edit.targets import find_element
from slimreel.errors import BadParameter


def owners_of(draft: Draft, target: str) -> tuple[AnySegment | None, ...]:
    """The segments that a target means; None among them is the whole timeline. Raises NoSuchElement."""
    if target.strip().lower() == "all":
        return (None, *draft.clips)
    return find_element(draft, target)[:1]


def standings_of(draft: Draft, facts: Facts, owner: AnySegment | None) -> Iterator[Standing]:
    """All that stands on a segment or on the timeline, what made the segment first."""
    kinds = [kind for kind in operations().values() if issubclass(kind, Lasting)]
    for kind in sorted(kinds, key=lambda kind: not issubclass(kind, Adding)):
        yield from kind.standings(draft, facts, owner)


def find(draft: Draft, facts: Facts, op: str, target: str, address: str) -> tuple[str, tuple[Standing, ...]]:
    """The name of the parameter, and what it is a parameter of. Raises BadParameter, NoSuchElement.

    Several are found only where they are of one operation and hold the same value, such as the fades at both ends,
    or where the target is `all`.
    """
    owners = owners_of(draft, target)
    there = [list(standings_of(draft, facts, owner)) for owner in owners]
    if owners[0] in draft.clips and not _match(there[0], address):
        there.append(list(standings_of(draft, facts, None)))
    found: list[tuple[str, Standing]] = []
    for standings in there:
        matching = _match(standings, address)
        whole = [one for one in matching if not one[1].number]
        seen = {one.key for _, one in found}
        found += [one for one in whole or matching if one[1].key not in seen]
    if not found:
        raise BadParameter(op=op, field=address[:80], why=_known(target, there[0], there[-1]))
    kinds, places = {one.kind for _, one in found}, {one.owner for _, one in found}
    if len(kinds) > 1 or len({(one.owner, str(one.params.get(name))) for name, one in found}) > len(places):
        raise BadParameter(op=op, field=address[:80], why=f"say which: {_listed(found)}")
    return found[0][0], tuple(one for _, one in found)


def set_params(draft: Draft, facts: Facts, standing: Standing, new: dict[str, Any]) -> Draft:
    """The draft with other parameters of what stands there, checked as those of its operation are."""
    if all(name in standing.params and standing.params[name] == value for name, value in new.items()):
        return draft
    kind = standing.kind
    said = {name: value for name, value in kind.merged(standing.params, new).items() if value is not None}
    said |= {name: value for name, value in new.items() if value is None}
    operation = read_operation(EditCommand(op=kind.op, params=said))
    return operation.anew(standing, draft, facts) if isinstance(operation, Lasting) else draft


def again(draft: Draft, facts: Facts, standing: Standing) -> Standing | None:
    """What stands where this stood, after a change."""
    owner = next((one for one in draft.segments() if one.id == standing.owner), None)
    return next((one for one in standing.kind.standings(draft, facts, owner) if one.key == standing.key), None)


def _match(standings: Sequence[Standing], address: str) -> list[tuple[str, Standing]]:
    """Each with the parameter's own name. What made the element goes before what was done to it."""
    *words, name = address.split(".")
    meant = [one for one in standings if set(words) <= {one.kind.op, *one.words, str(one.number)}]
    exact = [(name, one) for one in meant if name in one.names]
    found = exact or [(one.kind.said_as[name], one) for one in meant if name in one.kind.said_as]
    return [one for one in found if issubclass(one[1].kind, Adding)] or found


def _known(target: str, own: Sequence[Standing], others: Sequence[Standing]) -> str:
    """What could be set instead, with the values that each takes."""
    told = [
        f"{_called(one, name)} ({values_in_words(params_schema(one.kind)['properties'][name])})"
        for one in (own if own is others else [*own, *others])
        for name in one.names
    ]
    return f"there is no such parameter of {target}; there are: {', '.join(told) or '-'}"


def _called(standing: Standing, name: str) -> str:
    return name if issubclass(standing.kind, Adding) else f"{standing.address}.{name}"


def _listed(found: Sequence[tuple[str, Standing]]) -> str:
    return ", ".join(f"{one.address}.{name} ({_short(one.params.get(name))})" for name, one in found)


def _short(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
