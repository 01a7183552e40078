"""What a run decodes, whatever it is made of: how FFmpeg is given it, and where its pictures and sound come out.

One file, or a timeline of many files and a filtergraph. Nothing that encodes, samples or measures knows which it is.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from slimreel.core.codecs import ALPHA_DECODERS
from slimreel.core.filters import Chain
from slimreel.core.media import MediaInfo
from slimreel.core.plan import EncodePlan
from slimreel.engine import sandbox, sniff
from slimreel.engine.feeding import feeding
from slimreel.graph.material import Material, Materials
from slimreel.graph.model import DRAWN, HEARD, SAMPLE_RATE_HZ, SOUND, Drawing, Filtergraph, Input, RenderGraph

# A timeline described as a file: the number of its sound, and of the first of its subtitles.
SOUND_INDEX, FIRST_SUBTITLES_INDEX = 1, 2
HEARD_FILE = "heard.f32"  # the clips' sound where runs before have made it: 32-bit floats, two channels
_SCRIPT, _SOUND_SCRIPT = "pictures.graph", "sound.graph"
# Many inputs are read one after the other; more threads of each only take memory (16 inputs of 720p: 60 MB, no CPU).
_MANY_INPUTS, _FEW_THREADS = 8, 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Footage:
    """Opened inputs, `fds` among them, and the pad that the pictures come out at.

    `steps` is the graph before that pad, none where it is a stream of a file; `folder` is where scripts are left,
    since a long graph is no argument. `timing` keeps every frame at its time.
    """

    inputs: tuple[str, ...]
    fds: tuple[int, ...]
    pad: str
    timing: tuple[str, ...]
    folder: Path
    steps: str = ""
    sound: Filtergraph | None = None
    elsewhere: Mapping[int, str] = field(default_factory=dict)  # where streams are that are not in input 0

    def read(self, *options: str) -> list[str]:
        """The inputs, and `options` that hold for a file whose pictures are used as they are decoded."""
        return [*(() if self.steps else options), *self.inputs]

    def pictures(self, chain: Chain) -> list[str]:
        """Options that take the pictures through a chain into the output."""
        if not self.steps:
            return ["-map", self.pad, "-vf", str(chain)]
        return [*self.through([f"[{self.pad}]{chain}[out]"]), "-map", "[out]"]

    def through(self, steps: list[str]) -> list[str]:
        """Options for a graph that goes on from the pictures' pad."""
        if not self.steps:
            return ["-filter_complex", ";".join(steps)]
        (self.folder / _SCRIPT).write_text(";\n".join([self.steps, *steps]), encoding="utf-8")
        return ["-/filter_complex", _SCRIPT]

    def stream(self, index: int) -> list[str]:
        """Options that take a stream beside the pictures into the output."""
        if self.sound is None or index != SOUND_INDEX:
            return ["-map", self.elsewhere.get(index, f"0:{index}")]
        (self.folder / _SOUND_SCRIPT).write_text(str(self.sound), encoding="utf-8")
        return ["-/filter_complex", _SOUND_SCRIPT, "-map", f"[{SOUND}]"]


@contextmanager
def of_file(info: MediaInfo, plan: EncodePlan, folder: Path) -> Iterator[Footage]:
    """One file, its pictures those of the plan. With transparency that is encoded, by the decoder that knows it."""
    options: list[str] = []
    if plan.video.has_alpha and plan.strategy == "encode":
        decoder = ALPHA_DECODERS.get(plan.video.codec)
        options = ["-c:v", decoder] if decoder else []
    with opened(info.path) as fd:
        yield Footage(
            inputs=(*options, *sniff.input_options(info.demuxer, fd)),
            fds=(fd,),
            pad=f"0:{plan.video.index}",
            timing=("-fps_mode", "passthrough", "-enc_time_base", "demux"),
            folder=folder,
        )


@contextmanager
def of_graph(
    graph: RenderGraph, materials: Materials, folder: Path, policy: sandbox.Policy, heard: list[str]
) -> Iterator[Footage]:
    """A timeline. Its subtitles are files of ours in the folder; runs that draw for it get `policy`, and what their
    decoders complain of is added to `heard`."""
    with ExitStack() as stack:
        inputs: list[str] = []
        fds: list[int] = []
        for one in graph.inputs:
            if one.asset == DRAWN:
                openings = [
                    partial(_drawing, drawing, number, materials, graph, folder)
                    for number, drawing in enumerate(graph.drawings)
                ]
                fd = stack.enter_context(feeding(openings, folder, policy, heard))
                inputs += _raw(graph, fd)
                fds.append(fd)
                continue
            if one.asset == HEARD:
                raw = ["-f", "f32le", "-sample_rate", str(SAMPLE_RATE_HZ), "-ch_layout", "stereo"]
                inputs += [*raw, "-i", HEARD_FILE]
                continue
            options, fd = stack.enter_context(
                of_input(one, materials[one.asset], many=len(graph.inputs) > _MANY_INPUTS)
            )
            inputs += options
            fds.append(fd)
        elsewhere: dict[int, str] = {}
        for number, track in enumerate(graph.soft):
            elsewhere[FIRST_SUBTITLES_INDEX + number] = f"{len(graph.inputs) + number}:0"
            inputs += ["-f", "srt", "-i", track.file.name]
        yield Footage(
            inputs=tuple(inputs),
            fds=tuple(fds),
            pad=graph.picture.out,
            timing=("-fps_mode", "passthrough", "-enc_time_base", f"{1 / graph.rate}"),
            folder=folder,
            steps=str(graph.picture),
            sound=graph.sound,
            elsewhere=elsewhere,
        )


@contextmanager
def _drawing(
    drawing: Drawing, number: int, materials: Materials, graph: RenderGraph, folder: Path
) -> Iterator[tuple[list[str], list[int]]]:
    """The run that draws some clips and writes their pictures to its standard output."""
    script = f"drawing{number}.graph"
    (folder / script).write_text(str(drawing.picture), encoding="utf-8")
    with ExitStack() as stack:
        many = len(drawing.inputs) > 2
        opened_inputs = [stack.enter_context(of_input(one, materials[one.asset], many=many)) for one in drawing.inputs]
        options = [part for options, _ in opened_inputs for part in options]
        raw = ["-f", "rawvideo", "-pix_fmt", graph.pix_fmt, "-frames:v", str(drawing.frames), "pipe:1"]
        taken = ["-/filter_complex", script, "-map", f"[{drawing.picture.out}]", "-fps_mode", "passthrough", *raw]
        yield [*options, *taken], [fd for _, fd in opened_inputs]


def _raw(graph: RenderGraph, fd: int) -> list[str]:
    """Uncompressed pictures from a pipe as an input."""
    said = ["-pixel_format", graph.pix_fmt, "-video_size", f"{graph.width}x{graph.height}"]
    rate = ["-framerate", f"{graph.rate.numerator}/{graph.rate.denominator}"]
    light = ",".join(map(str, graph.content_light or ()))
    said += ["-mastering_display", graph.mastering_display] if graph.mastering_display else []
    said += ["-content_light", light] if light else []
    return ["-protocol_whitelist", "fd", "-f", "rawvideo", *said, *rate, "-fd", str(fd), "-i", "fd:"]


@contextmanager
def of_input(one: Input, material: Material, *, many: bool = False) -> Iterator[tuple[list[str], int]]:
    """The options of one opening of an asset, and its descriptor."""
    assert material.info is not None
    video = material.video
    options = ["-threads", str(_FEW_THREADS)] if many else []
    if video is not None and video.has_alpha and video.codec in ALPHA_DECODERS:
        options += ["-c:v", ALPHA_DECODERS[video.codec]]
    if one.length_s is not None:
        options += ["-ss", f"{float(one.start_s):.6f}", "-t", f"{float(one.length_s):.6f}"]
    with opened(material.info.path) as fd:
        yield [*options, *sniff.input_options(material.info.demuxer, fd)], fd


@contextmanager
def opened(path: str) -> Iterator[int]:
    """A new descriptor of a file: two runs, or two inputs of one, must not share an offset."""
    fd = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    try:
        yield fd
    finally:
        os.close(fd)
