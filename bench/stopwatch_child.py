"""Runs one command and writes what its whole process tree used: `python -I -S stopwatch_child.py REPORT ARGV...`.

Standard library only and a process of its own, so that neither the memory nor the time of the caller is counted.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time


def main(report: str, argv: list[str]) -> int:
    """Counts children that were waited for, and theirs; peak memory is that of the largest process."""
    start = time.monotonic()
    child = os.fork()
    if child == 0:
        try:
            os.execvp(argv[0], argv)
        except OSError as error:
            os.write(2, f"{argv[0]}: {error}\n".encode())
            os._exit(127)
    _, status = os.waitpid(child, 0)
    wall = time.monotonic() - start
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    # ru_maxrss is KiB on Linux, bytes on macOS.
    unit = 1 if sys.platform == "darwin" else 1024
    found = {
        "exit_code": os.waitstatus_to_exitcode(status),
        "cpu_s": used.ru_utime + used.ru_stime,
        "wall_s": wall,
        "peak_bytes": used.ru_maxrss * unit,
    }
    with open(report, "w", encoding="utf-8") as file:  # noqa: PTH123 - pathlib costs every start 10 ms
        json.dump(found, file)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
