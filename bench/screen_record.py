"""Records a real 4K screen to measure with: Chromium in a virtual display, driven by a script that scrolls, types,
moves a window and leaves the screen alone. Needs Xvfb, chromium and xdotool; knows nothing of what is measured.
"""

from __future__ import annotations

import contextlib
import html
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.clips import ROOT
from bench.machine import ffmpeg

TOOLS = ("Xvfb", "chromium", "xdotool")
WIDTH, HEIGHT, RATE = 3840, 2160, 30
SECONDS = 45
_DISPLAY = ":97"
_LINE = "def fits(plan, limit): return plan.bytes <= limit  # a line is typed while nothing else moves "


class MissingTools(RuntimeError):
    """Programs that a recording needs are not installed."""


def recording() -> Path:
    """The recording of this machine: made once, then kept in the user's cache. Raises MissingTools."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "slimreel-bench"
    kept = cache / f"screen-{WIDTH}x{HEIGHT}-{SECONDS}s.mp4"
    if not kept.exists():
        missing = [tool for tool in TOOLS if shutil.which(tool) is None]
        if missing:
            raise MissingTools(f"to record a screen install {', '.join(missing)} (Debian: apt-get install with those)")
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="slimreel-screen-", dir=cache) as folder:
            _record(Path(folder)).rename(kept)
    return kept


def _record(folder: Path) -> Path:
    """What a recorder leaves: H.264 at a quality where nothing is lost to the eye, a constant 30 pictures a second."""
    page, raw, made = folder / "page.html", folder / "raw.mkv", folder / "screen.mp4"
    page.write_text(_page(), encoding="utf-8")
    with _running(["Xvfb", _DISPLAY, "-screen", "0", f"{WIDTH}x{HEIGHT}x24", "-nocursor"]):
        time.sleep(2)
        with _browser(page, folder / "one", WIDTH, HEIGHT), _browser(page, folder / "two", 1400, 900):
            time.sleep(12)
            grab = ["-f", "x11grab", "-draw_mouse", "0", "-framerate", str(RATE), "-video_size", f"{WIDTH}x{HEIGHT}"]
            keep = ["-c:v", "libx264rgb", "-preset", "ultrafast", "-qp", "0", "-t", str(SECONDS), str(raw)]
            with _running([ffmpeg(), "-v", "error", "-y", *grab, "-i", _DISPLAY, *keep]) as grabbing:
                _perform()
                grabbing.wait(timeout=120)
    like = ["-vf", "format=yuv420p", "-c:v", "libx264", "-preset", "veryfast", "-crf", "10", "-g", str(4 * RATE)]
    command = [ffmpeg(), "-v", "error", "-y", "-i", str(raw), "-r", str(RATE), "-fps_mode", "cfr", *like, str(made)]
    subprocess.run(command, check=True)
    return made


def _perform() -> None:
    """Six seconds of nothing, a scroll, reading, typing, reading, a window that moves, and nothing again."""
    start = time.monotonic()

    def until(second: float) -> None:
        time.sleep(max(0.0, start + second - time.monotonic()))

    small, large = _windows()
    _do("windowmove", small, "2300", "1200", "windowraise", large, "windowfocus", large)
    until(6)
    _do("mousemove", "1900", "1400")
    for _ in range(50):
        _do("click", "5", "sleep", "0.08")
        if time.monotonic() - start > 13:
            break
    until(19)
    _do("mousemove", "900", "200", "click", "1")
    _do("type", "--delay", "70", _LINE)
    until(31)
    _do("windowraise", small)
    for step in range(40):
        _do("windowmove", small, str(2300 - 45 * step), str(1200 - 25 * step), "sleep", "0.1")
        if time.monotonic() - start > 38:
            break
    until(SECONDS)


def _windows() -> tuple[str, str]:
    """Ids of the small and the large browser window."""
    found = _do("search", "--onlyvisible", "--class", "chromium").split()
    widths = {
        int(_do("getwindowgeometry", "--shell", window).split("WIDTH=")[1].split()[0]): window for window in found
    }
    return widths[min(widths)], widths[max(widths)]


def _page() -> str:
    """A page of the repository's own documents and code, as a tutorial would show, with a field to type in."""
    documents = [*sorted((ROOT / "docs").glob("*.md")), *sorted((ROOT / "src/slimreel/core").glob("*.py"))]
    parts = [f"<h2>{path.name}</h2><pre>{html.escape(path.read_text(encoding='utf-8'))}</pre>" for path in documents]
    style = "body{font:28px sans-serif;margin:340px 60px;background:#fff;color:#222} pre{font:24px monospace}"
    style += "h2{background:linear-gradient(90deg,#0072b2,#cce6f4);color:#fff;padding:12px}"
    style += "textarea{position:fixed;top:60px;left:60px;width:80%;height:220px;font:36px monospace}"
    return f"<meta charset=utf-8><style>{style}</style><textarea></textarea>{''.join(parts)}"


def _browser(page: Path, profile: Path, width: int, height: int) -> contextlib.AbstractContextManager[object]:
    options = ["--no-sandbox", "--no-first-run", "--disable-gpu", "--disable-extensions", f"--user-data-dir={profile}"]
    options += [f"--window-size={width},{height}", "--window-position=0,0", f"--app=file://{page}"]
    return _running(["chromium", *options])


def _do(*words: str) -> str:
    done = subprocess.run(["xdotool", *words], env=_environment(), capture_output=True, text=True, check=False)
    return done.stdout


def _environment() -> dict[str, str]:
    return {**os.environ, "DISPLAY": _DISPLAY}


@contextlib.contextmanager
def _running(argv: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        argv,
        env=_environment(),
        start_new_session=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=30)
