"""Finds what a request leaves open whatever strange words stand in it: a unit, a text, a moment, a shape; and whether
it only wants to know something.

It knows kinds of pieces and no operation.
"""

from __future__ import annotations

import re

from slimreel.agent.context import Context
from slimreel.agent.normalize import lower
from slimreel.agent.pieces import Piece, content_of
from slimreel.agent.span import Missing
from slimreel.agent.words import texts

_ASKS = re.compile(
    r"^(?:(?:hey|hi|so|and|also|ok|okay|please)[, ]+)*"
    r"(?:what(?! about| if)|which|who|whose|whom|why|how (?:many|much|often|old|tall|do (?:i|you|we))|"
    r"is it (?:ok|okay|normal|true|safe|bad|good|possible to|legal)|are (?:there|they)|should (?:i|we|he|she|they)|"
    r"does (?:it|he|she|anyone))\b"
)
_ASKS_ZH = re.compile(
    r"(?:吗|呢|哪|哪里|哪儿|哪个|多少|几[个针次天岁点成块钱年号度]|什么|啥|多久|多远|多大|合适|正常)[?。!]*$|"
    r"(?:该不该|要不要|会不会|是不是|应该|该|要)(?:怎么|哪|多少|几|什么)"
)
# What a clause of a video's session is told by; a question with one of these is no stranger's.
_OF_SESSION = (
    "FILE CLIP rendering timeline export credits status upload out:container out:codec out:preset undo".split()
)


def wants_to_know(plain: str, pieces: list[Piece]) -> bool:
    """Is it a question, and of nothing that is here?"""
    small = lower(plain).strip()
    asks = _ASKS.search(small) or _ASKS_ZH.search(small)
    return asks is not None and not any(piece.has(*_OF_SESSION) for piece in pieces)


def of_which_is_asked(pieces: list[Piece], context: Context, left: list[Piece] | None = None) -> Missing | None:
    """What is left open: the unit of a limit, the words of a text, a moment that is not there, a stretch, a shape. Only
    of what is `left`, where some of it was understood."""
    content = content_of(pieces) if left is None else left
    if _bare_limit(pieces, content):
        return Missing("unit")
    quoted = any(piece.has("QUOTE") for piece in pieces)
    puts = any(piece.has("adding") or piece.text in texts("puts_text") for piece in pieces)
    if puts and not quoted and any(piece.text in texts("written_things") for piece in content):
        return Missing("text")  # "put the sponsor's name across the bottom"
    length = context.length_s
    beyond = [piece for piece in content if piece.has("AT", "START", "UNTIL") and isinstance(piece.value, float)]
    if length is not None and (late := [piece for piece in beyond if piece.value > length + 0.05]):
        return Missing("range", moment_s=late[0].value, length_s=length)
    if any(piece.has("aspectword") for piece in content) and not any(
        piece.has("remove", "ASPECT") for piece in content
    ):
        return Missing("aspect")  # "resize it for the shop window"
    return Missing("range") if _only_shows(pieces) and content else None


def _bare_limit(pieces: list[Piece], open_ones: list[Piece]) -> bool:
    """ "The school wants it under 500", "keep it to about 20": a bound, and a number that ends its clause."""
    for at, piece in enumerate(pieces):
        if piece.means != {"NUMBER"} or not piece.text[:1].isdigit() or piece not in open_ones:
            continue
        if at + 1 < len(pieces) and pieces[at + 1].has("out:under"):
            return True  # 300以内
        ends = at + 1 == len(pieces) or pieces[at + 1].has("mark") or pieces[at + 1].is_loose()
        before = pieces[max(0, at - 3) : at]
        bound = any(one.has("out:under", "shrink_to") for one in before)
        kept = len(before) == 3 and before[0].has("keep", "getting") and before[1].has("it") and before[2].has("t_to")
        if ends and (bound or kept):
            return True
    return False


def _only_shows(pieces: list[Piece]) -> bool:
    """ "Show just the endgame", 只看残局: a stretch that nobody can find by its name."""
    said = "".join(piece.text for piece in pieces[:3]).casefold()
    only = said.startswith(tuple(word.replace(" ", "") for word in texts("only_shows")))
    strange = any(piece.means <= {"unknown"} for piece in pieces)
    named = any(piece.has("FILE", "CLIP", "RANGE", "FIRST", "LAST", "TIME", "AT", "POSITION") for piece in pieces)
    return only and strange and not named
