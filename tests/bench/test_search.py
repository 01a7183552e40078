"""The search that slimreel is compared with, on made-up curves, and the page of the comparison."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bench import search, search_peer


def row(**changed: Any) -> search.Row:
    facts: dict[str, Any] = {
        "clip": "a.mp4", "wanted": 95.0, "search_cpu_s": 10.0, "peer_cpu_s": 50.0, "peer_runs": 4, "vmaf": 95.2,
        "peer_vmaf": 95.9, "video_bytes": 900, "peer_bytes": 1000, "compress_cpu_s": 30.0, "quiet": True,
        "made_by": "x",
    }  # fmt: skip
    return search.Row(**{**facts, **changed})


def test_the_page_counts_what_is_near_and_marks_busy_rows():
    text = search.page([row(), row(clip="b.mp4", vmaf=94.1, quiet=False)])
    assert "median: **0.20**" in text
    assert "**1 of 2**" in text
    assert "lowest −0.90" in text
    assert "b.mp4 *" in text
    assert "a.mp4 *" not in text


def test_a_source_that_is_kept_is_no_miss():
    text = search.page([row(), row(clip="b.mp4", vmaf=100.0, kept=True)])
    assert "**1 of 1**" in text and "source kept" in text
    assert "lowest" not in search.page([row(kept=True)])


@pytest.mark.parametrize("bend", [0.6, 1.0, 1.7])
def test_the_peer_ends_at_the_largest_crf_of_the_quality(
    bend: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_peer, "_samples", lambda path, place: [path])
    monkeypatch.setattr(search_peer, "_score", lambda sample, crf, place: 100 - 30 * ((crf - 10) / 36) ** bend)
    crf, runs = search_peer.search(tmp_path, 92.0, tmp_path)
    reached = 100 - 30 * ((crf - 10) / 36) ** bend
    assert 92 <= reached < 92.6
    assert runs <= 12
