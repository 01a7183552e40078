"""One pass over an opened file: every packet is counted and a few pictures are decoded; neither is kept.

It must not know what the numbers are for.
"""

from __future__ import annotations

import struct
from fractions import Fraction
from typing import Any

import av

from slimreel.engine.child.continuity import Continuity
from slimreel.engine.child.layout import Layout
from slimreel.engine.child.opening import packets_of
from slimreel.engine.child.packets import Rhythm, Tally
from slimreel.engine.child.samples import Sampler

MAX_PRIMING = 4  # packets at the head of a sound stream that can hold its encoder's delay


class Reading:
    """What the pass over `container` found; `samplers` has the pictures that may be decoded, covers aside."""

    def __init__(
        self,
        container: Any,
        file_bytes: int,
        decoders: frozenset[str],
        options: dict[str, str],
        layout: Layout,
    ) -> None:
        self.container = container
        self.layout = layout
        self.damage = list(layout.damage)
        self.tallies: dict[int, Tally] = {}
        self.samplers: dict[int, Sampler] = {}
        self.skips: dict[int, int] = {}  # samples of sound that are decoded and never heard
        for stream in container.streams:
            is_video = stream.type == "video"
            rate = stream.guessed_rate if is_video else None
            timebase = stream.time_base or Fraction(1, 1000)
            context = stream.codec_context
            pixels = context.width * context.height if is_video and context is not None else 0
            self.tallies[stream.index] = Tally(timebase, is_video=is_video, nominal_rate=rate, pixels=pixels)
            may_decode = context is not None and (not decoders or context.codec.name in decoders)
            if is_video and may_decode and not is_cover(stream):
                self.samplers[stream.index] = Sampler(stream, file_bytes, options)
        self._read_packets()

    def _read_packets(self) -> None:
        clock = Continuity(self.container)
        try:
            for packet in packets_of(self.container):
                if clock.jumps:
                    clock.mend(packet)
                index = packet.stream_index
                tally = self.tallies[index]
                tally.add(packet)
                if tally.packets <= MAX_PRIMING and not packet.is_discard and packet.has_sidedata("skip_samples"):
                    skipped = struct.unpack("<I", bytes(packet.get_sidedata("skip_samples"))[:4])[0]
                    self.skips[index] = self.skips.get(index, 0) + skipped
                sampler = self.samplers.get(index)
                if sampler is not None:
                    sampler.offer(packet)
        except (av.FFmpegError, OSError) as error:
            self.damage.append(f"reading stopped at an error ({error.strerror or error})")
        for tally in self.tallies.values():
            tally.finish()
        for sampler in self.samplers.values():
            sampler.finish()

    def span(self, index: int) -> tuple[float, float]:
        """(start, duration) of a stream's presentation, seconds."""
        tally = self.tallies[index]
        line = tally.timeline
        if line.first is None or line.last is None:
            return 0.0, 0.0
        end = line.end
        if end is None:  # the last one has no duration of its own
            end = line.last + (Rhythm(line, tally.timebase, None).median_ticks or 0)
        presented_s = self.layout.presented_s.get(index)
        if tally.is_video and presented_s is not None:
            # With B-frames a packet's duration is of decoding; a picture that stands at the end shows only here.
            told, rounding = round(presented_s / tally.timebase), Fraction(1, 1000) / tally.timebase
            end = max(end, told) if told - line.last <= line.longest + rounding else end
        return float(line.first * tally.timebase), float((end - line.first) * tally.timebase)


def is_cover(stream: Any) -> bool:
    return bool(stream.disposition & (av.stream.Disposition.attached_pic | av.stream.Disposition.timed_thumbnails))
