"""What an edit may know of the world: the assets, what was measured in them, and what this machine offers.

It is handed in. Nothing here opens or measures anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from slimreel.core.media import MediaInfo, main_video
from slimreel.core.timing import SOURCE, TimeRange
from slimreel.edit.draft import even
from slimreel.errors import EditRefused, FactsMissing, NoSuchAsset

AssetKind = Literal["video", "audio", "image", "subtitles", "lut"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """A file that came in. Width and height are upright and in square pixels; `duration` is in ticks of SOURCE."""

    id: str
    name: str  # as people know it; never a path
    kind: AssetKind
    path: str = ""  # where the renderer finds it; a draft never holds it
    width: int = 0
    height: int = 0
    rate: Fraction | None = None
    duration: int = 0  # 0 for pictures and tables
    has_audio: bool = False

    @property
    def title(self) -> str:
        """The name without its ending, as it is shown on the timeline."""
        stem, dot, ending = self.name.rpartition(".")
        return stem if dot and stem and len(ending) <= 5 else self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """Where an asset's sound stays below a level for a tenth of a second or more."""

    asset: str
    threshold_db: float
    ranges: tuple[TimeRange, ...]  # ticks of SOURCE


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """What is said in an asset, as an asset of its own with subtitles on the clock of the first."""

    asset: str
    subtitles: str | None  # None where nothing is said
    language: str = "auto"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that operations may know beside the draft. The ids of assets are the caller's."""

    assets: tuple[Asset, ...] = ()
    silences: tuple[Silence, ...] = ()
    transcripts: tuple[Transcript, ...] = ()
    has_speech_engine: bool = False

    def asset(self, wanted: str) -> Asset:
        """The asset with this id, or with this name with or without its ending. Raises NoSuchAsset."""
        for asset in self.assets:
            if asset.id == wanted:
                return asset
        low = wanted.strip().casefold()
        named = [asset for asset in self.assets if low in (asset.name.casefold(), asset.title.casefold())]
        if len(named) > 1:
            several = ", ".join(f"{asset.id} ({asset.name})" for asset in named)
            raise EditRefused(detail=f"several files are called {wanted}: {several}")
        if not named:
            raise NoSuchAsset(name=wanted, known=", ".join(asset.name for asset in self.assets) or "-")
        return named[0]

    def of_kind(self, *kinds: AssetKind) -> tuple[Asset, ...]:
        return tuple(asset for asset in self.assets if asset.kind in kinds)

    def silence(self, asset: str, threshold_db: float) -> Silence:
        """Where the asset is quiet. Raises FactsMissing (fields: need, asset, threshold_db) if it was not measured."""
        for found in self.silences:
            if found.asset == asset and abs(found.threshold_db - threshold_db) < 0.01:
                return found
        raise FactsMissing(need="silences", asset=asset, threshold_db=threshold_db)

    def transcript(self, asset: str, language: str) -> Transcript:
        """What is said in the asset. Raises FactsMissing (fields: need, asset, language) if nobody listened yet."""
        for found in self.transcripts:
            if found.asset == asset and language in ("auto", found.language):
                return found
        raise FactsMissing(need="transcript", asset=asset, language=language)


def asset_of(asset_id: str, name: str, info: MediaInfo) -> Asset:
    """The asset that probing describes."""
    if info.video:
        video = main_video(info)
        width, height = video.upright
        is_picture = info.demuxer.endswith("_pipe") and video.frames <= 1
        return Asset(
            id=asset_id,
            name=name,
            kind="image" if is_picture else "video",
            path=info.path,
            width=even(width * video.upright_sar),
            height=even(height),
            rate=None if is_picture else video.frame_rate,
            duration=0 if is_picture else SOURCE.ticks(video.duration_s),
            has_audio=bool(info.audio),
        )
    kind: AssetKind = "audio" if info.audio else "subtitles"
    duration = SOURCE.ticks(info.duration_s)
    return Asset(id=asset_id, name=name, kind=kind, path=info.path, duration=duration, has_audio=bool(info.audio))
