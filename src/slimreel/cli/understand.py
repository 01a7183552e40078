"""The verb `understand`: JSON lines on stdin, JSON lines on stdout, for programs that ask again and again."""

from __future__ import annotations

import sys


def understand() -> None:
    """Read requests as JSON lines from stdin, and write what each asks for, a line each. It starts once and streams.

    \b
    Example:
        echo '{"text": "cut the first 5 sec and put it under 12 MB"}' | slimreel understand
    A line may hold a context beside the text: clips, elements, last_ops, assets, jobs.
    """
    from slimreel.cli import terminal
    from slimreel.workbench.understand import understand_lines

    for line in understand_lines(sys.stdin):
        terminal.line(line)
