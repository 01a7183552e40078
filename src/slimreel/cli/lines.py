"""What people read on stdout: one line a file, and under it the reasons as sentences. Widths are not aligned."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slimreel.agent.reply import label, say, spoken
from slimreel.cli.terminal import plain
from slimreel.core.units import format_bitrate, format_size

if TYPE_CHECKING:
    from pathlib import Path

    from slimreel.workbench.result import Result

# What is promised of a rate or a size, for clips of five seconds or more and for shorter ones. A size that is used
# up less was left so on purpose: more bits would not show.
_PERCENT, _SHORT_PERCENT, _SHORT_S = 1.0, 3.0, 5.0


def of_result(result: Result, source: Path, output: Path, language: str) -> str:
    """`clip.mov → clip-slim.mp4  80.1 MB → 24.9 MB (31 %)  H.264 1920x1080  8 Mbps  target met (−0.4 %)`"""
    share = 100 * result.bytes / max(1, result.source_bytes)
    parts = [
        f"{plain(str(source))} → {plain(_shown(output, source))}",
        f"{format_size(result.source_bytes)} → {format_size(result.bytes)} ({share:.0f} %)",
        f"{spoken(result.codec)} {result.width}x{result.height}",
        format_bitrate(result.video_bitrate_bps),
        _verdict(result, language),
    ]
    return "  ".join(part for part in parts if part)


def of_reasons(result: Result, language: str) -> list[str]:
    """Each reason as a sentence of its own line."""
    return [f"  {plain(say(reason, language))}" for reason in result.reasons]


def _shown(output: Path, source: Path) -> str:
    return output.name if output.parent == source.parent else str(output)


def _verdict(result: Result, language: str) -> str:
    if result.error_percent is None:
        return label(f"line_{result.strategy}", language)
    error = f"{result.error_percent:+.1f} %".replace("-", "−")
    allowed = _PERCENT if result.duration_s >= _SHORT_S else _SHORT_PERCENT
    if result.target is not None and result.target["kind"] == "size":
        missed, below = result.error_percent > 0, result.error_percent < -allowed
    else:
        missed, below = abs(result.error_percent) > allowed, False
    return label("line_missed" if missed else "line_below" if below else "line_met", language, error=error)
