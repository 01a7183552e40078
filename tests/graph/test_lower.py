"""What holds for every graph, and how each operation is lowered: golden text that tests.graph.golden writes."""

from __future__ import annotations

import re
from dataclasses import replace
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slimreel.core.timing import TimeRange
from slimreel.edit.draft import Draft, TextSegment
from slimreel.edit.log import EditCommand
from slimreel.edit.registry import effects, operations
from slimreel.errors import EditRefused
from slimreel.graph import batches, drawn, heard
from slimreel.graph.excerpt import excerpt
from slimreel.graph.lower import has_sound, lower
from slimreel.graph.material import Loudness
from slimreel.graph.model import DRAWN, HEARD, RenderGraph, TextFile, samples_at
from slimreel.graph.stand_in import colors_of, stand_in, usual_goal
from slimreel.graph.titles import plain
from tests.edit.commands import TURNS, attempt
from tests.edit.facts import do, edited, full, one_clip, three_clips
from tests.graph.cases import CASES, draft_of, mixed
from tests.graph.counting import length_of
from tests.graph.golden import FOLDER, goldens, graph_of, told_of
from tests.graph.materials import MATERIALS

few = settings(max_examples=40, deadline=None)
GOLDENS = goldens()
SEEN = set(CASES) - {"split"}  # where a clip is divided nothing is seen


@pytest.mark.parametrize("name", sorted(GOLDENS))
def test_graphs_are_as_they_were(name: str):
    assert GOLDENS[name] == (FOLDER / f"{name}.txt").read_text(encoding="utf-8")


def test_no_golden_is_left_over():
    assert {path.stem for path in FOLDER.iterdir()} == set(GOLDENS)


def test_every_operation_has_a_golden():
    assert {commands[-1].op for commands in CASES.values()} == set(operations())


@pytest.mark.parametrize("case", sorted(SEEN))
def test_every_operation_shows_in_what_the_engine_is_told(case: str):
    """Without the last operation it is something else: none is silently left out."""
    *before, _ = CASES[case]
    assert told_of(edited(one_clip(), *before)) != told_of(draft_of(case))


@pytest.mark.parametrize("case", sorted(SEEN))
def test_an_operation_that_does_nothing_would_be_found(case: str, monkeypatch: pytest.MonkeyPatch):
    kind = operations()[CASES[case][-1].op]
    monkeypatch.setattr(kind, "apply", lambda self, draft, facts: (draft, (self.change(),)))
    with pytest.raises(AssertionError):
        test_every_operation_shows_in_what_the_engine_is_told(case)


def test_every_kind_of_effect_is_drawn_or_heard():
    assert set(effects().values()) <= {*drawn.can_draw(), *heard.can_hear()}


@few
@given(TURNS)
def test_a_graph_has_the_frames_and_samples_of_its_draft(turns: list[list[EditCommand]]):
    check_lengths(full(), turns)


@few
@given(TURNS)
def test_sound_made_by_several_runs_has_the_samples_of_its_draft(turns: list[list[EditCommand]]):
    with patch.object(batches, "MOST_HEARD", 1), patch.object(batches, "_A_HEARING", 1):
        check_lengths(edited(full(), do("transition", duration_s=2), do("split", at_s=[15, 16])), turns)


@pytest.mark.parametrize(("clips", "in_runs"), [(3, False), (8, False), (9, True)])
def test_clips_of_many_pixels_are_drawn_a_few_at_a_time(clips: int, in_runs: bool):
    draft = edited(one_clip(), do("split", at_s=[float(second) for second in range(1, clips)]))
    draft = edited(draft, *(do("flip", axis="horizontal", clip=clip.id) for clip in draft.clips[::2]))
    asset = MATERIALS[draft.clips[0].asset].asset
    assert (asset.width, asset.height) == (1920, 1080)
    graph = graph_of(draft)
    assert bool(graph.drawings) is in_runs
    assert all(len(drawing.inputs) < clips for drawing in graph.drawings)


def check_lengths(draft: Draft, turns: list[list[EditCommand]]) -> None:
    for turn in turns:
        draft = attempt(draft, turn) or draft
    try:
        graph = graph_of(draft)
    except EditRefused:  # too much at once, or backwards and stabilized: said by tests of their own
        return
    drawn_frames = sum(length_of(one.picture, graph.rate) for one in graph.drawings) or None
    assert graph.frames == draft.length == (drawn_frames or length_of(graph.picture, graph.rate))
    assert (graph.sound is not None) == has_sound(draft, MATERIALS)
    heard_samples = [length_of(one.sound) for one in graph.hearings]
    assert heard_samples == [one.samples for one in graph.hearings]
    assert not heard_samples or sum(heard_samples) == graph.samples
    if graph.sound is not None:
        assert graph.samples == samples_at(draft.length, draft.canvas.rate)
        assert length_of(graph.sound) == graph.samples
    assert graph == graph_of(draft)


def document_of(graph: RenderGraph) -> str:
    return next(file.text for file in graph.files if isinstance(file, TextFile))


@few
@given(st.text(min_size=1, max_size=200))
def test_no_text_changes_the_graph(text: str):
    draft = edited(one_clip(), do("add_text", text="x"))
    title = next(one for one in draft.elements() if isinstance(one, TextSegment))
    graph = graph_of(draft.with_segments([replace(title, text=text)]))
    assert graph.picture == graph_of(draft).picture
    document = document_of(graph)
    assert document.count("Dialogue:") == 1 + text.count("Dialogue:")
    assert len(document.splitlines()) == len(document_of(graph_of(draft)).splitlines())


@given(st.text(max_size=50))
def test_what_would_be_a_command_is_made_plain(text: str):
    shown = plain(text)
    assert not re.search(r"(?<!\\)\{", shown)
    assert "\n" not in shown and "\r" not in shown
    assert not re.search(r"\\[^N{}\u2060]", shown)


# Every filter that a graph may use. None of them opens a socket or a file but those that read a name of ours.
FILTERS = set(
    ("adelay aformat afade afftdn alimiter aloop amix anull anullsrc apad areverse aresample acrossfade "
     "asetnsamples asetpts asetrate asplit ass atempo atrim blend bwdif colorbalance colorchannelmixer "
     "colortemperature concat crop curves eq exposure fade format fps gblur hflip hqdn3d hue idet loudnorm "
     "lut3d null overlay pad pan perspective premultiply reverse scale setparams setpts setsar settb "
     "sidechaincompress sidedata split tonemap tpad transpose trim unsharp vflip vidstabdetect vidstabtransform "
     "volume xfade zscale").split()
)  # fmt: skip
OUR_FILES = re.compile(r"titles\.ass|fonts|loudness\.json|path\d+\.trf|table\d+\.cube")


@pytest.mark.parametrize("case", [*sorted(CASES), "mixed"])
def test_graphs_use_a_closed_set_of_filters_and_name_no_file_but_ours(case: str):
    graph = graph_of(mixed() if case == "mixed" else draft_of(case))
    graphs = [graph.picture, graph.sound, graph.loudness, *(look.graph for look in graph.looks)]
    for found in (filter_ for one in graphs if one for step in one.steps for filter_ in step.chain.filters):
        assert found.name in FILTERS
        for option in ("filename", "file", "fontsdir", "stats_file", "result", "input"):
            assert option not in found.options or OUR_FILES.fullmatch(str(found.options[option]))
        assert not {"textfile", "text", "fontfile"} & set(found.options)


def test_titles_and_numbers_follow_the_size():
    draft = edited(one_clip(), do("add_text", text="x", size_px=108))
    small = lower(draft, MATERIALS, (960, 540), colors_of(draft, MATERIALS))
    document = document_of(small)
    assert "Style: t1,sans-serif,54.0," in document and "PlayResX: 960" in document


def test_loudness_is_measured_once_and_then_known():
    draft = draft_of("normalize_audio")
    assert graph_of(draft).loudness is not None
    known = graph_of(draft, Loudness(-20.0, 6.0, -3.0, -30.0))
    assert known.loudness is None and "measured_i=-20" in str(known.sound)


def test_an_excerpt_keeps_what_stands_in_it_and_the_fades_of_its_ends():
    draft = edited(full())
    part = excerpt(draft, TimeRange(60, 90))
    assert part.length == 90 and not [effect for effect in part.effects if effect.kind == "picture_faded"]
    head = excerpt(draft, TimeRange(0, 90))
    assert [effect.kind for effect in head.effects] == ["picture_faded", "sound_faded"]
    assert excerpt(draft, TimeRange(0, draft.length)) is draft


def test_a_timeline_is_described_as_a_file_of_its_sources_rate():
    draft = edited(three_clips(), do("compress", quality="medium"))
    info = stand_in(draft, MATERIALS, (1280, 720), colors_of(draft, MATERIALS))
    assert info.video[0].packets == draft.length
    assert info.video[0].bitrate_bps == pytest.approx(4_000_000, rel=0.01)
    goal = usual_goal(draft, MATERIALS, frozenset({"h264"}))
    assert (goal.codec, goal.quality, goal.reencode) == ("h264", "medium", True)
    assert usual_goal(three_clips(), MATERIALS, frozenset({"vp9"})).quality == "high"


def test_many_clips_become_drawings_of_a_few_inputs_each():
    draft = edited(one_clip(), do("split", at_s=[number / 5 for number in range(1, 40)]))
    graph = graph_of(draft)
    assert len(graph.drawings) == 5 and all(len(drawing.inputs) <= 8 for drawing in graph.drawings)
    assert [length_of(one.picture, graph.rate) for one in graph.drawings] == [one.frames for one in graph.drawings]
    assert sum(drawing.frames for drawing in graph.drawings) == draft.length
    assert graph.inputs[0].asset == DRAWN


def test_large_pictures_are_drawn_by_runs_of_two_inputs_each():
    """Each decoder of 1080p holds 33 MB; pieces that are short are not worth a run for every two."""
    whole = edited(one_clip(), do("loop", count=10))
    assert [len(one.inputs) for one in graph_of(whole).drawings] == [2] * 5
    pieces = edited(one_clip(), do("split", at_s=list(range(1, 10))))
    assert [one.frames for one in graph_of(pieces).drawings] == [210, 90]


def test_the_sound_of_many_clips_is_made_by_runs_of_a_few_inputs_each():
    draft = edited(one_clip(), do("split", at_s=[number / 30 for number in range(1, 300)]))
    graph = graph_of(draft)
    assert [one.asset for one in graph.inputs] == [DRAWN, HEARD] and graph.most_inputs <= 24
    assert sum(one.samples for one in graph.hearings) == graph.samples
    joined = edited(one_clip(), do("split", at_s=[number / 5 for number in range(1, 50)]), do("transition"))
    graph = graph_of(joined)
    assert [len(one.inputs) for one in graph.hearings] == [25, 25, 2]
    assert sum(one.samples for one in graph.hearings) == graph.samples


def test_what_cannot_be_opened_at_once_is_refused():
    windows = [do("pip", file="a3", start_s=number / 30, duration_s=0.03) for number in range(250)]
    with pytest.raises(EditRefused) as caught:
        graph_of(edited(one_clip(), *windows))
    assert "render it in parts" in str(caught.value)
