"""Somebody in front of a page: they follow links, fill in what is asked by its name, and press buttons, in their own language."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import APIResponse, Browser, Locator, Page

from pulso.show.language import Speech, speak
from tests.browser.looks import Look, looking

Cookies = Sequence[dict[str, str]]


@dataclass
class Acting:
    """A person, with a browser of their own."""

    look: Look
    site: str
    speech: Speech

    @property
    def page(self) -> Page:
        return self.look.page

    @property
    def main(self) -> Locator:
        return self.page.locator("main")

    def said(self) -> str:
        """What the page says, with plain spaces."""
        return self.main.inner_text().replace("\u00a0", " ").replace("\u202f", " ")

    def say(self, message: str, **values: object) -> str:
        """A message of the site in their language."""
        return self.speech.say(message, **values)

    def says(self, message: str) -> bool:
        """Whether the page says a message in their language, whatever fills it in."""
        parts = [part for part in re.split(r"\{\w+\}", self.speech.messages.gettext(message).replace("\u00a0", " ")) if part.strip()]
        said = self.said().lower()
        return all(part.lower() in said for part in parts)

    def at(self, place: str) -> str:
        """An address below their language."""
        return f"{self.site}/{self.speech.code}/{place}"

    def go(self, place: str, status: int = 200) -> Acting:
        """Go to a page."""
        answer = self.page.goto(self.at(place))
        assert answer is not None
        assert answer.status == status, f"{place}: {answer.status}"
        return self

    def follow(self, message: str, **values: object) -> None:
        """Follow a link of the page, by what it says."""
        self.main.get_by_role("link", name=self.say(message, **values), exact=True).first.click()
        self.page.wait_for_load_state()

    def press(self, message: str, status: int = 200) -> None:
        """Press a button, and see that what comes is what was asked for."""
        with self.page.expect_response(lambda r: r.request.is_navigation_request() and r.status not in (301, 302, 303)) as found:
            self.main.get_by_role("button", name=self.say(message), exact=True).first.click()
        assert found.value.status == status, f"{message}: {found.value.status}: {self.said()[:600]}"
        self.page.wait_for_load_state()

    def unfold(self, message: str) -> None:
        """Open what is folded away."""
        self.main.locator("summary", has_text=self.say(message)).first.click()

    def field(self, name: str) -> Locator:
        """What is asked for by this name, in the form that one sees."""
        return self.main.locator(f"[name={name}]:visible").first

    def fill(self, **fields: str) -> None:
        """Write into fields, or choose."""
        for name, value in fields.items():
            field = self.field(name)
            if field.evaluate("e => e.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)

    def tick(self, name: str, *values: str) -> None:
        """Tick these of several, and no others."""
        for box in self.main.locator(f"input[name={name}]").all():
            box.set_checked(box.get_attribute("value") in values)

    def get(self, place: str) -> APIResponse:
        """What a program is given with their cookies; below their language."""
        return self.page.context.request.get(self.at(place), max_redirects=0)

    def told(self, place: str) -> Any:
        """A page as JSON."""
        return self.get(f"{place}.json").json()

    def send(self, place: str, **form: str) -> int:
        """Send a form that the page doesn't offer, with all that the browser would send; the answer's status."""
        token = next((c["value"] for c in self.page.context.cookies() if c["name"] == "csrftoken"), "")
        headers = {"Referer": self.site, "X-CSRFToken": token}
        return self.page.context.request.post(self.at(place), form=form, headers=headers, max_redirects=0).status


@contextmanager
def acting(browser: Browser, site: str, lang: str, cookies: Cookies = (), size: str = "desk", theme: str = "light") -> Iterator[Acting]:
    """Somebody with a window of their own; a browser that complained of anything fails the test at its end."""
    with looking(browser, size, theme) as look:
        look.page.context.add_cookies(list(cookies))  # type: ignore[arg-type]
        look.page.on("pageerror", lambda e: look.complaints.append(str(e)))
        look.page.on("console", lambda m: look.complaints.append(m.text) if m.type == "error" and "status of 4" not in m.text else None)
        yield Acting(look, site, speak(lang))
        assert look.complaints == []


def digest_of(said: dict[str, Any]) -> str:
    """A protocol's digest from what is published of it, as docs/reference/protocol.md says how."""
    bare = {name: value for name, value in said.items() if name != "digest"}
    text = json.dumps(bare, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
