"""Which clips are measured: the shared media folder, its manifest, and lists chosen from it."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

# Camera, people, animation and burned-in subtitles of 3 s or more, 360p to 1080p, 8-bit SDR.
RATE_CLIPS = (
    "natural/phone_trees_1080p30_6s.mp4",
    "natural/lake_wave_1080p25_8s.mp4",
    "natural/umi_cup_outdoor_1080p30_40s.mp4",
    "natural/flir_thermal_vfr.mp4",
    "natural/sam2_juggle_720p24.mp4",
    "natural/night_city_720p15.mp4",
    "natural/flower_540p_cc0.mp4",
    "natural/gopro_hero7_tmcd_gpmd.mp4",
    "natural/parkour_432p25_sport.mp4",
    "natural/spin_432p30_30s_cc0.mp4",
    "natural/oldfilm_grain_chaplin.mp4",
    "talking/webcam_vfr_flv.flv",
    "talking/selfie_portrait_ccbysa.mp4",
    "portrait/cat_rot270_720p.mp4",
    "animation/bbb_1080p25_12s_51.mp4",
    "animation/bbb_1080p60_10s_51.mp4",
    "subtitle/burned_zh_720p.mp4",
)

# For codecs other than the default: grain, sport, an irregular clock, animation, odd sizes, HDR, sideways.
CODEC_CLIPS = (
    "natural/oldfilm_grain_chaplin.mp4",
    "natural/parkour_432p25_sport.mp4",
    "natural/flower_540p_cc0.mp4",
    "talking/webcam_vfr_flv.flv",
    "animation/bbb_1080p25_12s_51.mp4",
    "sar_odd/odd_1081x713_vp9.webm",
    "hdr/hdr10_av1_portrait.mp4",
    "portrait/cat_rot270_720p.mp4",
)

# malformed/ is meant to be refused, and the others hold no video, but for these.
_NOT_VIDEO = {"malformed", "audio", "image"}
_BUT = {"image/anim.gif"}


@dataclass(frozen=True, slots=True)
class Clip:
    """A file to measure. `name` is how reports call it: its path inside the media folder, or its file name."""

    name: str
    path: Path


class NoMedia(ValueError):
    """There is no media folder, or a clip that was asked for is not in it."""


def media_folder() -> Path:
    """SLIMREEL_MEDIA, else ../shared/media beside the repository. Raises NoMedia."""
    folder = Path(os.environ.get("SLIMREEL_MEDIA") or ROOT.parent / "shared" / "media")
    if not (folder / "MANIFEST.tsv").is_file():
        raise NoMedia("no clips: set SLIMREEL_MEDIA to the folder that holds MANIFEST.tsv")
    return folder


def named_clips(names: Iterable[str]) -> list[Clip]:
    """Clips by their names in the media folder; a unique part of a name is enough. Raises NoMedia."""
    folder = media_folder()
    known = [row["file"] for row in read_manifest(folder)]
    return [Clip(name, folder / name) for name in (_find(wanted, known) for wanted in names)]


def added_clips(paths: Iterable[str]) -> list[Clip]:
    """Files from anywhere, called by their own names."""
    return [Clip(Path(path).name, Path(path).resolve()) for path in paths]


def acceptance_clips() -> list[Clip]:
    """Every legitimate video of the media folder, the ones with the least work first."""
    folder = media_folder()
    rows = [row for row in read_manifest(folder) if is_video_row(row)]
    return [Clip(row["file"], folder / row["file"]) for row in sorted(rows, key=_work)]


def read_manifest(folder: Path) -> list[dict[str, str]]:
    """The rows of MANIFEST.tsv by their column names."""
    with (folder / "MANIFEST.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def is_video_row(row: dict[str, str]) -> bool:
    """Whether the manifest says that this is a video to compress; probing has the last word."""
    if row["file"] in _BUT:
        return True
    return row["file"].split("/")[0] not in _NOT_VIDEO and bool(row["WxH"].strip())


def _work(row: dict[str, str]) -> float:
    width, _, height = row["WxH"].split(" + ")[0].partition("x")
    seconds = float(row["duration"] or 1)
    return int(width) * int(height) * seconds * min(120.0, float(row["fps"] or 25))


def _find(wanted: str, known: Sequence[str]) -> str:
    if wanted in known:
        return wanted
    found = [name for name in known if wanted in name]
    if len(found) != 1:
        raise NoMedia(f"{wanted}: " + ("no such clip" if not found else "could be " + ", ".join(found)))
    return found[0]
