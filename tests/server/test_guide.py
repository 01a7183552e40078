"""The documentation for programs: public, in Markdown, whole, and with no link that leads nowhere."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.server.serving import Api

DOCS = Path(__file__).resolve().parents[2] / "docs"
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)\s#]+)")
PAGES = sorted(path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md"))


def text_of(api: Api, path: str, kind: str) -> str:
    answer = api.http.get(path)
    assert answer.status_code == 200, path
    assert answer.headers["content-type"] == f"{kind}; charset=utf-8"
    return answer.text


def test_the_list_has_the_form_of_llmstxt_and_leads_to_pages(api: Api):
    text = text_of(api, "/llms.txt", "text/plain")
    assert re.match(r"# slimreel\n\n> .+", text)
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == ["Docs", "Optional"]
    targets = LINK.findall(text)
    assert len(targets) > 70
    assert len(targets) == len(set(targets))
    for target in targets:
        assert text_of(api, target, "text/markdown").startswith(("# ", "<!-- "))


def test_every_page_is_there_and_its_links_lead_to_others(api: Api):
    assert len(PAGES) > 80
    for name in PAGES:
        text = text_of(api, f"/docs/guide/{name}", "text/markdown")
        for target in LINK.findall(text):
            leads_to = posixpath.normpath(posixpath.join(posixpath.dirname(name), target))
            assert leads_to in PAGES, (name, target)


def test_the_whole_text_has_the_pages(api: Api):
    text = text_of(api, "/llms-full.txt", "text/plain")
    for title in ("# Call the service", "# Run the service", "# Edit in words", "# The library", "# Errors"):
        assert f"\n{title}\n" in text


@pytest.mark.parametrize(
    "name",
    [
        "",
        "nowhere.md",
        "img/terminal.svg",
        "../README.md",
        "..%2fpyproject.toml",
        "%2e%2e/pyproject.toml",
        "/etc/passwd",
    ],
)
def test_nothing_else_is_served(api: Api, name: str):
    answer = api.http.get(f"/docs/guide/{name if '%' in name else quote(name)}")
    assert answer.status_code in (400, 401, 404)
    assert answer.json()["data"] is None


def test_head_works_and_post_does_not(api: Api):
    assert api.http.post("/llms.txt").status_code in (401, 405)
