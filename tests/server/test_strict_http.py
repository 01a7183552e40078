"""The strict protocol and the gate over real sockets: what is malformed is refused, and nobody holds a connection."""

from __future__ import annotations

import socket
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from slimreel.server.strict_http import Deadlines, StrictProtocol, strict_protocol
from slimreel.settings.service import ServiceSettings
from tests.server.raw import BEARER, FAST, TOKEN, answer, is_closed, request, running

HOST = "Host: slimreel.test\r\n"
POST = f"POST /json HTTP/1.1\r\n{HOST}{BEARER}"


@pytest.fixture(scope="module")
def strict(tmp_path_factory):
    """One whose deadlines are short."""
    with running(ServiceSettings(data=tmp_path_factory.mktemp("data")), deadlines=FAST) as found:
        yield found


MALFORMED = {
    "a bare LF": f"GET /health HTTP/1.1\n{HOST}\r\n",
    "bare LFs only": "GET /health HTTP/1.1\nHost: x\n\n",
    "a bare LF in the last line": f"GET /health HTTP/1.1\r\n{HOST}X: y\n\r\n",
    "a bare CR": f"GET /health HTTP/1.1\r\n{HOST}X: a\rb\r\n\r\n",
    "a folded field": f"GET /health HTTP/1.1\r\n{HOST}X: a\r\n b\r\n\r\n",
    "a folded first field": f"GET /health HTTP/1.1\r\n X: a\r\n{HOST}\r\n",
    "length and chunked": f"{POST}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
    "chunked and length": f"{POST}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n",
    "two lengths": f"{POST}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{{}}",
    "the same length twice": f"{POST}Content-Length: 2\r\nContent-Length: 2\r\n\r\n{{}}",
    "a list of lengths": f"{POST}Content-Length: 2, 2\r\n\r\n{{}}",
    "a signed length": f"{POST}Content-Length: +2\r\n\r\n{{}}",
    "a length with an underscore": f"{POST}Content-Length: 1_0\r\n\r\n{{}}",
    "an endless length": f"{POST}Content-Length: {'9' * 30}\r\n\r\n",
    "an unknown encoding": f"{POST}Transfer-Encoding: gzip, chunked\r\n\r\n",
    "a disguised encoding": f"{POST}Transfer-Encoding : chunked\r\n\r\n",
    "chunked twice": f"{POST}" + "Transfer-Encoding: chunked\r\n" * 2 + "\r\n",
    "chunked in HTTP/1.0": f"POST /json HTTP/1.0\r\n{HOST}{BEARER}Transfer-Encoding: chunked\r\n\r\n",
    "no Host": "GET /health HTTP/1.1\r\nX: y\r\n\r\n",
    "two Hosts": f"GET /health HTTP/1.1\r\n{HOST}{HOST}\r\n",
    "an empty Host": "GET /health HTTP/1.1\r\nHost:\r\n\r\n",
    "a Host with a path": "GET /health HTTP/1.1\r\nHost: a/b\r\n\r\n",
    "HTTP/0.9": "GET /health\r\n",
    "HTTP/1.2": f"GET /health HTTP/1.2\r\n{HOST}\r\n",
    "HTTP/2.0": f"GET /health HTTP/2.0\r\n{HOST}\r\n",
    "the preface of HTTP/2": "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "lower-case http": f"GET /health http/1.1\r\n{HOST}\r\n",
    "two blanks": f"GET  /health HTTP/1.1\r\n{HOST}\r\n",
    "an address for a target": f"GET http://other.test/health HTTP/1.1\r\n{HOST}\r\n",
    "CONNECT": f"CONNECT other.test:443 HTTP/1.1\r\n{HOST}\r\n",
    "a blank line first": f"\r\nGET /health HTTP/1.1\r\n{HOST}\r\n",
    "a field without a colon": f"GET /health HTTP/1.1\r\n{HOST}nonsense\r\n\r\n",
    "a field without a name": f"GET /health HTTP/1.1\r\n{HOST}: x\r\n\r\n",
    "a blank before the colon": f"GET /health HTTP/1.1\r\n{HOST}X : y\r\n\r\n",
    "NUL in a field": f"GET /health HTTP/1.1\r\n{HOST}X: a\0b\r\n\r\n",
    "two tokens": f"GET /state HTTP/1.1\r\n{HOST}{BEARER}{BEARER}\r\n",
    "a handshake of TLS": "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    "NUL in the path": f"GET /files/%00 HTTP/1.1\r\n{HOST}\r\n",
    "a line break in the path": f"GET /files/%0d%0aX:y HTTP/1.1\r\n{HOST}\r\n",
}


@pytest.mark.parametrize("name", MALFORMED)
def test_what_can_be_read_in_two_ways_is_refused_and_the_connection_closed(server, name):
    before = len(server.app.calls)
    with server.connect() as connection:
        connection.sendall(MALFORMED[name].encode("latin-1"))
        found = answer(connection)
        assert found.status == 400, name
        assert found.json()["code"] == 400 and found.json()["success"] is False
        assert found.headers["connection"] == "close"
        assert is_closed(connection)
    assert len(server.app.calls) == before


CHUNKED = f"{POST}Transfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    "body",
    [
        "2\n{}\r\n0\r\n\r\n",
        "2\r\n{}\n0\r\n\r\n",
        "2\r\n{}0\r\n\r\n",
        "zz\r\n{}\r\n0\r\n\r\n",
        "-2\r\n{}\r\n0\r\n\r\n",
        "0x2\r\n{}\r\n0\r\n\r\n",
        "2\r\n{}\r\n0\r\n\n",
        "2\r\n{}\r\n0\r\nX: y\r\n\r\n",
        "2\r\n{}\r\n0\r\nX: y\n\r\n",
        "2\r\n{}\r\n0;" + "x" * 100 + "\r\n\r\n",
        "F" * 21 + "\r\n{}\r\n0\r\n\r\n",
    ],
)
@pytest.mark.parametrize("at_once", [True, False])
def test_a_chunked_body_has_one_reading(server, body, at_once):
    with server.connect() as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for part in [CHUNKED + body] if at_once else [CHUNKED, *body]:
            try:
                connection.sendall(part.encode())
            except ConnectionError:
                break
        assert answer(connection).status == 400
    assert server.ask(request("GET", "/health", token=False)).status == 200


@pytest.mark.parametrize("at_once", [True, False])
def test_a_chunked_body_that_is_right_is_read(server, at_once):
    text = CHUNKED + "1\r\n{\r\n1;ext=1\r\n}\r\n0\r\n\r\n"
    with server.connect() as connection:
        for part in [text] if at_once else text:
            connection.sendall(part.encode())
        assert answer(connection).status == 200
        connection.sendall(request("GET", "/health"))
        assert answer(connection).status == 200


@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_both_versions_are_spoken(server, version):
    assert server.ask(f"GET /health HTTP/{version}\r\n{HOST}\r\n").status == 200


def test_a_head_byte_by_byte_is_read(server):
    with server.connect() as connection:
        for one in request("GET", "/health"):
            connection.sendall(bytes([one]))
        assert answer(connection).status == 200


@pytest.mark.parametrize(
    "headers",
    [
        f"X-Long: {'a' * 60_000}\r\n",
        "".join(f"X-{n}: y\r\n" for n in range(5000)),
        "".join(f"X-{n}: y\r\n" for n in range(64)),
        f"X-A: {'a' * 9000}\r\nX-B: {'b' * 9000}\r\n",
    ],
    ids=["60 KiB", "5000 fields", "66 fields", "two halves"],
)
def test_a_head_that_is_too_large_is_refused(server, headers):
    before = len(server.app.calls)
    found = server.ask(request("GET", "/health", headers))
    assert found.status == 431 and found.json()["code"] == 400
    assert len(server.app.calls) == before


def test_a_head_just_below_the_limits_is_taken(server):
    assert server.ask(request("GET", "/health", "".join(f"X-{n}: y\r\n" for n in range(62)))).status == 200
    assert server.ask(request("GET", "/health", f"X: {'a' * 16_000}\r\n")).status == 200


def test_a_target_that_is_too_long_is_refused(server):
    assert server.ask(request("GET", "/" + "a" * 70_000)).status == 431


def test_pipelined_requests_are_answered_in_order(server):
    with server.connect() as connection:
        bodies = [b'{"n":%d}' % n for n in range(20)]
        connection.sendall(b"".join(request("POST", "/json", body=body) for body in bodies))
        reader = connection.makefile("rb")
        for n in range(20):
            assert b"200" in reader.readline()
            length = 0
            while (line := reader.readline()) != b"\r\n":
                if line.lower().startswith(b"content-length"):
                    length = int(line.split(b":")[1])
            assert b'{"n": %d}' % n in reader.read(length)


def test_a_malformed_request_behind_a_good_one_is_refused(server):
    with server.connect() as connection:
        connection.sendall(request("GET", "/health") + MALFORMED["a bare LF"].encode())
        answers = connection.makefile("rb").read()
        assert answers.count(b"HTTP/1.1 200") == 1 and answers.count(b"HTTP/1.1 400") == 1


def test_an_upgrade_is_not_taken(server):
    headers = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: a\r\n"
    assert server.ask(request("GET", "/health", headers)).status == 200


def trickle(connection, one):
    """Sends a byte now and then until the other side has closed."""
    connection.settimeout(0.05)
    with suppress(ConnectionError):
        while True:
            connection.sendall(one)
            with suppress(TimeoutError):
                if not connection.recv(1):
                    return


@pytest.mark.parametrize("start", [b"", b"GET", b"GET /health HTTP/1.1\r\nHost: x\r\nX-Slow: "])
def test_a_head_that_does_not_come_closes_the_connection(strict, start):
    with strict.connect() as connection:
        connection.sendall(start)
        assert is_closed(connection)


def test_a_head_that_trickles_closes_the_connection(strict):
    with strict.connect() as connection:
        trickle(connection, b"G")


def test_an_idle_connection_is_closed_and_so_is_one_that_begins_a_second_request(strict):
    for second in (b"", b"GET /hea"):
        with strict.connect() as connection:
            connection.sendall(request("GET", "/health"))
            assert answer(connection).status == 200
            connection.sendall(second)
            assert is_closed(connection)


def test_a_slow_answer_is_waited_for(strict):
    assert strict.ask(request("GET", "/slow")).status == 200


def test_a_body_that_stops_closes_the_connection(strict):
    strict.app.left.clear()
    with strict.connect() as connection:
        connection.sendall(request("POST", "/upload", "Content-Length: 1000\r\n") + b"abc")
        assert is_closed(connection)
    assert strict.app.left.wait(5)


def test_a_body_that_trickles_closes_the_connection(tmp_path):
    slow = Deadlines(body_s=10, body_window_s=0.5, body_bytes=1000, linger_s=0.2)
    with running(ServiceSettings(data=tmp_path), deadlines=slow) as server, server.connect() as connection:
        connection.sendall(request("POST", "/upload", "Content-Length: 100000\r\n"))
        trickle(connection, b"a")
        assert server.app.left.wait(5)


def test_a_steady_body_longer_than_the_deadline_is_read(strict):
    with strict.connect() as connection:
        connection.sendall(request("POST", "/upload", "Content-Length: 10\r\n"))
        connection.settimeout(FAST.body_s / 3)
        for _ in range(10):
            with pytest.raises(TimeoutError):
                connection.recv(1)
            connection.sendall(b"a")
        connection.settimeout(10)
        assert answer(connection).json()["size"] == 10


@pytest.mark.parametrize("by_the_system", [True, False])
def test_an_answer_that_nobody_reads_is_given_up(strict, monkeypatch, by_the_system):
    if not by_the_system:
        monkeypatch.delattr(socket, "TCP_USER_TIMEOUT", raising=False)
    with strict.connect() as connection:
        connection.sendall(request("GET", "/big"))
        connection.settimeout(FAST.reader_s * 6)
        with pytest.raises(TimeoutError):
            socket_that_never_reads(connection)
        connection.settimeout(10)
        received = 0
        with suppress(ConnectionError):
            while part := connection.recv(1 << 20):
                received += len(part)
        assert received < 2000 * 65536


def socket_that_never_reads(connection):
    """Waits as long as the connection's timeout without taking anything."""
    waiting, other = socket.socketpair()
    with waiting, other:
        waiting.settimeout(connection.gettimeout())
        waiting.recv(1)


def test_an_answer_that_is_read_is_whole(strict):
    with strict.connect() as connection:
        connection.sendall(request("GET", "/big"))
        assert len(answer(connection).body) == 2000 * 65536


def test_two_hundred_slow_clients_do_not_keep_others_out(server):
    slow = [server.connect() for _ in range(200)]
    try:
        for n, connection in enumerate(slow):
            connection.sendall(
                b"GET /health HTTP/1.1\r\nX: " if n % 2 else request("POST", "/upload", "Content-Length: 9\r\n")
            )
        for _ in range(20):
            for connection in slow:
                connection.sendall(b"a" if connection.fileno() % 2 else b"")
            assert server.ask(request("GET", "/health", token=False)).status == 200
    finally:
        for connection in slow:
            connection.close()


def test_connections_of_one_address_are_counted_and_given_back(tmp_path):
    with running(ServiceSettings(data=tmp_path, connections_per_address=5), exempt=lambda _: False) as server:
        for _ in range(3):
            held = [server.connect() for _ in range(5)]
            for one in held:
                one.sendall(request("GET", "/health"))
                assert answer(one).status == 200
            with server.connect() as sixth:
                assert is_closed(sixth)
            for one in held:
                one.close()
            while server.ask(request("GET", "/health", "Connection: close\r\n")).status != 200:
                pass  # the server has not seen the closing yet


def test_connections_of_this_machine_are_not_counted(tmp_path):
    with running(ServiceSettings(data=tmp_path, connections_per_address=2)) as server:
        held = [server.connect() for _ in range(6)]
        for one in held:
            one.sendall(request("GET", "/health"))
            assert answer(one).status == 200
            one.close()


@pytest.mark.parametrize(("peer", "exempt"), [("127.0.0.1", True), ("10.0.0.9", True), ("198.51.100.7", False)])
def test_trusted_proxies_may_bring_as_many_connections_as_they_like(tmp_path, peer, exempt):
    kind = strict_protocol(ServiceSettings(data=tmp_path, trusted_proxies="10.0.0.0/24"))
    assert kind.policy.exempt(peer) is exempt


@given(st.lists(st.tuples(st.integers(0, 300), st.binary(max_size=4)), max_size=3), st.booleans())
@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_bytes_break_the_server(strict, changes, token):
    said = request("POST", "/json", "Content-Type: application/json\r\n", b'{"a": [1, "b"]}', token=token)
    for at, put in changes:
        said = said[:at] + put + said[at + len(put) :]
    assert strict.ask(said).status in {0, 200, 400, 401, 413, 431}  # 0: it waited for a rest that did not come
    assert strict.ask(request("GET", "/health")).status == 200


def test_small_answers_are_not_held_back(strict, monkeypatch):
    seen = []
    tune = StrictProtocol._tune

    def watched(self, transport):
        tune(self, transport)
        seen.append(transport.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))

    monkeypatch.setattr(StrictProtocol, "_tune", watched)
    assert strict.ask(request("GET", "/health")).status == 200
    assert seen and all(seen)


def test_the_token_arrives(server):
    assert server.ask(request("GET", "/state")).json()["data"]["caller"] == TOKEN
