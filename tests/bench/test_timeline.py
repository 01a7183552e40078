"""The timelines of the benchmark, what each way is told of them, how pictures are compared, and the page."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench import timeline_memory, timeline_peers, timeline_pictures, timeline_report
from bench.stopwatch import Usage
from bench.timeline_records import Emission, FilmRuns, Instant, LongRun, TimelineResults, WayRuns
from bench.timeline_sources import FILMS, MUSIC, QUICK, Excerpt, Film
from slimreel.core import records
from slimreel.core.records import read_text
from slimreel.edit.begin import begin
from slimreel.edit.command import apply_all
from slimreel.edit.draft import TextSegment
from slimreel.edit.facts import Asset, Facts
from slimreel.edit.log import EditCommand

ALL = [*FILMS, *QUICK]
films = pytest.mark.parametrize("film", ALL, ids=lambda film: film.key)


def files_of(film: Film) -> Facts:
    """Files as long and as large as the film needs them."""
    tick_s = 240_000
    videos = [
        Asset(
            id=f"a{number}", name=name, kind="video", path=name, duration=60 * tick_s, width=film.width,
            height=film.height, rate=Fraction(film.rate), has_audio=True,
        )
        for number, name in enumerate(film.clips, 1)
    ]  # fmt: skip
    music = Asset(id=f"a{len(videos) + 1}", name=MUSIC, kind="audio", path=MUSIC, duration=60 * tick_s, has_audio=True)
    return Facts(assets=(*videos, music))


@films
def test_slimreel_is_told_the_very_film(film: Film):
    facts = files_of(film)
    commands = [EditCommand(op=one["op"], params=one["params"]) for one in timeline_peers.operations(film, {"crf": 23})]
    draft, _ = apply_all(begin(facts), commands, facts)
    assert draft.length == film.frames
    names = {asset.id: asset.name for asset in facts.assets}
    shown = [(names[clip.asset], clip.place.start, clip.place.duration, clip.source.start / 240_000)
             for clip in draft.clips]  # fmt: skip
    for (start, one), (name, place, frames, source_s) in zip(film.starts(), shown, strict=True):
        assert (one.name, start, one.frames) == (name, place, frames)
        assert source_s == pytest.approx(one.start_s, abs=1 / film.rate)
    assert [clip.enter.frames if clip.enter else 0 for clip in draft.clips] == [one.dissolve for one in film.excerpts]
    titles = [one for one in draft.elements() if isinstance(one, TextSegment)]
    assert [(one.text, one.place.start, one.place.duration) for one in titles] == [
        (one.text, one.start, one.frames) for one in film.titles
    ]


@films
def test_every_way_gets_all_excerpts_with_the_same_encoder(film: Film, tmp_path: Path, monkeypatch):
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(timeline_peers, "font_file", lambda: "/font.ttf")
    paths = {name: Path("/clips") / name for name in (*film.clips, MUSIC)}
    out = tmp_path / "out.mp4"
    melt, bare = timeline_peers.melt(film, paths, out), timeline_peers.bare(film, paths, out)
    timeline_peers.moviepy(film, paths, out)
    told = json.loads((tmp_path / "out.film.json").read_text())
    options = timeline_peers.encoder(film)
    pairs = list(zip(options[::2], options[1::2], strict=True))
    assert told["encoder"] == options
    assert all(f"{name.removeprefix('-')}={value}" in melt for name, value in pairs)
    assert all(bare[bare.index(name) + 1] == value for name, value in pairs)
    assert melt.count("-mix") == sum(one.dissolve > 0 for one in film.excerpts)
    assert len(told["excerpts"]) == bare.count("-ss") == len(film.excerpts)
    assert sum(map(int, re.findall(r"end_frame=(\d+)", " ".join(bare)))) == film.frames


@films
def test_layers_cover_every_frame_and_their_weights_are_one(film: Film):
    for frame in range(film.frames):
        layers = film.layers(frame)
        assert 1 <= len(layers) <= 2
        assert sum(layer.weight for layer in layers) == pytest.approx(1)
        assert all(0 <= layer.frame < layer.excerpt.frames for layer in layers)
    assert film.layers(film.frames) == ()


@films
def test_instants_meet_titles_and_dissolves(film: Film):
    instants = film.instants()
    assert list(instants) == sorted(set(instants)) and instants[-1] < film.frames
    assert {film.title_at(frame) for frame in instants} >= {one.text for one in film.titles}
    if len(film.excerpts) > 1:
        assert {len(film.layers(frame)) for frame in instants} == {1, 2}
        assert {film.title_at(frame) is None for frame in instants} == {True, False}


def test_where_only_music_is_heard():
    film = replace(
        FILMS[0],
        rate=10,
        excerpts=(
            Excerpt(name="a", start_s=0, frames=20, sounds=True),
            Excerpt(name="b", start_s=0, frames=40),
            Excerpt(name="c", start_s=0, frames=20, dissolve=5, sounds=True),
            Excerpt(name="d", start_s=0, frames=20, dissolve=5, sounds=True),
        ),
        duck=True,
    )
    assert film.loud() == [(0, 20), (55, 90)]
    assert film.quiet() == (25, 50)
    levels = timeline_peers.music_levels(film)
    assert dict(levels)[20] == dict(levels)[55] == pytest.approx(film.music_level * timeline_peers.DUCKED)
    assert dict(levels)[23] == dict(levels)[52] == film.music_level
    assert [frame for frame, _ in levels] == sorted({frame for frame, _ in levels})


@given(st.floats(0, 1), st.integers(0, 2**32 - 1))
def test_the_weight_of_a_dissolve_is_found(weight: float, seed: int):
    chance = np.random.default_rng(seed)
    one, other = (chance.uniform(16, 235, (16, 16)).astype(np.float32) for _ in range(2))
    shown = timeline_pictures.mixed([one, other], weight)
    assert timeline_pictures.weight_of([one, other], shown) == pytest.approx(weight, abs=1e-3)
    assert timeline_pictures.weight_of([one], shown) is None


def test_likeness_is_of_pictures_that_are_alike():
    one = np.random.default_rng(1).uniform(16, 235, (64, 80)).astype(np.float32)
    assert timeline_pictures.ssim(one, one) == pytest.approx(1)
    assert timeline_pictures.ssim(one, one[::-1]) < 0.3
    assert timeline_pictures.ssim(one, one + 20) < timeline_pictures.ssim(one, one + 2) < 1
    assert timeline_pictures.decibels(0) == 99
    assert timeline_pictures.decibels(255.0**2) == pytest.approx(0)


def test_pieces_come_in_an_order_by_chance_that_stays():
    split, reorder, _ = timeline_memory.shuffled(600, 60)
    assert split["params"] == {"at_s": [10.0 * n for n in range(1, 60)]}
    order = reorder["params"]["order"]
    assert sorted(order, key=lambda name: int(name[1:])) == [f"c{n}" for n in range(1, 61)] != order
    assert timeline_memory.shuffled(600, 60)[1] == reorder


def instant(**changed) -> Instant:
    facts = {"frame": 1, "psnr": 40.0, "ssim": 0.99, "hue": 0.5, "shift": 0, "letters": 0.0, "titled": False}
    return Instant(**{**facts, **changed})


def way(cpu_s: float, *instants: Instant, encoder: str = "crf=23.0") -> WayRuns:
    usages = [Usage(cpu_s=cpu_s * share, wall_s=cpu_s / 2, peak_bytes=10**8) for share in (0.9, 1.0, 1.3)]
    return WayRuns(usages=usages, frames=240, instants=list(instants) or [instant()], encoder=encoder)


def results(**ways: WayRuns) -> TimelineResults:
    film = FilmRuns(key="a", title="three tracks", width=1280, height=720, rate=24, frames=240, ways=ways)
    return TimelineResults(date="2030-01-01", machine=["2 cores"], load_at_start=0.1, repeats=3, films=[film])


def met(found: TimelineResults) -> dict[str, bool]:
    return {goal: good for goal, _, good in timeline_report.judge(found)}


def test_goals_are_ratios_to_each_way():
    found = results(slimreel=way(11.0), bare=way(10.0), melt=way(13.0), moviepy=way(28.0))
    assert list(met(found).values()) == [True, False, True, True]
    found.films[0].ways["moviepy"] = WayRuns(failure="exit code 1: no")
    assert "CPU at most 0.40 of MoviePy" not in met(found)
    assert "failed: exit code 1" in timeline_report.page(found)


def test_the_worst_timeline_counts():
    found = results(slimreel=way(11.0, instant()), bare=way(10.0))
    assert set(met(found).values()) == {True}
    found.films += results(slimreel=way(12.0), bare=way(10.0)).films
    assert met(found)["CPU at most 1.15 of bare transcode"] is False
    assert "1.20 at worst (three tracks, 720p), median 1.15" in timeline_report.page(found)


@pytest.mark.parametrize(
    "wrong", [instant(psnr=20.0), instant(titled=True), instant(letters=0.02)], ids=["other", "missing", "stray"]
)
def test_a_wrong_picture_fails_the_goal(wrong: Instant):
    good = instant(titled=True, letters=0.02)
    assert met(results(slimreel=way(1, good)))["no picture wrong, no title missing"]
    assert not met(results(slimreel=way(1, good, wrong)))["no picture wrong, no title missing"]


def test_memory_and_graph_have_goals_of_their_own():
    found = results(slimreel=way(1))
    found.long_run = LongRun(minutes=10, pieces=60, process_bytes=500_000_000, tree_bytes=601_000_000)
    found.emission = Emission(elements=100, inputs=70, characters=40_000, graph_ms=[20, 51, 300])
    goals = met(found)
    assert not goals["memory at most 600 MB for 10 min in 60 pieces"]
    assert not goals["graph of 100 elements in at most 50 ms"]
    found.long_run.tree_bytes, found.emission.graph_ms = 599_000_000, [20, 49, 300]
    assert all(met(found)[goal] for goal in list(goals)[-2:])


def test_the_page_says_who_encoded_otherwise():
    same = timeline_report.page(results(slimreel=way(1), bare=way(1)))
    assert "is the same in all" in same
    other = timeline_report.page(results(slimreel=way(1), bare=way(1), melt=way(1, encoder="crf=20.0")))
    assert "Not encoded alike, by what x264 wrote into the file: melt" in other


def test_results_are_read_back():
    found = results(slimreel=way(1, instant(weight=0.5, wanted_weight=0.46)))
    found.long_run = LongRun(minutes=10, pieces=60)
    assert read_text(TimelineResults, json.dumps(records.facts_of(found))) == found
