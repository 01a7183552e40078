"""Writes copied packets and encoded frames into one file in a sandboxed child, and reserves room for its index.

It must not know what the packets show.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from pathlib import Path
from typing import Any

from slimreel.core.chunking import Keyframe, seek_of
from slimreel.core.media import MediaInfo
from slimreel.core.packets import PacketList
from slimreel.core.plan import EncodePlan
from slimreel.core.smartcut import Piece, Sounds, order_of
from slimreel.engine import children, footage, probe, sandbox
from slimreel.engine.sniff import DECODERS

# What the index of an ISO file takes at the most: for a picture 4 bytes of size, 8 of time, and 20 of a chunk of its
# own; for sound the same without the time. Room that is left over is a `free` box.
_PICTURE_BYTES, _SOUND_BYTES, _FIXED_BYTES = 32, 24, 16_384
# Of Matroska's index an entry for each keyframe.
_CUE_BYTES, _LEAST_CUES_BYTES = 24, 1024
_LEAST_CLOCK_HZ = 12_000  # ticks a second at least: the length of sound is told on this clock too
_TAGS: dict[str, str] = {"mp4": "avc1", "mov": "avc1"}


@dataclass(frozen=True, slots=True)
class CopiedSound:
    """A sound stream of the source, and the packets of it that are copied. `early`: one more before the first, that
    is decoded and not heard."""

    stream: int
    packets: PacketList
    sounds: Sounds
    samples: int
    sample_rate_hz: int
    early: bool

    @property
    def runs(self) -> list[tuple[int, int]]:
        """(first, count) of each run, in order."""
        found = [run for run in self.sounds.runs if run[1]]
        return [(found[0][0] - 1, found[0][1] + 1), *found[1:]] if self.early and found else found


@dataclass(frozen=True, slots=True)
class Cut:
    """What is decided before anything is written: the source's packets, the pieces of them, the rate of the result's
    frames; `sound` is None where none is copied."""

    packets: PacketList
    pieces: tuple[Piece, ...]
    rate: Fraction
    sound: CopiedSound | None

    @property
    def copied(self) -> int:
        return sum(piece.frames for piece in self.pieces if piece.copied)

    @property
    def frames(self) -> int:
        return sum(piece.frames for piece in self.pieces)


def graft(
    info: MediaInfo, plan: EncodePlan, cut: Cut, edges: Mapping[int, Path], made: Path | None, output: Path
) -> None:
    """Write the pieces, the encoded ones from the files `edges` by their number, to `output`; the sound is what is
    copied, else of the file `made`.

    Raises NotAVideo where they do not belong together, and what calling a child raises.
    """
    source, sound = info.path, cut.sound or made
    size = Path(source).stat().st_size
    seconds = 10 * probe.START_S + size / probe.SLOWEST_READ_BPS
    with ExitStack() as stack:
        fd = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o600)
        stack.callback(os.close, fd)
        pictures_fd = stack.enter_context(footage.opened(source))
        sound_fd = stack.enter_context(footage.opened(source))
        request = {
            "demuxer": info.demuxer,
            "decoders": DECODERS,
            "fd": fd,
            "video": _pictures(cut, edges) | {"fd": pictures_fd, "stream": plan.video.index},
            "sound": _sound(sound) | {"fd": sound_fd} if sound is not None else None,
            "muxer": plan.container.muxer,
            "options": _options(plan, cut, has_sound=sound is not None),
            "tag": _TAGS.get(plan.container.muxer),
            "tags": dict(plan.extras.tags),
            "labels": _labels(plan),
        }
        folders = {path.parent for path in edges.values()} | ({sound.parent} if isinstance(sound, Path) else set())
        children.call(
            "graft",
            request,
            path=source,
            fds=(fd, pictures_fd, sound_fd),
            policy=sandbox.Policy(read=tuple(folders), memory_bytes=children.MEMORY_BYTES, cpu_s=int(seconds)),
            deadline_s=seconds,
        )


def _pictures(cut: Cut, edges: Mapping[int, Path]) -> dict[str, Any]:
    packets = cut.packets
    told: list[dict[str, Any]] = []
    for number, piece in enumerate(cut.pieces):
        if piece.copied:
            first = packets.pts[piece.start]
            seek = seek_of(packets, Keyframe(piece.start, first))
            sought = {"first": first, "seek": first if seek is None else seek}
            told.append({"start": piece.start, **sought, "order": order_of(packets, piece)})
        else:
            told.append({"path": str(edges[number].absolute()), "frames": piece.frames})
    return {"rate": [cut.rate.numerator, cut.rate.denominator], "packets": len(packets), "pieces": told}


def _sound(sound: CopiedSound | Path) -> dict[str, Any]:
    if isinstance(sound, Path):
        return {"path": str(sound.absolute())}
    times = sound.packets.pts
    return {
        "stream": sound.stream,
        "packets": len(times),
        "samples": sound.samples,
        "sample_rate": sound.sample_rate_hz,
        "late": sound.sounds.late - sound.early,
        "runs": [[times[first], count, times[first], first] for first, count in sound.runs],
    }


def _options(plan: EncodePlan, cut: Cut, *, has_sound: bool) -> dict[str, str]:
    """The muxer's options, with room for an index at the front: so the file is begun at once where it is played."""
    frames, rate = cut.frames, cut.rate
    if plan.container.muxer not in ("mp4", "mov"):
        return {"reserve_index_space": str(_LEAST_CUES_BYTES + _CUE_BYTES * frames // 4)}
    heard = round(plan.duration_s * max((track.sample_rate_hz for track in plan.sound), default=0) / 1024) + 8
    texts = sum(len(key) + len(value.encode()) + 40 for key, value in plan.extras.tags)
    room = _FIXED_BYTES + texts + _PICTURE_BYTES * frames + _SOUND_BYTES * (heard if has_sound else 0)
    clock = str(rate.numerator * ceil(_LEAST_CLOCK_HZ / rate.numerator))
    return {
        "moov_size": str(room),
        "video_track_timescale": clock,
        "movie_timescale": clock,
        "write_tmcd": "0",
    }


def _labels(plan: EncodePlan) -> list[dict[str, str]]:
    told = [(plan.video.language, plan.video.title if plan.extras.tags else None)]
    told += [(track.language, track.title) for track in plan.sound]
    languages = plan.container.languages
    return [
        {
            key: value
            for key, value in (("language", languages.get(language or "", language)), ("title", title))
            if value
        }
        for language, title in told
    ]
