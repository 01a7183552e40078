"""The page about the tutorial judges each of slimreel's rows by size, readable text and CPU."""

from __future__ import annotations

from dataclasses import replace

from bench.methods import BASE
from bench.streams import Weight
from bench.tutorial import Row, judge, page

SOURCE = Weight(
    file_bytes=80_000_000, index=0, codec="h264", pix_fmt="yuv420p", video_bytes=75_000_000, duration_s=600.0,
    frames=18_000, width=3840, height=2160, digest="",
)  # fmt: skip
TWO_PASS = Row(
    way=BASE, wish="1000 kbit/s", cpu_s=(100.0,), wall_s=(60.0,), file_bytes=79_000_000, video_bps=990_000,
    width=1920, height=1080, vmaf=95.0, p5=91.0,
)  # fmt: skip
OURS = replace(TWO_PASS, way="slimreel", cpu_s=(64.0,), p5=90.5)


def verdicts(ours: Row) -> list[bool]:
    return [met for _, _, met in judge([TWO_PASS, ours], SOURCE.file_bytes)]


def test_every_goal_can_be_missed() -> None:
    assert verdicts(OURS) == [True, True, True]
    assert verdicts(replace(OURS, file_bytes=80_000_001)) == [False, True, True]
    assert verdicts(replace(OURS, p5=89.9)) == [True, False, True]
    assert verdicts(replace(OURS, cpu_s=(66.0,))) == [True, True, False]


def test_the_page_compares_and_says_what_the_source_is() -> None:
    text = page([TWO_PASS, replace(OURS, p5=89.0)], SOURCE, quiet=False)
    assert "synthetic" in text and "not quiet" in text
    assert "0.64" in text and "**missed**" in text and "−2.00" in text
