"""The workspace as people meet it: the built page, a real service, a real browser. Each part that is missing skips
what needs it, and says so."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.engine import witness
from tests.server.serving import Serving, serving
from tests.web.person import FLAGS, Person

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "src" / "slimreel" / "data" / "web"
Clip = Callable[..., Path]
Visit = Callable[..., Person]
_LONGEST_S = 600


@pytest.fixture(scope="session")
def built() -> Path:
    """The folder of the built page; it is built where it is not there, or older than its sources."""
    sources = [path for path in (ROOT / "web" / "src").rglob("*") if path.is_file()]
    page = PAGE / "index.html"
    if not page.exists() or page.stat().st_mtime < max(path.stat().st_mtime for path in sources):
        made = subprocess.run(
            [sys.executable, ROOT / "hatch_build.py"], capture_output=True, text=True, timeout=_LONGEST_S, check=False
        )
        if made.returncode:
            pytest.skip(made.stderr.strip() or "the workspace could not be built")
    return PAGE


@pytest.fixture(scope="session")
def shared_service(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    with serving(tmp_path_factory.mktemp("workspace") / "data") as found:
        yield found


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.skip("there is no chromium")
    with sync_playwright() as running:
        found = running.chromium.launch(executable_path=program, args=FLAGS)
        yield found
        found.close()


@pytest.fixture
def visit(browser: Browser, shared_service: Serving) -> Iterator[Visit]:
    """`visit()` is a person with a browser of their own at the workspace; whatever went wrong in it fails the test."""
    people: list[Person] = []

    def call(address: str = shared_service.address, **how: Any) -> Person:
        person = Person(browser.new_context(**({"locale": "en-GB"} | how)), address)
        people.append(person)
        return person

    yield call
    faults = [fault for person in people for fault in person.faults]
    for person in people:
        person.context.close()
    assert faults == []


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Clip:
    """`clip("beach.mp4", length_s=3)`: moving pictures of 320x180 with a tone; `crf` makes a file larger, `shows` is
    another source of pictures than the usual test card."""
    folder = tmp_path_factory.mktemp("clips")

    def call(name: str, length_s: int = 3, crf: int = 16, shows: str = "testsrc2=") -> Path:
        path = folder / f"{length_s}-{crf}" / name
        if not path.exists():
            path.parent.mkdir(exist_ok=True)
            witness.ffmpeg(
                *("-f", "lavfi", "-i", f"{shows}s=320x180:r=25:d={length_s}"),
                *("-f", "lavfi", "-i", f"sine=d={length_s}:b=4"),
                *("-c:v", "libx264", "-preset", "veryfast", "-crf", str(crf), "-pix_fmt", "yuv420p", "-c:a", "aac"),
                path,
            )
        return path

    return call
