"""Records as JSON and back: nothing is lost, nothing private leaves, and nothing that does not fit comes in."""

from __future__ import annotations

import json
import subprocess
import sys
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slimreel.core import records
from slimreel.core.goal import Goal
from slimreel.core.media import MediaInfo
from slimreel.errors import UsageError
from tests.core.facts import audio, media, subtitle, video


@given(st.fractions(min_value=Fraction(1, 1000), max_value=1000), st.integers(1, 10**12), st.text())
def test_what_goes_out_as_json_comes_back_equal(rate: Fraction, size: int, title: str):
    info = media(video(rate=30, average_rate=rate), audio(title=title), subtitle("srt"), size_bytes=size)
    text = json.dumps(records.facts_of(info))
    assert records.read_text(MediaInfo, text) == info


def test_what_is_private_stays_here():
    info = media(location="+48.1+011.5/", has_location=True)
    assert "location" not in records.facts_of(info)
    assert "48.1" not in repr(info)


@pytest.mark.parametrize(
    ("field", "value"),
    [("size_bytes", "12"), ("size_bytes", None), ("video", [{"index": 0}]), ("tags", {"title": 3}), ("damage", "no")],
)
def test_facts_that_do_not_fit_are_refused(field: str, value: Any):
    facts = records.facts_of(media())
    with pytest.raises(records.BadRecord):
        records.read(MediaInfo, facts | {field: value})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("target_size_bytes", bad) for bad in (0, -1, 2.5, "8MB", True)),
        *(("size_ratio", bad) for bad in (0, 1.01, -0.5, float("nan"))),
        *(("fps", bad) for bad in (0, 1001, float("inf"))),
        *(("resolution", bad) for bad in (15, 8641)),
        *(("codec", bad) for bad in ("mp3", "", 264)),
    ],
)
def test_a_goal_refuses_what_is_out_of_range_and_names_the_field(field: str, value: Any):
    with pytest.raises(UsageError) as caught:
        Goal(**{field: value})
    assert caught.value.fields["field"] == field
    assert str(caught.value).startswith(field.replace("_", " "))


def test_said_are_the_fields_that_differ():
    assert records.said(Goal(codec="hevc", audio="keep")) == {"codec": "hevc"}


_TOGETHER = """
import sys, threading
from dataclasses import make_dataclass
from slimreel.core import records

sys.setswitchinterval(1e-6)
for _ in range(100):
    inner = make_dataclass("Inner", [(f"f{number}", "int | None", None) for number in range(30)])
    outer = make_dataclass("Outer", [("inner", inner | None, None), ("last", int, 0)])
    start = threading.Barrier(4)

    def one():
        start.wait()
        {how}

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
print("all read")
"""


@pytest.mark.parametrize(
    "how",
    [
        'records.read(outer, {"inner": {"f3": 1}})',
        'records.read_text(outer, \'{"inner": {"f3": 1}}\')',
    ],
)
def test_threads_that_read_a_kind_for_the_first_time_together(how: str):
    """In a process of its own: what is prevented ends it with a fault of memory."""
    program = _TOGETHER.replace("{how}", how)
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (0, "all read\n"), ended.stderr
