"""The verbs edit and show, with the real program on a small clip."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.cli.conftest import Program

QUICK = {"op": "compress", "params": {"crf": 30, "encode_speed": "fast"}}


def ops(folder: Path, *commands: dict[str, Any]) -> str:
    (folder / "ops.json").write_text(json.dumps(commands), "utf-8")
    return "ops.json"


def test_an_edit_is_told_and_its_draft_can_be_gone_on_with(slimreel: Program, clip: Path) -> None:
    folder = clip.parent
    first = ops(
        folder, {"op": "trim", "params": {"start_s": 0.2, "end_s": 5}}, {"op": "split", "params": {"at_s": [1]}}
    )
    done = slimreel("edit", clip.name, "--ops", first, "--dry-run", "--save-draft", "d.json", "--json")
    assert (done.returncode, done.stderr, done.stdout.count("\n")) == (0, "", 1)
    told = json.loads(done.stdout)
    assert told["changes"][0]["fields"]["end_s"] == 2 and told["files"] == []
    assert told["timeline"] == {"frames": 18, "duration_s": 1.8, "width": 128, "height": 128, "fps": 10.0}
    assert told["draft"] == json.loads((folder / "d.json").read_text())
    shown = slimreel("show", "d.json")
    assert shown.stdout == told["summary"] + "\n" == "Timeline (1 track): 1. Video: clip (0-1s), clip (1-1.8s)\n"
    assert json.loads(slimreel("show", "d.json", "--json").stdout)["d"] == 1800
    second = ops(folder, {"op": "delete_clip", "params": {"clip": "c1"}}, QUICK)
    made = slimreel("edit", clip.name, "--draft", "d.json", "--ops", second, "-o", "out.mp4", "--json")
    assert (made.returncode, made.stderr) == (0, "")
    video = json.loads(made.stdout)["files"][0]
    assert (video["output"], video["kind"], video["video"]["width"]) == ("out.mp4", "video", 128)
    assert 0.8 <= video["video"]["duration_s"] < 0.9  # a packet of sound may reach beyond the last picture
    assert (folder / "out.mp4").stat().st_size == video["bytes"]


def test_progress_goes_only_forward(slimreel: Program, clip: Path) -> None:
    done = slimreel("edit", clip.name, "--ops", ops(clip.parent, QUICK), "-o", "o.mp4", "--json", "--progress", "json")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    fractions = [line["fraction"] for line in lines[:-1] if line["event"] == "progress"]
    assert fractions == sorted(fractions) and fractions[-1] == 1 and lines[-1]["files"]


def test_what_cannot_be_done_is_a_sentence_and_a_code(slimreel: Program, clip: Path) -> None:
    folder = clip.parent
    for text, code in (
        (json.dumps([{"op": "trim", "params": {"start": 1}}]), "bad_parameter"),
        (json.dumps([{"op": "explode"}]), "unknown_operation"),
        (json.dumps([{"op": "add_text", "params": {"text": "x", "font": "No Such Font"}}]), "edit_refused"),
        ("{", "usage"),
        ("{}", "usage"),
        ("[1]", "usage"),
    ):
        (folder / "bad.json").write_text(text)
        done = slimreel("edit", clip.name, "--ops", "bad.json", "-o", "o.mp4", "--json")
        assert done.returncode == 2 and json.loads(done.stdout)["error"]["code"] == code
        assert done.stderr.count("\n") == 1 and "Traceback" not in done.stderr
    assert slimreel("edit", clip.name, "--ops", "none.json", "-o", "o.mp4").returncode == 2
    assert slimreel("edit", clip.name).returncode == 2
    (folder / "d.json").write_text('{"v": 99}')
    assert slimreel("show", "d.json").returncode == 2
    assert not (folder / "o.mp4").exists()
