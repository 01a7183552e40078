"""Makes what the pictures of the operations are made of: a real flower with a voice, and files that are drawn here."""

from __future__ import annotations

import subprocess
from pathlib import Path

import imageio_ffmpeg

# What is done to the flower before an operation that mends it: to the picture, and to the sound.
_WORN = {
    "": ("null", "anull"),
    "noisy": ("noise=alls=11:allf=t", "anull"),
    "soft": ("gblur=sigma=1.1", "anull"),
    "shaky": ("scale=720:405,crop=640:360:'40+26*sin(n*2.1)':'22+18*cos(n*1.7)'", "anull"),
    "combed": ("fps=50,scroll=h=0.012,interlace=lowpass=off,setfield=prog", "anull"),
    "quiet": ("null", "volume=-9dB"),
    "hissing": ("null", "aeval=val(0)+0.12*(random(0)-0.5)|val(1)+0.12*(random(1)-0.5):c=same"),
}
_CODED = ("-c:v", "libx264", "-preset", "fast", "-crf", "12", "-pix_fmt", "yuv420p", "-c:a", "aac", "-b:a", "160k")
_WORDS = "1\n00:00:01,000 --> 00:00:04,400\n{}\n"
_HERE = Path(__file__).parent


def make(folder: Path, media: Path, worn: str = "") -> list[Path]:
    """The files of scripts.showcase.examples.FACTS, in their order."""
    found = [_flower(folder, media, worn), folder / "dusk.mp4", folder / "song.wav", folder / "logo.png"]
    if not found[1].exists():
        _drawn(folder)
    return [*found, folder / "words.srt", folder / "film.cube", folder / "heard.srt"]


def ffmpeg(*arguments: object) -> bytes:
    """Run FFmpeg; what it wrote to stdout."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostdin", "-y", "-v", "error", *map(str, arguments)]
    return subprocess.run(command, check=True, capture_output=True).stdout


def _flower(folder: Path, media: Path, worn: str) -> Path:
    path = folder / worn / "flower.mp4"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        seen, heard = _WORN[worn]
        sources = ("-i", media / "natural" / "flower_540p_cc0.mp4", "-t", 5, "-i", media / "audio" / "speech_s16.wav")
        filters = f"[0:v]fps=25,scale=640:360,{seen}[v];[1:a]{heard}[a]"
        ffmpeg(*sources, "-filter_complex", filters, "-map", "[v]", "-map", "[a]", "-t", 5, *_CODED, path)
    return path


def _drawn(folder: Path) -> None:
    colours = "c0=0x2B3A67:c1=0xE08A5B:c2=0xFFD79A"
    sky = f"gradients=s=640x360:r=25:d=3:n=3:{colours}:x0=320:y0=0:x1=320:y1=310:speed=0.00001"
    bell = "aevalsrc='0.4*exp(-3*mod(t,1))*sin(2*PI*(330+110*floor(t))*t)':s=48000:d=3"
    lavfi = ("-f", "lavfi", "-i")
    ffmpeg(*lavfi, f"{sky},ass={_HERE / 'dusk.ass'}", *lavfi, bell, *_CODED, folder / "dusk.mp4")
    beat = "0.55*exp(-9*mod(t,0.5))*sin(2*PI*110*t)+0.2*exp(-20*mod(t+0.25,0.5))*sin(2*PI*880*t)"
    ffmpeg(*lavfi, f"aevalsrc='{beat}':s=48000:d=4", folder / "song.wav")
    clear = f"color=black@0:s=200x200:d=0.04,format=rgba,ass={_HERE / 'logo.ass'}:alpha=1"
    ffmpeg(*lavfi, clear, "-frames:v", 1, folder / "logo.png")
    (folder / "words.srt").write_text(_WORDS.format("It opens in the morning"), encoding="utf-8")
    (folder / "heard.srt").write_text(_WORDS.format("This is what was said"), encoding="utf-8")
    (folder / "film.cube").write_text(_table(), encoding="utf-8")


def _table() -> str:
    """Teal shadows and orange lights, in nine steps a side."""
    steps = [step / 8 for step in range(9)]
    rows = [
        f"{min(1, 0.9 * r + 0.15 * (r + g) / 2):.4f} {0.85 * g + 0.08:.4f} {0.7 * b + 0.08 * (1 - r):.4f}"
        for b in steps
        for g in steps
        for r in steps
    ]
    return "LUT_3D_SIZE 9\n" + "\n".join(rows) + "\n"
