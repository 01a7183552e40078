"""A result appears whole or not at all: checks that bite, disks that are full, folders that refuse, names in use."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from slimreel.core.events import Stage
from slimreel.engine import measured, place, render
from slimreel.engine.job import Job
from slimreel.errors import (
    DamagedInput,
    DiskFull,
    NoSuchFile,
    OutputExists,
    PermissionRefused,
    StorageError,
    UsageError,
    VerificationFailed,
)
from slimreel.workbench.compress import compress, compress_events
from tests.engine import witness
from tests.engine.conftest import Make, goal

Spoil = Callable[[bytes], bytes]


def cut(data: bytes) -> bytes:
    return data[: len(data) * 7 // 10]


def flip(data: bytes) -> bytes:
    middle = data.index(b"mdat") + len(data) // 2
    return data[:middle] + bytes(byte ^ 0xFF for byte in data[middle : middle + 400]) + data[middle + 400 :]


def remade(data: bytes, *options: str) -> bytes:
    command = [witness.FFMPEG, "-loglevel", "error", "-i", "-", *options, "-f", "matroska", "-"]
    return subprocess.run(command, input=data, capture_output=True, check=True).stdout


def half(data: bytes) -> bytes:
    """A file that is whole in itself, but of half the length."""
    return remade(data, "-t", "1", "-c", "copy")


def silent(data: bytes) -> bytes:
    return remade(data, "-an", "-c", "copy")


def small(data: bytes) -> bytes:
    return remade(data, "-s", "160x90", "-c:a", "copy")


def stretched(data: bytes) -> bytes:
    return remade(data, "-vf", "setsar=2", "-c:a", "copy")


def spoiled_runs(monkeypatch: pytest.MonkeyPatch, spoil: Spoil) -> None:
    """As if the FFmpeg that makes the file had ended well and left this."""
    run = Job.run

    def call(job: Job, stage: Stage, *arguments: Any, **limits: Any) -> Any:
        finished = yield from run(job, stage, *arguments, **limits)
        if stage in ("encode", "correct", "mux"):
            job.result.write_bytes(spoil(job.result.read_bytes()))
        return finished

    monkeypatch.setattr(Job, "run", call)


@pytest.fixture(scope="session")
def front(plain: Path, make: Make) -> Path:
    """With its index first, so that a cut file can still be opened."""
    return make("front.mp4", "-i", plain, "-c", "copy", "-movflags", "+faststart")


@pytest.mark.parametrize("spoil", [cut, flip, half, silent, small, stretched])
def test_a_spoiled_result_is_never_published(
    spoil: Spoil, front: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoiled_runs(monkeypatch, spoil)
    # Half a file that is whole in itself is what a source gives that stops halfway, so that is what is said.
    with pytest.raises(DamagedInput if spoil is half else VerificationFailed):
        compress(front, goal(), tmp_path / "out.mp4")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("spoil", [cut, flip, half])
def test_a_spoiled_copy_is_never_published(
    spoil: Spoil, front: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoiled_runs(monkeypatch, spoil)
    with pytest.raises(VerificationFailed):
        compress(front, goal(reencode=False), tmp_path / "out.mov")
    assert list(tmp_path.iterdir()) == []


def test_a_file_above_the_size_asked_is_never_published(
    front: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit = front.stat().st_size * 3 // 4
    make_it = render._make

    def call(job: Job, *arguments: Any) -> Any:
        yield from make_it(job, *arguments)
        with job.result.open("ab") as file:
            file.write(limit.to_bytes(4, "big") + b"free" + bytes(limit - 8))
        return measured.measure(job.result)

    monkeypatch.setattr(render, "_make", call)
    with pytest.raises(VerificationFailed, match="exceed"):
        compress(front, goal(target_size_bytes=limit), tmp_path / "out.mp4")
    assert list(tmp_path.iterdir()) == []


def test_an_output_that_exists_is_kept(plain: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.mp4"
    out.write_text("precious")
    with pytest.raises(OutputExists, match="--overwrite"):
        compress(plain, goal(), out)
    assert out.read_text() == "precious"
    compress(plain, goal(), out, overwrite=True)
    assert [path.name for path in tmp_path.iterdir()] == ["out.mp4"]
    witness.decodes(out)


def test_an_output_that_appears_meanwhile_is_kept(plain: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.mp4"
    events = compress_events(plain, goal(), out)
    next(events)
    next(event for event in events if getattr(event, "stage", "") == "encode")
    out.write_text("precious")
    with pytest.raises(OutputExists):
        list(events)
    assert out.read_text() == "precious"
    assert [path.name for path in tmp_path.iterdir()] == ["out.mp4"]


def test_the_input_is_never_replaced(plain: Path, tmp_path: Path) -> None:
    source = tmp_path / "in.mp4"
    source.write_bytes(plain.read_bytes())
    (tmp_path / "link.mp4").hardlink_to(source)
    (tmp_path / "soft.mp4").symlink_to(source)
    for name in ("in.mp4", "link.mp4", "soft.mp4"):
        with pytest.raises(UsageError, match="replace the input"):
            compress(source, goal(), tmp_path / name, overwrite=True)
    assert source.read_bytes() == plain.read_bytes()


def test_inputs_that_are_not_there(plain: Path, tmp_path: Path) -> None:
    with pytest.raises(NoSuchFile):
        compress(tmp_path / "none.mp4", goal(), tmp_path / "out.mp4")
    (tmp_path / "folder.mp4").mkdir()
    with pytest.raises(UsageError, match="folder"):
        compress(plain, goal(), tmp_path / "folder.mp4", overwrite=True)


@contextlib.contextmanager
def as_nobody() -> Iterator[None]:
    """Root may write everywhere, so it must be nobody for a while."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_folder_that_may_not_be_written(tmp_path: Path) -> None:
    folder = tmp_path / "locked"
    folder.mkdir()
    folder.chmod(0o555)
    with as_nobody(), pytest.raises(PermissionRefused, match="-o"), place.working_folder(folder / "out.mp4"):
        pytest.fail("it was written")
    assert list(folder.iterdir()) == []


def test_a_folder_that_is_a_file(plain: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("a file")
    with pytest.raises(StorageError):
        compress(plain, goal(), tmp_path / "file" / "out.mp4")


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 KiB; skipped where none can be mounted."""
    folder = tmp_path / "disk"
    folder.mkdir()
    options = ["-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)]
    if os.name != "posix" or os.geteuid() != 0 or subprocess.run(["mount", *options], check=False).returncode:
        pytest.skip("no small disk can be mounted here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.parametrize("way", [{"crf": 1, "reencode": True}, {"reencode": False}, {"target_size_bytes": 90_000_000}])
@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_a_full_disk_is_told(way: dict[str, object], suffix: str, front: Path, tiny_disk: Path) -> None:
    with pytest.raises(DiskFull):
        compress(front, goal(**way), tiny_disk / f"out{suffix}")
    assert list(tiny_disk.iterdir()) == []


def test_leaving_early_leaves_nothing(plain: Path, tmp_path: Path) -> None:
    events = compress_events(plain, goal(), tmp_path / "out.mp4")
    for event in events:
        if getattr(event, "stage", "") == "encode":
            break
    assert list(tmp_path.iterdir())
    events.close()
    assert list(tmp_path.iterdir()) == []
