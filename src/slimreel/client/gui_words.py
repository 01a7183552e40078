"""Translates what a server says as if a person sat at a screen of buttons, which a terminal and an agent do not have.

Each sentence of that kind becomes one that can be followed here, and a name for what it asks of the client. All other
sentences stay letter by letter. Pure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from slimreel.client.sentences import language_of, sentence

Action = Literal["export", "state", "timeline", "say", "credits", "upload"]

# Where a sentence ends; the marks stay with it.
_ENDS = re.compile(r"(?<=[.!?])(?=\s)|(?<=[。！？；])|(?<=\n)")
_PRESS = r"(?:click|double-click|right-click|tap|press|hit)(?:ing)?"
_PLACE = (
    r"(?:panel|tab|menu|editor|timeline|library|inspector|sidebar|toolbar|window|dialog|page|settings|properties|"
    r"button|icon|workspace|project|browser|preview)"
)
_EN_PRESSED = re.compile(
    rf"(?<!the )(?<!a )\b{_PRESS}\b(?! (?:sound|track|noise|removal))|\b(?:button|icon) (?:in|on|at|below|above)\b",
    re.IGNORECASE,
)
_EN_OPEN = re.compile(
    rf"\b(?:re)?open(?:ing)?\b[^.!?]*\b{_PLACE}\b|\bgo to (?:the|your)\b[^.!?]*\b{_PLACE}\b", re.IGNORECASE
)
_EN_DRAG = re.compile(
    r"\bdrag(?:ging)?\b(?! (?:race|queen|show))|\bdrag[ -]and[ -]drop\b|\bdrop (?:it|them|the \w+"
    r"|your \w+) (?:on|in|into|onto)\b",
    re.IGNORECASE,
)
_EN_PREVIEW = re.compile(
    r"\bpreview\b[^.!?]*\b(?:timeline|player|panel|window|workspace)\b|\b(?:timeline|player) preview\b"
    r"|\b(?:check|see|view|look at)\b[^.!?]*\b(?:on|in) (?:the|your) (?:timeline|preview|player)\b",
    re.IGNORECASE,
)
_EN_EXPORT = re.compile(
    r"(?:^|[,;:]\s*|\b(?:to|can|then|now|please|and|just|simply|select|choose|use|hit"
    r"|the)\s+)[\"'“*]*export(?:ing)?\b(?!ed|s\b)",
    re.IGNORECASE,
)
_EN_ACCOUNT = re.compile(
    r"\b(?:your|the|to|in|visit) (?:\w+ )?(?:account|billing|subscription)\b[^.!?]*\b(?:page|settings"
    r"|section|menu|tab|area|dashboard)\b"
    r"|\bbilling\b|\baccount (?:page|settings|menu)\b",
    re.IGNORECASE,
)
_EN_UPLOAD = re.compile(r"\b(?:upload|import|add media|browse)\b", re.IGNORECASE)
_EN_EXPORTED = re.compile(r"\b(?:export|download|save)\b", re.IGNORECASE)
_EN_WATCH = re.compile(r"\b(?:play|preview|timeline|watch)\b", re.IGNORECASE)

_ZH_PRESSED = re.compile("点击|单击|双击|点按|点一下|轻触|按下|按钮|右键")
_ZH_OPEN = re.compile("打开|进入(?:.{0,8})(?:面板|页面|菜单|编辑器|界面|设置)")
_ZH_DRAG = re.compile("拖拽|拖动|拖放|拖到|拖入|拖进")
_ZH_PREVIEW = re.compile(
    "在?(?:时间线|时间轴|播放器|预览窗口?)(?:上|里|中)?(?:.{0,4})(?:预览|查看)|预览.{0,6}(?:时间线|时间轴|窗口)"
)
_ZH_EXPORT = re.compile(
    "(?:^|[，,：:、可请来行后以]|选择|点击|即可|直接|进行|需要|然后|就能)[“\"'「]?(?:导出|汇出)(?!了|成功|完成|完毕)"
)
_ZH_ACCOUNT = re.compile("(?:账户|账号|帐户|账单|订阅|计费)(?:.{0,6})(?:页|设置|中心|面板|界面)|充值页|账单")
_ZH_UPLOAD = re.compile("上传|导入")
_ZH_EXPORTED = re.compile("导出|下载")
_ZH_WATCH = re.compile("播放|预览|时间线|时间轴")


@dataclass(frozen=True, slots=True)
class Translation:
    """What a person reads, and what the server asks of a hand that is not there."""

    text: str
    actions: tuple[Action, ...] = ()


def translate(text: str, language: str | None = None) -> Translation:
    """Never longer in sentences than it was: what is said twice is said once."""
    spoken = language or language_of(text)
    kept: list[str] = []
    actions: list[Action] = []
    for part in _ENDS.split(text):
        action = _action(part)
        if action is None:
            kept.append(part)
        elif action not in actions:
            actions.append(action)
            lead = part[: len(part) - len(part.lstrip())]
            tail = "\n" if part.endswith("\n") else ""
            kept.append(lead + sentence(f"gui_{action}", spoken) + tail)
    return Translation("".join(kept).strip() if actions else text, tuple(actions))


def _action(part: str) -> Action | None:
    if language_of(part) == "zh":
        return _chinese(part)
    if _EN_ACCOUNT.search(part):
        return "credits"
    if _EN_EXPORT.search(part):
        return "export"
    if _EN_PREVIEW.search(part):
        return "timeline"
    if _EN_DRAG.search(part):
        return "upload" if _EN_UPLOAD.search(part) else "say"
    if _EN_PRESSED.search(part):
        return _pressed(part, _EN_EXPORTED, _EN_UPLOAD, _EN_WATCH)
    return "state" if _EN_OPEN.search(part) else None


def _chinese(part: str) -> Action | None:
    if _ZH_ACCOUNT.search(part):
        return "credits"
    if _ZH_EXPORT.search(part):
        return "export"
    if _ZH_PREVIEW.search(part):
        return "timeline"
    if _ZH_DRAG.search(part):
        return "upload" if _ZH_UPLOAD.search(part) else "say"
    if _ZH_PRESSED.search(part):
        return _pressed(part, _ZH_EXPORTED, _ZH_UPLOAD, _ZH_WATCH)
    return "state" if _ZH_OPEN.search(part) else None


def _pressed(part: str, export: re.Pattern[str], upload: re.Pattern[str], watch: re.Pattern[str]) -> Action:
    """What pressing something would have done."""
    if export.search(part):
        return "export"
    if upload.search(part):
        return "upload"
    return "timeline" if watch.search(part) else "say"
