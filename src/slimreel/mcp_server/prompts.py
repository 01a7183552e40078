"""Ready-made requests that a client can offer to its user."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mcp_types import GetPromptResult, Prompt, PromptArgument, PromptMessage, TextContent

from slimreel.errors.service import BadRequest


@dataclass(frozen=True, slots=True)
class _Ready:
    name: str
    description: str
    arguments: Mapping[str, str]
    text: str


_READY = (
    _Ready(
        "compress_video",
        "Make a video smaller",
        {"file": "path or address of the video", "goal": "such as: 8 Mbps, under 25 MB, for discord"},
        "Compress {file}: {goal}. Add it with add_files, set the goal with compress, tell me what estimate foretells, "
        "then export it and tell me its size and length.",
    ),
    _Ready(
        "edit_video",
        "Edit a video in plain words",
        {"file": "path or address of the video", "wish": "what shall be done"},
        "Edit {file}: {wish}. Add it with add_files and pass my words to edit. Ask me what it asks back. Show me a "
        "thumbnail, and export when I agree.",
    ),
)


def listed() -> list[Prompt]:
    return [
        Prompt(
            name=one.name,
            description=one.description,
            arguments=[
                PromptArgument(name=name, description=told, required=True) for name, told in one.arguments.items()
            ],
        )
        for one in _READY
    ]


def filled(name: str, given: Mapping[str, str] | None) -> GetPromptResult:
    """The prompt with what was given. Raises BadRequest."""
    ready = next((one for one in _READY if one.name == name), None)
    if ready is None:
        raise BadRequest(detail=f"there is no prompt {name[:60]}; there are {', '.join(one.name for one in _READY)}")
    missing = [one for one in ready.arguments if not (given or {}).get(one)]
    if missing:
        raise BadRequest(detail=f"the prompt {name} takes {', '.join(ready.arguments)}; missing: {', '.join(missing)}")
    text = ready.text.format(**dict(given or {}))
    message = PromptMessage(role="user", content=TextContent(text=text))
    return GetPromptResult(description=ready.description, messages=[message])
