"""The first file a child interpreter runs: it finds `av`, runs one program of this folder, and speaks JSON.

It runs as `python -I -S start.py PROGRAM AV_INIT` under the sandbox. The packages above this folder are
replaced by empty ones, so a program can import its neighbours and `av`, and nothing else of slimreel.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import sys
import types
from typing import Any


class Refusal(Exception):
    """A program's own answer that the input cannot be used. `kind` is read by engine/children.py."""

    def __init__(self, kind: str, detail: str) -> None:
        super().__init__(detail)
        self.kind = kind


def _load_av(init: str) -> None:
    """Load `av` from its file: the folder above it need not be readable, and is on no path."""
    spec = importlib.util.spec_from_file_location("av", init, submodule_search_locations=[os.path.dirname(init)])
    if spec is None or spec.loader is None:
        raise ImportError(f"no av at {init}")
    module = importlib.util.module_from_spec(spec)
    sys.modules["av"] = module
    spec.loader.exec_module(module)


def _seal_package() -> None:
    """Make slimreel and slimreel.engine empty, and slimreel.engine.child this folder."""
    for name in ("slimreel", "slimreel.engine", "slimreel.engine.child"):
        module = types.ModuleType(name)
        module.__path__ = []
        sys.modules[name] = module
    sys.modules["slimreel.engine.child"].__path__ = [os.path.dirname(os.path.abspath(__file__))]
    # The programs import Refusal from here; without this they would get a second class of that name.
    sys.modules["slimreel.engine.child.start"] = sys.modules["__main__"]


def main(program: str, av_init: str) -> None:
    """Read the request from stdin, run the program, write one JSON object to stdout."""
    request: dict[str, Any] = json.loads(sys.stdin.buffer.read())
    _seal_package()
    reply: dict[str, Any]
    try:
        if av_init:
            _load_av(av_init)
        reply = {"ok": importlib.import_module(f"slimreel.engine.child.{program}").run(request)}
    except Refusal as refusal:
        reply = {"refused": refusal.kind, "detail": str(refusal)}
    except MemoryError:
        reply = {"refused": "too_big", "detail": "it needs more memory than is allowed"}
    sys.stdout.write(json.dumps(reply))
    sys.stdout.flush()
    # Closing codecs and unloading libraries is work for nobody, and a broken file can crash it.
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
