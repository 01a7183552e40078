"""What Chinese tells around a request and leaves to be understood: faults, ends, stretches said twice, names."""

from __future__ import annotations

from typing import Any

import pytest

from slimreel.agent.interpret import interpret
from tests.agent.asking import BARE, CLIP, LOGO, after, said, title

LONG = {"clips": [{**CLIP, "duration_s": 900.0}]}
TITLE = title("满月快乐")
LESSONS = {"clips": [{**CLIP, "id": f"c{n}", "name": f"第{n}课.mp4"} for n in (1, 2, 3)]}
FILES = {**LONG, "assets": ["soft.mp3", "老师.wav", "jingle.wav"]}
PICTURE = {**LONG, "assets": ["片尾.png"]}
ONE_SONG = {**LONG, "assets": ["jingle.wav"]}
MUSIC = {
    "clips": [CLIP],
    "elements": [{"id": "m1", "type": "music", "file": "a.mp3", "volume": 0.5}],
    "last_ops": [{"op": "add_music", "params": {"file": "a.mp3", "volume": 0.5}}],
    "assets": ["a.mp3", "soft.mp3"],
}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("降噪加防抖", [("denoise_audio", {}), ("stabilize", {})]),
        ("倒放加静音", [("reverse", {}), ("mute", {})]),
        ("1:30-2:10这段代码编译太慢，8倍速", [("speed", {"factor": 8.0, "range_s": [90.0, 130.0]})]),
        ("10秒到20秒孩子哭闹太吵，静音", [("mute", {"range_s": [10.0, 20.0]})]),
        ("前面等学生坐好那一分二十秒掐了", [("cut", {"first_s": 80.0})]),
        ("开头他在找话筒，大概15秒，剪掉", [("cut", {"first_s": 15.0})]),
        ("8分08秒嘉宾说错数据，到8分20，删", [("cut", {"ranges_s": [[488.0, 500.0]]})]),
        (
            "40秒到50秒中间打码，那段声音也消掉",
            [
                ("blur_region", {"position": "center", "start_s": 40.0, "end_s": 50.0}),
                ("mute", {"range_s": [40.0, 50.0]}),
            ],
        ),
        ("字幕不用，前10秒删掉", [("cut", {"first_s": 10.0})]),
        ("62秒前后各留10秒，其他删掉", [("trim", {"start_s": 52.0, "end_s": 72.0})]),
        ("代码字太小，5分到6分把画面放大1.4倍", [("zoom", {"factor": 1.4, "range_s": [300.0, 360.0]})]),
        ("从14分20开始淡出", [("fade", {"direction": "out", "duration_s": 40.0})]),
        ("整体偏蓝了，暖一些", [("color", {"temperature_pct": 10})]),
        ("改1:1，两侧裁掉", [("reframe", {"aspect": "1:1", "mode": "crop"})]),
        ("片头音乐不要了，压到20M", [("compress", {"target_size_bytes": 20_000_000})]),
        ("五个视频都转480p", [("compress", {"resolution": "480p"})]),
        ("人声拉大3dB", [("volume", {"target": "original", "gain_db": 3.0})]),
        ("嘴型慢了半拍大概150毫秒，声音往后移", [("audio_sync", {"offset_s": 0.15})]),
    ],
)
def test_what_is_told_is_no_wish(text: str, wanted: list[tuple[str, dict[str, Any]]]) -> None:
    assert said(text, LONG) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("24帧不能变，压到80M", {"keep_fps": True, "target_size_bytes": 80_000_000}),
        ("60帧别给我降，压到80兆以内", {"keep_fps": True, "target_size_bytes": 80_000_000}),
        ("帧率60别动，大小减半", {"keep_fps": True, "size_ratio": 0.5}),
        ("crf 30，慢一点没事", {"crf": 30.0, "encode_speed": "best"}),
        ("4k60？用不着，1080p60就行", {"resolution": "1080p", "fps": 60.0}),
        ("5k没人看得出来，4k够了", {"resolution": "2160p"}),
        ("换成265，码率4M", {"codec": "hevc", "video_bitrate_bps": 4_000_000}),
        ("单个文件最大500M，帮我压进去，画质清楚就行", {"target_size_bytes": 500_000_000, "quality": "high"}),
        ("老家爸妈手机旧，弄小点", {}),
        ("两千码率，720p", {"video_bitrate_bps": 2_000_000, "resolution": "720p"}),
        ("2.5k码率就够", {"video_bitrate_bps": 2_500_000}),
        ("webm传不了，要mp4", {"container": "mp4"}),
        ("AVI不行要MP4，最大100M", {"container": "mp4", "target_size_bytes": 100_000_000}),
        ("这个mov安卓放不了，改mp4", {"container": "mp4"}),
        ("4M码率，60fps没用，30", {"video_bitrate_bps": 4_000_000, "fps": 30.0}),
        ("2个G压一半", {"size_ratio": 0.5}),
        ("压到1.5G以内，别掉帧", {"target_size_bytes": 1_500_000_000, "keep_fps": True}),
        ("畫質差一點沒差，小一點比較重要", {"quality": "low"}),
        ("1080宽的？不对，出720p", {"resolution": "720p"}),
        ("壓到三分一", {"size_ratio": pytest.approx(1 / 3)}),
        ("4个多G太夸张了，压一压", {}),
        ("论文答辩录的，15帧就够，声音64k", {"fps": 15.0, "audio_bitrate_bps": 64_000}),
    ],
)
def test_wishes_for_the_output(text: str, wanted: dict[str, Any]) -> None:
    assert said(text, LONG) == [("compress", wanted)]


@pytest.mark.parametrize(
    ("context", "text", "wanted"),
    [
        (TITLE, "满月改成百天", {"target": "t1", "set": {"text": "百天快乐"}}),
        (TITLE, "错了应该是满月大吉", {"target": "t1", "set": {"text": "满月大吉"}}),
        (TITLE, "改满月欢乐", {"target": "t1", "set": {"text": "满月欢乐"}}),
        (TITLE, "红底？算了字改红就行", {"target": "t1", "set": {"color": "#FF0000"}}),
        (TITLE, "往中间放，白色不好看换金的", {"target": "t1", "set": {"position": "center", "color": "#FFD700"}}),
        (TITLE, "用金色，淡入", {"target": "t1", "set": {"color": "#FFD700", "anim": "fade"}}),
        (TITLE, "换蓝色，大字", {"target": "t1", "set": {"color": "#0000FF", "size": "large"}}),
        (MUSIC, "不循环", {"target": "m1", "set": {"loop": False}}),
        (TITLE, "20秒的时候让它消失", {"target": "t1", "set": {"end_s": 20.0}}),
        (MUSIC, "从第10秒再进", {"target": "m1", "set": {"start_s": 10.0}}),
        (MUSIC, "还是吵，砍到15%", {"target": "m1", "set": {"volume": 0.15}}),
        (MUSIC, "说话的时候小一点", {"target": "m1", "set": {"duck": True}}),
        (MUSIC, "不好听，换soft那首", {"target": "m1", "set": {"file": "soft.mp3"}}),
    ],
)
def test_turns_about_what_was_laid_over(context: dict[str, Any], text: str, wanted: dict[str, Any]) -> None:
    assert said(text, context) == [("update", wanted)]


@pytest.mark.parametrize(
    ("context", "text", "wanted"),
    [
        (after("transition", type="fadeblack"), "长一点，1秒", {"type": "fadeblack", "duration_s": 1.0}),
        (after("trim", start_s=30.0, end_s=90.0), "到100秒吧", {"start_s": 30.0, "end_s": 100.0}),
        (after("freeze", at_s=62.0, duration_s=3.0), "停久一点，5秒", {"at_s": 62.0, "duration_s": 5.0}),
        (after("freeze", at_s=62.0, duration_s=3.0), "早了，应该是64秒", {"at_s": 64.0, "duration_s": 3.0}),
        (after("mute"), "还是要声音", {}),
        (after("speed", factor=2.0), "只有前一分钟要这样", {"factor": 2.0, "range_s": [0.0, 60.0]}),
        (
            after("compress", video_bitrate_bps=4_000_000),
            "再限个30M大小",
            {"target_size_bytes": 30_000_000},
        ),
        (after("gif", start_s=2.0, end_s=5.0), "多给1秒", {"start_s": 2.0, "end_s": 6.0}),
    ],
)
def test_turns_about_the_last_one(context: dict[str, Any], text: str, wanted: dict[str, Any]) -> None:
    assert [params for _, params in said(text, context)] == [wanted]


@pytest.mark.parametrize(
    ("context", "text", "wanted"),
    [
        (LESSONS, "第一课和第三课调换一下", [("reorder", {"order": ["c3", "c2", "c1"]})]),
        (LESSONS, "第二课前2秒剪了", [("cut", {"first_s": 2.0, "clip": "c2"})]),
        (LESSONS, "第三课提到最前，第一课放最后", [("reorder", {"order": ["c3", "c2", "c1"]})]),
        (
            LESSONS,
            "第一课别压，第二课压到100M",
            [("compress", {"target_size_bytes": 100_000_000, "clip": "c2"})],
        ),
        (
            PICTURE,
            "片尾.png放最后3秒铺满",
            [("add_image", {"file": "片尾.png", "scale": 1.0, "start_s": 897.0, "end_s": "end"})],
        ),
        (
            PICTURE,
            "去头3秒，右下片尾.png",
            [("cut", {"first_s": 3.0}), ("add_image", {"file": "片尾.png", "position": "bottom_right"})],
        ),
        (LONG, "10分05秒切一刀，12分再切一刀", [("split", {"at_s": [605.0, 720.0]})]),
        (LESSONS, "把第三课接到第一课后面", [("concat", {"clips": ["c1", "c3"]})]),
        (FILES, "垫个soft.mp3，音量25", [("add_music", {"file": "soft.mp3", "volume": 0.25})]),
        (ONE_SONG, "配jingle.wav，不循环", [("add_music", {"file": "jingle.wav", "loop": False})]),
        (FILES, "原声关掉换老师.wav", [("replace_audio", {"file": "老师.wav"})]),
        (LONG, "暖一点", [("color", {"temperature_pct": 10})]),
        (LONG, "下半部分打马赛克", [("blur_region", {"position": "bottom"})]),
        (LONG, "右半部分裁掉", [("crop", {"right_pct": 50.0})]),
    ],
)
def test_names_and_levels(context: dict[str, Any], text: str, wanted: list[tuple[str, dict[str, Any]]]) -> None:
    assert said(text, context) == wanted


@pytest.mark.parametrize(
    ("text", "op"),
    [
        ("帮我写个代理词", "out_of_scope"),
        ("给他p个八块腹肌", "out_of_scope"),
        ("红烧肉放多少糖合适", "out_of_scope"),
        ("能识别srt吗", "help"),
        ("能剪几个小时的片子", "help"),
        ("存手机里", "export"),
        ("刚删的那段还给我", "undo"),
        ("写句slogan上去", "clarify"),
        ("把卡顿的几处剪掉", "clarify"),
        ("用郭德纲的声音念一遍", "out_of_scope"),
        ("给老照片上个色", "out_of_scope"),
        ("打上字幕文字", "clarify"),
        ("字幕慢了0.8秒，提前一点", "clarify"),
    ],
)
def test_asked_declined_and_told(text: str, op: str) -> None:
    assert [name for name, _ in said(text, LONG)] == [op]


@pytest.mark.parametrize("text", ["能省则省", "体积能砍多少砍多少", "能減多少就減多少", "能小就小吧", "能瘦多少是多少"])
def test_as_much_as_can_be_is_as_small_as_can_be(text: str) -> None:
    assert interpret(text).commands == ({"op": "compress", "params": {"quality": "low"}},)


@pytest.mark.parametrize(
    "text",
    [
        "清楚不清楚无所谓，越小越好",
        "糊不糊都无所谓，压到最小",
        "看不清也没关系，越小越好",
        "画质好不好无所谓，能多小多小",
        "清唔清楚冇所謂，越細越好",
        "模糊点无所谓 最小就行",
    ],
)
def test_what_does_not_matter_is_no_wish_for_it(text: str) -> None:
    assert said(text) == [("compress", {"quality": "low"})]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("轉做1080p得啦，客人部電話播唔到4K", {"resolution": "1080p"}),
        ("客户电脑看不了4K，给我1080p", {"resolution": "1080p"}),
        ("投影仪不支持4K，转1080p", {"resolution": "1080p"}),
        ("转h264，他那边放不了h265", {"codec": "h264"}),
        ("平板播不了2K的，720p就行", {"resolution": "720p"}),
        ("resize做1280x720就夠", {"width_px": 1280, "height_px": 720}),
    ],
)
def test_what_a_device_cannot_play_is_no_wish(text: str, wanted: dict[str, Any]) -> None:
    assert said(text) == [("compress", wanted)]


@pytest.mark.parametrize(
    ("text", "update"),
    [
        ("放到底部吧，上面挡住山了", {"position": "bottom"}),
        ("挪到右下角，挡住人脸了", {"position": "bottom_right"}),
        ("遮到个头啦，字移下面", {"position": "bottom"}),
        ("颜色换成黄的，白色看不清", {"color": "#FFFF00"}),
    ],
)
def test_what_is_hidden_or_not_seen_is_a_reason(text: str, update: dict[str, Any]) -> None:
    assert said(text, TITLE) == [("update", {"target": "t1", "set": update})]


@pytest.mark.parametrize(
    ("text", "amount"), [("字太小了，我老花眼看不清", "large"), ("标题大一点，我妈看不清", "small")]
)
def test_who_cannot_read_a_title_wants_no_sharper_picture(text: str, amount: str) -> None:
    nudge = {"target": "t1", "param": "size", "direction": "up", "amount": amount}
    assert said(text, TITLE) == [("nudge", nudge)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("降噪，跟著導出", ["denoise_audio", "export"]),
        ("倒放，跟住转做竖屏", ["reverse", "reframe"]),
        ("剪走头5秒，跟住加字幕条“早晨”", ["cut", "add_text"]),
        ("给脸打码，跟住人走", ["out_of_scope"]),
        ("帮我auto生成中文caption", ["auto_captions"]),
        ("auto gen個中文字幕", ["auto_captions"]),
        ("把右上角的车牌挡住了就行", ["blur_region"]),
    ],
)
def test_then_and_following_about(text: str, wanted: list[str]) -> None:
    assert [op for op, _ in said(text)] == wanted


@pytest.mark.parametrize(
    ("text", "place"),
    [("标题写“洱海边的一天”，放中间", "center"), ("写个标题“开工”，放在底部", "bottom")],
)
def test_a_title_is_placed_by_a_clause_of_its_own(text: str, place: str) -> None:
    found = interpret(text)
    assert found.commands[0]["params"]["position"] == place and not found.unheard


RATES = after("gif", start_s=2, end_s=5)
LINES = {
    **title("点击下单"),
    "elements": [
        {"id": "t1", "type": "text", "text": "全场五折", "position": "top", "start_s": 0.0},
        {"id": "t2", "type": "text", "text": "点击下单", "position": "bottom", "start_s": 0.0},
    ],
}
SWAPPED = {"clips": LESSONS["clips"][:2], "last_ops": [{"op": "reorder", "params": {"order": ["c2", "c1"]}}]}


@pytest.mark.parametrize(
    ("context", "text", "wanted"),
    [
        (TITLE, "只要前5秒出现就够了", [("update", {"target": "t1", "set": {"start_s": 0.0, "end_s": 5.0}})]),
        (BARE, "只要前5秒", [("trim", {"start_s": 0.0, "end_s": 5.0})]),
        (RATES, "gif太大，限制在2M", [("gif", {"start_s": 2, "end_s": 5, "max_size_bytes": 2_000_000})]),
        (RATES, "太大了，压到2M", [("gif", {"start_s": 2, "end_s": 5, "max_size_bytes": 2_000_000})]),
        (RATES, "gif宽度改320，fps 15", [("gif", {"start_s": 2, "end_s": 5, "fps": 15.0, "width_px": 320})]),
        (LINES, "五折那行改红色", [("update", {"target": "t1", "set": {"color": "#FF0000"}})]),
        (LINES, "五折那行从第3秒开始，下面那行不动", [("update", {"target": "t1", "set": {"start_s": 3.0}})]),
        (SWAPPED, "两段顺序还是换回来", [("undo", {})]),
        (
            after("compress", codec="av1"),
            "revert上一步，改用vp9",
            [("undo", {}), ("compress", {"codec": "vp9"})],
        ),
    ],
)
def test_turns_on_the_last_one(context: dict[str, Any], text: str, wanted: list[tuple[str, dict[str, Any]]]) -> None:
    assert said(text, context) == wanted


def test_cantonese_asks_whether_it_is_good() -> None:
    nudge = {"target": "i1", "param": "opacity", "direction": "down", "amount": "small"}
    assert said("淡啲好唔好", LOGO) == [("nudge", nudge)]
