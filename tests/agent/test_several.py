"""Several timelines in one session: which of them a request is for, by itself or as one film."""

from __future__ import annotations

from fractions import Fraction

import pytest

from slimreel.agent import several
from slimreel.agent.answers import Asked, read_answer
from slimreel.agent.interpret import interpret
from slimreel.agent.several import Share, Timelines
from slimreel.core.timing import SOURCE
from slimreel.edit.begin import begin
from slimreel.edit.command import apply_all
from slimreel.edit.facts import Asset, Facts
from slimreel.edit.log import EditCommand

NAMES = ("beach.mp4", "dog.mov", "party.mp4")


def facts() -> Facts:
    return Facts(
        assets=tuple(
            Asset(
                id=f"a{number}", name=name, kind="video", width=1280, height=720, rate=Fraction(25),
                duration=SOURCE.ticks(20), has_audio=True,
            )
            for number, name in enumerate(NAMES, 1)
        )
    )  # fmt: skip


def timelines(meant: tuple[str, ...] = ("d3",)) -> Timelines:
    return Timelines({f"d{number}": begin(facts(), [f"a{number}"]) for number in (1, 2, 3)}, meant)


def shares(text: str, meant: tuple[str, ...] = ("d3",)) -> list[Share]:
    found = interpret(text, several.wide_context(timelines(meant), facts(), ()))
    return several.shares(found.commands, timelines(meant))


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("compress the second clip to 4 Mbps", "d2"),
        ("the first clip under 10 MB", "d1"),
        ("compress dog.mov to 4 Mbps", "d2"),
        ("第二段压到4Mbps", "d2"),
    ],
)
def test_a_wish_for_one_that_is_named_is_a_wish_for_its_whole(text, key):
    (share,) = shares(text)
    assert share.key == key
    assert [command["op"] for command in share.commands] == ["compress"]
    assert "clip" not in share.commands[0]["params"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "the first clip at 2 Mbps and the second clip at 4 Mbps",
            {"d1": {"video_bitrate_bps": 2_000_000}, "d2": {"video_bitrate_bps": 4_000_000}},
        ),
        (
            "2 Mbps for the first clip and 4 Mbps for the second one",
            {"d1": {"video_bitrate_bps": 2_000_000}, "d2": {"video_bitrate_bps": 4_000_000}},
        ),
        (
            "beach.mp4 8 Mbps, dog.mov 25MB and party.mp4 for discord",
            {
                "d1": {"video_bitrate_bps": 8_000_000},
                "d2": {"target_size_bytes": 25_000_000},
                "d3": {"preset": "discord"},
            },
        ),
        ("第一个压到10MB以内,第二个720p", {"d1": {"target_size_bytes": 10_000_000}, "d2": {"resolution": "720p"}}),
    ],
)
def test_each_gets_its_own_wish(text, wanted):
    found = {
        share.key: {name: value for one in share.commands for name, value in one["params"].items()}
        for share in shares(text)
    }
    assert found == wanted


def test_what_is_said_of_both_is_for_each():
    found = shares("first clip to 2 Mbps, second clip to 4 Mbps, both at 720p")
    assert [[one["params"] for one in share.commands] for share in found] == [
        [{"video_bitrate_bps": 2_000_000}, {"resolution": "720p"}],
        [{"video_bitrate_bps": 4_000_000}, {"resolution": "720p"}],
    ]


def test_what_joins_clips_is_for_all_as_one_film():
    (share,) = shares("merge these clips")
    assert share == Share("d1", (), ("d2", "d3"))


def test_a_cut_of_a_clip_that_is_named_goes_to_its_timeline_under_its_own_id():
    (share,) = shares("trim the second clip to the first 5 seconds")
    assert share.key == "d2"
    assert "d2:" not in str(share.commands)


def test_a_request_that_names_none_is_not_wide():
    found = interpret("cut the first 5 seconds", several.wide_context(timelines(), facts(), ()))
    assert not several.is_wide(found.commands, timelines())


def test_wishes_can_be_for_each_and_edits_cannot():
    assert several.is_for_each(interpret("8 Mbps").commands)
    assert several.is_for_each(interpret("export").commands)
    assert not several.is_for_each(interpret("cut the first 5 seconds").commands)


def test_joining_gives_clips_the_ids_that_the_timeline_gives_them():
    """The ids in the commands are those that `concat` will give: carried out, the order is the one asked for."""
    commands = [{"op": "reorder", "params": {"order": ["d3:c1", "d1:c1", "d2:c1"]}}]
    share = several.all_as_one(commands, timelines(), ("d1", "d2", "d3"))
    joined = EditCommand(op="concat", params={"clips": ["a2", "a3"]})
    given = [joined, *(EditCommand(op=one["op"], params=dict(one["params"])) for one in share.commands)]
    after, _ = apply_all(begin(facts(), ["a1"]), given, facts())
    assert [clip.asset for clip in after.clips] == ["a3", "a1", "a2"]


@pytest.mark.parametrize(
    ("text", "scope"),
    [
        ("each of them", ("d1", "d2")),
        ("Each on their own please", ("d1", "d2")),
        ("分别处理", ("d1", "d2")),
        ("join them into one film", "joined"),
        ("拼成一个视频", "joined"),
        ("dog.mov", ("d2",)),
        ("dog", ("d2",)),
        ("make it brighter", None),
    ],
)
def test_an_answer_says_the_scope(text, scope):
    assert several.scope_said(text, timelines(("d1", "d2")), facts()) == scope


def context():
    return several.wide_context(Timelines({"d1": begin(facts(), ["a1"])}, ("d1",)), facts(), ())


@pytest.mark.parametrize(
    ("request_", "about", "answer", "op", "params"),
    [
        ("compress it to 8", "unit", "megabytes (MB)", "compress", {"target_size_bytes": 8_000_000}),
        ("compress it to 8", "unit", "Mbps", "compress", {"video_bitrate_bps": 8_000_000}),
        ("add a title", "text", "Summer 24", "add_text", {"text": "Summer 24"}),
        ("加个标题", "text", "你好", "add_text", {"text": "你好"}),
    ],
)
def test_an_answer_completes_its_request(request_, about, answer, op, params):
    alone = interpret(request_, context())
    assert alone.missing is not None and alone.missing.about == about
    found = read_answer(answer, Asked(text=request_, about=about), context(), interpret)
    (command,) = found.commands
    assert command["op"] == op
    assert params.items() <= command["params"].items()


def test_a_new_request_is_no_answer():
    found = read_answer("mute it", Asked(text="compress it to 8", about="unit"), context(), interpret)
    assert [command["op"] for command in found.commands] == ["mute"]
