"""Makes the acceptance table: every legitimate clip at half its rate and at three sizes, each result weighed anew."""

from __future__ import annotations

import argparse
import sys
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from fnmatch import fnmatch
from pathlib import Path

from bench import clips as clip_lists
from bench import machine
from bench.clips import Clip, NoMedia
from bench.streams import NoVideo, weigh
from bench.target_records import Named, Row, TargetResults
from bench.target_report import page, target_name
from bench.target_rules import Kind
from bench.target_run import SHARES, Manner, make_row
from slimreel.core.records import read_text


class Table:
    """The results on disk: what is there already, and every new row as soon as it is known."""

    def __init__(self, results: TargetResults, folder: Path) -> None:
        self._results, self._folder = results, folder
        self._lock = threading.Lock()

    @classmethod
    def open(
        cls, codec: str, speed: str, folder: Path, clips: Sequence[Clip], *, resume: bool, again: Sequence[str]
    ) -> Table:
        """An empty table or, to resume, the one on disk without those verdicts of `clips` that are made again."""
        empty = TargetResults(codec=codec, speed=speed, date=machine.today(), machine=machine.describe())
        path = folder / f"targets-{codec}.json"
        if resume and path.exists():
            before = read_text(TargetResults, path.read_text(encoding="utf-8"))
            if before.speed == speed:
                names = {clip.name for clip in clips}
                empty.rows = [row for row in before.rows if row.clip not in names or not _again(row, again)]
        folder.mkdir(parents=True, exist_ok=True)
        return cls(empty, folder)

    def has(self, clip: Clip, kind: str, share: float) -> bool:
        with self._lock:
            return any(row.key == (clip.name, kind, share) for row in self._results.rows)

    def tried(self, clip: Clip, kind: Kind) -> dict[int, Named]:
        """What refusals of this clip have named and was then made, by its bytes or bit/s: it need not be made twice."""
        with self._lock:
            rows = [row for row in self._results.rows if row.clip == clip.name and row.kind == kind]
        return {row.named.amount: row.named for row in rows if row.named is not None}

    def add(self, row: Row) -> None:
        with self._lock:
            self._results.rows.append(row)
            self._write()

    def unreadable(self, clip: Clip, why: str) -> None:
        with self._lock:
            self._results.unreadable[clip.name] = why
            self._write()

    def broken(self) -> int:
        return sum(not row.kept for row in self._results.rows) + len(self._results.unreadable)

    def _write(self) -> None:
        name = f"targets-{self._results.codec}"
        self._results.write(self._folder / f"{name}.json")
        (self._folder / f"{name}.md").write_text(page(self._results), encoding="utf-8")


def main(argv: Sequence[str] | None = None) -> int:
    """The command line. Exit code 0 when every promise was kept, else 1; 2 for a wrong use."""
    options = _options(argv)
    try:
        clips = _clips(options)
    except NoMedia as error:
        print(error, file=sys.stderr)
        return 2
    if options.list:
        print(*(clip.name for clip in clips), sep="\n")
        return 0
    manner = Manner(
        options.codec, options.speed, options.container or ("webm" if options.codec == "vp9" else "mp4"),
        options.timeout, machine.commit(),
    )  # fmt: skip
    again = [part for part in options.again.split(",") if part]
    resume = options.resume or bool(again)
    sheet = Table.open(options.codec, options.speed, Path(options.out), clips, resume=resume, again=again)
    start = time.monotonic()
    with ThreadPoolExecutor(options.jobs) as pool:
        for finished in [pool.submit(_measure_clip, clip, sheet, manner) for clip in clips]:
            finished.result()
    print(f"{len(clips)} clips in {(time.monotonic() - start) / 60:.1f} min, {sheet.broken()} not kept")
    return 1 if sheet.broken() else 0


def _measure_clip(clip: Clip, sheet: Table, manner: Manner) -> None:
    missing = [(kind, share) for kind, share in SHARES if not sheet.has(clip, kind, share)]
    if not missing:
        return
    try:
        source = weigh(clip.path)
    except (NoVideo, OSError) as error:
        sheet.unreadable(clip, str(error))
        return
    for kind, share in missing:
        row = make_row(clip, source, kind, share, manner, sheet.tried(clip, kind))
        sheet.add(row)
        mark = "  " if row.kept else "! "
        print(f"{mark}{clip.name} {target_name(kind, share)}: {row.verdict} {row.detail}"[:160], flush=True)


def _clips(options: argparse.Namespace) -> list[Clip]:
    if options.codec == "h264" or options.all:
        clips = clip_lists.acceptance_clips()
    else:
        clips = clip_lists.named_clips(clip_lists.CODEC_CLIPS)
    if options.only:
        clips = [clip for clip in clips if _matches(clip, options.only)]
    if options.skip:
        clips = [clip for clip in clips if not _matches(clip, options.skip)]
    return clips + clip_lists.added_clips(options.add)


def _matches(clip: Clip, patterns: str) -> bool:
    return any(fnmatch(clip.name, part if "*" in part else f"*{part}*") for part in patterns.split(","))


def _again(row: Row, again: Sequence[str]) -> bool:
    return row.verdict in again or ("broken" in again and not row.kept)


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.targets", description=__doc__)
    add = parser.add_argument
    add("--codec", choices=("h264", "hevc", "av1", "vp9"), default="h264")
    add("--speed", choices=("fast", "balanced", "best"), default="balanced")
    add("--container", help="suffix of the outputs (default mp4, for vp9 webm)")
    add("--only", metavar="PATTERN,…", help="clips whose name matches; a plain word matches anywhere in it")
    add("--skip", metavar="PATTERN,…", help="clips to leave out, named in the same way")
    add("--all", action="store_true", help="all clips for the other codecs as well, not only the short list")
    add("--add", metavar="FILE", action="append", default=[], help="measure this file too; may be repeated")
    add("--jobs", type=int, default=1, help="clips at the same time (default 1)")
    add("--resume", action="store_true", help="keep the rows that the table has and make the rest")
    add("--again", metavar="VERDICT,…", default="", help="resume, but make these again: missed, failed, … or broken")
    add("--timeout", type=float, default=5400.0, help="seconds that one encode may take (default 5400)")
    add("--out", metavar="FOLDER", default="bench/results")
    add("--list", action="store_true", help="only say which clips would be measured")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
