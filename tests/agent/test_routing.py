"""Sentences that are said to the session, clause by clause, and edits that only look like them."""

from __future__ import annotations

import time

import pytest

from slimreel.agent.context import read_context
from slimreel.agent.interpret import interpret
from slimreel.agent.normalize import normalize
from slimreel.agent.routing import routed

WITH_JOB = {"clips": [{"id": "c1", "name": "a.mp4", "duration_s": 60.0}], "jobs": [{"id": "j1", "state": "running"}]}
RENDER = ("status", {"scope": "render"})
TIMELINE = ("status", {"scope": "timeline"})


def way(text: str) -> tuple[str, dict[str, object]] | None:
    found = ways(text)
    return found[0] if found and len(found) == 1 else ("nothing", {}) if found == [] else None


def ways(text: str) -> list[tuple[str, dict[str, object]]] | None:
    found = routed(normalize(text))
    return None if found is None else [(one["op"], one["params"]) for one in found]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("咋还没出来啊 等半天了", RENDER),
        ("是不是卡死了", RENDER),
        ("渲染那边卡住了吗", RENDER),
        ("大概还要等几分钟", RENDER),
        ("export那个done了没", RENDER),
        ("今天之内能弄完不", RENDER),
        ("現在的進度怎麼樣", RENDER),
        ("怎么这么久都没动静", RENDER),
        ("我都加过哪些东西来着", TIMELINE),
        ("给我捋一捋目前改了啥", TIMELINE),
        ("timeline给我看一眼", TIMELINE),
        ("行 没啥要改的了 给我成品吧", ("export", {})),
        ("就按这个来，生成最终视频", ("export", {})),
        ("弄好的片子存到手机里", ("export", {})),
        ("扣了我几个积分", ("credits", {})),
        ("导一次要花多少积分呢", ("credits", {})),
        ("手机里还有一段，怎么发给你", ("upload", {})),
        ("我先把片子传给你", ("upload", {})),
        ("停停停 传错文件了", ("cancel", {})),
        ("把j2那个任务掐了", ("cancel", {"job": "j2"})),
        ("算了不要导了，我再改改", ("cancel", {})),
        ("刚才那下不算", ("undo", {})),
        ("哎撤销多了，还给我", ("redo", {})),
        ("刚撤掉的那个再弄回来", ("redo", {})),
        ("推倒重来吧", ("reset", {})),
        ("你这玩意儿都会些啥", ("help", {})),
        ("mkv你认不认", ("help", {})),
        ("先别导出", ("nothing", {})),
        ("how's it looking, nearly there?", RENDER),
        ("roughly how many more minutes", RENDER),
        ("you've been at it ten minutes, what's the holdup, is it stuck?", RENDER),
        ("where do i get the finished file from", ("export", {})),
        ("done editing, where's my download", ("export", {})),
        ("how much did that last one cost me", ("credits", {})),
        ("i take back the undo", ("redo", {})),
        ("cancel the render, i need to fix something first", ("cancel", {})),
        ("no don't undo it, it's fine", ("nothing", {})),
        ("is the video muted", TIMELINE),
        ("do i have any titles on there", TIMELINE),
        ("标题加上了没", TIMELINE),
        ("里面有没有音乐", TIMELINE),
        ("show me the clips", TIMELINE),
        ("why did it fail", RENDER),
        ("pause the render", ("cancel", {})),
        ("取消上传", ("cancel", {})),
        ("下载链接给我", ("export", {})),
        ("how big a file can i upload", ("help", {})),
        ("go back to the beginning", ("reset", {})),
        ("clear the timeline", ("reset", {})),
        ("scrap that", ("undo", {})),
        ("wait a second", ("nothing", {})),
        ("great, thank you!", ("nothing", {})),
        ("好的谢谢", ("nothing", {})),
        ("不用了谢谢，先别导出", ("nothing", {})),
    ],
)
def test_a_whole_sentence_is_for_the_session(text: str, wanted: tuple[str, dict[str, object]]) -> None:
    assert way(text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "停在最后一帧两秒",
        "取消标题",
        "保存为mp4，720p",
        "导出的时候不要声音",
        "声音卡住了，剪掉",
        "加过渡",
        "生成一段太空漫步的视频",
        "能静音吗",
        "可以加字幕吗",
        "可以加个“谢谢”吗",
        "thank you for watching at the end",
        "把视频压到20兆再发我",
        "撤销，然后写“完”",
        "cancel the render, i want the title in red",
        "where is the logo",
        "it's done in two parts, join them",
        "好了",
        "",
    ],
)
def test_what_says_more_or_less_is_not_routed(text: str) -> None:
    assert way(text) is None


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("好了没，还剩多少积分", [RENDER, ("credits", {})]),
        ("导出，顺便告诉我还剩多少积分", [("export", {}), ("credits", {})]),
        ("撤销上一步再导出", [("undo", {}), ("export", {})]),
        ("取消渲染，然后重新导出", [("cancel", {}), ("export", {})]),
        ("export it and how many credits do I have left", [("export", {}), ("credits", {})]),
        ("undo that and export", [("undo", {}), ("export", {})]),
        ("redo it then export", [("redo", {}), ("export", {})]),
        ("show me the timeline and export", [TIMELINE, ("export", {})]),
        ("is it done yet and how much did it cost", [RENDER, ("credits", {})]),
        ("cancel the render and start again", [("cancel", {}), ("reset", {})]),
        ("how many credits do i have and how many exports can i do", [("credits", {})]),
    ],
)
def test_a_sentence_may_go_to_several_places(text: str, wanted: list[tuple[str, dict[str, object]]]) -> None:
    assert ways(text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("压到10M，导出，还剩多少积分", ["credits", "compress", "export"]),
        ("加个标题“你好”，导出，再看下余额", ["add_text", "credits", "export"]),
        ("mute, export, and is it ready yet", ["mute", "status", "export"]),
        ("black and white, then export and how many credits did that use", ["color", "credits", "export"]),
        ("how many credits for an export", ["credits"]),
        ("whats the render at, percent wise", ["status"]),
    ],
)
def test_a_question_beside_edits_swallows_no_export(text: str, wanted: list[str]) -> None:
    found = interpret(text, read_context(WITH_JOB))
    assert ([one["op"] for one in found.commands], found.unheard) == (wanted, ())


def test_asides_alone_go_nowhere() -> None:
    assert way("没啥要改的了，挺好") is None


def test_not_yet_asks_for_nothing() -> None:
    found = interpret("先别导出", read_context(WITH_JOB))
    assert (found.commands, found.missing, found.unheard) == ((), None, ())


@pytest.mark.parametrize("again", ["我还要", "现在的", "给我看看", "还没有", "done ", "现在到底还要等多久才能"])
def test_a_long_sentence_takes_no_time(again: str) -> None:
    text = normalize((again * 60)[:120])
    way(text)
    started = time.process_time()
    for _ in range(5):
        routed(text)
    assert (time.process_time() - started) / 5 < 0.02
