"""What the first bytes of a file say it is: tables and small tests over bytes. Opens nothing, raises nothing.

Names on the right are FFmpeg's demuxers. Only those that users' files need are here: FFmpeg has 370, and
each one that cannot be reached is one whose bugs cannot be either.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

Kind = Literal["video", "sound", "picture"]


class Content(NamedTuple):
    """The demuxer to force, and what such a file holds; a container is "video" even if it has only sound."""

    demuxer: str
    kind: Kind = "video"


# Signatures that start the file. No text begins like this.
ANCHORED: tuple[tuple[bytes, Content], ...] = (
    (b"\x1aE\xdf\xa3", Content("matroska")),
    (b"FLV\x01", Content("flv")),
    (b"OggS", Content("ogg")),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\x00\xaa\x00\x62\xce\x6c", Content("asf")),
    (b".RMF", Content("rm")),
    (b"\xb7\xd8\x00\x20\x37\x49\xda\x11\xa6\x4e\x00\x07\xe9\x5e\xad\x8d", Content("wtv")),
    (b"DKIF", Content("ivf")),
    (b"nut/multimedia container\0", Content("nut")),
    (b"YUV4MPEG2 ", Content("yuv4mpegpipe")),
    (b"GIF87a", Content("gif")),
    (b"GIF89a", Content("gif")),
    (b"\x00\x00\x01\xba", Content("mpeg")),
    (b"\x00\x00\x01\xb3", Content("mpegvideo")),
    (b"\x00\x00\x01\xb0", Content("m4v")),
    (b"\x12\x00\x0a", Content("obu")),  # AV1: an empty temporal delimiter, then a sequence header
    (b"\x1f\x07\x00", Content("dv")),  # the header block of a DV frame: section type 0, sequence 0, block 0
    (b"fLaC", Content("flac", "sound")),
    (b"caff\x00\x01", Content("caf", "sound")),
    (b".snd", Content("au", "sound")),
    (b"#!AMR", Content("amr", "sound")),
    (b"MAC ", Content("ape", "sound")),
    (b"wvpk", Content("wv", "sound")),
    (b"TTA1", Content("tta", "sound")),
    (b"\x0b\x77", Content("ac3", "sound")),
    (b"\x7f\xfe\x80\x01", Content("dts", "sound")),
    (b"riff\x2e\x91\xcf\x11", Content("w64", "sound")),
    (b"\xff\xd8\xff", Content("jpeg_pipe", "picture")),
    (b"II*\0", Content("tiff_pipe", "picture")),
    (b"MM\0*", Content("tiff_pipe", "picture")),
    (b"\xff\x0a", Content("jpegxl_pipe", "picture")),
    (b"\0\0\0\x0cJXL ", Content("jpegxl_pipe", "picture")),
    (b"\0\0\0\x0cjP  ", Content("j2k_pipe", "picture")),
    (b"8BPS\0\x01", Content("psd_pipe", "picture")),
)

RIFF_FORMS = {
    b"AVI ": Content("avi"),
    b"AVIX": Content("avi"),
    b"CDXA": Content("mpeg"),  # Video CD
    b"WAVE": Content("wav", "sound"),
    b"WEBP": Content("webp_pipe", "picture"),
}
FIRST_BOXES = frozenset(b"ftyp moov mdat wide free skip pnot styp moof sidx uuid junk udta prft emsg PICT".split())
PICTURE_BRANDS = frozenset((b"heic", b"heix", b"heim", b"heis", b"mif1", b"avif", b"crx "))
MXF_PARTITION = bytes.fromhex("060e2b34020501010d0102010102")

# Text that names other files or runs something: (pattern over lower-cased text, what to call it). A stranger chooses
# the text, so what repeats gives nothing back (*+), and nothing is tried again for each letter.
HOSTILE_TEXT: tuple[tuple[str, str], ...] = (
    (r"#extm3u|#ext-x-", "an HLS playlist"),
    (r"ffconcat\s+version|file\s+'[^\n]*'|file\s+\S+\.\w{2,4}\s*\n", "a list of files for FFmpeg's concat"),
    (r"(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*+<mpd\b", "a DASH manifest"),
    (r"(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*+<smoothstreamingmedia\b", "a Smooth Streaming manifest"),
    (
        r"<\?xml[^>]*>\s*(<!--.*?-->\s*)*+<(\w+:)?(compositionplaylist|assetmap|packinglist|outputprofilelist)\b",
        "an IMF or cinema playlist",
    ),
    (r"(<\?xml[^>]*>\s*)?(<!doctype svg[^>]*>\s*|<!--.*?-->\s*)*+<(\w+:)?svg\b", "an SVG drawing"),
    (r"(<\?xml[^>]*>\s*)?<(asx|smil|wpl)\b", "a player's playlist"),
    (r"(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*+(<!doctype html|<html|<head|<script)", "a web page"),
    (r"<\?xml|<!doctype|<!entity|<xspf|<playlist", "an XML document"),
    (r"v=0\s*\r?\n[a-z]=", "an SDP session description"),
    (r"\[(playlist|reference|internetshortcut)\]", "a playlist or shortcut"),
    (r"# vobsub index file", "a VobSub index"),
    (r";ffmetadata", "an FFmpeg metadata script"),
    (r"<\?php|#!\s*/|@echo off", "a script"),
    (r"(https?|rtsp|rtmp|mms|file|ftp|concat|subfile|data|crypto)://?\S", "a list of addresses"),
    (r"(rtsptext|\s*sdp_?url)", "a streaming description"),
    (r"[^\n]*(\wsource|import|loadplugin|loadvirtualdubplugin)\s*\(", "an AviSynth or VapourSynth script"),
)
_HOSTILE = tuple((re.compile(pattern, re.DOTALL), name) for pattern, name in HOSTILE_TEXT)
WINDOWS_SHORTCUT = bytes.fromhex("4c0000000114020000000000c0000000")
# A subtitle stream of an AVI is a file within the file, which FFmpeg opens by its content.
PLAYLIST_IN_AVI = re.compile(rb"GAB2.{0,64}?(#EXTM3U|ffconcat|<MPD|<\?xml|v=0)", re.DOTALL)
SCRIPT_IN_PICTURE = re.compile(rb"<\?php|<script\b", re.IGNORECASE)

OTHER_FILES: tuple[tuple[bytes, str], ...] = (
    (b"version https://git-lfs", "it is a Git LFS pointer; the real file was never downloaded"),
    (b"%PDF", "it is a PDF document"),
    (b"PK\x03\x04", "it is a ZIP archive or an office document"),
    (b"Rar!", "it is a RAR archive"),
    (b"7z\xbc\xaf\x27\x1c", "it is a 7-Zip archive"),
    (b"\x1f\x8b", "it is a gzip archive"),
    (b"\x7fELF", "it is a program"),
    (b"MZ", "it is a Windows program"),
    (b"FWS", "it is a Flash program"),
    (b"CWS", "it is a Flash program"),
    (b"MThd", "it is a MIDI file"),
    (b"webvtt", "it is a subtitle file"),
    (b"WEBVTT", "it is a subtitle file"),
    (b"[Script Info]", "it is a subtitle file"),
)
_SUBRIP = re.compile(r"\s*+\d++[ \t\r]*+\n\s*+\d++:\d++:\d++[,.]\d++\s*+-->")


def hostile(head: bytes) -> str | None:
    """What to call a file that would make a player open others or run something; None when it is none."""
    if head.startswith(WINDOWS_SHORTCUT):
        return "a Windows shortcut"
    if head.startswith(b"RIFF") and PLAYLIST_IN_AVI.search(head):
        return "an AVI with a playlist in place of subtitles"
    if head.startswith((b"GIF8", b"\x89PNG", b"\xff\xd8\xff", b"BM")) and SCRIPT_IN_PICTURE.search(head):
        return "a picture with program code in it"
    if anchored(head):
        return None
    text = as_text(head).lstrip("\ufeff \t\r\n\0").lower()
    for pattern, name in _HOSTILE:
        if pattern.match(text):
            return name
    # FFmpeg looks for these anywhere in what it probes; "<mpd" alone stands in one TS file of 8000 by chance.
    return "a DASH manifest" if "<mpd" in text and "dash" in text else None


def anchored(head: bytes) -> Content | None:
    """The content, by signatures at fixed places."""
    if head[:4] in (b"RIFF", b"RF64", b"BW64"):
        return RIFF_FORMS.get(head[8:12])
    if head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC"):
        return Content("aiff", "sound")
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        is_animated = b"acTL" in head.partition(b"IDAT")[0]
        return Content("apng") if is_animated else Content("png_pipe", "picture")
    if head[:2] == b"BM" and head[6:10] == b"\0\0\0\0":
        return Content("bmp_pipe", "picture")
    for signature, content in ANCHORED:
        if head.startswith(signature):
            return content
    return _boxes(head) or _raw_stream(head)


def scattered(head: bytes) -> Content | None:
    """The content, by patterns that repeat or may come later; for what is neither anchored nor text."""
    if _is_transport_stream(head):
        return Content("mpegts")
    if MXF_PARTITION in head:  # SMPTE 377 allows a run-in of up to 64 KiB
        return Content("mxf")
    return _compressed_sound(head)


def as_text(head: bytes) -> str:
    """The bytes as text by their mark or their zeros; wrong bytes become replacement characters."""
    if head.startswith(b"\xff\xfe") or (head[1:2] == b"\0" and head[3:4] == b"\0" and head[:1] != b"\0"):
        return head.decode("utf-16-le", errors="replace")
    if head.startswith(b"\xfe\xff") or (head[:1] == b"\0" and head[2:3] == b"\0" and head[1:2] not in b"\0"):
        return head.decode("utf-16-be", errors="replace")
    return head.decode("utf-8", errors="replace")


def other(head: bytes) -> str | None:
    """Why a file that is neither media nor hostile is no video; None for bytes of no known kind."""
    for signature, why in OTHER_FILES:
        if head.lstrip(b"\xef\xbb\xbf").startswith(signature):
            return why
    if not head.strip(b"\0"):
        return "it holds nothing but zeros, like an unfinished download or copy"
    text = as_text(head).rstrip("\ufffd")  # the cut may have hit the middle of a character
    if all(character.isprintable() or character in "\t\r\n\f\ufeff" for character in text[:4096]):
        return "it is a subtitle file" if _SUBRIP.match(text.lstrip("\ufeff")) else "it is plain text"
    return None


def _boxes(head: bytes) -> Content | None:
    """MP4, MOV and their relatives: a box of a sane size and a known type comes first."""
    size, box = int.from_bytes(head[:4], "big"), head[4:8]
    if box not in FIRST_BOXES or 1 < size < 8:
        return None
    if all(32 <= byte < 127 for byte in head[:64]):  # "Carefree…" is a word, not a box
        return None
    is_picture = box == b"ftyp" and head[8:12] in PICTURE_BRANDS
    return Content("mov", "picture" if is_picture else "video")


def _raw_stream(head: bytes) -> Content | None:
    """H.264 or HEVC in Annex B: a start code, then the parameter set or delimiter that must come first."""
    for start_code in (b"\0\0\0\x01", b"\0\0\x01"):
        if head.startswith(start_code) and len(head) > len(start_code) + 1:
            first, second = head[len(start_code)], head[len(start_code) + 1]
            is_parameter_set = first & 0x1F == 7 and first & 0x60 != 0
            if first < 0x80 and (is_parameter_set or first & 0x1F == 9):
                return Content("h264")
            if first >> 1 in (32, 35) and second == 1:
                return Content("hevc")
    return None


def _is_transport_stream(head: bytes) -> bool:
    """Five sync bytes in a row, 188 apart (192 on Blu-ray and cameras, 204 with error correction)."""
    for packet_bytes in (188, 192, 204):
        for offset in range(min(packet_bytes * 8, len(head))):
            syncs = head[offset : offset + packet_bytes * 5 : packet_bytes]
            if syncs == b"GGGGG":
                return True
    return False


def _compressed_sound(head: bytes) -> Content | None:
    """MP3 and raw AAC, behind an ID3 tag or not."""
    has_tag = head.startswith(b"ID3") and len(head) > 10
    if has_tag:
        size = sum((byte & 0x7F) << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=True))
        head = head[10 + size :]
        if head.startswith(b"fLaC"):
            return Content("flac", "sound")
    header = int.from_bytes(head[:4], "big")
    if len(head) >= 4 and header >> 21 == 0x7FF:
        layer = header >> 17 & 0b11
        if layer == 0 and header >> 20 == 0xFFF:
            return Content("aac", "sound")
        if layer and header >> 19 & 0b11 != 1 and header >> 12 & 0xF != 0xF and header >> 10 & 0b11 != 0b11:
            return Content("mp3", "sound")
    return Content("mp3", "sound") if has_tag else None
