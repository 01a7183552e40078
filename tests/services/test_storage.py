"""Storage: one contract for the local folder and for S3, and what each does when its disk or its server fails."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from slimreel.errors.service import DiskNearlyFull, NotHere, Unavailable
from slimreel.services.storage import Storage, new_key
from slimreel.settings.service import ServiceSettings

BIG = os.urandom(9 << 20) + b"end"  # two parts of an upload to a bucket


@pytest.fixture(scope="session")
def s3_address() -> Iterator[str]:
    """The address of a server that speaks S3: `uv run --with "moto[s3]" --with flask --with flask-cors pytest …`.

    Its pins contradict those of the service, so it is in no group of dependencies.
    """
    moto = pytest.importorskip("moto.server")
    server = moto.ThreadedMotoServer(port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(s3_address: str, monkeypatch: pytest.MonkeyPatch, settings: ServiceSettings) -> ServiceSettings:
    """Settings of a service that keeps its files in an empty bucket."""
    import httpx

    name = f"bucket{os.urandom(4).hex()}"
    httpx.put(f"{s3_address}/{name}").raise_for_status()
    told = {"ENDPOINT_URL": s3_address, "ALLOW_HTTP": "true", "ACCESS_KEY_ID": "test", "SECRET_ACCESS_KEY": "test"}
    for variable, value in (told | {"REGION": "us-east-1"}).items():
        monkeypatch.setenv(f"AWS_{variable}", value)
    return replace(settings, storage_url=f"s3://{name}/of/ours")


@pytest.fixture(params=["folder", "bucket"])
def kept_in(request: pytest.FixtureRequest, settings: ServiceSettings) -> ServiceSettings:
    found: ServiceSettings = request.getfixturevalue("bucket") if request.param == "bucket" else settings
    return found


def written(folder: Path, content: bytes) -> Path:
    path = folder / f"given{os.urandom(4).hex()}"
    path.write_bytes(content)
    return path


def test_what_was_put_can_be_read_in_whole_and_in_part(kept_in, tmp_path):
    storage, key = Storage(kept_in), new_key("assets")
    path = written(tmp_path, BIG)
    storage.put(key, path)
    assert not path.exists()
    assert storage.size(key) == len(BIG)
    assert b"".join(storage.read(key)) == BIG
    assert b"".join(storage.read(key, len(BIG) - 3)) == b"end"
    assert b"".join(storage.read(key, 5, 2 << 20)) == BIG[5 : 5 + (2 << 20)]
    with storage.local(key) as local:
        assert local.read_bytes() == BIG
    assert [(blob.key, blob.size) for blob in storage.keys("assets")] == [(key, len(BIG))]
    assert abs(next(storage.keys("assets")).modified - datetime.now(UTC)) < timedelta(minutes=5)


def test_what_was_deleted_is_not_there_however_often(kept_in, tmp_path):
    storage, key = Storage(kept_in), new_key("artifacts")
    storage.put(key, written(tmp_path, b"some"))
    storage.delete(key)
    storage.delete(key)
    assert list(storage.keys("artifacts")) == []
    for look in (storage.size, lambda key: list(storage.read(key)), lambda key: storage.local(key).__enter__()):
        with pytest.raises(NotHere):
            look(key)


def test_keys_are_listed_by_their_folder(kept_in, tmp_path):
    storage = Storage(kept_in)
    wanted = {new_key("assets") for _ in range(3)}
    for key in {*wanted, new_key("artifacts")}:
        storage.put(key, written(tmp_path, b"some"))
    assert {blob.key for blob in storage.keys("assets")} == wanted
    assert list(storage.keys("nothing")) == []


def test_a_copy_goes_when_nobody_reads_it(bucket, tmp_path):
    storage, key = Storage(bucket), new_key("assets")
    storage.put(key, written(tmp_path, b"some"))
    soon = datetime.now(UTC) + timedelta(hours=1)
    with storage.local(key) as path, storage.local(key) as again:
        assert path == again
        assert storage.tidy(soon) == 0
        assert path.read_bytes() == b"some"
    assert storage.tidy(soon) == 1
    assert not path.exists()


def test_a_store_that_does_not_answer_is_a_passing_error(bucket, monkeypatch, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        address = closed.getsockname()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{address[1]}")
    storage, path = Storage(bucket), written(tmp_path, b"some")
    with pytest.raises(Unavailable):
        storage.put(new_key("assets"), path)
    assert path.read_bytes() == b"some"
    with pytest.raises(Unavailable):
        storage.size("assets/any")


def test_a_put_is_synced_before_it_has_its_name_and_its_name_after(settings, tmp_path, monkeypatch):
    storage, key = Storage(settings), new_key("assets")
    path, target, told = written(tmp_path, b"some"), settings.data / "blobs" / key, []
    real = os.fsync

    def fsync(fd):
        told.append((os.path.realpath(f"/proc/self/fd/{fd}"), target.exists()))
        real(fd)

    monkeypatch.setattr("os.fsync", fsync)
    storage.put(key, path)
    assert told == [(str(path), False), (str(target.parent), True)]


@pytest.mark.parametrize("failing", [1, 2])
def test_a_sync_that_fails_is_told(failing, settings, tmp_path, monkeypatch):
    storage, calls = Storage(settings), iter(range(1, 9))

    def fsync(fd):
        if next(calls) == failing:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", fsync)
    with pytest.raises(DiskNearlyFull):
        storage.put(new_key("assets"), written(tmp_path, b"some"))


def test_a_file_from_another_disk_is_copied(settings, tmp_path, monkeypatch):
    storage, key, path = Storage(settings), new_key("assets"), written(tmp_path, BIG)
    real = Path.rename

    def rename(self, target):
        if self == path:
            raise OSError(18, "Invalid cross-device link")
        return real(self, target)

    monkeypatch.setattr(Path, "rename", rename)
    storage.put(key, path)
    assert b"".join(storage.read(key)) == BIG
    assert not path.exists()
    assert [file for file in (settings.data / "blobs").rglob("*") if file.is_file()] == [settings.data / "blobs" / key]


def test_names_say_nothing_of_what_is_in_them():
    keys = {new_key("assets") for _ in range(1000)}
    assert len(keys) == 1000
    assert all(len(key) == len("assets/") + 32 and "." not in key for key in keys)
