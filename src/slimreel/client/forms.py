"""A file as the body of a multipart form: its length known before, its bytes read while they are sent."""

from __future__ import annotations

import mimetypes
import re
import secrets
from collections.abc import AsyncIterator, Callable, Iterator

from slimreel.client.steps import Source

_PIECE_BYTES = 256 * 1024
_UNSAFE = re.compile(r'[\r\n"]')


class Form:
    """The body; `told` hears how much of it has been read, 0..1."""

    def __init__(self, source: Source, told: Callable[[float], None]) -> None:
        boundary = secrets.token_hex(16)
        kind = mimetypes.guess_type(source.name)[0] or "application/octet-stream"
        name = _UNSAFE.sub(lambda found: f"%{ord(found[0]):02X}", source.name)
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n'
        self._head = f"{head}Content-Type: {kind}\r\n\r\n".encode()
        self._tail = f"\r\n--{boundary}--\r\n".encode()
        self._source, self._told = source, told
        self.headers = {
            "Content-Type": f"multipart/form-data; boundary={boundary}",
            "Content-Length": str(len(self._head) + source.size + len(self._tail)),
        }

    def __iter__(self) -> Iterator[bytes]:
        yield self._head
        at = 0
        while at < self._source.size:
            piece = self._source.read(at, min(_PIECE_BYTES, self._source.size - at))
            yield piece
            at += len(piece)
            self._told(at / self._source.size)
        yield self._tail


class AsyncForm:
    """The same body for a loop: httpx tells the two kinds apart by what they can do."""

    def __init__(self, form: Form) -> None:
        self._form = form

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self._form:
            yield piece
