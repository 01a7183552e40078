"""What lowering may know of the assets beside what an edit knows: their streams, their cues, what was measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from slimreel.core.cues import Cue
from slimreel.core.media import AudioStream, MediaInfo, VideoStream, main_video
from slimreel.core.writing import Shape, is_silent, shapes
from slimreel.edit.facts import Asset


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """An asset with its streams, or with its cues where it holds subtitles."""

    asset: Asset
    info: MediaInfo | None = None
    cues: tuple[Cue, ...] = ()

    @property
    def video(self) -> VideoStream | None:
        return main_video(self.info) if self.info and self.info.video else None

    @property
    def audio(self) -> AudioStream | None:
        """The track that a player would choose."""
        tracks = [track for track in self.info.audio if track.packets and track.channels] if self.info else []
        return max(tracks, key=lambda track: (track.is_default, -track.index), default=None)

    @property
    def frame_s(self) -> Fraction:
        """How long one of its frames is shown; 0 for what has none."""
        video = self.video
        return 1 / video.frame_rate if video and video.frame_rate and self.asset.kind == "video" else Fraction(0)


Materials = Mapping[str, Material]


@dataclass(frozen=True, slots=True)
class Loudness:
    """What a measurement of the mixed sound told, in the units of EBU R 128."""

    integrated_lufs: float
    range_lu: float
    true_peak_db: float
    threshold_lufs: float


@dataclass(frozen=True, slots=True)
class Lettering:
    """The font family that has each letter of a draft in the shape it asks for; `first` is for what needs none."""

    first: str = "sans-serif"
    families: Mapping[tuple[str, Shape | None], str] = field(default_factory=dict)
    # The family of a font that a person names, as it calls itself, and the letters that it has.
    named: Mapping[str, tuple[str, frozenset[str]]] = field(default_factory=dict)
    hint: Shape | None = None  # the language of the draft

    def runs(self, text: str, wanted: str | None = None) -> list[tuple[str, str]]:
        """The text in pieces of one family each; the wanted one where it has the letter.

        White space, and what shows nothing itself, stays with what stands before it.
        """
        named, own = self.named.get(wanted or "", (self.first, frozenset()))
        pieces: list[tuple[str, str]] = []
        for letter, shape in zip(text, shapes(text, self.hint), strict=True):
            family = named if letter in own else self.families.get((letter, shape), self.first)
            if pieces and (pieces[-1][0] == family or letter.isspace() or is_silent(letter)):
                pieces[-1] = (pieces[-1][0], pieces[-1][1] + letter)
            else:
                pieces.append((family, letter))
        return pieces


@dataclass(frozen=True, slots=True, kw_only=True)
class Colors:
    """The colours that all pictures of a timeline are brought to, in FFmpeg's names, and their pixel format."""

    pix_fmt: str = "yuv420p"
    primaries: str = "bt709"
    transfer: str = "bt709"
    matrix: str = "bt709"
    mastering_display: str | None = None  # of HDR, as core.media.VideoStream has it
    content_light: tuple[int, int] | None = None

    @property
    def is_hdr(self) -> bool:
        return self.transfer in ("smpte2084", "arib-std-b67")

    @property
    def is_deep(self) -> bool:
        """Do pictures have more than 8 bits?"""
        return "10" in self.pix_fmt
