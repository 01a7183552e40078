"""A seccomp filter that refuses the system calls no video program needs, on x86_64 and aarch64.

The filter is a list of classic BPF instructions over `struct seccomp_data` (linux/seccomp.h). It is a list of
refusals: ffmpeg was seen to use 37 calls, but its threads, codecs and C libraries differ by machine.
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct

TYPE_CHECKING = False  # see launch.py
if TYPE_CHECKING:
    from slimreel.engine.child import kernel
else:
    import kernel

# name: (x86_64, aarch64); None where there is no such call. asm/unistd_64.h, asm-generic/unistd.h.
REFUSED: dict[str, tuple[int | None, int | None]] = {
    # the network, and sockets of every family
    "socket": (41, 198),
    "socketpair": (53, 199),
    "connect": (42, 203),
    "bind": (49, 200),
    "listen": (50, 201),
    "accept": (43, 202),
    "accept4": (288, 242),
    "sendto": (44, 206),
    "sendmsg": (46, 211),
    "sendmmsg": (307, 269),
    "recvfrom": (45, 207),
    "recvmsg": (47, 212),
    "recvmmsg": (299, 243),
    # other processes
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "process_madvise": (440, 440),
    "kcmp": (312, 272),
    "pidfd_open": (434, 434),
    "pidfd_getfd": (438, 438),
    "pidfd_send_signal": (424, 424),
    # mounts and namespaces
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "unshare": (272, 97),
    "setns": (308, 268),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    # parts of the kernel with a long record of holes
    "keyctl": (250, 219),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "fanotify_init": (300, 262),
    # programs that are not files on disk
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "execveat": (322, 281),
    "uselib": (134, None),
    # ways round path rules
    "open_by_handle_at": (304, 265),
    "name_to_handle_at": (303, 264),
    "link": (86, None),
    "linkat": (265, 37),
    "symlink": (88, None),
    "symlinkat": (266, 36),
    "mknod": (133, None),
    "mknodat": (259, 33),
    # owners, modes and identity
    "chmod": (90, None),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
    "chown": (92, None),
    "lchown": (94, None),
    "fchown": (93, 55),
    "fchownat": (260, 54),
    "setuid": (105, 146),
    "setgid": (106, 144),
    "setreuid": (113, 145),
    "setregid": (114, 143),
    "setresuid": (117, 147),
    "setresgid": (119, 149),
    "setgroups": (116, 159),
    "setfsuid": (122, 151),
    "setfsgid": (123, 152),
    "capset": (126, 91),
    "setxattr": (188, 5),
    "lsetxattr": (189, 6),
    "fsetxattr": (190, 7),
    # the machine itself
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "reboot": (169, 142),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "acct": (163, 89),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "syslog": (103, 116),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
    "adjtimex": (159, 171),
    "clock_adjtime": (305, 266),
    "sethostname": (170, 161),
    "setdomainname": (171, 162),
    "personality": (135, 92),
    "ioperm": (173, None),
    "iopl": (172, None),
    "modify_ldt": (154, None),
    "lookup_dcookie": (212, 18),
    "vhangup": (153, 58),
}

# machine: (column above, AUDIT_ARCH_* of linux/audit.h, number of seccomp(2), of clone(2))
MACHINES = {"x86_64": (0, 0xC000003E, 317, 56), "aarch64": (1, 0xC00000B7, 277, 220)}
CLONE3 = 435
X32_BIT = 0x40000000  # x86_64's second numbering, by which every rule below could be avoided
# CLONE_NEWNS, CGROUP, UTS, IPC, USER, PID and NET of linux/sched.h
NEW_NAMESPACES = 0x00020000 | 0x02000000 | 0x04000000 | 0x08000000 | 0x10000000 | 0x20000000 | 0x40000000

# linux/bpf_common.h: load a word; jump if equal, if greater or equal, if any bit is set; return
LOAD, IF_EQUAL, IF_AT_LEAST, IF_BITS, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
NUMBER, ARCHITECTURE, FIRST_ARGUMENT = 0, 4, 16  # byte offsets in struct seccomp_data
ALLOW, KILL_PROCESS, FAIL_WITH = 0x7FFF0000, 0x80000000, 0x00050000
SET_MODE_FILTER = 1


def is_available() -> bool:
    """Whether this kernel and machine can be filtered."""
    try:
        return os.uname().machine in MACHINES and kernel.prctl(kernel.PR_GET_SECCOMP) == 0
    except OSError:
        return False


def apply() -> bool:
    """Puts the filter on this process and its children; False without one. Needs no_new_privs or root."""
    if not is_available():
        return False
    program = filter_program(os.uname().machine)
    instructions = ctypes.create_string_buffer(program, len(program))
    header = struct.pack("=H6xQ", len(program) // 8, ctypes.addressof(instructions))  # struct sock_fprog
    kernel.syscall(MACHINES[os.uname().machine][2], SET_MODE_FILTER, 0, header)
    return True


def filter_program(machine: str) -> bytes:
    """The BPF instructions for a machine, 8 bytes each."""
    column, architecture, _, clone = MACHINES[machine]
    refused = [numbers[column] for numbers in REFUSED.values()]
    numbers = [number for number in refused if number is not None]
    program = [
        _step(LOAD, ARCHITECTURE),
        _step(IF_EQUAL, architecture, yes=1),
        _step(RETURN, KILL_PROCESS),
        _step(LOAD, NUMBER),
    ]
    if machine == "x86_64":
        program += [_step(IF_AT_LEAST, X32_BIT, no=1), _step(RETURN, KILL_PROCESS)]
    # clone3 hides its flags behind a pointer; with ENOSYS the C library falls back to clone.
    program += [_step(IF_EQUAL, CLONE3, no=1), _step(RETURN, FAIL_WITH | errno.ENOSYS)]
    program += [
        _step(IF_EQUAL, clone, no=4),
        _step(LOAD, FIRST_ARGUMENT),
        _step(IF_BITS, NEW_NAMESPACES, no=1),
        _step(RETURN, FAIL_WITH | errno.EPERM),
        _step(RETURN, ALLOW),
    ]
    # Jumps are 8 bits wide: a table longer than 255 would need a second landing place.
    for index, number in enumerate(numbers):
        program.append(_step(IF_EQUAL, number, yes=len(numbers) - index))
    program += [_step(RETURN, ALLOW), _step(RETURN, FAIL_WITH | errno.EPERM)]
    return b"".join(program)


def _step(code: int, operand: int, *, yes: int = 0, no: int = 0) -> bytes:
    return struct.pack("=HBBI", code, yes, no, operand)
