"""A multipart form: what is whole is kept, what is cut anywhere leaves nothing, and nothing piles up in memory."""

from __future__ import annotations

import asyncio
import resource
import socket
import threading
from dataclasses import replace
from urllib.parse import urlsplit

import httpx
import pytest
import uvicorn
from fastapi import Request
from fastapi.responses import JSONResponse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from slimreel.errors import SlimreelError
from slimreel.errors.service import BadRequest, FileTooLarge, UnknownSession
from slimreel.server.multipart import receive_files
from slimreel.services.clock import now
from slimreel.services.db.engine import Database, sqlite_url
from slimreel.services.db.migrate import migrate
from slimreel.services.db.models import Upload
from slimreel.services.limits import MOST_PARTS
from slimreel.settings.service import ServiceSettings
from tests.server.callers import application
from tests.services.kept import CUES, ME, cues, keep, project

BOUNDARY = "abcXYZ"
KIND = f"multipart/form-data; boundary={BOUNDARY}"


def part(content: bytes, filename: str | None = "said.srt", name: str = "files") -> bytes:
    label = "" if filename is None else f'; filename="{filename}"'
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{label}\r\n\r\n'
    return head.encode() + content + b"\r\n"


def form(*parts: bytes) -> bytes:
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


@pytest.fixture
def kept(tmp_path):
    database = Database(sqlite_url(tmp_path), pool=5)
    migrate(database)
    yield keep(database, ServiceSettings(data=tmp_path / "data", disk_percent=100), now)
    database.close()


@pytest.fixture
def session(kept):
    return project(kept.database, now)


def received(kept, session, body, *, pieces=None, kind=KIND, length=None, user=ME):
    """What receive_files makes of a body that comes in these pieces, without a server."""
    left = list(pieces if pieces is not None else [body])
    headers = [(b"content-type", kind.encode())]
    if length is not None:
        headers.append((b"content-length", str(length).encode()))

    async def receive():
        if left:
            return {"type": "http.request", "body": left.pop(0), "more_body": True}
        return {"type": "http.request", "body": b"", "more_body": False}

    class Caller:
        user_id = user

    request = Request({"type": "http", "method": "POST", "path": "/", "headers": headers, "query_string": b""}, receive)
    return asyncio.run(receive_files(request, kept.uploads, Caller(), session))


def nothing_is_left(kept):
    with kept.database.read() as transaction:
        still = transaction.scalars(select(Upload).where(Upload.asset_id.is_(None), Upload.problem.is_(None))).all()
    assert still == []
    assert kept.on_disk() == []


@pytest.mark.parametrize("name", ["files", "file", "files[]", "video", ""])
def test_any_field_with_a_file_name_is_a_file(name, kept, session):
    body = form(part(b"project", None, "task_name"), part(CUES, name=name), part(cues(90), "b.srt", name))
    found = received(kept, session, body, length=len(body))
    assert [(one.filename, one.asset.number, one.problem) for one in found] == [
        ("said.srt", 1, None),
        ("b.srt", 2, None),
    ]
    assert [b"".join(kept.storage.read(one.asset.blob)) for one in found] == [CUES, cues(90)]


def test_a_body_cut_at_any_byte_leaves_nothing(kept, session):
    """Two whole files may be in it already; the last line end alone says nothing."""
    body = form(part(CUES), part(cues(60), "b.srt"))
    for end in range(len(body) - 2):
        with pytest.raises(BadRequest):
            received(kept, session, body[:end])
        nothing_is_left(kept)
    assert kept.assets.of_session(session) == []
    assert len(received(kept, session, body[:-2])) == 2


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_pieces_of_any_size_are_the_same_body(data, kept, session):
    near = b"\r\n--abcXY\r\n--abc\r\n-\r\r\n"
    content = CUES + data.draw(st.lists(st.sampled_from([near, b"x", b"\r", b"\n"]), max_size=6).map(b"".join)) + b"\n"
    body, pieces = form(part(content)), []
    while body:
        cut = data.draw(st.integers(1, 40))
        pieces.append(body[:cut])
        body = body[cut:]
    (one,) = received(kept, session, b"", pieces=pieces)
    assert b"".join(kept.storage.read(one.asset.blob)) == content


def test_a_bad_file_among_several_spoils_none(kept, session):
    kept = keep(kept.database, replace(kept.settings, upload_bytes=200), now)
    found = received(
        kept, session, form(part(CUES), part(b"no"), part(b"y" * 300, "big.mp4"), part(cues(200), "d.srt"))
    )
    assert [one.problem and one.problem.wire_code for one in found] == [None, 4001, 4002, None]
    assert [asset.filename for asset in kept.assets.of_session(session)] == ["said.srt", "d.srt"]
    assert len(kept.on_disk()) == 2
    assert "big.mp4" in found[2].problem.sentence()


def test_a_file_without_an_end_is_not_read_for_ever(kept, session):
    kept = keep(kept.database, replace(kept.settings, upload_bytes=1000), now)
    read = []

    def endless():
        yield part(CUES)[:-2]
        while True:
            read.append(1)
            yield b"y" * 100

    class Pieces(list):
        def __init__(self):
            self.source = endless()

        def __bool__(self):
            return True

        def pop(self, at=0):
            return next(self.source)

    with pytest.raises(FileTooLarge):
        asyncio.run(_endless(kept, session, Pieces()))
    assert len(read) < 30
    nothing_is_left(kept)


async def _endless(kept, session, pieces):
    async def receive():
        return {"type": "http.request", "body": pieces.pop(), "more_body": True}

    class Caller:
        user_id = ME

    headers = [(b"content-type", KIND.encode())]
    request = Request({"type": "http", "method": "POST", "path": "/", "headers": headers, "query_string": b""}, receive)
    await receive_files(request, kept.uploads, Caller(), session)


HEAD = f"--{BOUNDARY}\r\n".encode()
MALFORMED = {
    "no boundary said": (form(part(CUES)), "multipart/form-data"),
    "boundary too long": (form(part(CUES)), "multipart/form-data; boundary=" + "x" * 71),
    "another type": (form(part(CUES)), "application/json"),
    "another boundary": (form(part(CUES)), "multipart/form-data; boundary=other"),
    "nothing": (b"", KIND),
    "no part": (form(), KIND),
    "no file": (form(part(b"x", None)), KIND),
    "an empty file name": (form(part(b"", "")), KIND),
    "a header without a colon": (HEAD + b"nothing\r\n\r\nx\r\n" + form(), KIND),
    "a long header": (HEAD + b"A: " + b"x" * 9000 + b"\r\n\r\nx\r\n" + form(), KIND),
    "many headers": (HEAD + b"A: x\r\n" * 17 + b"\r\nx\r\n" + form(), KIND),
    "many parts": (form(*[part(b"", None)] * (MOST_PARTS + 1)), KIND),
    "many files": (form(*[part(b"x")] * (MOST_PARTS + 1)), KIND),
    "a large field": (form(part(b"x" * (3 << 20), None), part(CUES)), KIND),
    "much in front": (b"\r\n" * (2 << 20) + form(part(CUES)), KIND),
    "much behind": (form(part(CUES)) + b"x" * (3 << 20), KIND),
    "line feeds alone": (form(part(CUES)).replace(b"\r\n", b"\n"), KIND),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_body_is_refused_whole(name, kept, session):
    body, kind = MALFORMED[name]
    with pytest.raises(BadRequest):
        received(kept, session, body, kind=kind)
    nothing_is_left(kept)


def test_a_session_of_somebody_else_takes_no_byte(kept, session):
    project(kept.database, now, "anon_stranger")
    with pytest.raises(UnknownSession):
        received(kept, session, form(part(CUES)), user="anon_stranger")
    nothing_is_left(kept)


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\films\\clip.mp4", "clip.mp4"),
        ("影片 1.srt", "影片 1.srt"),
        ("a%0Ab.srt", "a%0Ab.srt"),
    ],
)
def test_a_file_name_is_a_label(sent, shown, kept, session):
    (one,) = received(kept, session, form(part(CUES, sent)))
    assert one.filename == shown
    assert kept.assets.of_session(session)[0].filename == shown


@pytest.fixture
def address(kept, session):
    """A real server with one route that takes files."""
    app = application(kept.services)

    @app.post("/upload")
    async def upload(request: Request) -> JSONResponse:
        try:
            found = await receive_files(request, kept.uploads, request.scope["state"]["caller"], session)
        except SlimreelError as error:
            return JSONResponse({"message": error.sentence()}, error.http_status)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        return JSONResponse({"peak": peak, "found": [one.asset and one.asset.sha256 for one in found]})

    config = uvicorn.Config(app, port=0, log_level="critical", lifespan="off", http="h11")
    server = uvicorn.Server(config)
    with config.bind_socket() as bound:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]})
        thread.start()
        wait_until(lambda: server.started)
        yield f"http://127.0.0.1:{bound.getsockname()[1]}"
        server.should_exit = True
        thread.join()


def test_a_large_body_takes_no_memory(address, kept):
    """Nothing but zeros is refused in the end, but comes in: 10 MB, then 40. The peak is that of the whole process."""

    def body(size):
        yield part(b"")[:-2]
        for _ in range(size // (64 << 10)):
            yield bytes(64 << 10)
        yield b"\r\n" + form()

    peaks = []
    headers = {"content-type": KIND, "authorization": f"Bearer {ME}"}
    with httpx.Client(trust_env=False, timeout=60) as client:
        for size in (10 << 20, 40 << 20):
            told = client.post(f"{address}/upload", content=body(size), headers=headers)
            assert (told.status_code, told.json()["found"]) == (200, [None])
            peaks.append(told.json()["peak"])
    assert peaks[1] - peaks[0] < 20 << 20  # client and server are one process here; 40 MB would show
    nothing_is_left(kept)


def test_a_client_that_leaves_half_way_leaves_nothing(address, kept):
    where = urlsplit(address)
    body = form(part(CUES * 1000))
    fields = ("Host: x", f"Authorization: Bearer {ME}", f"Content-Type: {KIND}", f"Content-Length: {len(body)}")
    head = "\r\n".join(("POST /upload HTTP/1.1", *fields, "", ""))
    with socket.create_connection((where.hostname, where.port)) as client:
        client.sendall(head.encode() + body[:20_000])
        wait_until(lambda: any(path.startswith("incoming") for path in kept.on_disk()))
    wait_until(lambda: kept.on_disk() == [])
    nothing_is_left(kept)


def wait_until(is_so, tries=400):
    pause = threading.Event()
    for _ in range(tries):
        if is_so():
            return
        pause.wait(0.05)
    raise AssertionError("it never came to pass")
