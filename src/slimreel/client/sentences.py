"""The sentences that the client says itself, in English and Chinese; and which language a text is in."""

from __future__ import annotations

import re

_CHINESE = re.compile("[\u4e00-\u9fff]")

_ENGLISH = {
    "still_working": "Still working…",
    "new_session": "The project is no longer known there, so a new one was begun. Files have to be uploaded again.",
    "resumed": "The connection broke; it goes on.",
    "looking": "The connection broke. Looking what became of it…",
    "unchanged": "Nothing changed on the timeline.",
    "done_silently": "Done: {changes}",
    "track_added": "{name} was added.",
    "track_gone": "{name} was removed.",
    "part_added": "{name}: {title} was added.",
    "part_gone": "{name}: {title} was removed.",
    "part_length": "{name}: {title} is {after} s long now, before {before} s.",
    "part_changed": "{name}: {title} was changed.",
    "length": "It is {after} s long now, before {before} s.",
    "frame": "The picture is {after} now, before {before}.",
    "settings": "Settings of the result were changed.",
    "timeline": "Timeline ({count} tracks): {tracks}",
    "timeline_one": "Timeline (1 track): {tracks}",
    "timeline_empty": "There is nothing on the timeline yet.",
    "between": ", ",
    "gap": " ",
    "quoted": '"{text}"',
    "video": "Video",
    "audio": "BGM",
    "voice": "Voice",
    "text": "Title",
    "subtitles": "Subtitles",
    "overlay": "Picture",
    "blur": "Blur",
    "track": "Track",
    "gui_export": 'To get the finished file, say "export".',
    "gui_state": "What is there now is shown below.",
    "gui_timeline": "What the timeline holds now is shown below.",
    "gui_say": 'Say what should be changed, for example "cut the first 3 seconds".',
    "gui_credits": 'To see what is left, say "credits".',
    "gui_upload": "To add a file, name its path.",
    "register": "Register to go on: {link}",
    "top_up": "Top up credits in your account.",
}
_IN_CHINESE = {
    "still_working": "还在处理…",
    "new_session": "服务器上已经没有这个项目了，所以新建了一个。文件需要重新上传。",
    "resumed": "连接断开过，现在继续。",
    "looking": "连接断开了，正在查看结果…",
    "unchanged": "时间线没有变化。",
    "done_silently": "完成：{changes}",
    "track_added": "添加了{name}。",
    "track_gone": "去掉了{name}。",
    "part_added": "{name}：添加了{title}。",
    "part_gone": "{name}：去掉了{title}。",
    "part_length": "{name}：{title}现在长 {after} 秒，原来 {before} 秒。",
    "part_changed": "{name}：修改了{title}。",
    "length": "现在总长 {after} 秒，原来 {before} 秒。",
    "frame": "画面现在是 {after}，原来是 {before}。",
    "settings": "修改了成片的设置。",
    "timeline": "时间线（{count} 条轨道）：{tracks}",
    "timeline_one": "时间线（1 条轨道）：{tracks}",
    "timeline_empty": "时间线上还什么都没有。",
    "between": "，",
    "gap": "",
    "quoted": "“{text}”",
    "video": "视频",
    "audio": "背景音乐",
    "voice": "配音",
    "text": "标题",
    "subtitles": "字幕",
    "overlay": "图片",
    "blur": "模糊",
    "track": "轨道",
    "gui_export": "要拿到成片，请说“导出”。",
    "gui_state": "现在的内容见下面。",
    "gui_timeline": "时间线现在的内容见下面。",
    "gui_say": "想改什么请直接说，例如“剪掉前3秒”。",
    "gui_credits": "想知道还剩多少，请说“积分”。",
    "gui_upload": "要添加文件，请给出它的路径。",
    "register": "注册后可以继续：{link}",
    "top_up": "请在账户里充值积分。",
}
SENTENCES = {"en": _ENGLISH, "zh": _IN_CHINESE}


def language_of(text: str) -> str:
    """ "zh" where a Chinese letter stands in it, else "en"."""
    return "zh" if _CHINESE.search(text) else "en"


def sentence(key: str, language: str, /, **fields: object) -> str:
    table = SENTENCES.get(language[:2].lower(), _ENGLISH)
    return table[key].format(**fields) if fields else table[key]
