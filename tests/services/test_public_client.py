"""The client for webhooks: it reaches public servers alone unless told otherwise, once, and not for long."""

from __future__ import annotations

import httpx
import pytest

from slimreel.services.public_client import MOST_ANSWER_BYTES, public_client
from slimreel.services.web_exchange import Reach
from tests.services.far_server import PUBLIC, Diverted, answers, far_server


@pytest.fixture
def far():
    with far_server(answers(b"thanks")) as server:
        yield server


def test_it_sends_what_it_is_given(far):
    network = Diverted(far)
    with public_client(reach=Reach(resolve=lambda _: [PUBLIC], sockets=network)) as client:
        answer = client.post(
            "http://hooks.example.com/in?a=b", content=b'{"type":"x"}', headers={"webhook-id": "msg_1"}
        )
    assert (answer.status_code, answer.content, network.called) == (200, b"thanks", [(PUBLIC, 80)])
    head, _, body = far.heads[0].lower().partition(b"\r\n\r\n")
    assert head.startswith(b"post /in?a=b http/1.1\r\n") and body in (b'{"type":"x"}', b"")
    assert b"webhook-id: msg_1" in head and head.count(b"host: hooks.example.com") == 1


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{port}/",
        "http://localhost:{port}/",
        "http://[::ffff:127.0.0.1]/",
        "http://169.254.169.254/",
        "http://u@files.example.com/",
        "http://files.example.com:22/",
    ],
)
def test_an_inner_address_is_refused_before_anything_is_sent(far, url):
    with public_client() as client, pytest.raises(httpx.UnsupportedProtocol):
        client.post(url.format(port=far.port), content=b"x")
    assert far.accepted == 0


def test_an_inner_address_is_called_where_the_operator_allows_it(far):
    with public_client(allow_private=True) as client:
        assert client.post(f"http://127.0.0.1:{far.port}/", content=b"x").text == "thanks"
        with pytest.raises(httpx.UnsupportedProtocol):
            client.post("http://u@127.0.0.1/", content=b"x")


def test_proxies_of_the_environment_have_no_say(far, monkeypatch):
    with far_server(answers(b"proxy")) as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        with public_client(allow_private=True) as client:
            assert client.post(f"http://127.0.0.1:{far.port}/", content=b"x").text == "thanks"
        assert proxy.accepted == 0


def test_a_redirect_is_an_answer(far):
    far.script = answers(b"", "Location: http://127.0.0.1/", status="302 Found")
    with public_client(allow_private=True) as client:
        assert client.post(f"http://127.0.0.1:{far.port}/", content=b"x").status_code == 302
    assert far.accepted == 1


def test_it_waits_no_longer_than_the_deadline_whatever_is_asked(far):
    def dripping(connection, _):
        while not far.over.wait(0.1):
            connection.sendall(b"H")

    far.script = dripping
    with public_client(allow_private=True, deadline_s=0.5) as client, pytest.raises(httpx.TimeoutException):
        client.post(f"http://127.0.0.1:{far.port}/", content=b"x", timeout=None)


def test_a_long_answer_is_cut(far):
    far.script = answers(b"x" * 1_000_000, "Content-Encoding: gzip")
    with public_client(allow_private=True) as client:
        assert len(client.post(f"http://127.0.0.1:{far.port}/", content=b"x").content) == MOST_ANSWER_BYTES


@pytest.mark.parametrize("said", [b"", b"SSH-2.0-x\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx"])
def test_a_server_that_breaks_off_is_a_transport_error(far, said):
    far.script = lambda connection, _: connection.sendall(said)
    with public_client(allow_private=True) as client, pytest.raises(httpx.TransportError):
        client.post(f"http://127.0.0.1:{far.port}/", content=b"x")


def test_nobody_listening_is_a_transport_error(far):
    far.close()
    with public_client(allow_private=True) as client, pytest.raises(httpx.NetworkError):
        client.post(f"http://127.0.0.1:{far.port}/", content=b"x")
