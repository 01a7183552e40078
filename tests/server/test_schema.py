"""Whatever the OpenAPI document allows may be sent, and much that it does not: no call answers with a fault of ours.

SLIMREEL_SCHEMA_CASES says how many cases a call gets; unset it is few enough for every run.
"""

from __future__ import annotations

import os
import re
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.generation import GenerationMode

from tests.server.client import Client, ok, signed_in
from tests.server.conftest import Clip
from tests.server.serving import Api

CASES = int(os.environ.get("SLIMREEL_SCHEMA_CASES", "12"))
# What these give is not JSON, has no end, or would leave this machine.
_LEFT_OUT = re.compile(r"/feed$|^/docs|^/metrics|^/files")


@pytest.fixture(scope="module")
def user(api: Api, clip: Clip) -> Client:
    found = signed_in(api.http)
    found.upload(clip("a.mp4"))
    ok(found.post("/api/render/proxy/lambda", {"id": "render_1", "sessionId": found.session_id, "draft": {}}))
    return found


@pytest.fixture(scope="module")
def document(api: Api) -> Any:
    config = schemathesis.Config()
    return schemathesis.openapi.from_dict(api.http.get("/openapi.json").json(), config=config)


def test_the_document_lists_every_documented_call(document: Any) -> None:
    paths = set(document.raw_schema["paths"])
    assert {
        "/api/auth/anonymous-token",
        "/api/auth/claim-token",
        "/api/tokens",
        "/api/tokens/{token_id}/revoke",
        "/api/tasks/{user}/with-session/nemo_agent",
        "/api/upload-video/nemo_agent/{user}/{session_id}",
        "/run_sse",
        "/api/state/nemo_agent/{user}/{session_id}/latest",
        "/api/credits/balance/simple",
        "/api/render/proxy/lambda",
        "/api/render/proxy/lambda/{name}",
        "/api/render/proxy/lambda/{name}/cancel",
        "/api/render/proxy/{name}/download",
    } <= paths


def test_no_call_answers_with_a_fault_of_ours(api: Api, user: Client, document: Any) -> None:
    sent = 0
    statuses: dict[int, int] = {}
    faults: list[tuple[Any, ...]] = []
    for found in document.get_all_operations():
        operation = found.ok()
        if _LEFT_OUT.search(operation.path) or operation.path.endswith("/revoke"):
            continue
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            try:
                cases = operation.as_strategy(generation_mode=mode)
                cases.validate()
            except Exception:  # nothing can be wrong with a call that takes nothing
                continue

            @settings(max_examples=CASES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
            @given(case=cases)
            def call(case: Any) -> None:
                nonlocal sent
                sent += 1
                answer = _send(api, user, case)
                statuses[answer[0]] = statuses.get(answer[0], 0) + 1
                if answer[0] >= 500 and answer[0] != 503:
                    faults.append((case.method, case.formatted_path, repr(case.body)[:300], case.query, answer))

            call()
    print(f"\n{sent} cases: {dict(sorted(statuses.items()))}")
    assert faults == []
    assert sent > 200


def _send(api: Api, user: Client, case: Any) -> tuple[int, str]:
    for name, value in {"session_id": user.session_id, "user": "me", "name": "render_1"}.items():
        if name in case.path_parameters and hash(repr(case.path_parameters[name])) % 4:
            case.path_parameters[name] = value
    if isinstance(case.body, dict):
        for name in ("session_id", "sessionId"):
            if name in case.body and hash(repr(case.body)) % 4:
                case.body[name] = user.session_id
    sent = case.as_transport_kwargs(base_url="http://service.test")
    headers = {**user.headers, **{name: str(value) for name, value in (sent.pop("headers", None) or {}).items()}}
    try:
        answer = api.http.request(headers={**headers, **user.headers}, **_known(sent))
    except (UnicodeError, ValueError, TypeError):  # what an HTTP client cannot even write
        return 0, ""
    return answer.status_code, answer.text[:300]


def _known(sent: dict[str, Any]) -> dict[str, Any]:
    kept = ("method", "url", "params", "json", "content", "data", "files")
    return {name: value for name, value in sent.items() if name in kept and value is not None}
