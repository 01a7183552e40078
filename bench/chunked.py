"""A long clip in chunks beside the same clip in one piece, at the same rate: what do seams cost, and do workers and
crashes change a byte? `python -m bench.chunked`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from bench import long_report, long_sources, machine
from bench.clips import Clip, NoMedia
from bench.markdown import signed, table
from bench.scores import MODEL, score
from bench.smartcut import CACHE
from bench.stopwatch import run
from bench.streams import weigh

TIMEOUT_S = 7200.0
_WORKERS = (1, 2, 4)
_KILLS = 3
# The goal: VMAF between the two at the same bytes.
_APART = 0.2
# What a worker of the service does: chunks are kept in a folder that it names.
_CHUNKED = """
import sys
from pathlib import Path
from slimreel import Goal
from slimreel.workbench.compress import compress_events
source, out, folder, bps = sys.argv[1:]
for event in compress_events(source, Goal(video_bitrate_bps=int(bps)), out, chunk_folder=Path(folder)):
    pass
"""
_WHOLE = """
import sys
from slimreel import Goal, compress
compress(sys.argv[1], Goal(video_bitrate_bps=int(sys.argv[4])), sys.argv[2])
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """One result. `chunks` is how many were kept, 0 for one piece; `digest` is of the whole file."""

    source: str
    way: str
    cpu_s: float
    video_bytes: int
    error_percent: float
    frames: int
    wanted: int
    chunks: int
    digest: str
    vmaf: float
    p5: float


def main(argv: Sequence[str] | None = None) -> int:
    """The command line. Exit code 1 where the goal is missed, 2 where the clips are not there."""
    options = argparse.ArgumentParser(prog="python -m bench.chunked", description=__doc__)
    options.add_argument("--only", default="camera_1080p_60s,mixed_1080p_120s", help="names of sources of bench.long")
    options.add_argument("--out", default="bench/results")
    options.add_argument("--seed", type=int, default=7, help="of the bytes after which a run is killed")
    chosen = options.parse_args(argv)
    load, rows = machine.load(), []
    recipes = [recipe for recipe in long_sources.RECIPES if recipe.name in chosen.only.split(",")]
    for recipe in recipes:
        try:
            clip = long_sources.made(recipe, CACHE)
        except NoMedia as error:
            print(error, file=sys.stderr)
            return 2
        with tempfile.TemporaryDirectory(prefix="bench-chunked-", dir=CACHE) as place:
            rows += _compare(clip, recipe.kbps * 1000, Path(place), random.Random(chosen.seed))
    out = Path(chosen.out)
    out.mkdir(parents=True, exist_ok=True)
    found = {"date": machine.today(), "machine": machine.describe(), "rows": [asdict(row) for row in rows]}
    (out / "chunked.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    (out / "chunked.md").write_text(page(rows, load), encoding="utf-8")
    return 0 if met(rows) else 1


def _compare(clip: Clip, bps: int, place: Path, dice: random.Random) -> list[Made]:
    made = [_one(clip, bps, place, "in one piece", _WHOLE, 2)]
    made += [_one(clip, bps, place, f"chunks, workers: {count}", _CHUNKED, count) for count in _WORKERS]
    folder = place / "killed"
    size = made[1].video_bytes
    for number in range(_KILLS):
        _killed(clip, bps, place / "killed.mp4", folder, dice.randrange(size * number // _KILLS, size))
    made.append(_one(clip, bps, place, f"chunks, killed {_KILLS} times", _CHUNKED, 2, folder))
    for row in made:
        print(row, flush=True)
    return made


def _one(clip: Clip, bps: int, place: Path, way: str, script: str, workers: int, folder: Path | None = None) -> Made:
    folder = folder or place / f"{workers}-workers"
    result = place / f"{way.replace(' ', '-')}.mp4"
    command = _command(script, clip, bps, result, folder)
    done = run(["env", f"SLIMREEL_THREADS={workers}", *command], place, TIMEOUT_S)
    if done.exit_code != 0:
        raise SystemExit(f"{way} ended with {done.exit_code}: {done.stderr[-500:]}")
    source, found = weigh(clip.path), weigh(result)
    marks = score(result, found, clip.path, source, subsample=long_report.SUBSAMPLE)
    return Made(
        source=clip.name, way=way, cpu_s=round(done.usage.cpu_s, 1), video_bytes=found.video_bytes,
        error_percent=100 * (found.bitrate_bps / bps - 1), frames=found.frames, wanted=source.frames,
        chunks=len(list(folder.glob("*.json"))), digest=hashlib.sha256(result.read_bytes()).hexdigest(),
        vmaf=marks.mean, p5=marks.p5,
    )  # fmt: skip


def _killed(clip: Clip, bps: int, out: Path, folder: Path, after_bytes: int) -> None:
    """Begin, and kill everything as soon as so many bytes of chunks are written, wherever that is."""
    command = _command(_CHUNKED, clip, bps, out, folder)
    process = subprocess.Popen(command, start_new_session=True, stderr=subprocess.DEVNULL)
    while process.poll() is None and written_bytes(folder) < after_bytes:
        time.sleep(0.01)
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _command(script: str, clip: Clip, bps: int, out: Path, folder: Path) -> list[str]:
    return [sys.executable, "-c", script, str(clip.path), str(out), str(folder), str(bps)]


def written_bytes(folder: Path) -> int:
    """Bytes in a folder whose files come and go."""
    total = 0
    for path in folder.glob("*"):
        try:
            total += path.stat().st_size
        except FileNotFoundError:
            continue
    return total


def met(rows: Sequence[Made]) -> bool:
    """Is every result complete, in chunks the same to the byte, and as good as in one piece?"""
    for name in {row.source for row in rows}:
        whole, *pieces = [row for row in rows if row.source == name]
        if len({row.digest for row in pieces}) > 1 or any(row.frames != row.wanted for row in (whole, *pieces)):
            return False
        if whole.vmaf - pieces[0].vmaf > _APART or any(row.chunks < 2 for row in pieces):
            return False
    return True


_INTRODUCTION = f"""\
Each source of `bench.long` is brought to the same rate in one piece (the way slimreel takes by itself) and in chunks,
which is how renders are made that must survive a crash: cut at keyframes, each encoded by itself, against one budget.
The chunks are made by one, two and four workers, and once more by a run that was killed {_KILLS} times (SIGKILL to all
of it) after a random number of bytes and started again with what was kept. "same file" compares SHA-256 of the whole
result with that of one worker. Frames and rates are counted packet by packet; VMAF is `{MODEL}` of every
{long_report.SUBSAMPLE}th frame, p5 its 5th percentile; CPU is of the whole command, for the killed one of its last
run, which had the chunks of those before it."""


def page(rows: Sequence[Made], load: float) -> str:
    """The page as Markdown."""
    quiet = "" if load <= machine.QUIET_LOAD else "\n\n**The machine was not quiet: take the CPU as rough.**"
    head = ("source", "way", "error %", "frames", "chunks", "same file", "CPU", "VMAF", "p5")
    lines = []
    for row in rows:
        whole, first = [other for other in rows if other.source == row.source][:2]
        same = "yes" if row.digest == first.digest else "no"
        lines.append(
            [row.source if row is whole else "", row.way, signed(row.error_percent), f"{row.frames} of {row.wanted}",
             str(row.chunks or ""), "" if row is whole else same, f"{row.cpu_s / whole.cpu_s:.2f}",
             f"{row.vmaf:.2f} ({signed(row.vmaf - whole.vmaf)})", f"{row.p5:.2f} ({signed(row.p5 - whole.p5)})"]
        )  # fmt: skip
    verdict = "met" if met(rows) else "**missed**"
    goal = f"Goal: at most {_APART} VMAF apart, every frame, the same bytes whoever encoded them: {verdict}."
    where = f"{'; '.join(machine.describe())}; {machine.today()}."
    return f"# Chunks beside one piece\n\n{_INTRODUCTION}{quiet}\n\n{goal}\n\n{table(head, lines, 2)}\n\n{where}\n"


if __name__ == "__main__":
    sys.exit(main())
