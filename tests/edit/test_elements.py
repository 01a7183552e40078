"""What the other operations mean: the frame, the look, the sound, what lies over the picture, and what is wanted."""

from __future__ import annotations

from typing import Any

import pytest

from slimreel.core.goal import Goal
from slimreel.core.timing import TimeRange
from slimreel.edit.draft import Draft, Effect, Fit, Point, TextSegment
from slimreel.edit.facts import Facts
from slimreel.edit.ops.audio_sync import SoundShifted
from slimreel.edit.ops.color import Colored
from slimreel.edit.ops.crop import Cropped
from slimreel.edit.ops.fade import Faded, PictureFaded, SoundFaded
from slimreel.edit.ops.volume import Volume, is_heard, level_at
from slimreel.edit.registry import effects, operations
from slimreel.errors import BadParameter, EditRefused, NoSpeechEngine
from tests.edit.facts import FACTS, SECOND, do, edited, full, one_clip, three_clips, told


def size(draft: Draft) -> tuple[int, int]:
    return draft.canvas.width, draft.canvas.height


def found(draft: Draft, kind: type[Effect]) -> list[Any]:
    return [effect for clip in draft.clips for effect in clip.effects if isinstance(effect, kind)]


def element(draft: Draft, name: str) -> Any:
    return next(segment for segment in draft.segments() if segment.id == name)


@pytest.mark.parametrize(
    ("aspect", "canvas"),
    [
        ("9:16", (1080, 1920)),
        ("1:1", (1080, 1080)),
        ("4:5", (1080, 1350)),
        ("16:9", (1920, 1080)),
        ("21:9", (2520, 1080)),
    ],
)
def test_reframe_keeps_the_short_side(aspect: str, canvas: tuple[int, int]):
    draft = edited(one_clip(), do("reframe", aspect=aspect, mode="crop", focus="right"))
    assert size(draft) == canvas
    assert draft.clips[0].fit == Fit(mode="crop", focus="right")


def test_reframe_of_one_clip_leaves_the_canvas():
    draft = edited(three_clips(), do("reframe", aspect="1:1", clip="c2"))
    assert size(draft) == (1920, 1080)
    assert [clip.fit.mode for clip in draft.clips] == ["pad", "blur_pad", "pad"]


def test_the_canvas_follows_the_picture_until_reframe_chooses_one():
    assert size(edited(one_clip(), do("rotate", degrees=90))) == (1080, 1920)
    assert size(edited(one_clip(), do("crop", width_px=1280, height_px=720, x_px=0, y_px=0))) == (1280, 720)
    assert size(edited(one_clip(), do("reframe", aspect="1:1"), do("rotate", degrees=90))) == (1080, 1080)


@pytest.mark.parametrize(
    ("params", "box"),
    [
        ({"left_pct": 10, "right_pct": 10, "top_pct": 10, "bottom_pct": 10}, (192, 108, 1536, 864)),
        ({"bottom_px": 60}, (0, 0, 1920, 1020)),
        ({"width_px": 1280, "height_px": 720}, (320, 180, 1280, 720)),
        ({"width_px": 5000, "height_px": 721, "x_px": 9}, (0, 179, 1920, 720)),
    ],
)
def test_crop_in_pixels_and_percent(params: dict[str, Any], box: tuple[int, ...]):
    cropped = found(edited(one_clip(), do("crop", **params)), Cropped)[0]
    assert (cropped.x, cropped.y, cropped.width, cropped.height) == box


def test_crop_counts_after_what_was_turned():
    draft = edited(one_clip(), do("rotate", degrees=90), do("crop", top_pct=50))
    assert size(draft) == (1080, 960)
    with pytest.raises(BadParameter, match="of 1080x1920 pixels some have to go"):
        edited(one_clip(), do("rotate", degrees=90), do("crop"))


def test_turns_and_flips_add_up_to_none():
    assert edited(one_clip(), *[do("rotate", degrees=90)] * 4).clips == one_clip().clips
    assert edited(one_clip(), *[do("flip")] * 2).clips == one_clip().clips
    with pytest.raises(BadParameter, match="multiple of 90"):
        edited(one_clip(), do("rotate", degrees=45))


def test_amounts_of_colour_add_up_and_are_clamped():
    draft = edited(one_clip(), do("color", brightness_pct=80), do("color", brightness_pct=50, preset="bw"))
    assert found(draft, Colored) == [Colored(brightness_pct=100, preset="bw")]


def test_an_effect_asked_again_takes_the_place_of_the_first():
    draft = edited(one_clip(), do("sharpen", strength="low"), do("sharpen", strength="high"))
    assert [getattr(effect, "strength", "") for effect in draft.clips[0].effects] == ["high"]


def test_an_effect_on_a_stretch_is_cut_with_its_clip():
    draft = edited(one_clip(), do("zoom", range_s=[4, 6]), do("split", at_s=[5]), do("cut", first_s=1))
    spans = [effect.span for clip in draft.clips for effect in clip.effects]
    assert spans == [TimeRange(90, 30), TimeRange(0, 30)]


def test_volume_is_absolute_or_relative_and_clamped():
    draft = edited(full(), do("volume", target="music", level=0.15))
    assert level_at(element(draft, "m1"), 0) == 0.15
    louder = edited(draft, do("volume", target="music", gain_db=6))
    assert level_at(element(louder, "m1"), 0) == pytest.approx(0.2993, abs=0.001)
    assert level_at(edited(one_clip(), do("volume", gain_db=20)).clips[0], 0) == 2
    with pytest.raises(EditRefused, match="no music"):
        edited(one_clip(), do("volume", target="music", level=1))
    with pytest.raises(BadParameter, match="of at most 2"):
        edited(one_clip(), do("volume", level=5))


def test_mute_of_a_stretch_silences_what_sounds_in_it():
    clip = edited(one_clip(), do("mute", range_s=[5, 7])).clips[0]
    assert [level_at(clip, frame) for frame in (149, 150, 209, 210)] == [1, 0, 0, 1]
    assert clip.effects == (Volume(level=0, span=TimeRange(150, 60)),)


def test_what_is_silent_all_along_is_not_heard():
    assert is_heard(one_clip(), FACTS)
    assert not is_heard(edited(one_clip(), do("mute")), FACTS)
    assert is_heard(edited(one_clip(), do("mute", range_s=[0, 9])), FACTS)
    assert is_heard(edited(full(), do("mute", target="original")), FACTS)


def test_fades_are_never_longer_than_what_they_are_on():
    draft = edited(one_clip(), do("fade", duration_s=4), do("fade", duration_s=4, clip="c1"), do("trim", end_s=2))
    on_clip = [effect.frames for effect in draft.clips[0].effects if isinstance(effect, Faded)]
    assert [effect.frames for effect in draft.effects if isinstance(effect, Faded)] == [60] * 4
    assert on_clip == [60, 60]  # its end was cut away, and with it what faded out


def test_replaced_sound_silences_the_clips_and_keeps_the_music():
    draft = edited(full(), do("replace_audio", file="Lo-fi"))
    assert [level_at(clip, 0) for clip in draft.clips] == [0, 0, 0]
    assert element(draft, "m2").role == "voiceover" and level_at(element(draft, "m1"), 0) == 0.35


def test_music_without_a_name_is_the_only_file_or_a_question():
    assert element(edited(one_clip(), do("add_music")), "m1").asset == "a4"
    with pytest.raises(BadParameter, match="there is none here yet"):
        operations()["add_music"]().apply(one_clip(), Facts(assets=FACTS.assets[:1]))
    with pytest.raises(BadParameter, match="of another kind"):
        edited(one_clip(), do("add_music", file="logo"))


def test_fades_of_the_whole_stay_at_its_ends():
    draft = edited(one_clip(), do("fade", duration_s=2, color="#FFFFFF"), do("cut", first_s=3), do("concat"))
    pictures = [PictureFaded(direction="in", frames=60, color="#FFFFFF")]
    pictures.append(PictureFaded(direction="out", frames=60, color="#FFFFFF"))
    sounds = [SoundFaded(direction="in", frames=60), SoundFaded(direction="out", frames=60)]
    assert draft.effects == (*pictures, *sounds)


def test_fades_of_a_clip_go_with_its_ends():
    draft = edited(one_clip(), do("fade", clip="c1"), do("split", at_s=[4]))
    ways = [[effect.direction for effect in clip.effects if isinstance(effect, Faded)] for clip in draft.clips]
    assert ways == [["in", "in"], ["out", "out"]]


def test_sound_that_is_moved_twice_is_moved_by_the_sum():
    draft = edited(one_clip(), do("audio_sync", offset_s=0.3), do("audio_sync", offset_s=-0.1))
    assert found(draft, SoundShifted) == [SoundShifted(offset_ticks=48_000)]


def test_text_is_just_text():
    words = "a%b:c\\d'e\"f\n😀 [x];,"
    draft = edited(one_clip(), do("add_text", text=words, position={"x": 0.2, "y": 0.9}, size="large"))
    title = element(draft, "t1")
    assert (title.text, title.style.size_px, title.style.position) == (words, 120, Point(x=0.2, y=0.9))
    assert title.until_end and title.place == TimeRange(0, 300)


def test_update_keeps_what_is_not_named():
    draft = edited(full(), do("update", target="t1", set={"text": "Day 3", "start_s": 2}))
    title = element(draft, "t1")
    assert isinstance(title, TextSegment)
    assert (title.text, title.style.position, title.place) == ("Day 3", "top", TimeRange(60, 30))
    music = element(edited(full(), do("update", target="m1", set={"duck": True})), "m1")
    assert {effect.kind for effect in music.effects} == {"volume", "sound_faded", "ducked"}
    faster = edited(full(), do("update", target="c1", set={"speed": 2, "volume": 0.5}))
    assert faster.speed(faster.clips[0]) == 2 and level_at(faster.clips[0], 0) == 0.5
    with pytest.raises(BadParameter, match="there is no such parameter"):
        edited(full(), do("update", target="t1", set={"colour": "#FF0000"}))


@pytest.mark.parametrize(
    ("target", "param", "direction", "amount", "check"),
    [
        ("t1", "size", "down", "small", lambda one: one.style.size_px == pytest.approx(64.8)),
        ("t1", "position", "down", "medium", lambda one: one.style.position == Point(x=0.5, y=0.25)),
        ("t1", "end", "up", "small", lambda one: one.place.end == 156),
        ("m1", "volume", "down", "medium", lambda one: level_at(one, 0) == pytest.approx(0.35 * 10**-0.2)),
        ("i1", "opacity", "down", "large", lambda one: one.layer.opacity == 0.5),
        ("p1", "size", "up", "large", lambda one: one.layer.scale == pytest.approx(0.45)),
        ("b1", "duration", "up", "large", lambda one: one.place == TimeRange(180, 135)),
        ("c1", "speed", "up", "large", lambda one: one.place.duration == 200),
        ("c1", "brightness", "up", "small", lambda one: Colored in map(type, one.effects)),
        ("c1", "end", "down", "small", lambda one: one.place.duration == 270),
    ],
)  # fmt: skip
def test_nudge_moves_by_known_steps(target: str, param: str, direction: str, amount: str, check: Any):
    command = do("nudge", target=target, param=param, direction=direction, amount=amount)
    assert check(element(edited(full(), command), target))


def test_a_clip_that_was_cut_shows_more_again_as_far_as_its_file_goes():
    cut = edited(one_clip(), do("trim", start_s=2, end_s=6))
    later = edited(cut, do("nudge", target="c1", param="start", direction="down", amount="large"))
    assert later.clips[0].source == TimeRange(0, 6 * SECOND)
    longer = edited(cut, do("nudge", target="c1", param="duration", direction="up", amount="medium"))
    assert longer.clips[0].source == TimeRange(2 * SECOND, 5 * SECOND)
    with pytest.raises(BadParameter, match="no more to show on that side"):
        edited(one_clip(), do("nudge", target="c1", param="end", direction="up"))


def test_what_cannot_be_nudged_is_said():
    with pytest.raises(BadParameter, match=r"no such parameter of t1; there are: .*size_px"):
        edited(full(), do("nudge", target="t1", param="volume", direction="up"))


def test_goals_add_up_and_a_new_leader_takes_over():
    draft = edited(one_clip(), do("compress", target_size_bytes=10_000_000, resolution="720p"))
    assert draft.goal == Goal(target_size_bytes=10_000_000, resolution=720)
    later = edited(draft, do("compress", crf=23, codec="hevc"))
    assert later.goal == Goal(crf=23, codec="hevc", resolution=720)
    assert edited(later, do("compress")).goal == Goal()
    with pytest.raises(BadParameter, match="cannot both hold"):
        edited(one_clip(), do("compress", crf=20, video_bitrate_bps=10**6))
    with pytest.raises(BadParameter, match="target_size_bytes"):
        edited(one_clip(), do("compress", target_size_bytes=-1))


def test_a_goal_of_one_clip_goes_with_its_parts_and_ends_with_it():
    draft = edited(three_clips(), do("compress", video_bitrate_bps=4_000_000, clip="c2"))
    assert draft.goal is None and set(draft.clip_goals) == {"c2"}
    assert set(edited(draft, do("split", at_s=[12])).clip_goals) == {"c2", "c4"}
    assert edited(draft, do("delete_clip", clip="c2")).clip_goals == {}


def test_every_wish_of_compress_is_a_field_of_the_goal():
    own = {"clip", "hardware", "passes", "keep_fps", "op", "said", "stage"}
    params = set(operations()["compress"].__dataclass_fields__) - own
    assert params == set(Goal.__dataclass_fields__)


def test_outputs_come_last_and_are_forgotten_by_the_next_turn():
    draft = edited(one_clip(), do("gif", start_s=0, end_s=2), do("trim", start_s=0, end_s=5), do("thumbnail", at_s=99))
    assert [output.kind for output in draft.outputs] == ["animated_gif", "still"]
    assert getattr(draft.outputs[1], "frame", None) == 149
    assert edited(draft, do("flip")).outputs == ()
    assert [change.id for change in told(one_clip(), do("gif"), do("loop", count=2))] == [
        "edit_loop",
        "edit_gif",
        "edit_gif_long",
    ]


def test_undo_skips_what_was_only_asked_for_a_file():
    draft = edited(edited(one_clip(), do("trim", end_s=5)), do("export"))
    assert edited(draft, do("undo")).length == 300
    with pytest.raises(EditRefused, match="nothing to undo"):
        edited(one_clip(), do("undo"))
    with pytest.raises(EditRefused, match="nothing to do again"):
        edited(draft, do("redo"))


def test_one_turn_in_the_middle_can_be_undone():
    draft = one_clip()
    for command in (do("add_text", text="x"), do("trim", end_s=5), do("update", target="t1", set={"text": "y"})):
        draft = edited(draft, command)
    back = edited(draft, do("undo", turn=2))
    assert back.length == 300 and element(back, "t1").text == "y"
    with pytest.raises(EditRefused, match="what came after turn 1 builds on it"):
        edited(draft, do("undo", turn=1))


def test_reset_can_be_undone():
    draft = edited(full(), do("reset"))
    assert draft.clips == three_clips().clips and draft.goal is None
    assert edited(draft, do("undo")).clips == full().clips


@pytest.mark.parametrize(
    ("op", "params", "sentence"),
    [
        ("trim", {"start_s": "a"}, "trim: start_s: it must be a number, not a word."),
        ("trim", {"end_s": "stop"}, "trim: end_s: it cannot be 'stop'; it can be: end."),
        ("fade", {"direction": "up"}, "fade: direction: it cannot be 'up'; it can be: both, in, out."),
        ("add_text", {}, "add_text: text: it has to be given."),
        ("add_text", {"text": ""}, "add_text: text: it must be a word that is not empty."),
        ("add_text", {"text": "\ud800"}, "add_text: text: one of its texts holds what is no character."),
        ("reframe", {"aspect": "9x16"}, "that is not how it is written; it is width to height, such as `9:16`"),
        ("compress", {"preset": "nowhere"}, "compress: preset: There is no preset called nowhere."),
        ("compress", {"crf": 100}, "compress: crf: it must be a number of at most 63."),
        ("cut", {"ranges_s": [[1]]}, "cut: ranges_s: it must be a list of length 2, not 1."),
    ],
)
def test_what_is_wrong_with_a_parameter_is_said_in_plain_words(op: str, params: dict[str, Any], sentence: str):
    with pytest.raises(BadParameter) as caught:
        edited(one_clip(), do(op, **params))
    assert sentence in str(caught.value)


def test_captions_need_an_engine():
    with pytest.raises(NoSpeechEngine):
        operations()["auto_captions"]().apply(one_clip(), Facts(assets=FACTS.assets))
    draft = edited(three_clips(), do("trim", start_s=2), do("auto_captions"))
    heard = [(one.id, one.place.start, getattr(one, "source", None)) for one in draft.elements()]
    assert heard == [("s1", 0, TimeRange(480_000, 1_920_000)), ("s1.2", 240, TimeRange(0, 1_920_000))]


def test_every_effect_says_where_it_works():
    assert all(kind.slot in ("source", "picture", "sound") for kind in effects().values())
    clip = full().clips[1]
    assert [effect.kind for effect in clip.of_slot("source")] == ["rotated"]
