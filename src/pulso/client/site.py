"""One site, asked."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal

import httpx

from pulso.client.asking import SILENCE, read
from pulso.client.innovation import Challenge, Evaluation, Pilot, Practice, Testbed, WholeChallenge, WholePilot, WholePractice
from pulso.client.networks import Language, Networks
from pulso.client.pages import arrow, joined
from pulso.client.shapes import (
    City,
    CityNow,
    Effect,
    Event,
    Explanation,
    Flag,
    Happening,
    Incident,
    Metric,
    Quality,
    Source,
    Value,
    Zone,
)

if TYPE_CHECKING:
    import pyarrow as pa

Form = Literal["csv", "parquet", "xlsx", "geojson", "json"]
Kind = Literal[
    "zones",
    "metrics",
    "values",
    "quality",
    "events",
    "effects",
    "sources",
    "incidents",
    "flags",
    "challenges",
    "pilots",
    "evaluations",
    "practices",
    "testbeds",
    "fibre-lengths",
    "fibre-sites",
    "fibre-ducts",
    "fibre-cables",
    "fibre-buildings",
    "fibre-works",
    "fibre-strands",
    "fibre-spare",
    "fibre-capacity",
    "fibre-fill",
    "fibre-trace",
    "fibre-dark",
    "fibre-redundancy",
    "fibre-critical",
    "fibre-revisions",
    "fibre-changes",
    "fibre-cuts",
    "wifi-places",
    "wifi-points",
    "wifi-gaps",
]
SERIES: dict[str, tuple[str, ...]] = {"values": ("csv", "parquet"), "quality": ("csv", "parquet"), "events": ("csv", "parquet", "xlsx")}
"""Kinds of rows of which a site has the whole series as a file, and in which forms."""


class Pulso(Networks):
    """A site, by its address. Keeps a connection: use it in a `with`, or close it.

    Parameters
    ----------
    address
        Of the site, such as https://pulso.example.org; the API lies below it.
    key
        A key of yours, where you have one: you may ask more often, and with one that was made to open it, what you may see of the networks.
    page
        So many rows are asked for at a time, 1 to 1,000.
    """

    def cities(self) -> Iterator[City]:
        """The cities of the site."""
        return self._rows("/cities", City, {})

    def city(self, city: str) -> CityNow:
        """One city, and what is published of it."""
        return read(CityNow, self._json(f"/cities/{city}", {}))

    def zones(self, city: str) -> Iterator[Zone]:
        """Its zones; their outlines: `save(city, "zones", "geojson")`."""
        return self._rows(f"/cities/{city}/zones", Zone, {})

    def metrics(self, city: str) -> Iterator[Metric]:
        """What its index is made of."""
        return self._rows(f"/cities/{city}/metrics", Metric, {})

    def values(
        self,
        city: str,
        *,
        zone: str | None = None,
        metric: str | None = None,
        first: date | str | None = None,
        last: date | str | None = None,
        as_of: datetime | str | None = None,
        grain: Literal["day", "week", "month"] = "day",
    ) -> Iterator[Value]:
        """What is published, in order of day, zone and metric, all of one moment; first and last day included.

        zone: an id or name, "city" for the city as a whole, None for all. metric: None for the headline, "all" for every metric.
        Of grain week and month, `day` is the first day of each.
        """
        asked = {"zone": zone, "metric": metric, "from": first, "to": last, "as_of": as_of, "grain": grain}
        return self._rows(f"/cities/{city}/values", Value, asked)

    def quality(
        self,
        city: str,
        *,
        zone: str | None = None,
        first: date | str | None = None,
        last: date | str | None = None,
        as_of: datetime | str | None = None,
    ) -> Iterator[Quality]:
        """How well each day is known, gaps included."""
        return self._rows(f"/cities/{city}/quality", Quality, {"zone": zone, "from": first, "to": last, "as_of": as_of})

    def events(
        self, city: str, *, first: date | str | None = None, last: date | str | None = None, kind: str | None = None
    ) -> Iterator[Event]:
        """What was on in these days."""
        return self._rows(f"/cities/{city}/events", Event, {"from": first, "to": last, "kind": kind})

    def effects(
        self, city: str, *, first: date | str | None = None, last: date | str | None = None, kind: str | None = None
    ) -> Iterator[Effect]:
        """What the events of these days did: of each the index first, then every metric."""
        return self._rows(f"/cities/{city}/effects", Effect, {"from": first, "to": last, "kind": kind})

    def sources(self, city: str) -> Iterator[Source]:
        """Where its data comes from."""
        return self._rows(f"/cities/{city}/sources", Source, {})

    def incidents(self, city: str) -> Iterator[Incident]:
        """Breaches of its sources' contracts."""
        return self._rows(f"/cities/{city}/incidents", Incident, {})

    def flags(self, city: str) -> Iterator[Flag]:
        """The sensors that people exclude."""
        return self._rows(f"/cities/{city}/flags", Flag, {})

    def challenges(
        self, city: str, *, status: str | None = None, zone: str | None = None, metric: str | None = None, lang: Language | None = None
    ) -> Iterator[Challenge]:
        """Its challenges that are open, or were. metric: a metric's name, or index."""
        asked = {"status": status, "zone": zone, "metric": metric, "lang": lang}
        return self._rows(f"/cities/{city}/challenges", Challenge, asked)

    def challenge(self, city: str, number: int, *, page: int | None = None, lang: Language | None = None) -> WholeChallenge:
        """One of them: with what is tried, and what is said about it, the latest hundred remarks; with page=2 those before."""
        return read(WholeChallenge, self._json(f"/cities/{city}/challenges/{number}", {"page": page, "lang": lang}))

    def pilots(
        self,
        city: str,
        *,
        status: str | None = None,
        zone: str | None = None,
        metric: str | None = None,
        verdict: str | None = None,
        challenge: int | None = None,
        first: date | str | None = None,
        last: date | str | None = None,
        lang: Language | None = None,
    ) -> Iterator[Pilot]:
        """Every pilot that was ever frozen or stopped, whatever it showed; with first and last, those whose window touches these days."""
        asked = {"status": status, "zone": zone, "metric": metric, "verdict": verdict, "challenge": challenge, "lang": lang}
        return self._rows(f"/cities/{city}/pilots", Pilot, asked | {"from": first, "to": last})

    def pilot(self, city: str, number: int, *, lang: Language | None = None) -> WholePilot:
        """One of them: its protocol as it was hashed, its money, and what it showed."""
        return read(WholePilot, self._json(f"/cities/{city}/pilots/{number}", {"lang": lang}))

    def evaluations(
        self, city: str, *, pilot: int | None = None, verdict: str | None = None, lang: Language | None = None
    ) -> Iterator[Evaluation]:
        """Every published evaluation of its pilots, superseded ones too."""
        return self._rows(f"/cities/{city}/evaluations", Evaluation, {"pilot": pilot, "verdict": verdict, "lang": lang})

    def practices(self, city: str, *, status: str | None = None, lang: Language | None = None) -> Iterator[Practice]:
        """What it learnt from its pilots and offers to others, or did."""
        return self._rows(f"/cities/{city}/practices", Practice, {"status": status, "lang": lang})

    def practice(self, city: str, number: int, *, lang: Language | None = None) -> WholePractice:
        """One of them: where it was tried, what it did there, and together from three evaluated adoptions on."""
        return read(WholePractice, self._json(f"/cities/{city}/practices/{number}", {"lang": lang}))

    def testbeds(self, city: str, *, kind: str | None = None, lang: Language | None = None) -> Iterator[Testbed]:
        """What it offers to try things on, and when that is taken."""
        return self._rows(f"/cities/{city}/testbeds", Testbed, {"kind": kind, "lang": lang})

    def explain(
        self,
        city: str,
        day: date | str | None = None,
        *,
        zone: str | None = None,
        as_of: datetime | str | None = None,
        lang: Language | None = None,
    ) -> Explanation:
        """Why a day was as it was; the last that is published, where none is said. Its sentence is in English, where no `lang` is said."""
        return read(Explanation, self._json(f"/cities/{city}/explain", {"day": day, "zone": zone, "as_of": as_of, "lang": lang}))

    def verdicts(self, city: str, day: date | str | None = None, *, as_of: datetime | str | None = None) -> list[dict[str, Any]]:
        """What was published of a day, whole, the city's first."""
        found: list[dict[str, Any]] = self._json(f"/cities/{city}/verdicts", {"day": day, "as_of": as_of})["items"]
        return found

    def save(self, city: str, kind: Kind, form: Form, **asked: object) -> bytes:
        """Rows as one file, all that are asked for: CSV, Parquet, XLSX, GeoJSON, JSON; first, last … as elsewhere. With `limit`, one page.

        Several pages of Parquet are joined by pyarrow; several of XLSX can't be: Unjoined says what to ask instead.
        """
        if not asked and form in SERIES.get(kind, ()):
            return self._answer(f"/cities/{city}/files/{kind}.{form}", {}, accept="*/*").content
        if "limit" in asked:
            return self._answer(f"/cities/{city}/{kind}.{form}", _renamed(asked), accept="*/*").content
        return joined(self._pages(city, kind, form, asked), form)

    def table(self, city: str, kind: Kind, **asked: object) -> pa.Table:
        """Rows of every page as an Arrow table, each column with its meaning; `.to_pandas()` makes a frame of it. Needs pyarrow."""
        return arrow([*self._pages(city, kind, "parquet", asked)])

    def listen(self, city: str, after: str | None = None) -> Iterator[Happening]:
        """What happens, as it happens, until you stop: publications, contracts that break or are kept again, pilots.

        after: the id of the happening that you heard last; all after it is told first. Whatever breaks the line, it is taken up
        again where it broke, and nothing is missed. Unreachable, or Refused, where it can't be taken up.
        """
        while True:
            said = {"Accept": "text/event-stream"} | ({"Last-Event-ID": after} if after else {})
            try:
                with self._asked.stream("GET", f"/cities/{city}/stream", headers=said, timeout=SILENCE) as answer:
                    if answer.is_success:
                        for happening in happenings(answer.iter_lines()):
                            after = happening.id
                            yield happening
                    else:
                        answer.read()
                        self._may_ask_again(answer)
            except httpx.TransportError:
                self._answer(f"/cities/{city}", {})  # is anybody there? This tries several times, or says why not
            self._sleep(1)

    def _pages(self, city: str, kind: Kind, form: Form, asked: dict[str, Any]) -> Iterator[bytes]:
        """Every page of rows in a form, each as it comes."""
        more = {"limit": self._page} | _renamed(asked)
        while True:
            answer = self._answer(f"/cities/{city}/{kind}.{form}", more, accept="*/*")
            yield answer.content
            if "next" not in answer.links:
                return
            more |= {"cursor": httpx.URL(answer.links["next"]["url"]).params["cursor"]}


def happenings(lines: Iterable[str]) -> Iterator[Happening]:
    """Events of a stream of lines; what stands between them are signs of life."""
    said: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(": ")
        if line:
            said[name] = value
            continue
        if "data" in said:
            yield Happening(said["id"], said["event"], json.loads(said["data"]))
        said = {}


def _renamed(asked: dict[str, Any]) -> dict[str, Any]:
    return {{"first": "from", "last": "to"}.get(k, k): v for k, v in asked.items()}
