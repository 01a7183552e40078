"""Writes the golden graphs: `python -m tests.graph.golden`. Read the difference before you commit it."""

from __future__ import annotations

from pathlib import Path

from slimreel.core.goal import Goal
from slimreel.core.records import said
from slimreel.edit.draft import Draft, Output
from slimreel.graph.lower import lower
from slimreel.graph.material import Loudness
from slimreel.graph.model import RenderGraph, TextFile
from slimreel.graph.stand_in import colors_of
from tests.graph.cases import CASES, draft_of, mixed
from tests.graph.materials import MATERIALS

FOLDER = Path(__file__).with_name("golden")


def graph_of(draft: Draft, loudness: Loudness | None = None) -> RenderGraph:
    size = (draft.canvas.width, draft.canvas.height)
    return lower(draft, MATERIALS, size, colors_of(draft, MATERIALS), loudness=loudness)


def text_of(graph: RenderGraph) -> str:
    """All of a graph, to be read."""
    parts = [f"{graph.frames} frames of {graph.width}x{graph.height} at {graph.rate}, {graph.samples} samples"]
    parts += [
        f"{number}: {one.asset}" + (f" -ss {one.start_s} -t {one.length_s}" if one.length_s is not None else "")
        for number, one in enumerate(graph.inputs)
    ]
    for look in graph.looks:
        parts += [f"\nlook at {look.input.asset}", str(look.graph)]
    parts += ["\npicture", str(graph.picture)]
    parts += ["\nsound", str(graph.sound)] if graph.sound else ["\nno sound"]
    parts += ["\nloudness", str(graph.loudness)] if graph.loudness else []
    for file in (*graph.files, *(track.file for track in graph.soft)):
        parts += [f"\n{file.name}", file.text if isinstance(file, TextFile) else f"(asset {file.asset})"]
    return "\n".join(parts) + "\n"


def told_of(draft: Draft) -> str:
    """What is wanted of the output, and the graph: all that the engine is told."""
    wanted: list[tuple[str, Goal | Output]] = [("goal", draft.goal)] if draft.goal else []
    wanted += [(one.kind, one) for one in draft.outputs]
    values = [(kind, ", ".join(f"{name} {value}" for name, value in said(one).items())) for kind, one in wanted]
    return "".join(f"{kind}: {told}\n" for kind, told in values) + text_of(graph_of(draft))


def goldens() -> dict[str, str]:
    found = {case: told_of(draft_of(case)) for case in CASES}
    loud = Loudness(-20.0, 6.0, -3.0, -30.0)
    return found | {
        "mixed": text_of(graph_of(mixed())),
        "normalized": text_of(graph_of(draft_of("normalize_audio"), loud)),
    }


if __name__ == "__main__":
    for name, text in goldens().items():
        (FOLDER / f"{name}.txt").write_text(text, encoding="utf-8")
