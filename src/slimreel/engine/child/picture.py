"""Reads what a picture stream is: size, pixel format, colour, HDR, rotation, fields, alpha.

Facts of the decoded picture win over those of the container, which is often silent (HDR10 written only into
the bitstream) or wrong. It must not know packets, times or the file's layout.
"""

from __future__ import annotations

import math
import struct
from typing import Any

import av
import av.sidedata.sidedata as side_data

# Code points of ITU-T H.273 under FFmpeg's names; 2 is "unspecified".
PRIMARIES = {1: "bt709", 4: "bt470m", 5: "bt470bg", 6: "smpte170m", 7: "smpte240m", 8: "film", 9: "bt2020",
             10: "smpte428", 11: "smpte431", 12: "smpte432", 22: "ebu3213"}  # fmt: skip
TRANSFERS = {1: "bt709", 4: "bt470m", 5: "bt470bg", 6: "smpte170m", 7: "smpte240m", 8: "linear", 9: "log100",
             10: "log316", 11: "iec61966-2-4", 12: "bt1361e", 13: "iec61966-2-1", 14: "bt2020-10",
             15: "bt2020-12", 16: "smpte2084", 17: "smpte428", 18: "arib-std-b67"}  # fmt: skip
MATRICES = {0: "gbr", 1: "bt709", 4: "fcc", 5: "bt470bg", 6: "smpte170m", 7: "smpte240m", 8: "ycgco",
            9: "bt2020nc", 10: "bt2020c", 11: "smpte2085", 12: "chroma-derived-nc", 13: "chroma-derived-c",
            14: "ictcp"}  # fmt: skip
RANGES = {1: "tv", 2: "pc"}  # enum AVColorRange
HDR_TRANSFERS = {"smpte2084": "pq", "arib-std-b67": "hlg"}
# PyAV 18 lists no side data at all where one kind is unknown to it (EXIF, view ids): such a kind passes as
# the one named here, which nothing reads.
side_data.Type._missing_ = classmethod(lambda cls, _: cls.REGIONS_OF_INTEREST)  # type: ignore[method-assign,assignment]  # an enum's own hook
# enum AVFieldOrder: 2 and 4 show the top field first, 3 and 5 the bottom one; 1 is progressive.
TOP_FIELD_FIRST, BOTTOM_FIELD_FIRST = (2, 4), (3, 5)


def pixel_facts(pix_fmt: str) -> dict[str, Any]:
    """Bit depth, chroma sampling and alpha that a pixel format's name stands for."""
    layout = av.VideoFormat(pix_fmt, 8, 8)
    if layout.is_rgb or layout.has_palette:
        chroma = "rgb"
    elif len([part for part in layout.components if not part.is_alpha]) == 1:
        chroma = "gray"
    else:
        chroma = {
            (8, 8): "444",
            (4, 8): "422",
            (4, 4): "420",
            (8, 4): "440",
            (2, 8): "411",
            (2, 2): "410",
        }.get((layout.chroma_width(8), layout.chroma_height(8)), "420")
    return {
        "bit_depth": max(part.bits for part in layout.components),
        "chroma": chroma,
        # A palette can hold alpha, but old codecs with palettes never use it.
        "has_alpha": any(part.is_alpha for part in layout.components) and not layout.has_palette,
    }


def colour_facts(context: Any, frame: Any) -> dict[str, Any]:
    """Colour tags: the frame's where it has them, else the container's."""
    facts: dict[str, Any] = {}
    for name, attribute, table in (
        ("color_primaries", "color_primaries", PRIMARIES),
        ("color_transfer", "color_trc", TRANSFERS),
        ("color_matrix", "colorspace", MATRICES),
        ("color_range", "color_range", RANGES),
    ):
        told = table.get(int(getattr(frame, attribute))) if frame is not None else None
        facts[name] = told or table.get(int(getattr(context, attribute)))
    pix_fmt = context.pix_fmt or ""
    if pix_fmt.startswith("yuvj"):
        facts["color_range"] = "pc"  # what FFmpeg's scaler goes by; one camera tags such pictures "tv"
    if facts["color_matrix"] == "gbr" and not pix_fmt.startswith(("gbr", "rgb", "bgr", "argb", "abgr", "pal")):
        facts["color_matrix"] = None  # 0 is also what an encoder leaves that wrote nothing
    facts["hdr"] = HDR_TRANSFERS.get(facts["color_transfer"] or "")
    return facts


def side_facts(frame: Any) -> dict[str, Any]:
    """Rotation, mirroring, mastering display, content light and Dolby Vision of a decoded frame."""
    facts: dict[str, Any] = {}
    for side in frame.side_data:
        kind, data = side.type.name, bytes(side)
        if kind == "DISPLAYMATRIX" and len(data) >= 36:
            facts["rotation"], facts["flipped"] = orientation(struct.unpack("=9i", data[:36]))
        elif kind == "MASTERING_DISPLAY_METADATA":
            facts["mastering_display"] = mastering_display(data)
        elif kind == "CONTENT_LIGHT_LEVEL" and len(data) >= 8:
            light = struct.unpack("=2I", data[:8])
            facts["content_light"] = light if any(light) else None
        elif kind in ("DOVI_RPU_BUFFER", "DOVI_METADATA"):
            facts["has_dolby_vision"] = True
    return facts


def orientation(matrix: tuple[int, ...]) -> tuple[int, bool]:
    """(degrees clockwise, mirrored): a player mirrors left and right first, then turns.

    The matrix maps (x, y), y downwards, to (a·x + c·y, b·x + d·y); its values are 16.16 fixed point.
    """
    a, b, c, d = matrix[0], matrix[1], matrix[3], matrix[4]
    flipped = a * d - b * c < 0
    degrees = math.degrees(math.atan2(-b, -a) if flipped else math.atan2(b, a))
    return round(degrees / 90) * 90 % 360, flipped


def mastering_display(data: bytes) -> str | None:
    """The string that x265's master-display takes, from a struct AVMasteringDisplayMetadata.

    Chromaticities count 0.00002, luminances 0.0001 cd/m², as in the SEI message of HEVC (H.265 §D.3.28).
    """
    if len(data) < 88:
        return None
    numbers = struct.unpack("=20i", data[:80])
    has_primaries, has_luminance = struct.unpack("=2i", data[80:88])
    values = [top / bottom if bottom else 0.0 for top, bottom in zip(numbers[::2], numbers[1::2], strict=True)]
    if not (has_primaries and has_luminance) or not values[9]:
        return None
    xy = [round(value * 50_000) for value in values[:8]]
    low, high = round(values[8] * 10_000), round(values[9] * 10_000)
    red, green, blue, white = (f"({xy[i]},{xy[i + 1]})" for i in (0, 2, 4, 6))
    return f"G{green}B{blue}R{red}WP{white}L({high},{low})"


def shows_transparency(frame: Any) -> bool:
    """Whether a GIF's picture really is transparent somewhere: its decoder always delivers alpha."""
    if frame.format.name != "bgra":
        return True
    plane = frame.planes[0]
    data, row = bytes(plane), plane.line_size  # a row may be padded, and its padding is transparent
    starts = range(0, row * frame.height, row)
    return any(byte != 255 for start in starts for byte in data[start + 3 : start + frame.width * 4 : 4])
