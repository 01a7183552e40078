"""How dear and how exact is the search for a quality, beside a search as ab-av1 does it? `python -m bench.search`."""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from bench import clips as clip_lists
from bench import machine
from bench.clips import Clip, NoMedia
from bench.markdown import signed, table
from bench.methods import slimreel_command
from bench.scores import MODEL, ScoreFailed, score
from bench.stopwatch import Finished, run
from bench.streams import NoVideo, weigh
from slimreel.core.codecs import ENCODERS

CLIPS = (
    "natural/parkour_432p25_sport.mp4",
    "natural/gopro_hero7_tmcd_gpmd.mp4",
    "natural/spin_432p30_30s_cc0.mp4",
    "natural/night_city_720p15.mp4",
    "natural/sam2_juggle_720p24.mp4",
    "natural/oldfilm_grain_chaplin.mp4",
    "natural/flower_540p_cc0.mp4",
    "natural/lake_wave_1080p25_8s.mp4",
    "talking/webcam_vfr_flv.flv",
    "screen/voice_demo_zh_ui.webm",
    "animation/bbb_1080p25_12s_51.mp4",
    "natural/umi_cup_outdoor_1080p30_40s.mp4",
)
TIMEOUT_S = 3600.0
_INTRODUCTION = f"""\
The quality wanted is a mean of `{MODEL}` over all frames; H.264, speed balanced. **search** is the CPU of the whole
command `slimreel estimate` as a share of the CPU of a search as ab-av1 0.11 does it (`bench/search_peer.py`: samples of
20 s or the whole clip, every frame scored, straight lines), with the same encoder options. **off** is how far the mean
of every frame of the finished file is from the quality wanted: of `slimreel compress --vmaf`, and of an encode at the
CRF that the other search found. **bytes** are those of slimreel's pictures as a share of the other's. Where the
quality takes more than the source has, slimreel keeps the source; such rows count for the search alone.
Repeat it: `uv run python -m bench.search`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One clip at one quality. CPU in seconds; scores are means over all frames."""

    clip: str
    wanted: float
    search_cpu_s: float
    peer_cpu_s: float
    peer_runs: int
    vmaf: float
    peer_vmaf: float
    video_bytes: int
    peer_bytes: int
    compress_cpu_s: float
    quiet: bool
    made_by: str
    kept: bool = False  # slimreel's answer is the source as it is


def main(argv: Sequence[str] | None = None) -> int:
    """The command line. Rows that are there already are kept. Exit code 2 for a wrong use."""
    parser = argparse.ArgumentParser(prog="bench.search", description=__doc__)
    parser.add_argument("--vmaf", default="95", help="qualities, with commas between (default 95)")
    parser.add_argument("--clips", help="clips of the shared folder, with commas between")
    parser.add_argument("--add", action="append", default=[], metavar="FILE", help="measure this file too")
    parser.add_argument("--again", action="store_true", help="make all rows anew")
    parser.add_argument("--out", default="bench/results")
    options = parser.parse_args(argv)
    try:
        chosen = clip_lists.named_clips(options.clips.split(",") if options.clips else CLIPS)
    except NoMedia as error:
        print(error, file=sys.stderr)
        return 2
    path = Path(options.out) / "search.json"
    kept = [] if options.again or not path.exists() else json.loads(path.read_text(encoding="utf-8"))["rows"]
    rows = [Row(**row) for row in kept]
    for clip in [*chosen, *clip_lists.added_clips(options.add)]:
        for wanted in map(float, options.vmaf.split(",")):
            if any((row.clip, row.wanted) == (clip.name, wanted) for row in rows):
                continue
            found = _measure(clip, wanted)
            if found is not None:
                rows.append(found)
                _write(rows, path)
    return 0


def _measure(clip: Clip, wanted: float) -> Row | None:
    quiet = machine.load() <= machine.QUIET_LOAD + 2  # our own two threads count
    with tempfile.TemporaryDirectory(prefix="bench-search-") as place:
        folder = Path(place)
        ours, theirs = folder / "ours.mp4", folder / "theirs.mp4"
        asked = ("--vmaf", f"{wanted:g}", "--keep-resolution")
        estimate = [sys.executable, "-m", "slimreel", "estimate", str(clip.path), *asked, "--reencode", "--json"]
        searched = run(estimate, folder, TIMEOUT_S)
        peer = run(
            [sys.executable, "-m", "bench.search_peer", str(clip.path), "--vmaf", f"{wanted:g}"], Path.cwd(), TIMEOUT_S
        )
        made = run(slimreel_command(clip, ours, *asked), folder, TIMEOUT_S)
        try:
            found = _told(peer)
            run(_encode(clip, found["crf"], theirs), folder, TIMEOUT_S)
            source, our_weight, their_weight = weigh(clip.path), weigh(ours), weigh(theirs)
            our_score = score(ours, our_weight, clip.path, source)
            their_score = score(theirs, their_weight, clip.path, source)
        except (NoVideo, OSError, ScoreFailed, ValueError) as error:
            print(f"{clip.name}: {error} {peer.stderr[-200:]} {made.stderr[-200:]}", file=sys.stderr)
            return None
    row = Row(
        clip=clip.name, wanted=wanted, search_cpu_s=round(searched.usage.cpu_s, 2),
        peer_cpu_s=round(peer.usage.cpu_s, 2), peer_runs=int(found["runs"]), vmaf=round(our_score.mean, 3),
        peer_vmaf=round(their_score.mean, 3), video_bytes=our_weight.video_bytes, peer_bytes=their_weight.video_bytes,
        compress_cpu_s=round(made.usage.cpu_s, 2), quiet=quiet, made_by=machine.commit(),
        kept=json.loads(made.stdout)["strategy"] != "encode",
    )  # fmt: skip
    print(f"{row.clip} {wanted:g}: {row.search_cpu_s / row.peer_cpu_s:.2f}, {row.vmaf} and {row.peer_vmaf}", flush=True)
    return row


def _told(peer: Finished) -> dict[str, float]:
    found: dict[str, float] = json.loads(peer.stdout)
    return found


def _encode(clip: Clip, crf: float, out: Path) -> list[str]:
    options = ENCODERS["h264"].speeds["balanced"]
    read = [machine.ffmpeg(), "-nostdin", "-loglevel", "error", "-y", "-i", str(clip.path), "-map", "0:v:0"]
    return [*read, "-fps_mode", "passthrough", "-c:v", "libx264", *options, "-crf", f"{crf:.1f}", str(out)]


def _write(rows: Sequence[Row], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    facts = {"date": machine.today(), "machine": machine.describe(), "rows": [asdict(row) for row in rows]}
    path.write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
    path.with_suffix(".md").write_text(page(rows), encoding="utf-8")


def page(rows: Sequence[Row]) -> str:
    """The report as Markdown."""
    lines = [
        "# The search for a quality",
        f"{machine.today()}; {'; '.join(machine.describe())}",
        _INTRODUCTION,
        _summary(rows)
        + ("" if all(row.quiet for row in rows) else " Rows with * were made on a busy machine: their CPU is rough."),
        table(
            ("clip", "VMAF", "search", "other's encodes", "off", "other's off", "bytes"),
            [
                (
                    row.clip + ("" if row.quiet else " *"),
                    f"{row.wanted:g}",
                    f"{row.search_cpu_s / row.peer_cpu_s:.2f}",
                    str(row.peer_runs),
                    "source kept" if row.kept else signed(row.vmaf - row.wanted),
                    signed(row.peer_vmaf - row.wanted),
                    f"{row.video_bytes / row.peer_bytes:.2f}",
                )
                for row in rows
            ],
        ),
    ]
    return "\n\n".join(lines) + "\n"


def _summary(rows: Sequence[Row]) -> str:
    costs = [row.search_cpu_s / row.peer_cpu_s for row in rows]
    told = f"{len(rows)} rows. Search, median: **{statistics.median(costs):.2f}** of the other's CPU."
    encoded = [row for row in rows if not row.kept]
    if not encoded:
        return told
    ours = [abs(row.vmaf - row.wanted) for row in encoded]
    theirs = [abs(row.peer_vmaf - row.wanted) for row in encoded]
    near, their_near = (sum(error <= 0.5 for error in errors) for errors in (ours, theirs))
    lowest = min(row.vmaf - row.wanted for row in encoded)
    return (
        f"{told} Off by at most 0.5: **{near} of {len(encoded)}**, the other {their_near}; lowest {signed(lowest)}. "
        f"Median error {statistics.median(ours):.2f} and {statistics.median(theirs):.2f}."
    )


if __name__ == "__main__":
    sys.exit(main())
