"""The bytes of each picture in the order they are shown: how much every moment of a clip weighs.

Sorts what packet_list reads; what is made of the weights is decided by the caller.
"""

from __future__ import annotations

from pathlib import Path

from slimreel.core.packets import NO_TIME, PacketList
from slimreel.engine.packet_list import packets_of


def of_file(path: Path, stream: int) -> list[int]:
    """Bytes of each picture of the stream with this index. Raises what reading a file raises."""
    return in_order(packets_of(path, stream))


def in_order(packets: PacketList) -> list[int]:
    """Sizes by presentation time. Those never shown are left out, those without a time stay put."""
    shown = [number for number in range(len(packets)) if not packets.is_discard(number)]
    if any(packets.pts[number] == NO_TIME for number in shown):
        return [packets.sizes[number] for number in shown]
    return [packets.sizes[number] for number in sorted(shown, key=lambda number: packets.pts[number])]
