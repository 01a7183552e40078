"""Parameters of what is laid over the picture: titles, images, small pictures, subtitles, blurred places.

Reads a span of pieces and marks what it used; knows no cue and no draft.
"""

from __future__ import annotations

import re

from slimreel.agent.context import PICTURE_FILES, SUBTITLE_FILES, VIDEO_FILES
from slimreel.agent.fill.base import Params, named_values, session_file, strength, timed
from slimreel.agent.pieces import Piece
from slimreel.agent.span import Missing, Span
from slimreel.agent.words import texts


def opacity(span: Span, params: Params) -> None:
    """`opacity`, also where it is said as transparency."""
    at = span.find("opacity")
    share = _share_of_opacity(span)
    if at is not None and share is not None:
        span.used.update((at, share))
        value = span.pieces[share].value / 100
        if span.says(*texts("transparency")) and not span.says("不透明", "不透明度") and value != 0.5:
            value = 1 - value
        params["opacity"] = round(value, 4)
        span.claim("opacity")
    elif span.says(*texts("wholly")) and span.claim("opaque"):
        params["opacity"] = 1.0
        span.claim("all_word", "off_word")
    elif (faint := span.find("faint", "fainter", "opaque")) is not None and _how_faint(span, faint, share):
        span.used.update((faint, share if share is not None else faint))
        params["opacity"] = round(span.pieces[share if share is not None else faint].value / 100, 4)
    elif span.claim("faint"):
        params["opacity"] = 0.5


def _share_of_opacity(span: Span) -> int | None:
    """The share that is nearest to the word for opacity, and none that is of the width ("12% wide, 70% opacity")."""
    word = span.find("opacity", "faint", "fainter", "opaque")
    shares = [at for at, one in enumerate(span.pieces) if at not in span.used and one.has("PERCENT", "SHARE")]
    free = [at for at in shares if not _of_width(span.pieces, at)] or shares
    return min(free, key=lambda at: abs(at - (word or 0)), default=None)


def _of_width(pieces: list[Piece], at: int) -> bool:
    return at + 1 < len(pieces) and pieces[at + 1].has("width_word")


def _how_faint(span: Span, faint: int, share: int | None) -> bool:
    """Does a share tell how faint (淡到三成, "30% faint"), and not how big?"""
    if share is None:
        return False
    between = span.pieces[faint + 1 : share]
    return share == faint - 1 or (faint < share <= faint + 3 and not any(one.has("mark") for one in between))


STROKE_PX = 4  # of an outline whose width nobody says


def style(span: Span, params: Params) -> None:
    """Position, colour, size and manner of a text."""
    named_values(span, params, "position", "color")
    pixels = span.take("PX")
    if pixels is not None:
        params["size_px"] = pixels.value
    elif span.claim("bigger_text"):
        params["size"] = "large"
    elif span.claim("small_text"):
        params["size"] = "small"
    elif span.claim("medium_text"):
        params["size"] = "medium"
    if span.claim("boldword"):
        params["bold"] = True
    if span.claim("boxword"):
        params["box"] = True
    if span.claim("strokeword"):
        params["stroke"] = STROKE_PX
    for word, name in (("anim_fade", "fade"), ("anim_slide", "slide"), ("anim_type", "typewriter")):
        if span.claim(word):
            params["anim"] = name
            break
    opacity(span, params)


def add_text(span: Span) -> Params:
    params: Params = {}
    quoted = span.all("QUOTE")
    if not quoted:
        raise Missing("text")
    params["text"] = quoted[0].value
    style(span, params)
    timed(span, params)
    return params


def add_image(span: Span) -> Params:
    params: Params = {}
    if span.context.of_type("image") and not span.has("FILE") and not span.says(*texts("one_more"), "put our"):
        raise Missing("file")
    params["file"] = session_file(span, PICTURE_FILES)
    if span.claim("watermark") and not span.has("logo"):
        params["role"] = "watermark"
    opacity(span, params)
    _placed(span, params)
    return params


def _placed(span: Span, params: Params) -> None:
    """Where in the picture, how much of its width, and when."""
    named_values(span, params, "position")
    if "position" not in params and span.claim("centered"):
        params["position"] = "center"
    share = span.take("PERCENT", "SHARE")
    if share is not None:
        params["scale"] = share.value / 100
    elif any(piece.text in texts("fills_all") for piece in span.pieces):
        span.used |= {at for at, piece in enumerate(span.pieces) if piece.text in texts("fills_all")}
        params["scale"] = 1.0
    span.claim("width_word")
    timed(span, params)


def pip(span: Span) -> Params:
    params: Params = {}
    if span.context.of_type("pip") and not span.has("FILE", "CLIP") and not span.says(*texts("one_more")):
        raise Missing("file")
    clip = span.find("CLIP")
    if clip is not None and not ("." in span.pieces[clip].text and span.pieces[clip].has("FILE")):
        params["clip"] = span.pieces[clip].value
        span.used.add(clip)
    else:
        files = span.all("FILE")
        if files:
            params["file"] = files[0].text
        else:
            found = span.context.files(VIDEO_FILES)
            if len(found) != 1:
                raise Missing("file", files=found)
            params["file"] = found[0]
    _placed(span, params)
    return params


def _in_language(span: Span, language: object) -> str | None:
    """The only subtitle file of the session whose name ends in the language that is asked for (talk_es.srt)."""
    names = [name for name in span.context.files(SUBTITLE_FILES) if language and not span.has("FILE")]
    named = [name for name in names if re.split(r"[\s_.\-]+", name.casefold())[-2] == language]
    return named[0] if len(named) == 1 else None


def subtitles(span: Span) -> Params:
    params: Params = {}
    soft = span.claim("soft")
    burned = span.claim("burn")
    if span.claim("neg") and soft:
        burned = False
    if soft and not burned:
        params["mode"] = "soft"
    elif burned:
        params["mode"] = "burn"
    offset = span.find("TIME", "FOR", "AT")
    late, early = span.claim("later"), span.claim("earlier")
    if offset is not None and (late or early):
        span.used.add(offset)
        params["offset_s"] = span.pieces[offset].value * (-1 if early and not late else 1)
    if (
        span.context.of_type("subtitles")
        and not span.has("FILE")
        and not burned
        and not (soft or span.says(*texts("one_more")))
    ):
        raise Missing("file")
    named_values(span, params, "language", "position", "color")
    params["file"] = _in_language(span, params.get("language")) or session_file(span, SUBTITLE_FILES)
    if span.claim("bigger_text", "bigger"):
        params["size"] = "large"
    elif span.claim("small_text", "smaller"):
        params["size"] = "small"
    return params


def auto_captions(span: Span) -> Params:
    params: Params = {}
    if span.claim("burn"):
        params["mode"] = "burn"
    elif span.claim("soft"):
        params["mode"] = "soft"
    language = span.named("language")
    for word, code in (("中文", "zh"), ("英文", "en"), ("日文", "ja")):
        if language is None and any(word in piece.text for piece in span.pieces):
            language = code
    if language:
        params["language"] = language
    return params


def blur_region(span: Span) -> Params:
    params: Params = {}
    coordinates = {piece.value[0]: piece.value[1] for piece in span.all("COORDINATE")}
    if len(coordinates) == 4:
        params.update(coordinates)
        timed(span, params)
        return params
    position = span.named("position")
    span.claim("blurregion", "things_to_hide")
    if position is None:
        raise Missing("range")
    params["position"] = position
    strength(span, params)
    timed(span, params)
    return params
