"""What a long timeline takes of memory, and how long a graph of many elements takes to make."""

from __future__ import annotations

import json
import os
import random
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.clips import named_clips
from bench.stopwatch import run
from bench.streams import NoVideo, weigh
from bench.timeline_made import long_source, music
from bench.timeline_peers import CRF
from bench.timeline_records import Emission, LongRun
from slimreel.edit.begin import begin
from slimreel.edit.command import apply_all
from slimreel.edit.draft import Draft
from slimreel.edit.facts import Facts
from slimreel.edit.log import EditCommand
from slimreel.engine.gather import gather
from slimreel.graph.lower import lower
from slimreel.graph.material import Materials
from slimreel.graph.stand_in import colors_of

PIECES, MINUTES = 60, 10.0
TIMEOUT_S = 3600.0
_SEED = 4  # the order of the pieces is the same in every run
_EVERY_S = 0.1
_CLIP, _TRIES = "natural/phone_trees_1080p30_6s.mp4", 20
_LOGO = "image/alpha_logo.png"


class Tree:
    """The memory of all processes below this one, looked at again and again. `most_bytes` is the most seen at once."""

    def __init__(self) -> None:
        self.most_bytes = 0
        self.ended = threading.Event()

    def watch(self) -> None:
        page = os.sysconf("SC_PAGE_SIZE")
        while not self.ended.wait(_EVERY_S):
            self.most_bytes = max(self.most_bytes, page * sum(_resident(pid) for pid in _below(os.getpid())))


@contextmanager
def watched() -> Iterator[Tree]:
    """Watches as long as the block lasts. Linux only; elsewhere nothing is seen."""
    tree = Tree()
    thread = threading.Thread(target=tree.watch, daemon=True)
    thread.start()
    try:
        yield tree
    finally:
        tree.ended.set()
        thread.join()


def _below(root: int) -> set[int]:
    parents: dict[int, int] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            # The name, in brackets, may hold spaces; state and parent come after it.
            parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        except (OSError, IndexError):
            continue
    return {pid for pid in parents if pid != root and root in set(_ancestors(pid, parents))}


def _ancestors(pid: int, parents: dict[int, int]) -> Iterator[int]:
    while pid in parents:
        pid = parents[pid]
        yield pid


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0


def long_run(cache: Path, minutes: float = MINUTES, pieces: int = PIECES) -> LongRun:
    """Cut a long source into pieces, put them in any order, and render them with slimreel's default speed."""
    found = LongRun(minutes=minutes, pieces=pieces)
    source = long_source(cache, minutes)
    with tempfile.TemporaryDirectory(prefix="bench-timeline-") as place:
        out, ops = Path(place, "out.mp4"), Path(place, "ops.json")
        ops.write_text(json.dumps(shuffled(60 * minutes, pieces)), encoding="utf-8")
        argv = [sys.executable, "-m", "slimreel", "edit", str(source), "--ops", str(ops), "-o", str(out), "--json"]
        with watched() as tree:
            done = run(argv, Path(place), TIMEOUT_S)
        try:
            if done.exit_code != 0:
                raise NoVideo(f"exit code {done.exit_code}: {(done.stderr or done.stdout)[-300:]}")
            made = weigh(out)
            if abs(made.duration_s - 60 * minutes) > 1:
                raise NoVideo(f"it is {made.duration_s:.1f} s long")
        except (NoVideo, OSError) as error:
            found.failure = " ".join(str(error).split())
    found.cpu_s, found.wall_s = done.usage.cpu_s, done.usage.wall_s
    found.process_bytes, found.tree_bytes = done.usage.peak_bytes, tree.most_bytes
    return found


def shuffled(seconds: float, pieces: int) -> list[dict[str, Any]]:
    """Commands that divide the only clip evenly and put the pieces in an order by chance."""
    order = [f"c{number}" for number in range(1, pieces + 1)]
    random.Random(_SEED).shuffle(order)
    at_s = [seconds * number / pieces for number in range(1, pieces)]
    return [
        {"op": "split", "params": {"at_s": at_s}},
        {"op": "reorder", "params": {"order": order}},
        {"op": "compress", "params": {"crf": CRF, "codec": "h264"}},
    ]


def emission(cache: Path, elements: int = 100) -> Emission:
    """Make the graph of a timeline of so many elements again and again: cuts, dissolves, titles, logos, music."""
    draft, materials = crowded(cache, elements)
    size, colors = (draft.canvas.width, draft.canvas.height), colors_of(draft, materials)
    took_ms: list[float] = []
    inputs = characters = 0
    for _ in range(_TRIES):
        before = time.process_time()
        graph = lower(draft, materials, size, colors)
        text = [str(graph.picture), str(graph.sound), *(str(one.picture) for one in graph.drawings)]
        took_ms.append(1000 * (time.process_time() - before))
        inputs, characters = len(graph.inputs), sum(map(len, text))
    return Emission(elements=elements, inputs=inputs, characters=characters, graph_ms=took_ms)


def crowded(cache: Path, elements: int) -> tuple[Draft, Materials]:
    """A draft of so many elements: of a hundred sixty pieces of a clip, 29 titles, ten logos, one piece of music."""
    clip, logo = named_clips([_CLIP, _LOGO])
    paths = (clip.path, music(cache), logo.path)
    materials = {f"a{number}": gather(path, f"a{number}") for number, path in enumerate(paths, 1)}
    facts = Facts(assets=tuple(one.asset for one in materials.values()))
    pieces, logos = elements * 6 // 10, elements // 10
    titles = elements - pieces - logos - 1
    start = begin(facts)
    length_s = float(start.length_s)
    commands = [EditCommand(op="split", params={"at_s": [length_s * n / pieces for n in range(1, pieces)]})]
    commands += [
        EditCommand(op="transition", params={"at": [f"c{n}", f"c{n + 1}"], "duration_s": 0.04})
        for n in range(1, pieces, 3)
    ]
    for number in range(titles):
        when = {"start_s": length_s * number / titles * 0.8, "duration_s": 0.5}
        commands.append(EditCommand(op="add_text", params={"text": f"Title {number}", **when}))
    for number in range(logos):
        when = {"start_s": length_s * number / logos * 0.8, "duration_s": 0.5}
        commands.append(EditCommand(op="add_image", params={"file": "a3", **when}))
    commands.append(EditCommand(op="add_music", params={"file": "a2", "duck": True}))
    draft, _ = apply_all(start, commands, facts)
    return draft, materials
