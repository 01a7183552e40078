"""The gate over real sockets: tokens, sizes, types and addresses are decided before a body is read."""

from __future__ import annotations

import tempfile

import pytest
from fastapi import FastAPI, UploadFile

from slimreel.server.gate import JSON_BYTES
from slimreel.settings.service import ServiceSettings
from tests.server.raw import TOKEN, answer, is_closed, request, running

MIB = 1024 * 1024


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Authorization: Bearer\r\n",
        "Authorization: Bearer wrong\r\n",
        f"Authorization: Basic {TOKEN}\r\n",
        f"Authorization: {TOKEN}\r\n",
        f"Authorization: Bearer {TOKEN} {TOKEN}\r\n",
        f"Authorization: Bearer {'a' * 300}\r\n",
        "Authorization: Bearer \xe9\r\n",
        f"X-Token: {TOKEN}\r\n",
    ],
)
def test_without_a_good_token_nothing_is_reached(server, header):
    before = len(server.app.calls)
    found = server.ask(request("POST", "/json", header, b"{}", token=False))
    assert found.status == 401 and found.headers["connection"] == "close"
    body = found.json()
    assert body["code"] == 1001 and body["success"] is False and body["data"] is None and body["message"]
    assert body["detail"] == body["message"]
    assert found.headers["www-authenticate"] == "Bearer"
    assert len(server.app.calls) == before


def test_a_token_in_the_address_is_none(server):
    assert server.ask(request("GET", f"/state?token={TOKEN}", token=False)).status == 401


def test_the_scheme_may_be_written_as_one_likes(server):
    assert server.ask(request("GET", "/state", f"authorization: bearer  {TOKEN}\r\n", token=False)).status == 200


@pytest.mark.parametrize(
    ("method", "path", "public"),
    [
        ("GET", "/health", True),
        ("HEAD", "/health", True),
        ("POST", "/health", False),
        ("GET", "/health/", False),
        ("GET", "/health/../state", False),
        ("GET", "/healthy", False),
        ("GET", "//health", False),
        ("GET", "/HEALTH", False),
        ("GET", "/files/a/b", True),
        ("GET", "/files/", False),
        ("GET", "/%68ealth", True),
        ("TRACE", "/health", False),
        ("OPTIONS", "/state", True),
    ],
)
def test_public_is_what_the_table_says_and_nothing_near_it(server, method, path, public):
    with server.connect() as connection:
        connection.sendall(request(method, path, token=False))
        assert answer(connection, method).status == (200 if public else 401)


def test_a_public_path_asks_for_no_token_even_where_one_is_given(server):
    asked = server.app.asked
    assert server.ask(request("GET", "/health", "Authorization: Bearer wrong\r\n", token=False)).status == 200
    assert server.app.asked == asked


def test_an_upload_without_a_token_is_answered_and_nothing_of_it_is_read(server):
    read, calls = server.app.read_bytes, len(server.app.calls)
    with server.connect() as connection:
        connection.sendall(request("POST", "/upload", f"Content-Length: {60 * MIB}\r\n", token=False))
        assert answer(connection).status == 401  # before one byte of the body was sent
    # Also a client that looks only when it has sent everything gets its answer.
    assert server.ask(request("POST", "/upload", body=b"x" * (60 * MIB), token=False)).json()["code"] == 1001
    assert server.app.read_bytes == read and len(server.app.calls) == calls


def test_the_framework_spools_an_upload_only_behind_the_gate(tmp_path, monkeypatch):
    """FastAPI writes an upload to the folder for temporary files before any check of its own."""
    spooled = []
    rollover = tempfile.SpooledTemporaryFile.rollover

    def watched(file):
        spooled.append(tempfile.gettempdir())
        rollover(file)

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(tempfile.SpooledTemporaryFile, "rollover", watched)
    inner = FastAPI()

    @inner.post("/upload")
    def upload(files: UploadFile) -> int:
        return files.size or 0

    body = b'--b\r\nContent-Disposition: form-data; name="files"; filename="a.mp4"\r\n\r\n'
    body += b"x" * (3 * MIB) + b"\r\n--b--\r\n"
    kind = "Content-Type: multipart/form-data; boundary=b\r\n"
    with running(ServiceSettings(data=tmp_path), inner=inner) as server:
        assert server.ask(request("POST", "/upload", kind, body, token=False)).status == 401
        assert spooled == []
        assert server.ask(request("POST", "/upload", kind, body)).body == str(3 * MIB).encode()
        assert spooled == [str(tmp_path)]  # so the watch does see one


def test_expecting_to_continue_gets_the_refusal_instead(server):
    headers = "Content-Length: 1000000\r\nExpect: 100-continue\r\n"
    assert server.ask(request("POST", "/upload", headers, token=False)).status == 401


@pytest.mark.parametrize(
    ("path", "headers", "status", "code"),
    [
        ("/json", f"Content-Length: {JSON_BYTES + 1}\r\n", 413, 4002),
        ("/upload", "Content-Length: 6100000\r\n", 413, 4002),
        ("/upload", f"Content-Length: {JSON_BYTES + 1}\r\nContent-Type: application/json\r\n", 413, 4002),
        ("/json", "Content-Length: 2\r\nContent-Type: text/plain\r\n", 400, 400),
        ("/json", "Content-Length: 2\r\nContent-Type: multipart/form-data; boundary=a\r\n", 400, 400),
        ("/json", "Transfer-Encoding: chunked\r\nContent-Type: text/xml\r\n", 400, 400),
    ],
)
def test_what_the_headers_say_is_enough_to_refuse(server, path, headers, status, code):
    calls = len(server.app.calls)
    found = server.ask(request("POST", path, headers))
    assert (found.status, found.json()["code"]) == (status, code)
    assert len(server.app.calls) == calls


@pytest.mark.parametrize(
    "kind",
    ["", "application/json", "application/json; charset=utf-8", "APPLICATION/JSON", "application/problem+json",
     "application/x-www-form-urlencoded"],
)  # fmt: skip
def test_json_is_taken_as_published_clients_send_it(server, kind):
    header = f"Content-Type: {kind}\r\n" if kind else ""
    assert server.ask(request("POST", "/json", header, b'{"a":1}')).json()["data"] == {"read": {"a": 1}}


def test_a_json_body_without_a_length_is_cut_off_at_the_limit(server):
    chunk = b"10000\r\n" + b" " * 65536 + b"\r\n"
    with server.connect() as connection:
        connection.sendall(request("POST", "/json", "Transfer-Encoding: chunked\r\n"))
        for _ in range(17):
            connection.sendall(chunk)
        assert answer(connection).json()["code"] == 4002
        assert is_closed(connection)
    with server.connect() as connection:
        connection.sendall(request("POST", "/json", "Transfer-Encoding: chunked\r\n"))
        for _ in range(15):
            connection.sendall(chunk)
        connection.sendall(b"2\r\n{}\r\n0\r\n\r\n")
        assert answer(connection).status == 200


def test_an_upload_without_a_length_is_cut_off_at_its_own_limit(server):
    chunk = b"80000\r\n" + b" " * 0x80000 + b"\r\n"
    with server.connect() as connection:
        connection.sendall(request("POST", "/upload", "Transfer-Encoding: chunked\r\n"))
        for _ in range(12):
            connection.sendall(chunk)
        assert answer(connection).json()["code"] == 4002


def test_an_upload_below_its_limit_is_read(server):
    assert server.ask(request("POST", "/upload", body=b"x" * 5_000_000)).json()["data"]["size"] == 5_000_000


def test_an_answer_before_the_body_was_read_closes_the_connection(server):
    with server.connect() as connection:
        connection.sendall(request("POST", "/early", f"Content-Length: {JSON_BYTES}\r\n"))
        found = answer(connection)
        assert found.status == 200 and found.headers["connection"] == "close"
        connection.sendall(b" " * JSON_BYTES)
        assert is_closed(connection)


@pytest.mark.parametrize(
    ("header", "address"),
    [
        ("", "127.0.0.1"),
        ("X-Forwarded-For: 198.51.100.7\r\n", "198.51.100.7"),
        ("X-Forwarded-For: 127.0.0.1, 198.51.100.7\r\n", "198.51.100.7"),
        ("X-Forwarded-For: 1.1.1.1, 198.51.100.7, 10.1.2.3\r\n", "198.51.100.7"),
        ("X-Forwarded-For: 1.1.1.1\r\nX-Forwarded-For: 198.51.100.7\r\n", "198.51.100.7"),
        ("X-Forwarded-For: 1.1.1.1, nonsense\r\n", "127.0.0.1"),
        ("X-Forwarded-For: 198.51.100.7:4711\r\n", "198.51.100.7"),
        ("X-Forwarded-For: [2001:db8::1]:4711\r\n", "2001:db8::1"),
        ("X-Forwarded-For: ::ffff:198.51.100.7\r\n", "198.51.100.7"),
        ("X-Real-IP: 1.1.1.1\r\nForwarded: for=1.1.1.1\r\n", "127.0.0.1"),
    ],
)
def test_the_client_is_the_nearest_that_is_no_trusted_proxy(server, header, address):
    assert server.ask(request("GET", "/state", header)).json()["data"]["address"] == address


def test_a_stranger_says_in_vain_who_he_is(tmp_path):
    with running(ServiceSettings(data=tmp_path, trusted_proxies="10.0.0.1", requests_per_minute=2)) as server:
        found = [server.ask(request("GET", "/state", f"X-Forwarded-For: 1.1.1.{n}\r\n")) for n in range(3)]
        assert found[0].json()["data"]["address"] == "127.0.0.1"
        # An undeclared proxy on this machine does not make the world exempt.
        assert [one.status for one in found] == [200, 200, 429]


@pytest.mark.parametrize("token", [True, False])
@pytest.mark.parametrize("path", ["/health", "/state", "/broken"])
def test_every_answer_has_the_headers_of_security(server, path, token):
    found = server.ask(request("GET", path, token=token)).headers
    assert found["x-content-type-options"] == "nosniff" and found["referrer-policy"] == "no-referrer"
    assert "frame-ancestors 'none'" in found["content-security-policy"]
    assert "script-src 'self'" in found["content-security-policy"]
    assert found["x-request-id"].startswith("inc_") and "server" not in found


def test_the_unforeseen_is_answered_with_its_incident_and_nothing_internal(server):
    found = server.ask(request("GET", "/broken"))
    assert found.status == 500 and found.json()["code"] == 5000
    assert found.headers["x-request-id"] in found.json()["message"] and b"secret" not in found.body
