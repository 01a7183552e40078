"""The ways to render a timeline that are compared: command lines of slimreel, a bare transcode, melt and MoviePy.

All encode with the very options of slimreel's default speed at one CRF, so that what differs is the editing.
"""

from __future__ import annotations

import json
import math
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bench.machine import ffmpeg
from bench.timeline_sources import MUSIC, Excerpt, Film
from slimreel.core.codecs import ENCODERS, speed_options
from slimreel.core.plan import keyint_for

CRF, SOUND_KBPS, KEYFRAME_S = 23, 128, 10
FONT, LETTERS_PX = "DejaVu Sans", 80  # pixels of a picture 1080 high
# Where nothing listens to the clips, music goes down by so much, and so slowly: about what slimreel's ducking does.
DUCKED, DUCK_S = 0.25, 0.3
BARE = "bare"

Paths = Mapping[str, Path]  # of the clips and the music, by name
Commands = Callable[[Film, Paths, Path], list[str]]


@dataclass(frozen=True, slots=True)
class Way:
    """One way. `command(film, paths, out)` writes what it needs beside `out` and is run in that folder."""

    key: str
    title: str
    command: Commands


def encoder(film: Film) -> list[str]:
    """What slimreel's default speed encodes with at the CRF, as FFmpeg's options."""
    keyint = keyint_for(film.frames, film.rate, KEYFRAME_S)
    return [*speed_options(ENCODERS["h264"], "balanced"), "-crf", str(CRF), "-g", str(keyint)]


def operations(film: Film, goal: Mapping[str, object]) -> list[dict[str, Any]]:
    """slimreel's commands: each file is divided, its parts cut out of it and put in order."""
    parts: dict[str, list[int]] = {}
    for number, one in enumerate(film.excerpts):
        parts.setdefault(one.name, []).append(number)
    ids: dict[int, str] = {}
    found: list[dict[str, Any]] = []
    new = len(parts)
    for place, numbers in enumerate(parts.values(), 1):
        starts = [film.excerpts[number].start_s for number in numbers]
        if starts != sorted(starts):
            raise ValueError("excerpts of a clip have to be in its order")
        names = [f"c{place}", *(f"c{new + extra}" for extra in range(1, len(numbers)))]
        new += len(numbers) - 1
        ids.update(zip(numbers, names, strict=True))
        if len(numbers) > 1:
            found.append(_op("split", clip=names[0], at_s=starts[1:]))
        for name, number in zip(names, numbers, strict=True):
            one = film.excerpts[number]
            start_s = one.start_s if number == numbers[0] else 0.0
            found.append(_op("trim", clip=name, start_s=start_s, end_s=start_s + one.frames / film.rate))
    if len(ids) > 1:
        found.append(_op("reorder", order=[ids[number] for number in range(len(ids))]))
    for number, one in enumerate(film.excerpts):
        if one.dissolve:
            pair = [ids[number - 1], ids[number]]
            found.append(_op("transition", type="dissolve", duration_s=one.dissolve / film.rate, at=pair))
    for title in film.titles:
        when = {"start_s": title.start / film.rate, "duration_s": title.frames / film.rate}
        found.append(_op("add_text", text=title.text, position="bottom", size_px=LETTERS_PX, font=FONT, **when))
    found.append(_op("add_music", volume=film.music_level, duck=film.duck))
    return [*found, _op("compress", **goal)] if goal else found


def _op(op: str, **params: object) -> dict[str, Any]:
    return {"op": op, "params": params}


def _slimreel(goal: Mapping[str, object]) -> Commands:
    def command(film: Film, paths: Paths, out: Path) -> list[str]:
        ops = out.with_suffix(".ops.json")
        ops.write_text(json.dumps(operations(film, goal)), encoding="utf-8")
        files = [str(paths[name]) for name in (*film.clips, MUSIC)]
        return [sys.executable, "-m", "slimreel", "edit", *files, "--ops", str(ops), "-o", str(out), "--json"]

    return command


def bare(film: Film, paths: Paths, out: Path) -> list[str]:
    """The same number of the same frames, scaled and put end to end: no dissolves, titles or mixing."""
    fit = (
        f"scale={film.width}:{film.height}:flags=bicubic:force_original_aspect_ratio=decrease:force_divisible_by=2,"
        f"pad={film.width}:{film.height}:-1:-1,setsar=1"
    )
    inputs, steps, pads = [], [], ""
    for number, (one, frames) in enumerate(_unlapped(film)):
        inputs += ["-ss", f"{one.start_s:g}", "-t", f"{frames / film.rate + 0.5:g}", "-i", str(paths[one.name])]
        end = f"tpad=stop=-1:stop_mode=clone,trim=end_frame={frames}"
        steps.append(f"[{number}:v]fps={film.rate},{fit},format=yuv420p,{end}[v{number}]")
        pads += f"[v{number}]"
    steps.append(f"{pads}concat=n={len(film.excerpts)}[v]")
    return [
        *(ffmpeg(), "-nostdin", "-hide_banner", "-loglevel", "error", "-y", *inputs),
        *("-t", f"{film.seconds:g}", "-i", str(paths[MUSIC]), "-filter_complex", ";".join(steps)),
        *("-map", "[v]", "-map", f"{len(film.excerpts)}:a", "-c:v", "libx264", *encoder(film)),
        *("-c:a", "aac", "-b:a", f"{SOUND_KBPS}k", "-ar", "48000", "-movflags", "+faststart", str(out)),
    ]


def _unlapped(film: Film) -> list[tuple[Excerpt, int]]:
    """Each excerpt with the frames until the next one begins."""
    following = [*(one.dissolve for one in film.excerpts[1:]), 0]
    return [(one, one.frames - lap) for one, lap in zip(film.excerpts, following, strict=True)]


def melt(film: Film, paths: Paths, out: Path) -> list[str]:
    """Debian's melt: clips with mixes on one track, music on another, `dynamictext` over all."""
    program = shutil.which("melt")
    assert program is not None
    profile = out.with_suffix(".profile")
    ratio = f"display_aspect_num={film.width}\ndisplay_aspect_den={film.height}\ncolorspace=709\n"
    size = f"width={film.width}\nheight={film.height}\nsample_aspect_num=1\nsample_aspect_den=1\n"
    profile.write_text(
        f"description=film\nframe_rate_num={film.rate}\nframe_rate_den=1\nprogressive=1\n{size}{ratio}",
        encoding="utf-8",
    )
    argv = [program, "-silent", "-profile", str(profile)]
    for one in film.excerpts:
        first = round(one.start_s * film.rate)
        argv += [str(paths[one.name]), f"in={first}", f"out={first + one.frames - 1}"]
        if one.dissolve:
            argv += ["-mix", str(one.dissolve), "-mixer", "luma", "-mixer", "mix:-1"]
    argv += ["-track", str(paths[MUSIC]), "in=0", f"out={film.frames - 1}"]
    argv += ["-attach-cut", "volume", f"level={_levels(film)}"]
    argv += ["-transition", "mix", "a_track=0", "b_track=1", "always_active=1", "sum=1"]
    for title in film.titles:
        when = [f"in={title.start}", f"out={title.start + title.frames - 1}"]
        look = [f"family={FONT}", f"size={_letters(film)}", "fgcolour=#ffffffff", "bgcolour=#00000000"]
        look += ["halign=center", "valign=bottom"]
        argv += ["-filter", f"dynamictext:{title.text}", "track=0", *look, *when]
    return [*argv, "-consumer", f"avformat:{out}", *_melt_encoder(film)]


def _melt_encoder(film: Film) -> list[str]:
    options = iter(encoder(film))
    return [
        *(f"{name.removeprefix('-')}={value}" for name, value in zip(options, options, strict=True)),
        *("vcodec=libx264", "pix_fmt=yuv420p", "acodec=aac", f"ab={SOUND_KBPS}k", "ar=48000", "channels=2"),
        *("rescale=bicubic", "movflags=+faststart"),
    ]


def _levels(film: Film) -> str:
    """Decibels of the music by keyframes, as melt's filters take them."""
    return ";".join(f"{frame}={_decibels(level):.2f}" for frame, level in music_levels(film))


def music_levels(film: Film) -> list[tuple[int, float]]:
    """Frames and the level from there on, straight between them: down where clips sound, if that is wanted."""
    if not film.duck:
        return [(0, film.music_level)]
    ramp, low = round(DUCK_S * film.rate), film.music_level * DUCKED
    points = [(0, film.music_level)]
    for first, last in film.loud():
        points += [(first - ramp, film.music_level), (first, low), (last, low), (last + ramp, film.music_level)]
    kept = {max(0, min(frame, film.frames - 1)): level for frame, level in points}
    return sorted(kept.items())


def _decibels(level: float) -> float:
    return 20 * math.log10(level)


def moviepy(film: Film, paths: Paths, out: Path) -> list[str]:
    """MoviePy 2, in its own environment, with the same FFmpeg as the others."""
    spec = out.with_suffix(".film.json")
    starts = [start for start, _ in film.starts()]
    excerpts = [
        {**asdict(one), "path": str(paths[one.name]), "at": at} for one, at in zip(film.excerpts, starts, strict=True)
    ]
    facts = {
        "width": film.width, "height": film.height, "rate": film.rate, "frames": film.frames, "excerpts": excerpts,
        "titles": [asdict(one) for one in film.titles], "music": str(paths[MUSIC]), "levels": music_levels(film),
        "font": font_file(), "letters_px": _letters(film), "encoder": encoder(film), "sound_kbps": SOUND_KBPS,
    }  # fmt: skip
    spec.write_text(json.dumps(facts), encoding="utf-8")
    script = Path(__file__).with_name("timeline_moviepy.py")
    setting = ["env", f"FFMPEG_BINARY={ffmpeg()}", f"IMAGEIO_FFMPEG_EXE={ffmpeg()}"]
    return [*setting, str(moviepy_python()), str(script), str(spec), str(out)]


def moviepy_python(cache: Path | None = None) -> Path:
    """The Python of MoviePy's own environment, whether or not it is there."""
    return (cache or Path("~/.cache/slimreel-bench").expanduser()) / "moviepy" / "bin" / "python"


def install_moviepy() -> None:
    """Make that environment."""
    python = moviepy_python()
    subprocess.run(["uv", "venv", "--quiet", "--clear", str(python.parents[1])], check=True)
    subprocess.run(["uv", "pip", "install", "--quiet", "--python", str(python), "moviepy>=2.2,<3"], check=True)


def font_file() -> str:
    """The file of the font, for programs that take no names."""
    argv = ["fc-match", "-f", "%{file}", FONT]
    return subprocess.run(argv, capture_output=True, text=True, check=True).stdout


def _letters(film: Film) -> int:
    return round(LETTERS_PX * min(film.width, film.height) / 1080)


def versions() -> list[str]:
    """What is installed of the peers, a phrase each."""
    found = []
    if program := shutil.which("melt"):
        said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
        found.append(f"{(said.stdout + said.stderr).split(chr(10))[0]} with Debian's own FFmpeg libraries and x264")
    if moviepy_python().exists():
        code = "import moviepy, numpy; print('MoviePy', moviepy.__version__, 'with numpy', numpy.__version__)"
        argv = [str(moviepy_python()), "-c", code]
        found.append(subprocess.run(argv, capture_output=True, text=True, check=False).stdout.strip())
    return found


def available(wanted: Sequence[str]) -> tuple[list[Way], list[str]]:
    """The ways that can run here, and a sentence for each that cannot."""
    missing = {}
    if shutil.which("melt") is None:
        missing["melt"] = "melt is not installed, so it was left out (Debian: melt)."
    if not moviepy_python().exists():
        missing["moviepy"] = "MoviePy is not installed, so it was left out (--install-moviepy)."
    return [WAYS[key] for key in wanted if key not in missing], [missing[key] for key in wanted if key in missing]


WAYS: Mapping[str, Way] = {
    way.key: way
    for way in (
        Way("slimreel", "slimreel", _slimreel({"crf": CRF, "codec": "h264"})),
        Way(BARE, "bare transcode", bare),
        Way("melt", "melt", melt),
        Way("moviepy", "MoviePy", moviepy),
        Way("usual", "slimreel, no goal said", _slimreel({})),
    )
}
