"""What the flows of the client ask of whoever runs them: a request, a pause, a piece of a stream, a word to the user.

A flow is a generator that yields these and is sent the answer to each; it knows no socket, no clock and no thread.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, TypeVar


class Source(Protocol):
    """A file that is sent."""

    @property
    def name(self) -> str: ...
    @property
    def size(self) -> int: ...
    @property
    def fingerprint(self) -> str:
        """The same as long as it is the same file."""

    def read(self, start: int, length: int) -> bytes: ...


class Sink(Protocol):
    """A file that is written."""

    def write(self, chunk: bytes) -> None: ...
    def restart(self) -> None:
        """Forget what was written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A call. `path` is below the server's address, or a whole address. With `form`, a file goes as multipart."""

    method: Literal["GET", "POST", "PATCH", "HEAD", "OPTIONS"]
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    json: Any = None
    content: bytes | None = None
    form: Source | None = None
    timeout_s: float = 60.0
    signed: bool = True  # with the token


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened(Request):
    """A call whose answer is read in pieces. Its body is in the response only where the status is no success."""


@dataclass(frozen=True, slots=True)
class Read:
    """The next piece of what was opened; the answer is a Piece."""


@dataclass(frozen=True, slots=True)
class Close:
    """Let go of what was opened."""


@dataclass(frozen=True, slots=True)
class Wait:
    """A pause of so many seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Tell:
    """Something that the user may want to hear of. `fraction` is 0..1; `text` is a sentence where there is one."""

    kind: Literal["connecting", "upload", "export", "download", "text", "still_working", "notice"]
    text: str = ""
    fraction: float | None = None


@dataclass(frozen=True, slots=True)
class Response:
    """An answer. `status` is 0 where there was none; `sent` says whether the call may have come through."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)  # names in lower case
    body: bytes = b""
    problem: str = ""
    sent: bool = True

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300

    def document(self) -> dict[str, Any] | None:
        """The JSON object of the body; None where it is none."""
        try:
            found = json.loads(self.body)
        except (ValueError, RecursionError):
            return None
        return found if isinstance(found, dict) else None


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a stream and when it came, by a clock that only goes on. At the end `data` is empty; `broken` says
    that it was no orderly end."""

    data: bytes
    at_s: float
    broken: bool = False


Step = Request | Read | Close | Wait | Tell
Value = TypeVar("Value")
Flow = Generator[Step, Any, Value]
Listener = Callable[[Tell], None]


def ignore(_told: Tell) -> None:
    """A listener that hears nothing."""
