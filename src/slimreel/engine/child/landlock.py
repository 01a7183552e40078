"""Landlock: which files this process and its children may open, and no TCP. Linux 5.13 and later.

Numbers are those of linux/landlock.h. Each ABI version adds rights; only those the kernel has are asked for.
"""

from __future__ import annotations

import os
import stat
import struct

TYPE_CHECKING = False  # see launch.py
if TYPE_CHECKING:
    from collections.abc import Iterable

    from slimreel.engine.child import kernel
else:
    import kernel

# The same numbers on every architecture: they were added after the tables were unified.
CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
CREATE_RULESET_VERSION = 1  # flag: answer the ABI version instead
RULE_PATH_BENEATH = 1

EXECUTE = 1 << 0
WRITE_FILE = 1 << 1
READ_FILE = 1 << 2
READ_DIR = 1 << 3
REMOVE_DIR = 1 << 4
REMOVE_FILE = 1 << 5
MAKE_CHAR = 1 << 6
MAKE_DIR = 1 << 7
MAKE_REG = 1 << 8
MAKE_SOCK = 1 << 9
MAKE_FIFO = 1 << 10
MAKE_BLOCK = 1 << 11
MAKE_SYM = 1 << 12
REFER = 1 << 13  # ABI 2: rename between folders
TRUNCATE = 1 << 14  # ABI 3
IOCTL_DEV = 1 << 15  # ABI 5

ABI_1 = (1 << 13) - 1
ON_A_FILE = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV  # the rest is for folders only
READ = READ_FILE | READ_DIR
WRITE = READ | WRITE_FILE | REMOVE_DIR | REMOVE_FILE | MAKE_DIR | MAKE_REG | REFER | TRUNCATE
DEVICE = READ | WRITE_FILE | IOCTL_DEV

NET_TCP = 0b11  # ABI 4: bind and connect
SCOPE = 0b11  # ABI 6: no abstract unix sockets and no signals to processes outside

# What every program needs before its first line: the loader's cache, shared libraries, fonts and their
# configuration, the number of processors (x265 and SVT-AV1 ask). None of it belongs to a user.
SYSTEM_READ = (
    "/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/nix/store", "/gnu/store",
    "/etc/ld.so.cache",
    "/etc/fonts", "/usr/share/fontconfig", "/var/cache/fontconfig",
    "/usr/share/fonts", "/usr/local/share/fonts",
    "/proc/cpuinfo", "/sys/devices/system/cpu", "/sys/devices/system/node",
    "/dev/urandom", "/dev/random", "/dev/zero",
)  # fmt: skip


def abi() -> int:
    """The kernel's Landlock version; 0 where it is missing, off at boot, or refused by a container."""
    try:
        return kernel.syscall(CREATE_RULESET, None, 0, CREATE_RULESET_VERSION)
    except OSError:
        return 0


def apply(read: Iterable[str], write: Iterable[str], device: Iterable[str], *, execute: Iterable[str]) -> int:
    """Closes the file system but for these paths; answers the ABI in force. Needs no_new_privs or root."""
    version = abi()
    if version == 0:
        return 0
    handled = ABI_1
    handled |= REFER if version >= 2 else 0
    handled |= TRUNCATE if version >= 3 else 0
    handled |= IOCTL_DEV if version >= 5 else 0
    attributes = struct.pack("=Q", handled)
    attributes += struct.pack("=Q", NET_TCP) if version >= 4 else b""
    attributes += struct.pack("=Q", SCOPE) if version >= 6 else b""
    ruleset = kernel.syscall(CREATE_RULESET, attributes, len(attributes), 0)
    for path in SYSTEM_READ:
        if os.path.exists(path):
            _allow(ruleset, path, READ & handled)
    _allow(ruleset, "/dev/null", (READ_FILE | WRITE_FILE | TRUNCATE) & handled)
    for path in read:
        _allow(ruleset, path, READ & handled)
    for path in write:
        _allow(ruleset, path, WRITE & handled)
    for path in device:
        _allow(ruleset, path, DEVICE & handled)
    for path in execute:
        _allow(ruleset, path, (EXECUTE | READ_FILE) & handled)
    kernel.syscall(RESTRICT_SELF, ruleset, 0)
    os.close(ruleset)
    return version


def loader_of(program: str) -> str | None:
    """The dynamic loader an ELF program names (PT_INTERP); running the program executes this file as well."""
    with open(program, "rb") as file:
        head = file.read(64)
        if head[:6] != b"\x7fELF\x02\x01":  # 64-bit, little-endian, as are all machines with a seccomp table
            return None
        table, entry_bytes, entries = struct.unpack_from("<Q14xHH", head, 32)
        file.seek(table)
        headers = file.read(entry_bytes * entries)
        for start in range(0, len(headers), entry_bytes):
            if struct.unpack_from("<I", headers, start)[0] == 3:  # PT_INTERP
                offset, size = struct.unpack_from("<Q16xQ", headers, start + 8)
                file.seek(offset)
                return file.read(size).rstrip(b"\0").decode()
    return None


def _allow(ruleset: int, path: str, rights: int) -> None:
    beneath = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        if not stat.S_ISDIR(os.fstat(beneath).st_mode):
            rights &= ON_A_FILE
        kernel.syscall(ADD_RULE, ruleset, RULE_PATH_BENEATH, struct.pack("=Qi", rights, beneath), 0)
    finally:
        os.close(beneath)
