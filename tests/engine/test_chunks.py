"""Encoding in chunks: every picture once, at its time; the same bytes whoever encodes; nothing half-made is believed.

Limits of length are lowered, so that a clip of twelve seconds is long.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import av
import pytest

from bench.chunked import written_bytes
from slimreel.core import chunking, records
from slimreel.core.events import Progress
from slimreel.core.media import main_video
from slimreel.engine import by_chunks, chunk_pool, chunks, packet_list
from slimreel.engine.chunk_pool import encode_all
from slimreel.engine.chunks import ChunkMismatch, ChunkTask, Stopped, encode_chunk
from slimreel.engine.probe import probe
from slimreel.engine.sniff import open_input
from slimreel.workbench.compress import compress
from tests.engine import witness
from tests.engine.conftest import Make, goal

BITRATE = 150_000
# What differs from scene to scene, with closed GOPs of a second.
SCENES = (
    "testsrc2=s=192x108:r=25:d=5[a];mandelbrot=s=192x108:r=25,trim=duration=4[b];testsrc=s=192x108:r=25:d=5[c];"
    "[a][b][c]concat=n=3,format=yuv420p"
)
CODED = ("-c:v", "libx264", "-preset", "veryfast", "-crf", "14", "-g", "25", "-c:a", "aac")


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Clips of a few seconds are cut."""
    monkeypatch.setattr(by_chunks, "UNASKED", True)
    monkeypatch.setattr(by_chunks, "LEAST_S", 8.0)
    monkeypatch.setattr(chunking, "LEAST_S", 2.0)


@pytest.fixture
def clip(make: Make) -> Path:
    """Fourteen seconds in three scenes, with a tone that begins before the pictures."""
    sound = ("-f", "lavfi", "-i", "sine=d=14.5:b=4")
    pictures = make("scenes.mp4", "-filter_complex", SCENES, *CODED)
    return make("late_scenes.mp4", *sound, "-itsoffset", "0.48", "-i", pictures, "-map", "1:v", "-map", "0:a", "-c:v",
                "copy", "-c:a", "aac")  # fmt: skip


def task_of(path: Path, number: int = 1, **changed: Any) -> ChunkTask:
    """The task of one chunk of a file, as an encode of the whole would set it."""
    info = probe(path)
    source = open_input(path)
    try:
        packets = packet_list.read_packets(source, main_video(info).index, path)
    finally:
        os.close(source.fd)
    chunk = chunking.cut(packets)[number]
    task = ChunkTask(
        path=str(path),
        source_digest=chunks.digest_of(path),
        engine="test",
        demuxer=info.demuxer,
        stream=main_video(info).index,
        timebase=packets.timebase,
        start=chunk.start,
        end=chunk.end,
        seek=chunk.seek,
        frames=chunk.frames,
        filters="null",
        options=("-c:v", "libx264", "-preset", "ultrafast", "-x264-params", "stitchable=1"),
        crf=30.0,
        threads=1,
        pixels=192 * 108,
    )
    return replace(task, **changed)


def packets_in(path: Path) -> list[tuple[int, int]]:
    """(pts, dts) of each packet of the pictures, in ticks of the file."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        return [(packet.pts or 0, packet.dts or 0) for packet in container.demux(stream) if packet.size]


def by_hand(monkeypatch: pytest.MonkeyPatch) -> list[list[ChunkTask]]:
    """The tasks of each wave from now on."""
    seen: list[list[ChunkTask]] = []
    real = chunk_pool.encode_all

    def spy(tasks: list[ChunkTask], folder: Path, workers: int) -> Any:
        seen.append(list(tasks))
        return (yield from real(tasks, folder, workers))

    monkeypatch.setattr(by_chunks, "encode_all", spy)
    return seen


@pytest.mark.usefixtures("short")
def test_a_clip_in_chunks_has_every_picture_at_its_time(
    clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen, out, whole = by_hand(monkeypatch), tmp_path / "chunks.mp4", tmp_path / "whole.mp4"
    fractions: list[float] = []
    compress(
        clip,
        goal(video_bitrate_bps=BITRATE),
        out,
        lambda event: fractions.append(event.fraction) if isinstance(event, Progress) else None,
    )
    monkeypatch.setattr(by_chunks, "LEAST_S", 1e9)
    compress(clip, goal(video_bitrate_bps=BITRATE), whole)
    assert len([wave for wave in seen[1:] if wave]) >= 3
    assert sorted(pts for pts, _ in packets_in(out)) == sorted(pts for pts, _ in packets_in(whole))
    assert [dts for _, dts in packets_in(out)] == [dts for _, dts in packets_in(whole)]
    assert fractions == sorted(fractions)
    video = main_video(probe(out))
    assert video.bitrate_bps == pytest.approx(BITRATE, rel=0.01)
    # What decodes is the source, picture for picture: a shift by one would be far from it.
    shown, expected = witness.shown(out), witness.shown(clip)
    assert [picture.time_s for picture in shown] == pytest.approx([p.time_s for p in expected], abs=1e-4)
    assert len(probe(out).audio) == 1


@pytest.mark.usefixtures("short")
def test_a_size_is_never_exceeded_and_used(clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen, out = by_hand(monkeypatch), tmp_path / "sized.mp4"
    limit = clip.stat().st_size // 3
    compress(clip, goal(target_size_bytes=limit), out)
    assert seen
    assert 0.98 * limit <= out.stat().st_size <= limit


@pytest.mark.usefixtures("short")
def test_the_number_of_workers_changes_no_byte(clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = []
    for workers in (1, 3):
        monkeypatch.setattr(by_chunks, "_workers", lambda count=workers: count)
        files.append(tmp_path / f"{workers}.mp4")
        compress(clip, goal(video_bitrate_bps=BITRATE), files[-1])
    assert files[0].read_bytes() == files[1].read_bytes()


@pytest.mark.usefixtures("short")
def test_irregular_times_come_out_as_they_were(make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    uneven = f"{SCENES},setpts='(N*512+if(gt(mod(N,7),3),200,0))/12800/TB'"
    timing = ("-fps_mode", "passthrough", "-enc_time_base", "1:12800")
    clip = make("uneven_chunks.mp4", "-filter_complex", uneven, *timing, *CODED)
    seen, out = by_hand(monkeypatch), tmp_path / "uneven.mp4"
    compress(clip, goal(video_bitrate_bps=BITRATE), out)
    assert len(seen) >= 3
    times, expected = ([picture.time_s for picture in witness.shown(path)] for path in (out, clip))
    assert times == pytest.approx([time - expected[0] + times[0] for time in expected], abs=1e-4)


@pytest.mark.usefixtures("short")
def test_without_a_folder_to_keep_them_nothing_is_cut(
    clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(by_chunks, "UNASKED", False)
    seen = by_hand(monkeypatch)
    compress(clip, goal(video_bitrate_bps=BITRATE), tmp_path / "whole.mp4")
    assert seen == []


@pytest.mark.usefixtures("short")
def test_what_cannot_be_cut_takes_the_other_path(make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clip = make("one_gop.mp4", *("-f", "lavfi", "-i", "testsrc2=s=192x108:r=25:d=9"), *CODED[:6], "-g", "999")
    seen, out = by_hand(monkeypatch), tmp_path / "one.mp4"
    compress(clip, goal(video_bitrate_bps=BITRATE), out)
    assert seen == []
    assert main_video(probe(out)).bitrate_bps == pytest.approx(BITRATE, rel=0.01)


@pytest.mark.usefixtures("short")
def test_a_chunk_that_does_not_fit_takes_the_other_path(
    clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def mismatched(*_: object) -> None:
        raise ChunkMismatch("as if a seek had missed")

    monkeypatch.setattr(chunk_pool, "encode_chunk", mismatched)
    out = tmp_path / "other.mp4"
    compress(clip, goal(video_bitrate_bps=BITRATE), out)
    assert main_video(probe(out)).frames == main_video(probe(clip)).frames


@pytest.mark.usefixtures("short")
def test_a_task_is_plain_and_its_name_covers_all_but_the_place(clip: Path) -> None:
    task = task_of(clip)
    assert records.read(ChunkTask, json.loads(json.dumps(records.facts_of(task)))) == task
    assert replace(task, path="/elsewhere").key == task.key
    others = [replace(task, crf=30.01), replace(task, source_digest="x"), replace(task, engine="x")]
    others += [replace(task, options=(*task.options, "-bf", "0")), replace(task, threads=2), replace(task, frames=1)]
    assert len({task.key, *(other.key for other in others)}) == len(others) + 1


@pytest.mark.usefixtures("short")
def test_a_chunk_holds_exactly_its_stretch(clip: Path, tmp_path: Path) -> None:
    task = task_of(clip)
    done = encode_chunk(task, tmp_path)
    assert done.frames == task.frames
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"{task.key}.json", f"{task.key}.nut"]
    shown = [picture.time_s for picture in witness.shown(tmp_path / done.name)]
    whole = [picture.time_s for picture in witness.shown(clip)]
    start, end = float(task.start * task.timebase), float(task.end * task.timebase) if task.end else 1e9
    assert shown == pytest.approx([time for time in whole if start <= time < end], abs=1e-4)


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize("changed", [{"frames": 7}, {"start": 1}, {"seek": None, "start": 512}])
def test_a_chunk_with_other_pictures_is_refused(clip: Path, tmp_path: Path, changed: dict[str, Any]) -> None:
    with pytest.raises(ChunkMismatch):
        encode_chunk(task_of(clip, **changed), tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("short")
def test_a_finished_chunk_is_not_made_again_unless_it_was_touched(clip: Path, tmp_path: Path) -> None:
    task = task_of(clip)
    done = encode_chunk(task, tmp_path)
    made = tmp_path / done.name
    content, first = made.read_bytes(), made.stat().st_mtime_ns
    assert encode_chunk(task, tmp_path) == done
    assert made.stat().st_mtime_ns == first
    for damaged in (content[:-1], content + b"x", content[:100] + b"x" + content[101:], b""):
        made.write_bytes(damaged)
        assert encode_chunk(task, tmp_path) == done
        assert made.read_bytes() == content
    (tmp_path / f"{task.key}.json").write_bytes(b"{}")
    assert encode_chunk(task, tmp_path) == done


@pytest.mark.usefixtures("short")
def test_stopping_leaves_nothing_behind(clip: Path, tmp_path: Path) -> None:
    with pytest.raises(Stopped):
        encode_chunk(task_of(clip), tmp_path, lambda _: False)
    running = encode_all([task_of(clip, number) for number in range(3)], tmp_path, 2)
    next(running)
    running.close()
    assert not list(tmp_path.glob("*.part"))


KILLED = """
import sys
from pathlib import Path
from slimreel.core import chunking
from slimreel.core.goal import Goal
from slimreel.core.plan import make_plan
from slimreel.engine import by_chunks, render
from slimreel.engine.probe import probe

by_chunks.LEAST_S, chunking.LEAST_S = 8.0, 2.0
source, output, folder = map(Path, sys.argv[1:4])
info, goal = probe(source), Goal(encode_speed="fast", video_bitrate_bps=int(sys.argv[4]))
plan, told = make_plan(goal, info), dict(salvage=False, overwrite=True, chunk_folder=folder)
for event in render.render(plan, info, goal, output, **told):
    pass
"""


@pytest.mark.skipif(os.name != "posix", reason="needs SIGKILL")
@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_killed_render_goes_on_where_it_was(clip: Path, tmp_path: Path) -> None:
    def command(output: Path, folder: Path) -> list[str]:
        return [sys.executable, "-c", KILLED, str(clip), str(output), str(folder), str(BITRATE)]

    whole = tmp_path / "whole.mp4"
    subprocess.run(command(whole, tmp_path / "whole"), check=True)
    total = written_bytes(tmp_path / "whole")
    folder, out = tmp_path / "kept", tmp_path / "out" / "killed.mp4"
    out.parent.mkdir()
    for share in (0.07, 0.31, 0.52, 0.83):
        process = subprocess.Popen(command(out, folder))
        while process.poll() is None and written_bytes(folder) < share * total:
            time.sleep(0.002)
        process.send_signal(signal.SIGKILL)
        process.wait()
        finished = {
            path: path.stat().st_mtime_ns for path in folder.glob("*.nut") if path.with_suffix(".json").exists()
        }
    assert finished
    subprocess.run(command(out, folder), check=True)
    assert out.read_bytes() == whole.read_bytes()
    assert {path: path.stat().st_mtime_ns for path in finished} == finished
    assert {path.name for path in folder.glob("*.nut")} == {path.name for path in (tmp_path / "whole").glob("*.nut")}
