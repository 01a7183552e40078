"""Starts every child process, limited by a launcher to what its policy names. Knows no ffmpeg option.

The layers, each skipped where the system lacks it: resource limits (any Unix), no_new_privs, Landlock
(files, TCP) and seccomp (system calls) on Linux. `level()` tries them out and says which really bite.
"""

from __future__ import annotations

import contextlib
import functools
import json
import os
import signal
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from slimreel.errors import EngineError

GIB = 1024**3
LAUNCHER = Path(__file__).with_name("child") / "launch.py"
LAUNCH_FAILED = 125  # exit code of a child whose launcher could not close a layer that the kernel has
SELFTEST_S = 20  # it takes 0.1 s
OTHER_PROGRAMS = ("/bin/true", "/usr/bin/true", "/bin/sh")
GRACE_S = 3.0  # between SIGTERM and SIGKILL: ffmpeg needs under 1 s to write a trailer

Process = subprocess.Popen[bytes]
Stream = int | IO[bytes] | None


@dataclass(frozen=True, slots=True)
class Policy:
    """What one child may do. Paths must exist; nothing that is not named can be opened.

    Inputs need no entry in `read` when they are passed as open file descriptors.
    """

    read: tuple[Path, ...] = ()  # files and folders
    write: tuple[Path, ...] = ()  # folders; the first is the job's: working folder, HOME and TMPDIR
    execute: tuple[Path, ...] = ()  # programs besides the one started
    devices: tuple[Path, ...] = ()  # device files it may read, write and control: those of an encoder in hardware
    memory_bytes: int | None = 3 * GIB  # address space; enough for decoding, and see `memory_for`
    cpu_s: int | None = None
    file_bytes: int | None = None  # the largest file it may write
    open_files: int = 64
    environment: tuple[tuple[str, str], ...] = ()  # added to the scrubbed one, such as FONTCONFIG_FILE


def start(
    argv: Sequence[str | Path],
    policy: Policy,
    *,
    pass_fds: Sequence[int] = (),
    stdin: Stream = subprocess.DEVNULL,
    stdout: Stream = subprocess.PIPE,
    stderr: Stream = subprocess.PIPE,
    cwd: Path | None = None,
    _without: frozenset[str] = frozenset(),
) -> Process:
    """Starts `argv` (its program as an absolute path) in a process group of its own, inside the sandbox.

    It dies with this process. `_without` names layers to leave open and exists for the tests of the others.
    """
    command = [str(item) for item in argv]
    if not Path(command[0]).is_absolute():
        raise ValueError(f"the program must be an absolute path: {command[0]}")
    job_folder = policy.write[0] if policy.write else None
    launched = [*launcher_command(policy, _without), *command] if os.name == "posix" else command
    return _from_one_thread(
        lambda: subprocess.Popen(
            launched,
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            env=environment(policy),
            cwd=cwd or job_folder,
            pass_fds=tuple(pass_fds),
            start_new_session=True,
        )
    )


def memory_for(pixels: int, threads: int) -> int:
    """Address space that an encoder needs for a picture of so many pixels; a fifth more than measured.

    Measured peaks in GiB, 1080p and 4K: 2 threads x264 0.9 and 1.5, SVT-AV1 1.6 and 2.9; all threads
    x264 2.1 and 4.2, x265 1.9 and 2.9, SVT-AV1 (its highest level of parallelism) 3.0 and 8.1.
    """
    bytes_a_pixel = 256 if threads <= 2 else 1024
    return 2 * GIB + pixels * bytes_a_pixel


def launcher_command(policy: Policy, without: frozenset[str] = frozenset()) -> list[str]:
    """The command line that closes the sandbox of `policy` around whatever is appended to it."""
    options = {
        "--parent": os.getpid(),
        "--memory": policy.memory_bytes,
        "--cpu": policy.cpu_s,
        "--file": policy.file_bytes,
        "--open-files": policy.open_files,
    }
    named = [("--read", policy.read), ("--write", policy.write), ("--execute", policy.execute)]
    named.append(("--device", policy.devices))
    words = [(name, str(value)) for name, value in options.items() if value is not None]
    words += [(name, str(path.absolute())) for name, paths in named for path in paths]
    words += [("--without", layer) for layer in sorted(without)]
    return [sys.executable, "-I", "-S", str(LAUNCHER), *(word for pair in words for word in pair), "--"]


def environment(policy: Policy) -> dict[str, str]:
    """All of a child's environment: FFREPORT, LV2_PATH, LD_PRELOAD and their like stay outside."""
    folder = str(policy.write[0].absolute()) if policy.write else "/"
    scrubbed = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "HOME": folder, "TMPDIR": folder}
    if sys.platform == "win32":
        scrubbed = {"SYSTEMROOT": r"C:\Windows", "TEMP": folder, "TMP": folder}
    return scrubbed | dict(policy.environment)


def python_policy(policy: Policy) -> Policy:
    """The same policy for a child that is Python, `[sys.executable, "-I", program]`, and imports packages.

    Adds read rights on the standard library, on site-packages (av lives there) and on the programs of
    `engine/child`; a virtual environment's python is a link, so the file behind it is what may be executed.
    """
    places = {sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    places |= {entry for entry in sys.path if entry.endswith(("site-packages", "dist-packages"))}
    places |= {str(LAUNCHER.parent), str(Path(sys.prefix) / "pyvenv.cfg")}
    library_folder = sysconfig.get_config_var("LIBDIR")  # where a shared libpython is
    places |= {library_folder} if sysconfig.get_config_var("Py_ENABLE_SHARED") and library_folder else set()
    found = tuple(path for path in map(Path, sorted(places)) if path.exists())
    return replace(policy, read=(*policy.read, *found), execute=(*policy.execute, Path(sys.executable).resolve()))


def kill(process: Process) -> None:
    """Ends a child and all that it started: SIGTERM to the group, 3 s, SIGKILL."""
    if process.poll() is not None:
        return
    if os.name != "posix":
        process.kill()
        process.wait()
        return
    _signal_group(process, signal.SIGTERM)
    give_up = time.monotonic() + GRACE_S
    # WNOWAIT leaves the zombie, so that its group's number cannot be another's when SIGKILL follows.
    while time.monotonic() < give_up and process.returncode is None:
        with contextlib.suppress(ChildProcessError):
            if os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is not None:
                break
        time.sleep(0.01)
    if process.returncode is None:
        _signal_group(process, signal.SIGKILL)
    process.wait()


def cpu_ticks(pid: int) -> int:
    """User and system time of a process in clock ticks; 0 where /proc is not there."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return int(fields[11]) + int(fields[12])
    except (OSError, IndexError, ValueError):
        return 0


@dataclass(frozen=True, slots=True)
class Level:
    """Which layers were seen to refuse something on this machine."""

    rlimits: bool = False
    no_new_privs: bool = False
    landlock: int = 0  # the kernel's ABI version; 0 where files and programs are not guarded
    seccomp: bool = False

    @property
    def is_full(self) -> bool:
        return self.rlimits and self.no_new_privs and self.landlock > 0 and self.seccomp

    def sentence(self) -> str:
        """The level in plain words, for `doctor` and for one line on stderr."""
        layers = (
            (self.rlimits, "memory and time are limited"),
            (self.landlock > 0, "only the job's own files can be opened"),
            (self.seccomp, "the network and dangerous system calls are refused"),
            (self.no_new_privs, "no privileges can be gained"),
        )
        held = [words for holds, words in layers if holds]
        missing = [words for holds, words in layers if not holds]
        if not missing:
            return f"full: {', '.join(held)} (Landlock ABI {self.landlock})"
        if not held:
            return "none: FFmpeg runs with all of your rights on this system, so open only videos you trust"
        return f"partial: {', '.join(held)}; not on this system: {', '.join(missing)}"


def looks_full() -> bool:
    """Does the kernel offer every layer? A look of a millisecond; `level` proves it."""
    if not sys.platform.startswith("linux"):
        return False
    import ctypes

    libc = ctypes.CDLL(None)
    libc.syscall.restype = ctypes.c_long
    # landlock_create_ruleset(NULL, 0, LANDLOCK_CREATE_RULESET_VERSION), linux/landlock.h
    abi = libc.syscall(ctypes.c_long(444), None, ctypes.c_size_t(0), ctypes.c_uint32(1))
    return abi > 0 and "\nSeccomp:" in Path("/proc/self/status").read_text()


@functools.cache
def level() -> Level:
    """Runs the self-test in the sandbox, once a process, about 0.1 s; nothing else here needs its answer."""
    return measure_level()


def measure_level(_without: frozenset[str] = frozenset()) -> Level:
    """What `level` answers, not remembered."""
    if os.name != "posix":
        return Level()
    with tempfile.TemporaryDirectory(prefix="slimreel-selftest-") as folder:
        job, outside = Path(folder, "job"), Path(folder, "outside")
        job.mkdir()
        outside.mkdir()
        (outside / "secret").write_bytes(b"secret")
        policy = python_policy(Policy(write=(job,), memory_bytes=GIB // 2))
        program = next(path for path in OTHER_PROGRAMS if Path(path).exists())
        child = start(
            [sys.executable, "-I", "-S", LAUNCHER.with_name("selftest.py"), str(policy.memory_bytes),
             outside / "secret", outside, program],
            policy,
            _without=_without,
        )  # fmt: skip
        try:
            answer, complaint = child.communicate(timeout=SELFTEST_S)
        except subprocess.TimeoutExpired:
            kill(child)
            return Level()
    if child.returncode != 0:
        detail = complaint.decode(errors="replace").strip()[-500:]
        raise EngineError(path="the sandbox's self-test", detail=detail)
    refused = json.loads(answer)
    files_guarded = refused["read"] and refused["write"] and refused["execute"]
    return Level(
        rlimits=refused["memory"],
        no_new_privs=refused["no_new_privs"],
        landlock=refused["landlock_abi"] if files_guarded else 0,
        seccomp=refused["socket"],
    )


def _signal_group(process: Process, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):  # the latter: macOS, of a zombie
        os.killpg(process.pid, number)


# Linux kills a child by PR_SET_PDEATHSIG when the *thread* that forked it ends, not the process. A render
# may be started from a short-lived worker thread, so every fork is done by one thread that lives as long as
# this process does. After a fork of our own that thread is gone: the new process makes another.
@functools.cache
def _forking_thread() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="slimreel-start")


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forking_thread.cache_clear)


def _from_one_thread(open_child: Callable[[], Process]) -> Process:
    future = _forking_thread().submit(open_child)
    try:
        return future.result()
    except KeyboardInterrupt:  # the child may be there, and nobody else will ever hold it
        future.add_done_callback(_kill_orphan)
        raise


def _kill_orphan(future: Future[Process]) -> None:
    if future.exception() is None:
        kill(future.result())
