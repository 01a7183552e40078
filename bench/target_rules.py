"""The rules of the acceptance table: given what was asked and what came out, was the promise kept?

Pure, and independent of slimreel's own tolerances: the numbers here are those of the requirement.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Kind = Literal["rate", "size"]
Verdict = Literal["met", "transparent", "copied", "refused", "missed", "failed"]

LONG_S, SHORT_S = 5.0, 1.0
RATE_ERROR, RATE_ERROR_SHORT = 0.01, 0.03
SIZE_USED, SIZE_USED_SHORT = 0.99, 0.97
# A copied stream may be this much above the rate asked before encoding it again would be worth its loss.
COPY_SLACK = 1.02

# What slimreel says when it left bits unused on purpose.
_TRANSPARENT = ("transparent", "never_larger", "source_is_smaller_rate", "same_bits")


@dataclass(frozen=True, slots=True)
class Asked:
    """A rate in bit/s of the video stream, or a size in bytes of the whole file."""

    kind: Kind
    amount: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one run gave; bytes and seconds as counted by us, `reasons` and `strategy` as slimreel said.

    `smallest` is what a refusal named, in the unit of what was asked.
    """

    exit_code: int | None
    error_code: str | None = None
    message: str = ""
    smallest: int | None = None
    strategy: str = ""
    reasons: Sequence[str] = ()
    file_bytes: int = 0
    video_bytes: int = 0
    duration_s: float = 0.0
    frames: int = 0

    @property
    def rate_bps(self) -> float:
        return self.video_bytes * 8 / self.duration_s if self.duration_s else 0.0


def judge(asked: Asked, clip_s: float, outcome: Outcome) -> tuple[Verdict, str]:
    """The verdict and its numbers in words. `clip_s` is the source's length."""
    if outcome.exit_code == 5:
        if outcome.smallest is None:
            return "failed", "refused without naming what works"
        return "refused", f"smallest named: {outcome.smallest}"
    if outcome.exit_code != 0:
        how = "took too long" if outcome.exit_code is None else f"exit code {outcome.exit_code}"
        return "failed", f"{how}, {outcome.error_code or 'no error code'}: {outcome.message}".strip(": ")
    if asked.kind == "size":
        return _judge_size(asked.amount, clip_s, outcome)
    return _judge_rate(asked.amount, clip_s, outcome)


def _judge_size(limit: int, clip_s: float, outcome: Outcome) -> tuple[Verdict, str]:
    used = outcome.file_bytes / limit
    words = f"{100 * used:.2f} % used"
    if outcome.file_bytes > limit:
        return "missed", f"{words}, {outcome.file_bytes - limit} bytes above"
    if outcome.strategy in ("copy", "remux"):
        return "copied", f"{outcome.strategy}, {words}"
    if used >= (SIZE_USED if clip_s >= LONG_S else SIZE_USED_SHORT):
        return "met", words
    reason = _left_unused(outcome)
    return ("transparent", f"{words}: {reason}") if reason else ("missed", words)


def _judge_rate(rate_bps: int, clip_s: float, outcome: Outcome) -> tuple[Verdict, str]:
    error = outcome.rate_bps / rate_bps - 1
    words = f"{100 * error:+.2f} %"
    if outcome.strategy in ("copy", "remux"):
        return ("copied" if 1 + error <= COPY_SLACK else "missed"), f"{outcome.strategy}, {words}"
    one_frame = 1 / max(outcome.frames, 1)
    if clip_s < SHORT_S:
        # No rate control can be asked of so little: encoded by quality, and not above the bytes of the rate.
        return ("met" if error <= max(RATE_ERROR_SHORT, one_frame) else "missed"), f"by quality, {words}"
    allowed = RATE_ERROR if clip_s >= LONG_S else max(RATE_ERROR_SHORT, one_frame)
    if abs(error) <= allowed:
        return "met", words
    reason = _left_unused(outcome)
    return ("transparent", f"{words}: {reason}") if reason and error < 0 else ("missed", words)


def _left_unused(outcome: Outcome) -> str | None:
    return next((reason for reason in outcome.reasons if reason in _TRANSPARENT), None)


def works(named: Asked, clip_s: float, outcome: Outcome) -> tuple[bool, str]:
    """Whether an encode at what a refusal named works: it is made and is not above. Bits left unused are no harm."""
    verdict, words = judge(named, clip_s, outcome)
    above = outcome.file_bytes > named.amount if named.kind == "size" else outcome.rate_bps > named.amount
    return verdict in ("met", "transparent", "copied") or (verdict == "missed" and not above), f"{verdict}: {words}"
