"""The page as files: how much of it a browser has to load first, that nothing in it is inline, that it fits the API."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from scripts import web_schema
from tests.web.conftest import ROOT

_FIRST_LOAD_BYTES = 150_000
_COMPONENT_LINES = 250


def test_the_first_load_is_light(built: Path) -> None:
    page = (built / "index.html").read_text("utf-8")
    scripts = re.findall(r'(?:src|href)="/assets/([^"]+\.js)"', page)
    assert scripts
    assert sum(len(gzip.compress((built / "assets" / name).read_bytes())) for name in scripts) <= _FIRST_LOAD_BYTES


def test_nothing_is_inline_and_nothing_comes_from_elsewhere(built: Path) -> None:
    page = (built / "index.html").read_text("utf-8")
    assert not re.search(r"<style|style=|\son\w+=|<script(?![^>]*\ssrc=)", page)
    assert not re.search(r"https?://", page)
    for path in (built / "assets").glob("*.css"):
        assert not re.search(r"@import|url\((?!['\"]?(?:data:|/assets/))", path.read_text("utf-8")), path.name


def test_components_are_short() -> None:
    lengths = {path.name: len(path.read_text("utf-8").splitlines()) for path in (ROOT / "web/src").rglob("*.svelte")}
    assert {name: length for name, length in lengths.items() if length > _COMPONENT_LINES} == {}
    assert len(lengths) > 15


def test_text_is_never_markup() -> None:
    for path in (ROOT / "web/src").rglob("*.svelte"):
        assert not re.search(r"\{@html|innerHTML|outerHTML|insertAdjacent", path.read_text("utf-8")), path.name


def test_the_lock_file_names_no_addresses() -> None:
    lock = json.loads((ROOT / "web" / "package-lock.json").read_text("utf-8"))
    assert [name for name, package in lock["packages"].items() if "resolved" in package] == []
    assert all("integrity" in package for name, package in lock["packages"].items() if name)


def test_the_client_is_of_this_api() -> None:
    """After a change of the API: python -m scripts.web_schema."""
    with ThreadPoolExecutor(1) as apart:  # a browser of the tests before leaves its event loop running in this thread
        document = apart.submit(web_schema.document).result()
    assert web_schema.digest_written() == web_schema.digest_of(document)


def test_a_page_that_cannot_be_built_stops_no_installation(tmp_path: Path) -> None:
    """The hook warns and goes on; run as a program it fails, so that whoever builds the page hears of it."""
    web = tmp_path / "web"
    web.mkdir()
    (web / "package.json").write_text('{"name": "broken", "version": "1.0.0", "scripts": {"build": "exit 7"}}', "utf-8")
    (web / "package-lock.json").write_text('{"name": "broken", "version": "1.0.0", "lockfileVersion": 3}', "utf-8")
    (tmp_path / "hatch_build.py").write_bytes((ROOT / "hatch_build.py").read_bytes())
    script = """
import hatch_build
class App:
    def display_warning(self, text): print("warned:", text)
data = {"artifacts": []}
class Hook(hatch_build.PageHook):
    root, target_name, app = ".", "wheel", App()
Hook.initialize(object.__new__(Hook), "standard", data)
print(data)
"""
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "warned: The workspace was not built" in done.stdout and "{'artifacts': []}" in done.stdout
    told = subprocess.run([sys.executable, "hatch_build.py"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert told.returncode == 1 and "was not built" in told.stderr


@pytest.mark.parametrize("language", ["zh"])
def test_every_word_is_in_every_language(language: str) -> None:
    def keys(name: str) -> set[str]:
        return set(re.findall(r"^  (\w+):", (ROOT / f"web/src/words/{name}.ts").read_text("utf-8"), re.MULTILINE))

    assert keys(language) == keys("en") and len(keys("en")) > 100
