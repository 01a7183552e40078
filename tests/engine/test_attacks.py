"""Files that were made to reach other files, the network or all of the memory, against the real ffmpeg.

Three defences stand behind each other: content is sniffed, the demuxer is forced on one descriptor, and the
sandbox refuses the rest. Each is tried with those before it switched off; strace says what was really opened.
"""

from __future__ import annotations

import os
import re
import resource
import shutil
import socket
import struct
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from slimreel.engine import sandbox, sniff
from slimreel.errors import HostileInput
from tests.engine.children import FFMPEG, HOME_MADE, decode, frames_of, make

needs_strace = pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace")
SUFFIXES = ("mp4", "mkv", "avi", "srt", "txt")
TO_NOWHERE = ["-map", "0", "-frames:v", "5", "-f", "null", "-"]

DASH = """<?xml version="1.0"?>
<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT1S"
 profiles="urn:mpeg:dash:profile:isoff-main:2011"><Period><AdaptationSet><Representation id="1"
 mimeType="video/mp4" bandwidth="1000"><BaseURL>{canary}</BaseURL></Representation></AdaptationSet></Period>
</MPD>
"""
IMF = """<?xml version="1.0"?>
<CompositionPlaylist xmlns="http://www.smpte-ra.org/schemas/2067-3/2016"><Id>urn:uuid:0</Id>
<EditRate>25 1</EditRate><SegmentList><Segment><Id>urn:uuid:1</Id></Segment></SegmentList>
</CompositionPlaylist>
"""
MANIFESTS = {
    "dash": DASH,
    "dash over http": DASH.replace("{canary}", "http://127.0.0.1:{port}/c.mp4"),
    "hls": "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{canary}\n#EXT-X-ENDLIST\n",
    "hls over http": "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nhttp://127.0.0.1:{port}/\n#EXT-X-ENDLIST\n",
    "ffconcat": "ffconcat version 1.0\nfile '{canary}'\n",
    "ffconcat sibling": "ffconcat version 1.0\nfile canary.mp4\n",
    "sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video {port} RTP/AVP 96\n",
    "imf": IMF,
    "svg": '<svg xmlns="http://www.w3.org/2000/svg"><image href="file://{canary}" width="9"/></svg>',
}


@dataclass
class Trap:
    """A folder with a file nobody may open, and a port nobody may call."""

    folder: Path
    canary: Path
    listener: socket.socket
    job: Path
    opened: list[str] = field(default_factory=list)

    def write(self, name: str, suffix: str) -> Path:
        port = self.listener.getsockname()[1]
        path = self.folder / f"attack.{suffix}"
        text = MANIFESTS[name].replace("{canary}", str(self.canary)).replace("{port}", str(port))
        path.write_text(text, encoding="utf-8")
        return path

    def was_touched(self, calls: str) -> bool:
        """Whether the canary was opened or anything called, by strace's word and by the port's."""
        opened = re.search(rf'open[a-z0-9]*\(.*{re.escape(self.canary.name)}".* = \d', calls)
        called = re.search(r"(connect|bind)\(.*sa_family=AF_INET.* = (0|-1 EINPROGRESS)", calls)
        return bool(opened or called) or self.was_called()

    def was_called(self) -> bool:
        try:
            self.listener.accept()[0].close()
        except BlockingIOError:
            return False
        return True


@pytest.fixture
def trap(tmp_path: Path) -> Iterator[Trap]:
    job = tmp_path / "job"
    job.mkdir()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        yield Trap(tmp_path, make(tmp_path / "canary.mp4"), listener, job)


def traced(trap: Trap, arguments: list[str], *, policy: sandbox.Policy | None, fd: int | None = None) -> str:
    """Runs ffmpeg under strace, in the sandbox when there is a policy; what it opened, called and executed.

    -D makes strace the grandchild, so that the launcher still sees its real parent.
    """
    log = trap.folder / "trace"
    launcher = sandbox.launcher_command(policy) if policy else []
    strace: list[str | Path] = [
        "strace",
        "-D",
        "-f",
        "-qq",
        "-o",
        log,
        "-e",
        "trace=open,openat,openat2,connect,bind,execve",
    ]
    subprocess.run(
        [*strace, *launcher, FFMPEG, *HOME_MADE, *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=60,
        check=False,
        pass_fds=() if fd is None else (fd,),
        cwd=trap.folder,
    )
    give_up = time.monotonic() + 10
    while time.monotonic() < give_up:  # the tracer ends after the traced
        calls = log.read_text(errors="replace")
        if not calls.endswith("\n") or "execve" not in calls:
            time.sleep(0.05)
            continue
        time.sleep(0.1)
        if log.read_text(errors="replace") == calls:
            return calls
    raise AssertionError("strace did not end")


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("name", MANIFESTS)
def test_sniffing_alone_refuses_it(name: str, suffix: str, trap: Trap) -> None:
    with pytest.raises(HostileInput):
        sniff.open_input(trap.write(name, suffix))


@needs_strace
@pytest.mark.parametrize("name", MANIFESTS)
def test_a_forced_demuxer_on_a_descriptor_alone_stops_it(name: str, trap: Trap) -> None:
    fd = os.open(trap.write(name, "mp4"), os.O_RDONLY)
    try:
        for demuxer in ("mov", "matroska", "avi"):
            calls = traced(trap, [*sniff.input_options(demuxer, fd), *TO_NOWHERE], policy=None, fd=fd)
            assert not trap.was_touched(calls)
    finally:
        os.close(fd)


@needs_strace
@pytest.mark.parametrize("name", MANIFESTS)
def test_the_sandbox_alone_stops_it(name: str, trap: Trap) -> None:
    if not (sandbox.level().landlock and sandbox.level().seccomp):
        pytest.skip("this system has no full sandbox")
    attack = trap.write(name, "mp4")
    policy = sandbox.Policy(read=(attack,), write=(trap.job,))
    everything = ["-protocol_whitelist", "file,http,tcp,udp,rtp,crypto,data", "-i", str(attack)]
    assert not trap.was_touched(traced(trap, [*everything, *TO_NOWHERE], policy=policy))


@needs_strace
@pytest.mark.parametrize("name", ["dash", "ffconcat sibling"])
def test_a_plain_ffmpeg_is_caught_by_it(name: str, trap: Trap) -> None:
    """The tests above have teeth: ffmpeg's own defaults open the canary."""
    calls = traced(trap, ["-i", str(trap.write(name, "mp4")), *TO_NOWHERE], policy=None)
    assert trap.was_touched(calls)


@needs_strace
def test_filters_reach_no_file_and_no_port(trap: Trap) -> None:
    if not (sandbox.level().landlock and sandbox.level().seccomp):
        pytest.skip("this system has no full sandbox")
    clip = make(trap.folder / "clip.mp4")
    for graph in (
        f"movie={trap.canary}",
        f"drawtext=textfile={trap.canary}",
        f"metadata=print:file={trap.canary}",
        "zmq=bind_address=tcp\\\\://127.0.0.1\\\\:5999",
    ):
        before = trap.canary.read_bytes()
        policy = sandbox.Policy(read=(clip,), write=(trap.job,))
        calls = traced(trap, ["-i", str(clip), "-vf", graph, *TO_NOWHERE], policy=policy)
        assert not trap.was_touched(calls), graph
        assert trap.canary.read_bytes() == before


def with_counts(clip: bytes, count: int) -> bytes:
    """The MP4 of one frame, made to claim `count` samples of one size: a table of gigabytes in no bytes."""
    patched = bytearray(clip)
    for box, offset in ((b"stsz", 12), (b"stts", 12), (b"stsc", 16)):
        at = patched.index(box)
        patched[at + offset : at + offset + 4] = struct.pack(">I", count)
    return bytes(patched)


def bombs(folder: Path) -> dict[str, Path]:
    """Small files that want gigabytes."""
    clip = make(folder / "one.mp4", "-frames:v", "1", "-c:v", "mpeg4").read_bytes()
    gif = make(folder / "one.gif", "-frames:v", "1").read_bytes()
    png = make(folder / "one.apng", "-frames:v", "2").read_bytes()
    made = {
        "table.mp4": with_counts(clip, 50_000_000),
        "canvas.gif": gif[:6] + struct.pack("<HH", 65535, 65535) + gif[10:],
        "wide.gif": gif[:6] + struct.pack("<HH", 16000, 16000) + gif[10:],
        "canvas.png": png[:16] + struct.pack(">II", 60000, 60000) + png[24:],
    }
    for name, content in made.items():
        (folder / name).write_bytes(content)
    return {name: folder / name for name in made}


def own_peak_bytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


@pytest.mark.parametrize("name", ["table.mp4", "canvas.gif", "wide.gif", "canvas.png"])
def test_a_memory_bomb_takes_no_memory(name: str, tmp_path: Path) -> None:
    # The kernel counts what a child had before it became another program, which is all that this process has; the
    # smallest bomb takes 870 MB.
    most_bytes = max(400 << 20, own_peak_bytes() + (50 << 20))
    ended = decode(bombs(tmp_path)[name], tmp_path)
    assert ended.peak_bytes < most_bytes < 800 << 20, f"{ended.peak_bytes >> 20} of {most_bytes >> 20} MiB"
    assert ended.code >= 0, "a signal ended it"


def test_a_sibling_is_not_read_for_a_pattern(tmp_path: Path) -> None:
    make(tmp_path / "x_1.png", "-frames:v", "1", "-update", "1")
    one = make(tmp_path / "y.png", "-frames:v", "1", "-update", "1").rename(tmp_path / "x_%d.png")
    make(tmp_path / "x_2.png", "-frames:v", "1", "-update", "1")
    assert frames_of(decode(one, tmp_path)) == 1
