"""Tries what the sandbox should refuse, from inside, and prints a JSON object of what was refused.

    selftest.py MEMORY_BYTES FILE_OUTSIDE FOLDER_OUTSIDE PROGRAM

Standard library only. It believes attempts, not settings.
"""

from __future__ import annotations

import json
import os
import socket
import sys

sys.path.append(os.path.dirname(os.path.abspath(__file__)))

TYPE_CHECKING = False  # see launch.py
if TYPE_CHECKING:
    from collections.abc import Callable

    from slimreel.engine.child import kernel, landlock
elif sys.platform == "linux":
    import kernel
    import landlock


def main(memory_bytes: int, file_outside: str, folder_outside: str, program: str) -> None:
    """One key for each attempt: true when it was refused. `landlock_abi` is the kernel's version."""
    report: dict[str, bool | int] = {
        "memory": is_refused(lambda: allocate(memory_bytes)),
        "read": is_refused(lambda: open(file_outside, "rb").close()),
        "write": is_refused(lambda: open(os.path.join(folder_outside, "written"), "wb").close()),
        "execute": is_refused(lambda: execute(program)),
        "socket": is_refused(lambda: socket.socket(socket.AF_UNIX).close()),
        "no_new_privs": False,
        "landlock_abi": 0,
    }
    if sys.platform == "linux":
        report["no_new_privs"] = kernel.prctl(kernel.PR_GET_NO_NEW_PRIVS) == 1
        report["landlock_abi"] = landlock.abi()
    print(json.dumps(report))


def is_refused(attempt: Callable[[], None]) -> bool:
    """Whether the attempt ended in an error of the system."""
    try:
        attempt()
    except (OSError, MemoryError):
        return True
    return False


def allocate(memory_bytes: int) -> None:
    """Asks for this much address space; the pages are never touched."""
    import mmap

    mmap.mmap(-1, memory_bytes, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS).close()


def execute(program: str) -> None:
    """Runs a program in a child of its own; OSError when it may not be executed."""
    _, status = os.waitpid(os.posix_spawn(program, [program], {}), 0)
    if os.waitstatus_to_exitcode(status) == 127:  # how posix_spawn of some C libraries reports a failed exec
        raise PermissionError(program)


if __name__ == "__main__":
    main(int(sys.argv[1]), *sys.argv[2:5])
