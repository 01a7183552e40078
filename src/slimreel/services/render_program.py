"""The program of one render: a request on stdin, events as lines of JSON on stdout. It opens no database.

    in   {"document", "materials": {"a1": …}, "folder", "chunks"}
    out  {"event": "progress", "stage", "fraction", "eta_s"} · {"event": "reasons", "reasons"}
         {"event": "files", "files": [{"path", "filename", "kind", "bytes", "result", "reasons"}], "expected_s"}
         {"event": "error", "error": {"code", "class", "fields", "http_status", "sentence"}}

It runs in a process of its own, so that a render can be killed, and can die, alone. Whatever it tells is free of the
paths of this machine: files have the names that people know them by.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from slimreel.core import records
from slimreel.core.containers import CONTAINERS
from slimreel.core.events import Decided
from slimreel.core.remaining import Remaining
from slimreel.edit import wire
from slimreel.edit.draft import Draft
from slimreel.edit.guard import OWN
from slimreel.edit.ops.export import Exported
from slimreel.errors import SlimreelError
from slimreel.graph.material import Material
from slimreel.services.processes import give_way
from slimreel.workbench.deliver import Finished
from slimreel.workbench.produce import expected_s, produce_events

# Of errors: what is for a log alone.
_INTERNAL = ("command", "stderr")
_STEM = "output"
_LEAST_S = 0.25  # between two lines of the same stage


def main() -> None:
    give_way()
    request = json.load(sys.stdin)
    out = _only_ours()
    names = {found["asset"]["path"]: found["asset"]["name"] for found in request["materials"].values()}
    names |= {request["folder"]: "", request["chunks"]: ""}
    try:
        _render(request, names, out)
    except SlimreelError as error:
        _say(out, event="error", error=told(error, names))
    except MemoryError:
        _say(out, event="error", error=told(SlimreelError(detail="there was not enough memory"), names))


def _only_ours() -> IO[str]:
    """The channel to the worker. Whatever else is printed in here goes where complaints go."""
    channel, sys.stdout = sys.stdout, sys.stderr
    return channel


def _render(request: Mapping[str, Any], names: Mapping[str, str], out: IO[str]) -> None:
    materials = {name: records.read(Material, found) for name, found in request["materials"].items()}
    draft = wire.load(request["document"], OWN)
    container = CONTAINERS[draft.goal.container or "mp4" if draft.goal is not None else "mp4"]
    place = Path(request["folder"]) / f"{_STEM}{container.suffixes[0]}"
    running = produce_events(draft, materials, place, chunk_folder=Path(request["chunks"]))
    remaining, last = Remaining(time.monotonic), ("", 0.0)
    while True:
        try:
            event = next(running)
        except StopIteration as stop:
            files: list[Finished] = stop.value
            break
        if isinstance(event, Decided):
            _say(out, event="reasons", reasons=[records.facts_of(reason) for reason in event.reasons])
            continue
        eta_s = remaining.update(event.fraction)
        if event.stage != last[0] or time.monotonic() - last[1] >= _LEAST_S:
            last = (event.stage, time.monotonic())
            _say(out, event="progress", stage=event.stage, fraction=event.fraction, eta_s=eta_s)
    _say(
        out,
        event="files",
        files=[_file(one, label_of(draft), names) for one in files],
        expected_s=expected_s(draft, materials),
    )


def _file(one: Finished, label: str, names: Mapping[str, str]) -> dict[str, Any]:
    filename = label + one.path.name.removeprefix(_STEM)
    result = records.facts_of(one.result) if one.result is not None else {}
    if result:
        result |= {"input": _without_paths(result["input"], names), "output": filename}
    reasons = [records.facts_of(reason) for reason in one.reasons]
    return {
        "path": str(one.path),
        "filename": filename,
        "kind": one.kind,
        "bytes": one.bytes,
        "result": result,
        "reasons": reasons,
    }


def label_of(draft: Draft) -> str:
    """What its files are called, without an ending: as was asked, else like the first clip."""
    asked = next((one.filename for one in draft.outputs if isinstance(one, Exported) and one.filename), None)
    if asked is not None:
        return asked.rpartition(".")[0] or asked
    title = draft.clips[0].title if draft.clips else "video"
    return "".join(letter for letter in title if letter.isprintable() and letter not in "/\\")[:100] + "-slim"


def told(error: SlimreelError, names: Mapping[str, str]) -> dict[str, Any]:
    """An error as it may be told to whoever asked for the render."""
    given = {name: value for name, value in error.fields.items() if name not in _INTERNAL}
    fields = {
        name: value if isinstance(value, (int, float)) else _without_paths(str(value), names)
        for name, value in given.items()
    }
    clean = type(error)(**fields)
    return {
        "code": error.code,
        "class": type(error).__name__,
        "fields": fields,
        "http_status": error.http_status,
        "sentence": clean.sentence(),
    }


def _without_paths(text: str, names: Mapping[str, str]) -> str:
    for path in sorted(names, key=len, reverse=True):
        text = text.replace(path, names[path])
    return text.lstrip("/") or "the output" if text.startswith("/") or not text else text


def _say(out: IO[str], **event: Any) -> None:
    out.write(json.dumps(event, separators=(",", ":")) + "\n")
    out.flush()


if __name__ == "__main__":
    main()
