"""How a page is looked at: what a browser complains of, what axe finds, where the keyboard reaches."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, ViewportSize

CHROMIUM = os.environ.get("PULSO_CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--disable-background-networking"]
SIZES: dict[str, ViewportSize] = {"phone": {"width": 390, "height": 844}, "desk": {"width": 1180, "height": 900}}

KEYBOARD = (Path(__file__).parent / "keyboard.js").read_text(encoding="utf-8")


@dataclass
class Look:
    """A page in a browser, and what the browser complained of."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)  # addresses of other hosts that it asked for

    def open(self, address: str, status: int = 200, *, quiet: bool = True) -> None:
        """Go there, and wait until it is loaded, and quiet."""
        home = urlsplit(address).netloc
        self.page.on("request", lambda r: self.elsewhere.append(r.url) if urlsplit(r.url).netloc not in (home, "") else None)
        self.page.on("pageerror", lambda e: self.complaints.append(str(e)))
        self.page.on("console", lambda m: self.complaints.append(m.text) if m.type == "error" and not _expected(m.text, status) else None)
        answer = self.page.goto(address, wait_until="networkidle" if quiet else "load")
        assert answer is not None
        assert answer.status == status, f"{address}: {answer.status}"

    def barriers(self) -> list[str]:
        """What axe-core finds: the rule, how bad, and where."""
        found: list[dict[str, Any]] = Axe().run(self.page).response["violations"]
        return [f"{v['id']} ({v['impact']}): {v['help']}: {n['html'][:160]}" for v in found for n in v["nodes"][:3]]

    def overflow(self) -> int:
        """Pixels by which the page is wider than the window."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))

    def unreachable(self) -> list[str]:
        """Links and controls where Tab does not stop, or where one doesn't see that it did."""
        stops: int = self.page.evaluate(KEYBOARD)
        for _ in range(0, 2 * stops + 40, 5):  # the parts of a date, and whatever scrolls, are stops too
            for _ in range(5):
                self.page.keyboard.press("Tab")
            if not self.page.evaluate("window.missed().length"):
                break
        unseen: list[str] = self.page.evaluate("[...window.unseen].map(n => n + ' (focus not seen)')")
        missed: list[str] = self.page.evaluate("window.missed()")
        return missed + unseen

    def dead(self) -> list[str]:
        """Buttons that do nothing without JavaScript: those in no form."""
        return [b.inner_text() for b in self.page.locator("button:visible").all() if b.evaluate("e => !e.form && !e.popoverTargetElement")]


@contextmanager
def looking(browser: Browser, size: str, theme: str = "light", *, scripts: bool = True) -> Iterator[Look]:
    """A window of its own."""
    context = browser.new_context(
        viewport=SIZES[size],
        color_scheme="dark" if theme == "dark" else "light",
        java_script_enabled=scripts,
        has_touch=size == "phone",
        reduced_motion="reduce",
    )
    try:
        yield Look(context.new_page())
    finally:
        context.close()


def _expected(text: str, status: int) -> bool:
    """A page that is asked for because it isn't there is complained of by the browser itself."""
    return status >= 400 and f"status of {status}" in text
