"""What an encoder in hardware needs of the machine: its device files, and the sandbox opened to them and no more.

Whether it works is for capabilities to find out; this only looks which files are there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from slimreel.core.codecs import Encoder
from slimreel.engine import sandbox

# Drivers ask here which card a device file is, and read their own settings and tables.
_DESCRIPTIONS = (
    "/sys/class/drm",
    "/sys/dev/char",
    "/sys/devices",
    "/proc/driver/nvidia",
    "/usr/share/libdrm",
    "/usr/share/drirc.d",
    "/etc/libva.conf",
)
_RENDER_NODES = "/dev/dri/renderD*"
_OPEN_FILES = 256


@dataclass(frozen=True, slots=True)
class Card:
    """The device files of this machine that an encoder talks to, and the options that open it."""

    nodes: tuple[Path, ...]
    options: tuple[str, ...]

    def opened_to(self, policy: sandbox.Policy) -> sandbox.Policy:
        """The same policy with these devices. Drivers map a card's whole memory, so address space has no bound."""
        described = tuple(path for path in map(Path, _DESCRIPTIONS) if path.exists())
        read = (*policy.read, *described)
        return replace(
            policy, read=read, devices=self.nodes, memory_bytes=None, open_files=max(policy.open_files, _OPEN_FILES)
        )


def card_of(encoder: Encoder) -> Card | None:
    """What is here for `encoder`; None for one in software."""
    chip = encoder.chip
    if chip is None:
        return None
    nodes = tuple(path for pattern in chip.nodes for path in _matching(pattern))
    render = _matching(_RENDER_NODES)
    first = str(render[0]) if render else ""
    return Card(nodes, tuple(part.format(node=first) for part in chip.device))


def _matching(pattern: str) -> list[Path]:
    return sorted(Path("/").glob(pattern.lstrip("/")))
