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
_FAST = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}


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
def test_a_render_goes_on_without_a_page(visit: Visit, clip: Clip) -> None:
    person = visit().go()
    person.bring(clip("beach.mp4"))
    person.start("smaller")
    person.see("[data-job]")
    person.page.goto("about:blank")
    person.go()
    person.done()


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
