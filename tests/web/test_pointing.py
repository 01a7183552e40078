"""Pointing at the picture fills the request: nothing is done before it is sent, and then it is where it was pointed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.engine import witness
from tests.web.conftest import Clip, Visit
from tests.web.person import Person

_PLAIN = "color=0x203040:"
# Where a colour is on the picture that is drawn: middle, width and height as shares of it; null where it is nowhere.
_WHERE = """(picture, colour) => {
  const [width, height] = [picture.naturalWidth, picture.naturalHeight];
  const canvas = Object.assign(document.createElement("canvas"), {width, height});
  const context = canvas.getContext("2d");
  context.drawImage(picture, 0, 0);
  const {data} = context.getImageData(0, 0, width, height);
  const [xs, ys] = [[], []];
  for (let at = 0; at < data.length; at += 4) {
    if (!colour.every((level, index) => Math.abs(data[at + index] - level) < 70)) continue;
    xs.push((at / 4) % width);
    ys.push(Math.floor(at / 4 / width));
  }
  if (!xs.length) return null;
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  return {x: (left + right) / 2 / width, y: (top + bottom) / 2 / height,
          w: (right - left + 1) / width, h: (bottom - top + 1) / height};
}"""
_WHITE, _RED = [255, 255, 255], [230, 20, 20]


def _point(person: Person, *places: tuple[float, float]) -> None:
    """A click at one place of the picture, or a drag from one to another; both in shares of it."""
    person.page.click("[data-place]")
    box = person.see("[data-over]").bounding_box()
    assert box is not None
    mouse = person.page.mouse
    at = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in places]
    mouse.move(*at[0])
    mouse.down()
    for place in at[1:]:
        mouse.move(*place, steps=4)
    mouse.up()


def _drawn(person: Person) -> Locator:
    """The timeline as the service draws it, once it has."""
    expect(person.find(".stage .label")).to_have_text("With your changes")
    return person.see(".inside > img")


def _changes_asked(person: Person) -> int:
    return sum("/operations" in url for method, url in person.requests if method == "POST")


def _where(person: Person, colour: list[int]) -> Any:
    return _drawn(person).evaluate(_WHERE, colour)


def test_a_title_waits_in_the_request(visit: Visit, clip: Clip) -> None:
    person = visit().go()
    person.bring(clip("plain.mp4", 2, shows=_PLAIN))
    expect(person.find("[data-send]")).to_be_disabled()
    _point(person, (0.6, 0.3))
    person.page.click("[data-title]")
    person.page.keyboard.type("Heere")
    ghost = person.see("[data-ghost=title]")
    expect(ghost).to_have_text("Heere")
    person.page.keyboard.press("Enter")
    expect(person.find("#request")).to_be_focused()
    expect(person.find("[data-over]")).to_have_count(0)

    field = person.find("[data-pending=title] input")
    expect(field).to_have_value("Heere")
    field.fill("")
    expect(person.find("[data-send]")).to_be_disabled()
    field.fill("Here")
    expect(ghost).to_have_text("Here")
    ghost.press("ArrowDown")
    shown, picture = ghost.bounding_box(), person.find(".screen").bounding_box()
    assert shown is not None and picture is not None
    assert (shown["x"] + shown["width"] / 2 - picture["x"]) / picture["width"] == pytest.approx(0.6, abs=0.02)
    assert _changes_asked(person) == 0 and person.find("[data-segment=t1]").count() == 0

    person.page.click("[data-send]")
    expect(person.see("[data-segment=t1]")).to_contain_text("Here")
    expect(person.find("[data-pending]")).to_have_count(0)
    expect(person.find("[data-ghost]")).to_have_count(0)
    expect(person.find(".turn .mine")).to_contain_text("Here")
    found = _where(person, _WHITE)
    assert (found["x"], found["y"]) == (pytest.approx(0.6, abs=0.03), pytest.approx(0.31, abs=0.06))
    person.page.click("[data-undo]")
    expect(person.find("[data-segment=t1]")).to_have_count(0)


def test_what_was_pointed_at_is_taken_out(visit: Visit, clip: Clip) -> None:
    person = visit().go()
    person.bring(clip("plain.mp4", 2, shows=_PLAIN))
    _point(person, (0.2, 0.2), (0.8, 0.8))
    person.page.click("[data-crop]")
    _point(person, (0.1, 0.1), (0.6, 0.6))
    person.page.click("[data-crop]")
    expect(person.find("[data-pending=crop]")).to_have_count(1)
    expect(person.find("[data-pending=crop]")).to_contain_text("50 % × 50 %")
    person.page.click("[data-remove]")
    expect(person.find("[data-pending]")).to_have_count(0)
    _point(person, (0.5, 0.5))
    person.page.click("[data-title]")
    person.page.keyboard.press("Escape")
    expect(person.find("[data-over]")).to_have_count(0)
    expect(person.find("[data-pending]")).to_have_count(0)
    assert _changes_asked(person) == 0

    # The same without a pointer: Enter takes the middle, arrows move, Delete takes out.
    person.find("[data-place]").press("Enter")
    expect(person.find("[data-over]")).to_be_focused()
    person.page.keyboard.press("Enter")
    person.find("[data-title]").press("Enter")
    person.page.keyboard.type("Middle")
    person.page.keyboard.press("Enter")
    person.find("[data-ghost=title]").press("Delete")
    expect(person.find("[data-pending]")).to_have_count(0)


@pytest.fixture
def logo(tmp_path: Path) -> Path:
    path = tmp_path / "logo.png"
    witness.ffmpeg("-f", "lavfi", "-i", "color=0xe61414:s=120x60:d=1", "-frames:v", "1", path)
    return path


def test_a_logo_lies_where_it_was_pointed(visit: Visit, clip: Clip, logo: Path) -> None:
    person = visit().go()
    person.bring(clip("plain.mp4", 2, shows=_PLAIN))
    _point(person, (0.3, 0.7))
    with person.page.expect_file_chooser() as chooser:
        person.page.click("[data-logo]")
    chooser.value.set_files(logo)
    expect(person.find("[data-pending=logo]")).to_contain_text("logo.png")
    person.see("[data-ghost=logo] img")
    person.page.click("[data-send]")
    expect(person.find("[data-pending]")).to_have_count(0)
    found = _where(person, _RED)
    assert (found["x"], found["y"]) == (pytest.approx(0.3, abs=0.02), pytest.approx(0.7, abs=0.03))
    assert found["w"] == pytest.approx(0.15, abs=0.02)


def test_a_crop_a_title_and_words_go_together(visit: Visit, clip: Clip) -> None:
    """What is marked stays and the rest goes; the title stands in what stays; the words come after."""
    person = visit().go()
    person.bring(clip("plain.mp4", 3, shows=_PLAIN))
    _point(person, (0.5, 0.05), (0.95, 0.95))
    person.page.click("[data-crop]")
    _point(person, (0.725, 0.5))
    person.page.click("[data-title]")
    person.page.keyboard.type("Middle")
    person.page.keyboard.press("Enter")
    person.page.keyboard.type("cut the first second")
    person.page.keyboard.press("Enter")
    expect(person.find(".turn")).to_have_count(2)
    expect(person.find(".turn .mine").last).to_contain_text("cut the first second")
    expect(person.find("[data-undo]")).to_have_count(2)
    found = _where(person, _WHITE)
    assert (found["x"], found["y"]) == (pytest.approx(0.5, abs=0.04), pytest.approx(0.5, abs=0.06))
    shape = _drawn(person).evaluate("picture => picture.naturalWidth / picture.naturalHeight")
    assert shape == pytest.approx(320 * 0.45 / (180 * 0.9), abs=0.05)
    assert _changes_asked(person) == 1
    person.page.reload()
    expect(person.find(".turn .mine").first).to_contain_text("Middle")
    expect(person.find(".turn .mine").last).to_contain_text("cut the first second")
    person.find("[data-undo]").first.click()
    expect(person.find("[data-segment=t1]")).to_have_count(0)
    expect(person.find("[data-undo]")).to_have_count(0)
