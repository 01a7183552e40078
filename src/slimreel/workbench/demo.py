"""The first thing a newcomer runs: makes a clip out of nothing and compresses it. Needs no file and no network."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

from slimreel.core.codecs import ENCODERS
from slimreel.core.events import Decided, Progress
from slimreel.engine import ffmpeg
from slimreel.workbench.compress import compress_events
from slimreel.workbench.result import Result

WISH = "1.5 Mbps"
SECONDS = 20
# A zoom with ever new detail, a moving test picture with sharp edges in it, and light grain; and a falling tone.
_PICTURE = (
    "mandelbrot=size=640x360:rate=25:maxiter=400:end_scale=0.002:end_pts=500,scale=1280:720:flags=bilinear[zoom];"
    "testsrc2=size=426x240:rate=25[test];"
    "[zoom][test]overlay=x='40+20*t':y='440-15*t',noise=alls=4:allf=t,format=yuv420p[picture]"
)
_SOUND = "aevalsrc='0.2*sin(2*PI*(440-6*t)*t)*(0.6+0.4*sin(2*PI*2*t))':s=48000:c=stereo"


def demo(folder: Path) -> Generator[Progress | Decided, None, Result]:
    """Makes `slimreel-demo.mp4` in `folder`, compresses it as WISH says, and returns what came of it.

    Takes half a minute on two slow cores. Raises what compress raises.
    """
    clip = folder / "slimreel-demo.mp4"
    arguments = [
        *("-f", "lavfi", "-i", _SOUND, "-filter_complex", _PICTURE, "-map", "[picture]", "-map", "0:a"),
        *("-t", str(SECONDS), "-c:v", ENCODERS["h264"].name, "-preset", "ultrafast", "-crf", "20"),
        *("-c:a", "aac", "-b:a", "128k", "-movflags", "+faststart", clip.name),
    ]
    for advance in ffmpeg.run(arguments, folder=folder, stage="demo", path=str(clip)):
        yield Progress(stage="mux", fraction=min(1.0, advance.out_time_s / SECONDS), speed=advance.speed)
    return (yield from compress_events(clip, WISH, overwrite=True))
