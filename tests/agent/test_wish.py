"""The reader of wishes: what people say becomes the goal they mean, and nothing else ever comes out."""

from __future__ import annotations

import contextlib
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slimreel.agent import lexicon
from slimreel.agent.normalize import MAX_LENGTH
from slimreel.agent.phrases import ROWS
from slimreel.agent.wish import goal_from_text, read_wish
from slimreel.core import records
from slimreel.core.goal import Goal
from slimreel.errors import EditNotPossible, WishNotUnderstood
from tests.agent.wishes_en import ENGLISH
from tests.agent.wishes_en_more import MORE_ENGLISH
from tests.agent.wishes_zh import CHINESE

UNDERSTOOD = (*ENGLISH, *MORE_ENGLISH, *CHINESE)

# What is said here is not a wish for an output, or one that no field can hold; the part shown must be named.
NOT_UNDERSTOOD = (
    ("8 bananas", "8 bananas"),
    ("under 25 MB excluding audio", "excluding"),
    ("8个香蕉", "香蕉"),
    ("", "empty"),
    ("   ", "empty"),
    ("please", "please"),
    ("8", "8"),
    ("to 25", "25"),
    ("make it 8", "8"),
    ("bitrate 8", "8"),
    ("bitrate 8MB", "8MB"),
    ("0 MB", "0 MB"),
    ("-5 MB", "-5 MB"),
    ("1e9 MB", "1e9"),
    ("150%", "150%"),
    ("100% smaller", "100%"),
    ("99999999999999999999 MB", "99999999999999999999"),
    ("make it bigger", "bigger"),
    ("cut the first five seconds", "cut"),
    ("trim to 10 seconds and compress to 8mb", "trim"),
    ("add music and compress to 10 mb", "music"),
    ("put a title on it, 8 Mbps", "title"),
    ("rotate 90", "rotate 90"),
    ("speed it up 2x", "speed"),
    ("make a gif under 3mb", "gif"),
    ("crop to square, 720p", "crop"),
    ("剪掉前5秒，压到25M", "剪掉"),
    ("加水印然后压到10M", "水印"),
    ("把声音调大", "声音"),
    ("今天天气怎么样", "天气"),
    ("what is the weather", "weather"),
    ("ssim 0.98", "ssim"),
    ("vmaf 193", "vmaf 193"),
    ("vmaf 90 or 95", "or 95"),
    ("at least 5 Mbps", "at least 5 Mbps"),
    ("no less than 30 fps", "no less than 30 fps"),
    ("half the resolution", "resolution"),
    ("half the frame rate", "frame rate"),
    ("80% quality", "80% quality"),
    ("10 MB and 20 MB", "two sizes"),
    ("5 Mbps, no, 8 Mbps or 6 Mbps", "two video bitrates"),
    ("h264 and hevc", "two codecs"),
    ("convert to avi", "avi"),
    ("use prores", "prores"),
    ("first 10 seconds under 5MB", "10 seconds"),
)


def said(goal: Goal) -> dict[str, object]:
    return records.said(goal)


@pytest.mark.parametrize(("text", "goal"), UNDERSTOOD, ids=[text for text, _ in UNDERSTOOD])
def test_understood(text: str, goal: dict[str, object]) -> None:
    assert said(goal_from_text(text)) == pytest.approx(goal)


@pytest.mark.parametrize(("text", "named"), NOT_UNDERSTOOD, ids=[text for text, _ in NOT_UNDERSTOOD])
def test_not_understood_and_says_which_part(text: str, named: str) -> None:
    with pytest.raises(WishNotUnderstood) as caught:
        goal_from_text(text)
    assert named in str(caught.value.fields["unheard"])
    assert caught.value.exit_code == 8


EDITS = (
    ("cut the first five seconds", "en"),
    ("add a title", "en"),
    ("trim to 10 seconds and compress to 8mb", "en"),
    ("rotate 90", "en"),
    ("剪掉前五秒", "zh"),
    ("加个标题，压到10M", "zh"),
    ("前10秒倒放", "zh"),
)
NO_EDITS = (
    "8 bananas",
    "8个香蕉",
    "ssim 0.98",
    "use prores",
    "make it bigger",
    "10 MB and 20 MB",
    "",
)


@pytest.mark.parametrize(("text", "language"), EDITS, ids=[text for text, _ in EDITS])
def test_an_edit_is_told_from_nonsense(text: str, language: str) -> None:
    with pytest.raises(EditNotPossible) as caught:
        goal_from_text(text)
    assert (caught.value.exit_code, caught.value.fields["language"]) == (8, language)
    assert isinstance(caught.value, WishNotUnderstood)


@pytest.mark.parametrize("text", NO_EDITS)
def test_nonsense_is_no_edit(text: str) -> None:
    with pytest.raises(WishNotUnderstood) as caught:
        goal_from_text(text)
    assert type(caught.value) is WishNotUnderstood


@pytest.mark.parametrize(
    ("bits", "bytes_"),
    [
        ("8 Mb/s", "8 MB/s"),
        ("8 megabits per second", "8 megabytes per second"),
        ("800 kbit/s", "800 kbyte/s"),
    ],
)
def test_bits_are_not_bytes(bits: str, bytes_: str) -> None:
    eighth, whole = goal_from_text(bits).video_bitrate_bps, goal_from_text(bytes_).video_bitrate_bps
    assert eighth is not None
    assert whole == 8 * eighth


def test_smaller_by_is_not_smaller_to() -> None:
    assert goal_from_text("30% smaller").size_ratio == pytest.approx(0.7)
    assert goal_from_text("smaller, to 30%").size_ratio == pytest.approx(0.3)
    assert goal_from_text("减小30%").size_ratio == pytest.approx(0.7)
    assert goal_from_text("减小到30%").size_ratio == pytest.approx(0.3)


def test_4k_is_a_picture_and_4000k_a_rate() -> None:
    assert said(goal_from_text("4k at 4000k")) == {"resolution": 2160, "video_bitrate_bps": 4_000_000}


@pytest.mark.parametrize(("text", "language"), [("8 Mbps", "en"), ("压到8M", "zh"), ("压到25MB, for discord", "zh")])
def test_language(text: str, language: str) -> None:
    assert read_wish(text).language == language


CORES = (
    ("8 Mbps", {"video_bitrate_bps": 8_000_000}),
    ("under 25 MB", {"target_size_bytes": 25_000_000}),
    ("720p", {"resolution": 720}),
    ("half the size", {"size_ratio": 0.5}),
    ("h265 at 3 Mbps", {"codec": "hevc", "video_bitrate_bps": 3_000_000}),
    ("no audio", {"audio": "mute"}),
)
BEFORE = (
    "",
    "please ",
    "hey, can you make it ",
    "i want it ",
    "could you compress this video: ",
    "Um, ",
    "ok so just ",
)
AFTER = ("", " please", ", thanks!", " if possible", " thx", ".", " :)", " so i can send it to my cousin")


@given(
    st.sampled_from(CORES),
    st.sampled_from(BEFORE),
    st.sampled_from(AFTER),
    st.sampled_from((" ", "  ", "\u00a0", "\t")),
)
def test_politeness_and_spacing_change_nothing(core, before: str, after: str, space: str) -> None:
    text, goal = core
    assert said(goal_from_text((before + text + after).replace(" ", space))) == goal


@given(st.sampled_from([core for core in CORES if core[0] not in ("8 Mbps", "h265 at 3 Mbps")]), st.booleans())
def test_case_changes_nothing_where_no_bit_is_meant(core, upper: bool) -> None:
    text, goal = core
    assert said(goal_from_text(text.upper() if upper else text.lower())) == goal


INDEPENDENT = st.sampled_from((CORES[0], CORES[2], CORES[5]))


@given(st.lists(INDEPENDENT, unique_by=lambda core: core[0], min_size=1))
def test_order_changes_nothing(cores) -> None:
    expected = {key: value for _, goal in cores for key, value in goal.items()}
    assert said(goal_from_text(", ".join(text for text, _ in cores))) == expected


@given(st.integers(1, 9999), st.sampled_from(("MB", "megabytes", "兆", "M")))
def test_any_size(number: int, unit: str) -> None:
    assert goal_from_text(f"压到{number}{unit}").target_size_bytes == number * 10**6


WORDS = st.sampled_from([*sorted(lexicon.vocabulary()), "8 Mbps", "25 MB", "50%", "12", "4k", "bananas", "，", ". "])
PIECES = st.lists(WORDS, max_size=8)


@given(st.one_of(st.text(max_size=60), PIECES.map(" ".join), PIECES.map("".join)))
def test_any_text_gives_a_goal_or_says_what_it_missed(text: str) -> None:
    wish = read_wish(text)
    assert all(wish.unheard)
    assert wish.language in ("en", "zh")
    with contextlib.suppress(WishNotUnderstood):
        assert goal_from_text(text) == wish.goal
        assert not wish.unheard


@pytest.mark.parametrize(
    "piece",
    [
        "a",
        "1",
        "1,",
        "一",
        "点",
        "half ",
        "8 MB ",
        "not ",
        "mbps",
        "a ",
        "(",
        "不",
        "keep the same ",
        "1 000 ",
        "ⅷ",
        "ﷺ",
    ],
)
def test_work_grows_with_length_only(piece: str) -> None:
    """Counts the interpreter's steps instead of time: twice the text, at most about twice the work."""
    small, large = (_steps(piece * (size // len(piece))) for size in (MAX_LENGTH // 4, MAX_LENGTH // 2))
    assert large <= 2.6 * small + 2000
    assert read_wish(piece * 4000).unheard


def _steps(text: str) -> int:
    count = 0

    def trace(frame, event, arg):
        nonlocal count
        count += 1
        return trace

    read_wish(text)
    sys.settrace(trace)
    try:
        read_wish(text)
    finally:
        sys.settrace(None)
    return count


def test_every_row_uses_known_concepts() -> None:
    known = {meaning.concept for meaning in lexicon.vocabulary().values()} | {"amount", "sound", "frames"}
    for row in ROWS:
        for item in row.pattern.split():
            for name in item.strip("!?").split("|"):
                assert name.partition("=")[0] in known, row
