"""Whatever the OpenAPI document allows may be sent, and much that it does not: no call answers with a fault of ours.

SLIMREEL_SCHEMA_CASES says how many cases a call gets; unset it is few enough for every run.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from contextlib import suppress
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.generation import GenerationMode

from tests.server.client import Client, ok, signed_in
from tests.server.conftest import Clip
from tests.server.serving import Api

CASES = int(os.environ.get("SLIMREEL_SCHEMA_CASES", "12"))
# What has no end, is not JSON, or would take the token away that everything is tried with.
_LEFT_OUT = re.compile(r"/feed$|^/docs|^/metrics|^/files|/revoke$")


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


def test_every_call_says_what_it_answers(document: Any) -> None:
    for path, methods in document.raw_schema["paths"].items():
        for method, call in methods.items():
            assert {"4XX", "5XX"} <= call["responses"].keys(), (method, path)
            assert any(status.startswith("2") for status in call["responses"]), (method, path)
            assert "422" not in call["responses"]
    stream = document.raw_schema["paths"]["/run_sse"]["post"]["responses"]["200"]["content"]
    assert list(stream) == ["text/event-stream"]


def test_no_call_answers_with_a_fault_of_ours(api: Api, user: Client, document: Any) -> None:
    tally: Counter[tuple[str, int]] = Counter()
    faults: list[tuple[Any, ...]] = []
    for found in document.get_all_operations():
        operation = found.ok()
        if not _LEFT_OUT.search(operation.path):
            for mode in GenerationMode.POSITIVE, GenerationMode.NEGATIVE:
                _try(api, user, operation, mode, tally, faults)
    by_status = Counter[int]()
    for (_, status), count in tally.items():
        by_status[status] += count
    print(f"\n{tally.total()} cases: {dict(sorted(by_status.items()))}")
    assert faults == []
    assert tally.total() > 20 * CASES
    assert {200, 400, 404} <= by_status.keys()


def _try(
    api: Api,
    user: Client,
    operation: Any,
    mode: GenerationMode,
    tally: Counter[tuple[str, int]],
    faults: list[tuple[Any, ...]],
) -> None:
    @settings(max_examples=CASES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(generation_mode=mode))
    def call(case: Any) -> None:
        status, text = _send(api, user, case)
        tally[operation.label, status] += 1
        if status >= 500:
            faults.append((case.method, case.formatted_path, repr(case.body)[:300], case.query, status, text))

    with suppress(Unsatisfiable):  # nothing can be wrong with a call that takes nothing
        call()


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
    kept = {name: sent[name] for name in ("method", "url", "params", "json", "data", "files") if sent.get(name)}
    if isinstance(kept.get("data"), bytes | str):
        kept["content"] = kept.pop("data")
    return kept
