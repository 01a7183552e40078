"""What a timeline needs before it can be decoded: its documents and fonts in the folder, a look at what is measured.

Where nothing is edited there is nothing to do. It reads graphs and makes none but through `again`.
"""

from __future__ import annotations

import json
import math
import os
import shutil
from dataclasses import replace
from pathlib import Path

from slimreel.engine import footage, place
from slimreel.engine.job import FONTS_CONFIG, Job, Steps
from slimreel.engine.timeline import Timeline
from slimreel.errors import EngineError
from slimreel.graph.material import Loudness
from slimreel.graph.model import SOUND, TextFile
from slimreel.graph.sound import LOUDNESS_FILE
from slimreel.graph.titles import FONTS_FOLDER

_LOUDNESS_SCRIPT = "loudness.graph"
_LOOK, _LISTEN = 0.02, 0.02  # of the bar
_SILENT_LUFS = -70.0  # the gate of EBU R 128: below it nothing is measured


def prepare(job: Job) -> Steps[None]:
    """Fill the job's folder, and measure what the graph needs to know."""
    timeline = job.timeline
    if timeline is None:
        return
    with place.storage_errors(job.folder):
        _write(job.folder, timeline)
    for look in timeline.graph.looks:
        with footage.of_input(look.input, timeline.materials[look.input.asset]) as (options, fd):
            arguments = [*options, "-filter_complex", str(look.graph), "-map", f"[{look.graph.out}]", "-f", "null", "-"]
            yield from job.run("analyse", _LOOK, arguments, (fd,))
    if timeline.graph.loudness is not None:
        found = yield from _listen(job, timeline)
        job.timeline = replace(timeline, graph=timeline.again(found))
    job.fraction = 0.0


def _write(folder: Path, timeline: Timeline) -> None:
    soft = [track.file for track in timeline.graph.soft]
    for file in (*timeline.graph.files, *soft):
        if isinstance(file, TextFile):
            (folder / file.name).write_text(file.text, encoding="utf-8")
        else:
            shutil.copyfile(timeline.materials[file.asset].asset.path, folder / file.name)
    if timeline.fonts:
        fonts = folder / FONTS_FOLDER
        fonts.mkdir()
        for number, font in enumerate(timeline.fonts):
            font.write(fonts, str(number))
        (folder / FONTS_CONFIG).write_text(
            f"<fontconfig><dir>{os.fspath(fonts)}</dir><cachedir>{os.fspath(folder)}</cachedir></fontconfig>",
            encoding="utf-8",
        )


def _listen(job: Job, timeline: Timeline) -> Steps[Loudness]:
    """How loud the mix is before it is made even."""
    (job.folder / _LOUDNESS_SCRIPT).write_text(str(timeline.graph.loudness), encoding="utf-8")
    with job.open_footage() as opened:
        script = ["-/filter_complex", _LOUDNESS_SCRIPT, "-map", f"[{SOUND}]"]
        yield from job.run("analyse", _LISTEN, [*opened.inputs, *script, "-f", "null", "-"], opened.fds)
    try:
        told = json.loads((job.folder / LOUDNESS_FILE).read_text())
        values = [_number(told[f"input_{name}"]) for name in ("i", "lra", "tp", "thresh")]
    except (OSError, ValueError, KeyError) as error:
        raise EngineError(path=job.source.path, detail=f"its loudness could not be measured ({error})") from error
    return Loudness(*values)


def _number(text: str) -> float:
    value = float(text)
    return value if math.isfinite(value) else _SILENT_LUFS
