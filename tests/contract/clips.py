"""A real clip, small, and what is needed beside it to try every operation: each made once a session."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from slimreel.edit.facts import Facts, Transcript
from slimreel.engine import gather, silence
from slimreel.graph.material import Material
from slimreel.workbench.finish import finish
from tests.engine.conftest import Make

SIZE, RATE, FRAMES = "160:90", 25, 50
# Heard from 0.1 to 0.53 s and from 0.97 s on; between them the speaker breathes.
HUSH_S = (0.6, 0.9)
_CODED = ("-c:v", "libx264", "-preset", "veryfast", "-crf", "8", "-pix_fmt", "yuv420p", "-c:a", "aac", "-b:a", "160k")
# What is done to the clip before an operation that mends it.
_WORN = {
    "plain": ("null", "anull"),
    "noisy": ("noise=alls=10:allf=t", "anull"),
    "hissing": ("null", "aeval=val(0)+0.02*(random(0)-0.5)|val(1)+0.02*(random(1)-0.5):c=same"),
    "shaky": ("scale=192:108,crop=160:90:'16+9*sin(n*2.1)':'9+7*cos(n*1.7)'", "anull"),
    "combed": ("fps=50,scroll=h=0.02,interlace=lowpass=off,setfield=prog", "anull"),
}


def clip(make: Make, media: Path, worn: str = "plain") -> Path:
    """A flower that opens in 2 s of 160x90 at 25, with a voice."""
    seen, heard = _WORN[worn]
    flower = ("-ss", 0.5, "-t", 4, "-i", media / "natural" / "flower_540p_cc0.mp4")
    voice = ("-ss", 0.1, "-t", 2, "-i", media / "audio" / "speech_s16.wav")
    filters = f"[0:v]setpts=PTS/2,fps={RATE},scale={SIZE},{seen}[v];[1:a]{heard}[a]"
    chosen = ("-filter_complex", filters, "-map", "[v]", "-map", "[a]", "-t", 2)
    return make(f"{worn}.mp4", *flower, *voice, *chosen, *_CODED)


def beside(make: Make, media: Path, folder: Path) -> list[Path]:
    """Another clip without sound, music, a mark, subtitles, a table of colours, and what a speech engine wrote."""
    other = make(
        "other.mp4", "-t", 1, "-i", media / "natural" / "spin_432p30_30s_cc0.mp4", "-vf", f"fps={RATE},scale={SIZE}",
        *_CODED,
    )  # fmt: skip
    song = make("song.wav", "-f", "lavfi", "-i", "aevalsrc='0.5*sin(2*PI*3000*t)':s=48000:d=2")
    mark = make("mark.png", "-f", "lavfi", "-i", "color=white:s=80x45:d=0.04", "-frames:v", "1")
    texts = {
        "words.srt": "1\n00:00:00,400 --> 00:00:01,200\nHELLO\n",
        "heard.srt": "1\n00:00:00,400 --> 00:00:01,200\nHEARD\n",
        "invert.cube": "LUT_3D_SIZE 2\n"
        + "\n".join(f"{1 - r} {1 - g} {1 - b}" for b in (0, 1) for g in (0, 1) for r in (0, 1)),
    }
    for name, text in texts.items():
        (folder / name).write_text(text)
    return [other, song, mark, folder / "words.srt", folder / "invert.cube", folder / "heard.srt"]


def gathered(paths: list[Path]) -> tuple[Mapping[str, Material], Facts]:
    """The files as a1, a2, …, with what is measured and what was heard in the first."""
    materials = {f"a{number}": gather.gather(path, f"a{number}") for number, path in enumerate(paths, 1)}
    facts = Facts(assets=tuple(material.asset for material in materials.values()), has_speech_engine=True)
    quiet = finish(silence.measure(materials["a1"], -35.0), lambda event: None)
    heard = Transcript(asset="a1", subtitles=f"a{len(paths)}", language="en")
    return materials, replace(facts, silences=(quiet,), transcripts=(heard,))
