"""Hits a number of bytes with one encode: chunks at constant quality, against one budget that is solved anew after
each wave of them. Any number of workers gives the same bytes, and what was finished before a crash is not made again.

It gives way (None) wherever the pictures cannot be cut exactly, or their rate asks for another path.
"""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from slimreel.core import chunk_budget, chunking, stills
from slimreel.core.chunk_budget import Law, Made, Sample
from slimreel.core.chunking import Chunk
from slimreel.core.events import Reason, Stage
from slimreel.core.packets import PacketList
from slimreel.core.plan import keyint_for
from slimreel.engine import argv, chunks, ffmpeg, packet_list, seeking
from slimreel.engine.allowance import window_of
from slimreel.engine.chunk_join import join
from slimreel.engine.chunk_pool import encode_all
from slimreel.engine.chunks import ChunkDone, ChunkMismatch, ChunkTask
from slimreel.engine.job import Job, Steps
from slimreel.engine.measured import Measured
from slimreel.errors import FfmpegFailed, NotAVideo
from slimreel.settings import read_settings

# Chunks also where nobody keeps them for another try: so far they take more CPU than a rate in two passes of which the
# first is small, since samples and repairs cost what one decode less saves (docs/decisions/0011).
UNASKED = False
# Shorter ones give too few chunks to steer by, and samples of them cost a larger part.
LEAST_S = 60.0
# What makes an encoder write one header whatever the quality, by its dialect.
_STITCHABLE = {"x264": ("-x264-params", "stitchable=1")}
# A sample of a second for so many seconds, encoded with short searches at 0.62 of the cost. Those make files smaller
# by 4 % (18 samples: 0 to 13), and what refers to pictures after its end is missing: samples of a minute of seven
# scenes and of half a minute of one told a tenth to a quarter too little.
_SECONDS_PER_SAMPLE, _LEAST_SAMPLES, _MOST_SAMPLES = 12.0, 5, 16
_TOO_LITTLE = 1.2
# Bits a pixel of usual clips at a CRF of 23; a guess that is further off than this is sampled once more.
_USUAL_BITS_PER_PIXEL, _USUAL_CRF, _FAR = 0.07, 23.0, 3.0
# About the quantiser from which a smaller picture may look better, on the scale of the CRF.
_STARVED_CRF = 36.0
_REPAIRS = 3
# Parts of the bar: what the samples and the chunks take.
_SAMPLES, _CHUNKS = 0.06, 0.72


@dataclass(slots=True)
class _Course:
    """One encode in chunks: what is fixed before it, and what is done."""

    folder: Path
    packets: PacketList
    chunks: tuple[Chunk, ...]
    source_digest: str
    engine: str
    costs: list[float] = field(default_factory=list)
    done: dict[int, tuple[ChunkTask, ChunkDone]] = field(default_factory=dict)

    def made(self, numbers: Sequence[int] | None = None) -> list[Made]:
        """The finished chunks in their order, whichever was ready first."""
        chosen = sorted(self.done) if numbers is None else numbers
        return [Made(cost=self.costs[n], crf=self.done[n][0].crf, size=self.done[n][1].video_bytes) for n in chosen]

    @property
    def size(self) -> int:
        return sum(done.video_bytes for _, done in self.done.values())


def suits(job: Job) -> bool:
    """Whether this job is for chunks, and nothing in its pictures depends on others further away than a keyframe."""
    plan, picture = job.plan, job.plan.picture
    video = plan.video
    assert plan.encoder is not None and picture is not None
    return (
        plan.encoder.dialect in _STITCHABLE
        and seeking.is_exact(job)
        and (UNASKED or job.chunk_folder is not None)
        and video.duration_s >= LEAST_S
        and not (video.hdr or picture.rate_cap)
        # Of pictures that stand for unlike times Matroska writes how long each stands, which QuickTime does not hold.
        and (not video.is_vfr or plan.container.muxer in ("mp4", "mov"))
    )


def reach(job: Job) -> Steps[Measured | None]:
    """Make `job.result` by chunks and measure it; None where another path has to do it."""
    fraction = job.fraction
    try:
        course = _course(job)
        if len(course.chunks) < 2:
            return None
        law = yield from _sampled(job, course)
        if law is None:
            return None
        law = yield from _encoded(job, course, law)
        return (yield from _landed(job, course, law))
    except (ChunkMismatch, NotAVideo, FfmpegFailed):
        return None
    finally:
        job.fraction = max(fraction, job.fraction)


def _course(job: Job) -> _Course:
    path = Path(job.source.path)
    packets = packet_list.packets_of(path, job.plan.video.index)
    if len(packets) != job.plan.video.packets or packets.timebase.numerator != 1:
        raise ChunkMismatch("the list of packets is not what was probed")
    folder = job.chunk_folder or job.folder / "chunks"
    folder.mkdir(parents=True, exist_ok=True)
    return _Course(folder, packets, chunking.cut(packets), chunks.digest_of(path), _engine())


def _task(job: Job, course: _Course, chunk: Chunk, crf: float, *, threads: int = 1, quick: bool = False) -> ChunkTask:
    plan, picture = job.plan, job.plan.picture
    assert picture is not None
    encoder = job.encoder
    keyint = _keyint(job, chunk)
    video = plan.video
    return ChunkTask(
        path=job.source.path,
        source_digest=course.source_digest,
        engine=course.engine,
        demuxer=job.source.demuxer,
        stream=video.index,
        timebase=course.packets.timebase,
        start=chunk.start,
        end=chunk.end,
        seek=chunk.seek,
        frames=chunk.frames,
        filters=str(picture.chain()),
        options=(
            *("-c:v", encoder.name, "-g", str(keyint), *_STITCHABLE[encoder.dialect]),
            *argv.picture_options(plan, job.speed, quick=quick),
        ),
        crf=crf,
        threads=threads,
        pixels=max(video.width * video.height, picture.width * picture.height),
    )


def _sampled(job: Job, course: _Course) -> Steps[Law | None]:
    """Tells from short samples what each chunk costs at a quality; None where the rate is far from usual ones."""
    plan, target, picture = job.plan, job.plan.target, job.plan.picture
    assert target is not None and picture is not None
    count = round(min(_MOST_SAMPLES, max(_LEAST_SAMPLES, plan.video.duration_s / _SECONDS_PER_SAMPLE)))
    windows = chunking.windows(course.packets, count)
    aim = window_of(job).aim
    bits_per_pixel = aim * 8 / (picture.width * picture.height * plan.video.packets)
    crf = _USUAL_CRF + chunk_budget.USUAL_HALVING * math.log2(_USUAL_BITS_PER_PIXEL / bits_per_pixel)
    crf = float(round(min(_STARVED_CRF, max(12.0, crf))))
    halving = chunk_budget.USUAL_HALVING
    before: tuple[float, float] | None = None
    while True:
        tasks = [_task(job, course, window, crf, quick=True) for window in windows]
        found = yield from _run(job, "analyse", tasks, course.folder, _SAMPLES / 2)
        samples = [_sample(window, done) for window, done in zip(windows, found, strict=True)]
        keyints = [_keyint(job, chunk) for chunk in course.chunks]
        course.costs = chunk_budget.costs(course.chunks, keyints, samples)
        total = sum(course.costs)
        if before is not None:
            halving = chunk_budget.halving_between(before, (crf, total))
        law = Law(base=crf, halving=halving)
        solved = law.crf(total, aim)
        if before is not None or abs(solved - crf) <= _FAR:
            break
        before = (crf, total)
        crf = float(round(min(_STARVED_CRF + _FAR, max(6.0, solved))))
    bound = plan.size_limit_bytes is not None or not target.asked
    if solved >= _STARVED_CRF or (bound and solved <= target.transparent_crf):
        return None
    return law


def _encoded(job: Job, course: _Course, law: Law) -> Steps[Law]:
    """All chunks, wave after wave. A wave's quality follows from the waves before it and from nothing else."""
    aim = window_of(job).aim
    for number_of_wave, wave in enumerate(chunking.waves(course.costs)):
        left = [number for number in range(len(course.chunks)) if number not in course.done]
        cost = sum(course.costs[number] for number in left)
        step = chunk_budget.FIRST_STEP if number_of_wave == 1 else chunk_budget.MOST_STEP
        crf = chunk_budget.next_crf(law, course.made(), cost, aim - course.size, job.encoder.crf_max, step=step)
        yield from _encode(job, course, "encode", dict.fromkeys(wave, crf), _CHUNKS)
        law = chunk_budget.fit(law.base, course.made(), law.halving)
    return law


def _encode(job: Job, course: _Course, stage: Stage, numbers: dict[int, float], share: float) -> Steps[None]:
    """These chunks at these qualities. One that has nobody beside it may use a second thread."""
    threads = 1 if len(numbers) > 1 else 2
    tasks = [_task(job, course, course.chunks[number], crf, threads=threads) for number, crf in numbers.items()]
    frames = sum(task.frames for task in tasks)
    part = share * frames / len(course.packets)
    found = yield from _run(job, stage, tasks, course.folder, part)
    for number, task, done in zip(numbers, tasks, found, strict=True):
        course.done[number] = (task, done)
        job.complaints += [line for line in done.complaints if line not in job.complaints]


def _run(job: Job, stage: Stage, tasks: Sequence[ChunkTask], folder: Path, share: float) -> Steps[list[ChunkDone]]:
    start, frames = job.fraction, max(1, sum(task.frames for task in tasks))
    running = encode_all(tasks, folder, _workers())
    yield job.progress(stage)
    try:
        while True:
            try:
                done = next(running)
            except StopIteration as stop:
                job.fraction = min(1.0, start + share)
                found: list[ChunkDone] = stop.value
                return found
            job.fraction = min(1.0, start + share * done / frames)
            yield job.progress(stage)
    finally:
        running.close()


def _landed(job: Job, course: _Course, law: Law) -> Steps[Measured | None]:
    """Joins the chunks, and makes those anew that are cheapest to bring the bytes into the window."""
    found: Measured | None = None
    for rounds in range(_REPAIRS + 1):
        if found is None and window_of(job).holds(course.size):
            done = [course.done[number][1] for number in range(len(course.chunks))]
            found = yield from join(job, [course.folder / one.name for one in done], course.packets)
        if found is not None and window_of(job).holds(found.video_bytes):
            if rounds:
                yield job.because(Reason(id="corrected", fields={"rounds": rounds}))
            return found
        if rounds == _REPAIRS:
            return None
        found = None
        wanted = chunk_budget.repairs(law, course.made(), window_of(job).aim)
        yield from _encode(job, course, "correct", wanted, 0.0)
        law = chunk_budget.fit(law.base, course.made(), law.halving)
    return None


def _sample(window: Chunk, done: ChunkDone) -> Sample:
    return Sample(
        window=window,
        size=round(done.video_bytes * _TOO_LITTLE),
        key_bytes=round(done.key_bytes * _TOO_LITTLE),
        keys=done.keys,
    )


def _engine() -> str:
    """Which FFmpeg makes the chunks: those of another build are not mixed with its own."""
    return f"{ffmpeg.version()} of {ffmpeg.binary().stat().st_size} bytes"


def _keyint(job: Job, chunk: Chunk) -> int:
    return keyint_for(chunk.frames, float(job.plan.video.average_rate), stills.keyframe_s(job.plan.video))


def _workers() -> int:
    return read_settings().threads or os.cpu_count() or 2
