"""The draft: tracks of segments on a canvas, what is wanted of the output, and the log of how it came to be.

Counts frames of its canvas, never milliseconds. Knows nothing of files, filters, languages, or single operations.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from enum import IntEnum
from fractions import Fraction
from typing import Annotated, Any, ClassVar, Literal

from msgspec import Meta

from slimreel.core.goal import Goal
from slimreel.core.timing import SOURCE, Timebase, TimeRange, scaled
from slimreel.edit.log import Log

SCHEMA = 1

NineGrid = Literal["top_left", "top", "top_right", "left", "center", "right", "bottom_left", "bottom", "bottom_right"]
Share = Annotated[float, Meta(ge=0, le=1)]
Color = Annotated[str, Meta(pattern="^#[0-9A-Fa-f]{6}$")]
TransitionType = Literal[
    "cut", "dissolve", "fadeblack", "fadewhite", "wipeleft", "wiperight", "slideleft", "slideright", "slideup",
    "slidedown", "circleopen", "zoomin", "pixelize",
]  # fmt: skip
FitMode = Literal["crop", "blur_pad", "pad", "stretch"]
Focus = Literal["center", "left", "right", "top", "bottom"]
Role = Literal["clip", "overlay", "watermark", "pip", "music", "voiceover"]
# Where an effect works: on the pictures of the file before they are fitted to the canvas, on those of the canvas
# after, or on the sound. Within a slot effects apply in the order they stand in.
Slot = Literal["source", "picture", "sound"]


class TrackKind(IntEnum):
    """The numbers are those of the wire."""

    VIDEO = 0
    AUDIO = 1
    TEXT = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Canvas:
    """The output's picture: pixels, both even, and frames a second. One frame is one tick of the draft."""

    width: int
    height: int
    rate: Fraction
    chosen: bool = False  # by `reframe`; else it is as large as the first clip's picture

    @property
    def timebase(self) -> Timebase:
        return Timebase(1 / self.rate)


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """Something done to pictures or sound. Subclasses stand in edit/ops, beside the operation that adds them.

    An effect never moves time. `span` counts frames from the start of its segment; without one it is all of it.
    """

    kind: ClassVar[str]
    slot: ClassVar[Slot]

    span: TimeRange | None = None
    kept: dict[str, Any] = field(default_factory=dict)  # what a newer slimreel wrote here and this one does not know

    def part(self, kept: TimeRange, length: int) -> Effect | None:
        """The effect on the part `kept` of a segment of `length` frames; None where it does not reach."""
        if self.span is None:
            return self
        left = self.span.meet(kept)
        return replace(self, span=left.moved(-kept.start)) if left else None

    def stretched(self, ratio: Fraction) -> Effect:
        """The effect on its segment made `ratio` times as long."""
        if self.span is None:
            return self
        return replace(self, span=TimeRange.between(scaled(self.span.start, ratio), scaled(self.span.end, ratio)))

    def resized(self, width: int, height: int) -> tuple[int, int]:
        """The size of a picture after the effect."""
        return width, height

    def keeps_hdr(self) -> bool:
        """Do pictures of HDR stay what they are, with all their bits, but for what it shall change?"""
        return False

    def inside(self, width: int, height: int) -> Effect:
        """The effect as far as a picture of this size has room for it. Raises EditRefused where it has none."""
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """A file wanted beside or instead of the video, such as a GIF. Subclasses stand in edit/ops."""

    kind: ClassVar[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A place on the canvas: 0, 0 is the top left corner and 1, 1 the bottom right."""

    x: Share
    y: Share


Position = NineGrid | Point


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """How a clip comes in over the end of the one before it. `frames` long, and so long they overlap."""

    type: TransitionType
    frames: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """How a picture of another shape is fitted to the canvas."""

    mode: FitMode = "pad"
    color: Color = "#000000"  # of the bars that `pad` adds
    focus: Focus = "center"  # what `crop` keeps


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """How a picture lies over the main one. `scale` is its width as a share of the canvas's."""

    position: Position
    scale: Share
    opacity: Share = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TextStyle:
    """How a title looks. Sizes are of the letters, in pixels of a canvas whose short side is 1080."""

    position: Position = "center"
    size_px: float = 72.0
    color: Color = "#FFFFFF"
    font: str | None = None  # None: whichever covers the text
    bold: bool = False
    box: bool = False
    stroke: float = 0.0  # width of the outline, pixels at 1080
    opacity: Share = 1.0
    anim: Literal["none", "fade", "slide", "typewriter"] = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """An interval on a track. `place` is in frames of the canvas."""

    id: str
    place: TimeRange
    until_end: bool = False  # ends with the timeline, however long that becomes
    kept: dict[str, Any] = field(default_factory=dict)  # what a newer slimreel wrote here and this one does not know


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaSegment(Segment):
    """A stretch of an asset at a place. An empty source is a still.

    Of a clip the ratio of `source` to `place` is its speed. What lies over or under the clips plays `source` from its
    start at its own speed, as long as `place` lasts.
    """

    asset: str
    title: str  # what people call it
    source: TimeRange  # ticks of core.timing.SOURCE
    role: Role = "clip"
    backwards: bool = False
    repeats: bool = False  # of music: again from the beginning until `place` ends
    keep_pitch: bool = True  # where the speed is not 1
    fit: Fit = field(default_factory=Fit)
    layer: Layer | None = None  # of overlays; a clip fills the canvas
    effects: tuple[Effect, ...] = ()
    enter: Transition | None = None  # None is a plain cut

    @property
    def is_still(self) -> bool:
        return not self.source

    @property
    def overlap(self) -> int:
        """Frames that this segment shares with the one before it."""
        return self.enter.frames if self.enter else 0

    def of_slot(self, slot: Slot) -> tuple[Effect, ...]:
        return tuple(effect for effect in self.effects if effect.slot == slot)


@dataclass(frozen=True, slots=True, kw_only=True)
class TextSegment(Segment):
    """A title."""

    text: str
    style: TextStyle = field(default_factory=TextStyle)


@dataclass(frozen=True, slots=True, kw_only=True)
class SubtitleSegment(Segment):
    """A stretch of subtitles: cues between `source` appear in `place`, at the same ratio.

    Cuts divide it like a clip; the parts are called s1, s1.2, s1.3 and are changed together.
    """

    asset: str
    title: str
    source: TimeRange  # ticks of core.timing.SOURCE, on the clock of the subtitles before `offset_ticks`
    mode: Literal["burn", "soft"] = "burn"
    language: str | None = None
    position: Position = "bottom"
    size_px: float = 54.0  # of the letters, pixels of a canvas whose short side is 1080
    color: Color = "#FFFFFF"
    offset_ticks: int = 0  # of core.timing.SOURCE; positive is later


@dataclass(frozen=True, slots=True, kw_only=True)
class BlurSegment(Segment):
    """A rectangle of the canvas that is made unreadable; all four numbers are shares of the canvas."""

    x: Share
    y: Share
    w: Share
    h: Share
    strength: Literal["low", "medium", "high"] = "medium"


AnySegment = MediaSegment | TextSegment | SubtitleSegment | BlurSegment


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """A lane. Its segments stand in order of time and share no frame, but for transitions on the main track."""

    id: str
    kind: TrackKind
    segments: tuple[AnySegment, ...] = ()
    kept: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The whole document. The first track holds the clips one after the other; later video tracks lie over it.

    `effects` are of the finished picture and the mixed sound, their spans counted from the start of the timeline.
    """

    schema: int = SCHEMA
    canvas: Canvas
    tracks: tuple[Track, ...]
    effects: tuple[Effect, ...] = ()
    goal: Goal | None = None
    clip_goals: dict[str, Goal] = field(default_factory=dict)  # by id of the clip
    outputs: tuple[Output, ...] = ()  # the other files that the latest turn asked for
    next_id: dict[str, int] = field(default_factory=dict)  # by letter: c clip, t text, i image, p pip, m music, …
    log: Log = field(default_factory=Log)
    kept: dict[str, Any] = field(default_factory=dict)

    @property
    def timebase(self) -> Timebase:
        return self.canvas.timebase

    @property
    def clips(self) -> tuple[MediaSegment, ...]:
        """The main picture, in order."""
        return tuple(one for one in self.tracks[0].segments if isinstance(one, MediaSegment)) if self.tracks else ()

    @property
    def length(self) -> int:
        """Frames that a render of the draft has."""
        clips = self.clips
        return clips[-1].place.end if clips else 0

    @property
    def length_s(self) -> Fraction:
        return self.timebase.seconds(self.length)

    def segments(self) -> Iterator[AnySegment]:
        for track in self.tracks:
            yield from track.segments

    def elements(self) -> Iterator[AnySegment]:
        """Every segment but the clips: titles, images, music and the rest."""
        for track in self.tracks[1:]:
            yield from track.segments

    def speed(self, segment: MediaSegment) -> Fraction:
        """How many seconds of the source play in a second; 0 for a still."""
        if segment.role != "clip" and not segment.is_still:
            return Fraction(1)
        return SOURCE.seconds(segment.source.duration) / self.timebase.seconds(segment.place.duration)

    def with_segments(self, changed: Iterable[AnySegment]) -> Draft:
        """The draft with these segments in the place of those with the same ids."""
        new = {segment.id: segment for segment in changed}
        tracks = tuple(
            replace(track, segments=tuple(new.get(segment.id, segment) for segment in track.segments))
            for track in self.tracks
        )
        return replace(self, tracks=tracks)

    def new_id(self, letter: str) -> tuple[str, Draft]:
        """The next free id of a letter, and the draft that has given it away."""
        number = self.next_id.get(letter, 1)
        return f"{letter}{number}", replace(self, next_id={**self.next_id, letter: number + 1})


def even(pixels: float | Fraction) -> int:
    """The nearest even number of pixels from 2 on: encoders halve the colour planes."""
    return max(2, 2 * scaled(1, Fraction(pixels) / 2))
