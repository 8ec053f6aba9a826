"""Sensors' hours in, judged days out: the whole core in its order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pulso.core import drivers as moving
from pulso.core.band import headline, method_band
from pulso.core.compose import Composed, Domain, Scheme, Status, compose, month_weights, owed, scheme
from pulso.core.days import Days
from pulso.core.drivers import Drivers
from pulso.core.explain import points
from pulso.core.fits import Fits
from pulso.core.index import members, parents
from pulso.core.measure import HISTORY, Measured, measure
from pulso.core.panel import Bools, Floats, Ints, Panel
from pulso.core.uncertainty import baseline_variance, interval, normal_range
from pulso.core.weights import living


@dataclass(frozen=True)
class Scores:
    """What days are remembered by, in ln of index / 100, NaN where there is none: enough to judge the next day by."""

    metric: Floats  # (T, Z, M): leaning on the parent zone
    headline: Floats  # (T, Z): of published and partial days
    rest: Floats  # (T, Z): of which unexplained


@dataclass(frozen=True)
class Judgement:
    """
    W wanted days, Z zones (the city first), M metrics, D domains, K drivers. Indices are 100 on the expected day; NaN where there is none.

    A refused day has no index, interval, level, points or band; its metrics and domains stand.
    """

    ordinal: Ints  # (W,)
    status: Ints  # (W, Z): `Status`
    refusal: Ints  # (W, Z): `Refusal`
    index: Floats  # (W, Z)
    low: Floats  # (W, Z): 90 % interval of today's value
    high: Floats
    normal_low: Floats  # (W, Z): 5-95 % of ordinary days of that kind
    normal_high: Floats
    method_low: Floats  # (W, Z): other reasonable methods
    method_high: Floats
    without_weather: Floats  # (W, Z): the index, had the day's weather been usual
    level_index: Floats  # (W, Z): against the reference year
    weight_seen: Floats  # (W, Z): of the living weight
    metric_index: Floats  # (W, Z, M): of the zone's own sensors, in the published form
    metric_without_weather: Floats  # (W, Z, M)
    metric_weight: Floats  # (W, Z, M): of the living weight
    sensors_seen: Ints  # (W, Z, M): that count
    sensors_alive: Ints  # (W, Z, M): of which something was expected lately
    sensors_declared: Ints  # (W, Z, M): within their declared life
    disagree: Bools  # (W, Z, M)
    flags: tuple[Ints, ...]  # M arrays (W, S): `Flag` bits
    domain_index: Floats  # (W, Z, D)
    domain_weight: Floats  # (W, Z, D): of the living weight
    drivers: tuple[str, ...]  # K names
    driver_kinds: tuple[Literal["weather", "event"], ...]
    points: Floats  # (W, Z, D, K + 1): the unexplained rest last; they add up to index - 100
    unmeasured: Bools  # (W, Z, K): event kinds that were on and had no coefficient
    beyond: Bools  # (W, K): drivers outside everything seen before
    in_sample: Bools  # (W,)
    weights: Floats  # (D,) in force on the last wanted day, before the cap
    weights_now: Floats  # (D,) by the last 365 days: the difference is drift
    scores: Scores  # of the wanted days

    @property
    def reasons(self) -> Floats:
        """Points by driver, (W, Z, K + 1), the unexplained rest last."""
        total: Floats = self.points.sum(axis=2)
        return total


def judge(
    panels: Sequence[Panel],
    days: Days,
    drivers: Drivers | None = None,
    *,
    zones: Bools,
    domains: Sequence[Domain],
    reach: Bools | None = None,
    wanted: slice | None = None,
    reference_year: int | None = None,
    earlier: Scores | None = None,
    fits: Fits | None = None,
) -> Judgement:
    """
    Judge days of a city, each by what came before it.

    Parameters
    ----------
    panels
        M metrics on the same T days.
    days, drivers
        Of these days; `drivers.where` is not used, `reach` is. Lay out a few days more than are known, unseen, at the end: whether
        the last day is an eve depends on the next.
    zones : (Z, L)
        Which leaf zones each zone holds; row 0 is the city.
    domains
        All that the panels name.
    reach : (L, E) or None
        Which leaf zones each kind of event touches; None for all.
    wanted
        The days to judge, None for all.
    reference_year
        For the level index, and for the weights once it is over; None for neither.
    earlier
        What was published of the days before the wanted ones, all T days long; spares judging them again. None: they are.
    fits
        What earlier runs have learnt of months, which spares learning it again.

    Raises
    ------
    ValueError
        If the panels don't tell of the same days, a domain isn't declared, or row 0 of the zones isn't the whole city.

    Notes
    -----
    Judging day by day with `earlier` gives what judging all at once gives, from the second year on.
    """
    _check(panels, days, zones)
    drivers = drivers or moving.none(len(days))
    first, stop, _ = (wanted or slice(None)).indices(len(days))
    rows = slice(max(first - HISTORY, 0), stop) if earlier is not None else slice(0, stop)
    plan = scheme([p.domain for p in panels], [p.importance for p in panels], domains)
    parent = parents(zones)
    found = []
    for panel in panels:
        touched = replace(drivers, where=_where(panel.zone, reach))
        found.append(measure(panel, days, touched, members(zones, panel.zone), parent, rows, reference_year, fits))
    start = rows.start if earlier is None else first
    room = _Room(found, days, drivers, plan, _sources(panels), rows, start, first, reference_year)
    return _judgement(room, _reached(drivers, zones, reach), earlier)


def _check(panels: Sequence[Panel], days: Days, zones: Bools) -> None:
    if not panels:
        raise ValueError("a city without metrics can't be judged")
    for panel in panels:
        if len(panel.values) != len(days):
            raise ValueError(f"{panel.name} tells of {len(panel.values)} days, the calendar of {len(days)}")
        if panel.zone.size and panel.zone.max() >= zones.shape[1]:
            raise ValueError(f"{panel.name} has a sensor in leaf zone {panel.zone.max()}; there are {zones.shape[1]}")
    if not zones[0].all():
        raise ValueError("the first row of the zones is the city and holds every leaf")


def _where(zone: Ints, reach: Bools | None) -> Bools | None:
    """Which sensors each kind of event touches, (S, E); a sensor without a place only what touches every leaf."""
    return None if reach is None else np.concatenate([reach, reach.all(axis=0, keepdims=True)])[zone]


def _reached(drivers: Drivers, zones: Bools, reach: Bools | None) -> Bools:
    """Which kinds of event were on in which zone, (T, Z, K); False for weather."""
    on = np.zeros((len(drivers.events), len(zones), len(drivers.groups)), dtype=bool)
    events = len(drivers.event_kinds)
    if events:
        touches = np.ones((len(zones), events), dtype=bool) if reach is None else (zones.astype(int) @ reach.astype(int)) > 0
        touches[0] = True
        on[:, :, len(drivers.groups) - events :] = drivers.events[:, None, :] & touches
    return on


class _Room(NamedTuple):
    """What the last step needs of the steps before it. Headlines are made from `start` on, wanted from `first` on."""

    found: Sequence[Measured]
    days: Days
    drivers: Drivers
    plan: Scheme
    sources: Ints
    rows: slice
    start: int
    first: int
    reference_year: int | None

    def stack(self, *path: str, wanted: bool = True) -> NDArray[Any]:
        """One thing of every metric, (W, Z, M), on the wanted days or on all that have a headline."""
        told: list[NDArray[Any]] = [reduce(getattr, path, metric) for metric in self.found]  # type: ignore[arg-type]
        begin = self.first if wanted else self.start
        return np.stack(told, axis=-1)[begin - self.rows.start :]


def _judgement(room: _Room, on: Bools, earlier: Scores | None) -> Judgement:
    """Put the metrics together."""
    days, plan, stop = room.days, room.plan, room.rows.stop
    span, out, want = slice(room.start, stop), slice(room.first, stop), slice(room.first - room.start, None)
    log_metric = room.stack("log_metric", wanted=False)
    past = _past(earlier, len(days), room.start, stop, log_metric)
    alive, declared = (room.stack(name, wanted=False) > 0 for name in ("alive", "declared"))
    made = compose(plan, log_metric, alive, declared, past.metric[:, 0], days, span, room.reference_year)
    parts = owed(plan, made.weight, log_metric, [f.deltas[room.start - room.rows.start :] for f in room.found])
    stands = made.status != Status.REFUSED
    past.headline[span] = np.where(stands, made.headline, np.nan)
    past.rest[span] = np.where(stands, parts[..., -1].sum(axis=-1), np.nan)
    final = past.headline[out]
    scores = Scores(log_metric[want], final, past.rest[out])
    made = Composed(**{name: value[want] for name, value in vars(made).items()})
    in_force, now = month_weights(plan, past.metric[:, 0], days, _month_start(days, stop - 1), room.reference_year)
    return Judgement(
        ordinal=days.ordinal[out],
        **_limits(room, made, past, out),
        **_metrics(room, made),
        status=made.status,
        refusal=made.refusal,
        index=_hundred(final),
        without_weather=_hundred(final - parts[want][..., _weather(room.drivers)].sum(axis=(-2, -1))),
        level_index=_hundred(np.where(np.isfinite(final), headline(room.stack("log_level"), made.weight), np.nan)),
        weight_seen=np.where(np.isfinite(scores.metric), made.living, 0.0).sum(axis=-1),
        drivers=room.drivers.groups,
        driver_kinds=room.drivers.kinds,
        points=points(final[..., None], parts[want]),
        unmeasured=on[out] & ~room.stack("learnt").any(axis=-1),
        beyond=np.any(room.stack("beyond"), axis=-1),
        in_sample=np.any(room.stack("in_sample"), axis=-1),
        weights=in_force,
        weights_now=now,
        scores=scores,
    )


def _metrics(room: _Room, made: Composed) -> dict[str, Any]:
    """What the judgement tells of metrics and domains."""
    return {
        "metric_index": 100.0 * room.stack("index", "ratio"),
        "metric_without_weather": 100.0
        * room.stack("index", "ratio")
        * np.exp(-room.stack("deltas")[:, :, _weather(room.drivers)].sum(axis=2)),
        "metric_weight": made.living,
        "sensors_seen": room.stack("index", "sensors"),
        "sensors_alive": room.stack("alive"),
        "sensors_declared": room.stack("declared"),
        "disagree": room.stack("index", "disagree"),
        "flags": tuple(f.flags[room.first - room.rows.start :] for f in room.found),
        "domain_index": _hundred(made.log_domain),
        "domain_weight": made.living @ room.plan.one_hot,
    }


def _weather(drivers: Drivers) -> list[int]:
    """Which of the drivers are weather."""
    return [k for k, kind in enumerate(drivers.kinds) if kind == "weather"]


def _limits(room: _Room, made: Composed, past: Scores, out: slice) -> dict[str, Any]:
    """Normal range, interval and method band of the wanted days."""
    final, days = past.headline[out], room.days
    normal = normal_range(past.headline, days.kind, days.ordinal, out)
    sampled = (made.weight**2 * np.nan_to_num(room.stack("variance"))).sum(axis=-1)
    variance = baseline_variance(past.rest, days.kind, days.ordinal, out) + sampled + made.doubt
    around = interval(final, variance, made.shift)
    stands = np.isfinite(final)[..., None]
    shown, other = (np.where(stands, room.stack(name), np.nan) for name in ("log_metric", "other_form"))
    band = method_band(shown, other, made.weight, room.sources, _other_weights(room.plan, made.living))
    names = ("normal_low", "normal_high", "low", "high", "method_low", "method_high")
    return {name: _hundred(value) for name, value in zip(names, (*normal, *around, *band), strict=True)}


def _past(earlier: Scores | None, T: int, start: int, stop: int, log_metric: Floats) -> Scores:
    """All that is remembered, T days long, with the metrics of the days from `start` on; their headlines are still to come."""
    shape = (T, *log_metric.shape[1:])
    past = Scores(np.full(shape, np.nan), np.full(shape[:2], np.nan), np.full(shape[:2], np.nan))
    if earlier is not None:
        for mine, theirs in zip((past.metric, past.headline, past.rest), (earlier.metric, earlier.headline, earlier.rest), strict=True):
            mine[:start] = theirs[:start]
    past.metric[start:stop] = log_metric
    return past


def _sources(panels: Sequence[Panel]) -> Ints:
    """Which metrics share a source, as numbers, (M,); a metric that names none is its own."""
    names = [p.source or f"metric {p.name}" for p in panels]
    return np.array([names.index(n) for n in names], dtype=np.int64)


def _other_weights(plan: Scheme, weight: Floats) -> Floats:
    """Equal domains, and importance alone, over what is alive, (2, W, Z, M)."""
    alive = weight > 0
    equal = (plan.domain_importance > 0).astype(float)
    return np.stack([living(plan.domain, plan.importance, w, alive) for w in (equal, plan.domain_importance)])


def _month_start(days: Days, t: int) -> int:
    return int(np.flatnonzero(days.month == days.month[t])[0])


def _hundred(log: Floats) -> Floats:
    hundred: Floats = 100.0 * np.exp(log)
    return hundred
