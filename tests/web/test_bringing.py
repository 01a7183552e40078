"""The ways for files to come in: dropped, pasted, as a folder, by an address; and what comes of a bad one."""

from __future__ import annotations

import base64
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.server.serving import address_of
from tests.web.conftest import ROOT, Clip, Visit
from tests.web.person import Person

# An event with files, as a browser makes it: `files` are names with their content in base64.
_HAND_OVER = """([kind, files]) => {
  const data = new DataTransfer();
  for (const [name, content] of files) {
    const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
    data.items.add(new File([bytes], name, {type: "video/mp4"}));
  }
  const how = {bubbles: true, cancelable: true};
  const event = kind === "paste"
    ? new ClipboardEvent(kind, {...how, clipboardData: data})
    : new DragEvent(kind, {...how, dataTransfer: data});
  document.querySelector("main").dispatchEvent(event);
}"""


def _hand_over(person: Person, kind: str, *files: Path) -> None:
    named = [[path.name, base64.b64encode(path.read_bytes()).decode()] for path in files]
    person.page.evaluate(_HAND_OVER, [kind, named])


def _drag(person: Person, *paths: Path) -> None:
    """Drags these from the desktop onto the page and lets go, as the browser itself tells the page of it."""
    session = person.context.new_cdp_session(person.page)
    data = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver"):
        session.send("Input.dispatchDragEvent", {"type": kind, "x": 200, "y": 300, "data": data})
    person.see(".over")
    session.send("Input.dispatchDragEvent", {"type": "drop", "x": 200, "y": 300, "data": data})
    expect(person.find(".over")).to_have_count(0)


@pytest.fixture
def folder(clip: Clip, tmp_path: Path) -> Path:
    """A folder as cameras leave them: films at two depths, beside what is none and what is hidden."""
    found = tmp_path / "holiday"
    for name in ("beach.mp4", "more/city.mp4"):
        path = found / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(clip("beach.mp4").read_bytes() if name == "beach.mp4" else clip("city.mp4", 2).read_bytes())
    (found / ".DS_Store").write_bytes(b"hidden")
    return found


def _names(person: Person) -> list[str]:
    return sorted(person.find(".file .name").all_inner_texts())


def test_files_are_dropped(visit: Visit, clip: Clip) -> None:
    person = visit().go()
    person.see("h1")
    _hand_over(person, "drop", clip("beach.mp4"), clip("city.mp4", 2))
    expect(person.find(".file .name")).to_have_count(2)
    assert _names(person) == ["beach.mp4", "city.mp4"]
    _drag(person, clip("third.mp4", 2))
    expect(person.find(".file .name")).to_have_count(3)


def test_a_folder_is_dropped(visit: Visit, folder: Path) -> None:
    person = visit().go()
    person.see("h1")
    _drag(person, folder)
    expect(person.find(".file .name")).to_have_count(2)
    assert _names(person) == ["beach.mp4", "city.mp4"]
    expect(person.find(".upload")).to_have_count(0)


def test_a_folder_is_chosen(visit: Visit, folder: Path) -> None:
    person = visit().go()
    with person.page.expect_file_chooser() as chooser:
        person.page.get_by_role("button", name="Choose a folder").click()
    chooser.value.set_files(folder)
    expect(person.find(".file .name")).to_have_count(2)
    assert _names(person) == ["beach.mp4", "city.mp4"]
    expect(person.find(".upload")).to_have_count(0)


def test_files_are_pasted_but_not_into_a_field(visit: Visit, clip: Clip) -> None:
    person = visit().go()
    person.see("h1")
    _hand_over(person, "paste", clip("beach.mp4"))
    expect(person.find(".file .name")).to_have_text("beach.mp4")
    field = person.see("#request")
    field.fill("https://example.org/a.mp4")
    field.select_text()
    person.page.keyboard.press("Control+x")
    person.page.keyboard.press("Control+v")
    expect(field).to_have_value("https://example.org/a.mp4")
    assert not any("upload-video" in url for _, url in person.requests)


def test_a_video_is_fetched_by_its_address(visit: Visit, clip: Clip, tmp_path: Path) -> None:
    with _files_of(clip("beach.mp4").parent) as files, _fetching(tmp_path / "data") as address:
        person = visit(address).go()
        person.page.get_by_role("button", name="From a link").click()
        expect(person.page.get_by_label("Address of a video")).to_be_focused()
        person.page.keyboard.type(f"{files}/beach.mp4")
        person.page.keyboard.press("Enter")
        expect(person.find(".file .name")).to_have_text("beach.mp4")

        # The same by pasting: an address is fetched wherever nobody types.
        person.page.get_by_role("button", name="From a link").click()
        person.page.keyboard.type(f"{files}/gone.mp4")
        person.page.keyboard.press("Enter")
        assert len(person.see("[data-state=failed]").inner_text()) > 40
        person.page.get_by_role("button", name="Dismiss").click()
        person.context.grant_permissions(["clipboard-read", "clipboard-write"])
        person.page.evaluate("text => navigator.clipboard.writeText(text)", f"{files}/city.mp4")
        clip("city.mp4")
        person.find("#goal-title").click()
        person.page.keyboard.press("Control+v")
        expect(person.find(".file .name")).to_have_count(2)
        assert _names(person) == ["beach.mp4", "city.mp4"]


def test_an_address_of_a_private_network_is_refused_in_words(visit: Visit) -> None:
    person = visit(locale="zh-CN").go()
    person.page.get_by_role("button", name="用链接添加").click()
    person.page.keyboard.type("http://127.0.0.1:1/a.mp4")
    person.page.keyboard.press("Enter")
    failed = person.see("[data-state=failed]")
    expect(failed).to_contain_text("无法使用")
    said: Any = failed.locator(".small").inner_text()
    assert any("\u4e00" <= letter <= "\u9fff" for letter in said), said


@contextmanager
def _files_of(folder: Path) -> Iterator[str]:
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@contextmanager
def _fetching(data: Path) -> Iterator[str]:
    command = [sys.executable, "-m", "tests.web.fetching_service", "serve", "--port", "0", "--data", str(data)]
    process = subprocess.Popen([*command, "--no-worker"], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert process.stdout is not None
    try:
        yield address_of(process)
    finally:
        process.terminate()
        process.wait(60)
        process.stdout.close()
