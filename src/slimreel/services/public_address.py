"""Which addresses of the network are anybody's to call, decided by the address alone. Opens no connection.

Python's own `is_global` is not enough: it differs between versions, and says yes to addresses that carry another one
inside (NAT64, 6to4, IPv4-compatible), to multicast and to segment routing. So an IPv6 address must lie in the one
block that is given out for general use, and what is carved out of that block, or of IPv4, is named here
(IANA's registries of special-purpose addresses, 2026).
"""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address, ip_network

_GENERAL_6 = ip_network("2000::/3")
_SPECIAL = tuple(
    ip_network(block)
    for block in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
        "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16",
        "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3",
        "168.63.129.16/32",  # looks public, and is the host's own service on every machine of Azure
        "2001::/23",  # Teredo, ORCHID, benchmarks and what else is no destination
        "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20",
    )
)  # fmt: skip


def is_public(address: str) -> bool:
    """Whether `address`, written as a resolver writes it, may be called on behalf of a stranger.

    Anything that is no address, has a zone, or stands for an IPv4 address inside an IPv6 one is not public.
    """
    try:
        found = ip_address(address)
    except ValueError:
        return False
    if isinstance(found, IPv6Address) and (found.scope_id is not None or found not in _GENERAL_6):
        return False
    if not found.is_global or found.is_multicast or found.is_reserved or found.is_unspecified:
        return False
    return not any(found in block for block in _SPECIAL if block.version == found.version)
