"""One pass over an opened file, or over its index: every packet is counted and a few pictures decoded; none is kept.

It must not know what the numbers are for.
"""

from __future__ import annotations

import os
import struct
from fractions import Fraction
from itertools import compress
from typing import Any

import av

from slimreel.engine.child import headers
from slimreel.engine.child.continuity import Continuity
from slimreel.engine.child.indexed import Indexed
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
        indexed: Indexed | None = None,
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
        try:
            if indexed is None:
                self._read_packets()
            else:
                self._take(indexed)
        except (av.FFmpegError, OSError) as error:
            self.damage.append(f"reading stopped at an error ({error.strerror or error})")
        for tally in self.tallies.values():
            tally.finish()
        for sampler in self.samplers.values():
            sampler.finish()

    def _read_packets(self) -> None:
        clock = Continuity(self.container)
        for packet in packets_of(self.container):
            if clock.jumps:
                clock.mend(packet)
            index = packet.stream_index
            tally = self.tallies[index]
            tally.add(packet)
            if tally.packets <= MAX_PRIMING:
                self._skip(packet)
            sampler = self.samplers.get(index)
            if sampler is not None:
                sampler.offer(packet)

    def _take(self, indexed: Indexed) -> None:
        """What an index tells; of the packets only those that a sampler looks at are read."""
        seen = dict.fromkeys(indexed.columns, 0)
        for packet in indexed.head:
            seen[packet.stream_index] += 1
            if seen[packet.stream_index] <= MAX_PRIMING:
                self._skip(packet)
        for index, told in indexed.columns.items():
            self.tallies[index].add_all(told)
            if index in self.samplers:
                for number in compress(range(len(told)), told.places.keys):
                    self._offer(self.samplers[index], indexed, index, number)

    def _offer(self, sampler: Sampler, indexed: Indexed, index: int, number: int) -> None:
        """Lets a sampler look at a keyframe if it is one for it, and at what it needs after that."""
        told = indexed.columns[index]
        at, size = told.places.at[number], told.places.sizes[number]
        if not sampler.wants(os.pread(indexed.fd, min(size, headers.HEAD_BYTES), at), at):
            return
        self.container.seek(told.dts[number], stream=self.container.streams[index], backward=True)
        is_there = False
        for packet in packets_of(self.container):
            is_there = is_there or (packet.stream_index == index and packet.pos == at)
            if is_there and packet.stream_index == index:
                sampler.offer(packet)
                if not sampler.is_waiting:
                    return

    def _skip(self, packet: Any) -> None:
        """Adds the samples that a packet at the head says are not heard."""
        if not packet.is_discard and packet.has_sidedata("skip_samples"):
            skipped = struct.unpack("<I", bytes(packet.get_sidedata("skip_samples"))[:4])[0]
            self.skips[packet.stream_index] = self.skips.get(packet.stream_index, 0) + skipped

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
