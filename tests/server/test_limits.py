"""The small parts of the gate: buckets, counts, addresses, patterns of paths."""

from __future__ import annotations

from itertools import pairwise

import h11
import pytest
from hypothesis import given
from hypothesis import strategies as st

from slimreel.errors import UsageError
from slimreel.server.addresses import Proxies, block_of, is_loopback
from slimreel.server.framing import HeadLimits, fault_of_start
from slimreel.server.limits import Open, Rate
from slimreel.server.paths import PathTable
from slimreel.server.strict_connection import StrictConnection


@given(st.integers(1, 600), st.lists(st.floats(0, 30), max_size=200))
def test_no_more_pass_than_the_rate_and_one_full_bucket(per_minute, pauses):
    now, passed = 0.0, 0
    rate = Rate(per_minute, lambda: now)
    for pause in pauses:
        now += pause
        passed += rate.take("a") == 0
    assert passed <= per_minute + now * per_minute / 60 + 1e-6


@given(st.integers(1, 600), st.integers(0, 50))
def test_who_waits_as_long_as_was_said_passes(per_minute, more):
    now = 0.0
    rate = Rate(per_minute, lambda: now)
    for _ in range(per_minute + more):
        wait_s = rate.take("a")
    while wait_s := rate.take("a"):
        now += wait_s
        assert rate.wait_s("a") == 0


def test_the_memory_of_a_rate_is_bounded():
    rate = Rate(1, lambda: 0.0, most_keys=10)
    for n in range(1000):
        assert rate.take(str(n)) == 0
    assert rate.take("999") > 0 and len(rate._buckets) == 10


@given(st.lists(st.tuples(st.sampled_from("ab"), st.booleans())))
def test_never_more_are_open_than_may_be(steps):
    places, inside = Open(3), {"a": 0, "b": 0}
    for key, enters in steps:
        if enters:
            entered = places.enter(key)
            assert entered == (inside[key] < 3)
            inside[key] += entered
        elif inside[key]:
            places.leave(key)
            inside[key] -= 1
    assert places.total() == sum(inside.values())


@pytest.mark.parametrize("text", ["nonsense", "10.0.0.0/99", "10.0.0.1/8"])
def test_proxies_that_cannot_be_read_are_said(text):
    with pytest.raises(UsageError, match="TRUSTED_PROXIES"):
        Proxies(text)


@given(st.text(max_size=60))
def test_any_forwarded_header_gives_an_address(text):
    header = text.encode("utf-8")
    found = Proxies("127.0.0.1").client("127.0.0.1", [(b"x-forwarded-for", header)])
    assert found.block == block_of(found.address)


def test_blocks_and_loopback():
    assert block_of("2001:db8::1") == block_of("2001:db8::ffff") != block_of("2001:db8:0:1::1")
    assert block_of("::ffff:1.2.3.4") == "1.2.3.4"
    assert is_loopback("::1") and is_loopback("127.1.2.3") and not is_loopback("10.0.0.1") and not is_loopback("")


@pytest.mark.parametrize("text", ["health", "FETCH /a", "/a/**/b", "GET", ""])
def test_what_is_no_pattern_is_refused(text):
    with pytest.raises(ValueError, match="pattern"):
        PathTable([text])


def test_patterns():
    table = PathTable(["GET /a/*/c", "/d.js", "POST /e/**"])
    assert table.has("GET", "/a/b/c") and table.has("HEAD", "/a/b/c") and table.has("DELETE", "/d.js")
    assert table.has("POST", "/e/f/g\n")
    assert not any(table.has("GET", path) for path in ["/a/b/b/c", "/a//c", "/a/b/c/", "/a/b/c\n", "/dxjs", "/e/f"])


@given(st.binary(max_size=300))
def test_any_bytes_are_a_beginning_or_a_fault(received):
    fault = fault_of_start(received, HeadLimits())
    assert fault is None or fault.status in {400, 431}


WORDS = b"""GET POST / /a HTTP/1.1 HTTP/1.0 Host Host:a host:b:80 X X: : Content-Length:1 Content-Length:
Transfer-Encoding:chunked Expect:100-continue 5 5,5 chunked * \xff \x85 \xc3\xbc""".split()
HEAD_PIECES = st.sampled_from([*WORDS, b"\r\n", b"\n", b"\r", b" ", b"\t", b"\0", b"\x0b", b"\r\n "])


@given(st.lists(HEAD_PIECES, max_size=12).map(b"".join), st.lists(HEAD_PIECES, max_size=3).map(b"".join))
def test_what_is_taken_is_read_the_same_by_whoever_reads_it(fields, behind):
    head = b"POST /a HTTP/1.1\r\nHost: a\r\n" + fields + b"\r\n\r\n"
    found = StrictConnection(HeadLimits())
    found.receive_data(head + behind)
    try:
        event = found.next_event()
    except h11.RemoteProtocolError:
        assert found.fault is not None and found.fault.status in {400, 431}
        return
    assert isinstance(event, h11.Request)
    lines = head.partition(b"\r\n\r\n")[0].split(b"\r\n")[1:]
    assert [(name + b":", value) for name, value in event.headers] == [
        (name.lower() + colon, value.strip(b" \t")) for name, colon, value in (line.partition(b":") for line in lines)
    ]
    names = [name for name, _ in event.headers]
    assert names.count(b"host") == 1 and names.count(b"content-length") + names.count(b"transfer-encoding") <= 1


@given(st.binary(max_size=60), st.integers(0, 60))
def test_a_fault_of_a_beginning_stays_one(received, at):
    head = b"GET / HTTP/1.1\r\nHost: a\r\nX: " + received
    if fault_of_start(head[: 20 + at], HeadLimits()) is not None:
        assert fault_of_start(head + b"\r\n\r\n", HeadLimits()) is not None


CHUNKED_HEAD = b"POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
CHUNK_PIECES = st.sampled_from([b"2\r\n{}\r\n", b"2;e=1\r\n{}", b"0", b"0;", b"x" * 70, b"\r\n", b"\n", b"\r", b"X: y"])
ENDS = [b"0\r\n\r\n", b"0\r\n\n", b"0\r\nX: y\r\n\r\n", b"0;" + b"x" * 100 + b"\r\n\r\n", b"0;x\r\n\r\n"]


def what_is_read(received, cuts):
    """The bytes of the body, or None for a refusal, when the connection brings `received` in pieces."""
    found, body = StrictConnection(HeadLimits()), b""
    edges = sorted({0, len(received), *(cut for cut in cuts if cut < len(received))})
    for start, end in pairwise(edges):
        found.receive_data(received[start:end])
        try:
            while (event := found.next_event()) not in (h11.NEED_DATA, h11.PAUSED):
                body += bytes(event.data) if isinstance(event, h11.Data) else b""
                if isinstance(event, h11.EndOfMessage):
                    return body, True
        except h11.RemoteProtocolError:
            return None
    return body, False


@given(st.lists(CHUNK_PIECES, max_size=5).map(b"".join), st.sampled_from(ENDS), st.lists(st.integers(1, 300)))
def test_a_chunked_body_is_read_the_same_in_whatever_pieces_it_comes(pieces, end, cuts):
    received = CHUNKED_HEAD + pieces + end
    assert what_is_read(received, cuts) == what_is_read(received, [])


@pytest.mark.parametrize("end", ENDS)
def test_the_end_of_a_chunked_body_may_be_cut_anywhere(end):
    received = CHUNKED_HEAD + b"2\r\n{}\r\n" + end
    expected = (b"{}", True) if end in {b"0\r\n\r\n", b"0;x\r\n\r\n"} else None
    for cuts in ([], range(len(received)), *([at] for at in range(len(received)))):
        assert what_is_read(received, cuts) == expected
