"""Closes the sandbox around itself, then becomes another program: `python -I -S launch.py OPTIONS -- ARGV`.

Standard library only and no slimreel: it runs before every child, so each import is paid on every start.
Exit code 125 and one line on stderr say that a layer which the kernel has could not be closed.
"""

from __future__ import annotations

import os
import sys

# -I leaves this folder off the path. At the end, so that no file here can hide one of the standard library.
sys.path.append(os.path.dirname(os.path.abspath(__file__)))

TYPE_CHECKING = False  # a name that type checkers know; importing typing costs every start 12 ms
if TYPE_CHECKING:
    from typing import NoReturn

    from slimreel.engine.child import kernel, landlock, seccomp
else:
    import kernel

    if sys.platform == "linux":
        import landlock
        import seccomp

LAUNCH_FAILED = 125
SIGKILL, SIGPIPE = 9, 13
# Root in a container or under sudo still needs to reach files of other owners; Landlock says which.
KEPT_CAPABILITIES = 1 << 1 | 1 << 2  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH of linux/capability.h


def main(arguments: list[str]) -> NoReturn:
    """Applies the layers in the order in which each still may, then executes ARGV."""
    split = arguments.index("--")
    options: dict[str, list[str]] = {}
    for name, value in zip(arguments[:split:2], arguments[1:split:2], strict=True):
        options.setdefault(name, []).append(value)
    argv = arguments[split + 1 :]
    without = options.get("--without", [])
    try:
        if sys.platform == "linux":
            die_with_parent(int(options["--parent"][0]))
            give_way_as_a_session()
        if "rlimits" not in without:
            limit_resources(options)
        if sys.platform == "linux":
            close_linux(argv[0], options, without)
        # Python ignores SIGPIPE and an ignored signal stays ignored: ffmpeg would not notice a closed pipe.
        # SIGXFSZ stays ignored on purpose: a write over the limit then fails with EFBIG and a sentence.
        kernel.default_signal(SIGPIPE)
        os.execv(argv[0], argv)
    except (OSError, ValueError) as error:
        sys.stderr.write(f"slimreel launcher: {error}\n")
        os._exit(LAUNCH_FAILED)


def die_with_parent(parent: int) -> None:
    """Has the kernel kill this process when the thread that started it ends; see `sandbox.start`."""
    kernel.prctl(kernel.PR_SET_PDEATHSIG, SIGKILL)
    if os.getppid() != parent:  # it died before the line above
        os._exit(LAUNCH_FAILED)


def give_way_as_a_session() -> None:
    """Makes a process that gives way do so as a session too: the kernel may weigh sessions before their processes
    (autogroup, man 7 sched), every child is a session of its own, and a new one weighs as much as any other."""
    niceness = os.nice(0)
    if niceness > 0:
        try:
            with open("/proc/self/autogroup", "w") as group:
                group.write(str(niceness))
        except OSError:
            pass  # a kernel without them


def limit_resources(options: dict[str, list[str]]) -> None:
    """Sets the hard limits; none may be raised again. Bytes, seconds and counts."""
    import resource

    wanted = [
        ("--memory", resource.RLIMIT_AS),
        ("--cpu", resource.RLIMIT_CPU),
        ("--file", resource.RLIMIT_FSIZE),
        ("--open-files", resource.RLIMIT_NOFILE),
    ]
    limits = [(which, int(options[name][0])) for name, which in wanted if name in options]
    for which, value in [*limits, (resource.RLIMIT_CORE, 0)]:
        ceiling = resource.getrlimit(which)[1]
        is_open = ceiling == resource.RLIM_INFINITY
        soft = value if is_open else min(value, ceiling)
        # SIGXCPU at the soft limit can be reported; the hard one, 2 s later, is SIGKILL.
        hard = soft + 2 if which == resource.RLIMIT_CPU and is_open else soft
        try:
            resource.setrlimit(which, (soft, hard))
        except (OSError, ValueError):
            if sys.platform == "linux":  # macOS has the name RLIMIT_AS but refuses to set it
                raise


def close_linux(program: str, options: dict[str, list[str]], without: list[str]) -> None:
    """no_new_privs, Landlock, capabilities, seccomp: each needs what the later ones take away."""
    privileges_locked = "no_new_privs" not in without
    if privileges_locked:
        kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    if "landlock" not in without:
        programs = [program, *options.get("--execute", [])]
        loaders = {loader for loader in map(landlock.loader_of, programs) if loader}
        named = [options.get(name, []) for name in ("--read", "--write", "--device")]
        landlock.apply(*named, execute=[*programs, *sorted(loaders)])
    if privileges_locked and os.geteuid() == 0:
        kernel.drop_capabilities(KEPT_CAPABILITIES)
    if "seccomp" not in without:
        seccomp.apply()


if __name__ == "__main__":
    main(sys.argv[1:])
