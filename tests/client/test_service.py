"""The scenarios of the skill against the service as users start it: by the client, from the first call to the file."""

from __future__ import annotations

import contextlib
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from slimreel.client import Client, Tell
from slimreel.client.environment import Keepsakes
from slimreel.errors import client as errors
from tests.server.conftest import Clip
from tests.server.serving import Serving, begin, serving

User = Callable[..., Client]


@pytest.fixture
def user(service: Serving, home: Path) -> Iterator[User]:
    with contextlib.ExitStack() as stack:

        def call(address: str = service.address, name: str = "kept", **more: Any) -> Client:
            keepsakes = Keepsakes(home / f"{name}.json")
            return stack.enter_context(Client(address, keepsakes=keepsakes, **more))

        yield call


def test_quick_edit(user: User, clip: Clip, tmp_path: Path):
    told: list[Tell] = []
    client = user(listen=told.append)
    found = client.upload(clip("beach.mp4", 6))
    assert (found.filename, round(found.duration_s or 0), found.width) == ("beach.mp4", 6, 320)
    assert client.talk.resumable
    turn = client.say("compress this video to 150 kbps bitrate without losing visible quality")
    assert turn.tools == ("compress",)
    made = client.export(tmp_path / "small.mp4")
    assert made.facts["bitrate"] == pytest.approx(150_000, rel=0.05)
    assert made.sha256 == made.facts["hash"]
    assert (tmp_path / "small.mp4").stat().st_size == made.size_bytes
    assert {"upload", "text", "export", "download"} <= {one.kind for one in told}


def test_batch_each_gets_its_own_render(user: User, clip: Clip, tmp_path: Path):
    client = user()
    for name in ("beach.mp4", "city.mp4"):
        client.upload(clip(name, 3))
    client.say("the first clip at 250 kbps")
    client.say("the second clip at 150 kbps")
    drafts = client.state().drafts
    made = [client.export(tmp_path / f"{number}.mp4", draft=draft) for number, draft in enumerate(drafts)]
    assert [one.filename for one in made] == ["beach-slim.mp4", "city-slim.mp4"]
    assert [one.facts["bitrate"] for one in made] == [pytest.approx(rate, rel=0.05) for rate in (250_000, 150_000)]


def test_iterative_with_preview_and_undo(user: User, clip: Clip, tmp_path: Path):
    client = user()
    client.upload(clip("beach.mp4", 5))
    assert client.say("cut the first 2 seconds").timeline == "Timeline (1 track): 1. Video: beach (0-3s)"
    preview = client.say("show me a preview")
    assert preview.renders
    client.export(tmp_path / "preview.mp4", render_id=preview.renders[0])
    assert client.say("undo").timeline == "Timeline (1 track): 1. Video: beach (0-5s)"
    refined = client.say("cut the first second and make it 300 kbps")
    assert refined.changed
    made = client.export(tmp_path / "final.mp4")
    assert made.facts["duration"] == pytest.approx(4, abs=0.2)


def test_chinese(user: User, clip: Clip, tmp_path: Path):
    client = user(language="zh")
    client.upload(clip("海滩.mp4", 4))
    turn = client.say("剪掉前1秒，压到100KB以内")
    assert turn.language == "zh"
    assert turn.timeline == "时间线（1 条轨道）：1. 视频: 海滩 (0-3s)"
    assert "1" in turn.text and any("\u4e00" <= letter <= "\u9fff" for letter in turn.text)
    assert client.export(tmp_path / "小.mp4").size_bytes <= 100_000


def test_an_expired_token(user: User, service: Serving, clip: Clip):
    client = user()
    client.upload(clip("beach.mp4"))
    headers = {"X-Client-Id": client.talk.client_id}
    httpx.post(f"{service.address}/api/auth/anonymous-token", headers=headers).raise_for_status()  # revokes the first
    old = client.talk.token
    assert client.say("cut the first second").tools == ("cut",)
    assert client.talk.token != old
    assert len(client.state().files) == 1  # the same account, and the same project


def test_a_resumed_upload(user: User, clip: Clip, monkeypatch: pytest.MonkeyPatch):
    """Each second piece is lost on its way back: the server has it, and the client does not know."""
    monkeypatch.setattr("slimreel.client.uploading.PIECE_BYTES", 20_000)
    monkeypatch.setattr("slimreel.client.uploading.AWAY_S", (0.0,) * 5)

    class Losing(httpx.HTTPTransport):
        patches = 0

        def handle_request(self, request: httpx.Request) -> httpx.Response:
            response = super().handle_request(request)
            if request.method == "PATCH":
                self.patches += 1
                if self.patches % 2 == 0:
                    response.close()
                    raise httpx.ReadError("lost", request=request)
            return response

    path = clip("beach.mp4", 4)
    transport = Losing()
    found = user(transport=transport).upload(path)
    assert found.size_bytes == path.stat().st_size
    assert transport.patches == -(-path.stat().st_size // 20_000)


class Dropping(httpx.HTTPTransport):
    """Breaks the stream of the first message off after so many pieces."""

    def __init__(self, after: int) -> None:
        super().__init__()
        self.after, self.messages = after, 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = super().handle_request(request)
        if request.url.path == "/run_sse":
            self.messages += 1
            if self.messages == 1:
                return httpx.Response(response.status_code, headers=response.headers, stream=_Cut(response, self.after))
        return response


class _Cut(httpx.SyncByteStream):
    def __init__(self, response: httpx.Response, after: int) -> None:
        self.response, self.after = response, after

    def __iter__(self) -> Iterator[bytes]:
        data = b"".join(self.response.iter_raw())
        yield b"".join(data.splitlines(keepends=True)[: self.after])
        raise httpx.ReadError("dropped")

    def close(self) -> None:
        self.response.close()


@pytest.mark.parametrize("after", [0, 3, 6])
def test_a_dropped_stream(user: User, clip: Clip, after: int):
    """Nothing came, or the operation and its result did; the words come by the list of turns, or by the last id."""
    transport = Dropping(after)
    client = user(transport=transport)
    client.upload(clip("beach.mp4"))
    turn = client.say("cut the first second")
    assert turn.text == "Removed 1 s; the video is now 2 s long."
    assert transport.messages == (2 if after else 1)
    turns = client.run(_turns(client))
    assert [one["text"] for one in turns] == ["cut the first second"]
    assert client.credits().total == 99


def _turns(client: Client) -> Any:
    from slimreel.client import conversation
    from slimreel.client.calls import call

    document = yield from call(client.talk, conversation.turns)
    return document["turns"]


@pytest.mark.slow
def test_out_of_credits(tmp_path: Path, user: User, clip: Clip):
    with serving(tmp_path / "poor", starter_credits="1") as running:
        client = user(running.address, "poor")
        client.upload(clip("beach.mp4"))
        client.say("cut the first second")
        with pytest.raises(errors.CreditsUsedUp) as caught:
            client.say("cut the first second")
        assert f"{running.address}/register?bind={client.talk.user_id}" in caught.value.sentence()
        assert client.talk.user_id.startswith("anon_")
        assert client.credits().available == 0
        client.export(tmp_path / "out.mp4")  # costs nothing


@pytest.mark.slow
def test_a_service_that_is_killed_and_started_again_in_the_middle_of_a_render(tmp_path: Path, user: User, clip: Clip):
    data = tmp_path / "restarted"
    with serving(data) as running:
        port = running.address.rpartition(":")[2]
        client = user(running.address, "restarted")
        client.upload(clip("long.mp4", 20))
        client.say("make it 150 kbps")
        again: list[subprocess.Popen[str]] = []

        def listen(told: Tell) -> None:
            """Once the render is submitted."""
            if told.kind == "export" and told.fraction is not None and client.talk.session_id and not again:
                begun.append(told)
                if len(begun) == 2:
                    running.process.kill()
                    running.process.wait()
                    again.append(begin(data, "--port", port))

        begun: list[Tell] = []
        client.listen = listen
        try:
            made = client.export(tmp_path / "out.mp4")
            assert again
            assert made.facts["bitrate"] == pytest.approx(150_000, rel=0.05)
            with contextlib.closing(sqlite3.connect(data / "slimreel.sqlite")) as database:
                assert database.execute("select count(*) from jobs").fetchone() == (1,)
        finally:
            for process in again:
                process.terminate()
                process.wait(60)
                assert process.stdout is not None
                process.stdout.close()


def test_routes_and_errors_of_files(user: User, tmp_path: Path):
    client = user()
    text = tmp_path / "notes.mp4"
    text.write_text("no video")
    with pytest.raises(errors.FileRejected, match=r"notes\.mp4"):
        client.upload(text)
    with pytest.raises(errors.NothingToExport):
        client.export(tmp_path / "out.mp4")
    assert client.state().timeline() == "There is nothing on the timeline yet."
