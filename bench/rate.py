"""Compares slimreel with other ways to a bitrate, on the same clips in one run: `python -m bench.rate --help`."""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bench import clips as clip_lists
from bench import machine, methods, rate_report
from bench.clips import Clip, NoMedia
from bench.methods import Method
from bench.rate_records import ClipRuns, MethodRuns, RateResults, Run
from bench.scores import ScoreFailed, score
from bench.stopwatch import run_all
from bench.streams import NoVideo, Weight, weigh
from slimreel.core.records import read_text

TIMEOUT_S = 3600.0
_QUICK_CLIPS = clip_lists.RATE_CLIPS[4:6]
NO_PLOT = "No plot was drawn: matplotlib is missing (run with `uv run --group bench`)."


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How a clip is measured: the rate as a share of its own, or in so many kbit/s. Of long clips every
    `subsample`-th frame is scored; odd, so that it meets every kind of frame in a B-pyramid."""

    repeats: int
    share: float = 0.5
    kbps: int | None = None
    scores: bool = True
    subsample: int = 1


def main(argv: Sequence[str] | None = None) -> int:
    """The command line. Exit code 0 when every way worked on every clip, else 1; 2 for a wrong use."""
    options = _options(argv)
    out = Path(options.out or ("build/bench" if options.quick else "bench/results"))
    if options.render:
        write(read_text(RateResults, (out / "rate.json").read_text(encoding="utf-8")), out)
        return 0
    load = machine.load()
    if load > machine.QUIET_LOAD and not (options.force or options.quick):
        print(f"The load is {load:.2f}, above {machine.QUIET_LOAD}: wait until it is quiet, or --force.")
        return 2
    try:
        return measure(options, out, load)
    except NoMedia as error:
        print(error, file=sys.stderr)
        return 2


def measure(options: argparse.Namespace, out: Path, load: float) -> int:
    """Run everything, writing the results after every clip."""
    names = options.clips.split(",") if options.clips else _QUICK_CLIPS if options.quick else clip_lists.RATE_CLIPS
    found = clip_lists.named_clips(names) if names else []
    found += clip_lists.added_clips(options.add)
    ways, notes = methods.available(options.methods.split(","))
    if load > machine.QUIET_LOAD:
        notes.append(f"**The machine was not quiet (load {load:.2f}): take the times as rough.**")
    if options.quick:
        notes.append("**A quick try on two seconds of small pictures, not a measurement.**")
    results = RateResults(
        date=machine.today(), machine=machine.describe(), load_at_start=load, repeats=options.repeats, notes=notes
    )
    plan = Plan(repeats=options.repeats, share=options.share, scores=not options.no_vmaf)
    out.mkdir(parents=True, exist_ok=True)
    for number, clip in enumerate(found, 1):
        print(f"[{number}/{len(found)}] {clip.name}", flush=True)
        with tempfile.TemporaryDirectory(prefix="bench-rate-") as place:
            folder = Path(place)
            results.clips.append(measure_clip(_shortened(clip, folder) if options.quick else clip, ways, plan, folder))
        write(results, out)
    print(f"Wrote {out / 'rate.md'}")
    return 1 if any(way.failure for clip in results.clips for way in clip.methods.values()) else 0


def write(results: RateResults, out: Path) -> None:
    """rate.json, rate.md and, where matplotlib is there, rate.png."""
    try:
        from bench.rate_plot import draw
    except ModuleNotFoundError:
        results = replace(results, notes=[*results.notes, NO_PLOT])
    else:
        draw(results, out / "rate.png")
    results.write(out / "rate.json")
    (out / "rate.md").write_text(rate_report.page(results), encoding="utf-8")


def measure_clip(
    clip: Clip, ways: Sequence[Method], plan: Plan, folder: Path, *, most_height: int | None = None
) -> ClipRuns:
    """Every way in turns, then the scores. Above `most_height` pictures are looked at in that height."""
    source = weigh(clip.path)
    seen = source
    if most_height and source.height > most_height:
        seen = replace(source, width=round(source.width * most_height / source.height / 2) * 2, height=most_height)
    kbps = plan.kbps or max(1, round(source.bitrate_bps * plan.share / 1000))
    found = ClipRuns(
        name=clip.name, width=seen.width, height=seen.height, frames=source.frames,
        duration_s=source.duration_s, source_bps=source.bitrate_bps, kbps=kbps,
        methods={way.key: MethodRuns() for way in ways},
    )  # fmt: skip
    results: dict[str, tuple[Path, Weight]] = {}
    for repeat in range(plan.repeats):
        for way in ways:
            if found.methods[way.key].failure is None:
                _run_once(way, clip, source, found, folder / f"{way.key}-{repeat}", results)
    if plan.scores:
        for digest, (path, made) in results.items():
            try:
                found.scores[digest] = score(path, made, clip.path, seen, subsample=plan.subsample)
            except ScoreFailed as error:
                print(f"  no VMAF for {path.parent.name}: {error}", file=sys.stderr)
    return found


def _run_once(
    way: Method, clip: Clip, source: Weight, found: ClipRuns, folder: Path, results: dict[str, tuple[Path, Weight]]
) -> None:
    """One repeat of one way. A result with pictures not seen before is kept to be scored."""
    folder.mkdir()
    out = folder / "out.mp4"
    done = run_all(way.commands(clip, source, found.kbps, out), folder, TIMEOUT_S)
    try:
        made = weigh(out) if done.exit_code == 0 else None
    except (NoVideo, OSError):
        made = None
    runs = found.methods[way.key]
    if made is None:
        runs.failure = f"exit code {done.exit_code}: " + " ".join((done.stderr or done.stdout).split())[-300:]
        print(f"  {way.title}: {runs.failure}", file=sys.stderr)
        return
    error = 100 * (made.bitrate_bps / (found.kbps * 1000) - 1)
    runs.runs.append(
        Run(usage=done.usage, error_percent=error, width=made.width, height=made.height, digest=made.digest)
    )
    print(f"  {way.title:17s} {done.usage.cpu_s:7.1f} CPU s {error:+7.2f} % {made.width}x{made.height}", flush=True)
    if made.digest in results:
        out.unlink()
    else:
        results[made.digest] = (out, made)


def _shortened(clip: Clip, folder: Path) -> Clip:
    """Two seconds of the clip at 320 wide, for a quick try."""
    path = folder / f"{clip.path.stem}-2s.mp4"
    argv = [machine.ffmpeg(), "-nostdin", "-loglevel", "error", "-t", "2", "-i", str(clip.path)]
    subprocess.run([*argv, "-vf", "scale=320:-2", "-c:v", "libx264", "-crf", "16", str(path)], check=True)
    return Clip(f"2 s of {clip.name}", path)


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.rate", description=__doc__)
    add = parser.add_argument
    add("--clips", metavar="A,B,…", default="", help="names in the media folder, or unique parts of them")
    add("--add", metavar="FILE", action="append", default=[], help="measure this file too; may be repeated")
    add("--methods", metavar="A,B,…", default=",".join(methods.METHODS), help="which ways (default: all)")
    add("--repeats", type=int, default=3, help="how often each way runs on each clip (default 3)")
    add("--share", type=float, default=0.5, help="the rate asked, as a share of the source's (default 0.5)")
    add("--out", metavar="FOLDER", help="default bench/results; with --quick build/bench")
    add("--no-vmaf", action="store_true", help="leave out the slow scores")
    add("--quick", action="store_true", help="two clips cut to 2 s and 320 wide: does everything work?")
    add("--force", action="store_true", help="measure although the machine is not quiet")
    add("--render", action="store_true", help="only write the page and the plot again from rate.json")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
