"""tus 1.0: offsets are those of the bytes that are here, writers do not interleave, a wrong checksum adds nothing."""

from __future__ import annotations

import asyncio
import hashlib
from base64 import b64encode
from dataclasses import replace

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from slimreel.server.tus import router
from slimreel.services.clock import now
from slimreel.services.db.engine import Database, sqlite_url
from slimreel.services.db.migrate import migrate
from slimreel.settings.service import ServiceSettings
from tests.server.callers import application
from tests.services.kept import CUES, ME, STRANGER, cues, keep, project

TUS = {"Tus-Resumable": "1.0.0", "Authorization": f"Bearer {ME}"}
BYTES = {"Content-Type": "application/offset+octet-stream"}


@pytest.fixture
def kept(tmp_path):
    database = Database(sqlite_url(tmp_path), pool=20)
    migrate(database)
    yield keep(database, ServiceSettings(data=tmp_path / "data", disk_percent=100, upload_bytes=10_000), now)
    database.close()


@pytest.fixture
def session(kept):
    return project(kept.database, now)


@pytest.fixture
def app(kept):
    found = application(kept.services)
    found.include_router(router)
    return found


@pytest.fixture
def client(app):
    with TestClient(app, headers=TUS) as found:
        yield found


def created(client, session, length, filename="said.srt", **headers):
    name = b64encode(filename.encode()).decode()
    told = {"Upload-Length": str(length), "Upload-Metadata": f"filetype eA==,filename {name}"}
    return client.post(f"/api/uploads/{session}", headers=told | headers)


def patched(client, where, offset, content, **headers):
    return client.patch(where, content=content, headers=BYTES | {"Upload-Offset": str(offset)} | headers)


def test_a_file_in_pieces_becomes_one_of_the_session(client, session, kept):
    answer = created(client, session, 900, "影片.srt")
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (201, "0")
    where, content = answer.headers["Location"], cues(900)
    for at in range(0, 900, 300):
        head = client.head(where)
        assert (head.status_code, head.headers["Upload-Offset"], head.headers["Upload-Length"]) == (200, str(at), "900")
        assert head.headers["Cache-Control"] == "no-store"
        assert head.headers["Upload-Metadata"] == "filename " + b64encode("影片.srt".encode()).decode()
        assert head.headers["Upload-Expires"].endswith("GMT")
        assert client.get(where).json()["data"]["state"] == "open"
        answer = patched(client, where, at, content[at : at + 300])
        assert (answer.status_code, answer.headers["Upload-Offset"]) == (204, str(at + 300))
        assert answer.headers["Tus-Resumable"] == "1.0.0"
    (asset,) = kept.assets.of_session(session)
    assert answer.headers["Upload-Asset"] == asset.id
    assert asset.sha256 == hashlib.sha256(content).hexdigest()
    told = client.get(where).json()
    assert told["data"]["state"] == "done"
    assert (told["item"]["id"], told["item"]["filename"]) == ("a1", "影片.srt")
    assert told["item"]["url"].startswith("http://testserver/files/asset/")
    assert client.head(where).headers["Upload-Offset"] == "900"


def test_creation_may_bring_the_first_bytes_or_all(client, session, kept):
    answer = client.post(f"/api/uploads/{session}", content=CUES, headers=BYTES | {"Upload-Length": str(len(CUES))})
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (201, str(len(CUES)))
    assert answer.headers["Upload-Asset"] == kept.assets.of_session(session)[0].id
    answer = client.post(f"/api/uploads/{session}", content=CUES[:10], headers=BYTES | {"Upload-Length": "100"})
    assert client.head(answer.headers["Location"]).headers["Upload-Offset"] == "10"


def test_what_the_server_can_do_is_told_to_anybody(client, session):
    for path in (f"/api/uploads/{session}", f"/api/uploads/{session}/upl_1"):
        answer = client.options(path, headers={"Tus-Resumable": "9"})
        assert answer.status_code == 204
        assert answer.headers["Tus-Version"] == "1.0.0"
        assert set(answer.headers["Tus-Extension"].split(",")) >= {"creation", "checksum", "termination", "expiration"}
        assert answer.headers["Tus-Max-Size"] == "10000"
        assert answer.headers["Tus-Checksum-Algorithm"] == "sha1,sha256"


@pytest.mark.parametrize("version", ["", "0.2.2", "1.0", "1.0.0, 1.0.0"])
def test_another_version_is_refused(version, client, session):
    where = created(client, session, 100).headers["Location"]
    for method, path in (("POST", f"/api/uploads/{session}"), ("HEAD", where), ("PATCH", where), ("DELETE", where)):
        answer = client.request(method, path, headers={"Tus-Resumable": version})
        assert (answer.status_code, answer.headers["Tus-Version"]) == (412, "1.0.0")


@pytest.mark.parametrize("offset", [0, 9, 11, 100])
def test_bytes_go_only_to_where_it_stands(offset, client, session):
    where = created(client, session, 100).headers["Location"]
    patched(client, where, 0, b"x" * 10)
    assert patched(client, where, offset, b"y").status_code == 409
    assert client.head(where).headers["Upload-Offset"] == "10"


REFUSED = {
    "no length": ({}, 400),
    "a negative length": ({"Upload-Length": "-1"}, 400),
    "no number": ({"Upload-Length": "1e3"}, 400),
    "digits of another script": ({"Upload-Length": "٣".encode()}, 400),
    "nothing": ({"Upload-Length": "0"}, 400),
    "too large": ({"Upload-Length": "10001"}, 413),
    "far too large": ({"Upload-Length": "9" * 400}, 400),
    "a deferred length": ({"Upload-Defer-Length": "1"}, 400),
    "metadata that is no base64": ({"Upload-Length": "9", "Upload-Metadata": "filename *"}, 400),
    "metadata that is no text": ({"Upload-Length": "9", "Upload-Metadata": "filename /w=="}, 400),
    "long metadata": ({"Upload-Length": "9", "Upload-Metadata": "filename " + "YWFh" * 2000}, 400),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_creation_that_cannot_be_is_refused(name, client, session, kept):
    headers, status = REFUSED[name]
    answer = client.post(f"/api/uploads/{session}", headers=headers)
    assert (answer.status_code, answer.json()["success"]) == (status, False)
    assert kept.on_disk() == []


def test_a_patch_that_cannot_be_is_refused_and_adds_nothing(client, session):
    where = created(client, session, 100).headers["Location"]
    for content, headers, status in (
        (b"x", {"Content-Type": "text/plain", "Upload-Offset": "0"}, 415),
        (b"x", BYTES, 400),
        (b"x", BYTES | {"Upload-Offset": "x"}, 400),
        (b"x" * 101, BYTES | {"Upload-Offset": "0"}, 400),
        (b"x", BYTES | {"Upload-Offset": "0", "Upload-Checksum": "md5 x"}, 400),
        (b"x", BYTES | {"Upload-Offset": "0", "Upload-Checksum": "sha1 ?"}, 400),
    ):
        assert client.patch(where, content=content, headers=headers).status_code == status, headers
        assert client.head(where).headers["Upload-Offset"] == "0"


async def in_pieces(app, where, *pieces):
    async def body():
        for piece in pieces:
            yield piece

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test", headers=TUS) as client:
        return await patched(client, where, 0, body())


def test_more_than_was_announced_is_refused_while_it_comes(app, client, session):
    where = created(client, session, 100).headers["Location"]
    assert asyncio.run(in_pieces(app, where, b"x" * 60, b"x" * 60)).status_code == 400
    assert client.head(where).headers["Upload-Offset"] == "60"


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_a_checksum_is_held_against_what_came(algorithm, client, session):
    where = created(client, session, 100).headers["Location"]
    patched(client, where, 0, b"x" * 10)
    right = b64encode(hashlib.new(algorithm, b"y" * 50).digest()).decode()
    answer = patched(client, where, 10, b"z" * 50, **{"Upload-Checksum": f"{algorithm} {right}"})
    assert answer.status_code == 460
    assert client.head(where).headers["Upload-Offset"] == "10"
    answer = patched(client, where, 10, b"y" * 50, **{"Upload-Checksum": f"{algorithm} {right}"})
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (204, "60")


def test_an_upload_can_be_given_up(client, session, kept):
    where = created(client, session, 100).headers["Location"]
    patched(client, where, 0, b"x" * 10)
    assert client.delete(where).status_code == 204
    assert kept.on_disk() == []
    for answer in (client.head(where), patched(client, where, 10, b"x"), client.delete(where)):
        assert answer.status_code == 404


def test_an_upload_of_somebody_else_is_an_unknown_one(client, session, kept):
    where = created(client, session, 100).headers["Location"]
    project(kept.database, now, STRANGER)
    theirs = project(kept.database, now)
    other = {"Authorization": f"Bearer {STRANGER}"}
    answers = [
        client.request(method, path, headers=BYTES | {"Upload-Offset": "0"} | headers)
        for method in ("GET", "PATCH", "DELETE")
        for path, headers in (
            (where, other),
            (f"/api/uploads/{session}/upl_{'0' * 32}", {}),
            (where.replace(session, theirs), {}),
        )
    ]
    assert {(answer.status_code, answer.text) for answer in answers} == {(404, answers[0].text)}
    assert created(client, session, 100, **other).status_code == 404
    assert client.head(where).status_code == 200


def test_a_file_that_is_of_no_use_is_refused_with_its_reason(client, session, kept):
    where = created(client, session, 50, "x.mp4").headers["Location"]
    answer = patched(client, where, 0, b"x" * 50)
    assert (answer.status_code, answer.json()["code"]) == (415, 4001)
    told = client.get(where).json()["data"]
    assert (told["state"], told["problem"]["code"]) == ("refused", 4001)
    assert client.head(where).status_code == 410
    assert patched(client, where, 50, b"x").status_code == 409
    assert kept.on_disk() == []


def test_what_came_whole_before_a_crash_is_finished_when_it_is_asked_for(client, session, kept):
    where = created(client, session, len(CUES)).headers["Location"]
    upload = kept.uploads.find(where.rpartition("/")[2], ME)
    incoming = kept.uploads.open(upload)
    kept.uploads.write(upload, incoming, CUES)
    incoming.close()  # as a process does that is killed
    assert client.head(where).headers["Upload-Asset"] == kept.assets.of_session(session)[0].id


def test_a_client_that_can_only_post_may_say_what_it_means(client, session):
    where = created(client, session, 100).headers["Location"]
    told = BYTES | {"Upload-Offset": "0", "X-HTTP-Method-Override": "PATCH"}
    assert client.post(where, content=b"x" * 10, headers=told).status_code == 204
    assert client.post(where, content=b"x", headers=BYTES).status_code == 405
    assert client.post(where, headers={"X-HTTP-Method-Override": "DELETE"}).status_code == 204
    assert client.head(where).status_code == 404


async def two_at_once(app, where):
    """A PATCH that waits in the middle of its body, and a second one meanwhile; what each was answered."""
    begun, may_end = asyncio.Event(), asyncio.Event()

    async def slowly():
        yield b"x" * 30
        begun.set()
        await may_end.wait()
        yield b"x" * 20

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test", headers=TUS) as client:
        first = asyncio.create_task(patched(client, where, 0, slowly()))
        await begun.wait()
        while True:  # until the first piece is written
            head = await client.head(where)
            if head.headers["Upload-Offset"] == "30":
                break
        seconds = [await patched(client, where, offset, b"y" * 10) for offset in (0, 30)]
        seconds.append(await client.delete(where))
        may_end.set()
        answer = await first
        after = await patched(client, where, 50, b"x" * 10)
    return answer, seconds, after


def test_two_patches_do_not_interleave(app, client, session, kept):
    where = created(client, session, 100).headers["Location"]
    first, seconds, after = asyncio.run(two_at_once(app, where))
    assert (first.status_code, first.headers["Upload-Offset"]) == (204, "50")
    assert [answer.status_code for answer in seconds] == [409, 423, 423]
    assert after.headers["Upload-Offset"] == "60"
    assert (kept.uploads.folder / where.rpartition("/")[2]).read_bytes() == b"x" * 60


async def many_at_once(app, where):
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test", headers=TUS) as client:
        return await asyncio.gather(*(patched(client, where, 0, bytes([65 + number]) * 40) for number in range(20)))


def test_of_many_patches_at_once_one_counts(app, client, session, kept):
    where = created(client, session, 100).headers["Location"]
    codes = [answer.status_code for answer in asyncio.run(many_at_once(app, where))]
    assert codes.count(204) == 1 and set(codes) <= {204, 409, 423}
    content = (kept.uploads.folder / where.rpartition("/")[2]).read_bytes()
    assert len(content) == 40 and len(set(content)) == 1


async def broken_off(app, where, **headers):
    async def breaking():
        yield b"x" * 30
        raise ConnectionResetError

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test", headers=TUS) as client:
        with pytest.raises(ConnectionResetError):
            await patched(client, where, 0, breaking(), **headers)


@pytest.mark.parametrize(("checksum", "offset"), [(None, "30"), ("sha1 " + b64encode(b"x" * 20).decode(), "0")])
def test_of_a_body_that_breaks_off_what_came_is_kept_unless_a_checksum_is_owed(checksum, offset, app, client, session):
    where = created(client, session, 100).headers["Location"]
    asyncio.run(broken_off(app, where, **({"Upload-Checksum": checksum} if checksum else {})))
    assert client.head(where).headers["Upload-Offset"] == offset
    assert patched(client, where, int(offset), b"x").status_code == 204


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_order_of_calls_ends_with_the_bytes_that_were_acknowledged(data, client, session, kept):
    """A model of one upload: what it holds is what was answered with 204."""
    where, held = created(client, session, 200).headers["Location"], b""
    for _ in range(data.draw(st.integers(1, 8))):
        offset = data.draw(st.sampled_from([0, len(held), len(held) + 1]))
        piece = data.draw(st.binary(min_size=0, max_size=24))
        lie = data.draw(st.booleans())
        checksum = hashlib.sha1(piece + b"!" * lie).digest()
        headers = {"Upload-Checksum": f"sha1 {b64encode(checksum).decode()}"} if data.draw(st.booleans()) else {}
        answer = patched(client, where, offset, piece, **headers)
        wanted = 409 if offset != len(held) else 460 if headers and lie else 204
        assert answer.status_code == wanted
        if wanted == 204:
            held += piece
        assert client.head(where).headers["Upload-Offset"] == str(len(held))
    path = kept.uploads.folder / where.rpartition("/")[2]
    assert (path.read_bytes() if path.exists() else b"") == held


def test_an_account_that_is_full_is_told_so(kept, session):
    full = keep(kept.database, replace(kept.settings, account_bytes=150), now)
    app = application(full.services)
    app.include_router(router)
    with TestClient(app, headers=TUS) as client:
        assert created(client, session, 100).status_code == 201
        answer = created(client, session, 100)
        assert (answer.status_code, answer.json()["code"]) == (413, 4002)
