"""A preset: a named goal for one platform, dated and with the source of its numbers.

Knows how a preset fills a goal; how a wish names one, and how it is stored, is known elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Annotated, Literal

from msgspec import Meta

from slimreel.core import records
from slimreel.core.goal import Count, Goal
from slimreel.data.tables import preset_tables
from slimreel.errors import UsageError

Certainty = Literal["stated by the platform", "commonly reported", "unverified"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """What a platform takes, as far as known in the month `checked`, and the goal that fits it.

    `goal.target_size_bytes` can be below `platform_limit_bytes` where files grow on the way (e-mail).
    """

    id: Annotated[str, Meta(pattern="^[a-z0-9_]+$")]
    label: str
    names: Annotated[tuple[str, ...], Meta(min_length=1)]  # how people call it, in any language
    goal: Goal
    platform_limit_bytes: Count | None = None
    checked: Annotated[str, Meta(pattern=r"^\d{4}-\d{2}$")]  # year and month
    certainty: Certainty
    source_title: str
    source_url: str
    note: str


@cache
def all_presets() -> dict[str, Preset]:
    """Every preset by id, in alphabetical order."""
    return {name: records.read(Preset, {**table, "id": name}) for name, table in preset_tables().items()}


def find_preset(name: str) -> Preset:
    """The preset with this id or one of its names; UsageError lists the ids when there is none."""
    wanted = name.strip().lower()
    presets = all_presets()
    for preset in presets.values():
        if wanted in (preset.id, preset.id.replace("_", " "), preset.id.replace("_", "-"), *preset.names):
            return preset
    raise UsageError(detail=f"There is no preset called {name}. The presets are: {', '.join(presets)}.")


def with_preset(goal: Goal, preset: Preset | None = None) -> Goal:
    """The goal with what its preset asks for wherever the person asked for nothing.

    A size or picture that was said wins over the preset's; so "discord, 8 MB" is 8 MB. When the person named
    a rate, a share or a CRF, the preset's size stays as an upper bound beside it.
    """
    if preset is None and goal.preset is None:
        return goal
    preset = preset or find_preset(str(goal.preset))
    given = records.said(goal)
    if {"width_px", "height_px", "resolution", "min_resolution", "keep_resolution"} & set(given):
        given.setdefault("resolution", None)
    if "codec" in given or "container" in given:  # the preset's pair may not go with the one said
        given.setdefault("codec", None)
        given.setdefault("container", None)
    return Goal(**(records.said(preset.goal) | given | {"preset": preset.id}))
