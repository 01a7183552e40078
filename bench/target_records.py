"""What a run of `bench.targets` keeps: one row for every target on every clip, as it stands in targets-CODEC.json."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

from bench.target_rules import Asked, Kind, Verdict
from slimreel.core.records import facts_of


@dataclass(slots=True, kw_only=True)
class Named:
    """The encode at what a refusal named as the smallest that works."""

    amount: int
    works: bool
    detail: str


@dataclass(slots=True, kw_only=True)
class Row:
    """One target on one clip. `share` is of the source's video rate or file; bytes and rates were counted by us."""

    clip: str
    clip_s: float
    source_bytes: int
    source_bps: float
    kind: Kind
    share: float
    amount: int
    verdict: Verdict
    detail: str
    notes: list[str] = field(default_factory=list)
    hostile: bool = False
    named: Named | None = None
    strategy: str = ""
    reasons: list[str] = field(default_factory=list)
    file_bytes: int = 0
    video_bytes: int = 0
    width: int = 0
    height: int = 0
    cpu_s: float = 0.0
    wall_s: float = 0.0
    made_by: str = ""

    @property
    def key(self) -> tuple[str, str, float]:
        return self.clip, self.kind, self.share

    @property
    def asked(self) -> Asked:
        return Asked(self.kind, self.amount)

    @property
    def kept(self) -> bool:
        """The promise was kept: hit, rightly left unused, or refused with a number that works."""
        if self.verdict == "refused":
            return self.named is not None and self.named.works
        return self.verdict not in ("missed", "failed")


@dataclass(slots=True, kw_only=True)
class TargetResults:
    """A table for one codec. `unreadable` are clips that could not be weighed, with the reason."""

    codec: str
    speed: str
    date: str
    machine: list[str]
    rows: list[Row] = field(default_factory=list)
    unreadable: dict[str, str] = field(default_factory=dict)

    def write(self, path: Path) -> None:
        """Replace the file as a whole, so that an interrupted run leaves the last whole state."""
        part = path.with_name(path.name + ".part")
        part.write_text(json.dumps(facts_of(self), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        part.replace(path)
