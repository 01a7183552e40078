"""What a run of `bench.timeline` keeps: every measurement, as it stands in timeline.json."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from bench.stopwatch import Usage
from slimreel.core.records import facts_of


@dataclass(slots=True, kw_only=True)
class Instant:
    """One picture of a result beside the one made of the sources for it, as a player shows both.

    `psnr` (dB) and `ssim` are of luma above the title, `hue` the mean difference of chroma in code values. `shift` is
    how many pictures of the source it came late; `weight` is how far a dissolve is on, `wanted_weight` how far it
    should be. `letters` is the share of the lower edge that differs much: where there is a title, its letters.
    """

    frame: int
    psnr: float
    ssim: float
    hue: float
    shift: int
    letters: float
    titled: bool
    weight: float | None = None
    wanted_weight: float | None = None


@dataclass(slots=True, kw_only=True)
class WayRuns:
    """All repeats of one way on one film, and what the first of them made. `failure` says why there are none.

    `encoder` is what x264 wrote of its options into the file; `loudness` LUFS of where only the music is heard.
    """

    usages: list[Usage] = field(default_factory=list)
    failure: str | None = None
    width: int = 0
    height: int = 0
    frames: int = 0
    duration_s: float = 0.0
    file_bytes: int = 0
    encoder: str = ""
    loudness: float | None = None
    instants: list[Instant] = field(default_factory=list)

    def cpu_s(self) -> list[float]:
        return [usage.cpu_s for usage in self.usages]

    def wall_s(self) -> list[float]:
        return [usage.wall_s for usage in self.usages]

    def peak_bytes(self) -> int:
        return max(usage.peak_bytes for usage in self.usages)


@dataclass(slots=True, kw_only=True)
class FilmRuns:
    """One film and what each way made of it. `loudness` is what it should be, LUFS."""

    key: str
    title: str
    width: int
    height: int
    rate: int
    frames: int
    loudness: float | None = None
    ways: dict[str, WayRuns] = field(default_factory=dict)

    def done(self, key: str) -> WayRuns | None:
        """The way's repeats, where it has any."""
        found = self.ways.get(key)
        return found if found and found.usages else None

    def ratio(self, key: str, base: str) -> float | None:
        """CPU of one way over that of another, medians of the repeats."""
        mine, other = self.done(key), self.done(base)
        return median(mine.cpu_s()) / median(other.cpu_s()) if mine and other else None


@dataclass(slots=True, kw_only=True)
class LongRun:
    """A long source in pieces in any order. `tree_bytes` is of all processes at one moment, shared pages counted in
    each, the most of what was seen; `failure` says why there is nothing."""

    minutes: float
    pieces: int
    cpu_s: float = 0.0
    wall_s: float = 0.0
    process_bytes: int = 0
    tree_bytes: int = 0
    failure: str | None = None


@dataclass(slots=True, kw_only=True)
class Emission:
    """How long it takes to make the graph of a timeline of so many elements, CPU milliseconds of each try."""

    elements: int
    inputs: int
    characters: int
    graph_ms: list[float]


@dataclass(slots=True, kw_only=True)
class TimelineResults:
    """A whole run. `notes` are sentences that a reader of the numbers should know."""

    date: str
    machine: list[str]
    load_at_start: float
    repeats: int
    notes: list[str] = field(default_factory=list)
    films: list[FilmRuns] = field(default_factory=list)
    long_run: LongRun | None = None
    emission: Emission | None = None

    def write(self, path: Path) -> None:
        """Replace the file as a whole, so that an interrupted run leaves the last whole state."""
        part = path.with_name(path.name + ".part")
        part.write_text(json.dumps(facts_of(self), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        part.replace(path)
