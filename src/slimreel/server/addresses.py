"""Whose address a request came from, and which addresses are counted together. X-Forwarded-For is believed only from
the proxies that the settings name."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

from slimreel.errors import UsageError
from slimreel.server.framing import Fields

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_FORWARDING = (b"x-forwarded-for", b"forwarded", b"x-real-ip")


@dataclass(frozen=True, slots=True)
class Client:
    """Who calls: the address; `block`, what limits count it as; `exempt`, whether limits leave it alone."""

    address: str
    block: str
    exempt: bool


class Proxies:
    """The proxies that are believed: addresses or networks, with commas between. Raises UsageError (field)."""

    def __init__(self, trusted: str) -> None:
        try:
            self._networks = [ipaddress.ip_network(one.strip()) for one in trusted.split(",") if one.strip()]
        except ValueError as error:
            raise UsageError(field="trusted_proxies", detail=f"SLIMREEL_TRUSTED_PROXIES: {error}.") from error

    def trusts(self, peer: str) -> bool:
        """Whether the machine at this address is one of the proxies."""
        address = read(peer)
        return address is not None and any(
            address.version == network.version and address in network for network in self._networks
        )

    def client(self, peer: str, fields: Fields) -> Client:
        """The client behind a connection from `peer`: the nearest address in X-Forwarded-For that is no proxy."""
        if not self.trusts(peer):
            # A proxy on this machine that nobody declared must not make the whole world exempt.
            direct = all(name not in _FORWARDING for name, _ in fields)
            return Client(peer, block_of(peer), exempt=direct and is_loopback(peer))
        said = b",".join(value for name, value in fields if name == b"x-forwarded-for").decode("latin-1")
        address = peer
        for hop in reversed([one.strip() for one in said.split(",") if one.strip()]):
            found = read(_without_port(hop))
            if found is None:
                break
            address = str(found)
            if not self.trusts(address):
                break
        return Client(address, block_of(address), exempt=is_loopback(address))


def read(text: str) -> Address | None:
    """The address that the text writes; IPv4 within IPv6 comes out as IPv4."""
    try:
        found = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return (found.ipv4_mapped or found) if isinstance(found, ipaddress.IPv6Address) else found


def is_loopback(address: str) -> bool:
    found = read(address)
    return found is not None and found.is_loopback


def block_of(address: str) -> str:
    """What an address is counted as: an IPv6 customer has at least a /64 of them, so that is one."""
    found = read(address)
    if isinstance(found, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found) if found else address


def _without_port(hop: str) -> str:
    """Some proxies write 192.0.2.1:4711 or [2001:db8::1]:4711."""
    if hop.startswith("["):
        return hop[1:].partition("]")[0]
    return hop.partition(":")[0] if hop.count(":") == 1 else hop
