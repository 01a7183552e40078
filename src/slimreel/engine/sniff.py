"""Decides by content alone how FFmpeg may open a file, and with which options; or refuses it with a sentence.

A name is never believed. The demuxer is forced, so that no playlist hidden in a file can be found; it may
read only the file descriptor it was given, and decode only with the decoders listed here.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import NamedTuple

from slimreel.core.codecs import ALPHA_DECODERS
from slimreel.engine import signatures
from slimreel.engine.signatures import Kind
from slimreel.errors import HostileInput, NoSuchFile, NotAVideo, PermissionRefused, StorageError

HEAD_BYTES = 65536  # the longest run-in before a known signature (MXF)

# What -format_whitelist allows beside each forced demuxer: itself, and nothing it could open within.
# Why each group is here:
FORMATS: dict[str, str] = {
    name: name
    for group in (
        ("mov", "matroska", "avi", "flv", "mpegts", "mpeg", "asf", "ogg"),  # phones, web, cameras, discs, TV
        ("mxf", "dv", "rm", "wtv"),  # broadcast cameras, tapes, old downloads, TV recordings
        ("gif", "apng"),  # animations
        ("ivf", "nut", "yuv4mpegpipe", "h264", "hevc", "mpegvideo", "m4v", "obu"),  # encoders' own outputs
        ("wav", "mp3", "flac", "aac", "aiff", "caf", "au", "amr", "ape", "wv", "tta", "ac3", "dts", "w64"),
        ("png_pipe", "jpeg_pipe", "webp_pipe", "bmp_pipe"),  # overlays and covers; never image2, it takes SVG
    )
    for name in group
}

SOUND_DECODERS: tuple[str, ...] = (
    "aac", "aac_latm", "mp3", "mp3float", "mp2", "mp2float", "mp1", "mp1float", "ac3", "eac3", "dca",
    "truehd", "mlp", "opus", "vorbis", "flac", "alac", "ape", "wavpack", "tta", "speex",
    "amrnb", "amrwb", "wmav1", "wmav2", "wmapro", "wmavoice", "wmalossless", "nellymoser", "cook",
    "sipr", "real_144", "real_288", "qdm2", "qcelp", "gsm_ms", "dvaudio", "s302m", "adpcm_ms",
    "adpcm_ima_wav", "adpcm_ima_qt", "adpcm_swf", "adpcm_yamaha", "pcm_alaw", "pcm_mulaw", "pcm_bluray",
    "pcm_dvd", "pcm_u8", "pcm_s8", "pcm_s16le", "pcm_s16be", "pcm_s16le_planar", "pcm_s24le", "pcm_s24be",
    "pcm_s32le", "pcm_s32be", "pcm_f32le", "pcm_f32be", "pcm_f64le", "pcm_f64be",
)  # fmt: skip

# Decoders, by FFmpeg's names. Left out on purpose: camstudio, flic, magicyuv, vvc, apac, ARIB and bitmap
# subtitles (memory bugs published in 2026 against FFmpeg 8.1.2 to 9.0.2), games, and every still-picture
# format that no video holds.
DECODERS: tuple[str, ...] = (
    # phones, web, cameras, screen recorders, discs, TV. vp8 and vp9 with alpha stand last.
    "h264", "hevc", "libdav1d", "vp8", "vp9", "mpeg4", "mpeg2video", "mpeg1video", "mpegvideo", "mjpeg",
    "h263", "h263p", "theora", "vc1", "wmv1", "wmv2", "wmv3", "flv",
    # editing and cameras' masters
    "prores", "dnxhd", "cfhd", "dvvideo", "rawvideo", "v210", "qtrle",
    # lossless: archives and screen capture
    "ffv1", "huffyuv", "ffvhuff", "utvideo", "camtasia", "flashsv", "flashsv2", "zlib", "msrle", "msvideo1",
    # the 1990s and 2000s: AVI, QuickTime, Flash, RealMedia
    "msmpeg4", "msmpeg4v1", "msmpeg4v2", "h261", "vp3", "vp5", "vp6", "vp6a", "vp6f", "cinepak", "indeo3",
    "indeo4", "indeo5", "svq1", "svq3", "mjpegb", "rpza", "smc", "rv10", "rv20", "rv30", "rv40",
    # animations, overlays and covers
    "gif", "apng", "png", "webp", "bmp",
    *SOUND_DECODERS,
    # subtitles that are text
    "subrip", "srt", "ass", "ssa", "webvtt", "mov_text", "text", "cc_dec",
    # vp8 and vp9 with alpha
    *ALPHA_DECODERS.values(),
)  # fmt: skip


class OpenInput(NamedTuple):
    """A file open for reading, at its start, and how to read it. Whoever asked for it closes `fd`."""

    fd: int
    demuxer: str
    kind: Kind


def sniff(head: bytes, path: object = "This file") -> str:
    """The demuxer to force on a file that starts with `head`, as long a piece as there is up to 64 KiB.

    Raises HostileInput for playlists, manifests and scripts, NotAVideo for whatever else is not media.
    """
    return identify(head, path).demuxer


def identify(head: bytes, path: object = "This file") -> signatures.Content:
    """Like `sniff`, with the kind: "sound" and "picture" files can be read but are no videos."""
    if not head:
        raise NotAVideo(path=path, detail="the file is empty")
    danger = signatures.hostile(head)
    if danger is not None:
        raise HostileInput(path=path, detail=danger)
    content = signatures.anchored(head)
    if content is None:
        why = signatures.other(head)
        if why is not None:
            raise NotAVideo(path=path, detail=why)
        content = signatures.scattered(head)
    if content is None:
        raise NotAVideo(path=path, detail="its content is of no kind that slimreel knows")
    if content.demuxer not in FORMATS:
        raise NotAVideo(path=path, detail="it is a still picture")
    return content


def open_input(path: Path) -> OpenInput:
    """Opens a regular file and sniffs it; a pipe, device, folder or socket is refused unopened."""
    try:
        _refuse_special(path, path.stat().st_mode)
        # Should the file be swapped for a pipe here, O_NONBLOCK keeps the open from waiting for a writer.
        flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        fd = os.open(path, flags | getattr(os, "O_NOCTTY", 0))
    except (FileNotFoundError, NotADirectoryError, ValueError) as error:
        raise NoSuchFile(path=path) from error  # ValueError: a zero byte in the name
    except PermissionError as error:
        raise PermissionRefused(path=path) from error
    except OSError as error:
        raise StorageError(path=path, detail=error.strerror) from error
    try:
        _refuse_special(path, os.fstat(fd).st_mode)
        content = identify(_head(fd), path)
    except OSError as error:
        os.close(fd)
        raise StorageError(path=path, detail=error.strerror) from error
    except NotAVideo:
        os.close(fd)
        raise
    return OpenInput(fd, content.demuxer, content.kind)


def input_options(
    demuxer: str,
    source: int | Path,
    *,
    max_pixels: int = 16384 * 16384,
    max_streams: int = 128,
    max_alloc_bytes: int = 512 * 1024**2,
    max_samples: int = 1_000_000,
    probe_bytes: int = 32_000_000,
    probe_s: float = 10.0,
) -> list[str]:
    """FFmpeg's options for one untrusted input, `-i` included. Limits are generous: a server lowers them.

    `source` is a file descriptor; a path only where descriptors cannot be inherited (Windows). Two inputs
    from one file need two descriptors, since they share an offset otherwise.

    max_alloc_bytes is for one block: a plane of 16384x16384 at 8 bits is 256 MiB, of 8K at 16 bits 66 MiB.
    max_streams: a whole DVB multiplex has under 100. probe_*: FFmpeg's 5 MB and 5 s miss late sound in TS.
    """
    if isinstance(source, int):
        protocol, location = "fd", ["-fd", str(source), "-i", "fd:"]
    else:
        protocol, location = "file", ["-i", f"file:{source.absolute()}"]
    return [
        *("-max_alloc", str(max_alloc_bytes)),
        *("-protocol_whitelist", protocol),
        *("-format_whitelist", FORMATS[demuxer]),
        *("-codec_whitelist", ",".join(DECODERS)),
        *("-export_side_data", "+enhancements"),  # hands LCEVC data on instead of decoding it
        *("-max_pixels", str(max_pixels)),
        *("-max_samples", str(max_samples)),
        *("-max_streams", str(max_streams)),
        *("-probesize", str(probe_bytes)),
        *("-analyzeduration", str(round(probe_s * 1_000_000))),
        *("-f", demuxer),
        *location,
    ]


def _head(fd: int) -> bytes:
    head = b""
    while len(head) < HEAD_BYTES and (piece := os.read(fd, HEAD_BYTES - len(head))):
        head += piece
    os.lseek(fd, 0, os.SEEK_SET)
    return head


def _refuse_special(path: Path, mode: int) -> None:
    kinds = (
        (stat.S_ISDIR, "it is a folder"),
        (stat.S_ISFIFO, "it is a named pipe; save it to a file first"),
        (stat.S_ISSOCK, "it is a socket"),
        (lambda mode: not stat.S_ISREG(mode), "it is a device; save it to a file first"),
    )
    for is_kind, detail in kinds:
        if is_kind(mode):
            raise NotAVideo(path=path, detail=detail)
