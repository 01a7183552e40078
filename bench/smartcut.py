"""Cuts the ends off an hour of H.264 without encoding it: how long does it take, and how much stays as it was?

`python -m bench.smartcut`; it makes the hour itself, of a shared clip, and keeps it in the user's cache.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import av

from bench import machine
from bench.clips import NoMedia, media_folder
from bench.markdown import table
from bench.stopwatch import run

CACHE = Path.home() / ".cache" / "slimreel-bench"
_CLIP, _FRAMES, _HOUR_S, _RATE = "natural/phone_trees_1080p30_6s.mp4", 172, 3600, 30
_TRIM = (10.5, 3590.2)
_TIMEOUT_S = 1800.0
# The goal: seconds, share of the packets, bytes of the source.
_MOST_S, _LEAST_SHARE, _MOST_BYTES = 5.0, 0.95, 1_000_000_000

_INTRODUCTION = """\
An hour of 1080p30 H.264 (2 Mbit/s, B-frames, a keyframe at least every 2 s) with AAC, in MP4: one real clip over and
over. `trim` takes the first 10.5 s and the last 9.8 s off, neither at a keyframe. Wall and CPU are of the whole
command, from start to exit, with probing, hashing of all that was copied and the decode around the seams. "same
packets" counts pictures whose payload is that of the source's picture of the same time, by hashes of the benchmark's
own; "index in front" and the number of frames are read from the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """One run of the command. `same` is the share of picture packets that the source holds too."""

    wall_s: float
    cpu_s: float
    peak_bytes: int
    bytes: int
    strategy: str
    frames: int
    wanted: int
    same: float
    index_in_front: bool


def main(argv: Sequence[str] | None = None) -> int:
    """The command line. Exit code 1 where the goal is missed, 2 where the clip is not there."""
    options = argparse.ArgumentParser(prog="python -m bench.smartcut", description=__doc__)
    options.add_argument("--repeats", type=int, default=3)
    options.add_argument("--out", default="bench/results")
    chosen = options.parse_args(argv)
    load = machine.load()
    machine.compile_python()
    try:
        source = hour()
    except (NoMedia, subprocess.SubprocessError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    kept = list(_payloads(source))
    rows = []
    for _ in range(chosen.repeats):
        with tempfile.TemporaryDirectory(prefix="bench-smartcut-", dir=CACHE) as place:
            rows.append(_trim(source, kept, Path(place)))
        print(rows[-1], flush=True)
    out = Path(chosen.out)
    out.mkdir(parents=True, exist_ok=True)
    quiet = load <= machine.QUIET_LOAD
    found = {
        "date": machine.today(),
        "machine": machine.describe(),
        "load_at_start": round(load, 2),
        "source_bytes": source.stat().st_size,
        "rows": [asdict(row) for row in rows],
    }
    (out / "smartcut.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    (out / "smartcut.md").write_text(page(rows, source.stat().st_size, load, quiet=quiet), encoding="utf-8")
    return 0 if met(rows, source.stat().st_size) else 1


def hour() -> Path:
    """The hour, made if it is not there. Raises NoMedia."""
    CACHE.mkdir(parents=True, exist_ok=True)
    made = CACHE / "hour_1080p30_gop60.mp4"
    if made.exists():
        return made
    start = [machine.ffmpeg(), "-nostdin", "-hide_banner", "-loglevel", "error", "-y"]
    once, part = CACHE / "hour-once.mp4", made.with_suffix(".part")
    rate = ("-b:v", "2000k", "-maxrate", "2500k", "-bufsize", "4000k")
    coded = ("-c:v", "libx264", "-preset", "veryfast", "-g", "60", *rate, "-pix_fmt", "yuv420p")
    clip = str(media_folder() / _CLIP)
    subprocess.run([*start, "-i", clip, "-an", "-frames:v", str(_FRAMES), *coded, str(once)], check=True)
    looped = ("-stream_loop", "-1", "-i", str(once), "-f", "lavfi", "-i", "sine=f=440:r=48000:b=4")
    sound = ("-map", "0:v", "-map", "1:a", "-c:v", "copy", "-c:a", "aac", "-b:a", "96k", "-t", str(_HOUR_S))
    subprocess.run([*start, *looped, *sound, "-movflags", "+faststart", "-f", "mp4", str(part)], check=True)
    part.replace(made)
    return made


def _trim(source: Path, kept: Sequence[bytes], place: Path) -> Made:
    out, ops = place / "out.mp4", place / "ops.json"
    ops.write_text(json.dumps([{"op": "trim", "params": {"start_s": _TRIM[0], "end_s": _TRIM[1]}}]))
    program = Path(sys.executable).with_name("slimreel")
    command = [program, "edit", source, "--ops", ops, "-o", out, "--json", "--progress", "none"]
    done = run([str(part) for part in command], place, _TIMEOUT_S)
    if done.exit_code != 0:
        raise SystemExit(f"slimreel ended with {done.exit_code}: {done.stderr[-500:]}")
    # Where pictures are copied, as many were decoded before them as shown: they have their numbers of both orders.
    found, first = list(_payloads(out)), round(_TRIM[0] * _RATE)
    content = out.open("rb").read(1 << 16)
    return Made(
        wall_s=round(done.usage.wall_s, 2), cpu_s=round(done.usage.cpu_s, 2), peak_bytes=done.usage.peak_bytes,
        bytes=out.stat().st_size, strategy=_strategy(done.stdout), frames=len(found),
        wanted=round(_TRIM[1] * _RATE) - round(_TRIM[0] * _RATE),
        same=sum(map(bytes.__eq__, found, kept[first:])) / len(found), index_in_front=b"moov" in content,
    )  # fmt: skip


def _strategy(told: str) -> str:
    return str(json.loads(told)["files"][0]["video"]["strategy"])


def _payloads(path: Path) -> Iterator[bytes]:
    with av.open(str(path)) as container:
        for packet in container.demux(video=0):
            if packet.size:
                yield hashlib.sha256(memoryview(packet)).digest()


def met(rows: Sequence[Made], source_bytes: int) -> bool:
    """Is the goal met by the median run?"""
    middle = sorted(rows, key=lambda row: row.wall_s)[len(rows) // 2]
    right = all(row.same >= _LEAST_SHARE and row.frames == row.wanted and row.index_in_front for row in rows)
    return right and source_bytes <= _MOST_BYTES and middle.wall_s <= _MOST_S


def page(rows: Sequence[Made], source_bytes: int, load: float, *, quiet: bool) -> str:
    """The page as Markdown."""
    head = ("strategy", "wall s", "CPU s", "peak MB", "frames", "same packets", "index in front")
    lines = [
        [row.strategy, f"{row.wall_s:.1f}", f"{row.cpu_s:.1f}", f"{row.peak_bytes / 1e6:.0f}",
         f"{row.frames} of {row.wanted}", f"{100 * row.same:.2f} %", "yes" if row.index_in_front else "no"]
        for row in rows
    ]  # fmt: skip
    verdict = "met" if met(rows, source_bytes) else "missed"
    least = f"{100 * _LEAST_SHARE:.0f} %"
    goal = f"Goal: at most {_MOST_S:.0f} s wall and at least {least} of the packets the same: {verdict}."
    busy = "" if quiet else f" Other work ran meanwhile (a load of {load:.1f} at the start): times are too high."
    return "\n\n".join(
        ("# An hour trimmed without encoding", _INTRODUCTION, f"{goal}{busy}", table(head, lines),
         f"The source has {source_bytes / 1e6:.0f} MB. {'; '.join(machine.describe())}; {machine.today()}.")
    ) + "\n"  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
