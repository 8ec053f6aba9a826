"""What an engineer's program asks of the fibre and the Wi-Fi behind the web's benches, with a key that opens what its person may see."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

NAMES = {
    "fibre-sites": ("s-1", "c-1"),  # a closure, and a customer: how it stands, and its pair of paths
    "fibre-ducts": ("d-s-1",),
    "fibre-cables": ("d-s-1",),
    "wifi-places": ("p-1",),
    "wifi-points": ("w-1",),
}
"""Of which things each call for one is asked, in the towns of tests/bench/networks.py."""
ASKED = {
    "fibre-strands": "cable=d-s-1",
    "fibre-spare": "lon=-8.65&lat=41.15",
    "fibre-trace": "cable=d-s-1&strand=1",
    "fibre-what-if": "cut=duct:d-s-1",
    "fibre-dark": "cut=duct:d-s-1",
    "fibre-changes": "revision=2",
}
"""How those are asked that need to be told what of."""


def key(cities: Iterable[str]) -> dict[str, str]:
    """The headers of a program of an engineer of some towns: the role as administrators give it, the key as the page of keys makes it."""
    from django.contrib.auth import get_user_model

    from pulso.web.people import keys, writes

    person = get_user_model().objects.create_user("engineer@town.example")
    for city in cities:
        writes.give(None, person, "engineer", city=city)
    return {"Authorization": f"Bearer {keys.create(person, 'a bench', opens=True)[1]}"}


def calls(paths: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Every reading call of the fibre and the Wi-Fi, as the API's description lists them; {city} stays to be filled in.

    ValueError for one that needs to be told what of, and isn't: it would be measured by nobody.
    """
    asked = []
    for address, ways in paths.items():
        what, _, named = address.removeprefix("/api/v1/cities/{city}/").partition("/")
        if "get" not in ways or what.partition("-")[0] not in ("fibre", "wifi") or ".{form}" in address:
            continue
        said = {p["name"]: p.get("required", False) for p in ways["get"].get("parameters", [])}
        needed = [name for name, must in said.items() if must and name not in ("city", "name") and f"{name}=" not in ASKED.get(what, "")]
        if needed or (named and what not in NAMES):
            raise ValueError(f"{address}: say in tests/bench/keyed.py how it is asked; it needs {', '.join(needed) or 'a name'}")
        query = "&".join(filter(None, (ASKED.get(what, ""), "limit=100" if "limit" in said else "")))  # as many rows of every town
        for name in NAMES[what] if named else ("",):
            filled = address.replace("{name}", name)
            asked.append((f"API {filled} by an engineer's key", f"{filled}?{query}" if query else filled))
    return asked
