"""The typical request: a tutorial of ten minutes in 4K, 80 MB, to 1080p at "8 Mbps". slimreel beside two-pass FFmpeg at
the rate that the source has. `python -m bench.tutorial`.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from statistics import median

from bench import machine, tutorial_source
from bench.clips import Clip, NoMedia
from bench.long import HEIGHT, two_pass
from bench.markdown import signed, table
from bench.methods import BASE, Commands, slimreel_command
from bench.scores import MODEL, Score, ScoreFailed, score
from bench.stopwatch import run_all
from bench.streams import NoVideo, Weight, weigh

TIMEOUT_S = 5400.0
# Every 15th frame of 18,000: odd, so that it meets every kind of frame in a B-pyramid.
SUBSAMPLE = 15
CPU_GOAL, P5_GOAL = 0.65, 90.0
WISHES: Mapping[str, str] = {
    "slimreel": "1080p, 8 Mbps",
    "slimreel, no visible loss": "1080p, 8 Mbps without losing visible quality",
}

_INTRODUCTION = f"""\
The source is **synthetic**: recordings of screens with text, sparse graphics and a little camera footage in
{tutorial_source.LESSON.width}x{tutorial_source.LESSON.height} at {tutorial_source.LESSON.rate} frames a second, with
speech, joined and repeated for ten minutes and encoded to 80 MB. Nobody can spend 8 Mbps on it without blowing it up,
so two-pass FFmpeg (medium, scaled to 1080p in both passes, sound copied) is asked for the rate that the source has.
CPU is of the whole command, for slimreel with probing and the check at the end. VMAF is `{MODEL}` against the source
scaled to 1080p, every {SUBSAMPLE}th frame; p5 is its 5th percentile. Repeat it: `uv run python -m bench.tutorial`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One way. CPU of every repeat in seconds; scores of the last result."""

    way: str
    wish: str
    cpu_s: tuple[float, ...]
    wall_s: tuple[float, ...]
    file_bytes: int
    video_bps: float
    width: int
    height: int
    vmaf: float
    p5: float


def main(argv: Sequence[str] | None = None) -> int:
    """The command line. Exit code 0 when every way worked, else 1; 2 for a wrong use."""
    options = _options(argv)
    load = machine.load()
    if load > machine.QUIET_LOAD and not options.force:
        print(f"The load is {load:.2f}, above {machine.QUIET_LOAD}: wait until it is quiet, or --force.")
        return 2
    try:
        clip = tutorial_source.made(Path(options.cache).expanduser())
    except NoMedia as error:
        print(error, file=sys.stderr)
        return 2
    source = weigh(clip.path)
    wishes = {way: wish for way, wish in WISHES.items() if options.only in way}
    with tempfile.TemporaryDirectory(prefix="bench-tutorial-") as place:
        rows = _measure(clip, source, wishes, options.repeats, Path(place))
    out = Path(options.out)
    out.mkdir(parents=True, exist_ok=True)
    facts = {
        "date": machine.today(),
        "machine": machine.describe(),
        "load": load,
        "rows": [asdict(row) for row in rows],
    }
    (out / "tutorial.json").write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
    (out / "tutorial.md").write_text(page(rows, source, quiet=load <= machine.QUIET_LOAD), encoding="utf-8")
    return 0 if len(rows) == len(wishes) + 1 else 1


def _measure(clip: Clip, source: Weight, wishes: Mapping[str, str], repeats: int, place: Path) -> list[Row]:
    """Every way in turns; one that fails is left out of the rest."""
    commands: dict[str, Commands] = {BASE: []}
    outs = {way: place / f"{number}.mp4" for number, way in enumerate((BASE, *wishes))}
    commands[BASE] = two_pass(clip, source, round(source.bitrate_bps / 1000), outs[BASE])
    for way, wish in wishes.items():
        commands[way] = [slimreel_command(clip, outs[way], "--wish", wish, "--overwrite")]
    cpu: dict[str, list[float]] = {way: [] for way in commands}
    wall: dict[str, list[float]] = {way: [] for way in commands}
    for _ in range(repeats):
        for way in list(commands):
            done = run_all(commands[way], place, TIMEOUT_S)
            if done.exit_code != 0:
                print(f"{way}: {done.stderr[-300:]}", file=sys.stderr)
                del commands[way]
                continue
            cpu[way].append(round(done.usage.cpu_s, 1))
            wall[way].append(round(done.usage.wall_s, 1))
            print(f"{way:28s} {done.usage.cpu_s:7.1f} CPU s {outs[way].stat().st_size:10d} bytes", flush=True)
    return [row for way in commands if (row := _row(way, outs[way], cpu[way], wall[way], clip, source)) is not None]


def _row(way: str, out: Path, cpu: Sequence[float], wall: Sequence[float], clip: Clip, source: Weight) -> Row | None:
    seen = replace(source, width=round(source.width * HEIGHT / source.height / 2) * 2, height=HEIGHT)
    try:
        made = weigh(out)
        found: Score = score(out, made, clip.path, seen, subsample=SUBSAMPLE)
    except (NoVideo, OSError, ScoreFailed) as error:
        print(f"{way}: {error}", file=sys.stderr)
        return None
    return Row(
        way=way, wish=WISHES.get(way, f"{round(source.bitrate_bps / 1000)} kbit/s"), cpu_s=tuple(cpu),
        wall_s=tuple(wall), file_bytes=made.file_bytes, video_bps=round(made.bitrate_bps), width=made.width,
        height=made.height, vmaf=round(found.mean, 3), p5=round(found.p5, 3),
    )  # fmt: skip


def judge(rows: Sequence[Row], source_bytes: int) -> list[tuple[str, str, bool]]:
    """(goal, what was found, whether it is met) for each of slimreel's rows."""
    base = next((row for row in rows if row.way == BASE), None)
    found: list[tuple[str, str, bool]] = []
    for row in rows:
        if row is base:
            continue
        mega = f"{row.file_bytes / 1e6:.2f} MB"
        found.append((f"{row.way}: never above the source", mega, row.file_bytes <= source_bytes))
        found.append((f"{row.way}: text stays readable, p5 at least {P5_GOAL:g}", f"{row.p5:.2f}", row.p5 >= P5_GOAL))
        if base is not None:
            ratio = median(row.cpu_s) / median(base.cpu_s)
            found.append((f"{row.way}: CPU at most {CPU_GOAL:.2f} of two-pass", f"{ratio:.2f}", ratio <= CPU_GOAL))
    return found


def page(rows: Sequence[Row], source: Weight, *, quiet: bool) -> str:
    """The report as Markdown."""
    base = next((row for row in rows if row.way == BASE), None)
    loud = "" if quiet else "**The machine was not quiet: bytes and VMAF are exact, CPU is rough.**\n\n"
    goals = [(goal, found, "met" if met else "**missed**") for goal, found, met in judge(rows, source.file_bytes)]
    lines = [
        (
            "two-pass FFmpeg" if row is base else row.way,
            row.wish,
            f"{row.file_bytes / 1e6:.2f}",
            f"{row.width}x{row.height}",
            f"{row.video_bps / 1000:.0f}",
            f"{median(row.cpu_s):.0f}",
            f"{median(row.cpu_s) / median(base.cpu_s):.2f}" if base else "",
            f"{row.vmaf:.2f}" + (f" ({signed(row.vmaf - base.vmaf)})" if base and row is not base else ""),
            f"{row.p5:.2f}" + (f" ({signed(row.p5 - base.p5)})" if base and row is not base else ""),
        )
        for row in rows
    ]
    head = ("way", "asked", "MB", "picture", "kbit/s", "CPU s", "CPU ratio", "VMAF v1", "p5")
    facts = f"{source.file_bytes / 1e6:.2f} MB, {source.duration_s:.1f} s, {source.bitrate_bps / 1000:.0f} kbit/s"
    return (
        f"# A tutorial of ten minutes in 4K\n\n{machine.today()}; {'; '.join(machine.describe())}. Source: {facts}.\n\n"
        f"{loud}{_INTRODUCTION}\n\n## Goals\n\n{table(('goal', 'found', ''), goals, texts=3)}\n\n"
        f"## Every way\n\n{table(head, lines, texts=2)}\n"
    )


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.tutorial", description=__doc__)
    add = parser.add_argument
    add("--only", metavar="PART", default="", help="of slimreel's ways, those whose name contains this")
    add("--repeats", type=int, default=2, help="how often each way runs (default 2)")
    add("--cache", metavar="FOLDER", default="~/.cache/slimreel-bench", help="where the source is kept")
    add("--out", metavar="FOLDER", default="bench/results")
    add("--force", action="store_true", help="measure although the machine is not quiet")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
