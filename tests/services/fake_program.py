"""Stands in for the program of a render: it writes down that it was begun, and makes a file at once."""

from __future__ import annotations

import json
import sys
from pathlib import Path


def main() -> None:
    request = json.load(sys.stdin)
    folder = Path(request["folder"])
    made = folder / "output.gif"
    made.write_bytes(b"GIF89a" + folder.parent.name.encode())
    with (folder.parents[2] / "begun.txt").open("a") as file:
        file.write(folder.parent.name + "\n")
    one = {"path": str(made), "filename": "a.gif", "kind": "gif", "bytes": made.stat().st_size, "result": {}}
    for event in (
        {"event": "progress", "stage": "encode", "fraction": 0.5, "eta_s": 1.0},
        {"event": "files", "files": [one | {"reasons": []}], "expected_s": None},
    ):
        sys.stdout.write(json.dumps(event) + "\n")


if __name__ == "__main__":
    main()
