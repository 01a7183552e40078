"""The page of the load benchmark: each figure beside its goal. Pure text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bench.markdown import megabytes, table

if TYPE_CHECKING:
    from bench.load import Figures

_MOST_RSS_BYTES, _MOST_P99_MS, _MOST_QUICK_S, _SLOWER = 150e6, 100.0, 30.0, 1.5


def page(found: Figures, machine: Sequence[str], date: str) -> tuple[str, bool]:
    """The page, and whether every goal is met."""
    slower = found.p50_many_sessions_ms / max(found.p50_one_session_ms, 0.1)
    rows = (
        (
            f"largest memory of the API's process, after an upload of {megabytes(found.upload_bytes)} MB",
            f"{megabytes(found.rss_upload_bytes)} MB",
            "150 MB",
            found.rss_upload_bytes <= _MOST_RSS_BYTES,
        ),
        ("the same after its export", f"{megabytes(found.rss_export_bytes)} MB", "150 MB",
         found.rss_export_bytes <= _MOST_RSS_BYTES),
        (
            f"p99 of a look at the state, {round(found.polls / found.seconds)} a second, with {found.streams} streams",
            f"{found.p99_ms:g} ms",
            "100 ms",
            found.p99_ms <= _MOST_P99_MS and found.failed == 0 and found.render_running,
        ),
        (
            f"a look with {found.sessions} more sessions, beside one with few",
            f"{slower:.2f} times as long",
            "1.5",
            slower <= _SLOWER,
        ),
        *(
            (
                f"quick edit of {one.clip}, {megabytes(one.source_bytes)} to {megabytes(one.bytes)} MB, uploaded",
                f"{one.seconds:g} s",
                "30 s",
                one.seconds <= _MOST_QUICK_S,
            )
            for one in found.quick_edits
        ),
    )  # fmt: skip
    lines = [[name, value, goal, "yes" if met else "**no**"] for name, value, goal, met in rows]
    text = f"""# The service under load

{date}, on {"; ".join(machine)}. Made by `python -m bench.load`: one `slimreel serve` with its worker, SQLite and local
files, everything over loopback, the client on the same two cores.

{table(["what", "measured", "goal", "met"], lines)}

Median look at the state: {found.p50_ms:g} ms under load (worst {found.worst_ms:g} ms, {found.failed} failed),
{found.p50_one_session_ms:g} ms alone. The upload took {found.upload_s:g} s with hashing and probing. Memory before the
first request: {megabytes(found.rss_idle_bytes)} MB.
"""
    return text, all(met for *_, met in rows)
