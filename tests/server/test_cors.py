"""Which pages may call: those of the allow-list, and their browsers are told so before anything is reached."""

from __future__ import annotations

import pytest

from slimreel.settings.service import ServiceSettings
from tests.server.raw import request, running

PREFLIGHT = "Access-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: authorization, x-skill-mood\r\n"


@pytest.mark.parametrize("origin", ["https://app.example.org", "http://localhost:5173", "HTTPS://APP.example.org"])
def test_an_allowed_page_may_call(server, origin):
    asked_first = server.ask(request("OPTIONS", "/run_sse", f"Origin: {origin}\r\n{PREFLIGHT}", token=False))
    assert asked_first.status == 204
    assert asked_first.headers["access-control-allow-origin"] == origin
    allowed = asked_first.headers["access-control-allow-headers"].split(", ")
    assert {"authorization", "x-client-id", "x-skill-source", "x-skill-mood", "tus-resumable", "upload-offset",
            "idempotency-key", "last-event-id", "content-type"} <= set(allowed)  # fmt: skip
    assert "PATCH" in asked_first.headers["access-control-allow-methods"]
    found = server.ask(request("GET", "/state", f"Origin: {origin}\r\n"))
    assert found.headers["access-control-allow-origin"] == origin
    assert {"upload-offset", "location", "retry-after"} <= set(
        found.headers["access-control-expose-headers"].split(", ")
    )
    for one in (asked_first, found):
        assert "access-control-allow-credentials" not in one.headers and "Origin" in one.headers["vary"]


@pytest.mark.parametrize(
    "origin", ["https://evil.test", "null", "https://app.example.org.evil.test", "http://app.example.org", "*", ""]
)
def test_another_page_may_not(server, origin):
    calls = len(server.app.calls)
    assert server.ask(request("OPTIONS", "/run_sse", f"Origin: {origin}\r\n{PREFLIGHT}", token=False)).status == 403
    assert len(server.app.calls) == calls
    found = server.ask(request("GET", "/state", f"Origin: {origin}\r\n"))
    assert not [name for name in found.headers if name.startswith("access-control")]


def test_a_refusal_can_be_read_by_an_allowed_page(server):
    found = server.ask(request("GET", "/state", "Origin: https://app.example.org\r\n", token=False))
    assert found.status == 401 and found.headers["access-control-allow-origin"] == "https://app.example.org"


def test_every_page_may_be_allowed_but_never_with_credentials(tmp_path):
    with running(ServiceSettings(data=tmp_path, allowed_origins="*")) as open_to_all:
        found = open_to_all.ask(request("GET", "/state", "Origin: https://any.test\r\n"))
        assert found.headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in found.headers
