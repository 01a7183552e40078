"""Made-up assets and drafts for tests of editing."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from slimreel.core.timing import TimeRange
from slimreel.edit.begin import begin
from slimreel.edit.command import apply_all
from slimreel.edit.draft import Draft
from slimreel.edit.facts import Asset, Facts, Silence, Transcript
from slimreel.edit.log import EditCommand
from slimreel.edit.operation import Change

SECOND = 240_000

ASSETS = (
    Asset(
        id="a1", name="city timelapse.mp4", kind="video", width=1920, height=1080, rate=Fraction(30),
        duration=10 * SECOND, has_audio=True,
    ),
    Asset(
        id="a2", name="talk.mov", kind="video", width=1080, height=1920, rate=Fraction(30000, 1001),
        duration=8 * SECOND, has_audio=True,
    ),
    Asset(id="a3", name="b-roll.mp4", kind="video", width=1280, height=720, rate=Fraction(25), duration=5 * SECOND),
    Asset(id="a4", name="Lo-fi.mp3", kind="audio", duration=7 * SECOND, has_audio=True),
    Asset(id="a5", name="logo.png", kind="image", width=400, height=200),
    Asset(id="a6", name="film.cube", kind="lut"),
    Asset(id="a7", name="words.srt", kind="subtitles", duration=10 * SECOND),
    Asset(id="a8", name="heard.srt", kind="subtitles", duration=10 * SECOND),
)  # fmt: skip
FACTS = Facts(
    assets=ASSETS,
    silences=(
        Silence(asset="a1", threshold_db=-35.0, ranges=(TimeRange(2 * SECOND, 2 * SECOND),)),
        Silence(asset="a2", threshold_db=-35.0, ranges=(TimeRange(0, SECOND), TimeRange(5 * SECOND, SECOND))),
    ),
    transcripts=(
        Transcript(asset="a1", subtitles="a8", language="en"),
        Transcript(asset="a2", subtitles="a8", language="en"),
    ),
    has_speech_engine=True,
)


def do(op: str, **params: Any) -> EditCommand:
    return EditCommand(op=op, params=params)


def edited(draft: Draft, *commands: EditCommand) -> Draft:
    return apply_all(draft, commands, FACTS)[0]


def told(draft: Draft, *commands: EditCommand) -> tuple[Change, ...]:
    return apply_all(draft, commands, FACTS)[1]


def one_clip() -> Draft:
    """10 s at 30 frames a second."""
    return begin(FACTS, ["a1"])


def three_clips() -> Draft:
    """10, 8 and 5 s at 30 frames a second: frames 0, 300, 540, 690."""
    return begin(FACTS, ["a1", "a2", "a3"])


def full() -> Draft:
    """Three clips with a transition, and something of everything that can lie over them."""
    return edited(
        three_clips(),
        do("transition", type="dissolve", duration_s=1, at=["c1", "c2"]),
        do("add_music", file="a4", volume=0.35, fade_out_s=2),
        do("add_text", text="Urban Dreams", end_s=3, position="top"),
        do("add_image", file="logo", role="watermark"),
        do("pip", file="a3", start_s=4),
        do("subtitles", file="a7", language="en"),
        do("blur_region", position="bottom_left", start_s=6, end_s=9),
        do("fade"),
        do("rotate", degrees=90, clip="c2"),
        do("zoom", factor=1.2, range_s=[1, 2], animate=True),
        do("color", saturation_pct=20),
    )
