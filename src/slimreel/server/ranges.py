"""Sends a kept file, whole or one range of it (RFC 9110 §14), in pieces as they are read. Knows no rights."""

from __future__ import annotations

import re
from typing import Protocol

from fastapi.responses import Response, StreamingResponse

from slimreel.services.filenames import content_disposition
from slimreel.services.storage import Storage

_RANGE = re.compile(r"\s*bytes\s*=\s*(\d{0,18})\s*-\s*(\d{0,18})\s*$")


class Kept(Protocol):
    """What is known of a file that is kept."""

    @property
    def blob(self) -> str: ...
    @property
    def size(self) -> int: ...
    @property
    def sha256(self) -> str: ...
    @property
    def filename(self) -> str: ...


def file_response(
    storage: Storage, kept: Kept, wanted: str | None, *, media_type: str | None = None, attachment: bool = True
) -> Response:
    """The file, or the one range that is wanted; 416 where it lies outside. Several ranges are answered whole."""
    kind = media_type or getattr(kept, "media_type", None) or "application/octet-stream"
    headers = {
        "Accept-Ranges": "bytes",
        "ETag": f'"{kept.sha256}"',
        "Content-Disposition": content_disposition(kept.filename, attachment=attachment),
        "Content-Security-Policy": "sandbox",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, max-age=3600",
    }
    found = range_of(wanted, kept.size) if wanted else (0, kept.size)
    if found is None:
        return Response(status_code=416, headers={"Content-Range": f"bytes */{kept.size}", "Accept-Ranges": "bytes"})
    start, end = found
    headers["Content-Length"] = str(end - start)
    partial = wanted is not None and _RANGE.match(wanted) is not None
    if partial:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{kept.size}"
    content = storage.read(kept.blob, start, end - start)
    return StreamingResponse(content, 206 if partial else 200, headers=headers, media_type=kind)


def range_of(text: str, size: int) -> tuple[int, int] | None:
    """The first byte and the one behind the last; the whole where it is no single range of bytes; None outside."""
    found = _RANGE.match(text)
    if found is None or not (found[1] or found[2]):
        return 0, size
    if not found[1]:
        last = int(found[2])
        return (max(0, size - last), size) if last and size else None
    start = int(found[1])
    end = min(int(found[2]) + 1, size) if found[2] else size
    return (start, end) if start < size and start < end else None
