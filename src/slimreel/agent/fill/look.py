"""Parameters of how the picture looks: colours, tables, sharpness, noise, interlacing.

Reads a span of pieces and marks what it used; knows no cue and no draft.
"""

from __future__ import annotations

from slimreel.agent.context import LUT_FILES
from slimreel.agent.fill.base import Params, clip_param, session_file, strength
from slimreel.agent.span import Missing, Span
from slimreel.agent.words import texts


def sharpen(span: Span) -> Params:
    params: Params = {}
    heard = [piece for piece in [*span.before[-2:], *span.pieces] if piece.has("sound", "voice", "music")]
    if heard and not any(piece.has("mark") for piece in span.before[-2:]) and not span.has("video", "picture_word"):
        raise Missing("amount")  # a clearer voice is no sharper picture
    span.claim("sharpen")
    strength(span, params)
    clip_param(span, params)
    return params


def denoise_video(span: Span) -> Params:
    params: Params = {}
    span.claim("grain", "denoise", "remove", "noise", "toodark", "less", "quieter")
    strength(span, params)
    clip_param(span, params)
    return params


def deinterlace(span: Span) -> Params:
    params: Params = {}
    span.claim("deinterlace", "remove", "denoise")
    clip_param(span, params)
    return params


_TUNES = (("brightness", "brightness_pct"), ("contrast", "contrast_pct"), ("saturation", "saturation_pct"))
_LOOKS = ("bw", "cinematic", "vintage", "vivid")


def color(span: Span) -> Params:
    params: Params = {}
    if any(piece.text == "lighter" for piece in span.pieces) and any(
        "file" in piece.text or piece.has("out:size") for piece in span.pieces
    ):
        raise Missing("amount")  # a lighter file, not a lighter picture
    for name in _LOOKS:
        if span.claim(name):
            params["preset"] = name
            break
    signs = {"darker": ("brightness_pct", -1), "toodark": ("brightness_pct", 1), "desaturate": ("saturation_pct", -1)}
    for word, (param, sign) in signs.items():
        if word == "toodark" and span.has("brightness"):
            span.claim("toodark")
        elif (at := span.find(word, unused=False)) is not None and at not in span.used:
            span.used.add(at)
            params[param] = sign * abs(_percent(span, at))
    for word, param in _TUNES:
        if (at := span.find(word)) is not None:
            span.used.add(at)
            amount = _percent(span, at)
            params[param] = amount if amount < 0 else _direction(span, at) * amount
    looked = span.claim("look", "preset_word") or any(
        piece.has("warmer", "cooler") and piece.text.endswith(("色调", "tone", "tones", "look", "调子", "滤镜", "色系"))
        for piece in span.pieces
    )
    looked = looked or span.says("colors", "colours", "grade", "grading")
    _temperature(span, params, looked=looked)
    _exposure(span, params)
    if (at := span.find("gamma")) is not None:
        span.used.add(at)
        number = span.take("NUMBER", "AT")
        if number is None:
            raise Missing("amount")
        params["gamma"] = number.value
    span.claim("more", "less", "small_amount", "large_amount", "medium_amount")
    if not params:
        raise Missing("amount")
    clip_param(span, params)
    return params


def _temperature(span: Span, params: Params, *, looked: bool) -> None:
    """Warmer or cooler: a look where one is spoken of and no amount is said, else a shift in percent."""
    for word, sign in (("warmer", 1), ("cooler", -1)):
        if (at := span.find(word)) is not None:
            span.used.add(at)
            said = span.find("NUMBER", "PERCENT", "small_amount", "large_amount", "more") is not None
            if looked and not said and "preset" not in params:
                params["preset"] = "warm" if sign > 0 else "cool"
            else:
                less = span.find("less") is not None and span.says("temperature", "色温")
                params["temperature_pct"] = (-sign if less else sign) * abs(_percent(span, at))


def _exposure(span: Span, params: Params) -> None:
    """`exposure_ev` in stops."""
    if (at := span.find("exposure")) is not None and (stops := span.take("EV", "NUMBER")) is not None:
        params["exposure_ev"] = stops.value if stops.has("SIGNED") else stops.value * _direction(span, at)
        span.claim("exposure")
    elif (stops := span.take("EV")) is not None:
        params["exposure_ev"] = stops.value * (-1 if span.claim("less", "darker") and not stops.has("SIGNED") else 1)
        params.pop("brightness_pct", None)


def _direction(span: Span, at: int) -> int:
    """Up unless a word of less is nearer than one of more."""
    less = span.near(at, "less", "darker", "quieter", before=4, after=4)
    more = span.near(at, "more", "louder", before=4, after=4)
    if less is None:
        return 1
    return 1 if more is not None and abs(more - at) <= abs(less - at) else -1


def _percent(span: Span, at: int) -> float:
    """The number nearest to a word, below zero where it was said with a minus; else what its word stands for."""
    after = [place for place in range(at + 1, min(len(span.pieces), at + 5)) if _is_amount(span, place)]
    before = [place for place in range(at - 1, max(-1, at - 4), -1) if _is_amount(span, place)]
    for place in [*after[:1], *before[:1]]:
        span.used.add(place)
        return float(span.pieces[place].value)
    little = span.near(at, "small_amount", before=3, after=3)
    if span.pieces[at].text.endswith(tuple(texts("a_little"))):
        return 10
    if little is not None:
        span.used.add(little)
        return 10
    much = span.near(at, "large_amount", before=3, after=3)
    if much is not None and span.pieces[much].text not in ("太", "so", "very", "really"):
        span.used.add(much)
        return 40
    return 20


def _is_amount(span: Span, place: int) -> bool:
    return place not in span.used and span.pieces[place].has("NUMBER", "PERCENT")


def lut(span: Span) -> Params:
    params: Params = {}
    share = span.take("PERCENT", "TIMES")
    name = session_file(span, LUT_FILES)
    params["file"] = name
    if share is not None:
        params["intensity"] = share.value / 100 if share.has("PERCENT") else share.value
    elif span.claim("halve", "half_word"):
        params["intensity"] = 0.5
    elif span.claim("intensity") and (bare := span.numbers(0, 100)):
        params["intensity"] = bare[0].value / (100 if bare[0].value > 1 else 1)
    clip_param(span, params)
    return params
