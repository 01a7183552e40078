"""Makes the long sources that no folder of short clips has: scenes of several clips one after the other, once.

They are synthetic, and called so wherever they are shown: real scenes, joined by us, in a rate near lossless.
"""

from __future__ import annotations

import hashlib
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from bench.clips import Clip, named_clips
from bench.machine import ffmpeg

_MADE_BY = "2"  # raised with every change of what is made
_CAMERA = ("phone_trees", "lake_wave", "umi_cup", "flower_540p", "sam2_juggle", "night_city_720p15")
_MIXED = ("bbb_1080p25", "parkour", "umi_cup", "lake_wave", "burned_zh", "bbb_1080p60")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """A source of `seconds`, its scenes the clips named in `parts`, over and over. `kbps` is what is asked of it."""

    name: str
    parts: tuple[str, ...]
    width: int
    height: int
    rate: int
    seconds: int
    kbps: int

    @property
    def file_name(self) -> str:
        """Another recipe of the same name, or another way to make it, is another file."""
        return f"{self.name}-{hashlib.sha256((_MADE_BY + repr(self)).encode()).hexdigest()[:8]}.mp4"


RECIPES = (
    Recipe(name="camera_1080p_60s", parts=_CAMERA, width=1920, height=1080, rate=30, seconds=60, kbps=4000),
    Recipe(name="mixed_1080p_120s", parts=_MIXED, width=1920, height=1080, rate=25, seconds=120, kbps=3000),
    Recipe(name="camera_1080p_240s", parts=_CAMERA, width=1920, height=1080, rate=30, seconds=240, kbps=3000),
    Recipe(name="mixed_2160p_60s", parts=_MIXED, width=3840, height=2160, rate=25, seconds=60, kbps=4000),
    Recipe(name="camera_2160p_90s", parts=_CAMERA, width=3840, height=2160, rate=30, seconds=90, kbps=3000),
)


def made(recipe: Recipe, folder: Path) -> Clip:
    """The source of a recipe, from the folder where it is kept; it takes some minutes the first time."""
    path = folder / recipe.file_name
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix="scenes-") as place:
            scenes = Path(place)
            _make_scenes(recipe, scenes)
            joined = scenes / "joined.mp4"
            _ffmpeg("-f", "concat", "-i", str(scenes / "list"), "-c", "copy", str(joined))
            joined.replace(path)
    return Clip(f"synthetic/{recipe.name}", path)


def _make_scenes(recipe: Recipe, folder: Path) -> None:
    """Scenes of at most ten seconds, each clip's next ones when its turn comes again, and a list of them."""
    clips = named_clips(recipe.parts)
    scene_s = min(10.0, recipe.seconds / len(clips))
    # One set of colour tags for all: a file in which they change is another test, and not this one.
    colors = "range=tv:colorspace=bt709:color_primaries=bt709:color_trc=bt709"
    scale = f"scale={recipe.width}:{recipe.height}:flags=lanczos:out_range=tv:out_color_matrix=bt709"
    size = f"{scale},setsar=1,fps={recipe.rate},format=yuv420p,setparams={colors}"
    names = []
    for number in range(round(recipe.seconds / scene_s)):
        clip, start = clips[number % len(clips)], number // len(clips) * scene_s
        names.append(f"{number}.mp4")
        _ffmpeg(
            *("-stream_loop", "-1", "-i", str(clip.path), "-map", "0:v:0"),
            *("-vf", f"{size},trim={start}:{start + scene_s},setpts=PTS-STARTPTS"),
            *("-c:v", "libx264", "-preset", "veryfast", "-crf", "8", "-g", str(2 * recipe.rate)),
            *("-video_track_timescale", str(512 * recipe.rate), str(folder / names[-1])),
        )
    (folder / "list").write_text("".join(f"file {name}\n" for name in names), encoding="utf-8")


def _ffmpeg(*arguments: str) -> None:
    subprocess.run([ffmpeg(), "-nostdin", "-hide_banner", "-loglevel", "error", "-y", *arguments], check=True)
