"""The sandbox with real children: each layer refuses what it should, and nothing else does it for it."""

from __future__ import annotations

import errno
import importlib
import os
import shutil
import signal
import struct
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from slimreel.engine import sandbox
from tests.engine.children import FFMPEG, ends_within, run, run_python

sys.path.append(str(sandbox.LAUNCHER.parent))  # where the launcher finds its own modules
seccomp = importlib.import_module("seccomp")

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the layers are Linux's")

SYSCALL = "import ctypes; libc = ctypes.CDLL(None, use_errno=True); number = ctypes.c_long\n"
CHECK = "import os\nif result < 0: raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))"


def system_call(numbers: dict[str, int], *arguments: str) -> str:
    """A program that makes one system call and ends with 1 when it is refused."""
    number = numbers.get(os.uname().machine, -1)
    return f"{SYSCALL}result = libc.syscall({', '.join([f'number({number})', *arguments])})\n{CHECK}"


# (layer, what is tried): each must end well with only that layer open, and must fail with all closed.
ATTEMPTS: dict[tuple[str, str], str] = {
    ("rlimits", "more memory"): "import mmap; mmap.mmap(-1, 512 << 20, flags=34)",
    ("rlimits", "a larger file"): "open('big', 'wb').write(bytes(2 << 20))",
    ("rlimits", "more open files"): "keep = [open('/dev/null') for _ in range(100)]",
    ("rlimits", "more processor time"): "import time\nwhile time.process_time() < 1.5: pass",
    ("landlock", "read a system file"): "open('/etc/passwd').read()",
    ("landlock", "read its own environment"): "open('/proc/self/environ').read()",
    ("landlock", "read another user's file"): "open('{outside}/secret').read()",
    ("landlock", "write beside the job"): "open('{outside}/written', 'w')",
    ("landlock", "delete beside the job"): "import os; os.remove('{outside}/secret')",
    ("landlock", "execute another program"): "import os; os.execv('/bin/true', ['true'])",
    ("landlock", "execute what it wrote"): (
        "import os; file = os.open('x', os.O_CREAT | os.O_WRONLY, 0o755)\n"
        "os.write(file, b'#!/bin/sh\\n'); os.close(file)\n"
        "os.execv('./x', ['x'])"
    ),
    ("seccomp", "a TCP socket"): "import socket; socket.socket()",
    ("seccomp", "a UDP socket"): "import socket; socket.socket(type=socket.SOCK_DGRAM)",
    ("seccomp", "a unix socket"): "import socket; socket.socketpair()",
    ("seccomp", "a program in memory"): "import os; os.memfd_create('x')",
    ("seccomp", "a symbolic link"): "import os; open('a', 'w').close(); os.link('a', 'b')",
    ("seccomp", "another mode"): "import os; open('a', 'w').close(); os.chmod('a', 0o777)",
    ("seccomp", "ptrace"): system_call({"x86_64": 101, "aarch64": 117}, "number(0)", "0", "0", "0"),
    ("seccomp", "a namespace"): system_call({"x86_64": 272, "aarch64": 97}, "number(0x10000000)"),
    ("no_new_privs", "gain privileges"): SYSCALL + "assert libc.prctl(39, 0, 0, 0, 0) == 0",
}


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """The job's folder and one beside it that holds a secret."""
    job, outside = tmp_path / "job", tmp_path / "outside"
    job.mkdir()
    outside.mkdir()
    (outside / "secret").write_text("secret")
    return job, outside


def policy_for(job: Path) -> sandbox.Policy:
    return sandbox.Policy(write=(job,), memory_bytes=384 << 20, file_bytes=1 << 20, cpu_s=1)


@pytest.mark.parametrize(("layer", "attempt"), ATTEMPTS)
def test_the_layer_refuses_and_it_alone(layer: str, attempt: str, folders: tuple[Path, Path]) -> None:
    if not getattr(sandbox.level(), layer):
        pytest.skip(f"this system has no {layer}")
    job, outside = folders
    code = ATTEMPTS[layer, attempt].replace("{outside}", str(outside))
    policy = policy_for(job) if layer == "rlimits" else sandbox.Policy(write=(job,))
    closed = run_python(code, policy)
    assert closed.code not in (0, sandbox.LAUNCH_FAILED), closed.stderr
    if os.geteuid() != 0 and layer == "no_new_privs":
        return  # without it the kernel lets nobody but root close the next layers, so the launcher stops
    opened = run_python(code, policy, without=layer)
    assert opened.code == 0, opened.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a program that changes its user")
def test_a_setuid_program_gains_nothing(folders: tuple[Path, Path]) -> None:
    job, outside = folders
    program = Path(shutil.copy("/usr/bin/id", outside / "id"))
    os.chown(program, 12345, -1)
    program.chmod(0o4755)
    policy = sandbox.Policy(write=(job,))
    assert run([program, "-u"], policy).stdout == "0\n"
    opened = run([program, "-u"], policy, without="no_new_privs").stdout
    if opened == "0\n":
        pytest.skip("the temporary folder is mounted nosuid")
    assert opened == "12345\n"


def test_root_keeps_no_power_but_to_reach_files(folders: tuple[Path, Path]) -> None:
    status = run_python(
        "print(open('/proc/self/status').read())", sandbox.Policy(read=(Path("/proc"),), write=(folders[0],))
    ).stdout
    effective = next(line for line in status.splitlines() if line.startswith("CapEff"))
    assert int(effective.split()[1], 16) & ~0b110 == 0


def test_the_job_folder_is_enough_to_work_in(folders: tuple[Path, Path]) -> None:
    code = (
        "import os, tempfile\n"
        "os.mkdir('d'); open('d/a', 'w').write('x'); os.rename('d/a', 'b')\n"
        "os.truncate('b', 0); os.remove('b')\n"
        "tempfile.TemporaryFile().close(); open('/dev/null', 'w').write('x')\n"
        "assert os.getcwd() == os.environ['HOME'] == os.environ['TMPDIR'], os.environ"
    )
    ended = run_python(code, sandbox.Policy(write=(folders[0],)))
    assert ended.code == 0, ended.stderr


def test_the_environment_is_scrubbed(folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FFREPORT", "LV2_PATH", "FREI0R_PATH", "LD_LIBRARY_PATH", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "/nowhere")
    policy = sandbox.Policy(write=(folders[0],), environment=(("FONTCONFIG_FILE", "/x"),))
    names = run_python("import os; print(*sorted(os.environ))", policy).stdout.split()
    assert names == ["FONTCONFIG_FILE", "HOME", "LC_ALL", "PATH", "TMPDIR"]


def test_installed_packages_can_be_imported(folders: tuple[Path, Path]) -> None:
    program = [sys.executable, "-I", "-c", "import av; print(av.codec.Codec('h264').name)"]
    ended = run([*program], sandbox.python_policy(sandbox.Policy(write=(folders[0],))))
    assert ended.stdout == "h264\n", ended.stderr


@pytest.mark.parametrize("encoder", ["libx264", "libx265", "libsvtav1", "libvpx-vp9"])
def test_the_encoders_work_inside(encoder: str, folders: tuple[Path, Path]) -> None:
    made = [*"-f lavfi -i testsrc2=s=320x180:d=0.2 -c:v".split(), encoder, "-movflags", "+faststart"]
    ended = run([FFMPEG, "-nostdin", "-v", "error", *made, "o.mp4"], sandbox.Policy(write=(folders[0],)))
    assert ended.code == 0, ended.stderr
    assert (folders[0] / "o.mp4").stat().st_size > 1000


def test_a_layer_that_cannot_be_closed_stops_the_start(tmp_path: Path) -> None:
    ended = run_python("pass", sandbox.Policy(read=(tmp_path / "missing",)))
    assert ended.code == sandbox.LAUNCH_FAILED
    assert "slimreel launcher: " in ended.stderr


def test_a_program_is_named_by_its_whole_path() -> None:
    with pytest.raises(ValueError, match="absolute"):
        sandbox.start(["ffmpeg"], sandbox.Policy())


def test_a_closed_pipe_ends_the_child(folders: tuple[Path, Path]) -> None:
    program: list[str | Path] = [FFMPEG, *"-v error -nostdin -f lavfi -i testsrc2 -f rawvideo pipe:1".split()]
    child = sandbox.start(program, sandbox.Policy(write=(folders[0],)), stderr=subprocess.DEVNULL)
    assert child.stdout is not None
    child.stdout.read(1000)
    child.stdout.close()
    assert child.wait(20) != 0


def test_a_child_outlives_the_thread_but_not_the_process(folders: tuple[Path, Path]) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, folders[0], Path(sandbox.__file__).parents[2]],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    assert not ends_within(child, 0.5)
    parent.kill()
    parent.communicate()
    assert ends_within(child, 10)


PARENT = """
import sys, threading, time
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from slimreel.engine import sandbox
policy = sandbox.python_policy(sandbox.Policy(write=(Path(sys.argv[1]),)))
sleep = [sys.executable, "-I", "-S", "-c", "import time; time.sleep(60)"]
def work():
    print(sandbox.start(sleep, policy).pid, flush=True)
thread = threading.Thread(target=work)
thread.start()
thread.join()
time.sleep(60)
"""


def test_kill_reaches_grandchildren_and_the_deaf(folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "GRACE_S", 0.3)
    code = (
        "import os, signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "grandchild = os.fork()\nif grandchild: print(grandchild, flush=True)\ntime.sleep(60)"
    )
    policy = sandbox.python_policy(sandbox.Policy(write=(folders[0],)))
    child = sandbox.start([sys.executable, "-I", "-S", "-c", code], policy)
    assert child.stdout is not None
    grandchild = int(child.stdout.readline())
    sandbox.kill(child)
    assert child.returncode == -signal.SIGKILL
    assert ends_within(grandchild, 10)
    sandbox.kill(child)
    child.communicate()


def test_kill_lets_ffmpeg_end_by_itself(folders: tuple[Path, Path]) -> None:
    program: list[str | Path] = [FFMPEG, *"-v error -nostdin -re -f lavfi -i testsrc2 -f null -".split()]
    child = sandbox.start(program, sandbox.Policy(write=(folders[0],)), stdout=subprocess.DEVNULL)
    time.sleep(0.5)
    sandbox.kill(child)
    assert child.returncode == 255  # what ffmpeg says after SIGTERM
    child.communicate()


@pytest.mark.parametrize(
    ("height", "threads", "measured_gib"), [(1080, 2, 1.6), (2160, 2, 2.9), (1080, 32, 3.0), (2160, 32, 8.1)]
)
def test_an_encoder_gets_more_than_it_needs(height: int, threads: int, measured_gib: float) -> None:
    assert sandbox.memory_for(height * height * 16 // 9, threads) >= 1.2 * measured_gib * sandbox.GIB


def test_the_level_is_what_bites() -> None:
    level = sandbox.level()
    assert level.sentence().startswith("full: " if level.is_full else ("partial: ", "none: "))
    for layer in ("rlimits", "landlock", "seccomp"):
        if getattr(level, layer) and (layer == "rlimits" or os.geteuid() == 0 or level.no_new_privs):
            assert not getattr(sandbox.measure_level(frozenset({layer})), layer)
    assert "all of your rights" in sandbox.Level().sentence()


@pytest.mark.parametrize("machine", sorted(seccomp.MACHINES))
def test_the_filter_answers_every_call_as_the_table_says(machine: str) -> None:
    column, architecture, _, clone = seccomp.MACHINES[machine]
    program = seccomp.filter_program(machine)
    refused = {numbers[column] for numbers in seccomp.REFUSED.values()} - {None}
    denied, missing = seccomp.FAIL_WITH | errno.EPERM, seccomp.FAIL_WITH | errno.ENOSYS
    for number in range(500):
        expected = missing if number == seccomp.CLONE3 else denied if number in refused else seccomp.ALLOW
        assert verdict(program, number, architecture) == expected, number
    assert verdict(program, clone, architecture, argument=0x10000000 | 17) == denied
    assert verdict(program, clone, architecture, argument=0x003D0F00) == seccomp.ALLOW  # a thread
    assert verdict(program, 0, architecture ^ 1) == seccomp.KILL_PROCESS
    if machine == "x86_64":
        assert verdict(program, 0x40000000 | 41, architecture) == seccomp.KILL_PROCESS


def test_the_numbers_are_this_kernels() -> None:
    header = {"x86_64": "/usr/include/x86_64-linux-gnu/asm/unistd_64.h"}.get(os.uname().machine, "")
    if not Path(header).exists():
        pytest.skip("needs the kernel's headers")
    words = [line.split() for line in Path(header).read_text(encoding="ascii").splitlines()]
    numbers = {word[1][5:]: int(word[2]) for word in words if len(word) == 3 and word[1].startswith("__NR_")}
    table = {name: x86 for name, (x86, _) in seccomp.REFUSED.items() if x86 is not None and name in numbers}
    assert table == {name: numbers[name] for name in table}


def verdict(program: bytes, number: int, architecture: int, argument: int = 0) -> int:
    """Runs the classic BPF of the filter over one system call."""
    data = struct.pack("=IIQ6Q", number, architecture, 0, argument, 0, 0, 0, 0, 0)
    at = loaded = 0
    while True:
        code, yes, no, operand = struct.unpack_from("=HBBI", program, at * 8)
        at += 1
        if code == seccomp.RETURN:
            return int(operand)
        if code == seccomp.LOAD:
            loaded = struct.unpack_from("=I", data, operand)[0]
            continue
        holds = {
            seccomp.IF_EQUAL: loaded == operand,
            seccomp.IF_AT_LEAST: loaded >= operand,
            seccomp.IF_BITS: bool(loaded & operand),
        }[code]
        at += yes if holds else no


def test_the_second_numbering_of_x86_kills(folders: tuple[Path, Path]) -> None:
    if os.uname().machine != "x86_64" or not sandbox.level().seccomp:
        pytest.skip("only x86_64 has one")
    ended = run_python(f"{SYSCALL}libc.syscall(number(0x40000000 | 39))", sandbox.Policy(write=(folders[0],)))
    assert ended.code == -signal.SIGSYS


def test_a_device_is_reached_only_by_who_may(folders: tuple[Path, Path]) -> None:
    policy = sandbox.Policy(write=(folders[0],))
    code = "print(len(open('/dev/full', 'r+b', buffering=0).read(5)))"
    if sandbox.level().landlock:
        assert "PermissionError" in run_python(code, policy).stderr
    opened = replace(policy, devices=(Path("/dev/full"),), memory_bytes=None)
    assert run_python(code, opened).stdout == "5\n"
