"""What is read from others' words: x264's statistics, FFmpeg's complaints, and folders that killed processes left."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slimreel.core.filters import Chain, Filter
from slimreel.engine import complaints, place, scout
from slimreel.errors import OutputExists
from tests.engine import witness
from tests.jargon import jargon_in

# As x264 wrote them, but for the length of the first line.
STATS = """\
#options: 160x90 fps=25/1 timebase=1/25 bitdepth=8 cabac=1 ref=1 keyint=250 rc=crf mbtree=1 crf=23.0 aq=1:1.00
in:0 out:0 type:I dur:2 cpbdur:2 q:28.40 aq:22.73 tex:14786 mv:1254 misc:5728 imb:60 pmb:0 smb:0 d:- ref:;
in:4 out:1 type:P dur:2 cpbdur:2 q:28.40 aq:27.22 tex:7282 mv:313 misc:149 imb:9 pmb:28 smb:23 d:- ref:0 ;
in:2 out:2 type:B dur:2 cpbdur:2 q:30.40 aq:31.13 tex:3710 mv:256 misc:146 imb:0 pmb:34 smb:26 d:- ref:0 ;
in:1 out:3 type:b dur:2 cpbdur:2 q:0.00 aq:32.48 tex:0 mv:0 misc:0 imb:0 pmb:24 smb:36 d:- ref:0 w:3,128,-1 ;
"""
# As FFmpeg wrote them of files whose middle was overwritten or whose end was cut off.
OF_SOURCE = """\
[h264 @ 0x55d36881bec0] [error] Invalid NAL unit size (1515871200 > 442).
[h264 @ 0x55d36881bec0] [error] Error splitting the input into NAL units.
[aac @ 0x55d3687c6a80] [error] TYPE_FIL: Input buffer exhausted before END element found
[aist#0:1/aac @ 0x55d3688276c0] [dec:aac @ 0x55d3688c2c80] [error] Error submitting packet to decoder: Invalid data
[vist#0:0/h264 @ 0x55d36882] [error] cannot decode
[in#0/mov,mp4,m4a,3gp,3g2,mj2 @ 0x55d3] [error] Error during demuxing: Input/output error
[mov,mp4,m4a,3gp,3g2,mj2 @ 0x5581d41c8040] [error] stream 0, offset 0x30: partial file
[matroska,webm @ 0x5632a] [error] File ended prematurely at pos. 41231 (0xa10f)
""".splitlines()
OF_OTHERS = """\
[libx264 @ 0x55d3] [error] invalid DTS: PTS is less than DTS
[aost#0:1/aac @ 0x55d3] [error] Queue input is backward in time
[out#0/mp4 @ 0x55d3] [error] Could not write header
[Parsed_scale_0 @ 0x55d3] [error] Failed to configure
[mp4 @ 0x55d3] [error] Application provided duration: -1 is invalid
[error] Conversion failed!
[h264 @ 0x55d3] [error] co located POCs unavailable
[h264 @ 0x55d3] [error] mmco: unref short failure
[h264 @ 0x55d3] [error] no frame!
plain words of h264 @ 0x55
""".splitlines()


def test_statistics_are_read(tmp_path: Path) -> None:
    path = tmp_path / "scout-0.log"
    path.write_text(STATS)
    bits = (14786 + 1254 + 5728, 7282 + 313 + 149, 3710 + 256 + 146)
    weighted = 28.4 * (bits[0] + bits[1]) + 30.4 * bits[2]
    assert scout.mean_qp(path) == pytest.approx(weighted / sum(bits))
    path.write_text("")
    assert scout.mean_qp(path) == 0


@pytest.mark.parametrize("rate", ["30k", "300k"])
def test_statistics_of_a_real_first_pass(tmp_path: Path, rate: str) -> None:
    clip = ["-f", "lavfi", "-i", "testsrc2=s=64x64:r=25:d=1"]
    log = ["-pass", "1", "-passlogfile", tmp_path / "log"]
    witness.ffmpeg(*clip, "-c:v", "libx264", "-preset", "veryfast", "-b:v", rate, *log, "-f", "null", "-")
    starved = scout.mean_qp(tmp_path / "log-0.log")
    assert 30 < starved < 70 if rate == "30k" else 1 < starved < 40


@pytest.mark.parametrize("line", OF_SOURCE)
def test_what_is_said_of_the_source(line: str) -> None:
    assert complaints.about_source([*OF_OTHERS, line]) == [line]


def test_what_others_say_is_not_about_the_source() -> None:
    assert complaints.about_source(OF_OTHERS) == []


def test_a_complaint_in_words_has_no_address() -> None:
    words = complaints.in_words(OF_SOURCE[3:6])
    assert "Error submitting packet to decoder: Invalid data" in words
    assert "0x" not in words and "[" not in words
    assert "2 more" in words
    assert jargon_in(words) == []
    assert words.startswith("part of its picture and part of its sound cannot be read (FFmpeg says")
    assert "more" not in complaints.in_words(OF_SOURCE[:1])
    assert complaints.in_words(["no name"]).startswith("part of it cannot")


@given(st.text(max_size=400))
def test_any_line_can_be_judged(line: str) -> None:
    assert complaints.about_source([line]) in ([], [line])
    assert complaints.in_words([line])


def test_any_text_stays_one_value_for_ffmpeg() -> None:
    """FFmpeg itself gives back what escape put into a graph."""
    texts = ["it's", "a:b=c", "x,y;z", "[in][out]", "back\\slash", "\\'", "%{n}", " edge ", "'quoted'", "ü, 字", "\\"]
    steps = [
        Filter("metadata", {"mode": "add", "key": f"k{number}", "value": text}) for number, text in enumerate(texts)
    ]
    graph = Chain((*steps, Filter("metadata", {"mode": "print", "file": "-"})))
    shown = witness.pipe("-f", "lavfi", "-i", "color=s=16x16:d=0.04", "-vf", graph, "-f", "null", "-").decode()
    assert [line.partition("=")[2] for line in shown.splitlines() if line.startswith("k")] == texts


def gone() -> int:
    """The number of a process that has ended."""
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    return child.pid


def test_what_killed_processes_left_is_swept_and_nothing_else(tmp_path: Path) -> None:
    dead = [f".slimreel-{gone()}-abc", f".slimreel-{10**30}-abc"]
    alive = [f".slimreel-{os.getpid()}-abc", ".slimreel-1-abc", ".slimreel-notes", "slimreel-5-abc", ".slimreel-x-5"]
    for name in (*dead, *alive):
        (tmp_path / name).mkdir()
        (tmp_path / name / "result.part").write_text("half")
    with place.working_folder(tmp_path / "out.mp4") as folder:
        assert {path.name for path in tmp_path.iterdir()} == {*alive, folder.name}
        assert list(folder.iterdir()) == []
        (folder / "result.part").write_text("whole")
    assert {path.name for path in tmp_path.iterdir()} == set(alive)


def test_a_folder_goes_when_its_work_fails(tmp_path: Path) -> None:
    with pytest.raises(KeyError), place.working_folder(tmp_path / "new" / "out.mp4"):
        raise KeyError
    assert list((tmp_path / "new").iterdir()) == []


@pytest.mark.parametrize("links", [True, False])
def test_publishing_replaces_only_when_asked(links: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if not links:
        monkeypatch.setattr(os, "link", lambda *_: (_ for _ in ()).throw(OSError("no hard links")))
    out, source = tmp_path / "out.mp4", tmp_path / "source.mp4"
    source.write_text("source")
    os.utime(source, ns=(1_000_000_000, 2_000_000_000))

    def made(text: str) -> Path:
        path = tmp_path / f"{text}.part"
        path.write_text(text)
        path.chmod(0o600)
        return path

    place.publish(made("one"), out, overwrite=False, times_of=source)
    assert (out.read_text(), out.stat().st_mtime_ns) == ("one", 2_000_000_000)
    umask = os.umask(0)
    os.umask(umask)
    assert out.stat().st_mode & 0o777 == 0o666 & ~umask
    with pytest.raises(OutputExists):
        place.publish(made("two"), out, overwrite=False, times_of=None)
    assert out.read_text() == "one"
    place.publish(made("three"), out, overwrite=True, times_of=None)
    assert out.read_text() == "three"
