"""Writes the page that people read of a rate run: the machine, the goals, summaries, and every clip."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from bench.markdown import megabytes, signed, spread, table
from bench.methods import BASE, METHODS
from bench.rate_records import ClipRuns, RateResults
from bench.rate_summary import Summary, gain_of, judge, summarise
from bench.scores import MODEL, OLD_MODEL

LOWERED = "↓"

_INTRODUCTION = f"""\
Every clip was brought to half of its own video rate by each way, in turns (A B C A B C …). Ratios and VMAF
differences are to two-pass FFmpeg on the same clip; medians over clips, with a bootstrap 90 % interval in brackets.
CPU is user and system time of the whole process tree, so for slimreel of the whole command, verification included.
Rates were counted packet by packet, independently of slimreel. VMAF is `{MODEL}` at the source's size in 10 bits
(v0: `{OLD_MODEL}`), p5 the 5th percentile of frames. {LOWERED} marks a picture that slimreel made smaller because
the rate could not carry the full size."""


def page(results: RateResults) -> str:
    """The whole page as Markdown."""
    clips = [clip for clip in results.clips if clip.methods]
    same = [clip for clip in clips if not clip.lowered()]
    lowered = [clip for clip in clips if clip.lowered()]
    parts = [
        "# Rate: slimreel beside other ways to a bitrate",
        _circumstances(results),
        *results.notes,
        _INTRODUCTION,
        "![CPU and VMAF of every clip](rate.png)",
        "## Goals",
        _goals(clips),
        f"## All {len(clips)} clips",
        _summaries(clips),
    ]
    if lowered and same:
        parts += [f"## The {len(same)} clips at the source's size", _summaries(same)]
    if lowered:
        parts += [f"## The {len(lowered)} clips that slimreel made smaller", _summaries(lowered)]
    parts += ["## Every clip", _clip_table(clips)]
    return "\n\n".join(parts) + "\n"


def _circumstances(results: RateResults) -> str:
    where = "; ".join(results.machine)
    return f"{results.date}; {where}. {results.repeats} repeats, load {results.load_at_start:.2f} at the start."


def _goals(clips: Sequence[ClipRuns]) -> str:
    rows = [(goal, found, "met" if met else "**missed**") for goal, found, met in judge(clips)]
    return table(("goal for slimreel (medians)", "found", ""), rows, texts=3) if rows else "Too little was measured."


def _summaries(clips: Sequence[ClipRuns]) -> str:
    found = [summary for key in METHODS if (summary := summarise(clips, key))]
    head = (
        "way", "clips", "median error %", "worst", "CPU ratio", "wall ratio", "peak memory ratio",
        "VMAF v1", "worst", "v1 p5", "v0",
    )  # fmt: skip
    return table(head, [_summary_row(summary) for summary in found])


def _summary_row(summary: Summary) -> list[str]:
    title = METHODS[summary.method].title
    start = [title, str(summary.clips), f"{summary.error:.2f}", f"{summary.worst_error:.2f}"]
    if summary.method == BASE:
        return [*start, "1", "1", "1", "0", "", "0", "0"]
    quality = ["", "", "", ""]
    if summary.vmaf:
        numbers = (signed(number) for number in (summary.worst_vmaf, summary.p5, summary.old_vmaf))
        quality = [spread(summary.vmaf, sign=True), *numbers]
    return [*start, spread(summary.cpu), spread(summary.wall), f"{summary.memory:.2f}", *quality]


def _clip_table(clips: Sequence[ClipRuns]) -> str:
    head = (
        "clip", "way", "picture", "error %", "CPU s", "CPU ratio", "wall s",
        "VMAF v1", "to two-pass", "v1 p5", "v0", "peak MB",
    )  # fmt: skip
    return table(head, [row for clip in clips for row in _clip_rows(clip)], texts=3)


def _clip_rows(clip: ClipRuns) -> list[list[str]]:
    rows: list[list[str]] = []
    for key, method in METHODS.items():
        if key not in clip.methods:
            continue
        name = f"{clip.name}, {clip.kbps} kbit/s" if not rows else ""
        rows.append([name, method.title, *_cells(clip, key)])
    return rows


def _cells(clip: ClipRuns, key: str) -> list[str]:
    found = clip.done(key)
    if found is None:
        return [f"failed: {clip.methods[key].failure}"[:90], *[""] * 9]
    base, score, gain = clip.done(BASE), clip.score(key), gain_of(clip, key)
    cpu = median(found.cpu_s())
    pairing = "" if score is None or score.pairing == "order" else f" (by {score.pairing})"
    return [
        f"{found.runs[0].width}x{found.runs[0].height}{f' {LOWERED}' if clip.lowered(key) else ''}",
        signed(found.error_percent()),
        f"{cpu:.1f}",
        f"{cpu / median(base.cpu_s()):.2f}" if base else "",
        f"{median(found.wall_s()):.1f}",
        f"{score.mean:.2f}{pairing}" if score else "",
        signed(gain[0]) if gain and key != BASE else "",
        f"{score.p5:.2f}" if score else "",
        f"{score.old_mean:.2f}" if score else "",
        megabytes(found.peak_bytes()),
    ]
