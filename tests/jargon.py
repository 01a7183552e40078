"""Words of formats and of FFmpeg that no sentence to a person may hold, unless in brackets after plain ones."""

from __future__ import annotations

import re

JARGON = re.compile(
    r"\b(nal|sei|sps|pps|idr|moov|moof|mdat|stsd|stts|ctts|elst|tmcd|gpmd|mebx|riff|cluster|segment|atom|dts|pts"
    r"|demux\w*|mux\w*|packets?|bitstream|transport|fragments?|dec:\w+|[av]ist\W)\b",
    re.IGNORECASE,
)


def jargon_in(sentence: str) -> list[str]:
    """What a person has to read of it; the technical detail in brackets they may skip."""
    while (plain := re.sub(r"\([^()]*\)|（[^（）]*）|“[^“”]*”", "", sentence)) != sentence:
        sentence = plain
    return [found[0] for found in JARGON.finditer(sentence)]
