"""A draft that only compresses one whole file is known as such, and nothing else is."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from slimreel.core.goal import Goal
from slimreel.core.timing import TimeRange
from slimreel.edit.begin import begin
from slimreel.edit.command import apply_all
from slimreel.edit.draft import Draft
from slimreel.edit.facts import Facts
from slimreel.edit.log import EditCommand
from slimreel.edit.ops.export import Exported
from slimreel.edit.ops.preview import Previewed
from slimreel.graph.material import Material
from slimreel.graph.whole import whole_file
from tests.edit.facts import ASSETS
from tests.graph.materials import MATERIALS

VIDEO = next(asset for asset in ASSETS if asset.kind == "video")
FACTS = Facts(assets=ASSETS)


def draft(*names: str) -> Draft:
    return begin(FACTS, names or (VIDEO.id,))


def found(of: Draft) -> Material | None:
    return whole_file(of, MATERIALS)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"goal": Goal(video_bitrate_bps=8_000_000, resolution=720, fps=24.0)},
        {"outputs": (Exported(),)},
        {"outputs": (Exported(format="mov", filename="a.mov"),)},
    ],
)
def test_what_only_compresses_needs_no_graph(changes):
    assert found(replace(draft(), **changes)) is MATERIALS[VIDEO.id]


@pytest.mark.parametrize(
    "output",
    [
        Exported(format="gif"), Exported(format="mp3"), Exported(fps=10.0), Exported(short_side=360),
        Exported(clip="c1"), Previewed(stretch=TimeRange(0, 10), short_side=360),
    ],
)  # fmt: skip
def test_other_files_need_one(output):
    assert found(replace(draft(), outputs=(output,))) is None
    assert found(replace(draft(), outputs=(Exported(), output))) is None


COMMANDS: list[tuple[str, dict[str, Any]]] = [
    ("trim", {"start_s": 1}), ("trim", {"end_s": 2}), ("speed", {"rate": 2}), ("reverse", {}), ("mute", {}),
    ("volume", {"percent": 50}), ("rotate", {"degrees": 90}), ("flip", {}), ("crop", {}), ("color", {"brightness": 20}),
    ("add_text", {"text": "Hello"}), ("reframe", {"ratio": "9:16"}), ("fade", {"in_s": 1}), ("sharpen", {}),
    ("denoise_video", {}), ("normalize_audio", {}), ("stabilize", {}), ("split", {"at_s": 1}), ("loop", {"times": 2}),
    ("zoom", {}), ("cut", {"start_s": 1, "end_s": 2}),
]  # fmt: skip


def test_whatever_an_operation_changes_needs_one():
    changed = 0
    for op, params in COMMANDS:
        try:
            after, _ = apply_all(draft(), [EditCommand(op=op, params=params)], FACTS)
        except Exception:  # noqa: BLE001 - parameters that do not fit are the affair of other tests
            continue
        changed += 1
        assert found(after) is None, op
    assert changed > 10


def test_another_clip_or_another_speed_needs_one():
    assert found(draft(VIDEO.id, VIDEO.id)) is None
    one = draft()
    clip = one.clips[0]
    slower = replace(clip, place=TimeRange(0, clip.place.duration * 2))
    assert found(one.with_segments([slower])) is None
    assert found(replace(one, canvas=replace(one.canvas, chosen=True, rate=Fraction(30)))) is None
    assert whole_file(one, {}) is None
