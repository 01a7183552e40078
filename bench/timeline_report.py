"""Writes the page that people read of a run of `bench.timeline`: goals, ratios, pictures and sound, memory, graphs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import mean, median

from bench.markdown import megabytes, signed, table
from bench.timeline_peers import BARE, CRF, WAYS
from bench.timeline_records import FilmRuns, Instant, TimelineResults, WayRuns

# CPU of slimreel over that of each way at most, as the requirement states it.
CPU_GOALS = {BARE: 1.15, "melt": 0.80, "moviepy": 0.40}
MEMORY_GOAL_BYTES = 600_000_000
GRAPH_GOAL_MS = 50.0
# A picture that looks like its source; below it something else is shown. CRF 23 alone gives 36 to 48 dB.
ALIKE_DB = 30.0
# Of the lower edge; the letters of these titles cover about one in a hundred of its pixels.
LETTERS_SHARE = 0.003

_INTRODUCTION = f"""\
Each way renders the same timelines and encodes with the very options of slimreel's default speed (x264, CRF {CRF}, AAC
128 kbit/s), so what differs is the editing. They run in turns (A B C A B C …). CPU is user and system time of the
whole process tree: for slimreel of the whole command, with looking at the files and the check at the end. The bare
transcode is slimreel's own FFmpeg that scales the same number of the same frames and puts them end to end, without
dissolves, titles or mixing. MoviePy uses that FFmpeg too; melt brings Debian's, and so another build of x264.
"No goal said" is slimreel as it comes, which looks for a quality instead of taking a CRF; it is there to be known and
not compared. Memory is of the largest process. Music is made quieter under voices by listening in slimreel, by
keyframes in the others. {{options}}"""

_PICTURES = f"""\
Some ten pictures of every result are compared with what the sources say they should show, made with PyAV and numpy
alone: scaled, with black bars, as a player shows them, dissolves at the weight that fits best. PSNR and SSIM are of
luma above the titles, the lowest of all instants and the mean; "colour" is the mean difference of chroma in code
values. "Late" counts pictures that the source has at another time, by one; "dissolves" is by how much of their way they
are off at most. "Titles" are seen where there is one, and nowhere else. "Loudness" is the difference to what it should
be, LUFS. Below {ALIKE_DB:.0f} dB a picture counts as wrong."""

_CREDIT = "Seen among others: Big Buck Bunny, © Blender Foundation, CC BY 3.0."


_WHY = "Where the CPU goes beyond the bare transcode: bench/README.md, where a timeline's time goes."


def page(results: TimelineResults) -> str:
    """The whole page as Markdown."""
    where = "; ".join(results.machine)
    parts = [
        "# Timelines: slimreel beside a bare transcode, melt and MoviePy",
        f"{results.date}; {where}. {results.repeats} repeats, load {results.load_at_start:.2f} at the start.",
        *results.notes,
        _INTRODUCTION.format(options=_options(results.films)),
        "## Goals",
        _goals(results),
        _WHY,
        "## CPU of every timeline",
        _cpu_table(results.films),
        "## Pictures and sound",
        _PICTURES,
        _picture_table(results.films),
        "![The same instants in every result](timeline.png)",
        _CREDIT,
        *_memory(results),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def judge(results: TimelineResults) -> list[tuple[str, str, bool]]:
    """Each goal of the requirement, what was found, and whether it is met. Ratios are the worst of all timelines."""
    found = []
    for base, goal in CPU_GOALS.items():
        ratios = [(ratio, film) for film in results.films if (ratio := film.ratio("slimreel", base)) is not None]
        if ratios:
            worst, where = max(ratios, key=lambda pair: pair[0])
            middle = median(ratio for ratio, _ in ratios)
            text = f"{worst:.2f} at worst ({_name(where)}), median {middle:.2f}"
            found.append((f"CPU at most {goal:.2f} of {WAYS[base].title}", text, worst <= goal))
    mine = [one for film in results.films if (one := film.done("slimreel"))]
    if any(one.instants for one in mine):
        wrong = sum(len(wrongs(one)) for one in mine)
        count = sum(len(one.instants) for one in mine)
        found.append(("no picture wrong, no title missing", f"{wrong} of {count}", wrong == 0))
    if (long := results.long_run) and not long.failure:
        name = f"memory at most 600 MB for {long.minutes:g} min in {long.pieces} pieces"
        text = f"largest process {megabytes(long.process_bytes)} MB, all together {megabytes(long.tree_bytes)} MB"
        found.append((name, text, max(long.process_bytes, long.tree_bytes) <= MEMORY_GOAL_BYTES))
    if emitted := results.emission:
        took = median(emitted.graph_ms)
        name = f"graph of {emitted.elements} elements in at most {GRAPH_GOAL_MS:.0f} ms"
        found.append((name, f"{took:.0f} ms", took <= GRAPH_GOAL_MS))
    return found


def wrongs(way: WayRuns) -> list[Instant]:
    """Pictures that show something else than they should."""
    return [one for one in way.instants if one.psnr < ALIKE_DB or (one.letters > LETTERS_SHARE) != one.titled]


def _name(film: FilmRuns) -> str:
    return f"{film.title}, {min(film.width, film.height)}p"


def _goals(results: TimelineResults) -> str:
    rows = [(goal, found, "met" if met else "**missed**") for goal, found, met in judge(results)]
    return table(("goal for slimreel", "found", ""), rows, texts=3) if rows else "Too little was measured."


def _options(films: Sequence[FilmRuns]) -> str:
    """Whether all encoded alike, by what x264 wrote into the files."""
    other = [
        f"{WAYS[key].title} ({_name(film)})"
        for film in films
        if (base := film.done(BARE)) and base.encoder
        for key, way in film.ways.items()
        if key != "usual" and way.usages and way.encoder != base.encoder
    ]
    if other:
        return f"**Not encoded alike, by what x264 wrote into the file: {', '.join(other)}.**"
    return "What x264 wrote of its options into the files is the same in all."


def _rows(films: Sequence[FilmRuns]) -> Iterator[tuple[str, str, FilmRuns, WayRuns]]:
    for film in films:
        for number, (key, way) in enumerate(film.ways.items()):
            yield key, _name(film) if number == 0 else "", film, way


def _cpu_table(films: Sequence[FilmRuns]) -> str:
    head = ("timeline", "way", "CPU s", "slimreel to it", "wall s", "memory MB", "file MB", "frames")
    rows = []
    for key, name, film, way in _rows(films):
        start = [name, WAYS[key].title]
        if not way.usages:
            rows.append([*start, f"failed: {way.failure}"[:90], *[""] * 5])
            continue
        ratio = film.ratio("slimreel", key) if key != "usual" else None
        rows.append([
            *start, _spread(way.cpu_s()), f"{ratio:.2f}" if ratio is not None else "",
            f"{median(way.wall_s()):.1f}", megabytes(way.peak_bytes()), f"{way.file_bytes / 1e6:.2f}",
            f"{way.frames}" + ("" if way.frames == film.frames else f" of {film.frames}"),
        ])  # fmt: skip
    return table(head, rows, texts=2)


def _spread(values: Sequence[float]) -> str:
    middle = f"{median(values):.1f}"
    return middle if len(values) < 2 else f"{middle} ({min(values):.1f} … {max(values):.1f})"


def _picture_table(films: Sequence[FilmRuns]) -> str:
    head = ("timeline", "way", "lowest dB", "mean dB", "SSIM", "colour", "wrong", "late", "dissolves", "titles",
            "loudness")  # fmt: skip
    rows = [
        [name or _name(film), WAYS[key].title, *_picture_cells(way), _loudness(film, way)]
        for key, name, film, way in _rows(films)
        if key not in (BARE, "usual") and way.instants
    ]
    return table(head, rows, texts=2) if rows else "No pictures were compared."


def _picture_cells(way: WayRuns) -> list[str]:
    found = way.instants
    off = [abs(one.weight - one.wanted_weight) for one in found
           if one.weight is not None and one.wanted_weight is not None]  # fmt: skip
    titled = [one for one in found if one.titled]
    seen = sum(one.letters > LETTERS_SHARE for one in titled)
    stray = sum(one.letters > LETTERS_SHARE for one in found if not one.titled)
    return [
        f"{min(one.psnr for one in found):.1f}", f"{mean(one.psnr for one in found):.1f}",
        f"{mean(one.ssim for one in found):.4f}", f"{mean(one.hue for one in found):.1f}",
        f"{len(wrongs(way))} of {len(found)}", str(sum(one.shift != 0 for one in found)),
        f"{max(off):.2f}" if off else "", f"{seen} of {len(titled)}" + (f", {stray} stray" if stray else ""),
    ]  # fmt: skip


def _loudness(film: FilmRuns, way: WayRuns) -> str:
    if film.loudness is None or way.loudness is None:
        return ""
    return signed(way.loudness - film.loudness, 1)


def _memory(results: TimelineResults) -> list[str]:
    parts = []
    if long := results.long_run:
        what = f"{long.minutes:g} minutes of 1080p24, cut into {long.pieces} pieces that come in any order, CRF {CRF}: "
        found = (
            f"largest process {megabytes(long.process_bytes)} MB; all processes at one moment "
            f"{megabytes(long.tree_bytes)} MB, pages that they share counted in each; "
            f"{long.cpu_s:.0f} CPU s, {long.wall_s:.0f} s."
        )
        parts += ["## Memory", what + (f"**failed: {long.failure}**" if long.failure else found)]
    if one := results.emission:
        cut = f"{one.elements} elements (cuts, dissolves, titles, pictures, music) become a graph of {one.characters}"
        took = f"{median(one.graph_ms):.1f} ms of CPU ({min(one.graph_ms):.1f} … {max(one.graph_ms):.1f})"
        parts += ["## Graph", f"{cut} characters with {one.inputs} inputs in {took}, {len(one.graph_ms)} tries."]
    return parts
