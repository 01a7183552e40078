"""Fetches what a conversation made into files with names of their own, one for each draft or render."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from slimreel.client.conversation import Exported
from slimreel.client.exporting import OUTPUT
from slimreel.client.sync import Client
from slimreel.client.timeline import is_exportable
from slimreel.errors import OutputExists, SlimreelError
from slimreel.errors.client import NothingToExport, RenderFailed

Draft = Mapping[str, Any]


def exports(
    client: Client, out: Path | None, *, beside: Path | None = None, overwrite: bool = False
) -> Iterator[tuple[Path, Exported]]:
    """Each draft of the project as a file. `out` names it, or the folder where there are several.

    Without `out` they are NAME-slim.mp4 in the folder `beside`. Raises NothingToExport, OutputExists and all that
    Client.export does.
    """
    state = client.state()
    drafts = [draft for draft in state.drafts or (state.draft,) if is_exportable(draft)]
    if not drafts:
        raise NothingToExport
    taken: set[Path] = set()
    for draft in drafts:
        if out is not None and (len(drafts) == 1 and not out.is_dir()):
            path = out
        else:
            path = _free((out or beside or Path()) / f"{_title(draft)}-slim.mp4", taken)
        taken.add(path)
        yield path, client.export(path, draft=draft, output=output_for(path), overwrite=overwrite)


def began(
    client: Client,
    render_ids: tuple[str, ...],
    out: Path | None,
    *,
    beside: Path | None = None,
    overwrite: bool = False,
) -> Iterator[tuple[Path, Exported]]:
    """The files of renders that a message began; `out` names the first, the others keep the names they come with."""
    for number, render_id in enumerate(render_ids):
        if out is not None and number == 0 and not out.is_dir():
            yield out, client.export(out, render_id=render_id, overwrite=overwrite)
            continue
        folder = out if out is not None and out.is_dir() else beside or Path()
        arrived = folder / f".slimreel-{uuid.uuid4().hex}"
        try:
            found = client.export(arrived, render_id=render_id)
            path = _free(folder / (Path(found.filename).name or f"{render_id}.mp4"), set())
            arrived.rename(path)
        finally:
            arrived.unlink(missing_ok=True)
        yield path, found


def output_for(path: Path) -> dict[str, Any]:
    """The container that a name asks for."""
    ending = path.suffix.lower().lstrip(".")
    return {**OUTPUT, "format": ending if ending in ("mp4", "mov", "mkv", "webm") else "mp4"}


def check_free(out: Path | None, *, overwrite: bool) -> None:
    """Before any work is done. Raises OutputExists."""
    if out is not None and not overwrite and out.exists() and not out.is_dir():
        raise OutputExists(path=out)


def known(error: SlimreelError) -> SlimreelError:
    """A failed render as the error that it failed with, where that is one of ours: it has an exit code and words."""
    if not isinstance(error, RenderFailed) or not error.fields.get("reason_code"):
        return error
    code, fields = error.fields["reason_code"], error.fields.get("reason_fields")
    kind = next((kind for kind in _below(SlimreelError) if kind.code == code), None)
    return error if kind is None else kind(**(fields if isinstance(fields, dict) else {}))


def _below(kind: type[SlimreelError]) -> Iterator[type[SlimreelError]]:
    for child in kind.__subclasses__():
        yield child
        yield from _below(child)


def _title(draft: Draft) -> str:
    for track in draft.get("t") or []:
        for segment in track.get("sg") or []:
            about = segment.get("m")
            title = about.get("title") if isinstance(about, dict) else None
            if isinstance(title, str) and (name := Path(title.replace("\0", "")).name.strip(". ")):
                return Path(name).stem[:100] if Path(name).suffix else name[:100]
    return "video"


def _free(path: Path, taken: set[Path]) -> Path:
    found, number = path, 1
    while found in taken or found.exists():
        number += 1
        found = path.with_stem(f"{path.stem}-{number}")
    return found
