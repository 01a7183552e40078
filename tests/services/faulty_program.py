"""The program of a render whose encoder, disk or last step is broken in the way that its document names as "fault"."""

from __future__ import annotations

import io
import json
import os
import resource
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from slimreel.engine import job as jobs
from slimreel.engine import place
from slimreel.services import render_program

REQUEST = sys.stdin.read()
DOCUMENT = json.loads(REQUEST)["document"]
FAULT = DOCUMENT.get("fault", "")
FULL_BYTES = 10_000


def _half(content: bytes) -> bytes:
    return content[: len(content) // 2]


def _flipped(content: bytes) -> bytes:
    """Bytes of the middle third are others. A decoder lets a few pass, above all in sound."""
    first, last = len(content) // 3, 2 * len(content) // 3
    return content[:first] + bytes(byte ^ 0x5A for byte in content[first:last]) + content[last:]


def _zeroed(content: bytes) -> bytes:
    middle = len(content) // 3
    return content[:middle] + bytes(2000) + content[middle + 2000 :]


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "half": _half,
    "flipped": _flipped,
    "zeroed": _zeroed,
    "empty": lambda content: b"",
    "noise": lambda content: bytes(len(content)),
    "other": lambda content: Path(DOCUMENT["other"]).read_bytes(),
}


def _spoil(path: Path) -> None:
    if path.is_file():
        path.write_bytes(DAMAGE[FAULT.rpartition("-")[2]](path.read_bytes()))


def _broken_encoder() -> None:
    """Whatever FFmpeg has written is spoiled when it ends, and it ends well."""
    run = jobs.Job.run

    def broken(self: jobs.Job, stage: Any, *arguments: Any, **named: Any) -> Any:
        finished = yield from run(self, stage, *arguments, **named)
        if stage in ("encode", "correct", "mux"):
            _spoil(self.result)
        return finished

    jobs.Job.run = broken  # type: ignore[method-assign]  # that is the fault


def _broken_disk() -> None:
    """The file is another when it lies in its place, after the engine has checked it."""
    publish = place.publish

    def broken(made: Path, output: Path, **named: Any) -> None:
        publish(made, output, **named)
        _spoil(output)

    place.publish = broken


if __name__ == "__main__":
    sys.stdin = io.StringIO(REQUEST)
    if FAULT == "crash":
        os.kill(os.getpid(), signal.SIGSEGV)
    elif FAULT == "full":
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (FULL_BYTES, FULL_BYTES))
    elif FAULT.startswith("encoder-"):
        _broken_encoder()
    elif FAULT:
        _broken_disk()
    render_program.main()
