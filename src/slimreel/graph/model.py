"""The render graph as data: files opened for a stretch each, filters between named pads, files written beside them.

It knows how FFmpeg spells a graph, but neither a draft nor a process. No text of a person is ever part of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from itertools import count

from slimreel.core.filters import Chain, Filter, Value

# Of sound inside a graph: one rate and one layout, or mixing falls to the lowest of those that come in.
SAMPLE_RATE_HZ = 48_000
PICTURE, SOUND = "picture", "sound"
# The asset of an input whose pictures, or whose sound, runs of their own have made. No asset has such an id.
DRAWN, HEARD = "", "\0"


@dataclass(frozen=True, slots=True)
class Input:
    """One opening of an asset: from `start_s` on for `length_s` seconds; a length of None is all of it."""

    asset: str
    start_s: Fraction = Fraction(0)
    length_s: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """Filters between pads: what comes in at `takes` goes out at `gives`."""

    takes: tuple[str, ...]
    chain: Chain
    gives: tuple[str, ...]

    def __str__(self) -> str:
        return f"{_pads(self.takes)}{self.chain}{_pads(self.gives)}"


@dataclass(frozen=True, slots=True)
class Filtergraph:
    """Steps that end in the pad `out`."""

    steps: tuple[Step, ...]
    out: str

    def ending(self, chain: Chain, out: str) -> Filtergraph:
        """The graph with more filters at its end."""
        return Filtergraph((*self.steps, Step((self.out,), chain, (out,))), out)

    def __str__(self) -> str:
        return ";\n".join(map(str, self.steps))


@dataclass(frozen=True, slots=True)
class TextFile:
    """A file that the graph reads, written into the working folder before a run."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class AssetFile:
    """An asset that the graph reads by itself, copied into the working folder under a name of ours."""

    name: str
    asset: str


@dataclass(frozen=True, slots=True)
class Look:
    """A run over one input before the render, that leaves a file which the graph reads."""

    input: Input
    graph: Filtergraph


@dataclass(frozen=True, slots=True)
class Drawing:
    """A run that draws some clips after one another and hands their pictures over as they are."""

    inputs: tuple[Input, ...]
    picture: Filtergraph
    frames: int


@dataclass(frozen=True, slots=True)
class Hearing:
    """A run that plays some clips after one another and leaves their sound: so many samples of it, uncompressed."""

    inputs: tuple[Input, ...]
    sound: Filtergraph
    samples: int


@dataclass(frozen=True, slots=True)
class SoftTrack:
    """Subtitles as a stream of their own: SubRip text in the working folder."""

    file: TextFile
    language: str | None
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderGraph:
    """A whole timeline. Its pictures come out at one size and one rate, exactly `frames` of them, and as long a sound.

    `sound` is None where nothing is heard. `drawings` are there where clips are too many for one run: the first input
    then takes what they hand over, one after the other, in `pix_fmt`. `hearings` likewise: an input of the asset HEARD
    is what all of them left, end to end. `loudness` is the graph that measures how loud
    it is, where that shall be made even.
    """

    width: int
    height: int
    rate: Fraction
    pix_fmt: str
    frames: int
    samples: int
    inputs: tuple[Input, ...]
    picture: Filtergraph
    sound: Filtergraph | None
    loudness: Filtergraph | None = None
    files: tuple[TextFile | AssetFile, ...] = ()
    looks: tuple[Look, ...] = ()
    soft: tuple[SoftTrack, ...] = ()
    drawings: tuple[Drawing, ...] = ()
    mastering_display: str | None = None  # of HDR; what is handed over by drawings does not say it
    content_light: tuple[int, int] | None = None
    hearings: tuple[Hearing, ...] = ()

    @property
    def duration_s(self) -> Fraction:
        return self.frames / self.rate

    @property
    def most_inputs(self) -> int:
        """Of any run that renders it or makes something for that."""
        runs = [self.inputs, *(run.inputs for run in self.drawings), *(run.inputs for run in self.hearings)]
        return max(map(len, runs))


@dataclass(slots=True)
class Wiring:
    """A graph being laid: gives out input numbers and the names of pads."""

    inputs: list[Input] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    _numbers: count[int] = field(default_factory=count)

    def open(self, opened: Input) -> int:
        """The number of a new input. Files are opened anew for each use: one that is used out of order fills memory."""
        self.inputs.append(opened)
        return len(self.inputs) - 1

    def through(self, takes: str | tuple[str, ...], chain: Chain) -> str:
        """The pad behind a chain; behind an empty one, the same pad."""
        pads = (takes,) if isinstance(takes, str) else takes
        if not chain and len(pads) == 1:
            return pads[0]
        return self.fork(pads, chain, 1)[0]

    def fork(self, takes: tuple[str, ...], chain: Chain, ways: int) -> tuple[str, ...]:
        """The pads behind a chain that ends in several."""
        gives = tuple(f"p{next(self._numbers)}" for _ in range(ways))
        self.steps.append(Step(takes, chain, gives))
        return gives

    def graph(self, pad: str, out: str) -> Filtergraph:
        """What was laid so far, with a name for its end."""
        end = Step((pad,), Chain((Filter("anull" if out == SOUND else "null"),)), (out,))
        return Filtergraph((*self.steps, end), out)


def chain(*filters: Filter) -> Chain:
    """Filters one after the other."""
    return Chain(filters)


def one(name: str, **options: Value) -> Filter:
    """A filter with its options."""
    return Filter(name, options)


def samples_at(frame: int, rate: Fraction) -> int:
    """The sample at which a frame begins. Lengths are differences of these, so that no rounding adds up."""
    return int(frame * SAMPLE_RATE_HZ / rate + Fraction(1, 2))


def _pads(names: tuple[str, ...]) -> str:
    return "".join(f"[{name}]" for name in names)
