"""Decodes a few pictures spread over the file while its packets pass by, within a budget of CPU time.

One keyframe at a time is decoded and forgotten, but for the facts in it. It must not know containers.
"""

from __future__ import annotations

import time
from typing import Any

import av

from slimreel.engine.child import headers, picture

SAMPLES = 6  # pictures looked at in a file whose keyframes are cheap
CPU_BUDGET_S = 0.05  # for the samples after the first of a stream; a 4K keyframe takes about 0.03 s
MAX_CHANGES = 8  # keyframes decoded because their sequence header is new, whatever the budget
MAX_FEED = 64  # packets given to a decoder that shows nothing after one keyframe
PATIENCE = 100  # packets without any keyframe after which decoding starts anyhow (intra refresh)
TRIES = 3


class Sampler:
    """Looks at pictures of one stream: `first` is the first frame, `shapes` and `interlaced` are of all."""

    def __init__(self, stream: Any, file_bytes: int, options: dict[str, str]) -> None:
        self.context = stream.codec_context
        self.context.options = dict(options)
        self.codec: str = self.context.codec.canonical_name
        self.first: Any = None
        self.facts: dict[str, Any] = {}
        self.shapes: list[tuple[int, int, str]] = []
        self.interlaced = 0
        self.has_additions = False  # Matroska: the alpha plane of VP8 and VP9 comes beside the block
        self._headers: set[bytes] = set()
        self._step = max(1, file_bytes // SAMPLES)
        self._next_byte = 0
        self._feeding = 0
        self._failures = 0
        self._passed = 0
        self._spent_s = 0.0

    def offer(self, packet: Any) -> None:
        """Decode this packet if it is time for another picture, or if the first is still awaited."""
        self._passed += 1
        is_key = packet.is_keyframe
        is_new = is_key and self._has_new_header(packet)
        if self._feeding:
            self._feed(packet)
        elif self.first is None:
            if (is_key or self._passed > PATIENCE) and self._failures < TRIES:
                self.has_additions = packet.has_sidedata("matroska_block_additional")
                self._decode_alone(packet)
                if self.first is None:
                    self._feeding = MAX_FEED
                    self._feed(packet)
        elif is_new or (is_key and self._spent_s < CPU_BUDGET_S and (packet.pos or 0) >= self._next_byte):
            started = time.process_time()
            self._decode_alone(packet)
            self._spent_s += time.process_time() - started

    @property
    def is_waiting(self) -> bool:
        """Whether the packets that follow are needed to see a picture."""
        return bool(self._feeding)

    def wants(self, head: bytes, at: int) -> bool:
        """Whether a keyframe would be looked at that begins so, at this byte of the file."""
        header = headers.fingerprint(self.codec, head)
        is_new = bool(header) and header not in self._headers and len(self._headers) < MAX_CHANGES
        return self.first is None or is_new or (self._spent_s < CPU_BUDGET_S and at >= self._next_byte)

    def finish(self) -> None:
        if self.first is None and self._feeding:
            self._take(self._decode(None))

    def _has_new_header(self, packet: Any) -> bool:
        header = headers.fingerprint(self.codec, bytes(memoryview(packet)[: headers.HEAD_BYTES]))
        is_new = packet.has_sidedata("new_extradata") or (bool(header) and header not in self._headers)
        if len(self._headers) < MAX_CHANGES:
            self._headers.add(header)
            return is_new
        return False

    def _decode_alone(self, packet: Any) -> None:
        """One picture from one packet: the decoder is emptied before and after."""
        # A decoder throws away the pictures of packets that an edit list discards; a copy has no such mark.
        shown = av.Packet(bytes(packet)) if packet.is_discard else packet
        self._take(self._decode(shown) + self._decode(None))
        self.context.flush_buffers()
        self._next_byte = (packet.pos or 0) + self._step

    def _feed(self, packet: Any) -> None:
        """Pictures that need more than their own packet: fields apart, a first keyframe in name only."""
        self._take(self._decode(packet))
        self._feeding -= 1
        if self.first is not None:
            self._feeding = 0
        elif self._feeding == 0:
            self._failures += 1
        if not self._feeding:
            self.context.flush_buffers()

    def _decode(self, packet: Any) -> list[Any]:
        try:
            return list(self.context.decode(packet))
        except (av.FFmpegError, ValueError):
            return []

    def _take(self, frames: list[Any]) -> None:
        for frame in frames:
            self.interlaced += frame.interlaced_frame
            shape = (frame.width, frame.height, frame.format.name)
            if shape not in self.shapes and len(self.shapes) < MAX_CHANGES:
                self.shapes.append(shape)
            if self.first is None:
                self.first = frame
            for name, value in picture.side_facts(frame).items():
                self.facts.setdefault(name, value)
