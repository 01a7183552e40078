"""The page as files: how much of it a browser has to load first, that nothing in it is inline, that it fits the API."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

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
    assert web_schema.digest_written() == web_schema.digest_of(web_schema.document())
