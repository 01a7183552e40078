"""The one command that the wishes for the output come to: their words read by `wish`, as parameters of `compress`."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, replace
from typing import Any

from slimreel.agent.context import Context
from slimreel.agent.pieces import Piece
from slimreel.agent.segment import OUTPUT_KINDS, Part
from slimreel.agent.span import Missing
from slimreel.agent.wish import read_wish
from slimreel.core.goal import Goal


@dataclass(frozen=True, slots=True)
class OutputWish:
    """The command, or what is missing for it, and what nobody understood."""

    command: dict[str, Any] | None = None
    missing: Missing | None = None
    unheard: tuple[str, ...] = ()


def output_commands(parts: list[Part], plain: str, context: Context) -> list[OutputWish]:
    """What these parts ask of the output: one wish, or one for each of several clips that are named."""
    return [output_command(group, plain, context) for group in _by_clip(parts)]


def _by_clip(parts: list[Part]) -> list[list[Part]]:
    """ "The first clip at 2 Mbps and the second under 10 MB" are two wishes, "720p for both" a third."""
    named = {piece.value for part in parts for piece in part.pieces if _names_one(piece)}
    if len(named) < 2:
        return [parts]
    groups: list[list[Part]] = []
    for part in parts:
        groups += [[replace(part, pieces=pieces)] for pieces in _divided(part.pieces)]
    return groups


def _divided(pieces: list[Piece]) -> list[list[Piece]]:
    """The pieces with one clip each: cut before a clip where clips lead, behind it where amounts lead."""
    leads = next((not _is_amount(piece) for piece in pieces if _points(piece) or _is_amount(piece)), True)
    found: list[list[Piece]] = [[]]
    for piece in pieces:
        if leads and _points(piece) and any(_is_amount(one) for one in found[-1]):
            found.append([])
        found[-1].append(piece)
        if not leads and _points(piece):
            found.append([])
    return [group for group in found if any(_is_amount(piece) for piece in group)]


def _names_one(piece: Piece) -> bool:
    return piece.has("CLIP") and isinstance(piece.value, str) and piece.value != "all"


def _points(piece: Piece) -> bool:
    return piece.has("CLIP", "both")


def _is_amount(piece: Piece) -> bool:
    weak = ("out:compress", "out:purpose")
    return piece.has(*OUTPUT_KINDS) or any(kind.startswith("out:") and kind not in weak for kind in piece.means)


def output_command(parts: list[Part], plain: str, context: Context) -> OutputWish:
    """What these parts ask of the output, taken together."""
    clip: str | list[str] | None = None  # of several each has its command
    texts: list[str] = []
    for part in parts:
        text = ""
        at = part.pieces[0].start
        for place, piece in enumerate(part.pieces):
            chinese = not piece.text[:1].isascii() and not plain[at - 1 : at].isascii()
            gap = "" if piece.start <= at else ", " if chinese else " "
            if piece.has("CLIP"):
                left = any(one.has("untouched") for one in part.pieces[place + 1 : place + 3])
                clip = clip if left else piece.value
                text += " "
            elif piece.has("QUOTE", "FILE", "URL"):
                text += " "
            elif piece.has("both") and len(context.clips) > 1:
                clip = "all"
                text += gap + ("all" if piece.text.isascii() else "都")
            else:
                text += gap + plain[piece.start : piece.end]
            at = piece.end
        texts.append(text.strip())
    said = _KEPT_TOGETHER.sub(_each_kept, ", ".join(texts))
    wish = read_wish(_BOTH_KEPT.sub(r"\1不变, \2", said))
    if wish.unheard and wish.goal == Goal() and (lighter := _without_strange(parts, said)):
        plainly = read_wish(lighter)
        wish = replace(plainly, unheard=wish.unheard) if plainly.balanced else wish
    params = {} if wish.balanced else {**goal_params(wish.goal), **dict(wish.beside)}
    if wish.unheard and _bare(wish.unheard) and not params:
        return OutputWish(missing=Missing("unit"))
    if not params and not wish.balanced and wish.goal == Goal():
        return OutputWish(unheard=wish.unheard or tuple(texts))
    if clip is not None:
        params["clip"] = clip
    return OutputWish({"op": "compress", "params": params}, None, wish.unheard)


def _without_strange(parts: list[Part], said: str) -> str:
    """老家手机旧，弄小点: the text without its clauses of which nothing is known; empty where all of it is."""
    strange = [piece for part in parts for piece in part.pieces if piece.means == {"unknown"}]
    clauses = said.split(", ")
    known = [one for one in clauses if not any(piece.text in one for piece in strange)]
    return ", ".join(known) if len(known) < len(clauses) else ""


# Short sides that `compress` knows by a name such as 720p; others it takes as numbers.
_NAMED_SIDES = frozenset({240, 360, 480, 540, 720, 1080, 1440, 2160})
# 分辨率和帧率都不变: what is said of both is said of each.
_BOTH_KEPT = re.compile(
    r"(分辨率|解析度)(?:和|跟|与|、|, )(帧率)(?=(?:都|全)?(?:保持|不变|不动|别动|不准|不要|别变|原样))"
)


# "Don't touch fps or res", "keep the resolution and frame rate": each is kept.
_SIDE = "fps|frame ?rate|resolution|res|dimensions|quality"
_KEPT_TOGETHER = re.compile(
    r"((?:don't|dont|do not|never|without) (?:touch(?:ing)?|chang(?:e|ing)) (?:the )?|"
    r"keep (?:the )?(?:full |same |original |current )?|"
    r"(?:at|in|with) (?:the |its )?(?:original|same|full|current|native|existing) )"
    rf"({_SIDE})(?: and | or |/|, )(?:the )?({_SIDE})\b",
    re.IGNORECASE,
)


def _each_kept(match: re.Match[str]) -> str:
    led, first, second = match.groups()
    led = "keep " if led.lower().startswith(("at", "in", "with ")) else led
    return f"{led}{first}, {led}{second}"


def _bare(unheard: tuple[str, ...]) -> bool:
    """Is what was not understood a number without a unit?"""
    return any(part.replace(".", "").isdigit() for said in unheard for part in said.split())


def goal_params(goal: Goal) -> dict[str, Any]:
    """The fields of a goal that were said, as `compress` takes them."""
    plain = Goal()
    params: dict[str, Any] = {}
    for one in fields(Goal):
        value = getattr(goal, one.name)
        if value != getattr(plain, one.name):
            params[one.name] = value
    for name in ("resolution", "min_resolution"):
        if params.get(name) in _NAMED_SIDES:
            params[name] = f"{params[name]}p"
    kind = params.pop("encoder", None)
    if kind in ("hardware", "software"):
        params["hardware"] = "on" if kind == "hardware" else "off"
    elif kind is not None:
        params["encoder"] = kind
    if params.get("preset") == "web" and len(params) > 1:
        del params["preset"]  # a purpose, and the numbers say the rest
    return params
