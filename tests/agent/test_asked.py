"""What is asked about, what is declined, and what only looks so and is done."""

from __future__ import annotations

from typing import Any

import pytest

from slimreel.agent.context import Context, read_context
from slimreel.agent.interpret import interpret

ONE = read_context(
    {
        "clips": [{"id": "c1", "name": "ward.mp4", "duration_s": 540}],
        "elements": [
            {"id": "t1", "type": "text", "text": "Hand hygiene"},
            {"id": "i1", "type": "image", "file": "brand.png"},
            {"id": "m1", "type": "music", "file": "lofi.mp3", "volume": 0.3},
        ],
        "assets": ["brand.png", "lofi.mp3"],
    }
)
BARE = read_context({"clips": [{"id": "c1", "name": "ward.mp4", "duration_s": 540}]})
THREE = read_context(
    {
        "clips": [
            {"id": f"c{at}", "name": name, "duration_s": 90} for at, name in enumerate(("a.mp4", "b.mp4", "d.mp4"), 1)
        ]
    }
)


def read(text: str, context: Context) -> list[tuple[str, dict[str, Any]]]:
    return [(one["op"], one["params"]) for one in interpret(text, context).commands]


@pytest.mark.parametrize(
    ("text", "about", "context"),
    [
        ("the e-learning system won't take more than 150", "unit", BARE),
        ("教务要求不超过500", "unit", BARE),
        ("法院系统只收300以内的", "unit", BARE),
        ("change the wording", "text", ONE),
        ("put the sponsor's name across the bottom", "text", BARE),
        ("把教练电话打在下面", "text", BARE),
        ("can you swap the logo for the new one", "file", ONE),
        ("音乐换一首", "file", ONE),
        ("use one of the songs as background", "file", BARE),
        ("start it at 45:00", "range", BARE),
        ("resize it for the shop window screen", "aspect", BARE),
        ("这一段调成黑白", "clip", THREE),
        ("slow this clip to half", "clip", THREE),
        ("cut it at the drop", "range", ONE),
        ("put the crew names along the bottom", "text", ONE),
        ("系统最多让传75", "unit", BARE),
        ("keep it to about 20", "unit", BARE),
        ("zoom in on it at 30:00", "range", BARE),
        ("show just the endgame", "range", BARE),
        ("只看残局", "range", BARE),
    ],
)
def test_what_is_missing_is_asked(text: str, about: str, context: Context) -> None:
    assert read(text, context) == [("clarify", {"about": about})]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("深蹲一周练几次好", "not_video"),
        ("今天小区停水吗", "not_video"),
        ("how many stitches do i cast on for a beanie", "not_video"),
        ("is it normal for a cat to drool after anaesthetic", "not_video"),
        ("第31步黑棋该走哪", "not_video"),
        ("现在首付最低几成", "not_video"),
        ("帮忙写份项目申请书", "not_video"),
        ("share it with the choir whatsapp group", "unsupported"),
        ("把采访翻成中文字幕", "unsupported"),
        ("把前面那辆大车弄没", "unsupported"),
        ("have an avatar deliver my talk", "generative"),
        ("让杯子里冒出火焰来", "generative"),
        ("use that AC/DC track off youtube, they'll never notice", "copyright"),
        ("泰迪多久洗一次澡合适", "not_video"),
        ("write five taglines for the serum", "not_video"),
        ("find all my kills and make a montage", "unsupported"),
        ("把伴奏去了只留人声", "unsupported"),
        ("take the sky sports logo off so they don't claim it", "copyright"),
        ("把咪咕的台标抹掉我好自己发", "copyright"),
        ("网易云上那首付费的帮我弄下来", "copyright"),
        ("make it sound like morgan freeman is talking", "generative"),
        ("give the puppy a santa hat", "generative"),
        ("空房间里摆上家具", "generative"),
        ("让证人改口说没看见", "unsafe"),
    ],
)
def test_what_lies_outside_is_declined_with_its_reason(text: str, reason: str) -> None:
    assert read(text, BARE) == [("out_of_scope", {"reason": reason})]


def nudged(target: str, param: str, direction: str, amount: str = "small") -> list[tuple[str, dict[str, Any]]]:
    return [("nudge", {"target": target, "param": param, "direction": direction, "amount": amount})]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("the title is a bit small", nudged("t1", "size", "up")),
        ("the title's a little big", nudged("t1", "size", "down")),
        ("字有点小", nudged("t1", "size", "up")),
        ("音乐有点响", nudged("m1", "volume", "down")),
        ("the music is rather quiet", nudged("m1", "volume", "up", "medium")),
        ("fade in at the start and out at the end", [("fade", {"direction": "both"})]),
        ("手抖得厉害，弄稳当些", [("stabilize", {"strength": "high"})]),
        ("没人说话的地方都跳过", [("remove_silence", {})]),
        ("have the music come in gently", [("update", {"target": "m1", "set": {"fade_in_s": 1.0}})]),
        ("start it at 0:12", [("trim", {"start_s": 12.0})]),
        ("level the sound out", [("normalize_audio", {})]),
        ("make it fit a square without cropping anything", [("reframe", {"aspect": "1:1"})]),
        ("方的，别裁到人", [("reframe", {"aspect": "1:1"})]),
        ("30秒那一帧停两秒", [("freeze", {"at_s": 30.0, "duration_s": 2.0})]),
        ("现场声全关了", [("mute", {"target": "original"})]),
        ("turn the camera sound right off", [("mute", {"target": "original"})]),
        ("no need for 60 frames, 30 is plenty", [("compress", {"fps": 30})]),
        ("four equal chunks", [("split_parts", {"parts": 4})]),
        ("fade through black wherever they join", [("transition", {"type": "fadeblack"})]),
    ],
)
def test_what_can_be_done_is_not_asked_about(text: str, wanted: list[tuple[str, dict[str, Any]]]) -> None:
    assert read(text, ONE) == wanted


@pytest.mark.parametrize(
    "text", ["渲出来了没 我等着交", "lovely, could you tell me what's sitting on the timeline right now?"]
)
def test_strange_words_beside_a_question_to_the_session_do_not_hide_it(text: str) -> None:
    assert [op for op, _ in read(text, BARE)] == ["status"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("what about 15", [("compress", {"target_size_bytes": 15_000_000})]),
        ("facebook says max 100mb but honestly keep it under 40", [("compress", {"target_size_bytes": 40_000_000})]),
    ],
)
def test_a_turn_about_the_last_one_is_no_question_to_strangers(text: str, wanted: list[tuple[str, Any]]) -> None:
    last = read_context(
        {
            "clips": [{"id": "c1", "name": "ward.mp4", "duration_s": 540}],
            "last_ops": [{"op": "compress", "params": {"target_size_bytes": 20_000_000}}],
        }
    )
    assert read(text, last) == wanted


@pytest.mark.parametrize("text", ["delete clip 6", "第五段不要了", "mute the ninth clip", "reverse clip 4"])
def test_a_clip_that_is_not_there_is_asked_about_and_nothing_else_touched(text: str) -> None:
    assert read(text, THREE) == [("clarify", {"about": "clip"})]
