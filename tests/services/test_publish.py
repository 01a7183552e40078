"""The way of a file into the store: whatever breaks off, it is there whole or it is made again, and never twice."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from slimreel.errors import VerificationFailed
from slimreel.services.publish import NOTE, Publisher
from tests.services.stand_ins import Store, clip


@pytest.fixture
def store(tmp_path) -> Store:
    return Store(tmp_path / "blobs")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found = tmp_path / "work"
    found.mkdir()
    (found / "output.gif").write_bytes(b"GIF89a")
    (found / "output-2.gif").write_bytes(b"GIF89a more")
    return found


def told(path: Path, **changes):
    said = {"path": str(path), "filename": path.name, "kind": "gif", "bytes": path.stat().st_size, "result": {}}
    return said | changes


def test_files_are_stored_under_keys_that_say_nothing(store, folder):
    publisher = Publisher(store)
    contents = [path.read_bytes() for path in (folder / "output.gif", folder / "output-2.gif")]
    assert not publisher.is_noted(folder)
    publisher.note(folder, [told(folder / "output.gif"), told(folder / "output-2.gif")], [{"id": "why"}], None)
    assert publisher.is_noted(folder) and not store.keys()
    stored = publisher.store(folder)
    assert stored is not None
    files, reasons = stored
    assert [(one.filename, one.media_type) for one in files] == [
        ("output.gif", "image/gif"),
        ("output-2.gif", "image/gif"),
    ]
    for one, content in zip(files, contents, strict=True):
        assert (store.root / one.blob).read_bytes() == content
        assert (one.size, one.sha256) == (len(content), hashlib.sha256(content).hexdigest())
        assert "gif" not in one.blob
    assert reasons == [{"id": "why"}]


@pytest.mark.parametrize("stored", [0, 1, 2])
def test_broken_off_anywhere_it_goes_on(store, folder, stored):
    publisher = Publisher(store)
    publisher.note(folder, [told(folder / "output.gif"), told(folder / "output-2.gif")], [], None)
    for one in json.loads((folder / NOTE).read_text())["files"][:stored]:
        store.put(one["blob"], folder / one["name"])
    first = publisher.store(folder)
    assert first is not None and first == publisher.store(folder)
    assert store.keys() == {one.blob for one in first[0]}


def test_what_is_neither_here_nor_there_is_not_published(store, folder):
    publisher = Publisher(store)
    assert publisher.store(folder) is None
    publisher.note(folder, [told(folder / "output.gif")], [], None)
    (folder / "output.gif").unlink()
    assert publisher.store(folder) is None
    (one,) = json.loads((folder / NOTE).read_text())["files"]
    (store.root / one["blob"]).parent.mkdir(parents=True)
    (store.root / one["blob"]).write_bytes(b"half")
    assert publisher.store(folder) is None


@pytest.mark.parametrize(
    ("changes", "expected_s"),
    [
        ({"bytes": 1}, None),
        ({}, 2.5),
        ({}, 1.5),
        ({"result": {"duration_s": 2.5}}, None),
        ({"result": {"duration_s": 2.0, "target": {"kind": "size", "bytes": 10}}}, 2.0),
    ],
)
def test_a_video_that_is_not_what_was_said_is_refused(store, tmp_path, changes, expected_s):
    path = clip(tmp_path, 2, "160x90")
    publisher = Publisher(store)
    good = told(path, kind="video", result={"duration_s": 2.0})
    with pytest.raises(VerificationFailed) as refused:
        publisher.note(tmp_path, [good | changes], [], expected_s)
    assert str(tmp_path) not in str(refused.value)
    assert not publisher.is_noted(tmp_path)
    publisher.note(tmp_path, [good], [], 2.0)


def test_what_is_no_video_any_more_is_our_fault(store, tmp_path):
    path = tmp_path / "output.mp4"
    path.write_bytes(bytes(1000))
    with pytest.raises(VerificationFailed):
        Publisher(store).note(tmp_path, [told(path, result={"duration_s": 2.0})], [], 2.0)
