"""What a run of `bench.rate` keeps: every measurement, as it stands in rate.json."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from bench.scores import Score
from bench.stopwatch import Usage
from slimreel.core.records import facts_of


@dataclass(slots=True, kw_only=True)
class Run:
    """One execution of one method. `error_percent` is of the video rate, signed; `digest` names the pictures."""

    usage: Usage
    error_percent: float
    width: int
    height: int
    digest: str


@dataclass(slots=True, kw_only=True)
class MethodRuns:
    """All repeats of one method on one clip. `failure` says why there are none."""

    runs: list[Run] = field(default_factory=list)
    failure: str | None = None

    def cpu_s(self) -> list[float]:
        return [run.usage.cpu_s for run in self.runs]

    def wall_s(self) -> list[float]:
        return [run.usage.wall_s for run in self.runs]

    def peak_bytes(self) -> float:
        return median(run.usage.peak_bytes for run in self.runs)

    def error_percent(self) -> float:
        """Of the repeat in the middle, by how far it is off."""
        return sorted((run.error_percent for run in self.runs), key=abs)[len(self.runs) // 2]


@dataclass(slots=True, kw_only=True)
class ClipRuns:
    """One clip: its source, the rate asked, and what each method made of it."""

    name: str
    width: int
    height: int
    frames: int
    duration_s: float
    source_bps: float
    kbps: int
    methods: dict[str, MethodRuns] = field(default_factory=dict)
    scores: dict[str, Score] = field(default_factory=dict)  # by the digest of the pictures

    def done(self, key: str) -> MethodRuns | None:
        """The method's repeats, where it has any."""
        found = self.methods.get(key)
        return found if found and found.runs else None

    def score(self, key: str) -> Score | None:
        """Of the first repeat; encoders that thread differently each time have more than one."""
        found = self.done(key)
        return self.scores.get(found.runs[0].digest) if found else None

    def lowered(self, key: str = "slimreel") -> bool:
        """Whether the method made the picture smaller than the source's."""
        found = self.done(key)
        return found is not None and found.runs[0].width * found.runs[0].height < self.width * self.height


@dataclass(slots=True, kw_only=True)
class RateResults:
    """A whole run. `notes` are sentences that a reader of the numbers should know."""

    date: str
    machine: list[str]
    load_at_start: float
    repeats: int
    notes: list[str] = field(default_factory=list)
    clips: list[ClipRuns] = field(default_factory=list)

    def write(self, path: Path) -> None:
        """Replace the file as a whole, so that an interrupted run leaves the last whole state."""
        part = path.with_name(path.name + ".part")
        part.write_text(json.dumps(facts_of(self), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        part.replace(path)
