"""What tests of edits share: made clips whose pictures tell their own number, and looks at what was rendered."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

from slimreel.workbench.edit import Edit, edit
from tests.engine import witness

WIDTH, HEIGHT, RATE, FRAMES = 160, 90, 25, 50
FIRST_LUMA, STEP = 30, 4  # frame n of a counting clip has the luma 30 + 4 n, to 226
QUICK = {"op": "compress", "params": {"crf": 12, "encode_speed": "fast"}}
Make = Callable[..., Path]


def do(op: str, **params: Any) -> dict[str, Any]:
    return {"op": op, "params": params}


def counting(make: Make, name: str = "count.mp4", tone_hz: int = 440, *, silent: bool = False) -> Path:
    """Two seconds of 160x90 at 25: frame n has the luma 30 + 4 n all over; with a tone."""
    picture = f"color=black:s={WIDTH}x{HEIGHT}:r={RATE}:d=2,geq=lum='{FIRST_LUMA}+{STEP}*N':cb=128:cr=128"
    sound = () if silent else ("-f", "lavfi", "-i", f"sine=f={tone_hz}:d=2:r=48000:b=0,volume=0.8", "-c:a", "aac")
    coded = ("-c:v", "libx264", "-preset", "veryfast", "-crf", "8", "-g", "10", "-pix_fmt", "yuv420p")
    return make(name, "-f", "lavfi", "-i", picture, *sound, *coded)


def quartered(make: Make) -> Path:
    """One second of 160x90: the upper left quarter white, the upper right grey, the rest black."""
    drawn = "drawbox=w=80:h=45:t=fill:color=white,drawbox=x=80:w=80:h=45:t=fill:color=gray"
    coded = ("-c:v", "libx264", "-preset", "veryfast", "-crf", "8", "-pix_fmt", "yuv420p")
    return make("quarters.mp4", "-f", "lavfi", "-i", f"color=black:s={WIDTH}x{HEIGHT}:r={RATE}:d=1,{drawn}", *coded)


def render(folder: Path, sources: list[Path], *commands: dict[str, Any], out: str = "out.mp4") -> Path:
    """The file that the commands give, encoded with hardly a loss."""
    made = rendered(folder, sources, *commands, QUICK, out=out)
    return Path(made.files[0].path)


def rendered(folder: Path, sources: list[Path], *commands: dict[str, Any], out: str = "out.mp4") -> Edit:
    return edit(sources, commands, folder / out, overwrite=True)


def lumas(path: Path, region: str = "iw:ih:0:0") -> list[float]:
    """The mean luma of a region of each frame, as x264 was given it: 16 is black, 235 white."""
    found = witness.pipe(
        *("-i", path, "-vf", f"crop={region},scale=8:8:flags=area,format=gray", "-fps_mode", "passthrough"),
        *("-f", "rawvideo", "-"),
    )
    # Taken to full range by the conversion to grey: brought back.
    return [16 + sum(found[at : at + 64]) / 64 * 219 / 255 for at in range(0, len(found), 64)]


def numbers(path: Path) -> list[int]:
    """Which frames of a counting clip were shown."""
    return [round((luma - FIRST_LUMA) / STEP) for luma in lumas(path)]


def corner(path: Path, where: str, frame: int = 3) -> float:
    """The luma in the middle of a quarter: `top_left`, `top_right`, `bottom_left` or `bottom_right`."""
    x = "0" if "left" in where else "iw/2"
    y = "0" if "top" in where else "ih/2"
    return lumas(path, f"iw/4:ih/4:{x}+iw/8:{y}+ih/8")[frame]


def samples(path: Path) -> list[int]:
    """The left channel at 8 kHz."""
    found = witness.pipe("-i", path, "-ac", "1", "-ar", "8000", "-f", "s16le", "-")
    return [int.from_bytes(found[at : at + 2], "little", signed=True) for at in range(0, len(found) - 1, 2)]


def level(path: Path, start_s: float, end_s: float) -> float:
    """The loudest sample between two times; 1 is full scale."""
    part = samples(path)[round(start_s * 8000) : round(end_s * 8000)]
    return max((abs(value) for value in part), default=0) / 32768


def pitch_hz(path: Path, start_s: float, end_s: float) -> float:
    """How often the sound rises through zero in a second."""
    part = samples(path)[round(start_s * 8000) : round(end_s * 8000)]
    rises = sum(1 for before, after in pairwise(part) if before < 0 <= after)
    return rises / (end_s - start_s)


def loudness_lufs(path: Path) -> float:
    text = witness.ffmpeg("-i", path, "-af", "ebur128", "-f", "null", "-")
    return float(re.findall(r"I:\s*(-?[\d.]+) LUFS", text)[-1])
