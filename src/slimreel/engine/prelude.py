"""What a timeline needs before it can be decoded: its documents and fonts in the folder, a look at what is measured.

Where nothing is edited there is nothing to do. It reads graphs and makes none but through `again`.
"""

from __future__ import annotations

import json
import math
import os
import shutil
from contextlib import ExitStack
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

_LOUDNESS_SCRIPT, _HEARING_SCRIPT, _PART = "loudness.graph", "hearing.graph", "hearing.part"
_LOOK, _LISTEN, _HEAR = 0.02, 0.02, 0.05  # of the bar
_SAMPLE_BYTES = 2 * 4  # two channels of 32-bit floats
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
    if timeline.graph.hearings:
        yield from _hear(job, timeline)
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


def _hear(job: Job, timeline: Timeline) -> Steps[None]:
    """The sound of the clips, made a few clips at a time and written end to end. Raises EngineError where a part has
    another number of samples than its frames."""
    hearings = timeline.graph.hearings
    for hearing in hearings:
        (job.folder / _HEARING_SCRIPT).write_text(str(hearing.sound), encoding="utf-8")
        with ExitStack() as stack:
            found = [
                stack.enter_context(footage.of_input(one, timeline.materials[one.asset], many=True))
                for one in hearing.inputs
            ]
            options = [part for inputs, _ in found for part in inputs]
            taken = ["-/filter_complex", _HEARING_SCRIPT, "-map", f"[{SOUND}]", "-c:a", "pcm_f32le", "-f", "f32le"]
            fds = [fd for _, fd in found]
            yield from job.run("analyse", _HEAR / len(hearings), [*options, *taken, _PART], fds)
        part = job.folder / _PART
        if part.stat().st_size != hearing.samples * _SAMPLE_BYTES:
            raise EngineError(path=job.source.path, detail="a part of its sound has another length than its pictures")
        with (
            place.storage_errors(job.folder),
            part.open("rb") as new,
            (job.folder / footage.HEARD_FILE).open("ab") as all_,
        ):
            shutil.copyfileobj(new, all_)
        part.unlink()


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
