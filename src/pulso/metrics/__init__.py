"""Reduce: what is measured, as rows, and how, as Ibis expressions. See docs/how-to/add-a-metric.md."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from pulso.city import City, MetricConf, SourceConf
from pulso.errors import CityFileError, Mistake
from pulso.metrics import environment, generic, parking, street, transit, weather
from pulso.metrics.metric import SECONDS_A_DAY, Metric, Setting
from pulso.shapes import Quantity, Recipe

CATALOGUE: dict[str, Metric] = {m.name: m for theme in (generic, street, parking, transit, environment, weather) for m in theme.METRICS}
"""Every metric that a city file may name, or be like."""

WEATHER: tuple[str, ...] = tuple(m.name for m in weather.METRICS)
"""The variables that a weather source may tell."""

VERSION = 3
"""Of the expressions: one more when they answer differently, so that every lake reduces anew."""

_SECONDS = {"s": 1.0, "min": 60.0, "h": 3600.0, "d": SECONDS_A_DAY}


def metric_of(city: City, name: str) -> Metric:
    """The catalogue's row for a metric of the city, or for a weather variable. CityFileError where there is none."""
    conf = city.metrics.get(name)
    wanted = name if conf is None else conf.like or name
    if wanted not in CATALOGUE:
        key = f"metrics.{name}" + (".like" if conf is not None and conf.like else "")
        raise CityFileError(str(city.folder / "city.toml"), [Mistake(key, wanted, f'one of {", ".join(CATALOGUE)}; or say like = "count"')])
    return CATALOGUE[wanted]


def comes_by_the_day(city: City, name: str, source: str) -> bool:
    """Whether a metric has one value a day: because it is one, or because its source sends no more."""
    return metric_of(city, name).grain == "day" or interval(city.sources[source]) >= SECONDS_A_DAY


def variables(city: City, name: str) -> tuple[str, ...]:
    """What a metric is made of, as its source calls it; the city file's `variable` stands for the first."""
    conf, metric = city.metrics.get(name), metric_of(city, name)
    known = metric.variables or (name,)
    return known if conf is None or conf.variable is None else (conf.variable, *known[1:])


def interval(source: SourceConf) -> float:
    """Seconds between two observations, as the source declares with `expected`."""
    number = source.expected.rstrip("".join(_SECONDS))
    return float(number) * _SECONDS[source.expected.removeprefix(number)]


def used(city: City) -> Iterator[tuple[str, str]]:
    """Every metric of the city with its source: those that weigh, and the weather's."""
    for name, conf in city.metrics.items():
        yield name, conf.source
    for source in city.weather.sources if city.weather else ():
        for name in WEATHER:
            if name not in city.metrics:
                yield name, source


def quantities(city: City) -> dict[tuple[str, str], Quantity]:
    """What may pass the lake's door: by source and variable, the unit and the bounds. The city file's bounds go before the catalogue's.

    Where two metrics share a variable, what either allows may pass, in the unit of the one that has one.
    """
    found: dict[tuple[str, str], Quantity] = {}
    for name, source in used(city):
        metric, conf = metric_of(city, name), city.metrics.get(name)
        for i, variable in enumerate(variables(city, name)):
            least, most = conf.bounds if conf is not None and conf.bounds is not None and i == 0 else metric.bounds
            known = found.get((source, variable))
            unit = metric.unit
            if known is not None:
                least, most, unit = min(least, known.least), max(most, known.most), unit or known.unit
            found[source, variable] = Quantity(unit, least, most)
    return found


def recipes(city: City) -> list[Recipe]:
    """How each metric of the city, and each weather variable, is made: what `Lake.reduce` runs."""
    lengths = _lengths(city.clock)
    return [_recipe(city, name, source, lengths) for name, source in used(city)]


def _recipe(city: City, name: str, source: str, lengths: tuple[tuple[date, int, float], ...]) -> Recipe:
    metric, conf = metric_of(city, name), city.metrics.get(name)
    setting = Setting(
        metric=name,
        source=source,
        variables=variables(city, name),
        interval=interval(city.sources[source]),
        daily=comes_by_the_day(city, name, source),
        hours=_hours(conf),
        sensors=tuple(s for s in city.sensors.get(source, ()) if s.capacity is not None),
        lengths=lengths,
    )
    digest = hashlib.sha256(f"{VERSION} {metric.name} {setting!r}".encode()).hexdigest()[:16]
    return Recipe(name, source, digest, lambda obs: metric.reduce(obs, setting))


@cache
def _lengths(clock: ZoneInfo) -> tuple[tuple[date, int, float], ...]:
    return tuple(long_hours(clock, date(2000, 1, 1), date(2050, 12, 31)))


def _hours(conf: MetricConf | None) -> tuple[int, int]:
    return (0, 24) if conf is None or conf.hours is None else conf.hours


def long_hours(clock: ZoneInfo, first: date, last: date) -> Iterator[tuple[date, int, float]]:
    """The local hours between two days that last longer than an hour, because the clock is set back in them: day, hour, length in hours."""
    day = first
    while day <= last:
        midnight, next_midnight = (datetime(d.year, d.month, d.day, tzinfo=clock).astimezone(UTC) for d in (day, day + timedelta(days=1)))
        if next_midnight - midnight > timedelta(hours=24):
            quarters = [midnight + timedelta(minutes=15 * i) for i in range(int((next_midnight - midnight) / timedelta(minutes=15)))]
            local = [q.astimezone(clock).hour for q in quarters]
            yield from ((day, h, local.count(h) / 4) for h in sorted(set(local)) if local.count(h) > 4)
        day += timedelta(days=1)


__all__ = [
    "CATALOGUE",
    "WEATHER",
    "Metric",
    "comes_by_the_day",
    "interval",
    "long_hours",
    "metric_of",
    "quantities",
    "recipes",
    "used",
    "variables",
]
