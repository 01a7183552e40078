"""Every call that answers JSON answers as the document says: all of them once, against the real service."""

from __future__ import annotations

import base64
import time
from typing import Any

import httpx
import pytest

from tests.server.client import Client, ok
from tests.server.conftest import Clip
from tests.server.described import Described, described


def _patiently(client: Client, path: str, body: Any = None) -> httpx.Response:
    until = time.monotonic() + 120
    while True:
        answer = client.get(path) if body is None else client.post(path, body)
        if answer.status_code not in (202, 429) or time.monotonic() > until:
            return answer
        time.sleep(0.2)


def _account(client: Client) -> None:
    made = ok(client.post("/api/tokens", {"name": "mine", "scopes": ["read"], "expires_in_days": 1}))
    ok(client.get("/api/tokens"))
    ok(client.post(f"/api/tokens/{made['data']['id']}/revoke"))
    claim = ok(client.post("/api/auth/claim-token", {"session_id": client.session_id}))["data"]["claim_token"]
    ok(client.http.post("/api/slimreel/claims/open", json={"claim_token": claim}))
    for path in ("/api/credits/balance/simple", "/api/slimreel/credits", "/api/slimreel/sessions"):
        ok(client.get(path))
    hook = ok(client.post("/api/slimreel/webhooks", {"url": "https://hooks.example.org/a"}))["data"]
    ok(client.get("/api/slimreel/webhooks"))
    ok(client.http.delete(f"/api/slimreel/webhooks/{hook['id']}", headers=client.headers))
    who = {"email": f"{client.user_id}@example.org", "password": "a long enough one"}
    ok(client.post("/api/slimreel/register", {"bind": client.user_id, **who}))
    ok(client.post("/api/slimreel/login", who))


def _service(client: Client) -> None:
    for path in ("/api/slimreel/presets", "/api/slimreel/operations", "/api/slimreel/limits"):
        ok(client.get(path))
    assert client.get("/health").status_code == 200


def _timeline(client: Client) -> None:
    base = f"/api/slimreel/sessions/{client.session_id}"
    client.say("add a title 'Sea' and under 1 MB")
    ok(client.get(f"{base}/turns"))
    ok(client.post(f"{base}/operations", {"ops": [{"op": "trim", "params": {"end_s": 1}}], "dry_run": True}))
    ok(client.post(f"{base}/undo"))
    ok(client.post(f"{base}/redo"))
    ok(client.get(f"{base}/drafts"))
    client.state()
    ok(client.post(f"{base}/undo"))


def _renders(client: Client) -> str:
    done = client.export(client.state()["draft"])
    other = client.submit(client.state()["draft"], {"quality": "low", "resolution": "144p"})["id"]
    ok(client.post(f"/api/render/proxy/lambda/{other}/cancel"))
    if client.wait(other)["status"] == "cancelled":
        ok(client.post(f"/api/slimreel/jobs/{other}/requeue"))
    ok(client.get("/api/slimreel/jobs"))
    client.state()
    return str(done["id"])


def _evidence(client: Client, job: str) -> None:
    base = f"/api/slimreel/sessions/{client.session_id}"
    ok(_patiently(client, f"{base}/estimate", {"wish": "200 kbps"}))
    assert client.get(f"{base}/compare?job={job}").status_code in (200, 202)
    assert client.post(f"{base}/compare", {"job": job}).status_code in (200, 202)
    ok(_patiently(client, f"{base}/compare?job={job}"))
    ok(_patiently(client, f"{base}/compare", {"job": job}))
    ok(_patiently(client, f"{base}/assets/a1/waveform"))
    made = client.state()["generated_media"][0]
    ok(_patiently(client, f"/api/slimreel/artifacts/{made['id']}/waveform"))
    ok(_patiently(client, f"{base}/proxy/a1"))
    assert client.get(f"{base}/proxy/a2").status_code == 202  # a browser does not play it
    ok(_patiently(client, f"{base}/proxy/a2"))


def _resumable(client: Client, content: bytes) -> None:
    name = base64.b64encode(b"b.mp4").decode()
    headers = {**client.headers, "Tus-Resumable": "1.0.0"}
    more = {"Upload-Length": str(len(content)), "Upload-Metadata": f"filename {name}"}
    begun = client.http.post(f"/api/uploads/{client.session_id}", headers={**headers, **more})
    place = begun.headers["Location"]
    ok(client.get(place))
    kind = {"Content-Type": "application/offset+octet-stream", "Upload-Offset": "0"}
    client.http.patch(place, headers={**headers, **kind}, content=content)
    assert ok(client.get(place))["data"]["state"] == "done"


# What is answered so only where a measurement takes long.
_SELDOM = {
    ("POST", "/api/slimreel/sessions/{session_id}/estimate", "202"),
    ("GET", "/api/slimreel/sessions/{session_id}/assets/{name}/waveform", "202"),
    ("GET", "/api/slimreel/artifacts/{artifact_id}/waveform", "202"),
    ("POST", "/api/slimreel/sessions/{session_id}/compare", "202"),
}


def test_every_answer_is_as_the_document_says(client: Client, clip: Clip) -> None:
    client.state()  # without a draft
    client.upload(clip("beach.mp4", 2))
    _timeline(client)
    job = _renders(client)
    _resumable(client, clip("odd.mkv", 2).read_bytes())
    _evidence(client, job)
    _service(client)
    _account(client)
    assert described().known - described().seen - _SELDOM == set()


@pytest.fixture(scope="module")
def small() -> Described:
    inner = {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}
    schema = {"$ref": "#/components/schemas/Inner"}
    responses = {"200": {"content": {"application/json": {"schema": schema}}}}
    paths = {"/x/{id}": {"get": {"responses": responses}}}
    return Described({"components": {"schemas": {"Inner": inner}}, "paths": paths})


@pytest.mark.parametrize(("status", "body"), [(200, {}), (200, {"a": "1"}), (200, {"a": 1, "b": 2}), (201, {"a": 1})])
def test_an_answer_that_is_not_as_described_is_found(small: Described, status: int, body: Any) -> None:
    small.check(httpx.Response(200, json={"a": 1}, request=httpx.Request("GET", "http://t/x/5")))
    assert small.seen == {("GET", "/x/{id}", "200")}
    with pytest.raises(AssertionError):
        small.check(httpx.Response(status, json=body, request=httpx.Request("GET", "http://t/x/5")))
