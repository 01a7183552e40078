"""Puts what was foretold or compared into keys for programs and sentences for people. It measures nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from slimreel.agent.reply import label, say, spoken
from slimreel.core.forecast import Estimate
from slimreel.core.records import facts_of
from slimreel.core.units import format_bitrate, format_duration, format_size
from slimreel.workbench.comparison import Comparison
from slimreel.workbench.estimate import Prospect


def of_prospect(found: Prospect, language: str) -> dict[str, Any]:
    """The object of an estimate: each number with its interval."""
    told = {**facts_of(found), "reasons": [say(reason, language) for reason in found.reasons]}
    for name, digits in (("bytes", 0), ("video_bitrate_bps", 0), ("seconds", 1), ("vmaf", 1)):
        if told[name] is not None:
            told[name] = {key: round(number, digits) if digits else round(number) for key, number in told[name].items()}
    return told


def of_comparison(found: Comparison, language: str) -> dict[str, Any]:
    """The object of a comparison."""
    sentence = {"verdict_sentence": label(f"verdict_{found.verdict}", language)}
    return facts_of(found) | sentence | {"notes": [say(note, language) for note in found.notes]}


def prospect_lines(found: Prospect, language: str) -> list[str]:
    """An estimate in words: sizes and picture, then rate, time and quality, each with its interval."""
    picture = f"{spoken(found.codec)} {found.width}x{found.height}"
    told = [
        f"{format_size(found.source_bytes)} → {_spanned(found.bytes, format_size)}  {picture}",
        f"{label('estimate_rate', language)} {_spanned(found.video_bitrate_bps, format_bitrate)}",
        f"{label('estimate_time', language)} {_spanned(found.seconds, format_duration)}",
    ]
    if found.vmaf is not None:
        told.append(f"{label('estimate_quality', language)} {_spanned(found.vmaf, lambda score: f'{score:.0f}')}")
    return told


def _spanned(number: Estimate, written: Callable[[float], str]) -> str:
    """ "24 MB (23 … 25)": one number where the interval says nothing more."""
    low, value, high = written(number.low), written(number.value), written(number.high)
    return value if low == high else f"{value} ({low} … {high})"
