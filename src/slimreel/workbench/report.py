"""Writes a comparison as one page for people: verdict, sizes, curves, worst moments, numbers. The page needs nothing
from anywhere and sends nothing; every text in it that came from outside is escaped by its template."""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from jinja2 import DictLoader, Environment, StrictUndefined

from slimreel.agent.reply import label, say, spoken
from slimreel.core.units import format_bitrate, format_duration, format_size
from slimreel.core.verdict import BANDING_INCREASE, BANDS, differences_seen
from slimreel.data.tables import LANGUAGES, report_file, report_table
from slimreel.engine import ffmpeg, place
from slimreel.errors import OutputExists, UsageError
from slimreel.workbench import plots
from slimreel.workbench.comparison import Comparison, Side, written
from slimreel.workbench.result import Result

_COLUMNS = ("score", "mean", "poor", "worst")
_LEAST_STEPS = 1.0  # a part of a difference that can just be seen says nothing


def write_report(
    comparison: Comparison,
    page: str | os.PathLike[str],
    *,
    language: str = "en",
    result: Result | None = None,
    wish: str | None = None,
    overwrite: bool = False,
) -> None:
    """Write the page of `comparison` to the file `page`; with `result` and `wish` it also tells what was asked.

    Pictures of the worst moments are in it if the comparison was made with `stills=True`. Raises OutputExists
    (unless `overwrite`) and StorageError.
    """
    path = Path(page)
    check_page(path, (Path(comparison.reference.path), Path(comparison.output.path)), overwrite=overwrite)
    text = report_html(comparison, language=language, result=result, wish=wish)
    with place.working_folder(path) as folder:
        made = folder / "report.part"
        with place.storage_errors(path):
            made.write_text(text, encoding="utf-8", errors="replace")  # names may hold bytes that are no letters
        place.publish(made, path, overwrite=overwrite, times_of=None)


def check_page(page: Path, videos: Sequence[Path], *, overwrite: bool) -> None:
    """Could a page be written there? Asked before the work begins. Raises UsageError, OutputExists."""
    if page.is_dir():
        raise UsageError(detail=f"{page} is a folder; name a file for the report, for example report.html.")
    if not page.exists():
        return
    if not page.is_file() or any(video.exists() and page.samefile(video) for video in videos):
        raise UsageError(detail=f"The report would replace {page}; name another file for it.")
    if not overwrite:
        raise OutputExists(path=page)


def report_html(
    comparison: Comparison, *, language: str = "en", result: Result | None = None, wish: str | None = None
) -> str:
    """The page as text."""
    language = language if language in LANGUAGES else "en"
    words = report_table(language)
    names = [Path(side.path).name for side in (comparison.reference, comparison.output)]
    return str(
        _environment()
        .get_template("page.html")
        .render(
            language=language,
            words=words,
            names=names,
            title=words["title"].format(reference=names[0], output=names[1]),
            found=comparison,
            verdict=_verdict(comparison, language, words),
            sizes=_sizes(comparison, words),
            sides=[_facts(side) for side in (comparison.reference, comparison.output)],
            asked=_asked(result, wish, words, language) if result is not None else None,
            quality=_quality(comparison, words),
            rates=_rates(comparison, words),
            moments=_moments(comparison, words),
            columns=[*(label(f"column_{name}", language) for name in _COLUMNS), words["meaning"]],
            numbers=_numbers(comparison, words, language),
            how=_how(comparison, words, language),
            policy=_policy(),
            style=report_file("style.css"),
            script=report_file("slider.js"),
        )
    )


@cache
def _environment() -> Environment:
    loader = DictLoader({name: report_file(name) for name in ("page.html", "plot.html")})
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


def _policy() -> str:
    """Nothing may be loaded, and of scripts and styles only those of ours may run, known by their hashes."""
    script, style = (
        base64.b64encode(hashlib.sha256(report_file(name).encode()).digest()).decode()
        for name in ("slider.js", "style.css")
    )
    return (
        f"default-src 'none'; img-src data:; script-src 'sha256-{script}'; style-src 'sha256-{style}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _verdict(found: Comparison, language: str, words: dict[str, str]) -> dict[str, Any]:
    score = found.scores["vmaf"]
    sentences = [words["score_sentence"].format(mean=f"{score.mean:.1f}", poor=f"{score.poor:.1f}")]
    steps = differences_seen(score.mean)
    if steps >= _LEAST_STEPS:
        sentences.append(words["jnd_sentence"].format(steps=f"{steps:.1f}"))
    if found.banding_increase > BANDING_INCREASE:
        sentences.append(label("banding_more", language))
    return {"name": found.verdict, "sentence": label(f"verdict_{found.verdict}", language), "more": sentences}


def _sizes(found: Comparison, words: dict[str, str]) -> dict[str, Any]:
    before, after = found.reference.bytes, found.output.bytes
    change = 100 * (after / max(1, before) - 1)
    if before == after:
        sentence = words["same_size"]
    else:
        key = "smaller" if change < 0 else "larger"
        sentence = words[key].format(percent=f"{abs(change):.1f}" if abs(change) < 10 else f"{abs(change):.0f}")
    largest = max(before, after, 1)
    widths = [max(1.0, round(100 * size / largest, 1)) for size in (before, after)]
    return {"sentence": sentence, "widths": widths}


def _facts(side: Side) -> dict[str, str]:
    return {
        "size": format_size(side.bytes),
        "codec": spoken(side.codec),
        "width": str(side.width),
        "height": str(side.height),
        "fps": f"{side.fps:g}",
        "length": format_duration(side.duration_s),
        "rate": format_bitrate(side.video_bitrate_bps),
    }


def _asked(result: Result, wish: str | None, words: dict[str, str], language: str) -> dict[str, Any]:
    target, reached = result.target, None
    told = None
    if target is not None:
        if target["kind"] == "size":
            told, value = (
                words["target_size"].format(size=format_size(float(target["bytes"]))),
                format_size(result.bytes),
            )
        else:
            told = words[f"target_{target['kind']}"].format(rate=format_bitrate(float(target["bps"])))
            value = format_bitrate(result.video_bitrate_bps)
        error = result.error_percent
        reached = value
        if error is not None:
            reached = words["reached_error"].format(value=value, error=f"{error:+.2f}".replace("-", "−"))
    reasons = [say(reason, language) for reason in result.reasons]
    return {"wish": wish, "target": told, "reached": reached, "reasons": reasons}


def _quality(found: Comparison, words: dict[str, str]) -> dict[str, Any]:
    curve = found.vmaf_by_second
    plot = plots.quality_plot(curve, found.output.duration_s, BANDS[0].mean)
    known = [(value, second) for second, value in enumerate(curve) if value is not None]
    least, second = min(known, default=(0.0, 0))
    alt = words["quality_alt"].format(mean=f"{found.vmaf:.1f}", least=f"{least:.1f}", at=plots.clock(second))
    return {
        "plot": plot,
        "alt": alt,
        "legend": [],
        "mark": words["no_difference"],
        "heads": [words["from_time"], "VMAF"],
    }


def _rates(found: Comparison, words: dict[str, str]) -> dict[str, Any]:
    sides = (found.reference, found.output)
    longest = max(side.duration_s for side in sides)
    plot = plots.rate_plot([side.video_bps_by_second for side in sides], longest)
    before, after = (format_bitrate(side.video_bitrate_bps) for side in sides)
    heads = [words["from_time"], words["before"], words["after"]]
    alt = words["rate_alt"].format(before=before, after=after)
    return {"plot": plot, "alt": alt, "legend": heads[1:], "mark": "", "heads": heads}


def _moments(found: Comparison, words: dict[str, str]) -> list[dict[str, str]]:
    shown = []
    for moment, still in zip(found.worst, found.stills, strict=False):
        time = f"{moment.time_s:.2f} s"
        shown.append(
            {
                "title": words["at_time"].format(time=time, score=f"{moment.vmaf:.1f}"),
                "before": _data_uri(still.reference),
                "after": _data_uri(still.output),
                "alt_before": words["still_alt_before"].format(time=time),
                "alt_after": words["still_alt_after"].format(time=time),
            }
        )
    return shown


def _data_uri(picture: bytes) -> str:
    return f"data:image/webp;base64,{base64.b64encode(picture).decode()}"


def _numbers(found: Comparison, words: dict[str, str], language: str) -> list[tuple[str, ...]]:
    return [
        (label(f"score_{name}", language), *written(name, score), words[f"about_{name}"])
        for name, score in found.scores.items()
    ]


def _how(found: Comparison, words: dict[str, str], language: str) -> list[str]:
    step = max(found.steps.values())
    return [
        words["how_frames"].format(
            compared=found.frames_compared, width=found.compared_width, height=found.compared_height
        ),
        words["how_index" if found.paired_by == "index" else "how_time"],
        *(say(note, language) for note in found.notes),
        words["how_models" if step > 1 else "how_models_all"].format(model=found.model, step=step),
        words["harmonic"].format(value=f"{found.scores['vmaf'].harmonic_mean:.2f}"),
        words["how_rates"],
        words["how_sound"],
        words["made_by"].format(version=version("slimreel"), ffmpeg=ffmpeg.version()),
    ]
