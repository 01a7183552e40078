"""The C library's doors to the kernel, with errors as exceptions. Knows no policy.

Standard library only: the launcher imports this before the sandbox is closed.
"""

from __future__ import annotations

import ctypes
import os
import struct

PR_SET_PDEATHSIG = 1  # linux/prctl.h
PR_GET_SECCOMP = 21
PR_SET_NO_NEW_PRIVS = 38
PR_GET_NO_NEW_PRIVS = 39

_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long


def syscall(number: int, *arguments: int | bytes | None) -> int:
    """The result of a system call by number; OSError when the kernel refuses."""
    # ctypes passes a bare int as 32 bits; the kernel reads the whole 64-bit register.
    converted = [ctypes.c_long(item) if isinstance(item, int) else item for item in arguments]
    return _checked(_libc.syscall(ctypes.c_long(number), *converted), f"system call {number}")


def prctl(option: int, value: int = 0) -> int:
    """The result of prctl(2) with one argument; OSError when the kernel refuses."""
    return _checked(_libc.prctl(option, ctypes.c_ulong(value), 0, 0, 0), f"prctl {option}")


def default_signal(number: int) -> None:
    """Gives a signal its default action; `import signal` would cost the launcher 5 ms."""
    _libc.signal(number, None)


def drop_capabilities(keep: int) -> None:
    """Takes root's powers from this process but for those in `keep`, a mask over linux/capability.h.

    With no_new_privs, execve cannot bring them back.
    """
    header = struct.pack("=Ii", 0x20080522, 0)  # _LINUX_CAPABILITY_VERSION_3, this process
    held = ctypes.create_string_buffer(24)  # effective, permitted, inheritable; then their high words
    _checked(_libc.capget(header, held), "capget")
    kept = keep & struct.unpack_from("=3I", held.raw)[1]  # a container may have taken some already
    _checked(_libc.capset(header, struct.pack("=6I", kept, kept, 0, 0, 0, 0)), "capset")


def _checked(result: int, what: str) -> int:
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{what}: {os.strerror(code)}")
    return result
