"""Which of what a user says needs no conversation: export, credits, status, upload. All else goes to the chat.

Judged on the whole request: "export" is one, "roll the credits at the end" and "smaller for upload" are edits. Pure.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

Route = Literal["export", "credits", "state", "upload", "say"]

# What may stand around a request without changing it.
_POLITE = re.compile(
    r"^(?:(?:hi|hey|hello|ok(?:ay)?|alright|great|perfect|good|nice|cool|looks? good|thanks|thank you|thx"
    r"|now|then|so|and|"
    r"please|pls|plz|just|finally|could you|can you|would you|will you|can i|could i|may i|i(?:'d"
    r"| would) like(?: you)?"
    r"(?: to)?|i want(?: you)?(?: to)?|i need(?: you)?(?: to)?|let's|lets|go ahead and|time to|ready to"
    r"|that's it|done)"
    r"(?:\b[ ,.!:;-]*))+|"
    r"(?:[ ,.!?;:-]*\b(?:please|pls|plz|now|thanks|thank you|thx|for me|right now|again|already|then|ok"
    r"|okay))+[ .!?]*$"
)
_ZH_POLITE = re.compile(
    "^(?:请问|请|麻烦你?|帮我|帮忙|给我|好的?|可以了?|那么?|现在|然后|就|我想要?|我要|想要?|能不能|能否"
    "|可不可以|[，,。！ ])+|"
    "(?:吧|吗|呢|了|啊|呀|一下|谢谢|好吗|可以吗|[。！？?!，,~ ])+$"
)
_IT = (
    r"(?:it|that|this|them|all|everything|(?:the|my|this|that|a|final|finished|edited|compressed|whole|new"
    r"|result(?:ing)?|"
    r"all|these|those|both|of)(?: (?:the|my|final|finished|edited|compressed|whole|new|result(?:ing)?|of))*"
    r"(?: (?:video|videos|file|files|clip|clips|movie|film|result|results|project|mp4|cut|version|edit))?|"
    r"(?:video|videos|file|files|clip|clips|movie|film|result|results|project|mp4))"
)
_TO = (
    r"(?:(?: (?:to|as|into|in|called|named) (?!mp4$)?[\"']?[\w .~/\\:-]*\.(?:mp4|mov|mkv|webm)[\"']?)"
    r"|(?: (?:to|on) (?:my |the )?(?:computer|disk|phone|desktop|machine|device|folder|pc|laptop))"
    r"|(?: (?:as|to|in) (?:an? )?mp4(?: file)?))?"
)
_EXPORT = re.compile(
    rf"(?:export|download|save|render|re-?export|fetch)(?: {_IT})?{_TO}"
    rf"|(?:send|give|get|hand|show|deliver)(?: me| us)? {_IT}(?: to me| over)?{_TO}(?<!show me it)(?<!show me that)"
    r"|(?:start|run|do|begin|make)(?: the| an)? (?:export|download|render)"
    r"|where(?: is|'s) (?:my|the) (?:video|file|download|result|export)"
    r"|(?:export|download|save)[ :]+[\"']?[\w .~/\\-]+\.(?:mp4|mov|mkv|webm)[\"']?"
)
_ZH_OBJECT = (
    "(?:它|他|这个|这些|那个|全部|所有|最终|最后"
    "|成品|结果|做好|压好|剪好|完成|的|视频|影片|文件|成片|片子|作品|版本|项目)*"
)
_ZH_EXPORT = re.compile(
    f"(?:导出|汇出|下载|保存|存下来|另存){_ZH_OBJECT}(?:到本地|到电脑|到手机|下来|出来|成?mp4|为mp4)?"
    f"|把{_ZH_OBJECT}(?:导出|汇出|下载|保存|存)(?:到本地|到电脑|下来|出来|来|成?mp4)?"
    f"|(?:把)?{_ZH_OBJECT}(?:发|传|给|交)(?:给)?我"
    f"|{_ZH_OBJECT}(?:发来|发过来|在哪里?|在哪儿)|开始(?:导出|下载|渲染)|(?:导出"
    f"|保存)[为到：: ]*[\\w.~/-]+\\.(?:mp4|mov|mkv|webm)"
)
_REST = r"(?:(?! (?:and|then|also)\b)[^,;.!?])*"  # of one request: what more is asked is for the chat
_CREDITS = re.compile(
    r"(?:my |the )?(?:remaining )?(?:credits?|balance|credit balance)(?: (?:left|balance|remaining|status"
    r"|info|please))?"
    r"|(?:show|check|see|get|tell|what(?: is|'s)|how(?: is|'s)|view|display)(?: me)?(?: my"
    r"| the)?(?: remaining| current| account)?"
    r" (?:credits?|balance|credit balance|account balance)(?: left| balance| remaining)?"
    rf"|how (?:many|much)(?: more)? (?:credits?|balance)(?: (?:do|did|have|are|is|does)\b{_REST})?"
    r"|(?:do|have) i (?:still )?(?:have|got) (?:any |enough )?credits?(?: left)?|(?:any|enough) credits? left"
    r"|what (?:credits?|balance) (?:do i have|is left|are left)(?: left)?"
)
_ZH_CREDITS = re.compile(
    "(?:查询?|看看?|显示|告诉我)?(?:我|账户|帐户|的|现在|目前|还|剩余|剩下|剩|当前|有|多少|几个)*(?:积分|余额|点数)"
    "(?:的|还|剩|剩余|剩下|有|多少|是|够|不够|用|几个|查询|情况|余额|吗)*"
)
_STATE = re.compile(
    rf"(?:the |my |project |current |timeline )?(?:status|state)(?: (?:of|update|report){_REST})?"
    r"|(?:show|list|display|see|view|check|print|what(?: is|'s| are)|give me|tell me)(?: me| us)?"
    r"(?: my| the| all| current| project(?:'s)?)* (?:tracks?|timeline|status|state|project"
    r"|draft)(?: (?:status|summary|now|look like|looks like))?"
    r"|what(?: is|'s)? (?:is )?(?:currently )?(?:on|in) (?:the|my) (?:timeline|project|track)s?|timeline|tracks"
    r"|how(?: is|'s) (?:it|the (?:project|render|export|video)) (?:going|doing|coming along)"
    r"|where are we|what(?: have| has)? (?:we got|been done)(?: so far)?"
)
_ZH_STATE = re.compile(
    "(?:查看|看看?|显示|列出|告诉我|展示|查)?(?:我|项目|视频|当前|现在|目前|所有|全部|的|是|什么|一下)*"
    "(?:状态|轨道|时间线|时间轴|进度)(?:的|是|怎么样|怎样|如何|什么样|什么|上|里|有|现在|内容|情况|到哪了|列表)*"
)
_UPLOAD = re.compile(
    rf"(?:upload|add|import|send)(?: (?:a|an|another|one more|some|more|new|other))*(?: new)?(?: {_IT})?"
    r"(?: (?:file|files|video|videos|clip|clips|media|footage))?(?: here)?|(?:i|we) (?:have"
    r"|want to add) (?:a|another) (?:file|video|clip)"
)
_ZH_UPLOAD = re.compile(
    "(?:上传|传)(?:一个|一段|新的?|另一?个|几个|我的|这个)*(?:文件|视频|素材|片段|影片)?|(?:传|添加"
    "|加)(?:一个|一段|新的?|另一?个)+(?:文件|视频|素材)"
)
_ADDED_ONLY = re.compile(r"(?:add|send|import)(?: (?:it|that|this|them|all|everything))?")


def route(text: str) -> Route:
    """Where a request goes. Never raises."""
    plain = " ".join(unicodedata.normalize("NFKC", text).replace("’", "'").split())
    lower = plain.lower()
    if re.search("[\u4e00-\u9fff]", lower):
        return _chinese(_stripped(lower, _ZH_POLITE))
    core = _stripped(lower, _POLITE).strip(" .!?,;:\"'")
    if not core:
        return "say"
    for name, pattern in _ENGLISH:
        if pattern.fullmatch(core):
            return "say" if name == "upload" and _ADDED_ONLY.fullmatch(core) else name
    return "say"


def _chinese(core: str) -> Route:
    for name, pattern in _CHINESE:
        if core and pattern.fullmatch(core):
            return name
    return "say"


_ENGLISH: tuple[tuple[Route, re.Pattern[str]], ...] = (
    ("credits", _CREDITS),
    ("state", _STATE),
    ("export", _EXPORT),
    ("upload", _UPLOAD),
)
_CHINESE: tuple[tuple[Route, re.Pattern[str]], ...] = (
    ("credits", _ZH_CREDITS),
    ("state", _ZH_STATE),
    ("export", _ZH_EXPORT),
    ("upload", _ZH_UPLOAD),
)


def _stripped(text: str, polite: re.Pattern[str]) -> str:
    while (shorter := polite.sub("", text).strip()) != text:
        text = shorter
    return text
