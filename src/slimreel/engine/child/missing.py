"""Compares what a header promises with what was counted; every finding is a sentence.

It must not flag a file that is merely unusual: no length at all, fragments, edit lists, a few lost times.
"""

from __future__ import annotations

import av

from slimreel.engine.child.reading import Reading, is_cover

# Whose header promises a length, for each stream or for the whole file; elsewhere FFmpeg estimates it.
PROMISE_PER_STREAM = frozenset({"mov", "avi"})
PROMISE_PER_FILE = frozenset({"matroska", "flv", "mxf"})
_WORDS = {"video": "picture", "audio": "sound"}


def findings(reading: Reading, demuxer: str) -> list[str]:
    """What is missing from the streams."""
    found: list[str] = []
    ends = []
    for stream in reading.container.streams:
        tally = reading.tallies[stream.index]
        if not tally.packets or is_cover(stream):
            continue
        start, duration = reading.span(stream.index)
        ends.append(start + duration)
        if stream.type not in ("video", "audio"):
            continue
        if tally.corrupt and demuxer != "mpegts":  # a recording of a broadcast starts in the middle of one
            cut = "a piece" if tally.corrupt == 1 else f"{tally.corrupt} pieces"
            found.append(f"{cut} of its {_WORDS[stream.type]} {'is' if tally.corrupt == 1 else 'are'} cut off")
        if demuxer in PROMISE_PER_STREAM and stream.duration:
            found += _shorter(float(stream.duration * tally.timebase), duration, f"its {_WORDS[stream.type]}")
    if demuxer in PROMISE_PER_FILE and reading.container.duration and ends:
        start = (reading.container.start_time or 0) / av.time_base
        found += _shorter(reading.container.duration / av.time_base, max(ends) - start, "it")
    return found


def _shorter(promised_s: float, found_s: float, what: str) -> list[str]:
    # Half a second and 2 %: headers are rounded, and a track may end with a picture that stands.
    if promised_s - found_s <= max(0.5, promised_s * 0.02):
        return []
    return [f"{what} should last {promised_s:.1f} s, and {max(found_s, 0):.1f} s are there"]
