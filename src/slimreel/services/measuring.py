"""Runs the program of a measurement and brings its answer back, an error as the error that it was.

None outlives this process, and none its time.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Mapping
from typing import Any

from slimreel import errors
from slimreel.errors import SlimreelError
from slimreel.errors import service as service_errors
from slimreel.errors.service import Unavailable
from slimreel.services.processes import Program

PROGRAM = "slimreel.services.evidence_program"
_log = logging.getLogger(__name__)


class Measuring:
    """The measurements of this process; `begun` counts them."""

    def __init__(self) -> None:
        self.begun = 0
        self._lock = threading.Lock()
        self._running: set[Program] = set()
        self._closed = False

    def measure(self, request: Mapping[str, Any], *, most_s: float) -> dict[str, Any]:
        """What the program tells. Raises what it raised, and Unavailable where it took too long or died."""
        with self._lock:
            if self._closed:
                raise Unavailable(detail="the service is about to stop", retry_after_s=5)
            program = Program(PROGRAM, request=json.dumps(request).encode())
            self._running.add(program)
            self.begun += 1
        try:
            line = program.line(most_s)
        except TimeoutError:
            raise Unavailable(detail="measuring it takes too long here", retry_after_s=60) from None
        finally:
            with self._lock:
                self._running.discard(program)
            program.kill()
        if line is None:
            _log.warning("a measurement ended without an answer: %s", program.complaints[-500:])
            raise Unavailable(detail="measuring it failed", retry_after_s=60)
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise _as_it_was(answer["error"])
        made: dict[str, Any] = answer["made"]
        return made

    def close(self) -> None:
        """Ends what runs; nothing begins any more."""
        with self._lock:
            self._closed = True
            running = list(self._running)
        for program in running:
            program.kill()


def _as_it_was(told: Mapping[str, Any]) -> SlimreelError:
    name = str(told["class"])
    known = {**vars(errors), **vars(service_errors)}
    kind: type[SlimreelError] = known.get(name, SlimreelError)
    return kind(**told["fields"])
