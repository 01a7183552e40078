"""A Chinese session is answered in Chinese throughout: refusals, tools, credits, renders that failed, and uploads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from slimreel.settings.service import ServiceSettings
from tests.server.client import Client, ok, refused
from tests.server.conftest import Clip
from tests.server.serving import Api, in_process

CHINESE = re.compile("[\u4e00-\u9fff]")
# A word of English between Chinese ones: names, units and addresses are none.
ENGLISH = re.compile(r"\b(?:the|is|has|are|this|that|cannot|nothing|there|was|not|your|here)\b", re.IGNORECASE)


def is_chinese(text: str) -> bool:
    return CHINESE.search(text) is not None and ENGLISH.search(text) is None


@pytest.fixture(scope="module")
def poor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """A service where an edit costs all that there is."""
    data = tmp_path_factory.mktemp("poor")
    with in_process(ServiceSettings(data=data, price_edit=60, message_characters=200, upload_bytes=2_000_000)) as found:
        yield found


@pytest.fixture
def chinese(poor: Api) -> Client:
    client = Client(poor.http)
    client.sign_in()
    client.begin("zh-CN")
    return client


def _upload(client: Client, name: str, content: bytes) -> Any:
    address = f"/api/upload-video/nemo_agent/me/{client.session_id}"
    return client.http.post(address, headers=client.headers, files=[("files", (name, content, "video/mp4"))])


def test_refusals_of_a_session_are_in_its_language(chinese: Client) -> None:
    base = f"/api/slimreel/sessions/{chinese.session_id}"
    render = {"id": "render_1", "sessionId": chinese.session_id}
    message = chinese.message("\u4f60\u597d" * 200)
    answers = [
        _upload(chinese, "a.mp4", b"no video at all"),
        _upload(chinese, "b.mp4", bytes(3_000_000)),
        chinese.post("/api/render/proxy/lambda", render),
        chinese.post("/run_sse", chinese.message(" ")),
        chinese.post("/run_sse", message),
        chinese.post(f"{base}/operations", {"ops": [{"op": "no_such_operation"}]}),
        chinese.post(f"{base}/undo"),
        chinese.post(f"{base}/estimate", {"asset_id": "a9"}),
    ]
    told = [answer.json()["message"] for answer in answers]
    assert all(answer.status_code >= 400 for answer in answers)
    assert [text for text in told if not is_chinese(text)] == []


def test_operations_that_cannot_be_are_refused_in_chinese(chinese: Client, clip: Clip) -> None:
    chinese.upload(clip("beach.mp4"))
    address = f"/api/slimreel/sessions/{chinese.session_id}/operations"
    for op, params in (
        ("undo", {}),
        ("trim", {"start_s": 100}),
        ("transition", {}),
        ("speed", {"factor": 2, "fit_duration_s": 1}),
        ("rotate", {"degrees": 45}),
        ("cut", {}),
    ):
        answer = chinese.post(address, {"ops": [{"op": op, "params": params}], "dry_run": True})
        assert answer.status_code in (400, 422), (op, answer.text)
        assert is_chinese(answer.json()["message"]), answer.json()["message"]


def test_what_a_turn_did_and_cost_is_told_in_chinese(chinese: Client, clip: Clip) -> None:
    chinese.upload(clip("beach.mp4"))
    said = chinese.say("\u526a\u6389\u524d1\u79d2")
    done = [
        change["text"]
        for event in said.events
        for part in event["content"]["parts"]
        for change in part.get("functionResponse", {}).get("response", {}).get("changes", ())
    ]
    assert done and all(is_chinese(text) for text in [*done, said.text])
    entries = ok(chinese.get("/api/slimreel/credits"))["entries"]
    assert {entry["kind"] for entry in entries} == {"grant", "hold", "settle"}
    assert [entry["note"] for entry in entries if not is_chinese(entry["note"])] == []
    none_left = refused(chinese.post("/run_sse", chinese.message("\u518d\u526a\u6389\u524d1\u79d2")), 403, 2001)
    assert is_chinese(none_left["message"]) and "/register?bind=" in none_left["message"]


def test_a_render_that_failed_says_so_in_chinese(chinese: Client, clip: Clip, poor: Api) -> None:
    chinese.upload(clip("beach.mp4"))
    name = chinese.submit({})["id"]
    job = poor.services.jobs.get(chinese.user_id, name)
    fence = poor.services.jobs.take(job.id, "wrk_1")
    assert fence is not None
    problem = {
        "code": "target_impossible", "class": "TargetImpossible", "http_status": 400, "sentence": "1 kB is too little.",
        "fields": {"target": "1 kB", "smallest": "9 kB", "detail": "the coarsest pictures that can be made take more"},
    }  # fmt: skip
    assert poor.services.jobs.fail(job.id, fence, problem) == "failed"
    told = [
        ok(chinese.get(f"/api/render/proxy/lambda/{name}"))["error"]["sentence"],
        ok(chinese.get("/api/slimreel/jobs"))["jobs"][0]["error"]["sentence"],
        poor.services.feed.after(chinese.session_id, 0, kinds=["job"])[-1].payload["error"]["sentence"],
    ]
    assert len(set(told)) == 1 and is_chinese(told[0]) and "9 kB" in told[0]


def test_a_turn_that_breaks_off_says_so_in_chinese(
    chinese: Client, clip: Clip, monkeypatch: pytest.MonkeyPatch
) -> None:
    chinese.upload(clip("beach.mp4"))
    monkeypatch.setattr("slimreel.services.chat.tell", lambda *_: 1 / 0)
    said = chinese.say("\u526a\u6389\u524d1\u79d2")
    assert [event["type"] for event in said.events] == ["error"]
    assert is_chinese(said.events[0]["errorMessage"])


@pytest.mark.parametrize(
    ("languages", "chinese"),
    [("zh-CN,zh;q=0.9,en;q=0.8", True), ("de, zh", True), ("en-GB,zh", False), ("*", False), ("", False)],
)
def test_without_a_session_the_client_says_what_it_reads(poor: Api, languages: str, chinese: bool) -> None:
    headers = {"Accept-Language": languages}
    bad = {**headers, "Authorization": "Bearer no"}
    told = [
        poor.http.get("/api/credits/balance/simple", headers=bad).json()["message"],
        poor.http.get("/docs/no-such-page", headers=headers).json()["message"],
        poor.http.post("/api/auth/anonymous-token", headers=headers).json()["message"],
        poor.http.post("/api/slimreel/login", headers=headers, json={"email": 1}).json()["message"],
    ]
    assert [is_chinese(text) for text in told] == [chinese] * len(told), told


def test_a_resumable_upload_is_refused_in_the_language_of_its_session(chinese: Client, tmp_path: Path) -> None:
    headers = {**chinese.headers, "Tus-Resumable": "1.0.0", "Content-Type": "application/offset+octet-stream"}
    begun = chinese.http.post(
        f"/api/uploads/{chinese.session_id}", headers={**headers, "Upload-Length": "9"}, content=b"no video."
    )
    place = begun.headers.get("Location")
    answer = begun if place is None else chinese.http.get(place, headers=headers)
    found = answer.json()
    message = found["message"] if place is None else found["data"]["problem"]["message"]
    assert is_chinese(message), found
