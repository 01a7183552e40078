"""Tools at `/mcp` of the real service: behind its gate, for the owner of the token alone, without paths."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest
from mcp.shared.exceptions import MCPError

from slimreel.mcp_server.networked import allowed
from slimreel.settings.service import ServiceSettings
from tests.mcp.agent import REVISIONS, Agent, Progress, over_http
from tests.mcp.conftest import Clip
from tests.server.client import Client, signed_in
from tests.server.serving import Serving, serving

_PING = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
_TYPES = {"Accept": "application/json, text/event-stream"}


def _unsigned(job: dict[str, Any]) -> dict[str, Any]:
    """An answer on a job without the signatures of its links: each is made for the second in which it is asked for."""
    return job | {"files": [file | {"url": file["url"].partition("?")[0]} for file in job["files"]]}


def test_from_an_upload_to_a_link(there: Agent, owner: Client, clip: Clip, tmp_path: Path):
    begun = there.call("add_files", session_id=owner.session_id)
    upload = begun["upload"]
    assert (begun["session_id"], begun["added"]) == (owner.session_id, [])
    with clip("beach.mp4").open("rb") as file:
        sent = {upload["field"]: ("beach.mp4", file)}
        answer = httpx.request(upload["method"], upload["url"], headers=owner.headers, files=sent)
    assert answer.status_code == 200
    assert there.call("get_state")["files"][0]["filename"] == "beach.mp4"  # it is the only session
    there.call("edit", message="keep the first two seconds, half the size")
    progress = Progress()
    done = there.call("export", progress, wait_s=100)
    assert done["state"] == "completed" and progress.percents[-1] == 100 and len(progress.percents) > 1
    (made,) = done["files"]
    assert "path" not in made
    assert len(httpx.get(made["url"]).content) == made["size_bytes"]
    assert _unsigned(there.call("get_job", job_id=done["job_id"])) == _unsigned(done)
    # What the tools did is what the ordinary calls see.
    assert owner.state()["generated_media"][0]["size"] == made["size_bytes"]
    assert there.read(f"slimreel://jobs/{done['job_id']}/thumbnail").mime_type == "image/jpeg"


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:1/a.mp4",
        "http://[::1]/a.mp4",
        "http://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        "/etc/passwd",
        "ftp://example.org/a.mp4",
    ],
)
def test_addresses_that_are_not_public(there: Agent, url: str):
    assert "cannot be fetched from here" in there.fails("add_files", urls=[url])


def test_paths_are_not_taken(there: Agent):
    for name, arguments in (
        ("add_files", {"paths": ["/etc/passwd"]}),
        ("export", {"save_to": "/tmp/a.mp4"}),
        ("get_job", {"job_id": "x", "save_to": "/tmp/a.mp4", "overwrite": True}),
    ):
        assert "is not known here" in there.fails(name, **arguments)


def test_what_is_another_accounts_is_unknown(there: Agent, owner: Client, service: Serving, clip: Clip):
    with httpx.Client(base_url=service.address, timeout=120) as http:
        other = signed_in(http)
        other.upload(clip("beach.mp4"))
        draft = other.state()["draft"]
        job = other.submit(draft)["id"]
        unknown = f"slimreel://sessions/{owner.session_id}9/drafts/{draft['id']}"
        for name, arguments in (
            ("get_state", {"session_id": other.session_id}),
            ("edit", {"session_id": other.session_id, "message": "mute it"}),
            ("compress", {"session_id": owner.session_id, "draft_id": draft["id"], "crf": 20}),
            ("export", {"session_id": owner.session_id, "draft_id": draft["id"]}),
            ("thumbnail", {"session_id": owner.session_id, "draft_id": draft["id"]}),
            ("get_job", {"job_id": job}),
            ("cancel_job", {"job_id": job}),
            ("compare", {"session_id": owner.session_id, "job_id": job}),
        ):
            found = there.fails(name, **arguments)
            assert "no such" in found, found
        for uri in (f"slimreel://sessions/{other.session_id}", f"slimreel://jobs/{job}", unknown):
            with pytest.raises(MCPError, match="no such"):
                there.read(uri)
        assert other.wait(job)["status"] == "completed"


@pytest.mark.parametrize("revision", REVISIONS)
def test_a_token_may_do_what_its_scopes_say(revision: str, service: Serving, owner: Client):
    made = owner.post("/api/tokens", {"name": "reader", "scopes": ["read"]}).json()["data"]["token"]
    with over_http(service.address, made, revision) as agent:
        agent.call("get_state", session_id=owner.session_id)
        for name, scope, arguments in (
            ("add_files", "upload", {}),
            ("compress", "write", {"crf": 20}),
            ("export", "render", {}),
        ):
            assert f"lacks the scope {scope}" in agent.fails(name, session_id=owner.session_id, **arguments)


@pytest.mark.parametrize("revision", REVISIONS)
def test_without_credits_it_says_what_to_do(revision: str, clip: Clip, tmp_path: Path):
    with serving(tmp_path / "data", starter_credits="1") as poor, httpx.Client(base_url=poor.address) as http:
        owner = signed_in(http)
        owner.upload(clip("beach.mp4"))
        with over_http(poor.address, owner.headers["Authorization"].removeprefix("Bearer "), revision) as agent:
            agent.call("edit", message="mute it")
            for name, arguments in (("edit", {"message": "twice as fast"}), ("compress", {"crf": 30})):
                assert f"/register?bind={owner.user_id}" in agent.fails(name, **arguments)
            assert agent.call("undo_redo", direction="undo")["kept"] is True  # free


def test_the_gate_is_in_front(service: Serving, owner: Client):
    address = f"{service.address}/mcp"
    assert httpx.post(address, json=_PING, headers=_TYPES).status_code == 401
    assert httpx.post(address, json=_PING, headers=_TYPES | owner.headers).status_code == 200
    for headers, status in (
        ({"Host": "evil.example"}, 421),
        ({"Origin": "https://evil.example"}, 403),
        ({"Content-Type": "text/plain"}, 400),
        ({"Mcp-Protocol-Version": "1999-01-01"}, 400),
    ):
        answer = httpx.post(address, json=_PING, headers={**_TYPES, **owner.headers, **headers})
        assert answer.status_code == status, (headers, answer.text)
    huge = b'"' + b"x" * 2_000_000 + b'"'
    answer = httpx.post(address, content=huge, headers={**_TYPES, **owner.headers, "Content-Type": "application/json"})
    assert answer.status_code == 413
    for method in ("GET", "DELETE"):
        answer = httpx.request(method, address, headers=_TYPES | owner.headers)
        assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")


def test_names_that_the_service_may_be_called_by():
    found = allowed(
        ServiceSettings(host="0.0.0.0", public_url="https://video.example.org/", allowed_origins="https://a.org")
    )
    assert {"video.example.org", "localhost:*", "127.0.0.1:*"} <= set(found.allowed_hosts)
    assert not any(one.startswith(("0.0.0.0", "*")) for one in found.allowed_hosts)
    assert {"https://a.org", "https://video.example.org"} <= set(found.allowed_origins)
