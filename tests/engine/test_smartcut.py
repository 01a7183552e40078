"""Cuts without encoding: copied pictures are the source's to the bit, every frame is the one that a render shows, and
whatever cannot be cut so is rendered with a sentence."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import pytest

from slimreel.agent.reply import say
from slimreel.core.events import Reason
from slimreel.core.plan import EncodePlan
from slimreel.workbench.edit import edit
from slimreel.workbench.result import Result
from tests.engine import witness
from tests.engine.conftest import Make
from tests.engine.cutting import do

CLIP = ("-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=6")
TONE = ("-f", "lavfi", "-i", "sine=f=500:r=48000:d=6:b=2", "-c:a", "aac")
CODED = ("-c:v", "libx264", "-preset", "veryfast", "-g", "25", "-crf", "20", "-pix_fmt", "yuv420p")


@pytest.fixture(scope="module")
def clip(make: Make) -> Path:
    """Six seconds of 25 frames, B-frames in closed GOPs of a second, with a tone that beeps."""
    return make("clip.mp4", *CLIP, *TONE, *CODED)


def cut(folder: Path, source: Path, *commands: dict[str, Any], out: str = "out.mp4") -> tuple[Path, Result]:
    made = edit([source], commands, folder / out, overwrite=True)
    result = made.files[0].result
    assert result is not None
    return folder / out, result


def reasons(result: Result) -> dict[str, dict[str, Any]]:
    return {reason.id: dict(reason.fields) for reason in result.reasons}


def pictures(path: Path) -> list[str]:
    """A hash of each decoded picture, as it is coded."""
    listed = witness.pipe(
        "-noautorotate", "-i", path, "-map", "0:v:0", "-fps_mode", "passthrough", "-f", "framemd5", "-"
    )
    return [line.rpartition(",")[2].strip() for line in listed.decode().splitlines() if not line.startswith("#")]


def payloads(path: Path, kind: str = "video") -> list[bytes]:
    with av.open(str(path)) as container:
        stream = next(stream for stream in container.streams if stream.type == kind)
        return [hashlib.sha256(bytes(packet)).digest() for packet in container.demux(stream) if packet.size]


def check(path: Path, source: Path, wanted: list[int], least: float) -> None:
    """Exactly the wanted frames of the source, at least such a share of them copied; decoded alike by both decoders."""
    before, after = pictures(source), pictures(path)
    assert len(after) == len(wanted)
    same = sum(one == before[number] for one, number in zip(after, wanted, strict=True))
    assert same / len(wanted) >= least
    kept = set(payloads(source))
    assert sum(one in kept for one in payloads(path)) / len(wanted) >= least
    alike = [before.index(one) for one in after if one in before]
    assert all(number in wanted for number in alike)
    times = witness.times(path)
    rate = Fraction(len(times) - 1) / Fraction(times[-1]) if times[-1] else Fraction(0)
    assert times == pytest.approx([number / float(rate) for number in range(len(times))], abs=0.0015)
    with av.open(str(path)) as container:
        dts = [packet.dts for packet in container.demux(video=0) if packet.dts is not None]
    assert dts == sorted(set(dts))  # Matroska has none at first


def test_a_cut_copies_what_it_does_not_touch(clip: Path, tmp_path: Path) -> None:
    path, result = cut(tmp_path, clip, do("cut", ranges_s=[[1.28, 2.6]]))
    assert (result.strategy, result.codec) == ("smartcut", "h264")
    check(path, clip, [*range(32), *range(65, 150)], 0.85)
    told = reasons(result)["smartcut"]
    assert told["count"] == 117 - round(told["percent"] * 1.17)
    sentences = [say(reason) for reason in result.reasons]
    assert any("copied untouched" in sentence for sentence in sentences)
    assert not any("sound was encoded" in sentence for sentence in sentences)
    assert [path.name for path in tmp_path.iterdir()] == ["out.mp4"]


@pytest.mark.parametrize("ending", ["mp4", "mov", "mkv"])
def test_containers_in_and_out(make: Make, tmp_path: Path, ending: str) -> None:
    source = make(f"clip.{ending}", *CLIP, *TONE, *CODED)
    path, result = cut(tmp_path, source, do("trim", start_s=0.52, end_s=5.2), out=f"out.{ending}")
    assert result.strategy == "smartcut"
    check(path, source, list(range(13, 130)), 0.85)


def test_moved_bytes_are_the_file_that_a_muxer_writes(clip: Path, make: Make, tmp_path: Path) -> None:
    """Out of Matroska there is no way but packet by packet; an MP4 is moved in ranges of bytes, to the same packets."""
    matroska = make("same.mkv", "-i", clip, "-c", "copy")
    wanted = [do("split", at_s=[2.2, 4]), do("reorder", order=["c3", "c1", "c2"]), do("cut", ranges_s=[[3, 3.2]])]
    moved, result = cut(tmp_path, clip, *wanted)
    muxed, other = cut(tmp_path, matroska, *wanted, out="muxed.mp4")
    assert result.strategy == other.strategy == "smartcut"
    assert b"free" not in moved.read_bytes()[:100_000] and b"free" in muxed.read_bytes()[:100_000]
    kept = {*payloads(clip), *payloads(clip, "audio")}
    assert _told(moved, kept) == _told(muxed, kept)
    assert witness.tags(moved) == witness.tags(muxed)


def _told(path: Path, kept: set[bytes]) -> dict[int, list[Any]]:
    """Of each packet its times, its length, and whether it can be begun at; of copied ones what is in it."""
    with av.open(str(path)) as container:
        found: dict[int, list[Any]] = {stream.index: [] for stream in container.streams}
        for packet in container.demux():
            if packet.size:
                digest = hashlib.sha256(bytes(packet)).digest()
                times = (packet.pts, packet.dts, packet.duration, packet.is_keyframe, packet.is_discard)
                found[packet.stream_index].append((*times, digest if digest in kept else b""))
        return found


def test_reorder_loop_and_many_cuts(clip: Path, tmp_path: Path) -> None:
    split = do("split", at_s=[2.2, 4])
    path, result = cut(tmp_path, clip, split, do("reorder", order=["c3", "c1", "c2"]), do("cut", ranges_s=[[3, 3.2]]))
    order = [*range(100, 150), *range(55), *range(55, 100)]
    assert result.strategy == "smartcut"
    check(path, clip, order[:75] + order[80:], 0.7)
    path, result = cut(tmp_path, clip, do("trim", end_s=3), do("loop", count=3))
    assert (result.strategy, list(reasons(result))) == ("smartcut", ["copied_audio", "smartcut_whole"])
    check(path, clip, list(range(75)) * 3, 1.0)


def test_nothing_cut_is_copied_whole(clip: Path, tmp_path: Path) -> None:
    path, result = cut(tmp_path, clip)
    assert result.strategy == "smartcut" and payloads(path) == payloads(clip)
    heard = payloads(path, "audio")
    assert heard == payloads(clip, "audio")[: len(heard)] and len(heard) >= 6 * 48000 / 1024
    assert witness.sound_shift_s(clip, path) == pytest.approx(0, abs=0.002)


def test_seeking_into_the_result_gives_the_same_pictures(clip: Path, tmp_path: Path) -> None:
    path, _ = cut(tmp_path, clip, do("cut", ranges_s=[[1.28, 2.6]]))
    whole = pictures(path)
    for frame in (0, 20, 30, 33, 50, 60, 100, 116):
        found = witness.pipe(
            "-ss", f"{frame / 25:.3f}", "-i", path, "-an", "-frames:v", "1", "-f", "framemd5", "-"
        ).decode()
        assert found.splitlines()[-1].rpartition(",")[2].strip() == whole[frame]
        with av.open(str(path)) as container:
            stream = container.streams.video[0]
            assert stream.time_base is not None
            container.seek(round(Fraction(frame, 25) / stream.time_base), stream=stream)
            shown = next(one for one in container.decode(stream) if (one.time or 0) > (frame - 0.5) / 25)
            assert hashlib.md5(b"".join(_plane(shown, number) for number in range(3))).hexdigest() == whole[frame]


def _plane(frame: Any, number: int) -> bytes:
    plane = frame.planes[number]
    data = bytes(plane)
    return b"".join(data[row * plane.line_size :][: plane.width] for row in range(plane.height))


def test_sound_stays_with_its_picture(make: Make, tmp_path: Path) -> None:
    """After each cut a flash and a beep come as far apart as in the file, to a frame."""
    source = make(
        "beeps.mp4", "-f", "lavfi", "-i",
        "color=black:s=320x180:r=30000/1001:d=8,geq=lum='if(eq(mod(N,30),15),235,16)':cb=128:cr=128",
        "-f", "lavfi", "-i", "aevalsrc='if(between(mod(t,30*1001/30000),15*1001/30000,17*1001/30000),sin(6283*t),0)'"
        ":d=8:s=44100", *CODED, "-c:a", "aac",
    )  # fmt: skip
    ranges = [[0.4, 1.7], [2.3, 2.7], [4.37, 5.11]]
    path, result = cut(tmp_path, source, do("cut", ranges_s=ranges))
    assert result.strategy == "smartcut"
    assert witness.packet_hashes(path, "a:0") != witness.packet_hashes(source, "a:0")
    assert set(payloads(path, "audio")) <= set(payloads(source, "audio"))
    assert _offsets(path) == pytest.approx([0] * 4, abs=0.034)
    assert len(witness.times(path)) == 240 - sum(
        round(end * 30000 / 1001) - round(start * 30000 / 1001) for start, end in ranges
    )


def _offsets(path: Path) -> list[float]:
    lumas = witness.pipe(
        "-i", path, "-vf", "scale=1:1:flags=area,format=gray", "-fps_mode", "passthrough", "-f", "rawvideo", "-"
    )
    flashes = [number * 1001 / 30000 for number, luma in enumerate(lumas) if luma > 128]
    data = memoryview(witness.pipe("-i", path, "-ac", "1", "-ar", "8000", "-f", "s16le", "-")).cast("h")
    loud = [number / 8000 for number, value in enumerate(data) if abs(value) > 6000]
    begins = [one for before, one in zip([-1.0, *loud], loud, strict=False) if one - before > 0.1]
    assert len(begins) == len(flashes)
    return [begin - flash for begin, flash in zip(begins, flashes, strict=True)]


def test_other_sound_is_made_and_pictures_are_still_copied(clip: Path, tmp_path: Path) -> None:
    path, result = cut(tmp_path, clip, do("cut", first_s=1.4), do("volume", level=0.5))
    assert result.strategy == "smartcut" and "audio_encoded" in reasons(result)
    check(path, clip, list(range(35, 150)), 0.8)
    path, result = cut(tmp_path, clip, do("cut", first_s=1.4), do("mute"))
    assert result.strategy == "smartcut" and not witness.of_kind(path, "audio")


def test_the_index_stands_at_the_front_and_tags_stay(make: Make, tmp_path: Path) -> None:
    source = make(
        "tagged.mp4", *CLIP, *CODED, "-metadata", "title=Summer", "-metadata", "location=+48.1+011.5/",
        "-color_primaries", "bt709", "-color_trc", "bt709", "-colorspace", "bt709", "-color_range", "tv",
    )  # fmt: skip
    turned = source.with_name("turned.mp4")
    witness.ffmpeg("-display_rotation", "90", "-i", source, "-c", "copy", turned)
    path, result = cut(tmp_path, turned, do("trim", start_s=1.1, end_s=5))
    assert result.strategy == "smartcut"
    content = path.read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")
    assert witness.tags(path)["title"] == "Summer" and "location" not in witness.tags(path)
    assert "bt709" in witness.video_line(path) and "rotation of 90" in witness.described(path)
    with av.open(str(path)) as container:
        assert {frame.rotation for frame in container.decode(video=0)} == {90}


class Asked(Exception):
    """A render was asked for, of this plan."""

    def __init__(self, plan: EncodePlan) -> None:
        super().__init__(plan)
        self.reasons = plan.reasons


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Renders take long; that one is asked for, and why, is seen before."""

    def render(plan: EncodePlan, *_: Any, **__: Any) -> Any:
        raise Asked(plan)

    monkeypatch.setattr("slimreel.engine.render.render", render)


def _why(told: Sequence[Reason]) -> str:
    reasons = [reason for reason in told if reason.id == "smartcut_off"]
    if not reasons:
        return ""
    (reason,) = reasons
    assert say(reason, "zh").endswith("。") and say(reason, "en").endswith(".")
    return str(reason.fields["why"])


@pytest.mark.parametrize(
    ("commands", "why"),
    [
        ([do("compress", crf=30, encode_speed="fast")], ""),
        ([do("compress", reencode=True, encode_speed="fast")], ""),
        ([do("flip", axis="horizontal")], ""),
        ([do("split", at_s=[3]), do("transition", type="dissolve")], ""),
        ([do("speed", factor=2)], ""),
        ([do("reframe", aspect="1:1")], ""),
        ([do("trim", start_s=0.2, end_s=0.9)], "points"),
        ([do("trim", start_s=0.04, end_s=1.5)], "little"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_changes_pictures_is_rendered(
    clip: Path, tmp_path: Path, asked: None, commands: list[dict[str, Any]], why: str
) -> None:
    with pytest.raises(Asked) as caught:
        cut(tmp_path, clip, *commands)
    assert _why(caught.value.reasons) == why


@pytest.mark.parametrize(
    ("name", "coded", "why"),
    [
        ("vfr.mp4", (*CODED, "-vf", "select='not(between(mod(n,7),2,4))'", "-fps_mode", "passthrough"), "vfr"),
        ("holes.mp4", (*CODED, "-vf", "select='not(eq(n,70))'", "-fps_mode", "passthrough"), "times"),
        ("hevc.mp4", ("-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=error"), "codec"),
        ("open.mp4", (*CODED, "-x264-params", "open-gop=1:bframes=3:b-adapt=0:keyint=25:scenecut=0"), "points"),
        ("deep.mp4", (*CODED, "-pix_fmt", "yuv420p10le"), "pixels"),
        ("fields.mp4", (*CODED, "-flags", "+ildct+ilme"), "interlaced"),
    ],
)  # fmt: skip
def test_sources_that_cannot_be_cut_so_are_rendered(
    make: Make, tmp_path: Path, asked: None, name: str, coded: tuple[str, ...], why: str
) -> None:
    source = make(name, *CLIP, *coded)
    command = do("trim", start_s=1.5) if why == "points" else do("trim", start_s=0.2, end_s=4.6)
    with pytest.raises(Asked) as caught:
        cut(tmp_path, source, command)
    assert _why(caught.value.reasons) == why


def test_several_files_are_rendered(make: Make, clip: Path, tmp_path: Path, asked: None) -> None:
    other = make("other.mp4", *CLIP, *CODED)
    with pytest.raises(Asked) as caught:
        edit([clip, other], [], tmp_path / "out.mp4")
    assert _why(caught.value.reasons) == "several"


@pytest.mark.parametrize("broken", ["bits", "frame", "edge"])
def test_a_broken_splice_is_noticed(clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str) -> None:
    """A bit of a copied packet, a wrong packet, and an edge of other frames: each is found, and a render stands in."""
    from slimreel.engine import graft, smartcut

    whole = graft.graft

    def damaged(*given: Any) -> None:
        whole(*given)
        content = bytearray(given[-1].read_bytes())
        content[len(content) // 2] ^= 1
        given[-1].write_bytes(content)

    if broken == "bits":
        monkeypatch.setattr(smartcut, "graft", damaged)
    elif broken == "frame":
        monkeypatch.setattr(graft, "order_of", lambda packets, piece: list(range(piece.frames)))
    else:
        monkeypatch.setattr(smartcut, "_edges", _wrong_edges(smartcut._edges))
    path, result = cut(tmp_path, clip, do("cut", ranges_s=[[1.28, 2.6]]))
    assert (result.strategy, _why(result.reasons)) == ("encode", "seam")
    assert len(witness.times(path)) == 117
    assert [path.name for path in tmp_path.iterdir()] == ["out.mp4"]


def _wrong_edges(made: Any) -> Any:
    def edges(job: Any, found: Any) -> Any:
        files = yield from made(job, found)
        for path in files.values():
            dark = path.with_name("dark.nut")
            witness.ffmpeg("-i", path, "-vf", "negate", *CODED, "-x264-params", "sps-id=1:b-pyramid=none", dark)
            shutil.move(dark, path)
        return files

    return edges


@pytest.mark.parametrize(
    ("name", "command", "least"),
    [
        ("natural/flower_540p_cc0.mp4", do("trim", start_s=1.0), 0.5),
        ("natural/gopro_hero7_tmcd_gpmd.mp4", do("cut", ranges_s=[[2.2, 4.1]]), 0.5),
        ("mkv/bbb_h264_opus_12s.mkv", do("cut", ranges_s=[[0.5, 1.03]]), 0.5),
        ("portrait/cat_rot270_720p.mp4", do("cut", ranges_s=[[1.0, 2.2]]), 0.5),
        ("mov/iphone_bt601.mov", do("trim", end_s=0.4), 0.5),
    ],
)
def test_real_clips(media: Path, tmp_path: Path, name: str, command: dict[str, Any], least: float) -> None:
    source = media / name
    path, result = cut(tmp_path, source, command, out=f"out{source.suffix}")
    assert result.strategy == "smartcut"
    before, after = pictures(source), pictures(path)
    assert sum(one in set(before) for one in after) / len(after) >= least
