"""Hands the pictures of several runs, one after the other, through a pipe to the run that encodes them.

The pictures are uncompressed and their frames are counted by whoever reads; nothing is written to a disk.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from slimreel.engine import complaints, ffmpeg, sandbox
from slimreel.errors import SlimreelError

# The options and the descriptors of one run's inputs and graph, while it is open.
Opening = Callable[[], AbstractContextManager[tuple[Sequence[str], Sequence[int]]]]


class Feed(threading.Thread):
    """The runs, started one by one; what their decoders complain of is added to `heard`."""

    def __init__(
        self, openings: Sequence[Opening], pipe: int, folder: Path, policy: sandbox.Policy, heard: list[str]
    ) -> None:
        super().__init__(daemon=True)
        self.heard = heard
        self.error: SlimreelError | None = None
        self._openings = openings
        self._pipe = pipe
        self._folder = folder
        self._policy = policy
        self._running: sandbox.Process | None = None
        self._stopped = threading.Event()
        self._lock = threading.Lock()

    def run(self) -> None:
        try:
            for opening in self._openings:
                with opening() as (arguments, fds):
                    if not self._one(arguments, fds):
                        return
        except SlimreelError as error:
            self.error = error
        finally:
            os.close(self._pipe)

    def stop(self, out: int) -> None:
        """End what is running; nobody reads from `out` any more. What a run then says of a broken pipe is no error."""
        self._stopped.set()
        os.close(out)
        with self._lock:
            if self._running is not None:
                sandbox.kill(self._running)
        self.join()

    def _one(self, arguments: Sequence[str], fds: Sequence[int]) -> bool:
        with self._lock:
            if self._stopped.is_set():
                return False
            self._running = ffmpeg.start(arguments, self._folder, self._policy, fds=fds, stdout=self._pipe)
        _, said = self._running.communicate()
        lines = said.decode(errors="replace").splitlines()
        found = complaints.about_source([line for line in lines if "[error]" in line])
        self.heard += [line for line in found if line not in self.heard]
        if self._running.returncode != 0 and not self._stopped.is_set():
            self.error = ffmpeg.failure(self._running.returncode, lines[-60:], "draw", "the timeline", arguments)
            return False
        return True


@contextmanager
def feeding(openings: Sequence[Opening], folder: Path, policy: sandbox.Policy, heard: list[str]) -> Iterator[int]:
    """The descriptor that the pictures come out of. Raises what went wrong in one of the runs."""
    out, into = os.pipe()
    feed = Feed(openings, into, folder, policy, heard)
    feed.start()
    try:
        yield out
    except SlimreelError as error:
        feed.stop(out)
        raise feed.error or error from error
    except BaseException:
        feed.stop(out)
        raise
    feed.stop(out)
    if feed.error is not None:
        raise feed.error
