"""The pages that the benchmarks write, from made-up measurements."""

from __future__ import annotations

from typing import Any

from bench import rate_report, target_report
from bench.clips import Clip, is_video_row
from bench.markdown import signed, spread, table
from bench.rate_records import ClipRuns, MethodRuns, RateResults, Run
from bench.rate_summary import judge, summarise
from bench.scores import Score, graph
from bench.stats import Interval
from bench.stopwatch import Usage
from bench.streams import Weight
from bench.target_records import Named, Row, TargetResults
from bench.target_run import read_outcome, reason_ids
from bench.targets import Table

SOURCE = Weight(1000, 1, "h264", "yuv420p", 900, 2.0, 50, 1280, 720, "d")


def runs(key, cpu, error, width=1280):
    usage = Usage(cpu_s=cpu, wall_s=cpu / 2, peak_bytes=200_000_000)
    height = width * 9 // 16
    return MethodRuns(runs=[Run(usage=usage, error_percent=error, width=width, height=height, digest=key)] * 2)


def clip(name, vmaf, width=1280):
    scores = {
        key: Score(mean=mean, p5=mean - 5, old_mean=mean + 1, old_p5=mean - 4, pairing="order")
        for key, mean in (("slimreel", vmaf), ("two_pass", 80.0))
    }
    methods = {"slimreel": runs("slimreel", 8.0, 0.2, width), "two_pass": runs("two_pass", 10.0, -2.5)}
    methods["handbrake"] = MethodRuns(failure="exit code 3: no")
    return ClipRuns(name=name, width=1280, height=720, frames=250, duration_s=10, source_bps=2e6, kbps=1000,
                    methods=methods, scores=scores)  # fmt: skip


def results(*clips):
    return RateResults(date="2030-01-01", machine=["2 cores"], load_at_start=0.1, repeats=2, clips=list(clips))


def row(verdict="met", detail="+0.10 %", **other):
    facts: dict[str, Any] = {
        "clip": "a.mp4",
        "clip_s": 6.0,
        "source_bytes": 1000,
        "source_bps": 2e6,
        "kind": "rate",
        "share": 0.5,
    }
    return Row(**{**facts, "amount": 1_000_000, "verdict": verdict, "detail": detail, **other})


def test_numbers_in_tables():
    assert [signed(number) for number in (0.251, -1.4, 0.001, -0.001)] == ["+0.25", "−1.40", "0.00", "0.00"]
    assert spread(Interval(0.85, 0.81, 0.9)) == "0.85 (0.81 … 0.90)"
    assert table(("a", "b"), [("x|y", "1")]) == "| a | b |\n| --- | ---: |\n| x\\|y | 1 |"


def test_the_summary_is_in_ratios_to_two_pass():
    found = summarise([clip("a", 80.5), clip("b", 80.3)], "slimreel")
    assert found is not None and found.vmaf is not None
    assert (found.clips, found.error, found.cpu.median, round(found.vmaf.median, 2)) == (2, 0.2, 0.8, 0.4)
    assert summarise([clip("a", 80)], "handbrake") is None


def test_goals_look_at_lowered_clips_apart():
    assert [met for _, _, met in judge([clip("a", 80.5)])] == [True, True, True]
    assert [met for _, _, met in judge([clip("a", 80.5), clip("b", 82, width=640)])] == [True, True, True, False]


def test_the_rate_page_marks_smaller_pictures_and_failures():
    text = rate_report.page(results(clip("big", 80.5), clip("small", 85, width=640)))
    assert "640x360 ↓" in text
    assert "The 1 clips that slimreel made smaller" in text
    assert "failed: exit code 3" in text
    assert "| CPU at most 0.90 of two-pass | 0.80 | met |" in text


def test_the_rate_page_without_clips():
    assert "Too little was measured" in rate_report.page(results())


def test_the_target_page_counts_and_lists_what_was_not_kept():
    named = Named(amount=300, works=False, detail="missed: 20 bytes above")
    rows = [
        row(),
        row("refused", "smallest named: 300", kind="size", share=0.1, named=named),
        row("failed", "exit code 3", kind="size", share=0.25, hostile=True),
    ]
    found = TargetResults(codec="h264", speed="balanced", date="2030-01-01", machine=["2 cores"], rows=rows)
    text = target_report.page(found)
    assert "1 clips, 3 targets: **1 kept, 2 not**; 1 refused as impossible; 1 clips refused as hostile." in text
    assert "an encode at 300 **does not work**" in text
    assert "| a.mp4 | 6.00 | 2000 | 1000 | met +0.10 % |" in text


def test_an_outcome_is_read_from_json_and_the_file():
    said = {"strategy": "encode", "reasons": ["The frame rate varies, and the timing of every frame was kept."]}
    found = read_outcome(0, said, "", SOURCE, "rate")
    assert (found.reasons, found.video_bytes, found.rate_bps) == (("vfr_kept",), 900, 3600)
    error = {"code": "target_impossible", "message": "too small", "smallest_bps": 5000}
    assert read_outcome(5, {"error": error}, "", None, "rate").smallest == 5000
    assert read_outcome(5, {"error": error}, "", None, "size").smallest is None
    assert read_outcome(1, {}, "Traceback\nboom", None, "size").message == "Traceback boom"


def test_sentences_lead_back_to_their_reasons():
    sentence = (
        "The picture looks like the source already (H.264, CRF 16), so not all of the size was used; "
        "more bits would not show."
    )
    assert reason_ids([sentence, {"id": "alpha_flattened"}, "Never said."]) == (
        "transparent", "alpha_flattened", "Never said.",
    )  # fmt: skip


def test_frames_are_paired_by_order_or_by_time():
    by_order, by_time = (graph(0, SOURCE, by_order=same, threads=2) for same in (True, False))
    alike = ",setparams=colorspace=bt709,scale=1280:720"  # of both, or one is converted and the other not
    assert by_order.count(f"settb=1/1000,setpts=N*40{alike}") == 2
    assert by_time.count(f"setpts=PTS-STARTPTS{alike}") == 2
    assert "nearest" in by_time and "nearest" not in by_order


def test_which_rows_of_the_manifest_are_videos():
    sizes = {"natural/a.mp4": "640x360", "malformed/b.mp4": "640x360", "image/c.png": "9x9", "image/anim.gif": "9x9",
             "subtitle/d.srt": "", "subtitle/e.mp4": "1280x720", "audio/f.flac": "3x3"}  # fmt: skip
    found = [name for name, size in sizes.items() if is_video_row({"file": name, "WxH": size})]
    assert found == ["natural/a.mp4", "image/anim.gif", "subtitle/e.mp4"]


def test_making_missed_rows_again_keeps_those_of_other_clips(tmp_path):
    before = TargetResults(codec="h264", speed="fast", date="2030-01-01", machine=[])
    before.rows = [row("missed"), row("missed", clip="b.mp4"), row("met", share=0.25)]
    before.write(tmp_path / "targets-h264.json")
    chosen = Clip("a.mp4", tmp_path / "a.mp4")
    sheet = Table.open("h264", "fast", tmp_path, [chosen], resume=True, again=["missed"])
    assert [sheet.has(chosen, "rate", share) for share in (0.5, 0.25)] == [False, True]
    assert sheet.has(Clip("b.mp4", tmp_path / "b.mp4"), "rate", 0.5)
