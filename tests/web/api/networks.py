"""The addresses of the fibre and the Wi-Fi in the API, and whoever asks: nobody, or somebody with a key that opens what they may see."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
from django.http import HttpResponse
from django.test import Client

from pulso.web.people import keys
from pulso.web.people.models import Person

ROOT = "/api/v1/cities/vila"
LISTS = ("fibre-lengths", "fibre-sites", "fibre-ducts", "fibre-cables", "fibre-buildings", "fibre-works")
LISTS += ("wifi-places", "wifi-points", "wifi-gaps")
CLOSED = {
    "fibre-strands": "cable=office-a",
    "fibre-spare": "lon=-8.6&lat=41.2",
    "fibre-trace": "cable=office-a&strand=1&sent=0&needed=-24",
    "fibre-what-if": "cut=duct:office-a&cut=site:b",
    "fibre-dark": "cut=duct:office-a&cut=site:b",
    "fibre-redundancy": "",
    "fibre-critical": "",
    "fibre-capacity": "",
    "fibre-fill": "",
    "fibre-revisions": "",
    "fibre-changes": "revision=1",
    "fibre-cuts": "",
}
"""What is for engineers, and how it is asked for."""


class Asker:
    """Somebody who asks the API by a key, or by none."""

    def __init__(self, client: Client, person: Person | None = None, *, opens: bool = True) -> None:
        self.client = client
        self.said = {"Authorization": f"Bearer {keys.create(person, 'a program', opens=opens)[1]}"} if person else {}

    def ask(self, address: str, **headers: str) -> HttpResponse:
        """The answer at an address below the city's."""
        return self.client.get(f"{ROOT}/{address}", headers=self.said | headers)

    def told(self, address: str) -> Any:
        """What it says."""
        answer = self.ask(address)
        assert answer.status_code == 200, answer.content
        return answer.json()

    def ids(self, address: str) -> list[str]:
        """Of its rows."""
        return [row["id"] for row in self.told(address)["items"]]

    def walked(self, address: str, limit: int) -> list[dict[str, Any]]:
        """Its rows, so many a page."""
        rows, cursor = [], None
        while True:
            mark = "&" if "?" in address else "?"
            page = self.told(f"{address}{mark}limit={limit}" + (f"&cursor={cursor}" if cursor else ""))
            assert len(page["items"]) <= limit
            rows += page["items"]
            cursor = page["next"]
            if cursor is None:
                return rows


def as_described(site: Client, address: str, answer: Any) -> None:
    """Hold an answer to what the description says of its address: of names and ids, hypothesis finds none."""
    said = site.get("/api/v1/openapi.json").json()
    name, _, one = address.partition("?")[0].partition("/")
    path = f"/api/v1/cities/{{city}}/{name}{'/{name}' if one else ''}"
    shape = said["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    jsonschema_rs.validator_for({**shape, "components": said["components"]}, validate_formats=True).validate(answer)
