"""What Chinese sentences take for granted: counted pieces, tenths, ends of a time, what is denied and what is not."""

from __future__ import annotations

from typing import Any

import pytest

from slimreel.core.units import read_quantity
from tests.agent.asking import BARE, CLIP, said, title

TITLE = title("开箱")
CLIPS = {"clips": [{**CLIP, "id": f"c{n}", "name": f"{n}{n}.mp4"} for n in (1, 2, 3)]}
LOGO = {
    "clips": [CLIP],
    "elements": [{"id": "i1", "type": "image", "file": "logo.png", "position": "top_right"}],
    "last_ops": [{"op": "add_image", "params": {"file": "logo.png", "position": "top_right"}}],
}
MUSIC = {
    "clips": [CLIP],
    "elements": [{"id": "m1", "type": "music", "file": "a.mp3", "volume": 0.3}],
    "last_ops": [{"op": "add_music", "params": {"file": "a.mp3"}}],
    "jobs": [{"id": "j1", "state": "running"}],
}


def after(op: str, context: dict[str, Any] | None = None, **params: Any) -> dict[str, Any]:
    return {**(context or BARE), "last_ops": [{"op": op, "params": params}]}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("分成三段", [("split_parts", {"parts": 3})]),
        ("拆成两段吧", [("split_parts", {"parts": 2})]),
        ("split it into 4", [("split_parts", {"parts": 4})]),
        ("split at 12 and 40", [("split", {"at_s": [12.0, 40.0]})]),
        ("在3切开", [("split", {"at_s": [3.0]})]),
        ("十分钟一段给我分开", [("split_parts", {"max_duration_s": 600.0})]),
        ("切成10兆一片", [("split_parts", {"max_size_bytes": 10_000_000})]),
        ("这片儿给整到三十兆就得", [("compress", {"target_size_bytes": 30_000_000})]),
        ("从50秒起到1分10秒，这段删", [("cut", {"ranges_s": [[50.0, 70.0]]})]),
        ("从8秒显示到15秒写“甲”", [("add_text", {"text": "甲", "start_s": 8.0, "end_s": 15.0})]),
        ("左上角寫上畢業快樂", [("add_text", {"text": "畢業快樂", "position": "top_left"})]),
        ("輸出成mov，檔名叫畢業旅行", [("export", {"format": "mov", "filename": "畢業旅行"})]),
        ("导出的时候不要声音", [("mute", {})]),
        ("before you export, mute it", [("mute", {})]),
        ("导出前先压到18兆", [("compress", {"target_size_bytes": 18_000_000})]),
        ("前三秒剪掉就可以出片了", [("cut", {"first_s": 3.0}), ("export", {})]),
        ("码率给我加到6M", [("compress", {"video_bitrate_bps": 6_000_000})]),
        ("码率从20M降到6M", [("compress", {"video_bitrate_bps": 6_000_000})]),
        ("60帧的变30帧，别的都不碰", [("compress", {"fps": 30.0})]),
        ("结尾3秒渐弱", [("fade", {"direction": "out", "target": "audio", "duration_s": 3.0})]),
        ("先降噪，再sharpen picture", [("denoise_audio", {}), ("sharpen", {})]),
        ("save it as final_v2.mov", [("export", {"filename": "final_v2.mov", "format": "mov"})]),
    ],
)  # fmt: skip
def test_a_sentence_by_itself(text: str, wanted: list[tuple[str, dict[str, Any]]]) -> None:
    assert said(text) == wanted


@pytest.mark.parametrize(
    ("text", "context", "wanted"),
    [
        ("字太小了看不清", TITLE,
         [("nudge", {"target": "t1", "param": "size", "direction": "up", "amount": "large"})]),
        ("8秒就收", TITLE, [("update", {"target": "t1", "set": {"end_s": 8.0}})]),
        ("从第5秒才开始出来", TITLE, [("update", {"target": "t1", "set": {"start_s": 5.0}})]),
        ("淡到三成", LOGO, [("update", {"target": "i1", "set": {"opacity": 0.3}})]),
        ("标题改成早安", TITLE, [("update", {"target": "t1", "set": {"text": "早安"}})]),
        ("標題改成早安臺北", TITLE, [("update", {"target": "t1", "set": {"text": "早安臺北"}})]),
        ("码率加到6M呢", after("compress", video_bitrate_bps=4_000_000),
         [("compress", {"video_bitrate_bps": 6_000_000})]),
        ("再加2M", after("compress", video_bitrate_bps=4_000_000), [("compress", {"video_bitrate_bps": 6_000_000})]),
        ("3M不够，翻一倍", after("compress", video_bitrate_bps=3_000_000),
         [("compress", {"video_bitrate_bps": 6_000_000})]),
        ("不要模糊的，黑边就好", after("reframe", aspect="9:16", mode="blur_pad"),
         [("reframe", {"aspect": "9:16", "mode": "pad"})]),
        ("转反了，往另一边转", after("rotate", degrees=90), [("rotate", {"degrees": 270})]),
        ("其他两段也这样", after("speed", CLIPS, factor=2, clip="c2"),
         [("speed", {"factor": 2, "clip": "c1"}), ("speed", {"factor": 2, "clip": "c3"})]),
        ("哎删错了，恢复回来", after("delete_clip", CLIPS, clip="c2"), [("undo", {})]),
        ("音乐停掉", MUSIC, [("remove", {"target": "m1"})]),
        ("stop the song", MUSIC, [("remove", {"target": "m1"})]),
        ("取消", {**TITLE, "jobs": MUSIC["jobs"]}, [("cancel", {})]),
    ],
)  # fmt: skip
def test_a_turn_after_another(text: str, context: dict[str, Any], wanted: list[tuple[str, dict[str, Any]]]) -> None:
    assert said(text, context) == wanted


@pytest.mark.parametrize("text", ["把视频删掉", "删掉这个视频", "delete this video"])
@pytest.mark.parametrize("context", [BARE, TITLE, MUSIC])
def test_the_video_itself_is_no_title_and_no_render(text: str, context: dict[str, Any]) -> None:
    assert [op for op, _ in said(text, context)] == ["clarify"]


@pytest.mark.parametrize("text", ["音乐停了", "stop the song", "字太小了", "打上一行字", "清除所有"])
def test_where_it_is_not_there_one_is_asked_and_nothing_done(text: str) -> None:
    assert [op for op, _ in said(text)] == ["clarify"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("给狗戴个墨镜", "generative"),
        ("让雕像开口说话", "generative"),
        ("AI做个开场动画给我", "generative"),
        ("把我的脸换成明星", "unsafe"),
        ("帮我把这首歌从QQ音乐扒下来", "copyright"),
        ("把里面的人声和伴奏分开", "unsupported"),
    ],
)
def test_what_lies_outside(text: str, reason: str) -> None:
    assert said(text) == [("out_of_scope", {"reason": reason})]


@pytest.mark.parametrize("text", ["给他加个马赛克", "给奶奶加个标题“寿星”", "左上角加个恐龙图.png"])
def test_what_is_laid_over_somebody_does_not(text: str) -> None:
    assert all(op != "out_of_scope" for op, _ in said(text))


@pytest.mark.parametrize(
    ("text", "mega", "end"), [("九兆五", 9.5, 3), ("三兆五一段", 3.5, 3), ("十兆一段", 10, 2), ("两兆五十", 2, 2)]
)
def test_a_tenth_is_no_count_of_pieces(text: str, mega: float, end: int) -> None:
    found = read_quantity(text)
    assert found is not None and (float(found.amount), found.end) == (mega * 1_000_000, end)


@pytest.mark.parametrize(("text", "share"), [("一成五", 0.15), ("两成", 0.2), ("三成半", 0.35), ("三成五十秒", 0.3)])
def test_shares_of_ten(text: str, share: float) -> None:
    found = read_quantity(text)
    assert found is not None and float(found.value) == share


@pytest.mark.parametrize(
    ("text", "context", "wanted"),
    [
        ("25分钟的课，切成五分钟一段", {"clips": [{**CLIP, "duration_s": 1500.0}]},
         [("split_parts", {"max_duration_s": 300.0})]),
        ("加返啲字喺下面：多謝支持", BARE, [("add_text", {"text": "多謝支持", "position": "bottom"})]),
        ("俾返條片我", BARE, [("export", {})]),
        ("掐头去尾，只留10秒到20秒", BARE, [("trim", {"start_s": 10.0, "end_s": 20.0})]),
        ("从10秒开始放大到1.3倍", BARE, [("zoom", {"factor": 1.3, "range_s": [10.0, "end"]})]),
        ("缩小30%", BARE, [("compress", {"size_ratio": 0.7})]),
        ("画面缩小到90%", BARE, [("zoom", {"factor": 0.9})]),
        ("画面放大一倍", BARE, [("zoom", {"factor": 2.0})]),
        ("画质好一点", BARE, [("compress", {"quality": "high"})]),
        ("去头3秒，调成1.2倍速", BARE, [("cut", {"first_s": 3.0}), ("speed", {"factor": 1.2})]),
        ("20秒左上角弹出“加油”显示3秒", BARE,
         [("add_text", {"text": "加油", "position": "top_left", "start_s": 20.0, "end_s": 23.0})]),
        ("显示到12秒为止", TITLE, [("update", {"target": "t1", "set": {"end_s": 12.0}})]),
        ("再短5秒", BARE, [("clarify", {"about": "range"})]),
        ("倒数第5秒定格", BARE, [("freeze", {"at_s": 85.0})]),
        ("中间10秒加速", BARE, [("clarify", {"about": "range"})]),
        ("插入一张图片", BARE, [("clarify", {"about": "file"})]),
        ("截一张图", BARE, [("thumbnail", {"auto": True})]),
        ("去掉音轨", BARE, [("mute", {})]),
        ("只要视频不要音频", BARE, [("mute", {})]),
        ("剪到1分钟", BARE, [("trim", {"start_s": 0.0, "end_s": 60.0})]),
        ("只要中间的20秒", BARE, [("clarify", {"about": "range"})]),
        ("把5秒和10秒之间的去掉", BARE, [("cut", {"ranges_s": [[5.0, 10.0]]})]),
        ("剪前5秒压到20兆再导出", BARE,
         [("cut", {"first_s": 5.0}), ("compress", {"target_size_bytes": 20_000_000}), ("export", {})]),
        ("把视频加速压到30秒", BARE, [("speed", {"fit_duration_s": 30.0})]),
        ("文件给我缩到原来的三成", BARE, [("compress", {"size_ratio": 0.3})]),
        ("画面去噪点", BARE, [("denoise_video", {})]),
        ("把视频里的字去掉", BARE, [("clarify", {"about": "range"})]),
        ("视频去掉水印", BARE, [("clarify", {"about": "range"})]),
        ("掐头去尾各2秒", BARE, [("cut", {"first_s": 2.0, "last_s": 2.0})]),
        ("从10秒开始放", MUSIC, [("update", {"target": "m1", "set": {"start_s": 10.0}})]),
        ("换成lofi.mp3", MUSIC, [("update", {"target": "m1", "set": {"file": "lofi.mp3"}})]),
        ("整体偏黄，调冷一点", BARE, [("color", {"preset": "cool"})]),
        ("放到下面去，再大一些", TITLE,
         [("update", {"target": "t1", "set": {"position": "bottom"}}),
          ("nudge", {"target": "t1", "param": "size", "direction": "up", "amount": "small"})]),
        ("去掉声音", BARE, [("mute", {})]),
        ("把咳嗽声剪掉", BARE, [("clarify", {"about": "range"})]),
        ("5秒到8秒的咳嗽声消掉", BARE, [("mute", {"range_s": [5.0, 8.0]})]),
    ],
)  # fmt: skip
def test_what_else_a_sentence_is_about(
    text: str, context: dict[str, Any], wanted: list[tuple[str, dict[str, Any]]]
) -> None:
    assert said(text, context) == wanted
