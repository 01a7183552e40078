"""The table of errors of the protocol, row by row, and that somebody else's things answer as unknown ones do."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from slimreel.services.clock import now
from slimreel.services.db.models import Artifact
from slimreel.settings.service import ServiceSettings
from tests.server.client import ATTRIBUTION, Client, ok, refused, signed_in
from tests.server.conftest import Clip
from tests.server.serving import Api, in_process

RENDER = "/api/render/proxy/lambda"
UNKNOWN = "9000000000000000001"


@pytest.fixture
def user(api: Api) -> Client:
    return signed_in(api.http)


@pytest.fixture
def own(tmp_path: Path) -> ServiceSettings:
    return ServiceSettings(data=tmp_path / "own")


def _submit(client: Client, name: str = "render_1", **more: Any) -> httpx.Response:
    return client.post(RENDER, {"id": name, "sessionId": client.session_id, "draft": {}, **more})


def test_1001_without_a_token_and_with_bad_ones(api: Api) -> None:
    for header in ("", "Bearer", "Bearer nmv_usr_" + "x" * 43, "Basic YTpi", "nmv_usr_" + "x" * 43):
        answer = api.http.get("/api/credits/balance/simple", headers={"Authorization": header} if header else {})
        assert "anonymous-token" in refused(answer, 401, 1001)["message"]
        assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_1002_for_sessions_and_renders(user: Client) -> None:
    refused(user.get(f"/api/state/nemo_agent/me/{UNKNOWN}/latest"), 404, 1002)
    refused(user.get(f"{RENDER}/render_none"), 404, 1002)
    answer = user.post("/run_sse", user.message("hello", session_id=UNKNOWN))
    assert refused(answer, 404, 1002)["detail"] == answer.json()["message"]


def test_2001_before_the_stream_opens_with_the_way_out(own: ServiceSettings, clip: Clip) -> None:
    with in_process(replace(own, price_edit=60)) as api:
        user = signed_in(api.http)
        user.upload(clip("a.mp4"))
        assert user.say("cut the first second").text
        assert user.credits() == {"available": 40, "frozen": 0, "total": 40}
        answer = user.post("/run_sse", user.message("cut the last half second"))
        told = refused(answer, 403, 2001)["message"]
        assert re.search(rf"http://service\.test/register\?bind={user.user_id}\b", told)
        assert "60" in told and "40" in told
        assert user.state()["draft"]["d"] == pytest.approx(2000, abs=100)
        for text, expected in {"credits?": "40", "积分": "40", "status?": "Timeline", "help": "MB"}.items():
            assert expected in user.say(text).text
        assert user.say("export").tools == ["export"]
        assert ok(_submit(user))["status"] in ("pending", "processing")
        assert user.say("undo").tools == ["undo"]
        assert user.credits() == {"available": 40, "frozen": 0, "total": 40}


def test_4001_for_what_is_no_media(user: Client) -> None:
    address = f"/api/upload-video/nemo_agent/me/{user.session_id}"
    for content in (b"", b"<html>hello</html>", b"MZ" + b"\0" * 500, b"\0\0\0\x18ftypmp42" + b"\0" * 100):
        answer = user.http.post(address, headers=user.headers, files=[("files", ("a.mp4", content, "video/mp4"))])
        told = refused(answer, 415, 4001)["message"]
        assert "mp4, mov, avi, webm, mkv" in told or "a.mp4" in told
    assert user.state()["video_infos"] == []


def test_one_bad_file_stops_none_of_the_good_ones(user: Client, clip: Clip) -> None:
    files = [
        ("files", ("good.mp4", clip("a.mp4").read_bytes(), "video/mp4")),
        ("files", ("bad.mp4", b"nothing", "video/mp4")),
    ]
    answer = ok(user.http.post(f"/api/upload-video/nemo_agent/me/{user.session_id}", headers=user.headers, files=files))
    assert [one["filename"] for one in answer["data"]["files"]] == ["good.mp4"]
    assert [(one["filename"], one["code"]) for one in answer["data"]["failed"]] == [("bad.mp4", 4001)]


def test_4002_for_what_is_too_large(own: ServiceSettings, clip: Clip) -> None:
    with in_process(replace(own, upload_bytes=10_000)) as api:
        user = signed_in(api.http)
        files = [("files", ("big.mp4", clip("a.mp4").read_bytes(), "video/mp4"))]
        address = f"/api/upload-video/nemo_agent/me/{user.session_id}"
        refused(user.http.post(address, headers=user.headers, files=files), 413, 4002)


def test_400_without_a_client_id_and_for_malformed_bodies(api: Api, user: Client) -> None:
    assert "X-Client-Id" in refused(api.http.post("/api/auth/anonymous-token"), 400, 400)["message"]
    headers = user.headers | {"Content-Type": "application/json"}
    for path in ("/run_sse", RENDER, "/api/auth/claim-token", "/api/tokens", "/api/slimreel/webhooks"):
        for body in (b"", b"{", b"[]", b"null", b'"x"', b"{}", b'{"session_id":{}}', b"\xff", b'{"id":NaN}', b"[" * 99):
            answer = api.http.post(path, headers=headers, content=body)
            told = refused(answer, 400, 400)["message"]
            assert not re.search(r"Traceback|pydantic|starlette|fastapi", told)
    for text in ("", " \n\t ", "\u3000"):
        refused(user.post("/run_sse", user.message(text)), 400, 400)
    refused(user.post("/run_sse", user.message("x" * 4001)), 400, 400)
    refused(_submit(user), 400, 400)  # nothing on the timeline
    for output in ({"bitrate": "fast"}, {"crf": 900}, {"format": "exe"}, {"resolution": "huge"}, {"codec": "divx"}):
        assert not refused(_submit(user, output=output), 400, 400)["message"].endswith("..")
    for query in (
        f"credits?before={10**30}",
        "credits?before=-1",
        "sessions?before=%00",
        "jobs?before=%00",
        "jobs?count=0",
    ):
        refused(user.get(f"/api/slimreel/{query}"), 400, 400)
    for name in ("", "a/b", "x" * 129, "a b", "é"):
        refused(_submit(user, name), 400, 400)


@pytest.mark.parametrize("plan", ["deny", "registered"])
def test_402_where_the_plan_has_no_export(own: ServiceSettings, clip: Clip, plan: Any) -> None:
    with in_process(replace(own, plan_export=plan)) as api:
        user = signed_in(api.http)
        user.upload(clip("a.mp4"))
        assert user.say("cut the first second").text
        refused(_submit(user), 402, 402)
        assert user.say("export").text  # told in the conversation, not broken off
        if plan == "registered":
            body = {"bind": user.user_id, "email": "who@example.org", "password": "a long enough password"}
            user.headers["Authorization"] = f"Bearer {ok(user.post('/api/slimreel/register', body))['token']}"
            assert ok(_submit(user))["id"] == "render_1"


def test_402_without_attribution_where_it_is_required_and_then_only_on_a_render(
    own: ServiceSettings, clip: Clip
) -> None:
    with in_process(replace(own, require_attribution=True)) as api:
        user = signed_in(api.http)
        user.upload(clip("a.mp4"))
        assert user.say("cut the first second").text
        assert "X-Skill-Source" in refused(_submit(user), 402, 402)["message"]
        user.headers |= ATTRIBUTION
        assert ok(_submit(user))["id"] == "render_1"


def test_403_without_the_scope(user: Client, clip: Clip) -> None:
    user.upload(clip("a.mp4"))
    secret = ok(user.post("/api/tokens", {"name": "reader", "scopes": ["read"]}))["token"]
    reader = Client(user.http, Authorization=f"Bearer {secret}")
    reader.session_id = user.session_id
    assert reader.state()["draft"]["d"] > 0
    for answer, scope in (
        (_submit(reader), "render"),
        (reader.post("/run_sse", reader.message("undo")), "write"),
        (reader.post("/api/tasks/me/with-session/nemo_agent", {}), "write"),
        (reader.post(f"/api/upload-video/nemo_agent/me/{user.session_id}", {"urls": ["https://a.test"]}), "upload"),
        (reader.post("/api/tokens", {"name": "more", "scopes": ["*"]}), "write"),
    ):
        assert scope in refused(answer, 403, 403)["message"]


@pytest.mark.parametrize(
    ("path", "call"),
    [
        ("/v1/run", "/run_sse"),
        ("/v1/jobs", "/api/render/proxy/lambda"),
        ("/v1/jobs/1", "/api/render/proxy/lambda"),
        ("/api/v1/generate", "/run_sse"),
        ("/api/v1/upload", "/api/upload-video/nemo_agent/me/{session_id}"),
    ],
)
def test_404_for_paths_that_never_were_names_the_call_that_is(api: Api, user: Client, path: str, call: str) -> None:
    for headers in (user.headers, {}):
        for method in ("GET", "POST"):
            answer = api.http.request(method, path, headers=headers)
            assert call in refused(answer, 404, 404)["message"]


def test_404_and_405_are_json(user: Client) -> None:
    refused(user.get("/api/nothing"), 404, 404)
    assert user.http.request("DELETE", "/run_sse", headers=user.headers).status_code == 405
    refused(user.http.get("/files/asset/ast_1?e=1&s=x"), 404, 404)


def test_409_for_the_same_id_with_another_draft(user: Client, clip: Clip) -> None:
    user.upload(clip("a.mp4"))
    first = ok(_submit(user))
    assert ok(_submit(user))["taskId"] == first["taskId"]
    user.say("cut the first second")
    refused(_submit(user), 409, 409)
    assert ok(user.get(f"{RENDER}/render_1"))["taskId"] == first["taskId"]


def test_429_says_when_to_come_again(own: ServiceSettings) -> None:
    with in_process(replace(own, grants_per_address=1, requests_per_minute=5), "203.0.113.9") as api:
        user = signed_in(api.http)
        answer = api.http.post("/api/auth/anonymous-token", headers={"X-Client-Id": "another"})
        refused(answer, 429, 429)
        assert int(answer.headers["Retry-After"]) > 0
        answers = [user.get("/api/credits/balance/simple") for _ in range(8)]
        late = next(one for one in answers if one.status_code != 200)
        refused(late, 429, 429)
        assert 1 <= int(late.headers["Retry-After"]) <= 60


def test_5000_tells_an_incident_and_nothing_else(own: ServiceSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    with in_process(own) as api:
        user = signed_in(api.http)

        def broken(*_: Any) -> None:
            raise RuntimeError("secret of /var/lib")

        monkeypatch.setattr(api.services.drafts, "of_session", broken)
        told = refused(user.get(f"/api/state/nemo_agent/me/{user.session_id}/latest"), 500, 5000)["message"]
        assert re.search(r"\binc_[0-9a-f]+", told)
        assert "secret" not in told


# Somebody else's things: every route whose path names something, with what is another's, unknown, or nonsense.

NAMES = {
    "session_id": ("session", UNKNOWN),
    "name": ("render", "render_never"),
    "draft_id": ("draft", "drf_" + "0" * 32),
    "token_id": ("token", "tok_" + "0" * 32),
    "webhook_id": ("webhook", "whk_" + "0" * 32),
    "upload_id": ("upload", "upl_" + "0" * 32),
    "artifact_id": ("artifact", "art_" + "0" * 32),
    "user": ("user", "anon_" + "0" * 16),
}
MALFORMED = ("x", "%00", "..%2f..", "1e9", "-1", "9" * 400, "%F0%9F%8E%AC", "me", "'%20OR%201=1")


def artifact_of(api: Api, user: Client) -> str:
    """A finished file of an account, without the work of making one."""
    job = api.services.jobs.list(user.user_id)[0]
    made = Artifact(
        id="art_" + "1" * 32, job_id=job.id, number=1, session_id=user.session_id, user_id=user.user_id, kind="video",
        filename="a.mp4", media_type="video/mp4", blob="artifacts/none", size=1, sha256="0" * 64, result={},
        created_at=now(),
    )  # fmt: skip
    with api.services.database.write() as transaction:
        transaction.add(made)
    return made.id


@pytest.fixture(scope="module")
def theirs(api: Api, clip: Clip) -> dict[str, str]:
    """What another user has."""
    other = signed_in(api.http)
    other.upload(clip("theirs.mp4"))
    ok(other.post(RENDER, {"id": "render_theirs", "sessionId": other.session_id, "draft": {}}))
    token = ok(other.post("/api/tokens", {"name": "theirs", "scopes": ["read"]}))
    webhook = ok(other.post("/api/slimreel/webhooks", {"url": "https://example.com/hook"}))
    return {
        "session": other.session_id,
        "render": "render_theirs",
        "draft": other.state()["draft"]["id"],
        "token": token["data"]["id"],
        "webhook": webhook["data"]["id"],
        "upload": "upl_" + "1" * 32,
        "artifact": artifact_of(api, other),
        "user": other.user_id,
    }


def _routes(api: Api) -> Iterator[tuple[str, str]]:
    """Every route whose path names something of an account."""
    for path, methods in api.http.get("/openapi.json").json()["paths"].items():
        if re.findall(r"{(\w+)}", path):
            for method in methods.keys() - {"options"}:
                yield method.upper(), path


BODIES: dict[str, Any] = {
    "operations": {"ops": [{"op": "mute", "params": {}}]},
    "nemo_agent": {"urls": ["https://example.com/a.mp4"]},
}


def _call(user: Client, method: str, path: str) -> tuple[int, bytes]:
    body: Any = next((body for part, body in BODIES.items() if part in path and "with-session" not in path), {})
    answer = user.http.request(
        method,
        path,
        headers=user.headers | ({"Tus-Resumable": "1.0.0"} if "/uploads/" in path else {}),
        json=body if method == "POST" else None,
    )
    return answer.status_code, re.sub(rb"inc_[0-9a-f]+", b"", answer.content)


def test_what_is_anothers_answers_as_what_is_unknown_byte_for_byte(api: Api, theirs: dict[str, str]) -> None:
    user = signed_in(api.http)
    routes = list(_routes(api))
    assert len(routes) >= 15
    for method, path in routes:
        names = re.findall(r"{(\w+)}", path)
        assert set(names) <= NAMES.keys(), f"say in NAMES what {path} names"
        for name in names:
            rest = path.replace("{user}", "me") if name != "user" else path
            rest = re.sub(rf"{{(?!{name}}})\w+}}", lambda found: _of(user, found[0][1:-1]), rest)
            kind, unknown = NAMES[name]
            foreign = _call(user, method, rest.replace(f"{{{name}}}", theirs[kind]))
            assert 400 <= foreign[0] < 500, (method, path, foreign)
            assert foreign == _call(user, method, rest.replace(f"{{{name}}}", unknown)), (method, path)
            for nonsense in MALFORMED:
                status, told = _call(user, method, rest.replace(f"{{{name}}}", nonsense))
                assert status < 500, (method, path, nonsense, told)
                assert status != 200 or nonsense == "me", (method, path, nonsense)


def _of(user: Client, name: str) -> str:
    return user.session_id if name == "session_id" else NAMES[name][1]


def test_bodies_that_name_what_is_anothers(api: Api, theirs: dict[str, str], clip: Clip) -> None:
    user = signed_in(api.http)
    user.upload(clip("mine.mp4"))
    bodies: list[tuple[str, dict[str, Any]]] = [
        (RENDER, {"id": "render_9", "sessionId": "SESSION", "draft": {}}),
        ("/run_sse", {"session_id": "SESSION", "new_message": {"parts": [{"text": "undo"}]}}),
        ("/api/auth/claim-token", {"session_id": "SESSION"}),
    ]
    for path, sent in bodies:
        answers = [
            user.post(path, json.loads(json.dumps(sent).replace("SESSION", session)))
            for session in (theirs["session"], UNKNOWN)
        ]
        assert len({(one.status_code, one.content) for one in answers}) == 1
        refused(answers[0], 404, 1002)
    mine = user.state()["draft"]["d"]
    done = ok(_submit(user, "render_10", draft={"id": theirs["draft"]}))
    assert done["draftId"] == user.state()["draft"]["id"]
    operations = {"ops": [{"op": "mute", "params": {}}], "draft_id": theirs["draft"]}
    answer = user.post(f"/api/slimreel/sessions/{user.session_id}/operations", operations)
    assert answer.status_code == 404
    assert user.state()["draft"]["d"] == mine
