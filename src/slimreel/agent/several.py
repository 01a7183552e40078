"""Finds out which of a session's timelines a request is for: one that it names, each that is new, or all as one film.

Knows timelines by keys that are handed in, and no database.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from slimreel.agent.context import Context, context_of
from slimreel.agent.normalize import normalize
from slimreel.data.tables import label_table
from slimreel.edit.draft import Draft
from slimreel.edit.facts import Facts
from slimreel.edit.registry import operations

Commands = Sequence[Mapping[str, Any]]
# Operations between clips: they make one film of several timelines.
_JOINING = frozenset({"concat", "transition", "reorder"})
_BETWEEN = ":"


@dataclass(frozen=True, slots=True)
class Timelines:
    """The timelines of a session by their keys, in the order they came, and which are meant where none is named."""

    drafts: Mapping[str, Draft]
    meant: tuple[str, ...]

    @property
    def are_one(self) -> bool:
        return len(self.drafts) <= 1


@dataclass(frozen=True, slots=True)
class Share:
    """What a request asks of one timeline. Before it, the clips of `joined` are put behind its own."""

    key: str
    commands: tuple[Mapping[str, Any], ...]
    joined: tuple[str, ...] = ()


def wide_context(timelines: Timelines, facts: Facts, last_ops: Commands) -> Context:
    """The session with the clips of all timelines, each by a name that no two share."""
    found = context_of(next(iter(timelines.drafts.values())), facts, last_ops)
    clips = tuple(
        replace(clip, id=f"{key}{_BETWEEN}{clip.id}")
        for key, draft in timelines.drafts.items()
        for clip in context_of(draft, facts).clips
    )
    elements = tuple(one for key in timelines.meant for one in context_of(timelines.drafts[key], facts).elements)
    return replace(found, clips=clips, elements=elements)


def is_wide(commands: Commands, timelines: Timelines) -> bool:
    """Does a request read in the wide context speak of more than the timelines that are meant anyway?"""
    return bool(_named(commands, timelines)) or any(command["op"] in _JOINING for command in commands)


def is_for_each(commands: Commands) -> bool:
    """Is all that is asked a wish for the files that come out, which each timeline can have by itself?"""
    kinds = [operations().get(str(command["op"])) for command in commands]
    return all(kind is not None and kind.stage in ("goal", "output", "history") for kind in kinds)


def shares(commands: Commands, timelines: Timelines) -> list[Share]:
    """Who gets what of a request that was read in the wide context."""
    named = _named(commands, timelines)
    if any(command["op"] in _JOINING for command in commands):
        return [_joined(commands, named if len(named) > 1 else list(timelines.drafts), timelines)]
    found: dict[str, list[Mapping[str, Any]]] = {}
    for command in commands:
        for key in _named([command], timelines) or named or list(timelines.meant):
            found.setdefault(key, []).append(_narrowed(command, key, timelines.drafts[key]))
    return [Share(key, tuple(found[key])) for key in timelines.drafts if key in found]


def all_as_one(commands: Commands, timelines: Timelines, keys: Sequence[str]) -> Share:
    """The request for one film of these timelines, put together first."""
    return _joined(commands, list(keys), timelines)


def scope_said(text: str, timelines: Timelines, facts: Facts) -> tuple[str, ...] | Literal["joined"] | None:
    """What an answer to "each by itself, or all as one?" says: keys, or joined. None where it says neither."""
    plain = f" {normalize(text)} "
    for language in ("en", "zh"):
        words = label_table(language)
        if any(_says(plain, word) for word in words["answer_joined"].split("|")):
            return "joined"
        if any(_says(plain, word) for word in words["answer_each"].split("|")):
            return timelines.meant
    wide = wide_context(timelines, facts, ())
    found = wide.clip_named(text.strip())
    return (found.id.partition(_BETWEEN)[0],) if found else None


def _says(plain: str, word: str) -> bool:
    return f" {word} " in plain if word.isascii() else word in plain


def _joined(commands: Commands, keys: Sequence[str], timelines: Timelines) -> Share:
    """The first timeline gets the clips of the others behind its own, under the ids that joining will give them."""
    first = timelines.drafts[keys[0]]
    names = {f"{keys[0]}{_BETWEEN}{clip.id}": clip.id for clip in first.clips}
    number = first.next_id.get("c", 1)
    for key in keys[1:]:
        assets = dict.fromkeys(clip.asset for clip in timelines.drafts[key].clips)
        for place, _ in enumerate(assets):
            clip = timelines.drafts[key].clips[min(place, len(timelines.drafts[key].clips) - 1)]
            names[f"{key}{_BETWEEN}{clip.id}"] = f"c{number}"
            number += 1
    kept = [command for command in commands if command["op"] != "concat" or _has_order(command)]
    return Share(keys[0], tuple(_renamed(command, names) for command in kept), tuple(keys[1:]))


def _has_order(command: Mapping[str, Any]) -> bool:
    """Does joining name the clips in an order that has to be kept?"""
    return isinstance(command["params"].get("clips"), list)


def _named(commands: Commands, timelines: Timelines) -> list[str]:
    """The timelines whose clips the commands name, each once, in the order they came."""
    ids = {
        text.partition(_BETWEEN)[0] for command in commands for text in _texts(command["params"]) if _BETWEEN in text
    }
    return [key for key in timelines.drafts if key in ids]


def _narrowed(command: Mapping[str, Any], key: str, draft: Draft) -> Mapping[str, Any]:
    """The command as this timeline knows it. A wish for its only clip is a wish for the whole."""
    names = {f"{key}{_BETWEEN}{clip.id}": clip.id for clip in draft.clips}
    own = _renamed(command, names)
    kind = operations().get(str(command["op"]))
    if kind is not None and kind.stage in ("goal", "output") and len(draft.clips) == 1:
        return {**own, "params": {name: value for name, value in own["params"].items() if name != "clip"}}
    return own


def _renamed(command: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    return {"op": command["op"], "params": {name: _swap(value, names) for name, value in command["params"].items()}}


def _swap(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return names.get(value, value)
    if isinstance(value, list | tuple):
        return [_swap(one, names) for one in value]
    if isinstance(value, Mapping):
        return {name: _swap(one, names) for name, one in value.items()}
    return value


def _texts(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _texts(one)
