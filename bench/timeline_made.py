"""Makes, once, what the shared clips do not hold: music of an even loudness, and a long source of many scenes."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from bench.clips import named_clips
from bench.machine import ffmpeg
from bench.streams import weigh
from bench.timeline_sources import FULL_HD, MUSIC, many

RATE = 24
_MUSIC_S, _SCENE_S = 60, 4
# Four notes a second over a bass, at some −18 LUFS: as loud all along, so that every stretch tells its level.
_NOTE = "0.12*sin(2*PI*t*330*pow(2,floor(mod(t*4,8))*2/12))+0.06*sin(2*PI*t*110*pow(2,floor(mod(t,4))*5/12))"


def sources(names: tuple[str, ...], cache: Path) -> dict[str, Path]:
    """The clips of these names, and the music. Raises NoMedia."""
    return {clip.name: clip.path for clip in named_clips(names)} | {MUSIC: music(cache)}


def music(cache: Path) -> Path:
    """A minute of it as AAC."""
    path = cache / "timeline-music-1.m4a"
    if not path.exists():
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache, prefix="timeline-") as place:
            part = Path(place, path.name)
            notes = f"aevalsrc='{_NOTE}|{_NOTE}':s=48000:d={_MUSIC_S}"
            _ffmpeg("-f", "lavfi", "-i", notes, "-c:a", "aac", "-b:a", "160k", str(part))
            part.replace(path)
    return path


def long_source(cache: Path, minutes: float) -> Path:
    """Scenes of several clips in 1080p, over and over, with the music."""
    path = cache / f"timeline-{minutes:g}min-{RATE}-1.mp4"
    if path.exists():
        return path
    song = music(cache)
    with tempfile.TemporaryDirectory(dir=cache, prefix="timeline-") as place:
        scenes, listed, whole = Path(place, "scenes.mp4"), Path(place, "list"), Path(place, "whole.mp4")
        _make_scenes(scenes)
        times = int(60 * minutes / weigh(scenes).duration_s) + 1
        listed.write_text("file scenes.mp4\n" * times, encoding="utf-8")
        both = ["-f", "concat", "-i", str(listed), "-stream_loop", "-1", "-i", str(song), "-map", "0:v"]
        _ffmpeg(*both, "-map", "1:a", "-c", "copy", "-t", f"{60 * minutes:g}", str(whole))
        whole.replace(path)
    return path


def _make_scenes(out: Path) -> None:
    """Four seconds of each clip, cut to the shape, in a rate far above that of what is made of them."""
    names = many("scenes", "natural/phone_trees_1080p30_6s.mp4", FULL_HD, RATE).clips
    width, height = FULL_HD
    fit = f"scale={width}:{height}:force_original_aspect_ratio=increase,crop={width}:{height},setsar=1,format=yuv420p"
    steps = [f"[{number}:v]fps={RATE},{fit}[v{number}]" for number in range(len(names))]
    pads = "".join(f"[v{number}]" for number in range(len(names)))
    inputs = [part for clip in named_clips(names) for part in ("-t", str(_SCENE_S), "-i", str(clip.path))]
    graph = ";".join([*steps, f"{pads}concat=n={len(names)}[v]"])
    fast = ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "16", "-g", str(2 * RATE)]
    _ffmpeg(*inputs, "-filter_complex", graph, "-map", "[v]", *fast, str(out))


def _ffmpeg(*arguments: str) -> None:
    subprocess.run([ffmpeg(), "-nostdin", "-hide_banner", "-loglevel", "error", "-y", *arguments], check=True)
