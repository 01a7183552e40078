"""What the client says and understands by itself: routes, words of a screen, the timeline, what changed."""

from __future__ import annotations

import string
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slimreel.client.gui_words import translate
from slimreel.client.routing import route
from slimreel.client.sentences import SENTENCES
from slimreel.client.timeline import changes, is_exportable, summary

ROUTES = {
    "export": """export|export the video|Export!|please export it now|can you export the final video please|download|
        download the video|send me the video|Send me the file please|save|save it|save the video|save it as out.mp4|
        export final.mp4|export it to holiday.mp4|give me the mp4|ok great, export it|render it|
        looks good, download it|
        I'd like to download the result|export as mp4|get me the video|导出|导出视频|请导出|下载|
        帮我导出视频吧|把视频发给我|
        把做好的视频导出来|保存视频|导出成mp4|导出了吗""",
    "credits": """credits|Credits?|balance|how many credits do I have left?|how many credits are left|show my credits|
        what's my balance|check balance|do I have credits left|what is my credit balance|积分|余额|
        我还有多少积分|查余额|
        余额还有多少|还剩多少积分？""",
    "state": """status|show tracks|Show me the tracks|show the timeline|what's on the timeline?|timeline|
        what is the status|
        状态|显示轨道|看看时间线|现在什么状态|项目状态|时间线上有什么|进度怎么样""",
    "upload": "upload|upload a file|upload another video|I want to upload a video|上传|上传文件|上传一个视频",
    "say": """compress this video to 8 Mbps|roll the credits at the end|add end credits|white balance|
        balance the audio|
        make it smaller for upload|compress for upload to youtube|export as gif|export at 8 Mbps|save space|save 50%|
        add a status text|add music|add it|undo|download quality 720p|export the audio as mp3|
        send it to the back|show me that|
        cut the first 5 seconds and export|export in 720p|delete the track|remove the second track|?|trim and save|
        add credits: directed by me|导出为gif|给片尾加上积分榜|加一个状态栏|压到8兆|为上传微信压缩|
        把背景音乐音量调到35%|
        how many credits do I have left, and is it done|how many credits did that take and export it|
        status report, then export|
        保存空间|下载最好的质量|积分榜加到左上角""",
}


@pytest.mark.parametrize(
    ("wanted", "text"), [(name, text.strip()) for name, all_ in ROUTES.items() for text in all_.split("|")]
)
def test_routes(wanted, text):
    assert route(text) == wanted
    assert route(f"  {text.upper()} ") == wanted


@given(st.text(max_size=200))
def test_any_text_has_a_route_and_a_translation(text):
    assert route(text) in ROUTES
    assert translate(text).actions or translate(text).text == text


@pytest.mark.parametrize(
    ("text", "action"),
    [
        ("Click the Export button in the top right.", "export"),
        ("Now export your video.", "export"),
        ('Please click "Export" to download the result.', "export"),
        ("You can tap Play to watch it.", "timeline"),
        ("You can preview it in the timeline.", "timeline"),
        ("Open the media panel to see your files.", "state"),
        ("Open your project settings.", "state"),
        ("Drag the title to 3 seconds.", "say"),
        ("Drag and drop your video to upload it.", "upload"),
        ("Click the upload icon.", "upload"),
        ("Click the scissors icon to split the clip.", "say"),
        ("Go to your account page to buy more.", "credits"),
        ("See the billing page.", "credits"),
        ("点击右上角的导出按钮。", "export"),
        ("您可以导出视频了。", "export"),
        ("请打开素材面板查看。", "state"),
        ("把标题拖拽到第3秒。", "say"),
        ("可以在时间线上预览效果。", "timeline"),
        ("点击播放按钮观看。", "timeline"),
        ("点击上传按钮。", "upload"),
        ("请到账户页面充值。", "credits"),
    ],
)
def test_words_of_a_screen(text, action):
    found = translate(text)
    assert found.actions == (action,)
    assert translate(found.text).actions == ()
    assert ("\u4e00" <= found.text[0] <= "\u9fff") == ("\u4e00" <= text[0] <= "\u9fff")


@pytest.mark.parametrize(
    "text",
    [
        "The bitrate is now 8 Mbps.",
        "Removed the clicks from the sound.",
        "The exported file is 12 MB. It was exported in 8 s.",
        "The clip opens with a fade and a drop shadow.",
        "It preserves the mouse click sound.",
        "码率现在是 8 Mbps。",
        "导出成功，文件大小是 12 MB。",
        "片头三秒已经剪掉。",
    ],
)
def test_other_words_stay_as_they_are(text):
    assert translate(text).text == text


def test_only_the_sentence_that_needs_it_is_translated():
    found = translate("I cut 3 seconds. Click Export to download it. Enjoy!")
    assert found.text == 'I cut 3 seconds. To get the finished file, say "export". Enjoy!'


def test_both_languages_say_the_same_things():
    def names(text: str) -> set[str | None]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    english, chinese = SENTENCES["en"], SENTENCES["zh"]
    assert {key: names(text) for key, text in english.items()} == {key: names(text) for key, text in chinese.items()}


FOREIGN: dict[str, Any] = {
    "t": [
        {"tt": 0, "sg": [{"d": 10_000, "m": {"title": "city timelapse"}}]},
        {"tt": 1, "sg": [{"d": 10_000, "m": {"title": "Lo-fi", "volume": 0.35}}]},
        {"tt": 7, "sg": [{"d": 3000, "m": {"text": "Urban Dreams"}}]},
    ],
    "d": 10_000,
}


def test_the_timeline_of_the_protocol():
    assert summary(FOREIGN) == (
        "Timeline (3 tracks): 1. Video: city timelapse (0-10s) 2. BGM: Lo-fi (0-10s, 35%) "
        '3. Title: "Urban Dreams" (0-3s)'
    )
    assert summary(FOREIGN, "zh").startswith("时间线（3 条轨道）")


@pytest.mark.parametrize("draft", [None, {}, {"t": None}, {"t": [{}]}, {"t": [{"tt": 0, "sg": []}]}])
def test_nothing_on_the_timeline(draft):
    assert not is_exportable(draft)
    assert summary(draft) == "There is nothing on the timeline yet."


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["t", "tt", "sg", "d", "m", "title", "fx", "k", "level", "b", "id"]), inner)
    ),
)


@given(
    st.dictionaries(st.sampled_from(["t", "d", "m", "g"]), JSON),
    st.dictionaries(st.sampled_from(["t", "d", "m"]), JSON),
)
def test_no_draft_is_too_odd(before, after):
    for language in ("en", "zh"):
        assert summary(after, language)
        changes(before, after, language)


@given(st.dictionaries(st.sampled_from(["t", "d", "m", "g"]), JSON))
def test_what_is_the_same_has_not_changed(draft):
    assert changes(draft, draft) == ()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"d": 7000}, "It is 7 s long now, before 10 s."),
        ({"t": FOREIGN["t"][:2]}, "Title was removed."),
        ({"t": [*FOREIGN["t"], {"tt": 7, "sg": [{"d": 1000, "m": {"text": "End"}}]}]}, 'Title ("End") was added.'),
        ({"t": [{"tt": 0, "sg": [{"d": 4000, "m": {"title": "city timelapse"}}]}, *FOREIGN["t"][1:]]},
         "Video: city timelapse is 4 s long now, before 10 s."),
        ({"bitrate": 8_000_000}, "Settings of the result were changed."),
    ],
)  # fmt: skip
def test_what_changed_is_told(change, told):
    assert told in changes(FOREIGN, {**FOREIGN, **change})
    assert all(
        "\u4e00" <= one[-2] <= "\u9fff" or one.endswith("。") for one in changes(FOREIGN, {**FOREIGN, **change}, "zh")
    )
