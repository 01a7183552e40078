"""Says in words on what the numbers were taken, and whether it is quiet enough to take any."""

from __future__ import annotations

import datetime
import os
import platform
import re
import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import imageio_ffmpeg

from bench.clips import ROOT

QUIET_LOAD = 0.7


def ffmpeg() -> str:
    """The one FFmpeg that every way is measured with: the binary slimreel itself uses."""
    return os.environ.get("SLIMREEL_FFMPEG") or str(imageio_ffmpeg.get_ffmpeg_exe())


def handbrake() -> str | None:
    """HandBrake's command line where it is installed."""
    return shutil.which("HandBrakeCLI")


def load() -> float:
    """Processes that wanted the processor, mean over the last minute."""
    return os.getloadavg()[0]


def describe() -> list[str]:
    """The machine and the programs, a phrase each; no host, user or path."""
    words = [
        f"{os.cpu_count()} cores of {_processor()}",
        f"{_memory_gib()} GiB of memory",
        _system(),
        "FFmpeg " + _first(r"version (\S+)", _output(ffmpeg(), "-version")),
        f"Python {platform.python_version()}",
        f"slimreel {metadata.version('slimreel')}" + (f" at {commit()}" if commit() else ""),
    ]
    program = handbrake()
    if program:
        words.append("HandBrake " + _first(r"HandBrake (\S+)", _output(program, "--version")))
    return words


def compile_python(python: str | Path = sys.executable) -> None:
    """Compile what a Python has installed, and slimreel, as installing does. Where no bytecode is written, every start
    compiles anew: half a second of CPU for slimreel."""
    where = "import sysconfig; print(sysconfig.get_path('purelib'))"
    packages = subprocess.run([python, "-c", where], capture_output=True, text=True, check=True).stdout.strip()
    folders = [packages, str(ROOT / "src")]
    subprocess.run([python, "-m", "compileall", "-q", "-j", "0", *folders], check=False, capture_output=True)


def today() -> str:
    """The date, UTC."""
    return datetime.datetime.now(datetime.UTC).date().isoformat()


def _processor() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return f"{platform.machine()} {platform.processor()}".strip()
    name = _first(r"model name\s*:\s*(.+)", text) or platform.machine()
    return " ".join(re.sub(r"\((R|TM)\)|\bCPU\b|@.*", "", name).split())


def _memory_gib() -> int:
    return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30)


def _system() -> str:
    try:
        return f"{platform.freedesktop_os_release()['PRETTY_NAME']}, {platform.machine()}"
    except OSError:
        return f"{platform.system()} {platform.release()}, {platform.machine()}"


def commit() -> str:
    """The short name of the commit that is measured, marked where src/ differs from it; empty outside git."""
    git = ["git", "-C", str(ROOT)]
    found = _output(*git, "rev-parse", "--short", "HEAD").strip()
    changed = _output(*git, "status", "--porcelain", "--untracked-files=no", "--", "src").strip()
    return f"{found} with changes" if found and changed else found


def _output(*argv: str) -> str:
    try:
        done = subprocess.run(argv, capture_output=True, text=True, timeout=30, check=False)
    except OSError:
        return ""
    return done.stdout + done.stderr if done.returncode == 0 else ""


def _first(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    return found[1].strip() if found else ""
