"""Published clients, each with its own habits, against the service as it is started; the official order first."""

from __future__ import annotations

import hashlib
import json
import math
import re
import threading
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from slimreel.core.media import main_video
from slimreel.engine.probe import probe
from tests.server.client import ATTRIBUTION, Client, heard, ok, signed_in
from tests.server.conftest import Clip
from tests.server.serving import Serving

QUICK_EDIT = "compress this video to 8 Mbps bitrate without losing visible quality"
INTERNAL = re.compile(r"visually_lossless|animated_gif|_bps|\b[a-z]+_[a-z_]+\b|(?:drf|trn|art|job|chat)_[0-9a-f]{6}")


def test_the_quick_edit_in_the_official_order(http: httpx.Client, clip: Clip, tmp_path: Path) -> None:
    client = Client(http, **ATTRIBUTION)
    starter = client.sign_in()
    assert (starter["credits"], starter["user_id"][:5]) == (100, "anon_")
    assert re.fullmatch(r"nmv_usr_[A-Za-z0-9_-]{43}", starter["token"])
    assert re.fullmatch(r"\d{19}", client.begin())
    assert client.state()["draft"] == {}

    source = clip("tutorial.mp4", 4)
    (item,) = client.upload(source)
    assert item["file_type"] == "video"
    assert (item["width"], item["height"], item["fps"]) == (320, 180, 25)
    assert item["duration"] == pytest.approx(4, abs=0.1)
    assert (item["size"], item["url"]) == (source.stat().st_size, item["cdn_url"])
    assert hashlib.sha256(source.read_bytes()).hexdigest() in item["hash"]
    assert [one["id"] for one in client.state()["video_infos"]] == [item["id"]]

    said = client.say(QUICK_EDIT)
    assert said.tools == ["compress"]
    assert "8 Mbps" in said.text
    assert not INTERNAL.search(said.text)
    draft = client.state()["draft"]
    assert [track["tt"] for track in draft["t"]] == [0]
    assert draft["d"] == draft["t"][0]["sg"][0]["d"] == pytest.approx(4000, abs=100)

    done = client.export(draft)
    assert done["progress"] == 100
    assert done["createdAt"] <= done["completedAt"] <= time.time() * 1000 + 1000
    file = client.download(done, tmp_path / "out.mp4")
    assert file.stat().st_size == done["output"]["size"]
    assert hashlib.sha256(file.read_bytes()).hexdigest() == done["output"]["hash"]
    found = main_video(probe(file))
    assert (found.codec, found.width, found.height) == ("h264", 320, 180)
    assert found.duration_s == pytest.approx(4, abs=0.1)
    assert file.stat().st_size <= source.stat().st_size
    assert client.credits()["total"] == 100 - 1  # the export costs nothing
    assert client.get(f"/api/render/proxy/{done['id']}/download").content == file.read_bytes()
    ranged = http.get(f"/api/render/proxy/{done['id']}/download", headers={**client.headers, "Range": "bytes=100-199"})
    assert (ranged.status_code, ranged.content) == (206, file.read_bytes()[100:200])


def test_one_that_omits_app_name_and_user_id_and_role(client: Client, clip: Clip) -> None:
    client.upload(clip("a.mp4"))
    body = {"session_id": client.session_id, "new_message": {"parts": [{"text": QUICK_EDIT}]}}
    with client.run(body) as answer:
        assert answer.headers["content-type"].replace(" ", "").lower() == "text/event-stream;charset=utf-8"
        assert heard(answer).tools == ["compress"]


def test_one_that_uses_the_real_user_id_and_a_numeric_session(client: Client, clip: Clip) -> None:
    client.user = client.user_id
    client.begin()
    client.upload(clip("a.mp4"))
    said = client.say(QUICK_EDIT, session_id=int(client.session_id))
    assert said.tools == ["compress"]
    body = {"id": "render_1", "sessionId": int(client.session_id), "draft": client.state()["draft"]}
    assert ok(client.post("/api/render/proxy/lambda", body))["id"] == "render_1"


def _flat(body: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(body[key] for key in ("status", "taskId", "outputUrl", "progress"))


def _nested(body: dict[str, Any]) -> tuple[Any, ...]:
    assert (body["code"], body["success"]) == (0, True)
    return (body["data"]["status"], body["data"]["taskId"], body["data"]["output"]["url"], body["data"]["progress"])


@pytest.mark.parametrize("reads", [_flat, _nested])
@pytest.mark.parametrize(
    ("submits", "asks"),
    [
        ("/api/render/proxy/lambda", "/api/render/proxy/lambda/{}"),
        ("/api/render/proxy/draft", "/api/render/proxy/{}"),
    ],
)
def test_the_status_is_read_flat_or_nested_and_at_either_address(
    client: Client, clip: Clip, reads: Callable[[dict[str, Any]], tuple[Any, ...]], submits: str, asks: str
) -> None:
    client.upload(clip("a.mp4", 2))
    body = {"id": "draft-cli-1", "sessionId": client.session_id, "draft": client.state()["draft"]}
    task = ok(client.post(submits, body))["taskId"]
    client.wait("draft-cli-1")
    status, same_task, url, progress = reads(ok(client.get(asks.format("draft-cli-1"))))
    assert (status, same_task, progress) == ("completed", task, 100)
    assert httpx.get(url).status_code == 200


def test_one_that_drops_the_stream_and_polls_the_state(client: Client, clip: Clip) -> None:
    client.upload(clip("a.mp4"))
    before = client.state()["draft"]["revision"]
    with client.run(client.message("cut the first second")) as answer:
        next(answer.iter_raw(1))
    _until(lambda: client.state()["draft"]["revision"] > before)
    assert client.state()["draft"]["d"] == pytest.approx(2000, abs=100)


def test_one_that_hangs_up_at_once_is_worked_for_all_the_same(client: Client, clip: Clip) -> None:
    client.upload(clip("a.mp4"))
    with client.run(client.message("cut the first second")) as answer:
        assert answer.status_code == 200  # and nothing of its body is read
    _until(lambda: client.state()["draft"]["d"] < 2500)
    assert client.credits() == {"available": 99, "frozen": 0, "total": 99}


def _until(true: Callable[[], bool], patience_s: float = 60) -> None:
    end = time.monotonic() + patience_s
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.mark.parametrize(
    "body",
    [
        {"appName": "nemo_agent", "userId": "me", "sessionId": "SESSION", "newMessage": {"parts": [{"text": "TEXT"}]}},
        {"app_name": "other", "sessionId": "SESSION", "new_message": {"role": "user", "parts": [{"text": "TEXT"}]}},
        {"userId": "", "session_id": "SESSION", "newMessage": {"parts": [{"text": "TEXT"}, {"text": None}]}},
        {"session_id": "SESSION", "new_message": {"parts": [{"text": "TEXT", "more": 1}]}, "stream": True, "x": [{}]},
        {"session_id": "SESSION", "new_message": {"parts": [{"text": "TEXT"}]}, "streaming": None, "user_id": None},
    ],
)
def test_keys_in_either_spelling_and_more_of_them_than_are_known(client: Client, clip: Clip, body: Any) -> None:
    client.upload(clip("a.mp4"))
    text = json.dumps(body).replace("SESSION", client.session_id).replace("TEXT", QUICK_EDIT)
    with client.run(json.loads(text)) as answer:
        assert heard(answer).tools == ["compress"]


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", None, "application/json; charset=utf-8"])
def test_json_that_calls_itself_something_else(client: Client, clip: Clip, kind: str | None) -> None:
    client.upload(clip("a.mp4"))
    headers = dict(client.headers) | ({"Content-Type": kind} if kind else {})
    task = client.http.post(
        "/api/tasks/me/with-session/nemo_agent", headers=headers, content=b'{"task_name":"project","language":""}'
    )
    assert ok(task)["data"]["bind_id"] == client.user_id
    sent = json.dumps(client.message(QUICK_EDIT)).encode()
    with client.http.stream("POST", "/run_sse", headers=headers, content=sent) as answer:
        assert heard(answer).tools == ["compress"]


def _mangled(draft: dict[str, Any], how: str) -> Any:
    copy = json.loads(json.dumps(draft))
    match how:
        case "keys lost":
            return {key: copy[key] for key in ("t", "d")}
        case "paths injected":
            copy["t"][0]["sg"][0] |= {"path": "/etc/passwd", "url": "file:///etc/passwd", "asset": "../../secret"}
            return copy | {"assets": {"a1": "/etc/passwd"}, "outputs": [{"kind": "exported", "path": "/tmp/evil"}]}
        case "lengths changed":
            copy["t"][0]["sg"][0]["d"] = 10**9
            return copy | {"d": 10**9}
        case "in other order":
            return dict(reversed(copy.items()))
        case "empty":
            return {}
        case "of another id":
            return {"id": "drf_" + "0" * 32, "revision": 99}
        case "with the id only":
            return {"id": copy["id"]}
        case "deep":
            return {"id": {"id": [copy]}, "t": None}
        case "as text":
            return json.dumps(copy)
        case "no object":
            return [copy, "draft"]
        case _:
            return None


@pytest.mark.parametrize(
    "how",
    "keys lost|paths injected|lengths changed|in other order|empty|of another id|with the id only|deep|as text|"
    "no object|none".split("|"),
)
def test_a_draft_that_was_mangled_on_the_way(client: Client, clip: Clip, tmp_path: Path, how: str) -> None:
    client.upload(clip("a.mp4", 2))
    done = client.export(_mangled(client.state()["draft"], how))
    assert main_video(probe(client.download(done, tmp_path / "out.mp4"))).duration_s == pytest.approx(2, abs=0.1)


def test_a_draft_with_nan_is_no_json(client: Client, clip: Clip) -> None:
    client.upload(clip("a.mp4", 2))
    body = {"id": "render_nan", "sessionId": client.session_id, "draft": {"d": math.nan}}
    headers = client.headers | {"Content-Type": "application/json"}
    answer = client.http.post("/api/render/proxy/lambda", headers=headers, content=json.dumps(body))
    assert answer.status_code == 400
    assert answer.json()["code"] == 400


def test_numbers_of_the_output_come_before_its_quality(client: Client, clip: Clip, tmp_path: Path) -> None:
    client.upload(clip("a.mp4", 3))
    wanted = {"format": "mp4", "quality": "high", "bitrate": "150k", "resolution": "144p", "codec": "h264"}
    done = client.export(output=wanted)
    found = main_video(probe(client.download(done, tmp_path / "out.mp4")))
    assert found.height == 144
    assert done["output"]["bitrate"] == pytest.approx(150_000, rel=0.1)


def test_events_are_resumed_behind_the_last_id(client: Client, clip: Clip) -> None:
    client.upload(clip("a.mp4"))
    whole = client.say("cut the first second")
    assert len(whole.ids) == len(whole.events)
    assert whole.ids == sorted(set(whole.ids))
    message = client.message("cut the first second")
    for place, last in enumerate(whole.ids):
        with client.run(message, **{"Last-Event-ID": str(last)}) as answer:
            assert heard(answer).events == whole.events[place + 1 :]
    assert client.credits()["total"] == 99
    assert client.state()["draft"]["d"] == pytest.approx(2000, abs=100)


def test_the_same_message_while_its_turn_runs_joins_it(client: Client, clip: Clip, service: Serving) -> None:
    client.upload(clip("a.mp4", 6))
    answers: list[list[Any]] = []

    def say() -> None:
        with httpx.Client(base_url=service.address, timeout=60) as http:
            again = Client(http, **client.headers)
            again.session_id = client.session_id
            answers.append(again.say("remove the silence and cut the first second").events)

    threads = [threading.Thread(target=say) for _ in range(5)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    spent = 100 - client.credits()["total"]
    turns = ok(client.get(f"/api/slimreel/sessions/{client.session_id}/turns"))["turns"]
    assert spent == len(turns)  # each turn once, whoever asked for it
    assert len(answers) == 5
    assert len({json.dumps(events) for events in answers}) == len(turns)


def test_two_messages_at_once_run_one_after_the_other(client: Client, clip: Clip, service: Serving) -> None:
    client.upload(clip("a.mp4", 6))
    texts = [f"cut the first second and add a title '{number}'" for number in range(4)]

    def say(text: str) -> None:
        with httpx.Client(base_url=service.address, timeout=60) as http:
            again = Client(http, **client.headers)
            again.session_id = client.session_id
            assert again.say(text).text

    threads = [threading.Thread(target=say, args=(text,)) for text in texts]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert client.state()["draft"]["d"] == pytest.approx(2000, abs=100)
    assert client.credits() == {"available": 96, "frozen": 0, "total": 96}


def test_a_batch_of_three_with_three_wishes_and_three_renders(client: Client, clip: Clip, tmp_path: Path) -> None:
    lengths = {"beach.mp4": 2, "city.mp4": 3, "dog.mp4": 4}
    client.upload(*[clip(name, length_s) for name, length_s in lengths.items()])
    for text in ("compress beach.mp4 to 100 kbps", "the second clip at 150 kbps", "dog.mp4 to 200 kbps"):
        assert client.say(text).tools == ["compress"], text
    drafts = client.state()["drafts"]
    assert len(drafts) == 3
    names = [client.submit({"id": draft["id"]})["id"] for draft in drafts]
    for name, length_s, rate_bps in zip(names, lengths.values(), (100_000, 150_000, 200_000), strict=True):
        done = client.wait(name)
        assert done["status"] == "completed"
        assert done["output"]["bitrate"] == pytest.approx(rate_bps, rel=0.1)
        file = client.download(done, tmp_path / f"{name}.mp4")
        assert main_video(probe(file)).duration_s == pytest.approx(length_s, abs=0.1)
    assert len({client.wait(name)["draftId"] for name in names}) == 3


def test_undo_preview_and_gif(client: Client, clip: Clip) -> None:
    client.upload(clip("a.mp4", 4))
    client.say("cut the first second")
    assert client.say("undo").tools == ["undo"]
    assert client.state()["draft"]["d"] == pytest.approx(4000, abs=100)
    for text in ("preview", "gif of the first 2 seconds"):
        said = client.say(text)
        assert not INTERNAL.search(said.text), said.text
    _until(lambda: len(client.state()["generated_media"]) == 2)
    kinds = {one["media_type"]: one for one in client.state()["generated_media"]}
    assert set(kinds) == {"video/mp4", "image/gif"}
    assert httpx.get(kinds["image/gif"]["url"]).content[:6] in (b"GIF89a", b"GIF87a")


def test_an_empty_timeline_is_400_and_a_wrong_user_an_unknown_session(client: Client) -> None:
    body = {"id": str(uuid.uuid4()), "sessionId": client.session_id, "draft": {}}
    assert client.post("/api/render/proxy/lambda", body).status_code == 400
    with client.run(client.message("hello", user_id="anon_0123456789abcdef")) as answer:
        assert answer.status_code == 404
        assert json.loads(answer.read())["code"] == 1002


def test_no_attribution_is_needed_anywhere(http: httpx.Client, clip: Clip) -> None:
    client = signed_in(http)
    assert not any(name.lower().startswith("x-skill") for name in client.headers)
    client.upload(clip("a.mp4", 2))
    client.say(QUICK_EDIT)
    assert client.export()["output"]["url"].startswith("http")
