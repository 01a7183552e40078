"""Makes the typical source of this software's readers: a tutorial of ten minutes in 4K that takes 80 MB. Synthetic:
real screen recordings and a little camera footage, joined, repeated, and encoded at the rate that makes 80 MB of them.
"""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from bench import long_sources
from bench.clips import Clip, named_clips
from bench.long_sources import Recipe
from bench.machine import ffmpeg

SECONDS, FILE_BYTES = 600, 80_000_000
# Text and windows, sparse graphics, a page in Chinese, a person outdoors, a timeline: ten seconds of each, twice.
LESSON = Recipe(
    name="lesson_2160p_120s",
    parts=("slides_3022x1656", "lazy_exec", "astro_2160p60", "voice_demo_zh", "umi_cup", "timeline_3026x1386"),
    width=3840, height=2160, rate=30, seconds=120, kbps=0,
)  # fmt: skip
_SOUND = "audio/speech_s16.wav"
_SOUND_KBPS = 64
# Container tables of 10 minutes of pictures and sound, in kbit/s; measured on the file.
_TABLES_KBPS = 14


def made(folder: Path) -> Clip:
    """The source, from the folder where it is kept; it takes about ten minutes the first time."""
    path = folder / f"tutorial-{LESSON.file_name}"
    if not path.exists():
        lesson = long_sources.made(LESSON, folder)
        with tempfile.TemporaryDirectory(dir=folder, prefix="tutorial-") as place:
            whole = _repeated(_encoded(lesson.path, Path(place)), Path(place))
            whole.replace(path)
    return Clip("synthetic/tutorial_2160p_10min", path)


def _encoded(lesson: Path, place: Path) -> Path:
    out = place / "lesson.mp4"
    kbps = round(FILE_BYTES * 8 / SECONDS / 1000) - _SOUND_KBPS - _TABLES_KBPS
    encode = ["-i", str(lesson), "-c:v", "libx264", "-preset", "veryfast", "-g", "300", "-b:v", f"{kbps}k"]
    _ffmpeg(place, *encode, "-pass", "1", "-f", "null", "-")
    _ffmpeg(place, *encode, "-pass", "2", str(out))
    return out


def _repeated(lesson: Path, place: Path) -> Path:
    out, (sound,) = place / "tutorial.mp4", named_clips([_SOUND])
    times = SECONDS // LESSON.seconds
    _ffmpeg(
        place,
        *("-stream_loop", str(times - 1), "-i", str(lesson), "-stream_loop", "-1", "-i", str(sound.path)),
        *("-map", "0:v", "-map", "1:a", "-c:v", "copy", "-c:a", "aac", "-b:a", f"{_SOUND_KBPS}k", "-ac", "1"),
        *("-t", str(SECONDS), str(out)),
    )
    return out


def _ffmpeg(place: Path, *arguments: str) -> None:
    command = [ffmpeg(), "-nostdin", "-hide_banner", "-loglevel", "error", "-y", *arguments]
    subprocess.run(command, cwd=place, check=True)
