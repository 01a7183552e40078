"""The addresses of the workspace: public, cached as they may be, and helpful where the page was not built."""

from __future__ import annotations

from pathlib import Path

import pytest

from slimreel.server import web
from tests.server.serving import Api

PAGES = ("/", "/workspace", "/workspace/claim?ct=clm_x", "/register?bind=anon_x", "/settings")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(web, "_folder", lambda: tmp_path)
    return tmp_path


@pytest.mark.parametrize("path", PAGES)
def test_every_address_answers_with_the_page(api: Api, folder: Path, path: str) -> None:
    (folder / "index.html").write_text("<!doctype html><title>built</title>", "utf-8")
    answer = api.http.get(path)
    assert answer.status_code == 200 and "built" in answer.text
    assert answer.headers["cache-control"] == "no-cache"
    policy = answer.headers["content-security-policy"]
    for part in ("default-src 'self'", "script-src 'self'", "object-src 'none'", "base-uri 'none'",
                 "frame-ancestors 'none'"):  # fmt: skip
        assert part in policy
    assert "unsafe" not in policy and "set-cookie" not in answer.headers


def test_a_page_that_was_not_built_says_how_to(api: Api, folder: Path) -> None:
    answer = api.http.get("/")
    assert answer.status_code == 200 and "npm run build" in answer.text


def test_files_of_the_page_are_kept_for_ever(api: Api, folder: Path) -> None:
    (folder / "assets").mkdir()
    (folder / "assets" / "index-Ab_12-x.js").write_text("1", "utf-8")
    answer = api.http.get("/assets/index-Ab_12-x.js")
    assert answer.text == "1" and answer.headers["content-type"].startswith("text/javascript")
    assert "immutable" in answer.headers["cache-control"]


@pytest.mark.parametrize(
    "name",
    ["none.js", "..%2findex.html", "%2e%2e/index.html", "index.html", "..%5cindex.html", ".js", "a/../b.js", "x.py"],
)
def test_there_is_no_way_to_another_file(api: Api, folder: Path, name: str) -> None:
    (folder / "assets").mkdir()
    (folder / "index.html").write_text("secret", "utf-8")
    (folder / "assets" / "x.py").write_text("secret", "utf-8")
    answer = api.http.get(f"/assets/{name}")
    assert answer.status_code in (400, 401, 404) and "secret" not in answer.text


def test_other_paths_are_no_page(api: Api) -> None:
    assert api.http.get("/workspace/other").status_code in (401, 404)
    assert api.http.post("/").status_code in (401, 405)
