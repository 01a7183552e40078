"""Encodes several chunks at once, a thread to each, and tells how far they are together.

Which tasks, in which order and what for is said elsewhere; what comes back does not depend on who was faster.
"""

from __future__ import annotations

import queue
from collections.abc import Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from slimreel.engine.chunks import ChunkDone, ChunkTask, Stopped, encode_chunk
from slimreel.engine.ffmpeg import Advance

_TICK_S = 0.5


def encode_all(tasks: Sequence[ChunkTask], folder: Path, workers: int) -> Generator[int, None, list[ChunkDone]]:
    """Encode the tasks, `workers` at a time; yields how many pictures are done so far.

    Raises what the first task to fail raised, after the others have been stopped. Closing it stops them all.
    """
    told: queue.SimpleQueue[tuple[int, int]] = queue.SimpleQueue()
    pool = _Pool(folder, told)
    frames = [0] * len(tasks)
    with ThreadPoolExecutor(max_workers=max(1, workers), thread_name_prefix="slimreel-chunk") as executor:
        futures = [executor.submit(pool.encode, number, task) for number, task in enumerate(tasks)]
        try:
            while not all(future.done() for future in futures):
                _raise_first(futures)
                try:
                    number, done = told.get(timeout=_TICK_S)
                except queue.Empty:
                    continue
                frames[number] = max(frames[number], min(done, tasks[number].frames))
                yield sum(frames)
            _raise_first(futures)
            return [future.result() for future in futures]
        finally:
            pool.stopped = True
            for future in futures:
                future.cancel()


class _Pool:
    """What the threads share."""

    def __init__(self, folder: Path, told: queue.SimpleQueue[tuple[int, int]]) -> None:
        self.stopped = False
        self._folder = folder
        self._told = told

    def encode(self, number: int, task: ChunkTask) -> ChunkDone:
        def listen(advance: Advance) -> bool:
            self._told.put((number, advance.frame))
            return not self.stopped

        if self.stopped:
            raise Stopped
        done = encode_chunk(task, self._folder, listen)
        self._told.put((number, task.frames))
        return done


def _raise_first(futures: Sequence[Future[ChunkDone]]) -> None:
    for future in futures:
        if future.done() and not future.cancelled():
            error = future.exception()
            if error is not None:
                raise error
