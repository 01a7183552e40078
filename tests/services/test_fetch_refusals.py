"""No address that is not public is ever called: by name, by number, by redirect or by a second look-up."""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address

import httpcore
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from slimreel.errors.service import NotFetched
from slimreel.services.fetch import Fetcher
from slimreel.services.patience import Pace
from slimreel.services.pinned_network import is_own, may_be_called
from slimreel.services.public_address import is_public
from slimreel.services.web_address import NotAWebAddress, host_of, is_literal, read_web_address
from slimreel.services.web_exchange import Reach
from slimreel.settings.service import ServiceSettings
from tests.services.far_server import PUBLIC, Diverted, answers, far_server

OWN_NAME = socket.gethostname()
INNER_ADDRESSES = [
    "127.0.0.1", "127.255.255.254", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1",
    "100.64.0.1", "100.100.100.200", "169.254.169.254", "192.0.0.192", "192.0.2.1", "192.88.99.1", "198.18.0.1",
    "198.51.100.7", "203.0.113.7", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "168.63.129.16",
    "::", "::1", "::127.0.0.1", "::8.8.8.8", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::ffff:0:127.0.0.1",
    "64:ff9b::127.0.0.1", "64:ff9b::8.8.8.8", "64:ff9b:1::1", "100::1", "2001::1", "2001:0:7f00:1::1", "2001:2::1",
    "2001:10::1", "2001:20::1", "2001:db8::1", "2002:7f00:1::", "2002:0808:0808::1", "3fff::1", "5f00::1", "4000::1",
    "fc00::1", "fd00:ec2::254", "fd20:ce::254", "fe80::1", "fe80::1%eth0", "2606:2800:220:1::1%1", "fec0::1",
    "ff02::1", "ff0e::1", "", "localhost", "127.1", "0x7f.1", "2130706433", "1.2.3.4 ", "1.2.3.4/32",
]  # fmt: skip
HOSTILE = [
    "http://127.0.0.1/", "http://127.1/", "http://127.0.1/", "http://2130706433/", "http://0x7f000001/",
    "http://0x7f.0.0.1/", "http://0177.0.0.1/", "http://017700000001/", "http://0/", "http://0.0.0.0/",
    "http://127.0.0.1./", "http://127.0.0.01/", "http://127.0.0.1.:80/", "http://localhost/", "http://localhost./",
    "http://LOCALHOST/", "http://a.localhost/", "http://localtest.me/", "http://[::1]/", "http://[::]/",
    "http://[::ffff:127.0.0.1]/", "http://[::ffff:7f00:1]/", "http://[0:0:0:0:0:ffff:127.0.0.1]/",
    "http://[::127.0.0.1]/", "http://[64:ff9b::127.0.0.1]/", "http://[64:ff9b::7f00:1]/", "http://[64:ff9b:1::1]/",
    "http://[2002:7f00:1::]/", "http://[2001:0:7f00:1::1]/", "http://[fe80::1%25lo]/", "http://[fe80::1%lo]/",
    "http://[fec0::1]/", "http://[fd00:ec2::254]/", "http://[ff02::1]/", "http://[5f00::1]/", "http://[::1", "http://::1/",
    "http://169.254.169.254/latest/meta-data/", "http://2852039166/", "http://169.254.43518/", "http://100.64.0.1/",
    "http://100.100.100.200/", "http://10.1.2.3/", "http://192.168.0.1/", "http://172.16.1.1/", "http://224.0.0.1/",
    "http://255.255.255.255/", "http://168.63.129.16/", f"http://{OWN_NAME}/", f"http://{OWN_NAME}.local/",
    "http://metadata.google.internal/", "http://metadata/", "http://inner.example.com/", "http://mixed.example.com/",
    "http://mixed-first.example.com/", "http://nowhere.example.com/", "http://empty.example.com/",
    "http://wrapped.example.com/", "http://files.example.com:22/", "http://files.example.com:8080/",
    "http://files.example.com:0/", "http://files.example.com:65616/", "http://files.example.com:-80/",
    "http://files.example.com:6379/", "http://user@files.example.com/", "http://user:pass@files.example.com/",
    "http://@files.example.com/", "http://:@files.example.com/", "http://files.example.com@127.0.0.1/",
    "http://127.0.0.1\\@files.example.com/", "http://files.example.com\\.127.0.0.1/", "http://files.example.com%00/",
    "http://%31%32%37.0.0.1/", "http://127.0.0.1%2f@files.example.com/", "http://127%2e0%2e0%2e1/",
    "http://files%2eexample%2ecom/", "http://１２７.０.０.１/", "http://127。0。0。1/", "http://①②⑦.⓪.⓪.①/",
    "http://١٢٧.٠.٠.١/", "http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/", "http://loc\u00adalhost/", "http://local\u200bhost/",
    "http://xn--\u00e9.example.com/", "http://-.example.com/", "http://a..example.com/", "http://.example.com/",
    "http://files.example.com../", "http://files.example.com./", f"http://{'a' * 64}.example.com/",
    f"http://{'a.' * 130}example.com/", "http://files.example.com/\r\nX-Evil: 1", "http://files.example.com\r\n/",
    "http://files.example.com/a b", "http://files.example.com/\x00", "http://files.example.com/\u2028x",
    "http://files.example.com\t/", "ftp://files.example.com/", "gopher://files.example.com/", "file:///etc/passwd",
    "data:video/mp4;base64,AAAA", "javascript:alert(1)", "dict://files.example.com/", "jar:http://files.example.com/",
    "ws://files.example.com/", "unix:///var/run/docker.sock", "http+unix://files.example.com/", "//files.example.com/",
    "files.example.com/x.mp4", "http:files.example.com", "http:/files.example.com", "http:///x", "http://", "http:", "",
    "http://?", "http://#files.example.com", "concat:http://files.example.com",
    "http://files.example.com/" + "a" * 5000,
]  # fmt: skip
DNS = {
    "files.example.com": [PUBLIC],
    "localtest.me": ["127.0.0.1"],
    "inner.example.com": ["10.0.0.7"],
    "mixed.example.com": [PUBLIC, "127.0.0.1"],
    "mixed-first.example.com": ["::1", PUBLIC],
    "empty.example.com": [],
    "wrapped.example.com": ["::ffff:93.184.216.34"],
}
QUICK = Pace(connect_s=2, head_s=2, window_s=2, least_bytes_s=1)


def resolve(host: str) -> list[str]:
    try:
        return DNS[host]
    except KeyError:
        raise OSError("no such host") from None


@pytest.fixture
def canary():
    with far_server(answers(b"reached")) as server:
        yield server


@pytest.fixture
def fetcher(canary):
    return Fetcher(ServiceSettings(), reach=Reach(resolve=resolve, sockets=Diverted(canary)), pace=QUICK)


def refused(fetcher: Fetcher, url: str, into) -> str:
    with pytest.raises(NotFetched) as error:
        fetcher.fetch(url, into, most_bytes=1000)
    assert not into.exists()
    return str(error.value.fields["detail"])


@pytest.mark.parametrize("url", HOSTILE)
def test_a_hostile_address_is_refused_before_anything_is_sent(fetcher, canary, tmp_path, url):
    assert refused(fetcher, url, tmp_path / "x") == refused(fetcher, "http://127.0.0.1/", tmp_path / "x")
    assert canary.accepted == 0


def test_the_canary_is_reached_by_a_good_address(fetcher, canary, tmp_path):
    assert fetcher.fetch("http://files.example.com/x.mp4", tmp_path / "x", most_bytes=1000).size == 7
    assert canary.accepted == 1


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:{port}/", "http://localhost:{port}/", f"http://{OWN_NAME}:{{port}}/"]
)
def test_a_listener_of_this_machine_hears_nothing_over_the_real_network(canary, tmp_path, url):
    fetcher = Fetcher(ServiceSettings(), pace=QUICK)
    refused(fetcher, url.format(port=canary.port), tmp_path / "x")
    assert canary.accepted == 0


# As a redirect, these lead back to where they come from, or a line further down in the head.
RELATIVE = {"", "//files.example.com/", "files.example.com/x.mp4", "http:files.example.com", "http:/files.example.com",
            "http:///x", "http://", "http:", "http://?", "http://#files.example.com",
            "http://files.example.com/\r\nX-Evil: 1"}  # fmt: skip


@pytest.mark.parametrize(
    "location", [*HOSTILE, "https://[::1]/", "//127.0.0.1/", "//user@files.example.com/", "//a:22/"]
)
def test_a_redirect_leads_nowhere_that_the_address_could_not(fetcher, canary, tmp_path, location):
    head = f"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: {location}\r\n\r\n".encode()
    canary.script = lambda connection, _: connection.sendall(head)
    refused(fetcher, "http://files.example.com/", tmp_path / "x")
    assert canary.accepted == (4 if location in RELATIVE else 1)


def test_the_second_look_up_of_a_name_does_not_count(canary, tmp_path):
    looked_up = []

    def rebinding(host: str) -> list[str]:
        looked_up.append(host)
        return [PUBLIC] if len(looked_up) == 1 else ["127.0.0.1"]

    network = Diverted(canary)
    fetcher = Fetcher(ServiceSettings(), reach=Reach(resolve=rebinding, sockets=network), pace=QUICK)
    fetcher.fetch("http://files.example.com/", tmp_path / "first", most_bytes=1000)
    assert looked_up == ["files.example.com"] and network.called == [(PUBLIC, 80)]
    refused(fetcher, "http://files.example.com/", tmp_path / "second")
    assert canary.accepted == 1


def test_each_redirect_is_looked_up_and_checked_anew(canary, tmp_path):
    answer = iter([[PUBLIC], ["192.168.1.1"]])
    canary.script = answers(b"", "Location: http://files.example.com/next", status="307 Temporary Redirect")
    reach = Reach(resolve=lambda _: next(answer), sockets=Diverted(canary))
    refused(Fetcher(ServiceSettings(), reach=reach, pace=QUICK), "http://files.example.com/", tmp_path / "x")
    assert canary.accepted == 1


def test_the_connection_goes_to_the_checked_address_under_the_name(canary, tmp_path):
    network = Diverted(canary)
    fetcher = Fetcher(ServiceSettings(), reach=Reach(resolve=resolve, sockets=network), pace=QUICK)
    fetcher.fetch("http://Files.Example.COM:80/a%20b?c=d#e", tmp_path / "x", most_bytes=1000)
    assert network.called == [(PUBLIC, 80)]
    lines = canary.heads[0].decode().lower().split("\r\n")
    assert lines[0] == "get /a%20b?c=d http/1.1" and "host: files.example.com" in lines
    assert "accept-encoding: identity" in lines
    assert not any(line.startswith(("cookie", "authorization", "referer", "proxy")) for line in lines)


def test_another_address_is_tried_where_the_first_does_not_answer(canary, tmp_path):
    class FirstIsDown(Diverted):
        def connect_tcp(self, host, port, *rest, **named):
            if host != PUBLIC:
                self.called.append((host, port))
                raise httpcore.ConnectError
            return super().connect_tcp(host, port, *rest, **named)

    network = FirstIsDown(canary)
    reach = Reach(resolve=lambda _: ["2606:2800:220:1::1", PUBLIC], sockets=network)
    Fetcher(ServiceSettings(), reach=reach, pace=QUICK).fetch("http://files.example.com/", tmp_path / "x", most_bytes=9)
    assert network.called == [("2606:2800:220:1::1", 80), (PUBLIC, 80)]


@pytest.mark.parametrize(
    ("hosts", "url", "good"),
    [
        ("files.example.com", "http://files.example.com/", True),
        ("other.example.com, FILES.example.com", "http://files.example.com/", True),
        ("*.example.com", "http://files.example.com/", True),
        ("*.example.com", "http://files.example.com.evil.com/", False),
        ("*.files.example.com", "http://files.example.com/", False),
        ("example.com", "http://files.example.com/", False),
        ("other.example.com", "http://files.example.com/", False),
        ("*", "http://files.example.com/", False),
        ("127.0.0.1", "http://127.0.0.1/", False),
    ],
)
def test_hosts_can_be_listed(canary, tmp_path, hosts, url, good):
    reach = Reach(resolve=lambda _: [PUBLIC], sockets=Diverted(canary))
    fetcher = Fetcher(ServiceSettings(fetch_hosts=hosts), reach=reach, pace=QUICK)
    if good:
        assert fetcher.fetch(url, tmp_path / "x", most_bytes=1000).size == 7
    else:
        refused(fetcher, url, tmp_path / "x")
        assert canary.accepted == 0


def test_a_redirect_does_not_leave_the_listed_hosts(canary, tmp_path):
    canary.script = answers(b"", "Location: http://other.example.com/", status="302 Found")
    reach = Reach(resolve=lambda _: [PUBLIC], sockets=Diverted(canary))
    fetcher = Fetcher(ServiceSettings(fetch_hosts="files.example.com"), reach=reach, pace=QUICK)
    refused(fetcher, "http://files.example.com/", tmp_path / "x")
    assert canary.accepted == 1


def test_fetching_can_be_switched_off(canary, tmp_path):
    reach = Reach(resolve=resolve, sockets=Diverted(canary))
    refused(Fetcher(ServiceSettings(fetch=False), reach=reach), "http://files.example.com/", tmp_path / "x")
    assert canary.accepted == 0


@pytest.mark.parametrize("address", INNER_ADDRESSES)
def test_an_address_that_is_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize(
    "address",
    [PUBLIC, "8.8.8.8", "1.1.1.1", "223.5.5.5", "100.63.255.255", "100.128.0.1", "2606:4700::1111", "2400:3200::1"],
)
def test_an_address_that_is_public(address):
    assert is_public(address)


@given(st.ip_addresses())
@example(ip_address("64:ff9b::8.8.8.8"))
def test_what_python_calls_private_is_never_public(address: IPv4Address | IPv6Address):
    if not address.is_global or address.is_private or address.is_multicast or address.is_reserved:
        assert not is_public(str(address))


@given(st.ip_addresses(v=4))
def test_an_address_inside_another_is_not_public(address: IPv4Address):
    number = int(address)
    for prefix in (0, 0xFFFF << 32, 0xFFFF << 48, 0x64FF9B << 96):
        assert not is_public(str(IPv6Address(prefix | number)))
    assert not is_public(str(IPv6Address(0x2002 << 112 | number << 80)))
    assert not is_public(str(IPv6Address(0x20010000 << 96 | number)))


def test_this_machine_itself_may_not_be_called(monkeypatch):
    assert is_own("127.0.0.1")
    assert not is_own("no address")
    monkeypatch.setattr("slimreel.services.pinned_network.is_own", lambda address: address == PUBLIC)
    assert not may_be_called(PUBLIC) and may_be_called("1.1.1.1")


@given(st.text(max_size=60), st.sampled_from(["http://", "https://", "http://a@", "//", ""]))
def test_whatever_is_read_as_an_address_has_one_plain_host(text, start):
    try:
        host = host_of(read_web_address(start + text))
    except NotAWebAddress:
        return
    assert is_literal(host) or (host.isascii() and host == host.lower() and not set(host) & set("/\\@:%[] "))


@given(st.text(alphabet="0123456789abcdefxX.:[]%@/\\lo。．１⑦\u00ad", max_size=30))
def test_no_spelling_of_a_number_reaches_the_resolver(text):
    try:
        host = host_of(read_web_address("http://" + text))
    except NotAWebAddress:
        return
    assert is_literal(host) or host.rpartition(".")[2][0].isalpha()
