"""Every registered page's addresses, so that a page that lands tomorrow is tested tomorrow."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pulso.web.pages.twin import Page
from pulso.web.pages.urls import PAGES
from tests.web.exhibits import NUMBER
from tests.web.wifi.hotspots import PLACE, POINT

PART = re.compile(r"<(?:\w+:)?(\w+)>")

VILA = {"zone": "north", "metric": "bikes", "day": "2025-03-10", "source": "bikes", "domain": "street", "year": "2025", "event": "1"}
VILA |= {"number": str(NUMBER)}
VILA |= {"place": PLACE, "point": POINT}
VILA |= {"site": "a", "duct": "office-a", "cable": "office-a"}
"""What stands in an address for each of its parts, in the made-up town; what is numbered is there under the fixture `exhibits`."""


def fill(address: str, parts: dict[str, str]) -> str:
    """An address with its parts said. KeyError names a part that has no example yet: give it one here."""
    return PART.sub(lambda found: parts[found[1]], address)


def parts_of(page: Page) -> list[str]:
    """The names of the parts of a page's address."""
    return PART.findall(page.address)


def addresses(parts: dict[str, str] | None = None, city: str = "vila") -> Iterator[tuple[Page, str]]:
    """Every page, and its address below the language; where parts are given, the pages that have no other."""
    for page in PAGES:
        if parts is None or set(parts_of(page)) <= set(parts):
            yield page, f"{city}/{fill(page.address, parts or VILA)}"


ALL = [(page, address) for page, address in addresses()]
NAMES = [page.name for page, _ in ALL]
