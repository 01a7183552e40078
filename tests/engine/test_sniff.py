"""Content decides: media is recognised and decodes with every defence on, the rest gets a sentence."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from slimreel.engine import signatures, sniff
from slimreel.errors import HostileInput, NoSuchFile, NotAVideo, PermissionRefused, SlimreelError
from tests.conftest import media_folder
from tests.engine.children import decode, frames_of, make

# demuxer: (suffix, how ffmpeg writes it)
WRITTEN: dict[str, tuple[str, str]] = {
    "mov": ("mp4", "-c:v libx264"),
    "matroska": ("webm", "-c:v libvpx-vp9"),
    "avi": ("avi", "-c:v mpeg4"),
    "flv": ("flv", "-c:v flv1"),
    "mpegts": ("ts", "-c:v mpeg2video"),
    "mpeg": ("vob", "-c:v mpeg2video"),
    "asf": ("wmv", "-c:v wmv2"),
    "ogg": ("ogv", "-c:v libtheora"),
    "mxf": ("mxf", "-c:v mpeg2video -pix_fmt yuv422p"),
    "dv": ("dv", "-s 720x576 -r 25 -pix_fmt yuv420p"),
    "rm": ("rm", "-c:v rv20"),
    "wtv": ("wtv", "-c:v mpeg2video"),
    "gif": ("gif", ""),
    "apng": ("apng", ""),
    "ivf": ("ivf", "-c:v libsvtav1"),
    "nut": ("nut", "-c:v ffv1"),
    "yuv4mpegpipe": ("y4m", "-pix_fmt yuv420p"),
    "h264": ("h264", "-c:v libx264"),
    "hevc": ("hevc", "-c:v libx265 -x265-params log-level=none"),
    "mpegvideo": ("m2v", "-c:v mpeg2video"),
    "m4v": ("m4v", "-c:v mpeg4 -f m4v"),
    "obu": ("obu", "-c:v libsvtav1"),
}
SOUNDS = {
    "wav": "wav", "mp3": "mp3", "flac": "flac", "aac": "aac", "aiff": "aiff", "caf": "caf", "au": "au",
    "wv": "wv", "tta": "tta", "ac3": "ac3", "w64": "w64", "amr": "amr -ar 8000 -ac 1",
}  # fmt: skip
PICTURES = {"png_pipe": "png", "jpeg_pipe": "jpg", "webp_pipe": "webp", "bmp_pipe": "bmp"}

REFUSED: dict[str, bytes] = {
    "an HLS playlist": b"#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:1.0\nfile:///etc/passwd\n",
    "a DASH manifest": b'<?xml version="1.0"?>\n<!-- x -->\n<MPD xmlns="urn:mpeg:dash:schema:mpd:2011">',
    "a Smooth Streaming manifest": b'<?xml version="1.0"?><SmoothStreamingMedia MajorVersion="2">',
    "an IMF or cinema playlist": b'<?xml version="1.0"?>\n<CompositionPlaylist xmlns="x">',
    "a list of files for FFmpeg's concat": b"ffconcat version 1.0\nfile '/etc/passwd'\n",
    "an SDP session description": b"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\n",
    "an SVG drawing": b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>',
    "a web page": b"<!DOCTYPE html><script>alert(1)</script>",
    "an XML document": b'<?xml version="1.0"?><fcpxml version="1.9"/>',
    "a player's playlist": b'<asx version="3.0"><ref href="http://x/"/></asx>',
    "a playlist or shortcut": b"[InternetShortcut]\r\nURL=http://x/",
    "a list of addresses": b"rtsp://example.org/stream\n",
    "a VobSub index": b"# VobSub index file, v7\n",
    "an FFmpeg metadata script": b";FFMETADATA1\ntitle=x\n",
    "a script": b"#!/bin/sh\nrm -rf /\n",
    "an AviSynth or VapourSynth script": b'clip = AviSource("/etc/passwd")\n',
    "a Windows shortcut": signatures.WINDOWS_SHORTCUT + bytes(60),
}
NO_VIDEOS = {
    "empty": b"",
    "zeros": bytes(5000),
    "words": b"Carefree words, as someone wrote them down one day in a file called clip.mp4.\n" * 9,
    "git-lfs": b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n",
    "subtitle": b"1\r\n00:00:01,000 --> 00:00:02,000\r\nHello\r\n",
    "pdf": b"%PDF-1.7\n%\xe2\xe3",
    "noise": bytes(range(7, 250)) * 9,
    "tiff": b"II*\0" + bytes(90),
}


@pytest.mark.parametrize("demuxer", WRITTEN)
def test_what_ffmpeg_writes_is_recognised_and_decodes(demuxer: str, tmp_path: Path) -> None:
    suffix, options = WRITTEN[demuxer]
    path = make(tmp_path / f"clip.{suffix}", *options.split())
    path = path.rename(tmp_path / "name-without-a-suffix")
    assert sniff.identify(path.read_bytes()[: sniff.HEAD_BYTES]) == (demuxer, "video")
    ended = decode(path, tmp_path)
    assert ended.code == 0, ended.stderr
    assert frames_of(ended) == 10


@pytest.mark.parametrize("demuxer", SOUNDS)
def test_a_sound_file_is_called_one(demuxer: str, tmp_path: Path) -> None:
    suffix, *options = SOUNDS[demuxer].split()
    path = make(tmp_path / f"a.{suffix}", *"-f lavfi -i sine=d=1 -map 1:a".split(), *options)
    assert sniff.identify(path.read_bytes()[: sniff.HEAD_BYTES]) == (demuxer, "sound")


@pytest.mark.parametrize("demuxer", PICTURES)
def test_a_still_picture_is_called_one(demuxer: str, tmp_path: Path) -> None:
    path = make(tmp_path / f"a.{PICTURES[demuxer]}", "-frames:v", "1", "-update", "1")
    assert sniff.identify(path.read_bytes()) == (demuxer, "picture")
    assert frames_of(decode(path, tmp_path)) == 1


def test_every_demuxer_on_the_list_can_be_reached() -> None:
    tested = {*WRITTEN, *SOUNDS, *PICTURES}
    assert set(sniff.FORMATS) - tested == {"ape", "dts"}  # FFmpeg writes no Monkey's Audio; DTS as below
    assert sniff.sniff(b"MAC \x96\x0f" + bytes(90)) == "ape"
    assert sniff.sniff(b"\x7f\xfe\x80\x01" + bytes(90)) == "dts"


@pytest.mark.parametrize("packet_bytes", [188, 192, 204])
@pytest.mark.parametrize("lead", [0, 1, 4, 187, 1000])
def test_a_transport_stream_is_found_after_a_torn_start(packet_bytes: int, lead: int) -> None:
    packets = (b"G\x40\x00\x10" + b"\xff" * (packet_bytes - 4)) * 20
    assert sniff.sniff(b"\x01" * lead + packets) == "mpegts"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be"])
@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_names_others_is_refused(name: str, encoding: str) -> None:
    content = REFUSED[name]
    if name != "a Windows shortcut":
        content = ("\n " + content.decode("latin-1")).encode(encoding)
    with pytest.raises(HostileInput) as caught:
        sniff.sniff(content, "clip.mp4")
    assert caught.value.fields == {"path": "clip.mp4", "detail": name}


@pytest.mark.parametrize("name", NO_VIDEOS)
def test_what_is_no_video_is_told_so(name: str) -> None:
    with pytest.raises(NotAVideo) as caught:
        sniff.sniff(NO_VIDEOS[name], "clip.mp4")
    assert not isinstance(caught.value, HostileInput)


STARTS = [signature for signature, _ in signatures.ANCHORED]
STARTS += [b"RIFF\0\0\0\0" + form for form in signatures.RIFF_FORMS] + [
    b"\0\0\0\x20ftyp",
    b"ID3\x04\0\0",
    b"\xff",
]
STARTS += [content[:30] for content in REFUSED.values()]


@given(st.sampled_from([b"", *STARTS]), st.binary(max_size=600))
@example(b"\0\0\0\x01", b"")
@example(b"RIFF", b"")
@example(b"\xff\xfe", b"\x00\xd8")
@example(b"ID3", b"\xff" * 8)
def test_any_bytes_give_a_demuxer_or_a_sentence(start: bytes, rest: bytes) -> None:
    try:
        demuxer = sniff.sniff(start + rest)
    except NotAVideo:
        return
    assert sniff.input_options(demuxer, 3)


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "head",
    [
        b"x" * (1 << 20),
        b"1" + b"\n" * (1 << 20),
        b"<!---->" * 60,
        b"<?xml?>" + b"<!-- -->" * 60,
        b"<!doctype svg>" * 60,
    ],
    ids=["one word", "blank lines", "comments", "comments of XML", "declarations"],
)
def test_no_text_keeps_the_reader_of_its_head_busy(head: bytes) -> None:
    """Patterns that try again for each letter took seconds for 64 KiB of one word, and for ever for 60 comments."""
    with pytest.raises(NotAVideo):
        sniff.identify(head)


def test_a_pipe_does_not_hang_and_a_device_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.mp4")
    address = tmp_path / "s.mp4"
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(address))
    listener.close()
    for path, word in [
        (tmp_path / "pipe.mp4", "named pipe"),
        (address, "socket"),
        (Path("/dev/zero"), "device"),
        (tmp_path, "folder"),
    ]:
        with pytest.raises(NotAVideo, match=word):
            sniff.open_input(path)


def test_a_file_that_cannot_be_opened_gets_its_own_error(tmp_path: Path) -> None:
    for name in ("missing.mp4", "a\0b.mp4", "file/below.mp4", "x" * 5000):
        (tmp_path / "file").touch()
        with pytest.raises(SlimreelError) as caught:
            sniff.open_input(tmp_path / name)
        assert caught.value.code in {"no_such_file", "storage"}
    loop = tmp_path / "loop.mp4"
    loop.symlink_to(loop)
    with pytest.raises(SlimreelError, match="could not be read"):
        sniff.open_input(loop)
    with pytest.raises(NoSuchFile):
        sniff.open_input(tmp_path / "none")


@pytest.mark.skipif(os.name == "posix" and os.geteuid() == 0, reason="root may read everything")
def test_no_permission_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.touch(mode=0)
    with pytest.raises(PermissionRefused):
        sniff.open_input(path)


@pytest.mark.parametrize("name", ["-leading-dash.mp4", "new\nline.mp4", "x_%03d.mp4", "http:x.mp4", "视频 .mp4"])
def test_a_name_is_only_a_label(name: str, tmp_path: Path) -> None:
    path = make(tmp_path / "clip.mp4").rename(tmp_path / name)
    assert frames_of(decode(path, tmp_path)) == 10


def legitimate() -> list[str]:
    """The shared clips that are videos, by their names in the folder."""
    folder = media_folder()
    if folder is None:
        return []
    aside = {"malformed", "audio", "image", "subtitle"}
    names = [path.relative_to(folder) for path in sorted(folder.glob("*/*")) if path.is_file()]
    films = [name.as_posix() for name in names if name.parts[0] not in aside]
    return [*films, "subtitle/burned_zh_720p.mp4", "image/anim.gif"]


# Frames that plain ffmpeg sees of the shortest, and of the one with sound alone.
SHORTER = {"hdr/hlg10_hevc_1080p.mp4": 9, "mov/prores_tiny.mov": 1, "mov/prores_422_1080p_2frames.mov": 2}
SOUND_ALONE = "multi/multi_aac_tracks.mp4"


@pytest.mark.media
@pytest.mark.parametrize("name", legitimate())
def test_every_legitimate_clip_decodes_with_all_defences(name: str, media: Path, tmp_path: Path) -> None:
    ended = decode(media / name, tmp_path, stream="0:a:0" if name == SOUND_ALONE else "0:v:0")
    assert ended.code == 0, ended.stderr
    assert frames_of(ended) == SHORTER.get(name, 10)


def test_the_attacks_of_the_corpus_are_refused(media: Path) -> None:
    rows = [line.split("\t") for line in (media / "MANIFEST.tsv").read_text(encoding="utf-8").splitlines()]
    attacks = [row[0] for row in rows if any(cell.startswith("ATTACK") for cell in row)]
    assert len(attacks) >= 4
    for name in attacks:
        with pytest.raises(NotAVideo):
            sniff.open_input(media / name)
