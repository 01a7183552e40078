"""Where the speeds of slimreel lie between size and CPU, for each codec: `python -m bench.frontier --help`.

Points that are there already are kept, so a run can be stopped and goes on where it was.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import get_args

from bench import clips as clip_lists
from bench import machine
from bench.clips import Clip, NoMedia
from bench.frontier_curves import Point, dominated, places
from bench.frontier_ways import CRFS, REFERENCE, Way, select, ways_of
from bench.markdown import table
from bench.scores import MODEL, ScoreFailed, score
from bench.stopwatch import run
from bench.streams import NoVideo, Weight, weigh
from slimreel.core.choices import Codec

# Sport, a soft close-up, people in a room, animation, grain: three seconds of each, at their own size.
CLIPS = (
    "natural/parkour_432p25_sport.mp4",
    "natural/flower_540p_cc0.mp4",
    "natural/sam2_juggle_720p24.mp4",
    "natural/oldfilm_grain_chaplin.mp4",
    "animation/bbb_1080p25_12s_51.mp4",
)
SECONDS = 3
HEIGHT = 540  # taller clips are measured at this, or 1080p would be most of the time
TIMEOUT_S = 900.0

_INTRODUCTION = f"""\
{SECONDS} s of each clip, at most {HEIGHT} lines, at three constant qualities. **size** is that at equal VMAF
(`{MODEL}`, mean of all frames), from curves linear in log bytes over log(101 − VMAF), over the quality that both ways
reached; **CPU** is that of the whole process tree at the same CRF. Both are ratios to the reference, medians over the
clips. "slimreel …" is the whole command, with its start, probing and the check at the end, which on clips this short
weigh much; "options of …" are its encoder options alone, where they are no preset. A way is beaten by one that is no
larger and no dearer."""


def main(argv: Sequence[str] | None = None) -> int:
    """The command line. Exit code 2 for a wrong use."""
    options = _options(argv)
    out = Path(options.out)
    out.mkdir(parents=True, exist_ok=True)
    try:
        chosen = clip_lists.named_clips(options.clips.split(",") if options.clips else CLIPS)
    except NoMedia as error:
        print(error, file=sys.stderr)
        return 2
    for codec in [options.codec] if options.codec else get_args(Codec):
        points = [] if options.again else _kept(out, codec)
        if not options.render:
            with tempfile.TemporaryDirectory(prefix="bench-frontier-") as place:
                for clip in chosen:
                    _measure(codec, _cut(clip, Path(place)), select(ways_of(codec), options.ways), points, Path(place))
                    _write(out, codec, points)
        _write(out, codec, points)
    return 0


def _measure(codec: Codec, clip: Clip, ways: Sequence[Way], points: list[Point], place: Path) -> None:
    """Every point of a clip that is missing; each is written down as soon as it is known."""
    source = weigh(clip.path)
    known = {(point.clip, point.way, point.crf) for point in points}
    for crf in CRFS[codec]:
        for way in ways:
            if (clip.name, way.key, crf) in known:
                continue
            found = _point(way, clip, source, crf, place)
            if found is not None:
                points.append(found)
                print(
                    f"{codec:5s} {clip.path.stem[:24]:24s} {way.key:20s} crf {crf:2d} {found.cpu_s:7.1f} CPU s "
                    f"{found.bytes:9d} B  VMAF {found.vmaf:.2f}",
                    flush=True,
                )


def _point(way: Way, clip: Clip, source: Weight, crf: int, place: Path) -> Point | None:
    out = place / ("out.webm" if way.codec == "vp9" and way.kind != "HandBrake" else "out.mkv")
    out.unlink(missing_ok=True)
    quiet = machine.load() <= machine.QUIET_LOAD + 2  # our own two threads count
    done = run(way.argv(clip.path, crf, out), place, TIMEOUT_S)
    try:
        made = weigh(out)
        found = score(out, made, clip.path, source)
    except (NoVideo, OSError, ScoreFailed) as error:
        print(f"{way.key}, crf {crf}: {error} {done.stderr[-300:]}", file=sys.stderr)
        return None
    return Point(
        clip=clip.name, way=way.key, crf=crf, cpu_s=round(done.usage.cpu_s, 3), bytes=made.video_bytes,
        vmaf=round(found.mean, 4), p5=round(found.p5, 4), quiet=quiet,
    )  # fmt: skip


def _cut(clip: Clip, place: Path) -> Clip:
    """The first seconds, without loss, so that every way reads the same pictures."""
    path = place / f"{Path(clip.name).stem}.mkv"
    if not path.exists():
        scale = f"scale=-2:'min(ih,{HEIGHT})':flags=bicubic,format=yuv420p"
        argv = [machine.ffmpeg(), "-nostdin", "-loglevel", "error", "-i", str(clip.path), "-t", str(SECONDS), "-an"]
        lossless = ["-c:v", "libx264", "-preset", "ultrafast", "-qp", "0"]
        subprocess.run([*argv, "-vf", scale, *lossless, str(path)], check=True)
    return Clip(clip.name, path)


def _kept(out: Path, codec: Codec) -> list[Point]:
    path = out / f"frontier-{codec}.json"
    rows = json.loads(path.read_text(encoding="utf-8"))["points"] if path.exists() else []
    return [Point(**row) for row in rows]


def _write(out: Path, codec: Codec, points: list[Point]) -> None:
    if not points:
        return
    found = {"date": machine.today(), "machine": machine.describe(), "points": [asdict(point) for point in points]}
    path = out / f"frontier-{codec}.json"
    path.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    path.with_suffix(".md").write_text(page(codec, points, found["machine"]), encoding="utf-8")
    try:
        from bench.frontier_plot import draw
    except ModuleNotFoundError:
        return
    draw(codec, places(points, REFERENCE[codec]), path.with_suffix(".png"))


def page(codec: Codec, points: Sequence[Point], where: object) -> str:
    """The page of a codec as Markdown."""
    found = places(points, REFERENCE[codec])
    beaten = dominated(found)
    rows = [
        [place.way, str(place.clips), f"{place.size:.3f}", f"{place.cpu:.2f}", beaten.get(place.way, "")]
        for place in found
    ]
    loud = "" if all(place.quiet for place in found) else (
        "**The machine was not quiet: bytes and VMAF are exact, CPU ratios are rough.**\n\n"
    )  # fmt: skip
    head = ("way", "clips", "size", "CPU", "beaten by")
    words = "; ".join(where) if isinstance(where, list) else ""
    return (
        f"# Frontier of speeds: {codec}\n\n{machine.today()}; {words}. Reference: FFmpeg, {REFERENCE[codec]}.\n\n{loud}"
        f"{_INTRODUCTION}\n\n![size and CPU](frontier-{codec}.png)\n\n{table(head, rows)}\n"
    )


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.frontier", description=__doc__)
    add = parser.add_argument
    add("--codec", choices=get_args(Codec), help="one codec only")
    add("--clips", metavar="A,B,…", default="", help="names in the media folder, or unique parts of them")
    add("--ways", metavar="A,B,…", default="", help="only ways whose name holds one of these")
    add("--again", action="store_true", help="forget the points that are there")
    add("--render", action="store_true", help="only write pages and plots again")
    add("--out", metavar="FOLDER", default="bench/results", help="default bench/results")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
