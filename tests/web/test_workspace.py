"""What people do in the workspace, from a file to a smaller one, by the public calls alone."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.web.conftest import Clip, Visit
from tests.web.playing import plays


def _clip_path(video: Locator) -> str:
    return str(video.evaluate("video => video.style.clipPath"))


@pytest.mark.slow
def test_a_smaller_file_in_three_clicks(visit: Visit, clip: Clip) -> None:
    person = visit(accept_downloads=True).go()
    expect(person.find("h1")).to_contain_text("Drop a video")
    with person.page.expect_file_chooser() as chooser:
        person.page.get_by_role("button", name="Choose files").click()
    chooser.value.set_files(clip("beach.mp4"))
    person.see("[data-start]")
    person.page.click("[data-preset=smaller]")
    person.see("[data-prospect=done]")
    expect(person.find(".prospect")).to_contain_text("Looks")
    person.page.click("[data-start]")
    row = person.done()
    with person.page.expect_download() as download:
        row.locator("[data-download]").first.click()
    assert download.value.suggested_filename == "beach-slim.mp4"
    assert download.value.path().stat().st_size > 1000

    after, before = person.see("[data-after]"), person.see("[data-before]")
    person.page.click("[data-play]")
    assert plays(after) and plays(before)
    person.page.get_by_role("button", name="Pause").click()

    person.find("[data-divider]").fill("20")
    assert "20%" in _clip_path(after)
    person.page.get_by_role("button", name="One frame on").click()
    expect(person.find("[data-zoom]")).to_be_enabled()
    person.page.click("[data-zoom]")
    assert "scale(2)" in str(person.find(".inside").evaluate("inside => inside.style.transform"))

    person.page.click("[data-measure]")
    person.see("[data-quality=done]")
    plot = person.see("[data-vmaf] .u-over")
    box = plot.bounding_box()
    assert box is not None
    plot.click(position={"x": box["width"] / 2, "y": box["height"] / 2})
    expect(person.find("[data-time]")).to_contain_text("0:01")


@pytest.mark.slow
def test_a_sentence_changes_the_video_and_is_undone(visit: Visit, clip: Clip) -> None:
    person = visit().go()
    person.bring(clip("beach.mp4"))
    person.say("add the title “Hello” at the top")
    title = person.see("[data-segment=t1]")
    expect(title).to_contain_text("Hello")
    expect(person.find(".turn .ours").last).to_contain_text("Hello")
    person.see(".inside img")
    person.page.click("[data-preview]")
    preview = person.see("[data-after]")
    expect(person.see("[data-kind=preview]")).to_contain_text("Preview")
    person.page.click("[data-play]")
    assert plays(preview)

    person.say("cut the first second")
    expect(person.find("[data-undo]")).to_have_count(2)
    expect(person.find("[data-after]")).to_have_count(0)
    expect(person.find("[data-undo]").first).to_have_text("Undo back to before this")
    person.find("[data-undo]").last.click()
    expect(person.find("[data-undo]")).to_have_count(1)
    assert person.see("[data-after]").get_attribute("src"), "the preview is what the timeline says again"
    person.find("[data-undo]").first.click()
    expect(person.find("[data-segment=t1]")).to_have_count(0)
    expect(person.find("[data-undo]")).to_have_count(0)
    expect(person.find("[data-after]")).to_have_count(0)

    person.say("compress it to 8")
    person.find("[data-option]").filter(has_text="megabytes").click()
    expect(person.find(".turn .ours").last).to_contain_text("8 MB")
    person.find("h2").first.click()
    person.page.keyboard.press("Control+z")
    expect(person.find("[data-undo]")).to_have_count(0)


def test_keys_move_the_player(visit: Visit, clip: Clip) -> None:
    person = visit().go()
    person.bring(clip("long.mp4", 12))
    person.see("[data-before]")
    expect(person.find("[data-play]")).to_be_enabled()
    time = person.find("[data-time]")
    for key, then in (("l", "0:05.0"), ("ArrowRight", "0:05.0"), ("j", "0:00.0"), ("L", "0:05.0")):
        person.page.keyboard.press(key)
        expect(time).to_contain_text(then)
    person.page.keyboard.press("k")
    expect(person.page.get_by_role("button", name="Pause")).to_be_visible()
    person.page.keyboard.press(" ")
    expect(person.page.get_by_role("button", name="Play", exact=True)).to_be_visible()


def test_several_files_and_one_that_is_none(visit: Visit, clip: Clip) -> None:
    person = visit().go()
    bad: Any = {"name": "notes.mp4", "mimeType": "video/mp4", "buffer": b"these are only words " * 50}
    person.page.locator("[data-files]").set_input_files([clip("beach.mp4"), clip("city.mp4")])
    expect(person.find(".file")).to_have_count(2)
    person.page.locator("[data-files]").set_input_files(bad)
    failed = person.see("[data-state=failed]")
    expect(failed).to_contain_text("notes.mp4")
    assert len(failed.inner_text()) > 40, "the reason is told in words"
    failed.get_by_role("button").click()
    expect(person.find("[data-state=failed]")).to_have_count(0)
    expect(person.page.get_by_role("button", name="All 2 videos")).to_be_visible()


def test_a_name_is_text_and_nothing_else(visit: Visit, clip: Clip) -> None:
    person = visit().go()
    name = "<img src=x onerror=window.hit=1>.mp4"
    person.bring({"name": name, "mimeType": "video/mp4", "buffer": clip("beach.mp4").read_bytes()})
    expect(person.find(".file .name")).to_contain_text("<img src=x onerror")
    person.say("<img src=x onerror=window.hit=1>")
    person.see(".turn .ours p")
    person.start("smaller")
    person.see("[data-job]")
    assert person.page.evaluate("window.hit") is None
    assert person.find("img[src=x]").count() == 0


def test_a_render_is_stopped_and_tried_again(visit: Visit, clip: Clip) -> None:
    person = visit().go()
    person.bring(clip("long.mp4", 40))
    person.start("same")
    person.page.click("[data-cancel]")
    person.see("[data-status=cancelled]")
    person.page.click("[data-again]")
    person.see("[data-status=pending], [data-status=processing], [data-status=completed]")


def test_what_is_impossible_offers_what_is_not(visit: Visit, clip: Clip) -> None:
    person = visit(accept_downloads=True).go()
    person.bring(clip("beach.mp4"))
    person.page.fill("[data-wish]", "at most 2 kB")
    person.page.click("[data-start]")
    offered = person.see("[data-status=failed] [data-smallest]")
    expect(person.find("[data-again]")).to_have_count(0)
    smallest = offered.inner_text().removeprefix("Make it ")
    expect(person.find("[data-status=failed]")).to_contain_text(f"works is {smallest}")
    offered.click()
    with person.page.expect_download() as download:
        person.done().locator("[data-download]").click()
    number, unit = smallest.split()
    assert 0 < download.value.path().stat().st_size <= float(number) * {"kB": 1e3, "MB": 1e6}[unit]


def test_chinese(visit: Visit, clip: Clip) -> None:
    person = visit(locale="zh-CN").go()
    expect(person.find("h1")).to_contain_text("拖入视频")
    assert person.page.evaluate("document.documentElement.lang") == "zh-CN"
    person.bring(clip("beach.mp4"))
    person.say("在顶部加标题“你好”")
    expect(person.see("[data-segment=t1]")).to_contain_text("你好")
    expect(person.find(".turn .ours").last).to_contain_text("你好")
    person.page.get_by_role("button", name="English").click()
    expect(person.find("#goal-title")).to_have_text("Make it smaller")
