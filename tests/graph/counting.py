"""Counts what comes out of a graph without running it: frames and samples by its trims, joins and overlaps."""

from __future__ import annotations

from fractions import Fraction

from slimreel.core.filters import Filter
from slimreel.graph.model import Filtergraph

ENDLESS = 10**9


def length_of(graph: Filtergraph, rate: Fraction = Fraction(1)) -> int:
    """Frames of a picture graph of this rate, or samples of a sound graph.

    Each pad has to be made once and used once, and be made before it is used.
    """
    known: dict[str, int] = {}
    for step in graph.steps:
        lengths = [known.pop(pad) if ":" not in pad else ENDLESS for pad in step.takes]
        for filter_ in step.chain.filters:
            lengths = [_after(filter_, lengths, rate)]
        for pad in step.gives:
            assert pad not in known, pad
            known[pad] = lengths[0]
    assert list(known) == [graph.out], known
    return known[graph.out]


def _after(filter_: Filter, lengths: list[int], rate: Fraction) -> int:
    options = filter_.options
    first = lengths[0] if lengths else ENDLESS
    match filter_.name:
        case "trim":
            return min(first, int(options["end_frame"]))
        case "atrim" if "end_sample" in options:
            return min(first, int(options["end_sample"])) - int(options.get("start_sample", 0))
        case "apad" | "tpad":
            return max(first, int(options.get("whole_len", ENDLESS)))
        case "concat":
            assert len(lengths) == options["n"] and max(lengths) < ENDLESS, "joined before it was counted"
            return sum(lengths)
        case "xfade":
            overlap, offset = (Fraction(str(options[name])) * rate for name in ("duration", "offset"))
            assert abs(offset + overlap - first) < Fraction(1, 100), "the transition does not end with its first clip"
            return round(sum(lengths) - overlap)
        case "acrossfade":
            return sum(lengths) - int(options["nb_samples"])
        case "amix":
            return max(lengths)
        case _:
            return first
