"""Which addresses to ask: a template, its lists of names, and the days of a window."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple
from urllib.parse import quote

from pulso.city import Sensor
from pulso.sources.table_options import Address, Options


class Asked(NamedTuple):
    """One address, and what its placeholders stood for."""

    url: str
    names: dict[str, str]  # e.g. {"site": "100020113"}
    day: date | None  # the day of a file that holds one day; else none


def addresses(options: Options, first: date, last: date, lives: dict[str, list[Sensor]]) -> Iterator[Asked]:
    """Name every address of these days, both included: period by period, and within a period name by name.

    A named value that is also a sensor of the sensors file is asked only for periods of its life. A name in the address is
    percent-encoded; the rest of the address stands as the city file has it.
    """
    for address in sorted(options.url, key=lambda a: a.first or date.min):
        lists = {k: v for k, v in options.named.items() if f"{{{k}" in address.url}
        start, stop = max(first, address.first or first), min(last, address.last or last)
        for begin, end in _periods(address, start, stop):
            for values in itertools.product(*lists.values()):
                names = dict(zip(lists, values, strict=True))
                if all(_alive(lives.get(v), begin, end) for v in values):
                    day = begin if "{day" in address.url else None
                    encoded = {k: quote(v, safe="") for k, v in names.items()}
                    yield Asked(_fill(address.url, begin, encoded), names, day)


def _fill(template: str, begin: date, names: dict[str, str]) -> str:
    return re.sub(
        r"(?<!\$)\{(\w+)(?::([^{}]*))?\}",  # ${NAME} is a secret, for the door to fill
        lambda m: names[m[1]] if m[1] in names else begin.strftime(m[2] or {"day": "%Y-%m-%d", "month": "%Y-%m"}.get(m[1], "%Y")),
        template,
    )


def _periods(address: Address, first: date, last: date) -> Iterator[tuple[date, date]]:
    """The days, months or years that the template tells apart; one period for an address that never changes."""
    if first > last:
        return
    kinds = set(re.findall(r"\{(day|month|year)\b", address.url))
    if not kinds:
        yield first, last
        return
    at = first if "day" in kinds else first.replace(day=1) if "month" in kinds else first.replace(month=1, day=1)
    while at <= last:
        if "day" in kinds:
            after = at + timedelta(days=1)
        elif "month" in kinds:
            after = (at + timedelta(days=31)).replace(day=1)
        else:
            after = at.replace(year=at.year + 1)
        yield at, after - timedelta(days=1)
        at = after


def _alive(rows: list[Sensor] | None, begin: date, end: date) -> bool:
    return not rows or any((s.first or begin) <= end and (s.last or end) >= begin for s in rows)
