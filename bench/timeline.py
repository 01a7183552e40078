"""Renders timelines with slimreel, a bare transcode, melt and MoviePy, and compares cost and pictures.

`python -m bench.timeline --help`.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench import machine, timeline_made, timeline_memory, timeline_peers, timeline_report
from bench.clips import NoMedia
from bench.stopwatch import run
from bench.streams import NoVideo, weigh
from bench.timeline_peers import BARE, WAYS, Way
from bench.timeline_records import FilmRuns, TimelineResults, WayRuns
from bench.timeline_sources import FILMS, QUICK, Film
from slimreel.core.records import read_text

TIMEOUT_S = 1800.0
QUICK_MINUTES, QUICK_PIECES = 0.5, 30
_NO_PICTURES = "Pictures were not compared: numpy and Pillow come with the group `bench`."


def main(argv: Sequence[str] | None = None) -> int:
    """The command line. Exit code 0 when every way worked on every film, else 1; 2 for a wrong use."""
    options = _options(argv)
    if options.install_moviepy:
        timeline_peers.install_moviepy()
        return 0
    out = Path(options.out or ("build/bench" if options.quick else "bench/results"))
    if options.render:
        write(read_text(TimelineResults, (out / "timeline.json").read_text(encoding="utf-8")), out)
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


def write(results: TimelineResults, out: Path) -> None:
    """timeline.json and timeline.md; the contact sheet is drawn while there are results to draw."""
    results.write(out / "timeline.json")
    (out / "timeline.md").write_text(timeline_report.page(results), encoding="utf-8")


def _measure(options: argparse.Namespace, out: Path, load: float) -> int:
    ways, notes = timeline_peers.available(options.ways.split(","))
    if load > machine.QUIET_LOAD:
        notes.append(f"**The machine was not quiet (load {load:.2f}): take the times as rough.**")
    if options.quick:
        notes.append("**A try on short timelines, not a measurement.**")
    repeats = options.repeats or (1 if options.quick else 3)
    results = TimelineResults(
        date=machine.today(), machine=[*machine.describe(), *timeline_peers.versions()], load_at_start=load,
        repeats=repeats, notes=notes,
    )  # fmt: skip
    for python in (sys.executable, timeline_peers.moviepy_python()):
        if Path(python).exists():
            machine.compile_python(python)
    out.mkdir(parents=True, exist_ok=True)
    cache = Path(options.cache).expanduser()
    chosen = [film for film in (QUICK if options.quick else FILMS) if options.only in film.key]
    for film in chosen:
        print(f"{film.key}: {film.frames} frames of {film.width}x{film.height}", flush=True)
        sheet = out / "timeline.png" if film is chosen[-1] else None
        results.films.append(measure_film(film, ways, repeats, cache, notes, sheet))
        write(results, out)
    if "emission" not in options.without:
        results.emission = timeline_memory.emission(cache)
        write(results, out)
    if "memory" not in options.without:
        size = (QUICK_MINUTES, QUICK_PIECES) if options.quick else (timeline_memory.MINUTES, timeline_memory.PIECES)
        print(f"{size[0]:g} minutes in {size[1]} pieces", flush=True)
        results.long_run = timeline_memory.long_run(cache, *size)
        write(results, out)
    print(f"Wrote {out / 'timeline.md'}")
    broken = any(way.failure for film in results.films for way in film.ways.values())
    return 1 if broken or (results.long_run and results.long_run.failure) else 0


def measure_film(
    film: Film, ways: Sequence[Way], repeats: int, cache: Path, notes: list[str], sheet: Path | None
) -> FilmRuns:
    """Every way in turns, then the pictures. What is only there to be known runs once."""
    paths = timeline_made.sources(film.clips, cache)
    found = FilmRuns(
        key=film.key, title=film.title, width=film.width, height=film.height, rate=film.rate, frames=film.frames,
        ways={way.key: WayRuns() for way in ways},
    )  # fmt: skip
    results: dict[str, Path] = {}
    with tempfile.TemporaryDirectory(prefix="bench-timeline-") as place:
        for repeat in range(repeats):
            for way in ways:
                if found.ways[way.key].failure is None and not (way.key == "usual" and repeat):
                    made = _run_once(way, film, paths, found.ways[way.key], Path(place, f"{way.key}-{repeat}"))
                    if made is not None:
                        results.setdefault(way.key, made)
        _compare(film, paths, found, results, notes, sheet)
    return found


def _run_once(way: Way, film: Film, paths: timeline_peers.Paths, runs: WayRuns, folder: Path) -> Path | None:
    folder.mkdir()
    out = folder / "out.mp4"
    done = run(way.command(film, paths, out), folder, TIMEOUT_S)
    try:
        made = weigh(out) if done.exit_code == 0 else None
        if made is not None and (made.width, made.height) != (film.width, film.height):
            raise NoVideo(f"it is {made.width}x{made.height}")
    except (NoVideo, OSError) as error:
        made, runs.failure = None, f"{error}"
    if made is None:
        runs.failure = runs.failure or f"exit code {done.exit_code}: " + " ".join(done.stderr.split())[-300:]
        print(f"  {way.title}: {runs.failure}", file=sys.stderr)
        return None
    runs.usages.append(done.usage)
    runs.width, runs.height, runs.frames = made.width, made.height, made.frames
    runs.duration_s, runs.file_bytes = made.duration_s, made.file_bytes
    peak = done.usage.peak_bytes / 1e6
    print(f"  {way.title:22s} {done.usage.cpu_s:7.1f} CPU s {peak:6.0f} MB {made.frames} frames", flush=True)
    return out


def _compare(
    film: Film, paths: timeline_peers.Paths, found: FilmRuns, results: dict[str, Path], notes: list[str],
    sheet: Path | None,
) -> None:  # fmt: skip
    try:
        from bench import timeline_pictures, timeline_sheet
    except ModuleNotFoundError:
        if _NO_PICTURES not in notes:
            notes.append(_NO_PICTURES)
        return
    for key, path in results.items():
        found.ways[key].encoder = timeline_pictures.encoder_of(path)
    compared = {key: path for key, path in results.items() if key not in (BARE, "usual")}
    for key, instants in timeline_pictures.compare(film, paths, compared).items():
        found.ways[key].instants = instants
        found.ways[key].loudness = timeline_pictures.loudness(compared[key], film)
    found.loudness = timeline_pictures.wanted_loudness(paths, film)
    if sheet is not None:
        timeline_sheet.draw(film, compared, {key: WAYS[key].title for key in compared}, sheet)


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.timeline", description=__doc__)
    add = parser.add_argument
    add("--only", metavar="PART", default="", help="timelines whose names contain this")
    add("--ways", metavar="A,B,…", default=",".join(WAYS), help="which ways (default: all)")
    add("--repeats", type=int, default=0, help="how often each way runs on each timeline (default 3; quick 1)")
    add("--without", metavar="A,…", default="", help="leave out `memory` or `emission`")
    add("--cache", metavar="FOLDER", default="~/.cache/slimreel-bench", help="where the long source is kept")
    add("--out", metavar="FOLDER", help="default bench/results; with --quick build/bench")
    add("--quick", action="store_true", help="two short timelines and half a minute in pieces: does everything work?")
    add("--force", action="store_true", help="measure although the machine is not quiet")
    add("--install-moviepy", action="store_true", help="only make MoviePy's own environment in the user's cache")
    add("--render", action="store_true", help="only write the page again from timeline.json")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
