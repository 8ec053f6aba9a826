"""One site, asked."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import fields
from datetime import date, datetime
from functools import cache
from types import TracebackType, UnionType
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

import httpx

from pulso.client.shapes import City, CityNow, Event, Explanation, Flag, Incident, Metric, Quality, Source, Value, Zone

T = TypeVar("T")
Form = Literal["csv", "parquet", "xlsx", "geojson", "json"]
Kind = Literal["zones", "metrics", "values", "quality", "events", "sources", "incidents", "flags"]
TRIES = 5
"""So often a question is asked where the site says that it was too soon."""


class Refused(Exception):  # noqa: N818  # it names what happened to the question
    """The site did not answer: `status`, and `detail`, which says what was found and what is allowed."""

    def __init__(self, status: int, detail: str) -> None:
        self.status, self.detail = status, detail
        super().__init__(f"{status}: {detail}")


class Pulso:
    """A site, by its address. Keeps a connection: use it in a `with`, or close it.

    Parameters
    ----------
    address
        Of the site, such as https://pulso.example.org; the API lies below it.
    key
        A key of yours, where you have one: you may ask more often.
    page
        So many rows are asked for at a time, 1 to 10,000.
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
    ) -> Iterator[Value]:
        """What is published, in order of day, zone and metric, all of one moment; first and last day included.

        zone: an id or name, "city" for the city as a whole, None for all. metric: None for the headline, "all" for every metric.
        """
        asked = {"zone": zone, "metric": metric, "from": first, "to": last, "as_of": as_of}
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

    def sources(self, city: str) -> Iterator[Source]:
        """Where its data comes from."""
        return self._rows(f"/cities/{city}/sources", Source, {})

    def incidents(self, city: str) -> Iterator[Incident]:
        """Breaches of its sources' contracts."""
        return self._rows(f"/cities/{city}/incidents", Incident, {})

    def flags(self, city: str) -> Iterator[Flag]:
        """The sensors that people exclude."""
        return self._rows(f"/cities/{city}/flags", Flag, {})

    def explain(
        self, city: str, day: date | str | None = None, *, zone: str | None = None, as_of: datetime | str | None = None
    ) -> Explanation:
        """Why a day was as it was; the last that is published, where none is said."""
        return _read(Explanation, self._json(f"/cities/{city}/explain", {"day": day, "zone": zone, "as_of": as_of}))

    def verdicts(self, city: str, day: date | str | None = None, *, as_of: datetime | str | None = None) -> list[dict[str, Any]]:
        """What was published of a day, whole, the city's first."""
        found: list[dict[str, Any]] = self._json(f"/cities/{city}/verdicts", {"day": day, "as_of": as_of})["items"]
        return found

    def save(self, city: str, kind: Kind, form: Form, **asked: object) -> bytes:
        """One page of rows as a file: CSV, Parquet, XLSX, GeoJSON. Say `limit` for more rows; first and last as elsewhere."""
        renamed = {{"first": "from", "last": "to"}.get(k, k): v for k, v in asked.items()}
        return self._answer(f"/cities/{city}/{kind}.{form}", renamed, accept="*/*").content

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
        """The site's answer; where it says that it was asked too often, it is waited for."""
        said = {k: v.isoformat() if isinstance(v, date) else str(v) for k, v in asked.items() if v is not None}
        for left in range(TRIES, 0, -1):
            answer = self._asked.get(address, params=said, headers={"Accept": accept})
            if answer.is_success:
                return answer
            if answer.status_code != httpx.codes.TOO_MANY_REQUESTS or left == 1:
                break
            self._sleep(float(answer.headers.get("Retry-After", "1")))
        raise Refused(answer.status_code, _detail(answer))


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
    return _read(hint, said) if isinstance(said, dict) else said
