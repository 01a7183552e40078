"""The client against a server with the habits of the hosted original, which the published skill tells how to treat."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from slimreel.client import AsyncClient, Client
from slimreel.client.exchange import AsyncPace
from slimreel.errors import OutputExists
from slimreel.errors import client as errors
from tests.client.conftest import User, video
from tests.client.hosted_stub import CONTENT


def test_a_quick_edit(user: User, tmp_path: Path):
    user.client.upload(video(tmp_path))
    turn = user.client.say("cut the first second")
    assert turn.text == (
        'Your edit is done. To get the finished file, say "export". What the timeline holds now is shown below.'
    )
    assert turn.timeline == "Timeline (1 track): 1. Video: city timelapse (0-9s)"
    assert turn.actions == ("export", "timeline")
    found = user.client.export(tmp_path / "out.mp4")
    assert (tmp_path / "out.mp4").read_bytes() == CONTENT
    assert found.size_bytes == len(CONTENT)
    assert user.waits == [30, 30]  # it tells no progress
    assert user.kinds.count("upload") >= 3
    assert sorted(path.name for path in tmp_path.iterdir()) == ["clip.mp4", "home", "out.mp4"]


def test_silent_turns_are_told_by_what_changed(user: User, tmp_path: Path):
    user.client.upload(video(tmp_path))
    turns = [user.client.say(text) for text in ("cut", "cut", "cut", "cut", "剪掉", "剪掉一秒")]
    assert [turn.is_silent for turn in turns] == [False, False, True, False, False, True]
    assert turns[2].text == "Done: Video: city timelapse is 7 s long now, before 8 s. It is 7 s long now, before 8 s."
    assert turns[5].text == "完成：视频：city timelapse现在长 4 秒，原来 5 秒。现在总长 4 秒，原来 5 秒。"
    assert all(turn.text for turn in turns)


def test_a_dropped_stream_is_looked_after_and_not_sent_again(user: User, tmp_path: Path):
    user.client.upload(video(tmp_path))
    user.hosted.drop_streams = 1
    turn = user.client.say("cut")
    assert turn.changed
    assert user.hosted.said == ["cut"]
    assert user.waits == [30]


def test_a_dropped_stream_of_nothing_is_given_up_after_five_looks(user: User, tmp_path: Path):
    user.client.upload(video(tmp_path))
    user.hosted.drop_streams = 1
    with pytest.raises(errors.NoWord):
        user.client.say("improve it")
    assert user.waits == [30, 60, 60, 60, 60]
    assert user.hosted.said == ["improve it"]


def test_a_failed_render_is_begun_once_more(user: User, tmp_path: Path):
    user.client.upload(video(tmp_path))
    user.hosted.fail_renders = 1
    user.client.export(tmp_path / "out.mp4")
    assert len(user.hosted.renders) == 2
    user.hosted.fail_renders = 2
    with pytest.raises(errors.RenderFailed, match="a node went away"):
        user.client.export(tmp_path / "again.mp4")
    assert not (tmp_path / "again.mp4").exists()


def test_cut_downloads_go_on(user: User, tmp_path: Path):
    user.client.upload(video(tmp_path))
    user.hosted.cut_downloads = 4
    user.client.export(tmp_path / "out.mp4")
    assert (tmp_path / "out.mp4").read_bytes() == CONTENT
    assert user.hosted.calls["GET file"] == 5


def test_nothing_is_overwritten_or_left_behind(user: User, tmp_path: Path):
    user.client.upload(video(tmp_path))
    (tmp_path / "out.mp4").write_text("mine")
    with pytest.raises(OutputExists):
        user.client.export(tmp_path / "out.mp4")
    assert (tmp_path / "out.mp4").read_text() == "mine"
    assert user.hosted.calls["POST render"] == 0
    user.client.export(tmp_path / "out.mp4", overwrite=True)
    assert (tmp_path / "out.mp4").read_bytes() == CONTENT


@pytest.mark.parametrize("call", ["GET credits", "GET state", "POST upload-video", "POST run_sse", "POST render"])
@pytest.mark.parametrize("status", [401, 200])
def test_an_expired_token_in_the_middle_costs_nothing(user: User, tmp_path: Path, call: str, status: int):
    user.client.upload(video(tmp_path))
    user.hosted.will(call, (status, 1001))
    user.client.upload(video(tmp_path))
    user.client.credits()
    assert user.client.say("cut").text
    user.client.export(tmp_path / "out.mp4")
    assert (user.hosted.tokens, user.hosted.sessions) == (2, 1)


@pytest.mark.parametrize("call", ["GET state", "POST upload-video", "POST run_sse", "POST render"])
def test_a_forgotten_session_is_begun_anew(user: User, tmp_path: Path, call: str):
    user.client.upload(video(tmp_path))
    user.hosted.will(call, (404, 1002))
    user.client.upload(video(tmp_path))
    user.client.say("cut")
    user.client.export(tmp_path / "out.mp4")
    assert user.hosted.sessions == 2
    assert user.kinds.count("notice") == 1


@pytest.mark.parametrize(
    "call", ["POST auth", "POST tasks", "GET state", "POST upload-video", "POST run_sse", "POST render"]
)
def test_a_rate_limit_is_waited_out_once(user: User, tmp_path: Path, call: str):
    user.hosted.will(call, (429, 429))
    user.client.upload(video(tmp_path))
    user.client.say("cut")
    user.client.export(tmp_path / "out.mp4")
    assert user.waits == [30, 30, 30]  # two of them ask how far the render is


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        (2001, 403, errors.CreditsUsedUp),
        (4001, 415, errors.FileRejected),
        (4002, 413, errors.FileOverLimit),
        (400, 400, errors.CallMalformed),
        (402, 402, errors.PlanBlocks),
        (403, 403, errors.ScopeMissing),
        (5000, 500, errors.ServerFault),
    ],
)
@pytest.mark.parametrize("call", ["POST upload-video", "POST run_sse", "POST render"])
def test_the_other_errors_are_told_and_the_talk_goes_on(user: User, tmp_path: Path, call: str, code, status, kind):
    user.client.upload(video(tmp_path))
    user.hosted.will(call, (status, code))
    does = {
        "POST upload-video": lambda: user.client.upload(video(tmp_path)),
        "POST run_sse": lambda: user.client.say("cut"),
        "POST render": lambda: user.client.export(tmp_path / "out.mp4"),
    }[call]
    with pytest.raises(kind) as caught:
        does()
    assert caught.value.sentence().endswith((".", "anon_1"))
    does()


def test_a_dropped_upload_is_sent_again_and_a_dropped_message_is_not(user: User, tmp_path: Path):
    user.client.connect()
    user.hosted.will("POST upload-video", "drop")
    user.client.upload(video(tmp_path))
    assert user.hosted.calls["POST upload-video"] == 2
    user.hosted.will("POST run_sse", "drop")
    with pytest.raises(errors.NoWord):
        user.client.say("cut")
    assert user.hosted.calls["POST run_sse"] == 1


def test_every_call_says_who_makes_it(user: User, tmp_path: Path):
    user.client.upload(video(tmp_path))
    user.client.say("cut")
    user.client.export(tmp_path / "out.mp4")
    for headers in user.hosted.headers:
        assert headers["X-Skill-Platform" if "X-Skill-Platform" in headers else "x-skill-platform"] == "unknown", (
            headers
        )


def test_a_token_is_kept_for_the_next_time_and_one_of_the_environment_is_used(user: User, home: Path, monkeypatch):
    user.client.connect()
    with Client(user.client.talk.server, keepsakes=user.client.talk.keepsakes) as again:
        again.connect()
    assert user.hosted.tokens == 1
    monkeypatch.setenv("NEMO_TOKEN", "nmv_usr_77")
    monkeypatch.setenv("NEMO_API_URL", user.client.talk.server)
    with Client() as given:
        given.connect()
    assert user.hosted.tokens == 1
    assert user.hosted.headers[-1]["Authorization"] == "Bearer nmv_usr_77"


def test_the_same_in_a_loop(user: User, tmp_path: Path):
    waits: list[float] = []
    server, path = user.client.talk.server, video(tmp_path)
    user.hosted.cut_downloads = 1

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    async def one(number: int) -> str:
        pace = AsyncPace(sleep)
        async with AsyncClient(server, token=f"nmv_usr_{number}", pace=pace) as client:
            await client.connect()
            await client.upload(path)
            turn = await client.say("cut")
            assert (await client.credits()).total == 100
            assert (await client.state()).timeline()
            await client.export(tmp_path / f"{number}.mp4")
            return turn.text

    async def several() -> list[str]:
        return await asyncio.gather(*(one(number) for number in range(3)))

    assert all(asyncio.run(several()))
    assert [(tmp_path / f"{number}.mp4").read_bytes() == CONTENT for number in range(3)] == [True] * 3
    assert 30 in waits


def test_a_proxy_does_not_come_between_this_machine_and_itself(user: User, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    with Client(user.client.talk.server, token="nmv_usr_1") as client:
        assert client.credits().total == 100


def test_nobody_there_is_told_at_once():
    with Client("http://127.0.0.1:1", token="x") as client, pytest.raises(errors.Unreachable):
        client.credits()
