"""Takes the pictures of the workspace that the README and the how-to show; look at them before you commit them.

python -m scripts.web_pictures CLIP [CLIP…]     needs Chromium; the page has to be built
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, sync_playwright

from tests.server.serving import serving
from tests.web.person import FLAGS

IMAGES = Path(__file__).resolve().parents[1] / "docs" / "img"
_LONGEST_MS = 300_000


def main(clips: list[str]) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Path(folder) / "data") as service,
        sync_playwright() as running,
    ):
        browser = running.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        context = browser.new_context(viewport={"width": 1360, "height": 900}, color_scheme="light")
        page = _opened(context, service.address)
        page.screenshot(type="jpeg", quality=86, path=IMAGES / "workspace-start.jpg")
        page.set_input_files("[data-files]", clips)
        page.locator(".file").nth(len(clips) - 1).wait_for()
        page.locator(".file").first.click()
        page.fill("[data-wish]", "600 kbps")
        page.locator("[data-prospect=done]").wait_for()
        page.click("[data-start]")
        page.locator("[data-kind=export][data-status=completed]").wait_for()
        page.click("[data-measure]")
        page.locator("[data-quality=done]").wait_for()
        page.click("[data-preset=discord]")
        page.locator("[data-prospect=done]").wait_for()
        page.evaluate("scrollTo(0, 0)")
        _seek(page, 40)
        page.screenshot(type="jpeg", quality=86, path=IMAGES / "workspace-light.jpg", full_page=True)
        state = context.storage_state()
        dark = browser.new_context(viewport={"width": 1360, "height": 900}, color_scheme="dark", storage_state=state)
        page = _opened(dark, service.address)
        page.fill("#request", "add the title “Summer” at the bottom")
        page.press("#request", "Enter")
        page.locator(".turn .ours p").last.wait_for()
        if page.locator("[data-option]").count():
            page.locator("[data-option]").last.click()
        page.locator("[data-segment=t1]").wait_for()
        _seek(page, 30)
        page.locator(".label", has_text="With your changes").wait_for()
        page.wait_for_timeout(4000)
        page.screenshot(type="jpeg", quality=86, path=IMAGES / "workspace-dark.jpg", full_page=True)
        phone = browser.new_context(
            viewport={"width": 360, "height": 760}, device_scale_factor=2, is_mobile=True, has_touch=True,
            color_scheme="light", storage_state=state, locale="zh-CN",
        )  # fmt: skip
        page = _opened(phone, service.address)
        page.click("[data-preset=wechat]")
        page.locator("[data-prospect=done]").wait_for()
        page.evaluate("scrollTo(0, 0)")
        page.wait_for_timeout(3000)
        path = IMAGES / "workspace-phone.jpg"
        page.screenshot(
            type="jpeg", quality=86, path=path, clip={"x": 0, "y": 0, "width": 360, "height": 1000}, full_page=True
        )
        browser.close()


def _opened(context: BrowserContext, address: str) -> Page:
    context.set_default_timeout(_LONGEST_MS)
    page = context.new_page()
    page.goto(address)
    page.locator("h1, [data-start]").first.wait_for()
    return page


def _seek(page: Page, percent: int) -> None:
    slider = page.locator(".transport .slider")
    slider.wait_for()
    box = slider.bounding_box()
    assert box is not None
    slider.click(position={"x": box["width"] * percent / 100, "y": box["height"] / 2})
    page.wait_for_timeout(3000)


if __name__ == "__main__":
    main(sys.argv[1:])
