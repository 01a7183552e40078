"""Renders of what changes time: every frame that comes out is the frame that the draft says."""

from __future__ import annotations

from pathlib import Path

import pytest

from slimreel.errors import FfmpegFailed
from slimreel.workbench.edit import edit
from tests.engine.conftest import Make
from tests.engine.cutting import FRAMES, counting, do, level, lumas, numbers, pitch_hz, render

ALL = list(range(FRAMES))


def test_nothing_said_shows_every_frame_once(make: Make, tmp_path: Path):
    assert numbers(render(tmp_path, [counting(make)])) == ALL


def test_trim_keeps_exactly_its_frames(make: Make, tmp_path: Path):
    path = render(tmp_path, [counting(make)], do("trim", start_s=0.52, end_s=1.2))
    assert numbers(path) == ALL[13:30]


def test_cut_removes_exactly_its_frames(make: Make, tmp_path: Path):
    path = render(tmp_path, [counting(make)], do("cut", ranges_s=[[0.2, 0.4], [1, 1.4]]))
    assert numbers(path) == ALL[:5] + ALL[10:25] + ALL[35:]


def test_split_changes_nothing_that_is_seen_or_heard(make: Make, tmp_path: Path):
    path = render(tmp_path, [counting(make)], do("split", at_s=[0.5, 1.1]))
    assert numbers(path) == ALL
    assert min(level(path, at / 100, at / 100 + 0.02) for at in range(20, 180)) > 0.05


def test_reorder_and_delete(make: Make, tmp_path: Path):
    split = do("split", at_s=[0.4, 1])
    path = render(tmp_path, [counting(make)], split, do("reorder", order=["c3", "c1"]), do("delete_clip", clip="c2"))
    assert numbers(path) in (ALL[25:] + ALL[:10], ALL[:10] + ALL[25:])
    assert numbers(path)[0] == 25


def test_loop_and_freeze(make: Make, tmp_path: Path):
    trim = do("trim", end_s=0.4)
    assert numbers(render(tmp_path, [counting(make)], trim, do("loop", count=3))) == ALL[:10] * 3
    path = render(tmp_path, [counting(make)], trim, do("freeze", at_s=0.2, duration_s=0.32))
    assert numbers(path) == ALL[:5] + [5] * 8 + ALL[5:10]


@pytest.mark.parametrize("factor", [0.5, 2, 4])
def test_speed_plays_every_nth_frame_and_keeps_the_pitch(make: Make, tmp_path: Path, factor: float):
    path = render(tmp_path, [counting(make)], do("speed", factor=factor))
    count = int(FRAMES / factor + 0.5)  # a whole number of frames, and so nearly the factor
    wanted = [int(number * FRAMES / count + 0.25) for number in range(count)]  # a quarter early counts as begun
    assert numbers(path) == wanted
    length = len(wanted) / 25
    assert pitch_hz(path, 0.2 * length, 0.8 * length) == pytest.approx(440, rel=0.03)
    raised = render(tmp_path, [counting(make)], do("speed", factor=factor, keep_pitch=False))
    assert pitch_hz(raised, 0.2 * length, 0.8 * length) == pytest.approx(440 * FRAMES / count, rel=0.03)


def test_reverse_shows_the_last_frame_first(make: Make, tmp_path: Path):
    assert numbers(render(tmp_path, [counting(make)], do("reverse"))) == ALL[::-1]


def test_reverse_in_chunks_is_the_same(make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("slimreel.graph.takes._MOST_TURNED_BYTES", 160 * 90 * 3 // 2 * 7)
    path = render(tmp_path, [counting(make)], do("trim", start_s=0.2, end_s=1.6), do("reverse"))
    assert numbers(path) == ALL[5:40][::-1]
    assert level(path, 0.1, 1.3) > 0.05


def test_clips_of_other_sizes_and_rates_come_to_the_first_ones(make: Make, tmp_path: Path):
    other = make(
        "other.mp4",
        "-f",
        "lavfi",
        "-i",
        "color=white:s=64x128:r=30000/1001:d=1",
        "-c:v",
        "libx264",
        "-pix_fmt",
        "yuv420p",
    )
    path = render(tmp_path, [counting(make), other])
    found = lumas(path)
    assert len(found) == FRAMES + 25
    assert 60 < found[60] < 110  # white between two bars


def test_transition_overlaps_both_clips(make: Make, tmp_path: Path):
    second = counting(make, "second.mp4", tone_hz=1000)
    path = render(tmp_path, [counting(make), second], do("transition", type="dissolve", duration_s=0.4))
    found = numbers(path)
    assert len(found) == 2 * FRAMES - 10
    assert found[:40] == ALL[:40] and found[50:] == ALL[10:]
    blend = [45 * (1 - share) + 5 * share for share in [(at - 40) / 10 for at in range(40, 50)]]
    assert all(abs(one - number) < 6 for one, number in zip(found[40:50], blend, strict=True))
    assert pitch_hz(path, 0.2, 1.4) == pytest.approx(440, rel=0.02)
    assert pitch_hz(path, 2.2, 3.4) == pytest.approx(1000, rel=0.02)


@pytest.mark.parametrize("kind", ["fadeblack", "fadewhite", "wipeleft", "slideup", "circleopen", "zoomin", "pixelize"])
def test_every_transition_has_its_length(make: Make, tmp_path: Path, kind: str):
    cut = do("split", at_s=[1])
    path = render(tmp_path, [counting(make)], cut, do("transition", type=kind, duration_s=0.4))
    assert len(numbers(path)) == FRAMES - 10


def test_remove_silence_cuts_the_pauses(make: Make, tmp_path: Path):
    gaps = make(
        "gaps.mp4", "-f", "lavfi", "-i", "color=gray:s=160x90:r=25:d=3", "-f", "lavfi", "-i",
        "aevalsrc='if(between(t,1,2),0,0.5*sin(2*PI*440*t))':d=3:s=48000", "-c:v", "libx264", "-pix_fmt", "yuv420p",
    )  # fmt: skip
    path = render(tmp_path, [gaps], do("remove_silence", margin_s=0.1))
    assert abs(len(lumas(path)) - 55) <= 1


def test_many_clips_are_drawn_in_runs_of_their_own(make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    split = do("split", at_s=[number * 0.2 for number in range(1, 10)])
    mixed = do("reorder", order=["c9", "c2", "c7", "c1", "c10", "c3"])
    blend = do("transition", type="dissolve", duration_s=0.08, at=["c7", "c1"])
    title = do("add_text", text="HELLO", end_s=0.4)
    sources = [counting(make)]
    whole = render(tmp_path, sources, split, mixed, blend, title)
    monkeypatch.setattr("slimreel.graph.batches.MOST_TAKES", 2)
    monkeypatch.setattr("slimreel.graph.batches._A_RUN", 2)
    parts = render(tmp_path, sources, split, mixed, blend, title, out="parts.mp4")
    assert numbers(whole) == numbers(parts) and len(numbers(parts)) == FRAMES - 2
    assert lumas(whole)[5] == pytest.approx(lumas(parts)[5], abs=0.5)
    sized = {"target_size_bytes": 60_000, "encode_speed": "fast"}
    found = edit(sources, [split, mixed, do("compress", **sized)], tmp_path / "sized.mp4")
    assert found.files[0].bytes <= 60_000


def test_what_goes_wrong_in_a_run_of_its_own_is_told(make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("slimreel.graph.batches.MOST_TAKES", 1)
    monkeypatch.setattr("slimreel.graph.picture._XFADE", {"dissolve": "nonsense"})
    split = do("split", at_s=[1])
    with pytest.raises(FfmpegFailed) as caught:
        render(tmp_path, [counting(make)], split, do("transition", type="dissolve"))
    assert "xfade" in str(caught.value.fields["stderr"])
    assert list(tmp_path.iterdir()) == []


def test_sound_stays_with_its_picture_after_twenty_joins(make: Make, tmp_path: Path):
    """A flash and a beep in the last clip are as far apart after 20 joins, half of them transitions, as in the file."""
    flash = make(
        "flash.mp4", "-f", "lavfi", "-i",
        "color=black:s=160x90:r=30000/1001:d=1,geq=lum='if(eq(N,12),235,16)':cb=128:cr=128",
        "-f", "lavfi", "-i", "aevalsrc='if(between(t,12*1001/30000,13*1001/30000),0.8*sin(2*PI*1000*t),0)':d=1:s=44100",
        "-c:v", "libx264", "-crf", "8", "-pix_fmt", "yuv420p", "-c:a", "aac",
    )  # fmt: skip
    short = make(
        "short.mp4", "-f", "lavfi", "-i", "color=gray:s=160x90:r=24:d=0.7",
        "-f", "lavfi", "-i", "anullsrc=d=0.7:r=44100",
        "-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "aac", "-shortest",
    )  # fmt: skip
    joins = [do("transition", type="dissolve", duration_s=0.2, at=[f"c{n}", f"c{n + 1}"]) for n in range(1, 21, 2)]
    path = render(tmp_path, [*[short] * 20, flash], *joins)
    found = lumas(path)
    bright = max(range(len(found) - 20, len(found)), key=lambda at: found[at])
    rate = 24
    parts = [
        level(path, at / 1000, (at + 5) / 1000)
        for at in range(round(bright / rate * 1000) - 200, round(bright / rate * 1000) + 200)
    ]
    loud = next(at for at, value in enumerate(parts) if value > 0.2) - 200
    assert abs(loud) <= 1000 / rate
