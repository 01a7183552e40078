"""Hashes what is in runs of one stream's packets, whatever their times: copied packets are the same or they are not."""

from __future__ import annotations

import hashlib
from typing import Any

import av

from slimreel.engine.child import boxes
from slimreel.engine.child.byte_ranges import Blocks, Places
from slimreel.engine.child.opening import opened, packets_of


def run(request: dict[str, Any]) -> dict[str, Any]:
    """{"fd", "demuxer", "decoders", "streams": {index: [[first, count], …]}} → {"digests": {index: [hex, …]}}.

    Packets are numbered in the order of the file, and a run may share packets with another.
    """
    av.logging.set_level(None)
    fd, demuxer = request["fd"], request["demuxer"]
    layout = boxes.walk(fd, demuxer)
    container = opened(fd, demuxer, request["decoders"], layout)
    if demuxer == "mov" and not layout.fragmented:
        return {"digests": {index: _at_once(fd, container.streams[int(index)], runs)
                            for index, runs in request["streams"].items()}}  # fmt: skip
    lines = {int(index): _Line(runs) for index, runs in request["streams"].items()}
    for stream in container.streams:
        if stream.index not in lines:
            stream.discard = av.stream.Discard.all
    for packet in packets_of(container):
        line = lines.get(packet.stream_index)
        if line is not None:
            line.add(packet)
    return {"digests": {index: line.digests() for index, line in lines.items()}}


def _at_once(fd: int, stream: Any, runs: list[list[int]]) -> list[str]:
    """The digests of runs that lie where an index says: half the time of taking packets from the demuxer."""
    places, blocks = Places(stream), Blocks(fd)
    found = []
    for first, count in runs:
        made, is_there = hashlib.sha256(), first + count <= len(places)
        try:
            for part in blocks.read(places.ranges(first, count)):
                made.update(part)
        except EOFError:
            is_there = False
        found.append(made.hexdigest() if is_there else "")
    return found


class _Line:
    """The runs of one stream, those that have not begun, those that are going on."""

    def __init__(self, runs: list[list[int]]) -> None:
        self._hashes = [hashlib.sha256() for _ in runs]
        self._left = [count for _, count in runs]
        self._waiting = sorted(((first, number) for number, (first, _) in enumerate(runs)), reverse=True)
        self._going: list[int] = []
        self._count = 0

    def add(self, packet: Any) -> None:
        while self._waiting and self._waiting[-1][0] == self._count:
            self._going.append(self._waiting.pop()[1])
        self._count += 1
        for number in self._going:
            self._hashes[number].update(packet)
            self._left[number] -= 1
            if not self._left[number]:
                self._going = [other for other in self._going if other != number]

    def digests(self) -> list[str]:
        """One a run; empty for one that the stream does not hold to its end."""
        return ["" if left else made.hexdigest() for made, left in zip(self._hashes, self._left, strict=True)]
