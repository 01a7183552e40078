"""What people call the files and clips of a session when they leave a part of the name out. Knows no operation."""

from __future__ import annotations

from collections import Counter
from pathlib import PurePath

from slimreel.agent.context import Context
from slimreel.agent.pieces import Piece
from slimreel.agent.words import words


def spoken_names(context: Context) -> dict[str, str]:
    """The session's files by what people call them: 园徽 for 园徽.png, where that is no word of edits."""
    files = [*context.assets, *(one.file for one in context.elements if one.file)]
    stems = [(PurePath(name).stem, name) for name in dict.fromkeys(files)]
    several = Counter(stem for stem, _ in stems)
    return {
        stem: name
        for stem, name in stems
        if len(stem) >= 2
        and several[stem] == 1
        and stem.casefold() not in words()
        and (not stem.isascii() or "_" in stem)
    }


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
