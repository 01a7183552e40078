"""Captions with the real program: what a person sees of it, and what `doctor` says."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from slimreel.engine.capabilities import Trial
from slimreel.workbench.doctor import speech_engine
from tests.cli.conftest import Program
from tests.cli.test_edit import ops
from tests.speech_stub import KEYS, replies, says, stub

CAPTIONS = {"op": "auto_captions", "params": {"mode": "soft"}}


def environment(**settings: str) -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in KEYS} | settings


def test_a_person_sees_where_the_sound_goes(slimreel: Program, clip: Path) -> None:
    commands = ops(clip.parent, CAPTIONS, {"op": "trim", "params": {"end_s": 1}})
    with stub(says((0.2, 0.9, "Hello"))) as engine:
        env = environment(SLIMREEL_SPEECH_URL=engine.url)
        made = slimreel("edit", clip.name, "--ops", commands, "-o", "out.mp4", "--json", env=env)
        sent = f"slimreel: The sound of clip.mp4 is sent to {engine.url}, to have written down what is said.\n"
        assert (made.returncode, made.stderr) == (0, sent)
        files = json.loads(made.stdout)["files"]
        assert [(file["output"], file["kind"]) for file in files] == [
            ("out.mp4", "video"), ("clip.captions.en.srt", "captions"),
        ]  # fmt: skip
        saved = ("--dry-run", "--save-draft", "drafts/d.json")
        (clip.parent / "drafts").mkdir()
        assert slimreel("edit", clip.name, "--ops", commands, *saved, env=env).returncode == 0
    captions = clip.parent / "drafts" / "clip.captions.en.srt"
    assert captions.read_text() == "1\n00:00:00,200 --> 00:00:00,900\nHello\n"
    again = ("--draft", "drafts/d.json", "--dry-run")
    done = slimreel("edit", clip.name, captions, *again, env=environment())
    assert (done.returncode, done.stderr) == (0, "") and "clip.captions.en (0-1s)" in done.stdout


def test_an_engine_that_fails_or_is_not_there_is_a_sentence(slimreel: Program, clip: Path) -> None:
    commands = ops(clip.parent, CAPTIONS)
    with stub(replies(401, b"")) as engine:
        env = environment(SLIMREEL_SPEECH_URL=engine.url, SLIMREEL_SPEECH_KEY="s3cret")
        done = slimreel("edit", clip.name, "--ops", commands, "-o", "out.mp4", "--json", env=env)
        assert (done.returncode, json.loads(done.stdout)["error"]["code"]) == (1, "speech_failed")
        assert "s3cret" not in done.stdout + done.stderr and done.stderr.count("\n") == 2
    done = slimreel("edit", clip.name, "--ops", commands, "-o", "out.mp4", "--json", env=environment())
    assert (done.returncode, json.loads(done.stdout)["error"]["code"]) == (2, "no_speech_engine")
    assert not (clip.parent / "out.mp4").exists()


def test_doctor_says_whether_one_is_set_up(slimreel: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = slimreel("doctor", env=environment(SLIMREEL_SPEECH_URL="http://127.0.0.1:1/v1")).stdout
    assert "speech   DOES NOT WORK http://127.0.0.1:1/v1 Connection refused" in gone
    for name in KEYS:
        monkeypatch.delenv(name, raising=False)
    assert speech_engine() is None
    with stub(says()) as engine:
        monkeypatch.setenv("SLIMREEL_SPEECH_URL", engine.url)
        assert speech_engine() == Trial(name=engine.url, works=True, detail="asked for whisper-1")
    monkeypatch.setenv("SLIMREEL_SPEECH_URL", "localhost")
    wrong = speech_engine()
    assert wrong is not None and not wrong.works
