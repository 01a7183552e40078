"""A 4K screen recording, which it makes itself: slimreel beside two-pass FFmpeg at the same rate, to 1080p and at 4K.

`python -m bench.screen`; it says what is missing where a screen cannot be recorded.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import av

from bench import machine
from bench.clips import Clip
from bench.markdown import signed, table
from bench.methods import slimreel_command
from bench.scores import MODEL, ScoreFailed, score
from bench.screen_record import RATE, MissingTools, recording
from bench.stopwatch import Finished, run, run_all
from bench.streams import NoVideo, Weight, weigh

TIMEOUT_S = 3600.0
# Every seventh frame is scored: odd, so that it meets every kind of frame in a B-pyramid.
SUBSAMPLE = 7
# A frame in which nothing moves takes 238 bytes at 4K and 67 at 1080p in H.264; up to twice that is counted as one.
_IDLE_BYTES, _IDLE_PIXELS_PER_BYTE = 12, 37_000
_SIZES = (("1080p", 1080), ("2160p", 2160))
# Kilobits a second; where plain x264 at CRF 23 comes out on a recording as this one.
_KBPS = {"1080p": 400, "2160p": 900}


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """One result. `idle_bytes` is what frames took in which nothing moves; `stored` counts the frames in the file."""

    way: str
    size: str
    kbps: int
    cpu_s: float
    bytes: int
    stored: int
    idle_bytes: int
    key_bytes: int
    vmaf: float
    p5: float


_INTRODUCTION = f"""\
A screen of 3840x2160 at {RATE} frames a second, recorded by `bench/screen_record.py`: pages are scrolled, a line is
typed, a window is moved, and for more than half of the time nothing moves. Each way brings it to the same rate; CPU is
of the whole command, for slimreel with probing and the check at the end. "idle" is the share of the bytes that went
into frames in which nothing moves, "key" that of keyframes. VMAF is `{MODEL}` against the source at 4K, every
{SUBSAMPLE}th frame; p5 is its 5th percentile. A frame that stands is compared with every frame that it stands for."""


def main(argv: Sequence[str] | None = None) -> int:
    """The command line. Exit code 2 where no screen can be recorded."""
    options = _options(argv)
    load = machine.load()
    try:
        path = options.source or recording()
    except (MissingTools, subprocess.SubprocessError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    source, rows = weigh(path), []
    for name, short in _SIZES:
        if options.size and options.size != name:
            continue
        for way in ("two-pass FFmpeg", "slimreel"):
            with tempfile.TemporaryDirectory(prefix="bench-screen-") as place:
                made = _make(way, path, source, name, short, Path(place))
            if made is not None:
                rows.append(made)
                print(made, flush=True)
    out = Path(options.out)
    out.mkdir(parents=True, exist_ok=True)
    quiet = load <= machine.QUIET_LOAD
    found = {
        "date": machine.today(),
        "machine": machine.describe(),
        "quiet": quiet,
        "source": asdict(source),
        "rows": [asdict(row) for row in rows],
    }
    (out / "screen.json").write_text(json.dumps(found, indent=1, default=str) + "\n", encoding="utf-8")
    (out / "screen.md").write_text(page(rows, source, quiet=quiet), encoding="utf-8")
    return 0 if rows else 1


def _make(way: str, path: Path, source: Weight, name: str, short: int, place: Path) -> Made | None:
    out, kbps = place / "out.mp4", _KBPS[name]
    done = _run(way, path, kbps, short, out)
    try:
        made = weigh(out)
        found = score(out, made, path, source, subsample=SUBSAMPLE)
    except (NoVideo, OSError, ScoreFailed) as error:
        print(f"{way}, {name}: {error} {done.stderr[-300:]}", file=sys.stderr)
        return None
    idle, keys = _idle_and_key_bytes(out, made)
    return Made(
        way=way, size=name, kbps=kbps, cpu_s=round(done.usage.cpu_s, 2), bytes=made.video_bytes, stored=made.frames,
        idle_bytes=idle, key_bytes=keys, vmaf=round(found.mean, 3), p5=round(found.p5, 3),
    )  # fmt: skip


def _run(way: str, path: Path, kbps: int, short: int, out: Path) -> Finished:
    if way == "slimreel":
        options = ["--resolution", f"{short}p", "--bitrate", f"{kbps}k"]
        return run(slimreel_command(Clip(path.name, path), out, *options), out.parent, TIMEOUT_S)
    start = [machine.ffmpeg(), "-nostdin", "-hide_banner", "-loglevel", "error", "-y", "-i", str(path)]
    scale = ["-vf", f"scale=-2:{short}:flags=bicubic"] if short != 2160 else []
    encode = [*start, *scale, "-c:v", "libx264", "-preset", "medium", "-b:v", f"{kbps}k", "-an"]
    return run_all(
        [[*encode, "-pass", "1", "-f", "null", "-"], [*encode, "-pass", "2", str(out)]], out.parent, TIMEOUT_S
    )


def _idle_and_key_bytes(path: Path, made: Weight) -> tuple[int, int]:
    most = 2 * (_IDLE_BYTES + made.width * made.height // _IDLE_PIXELS_PER_BYTE)
    with av.open(str(path)) as container:
        sizes = [(packet.size, packet.is_keyframe) for packet in container.demux(video=0) if packet.size]
    return sum(size for size, key in sizes if size <= most and not key), sum(size for size, key in sizes if key)


def page(rows: Sequence[Made], source: Weight, *, quiet: bool) -> str:
    """The page as Markdown."""
    head = ("to", "way", "kbit/s", "CPU", "VMAF", "p5", "frames stored", "idle %", "key %")
    base = {row.size: row for row in rows if row.way != "slimreel"}
    lines = []
    for row in rows:
        to = base.get(row.size, row)
        ours = row is not to
        lines.append([
            row.size, row.way, f"{row.bytes * 8 / source.duration_s / 1000:.0f} of {row.kbps}",
            f"{row.cpu_s / to.cpu_s:.2f}", f"{row.vmaf:.2f}" + (f" ({signed(row.vmaf - to.vmaf)})" if ours else ""),
            f"{row.p5:.2f}" + (f" ({signed(row.p5 - to.p5)})" if ours else ""),
            f"{row.stored} of {source.frames}", f"{100 * row.idle_bytes / row.bytes:.1f}",
            f"{100 * row.key_bytes / row.bytes:.0f}",
        ])  # fmt: skip
    loud = "" if quiet else "**The machine was not quiet: bytes and VMAF are exact, CPU is rough.**\n\n"
    where = "; ".join(machine.describe())
    return (
        f"# A screen recording\n\n{machine.today()}; {where}.\n\n{loud}{_INTRODUCTION}\n\n"
        f"{table(head, lines, texts=2)}\n"
    )


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.screen", description=__doc__)
    add = parser.add_argument
    add("--source", type=Path, metavar="FILE", help="a recording of 3840x2160 to measure instead of making one")
    add("--size", choices=[name for name, _ in _SIZES], help="to one size only")
    add("--out", metavar="FOLDER", default="bench/results", help="default bench/results")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
