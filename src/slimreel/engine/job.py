"""One compression in progress: its source, plan, working folder, and how its stages share the bar.

Holds what the stages of a render need in common; runs and decides nothing.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from slimreel.core.choices import Speed
from slimreel.core.codecs import Encoder
from slimreel.core.events import Decided, Progress, Reason, Stage
from slimreel.core.media import MediaInfo
from slimreel.core.perception import Scores
from slimreel.core.plan import EncodePlan, Target
from slimreel.engine import complaints, ffmpeg, footage, sandbox
from slimreel.engine.card import Card, card_of
from slimreel.engine.footage import Footage
from slimreel.engine.timeline import Timeline
from slimreel.settings import read_settings

# Beside descriptors of inputs: pipes, the output, statistics, libraries.
_OPEN_FILES = 64
FONTS_CONFIG = "fonts.conf"
# Address space of one more decoder with its threads; they work one after the other, but all are there.
_INPUT_BYTES = 192 * 1024**2

Event = Progress | Decided
Value = TypeVar("Value")
Steps = Generator[Event, None, Value]


class TooLarge(Exception):
    """A run was stopped because the file it writes was already larger than it may become."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessed:
    """Scores of the finished file on samples compared at `size`, the mean that was wanted and
    the one foretold before the encode."""

    scores: Scores
    wanted: float
    foretold: float
    size: tuple[int, int]


@dataclass(slots=True)
class Job:
    """A job's folder is its own and is removed with it; `reasons` grows as the engine learns."""

    source: MediaInfo
    plan: EncodePlan
    folder: Path
    speed: Speed
    salvage: bool = False
    fraction: float = 0.0
    complaints: list[str] = field(default_factory=list)
    other_bytes: int | None = None  # of the file beside its pictures, once a rehearsal has told
    assessed: Assessed | None = None  # how the result looks, where a quality was wanted
    timeline: Timeline | None = None  # what is decoded instead of the source, which then only describes it
    chunk_folder: Path | None = None  # where finished chunks outlive the job; None: in its own folder

    @property
    def target(self) -> Target:
        """The plan's, which every encode has."""
        assert self.plan.target is not None
        return self.plan.target

    @property
    def encoder(self) -> Encoder:
        """The plan's, which every encode has."""
        assert self.plan.encoder is not None
        return self.plan.encoder

    @property
    def result(self) -> Path:
        """The unfinished file, under a name that a muxer would not guess anything from."""
        return self.folder / "result.part"

    def open_source(self) -> contextlib.AbstractContextManager[int]:
        """A new descriptor of the source, for what is done to the file itself and not to its pictures."""
        return footage.opened(self.source.path)

    def open_footage(self) -> contextlib.AbstractContextManager[Footage]:
        """What is decoded: the source, or the timeline."""
        if self.timeline is None:
            return footage.of_file(self.source, self.plan, self.folder)
        graph = self.timeline.graph
        policy = self._policy(graph.most_inputs)
        return footage.of_graph(graph, self.timeline.materials, self.folder, policy, self.complaints)

    def because(self, *reasons: Reason) -> Decided:
        """Adds reasons to the plan, each once, and gives the event that tells of them."""
        reasons = tuple(reason for reason in reasons if reason not in self.plan.reasons)
        self.plan = self.plan.because(*reasons)
        return Decided(reasons=reasons)

    def replan(self, plan: EncodePlan, *reasons: Reason) -> Decided:
        """Takes `plan` instead, for these reasons, and gives the event that tells what is new."""
        told = self.plan.reasons
        self.plan = plan.because(*reasons)
        return Decided(reasons=tuple(reason for reason in self.plan.reasons if reason not in told))

    def run(
        self,
        stage: Stage,
        share: float,
        arguments: Sequence[str],
        fds: Sequence[int] = (),
        *,
        most_bytes: float | None = None,
    ) -> Steps[ffmpeg.Finished]:
        """One FFmpeg run that fills the next `share` of the bar; complaints of the decoder are kept.

        Raises TooLarge, once it has written more than `most_bytes`.
        """
        start = self.fraction
        running = ffmpeg.run(
            arguments,
            folder=self.folder,
            stage=stage,
            path=self.source.path,
            fds=fds,
            policy=self._policy(len(fds)),
            card=self._card(arguments),
        )
        yield self.progress(stage)
        with contextlib.closing(running):
            finished = yield from self._follow(running, stage, start, share, most_bytes)
        found = complaints.about_source(finished.complaints)
        self.complaints += [line for line in found if line not in self.complaints]
        self.fraction = min(1.0, start + share)
        return finished

    def _card(self, arguments: Sequence[str]) -> Card | None:
        """What the run may reach beside files: nothing, unless it encodes in hardware."""
        encoder = self.plan.encoder
        named = encoder is not None and encoder.name in arguments
        return card_of(encoder) if encoder is not None and named else None

    def _policy(self, inputs: int) -> sandbox.Policy:
        """What the run may use. Letters are drawn with the fonts in the job's folder alone."""
        fonts = self.timeline.fonts if self.timeline is not None else ()
        environment = (("FONTCONFIG_FILE", str((self.folder / FONTS_CONFIG).absolute())),) if fonts else ()
        return sandbox.Policy(
            memory_bytes=self._memory_bytes(), open_files=_OPEN_FILES + 2 * inputs, environment=environment
        )

    def _memory_bytes(self) -> int:
        """What decoding the source and encoding its picture need at once, on all of this machine's cores."""
        video, threads = self.plan.video, read_settings().threads or os.cpu_count() or 2
        if self.timeline is None:
            return sandbox.memory_for(video.width * video.height, threads) + sandbox.GIB
        inputs = self.timeline.graph.most_inputs
        return sandbox.memory_for(self.timeline.most_pixels, threads) + sandbox.GIB + inputs * _INPUT_BYTES

    def _follow(
        self, running: ffmpeg.Run, stage: Stage, start: float, share: float, most_bytes: float | None
    ) -> Steps[ffmpeg.Finished]:
        duration = max(self.plan.duration_s, 0.001)
        while True:
            try:
                advance = next(running)
            except StopIteration as stop:
                finished: Any = stop.value
                assert isinstance(finished, ffmpeg.Finished)
                return finished
            if most_bytes is not None and advance.size_bytes > most_bytes:
                raise TooLarge
            part = min(1.0, advance.out_time_s / duration)
            self.fraction = min(1.0, start + share * part)
            yield self.progress(stage, advance.speed)

    def progress(self, stage: Stage, speed: float | None = None) -> Progress:
        return Progress(stage=stage, fraction=round(self.fraction, 4), speed=speed)
