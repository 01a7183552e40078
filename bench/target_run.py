"""Runs slimreel on one clip for one target and reads what came out, from its JSON and, independently, from the file."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from bench.clips import Clip
from bench.methods import slimreel_command
from bench.stopwatch import Finished, run
from bench.streams import NoVideo, Weight, weigh
from bench.target_records import Named, Row
from bench.target_rules import Asked, Kind, Outcome, judge, works
from slimreel.data.tables import message_table

SHARES: tuple[tuple[Kind, float], ...] = (("rate", 0.5), ("size", 0.1), ("size", 0.25), ("size", 0.5))
# By how much slimreel's own numbers may differ from ours before it is noted.
_RATE_AGREES = 0.005


@dataclass(frozen=True, slots=True)
class Manner:
    """How every row is made. `container` is the suffix of the output."""

    codec: str
    speed: str
    container: str
    timeout_s: float
    made_by: str


def make_row(clip: Clip, source: Weight, kind: Kind, share: float, manner: Manner, tried: Mapping[int, Named]) -> Row:
    """Ask for one target, judge what came out, and try what a refusal names, unless it was `tried` for this clip."""
    whole = source.bitrate_bps if kind == "rate" else source.file_bytes
    asked = Asked(kind, max(1, int(whole * share)))
    outcome, made, done = _attempt(clip, asked, manner)
    verdict, detail = judge(asked, source.duration_s, outcome)
    row = Row(
        clip=clip.name, clip_s=source.duration_s, source_bytes=source.file_bytes, source_bps=source.bitrate_bps,
        kind=kind, share=share, amount=asked.amount, verdict=verdict, detail=detail,
        hostile=outcome.error_code == "hostile_input", strategy=outcome.strategy, reasons=list(outcome.reasons),
        file_bytes=outcome.file_bytes, video_bytes=outcome.video_bytes,
        cpu_s=round(done.usage.cpu_s, 2), wall_s=round(done.usage.wall_s, 2), made_by=manner.made_by,
    )  # fmt: skip
    if made is not None:
        row.width, row.height = made.width, made.height
        row.notes = _disagreements(source, made, _said(done.stdout))
    if outcome.smallest is not None:
        row.named = tried.get(outcome.smallest) or _try(clip, source, Asked(kind, outcome.smallest), manner)
    return row


def _try(clip: Clip, source: Weight, named: Asked, manner: Manner) -> Named:
    again, _, _ = _attempt(clip, named, manner)
    good, words = works(named, source.duration_s, again)
    return Named(amount=named.amount, works=good, detail=words)


def _attempt(clip: Clip, asked: Asked, manner: Manner) -> tuple[Outcome, Weight | None, Finished]:
    with tempfile.TemporaryDirectory(prefix="bench-target-") as place:
        out = Path(place, f"out.{manner.container}")
        target = ["--bitrate", f"{asked.amount}bps"] if asked.kind == "rate" else ["--size", f"{asked.amount}B"]
        argv = slimreel_command(clip, out, *target, "--codec", manner.codec, "--speed", manner.speed)
        done = run(argv, Path(place), manner.timeout_s)
        try:
            made = weigh(out) if done.exit_code == 0 else None
        except (NoVideo, OSError) as error:
            return Outcome(1, "unreadable_result", str(error)), None, done
        left = sorted(path.name for path in Path(place).iterdir() if path != out)
    outcome = read_outcome(done.exit_code, _said(done.stdout), done.stderr, made, asked.kind)
    if left:
        return Outcome(1, "left_behind", ", ".join(left)), made, done
    return outcome, made, done


def read_outcome(exit_code: int | None, said: dict[str, Any], stderr: str, made: Weight | None, kind: Kind) -> Outcome:
    """What a run gave, from its JSON object and the file as we weighed it."""
    error = said.get("error", {})
    key = "smallest_bps" if kind == "rate" else "smallest_bytes"
    smallest = error.get(key)
    return Outcome(
        exit_code=exit_code,
        error_code=error.get("code"),
        message=error.get("message") or (" ".join(stderr.split())[-300:] if exit_code else ""),
        smallest=int(smallest) if smallest is not None else None,
        strategy=said.get("strategy", ""),
        reasons=reason_ids(said.get("reasons", [])),
        file_bytes=made.file_bytes if made else 0,
        video_bytes=made.video_bytes if made else 0,
        duration_s=made.duration_s if made else 0.0,
        frames=made.frames if made else 0,
    )


def reason_ids(reasons: Sequence[str | dict[str, Any]]) -> tuple[str, ...]:
    """Message ids, found again from the English sentences that people get."""
    return tuple(reason["id"] if isinstance(reason, dict) else _id_of(reason) for reason in reasons)


def _id_of(sentence: str) -> str:
    return next((name for name, pattern in _sentences() if pattern.fullmatch(sentence)), sentence)


@cache
def _sentences() -> list[tuple[str, re.Pattern[str]]]:
    found = []
    for name, template in message_table("en").items():
        parts = [re.escape(part) for part in re.split(r"\{\w+\}", template)]
        found.append((name, re.compile(".*?".join(parts), re.DOTALL)))
    return found


def _said(stdout: str) -> dict[str, Any]:
    """The last JSON object that was printed."""
    for line in reversed(stdout.splitlines()):
        try:
            found = json.loads(line)
        except ValueError:
            continue
        if isinstance(found, dict):
            return found
    return {}


def _disagreements(source: Weight, made: Weight, said: dict[str, Any]) -> list[str]:
    notes = []
    allowed = max(0.1, 2 * source.duration_s * source.frame_share)
    if abs(made.duration_s - source.duration_s) > allowed:
        notes.append(f"length {source.duration_s:.2f} s became {made.duration_s:.2f} s")
    if said.get("bytes") != made.file_bytes:
        notes.append(f"says {said.get('bytes')} bytes, has {made.file_bytes}")
    rate = said.get("video_bitrate_bps") or 0
    if abs(rate - made.bitrate_bps) > max(2, _RATE_AGREES * made.bitrate_bps):
        notes.append(f"says {rate} bit/s, has {made.bitrate_bps:.0f}")
    return notes
