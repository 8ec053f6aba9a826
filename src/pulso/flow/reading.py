"""What was published, given back."""

from __future__ import annotations

import difflib
from datetime import date, datetime, timedelta

from pulso.errors import CityFileError, Mistake, NothingKnown
from pulso.flow.home import River
from pulso.shapes import Verdict
from pulso.show import bulletin as page

SIX_WEEKS = timedelta(days=41)


def as_published(river: River, day: date, zone: str | None = None, as_of: datetime | None = None) -> str:
    """The latest publication of a zone and day, or the latest of that moment: the text as it was published, byte for byte.

    NothingKnown where there is none, with what there is instead.
    """
    at = zone_id(river, zone)
    found = river.lake.published([at], (day, day), as_of, ["verdict"])["verdict"].to_pylist()
    if found:
        return str(found[0])
    where = river.city.city.name if at is None else f"{river.city.city.name}, zone {at}"
    days = river.lake.published([at], None, as_of, ["day"])["day"].to_pylist()
    when = "" if as_of is None else f" at {as_of:%Y-%m-%d %H:%M} UTC"
    there = f"What is published runs from {min(days)} to {max(days)}." if days else f"First: pulso publish {river.city.slug}"
    raise NothingKnown(f"{where}: nothing was published of {day}{when}. {there}")


def verdict(river: River, day: date, zone: str | None = None, as_of: datetime | None = None) -> Verdict:
    """The latest publication of a zone and day, or the latest of that moment. NothingKnown where there is none."""
    return Verdict.model_validate_json(as_published(river, day, zone, as_of))


def series(
    river: River, first: date | None = None, last: date | None = None, zone: str | None = None, as_of: datetime | None = None
) -> list[Verdict]:
    """The publications of a zone over these days, both included, in order of days; without days all there are."""
    span = None if first is None and last is None else (first or date.min, last or date.max)
    rows = river.lake.published([zone_id(river, zone)], span, as_of, ["verdict"]).sort_by("day")
    return [Verdict.model_validate_json(text) for text in rows["verdict"].to_pylist()]


def bulletin(river: River, day: date, language: str, as_of: datetime | None = None) -> str:
    """One day's page: the city's verdict, its zones, six weeks, and what was on."""
    today = verdict(river, day, None, as_of)
    everywhere = river.lake.published(None, (day, day), as_of, ["verdict"])["verdict"].to_pylist()
    by_zone = {v.zone: v for v in map(Verdict.model_validate_json, everywhere) if v.zone is not None}
    weeks = series(river, day - SIX_WEEKS, day, None, as_of)
    events = [e for e in river.lake.events(as_of) if e.first <= day and e.last >= day - SIX_WEEKS]
    return page.bulletin(river.city, river.zones, today, weeks, by_zone, events, language=language)


def zone_id(river: River, said: str | None) -> str | None:
    """The id of the zone that a person meant, by id or name; None is the city. CityFileError with the nearest names where none is."""
    if said is None:
        return None
    for z in river.zones.all:
        if said in (z.id, z.name) or said.casefold() == z.name.casefold():
            return z.id
    names = [z.name for z in river.zones.all]
    near = difflib.get_close_matches(said, names, n=3, cutoff=0.3) or names
    raise CityFileError(river.city.slug, [Mistake("--zone", said, f"a zone, by id or name, such as {', '.join(near)}")])


def known_metric(river: River, said: str) -> None:
    """CityFileError where the city has no such metric."""
    if said not in river.city.metrics:
        raise CityFileError(river.city.slug, [Mistake("--metric", said, f"one of {', '.join(river.city.metrics)}")])
