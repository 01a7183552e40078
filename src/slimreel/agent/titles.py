"""Finds the text of a title that stands in a request without quotation marks ("saying WAIT FOR IT", 写上记得关注).

Works on the text before it is normalized, and knows no pieces.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import SequenceMatcher

from slimreel.agent.literals import Kind, Literal, Taken
from slimreel.agent.normalize import lower, normalize, simplified
from slimreel.agent.words import texts, word_at, words

_PLACES = "(?:top|bottom|left|right|center|centre|middle|upper|lower)"
_COLORS = "white|red|yellow|blue|black|green|orange|pink|purple|gold"
_EDITS = "make|cut|trim|add|put|compress|export|fade|mute|remove|rotate|crop"
# What a title's text ends before: a time, a place, a colour or size, a mark, the next wish.
_END = "|".join(
    (
        r"\s+(?:from|at|for|until|till|between)\s+(?:the\s+)?(?:first\s+|last\s+)?[0-9]",
        rf"\s+(?:at|in|on|to)\s+(?:the\s+)?{_PLACES}\b",
        r"\s+(?:across|along)\s+the\s+",
        rf"\s+in\s+(?:{_COLORS}|big|small|bold|large)\b",
        rf"\s+(?:{_PLACES})\b",
        r"\s*(?:,(?![0-9])|[;。，；\n])",
        rf"\s+(?:and|then)\s+(?:then\s+)?(?:{_EDITS})\b",
        r"\s+for\s+the\s+",
        r"[.!]?\s*$",
    )
)
_TEXT = rf"(?=[^\s\ue000-\uf8ff])(.{{1,120}}?)(?={_END})"
_ZH_TEXT = r"([^，。；,;\s\ue000-\uf8ff]{1,40})"
_NOT_HE = r"(?<!i'm )(?<!im )(?<!is )(?<!are )(?<!i am )(?<!was )"  # "the guy is saying" is no title
_SAID = (
    "saying|says|that says|which says|reading|that reads|that say|spelling out|with the words|with the text|"
    "should say|must say|to say|say"
)
_SAYING = re.compile(rf"{_NOT_HE}\b(?:{_SAID})[:\s]+{_TEXT}", re.IGNORECASE)
_WRITE = re.compile(
    r"\b(?:write|type|put the words?|add the words?|add the text|put the text|spell out)\s+"
    r"(?!(?:something|some|up|out|a|an|it|this|that|the|in|on|at|text|title|my|me an?|me some|us an?|us some)\b)"
    + _TEXT,
    re.IGNORECASE,
)
# "Put my handle nightowl in the corner": what kind of thing it is, and then itself.
_KIND = "name|number|date|price|handle|website|url|address|phone|score|location|city|slogan|hashtag|e-?mail|id|title"
_NOUNED = re.compile(
    r"\b(?:[Pp]ut|[Aa]dd|[Ss]how|[Dd]isplay|[Ss]tick|[Ww]rite|[Tt]ype|[Pp]lace|[Pp]op) "
    r"(?:(?:my|our|the|his|her|their|a) )?(?:[a-z]+ )?"
    rf"(?:{_KIND}) (?=[A-Z0-9@#$€£+])" + _TEXT
)
_TITLE = "text|title|caption|subtitle|headline|watermark|label|heading|words|banner|lower third|cta"
_COLON = re.compile(rf"\b(?:{_TITLE})\b[^:\n\ue000-\uf8ff]{{0,40}}:\s*(?![0-9]+:){_TEXT}", re.IGNORECASE)
# "Text Breathe in the centre": a strange word with a capital behind the noun, and a place or a mark behind it.
_CAPPED = re.compile(
    r"\b(?:[Tt]ext|[Tt]itle|[Cc]aption|[Ll]abel|[Hh]eadline) (?=[A-Z])"
    r"([A-Z][\w'&!?-]*(?: [A-Z0-9][\w'&!?-]*){0,5})"
    rf"(?=,| (?:at|in|on|for|from|across|along)\b| {_PLACES}\b)"
)
_SHOUTED = re.compile(r"(?<![A-Za-z0-9#])(?:[A-Z][A-Z0-9'&!?]{2,}|[A-Z]{2,})(?:[ ](?:[A-Z0-9'&!?]{1,}))*(?![a-z0-9])")
_KNOWN_CAPS = frozenset(
    """
    MP4 MOV MKV AVI GIF PNG JPG JPEG SRT ASS LUT HDR SDR FPS HEVC AVC AV1 VP9 H264 H265 X264 X265 MB GB KB MBPS KBPS
    HD FHD UHD 4K 2K 8K AAC MP3 WAV FLAC BGM PIP CRF VMAF LUFS DB PX CTA GPU CPU RGB USB DV VHS OK PLS ASAP LMS TV AI
    NLE SSD URL ID TBH WTF LOL FYI EV ISO
    """.split()
)
# 写 before these asks for something to be written that is no title.
_ZH_NOT_A_TITLE = (
    "份|字|错|句slogan|句话|句标语|句口号|句广告|句文案|句祝福|句子|两句|几句|出来|下来|完|好|几个字|点|什么|一段|"
    "个excel|一篇|一首|一封|一份|一个脚本|篇|首|封|诗|作文|代码|脚本|邮件|周报|日报|论文|文案"
)
_ZH_WRITE = (
    "写上|写着|写个|写一句|写一行|打上字(?!幕)|打字(?!机|效果|动画)|内容是|文字是|标题是|标题叫|标题写|文字写|字幕写|上面写|内容为|文案是|"
    rf"打一行|打一句|打出|字是|改成字|名字叫|写(?!{_ZH_NOT_A_TITLE})|打上(?!马赛克|码|水印|字幕|标题|logo)"
)
# 写个主持稿 asks for a text to be thought up.
_THOUGHT_UP = re.compile(
    r"^.{0,12}(?:稿|稿子|文案|脚本|剧本|台词|简历|文章|小说|故事|诗|歌词|检讨|检讨书|申请|报告|总结|方案|计划|信|邮件|作文|论文|代码|程序|段子|祝福|串词|主持词|词|题|"
    r"介绍|简介|评论|影评|书评|日记|心得|感想|教案|公式|speech|essay|script|poem|email|report)(?:吗|吧|呗|啊|呀|呢|么)?$"
)
_ZH_WRITING = re.compile(rf"(?:{_ZH_WRITE})[:：]?\s*(?=[^\s\ue000-\uf8ff:：，。,的成]){_ZH_TEXT}")
_NAME = (
    r"\bnamed|\bcalled|\bcall it|\bname it|\bsave (?:it )?as(?= [A-Za-z0-9]*[_\-0-9])|"
    r"\bexport (?:it )?as(?= [A-Za-z0-9]*[_\-])|under the name|with the name|filename叫|filename is|filename ?=|"
    r"filename|(?:文件|档|档案)名(?:字)?就?叫|名字就叫|文件名是|文件名|命名为|命名成|取名|名字叫"
)
_NAMED = re.compile(rf"(?:{_NAME})[:：]?\s*(?=[^\s\ue000-\uf8ff])([A-Za-z0-9_\-\u4e00-\u9fff]{{1,60}})")
# 标题改成早安北京: what follows is the text, unless it says how the title is to look or where it is to be.
_ZH_CHANGED = re.compile(
    r"(?:标题|文字|文案|片名|大字|小字|字|title|text|caption)(?:内容)?\s*(?:换成|改成|改为|换为|改做|改叫)\s*"
    r"(?=[^\s\ue000-\uf8ff0-9第])"
    r"([A-Za-z][A-Za-z0-9 '&!?]{0,40}[A-Za-z0-9!?](?=\s*(?:[，。；,;]|$))|[^，。；,;\s\ue000-\uf8ff]{1,24})"
)
_ZH_COLON = re.compile(
    r"(?:标题|文字|字幕|水印|文案|加字|大字|小字|出字|打字|字|写)(?:(?:喺|在|放在?)[上下左右中顶底正][部面边方角间央]{0,2})?"
    r"[:：]\s*"
    r"(?=[^\s\ue000-\uf8ff])([^，。；,;\n\ue000-\uf8ff]{1,40})"
)
_FILE_NAMED = re.compile("file|call it|name it|save|export|under the|with the|命名|文件", re.IGNORECASE)
_AMOUNT = re.compile(
    r"[0-9.:\s]+(?:kb|mb|gb|k|m|g|%|sec|seconds|s|fps|p|x)?\b(?! [a-z])|[0-9.]+ ?(?:kb|mb|gb|mbps|kbps)\b",
    re.IGNORECASE,
)
_LENGTH = re.compile(r"[0-9.:]+ ?(?:s|secs?|seconds?|m|mins?|minutes?|%|percent|px)\b", re.IGNORECASE)
_TITLE_WORD = re.compile(
    r"\b(?:text|title|caption|headline|heading|label|words|banner)\b|标题|文字|大字|打字|写", re.IGNORECASE
)
_ZH_TAIL = re.compile(
    r"(?:显示|持续|停留)?[0-9一二两三四五六七八九十半]+秒.*$|(?:放|在)?(?:左|右)?(?:上|下)角.*$|"
    r"(?:白|黄|红|黑|蓝|绿)色.*$|就行$|吧$|就好$|几个字$|这几个字$|四个字$|三个字$|两个字$|字样$"
)


def take_titles(taken: Taken) -> Taken:
    """The literals with unquoted titles among them. Nothing is taken where a quoted text stands already."""
    if any(literal.kind == "QUOTE" for literal in taken.marks.values()):
        return taken
    plain = simplified(taken.text)  # 寫上 is 写上; what is written stays in the characters it came in
    for pattern in (_SAYING, _NOUNED, _WRITE, _COLON, _CAPPED, _ZH_COLON, _NAMED, _ZH_WRITING, _ZH_CHANGED):
        match = pattern.search(plain)
        if match is not None and pattern is _ZH_CHANGED and says_how(match[1]):
            continue
        if match is not None and pattern is _SAYING and not _speaks_of_text(taken.text, match):
            continue
        if match is not None and (_is_text(match[1]) or (pattern is _NOUNED and not _LENGTH.match(match[1]))):
            said = taken.text[match.start(1) : match.end(1)]
            if pattern is _CAPPED and all(lower(one) in words() for one in said.split()):
                continue
            if pattern is _ZH_WRITING and match[0].startswith("写") and _THOUGHT_UP.match(match[1]):
                continue
            date = _DATE.match(taken.text, match.start(1))
            said = date[0] if date is not None and len(date[0]) > len(said) else said
            capitals = _SHOUTED.match(taken.text, match.start(1))
            if pattern is _WRITE and capitals is not None and len(capitals[0]) > len(said):
                said = capitals[0]  # "write OPEN TILL 10 at the top": "till" ends no text in capitals
            if pattern in (_ZH_WRITING, _ZH_COLON, _ZH_CHANGED):
                said = said[: len(_ZH_TAIL.sub("", match[1]))] or said
            if pattern is _NOUNED:  # what kind of thing it is has been used
                kind_at = taken.text.rindex(" ", 0, match.start(1) - 1) + 1
                return _taken(taken, kind_at, match.start(1) + len(said), said)
            kind: Kind = "NAME" if pattern is _NAMED and _FILE_NAMED.search(match[0]) else "QUOTE"
            return _taken(taken, match.start(1), match.start(1) + len(said), said, kind)
    dated = _DATE.search(taken.text) if _TITLE_WORD.search(taken.text) or _STAMPED.search(taken.text) else None
    dated = dated or (_PHONE.search(taken.text) if _PUTTING.search(taken.text) else None)
    if dated is not None:
        return _taken(taken, dated.start(), dated.end(), dated[0])
    shouted = _shouted(taken.text)
    if shouted is not None:
        return _taken(taken, shouted.start(), shouted.end(), shouted[0])
    return taken


_BECOMES = r"\s*(?:这行字|这几个字|那几个字|那行字|的字)?(?:要|得)?(?:改成|换成|改为|换为|应该是|改|换)\s*"


def retitled(text: str, titles: Mapping[str, str]) -> tuple[str, str] | None:
    """第三期改成第四期: the id of a title of the session that is said in its own words, and what it is to say instead.
    `titles` are words by id."""
    plain = simplified(text)
    if (like := _like_the_title(plain, titles)) is not None:
        return like
    for target, title in titles.items():
        led = (
            re.match(rf"\s*(?:请|帮我|麻烦)?(?:把|将)?\s*{re.escape(simplified(title))}{_BECOMES}", plain)
            if len(title) > 1
            else None
        )
        new = text[led.end() :].strip().strip("“”\"'「」。，吧") if led else ""
        if not led and (changed := _part_changed(plain, title, titles)) is not None:
            return target, changed
        if new and len(new) <= 40 and not re.search(r"[，。；,;\n]", new) and not says_how(new):
            return target, new
    return None


def _like_the_title(plain: str, titles: Mapping[str, str]) -> tuple[str, str] | None:
    """改第四课, where a title says 第三课: what is most like the title is what it is to say."""
    match = re.fullmatch(r"\s*(?:改|换|改成|换成|改为)\s*([^，。；,;\s]{2,16}?)(?:吧|呗|啊)?[。.]?\s*", plain)
    if match is None or match[1].isascii() or says_how(match[1]):
        return None
    new = match[1]
    like = [
        (target, new)
        for target, title in titles.items()
        if title != new and len(title) == len(new) and SequenceMatcher(None, simplified(title), new).ratio() >= _LIKE
    ]
    return like[0] if len(like) == 1 else None


_LIKE = 0.6


def _part_changed(plain: str, title: str, titles: Mapping[str, str]) -> str | None:
    """满月改成百天, where one title says 满月快乐: the title with that part of it changed."""
    match = re.fullmatch(
        r"\s*(?:请|帮我|麻烦)?(?:把|将)?\s*([^，。；,;\s]{2,12}?)(?:这[两二三几]个字|二字)?"
        r"(?:改成|换成|改为|换为|改|换)\s*([^，。；,;\s]{1,20}?)(?:吧|呗|啊)?[。.]?\s*",
        plain,
    )
    shown = simplified(title)
    if match is None or shown.count(match[1]) != 1 or shown == match[1] or says_how(match[2]):
        return None
    others = [one for one in titles.values() if match[1] in simplified(one)]
    return (
        shown.replace(match[1], match[2].strip("“”\"'「」")) if len(others) == 1 and len(shown) == len(title) else None
    )


def says_how(said: str) -> bool:
    """Does it say how a title is to look, where or when? Then it is no text."""
    small = lower(normalize(said))
    return any(
        (found := word_at(small, at)) is not None and found[0].means & _HOW and (at == 0 or found[1] > at + 1)
        for at in range(len(small))
    ) or small.startswith(("大", "小", "中", "粗", "细", "另", "别", "新", "这", "那", "我", "你"))


_HOW = frozenset(
    "POSITION COLOR bigger smaller up down boldword boxword opacity bigger_text small_text medium_text anim_fade "
    "anim_slide anim_type centered faint fainter opaque words_word words_size n_title strokeword".split()
)
_TEXT_NOUN = re.compile(
    r"\b(?:text|title|caption|heading|headline|label|banner|words|card|watermark|sign|lower third|subtitle|overlay|"
    r"header|sticker|note|line)s?\b",
    re.IGNORECASE,
)


def _speaks_of_text(text: str, match: re.Match[str]) -> bool:
    """Does what is said belong to a title, and not to somebody ("the brand guide says")?"""
    return (
        _TEXT_NOUN.search(text) is not None
        or re.search(r"\b(?:that|which|it|should|must|to)\s*$", text[: match.start()]) is not None
        or (match[0][:4].lower() == "say " and re.search(r"\band\s*$", text[: match.start()]) is not None)
        or match[0].lower().startswith(("that", "should", "must", "to say", "with"))
    )


# "Write quiz questions on the lecture" asks for a text to be thought up.
_TO_BE_WRITTEN = re.compile(
    r"(?:[a-z'-]+ ){0,3}(?:questions|summary|summaries|notes|description|captions?|hashtags|lyrics|article|post)"
    r" (?:on|about|for|of|from|based on|covering|to go with)\b"
)


def _is_text(said: str) -> bool:
    said = said.strip()
    if _TO_BE_WRITTEN.match(said):
        return False
    return bool(said) and said not in texts("no_text") and not _AMOUNT.match(said) and not said.endswith("的名字")


def _taken(taken: Taken, start: int, end: int, said: str, kind: Kind = "QUOTE") -> Taken:
    """The text with a stretch of it as a literal that says this."""
    inside = "".join(taken.marks[ch].text if ch in taken.marks else ch for ch in said)
    mark = taken.mark(Literal(kind, inside.strip().strip("\"'")))
    taken.text = taken.text[:start] + mark + taken.text[end:]
    return taken


_MONTH = "(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)[a-z]*"
_DATE = re.compile(
    r"\b(?:[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}[/.][0-9]{1,2}[/.][0-9]{2,4}|"
    rf"{_MONTH} [0-9]{{1,2}}(?:st|nd|rd|th)?(?:,? [0-9]{{4}})?|[0-9]{{1,2}}(?:st|nd|rd|th)? {_MONTH}(?: [0-9]{{4}})?)\b"
)
_PHONE = re.compile(r"(?<![\w.:-])(?:\+?[0-9]{1,3}-)?(?:[0-9]{3}-)?[0-9]{3}-[0-9]{4}(?![\w.:%-])")
_STAMPED = re.compile(r"\b(?:date|stamp|dated|write)\b", re.IGNORECASE)
_PUTS = "put|add|slap|stick|throw|show|pop|drop|flash|give me|want|need|whack|chuck|plonk|have|write|display|place"
_LOOKS = rf"nice|really|very|super|fat|massive|giant|huge|big|large|small|tiny|bold|bright|thick|{_COLORS}"
_PUTTING = re.compile(rf"\b(?:{_PUTS}|text|number|phone|call)\b", re.IGNORECASE)
_LAID_ON = re.compile(
    rf"\b(?:{_PUTS})\s+(?:in\s+|up\s+|on\s+)?(?:an?\s+|the\s+)?(?:(?:{_LOOKS}),?\s+){{1,4}}(?=[A-Z]{{2}})"
)
# "Put GO TIGERS at the top": capitals, and where they go.
_LAID_AT = re.compile(
    rf"\b(?:{_PUTS})\s+(?:in\s+|up\s+)?(?=[A-Z][A-Z0-9'&!? ]+\s+(?:(?:at|in|on|across|along)\s+the\s+|{_PLACES}\b))"
)


def _laid_on(text: str) -> re.Match[str] | None:
    found = _LAID_ON.search(text)
    if found is not None:
        return found
    found = _LAID_AT.search(text)
    said = None if found is None else _SHOUTED.match(text, found.end())
    return found if said is not None and not all(map(_is_noun, said[0].split())) else None


_NOUNS = frozenset(
    "music image logo watermark text n_title subtitles pip video clip_noun sound gif transition voice ORDINAL".split()
)


def is_known_capital(word: str) -> bool:
    """Is it written in capitals anyway: MP4, HDR?"""
    return word.upper() in _KNOWN_CAPS


def _is_noun(word: str) -> bool:
    """A word for something that can be put somewhere: LOGO, BGM, CLIP."""
    known = words().get(lower(word))
    return word in _KNOWN_CAPS or (known is not None and bool(known.means & _NOUNS))


def _shouted(text: str) -> re.Match[str] | None:
    """Capitals amid small letters, beside a word for a title ("title GRWM on top") or how one looks ("a red ACE")."""
    looks = _laid_on(text)
    if not _TITLE_WORD.search(text) and looks is None:
        return None
    letters = [ch for ch in text if ch.isascii() and ch.isalpha()]
    if not letters or sum(ch.isupper() for ch in letters) > 0.6 * len(letters):
        return None
    for match in _SHOUTED.finditer(text, 0 if looks is None else looks.end()):
        if match[0].strip().upper() not in _KNOWN_CAPS:
            return match
    return None
