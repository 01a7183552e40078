"""What a well-formed request looks like: one reading of where it begins and ends, or none. Pure: it is given bytes or
fields and names the first fault; it knows no connection.

A proxy and a server that read the same bytes differently let a stranger smuggle a request in between, so whatever can
be read in two ways is refused: https://www.rfc-editor.org/rfc/rfc9112#section-11.2.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Fields = Sequence[tuple[bytes, bytes]]

_REQUEST_LINE = re.compile(rb"[-!#$%&'*+.^_`|~0-9A-Za-z]{1,32} ([\x21-\x7e]+) HTTP/1\.([01])")
_FIELD = re.compile(rb"([-!#$%&'*+.^_`|~0-9A-Za-z]+):[ \t]*([^\x00-\x08\x0a-\x1f\x7f]*)")
_BARE = re.compile(rb"(?<!\r)\n|\r(?!\n|\Z)")
_HOST = re.compile(rb"[A-Za-z0-9._~%-]+(:[0-9]{1,5})?|\[[0-9A-Fa-f:.]+\](:[0-9]{1,5})?")
_LENGTH = re.compile(rb"[0-9]{1,15}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_ONCE = (b"host", b"content-length", b"transfer-encoding", b"authorization", b"content-type", b"expect")


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a request is refused: the HTTP status, and a sentence."""

    status: int
    sentence: str


@dataclass(frozen=True, slots=True)
class HeadLimits:
    """How large the head of a request, which is its request line and its fields, may be."""

    most_bytes: int = 16 * 1024
    most_fields: int = 64


_MALFORMED = "This is not a well-formed HTTP/1.1 request: {}."


def malformed(detail: str) -> Fault:
    return Fault(400, _MALFORMED.format(detail))


def fault_of_start(received: bytes, limits: HeadLimits) -> Fault | None:
    """The fault of what has come of a head so far, complete or not; None while nothing speaks against it.

    `received` may go on behind the head. The first `most_bytes` + 4 bytes of it are enough.
    """
    end = received.find(b"\r\n\r\n")
    head = received if end < 0 else received[:end]
    if _BARE.search(head):
        return malformed("a line ends without CR LF")
    line, _, rest = head.partition(b"\r\n")
    found = None
    if len(line) < len(head) or end >= 0:
        found = _REQUEST_LINE.fullmatch(line)
        if found is None:
            return malformed("the request line is not METHOD /path HTTP/1.1")
        if not found[1].startswith(b"/") and found[1] != b"*":
            return malformed("the target is not a path")
    if len(head) > limits.most_bytes:
        return Fault(431, f"The header fields are larger than {limits.most_bytes} bytes.")
    lines = rest.split(b"\r\n") if rest else []
    if len(lines) > limits.most_fields:
        return Fault(431, f"There are more than {limits.most_fields} header fields.")
    if any(one[:1] in (b" ", b"\t") for one in lines):
        return malformed("a header field is folded over lines")
    if end < 0:
        return None
    fields = [_FIELD.fullmatch(one) for one in lines]
    if not all(fields):
        return malformed("a header field is not name: value")
    pairs = [(one[1].lower(), one[2].rstrip(b" \t")) for one in fields if one]
    return fault_of_fields("1." + found[2].decode() if found else "", pairs, limits)


def fault_of_fields(version: str, fields: Fields, limits: HeadLimits) -> Fault | None:
    """The fault of parsed header fields, whose names are in lower case. `version` as ASGI says it, such as "1.1"."""
    if version not in {"1.0", "1.1", "2", "3"}:
        return malformed("the version is neither HTTP/1.0 nor HTTP/1.1")
    if len(fields) > limits.most_fields:
        return Fault(431, f"There are more than {limits.most_fields} header fields.")
    if sum(len(name) + len(value) + 4 for name, value in fields) > limits.most_bytes:
        return Fault(431, f"The header fields are larger than {limits.most_bytes} bytes.")
    if any(b"\r" in value or b"\n" in value or b"\x00" in value for _, value in fields):
        return malformed("a header field holds a line break")
    for name in _ONCE:
        if len(_values(fields, name)) > 1:
            return malformed(f"{name.decode().title()} stands there more than once")
    hosts, lengths = _values(fields, b"host"), _values(fields, b"content-length")
    encodings = _values(fields, b"transfer-encoding")
    if not hosts or not _HOST.fullmatch(hosts[0]):
        return malformed("there is no usable Host")
    if lengths and encodings:
        return malformed("it has both Content-Length and Transfer-Encoding")
    if lengths and not _LENGTH.fullmatch(lengths[0]):
        return malformed("Content-Length is not a number")
    if encodings and (encodings[0].lower() != b"chunked" or version != "1.1"):
        return malformed("Transfer-Encoding is not chunked")
    return None


def fault_of_path(path: str) -> Fault | None:
    """The fault of a decoded path."""
    return malformed("the path holds a control character") if _CONTROL.search(path) else None


def fault_of_end(consumed: bytes, trailers: Iterable[object]) -> Fault | None:
    """The fault of the end of a chunked body. `consumed`: the raw bytes from its last chunk line to its end."""
    if any(True for _ in trailers):
        return malformed("there are fields behind the body")
    return malformed("a line of the body ends without CR LF") if _BARE.search(consumed) else None


def field(fields: Fields, name: bytes) -> bytes | None:
    """The value of the first field of this name."""
    return next((value for one, value in fields if one == name), None)


def has_body(fields: Fields) -> bool:
    """Whether a request with these fields brings a body."""
    return (
        field(fields, b"transfer-encoding") is not None or (field(fields, b"content-length") or b"0").strip(b"0") != b""
    )


def _values(fields: Fields, name: bytes) -> list[bytes]:
    return [value for one, value in fields if one == name]
