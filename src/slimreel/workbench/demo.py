"""The first thing a newcomer runs: makes a clip out of nothing and compresses it. Needs no file and no network."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

from slimreel.core.codecs import ENCODERS
from slimreel.core.events import Decided, Progress
from slimreel.engine import ffmpeg, place
from slimreel.errors import UsageError
from slimreel.workbench.compress import compress_events
from slimreel.workbench.result import Result

WISH = "2 Mbps"
SECONDS = 20
# Drifting colours, a zoom with ever new detail, a moving test picture with sharp edges, and light grain.
_PICTURE = (
    "gradients=size=1280x720:rate=25:speed=0.01:seed=7[colours];"
    "mandelbrot=size=480x360:rate=25:maxiter=300:end_scale=0.01:end_pts=500[zoom];"
    "testsrc2=size=426x240:rate=25[test];"
    "[colours][zoom]overlay=x=720:y=60[two];"
    "[two][test]overlay=x='40+20*t':y='440-15*t',noise=alls=2:allf=t,format=yuv420p[picture]"
)
# A falling tone that swells.
_SOUND = "aevalsrc='0.2*sin(2*PI*(440-6*t)*t)*(0.6+0.4*sin(2*PI*2*t))':s=48000:c=stereo"


def demo(folder: Path) -> Generator[Progress | Decided, None, Result]:
    """Makes `slimreel-demo.mp4` in `folder`, compresses it as WISH says, and returns what came of it.

    Takes half a minute on two slow cores. Raises what compress raises.
    """
    if folder.exists() and not folder.is_dir():
        raise UsageError(detail=f"{folder} is a file, not a folder; name another with --keep.")
    with place.storage_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
    clip = folder / "slimreel-demo.mp4"
    arguments = [
        *("-f", "lavfi", "-i", _SOUND, "-filter_complex", _PICTURE, "-map", "[picture]", "-map", "0:a"),
        *("-t", str(SECONDS), "-c:v", ENCODERS["h264"].name, "-preset", "ultrafast", "-crf", "20"),
        *("-c:a", "aac", "-b:a", "128k", "-movflags", "+faststart", clip.name),
    ]
    for advance in ffmpeg.run(arguments, folder=folder, stage="demo", path=str(clip)):
        yield Progress(stage="mux", fraction=min(1.0, advance.out_time_s / SECONDS), speed=advance.speed)
    return (yield from compress_events(clip, WISH, overwrite=True))
