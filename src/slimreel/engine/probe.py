"""Finds out what a file holds: sniffed here, read in a sandboxed child, refused where it is no video.

Facts only: which picture is the main one, and what is made of it, is decided elsewhere.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from slimreel.core import records
from slimreel.core.media import MediaInfo
from slimreel.engine import children, sandbox
from slimreel.engine.sniff import DECODERS, OpenInput, open_input
from slimreel.errors import BeyondSalvage, EngineError, NotAVideo

SLOWEST_READ_BPS = 20 * 10**6  # bytes a second: a network drive; the whole file is read once
START_S = 30.0  # a busy machine needs seconds to start an interpreter; measured alone: 0.1 s
ONE_PICTURE = "it is a still picture"


def probe(path: Path, *, policy: sandbox.Policy | None = None) -> MediaInfo:
    """What `path` holds, every packet counted. Takes 0.2 s of CPU for ten seconds of 1080p.

    Raises NotAVideo for sound, still pictures and what cannot be read, HostileInput for playlists in
    disguise, and BeyondSalvage where no picture at all is left; lesser damage is told in `damage`.
    """
    source = open_input(path)
    try:
        if source.kind == "sound":
            raise NotAVideo(path=path, detail="it is a sound file")
        if source.kind == "picture":
            raise NotAVideo(path=path, detail=_picture_sentence(source))
        facts = read(source, path, policy=policy)
    finally:
        os.close(source.fd)
    _refuse_without_pictures(facts, path)
    return media_info(facts, path)


def read(source: OpenInput, path: object, *, policy: sandbox.Policy | None = None) -> dict[str, Any]:
    """The child's facts about an open input."""
    deadline_s = START_S + os.fstat(source.fd).st_size / SLOWEST_READ_BPS
    request = {"fd": source.fd, "demuxer": source.demuxer, "decoders": DECODERS}
    return children.call("probe", request, path=path, fds=(source.fd,), policy=policy, deadline_s=deadline_s)


def media_info(facts: dict[str, Any], path: object) -> MediaInfo:
    """The child's facts, checked: it has read a stranger's file, so its word is not taken. Raises EngineError."""
    try:
        return records.read(MediaInfo, {**facts, "path": str(path)})
    except records.BadRecord as error:
        raise EngineError(detail=f"reading {path} gave facts that do not fit: {error}") from error


def _picture_sentence(source: OpenInput) -> str:
    head = os.pread(source.fd, 64, 0)
    if head[8:16] == b"WEBPVP8X" and head[20] & 2:  # the animation flag
        return "it is an animated WebP, which FFmpeg cannot decode; save it as a GIF or a video first"
    return ONE_PICTURE


def _refuse_without_pictures(facts: dict[str, Any], path: Path) -> None:
    videos = facts["video"]
    if not videos:
        if facts["unsupported"]:
            names = ", ".join(facts["unsupported"])
            raise NotAVideo(path=path, detail=f"its picture is coded as {names}, which slimreel does not decode")
        if facts["damage"]:
            raise BeyondSalvage(path=path, detail="; ".join(facts["damage"]))
        raise NotAVideo(path=path, detail="it is a sound file" if facts["audio"] else "it holds no picture")
    is_animation = facts["demuxer"] in ("gif", "apng")
    if is_animation and max(video["packets"] for video in videos) < 2:
        raise NotAVideo(path=path, detail=ONE_PICTURE)
