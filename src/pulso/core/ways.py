"""Other ways to weigh the domains, beside the one in force; and which choice moves the headline most."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pulso.core.compose import YEAR, Scheme, log_domains, month_weights
from pulso.core.composite.aggregate import arithmetic, geometric
from pulso.core.composite.band import Band, Choices, method_band
from pulso.core.composite.impute import gaussian
from pulso.core.composite.treat import winsorise
from pulso.core.composite.weigh import FactorWeights, InfluenceWeights, by_factor, equal_influence, principal
from pulso.core.days import Days
from pulso.core.factor import OneFactor, one_factor
from pulso.core.panel import Bools, Floats
from pulso.core.weights import LEAST_DAYS, capped

LEAST_INFLUENCE = 0.05  # no domain below this under equal influence


@dataclass(frozen=True)
class Ways:
    """
    Weights of D domains, each summing to 1 over those alive; 0 for the others.

    The last three rest on how the domains moved together in the 365 days before the month, and only on those of them that are
    known on 90 days and moved; they are None where these are too few: two for a component and for influence, three for a factor.
    """

    in_force: Floats  # (D,) capped: importance × liveliness of the reference year, or of the last
    now: Floats  # (D,) capped: the same by the last 365 days; the difference is drift
    importance: Floats  # (D,) capped
    equal: Floats  # (D,) capped
    known: Bools  # (D,) domains that the last three rest on, in their order
    component: FactorWeights | None
    one_factor: OneFactor | None
    factor: FactorWeights | None  # NaN where refused
    influence: InfluenceWeights | None


def ways(plan: Scheme, city: Floats, days: Days, begin: int, reference_year: int | None, alive: Bools) -> Ways:
    """
    Weigh the domains of one month by every method that there is.

    Parameters
    ----------
    plan
        What is in which domain.
    city : (T, M)
        ln of index / 100 of the city's metrics; only days before `begin` are looked at.
    days, begin, reference_year
        As in `compose.month_weights`.
    alive : (D,)
        Domains that have any weight.

    Returns
    -------
    Ways
        Component, factor and influence are not capped: they are shown as their methods give them.
    """
    in_force, now = month_weights(plan, city, days, begin, reference_year)
    inside = alive & (plan.domain_importance > 0)
    year = log_domains(plan, city[max(begin - YEAR, 0) : begin])
    enough = np.isfinite(year).sum(axis=0) >= LEAST_DAYS
    known = inside & enough & np.array([np.unique(c[np.isfinite(c)]).size > 1 for c in year.T], dtype=np.bool_)
    count = int(known.sum())
    cov = gaussian(year[:, known], tolerance=1e-8).covariance if count > 1 else None
    scale = None if cov is None else np.sqrt(np.diag(cov))
    corr = None if cov is None or scale is None else cov / np.outer(scale, scale)
    factor = one_factor(corr) if corr is not None and count > 2 else None
    return Ways(
        in_force=capped(np.where(inside, in_force, 0.0)),
        now=capped(np.where(inside, now, 0.0)),
        importance=capped(np.where(inside, plan.domain_importance, 0.0)),
        equal=capped(inside.astype(float)),
        known=known,
        component=None if corr is None else principal(corr),
        one_factor=factor,
        factor=None if factor is None else by_factor(factor),
        influence=None if cov is None or count * LEAST_INFLUENCE > 1 else equal_influence(cov, least=LEAST_INFLUENCE),
    )


def choices(log_metric: Floats, weight: Floats, *, n: int = 512, seed: int = 0) -> Band | None:
    """
    Make the headline by all reasonable choices together, and say which of them moves it.

    Parameters
    ----------
    log_metric : (T, M)
        ln of index / 100; NaN where unseen.
    weight : (M,)
        In force; metrics without weight are left out of it.
    n, seed
        Of the design: n · 6 headlines a day are made.

    Returns
    -------
    Band or None
        In points of the index: weights ± 25 %, outlying days pulled in or not, a geometric or an arithmetic mean, one metric
        left out or none. None with fewer than two metrics: there is nothing to choose.
    """
    some = weight > 0
    if some.sum() < 2:
        return None
    index = 100.0 * np.exp(log_metric[:, some])
    open_choices = Choices((geometric, arithmetic), treatments=(lambda values: values, lambda values: winsorise(values).values))
    return method_band(index, weight[some], open_choices, n=n, seed=seed)
