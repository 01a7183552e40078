"""Takes the files of a multipart/form-data body while it is read: none of it is spooled. Knows no route.

Of a body that ends before its final boundary nothing is kept.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from anyio import CancelScope, CapacityLimiter, to_thread
from anyio.lowlevel import RunVar
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect, Request

from slimreel.errors import SlimreelError
from slimreel.errors.service import BadRequest, FileTooLarge
from slimreel.services.db.models import Asset, Upload
from slimreel.services.filenames import clean
from slimreel.services.incoming import Incoming
from slimreel.services.limits import MOST_PARTS
from slimreel.services.uploads import Uploads

_MOST_HEADERS = 16  # of one part
_HEADER_BYTES = 8192
_BESIDE_BYTES = 2 << 20  # what is no file: other fields, headers, what stands before and behind the parts
# Files being written or read must not take the threads that other calls are answered in. A limiter is of one loop.
_WRITING: RunVar[CapacityLimiter] = RunVar("writing")
_FINISHING: RunVar[CapacityLimiter] = RunVar("finishing")


class Caller(Protocol):
    """Who calls; all that is asked of it here."""

    @property
    def user_id(self) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class FileOutcome:
    """What became of one file of a body: it is in the session, or here is why not."""

    filename: str
    asset: Asset | None = None
    problem: SlimreelError | None = None


async def receive_files(request: Request, uploads: Uploads, caller: Caller, session_id: str) -> list[FileOutcome]:
    """The files of the body, in its order, each with what became of it. A bad one does not spoil the others.

    Raises BadRequest where the body is malformed, cut short or holds no file, and UnknownSession, DiskNearlyFull or
    Unavailable for all of it; then nothing of it was kept.
    """
    body = _Body(_boundary(request), uploads, caller.user_id, session_id, _length(request))
    try:
        async for chunk in request.stream():
            if chunk:
                await to_thread.run_sync(body.feed, chunk, limiter=writing())
        body.check_whole()
    except BaseException as error:
        with CancelScope(shield=True):
            await to_thread.run_sync(body.drop, error, limiter=writing())
        if isinstance(error, ClientDisconnect):
            raise BadRequest(detail="the body ended before it was whole") from error
        raise
    return await to_thread.run_sync(body.finish, limiter=finishing())


def writing() -> CapacityLimiter:
    """For threads that write what comes in."""
    return _of_this_loop(_WRITING, 8)


def finishing() -> CapacityLimiter:
    """For threads that read a file which has come whole."""
    return _of_this_loop(_FINISHING, 4)


def _of_this_loop(variable: RunVar[CapacityLimiter], threads: int) -> CapacityLimiter:
    try:
        return variable.get()
    except LookupError:
        limiter = CapacityLimiter(threads)
        variable.set(limiter)
        return limiter


@dataclass(slots=True)
class _Part:
    """One file of the body. `upload` is None once it was refused."""

    filename: str
    upload: Upload | None = None
    incoming: Incoming | None = None
    problem: SlimreelError | None = None


@dataclass(slots=True)
class _Header:
    name: bytearray = field(default_factory=bytearray)
    value: bytearray = field(default_factory=bytearray)


class _Body:
    """The body as far as it has come. Blocks while it writes, so it runs in a thread."""

    def __init__(self, boundary: bytes, uploads: Uploads, user_id: str, session_id: str, length: int | None) -> None:
        self._uploads = uploads
        self._user_id = user_id
        self._session_id = session_id
        self._length = length
        self._received = 0
        self._beside = 0
        self._skipped = 0
        self._parts = 0
        self._is_whole = False
        self._header = _Header()
        self._filename = b""
        self._files: list[_Part] = []
        self._current: _Part | None = None
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin_part,
                "on_header_begin": self._begin_header,
                "on_header_field": self._header_field,
                "on_header_value": self._header_value,
                "on_header_end": self._end_header,
                "on_headers_finished": self._begin_content,
                "on_part_data": self._content,
                "on_part_end": self._end_part,
                "on_end": self._end,
            },
            max_header_count=_MOST_HEADERS,
            max_header_size=_HEADER_BYTES,
        )

    def feed(self, chunk: bytes) -> None:
        self._received += len(chunk)
        self._beside += len(chunk)  # content of files is taken off again
        try:
            self._parser.write(chunk)
        except FormParserError as error:
            raise BadRequest(detail=f"its multipart form is malformed: {error}") from error
        if self._beside > _BESIDE_BYTES:
            raise BadRequest(detail="it holds too much that is not a file")

    def check_whole(self) -> None:
        if not self._is_whole:
            raise BadRequest(detail="the multipart form ends before its final boundary")
        if not self._files:
            raise BadRequest(detail="there is no file in it; send each as a part `files` with a filename")

    def finish(self) -> list[FileOutcome]:
        """Make the files that came files of the session."""
        try:
            return [self._finished(part) for part in self._files]
        except BaseException as error:
            self.drop(error)
            raise

    def drop(self, error: BaseException) -> None:
        """Leave nothing of what has come."""
        why = error if isinstance(error, SlimreelError) else BadRequest(detail="the body did not come whole")
        for part in self._files:
            if part.upload is not None and part.incoming is not None:
                self._uploads.drop(part.upload, part.incoming, why)

    def _finished(self, part: _Part) -> FileOutcome:
        if part.upload is None or part.incoming is None:
            return FileOutcome(filename=part.filename, problem=part.problem)
        try:
            return FileOutcome(filename=part.filename, asset=self._uploads.finish(part.upload, part.incoming))
        except SlimreelError as error:
            return FileOutcome(filename=part.filename, problem=error)

    def _begin_part(self) -> None:
        self._parts += 1
        if self._parts > MOST_PARTS:
            raise BadRequest(detail=f"it has more than {MOST_PARTS} parts")
        self._filename = b""

    def _begin_header(self) -> None:
        self._header = _Header()

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._header.name += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._header.value += data[start:end]

    def _end_header(self) -> None:
        if self._header.name.lower() == b"content-disposition":
            self._filename = parse_options_header(bytes(self._header.value))[1].get(b"filename", b"")

    def _begin_content(self) -> None:
        if not self._filename:
            return
        named = _text(self._filename)
        part = _Part(clean(named))
        self._files.append(part)
        self._current = part
        left = None if self._length is None else max(0, self._length - self._received) + self._beside
        try:
            part.upload = self._uploads.begin(self._user_id, self._session_id, named, left)
        except FileTooLarge as error:
            part.problem = error
            return
        part.incoming = self._uploads.open(part.upload)

    def _content(self, data: bytes, start: int, end: int) -> None:
        part = self._current
        if part is None:
            return
        self._beside -= end - start
        if part.upload is None or part.incoming is None:
            self._skipped += end - start
            if part.problem is not None and self._skipped > self._uploads.most_bytes:
                raise part.problem
            return
        try:
            self._uploads.write(part.upload, part.incoming, data[start:end])
        except FileTooLarge as error:
            self._uploads.drop(part.upload, part.incoming, error)
            part.upload, part.incoming, part.problem = None, None, error

    def _end_part(self) -> None:
        part, self._current = self._current, None
        if part is not None and part.upload is not None and part.incoming is not None:
            self._uploads.ended(part.upload, part.incoming)

    def _end(self) -> None:
        self._is_whole = True


def _boundary(request: Request) -> bytes:
    kind, options = parse_options_header(request.headers.get("content-type"))
    boundary = options.get(b"boundary", b"")
    if kind != b"multipart/form-data" or not 1 <= len(boundary) <= 70:
        raise BadRequest(detail="the body must be multipart/form-data with a boundary")
    return boundary


def _length(request: Request) -> int | None:
    told = request.headers.get("content-length", "")
    return int(told) if told.isascii() and told.isdecimal() else None


def _text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")
