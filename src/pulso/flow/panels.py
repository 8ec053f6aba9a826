"""From the lake's tables to the core's arrays: days, weather and events, and one panel a metric."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from pulso import metrics
from pulso.city import City, Sensor, SourceConf, Span
from pulso.core.compose import Domain
from pulso.core.days import Days
from pulso.core.drivers import FEATURES, Drivers
from pulso.core.level import SPAN
from pulso.core.panel import Ints, Panel
from pulso.flow.home import River
from pulso.lake import Arrays

MARGIN = 4
"""Days beside those that have data: whether a day is a bridge or an eve depends on its neighbours."""

FIBRE_CUT = "fibre_cut"
"""What a cut of the city's fibre makes blind. The site enters it, and nobody by hand: it names the very sensors that are missing."""

SILENCING = ("outage", "power_cut", "sensor_fault", FIBRE_CUT)
"""Events that silence sensors and say nothing about the city: they are named on the day, but drive nothing."""

PILOT = "pilot"
"""A pilot on the days of its window. It drives nothing: each is another thing, and its own evaluation tells of it. But the sensors that it
touches are compared among themselves, so that what it does is not taken for a fault of theirs."""

WEATHER_SEEN = 0.5
"""Share of a day's hours that a weather variable must be known in, or its day is unknown."""

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Desk:
    """What the core is given to judge a city: T days from `first`, its panels, and who its sensors are."""

    first: date
    days: Days
    drivers: Drivers
    panels: tuple[Panel, ...]
    sensors: tuple[tuple[str, ...], ...]  # of each panel, in its order
    silenced: tuple[Bools, ...]  # of each panel (T, S): of what it excludes, what an event silenced
    zones: Bools  # (Z, L), the city first
    zone_ids: tuple[str | None, ...]  # Z, None for the city
    reach: Bools  # (L, E)
    domains: tuple[Domain, ...]
    events: tuple[Span, ...]

    def at(self, day: date) -> int:
        """Where a day stands."""
        return (day - self.first).days

    def day(self, t: int) -> date:
        """Which day stands there."""
        return self.first + timedelta(days=t)


def lay_out(river: River, first: date, last: date) -> Desk | None:
    """Lay out all that is known of these local days, both included; None where the city has no metric."""
    if not river.city.metrics:
        return None
    span = (first - timedelta(days=MARGIN), last + timedelta(days=MARGIN))
    days = calendar(river.city, *span)
    leaves = [z.id for z in river.zones.leaves]
    events = river.lake.events()
    found = [_panel(river, name, span, leaves, events) for name in river.city.metrics]
    membership, ids = zones(river, leaves)
    kinds = tuple(dict.fromkeys(e.kind for e in events if e.kind not in (*SILENCING, PILOT)))
    return Desk(
        first=span[0],
        days=days,
        drivers=Drivers(*_weather(river, span), *_events(events, kinds, span)),
        panels=tuple(panel for panel, _, _ in found),
        sensors=tuple(names for _, names, _ in found),
        silenced=tuple(muted for _, _, muted in found),
        zones=membership,
        zone_ids=ids,
        reach=_reach(river, events, kinds, leaves),
        domains=tuple(Domain(name, d.importance, d.footprint) for name, d in river.city.domains.items()),
        events=events,
    )


def calendar(city: City, first: date, last: date) -> Days:
    """The city's calendar over these local days, both included."""
    holidays = city.public_holidays(first, last)
    names = tuple(sorted(set(holidays.values())))  # in one order, whatever the span
    length = (last - first).days + 1
    holiday = np.full(length, -1, dtype=np.int64)
    for day, name in holidays.items():
        holiday[(day - first).days] = names.index(name)
    school = np.zeros(length, dtype=bool)
    school[[(d - first).days for d in city.days_of("school_break", first, last)]] = True
    return Days(np.arange(first.toordinal(), last.toordinal() + 1), holiday, names, school)


def zones(river: River, leaves: Sequence[str]) -> tuple[Bools, tuple[str | None, ...]]:
    """Which leaf zones each zone holds, the city first, and the zones' ids."""
    rows = [np.ones(len(leaves), dtype=bool)]
    for zone in river.zones.all:
        inside = river.zones.members(zone.id)
        rows.append(np.array([leaf in inside for leaf in leaves], dtype=bool))
    return np.stack(rows), (None, *(z.id for z in river.zones.all))


def _panel(
    river: River, name: str, span: tuple[date, date], leaves: Sequence[str], events: Sequence[Span]
) -> tuple[Panel, tuple[str, ...], Bools]:
    conf = river.city.metrics[name]
    metric, source = metrics.metric_of(river.city, name), river.city.sources[conf.source]
    daily = metrics.comes_by_the_day(river.city, name, conf.source)
    seen = river.lake.panel_arrays(name, span, daily=daily)
    muted = _silenced(river, conf.source, seen, events, span)
    panel = Panel(
        name=name,
        domain=conf.domain,
        form=metric.form,
        grain="day" if daily else "hour",
        ratio=metric.ratio,
        importance=conf.importance,
        values=seen.values.astype(np.float64),
        seen=seen.seen.astype(np.float64),
        still=seen.still.astype(np.int64),
        zone=np.array([leaves.index(z) if z in leaves else -1 for z in seen.zones], dtype=np.int64),
        alive=_alive(seen, source, river.city.sensors.get(conf.source, ()), span),
        excluded=_excluded(river, seen.sensors, span) | muted,
        frozen=metric.frozen,
        source=conf.source,
        announced=_announced(river, seen, events, span),
    )
    return panel, tuple(seen.sensors), muted


def _alive(seen: Arrays, source: SourceConf, declared: Sequence[Sensor], span: tuple[date, date]) -> Bools:
    """(T, S) Within the declared life of the source and of the sensor; what declares no beginning lives from when it is first seen."""
    ordinal = np.arange(span[0].toordinal(), span[1].toordinal() + 1)
    alive = np.ones((ordinal.size, len(seen.sensors)), dtype=bool)
    ever: Bools = np.asarray((seen.seen > 0).any(axis=2))
    for s, name in enumerate(seen.sensors):
        lives = [d for d in declared if d.sensor == name]
        if lives and any(d.first or d.last for d in lives):
            alive[:, s] = np.any([_between(ordinal, d.first, d.last) for d in lives], axis=0)
        if not any(d.first for d in lives):
            alive[:, s] &= np.arange(ordinal.size) >= (np.argmax(ever[:, s]) if ever[:, s].any() else ordinal.size)
    return alive & _between(ordinal, source.first, source.last)[:, None]


def _between(ordinal: NDArray[np.int_], first: date | None, last: date | None) -> Bools:
    """Which days lie within a life; None is open."""
    inside = np.ones(ordinal.size, dtype=bool)
    if first is not None:
        inside &= ordinal >= first.toordinal()
    if last is not None:
        inside &= ordinal <= last.toordinal()
    return inside


def _excluded(river: River, sensors: Sequence[str], span: tuple[date, date]) -> Bools:
    """(T, S) Excluded by hand."""
    ordinal = np.arange(span[0].toordinal(), span[1].toordinal() + 1)
    out = np.zeros((ordinal.size, len(sensors)), dtype=bool)
    for flag in river.lake.flags():
        if flag["sensor"] in sensors:
            out[:, sensors.index(flag["sensor"])] |= _between(ordinal, flag["first"], flag["last"])
    return out


def _silenced(river: River, source: str, seen: Arrays, events: Sequence[Span], span: tuple[date, date]) -> Bools:
    """(T, S) Silenced by an event that says so: whatever a sensor without power reports, it is missing, never a quiet street.

    An event names sources, whose sensors are silenced where it is, or single sensors, which are wherever they stand. Where a place is the
    sensor, and access points are what an event names, the place is missing once too few of its access points are left.
    """
    ordinal = np.arange(span[0].toordinal(), span[1].toordinal() + 1)
    out = np.zeros((ordinal.size, len(seen.sensors)), dtype=bool)
    for event in (e for e in events if source in e.silences):
        out |= _between(ordinal, event.first, event.last)[:, None] & _there(river, event, seen)
    for event in (e for e in events if e.sensors):
        named = set(event.sensors)
        out |= _between(ordinal, event.first, event.last)[:, None] & np.array([s in named for s in seen.sensors], dtype=bool)
    return out | _left_alone(river, river.city.sources[source], seen, events, span)


def _left_alone(river: River, conf: SourceConf, seen: Arrays, events: Sequence[Span], span: tuple[date, date]) -> Bools:
    """(T, S) Places of which events silence so many access points that too few are left: also on days that were published before."""
    out = np.zeros(((span[1] - span[0]).days + 1, len(seen.sensors)), dtype=bool)
    naming = [e for e in events if e.sensors and e.last >= span[0] and e.first <= span[1]]
    if conf.connector != "radius" or not naming:
        return out
    from pulso.flow.presence.count import layout, too_few  # with scipy, which a city without Wi-Fi should not wait for
    from pulso.flow.presence.on import silenced
    from pulso.sources.radius import Options

    options = Options.model_validate(dict(conf.options))
    where = layout(river.city, river.zones, conf, options)
    for t in range(out.shape[0]):
        dark = silenced(where, naming, span[0] + timedelta(days=t))
        if dark.any():
            missing = {place for place, few in zip(where.places, too_few(where, dark, options).tolist(), strict=True) if few}
            out[t] = [s in missing for s in seen.sensors]
    return out


def _announced(river: River, seen: Arrays, events: Sequence[Span], span: tuple[date, date]) -> Ints | None:
    """(T, S) A number for each set of pilots that touch a sensor on a day, 0 for none of them; None where no pilot touches any.

    A pilot touches its zone from its first day until 28 days after its last: an expectation that has followed it is back by then.
    """
    ordinal = np.arange(span[0].toordinal(), span[1].toordinal() + 1)
    out, sets = np.zeros((ordinal.size, len(seen.sensors)), dtype=np.int64), 0
    for pilot in (e for e in events if e.kind == PILOT):
        touched = _between(ordinal, pilot.first, pilot.last + timedelta(days=SPAN))[:, None] & _there(river, pilot, seen)
        for before in np.unique(out[touched]):
            sets += 1
            out[touched & (out == before)] = sets
    return out if sets else None


def _there(river: River, event: Span, seen: Arrays) -> Bools:
    """(S,) Which sensors stand where an event is; one without a place only where it is everywhere."""
    inside = None if event.zone is None else river.zones.members(event.zone)
    return np.array([inside is None or zone in inside for zone in seen.zones], dtype=bool)


def _weather(river: River, span: tuple[date, date]) -> tuple[tuple[str, ...], Floats]:
    """The weather variables that some source told of, by day; NaN where unknown."""
    length = (span[1] - span[0]).days + 1
    sources = river.city.weather.sources if river.city.weather else []
    names, columns = [], []
    felt = dict.fromkeys(f.variable for f in FEATURES)  # the day's extremes and the pressure say little beside these
    for name in felt if sources else ():
        daily = all(metrics.comes_by_the_day(river.city, name, source) for source in sources)
        seen = river.lake.panel_arrays(name, span, daily=daily)
        if seen.sensors:
            names.append(name)
            columns.append(_by_day(seen, summed=metrics.metric_of(river.city, name).form == "flow"))
    return tuple(names), np.stack(columns, axis=1) if columns else np.zeros((length, 0))


def _by_day(seen: Arrays, *, summed: bool) -> Floats:
    """(T,) Mean over the stations of each one's mean hour, or sum of hours; a sum is brought to the whole day."""
    known = np.isfinite(seen.values) & (seen.seen > 0)
    hours = known.sum(axis=2)
    mean = np.where(known, seen.values, 0.0).sum(axis=2) / np.maximum(hours, 1)
    of_day = seen.values.shape[2]
    station = np.where(hours >= WEATHER_SEEN * of_day, mean * (of_day if summed else 1), np.nan)
    heard = np.isfinite(station).sum(axis=1)
    return np.where(heard > 0, np.nansum(station, axis=1) / np.maximum(heard, 1), np.nan)


def _events(events: Sequence[Span], kinds: tuple[str, ...], span: tuple[date, date]) -> tuple[Bools, tuple[str, ...]]:
    """When each kind of event was on, (T, E)."""
    ordinal = np.arange(span[0].toordinal(), span[1].toordinal() + 1)
    on = np.zeros((ordinal.size, len(kinds)), dtype=bool)
    for event in (e for e in events if e.kind in kinds):
        on[:, kinds.index(event.kind)] |= _between(ordinal, event.first, event.last)
    return on, kinds


def _reach(river: River, events: Sequence[Span], kinds: tuple[str, ...], leaves: Sequence[str]) -> Bools:
    """Which leaf zones each kind of event touches, (L, E); an event without a zone touches all."""
    reach = np.zeros((len(leaves), len(kinds)), dtype=bool)
    for event in (e for e in events if e.kind in kinds):
        inside = set(leaves) if event.zone is None else river.zones.members(event.zone)
        reach[:, kinds.index(event.kind)] |= [leaf in inside for leaf in leaves]
    return reach
