"""Holds what a language model names to the session and the request: files, clips, elements, jobs, and words to show.

It can name nothing that is not there, and write nothing that nobody said, whatever a file's name talked it into.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from typing import Any

from slimreel.agent.context import PICTURE_FILES, SOUND_FILES, SUBTITLE_FILES, VIDEO_FILES, Context
from slimreel.agent.model_prompt import Request
from slimreel.agent.model_values import BadAnswer
from slimreel.core.presets import find_preset
from slimreel.edit.operation import params_schema
from slimreel.edit.registry import operations
from slimreel.errors import UsageError

_MOST_LISTED = 20
_OF_ELEMENTS = ("update", "nudge", "remove")  # elsewhere a `target` is one of a few words
_SET = "update: set"
# Operations that take the only file of their kind where none is named.
_FILES_OF = {
    "add_image": PICTURE_FILES, "add_music": SOUND_FILES, "replace_audio": SOUND_FILES, "subtitles": SUBTITLE_FILES,
    "pip": VIDEO_FILES,
}  # fmt: skip


def named_in_session(op: str, params: dict[str, Any], request: Request) -> dict[str, Any]:
    """The parameters with names as the session has them. Raises BadAnswer for what is neither there nor said."""
    found = {name: _named(op, name, value, request) for name, value in params.items()}
    kind = operations().get(op)
    if len(request.context.clips) == 1 and kind is not None and "clip" not in params_schema(kind).get("required", ()):
        found.pop("clip", None)  # there is no other
    if op in _FILES_OF and "file" not in found and "clip" not in found:
        files = request.context.files(_FILES_OF[op])
        if len(files) != 1:
            raise BadAnswer(
                f"{op}: file: {len(files)} files of the context could be meant; name one, or clarify about file"
            )
        found["file"] = files[0]
    return found


def _named(op: str, name: str, value: Any, request: Request) -> Any:
    context = request.context
    match name:
        case "file":
            return _file(op, value, context)
        case "clip":
            return value if value == "all" else _clip(op, value, context)
        case "order" | "at" if isinstance(value, list):
            return [_clip(op, one, context) for one in value]
        case "clips" if isinstance(value, list):
            return [_clip_or_file(op, one, context) for one in value]
        case "target" if op in _OF_ELEMENTS:
            return _target(op, value, context)
        case "set" if isinstance(value, dict):
            return {inner: _named(_SET, inner.rpartition(".")[2], one, request) for inner, one in value.items()}
        case "job":
            return _one_of(op, "job", value, [str(job.get("id")) for job in context.jobs])
        case "text" | "font" | "filename" | "topic":
            return _said(op, name, value, request)
        case "url":
            if value not in request.text:
                raise BadAnswer(f"{op}: url: the request holds no such address; leave it out")
            return value
        case "preset" if op == "compress":
            return _preset(value)
    return value


def _file(op: str, value: object, context: Context) -> str:
    return _one_of(op, "file", value, context.names)


def _clip(op: str, value: object, context: Context) -> str:
    place = value if isinstance(value, int) else None
    found = context.clip_at(place) if place is not None else context.clip_named(str(value))
    if found is None or place == 0:
        raise _unknown(op, "clip", value, [clip.id for clip in context.clips])
    return found.id


def _clip_or_file(op: str, value: object, context: Context) -> str:
    if isinstance(value, int) or context.clip_named(str(value)) is not None:
        return _clip(op, value, context)
    return _one_of(op, "clip or file", value, [*(clip.id for clip in context.clips), *context.names])


def _target(op: str, value: object, context: Context) -> str:
    ids = [*(one.id for one in context.elements), *(clip.id for clip in context.clips)]
    return _one_of(op, "target", value, ids if op == "remove" else [*ids, "all"])


def _preset(value: object) -> str:
    try:
        return find_preset(str(value)).id
    except UsageError as error:
        raise BadAnswer(f"compress: preset: {error}") from error


def _one_of(op: str, what: str, value: object, there: Iterable[str]) -> str:
    """The name as the session writes it; case does not count."""
    names = list(dict.fromkeys(filter(None, there)))
    if value in names:
        return str(value)
    alike = [name for name in names if name.casefold() == str(value).casefold()]
    if len(alike) != 1:
        raise _unknown(op, what, value, names)
    return alike[0]


def _unknown(op: str, what: str, value: object, names: list[str]) -> BadAnswer:
    known = ", ".join(names[:_MOST_LISTED]) or "none"
    return BadAnswer(f"{op}: there is no {what} {str(value)[:80]!r} in the context; there are: {known}. "
                     "Clarify where the request means no other")  # fmt: skip


def _said(op: str, name: str, value: object, request: Request) -> str:
    """A text that somebody said: letter by letter in the request, or on an element already; marks do not count."""
    text = str(value)
    reduce: Callable[[str], str] = _letters if _letters(text) else str.strip
    said = [request.text, *(one.text for one in request.context.elements)]
    if not reduce(text) or not any(reduce(text) in reduce(one) for one in said):
        raise BadAnswer(f"{op}: {name}: the request does not say {text[:80]!r}; copy it, or clarify about text")
    return text


def _letters(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(char for char in plain if char.isalnum())
