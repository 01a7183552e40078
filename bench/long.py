"""Compares slimreel with two-pass FFmpeg on long sources, 1080p and 2160p to 1080p: `python -m bench.long --help`."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from bench import long_report, long_sources, machine
from bench.clips import Clip, NoMedia
from bench.methods import BASE, METHODS, Commands, Method
from bench.rate import NO_PLOT, Plan, measure_clip
from bench.rate_records import RateResults
from bench.streams import Weight
from slimreel.core.records import read_text

HEIGHT = 1080  # what slimreel makes of larger pictures, so the other way has to


def main(argv: Sequence[str] | None = None) -> int:
    """The command line. Exit code 0 when both ways worked on every source, else 1; 2 for a wrong use."""
    options = _options(argv)
    out = Path(options.out or ("build/bench" if options.seconds else "bench/results"))
    if options.render:
        write(read_text(RateResults, (out / "long.json").read_text(encoding="utf-8")), out)
        return 0
    load = machine.load()
    if load > machine.QUIET_LOAD and not options.force:
        print(f"The load is {load:.2f}, above {machine.QUIET_LOAD}: wait until it is quiet, or --force.")
        return 2
    try:
        return _measure(options, out, load)
    except NoMedia as error:
        print(error, file=sys.stderr)
        return 2


def write(results: RateResults, out: Path) -> None:
    """long.json, long.md and, where matplotlib is there, long.png."""
    try:
        from bench.rate_plot import draw
    except ModuleNotFoundError:
        results = replace(results, notes=[*results.notes, NO_PLOT])
    else:
        draw(results, out / "long.png", long_report.CPU_GOAL)
    results.write(out / "long.json")
    (out / "long.md").write_text(long_report.page(results), encoding="utf-8")


def _measure(options: argparse.Namespace, out: Path, load: float) -> int:
    parts = options.only.split(",")
    recipes = [recipe for recipe in long_sources.RECIPES if any(part in recipe.name for part in parts)]
    if options.seconds:
        recipes = [replace(recipe, seconds=options.seconds) for recipe in recipes]
    notes = []
    if load > machine.QUIET_LOAD:
        notes.append(f"**The machine was not quiet (load {load:.2f}): take the times as rough.**")
    if options.seconds:
        notes.append(f"**A try on sources of {options.seconds} s, not a measurement.**")
    results = RateResults(
        date=machine.today(), machine=machine.describe(), load_at_start=load, repeats=options.repeats, notes=notes
    )
    out.mkdir(parents=True, exist_ok=True)
    ways = [METHODS["slimreel"], Method(BASE, METHODS[BASE].title, two_pass)]
    for number, recipe in enumerate(recipes, 1):
        print(f"[{number}/{len(recipes)}] {recipe.name}", flush=True)
        clip = long_sources.made(recipe, Path(options.cache).expanduser())
        plan = Plan(
            repeats=options.repeats, kbps=recipe.kbps, scores=not options.no_vmaf, subsample=long_report.SUBSAMPLE
        )
        with tempfile.TemporaryDirectory(prefix="bench-long-") as folder:
            results.clips.append(measure_clip(clip, ways, plan, Path(folder), most_height=HEIGHT))
        write(results, out)
    print(f"Wrote {out / 'long.md'}")
    return 1 if any(way.failure for clip in results.clips for way in clip.methods.values()) else 0


def two_pass(clip: Clip, source: Weight, kbps: int, out: Path) -> Commands:
    """What every tutorial says, and of large pictures smaller ones in both passes."""
    commands = METHODS[BASE].commands(clip, source, kbps, out)
    if source.height <= HEIGHT:
        return commands
    scale = ["-vf", f"scale=-2:{HEIGHT}:flags=bicubic"]
    return [[*argv[: argv.index("-c:v")], *scale, *argv[argv.index("-c:v") :]] for argv in commands]


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.long", description=__doc__)
    add = parser.add_argument
    add("--only", metavar="PART,…", default="", help="sources whose names contain one of these")
    add("--seconds", type=int, default=0, help="shorter sources, to see whether everything works")
    add("--repeats", type=int, default=3, help="how often each way runs on each source (default 3)")
    add("--cache", metavar="FOLDER", default="~/.cache/slimreel-bench", help="where the sources made are kept")
    add("--out", metavar="FOLDER", help="default bench/results; with --seconds build/bench")
    add("--no-vmaf", action="store_true", help="leave out the slow scores")
    add("--force", action="store_true", help="measure although the machine is not quiet")
    add("--render", action="store_true", help="only write the page and the plot again from long.json")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
