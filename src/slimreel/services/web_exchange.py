"""One request to a server of a stranger, over a connection of its own to an address that was checked.

Knows neither files nor webhooks. Nothing of the environment (proxies, .netrc, cookies) has a say in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import httpcore
import httpx

from slimreel.services.patience import Patience
from slimreel.services.pinned_network import PinnedNetwork, Resolve, look_up, may_be_called
from slimreel.services.web_address import port_of

if TYPE_CHECKING:
    from ssl import SSLContext


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How far servers are reached. The defaults are what holds for strangers; tests change them.

    `allow_private` takes addresses of any network, on any port. `resolve` gives the addresses of a name, `sockets`
    makes the connections, `certificates` says whose signatures count (the system's and certifi's where it is None).
    """

    allow_private: bool = False
    resolve: Resolve = look_up
    sockets: httpcore.NetworkBackend | None = None
    certificates: SSLContext | None = None


@contextmanager
def exchange(
    method: str,
    address: httpx.URL,
    patience: Patience,
    reach: Reach,
    *,
    headers: Mapping[str, str],
    content: bytes | None = None,
) -> Iterator[httpcore.Response]:
    """The answer to one request, its body not yet read; it follows no redirect. The connection ends with the block.

    `address` comes from read_web_address. Raises Refused, TooSlow, TooMuchHead and what httpcore raises, also while
    the body is read.
    """
    network = PinnedNetwork(
        patience,
        resolve=reach.resolve,
        allowed=(lambda _: True) if reach.allow_private else may_be_called,
        sockets=reach.sockets,
    )
    port = port_of(address)
    target = httpcore.URL(scheme=address.raw_scheme, host=address.raw_host, port=port, target=address.raw_path)
    host = address.netloc.decode("ascii")
    request = httpcore.Request(method, target, headers=[("Host", host), *headers.items()], content=content)
    with httpcore.ConnectionPool(
        ssl_context=reach.certificates or _certificates(), max_connections=1, network_backend=network
    ) as pool:
        patience.expect_head()
        response = pool.handle_request(request)
        patience.expect_body()
        try:
            yield response
        finally:
            response.close()


def header(response: httpcore.Response, name: str) -> str:
    """The first value of a header, empty where it is not there. Servers send UTF-8 as well as Latin-1."""
    for found, value in response.headers:
        if found.lower() == name.encode("ascii"):
            try:
                return value.decode("utf-8")
            except UnicodeDecodeError:
                return value.decode("latin-1")
    return ""


@cache
def _certificates() -> SSLContext:
    """Reading them takes some 20 ms, so it is done once."""
    return httpcore.default_ssl_context()
