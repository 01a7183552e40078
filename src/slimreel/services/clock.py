"""What time it is, so that tests can say it. Moments are UTC."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def now() -> datetime:
    return datetime.now(UTC)


def epoch_ms(moment: datetime) -> int:
    """Milliseconds since 1970, as the protocol writes times of renders."""
    return round(moment.timestamp() * 1000)


def iso(moment: datetime) -> str:
    """As the protocol writes other times: 2026-11-29T10:00:00Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
