"""Files of a draft on the shortest way: what only compresses keeps its packets or timestamps, all else is drawn."""

from __future__ import annotations

from dataclasses import replace

import pytest

from slimreel.core.goal import Goal
from slimreel.core.timing import TimeRange
from slimreel.edit.begin import begin
from slimreel.edit.facts import Facts
from slimreel.edit.ops.export import Exported
from slimreel.edit.ops.preview import Previewed
from slimreel.engine.gather import gather
from slimreel.graph.excerpt import excerpt
from slimreel.workbench.finish import finish
from slimreel.workbench.produce import expected_s, produce_events
from tests.engine import witness


@pytest.fixture
def materials(plain):
    return {"a1": gather(plain, "a1")}


@pytest.fixture
def draft(materials):
    return begin(Facts(assets=(materials["a1"].asset,)))


def produced(draft, materials, out):
    return finish(produce_events(draft, materials, out), lambda event: None)


def test_what_fits_already_keeps_its_packets(draft, materials, plain, tmp_path):
    (made,) = produced(replace(draft, goal=Goal(max_bitrate_bps=50_000_000)), materials, tmp_path / "output.mp4")
    assert made.result.strategy in ("copy", "remux")
    times = [(one.time_s, one.duration_s) for one in witness.shown(made.path)]
    assert times == [(one.time_s, one.duration_s) for one in witness.shown(plain)]


def test_a_goal_is_reached_without_a_graph(draft, materials, plain, tmp_path):
    wanted = replace(draft, goal=Goal(crf=30, reencode=True, resolution=90), outputs=(Exported(format="mov"),))
    (made,) = produced(wanted, materials, tmp_path / "output.mp4")
    assert (made.path.suffix, made.result.strategy, made.result.height) == (".mov", "encode", 90)
    assert len(witness.shown(made.path)) == len(witness.shown(plain))
    assert expected_s(wanted, materials) == pytest.approx(made.result.duration_s, abs=0.05)


def test_a_part_is_drawn(draft, materials, tmp_path):
    part = replace(excerpt(draft, TimeRange(10, 25)), goal=Goal(crf=30, reencode=True))
    (made,) = produced(part, materials, tmp_path / "output.mp4")
    assert len(witness.shown(made.path)) == 25
    assert expected_s(part, materials) == pytest.approx(1.0)


def test_each_file_that_is_asked_for(draft, materials, tmp_path):
    seen = Previewed(stretch=TimeRange(0, 10), short_side=90)
    made = produced(replace(draft, outputs=(seen, Exported(format="gif"))), materials, tmp_path / "output.mp4")
    assert [one.path.name for one in made] == ["output.mp4", "output.gif"]
    assert expected_s(replace(draft, outputs=(seen,)), materials) is None


def test_what_is_there_is_replaced(draft, materials, tmp_path):
    place = tmp_path / "output.mp4"
    place.write_bytes(b"left by one that was killed")
    (made,) = produced(replace(draft, goal=Goal(max_bitrate_bps=50_000_000)), materials, place)
    assert made.path == place and made.bytes == place.stat().st_size
