"""Does not end when it is asked to, and starts a program that would outlive it. It never reads what it is told."""

from __future__ import annotations

import signal
import subprocess
import sys

if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    beside = subprocess.Popen(["sleep", "600"])
    sys.stdout.write(f"{beside.pid}\n")
    sys.stdout.flush()
    sys.stderr.write("a complaint\n")
    sys.stderr.flush()
    signal.pause()
