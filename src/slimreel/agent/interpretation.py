"""What a request was understood as. Knows no reader."""

from __future__ import annotations

from dataclasses import dataclass

from slimreel.agent.span import Missing
from slimreel.agent.together import Command


@dataclass(frozen=True, slots=True)
class Interpretation:
    """What a request asks for: commands in the order they are to be carried out, a question where something is missing,
    and the phrases that were not understood."""

    commands: tuple[Command, ...] = ()
    missing: Missing | None = None
    unheard: tuple[str, ...] = ()
    language: str = "en"
