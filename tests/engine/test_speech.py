"""The speech engine's client against a real server on this machine: what is sent, and every way an answer can fail."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from slimreel.core.cues import Cue
from slimreel.core.transcript import Transcript
from slimreel.engine import gather, speech, speech_server
from slimreel.errors import NoSpeechEngine, SlimreelError, SpeechFailed, SpeechUnreachable, UsageError
from slimreel.settings import read_settings
from slimreel.workbench.finish import finish
from tests import speech_stub
from tests.engine.conftest import Make
from tests.speech_stub import Asked, Reply, Stub, drips, hangs, hangs_up, in_turn, replies, says, stub

GOOD = says((0, 1, "one"))


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """No engine but the test's own, and no waiting."""
    for key in speech_stub.KEYS:
        monkeypatch.delenv(key, raising=False)
    monkeypatch.setattr(speech_server, "_WAITS_S", (0.01, 0.01))


@pytest.fixture(scope="module")
def talk(make: Make) -> Path:
    """Two and a half seconds that begin with a second of silence, and sound that begins late in the file."""
    sound = "aevalsrc='if(lt(t,1),0,0.5*sin(2*PI*440*t))':d=2.5:s=44100:c=stereo"
    return make("talk.mp4", "-f", "lavfi", "-i", "color=gray:s=64x64:r=10:d=2.5", "-f", "lavfi", "-i", sound, "-c:a",
                "aac", "-c:v", "libx264", "-pix_fmt", "yuv420p")  # fmt: skip


def listen(path: Path, language: str = "auto") -> Transcript:
    return finish(speech.listen(gather.gather(path, "a1"), language), lambda event: None)


Heard = Callable[..., tuple[Transcript, Stub]]


@pytest.fixture
def heard(talk: Path, monkeypatch: pytest.MonkeyPatch) -> Heard:
    def call(reply: Reply, language: str = "auto", path: str = "", **settings: str) -> tuple[Transcript, Stub]:
        with stub(reply) as engine:
            monkeypatch.setenv("SLIMREEL_SPEECH_URL", engine.url + path)
            for name, value in settings.items():
                monkeypatch.setenv(f"SLIMREEL_SPEECH_{name.upper()}", value)
            return listen(talk, language), engine

    return call


def test_the_whole_sound_is_sent_as_servers_of_whisper_want_it(heard: Heard):
    found, engine = heard(GOOD, "zh-Hans", key="s3cret", model="large-v3")
    (asked,) = engine.asked
    assert asked.path == "/v1/audio/transcriptions"
    assert asked.fields == {"model": "large-v3", "response_format": "verbose_json", "language": "zh"}
    assert asked.headers["Authorization"] == "Bearer s3cret"
    assert asked.seconds == pytest.approx(2.5, abs=0.05)
    assert found == Transcript((Cue(0, 1000, "one"),), "zh-Hans")


@pytest.mark.parametrize("path", ["/", "/v1", "/v1/", "/v1/audio/transcriptions"])
def test_an_address_may_be_given_in_any_of_the_usual_ways(heard: Heard, path: str):
    found, engine = heard(GOOD, path=path)
    assert (found.language, engine.asked[0].path) == ("en", "/v1/audio/transcriptions")
    assert "language" not in engine.asked[0].fields and "Authorization" not in engine.asked[0].headers


def test_long_sound_goes_in_pieces_divided_where_it_is_quiet(heard: Heard, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(speech, "PIECE_MS", 1500)
    monkeypatch.setattr(speech, "_SEARCHED_MS", 1400)

    def reply(handler: BaseHTTPRequestHandler, asked: Asked) -> None:
        says((0, 0.5, f"piece of {asked.seconds:.2f}"), (0.6, 99, "rest"))(handler, asked)

    found, engine = heard(reply)
    lengths = [asked.seconds for asked in engine.asked]
    # The first piece ends in the silence of the first second and is not sent; nothing is sent twice or left out.
    silent_s = 2.5 - sum(lengths)
    assert 0.2 < silent_s < 1.0 and len(lengths) == 2
    starts = [round(1000 * at) for at in (silent_s, silent_s + lengths[0])]
    assert [cue.start_ms for cue in found.cues[::2]] == pytest.approx(starts, abs=50)
    assert found.cues[1].end_ms == found.cues[2].start_ms


def test_sound_begins_where_the_file_does(make: Make, monkeypatch: pytest.MonkeyPatch):
    late = make(
        "late.mkv", "-f", "lavfi", "-i", "color=gray:s=64x64:r=10:d=2", "-itsoffset", 1, "-f", "lavfi", "-i",
        "sine=d=1", "-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "pcm_s16le",
    )  # fmt: skip
    with stub(GOOD) as engine:
        monkeypatch.setenv("SLIMREEL_SPEECH_URL", engine.url)
        listen(late)
    assert engine.asked[0].seconds == pytest.approx(2.0, abs=0.05)
    assert engine.asked[0].wav[44:].find(b"\x01") > 2 * 15_000


def test_a_busy_engine_is_asked_again(heard: Heard):
    found, engine = heard(in_turn(replies(503, b"loading"), replies(500, b""), GOOD))
    assert len(found.cues) == 1 and len(engine.asked) == 3


def no_http(handler: BaseHTTPRequestHandler, asked: Asked) -> None:
    handler.wfile.write(b"SSH-2.0\r\n")


HUGE = json.dumps({"segments": [{"start": 0, "end": 1, "text": "x" * 1000}] * 10_000}).encode()
CUT = replies(200, b'{"segments": [', Content_Length="500")
FAILS: dict[str, tuple[Reply, type[SlimreelError], str, int]] = {
    "500": (replies(500, b'{"error": "out of memory\x1b[2J"}'), SpeechFailed, "status 500: {", 3),
    "400": (replies(400, b"no such language"), SpeechFailed, "status 400: no such language", 1),
    "401": (replies(401, b""), SpeechFailed, "refuses the key", 1),
    "404": (replies(404, b""), SpeechFailed, "knows no /v1/audio", 1),
    "garbage": (replies(200, b"\x00\xff<html>"), SpeechFailed, "no JSON", 1),
    "no HTTP": (no_http, SpeechFailed, "no HTTP", 1),
    "a huge answer": (replies(200, HUGE), SpeechFailed, "more than 4 MB", 1),
    "a huge header": (replies(200, b"{}", X=("y" * 70_000)), SpeechFailed, "no HTTP", 1),
    "half an answer": (CUT, SpeechFailed, "breaks off", 1),
    "no times": (replies(200, b'{"text": "hello"}'), SpeechFailed, "verbose_json", 1),
    "silence for ever": (hangs, SpeechUnreachable, "more than 0.4 s", 1),
    "a drop at a time": (drips, SpeechUnreachable, "more than 0.4 s", 1),
    "no answer": (hangs_up, SpeechUnreachable, "", 3),
}


@pytest.mark.parametrize("name", FAILS)
def test_an_engine_that_fails_is_told_in_a_sentence_and_soon(name: str, monkeypatch: pytest.MonkeyPatch):
    reply, kind, words, tries = FAILS[name]
    with stub(reply) as engine:
        monkeypatch.setenv("SLIMREEL_SPEECH_URL", engine.url)
        monkeypatch.setenv("SLIMREEL_SPEECH_TIMEOUT_S", "0.4" if "0.4" in words else "60")
        server = speech_server.server_of_settings()
        assert server is not None
        began = time.monotonic()
        with pytest.raises(kind) as caught:
            speech.ask(server, b"RIFF" + bytes(1_000_000), "auto", 1000)
        assert time.monotonic() - began < 15  # the stub would hold on for 20
    assert type(caught.value) is kind and words in str(caught.value) and engine.url in str(caught.value)
    assert len(engine.asked) == tries


def test_no_redirect_is_followed(heard: Heard):
    with stub(GOOD) as elsewhere:
        for status in (301, 302, 307, 308):
            with pytest.raises(SpeechFailed, match="another address"):
                heard(replies(status, b"", Location=f"{elsewhere.url}/v1/audio/transcriptions"), key="s3cret")
        assert elsewhere.asked == []


def test_nobody_there(talk: Path, monkeypatch: pytest.MonkeyPatch):
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    monkeypatch.setenv("SLIMREEL_SPEECH_URL", f"http://127.0.0.1:{port}")
    with pytest.raises(SpeechUnreachable, match="SLIMREEL_SPEECH_URL"):
        listen(talk)
    with stub(GOOD) as engine:
        monkeypatch.setenv("SLIMREEL_SPEECH_URL", engine.url.replace("http", "https"))
        with pytest.raises(SpeechUnreachable, match="SSL"):
            listen(talk)
    monkeypatch.delenv("SLIMREEL_SPEECH_URL")
    with pytest.raises(NoSpeechEngine):
        listen(talk)


@pytest.mark.parametrize(
    "url",
    ["localhost:8000", "ftp://host", "file:///etc/passwd", "http://", "http://host:99999", "http://me:word@host",
     "http://host/?a=b", "http://host/a b", "http://ho\u200bst", "http://[::1"],
)  # fmt: skip
def test_an_address_that_makes_no_sense_is_refused(url: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SLIMREEL_SPEECH_URL", url)
    with pytest.raises(UsageError, match="SLIMREEL_SPEECH_URL"):
        speech_server.server_of_settings()


def test_the_key_is_never_shown(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SLIMREEL_SPEECH_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("SLIMREEL_SPEECH_KEY", "s3cret")
    assert "s3cret" not in repr(read_settings()) + repr(speech_server.server_of_settings())
    monkeypatch.setenv("SLIMREEL_SPEECH_KEY", "s3\r\nX: y")
    with pytest.raises(UsageError):
        speech_server.server_of_settings()
