"""IDU mode for a city: its metrics as daily series, and the published method's factor behind them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import numpy as np

from pulso.core.chain import matched_total
from pulso.core.flags import frozen
from pulso.core.idu import Idu, NoFactor, idu
from pulso.core.panel import Floats, match
from pulso.errors import CityFileError, Mistake, NothingKnown
from pulso.flow.home import River
from pulso.flow.panels import Desk, lay_out
from pulso.flow.publish import known_span
from pulso.show.methods import IduReport, IduScore, IduSeries

TRAFFIC = ("traffic", "road", "street")
"""A domain whose name holds one of these is traffic, which fixes the factor's sign, as in the papers."""

KNOWN = 0.5
"""Share of the days that a series must be known on."""


def idu_mode(river: River, first: date | None = None, last: date | None = None, anchor: str | None = None) -> IduReport:
    """Look for one factor behind the city's daily series, as the published Indicador de Dinâmica Urbana does.

    Parameters
    ----------
    river
        The city.
    first, last
        Local days, both included; None for the first and last that are known.
    anchor
        The metric that must load positively; None for the first of traffic that is known on half of the days.

    Raises
    ------
    NothingKnown
        If fewer than three metrics can be used, or the anchor is none of them; the letter says how much is known of each.
    CityFileError
        If the city has no such metric.

    Notes
    -----
    A series is the matched total of `core.chain`: what all of a metric's sensors together would have shown, so that a sensor
    that joins is not the city growing. Frozen feeds and sensors excluded by hand are left out; jumps and spikes are not.
    """
    if anchor is not None and anchor not in river.city.metrics:
        raise CityFileError(river.city.slug, [Mistake("--anchor", anchor, f"one of {', '.join(river.city.metrics)}")])
    span = known_span(river)
    if span is None:
        raise NothingKnown(f"{river.city.city.name}: nothing was collected yet. First: pulso collect {river.city.slug}")
    first, last = first or span[0], last or span[1]
    if first > last:
        raise NothingKnown(
            f"{river.city.city.name}: there are no days from {first} to {last}. What is known runs from {span[0]} to {span[1]}."
        )
    desk = lay_out(river, first, last)
    if desk is None:
        raise NothingKnown(f"{river.city.city.name} has no metrics to look for a factor in.")
    values = daily(desk, first, last)
    share: Floats = np.isfinite(values).mean(axis=0)
    at = _anchor(desk, share, anchor)
    try:
        found = idu(values, anchor=at, least=KNOWN)
    except NoFactor:
        raise NothingKnown(_too_little(river, desk, first, last, share, at)) from None
    return _report(desk, first, last, at, share, found)


def daily(desk: Desk, first: date, last: date) -> Floats:
    """Each metric's matched total of these days, (T, M), in its unit; NaN where unknown."""
    columns = []
    for panel in desk.panels:
        seen = match(panel, desk.days, panel.alive & ~panel.excluded & ~frozen(panel)).value
        columns.append(matched_total(seen, ratio=panel.ratio)[desk.at(first) : desk.at(last) + 1])
    return np.stack(columns, axis=1)


def _anchor(desk: Desk, share: Floats, said: str | None) -> int:
    """Where the anchor stands: the one that was said; else traffic, if it is known; else the first known activity."""
    names = [p.name for p in desk.panels]
    if said is not None:
        return names.index(said)
    footprint = {d.name for d in desk.domains if d.footprint}
    known = [m for m in range(len(names)) if share[m] >= KNOWN and desk.panels[m].domain not in footprint]
    traffic = [m for m in known if any(word in desk.panels[m].domain for word in TRAFFIC)]
    return next(iter([*traffic, *known]), 0)


def _too_little(river: River, desk: Desk, first: date, last: date, share: Floats, anchor: int) -> str:
    known = ", ".join(f"{p.name} {s:.0%}" for p, s in zip(desk.panels, share, strict=True))
    return (
        f"{river.city.city.name}, {first} to {last}: one factor needs three daily series that are known on half of the days and vary, "
        f"{desk.panels[anchor].name} among them, to fix the sign. Known: {known}. Try other days, or another --anchor."
    )


def _report(desk: Desk, first: date, last: date, anchor: int, share: Floats, found: Idu) -> IduReport:
    def test(t: tuple[float, int, float]) -> tuple[float | None, int, float | None]:
        return _known(t[0]), int(t[1]), _known(t[2])

    series = (
        IduSeries(
            p.name,
            p.domain,
            float(share[m]),
            bool(found.used[m]),
            _known(found.loadings[m]),
            _known(found.uniquenesses[m]),
            bool(found.heywood[m]),
        )
        for m, p in enumerate(desk.panels)
    )
    numbers: Iterable[tuple[float, float, float]] = zip(found.score, np.sqrt(found.variance), found.seen, strict=True)
    scores = (IduScore(date.fromordinal(first.toordinal() + t), *map(_known, row)) for t, row in enumerate(numbers))
    return IduReport(
        first=first,
        last=last,
        anchor=desk.panels[anchor].name,
        accepted=found.accepted,
        refusal=None if found.accepted else "heywood" if found.heywood.any() else "no solution",
        periods=found.periods,
        days=found.days,
        kmo=_known(found.adequacy.value),
        bartlett=test(found.sphericity),
        one_factor=test((found.chi2, found.degrees, found.p)),
        alpha=_known(found.alpha.value),
        series=tuple(series),
        scores=tuple(scores),
    )


def _known(x: float) -> float | None:
    return float(x) if np.isfinite(x) else None
