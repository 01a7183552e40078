"""Which pages of other origins may call the service: those of an allow-list. Credentials of the browser are never
allowed, since tokens travel in a header that the page itself sets."""

from __future__ import annotations

import re

from slimreel.server.framing import Fields, field

_METHODS = b"GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"
_ALLOWED = """authorization content-type accept accept-language range x-client-id x-skill-source x-skill-version
x-skill-platform idempotency-key last-event-id cache-control if-none-match if-match x-requested-with
x-http-method-override tus-resumable upload-length upload-offset upload-metadata upload-defer-length upload-concat
upload-checksum mcp-protocol-version mcp-method mcp-name mcp-session-id""".split()
_EXPOSED = """x-request-id retry-after location content-disposition content-range content-length accept-ranges etag
tus-resumable tus-version tus-extension tus-max-size tus-checksum-algorithm upload-offset upload-length upload-metadata
upload-expires""".split()
_SKILL = re.compile(r"x-skill-[a-z0-9-]{1,40}")
_REMEMBERED_S = 3600


class Origins:
    """The allowed origins, with commas between; `*` allows every page."""

    def __init__(self, allowed: str) -> None:
        self._allowed = {one.strip().rstrip("/").lower().encode() for one in allowed.split(",") if one.strip()}

    def allows(self, origin: bytes) -> bool:
        return b"*" in self._allowed or origin.lower() in self._allowed

    def headers(self, fields: Fields) -> list[tuple[bytes, bytes]]:
        """What an answer to a request with these fields says to the browser."""
        if not self._allowed:
            return []
        origin = field(fields, b"origin")
        vary = [] if b"*" in self._allowed else [(b"vary", b"Origin")]
        if origin is None or not self.allows(origin):
            return vary
        return [*vary, self._allow(origin), (b"access-control-expose-headers", ", ".join(_EXPOSED).encode())]

    def preflight(self, fields: Fields) -> list[tuple[bytes, bytes]] | None:
        """The headers that answer a preflight; None where the origin is not allowed."""
        origin = field(fields, b"origin")
        if origin is None or not self.allows(origin):
            return None
        asked = (field(fields, b"access-control-request-headers") or b"").decode("latin-1").lower().split(",")
        skills = sorted({one.strip() for one in asked if _SKILL.fullmatch(one.strip())} - set(_ALLOWED))
        return [
            self._allow(origin),
            (b"access-control-allow-methods", _METHODS),
            (b"access-control-allow-headers", ", ".join([*_ALLOWED, *skills]).encode()),
            (b"access-control-max-age", str(_REMEMBERED_S).encode()),
            (b"vary", b"Origin, Access-Control-Request-Method, Access-Control-Request-Headers"),
        ]

    def _allow(self, origin: bytes) -> tuple[bytes, bytes]:
        return (b"access-control-allow-origin", b"*" if b"*" in self._allowed else origin)


def is_preflight(method: str, fields: Fields) -> bool:
    """Whether a browser asks on behalf of a page whether it may call."""
    return (
        method == "OPTIONS"
        and field(fields, b"origin") is not None
        and field(fields, b"access-control-request-method") is not None
    )
