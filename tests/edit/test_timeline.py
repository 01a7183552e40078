"""What the operations on the timeline mean, in frames; a canvas of 30 frames a second."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from slimreel.core.timing import TimeRange
from slimreel.edit.draft import Draft, MediaSegment, SubtitleSegment
from slimreel.edit.summary import describe
from slimreel.errors import BadParameter, EditRefused, FactsMissing, NoSuchElement, OutsideRange
from tests.edit.facts import SECOND, do, edited, full, one_clip, three_clips, told


def places(draft: Draft) -> list[tuple[str, int, int]]:
    return [(clip.id, clip.place.start, clip.place.end) for clip in draft.clips]


def sources_s(draft: Draft) -> list[tuple[float, float]]:
    return [(clip.source.start / SECOND, clip.source.end / SECOND) for clip in draft.clips]


def test_a_draft_begins_with_its_clips_one_after_the_other():
    draft = three_clips()
    assert places(draft) == [("c1", 0, 300), ("c2", 300, 540), ("c3", 540, 690)]
    assert (draft.canvas.width, draft.canvas.height, draft.canvas.rate) == (1920, 1080, Fraction(30))
    assert draft.log.start == ("a1", "a2", "a3")


def test_trim_keeps_a_stretch_and_clamps_its_end():
    draft = edited(three_clips(), do("trim", start_s=8, end_s=12))
    assert places(draft) == [("c1", 0, 60), ("c2", 60, 120)]
    assert sources_s(draft) == [(8, 10), (0, 2)]
    change = told(one_clip(), do("trim", start_s=4, end_s=30))[0]
    assert change.fields == {"start_s": 4, "end_s": 10, "length_s": 6}


def test_trim_of_a_clip_counts_from_its_start():
    draft = edited(three_clips(), do("trim", start_s=1, end_s=3, clip="c2"))
    assert places(draft) == [("c1", 0, 300), ("c2", 300, 360), ("c3", 360, 510)]
    assert sources_s(draft)[1] == (1, 3)


def test_outside_is_refused_with_the_range_that_is_valid():
    with pytest.raises(OutsideRange, match=r"30 s to 40 s lies outside of the timeline, which goes from 0 s to 10 s"):
        edited(one_clip(), do("trim", start_s=30, end_s=40))
    with pytest.raises(OutsideRange, match=r"c2 \(talk\)") as caught:
        edited(three_clips(), do("trim", start_s=9, clip="c2"))
    assert caught.value.fields["last"] == "8 s"


def test_cut_takes_all_its_times_from_the_timeline_before():
    draft = edited(one_clip(), do("cut", first_s=1, last_s=2, ranges_s=[[4, 5], [4.5, 6]]))
    assert sources_s(draft) == [(1, 4), (6, 8)]
    assert places(draft) == [("c1", 0, 90), ("c2", 90, 150)]


def test_nothing_left_is_refused():
    with pytest.raises(EditRefused, match="nothing would be left"):
        edited(one_clip(), do("cut", first_s=20))
    with pytest.raises(EditRefused, match="nothing would be left"):
        edited(one_clip(), do("delete_clip", clip="c1"))
    with pytest.raises(BadParameter, match="first_s, last_s or ranges_s"):
        edited(one_clip(), do("cut"))


def test_split_divides_and_later_ids_are_new():
    draft = edited(three_clips(), do("split", at_s=[2, 10, 12]))
    assert places(draft) == [("c1", 0, 60), ("c4", 60, 300), ("c2", 300, 360), ("c5", 360, 540), ("c3", 540, 690)]


@pytest.mark.parametrize(("clip", "left"), [("c2", "c1 c3"), (1, "c2 c3"), (-1, "c1 c2"), ("talk.mov", "c1 c3")])
def test_a_clip_goes_by_id_order_or_name(clip: Any, left: str):
    draft = edited(three_clips(), do("delete_clip", clip=clip))
    assert [one.id for one in draft.clips] == left.split()


def test_an_unknown_clip_is_answered_with_those_there_are():
    with pytest.raises(NoSuchElement, match=r"c1 \(city timelapse\), c2 \(talk\)"):
        edited(three_clips(), do("delete_clip", clip="c9"))


def test_reorder_puts_the_rest_behind():
    draft = edited(three_clips(), do("reorder", order=["c3"]))
    assert places(draft) == [("c3", 0, 150), ("c1", 150, 450), ("c2", 450, 690)]
    with pytest.raises(BadParameter, match="only once"):
        edited(three_clips(), do("reorder", order=["c1", "c1"]))


def test_concat_appends_what_is_not_there_yet():
    assert places(edited(one_clip(), do("concat"))) == [("c1", 0, 300), ("c2", 300, 540), ("c3", 540, 690)]
    draft = edited(three_clips(), do("concat", clips=["c3", "c1", "logo.png"]))
    assert [one.id for one in draft.clips] == ["c3", "c1", "c2", "c4"]
    assert draft.clips[-1].is_still and draft.clips[-1].place.duration == 150
    with pytest.raises(BadParameter, match="is no video"):
        edited(one_clip(), do("concat", clips=["Lo-fi"]))


def test_a_transition_overlaps_two_clips_and_shortens_the_whole():
    draft = edited(three_clips(), do("transition", duration_s=1))
    assert places(draft) == [("c1", 0, 300), ("c2", 270, 510), ("c3", 480, 630)]
    hard = edited(draft, do("transition", type="cut", at=["c1", "c2"]))
    assert places(hard) == [("c1", 0, 300), ("c2", 300, 540), ("c3", 510, 660)]
    with pytest.raises(EditRefused, match="only one clip"):
        edited(one_clip(), do("transition"))
    with pytest.raises(BadParameter, match="does not come right after"):
        edited(three_clips(), do("transition", at=["c1", "c3"]))


def test_a_transition_is_never_longer_than_half_of_a_clip():
    change = told(three_clips(), do("transition", duration_s=30))[0]
    assert change.fields["duration_s"] == 4
    draft = edited(three_clips(), do("transition", duration_s=30))
    assert [clip.overlap for clip in draft.clips] == [0, 120, 75]


def test_a_cut_through_a_transition_ends_it_and_removes_no_more_than_was_said():
    draft = edited(full(), do("cut", ranges_s=[[9.2, 9.6]]))
    assert draft.length == full().length - 12
    assert [clip.overlap for clip in draft.clips] == [0, 0, 0]


def test_speed_is_the_ratio_of_source_to_place():
    draft = edited(three_clips(), do("speed", factor=2, clip="c1"))
    assert places(draft)[0] == ("c1", 0, 150)
    assert [draft.speed(clip) for clip in draft.clips] == [2, 1, 1]
    again = edited(draft, do("speed", factor=0.25, clip="c1"))
    assert again.speed(again.clips[0]) == Fraction(1, 2)


def test_speed_of_a_stretch_divides_at_its_ends():
    draft = edited(one_clip(), do("speed", factor=4, range_s=[2, 6]))
    assert places(draft) == [("c1", 0, 60), ("c2", 60, 90), ("c3", 90, 210)]
    assert sources_s(draft) == [(0, 2), (2, 6), (6, 10)]


def test_speed_fits_a_length_to_the_frame():
    draft = edited(three_clips(), do("transition", duration_s=0.5), do("speed", fit_duration_s=10))
    assert draft.length == 300


def test_reverse_of_everything_turns_the_order_too():
    draft = edited(three_clips(), do("transition", duration_s=1, at=["c1", "c2"]), do("reverse"))
    assert [(clip.id, clip.backwards, clip.overlap) for clip in draft.clips] == [
        ("c3", True, 0), ("c2", True, 0), ("c1", True, 30),
    ]  # fmt: skip
    twice = edited(draft, do("reverse"))
    assert twice.clips == edited(three_clips(), do("transition", duration_s=1, at=["c1", "c2"])).clips


def test_reverse_of_parts_that_lie_apart_leaves_what_is_between():
    draft = edited(three_clips(), do("split", at_s=[4]), do("reorder", order=["c1", "c2", "c4"]))
    draft = edited(draft, do("reverse", clip="city timelapse"))
    assert [(clip.id, clip.backwards) for clip in draft.clips] == [
        ("c1", True), ("c2", False), ("c4", True), ("c3", False),
    ]  # fmt: skip


def test_what_is_cut_from_a_clip_played_backwards_comes_from_its_other_end():
    draft = edited(one_clip(), do("reverse"), do("cut", first_s=2))
    assert sources_s(draft) == [(0, 8)]


def test_loop_counts_all_its_turns_and_can_end_within_one():
    assert edited(one_clip(), do("loop", count=3)).length == 900
    draft = edited(one_clip(), do("loop", until_s=25))
    assert places(draft) == [("c1", 0, 300), ("c2", 300, 600), ("c3", 600, 750)]
    assert places(edited(three_clips(), do("loop", count=2, clip="c2")))[2] == ("c4", 540, 780)
    with pytest.raises(OutsideRange):
        edited(one_clip(), do("loop", until_s=5))


def test_a_loop_without_end_is_refused_before_it_is_built():
    with pytest.raises(EditRefused, match="more than 5000"):
        edited(one_clip(), do("trim", end_s=0.05), do("loop", until_s=360_000))
    with pytest.raises(EditRefused, match="more than 5000"):
        edited(one_clip(), *[do("loop", count=100)] * 2)


def test_freeze_holds_a_picture_without_sound():
    draft = edited(one_clip(), do("volume", level=0.5), do("freeze", at_s=5, duration_s=2))
    assert places(draft) == [("c1", 0, 150), ("c2", 150, 210), ("c3", 210, 360)]
    still = draft.clips[1]
    assert still.source == TimeRange(5 * SECOND, 0) and still.is_still
    assert still.of_slot("sound") == ()
    last = edited(one_clip(), do("freeze", at_s="end", duration_s=3)).clips[-1]
    assert last.source.start == round((10 - 1 / 30) * SECOND)


def test_silence_goes_but_for_its_margins():
    draft = edited(one_clip(), do("remove_silence", margin_s=0.5))
    assert sources_s(draft) == [(0, 2.5), (3.5, 10)]
    assert told(one_clip(), do("remove_silence"))[0].fields["saved_s"] == pytest.approx(1.7, abs=0.04)
    assert told(one_clip(), do("remove_silence", min_silence_s=3))[0].id == "edit_unchanged"
    with pytest.raises(FactsMissing) as caught:
        edited(one_clip(), do("remove_silence", threshold_db=-50))
    assert caught.value.fields["asset"] == "a1" and caught.value.fields["threshold_db"] == -50


def test_titles_follow_what_they_lie_on():
    draft = edited(one_clip(), do("add_text", text="x", start_s=6, end_s=8), do("cut", ranges_s=[[1, 3], [7, 7.5]]))
    title = next(draft.elements())
    assert title.place == TimeRange(120, 45)
    gone = edited(draft, do("trim", start_s=0, end_s=3))
    assert list(gone.elements()) == [] and len(gone.tracks) == 1


def test_what_lasts_to_the_end_follows_the_end():
    draft = edited(one_clip(), do("add_text", text="x"), do("add_music"), do("concat"))
    assert [one.place for one in draft.elements()] == [TimeRange(0, 690)] * 2


def test_music_that_does_not_repeat_ends_with_its_file_and_comes_back_with_the_time():
    short = edited(one_clip(), do("add_music", loop=False), do("trim", end_s=3))
    assert next(short.elements()).place == TimeRange(0, 90)
    long = edited(short, do("concat"))
    assert next(long.elements()).place == TimeRange(0, 210)


def test_subtitles_are_divided_with_the_clips_and_changed_as_one():
    draft = edited(one_clip(), do("subtitles", file="words"), do("cut", ranges_s=[[2, 4]]), do("speed", factor=2))
    parts = [one for one in draft.elements() if isinstance(one, SubtitleSegment)]
    assert [(one.id, one.place, one.source.start / SECOND) for one in parts] == [
        ("s1", TimeRange(0, 30), 0), ("s1.2", TimeRange(30, 90), 4),
    ]  # fmt: skip
    later = edited(draft, do("update", target="s1", set={"offset_s": 0.5, "size": "large"}))
    assert [getattr(one, "offset_ticks", 0) for one in later.elements()] == [SECOND // 2] * 2
    assert [one.place for one in later.elements()] == [one.place for one in parts]
    assert list(edited(later, do("remove", target="s1")).elements()) == []


def test_what_is_there_all_the_time_stays_so_when_something_is_put_before_it():
    draft = edited(full(), do("freeze", at_s=0, duration_s=2))
    starts = {one.id: one.place.start for one in draft.elements()}
    assert (starts["i1"], starts["m1"], starts["t1"]) == (0, 0, 60)


def test_nothing_stands_on_a_track_behind_what_lasts_to_the_end():
    draft = edited(one_clip(), do("pip", file="a3"), do("pip", file="a3", start_s=6, end_s=8))
    assert [track.id for track in draft.tracks] == ["v1", "v2", "v3"]


def test_parts_of_captions_have_names_of_their_own_on_whatever_tracks():
    draft = edited(three_clips(), do("subtitles", file="a7"), do("trim", end_s=8), do("concat", clips=["a2"]))
    draft = edited(draft, do("auto_captions"), do("cut", first_s=1))
    assert sorted(one.id for one in draft.elements()) == ["s1", "s2", "s2.2"]


def test_elements_at_the_same_time_stand_on_tracks_of_their_own():
    draft = full()
    assert [track.id for track in draft.tracks] == ["v1", "v4", "v3", "v2", "a1", "x1", "x2"]
    roles = [[getattr(one, "role", type(one).__name__) for one in track.segments] for track in draft.tracks]
    assert roles[:4] == [["clip"] * 3, ["BlurSegment"], ["pip"], ["watermark"]]


def test_a_clip_becomes_a_small_window_and_leaves_its_place():
    draft = edited(three_clips(), do("trim", start_s=1, end_s=4, clip="c2"), do("pip", clip="c2", scale=0.2))
    window = next(draft.elements())
    assert isinstance(window, MediaSegment) and window.layer and window.layer.scale == 0.2
    assert window.source == TimeRange(SECOND, 3 * SECOND)
    assert window.place == TimeRange(0, 90)
    assert [clip.id for clip in draft.clips] == ["c1", "c3"]


def test_the_line_of_the_seed():
    draft = edited(
        one_clip(), do("add_music", volume=0.35), do("add_text", text="Urban Dreams", start_s=0, duration_s=3)
    )
    assert describe(draft) == (
        "Timeline (3 tracks): 1. Video: city timelapse (0-10s) 2. BGM: Lo-fi (0-10s, 35%)"
        ' 3. Title: "Urban Dreams" (0-3s)'
    )
    assert describe(draft, "zh").startswith("时间线（3 条轨道）：1. 视频：city timelapse（0-10s）")
    assert describe(one_clip()) == "Timeline (1 track): 1. Video: city timelapse (0-10s)"
