"""Looks at the files of a timeline: which kind each is by its content, and what lowering has to know of it.

Videos, sounds and pictures are read in the sandboxed child; subtitles and colour tables by readers of our own.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from slimreel.core.cues import MOST_BYTES, looks_like_cues, read_cues
from slimreel.core.timing import SOURCE
from slimreel.edit.facts import Asset, AssetKind, asset_of
from slimreel.engine import probe, sniff
from slimreel.errors import DamagedInput, HostileInput, NotAVideo
from slimreel.graph.material import Material

_TABLE_BYTES = 8_000_000  # 64 steps a side take 7 MB of text
_TABLE_LINE = re.compile(
    r"\s*(#.*|TITLE .*|LUT_[13]D_(SIZE|INPUT_RANGE) [\d.\s+-]+|DOMAIN_(MIN|MAX) [\d.\s+-]+|[\d.eE\s+-]*)"
)


def gather(path: Path, asset_id: str, *, salvage: bool = False) -> Material:
    """A file as material. Raises what opening and reading a file raises, NotAVideo where it is nothing of use."""
    try:
        source = sniff.open_input(path)
    except HostileInput:
        raise
    except NotAVideo as error:
        return _of_text(path, asset_id, error)
    try:
        facts = probe.read(source, path)
    finally:
        os.close(source.fd)
    info = probe.media_info(facts, path)
    if info.damage and not salvage:
        raise DamagedInput(path=path, detail="; ".join(info.damage))
    if not info.video and not any(track.packets for track in info.audio):
        raise NotAVideo(path=path, detail="it holds neither pictures nor sound that slimreel can decode")
    return Material(asset=asset_of(asset_id, path.name, info), info=info)


def _of_text(path: Path, asset_id: str, refused: NotAVideo) -> Material:
    with path.open("rb") as file:
        content = file.read(_TABLE_BYTES + 1)
    if looks_like_cues(content[: sniff.HEAD_BYTES]):
        cues = read_cues(content[: MOST_BYTES + 1])
        duration = SOURCE.ticks(cues[-1].end_ms / 1000)
        return Material(asset=_asset(path, asset_id, "subtitles", duration), cues=cues)
    if b"LUT_3D_SIZE" in content[:4096] and len(content) <= _TABLE_BYTES and _is_table(content):
        return Material(asset=_asset(path, asset_id, "lut", 0))
    raise refused


def _asset(path: Path, asset_id: str, kind: AssetKind, duration: int) -> Asset:
    return Asset(id=asset_id, name=path.name, kind=kind, path=str(path), duration=duration)


def _is_table(content: bytes) -> bool:
    """Nothing but the lines that a table of colours has."""
    try:
        lines = content.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        return False
    return all(_TABLE_LINE.fullmatch(line) for line in lines)
