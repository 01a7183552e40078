"""What was done once can be set and nudged by its own parameters: addresses, limits, steps, and what never changes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slimreel.agent.reply import say
from slimreel.edit import wire
from slimreel.edit.adding import Adding
from slimreel.edit.address import standings_of
from slimreel.edit.command import apply_all
from slimreel.edit.draft import BlurSegment, Draft, Effect, MediaSegment
from slimreel.edit.invariants import problems
from slimreel.edit.log import EditCommand, Log
from slimreel.edit.ops.add_music import Ducked
from slimreel.edit.ops.audio_sync import SoundShifted
from slimreel.edit.ops.color import Colored
from slimreel.edit.ops.crop import Cropped
from slimreel.edit.ops.fade import Faded, PictureFaded
from slimreel.edit.ops.volume import Volume, level_at
from slimreel.edit.ops.zoom import Zoomed
from slimreel.edit.registry import effects, operations
from slimreel.edit.shapes import picture_size
from slimreel.edit.standing import Lasting, Standing
from slimreel.edit.steps import moved
from slimreel.errors import BadParameter
from tests.edit.commands import TURNS, attempt
from tests.edit.facts import FACTS, do, edited, full, one_clip, three_clips, told

few = settings(max_examples=20, deadline=None)


def everything() -> Draft:
    """Every effect there is, some of them twice."""
    return edited(
        full(),
        do("stabilize", clip="c1"),
        do("denoise_video", strength="low", clip="c1"),
        do("sharpen", clip="c1"),
        do("deinterlace", clip="c1"),
        do("denoise_audio", clip="c1"),
        do("lut", file="film.cube", intensity=0.6, clip="c1"),
        do("audio_sync", offset_s=0.2, clip="c1"),
        do("crop", left_px=100, clip="c1"),
        do("crop", top_pct=10, clip="c1"),
        do("flip", clip="c1"),
        do("fade", clip="c2", duration_s=2, color="#ff0000"),
        do("volume", level=0.5, range_s=[1, 2], target="original"),
        do("normalize_audio"),
        do("freeze", at_s=4),
    )


def update(target: str, **values: Any) -> EditCommand:
    return do("update", target=target, set={name.replace("__", "."): value for name, value in values.items()})


def nudge(target: str, param: str, direction: str = "up", amount: str = "medium") -> EditCommand:
    return do("nudge", target=target, param=param, direction=direction, amount=amount)


def music_fades(draft: Draft) -> list[int]:
    music = next(one for one in draft.elements() if one.id == "m1")
    assert isinstance(music, MediaSegment)
    return [one.frames for one in music.effects if isinstance(one, Faded)]


def blur(draft: Draft) -> str:
    return next(one.strength for one in draft.elements() if isinstance(one, BlurSegment))


def shift(draft: Draft) -> int:
    return next(one.offset_ticks for one in draft.clips[0].effects if isinstance(one, SoundShifted))


def level(draft: Draft) -> float:
    return level_at(draft.clips[0], 0)


def of(draft: Draft, kind: type[Effect], clip: int = 0) -> Any:
    return next(one for one in draft.clips[clip].effects if isinstance(one, kind))


def all_standings(draft: Draft) -> list[Standing]:
    owners = [*draft.segments(), None]
    return [one for owner in owners for one in standings_of(draft, FACTS, owner)]


def bare(draft: Draft) -> Draft:
    return replace(draft, log=Log(), outputs=())


def same_values(draft: Draft) -> list[tuple[str, str, Any]]:
    """Every parameter that can be set, as a target, an address and the value that it has."""
    found = []
    for one in all_standings(draft):
        for name in one.names:
            if (value := one.params.get(name)) is not None:
                is_own = issubclass(one.kind, Adding)
                found.append((one.owner or "all", name if is_own else f"{one.address}.{name}", value))
    return found


def test_the_same_value_changes_nothing_and_is_answered():
    draft = everything()
    checked = 0
    for target, address, value in same_values(draft):
        if target == "all":
            continue
        after, changes = apply_all(draft, [do("update", target=target, set={address: value})], FACTS)
        assert bare(after) == bare(draft), (target, address, value)
        assert changes and all(say(change, language) for change in changes for language in ("en", "zh"))
        checked += 1
    assert checked > 100


@few
@given(TURNS)
def test_the_same_value_changes_nothing_whatever_was_done(turns: list[list[EditCommand]]):
    draft = three_clips()
    for turn in turns:
        draft = attempt(draft, turn) or draft
    for target, address, value in same_values(draft):
        if target != "all":
            assert bare(edited(draft, do("update", target=target, set={address: value}))) == bare(draft)


@few
@given(TURNS)
def test_crops_stay_within_the_picture(turns: list[list[EditCommand]]):
    draft = edited(three_clips(), do("crop", left_px=200), do("crop", top_px=100))
    for turn in turns:
        draft = attempt(draft, turn) or draft
    for clip in draft.clips:
        for at, effect in enumerate(clip.effects):
            if isinstance(effect, Cropped):
                width, height = picture_size(replace(clip, effects=clip.effects[:at]), FACTS)
                assert 0 <= effect.x <= width - effect.width and 0 <= effect.y <= height - effect.height


def test_every_effect_can_be_reached_by_the_operation_that_makes_it():
    kinds = [kind for kind in operations().values() if issubclass(kind, Lasting)]
    made = {effect for kind in kinds for effect in kind.makes}
    assert set(effects().values()) - made == {Ducked}
    standing = {one.kind.op for one in all_standings(everything()) if one.names}
    quiet = {kind.op for kind in kinds if not issubclass(kind, Adding)} - {"deinterlace"}
    assert quiet <= standing


@pytest.mark.parametrize(
    ("command", "value", "check"),
    [
        (update("c1", saturation_pct=-40.0), -40, lambda draft: of(draft, Colored).saturation_pct),
        (update("c1", brightness=5), 5, lambda draft: of(draft, Colored).brightness_pct),
        (update("c1", color__preset="bw"), "bw", lambda draft: of(draft, Colored).preset),
        (update("c1", sharpen__strength="high"), "high", lambda draft: of(draft, effects()["sharpened"]).strength),
        (update("c1", intensity=1), 1, lambda draft: of(draft, effects()["graded"]).intensity),
        (update("c1", zoom__factor=2, zoom__focus="left"), "left", lambda draft: of(draft, Zoomed).focus),
        (update("c1", offset_s=-0.1), -24_000, shift),
        (update("c1", crop__1__left_px=150), 1770, lambda draft: of(draft, Cropped).width),
        (update("c1", volume=0.25), [0.25, 0.5], lambda draft: [level_at(draft.clips[0], at) for at in (0, 40)]),
        (update("c1", volume__1__level=0.1), [1, 0.1], lambda draft: [level_at(draft.clips[0], at) for at in (0, 40)]),
        (update("c1", gain_db=-6), pytest.approx(10**-0.3, 1e-5), level),
        (update("all", lufs=-16.0), -16, lambda draft: draft.effects[-1].lufs),
        (update("c2", fade__duration_s=3, fade__color="#00FF00"), {90}, lambda draft: fades(draft, 2)),
        (update("c2", fade__out__audio__duration_s=3), {60, 90}, lambda draft: fades(draft, 2)),
        (update("c1", fade__duration_s=4), {120}, lambda draft: {one.frames for one in draft.effects[:4]}),
        (update("m1", fade_out_s=3), [90], music_fades),
        (update("b1", strength="high"), "high", blur),
        (update("c4", freeze__duration_s=3), 90, lambda draft: draft.clips[1].place.duration),
        (update("all", aspect="1:1"), (1080, 1080), lambda draft: (draft.canvas.width, draft.canvas.height)),
        (update("c2", mode="crop"), "crop", lambda draft: draft.clips[3].fit.mode),
        (nudge("c1", "sharpen.strength"), "high", lambda draft: of(draft, effects()["sharpened"]).strength),
        (nudge("b1", "strength", "down"), "low", blur),
        (nudge("c1", "saturation", "down", "large"), -30, lambda draft: of(draft, Colored).saturation_pct),
        (nudge("c1", "zoom.factor", "up", "small"), pytest.approx(1.32), lambda draft: of(draft, Zoomed).factor),
        (nudge("c2", "fade.duration_s", "up", "large"), {90}, lambda draft: fades(draft, 2)),
        (nudge("c1", "volume", "down", "small"), pytest.approx(10**-0.1, 1e-5), level),
        (nudge("m1", "fade_out_s", "up"), [75], music_fades),
        (nudge("all", "lufs", "up", "small"), -12, lambda draft: draft.effects[-1].lufs),
        (nudge("c1", "audio_sync.offset_s", "down"), -12_000, shift),
    ],
)  # fmt: skip
def test_each_parameter_is_set_by_its_own_name(command: EditCommand, value: Any, check: Any):
    after = edited(everything(), command)
    assert check(after) == value
    assert list(problems(after)) == []


def fades(draft: Draft, number: int) -> set[int]:
    clip = next(one for one in draft.clips if one.id == f"c{number}")
    assert {one.color for one in clip.effects if isinstance(one, PictureFaded)} <= {"#00FF00", "#FF0000"}
    return {one.frames for one in clip.effects if isinstance(one, Faded)}


def test_what_several_have_is_asked_and_what_none_has_is_answered_with_what_there_is():
    draft = everything()
    with pytest.raises(BadParameter) as caught:
        edited(draft, update("c1", strength="high"))
    listed = str(caught.value)
    assert all(f"{op}.strength" in listed for op in ("stabilize", "sharpen", "denoise_video", "denoise_audio"))
    with pytest.raises(BadParameter, match=r"color\.saturation_pct \(number from -100 to 100\)"):
        edited(draft, update("c1", saturaton=3))
    with pytest.raises(BadParameter, match=r"say which: fade\.in\.video\.duration_s"):
        edited(draft, update("c2", fade__out__duration_s=1), update("c2", fade__duration_s=3))
    with pytest.raises(BadParameter, match="color: saturation_pct: it must be a number of at most 100"):
        edited(draft, update("c1", saturation_pct=300))
    with pytest.raises(BadParameter, match="no such parameter of c3"):
        edited(draft, update("c3", sharpen__strength="low"))
    with pytest.raises(BadParameter, match="has no more and no less"):
        edited(draft, nudge("c1", "crop.1.x_px"), nudge("c1", "color.preset"))


def test_what_was_clamped_is_told_as_it_came_out():
    draft = everything()
    assert told(draft, update("c2", transition__duration_s=60))[0].fields["values"] == "duration 3 s"
    assert told(draft, nudge("c1", "sharpen.strength"), nudge("c1", "sharpen.strength"))[0].target == "c1"
    assert of(edited(draft, *[nudge("c1", "gamma", "up", "large")] * 9), Colored).gamma == 10
    long = told(one_clip(), do("fade"), update("all", fade__duration_s=30))[1]
    assert long.fields["values"] == "duration 9 s"


def test_a_transition_is_reached_from_both_its_clips_and_can_be_taken_away():
    draft = full()
    lengths = {clip: edited(draft, update(clip, transition__duration_s=0.5)).length for clip in ("c1", "c2")}
    assert set(lengths.values()) == {draft.length + 15}
    assert edited(draft, update("c2", type="cut")).length == draft.length + 30
    assert edited(draft, nudge("all", "transition.duration_s", "down", "large")).length == draft.length + 15


def test_speed_is_set_against_the_file_and_not_against_what_it_was():
    draft = edited(one_clip(), do("speed", factor=2))
    assert edited(draft, update("c1", speed=2)).length == draft.length == 150
    assert edited(draft, update("c1", speed__factor=1)).length == 300
    assert edited(draft, update("c1", fit_duration_s=4)).length == 120
    assert edited(draft, update("c1", keep_pitch=False)).clips[0].place.duration == 150
    assert edited(draft, nudge("c1", "speed", "down", "large")).length == 300


def test_the_canvas_keeps_to_a_picture_that_is_cropped_or_turned_anew():
    draft = edited(one_clip(), do("crop", left_px=400), do("crop", right_px=400))
    wider = edited(draft, update("c1", crop__1__left_px=100))
    assert (wider.canvas.width, wider.canvas.height) == picture_size(wider.clips[0], FACTS)
    narrow = edited(draft, update("c1", crop__1__left_px=1000))
    assert [(one.x, one.width) for one in narrow.clips[0].effects if isinstance(one, Cropped)] == [
        (1000, 920),
        (0, 920),
    ]
    turned = edited(one_clip(), do("rotate", degrees=90), update("c1", degrees=0))
    assert (turned.canvas.width, turned.canvas.height) == (1920, 1080)
    assert turned.clips[0].effects == ()
    with pytest.raises(BadParameter, match="multiple of 90"):
        edited(draft, update("c1", degrees=45))


def test_titles_keep_their_order_when_one_of_them_changes():
    draft = edited(one_clip(), do("add_text", text="below"), do("add_text", text="above"))
    after = edited(draft, update("t1", color="#ff0000"))
    assert [segment.id for segment in after.elements()] == ["t1", "t2"]


def test_captions_heard_in_several_files_keep_them():
    draft = edited(three_clips(), do("auto_captions"), update("s1", size="large"))
    assert {getattr(one, "size_px", None) for one in draft.elements()} == {76.0}
    assert len(list(draft.elements())) == 2


def test_every_value_that_holds_can_be_shown():
    draft = edited(one_clip(), update("c1", saturation_pct=-30.0))
    shown = wire.effective(draft)["t"][0]["sg"][0]["fx"][0]
    assert shown == {
        "k": "colored", "span": None, "brightness_pct": 0.0, "contrast_pct": 0.0, "saturation_pct": -30.0,
        "temperature_pct": 0.0, "exposure_ev": 0.0, "gamma": 1.0, "preset": None,
    }  # fmt: skip


@few
@given(st.floats(0.001, 100), st.sampled_from(["small", "medium", "large"]), st.sampled_from([-1, 1]))
def test_a_step_goes_the_way_that_was_said_and_never_beyond_the_limits(now: float, amount: Any, sign: int):
    schema = {"type": "number", "exclusiveMinimum": 0, "maximum": 100}
    for name in ("factor", "level", "duration_s", "gain_db", "degrees"):
        new = moved(name, now, schema, amount, sign, 0.02)
        assert 0 < new <= 100
        assert (new - now) * sign >= 0 or new in (0.001, 100)


def test_the_level_of_what_is_silent_stays_silent():
    draft = edited(one_clip(), do("mute"), nudge("c1", "volume"))
    assert of(draft, Volume).level == 0
