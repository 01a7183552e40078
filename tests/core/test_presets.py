"""Presets are dated, sourced and fit their platform; a goal keeps what the person said."""

from __future__ import annotations

import re

import pytest

from slimreel.agent.reply import say
from slimreel.agent.wish import goal_from_text
from slimreel.core.goal import Goal
from slimreel.core.plan import make_plan
from slimreel.core.presets import all_presets, find_preset, with_preset
from slimreel.data.tables import LANGUAGES
from slimreel.errors import UsageError
from tests.core.facts import media

PROMISED = """
    discord whatsapp email youtube tiktok douyin instagram_reels wechat bilibili xiaohongshu
    x telegram slack github kuaishou web
"""


def test_the_promised_presets_exist() -> None:
    assert set(PROMISED.split()) <= set(all_presets())


@pytest.mark.parametrize("name", sorted(all_presets()))
def test_each_preset(name: str) -> None:
    preset = all_presets()[name]
    assert preset.source_url.startswith("https://")
    assert preset.note
    assert preset.source_title
    if preset.platform_limit_bytes and preset.goal.target_size_bytes:
        assert preset.goal.target_size_bytes <= preset.platform_limit_bytes
    assert preset.goal.preset is None
    for called in preset.names:
        assert find_preset(called) == preset
        assert goal_from_text(("compress for " if re.match("[a-z]", called) else "压缩发") + called).preset == name


@pytest.mark.parametrize("name", sorted(all_presets()))
@pytest.mark.parametrize("size_ratio", [None, 0.01, 1.0])
def test_a_plan_tells_of_its_preset_first_whatever_is_done(name: str, size_ratio: float | None) -> None:
    wanted = Goal(preset=name, size_ratio=size_ratio)
    preset = all_presets()[name]
    told = make_plan(with_preset(wanted), media()).reasons[0]
    assert (told.id, told.fields) == ("preset_used", {"platform": preset.label, "checked": preset.checked})
    for language in LANGUAGES:
        assert preset.label in say(told, language)
        assert preset.checked in say(told, language)


def test_names_belong_to_one_preset() -> None:
    names = [called for preset in all_presets().values() for called in preset.names]
    assert len(names) == len(set(names))


def test_email_leaves_room_for_base64() -> None:
    email = find_preset("gmail")
    assert email.goal.target_size_bytes is not None
    assert email.platform_limit_bytes is not None
    assert email.goal.target_size_bytes * 1.37 < email.platform_limit_bytes


def test_what_was_said_wins() -> None:
    goal = with_preset(goal_from_text("for discord, 8 MB, 480p"))
    assert (goal.target_size_bytes, goal.resolution, goal.preset) == (8_000_000, 480, "discord")
    assert with_preset(Goal(preset="discord")).target_size_bytes == 10_000_000
    assert with_preset(Goal(preset="whatsapp", width_px=640, height_px=360)).resolution is None
    assert with_preset(Goal(preset="discord", container="webm")).codec is None
    assert with_preset(Goal()) == Goal()


def test_unknown_preset_lists_those_there_are() -> None:
    with pytest.raises(UsageError, match="discord"):
        find_preset("myspace")
