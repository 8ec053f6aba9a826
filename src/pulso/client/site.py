"""One site, asked."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from functools import cache
from types import TracebackType, UnionType
from typing import TYPE_CHECKING, Any, Literal, TypeVar, get_args, get_origin, get_type_hints

import httpx

from pulso.client.innovation import Challenge, Evaluation, Pilot, Practice, Testbed, WholeChallenge, WholePilot, WholePractice
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

T = TypeVar("T")
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
]
Language = Literal["en", "pt"]
SERIES: dict[str, tuple[str, ...]] = {"values": ("csv", "parquet"), "quality": ("csv", "parquet"), "events": ("csv", "parquet", "xlsx")}
"""Kinds of rows of which a site has the whole series as a file, and in which forms."""
TRIES = 5
"""So often a question is asked where the site says that it was too soon, or can't be reached."""
SILENCE = httpx.Timeout(30, read=60)
"""A stream that says nothing for a minute is dead: signs of life come every fifteen seconds."""
PATIENCE = 60.0
"""Seconds that are waited at most for what a site asks to be waited for."""
AGAIN = (httpx.codes.TOO_MANY_REQUESTS, httpx.codes.BAD_GATEWAY, httpx.codes.SERVICE_UNAVAILABLE, httpx.codes.GATEWAY_TIMEOUT)


class Refused(Exception):  # noqa: N818  # it names what happened to the question
    """The site did not answer: `status`, and `detail`, which says what was found and what is allowed."""

    def __init__(self, status: int, detail: str) -> None:
        self.status, self.detail = status, detail
        super().__init__(f"{status}: {detail}")


class Unreachable(Exception):  # noqa: N818  # it names what happened to the question
    """The site could not be asked, though it was tried several times: its address, and why."""


class Pulso:
    """A site, by its address. Keeps a connection: use it in a `with`, or close it.

    Parameters
    ----------
    address
        Of the site, such as https://pulso.example.org; the API lies below it.
    key
        A key of yours, where you have one: you may ask more often.
    page
        So many rows are asked for at a time, 1 to 1,000.
    """

    def __init__(
        self,
        address: str,
        key: str | None = None,
        *,
        page: int = 1_000,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        headers = {"User-Agent": "pulso-client", "Accept": "application/json"} | ({"Authorization": f"Bearer {key}"} if key else {})
        self._asked = httpx.Client(base_url=f"{address.rstrip('/')}/api/v1", headers=headers, timeout=30, transport=transport)
        self._page, self._sleep = page, sleep

    def __enter__(self) -> Pulso:
        return self

    def __exit__(self, kind: type[BaseException] | None, why: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._asked.close()

    def cities(self) -> Iterator[City]:
        """The cities of the site."""
        return self._rows("/cities", City, {})

    def city(self, city: str) -> CityNow:
        """One city, and what is published of it."""
        return _read(CityNow, self._json(f"/cities/{city}", {}))

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
        return _read(WholeChallenge, self._json(f"/cities/{city}/challenges/{number}", {"page": page, "lang": lang}))

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
        return _read(WholePilot, self._json(f"/cities/{city}/pilots/{number}", {"lang": lang}))

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
        return _read(WholePractice, self._json(f"/cities/{city}/practices/{number}", {"lang": lang}))

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
        return _read(Explanation, self._json(f"/cities/{city}/explain", {"day": day, "zone": zone, "as_of": as_of, "lang": lang}))

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

    def _rows(self, address: str, shape: type[T], asked: dict[str, Any]) -> Iterator[T]:
        cursor = None
        while True:
            page = self._json(address, asked | {"limit": self._page, "cursor": cursor})
            yield from (_read(shape, row) for row in page["items"])
            cursor = page["next"]
            if cursor is None:
                return

    def _json(self, address: str, asked: dict[str, Any]) -> Any:
        return self._answer(address, asked).json()

    def _answer(self, address: str, asked: dict[str, Any], accept: str = "application/json") -> httpx.Response:
        """The site's answer; where it says that it was asked too soon, or can't be reached, it is asked again."""
        said = {k: v.isoformat() if isinstance(v, date) else str(v) for k, v in asked.items() if v is not None}
        for left in range(TRIES - 1, -1, -1):
            try:
                answer = self._asked.get(address, params=said, headers={"Accept": accept})
            except httpx.TransportError as why:
                if not left:
                    raise Unreachable(f"{self._asked.base_url}: {str(why) or type(why).__name__}") from why
                self._sleep(2.0 ** (TRIES - 1 - left))
                continue
            if answer.is_success:
                return answer
            if not left:
                break
            self._may_ask_again(answer)
        raise Refused(answer.status_code, _detail(answer))

    def _may_ask_again(self, answer: httpx.Response) -> None:
        """Wait as long as the site asks. Refused where it doesn't ask to wait, but says no."""
        if answer.status_code not in AGAIN:
            raise Refused(answer.status_code, _detail(answer))
        wait = answer.headers.get("Retry-After", "1")
        self._sleep(min(float(wait), PATIENCE) if wait.isdecimal() else 1.0)


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


def _detail(answer: httpx.Response) -> str:
    if answer.headers.get("Content-Type", "").startswith("application/problem+json"):
        return str(answer.json()["detail"])
    return answer.text[:200]


def _read(shape: type[T], said: dict[str, Any]) -> T:
    """A row as its dataclass; fields that this client does not know yet are passed over."""
    hints = _hints(shape)  # type: ignore[arg-type]  # a class can be a key
    return shape(**{f.name: _value(hints[f.name], said[f.name]) for f in fields(shape)})  # type: ignore[arg-type]  # shapes are dataclasses


@cache
def _hints(shape: type[Any]) -> dict[str, Any]:
    return get_type_hints(shape)


def _value(hint: Any, said: Any) -> Any:
    if said is None:
        return None
    if get_origin(hint) is UnionType:
        hint = next(h for h in get_args(hint) if h is not type(None))
    if get_origin(hint) is tuple:
        return tuple(_value(get_args(hint)[0], one) for one in said)
    if hint in (date, datetime):
        return hint.fromisoformat(said)
    return _read(hint, said) if isinstance(hint, type) and is_dataclass(hint) else said
