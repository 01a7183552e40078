"""Fetching a file: what a good server gives is kept whole; what a bad one tries ends in time and leaves nothing."""

from __future__ import annotations

import contextlib
import gzip
import shutil
import ssl
import subprocess
from hashlib import sha256

import pytest

from slimreel.errors.service import DiskNearlyFull, FileTooLarge, NotFetched
from slimreel.services.fetch import Fetcher
from slimreel.services.patience import Pace, Patience, TooMuchHead, TooSlow
from slimreel.services.web_exchange import Reach
from slimreel.settings.service import ServiceSettings
from tests.services.far_server import PUBLIC, Diverted, answers, far_server

URL = "http://files.example.com/films/clip%20one.mp4?token=1"
BODY = bytes(range(256)) * 1000
PATIENT = Pace(connect_s=10, head_s=10, window_s=10, least_bytes_s=1)
HASTY = Pace(connect_s=0.5, head_s=0.5, window_s=0.5, least_bytes_s=32 * 1024)


@pytest.fixture
def far():
    with far_server(answers(BODY)) as server:
        yield server


@pytest.fixture
def into(tmp_path):
    return tmp_path / "fetched"


def fetcher(server, pace: Pace = PATIENT, *, fetch_s: int = 30, certificates=None) -> Fetcher:
    reach = Reach(resolve=lambda _: [PUBLIC], sockets=Diverted(server), certificates=certificates)
    return Fetcher(ServiceSettings(fetch_s=fetch_s), reach=reach, pace=pace)


def failure(
    server, into, pace: Pace = PATIENT, *, fetch_s: int = 30, most_bytes: int = 10_000_000, url: str = URL
) -> str:
    with pytest.raises(NotFetched) as error:
        fetcher(server, pace, fetch_s=fetch_s).fetch(url, into, most_bytes=most_bytes)
    assert not list(into.parent.iterdir())
    return str(error.value.fields["detail"])


@pytest.mark.parametrize("form", ["length", "chunked", "until close", "identity", "HTTP/1.0"])
def test_a_file_arrives_whole(far, into, form):
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (BODY[:1000], BODY[1000:])) + b"0\r\n\r\n"
    far.script = {
        "length": answers(BODY, "Content-Type: Video/MP4; codecs=x"),
        "chunked": answers(chunks, "Transfer-Encoding: chunked", "Content-Type: video/mp4", length=None),
        "until close": answers(BODY, "Connection: close", "Content-Type: video/mp4", length=None),
        "identity": answers(BODY, "Content-Encoding: identity", "Content-Type: video/mp4"),
        "HTTP/1.0": lambda connection, _: connection.sendall(b"HTTP/1.0 200\r\nContent-Type: video/mp4\r\n\r\n" + BODY),
    }[form]
    found = fetcher(far).fetch(URL, into, most_bytes=len(BODY))
    assert into.read_bytes() == BODY
    assert (found.size, found.sha256) == (len(BODY), sha256(BODY).hexdigest())
    assert (found.filename, found.content_type) == ("clip one.mp4", "video/mp4")


@pytest.mark.parametrize(
    ("given", "header", "url", "name"),
    [
        ("mine/my.mov", 'attachment; filename="theirs.mov"', URL, "my.mov"),
        (None, 'attachment; filename="../../theirs.mov"', URL, "theirs.mov"),
        (None, "attachment; filename=\"x\"; filename*=UTF-8''%E5%81%87%E2%80%AE.mp4", URL, "假.mp4"),
        (None, "attachment; filename=假.mp4", URL, "假.mp4"),
        (None, "inline", URL, "clip one.mp4"),
        (None, "inline", "http://files.example.com/", "file"),
        (None, "inline", "http://files.example.com/a%2f..%2fb%00.mp4", "b.mp4"),
    ],
)
def test_what_a_fetched_file_is_called(far, into, given, header, url, name):
    far.script = answers(b"x", f"Content-Disposition: {header}")
    assert fetcher(far).fetch(url, into, most_bytes=9, filename=given).filename == name


def test_redirects_are_followed_three_times(far, into):
    def script(connection, head):
        step = head.split()[1].decode().rpartition("/")[2]
        if step == "3":
            answers(BODY)(connection, head)
        else:
            at = {"0": "/1", "1": "//cdn.example.net/2", "2": "http://files.example.com:443/3"}[step]
            answers(b"moved", f"Location: {at}", status="302 Found")(connection, head)

    far.script = script
    assert fetcher(far).fetch("http://files.example.com/0", into, most_bytes=10**6).size == len(BODY)
    assert far.accepted == 4


def test_redirects_end(far, into):
    far.script = answers(b"", "Location: /again", status="301 Moved")
    assert "without end" in failure(far, into)
    assert far.accepted == 4


@pytest.mark.parametrize(
    "status", ["204 No", "206 Part", "300 Many", "304 Same", "401 Who", "404 Gone", "500 Oh", "999 X"]
)
def test_a_status_that_is_no_file_is_told(far, into, status):
    far.script = answers(b"" if status[0] in "23" else b"sorry", status=status)
    assert status.split()[0] in failure(far, into)


@pytest.mark.parametrize("coding", ["gzip", "br", "deflate", "identity, gzip", "x"])
def test_a_body_that_was_compressed_on_the_way_is_refused(far, into, coding):
    far.script = answers(gzip.compress(b"\0" * 5_000_000), f"Content-Encoding: {coding}")
    assert "compressed" in failure(far, into)


def test_a_transfer_that_was_compressed_is_refused(far, into):
    far.script = answers(gzip.compress(b"\0" * 5_000_000), "Transfer-Encoding: gzip, chunked", length=None)
    assert "HTTP" in failure(far, into)


def test_a_size_that_is_announced_is_refused_before_the_body(far, into):
    far.script = lambda connection, _: (
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n"),
        far.over.wait(20),
    )
    with pytest.raises(FileTooLarge) as error:
        fetcher(far).fetch(URL, into, most_bytes=1000)
    assert error.value.fields == {"filename": "clip one.mp4", "limit": "0.001 MB"} and not into.exists()


@pytest.mark.parametrize("chunked", [True, False])
def test_a_body_without_end_is_cut_off(far, into, chunked):
    sent = []

    def script(connection, _):
        connection.sendall(b"HTTP/1.1 200 OK\r\n" + b"Transfer-Encoding: chunked\r\n" * chunked + b"\r\n")
        with contextlib.suppress(OSError):
            while True:
                connection.sendall((b"10000\r\n" if chunked else b"") + b"\0" * 65536 + (b"\r\n" if chunked else b""))
                sent.append(65536)

    far.script = script
    with pytest.raises(FileTooLarge):
        fetcher(far).fetch(URL, into, most_bytes=1_000_000)
    assert not into.exists()
    far.close()
    assert sum(sent) < 50_000_000


def test_a_file_of_just_the_limit_is_taken(far, into):
    assert fetcher(far).fetch(URL, into, most_bytes=len(BODY)).size == len(BODY)


def test_a_file_of_one_byte_more_is_not(far, into):
    with pytest.raises(FileTooLarge):
        fetcher(far).fetch(URL, into, most_bytes=len(BODY) - 1)
    assert not into.exists()


def test_a_body_that_is_shorter_than_it_says_is_no_file(far, into):
    far.script = answers(BODY, length=len(BODY) + 1)
    assert "broke off" in failure(far, into)


def test_a_chunked_body_that_breaks_off_is_no_file(far, into):
    far.script = answers(b"5\r\nhel", "Transfer-Encoding: chunked", length=None)
    assert "broke off" in failure(far, into)


def test_what_comes_after_the_length_that_was_said_is_not_taken(far, into):
    far.script = answers(BODY, length=1000)
    assert fetcher(far).fetch(URL, into, most_bytes=1000).size == 1000
    assert into.read_bytes() == BODY[:1000]


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"\0" * 1000,
        b"220 ftp ready\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: \xb2\r\n\r\n",
        b"HTTP/1.1 101 Switching\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"f" * 5000 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"a" * 200_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: a\r\n" * 100_000 + b"\r\n",
        b"HTTP/1.1 103 Early\r\n\r\n" * 100_000,
        b"HTTP/1.1 302 Found\r\nLocation: http://\xff\xfe/\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: http://[\r\n\r\n",
    ],
)  # fmt: skip
def test_a_server_that_does_not_keep_to_http_gives_no_file(far, into, head):
    far.script = lambda connection, _: connection.sendall(head)
    with pytest.raises((NotFetched, FileTooLarge)):
        fetcher(far).fetch(URL, into, most_bytes=1000)
    assert not into.exists()


def dripping(before: bytes, drop: bytes):
    """A script that sends `before`, then a drop every tenth of a second until the client goes or the test is over."""

    def script(server):
        def run(connection, _):
            connection.sendall(before)
            while not server.over.wait(0.1):
                connection.sendall(drop)

        return run

    return script


@pytest.mark.parametrize(
    ("before", "drop"),
    [
        (b"", b"H"),
        (b"HTTP/1.1 200 OK\r\n", b"X: a\r\n"),
        (b"", b"HTTP/1.1 103 Early\r\n\r\n"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;", b"x"),
        (b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 5000, b"x"),
        (b"HTTP/1.1 302 Found\r\n", b"Location: /\r\n"),
    ],
)
def test_a_server_that_drips_is_given_up(far, into, before, drop):
    far.script = dripping(before, drop)(far)
    assert failure(far, into, HASTY) == "its server is too slow"


@pytest.mark.parametrize("before", [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx"])
def test_a_server_that_falls_silent_is_given_up(far, into, before):
    far.script = lambda connection, _: (connection.sendall(before), far.over.wait(20))
    assert failure(far, into, HASTY) == "its server is too slow"


def test_all_of_it_has_one_deadline(far, into):
    """The server keeps the pace all the time, and still has to be done by the end."""
    far.script = dripping(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 10_000)(far)
    assert failure(far, into, Pace(window_s=10, least_bytes_s=1), fetch_s=1) == "its server is too slow"


def test_a_resolver_without_end_is_given_up(far, into):
    reach = Reach(resolve=lambda _: [PUBLIC] if far.over.wait(20) else [], sockets=Diverted(far))
    with pytest.raises(NotFetched):
        Fetcher(ServiceSettings(), reach=reach, pace=HASTY).fetch(URL, into, most_bytes=10)
    assert far.accepted == 0


def test_the_pace_counts_over_any_window():
    now = 0.0
    patience = Patience(1000, Pace(head_s=5, window_s=20, least_bytes_s=100), monotonic=lambda: now)
    patience.expect_body()
    for second in range(1, 101):
        now = float(second)
        patience.received(100)
    now += 1
    with pytest.raises(TooSlow):
        patience.received(99)


def test_a_pause_within_the_window_is_forgiven():
    now = 0.0
    patience = Patience(1000, Pace(window_s=20, least_bytes_s=100), monotonic=lambda: now)
    patience.expect_body()
    for second in range(15, 600, 15):
        now = float(second)
        patience.received(15 * 100 + 600)


def test_heads_have_a_bound_of_their_own():
    patience = Patience(1000, Pace())
    for _ in range(4):
        patience.received(64 * 1024)
    with pytest.raises(TooMuchHead):
        patience.received(1)
    patience.expect_body()
    for _ in range(10):
        patience.received(64 * 1024)


def test_a_file_that_is_there_is_left_alone(far, into):
    into.write_bytes(b"mine")
    with pytest.raises(FileExistsError):
        fetcher(far).fetch(URL, into, most_bytes=10**6)
    assert into.read_bytes() == b"mine"


def test_a_link_that_is_there_is_not_followed(far, into, tmp_path):
    into.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FileExistsError):
        fetcher(far).fetch(URL, into, most_bytes=10**6)
    assert not (tmp_path / "elsewhere").exists()


def test_a_full_disk_is_told_and_nothing_is_left(far, into, monkeypatch):
    class Full:
        def __init__(self, file):
            self.file = file

        def __enter__(self):
            return self

        def __exit__(self, *_):
            self.file.close()

        def write(self, _):
            raise OSError(28, "No space left on device")

    kind = type(into)
    really = kind.open
    monkeypatch.setattr(kind, "open", lambda self, *how, **named: Full(really(self, *how, **named)))
    with pytest.raises(DiskNearlyFull):
        fetcher(far).fetch(URL, into, most_bytes=10**6)
    assert not into.exists()


def test_the_sentence_shows_the_address_on_one_short_line(far, into):
    with pytest.raises(NotFetched) as error:
        fetcher(far).fetch("ftp://x/\r\nSet-Cookie: a\x1b[31m\u202e" + "y" * 5000, into, most_bytes=1)
    assert str(error.value).isprintable() and len(str(error.value)) < 400


# --- certificates


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A server's context for files.example.com, and one that trusts it."""
    if not (openssl := shutil.which("openssl")):
        pytest.skip("needs openssl to make a certificate")
    folder = tmp_path_factory.mktemp("certificate")
    key, signed = folder / "key.pem", folder / "signed.pem"
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-keyout", key, "-out", signed, "-subj", "/CN=files.example.com",
         "-addext", "subjectAltName=DNS:files.example.com"],
        check=True, capture_output=True,
    )  # fmt: skip
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(signed, key)
    return server, ssl.create_default_context(cafile=str(signed))


def test_the_certificate_and_the_name_said_are_those_of_the_host(certificate, into):
    server_side, trusting = certificate
    said = []
    server_side.sni_callback = lambda _, name, __: said.append(name)
    with far_server(answers(BODY), certificate=server_side) as far:
        found = fetcher(far, certificates=trusting).fetch("https://files.example.com/a.mp4", into, most_bytes=10**6)
        assert found.size == len(BODY) and said == ["files.example.com"]
    server_side.sni_callback = None


@pytest.mark.parametrize("wrong", ["name", "signature", "address"])
def test_a_wrong_certificate_is_refused(certificate, into, wrong):
    server_side, trusting = certificate
    url = {"name": "https://other.example.com/", "address": f"https://{PUBLIC}/"}.get(
        wrong, "https://files.example.com/"
    )
    with far_server(answers(BODY), certificate=server_side) as far, pytest.raises(NotFetched, match="certificate"):
        fetcher(far, certificates=None if wrong == "signature" else trusting).fetch(url, into, most_bytes=10**6)
    assert not into.exists() and far.heads == []


def test_a_handshake_that_never_comes_is_given_up(far, into):
    """The server takes the connection and reads, as if it spoke no TLS."""
    assert "too slow" in failure(far, into, HASTY, url="https://files.example.com/")
