"""Reads the examples of the operations and carries them out on made-up facts, without a file or a picture."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any, Literal

from slimreel.core import records
from slimreel.core.timing import SOURCE, TimeRange
from slimreel.edit.begin import begin
from slimreel.edit.command import apply_all
from slimreel.edit.draft import Draft
from slimreel.edit.facts import Asset, Facts, Silence, Transcript
from slimreel.edit.log import EditCommand
from slimreel.edit.operation import Change
from slimreel.errors import EditRefused

View = Literal["frame", "timeline", "sound", "bytes"]
TABLE = Path(__file__).with_name("examples.toml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """What `examples.toml` says of one operation; its head explains the keys."""

    group: str
    en: list[str]
    zh: list[str]
    params: dict[str, Any]
    view: View
    wrong: list[dict[str, Any]]
    turns: list[list[EditCommand]] = field(default_factory=list)
    clips: list[str] = field(default_factory=lambda: ["a1"])
    worn: str = ""
    at_s: float = 0.0
    detail: tuple[float, float, float] | None = None
    layers: int = 1
    true_size: bool = False
    note: str = ""


def _seconds(start: float, end: float) -> TimeRange:
    return TimeRange(SOURCE.ticks(start), SOURCE.ticks(end) - SOURCE.ticks(start))


def _video(asset: str, name: str, seconds: float) -> Asset:
    shape = {"width": 640, "height": 360, "rate": Fraction(25), "has_audio": True}
    return Asset(id=asset, name=name, kind="video", duration=SOURCE.ticks(seconds), **shape)  # type: ignore[arg-type]  # by name


# What scripts/showcase/clips.py makes, as probing describes it; the pictures are refused if it is anything else.
FACTS = Facts(
    assets=(
        _video("a1", "flower.mp4", 5),
        _video("a2", "dusk.mp4", 3),
        Asset(id="a3", name="song.wav", kind="audio", duration=SOURCE.ticks(4), has_audio=True),
        Asset(id="a4", name="logo.png", kind="image", width=200, height=200),
        Asset(id="a5", name="words.srt", kind="subtitles", duration=SOURCE.ticks(4.4)),
        Asset(id="a6", name="film.cube", kind="lut"),
        Asset(id="a7", name="heard.srt", kind="subtitles", duration=SOURCE.ticks(4.4)),
    ),
    silences=(
        Silence(
            asset="a1", threshold_db=-35.0, ranges=(_seconds(0, 0.207), _seconds(0.634, 1.073), _seconds(4.431, 4.827))
        ),
    ),
    transcripts=(Transcript(asset="a1", subtitles="a7", language="en"),),
    has_speech_engine=True,
)


@cache
def examples() -> dict[str, Example]:
    """The examples by operation, in the order in which they are told."""
    table = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    return {op: records.read(Example, values) for op, values in table.items()}


def before(example: Example, facts: Facts = FACTS) -> Draft:
    """The draft that the operation finds."""
    draft = begin(facts, example.clips)
    for turn in example.turns:
        draft, _ = apply_all(draft, turn, facts)
    return draft


def after(op: str, facts: Facts = FACTS) -> tuple[Draft, tuple[Change, ...]]:
    """The draft after the operation, and what it says of itself."""
    example = examples()[op]
    return apply_all(before(example, facts), [EditCommand(op=op, params=example.params)], facts)


def refusals(op: str) -> list[tuple[dict[str, Any], EditRefused]]:
    """What is wrong in each of the wrong examples. Raises ValueError for one that works."""
    found: list[tuple[dict[str, Any], EditRefused]] = []
    for params in examples()[op].wrong:
        try:
            apply_all(before(examples()[op]), [EditCommand(op=op, params=params)], FACTS)
        except EditRefused as error:
            found.append((params, error))
        else:
            raise ValueError(f"{op} takes {params}, which is to be an example of what it refuses")
    return found
