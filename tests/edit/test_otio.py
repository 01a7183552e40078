"""Timelines for other editors: read back by OpenTimelineIO itself, to the frame, whatever was done to the draft."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings

from slimreel.core.timing import SOURCE
from slimreel.edit.draft import Draft, MediaSegment, TrackKind
from slimreel.edit.otio import to_otio
from tests.edit.commands import TURNS, attempt
from tests.edit.facts import ASSETS, do, edited, full, one_clip, three_clips

otio = pytest.importorskip("opentimelineio")
RationalTime, TimeRange = otio.opentime.RationalTime, otio.opentime.TimeRange
KNOWN = {asset.id: asset for asset in ASSETS}
URLS = {asset.id: f"file:///films/{asset.id}" for asset in ASSETS}


def written(draft: Draft) -> dict[str, Any]:
    return to_otio(draft, KNOWN, URLS, "film").document


def read(draft: Draft) -> Any:
    found = otio.adapters.read_from_string(json.dumps(written(draft)), "otio_json")
    assert isinstance(found, otio.schema.Timeline)
    return found


def lost(draft: Draft) -> dict[str, Any]:
    return {reason.id: reason.fields["what"] for reason in to_otio(draft, KNOWN, URLS, "film").unseen}


def within(ours: Any, theirs: Any) -> bool:
    """Everything of ours is in theirs, with the same values; its reader may miss the last bit of a fraction."""
    if isinstance(ours, dict):
        return isinstance(theirs, dict) and all(key in theirs and within(ours[key], theirs[key]) for key in ours)
    if isinstance(ours, list):
        return len(ours) == len(theirs) and all(map(within, ours, theirs))
    return bool(ours == pytest.approx(theirs, rel=1e-14) if type(ours) is float else ours == theirs)


@settings(max_examples=60)
@given(TURNS)
def test_every_track_is_as_long_as_the_timeline_and_everything_is_at_its_frame(turns: Any) -> None:
    draft = full()
    for turn in turns:
        draft = attempt(draft, turn) or draft
    timeline, rate = read(draft), float(draft.canvas.rate)
    assert timeline.duration() == RationalTime(draft.length, rate)
    assert all(track.duration() == RationalTime(draft.length, rate) for track in timeline.tracks)
    items = list(timeline.tracks[0].find_clips(shallow_search=True))
    edges = [*(clip.place.start + clip.overlap // 2 for clip in draft.clips), draft.length]
    for clip, item, (start, end) in zip(draft.clips, items, pairwise(edges), strict=True):
        assert item.name == clip.title
        assert item.trimmed_range_in_parent() == TimeRange(RationalTime(start, rate), RationalTime(end - start, rate))
    lanes = [track for track in draft.tracks if track.kind != TrackKind.AUDIO][1:]
    for ours, theirs in zip(lanes, timeline.tracks[1:], strict=False):
        assert theirs.name == ours.id
        placed = {item.metadata["slimreel"]["id"]: item for item in theirs if "slimreel" in item.metadata}
        for one in ours.segments:
            place = placed[one.id].trimmed_range_in_parent()
            assert (place.start_time.value, place.duration.value) == (one.place.start, one.place.duration)


@settings(max_examples=40)
@given(TURNS)
def test_the_library_writes_again_what_we_wrote(turns: Any) -> None:
    draft = full()
    for turn in turns:
        draft = attempt(draft, turn) or draft
    again = json.loads(otio.adapters.write_to_string(read(draft), "otio_json"))
    assert within(written(draft), again)


@settings(max_examples=40)
@given(TURNS)
def test_what_is_played_is_what_the_draft_plays(turns: Any) -> None:
    """Start and speed of each clip of the main track give the source that the draft says, to a tenth of a frame."""
    draft = three_clips()
    for turn in turns:
        draft = attempt(draft, turn) or draft
    timeline = read(draft)
    items = list(timeline.tracks[0].find_clips(shallow_search=True))
    for clip, item in zip(draft.clips, items, strict=True):
        shown, warp = item.source_range, [one for one in item.effects if isinstance(one, otio.schema.LinearTimeWarp)]
        speed = warp[0].time_scalar if warp else 1.0
        assert item.media_reference.target_url == URLS[clip.asset]
        assert speed == pytest.approx(float(draft.speed(clip)) * (-1 if clip.backwards else 1), abs=0.001)
        assert isinstance(warp[0] if warp else None, otio.schema.FreezeFrame) == (
            clip.is_still and KNOWN[clip.asset].kind == "video"
        )
        hidden = clip.overlap // 2
        behind = clip.place.duration - hidden - shown.duration.value
        skipped_s = float(draft.timebase.seconds(1)) * float(draft.speed(clip)) * (behind if clip.backwards else hidden)
        start_s = float(SOURCE.seconds(clip.source.start)) + skipped_s
        assert shown.start_time.to_seconds() == pytest.approx(start_s, abs=0.1 / 30)


def test_a_transition_lies_around_the_middle_of_the_overlap():
    draft = edited(three_clips(), do("transition", type="dissolve", duration_s=1.1, at=["c1", "c2"]))
    timeline = read(draft)
    track = timeline.tracks[0]
    first, blend, second = track[0], track[1], track[2]
    assert isinstance(blend, otio.schema.Transition) and blend.transition_type == "SMPTE_Dissolve"
    assert (blend.in_offset.value, blend.out_offset.value) == (16, 17)
    assert (first.duration().value, second.trimmed_range_in_parent().start_time.value) == (300 - 17, 300 - 17)
    zone = track.range_of_child(blend)
    assert (zone.start_time.value, zone.duration.value) == (draft.clips[1].place.start, 33)
    # Both clips have, beyond their cut, what the transition needs of them.
    assert first.source_range.end_time_exclusive().value + 17 == 300
    assert second.source_range.start_time.to_seconds() == pytest.approx(16 / 30)
    assert lost(draft) == {}
    wiped = edited(draft, do("transition", type="wipeleft", at=["c1", "c2"]))
    timeline = read(wiped)
    assert timeline.tracks[0][1].transition_type == "Custom_Transition"
    assert lost(wiped) == {"otio_transitions": "wipeleft (c2)"}


def test_speed_freeze_and_reverse():
    draft = edited(one_clip(), do("split", at_s=[2, 6]), do("speed", factor=2, clip="c2"), do("reverse", clip="c3"))
    draft = edited(draft, do("freeze", at_s=1, duration_s=3))
    timeline, rate = read(draft), 30.0
    found = {item.metadata["slimreel"]["id"]: item for item in timeline.tracks[0]}
    still = found["c4"]
    assert isinstance(still.effects[0], otio.schema.FreezeFrame)
    assert still.source_range == TimeRange(RationalTime(30, rate), RationalTime(90, rate))
    assert found["c2"].source_range == TimeRange(RationalTime(60, rate), RationalTime(60, rate))
    assert found["c2"].effects[0].time_scalar == 2
    assert found["c3"].source_range == TimeRange(RationalTime(180, rate), RationalTime(120, rate))
    assert found["c3"].effects[0].time_scalar == -1
    assert len(found["c1"].effects) == 0


def test_a_clip_that_plays_backwards_into_a_transition_begins_where_its_last_picture_is():
    draft = edited(one_clip(), do("split", at_s=[5]), do("reverse", clip="c1"), do("transition", duration_s=1))
    timeline = read(draft)
    source = timeline.tracks[0][0].source_range
    assert (source.start_time.value, source.duration.value) == (15, 135)


def test_a_clip_begins_at_the_rate_of_its_file():
    draft = edited(three_clips(), do("cut", ranges_s=[[10, 11]]))
    timeline = read(draft)
    source = timeline.tracks[0][1].source_range
    assert source.start_time == RationalTime(30 * 1000 / 1001, 30000 / 1001)
    assert source.duration == RationalTime(210, 30)
    timeline = read(edited(one_clip(), do("trim", start_s=1 / 3)))
    assert timeline.tracks[0][0].source_range.start_time == RationalTime(10, 30)


def test_sound_has_tracks_of_its_own():
    draft = edited(
        three_clips(), do("mute", target="original", clip="c2"), do("add_music", file="a4", loop=True, start_s=1)
    )
    timeline = read(draft)
    own, music = timeline.audio_tracks()
    assert [type(one).__name__ for one in own] == ["Clip", "Gap", "Gap"]  # muted; c3 has no sound
    assert [one.duration().value for one in own] == [300, 240, 150]
    clips = list(music.find_clips())
    assert [one.trimmed_range_in_parent().start_time.value for one in clips] == [30, 240, 450, 660]
    assert {one.name for one in clips} == {"Lo-fi"} and clips[-1].duration().value == 30
    assert [effect.metadata["slimreel"]["level"] for effect in clips[0].effects] == [0.3]
    assert "volume (m1)" in lost(draft)["otio_effects"]


def test_everything_that_lies_over_the_clips_is_told_and_what_is_lost_is_said():
    draft = edited(full(), do("reframe", aspect="1:1", mode="crop"))
    timeline = read(draft)
    kinds = [track.kind for track in timeline.tracks]
    assert kinds == ["Video"] * 5 + ["Subtitle"] + ["Audio"] * 2
    title = next(
        clip for clip in timeline.find_clips() if isinstance(clip.media_reference, otio.schema.GeneratorReference)
    )
    assert title.name == title.media_reference.parameters["text"] == "Urban Dreams"
    assert title.metadata["slimreel"]["st"]["position"] == "top"
    blur = next(item for track in timeline.video_tracks() for item in track if item.name == "b1")
    assert blur.effects[0].effect_name == "slimreel.blur" and blur.duration().value == 90
    assert {one.effect_name for one in timeline.tracks.effects} == {"slimreel.picture_faded", "slimreel.sound_faded"}
    assert set(lost(draft)) == {
        "otio_effects", "otio_fits", "otio_layers", "otio_titles", "otio_subtitles", "otio_blurs",
    }  # fmt: skip
    assert "rotated (c2)" in lost(draft)["otio_effects"]
    assert lost(draft)["otio_fits"] == "c1, c2, c3"
    assert lost(one_clip()) == {}


def test_names_come_back():
    draft = full()
    media = {one.title for one in draft.segments() if isinstance(one, MediaSegment)}
    timeline = read(draft)
    assert media <= {clip.name for clip in timeline.find_clips()} and timeline.name == "film"
    timeline = read(edited(one_clip(), do("add_text", text='“%s”\\ {"OTIO_SCHEMA": "x.1"}\n\u2028')))
    assert [clip.name for clip in timeline.find_clips()][1] == '“%s”\\ {"OTIO_SCHEMA": "x.1"}\n\u2028'
