"""Parameters of the geometry of the picture: shape, crop, turn, mirror, zoom, steadiness.

Reads a span of pieces and marks what it used; knows no cue and no draft.
"""

from __future__ import annotations

from slimreel.agent.fill.base import Params, clip_param, ranged, strength, whose
from slimreel.agent.pieces import Piece
from slimreel.agent.span import Missing, Span
from slimreel.agent.words import texts


def reframe(span: Span) -> Params:
    params: Params = {}
    shapes = span.all("ASPECT")
    numbered = [piece for piece in shapes if not piece.named] or shapes[-1:]
    led = span.has("changing", "going_to", "t_to") and not span.has("neg")
    aspect = numbered[-1 if led else 0] if numbered else None  # 把4:3改成16:9
    if aspect is not None:
        params["aspect"] = aspect.value or aspect.named["aspect"]
        span.claim("ASPECT")
    elif (frame := span.take("FRAME")) is not None:
        params["aspect"] = f"{frame.value[0]}:{frame.value[1]}"
    else:
        raise Missing("aspect")
    blurred, barred = span.claim("blurpad"), span.claim("padbars")
    cropped = span.claim("cropfit") and not _denied_crop(span)
    stretched = span.claim("stretchfit")
    refused = span.find("neg", "without") is not None
    if blurred and not refused:
        params["mode"] = "blur_pad"
    elif stretched:
        params["mode"] = "stretch"
    elif cropped:
        params["mode"] = "crop"
    elif barred:
        params["mode"] = "crop" if refused else "pad"
    if refused:
        span.claim("neg")
    if params.get("mode") == "pad":
        color = span.named("color") or ("#FFFFFF" if span.says(*texts("white_bars")) else None)
        if color:
            params["color"] = color
    keeps = span.claim("keep", "focus")
    side = None if _is_of_next(span) else span.named("position")
    if side in ("left", "right", "top", "bottom", "center") and (params.get("mode") in (None, "crop") or keeps):
        params["focus"] = side
        params["mode"] = "crop"
    clip_param(span, params)
    return params


def _denied_crop(span: Span) -> bool:
    """ "Square, without cropping anything"; 方的，别裁到人."""
    at = span.find("cropfit", unused=False)
    return at is not None and any(piece.has("neg", "without") for piece in span.pieces[max(0, at - 2) : at])


def _is_of_next(span: Span) -> bool:
    """Does the place begin another clause ("1:1, at the bottom …"), so that it says where something else goes?"""
    at = span.find("POSITION")
    return at is not None and at > 0 and span.pieces[at - 1].has("mark") and at == len(span.pieces) - 1


_EDGES = ("left", "right", "top", "bottom")


def crop(span: Span) -> Params:
    params: Params = {}
    frame = span.take("FRAME")
    coordinates = {piece.value[0]: piece.value[1] for piece in span.all("COORDINATE")}
    for letter, name in (("x", "x_px"), ("y", "y_px"), ("w", "width_px"), ("h", "height_px")):
        if letter in coordinates:
            params[name] = int(coordinates[letter])
    if frame is not None:
        params["width_px"], params["height_px"] = frame.value
        if coordinates:
            return params
        corner = span.named("position")
        if corner and corner != "center":
            params.update(_corner(span, corner, frame.value))
        clip_param(span, params)
        return params
    if len(coordinates) == 4:
        return params
    params.update(_taken_off(span))
    if not params:
        raise Missing("range")
    clip_param(span, params)
    return params


def _taken_off(span: Span) -> Params:
    """How much goes at each edge, in pixels or percent. Raises Missing."""
    amounts = [] if span.claim("padbars") else span.all("PX", "PERCENT", "NUMBER")
    half = None if amounts else span.take("half_side")
    if half is not None and (side := half.named.get("position") or span.named("position")) in _EDGES:
        span.claim("keep", "POSITION")
        return {f"{side}_pct": 50.0}
    if not amounts:
        raise Missing("amount")
    params: Params = {}
    everywhere = span.claim("sides") and not span.says("left and right")
    edges = [(at, piece.named["position"]) for at, piece in enumerate(span.pieces) if _is_edge(piece)]
    if not edges and not everywhere:  # "there is a shadow at the top, shave 40 px off"
        edges = [(0, piece.named["position"]) for piece in span.before if _is_edge(piece)][-1:]
    for number, piece in enumerate(amounts):
        unit = _unit(piece)
        value = piece.value if unit == "pct" else int(piece.value)
        if everywhere and not edges:
            params.update({f"{edge}_{unit}": value for edge in _EDGES})
            continue
        place = span.pieces.index(piece)
        if len(amounts) == len(edges) > 1:
            mine = [edges[number]]
        elif len(amounts) == 1:
            mine = edges
        else:
            mine = sorted(edges, key=lambda edge: (abs(edge[0] - place), edge[0] < place))[:1]
        for at, edge in mine:
            params[f"{edge}_{unit}"] = value
            span.used.add(at)
    for words, pair in ((texts("left_and_right"), ("left", "right")), (texts("top_and_bottom"), ("top", "bottom"))):
        if span.says(*words):
            params.update({f"{edge}_{_unit(piece)}": piece.value for piece in amounts for edge in pair})
    return params


def _is_edge(piece: Piece) -> bool:
    return piece.named.get("position") in _EDGES


def _unit(piece: Piece) -> str:
    return "pct" if piece.has("PERCENT") else "px"


def _corner(span: Span, corner: str, size: tuple[int, int]) -> Params:
    """Where a frame of a size in pixels begins when it lies in a corner of the first clip."""
    clip = span.context.clips[0] if span.context.clips else None
    width, height = (clip.width or size[0], clip.height or size[1]) if clip else size
    x = 0 if "left" in corner else width - size[0] if "right" in corner else (width - size[0]) // 2
    y = 0 if "top" in corner else height - size[1] if "bottom" in corner else (height - size[1]) // 2
    return {"x_px": max(0, x), "y_px": max(0, y)}


def rotate(span: Span) -> Params:
    params: Params = {}
    turned = span.take("DEGREES") or next((one for one in span.numbers(5, 360) if "number" not in one.named), None)
    counter = span.claim("counter") or span.says("to the left", "left")
    upside = span.claim("upside_down")
    span.claim("sideways", "clockwise")
    if turned is not None:
        degrees = int(turned.value)
        if counter and degrees > 0:
            degrees = -degrees
        params["degrees"] = degrees % 360 if degrees < 0 else degrees
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
    whose(span, params)
    return params


def flip(span: Span) -> Params:
    vertical = span.claim("vertically", "upside_down")
    horizontal = span.claim("horizontally") and not span.says("upside down", "上下", "垂直")
    params: Params = {"axis": "vertical" if vertical and not horizontal else "horizontal"}
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
        if inward and not out and amount.has("TIMES") and value == 1:
            value = 2.0  # 放大一倍
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
