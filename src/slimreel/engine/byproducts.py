"""Makes what is not a video of a timeline: an animation, a single picture, its sound alone. Each is one run.

What is wanted comes as the outputs of a draft; how the timeline came to be is not known here.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from pathlib import Path

from slimreel.core.byproducts import SOUND_FORMATS, SoundFormat
from slimreel.core.codecs import PICTURE_ENCODERS, SOUND_FILE_ENCODERS
from slimreel.core.events import Reason
from slimreel.core.filters import Chain, Filter
from slimreel.core.media import MediaInfo
from slimreel.core.plan import EncodePlan
from slimreel.core.units import format_size
from slimreel.edit.ops.extract_audio import SoundFile
from slimreel.edit.ops.gif import AnimatedGif
from slimreel.edit.ops.thumbnail import Still
from slimreel.engine import place, prelude
from slimreel.engine.footage import SOUND_INDEX, of_input
from slimreel.engine.job import Job, Steps
from slimreel.engine.timeline import Timeline
from slimreel.errors import EditRefused, TargetImpossible, VerificationFailed
from slimreel.graph.material import Material
from slimreel.graph.model import Input

_ENCODE = 0.9  # of the bar
_TRIES = 6
_LEAST_WIDTH, _LEAST_FPS = 64, 4.0
_SCENES = "scenes.txt"
# A change of the picture that counts as another scene, of 100; what ffmpeg's own documentation suggests.
_NEW_SCENE = 10.0
_NEAR_S = 1.0  # behind a change of scene the picture may still be in motion
_VALUE = re.compile(r"^(?:frame:(\d+)|lavfi\.(scd\.score|blur)=(\S+))", re.MULTILINE)

Making = Callable[[Job], Steps[None]]


def make(
    timeline: Timeline, source: MediaInfo, plan: EncodePlan, output: Path, making: Making, *, overwrite: bool
) -> Steps[tuple[int, tuple[Reason, ...]]]:
    """Let `making` fill the job's result and put it at `output`; its size in bytes, and what was decided on the way."""
    with place.working_folder(output) as folder:
        job = Job(source, plan, folder, "balanced", timeline=timeline)
        yield from prelude.prepare(job)
        yield from making(job)
        size = job.result.stat().st_size if job.result.exists() else 0
        if not size:
            raise VerificationFailed(path=source.path, detail="nothing came out of the timeline there")
        job.fraction = 1.0
        yield job.progress("verify")
        place.publish(job.result, output, overwrite=overwrite, times_of=None)
        return size, job.plan.reasons[len(plan.reasons) :]


def gif(wanted: AnimatedGif) -> Making:
    """An animation with colours of its own, smaller and slower until it is within its limit."""

    def making(job: Job) -> Steps[None]:
        assert job.timeline is not None
        width, fps = wanted.width_px, wanted.fps
        for _ in range(_TRIES):
            yield from _gif(job, width, fps, loop=wanted.loop)
            size = job.result.stat().st_size
            if wanted.max_size_bytes is None or size <= wanted.max_size_bytes:
                return
            # Bytes grow with the pixels and with the frames: both share what has to go.
            ratio = math.sqrt(wanted.max_size_bytes / size) * 0.95
            width = max(_LEAST_WIDTH, round(width * math.sqrt(ratio)) // 2 * 2)
            fps = max(_LEAST_FPS, fps * ratio)
        raise TargetImpossible(
            target=format_size(wanted.max_size_bytes or 0),
            detail="the smallest animation that still moves takes more",
            smallest=format_size(size),
            smallest_bytes=size,
        )

    return making


def _gif(job: Job, width: int, fps: float, *, loop: bool) -> Steps[None]:
    with job.open_footage() as footage:
        size = Filter("scale", {"w": width, "h": -2, "flags": "lanczos"})
        small = Chain((Filter("fps", {"fps": fps}), size, Filter("split", {"outputs": 2})))
        dither = Filter("paletteuse", {"dither": "bayer", "bayer_scale": 4, "diff_mode": "rectangle"})
        steps = [
            f"[{footage.pad}]{small}[shown][counted]",
            f"[counted]{Filter('palettegen', {'stats_mode': 'diff'})}[palette]",
            f"[shown][palette]{dither}[out]",
        ]
        muxed = ["-loop", "0" if loop else "-1", "-f", "gif", job.result.name]
        arguments = [*footage.inputs, *footage.through(steps), "-map", "[out]", *muxed]
        yield from job.run("encode", _ENCODE, arguments, footage.fds)


def still(wanted: Still) -> Making:
    """The picture at the start of the timeline, or without a frame a good one of it."""

    def making(job: Job) -> Steps[None]:
        at = 0 if wanted.frame is not None else (yield from _good_frame(job))
        with job.open_footage() as footage:
            filters = [Filter("select", {"expr": f"eq(n,{at})"})]
            if wanted.width_px is not None:
                filters.append(Filter("scale", {"w": wanted.width_px, "h": -2, "flags": "bicubic"}))
            encoder = [*PICTURE_ENCODERS[wanted.format], "-frames:v", "1", "-f", "image2pipe", job.result.name]
            arguments = [*footage.inputs, *footage.pictures(Chain(tuple(filters))), *encoder]
            yield from job.run("encode", _ENCODE / 2, arguments, footage.fds)

    return making


def _good_frame(job: Job) -> Steps[int]:
    """The sharpest picture near the first change of scene, or of the first half where there is none."""
    assert job.timeline is not None
    with job.open_footage() as footage:
        looks = Chain(
            (
                Filter("scale", {"w": 320, "h": -2, "flags": "bilinear"}),
                Filter("scdet", {"threshold": _NEW_SCENE}),
                Filter("blurdetect", {"block_width": 32, "block_height": 32, "block_pct": 80}),
                Filter("metadata", {"mode": "print", "file": _SCENES}),
            )
        )
        arguments = [*footage.inputs, *footage.pictures(looks), "-f", "null", "-"]
        yield from job.run("analyse", _ENCODE / 2, arguments, footage.fds)
    scenes: dict[int, float] = {}
    blurs: dict[int, float] = {}
    frame = 0
    for number, name, value in _VALUE.findall((job.folder / _SCENES).read_text()):
        if number:
            frame = int(number)
        else:
            (blurs if name == "blur" else scenes)[frame] = float(value)
    near = max(1, round(_NEAR_S * job.timeline.graph.rate))
    change = next((at for at, score in sorted(scenes.items()) if score >= _NEW_SCENE), None)
    first, last = (change, change + near) if change is not None else (0, job.timeline.graph.frames // 2)
    among = [at for at in blurs if first <= at <= last and math.isfinite(blurs[at])]
    return min(among, key=lambda at: blurs[at], default=0)


def sound(wanted: SoundFile, whole: Material | None = None) -> Making:
    """The mix alone. Where that is all the sound of one file, `whole`, its packets are copied if they fit."""
    row = SOUND_FORMATS[wanted.format]

    def making(job: Job) -> Steps[None]:
        assert job.timeline is not None
        track = whole.audio if whole is not None else None
        if whole is not None and track is not None and row.copies(track, wanted.bitrate_bps):
            yield job.because(
                Reason(id="copied_audio", fields={"codec": track.codec, "bitrate": round(track.bitrate_bps)})
            )
            with of_input(Input(whole.asset.id), whole) as (options, fd):
                taken = ["-map", f"0:{track.index}", "-c", "copy", "-map_metadata", "-1", "-f", row.muxer]
                yield from job.run("mux", _ENCODE, [*options, *taken, job.result.name], (fd,))
            return
        if job.timeline.graph.sound is None:
            raise EditRefused(detail="there is no sound in it")
        with job.open_footage() as footage:
            arguments = [*footage.inputs, *footage.stream(SOUND_INDEX), *_sound_options(row, wanted.bitrate_bps)]
            yield from job.run("encode", _ENCODE, [*arguments, job.result.name], footage.fds)

    return making


def _sound_options(row: SoundFormat, bitrate_bps: int | None) -> list[str]:
    rate = ["-b:a", str(bitrate_bps or row.usual_bps)] if row.usual_bps else []
    return ["-c:a", SOUND_FILE_ENCODERS[row.codec], *rate, "-map_metadata", "-1", "-f", row.muxer]
