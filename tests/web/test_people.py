"""Who may see what in the workspace: projects handed over, accounts, tokens; and whether everybody can use it."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.web.conftest import ROOT, Clip, Visit

_AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
_PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}


def test_a_project_handed_over(visit: Visit, clip: Clip) -> None:
    person, guest = visit().go(), visit()
    person.bring(clip("beach.mp4"))
    person.page.click("[data-share]")
    link = person.see("[data-shared]").input_value()
    assert "/workspace/claim?ct=clm_" in link
    guest.page.goto(link)
    expect(guest.find(".file .name")).to_have_text("beach.mp4")
    assert "clm_" not in guest.page.url
    guest.say("add the title “From a guest” at the top")
    expect(person.see("[data-segment=t1]")).to_contain_text("From a guest")
    guest.go("/settings")
    expect(guest.find("main")).to_contain_text("shared project")
    assert guest.find("#tokens-title").count() == 0
    guest.go("/workspace/claim?ct=clm_" + "x" * 43)
    expect(guest.find("h1")).to_contain_text("does not work any more")


def test_an_account_takes_the_project_along(visit: Visit, clip: Clip) -> None:
    person = visit().go()
    person.bring(clip("beach.mp4"))
    person.go("/settings")
    person.page.get_by_role("link", name="Make an account").click()
    email = f"{uuid.uuid4().hex[:10]}@example.org"
    person.page.get_by_label("E-mail").fill(email)
    person.page.get_by_label("Password").fill("short")
    person.page.locator("form button.main").click()
    person.see("[role=alert]")
    person.page.get_by_label("Password").fill("a long enough password 9")
    person.page.locator("form button.main").click()
    expect(person.find(".file .name")).to_have_text("beach.mp4")

    person.go("/settings")
    expect(person.find("main")).to_contain_text("You are signed in")
    person.page.get_by_label("Name").fill("robot")
    person.page.get_by_label("make files").uncheck()
    person.page.get_by_role("button", name="Create a token").click()
    assert person.see("[data-secret]").inner_text().startswith("nmv_usr_")
    row = person.see("[data-token=robot]")
    expect(row).to_contain_text("upload")
    expect(row).not_to_contain_text("make files")
    row.get_by_role("button").click()
    expect(person.find("[data-token=robot]")).to_have_count(0)
    expect(person.find("#credits-title")).to_be_visible()

    elsewhere = visit().go("/register#login")
    elsewhere.page.get_by_label("E-mail").fill(email)
    elsewhere.page.get_by_label("Password").fill("a long enough password 9")
    elsewhere.page.locator("form button.main").click()
    elsewhere.page.wait_for_url("**/")
    elsewhere.go("/settings")
    expect(elsewhere.find("main")).to_contain_text("You are signed in")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_use_it(visit: Visit, clip: Clip, scheme: str) -> None:
    person = visit(color_scheme=scheme, reduced_motion="reduce").go()
    person.see("h1")
    assert _serious(person.page) == []
    person.bring(clip("beach.mp4"))
    person.say("compress it to 8")
    person.see("[data-option]")
    assert _serious(person.page) == []
    for path in ("/settings", "/register"):
        person.go(path)
        person.see("h1")
        assert _serious(person.page) == []


def test_on_a_phone(visit: Visit, clip: Clip) -> None:
    person = visit(**_PHONE).go()
    person.see("h1")
    assert person.page.evaluate("document.documentElement.scrollWidth") <= 360
    person.bring(clip("beach.mp4"), clip("a-film-with-a-name-that-is-much-longer-than-the-screen-is-wide.mp4"))
    person.start("smaller")
    person.see("[data-job]")
    assert person.page.evaluate("document.documentElement.scrollWidth") <= 360
    assert _serious(person.page) == []


def test_the_keyboard_reaches_the_content_first(visit: Visit) -> None:
    person = visit().go()
    person.see("h1")
    person.page.keyboard.press("Tab")
    expect(person.find(".skip")).to_be_focused()
    person.page.keyboard.press("Enter")
    person.page.keyboard.press("Tab")
    expect(person.page.get_by_role("button", name="Choose files")).to_be_focused()


def _serious(page: Page) -> list[str]:
    """What axe-core finds that keeps people out. A page under our content policy runs it only through the debugger."""
    if not _AXE.exists():
        pytest.skip("axe-core is not installed")
    page.evaluate(Path(_AXE).read_text("utf-8") + "; void 0")
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{one['id']}: {node['html'][:120]} {node.get('failureSummary', '')[:300]}"
        for one in found["violations"]
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]
