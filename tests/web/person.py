"""One person with a browser at the workspace: does what people do there, and notes what no page of ours may do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, Request, expect

# Without its background traffic, of which a machine without a network sees many refused connections.
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--autoplay-policy=no-user-gesture-required",
]  # fmt: skip
# As long as it may take on a machine that has much else to do; what is there is found at once.
SLOW_MS = 240_000
_QUIET = ("blob:", "data:")
# What browsers say of calls that failed; the page tells people about those itself.
_OF_CALLS = "Failed to load resource"

expect.set_options(timeout=SLOW_MS)


class Person:
    """`faults`: requests to anybody else, errors of scripts, what the content policy refused, cookies."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.context, self.address = context, address
        self._faults: list[str] = []
        self.requests: list[tuple[str, str]] = []
        context.set_default_timeout(SLOW_MS)
        context.route(lambda url: not url.startswith((address, *_QUIET)), lambda route: route.abort())
        context.on("request", self._requested)
        context.on("console", self._said)
        context.on("weberror", lambda error: self._faults.append(f"error: {error.error}"))
        self.page: Page = context.new_page()

    @property
    def faults(self) -> list[str]:
        return [*self._faults, *(f"cookie: {cookie.get('name')}" for cookie in self.context.cookies())]

    def go(self, path: str = "/") -> Person:
        self.page.goto(self.address + path)
        return self

    def find(self, selector: str) -> Locator:
        return self.page.locator(selector)

    def see(self, selector: str) -> Locator:
        """Waits until it is seen."""
        found = self.page.locator(selector).first
        found.wait_for()
        return found

    def bring(self, *files: Path | Any) -> None:
        self.page.locator("[data-files]").first.set_input_files(list(files))
        self.see("[data-start]")

    def say(self, text: str) -> None:
        self.page.fill("#request", text)
        self.page.press("#request", "Enter")

    def start(self, preset: str) -> None:
        self.page.click(f"[data-preset={preset}]")
        self.page.click("[data-start]")

    def done(self) -> Locator:
        return self.see("[data-kind=export][data-status=completed]")

    def _requested(self, request: Request) -> None:
        self.requests.append((request.method, request.url))
        if not request.url.startswith((self.address, *_QUIET)):
            self._faults.append(f"to somebody else: {request.url}")

    def _said(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(_OF_CALLS):
            self._faults.append(f"console: {message.text}")
