"""What people call the files and clips of a session when they leave a part of the name out. Knows no operation."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from pathlib import PurePath

from slimreel.agent.context import Context
from slimreel.agent.pieces import Piece
from slimreel.agent.words import texts, words


def spoken_names(context: Context) -> dict[str, str]:
    """The session's files by what people call them: 园徽 for 园徽.png, where that is no word of edits, and
    soft那首 for soft.mp3."""
    files = [*context.assets, *(one.file for one in context.elements if one.file)]
    stems = [(PurePath(name).stem, name) for name in dict.fromkeys(files)]
    several = Counter(stem for stem, _ in stems)
    pointed = {f"{stem}{one}": name for stem, name in stems if several[stem] == 1 for one in texts("that_file")}
    return (
        pointed
        | _numbered(context)
        | {
            stem: name
            for stem, name in stems
            if len(stem) >= 2
            and several[stem] == 1
            and stem.casefold() not in words()
            and (not stem.isascii() or "_" in stem)
        }
    )


_NUMERALS = ("零", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十")


def _numbered(context: Context) -> dict[str, str]:
    """第三题 for 第3题.mp4, of several clips."""
    named = [(PurePath(clip.name).stem, clip.name) for clip in context.clips] if len(context.clips) > 1 else []
    said = [(re.sub(r"(?<!\d)(?:10|[1-9])(?!\d)", lambda m: _NUMERALS[int(m[0])], stem), name) for stem, name in named]
    told = {one: name for (one, name), (stem, _) in zip(said, named, strict=True) if one != stem and len(one) > 2}
    return {one: name for one, name in told.items() if one not in words()}


_LONGEST_NAME = 4  # pieces


def half_named(pieces: list[Piece], at: int, context: Context) -> tuple[str, int] | None:
    """硬拉那条, B段: the one clip whose name holds these characters, before a noun. Its id and where it ends."""
    if pieces[at].text.isascii() and not (len(pieces[at].text) == 1 and pieces[at].text.isalpha()):
        return None
    for end in range(min(len(pieces), at + _LONGEST_NAME), at, -1):
        noun = end
        while noun < len(pieces) and pieces[noun].text in ("的", "那", "这"):
            noun += 1
        is_noun = noun < len(pieces) and pieces[noun].has("clip_noun", "it") and not pieces[noun].text.isascii()
        said = "".join(piece.text for piece in pieces[at:end])
        named = any(piece.has("unknown") for piece in pieces[at:end]) and said.isalnum()
        if not is_noun or not named or (len(said) < 2 and not said.isascii()):
            continue
        holding = [clip.id for clip in context.clips if said.casefold() in PurePath(clip.name).stem.casefold()]
        if len(holding) == 1:
            return holding[0], noun + 1
    return None


def whole_named(pieces: list[Piece], at: int, context: Context) -> tuple[str, int] | None:
    """ "Goal 1", where a clip is goal_1.mov: the id of the clip whose two or more words are here, and their end."""
    for clip in context.clips if len(context.clips) > 1 else ():
        parts = _parts_of(PurePath(clip.name).stem.casefold())
        end, said = at, list[str]()
        while end < len(pieces) and len(said) < len(parts) and not pieces[end].has("QUOTE", "FILE", "mark"):
            said += pieces[end].text.casefold().split()
            end += 1
        if len(parts) > 1 and said == parts:
            return clip.id, end
    return None


def _parts_of(stem: str) -> list[str]:
    """The words of a name; heat2 is said as "heat 2", but clip2 is no second clip."""
    counted = re.fullmatch(r"([a-z]{3,})([0-9]{1,2})", stem)
    if counted is not None and counted[1] not in words():
        return [*counted.groups()]
    return re.split(r"[\s_\-.]+", stem)


@lru_cache(maxsize=64)
def stems(context_names: tuple[tuple[str, str], ...]) -> dict[str, str]:
    """What clips are called by people: the words of their names that only one of them has."""
    found: dict[str, str] = {}
    seen: dict[str, int] = {}
    for clip_id, name in context_names:
        stem = PurePath(name).stem.casefold()
        for word in {stem, *re.split(r"[\s_\-.]+", stem), *_NUMBERED.findall(stem)}:
            if (
                len(word) >= 3
                or _NUMBERED.fullmatch(word)
                or (len(word) == 2 and word == stem)
                or (word and not word.isascii())
                or (len(word) == 1 and word == stem)
            ):
                seen[word] = seen.get(word, 0) + 1
                found[word] = clip_id
    return {word: clip_id for word, clip_id in found.items() if seen[word] == 1 and not word.isdigit()}


_NUMBERED = re.compile(r"(?<![a-z0-9])[a-z][0-9](?![a-z0-9])")  # D2 of 进藏D2
