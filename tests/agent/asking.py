"""How tests ask the reader: sessions that many of them share, and the commands that a sentence comes to in one."""

from __future__ import annotations

from typing import Any

from slimreel.agent.context import read_context
from slimreel.agent.interpret import interpret

CLIP = {"id": "c1", "name": "clip.mp4", "duration_s": 90.0, "width": 1920, "height": 1080, "fps": 30}
BARE = {"clips": [CLIP]}
LOGO = {
    "clips": [CLIP],
    "elements": [{"id": "i1", "type": "image", "file": "logo.png", "position": "top_left", "scale": 0.2}],
    "last_ops": [{"op": "add_image", "params": {"file": "logo.png", "position": "top_left"}}],
}


def title(text: str, **facts: Any) -> dict[str, Any]:
    """A session whose last turn put this title at the top."""
    element = {"id": "t1", "type": "text", "text": text, "position": "top", "start_s": 0.0, "size_px": 60}
    last = {"op": "add_text", "params": {"text": text, "position": "top"}}
    return {"clips": [CLIP], "elements": [{**element, **facts}], "last_ops": [last]}


def after(op: str, **params: Any) -> dict[str, Any]:
    """A session of one clip whose last turn was this."""
    return {**BARE, "last_ops": [{"op": op, "params": params}]}


def said(text: str, context: dict[str, Any] | None = None) -> list[tuple[str, dict[str, Any]]]:
    """The commands of a sentence, each as its operation and its parameters; without a session in that of one clip."""
    return [(one["op"], one["params"]) for one in interpret(text, read_context(context or BARE)).commands]
