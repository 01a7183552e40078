"""What all measurements of one process share: where results are kept, who runs programs, whose turn it is."""

from __future__ import annotations

from dataclasses import dataclass, field

from slimreel.services.lanes import HeavyLane, QuickLane
from slimreel.services.looks import Looks
from slimreel.services.measuring import Measuring


@dataclass(frozen=True, slots=True)
class Bench:
    """One of a process."""

    looks: Looks
    measuring: Measuring = field(default_factory=Measuring)
    quick: QuickLane = field(default_factory=QuickLane)
    heavy: HeavyLane[bytes] = field(default_factory=HeavyLane)

    def close(self) -> None:
        """Ends what is being measured."""
        self.measuring.close()
