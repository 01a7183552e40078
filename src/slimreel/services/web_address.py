"""Reads an address that a stranger gave, once, into the parts that are then used. Looks nothing up.

What is checked is what is connected to: nobody parses the text a second time.
"""

from __future__ import annotations

import re
from ipaddress import ip_address

import httpx

MOST_CHARACTERS = 4096
PORTS = {"http": 80, "https": 443}
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
# The last label begins with a letter, as every top-level domain does: 127.1, 0x7f.1 and 2130706433 are numbers, which
# some resolvers read as addresses.
_NAME = re.compile(rf"(?:{_LABEL}\.)+(?=[a-z]){_LABEL}")
_SINGLE_NAME = re.compile(rf"(?=[a-z_]){_LABEL}")
_EMPTY_USER = re.compile(r"[^/?#]*//[^/?#]*@")  # http://@host/ names a user too, and the parser drops it
# Names that never lead anywhere public. They are not even looked up, so that nobody learns which of them exist.
_INNER = ("localhost", "local", "internal", "home.arpa", "in-addr.arpa", "ip6.arpa", "onion", "test", "invalid")


class NotAWebAddress(ValueError):
    """The text is no address that may be called. It says nothing of why, since a stranger would read it."""


def read_web_address(text: str, *, base: httpx.URL | None = None, allow_private: bool = False) -> httpx.URL:
    """The address in `text`; with `base`, as a redirect from there. Its host is in lower-case ASCII.

    It is http or https, on port 80 or 443, without a user name, and its host is a domain name or an address in its
    usual form. `allow_private` lets any port and name through. Raises NotAWebAddress.
    """
    if len(text) > MOST_CHARACTERS or any(not one.isprintable() or one in " \\" for one in text):
        raise NotAWebAddress(text)
    try:
        found = httpx.URL(text) if base is None else base.join(text)
        host = found.raw_host.decode("ascii")
    except (httpx.InvalidURL, UnicodeError, ValueError) as error:
        raise NotAWebAddress(text) from error
    if found.scheme not in PORTS or found.userinfo or _EMPTY_USER.match(text):
        raise NotAWebAddress(text)
    if not 0 < port_of(found) < 65536 or not (allow_private or port_of(found) in PORTS.values()):
        raise NotAWebAddress(text)
    if not _is_host(host, allow_private=allow_private):
        raise NotAWebAddress(text)
    return found


def port_of(address: httpx.URL) -> int:
    return PORTS[address.scheme] if address.port is None else address.port


def host_of(address: httpx.URL) -> str:
    return address.raw_host.decode("ascii")


def _is_host(host: str, *, allow_private: bool) -> bool:
    if is_literal(host):
        return "%" not in host
    if allow_private and _SINGLE_NAME.fullmatch(host):
        return True
    if len(host) > 253 or not _NAME.fullmatch(host):
        return False
    return allow_private or not f".{host}".endswith(tuple(f".{name}" for name in _INNER))


def is_literal(host: str) -> bool:
    """Whether `host` is an address already, in the one form that is not in doubt."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
