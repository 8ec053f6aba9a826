"""How the tests of public pages look at them."""

from __future__ import annotations

from typing import Any

from django.test import Client


def shown(client: Client, address: str, lang: str = "en", city: str = "vila") -> tuple[str, Any]:
    """A page as HTML and as JSON."""
    return client.get(f"/{lang}/{city}/{address}").content.decode(), client.get(f"/{lang}/{city}/{address}.json").json()
