"""What the workspace outlives: a page loaded anew, a slow network, a second tab, a service that was gone."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.server.serving import begin
from tests.web.conftest import Clip, Visit
from tests.web.person import Person

_SLOW = {"offline": False, "latency": 60, "downloadThroughput": 2_000_000, "uploadThroughput": 300_000}
_MOBILE = {"offline": False, "latency": 300, "downloadThroughput": 60_000, "uploadThroughput": 40_000}
_FAST = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}

# Notes how often leave was asked, and what was told; the browser's own notification appears all the same.
_NOTICES = """
window.asked = 0;
window.told = [];
const Real = window.Notification;
window.Notification = class extends Real {
  constructor(title, how) { super(title, how); window.told.push(how.body); }
  static requestPermission() { window.asked += 1; return Real.requestPermission(); }
};
"""
# Keeps back one answer on the state, once asked to, until it is released; counts those that came through.
_HELD = """
window.hold = false;
window.came = 0;
const real = window.fetch;
window.fetch = async (...call) => {
  const isState = String(call[0].url ?? call[0]).includes("/latest");
  const isHeld = window.hold && isState;
  if (isHeld) window.hold = false;
  const answer = await real(...call);
  if (isHeld) await new Promise((done) => (window.release = done));
  if (isState) window.came += 1;
  return answer;
};
"""
_LATER = (
    "(value) => new Promise((done) => { const look = () => value() ? done(value()) : setTimeout(look, 50); look(); })"
)
_ASKED, _TOLD = f"({_LATER})(() => asked)", f"({_LATER})(() => told.length ? told : null)"


def _network(person: Person, how: Mapping[str, object]) -> None:
    person.context.new_cdp_session(person.page).send("Network.emulateNetworkConditions", dict(how))


@pytest.mark.slow
def test_an_upload_goes_on_after_the_page_was_loaded_anew(visit: Visit, clip: Clip) -> None:
    person = visit().go()
    large = clip("large.mp4", 12, 0)
    assert large.stat().st_size > 1_500_000
    _network(person, _SLOW)
    person.page.locator("[data-files]").set_input_files(large)
    expect(person.find(".upload")).to_contain_text("/s")
    person.page.reload()
    _network(person, _FAST)
    expect(person.find(".file .name")).to_have_text("large.mp4")
    begun = [url for method, url in person.requests if method == "POST" and "/api/uploads/" in url]
    assert len(begun) == 1, "it went on and was not begun again"
    expect(person.find(".upload")).to_have_count(0)


@pytest.mark.slow
def test_everything_on_a_slow_network(visit: Visit, clip: Clip) -> None:
    """The page stays usable while a file goes up: it tells how far it is, answers, and takes what is typed."""
    person = visit(accept_downloads=True)
    _network(person, _MOBILE)
    person.go()
    person.page.locator("[data-files]").set_input_files(clip("beach.mp4", 3, 4))
    upload = person.see(".upload")
    expect(upload).to_contain_text("/s")
    person.page.get_by_role("button", name="中文").click()
    expect(upload).to_contain_text("还剩")
    person.page.get_by_role("button", name="English").click()
    person.page.get_by_role("button", name="From a link").click()
    person.page.keyboard.type("https://example.org")
    expect(person.page.get_by_label("Address of a video")).to_have_value("https://example.org")
    shown = upload.get_by_role("progressbar")
    assert 0 <= int(shown.get_attribute("aria-valuenow") or -1) < 100

    person.see("[data-start]")
    person.page.click("[data-preset=smaller]")
    person.page.click("[data-start]")
    row = person.see("[data-job]")
    person.say("add the title “Hello” at the top")
    expect(person.see("[data-segment=t1]")).to_contain_text("Hello")
    person.done()
    with person.page.expect_download() as download:
        row.locator("[data-download]").first.click()
    assert download.value.path().stat().st_size > 1000


@pytest.mark.slow
@pytest.mark.parametrize("leaving", ["reloaded", "closed"])
def test_a_render_goes_on_without_a_page(visit: Visit, clip: Clip, leaving: str) -> None:
    person = visit(accept_downloads=True).go()
    person.bring(clip("beach.mp4"))
    person.start("smaller")
    name = person.see("[data-job][data-status=processing]").get_attribute("data-job")
    if leaving == "reloaded":
        person.page.reload()
    else:
        person.page.close()
        person.page = person.context.new_page()
        person.go()
    person.see(f"[data-job={name}]")
    row = person.done()
    assert row.get_attribute("data-job") == name and person.find("[data-job]").count() == 1
    with person.page.expect_download() as download:
        row.locator("[data-download]").first.click()
    assert download.value.path().stat().st_size > 1000


@pytest.mark.slow
def test_somebody_who_looks_elsewhere_is_told(visit: Visit, clip: Clip) -> None:
    """Only with leave, which only a click asks for; and only while the page is not seen."""
    person = visit()
    person.context.add_init_script(_NOTICES)
    person.go()
    person.bring(clip("long.mp4", 12))
    person.start("discord")
    person.done()
    assert person.page.evaluate("[asked, told]") == [0, []], "nobody was asked, and nobody told"

    person.start("same")
    person.page.get_by_role("button", name="Tell me when it is done").click()
    assert person.page.evaluate(_ASKED) == 1
    person.context.grant_permissions(["notifications"])
    person.page.click("[data-cancel]")
    person.see("[data-status=cancelled]")
    person.start("discord")
    expect(person.find("[data-status=completed]")).to_have_count(2)
    assert person.page.evaluate("told") == [], "the page was seen"

    person.page.evaluate("Object.defineProperty(document, 'hidden', {get: () => true})")
    person.start("discord")
    expect(person.find("[data-status=completed]")).to_have_count(3)
    name = person.see("[data-status=completed] .name").inner_text()
    assert person.page.evaluate(_TOLD) == [f"{name} is ready"]


def test_two_tabs_show_the_same(visit: Visit, clip: Clip) -> None:
    person = visit().go()
    person.bring(clip("beach.mp4"))
    other = person.context.new_page()
    other.goto(person.address)
    other.locator("[data-start]").wait_for()
    person.say("add the title “Hello” at the top")
    expect(other.locator("[data-segment=t1]")).to_contain_text("Hello")
    expect(other.locator(".turn .mine")).to_contain_text("add the title")
    other.locator("[data-undo]").click()
    expect(person.find("[data-segment=t1]")).to_have_count(0)


def test_an_answer_that_was_overtaken_changes_nothing(visit: Visit, clip: Clip) -> None:
    person = visit()
    person.context.add_init_script(_HELD)
    person.go()
    person.bring(clip("beach.mp4"))
    person.say("add the title “Hello” at the top")
    person.see("[data-segment=t1]")
    person.page.evaluate("hold = true")
    person.page.click("[data-undo]")
    person.page.evaluate(f"({_LATER})(() => !!window.release)")
    came = person.page.evaluate("came")
    person.page.keyboard.press("Control+Shift+z")
    person.page.evaluate(f"({_LATER})(() => came > {came})")
    person.page.evaluate("release()")
    person.page.wait_for_timeout(300)
    expect(person.find("[data-segment=t1]")).to_have_count(1)


@pytest.mark.slow
def test_a_service_that_was_gone(visit: Visit, clip: Clip, tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with _served(tmp_path / "data", port) as address:
        person = visit(address).go()
        person.bring(clip("beach.mp4"))
        person.say("add the title “Hello” at the top")
        person.see("[data-segment=t1]")
    person.see("[data-offline]")
    with _served(tmp_path / "data", port):
        expect(person.find("[data-offline]")).to_have_count(0)
        person.find("[data-undo]").click()
        expect(person.find("[data-segment=t1]")).to_have_count(0)


@contextmanager
def _served(data: Path, port: int) -> Iterator[str]:
    process = begin(data, "--port", str(port))
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        assert str(port) in line
        yield line.split()[-1]
    finally:
        process.terminate()
        process.wait(60)
        process.stdout.close()
