"""Compares how well a size is used, and at what cost: slimreel and, with --peers, the retry loops of other tools."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median

from bench import clips as clip_lists
from bench import machine
from bench.clips import Clip, NoMedia
from bench.markdown import signed, spread, table
from bench.methods import slimreel_command
from bench.peers import TIMEOUT_S, Reached, constrict, eight_mb
from bench.scores import ScoreFailed, score
from bench.stats import ratio
from bench.stopwatch import run
from bench.streams import NoVideo, Weight, weigh


def _slimreel(clip: Clip, _: Weight, limit: int, out: Path) -> Reached:
    return Reached(run(slimreel_command(clip, out, "--size", f"{limit}B"), out.parent, TIMEOUT_S), 0)


WAYS: Mapping[str, tuple[str, Callable[[Clip, Weight, int, Path], Reached]]] = {
    "slimreel": ("slimreel", _slimreel),
    "constrict": ("loop as in Constrict", constrict),
    "eight_mb": ("loop as in 8mb.local", eight_mb),
}


@dataclass(slots=True, kw_only=True)
class SizeRun:
    """One way on one clip. `used` is the share of the limit, `vmaf` the v1 mean; `encodes` 0 is not counted."""

    clip: str
    way: str
    limit: int
    used: float
    encodes: int
    cpu_s: float
    picture: str
    vmaf: float | None = None
    failure: str | None = None


def main(argv: Sequence[str] | None = None) -> int:
    """The command line. Exit code 2 for a wrong use."""
    options = _options(argv)
    load = machine.load()
    if load > machine.QUIET_LOAD and not options.force:
        print(f"The load is {load:.2f}, above {machine.QUIET_LOAD}: wait until it is quiet, or --force.")
        return 2
    try:
        names = options.clips.split(",") if options.clips else [] if options.add else clip_lists.RATE_CLIPS
        found = clip_lists.named_clips(names) if names else []
        found += clip_lists.added_clips(options.add)
    except NoMedia as error:
        print(error, file=sys.stderr)
        return 2
    out = Path(options.out)
    out.mkdir(parents=True, exist_ok=True)
    runs: list[SizeRun] = field(default_factory=list)
    for clip in found:
        for way in WAYS if options.peers else ["slimreel"]:
            runs.append(_run(clip, way, options.share, scored=not options.no_vmaf))
            print(
                f"{clip.name} {WAYS[way][0]}: {100 * runs[-1].used:.2f} % used, {runs[-1].cpu_s:.1f} CPU s", flush=True
            )
        facts = {"date": machine.today(), "machine": machine.describe(), "load_at_start": load, "share": options.share}
        text = json.dumps({**facts, "runs": [asdict(one) for one in runs]}, indent=1)
        (out / "sizes.json").write_text(text + "\n", encoding="utf-8")
        (out / "sizes.md").write_text(page(runs, options.share, load), encoding="utf-8")
    return 0


def page(runs: Sequence[SizeRun], share: float, load: float) -> str:
    """The page as Markdown."""
    head = (
        "way",
        "clips",
        "median used %",
        "least",
        "above the size",
        "encodes (mean)",
        "CPU, slimreel = 1",
        "VMAF v1",
    )
    clips = [
        [one.clip, WAYS[one.way][0], one.picture, f"{100 * one.used:.2f}", str(one.encodes or ""), f"{one.cpu_s:.1f}",
         f"{one.vmaf:.2f}" if one.vmaf is not None else one.failure or ""]
        for one in runs
    ]  # fmt: skip
    where = "; ".join(machine.describe())
    introduction = (
        f"{machine.today()}; {where}; load {load:.2f} at the start. Asked: at most {100 * share:g} % of the source's "
        "bytes. The loops are re-implemented around the same FFmpeg."
    )
    parts = [
        "# Sizes: how well a limit is used",
        introduction,
        table(head, [row for way in WAYS if (row := _summary(runs, way))]),
        table(("clip", "way", "picture", "used %", "encodes", "CPU s", "VMAF v1"), clips, texts=3),
    ]
    return "\n\n".join(parts) + "\n"


def _summary(runs: Sequence[SizeRun], way: str) -> list[str] | None:
    mine = {one.clip: one for one in runs if one.way == way and not one.failure}
    ours = {one.clip: one for one in runs if one.way == "slimreel" and not one.failure}
    pairs = [([mine[clip].cpu_s], [ours[clip].cpu_s]) for clip in mine if clip in ours]
    if not mine or not pairs:
        return None
    used = [100 * one.used for one in mine.values()]
    gains = [one.vmaf - other.vmaf for clip, one in mine.items()
             if (other := ours.get(clip)) and one.vmaf is not None and other.vmaf is not None]  # fmt: skip
    above = sum(share > 100 for share in used)
    encodes = sum(one.encodes for one in mine.values()) / len(mine)
    quality = signed(median(gains)) if gains else ""
    shares = [f"{median(used):.2f}", f"{min(used):.2f}", str(above)]
    cost = "1" if way == "slimreel" else spread(ratio(pairs))
    return [WAYS[way][0], str(len(mine)), *shares, f"{encodes:.1f}" if encodes else "", cost, quality]


def _run(clip: Clip, way: str, share: float, *, scored: bool) -> SizeRun:
    source = weigh(clip.path)
    limit = int(source.file_bytes * share)
    with tempfile.TemporaryDirectory(prefix="bench-size-") as place:
        out = Path(place, "out.mp4")
        reached = WAYS[way][1](clip, source, limit, out)
        found = SizeRun(clip=clip.name, way=way, limit=limit, used=0, encodes=reached.encodes,
                        cpu_s=reached.finished.usage.cpu_s, picture="")  # fmt: skip
        try:
            if reached.finished.exit_code != 0:
                said = reached.finished.stderr or reached.finished.stdout
                raise NoVideo(f"exit code {reached.finished.exit_code}: {said[-200:]}")
            made = weigh(out)
            found.used, found.picture = made.file_bytes / limit, f"{made.width}x{made.height}"
            if scored:
                found.vmaf = score(out, made, clip.path, source).mean
        except (NoVideo, ScoreFailed) as error:
            found.failure = " ".join(str(error).split())
    return found


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.sizes", description=__doc__)
    add = parser.add_argument
    add("--clips", metavar="A,B,…", default="", help="names in the media folder, or unique parts of them")
    add("--add", metavar="FILE", action="append", default=[], help="measure this file; may be repeated")
    add("--share", type=float, default=0.25, help="the size asked, as a share of the source's (default 0.25)")
    add("--peers", action="store_true", help="the loops of other tools as well")
    add("--no-vmaf", action="store_true", help="leave out the slow scores")
    add("--force", action="store_true", help="measure although the machine is not quiet")
    add("--out", metavar="FOLDER", default="bench/results")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
