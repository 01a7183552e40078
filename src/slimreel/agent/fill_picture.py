"""Parameters of the operations on the picture: its shape, its place, its look, and what is laid over it."""

from __future__ import annotations

from typing import Any

from slimreel.agent.context import LUT_FILES, PICTURE_FILES, SUBTITLE_FILES, VIDEO_FILES
from slimreel.agent.fill_time import clip_param, ranged, timed, whose
from slimreel.agent.span import Missing, Span

Params = dict[str, Any]


def strength(span: Span, params: Params) -> None:
    """`strength`, where a word of amount says it."""
    if span.claim("large_amount", "strong"):
        params["strength"] = "high"
    elif span.claim("small_amount"):
        params["strength"] = "low"
    elif span.claim("medium_amount"):
        params["strength"] = "medium"


def session_file(span: Span, suffixes: tuple[str, ...], *, needed: bool = True) -> str | None:
    """The file that is meant: the one said, else the only one of its kind in the session. Raises Missing."""
    for at, piece in enumerate(span.pieces):
        named = piece.text.lower().endswith(suffixes) or "." not in piece.text
        if at not in span.used and piece.has("FILE") and named:
            span.used.add(at)
            return piece.text
    found = span.context.files(suffixes)
    if len(found) == 1:
        return found[0]
    by_word = [name for name in found if _is_called(span, name)]
    if len(by_word) == 1:
        return by_word[0]
    if not needed:
        return None
    raise Missing("file", files=found)


def _is_called(span: Span, name: str) -> bool:
    stem = name.rsplit(".", 1)[0].casefold()
    for at, piece in enumerate(span.pieces):
        word = piece.text.casefold()
        if len(word) >= 3 and (word == stem or word in stem.replace("-", "_").split("_")):
            span.used.add(at)
            return True
    return False


def reframe(span: Span) -> Params:
    params: Params = {}
    aspect = span.take("ASPECT")
    if aspect is not None:
        params["aspect"] = aspect.value or aspect.named["aspect"]
        span.claim("ASPECT")
    elif (frame := span.take("FRAME")) is not None:
        params["aspect"] = f"{frame.value[0]}:{frame.value[1]}"
    else:
        raise Missing("aspect")
    blurred, barred = span.claim("blurpad"), span.claim("padbars")
    cropped, stretched = span.claim("cropfit"), span.claim("stretchfit")
    refused = span.find("neg", "without") is not None
    if blurred and not refused:
        params["mode"] = "blur_pad"
    elif stretched:
        params["mode"] = "stretch"
    elif cropped:
        params["mode"] = "crop"
    elif barred:
        params["mode"] = "pad"
        if refused:
            params["mode"] = "crop"
    if refused:
        span.claim("neg")
    if params.get("mode") == "pad":
        color = span.named("color") or (
            "#FFFFFF"
            if span.says("white bars", "white borders", "白边", "加白边", "补白边", "白框", "白底", "white sides")
            else None
        )
        if color:
            params["color"] = color
    keeps = span.claim("keep", "focus")
    side = span.named("position")
    if side in ("left", "right", "top", "bottom", "center") and (params.get("mode") in (None, "crop") or keeps):
        params["focus"] = side
        params["mode"] = "crop"
    clip_param(span, params)
    return params


_EDGES = ("left", "right", "top", "bottom")


def crop(span: Span) -> Params:
    params: Params = {}
    frame = span.take("FRAME")
    coordinates = {piece.value[0]: piece.value[1] for piece in span.all("COORDINATE")}
    for letter, name in (("x", "x_px"), ("y", "y_px"), ("w", "width_px"), ("h", "height_px")):
        if letter in coordinates:
            params[name] = int(coordinates[letter])
    if frame is not None and coordinates:
        params["width_px"], params["height_px"] = frame.value
        return params
    if len(coordinates) == 4:
        return params
    if frame is not None:
        params["width_px"], params["height_px"] = frame.value
        corner = span.named("position")
        if corner and corner != "center":
            params.update(_corner(span, corner, frame.value))
        clip_param(span, params)
        return params
    if span.claim("padbars"):
        raise Missing("amount")
    amounts = span.all("PX", "PERCENT", "NUMBER")
    if not amounts:
        raise Missing("amount")
    everywhere = span.claim("sides") and not span.says("left and right")
    edges = [
        (at, span.pieces[at].named["position"])
        for at in range(len(span.pieces))
        if span.pieces[at].named.get("position") in _EDGES
    ]
    for piece in amounts:
        unit = "pct" if piece.has("PERCENT") else "px"
        value = piece.value if unit == "pct" else int(piece.value)
        if everywhere and not edges:
            params.update({f"{edge}_{unit}": value for edge in _EDGES})
            continue
        place = span.pieces.index(piece)
        if len(amounts) == len(edges) > 1:
            mine = [edges[amounts.index(piece)]]
        elif len(amounts) == 1:
            mine = edges
        else:
            mine = sorted(edges, key=lambda edge: (abs(edge[0] - place), edge[0] < place))[:1]
        for at, edge in mine:
            params[f"{edge}_{unit}"] = value
            span.used.add(at)
    if span.says("left and right", "左右", "两边", "左右两边", "both sides"):
        for piece in amounts:
            unit = "pct" if piece.has("PERCENT") else "px"
            params[f"left_{unit}"] = params[f"right_{unit}"] = piece.value
    if span.says("top and bottom", "上下", "上下各"):
        for piece in amounts:
            unit = "pct" if piece.has("PERCENT") else "px"
            params[f"top_{unit}"] = params[f"bottom_{unit}"] = piece.value
    if not params:
        raise Missing("range")
    clip_param(span, params)
    return params


def _corner(span: Span, corner: str, size: tuple[int, int]) -> Params:
    clip = span.context.clips[0] if span.context.clips else None
    width, height = (clip.width or size[0], clip.height or size[1]) if clip else size
    x = 0 if "left" in corner else width - size[0] if "right" in corner else (width - size[0]) // 2
    y = 0 if "top" in corner else height - size[1] if "bottom" in corner else (height - size[1]) // 2
    return {"x_px": max(0, x), "y_px": max(0, y)}


def rotate(span: Span) -> Params:
    params: Params = {}
    turned = span.take("DEGREES", "NUMBER")
    counter = span.claim("counter") | bool(span.says("to the left", "left"))
    upside, sideways = span.claim("upside_down"), span.claim("sideways")
    span.claim("clockwise")
    if turned is not None:
        degrees = int(turned.value)
        params["degrees"] = (
            (360 - degrees) % 360 if counter and degrees > 0 else degrees % 360 if degrees < 0 else degrees
        )
    elif upside:
        params["degrees"] = 180
    elif counter:
        params["degrees"] = 270
    elif span.has("clockwise", "sideways", "SHARE"):
        params["degrees"] = 90
    else:
        raise Missing("amount")
    if counter:
        span.named("position")
    del sideways
    whose(span, params)
    return params


def flip(span: Span) -> Params:
    vertical = span.claim("vertically") | span.claim("upside_down")
    horizontal = span.claim("horizontally")
    params: Params = {
        "axis": "vertical"
        if vertical and not (horizontal and not span.says("upside down", "上下", "垂直"))
        else "horizontal"
    }
    whose(span, params)
    return params


def zoom(span: Span) -> Params:
    params: Params = {}
    out = span.claim("zoomout")
    inward = span.claim("zoomin")
    amount = span.take("TIMES", "PERCENT", "NUMBER")
    if amount is not None:
        value = amount.value / 100 if amount.has("PERCENT") else amount.value
        if amount.has("PERCENT") and inward and not out and value < 1:
            value = 1 + value
        if out and amount.has("TIMES") and value > 1:
            value = 1 / value
        params["factor"] = value
    elif out:
        raise Missing("amount")
    if span.claim("slowly"):
        params["animate"] = True
    side = span.named("position")
    if side in ("left", "right", "top", "bottom"):
        params["focus"] = side
    span.claim("things_to_hide", "focus")
    ranged(span, params)
    clip_param(span, params)
    return params


def stabilize(span: Span) -> Params:
    params: Params = {}
    span.claim("stabilize")
    strength(span, params)
    clip_param(span, params)
    return params


def sharpen(span: Span) -> Params:
    params: Params = {}
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
    for name in _LOOKS:
        if span.claim(name):
            params["preset"] = name
            break
    signs = {"darker": ("brightness_pct", -1), "toodark": ("brightness_pct", 1), "desaturate": ("saturation_pct", -1)}
    for word, (param, sign) in signs.items():
        if (at := span.find(word, unused=False)) is not None and at not in span.used:
            span.used.add(at)
            params[param] = sign * _percent(span, at)
    for word, param in _TUNES:
        if (at := span.find(word)) is not None:
            span.used.add(at)
            params[param] = _direction(span, at) * _percent(span, at)
    looked = span.claim("look", "preset_word") or any(
        piece.has("warmer", "cooler") and piece.text.endswith(("色调", "tone", "tones", "look", "调子", "滤镜"))
        for piece in span.pieces
    )
    for word, sign in (("warmer", 1), ("cooler", -1)):
        if (at := span.find(word)) is not None:
            span.used.add(at)
            said = span.find("NUMBER", "PERCENT", "small_amount", "large_amount", "more") is not None
            if looked and not said and "preset" not in params:
                params["preset"] = "warm" if sign > 0 else "cool"
            else:
                down = sign * (-1 if span.find("less") is not None and span.says("temperature", "色温") else 1)
                params["temperature_pct"] = down * _percent(span, at)
    if (at := span.find("exposure")) is not None and (span.find("EV", "NUMBER") is not None):
        span.used.add(at)
        piece = span.take("EV", "NUMBER")
        assert piece is not None
        params["exposure_ev"] = piece.value if piece.has("SIGNED") else piece.value * _direction(span, at)
        span.claim("exposure")
    elif (stops := span.take("EV")) is not None:
        params["exposure_ev"] = stops.value * (-1 if span.claim("less", "darker") and not stops.has("SIGNED") else 1)
        params.pop("brightness_pct", None)
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


def _direction(span: Span, at: int) -> int:
    """Up unless a word of less is nearer than one of more."""
    less = span.near(at, "less", "darker", "quieter", before=4, after=4)
    more = span.near(at, "more", "louder", before=4, after=4)
    if less is None:
        return 1
    return 1 if more is not None and abs(more - at) <= abs(less - at) else -1


def _percent(span: Span, at: int) -> float:
    """The number nearest to a word, else what its word of amount stands for."""
    after = [place for place in range(at + 1, min(len(span.pieces), at + 5)) if _is_amount(span, place)]
    before = [place for place in range(at - 1, max(-1, at - 4), -1) if _is_amount(span, place)]
    for place in [*after[:1], *before[:1]]:
        span.used.add(place)
        return abs(float(span.pieces[place].value))
    if (place := span.near(at, "small_amount", before=3, after=3)) is not None:
        span.used.add(place)
        return 10
    if (place := span.near(at, "large_amount", before=3, after=3)) is not None and span.pieces[place].text not in (
        "太",
        "so",
        "very",
        "really",
    ):
        span.used.add(place)
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
    clip_param(span, params)
    return params


def opacity(span: Span, params: Params) -> None:
    at = span.find("opacity")
    share = span.find("PERCENT", "SHARE")
    if at is not None and share is not None:
        span.used.update((at, share))
        value = span.pieces[share].value / 100
        if (
            span.says("透明度", "transparent", "transparency", "透明")
            and not span.says("不透明", "不透明度")
            and value != 0.5
        ):
            value = 1 - value
        params["opacity"] = round(value, 4)
        span.claim("opacity")
    elif span.claim("faint"):
        params["opacity"] = 0.5


def style(span: Span, params: Params) -> None:
    """Position, colour, size and manner of a text."""
    position = span.named("position")
    if position:
        params["position"] = position
        span.claim("t_start") if False else None
    color_name = span.named("color")
    if color_name:
        params["color"] = color_name
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
    if (
        span.context.of_type("image")
        and not span.has("FILE")
        and not span.says("add", "another", "new", "加", "再加", "put our")
    ):
        raise Missing("file")
    params["file"] = session_file(span, PICTURE_FILES)
    if span.claim("watermark") and not span.has("logo"):
        params["role"] = "watermark"
    position = span.named("position")
    if position:
        params["position"] = position
    opacity(span, params)
    share = span.take("PERCENT", "SHARE")
    if share is not None:
        if span.has("width_word") or "opacity" in params or share.has("SHARE"):
            params["scale"] = share.value / 100
        else:
            params["scale"] = share.value / 100
    span.claim("width_word")
    timed(span, params)
    return params


def pip(span: Span) -> Params:
    params: Params = {}
    if (
        span.context.of_type("pip")
        and not span.has("FILE", "CLIP")
        and not span.says("add", "another", "new", "加", "再加")
    ):
        raise Missing("file")
    clip = span.find("CLIP")
    if clip is not None and not span.pieces[clip].has("FILE"):
        params["clip"] = span.pieces[clip].value
        span.used.add(clip)
    else:
        files = span.all("FILE")
        if files:
            named = span.context.clip_named(str(files[0].text))
            params["file"] = str(files[0].text)
            del named
        else:
            found = span.context.files(VIDEO_FILES)
            if len(found) != 1:
                raise Missing("file", files=found)
            params["file"] = found[0]
    position = span.named("position")
    if position:
        params["position"] = position
    share = span.take("PERCENT", "SHARE")
    if share is not None:
        params["scale"] = share.value / 100
    span.claim("width_word")
    timed(span, params)
    return params


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
        and not (soft or span.says("add", "another", "new", "加", "再加"))
    ):
        raise Missing("file")
    params["file"] = session_file(span, SUBTITLE_FILES)
    language = span.named("language")
    if language:
        params["language"] = language
    position = span.named("position")
    if position:
        params["position"] = position
    color_name = span.named("color")
    if color_name:
        params["color"] = color_name
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
