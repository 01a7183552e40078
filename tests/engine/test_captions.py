"""Captions from end to end: a stub hears, and what it heard is seen when it is said, and only then."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from slimreel.core.cues import Cue, read_cues
from slimreel.edit import wire
from slimreel.errors import BadDraft, EditRefused, NoSpeechEngine, SpeechFailed
from slimreel.workbench.edit import Edit, edit
from tests import speech_stub
from tests.engine import witness
from tests.engine.conftest import Make
from tests.engine.cutting import QUICK, do, lumas
from tests.speech_stub import Stub, replies, says, stub

SAID = ((0.4, 0.8, "WHAT WAS SAID"), (1.2, 1.6, "AND SOME MORE"))


@pytest.fixture(autouse=True)
def no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    for key in speech_stub.KEYS:
        monkeypatch.delenv(key, raising=False)


@pytest.fixture
def talk(make: Make) -> Path:
    """Two seconds of black at 25 frames a second, with a tone."""
    return make("talk.mp4", "-f", "lavfi", "-i", "color=black:s=320x180:r=25:d=2", "-f", "lavfi", "-i", "sine=d=2",
                "-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", "-c:a", "aac")  # fmt: skip


def captioned(
    monkeypatch: pytest.MonkeyPatch, folder: Path, sources: list[Path], *commands: dict[str, Any], reply: Any = None,
    **more: Any,
) -> tuple[Edit, Stub]:  # fmt: skip
    with stub(reply or says(*SAID)) as engine:
        monkeypatch.setenv("SLIMREEL_SPEECH_URL", engine.url)
        return edit(sources, [*commands, QUICK], folder / "out.mp4", overwrite=True, **more), engine


def lit(path: Path) -> list[int]:
    """The frames in which something is written in the lower part of a black picture."""
    return [number for number, luma in enumerate(lumas(path, "iw:ih/3:0:ih*2/3")) if luma > 16.6]


def test_burnt_captions_are_seen_when_they_are_said_and_only_then(
    talk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    done, engine = captioned(monkeypatch, tmp_path, [talk], do("auto_captions"))
    assert lit(tmp_path / "out.mp4") == [*range(10, 20), *range(30, 40)]
    assert len(engine.asked) == 1
    assert [(Path(made.path).name, made.kind) for made in done.files] == [
        ("out.mp4", "video"), ("talk.captions.en.srt", "captions"),
    ]  # fmt: skip
    left = read_cues((tmp_path / "talk.captions.en.srt").read_bytes())
    assert left == (Cue(400, 800, "WHAT WAS SAID"), Cue(1200, 1600, "AND SOME MORE"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.mp4", "talk.captions.en.srt"]


def test_captions_follow_cuts_and_speed(talk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Whether the clip is changed before or after it was heard."""
    changes = do("cut", ranges_s=[[0, 0.6], [1, 1.2]]), do("speed", factor=0.5)
    wanted = [*range(10), *range(20, 40)]
    captioned(monkeypatch, tmp_path, [talk], *changes, do("auto_captions"))
    assert lit(tmp_path / "out.mp4") == wanted
    captioned(monkeypatch, tmp_path, [talk], do("auto_captions"), *changes)
    assert lit(tmp_path / "out.mp4") == wanted


def test_soft_captions_are_a_track_with_the_words_at_their_times(
    talk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    words = [(0.4, 0.8, r"50% {\b1}of: 'it'"), (1.2, 1.6, "我们 AND MORE")]
    captioned(monkeypatch, tmp_path, [talk], do("auto_captions", mode="soft"), reply=says(*words))
    out = tmp_path / "out.mp4"
    track = read_cues(witness.pipe("-i", out, "-map", "0:s:0", "-f", "webvtt", "-"))
    assert [(cue.start_ms, cue.end_ms) for cue in track] == [(400, 800), (1200, 1600)]
    assert track[1].text == "我们 AND MORE" and "50%" in track[0].text and "of: 'it'" in track[0].text
    assert "(eng)" in witness.described(out) and lit(out) == []


def test_braces_and_commands_are_only_text(talk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """As a command this would draw a rectangle over all of the picture, or move the words to the top."""
    evil = r"{\an8\p1}m 0 0 l 9000 0 9000 9000 0 9000{\p0}"
    captioned(monkeypatch, tmp_path, [talk], do("auto_captions"), reply=says((0.4, 0.8, evil)))
    out = tmp_path / "out.mp4"
    assert lit(out) == list(range(10, 20))
    assert max(lumas(out, "iw:ih/4:0:0")) < 16.6


def test_each_file_is_heard_once_and_silent_ones_have_no_captions(
    talk: Path, make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    silent = make("silent.mp4", "-f", "lavfi", "-i", "color=black:s=320x180:r=25:d=1", "-f", "lavfi", "-i",
                  "anullsrc=d=1", "-c:v", "libx264", "-pix_fmt", "yuv420p", "-shortest")  # fmt: skip
    halves = do("split", at_s=[1])
    done, engine = captioned(monkeypatch, tmp_path, [talk, silent], halves, do("auto_captions"))
    assert len(engine.asked) == 1 and lit(tmp_path / "out.mp4") == [*range(10, 20), *range(30, 40)]
    assert [one.asset for one in done.draft.elements()] == ["a3", "a3"]  # type: ignore[union-attr]  # subtitles
    with pytest.raises(EditRefused, match="nothing that is said"):
        captioned(monkeypatch, tmp_path, [silent], do("auto_captions"))


def test_a_saved_draft_goes_on_with_the_captions_that_were_heard(
    talk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    done, _ = captioned(monkeypatch, tmp_path, [talk], do("auto_captions"))
    srt = tmp_path / "talk.captions.en.srt"
    draft = wire.load(wire.dump_text(done.draft))
    monkeypatch.delenv("SLIMREEL_SPEECH_URL")
    with pytest.raises(BadDraft, match="s1"):
        edit([talk], [QUICK], tmp_path / "more.mp4", draft=draft)
    srt.write_text(srt.read_text().replace("1,200", "1,400"))  # mended by hand
    for commands in ([do("trim", end_s=1.8)], [do("undo"), do("redo"), do("trim", end_s=1.8)]):
        edit([talk, srt], [*commands, QUICK], tmp_path / "more.mp4", draft=draft, overwrite=True)
        assert lit(tmp_path / "more.mp4") == [*range(10, 20), *range(35, 40)]
    # Nor is anything sent where captions of the file are among the inputs from the start.
    edit([talk, srt], [do("auto_captions"), QUICK], tmp_path / "more.mp4", overwrite=True)
    assert lit(tmp_path / "more.mp4") == [*range(10, 20), *range(35, 40)]


def test_captions_that_lie_there_already_are_not_lost(talk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    srt = tmp_path / "talk.captions.en.srt"
    srt.write_text("mine")
    with stub(says(*SAID)) as engine:
        monkeypatch.setenv("SLIMREEL_SPEECH_URL", engine.url)
        for number in (1, 2):
            done = edit([talk], [do("auto_captions"), QUICK], tmp_path / f"{number}.mp4")
            assert Path(done.files[-1].path).name == "talk.captions.en-2.srt"
    assert srt.read_text() == "mine" and len(list(tmp_path.glob("*.srt"))) == 2


def test_a_dry_run_gives_the_captions_and_writes_nothing(talk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    done, engine = captioned(monkeypatch, tmp_path, [talk], do("auto_captions", language="zh"), dry_run=True)
    assert [(one.name, read_cues(one.srt.encode())[0].text) for one in done.captions] == [
        ("talk.captions.zh.srt", "WHAT WAS SAID")
    ]
    assert engine.asked[0].fields["language"] == "zh" and list(tmp_path.iterdir()) == []


def test_nothing_is_left_of_an_edit_that_failed(talk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    title = do("add_text", text="x", font="No Such Font")
    with pytest.raises(EditRefused, match="No Such Font"):
        captioned(monkeypatch, tmp_path, [talk], do("auto_captions"), title)
    with pytest.raises(SpeechFailed):
        captioned(monkeypatch, tmp_path, [talk], do("auto_captions"), reply=replies(200, b"{"))
    assert list(tmp_path.iterdir()) == []


def test_without_an_engine_it_says_so(talk: Path, tmp_path: Path):
    with pytest.raises(NoSpeechEngine, match="SLIMREEL_SPEECH_URL"):
        edit([talk], [do("auto_captions")], tmp_path / "out.mp4")


@pytest.mark.media
def test_a_real_clip_with_speech(media: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    clip = media / "talking" / "webcam_vfr_flv.flv"
    both = do("trim", end_s=2), do("auto_captions", mode="soft")
    done, engine = captioned(monkeypatch, tmp_path, [clip], *both, reply=says((0.5, 1.5, "Hello"), (1.9, 9, "there")))
    whole = float(done.draft.length_s)
    assert engine.asked[0].seconds > whole == pytest.approx(2, abs=0.05)
    track = read_cues(witness.pipe("-i", tmp_path / "out.mp4", "-map", "0:s:0", "-f", "srt", "-"))
    assert [cue.text for cue in track] == ["Hello", "there"]
    assert [track[0].start_ms, track[0].end_ms, track[1].end_ms] == pytest.approx([500, 1500, 1000 * whole], abs=50)
