"""How a city's domains weigh on a day, by our method and by others, and which choice of method matters."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pyarrow.compute as pc

from pulso.core.compose import YEAR, Domain, scheme
from pulso.core.composite.band import Band
from pulso.core.panel import Floats
from pulso.core.ways import Ways, choices, ways
from pulso.errors import NothingKnown
from pulso.flow import reading
from pulso.flow.home import River
from pulso.flow.panels import calendar
from pulso.show.methods import Choice, Weighed, WeighedDomain

EQUAL = 1e-6
"""Correlations with the headline that differ by no more than this are equal."""


def weights(river: River, day: date | None = None) -> Weighed:
    """Weigh the city's domains on a day (None: the last that has a number), from what was published up to it.

    NothingKnown where nothing was published of the day, or only a refusal.
    """
    day = day or _last(river)
    verdict = reading.verdict(river, day)
    if verdict.index is None:
        raise NothingKnown(f"{river.city.city.name}, {day}: there is no number to ask for the weights of: {verdict.refusal}")
    metrics, domains = river.city.metrics, river.city.domains
    plan = scheme(
        [m.domain for m in metrics.values()],
        [m.importance for m in metrics.values()],
        [Domain(name, d.importance, d.footprint) for name, d in domains.items()],
    )
    first, scores = _scores(river, day)
    days = calendar(river.city, first, day)
    begin = max((day.replace(day=1) - first).days, 0)
    worth = {d.domain: d.weight for d in verdict.domains}
    alive = np.array([worth.get(name, 0.0) > 0 for name in domains])
    found = ways(plan, scores, days, begin, river.city.city.reference_year, alive)
    weight = {m.metric: m.weight for m in verdict.metrics}
    band = choices(scores[-YEAR:], np.array([weight.get(name, 0.0) for name in metrics]))
    return Weighed(
        day=day,
        index=verdict.index,
        domains=tuple(_domains(found, list(domains), alive)),
        factor=_factor(found),
        influence=_influence(found),
        band=None if band is None or np.isnan(band.low[-1]) else (float(band.low[-1]), float(band.high[-1])),
        choices=() if band is None else _choices(band),
    )


def _last(river: River) -> date:
    rows = river.lake.published([None], columns=["day", "index"])
    last = pc.max(rows.filter(pc.is_valid(rows["index"]))["day"]).as_py()
    if last is None:
        raise NothingKnown(f"{river.city.city.name}: no number is published. First: pulso publish {river.city.slug}")
    known: date = last
    return known


def _scores(river: River, day: date) -> tuple[date, Floats]:
    """The first published day, and from it to a day ln of the city's metrics, (T, M); NaN where nothing is known."""
    rows = river.lake.published([None], (date.min, day), columns=["day", "scores"]).sort_by("day")
    first: date = rows["day"][0].as_py()
    count = len(river.city.metrics)
    scores = np.full(((day - first).days + 1, count), np.nan)
    for at, told in zip(rows["day"].to_pylist(), rows["scores"].to_pylist(), strict=True):
        if len(told) == count:  # published with the metrics that the city file has now
            scores[(at - first) // timedelta(days=1)] = [np.nan if x is None else x for x in told]
    return first, scores


def _domains(found: Ways, names: list[str], alive: np.typing.NDArray[np.bool_]) -> list[WeighedDomain]:
    """The living domains, in the city file's order."""
    place = {int(d): k for k, d in enumerate(np.flatnonzero(found.known))}
    loadings = None if found.component is None else found.component.loadings
    told = []
    for d in np.flatnonzero(alive).tolist():
        k = place.get(d)
        told.append(
            WeighedDomain(
                domain=names[d],
                in_force=float(found.in_force[d]),
                by_last_year=float(found.now[d]),
                importance=float(found.importance[d]),
                equal=float(found.equal[d]),
                component=_at(None if found.component is None else found.component.weights, k),
                factor=_at(None if found.factor is None else found.factor.weights, k),
                influence=_at(found.influence.weights if found.influence is not None and found.influence.converged else None, k),
                loading=_at(loadings, k),
                heywood=found.one_factor is not None and k is not None and bool(found.one_factor.heywood[k]),
            )
        )
    return told


def _factor(found: Ways) -> str:
    if found.one_factor is None:
        return "too few"
    if found.one_factor.accepted:
        return "accepted"
    return "heywood" if found.one_factor.heywood.any() else "no solution"


def _influence(found: Ways) -> str:
    if found.influence is None:
        return "too few"
    if not found.influence.converged:
        return "no end"
    return "reached" if np.ptp(found.influence.influence) < EQUAL else "not equal"


def _choices(band: Band) -> tuple[Choice, ...]:
    told = zip(band.groups, band.total[:, -1], band.overall, strict=True)
    return tuple(Choice(name, _known(day), _known(year)) for name, day, year in told)


def _at(values: Floats | None, k: int | None) -> float | None:
    return None if values is None or k is None else _known(values[k])


def _known(x: float) -> float | None:
    return float(x) if np.isfinite(x) else None
