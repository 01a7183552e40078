"""How often and how many at once: the gate with a clock that stands, and streams over real sockets."""

from __future__ import annotations

import threading

import anyio
import pytest

from slimreel.errors.service import Unavailable
from slimreel.server.gate import Gate, PathTables
from slimreel.settings.service import ServiceSettings
from tests.server.raw import PATHS, TOKEN, App, answer, request, running

STRANGER = "X-Forwarded-For: 198.51.100.7\r\n"


class Seconds:
    """A clock that stands until it is moved."""

    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


def asked(gate, *, token=TOKEN, address="198.51.100.7", path="/state", method="GET", headers=None):
    """What the gate sends for one request, without a server."""
    sent = []

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        sent.append(message)

    usual = [(b"host", b"x"), *([(b"authorization", b"Bearer " + token.encode())] if token else [])]
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "path": path,
        "headers": usual if headers is None else headers,
        "client": (address, 1234),
    }
    anyio.run(gate, scope, receive, send)
    return sent


def gate_with(tmp_path, seconds, **settings):
    app = App()
    found = ServiceSettings(data=tmp_path, **settings)
    return Gate(app, settings=found, paths=PATHS, authenticate=app.authenticate, monotonic=seconds), app


def test_calls_of_a_token_are_counted_and_come_back_with_time(tmp_path):
    seconds = Seconds()
    gate, _ = gate_with(tmp_path, seconds, requests_per_minute=6)
    statuses = [asked(gate, address=f"198.51.100.{n}")[0]["status"] for n in range(8)]
    assert statuses == [200] * 6 + [429] * 2
    refused = asked(gate)
    assert (b"retry-after", b"10") in refused[0]["headers"] and b'"code": 429' in refused[1]["body"]
    assert asked(gate, token=TOKEN + "2")[0]["status"] == 200
    seconds.now += 9.9
    assert asked(gate)[0]["status"] == 429
    seconds.now += 0.1
    assert [asked(gate)[0]["status"] for _ in range(2)] == [200, 429]
    seconds.now += 3600
    assert [asked(gate)[0]["status"] for _ in range(7)] == [200] * 6 + [429]


def test_calls_of_this_machine_are_not_counted(tmp_path):
    gate, _ = gate_with(tmp_path, Seconds(), requests_per_minute=2)
    for address in ("127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"):
        assert {asked(gate, address=address)[0]["status"] for _ in range(5)} == {200}


def test_guessing_tokens_stops_asking_the_database(tmp_path):
    gate, app = gate_with(tmp_path, Seconds(), requests_per_minute=5)
    statuses = [asked(gate, token=f"guess{n}")[0]["status"] for n in range(20)]
    assert statuses == [401] * 5 + [429] * 15 and app.asked == 5
    assert asked(gate, address="203.0.113.1")[0]["status"] == 200


def test_the_addresses_of_one_network_of_ipv6_are_one(tmp_path):
    gate, _ = gate_with(tmp_path, Seconds(), requests_per_minute=3)
    statuses = [asked(gate, token="", address=f"2001:db8::{n}")[0]["status"] for n in range(1, 6)]
    assert statuses == [401] * 3 + [429] * 2
    assert asked(gate, token="", address="2001:db8:0:1::1")[0]["status"] == 401


def test_public_calls_are_counted_by_address_and_take_nothing_from_those_with_a_token(tmp_path):
    gate, _ = gate_with(tmp_path, Seconds(), requests_per_minute=1)
    statuses = [asked(gate, token="", path="/health")[0]["status"] for _ in range(12)]
    assert statuses == [200] * 10 + [429] * 2
    assert asked(gate)[0]["status"] == 200


def test_other_protocols_do_not_come_in(tmp_path):
    gate, app = gate_with(tmp_path, Seconds())
    sent = []

    async def send(message):
        sent.append(message)

    anyio.run(gate, {"type": "websocket", "path": "/health", "headers": []}, None, send)
    assert sent == [{"type": "websocket.close", "code": 1008}] and app.calls == []


@pytest.mark.parametrize("leave_politely", [True, False])
def test_streams_of_one_address_are_capped_and_given_back(server, leave_politely):
    headers = f"{STRANGER}Content-Length: 0\r\n"
    opened = [server.connect() for _ in range(25)]
    try:
        statuses = []
        for n, connection in enumerate(opened):
            connection.sendall(request("POST", "/run_sse", f"{headers}X-N: {n}\r\n"))
            statuses.append(int(connection.recv(65536).split()[1]))
        assert statuses == [200] * 20 + [429] * 5
        elsewhere = server.connect()
        opened.append(elsewhere)
        elsewhere.sendall(request("POST", "/run_sse", "X-Forwarded-For: 203.0.113.9\r\nContent-Length: 0\r\n"))
        assert elsewhere.recv(65536).split()[1] == b"200"
    finally:
        for connection in opened:
            if leave_politely:
                connection.shutdown(2)
            connection.close()
    again = [server.connect() for _ in range(20)]
    for connection in again:
        while True:  # until the server has seen that the first ones left
            connection.sendall(request("POST", "/run_sse", headers))
            if (said := connection.recv(65536)) and said.split()[1] == b"200":
                break
            connection.close()
            connection = server.connect()  # noqa: PLW2901 - a refusal closes the connection
        connection.close()


def test_streams_of_one_token_are_capped(tmp_path):
    settings = ServiceSettings(data=tmp_path, trusted_proxies="127.0.0.1", streams_per_token=3)
    with running(settings) as server:
        opened = [server.connect() for _ in range(5)]
        statuses = []
        for n, connection in enumerate(opened):
            headers = f"X-Forwarded-For: 198.51.100.{n}\r\nContent-Length: 0\r\n"
            connection.sendall(request("POST", "/run_sse", headers))
            statuses.append(int(connection.recv(65536).split()[1]))
        assert statuses == [200] * 3 + [429] * 2
        for connection in opened:
            connection.close()


def test_streams_of_this_machine_are_not_capped(tmp_path):
    with running(ServiceSettings(data=tmp_path)) as server:
        opened = [server.connect() for _ in range(30)]
        for connection in opened:
            connection.sendall(request("GET", "/api/slimreel/123/feed"))
            assert connection.recv(65536).split()[1] == b"200"
        for connection in opened:
            connection.close()


def test_the_tables_are_empty_by_default(tmp_path):
    app = App()
    gate = Gate(app, settings=ServiceSettings(data=tmp_path), paths=PathTables(), authenticate=app.authenticate)
    assert asked(gate, token="", path="/health")[0]["status"] == 401


def test_a_database_that_does_not_answer_is_said(tmp_path):
    def authenticate(token, address):
        raise Unavailable(detail="the database does not answer", retry_after_s=3)

    found = asked(Gate(App(), settings=ServiceSettings(data=tmp_path), paths=PATHS, authenticate=authenticate))
    assert found[0]["status"] == 503 and (b"retry-after", b"3") in found[0]["headers"]


OTHER_SERVERS = [
    [(b"host", b"x"), (b"host", b"y")],
    [],
    [(b"host", b"x"), (b"content-length", b"1"), (b"transfer-encoding", b"chunked")],
    [(b"host", b"x"), (b"content-length", b"1"), (b"content-length", b"1")],
    [(b"host", b"x"), (b"x", b"a\nb")],
    [(b"host", b"x"), (b"authorization", b"Bearer a"), (b"authorization", b"Bearer b")],
    [(b"host", b"x"), *[(b"x", b"y")] * 64],
    [(b"host", b"x"), (b"x", b"y" * 17_000)],
]


@pytest.mark.parametrize("headers", OTHER_SERVERS, ids=range(len(OTHER_SERVERS)))
def test_the_form_is_looked_at_under_any_server(tmp_path, headers):
    gate, app = gate_with(tmp_path, Seconds())
    sent = asked(gate, path="/health", headers=headers)
    assert sent[0]["status"] in {400, 431} and (b"connection", b"close") in sent[0]["headers"]
    assert app.calls == []


def test_waiting_for_the_database_keeps_nobody_else_out(tmp_path):
    asking, goes_on = threading.Event(), threading.Event()

    def authenticate(token, address):
        asking.set()
        goes_on.wait(10)
        return token

    with running(ServiceSettings(data=tmp_path), authenticate=authenticate) as server, server.connect() as waiting:
        waiting.sendall(request("GET", "/state"))
        assert asking.wait(10)
        assert server.ask(request("GET", "/health", token=False)).status == 200
        goes_on.set()
        assert answer(waiting).status == 200


def test_headers_that_the_application_chose_stay(tmp_path):
    async def inner(scope, receive, send):
        headers = [(b"Content-Security-Policy", b"default-src 'none'")]
        await send({"type": "http.response.start", "status": 204, "headers": headers})
        await send({"type": "http.response.body"})

    gate = Gate(inner, settings=ServiceSettings(data=tmp_path), paths=PATHS, authenticate=App().authenticate)
    found = [value for name, value in asked(gate)[0]["headers"] if name.lower() == b"content-security-policy"]
    assert found == [b"default-src 'none'"]
