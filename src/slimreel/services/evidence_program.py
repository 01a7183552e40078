"""The program of one measurement: a request on stdin, one line of JSON on stdout. It opens no database.

    in   {"do": "picture",  "document", "materials", "frame", "width", "folder"}
         {"do": "estimate", "document", "materials"}
         {"do": "compare",  "reference", "output", "names": {path: name}}
    out  {"made": {…}} or {"error": {"code", "class", "fields", "http_status", "sentence"}}

Words are told in every language there is, so that numbers are measured once. Whatever it tells is free of the paths
of this machine. Comparing takes long, so it gives way to renders and to the service.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from slimreel.core import records
from slimreel.data.tables import LANGUAGES
from slimreel.edit import wire
from slimreel.edit.draft import Draft
from slimreel.edit.guard import OWN
from slimreel.edit.ops.thumbnail import Still
from slimreel.errors import SlimreelError
from slimreel.graph.material import Material
from slimreel.services.processes import give_way
from slimreel.services.render_program import told


def main() -> None:
    request = json.load(sys.stdin)
    channel, sys.stdout = sys.stdout, sys.stderr
    try:
        answer = {"made": _DOING[request["do"]](request)}
    except SlimreelError as error:
        answer = {"error": told(error, _names(request))}
    except MemoryError:
        answer = {"error": told(SlimreelError(detail="there was not enough memory"), {})}
    channel.write(json.dumps(answer, separators=(",", ":")) + "\n")
    channel.flush()


def _picture(request: Mapping[str, Any]) -> dict[str, Any]:
    """The picture of a timeline at a frame, as a JPEG in the folder."""
    from slimreel.workbench.clock import Clock
    from slimreel.workbench.deliver import deliver
    from slimreel.workbench.finish import finish

    draft, materials = _timeline(request)
    draft = replace(draft, outputs=(Still(frame=request["frame"], format="jpg", width_px=request["width"]),))
    place = Path(request["folder"]) / "picture.jpg"
    made = finish(deliver(draft, materials, place, Clock(), overwrite=True, salvage=True), lambda event: None)
    return {"file": made[0].path.name}


def _estimate(request: Mapping[str, Any]) -> dict[str, Any]:
    from slimreel.workbench.estimate import estimate_draft_events
    from slimreel.workbench.finish import finish
    from slimreel.workbench.telling import of_prospect, prospect_lines

    draft, materials = _timeline(request)
    found = finish(estimate_draft_events(draft, materials), lambda event: None)
    name = materials[draft.clips[0].asset].asset.name
    words = {
        language: {
            "sentence": "; ".join(prospect_lines(found, language)),
            "reasons": of_prospect(found, language)["reasons"],
        }
        for language in LANGUAGES
    }
    return {"facts": of_prospect(found, "en") | {"input": name}, "words": words}


def _compare(request: Mapping[str, Any]) -> dict[str, Any]:
    from slimreel.workbench.compare import compare
    from slimreel.workbench.telling import of_comparison

    if hasattr(os, "nice"):
        give_way()
    found = compare(request["reference"], request["output"])
    facts = of_comparison(found, "en")
    for side in ("reference", "output"):
        facts[side]["path"] = request["names"][facts[side]["path"]]
    told_in = {language: of_comparison(found, language) for language in LANGUAGES}
    words = {language: {name: one[name] for name in ("verdict_sentence", "notes")} for language, one in told_in.items()}
    return {"facts": facts, "words": words}


def _timeline(request: Mapping[str, Any]) -> tuple[Draft, dict[str, Material]]:
    materials = {name: records.read(Material, found) for name, found in request["materials"].items()}
    return wire.load(request["document"], OWN), materials


def _names(request: Mapping[str, Any]) -> dict[str, str]:
    names = {found["asset"]["path"]: found["asset"]["name"] for found in request.get("materials", {}).values()}
    names |= request.get("names", {})
    if "folder" in request:
        names[request["folder"]] = ""
    return {str(path): str(name) for path, name in names.items()}


_DOING: dict[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
    "picture": _picture,
    "estimate": _estimate,
    "compare": _compare,
}

if __name__ == "__main__":
    main()
