"""Tells how many bytes of one picture stream are shown in each second, by the times of its packets.

Nothing is decoded. It must not know what the numbers are for.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import av

from slimreel.engine.child.continuity import Continuity
from slimreel.engine.child.layout import Layout
from slimreel.engine.child.opening import opened

MAX_SECONDS = 48 * 3600  # of a curve; what a broken file says lies later goes to its end
ROUNDING_S = 0.0005  # containers that count milliseconds tell 0.9996 s as 0.999 s


def run(request: dict[str, Any]) -> dict[str, Any]:
    """{"fd", "demuxer", "decoders", "index", "start_s"} → {"bytes": those of each second from start_s on}."""
    av.logging.set_level(None)
    container = opened(request["fd"], request["demuxer"], request["decoders"], Layout())
    stream = container.streams[request["index"]]
    timebase, rate = stream.time_base or Fraction(1, 1000), stream.guessed_rate or Fraction(25)
    clock = Continuity(container)
    seconds: list[int] = []
    count = 0
    try:
        for packet in container.demux(stream):
            if packet.size == 0:
                continue  # PyAV's sign for the end
            clock.mend(packet)
            time = packet.pts if packet.pts is not None else packet.dts
            # Raw streams have no times at all: their pictures come one after the other.
            time_s = float(time * timebase) - request["start_s"] if time is not None else count / float(rate)
            second = min(max(0, int(time_s + ROUNDING_S)), MAX_SECONDS - 1)
            seconds += [0] * (second + 1 - len(seconds))
            seconds[second] += packet.size
            count += 1
    except (av.FFmpegError, OSError, IndexError):
        pass  # what is damaged has been told by the probe
    return {"bytes": seconds}
