"""Writes the acceptance table that people read: counts first, then what needs a look, then every clip."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from bench.markdown import table
from bench.target_records import Row, TargetResults
from bench.target_rules import Kind, Verdict
from bench.target_run import SHARES

VERDICTS: tuple[Verdict, ...] = ("met", "transparent", "copied", "refused", "missed", "failed")

_MEANINGS = """\
Asked of every clip: half of its own video rate, and 10, 25 and 50 % of its bytes as the size of the whole file.
Sizes are those of the files, rates were counted packet by packet over the time the pictures are shown.

* **met**: a rate within 1 % (3 % or one frame for clips of 1 to 5 s; below 1 s encoded by quality and not above the
  rate), a size not exceeded and at least 99 % used (97 % below 5 s).
* **transparent**: below that because quality was reached beyond which more bits do not show.
* **copied**: the source's pictures already fitted. **refused**: impossible; an encode at the number that the refusal
  names was made as well, and "works" says that it kept its promise.
* **missed**: a promise was broken. **failed**: there is no result, and it was no refusal."""


def page(results: TargetResults) -> str:
    """The whole page as Markdown."""
    rows = results.rows
    broken = [row for row in rows if not row.kept]
    refused = [row for row in rows if row.verdict == "refused"]
    noted = [row for row in rows if row.notes]
    clips = list(dict.fromkeys(row.clip for row in rows))
    parts = [
        f"# Targets: {results.codec}",
        f"{results.date}; {'; '.join(results.machine)}. Speed: {results.speed}. {_versions(rows)}",
        _totals(rows, len(clips)),
        _counts(rows),
        _MEANINGS,
    ]  # fmt: skip
    for title, found in (("Not kept", broken), ("Refused", refused), ("Noted", noted)):
        if found:
            parts += [f"## {title}", _details(found)]
    if results.unreadable:
        unreadable = [(name, why) for name, why in results.unreadable.items()]
        parts += ["## Not weighed", table(("clip", "why"), unreadable, texts=2)]
    parts += ["## Every clip", _every(rows, clips)]
    return "\n\n".join(parts) + "\n"


def target_name(kind: Kind, share: float) -> str:
    """ "rate 50 %" or "size 10 %"."""
    return f"{kind} {100 * share:g} %"


def _totals(rows: Sequence[Row], clips: int) -> str:
    kept = sum(row.kept for row in rows)
    refused = sum(row.verdict == "refused" for row in rows)
    hostile = len({row.clip for row in rows if row.hostile})
    return (
        f"{clips} clips, {len(rows)} targets: **{kept} kept, {len(rows) - kept} not**; {refused} refused as "
        f"impossible; {hostile} clips refused as hostile."
    )


def _versions(rows: Iterable[Row]) -> str:
    found = sorted({row.made_by for row in rows if row.made_by})
    return f"Rows by slimreel at {', '.join(found)}." if found else ""


def _counts(rows: Sequence[Row]) -> str:
    columns = [*SHARES]
    lines = []
    for verdict in VERDICTS:
        by_target = Counter((row.kind, row.share) for row in rows if row.verdict == verdict)
        if by_target:
            lines.append([verdict, *(str(by_target[column]) for column in columns), str(by_target.total())])
    return table(("", *(target_name(*column) for column in columns), "all"), lines)


def _details(rows: Sequence[Row]) -> str:
    lines = [
        [row.clip, f"{row.clip_s:.2f}", target_name(row.kind, row.share), str(row.amount), row.verdict, _story(row)]
        for row in rows
    ]
    return table(("clip", "seconds", "target", "bit/s or bytes", "verdict", "numbers"), lines, texts=6)


def _story(row: Row) -> str:
    parts = [row.detail]
    if row.named:
        parts.append(f"an encode at {row.named.amount} {'works' if row.named.works else '**does not work**'}"
                     f" ({row.named.detail})")  # fmt: skip
    return "; ".join([*parts, *row.notes])


def _every(rows: Sequence[Row], clips: Sequence[str]) -> str:
    found = {row.key: row for row in rows}
    lines = []
    for clip in clips:
        cells = [_cell(found.get((clip, kind, share))) for kind, share in SHARES]
        some = next(row for row in rows if row.clip == clip)
        lines.append([clip, f"{some.clip_s:.2f}", f"{some.source_bps / 1000:.0f}", str(some.source_bytes), *cells])
    head = ("clip", "seconds", "kbit/s", "bytes", *(target_name(*column) for column in SHARES))
    return table(head, lines)


def _cell(row: Row | None) -> str:
    if row is None:
        return ""
    number = row.detail if row.verdict in ("met", "missed") else ""
    if row.named:
        number = f"at {row.named.amount}: {'works' if row.named.works else 'does not work'}"
    verdict = row.verdict if row.kept else f"**{row.verdict}**"
    return f"{verdict} {number}".strip()
