"""Asks a speech engine over HTTP what is said in a piece of sound. The only place of the package that uses a network.

It speaks what OpenAI's transcription API speaks, as most servers of Whisper do; it never goes where the settings do not
point: no redirect is followed and no proxy asked. What an answer means is not known here.
"""

from __future__ import annotations

import contextlib
import http.client
import secrets
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from slimreel.errors import SpeechFailed, SpeechUnreachable, UsageError
from slimreel.settings import read_settings

# A piece of five minutes gives some 100 kB, with the timing of every word 500 kB.
MOST_ANSWER_BYTES = 4_000_000
_WAITS_S = (1.0, 4.0)  # before each further try
_BUSY = {429, 500, 502, 503, 504}
_CONNECT_S, _LOOK_S = 20.0, 4.0
_TRANSCRIPTIONS, _MODELS = "/v1/audio/transcriptions", "/v1/models"


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechServer:
    """Where a speech engine is, and what it is asked for. `prefix` is the path before /v1."""

    url: str
    host: str
    port: int
    is_secure: bool
    prefix: str
    model: str
    timeout_s: float
    key: str | None = field(default=None, repr=False)


def server_of_settings() -> SpeechServer | None:
    """The engine that the settings name; None where they name none. Raises UsageError where they make no sense."""
    settings = read_settings()
    if settings.speech_url is None:
        return None
    try:
        parts = urlsplit(settings.speech_url)
        port = parts.port
    except ValueError as error:
        raise UsageError(detail=f"SLIMREEL_SPEECH_URL is no address: {error}") from error
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise UsageError(
            detail="SLIMREEL_SPEECH_URL has to be like http://localhost:8000 or https://api.example.com/v1"
        )
    if parts.username or parts.password:
        raise UsageError(detail="SLIMREEL_SPEECH_URL must not hold a password; put the key into SLIMREEL_SPEECH_KEY")
    if not all("!" <= char <= "~" for char in (settings.speech_key or "") + parts.path + parts.hostname):
        raise UsageError(
            detail="SLIMREEL_SPEECH_URL and SLIMREEL_SPEECH_KEY must be letters, digits and signs of ASCII"
        )
    is_secure = parts.scheme == "https"
    return SpeechServer(
        url=settings.speech_url,
        host=parts.hostname,
        port=port or (443 if is_secure else 80),
        is_secure=is_secure,
        prefix=parts.path.rstrip("/").removesuffix(_TRANSCRIPTIONS).removesuffix("/v1"),
        model=settings.speech_model,
        timeout_s=settings.speech_timeout_s,
        key=settings.speech_key,
    )


def transcribe(server: SpeechServer, wav: bytes, language: str) -> bytes:
    """The answer to a WAV file, in JSON as far as the engine keeps its word. `language` is a tag or "auto".

    A refused connection and a busy engine are tried again twice. Raises SpeechUnreachable, SpeechFailed.
    """
    fields = {"model": server.model, "response_format": "verbose_json"}
    if language != "auto":
        fields["language"] = language.partition("-")[0].lower()
    boundary = secrets.token_hex(16)
    body = _multipart(boundary, fields, wav)
    headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
    for wait_s in (*_WAITS_S, None):
        try:
            status, answer = _exchange(server, "POST", _TRANSCRIPTIONS, body, headers, server.timeout_s)
        except ConnectionError as error:
            if wait_s is None:
                raise SpeechUnreachable(where=server.url, detail=_words(error)) from error
        else:
            if status not in _BUSY or wait_s is None:
                return _judged(server, status, answer)
        time.sleep(wait_s)
    raise AssertionError("the last try returns or raises")


def look(server: SpeechServer) -> str | None:
    """What is wrong with the engine, found by asking for its models; None where it answers."""
    try:
        status, _ = _exchange(server, "GET", _MODELS, None, {}, _LOOK_S)
    except (SpeechUnreachable, SpeechFailed) as error:
        return str(error.fields["detail"])
    except ConnectionError as error:
        return _words(error)
    return "it refuses the key in SLIMREEL_SPEECH_KEY" if status in (401, 403) else None


def _exchange(
    server: SpeechServer, method: str, path: str, body: bytes | None, headers: dict[str, str], timeout_s: float
) -> tuple[int, bytes]:
    """One request: status and body. Raises ConnectionError where another try may help."""
    sent = {"Accept": "application/json", "User-Agent": "slimreel", "Connection": "close", **headers}
    if server.key:
        sent["Authorization"] = f"Bearer {server.key}"
    connection = _connection(server, min(timeout_s, _CONNECT_S))
    try:
        connection.connect()
        connection.sock.settimeout(timeout_s)
        with _ending(connection.sock, timeout_s) as is_late:
            try:
                with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # it may have answered before the end
                    connection.request(method, server.prefix + path, body, sent)
                with connection.getresponse() as response:
                    answer = _read(server, response)
                if is_late.is_set():  # what was read ends where the socket was shut
                    raise TimeoutError
                return response.status, answer
            except (OSError, http.client.HTTPException) as error:
                if is_late.is_set() or isinstance(error, TimeoutError):
                    detail = f"it took more than {timeout_s:g} s; SLIMREEL_SPEECH_TIMEOUT_S allows more"
                    raise SpeechUnreachable(where=server.url, detail=detail) from error
                if isinstance(error, http.client.HTTPException) and not isinstance(error, ConnectionError):
                    raise SpeechFailed(where=server.url, detail="its answer breaks off or is no HTTP") from error
                raise
    except ConnectionError:
        raise
    except OSError as error:
        raise SpeechUnreachable(where=server.url, detail=_words(error)) from error
    finally:
        connection.close()


def _connection(server: SpeechServer, timeout_s: float) -> http.client.HTTPConnection:
    if server.is_secure:
        context = ssl.create_default_context()
        return http.client.HTTPSConnection(server.host, server.port, timeout=timeout_s, context=context)
    return http.client.HTTPConnection(server.host, server.port, timeout=timeout_s)


@contextlib.contextmanager
def _ending(sock: socket.socket, after_s: float) -> Iterator[threading.Event]:
    """Shuts the socket down after so long, whatever drips out of it until then; the event says that it was."""
    is_late = threading.Event()

    def end() -> None:
        is_late.set()
        with contextlib.suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(after_s, end)
    timer.daemon = True
    timer.start()
    try:
        yield is_late
    finally:
        timer.cancel()


def _read(server: SpeechServer, response: http.client.HTTPResponse) -> bytes:
    answer = b""
    while chunk := response.read(65536):
        answer += chunk
        if len(answer) > MOST_ANSWER_BYTES:
            detail = f"its answer has more than {MOST_ANSWER_BYTES // 1_000_000} MB"
            raise SpeechFailed(where=server.url, detail=detail)
    if response.length:
        raise SpeechFailed(where=server.url, detail="its answer breaks off or is no HTTP")
    return answer


def _judged(server: SpeechServer, status: int, answer: bytes) -> bytes:
    if status == 200:
        return answer
    if 300 <= status < 400:
        detail = "it points to another address, where nothing is sent; name that one in SLIMREEL_SPEECH_URL"
    elif status in (401, 403):
        detail = "it refuses the key in SLIMREEL_SPEECH_KEY"
    elif status == 404:
        detail = f"it knows no {server.prefix}{_TRANSCRIPTIONS}, or not the model {server.model}"
    else:
        said = " ".join(answer[:300].decode(errors="replace").split())
        detail = f"it answers with status {status}{': ' if said else ''}{said}"
    raise SpeechFailed(where=server.url, detail=detail)


def _multipart(boundary: str, fields: dict[str, str], wav: bytes) -> bytes:
    """A form with a file, RFC 7578."""
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    head = 'Content-Disposition: form-data; name="file"; filename="sound.wav"\r\nContent-Type: audio/wav'
    return b"".join([*parts, f"--{boundary}\r\n{head}\r\n\r\n".encode(), wav, f"\r\n--{boundary}--\r\n".encode()])


def _words(error: OSError) -> str:
    return error.strerror or str(error) or type(error).__name__
