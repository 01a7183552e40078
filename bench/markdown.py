"""Writes Markdown tables and the numbers in them. Pure text."""

from __future__ import annotations

from collections.abc import Sequence

from bench.stats import Interval


def table(head: Sequence[str], rows: Sequence[Sequence[str]], texts: int = 1) -> str:
    """A table whose first `texts` columns are text; the others are numbers, set to the right."""
    rule = ["---" if column < texts else "---:" for column in range(len(head))]
    lines = [head, rule, *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def signed(value: float, digits: int = 2) -> str:
    """ "+0.25", "−1.40", "0.00"."""
    text = f"{abs(value):.{digits}f}"
    if float(text) == 0:
        return text
    return ("+" if value > 0 else "−") + text


def spread(found: Interval, digits: int = 2, *, sign: bool = False) -> str:
    """The median with its interval: "0.85 (0.81 … 0.90)"."""
    low, mid, high = (
        signed(value, digits) if sign else f"{value:.{digits}f}" for value in (found.low, found.median, found.high)
    )
    return f"{mid} ({low} … {high})"


def megabytes(count: float) -> str:
    return f"{count / 1e6:.0f}"
