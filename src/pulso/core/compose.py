"""From metrics to domains to one headline: weights of each month, what is refused and why, and what the headline owes to whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from pulso.core.absent import covariance, given_others
from pulso.core.days import Days
from pulso.core.panel import Bools, Floats, Ints
from pulso.core.weights import domain_weights, living, neglected, spread

YEAR = 365
MANY_DOMAINS = 4
BAR_MANY, BAR_FEW = 0.65, 0.50  # of the living weight


class Status(IntEnum):
    """What became of a headline."""

    REFUSED = 0
    PARTIAL = 1
    PUBLISHED = 2


class Refusal(IntEnum):
    """Why there is no headline; numbers that go with it stand in the Judgement."""

    NONE = 0
    NO_SENSORS = 1  # none is within its declared life here
    NO_EXPECTATION = 2  # sensors are, but too little of their past is known to expect anything
    NOTHING_SEEN = 3  # nothing that counts came from any of them
    TOO_LITTLE = 4  # less than the bar of the living weight


@dataclass(frozen=True)
class Domain:
    """A group of metrics. A footprint stands beside the headline, not in it."""

    name: str
    importance: float = 1.0
    footprint: bool = False


@dataclass(frozen=True)
class Scheme:
    """How metrics make a headline: M metrics in D domains."""

    domain: Ints  # (M,)
    importance: Floats  # (M,) within the domain
    domain_importance: Floats  # (D,) 0 for footprints

    @property
    def one_hot(self) -> Floats:
        """(M, D)."""
        return np.eye(len(self.domain_importance))[self.domain]


@dataclass(frozen=True)
class Composed:
    """Headlines of R days and Z zones, made of M metrics in D domains."""

    living: Floats  # (R, Z, M): weight of what is alive, summing to 1 (0 where nothing is)
    weight: Floats  # (R, Z, M): of what was seen, summing to 1: what the headline is made with
    log_domain: Floats  # (R, Z, D): footprints too
    headline: Floats  # (R, Z): ln, NaN where nothing was seen
    status: Ints  # (R, Z)
    refusal: Ints  # (R, Z)
    shift: Floats  # (R, Z): where missing metrics are thought to pull
    doubt: Floats  # (R, Z): the variance that goes with it


def scheme(panels_domain: Sequence[str], importance: Sequence[float], domains: Sequence[Domain]) -> Scheme:
    """Lay out metrics and domains as numbers. ValueError for a domain that isn't declared."""
    names = [d.name for d in domains]
    if unknown := set(panels_domain) - set(names):
        raise ValueError(f"domains {sorted(unknown)} are not declared; known are {names}")
    worth = np.array([0.0 if d.footprint else d.importance for d in domains])
    return Scheme(np.array([names.index(d) for d in panels_domain], dtype=np.int64), np.array(importance, dtype=float), worth)


def log_domains(plan: Scheme, log_metric: Floats) -> Floats:
    """The logarithm of the domains' indices, (..., D), by importance over the metrics that said something; NaN where none did."""
    known = np.isfinite(log_metric)
    w = np.where(known, plan.importance, 0.0) @ plan.one_hot
    top = np.where(known, plan.importance * np.nan_to_num(log_metric), 0.0) @ plan.one_hot
    return np.where(w > 0, top / np.where(w > 0, w, 1.0), np.nan)


def month_weights(plan: Scheme, city: Floats, days: Days, first: int, reference_year: int | None) -> tuple[Floats, Floats]:
    """
    Weigh the domains for the month that begins at index `first`.

    Parameters
    ----------
    plan
        What is in which domain.
    city : (T, M)
        ln of the city's metrics; only days before `first` are looked at.
    days, first
        The T days, and where the month begins.
    reference_year
        Whose liveliness fixes the weights; None for none.

    Returns
    -------
    in_force : (D,)
        By the reference year where that is over, else by the 365 days before; 0 for a domain with a long past but few days.
    now : (D,)
        By the 365 days before, whatever the reference year says: their difference is the drift.
    """
    log_domain = log_domains(plan, city[:first])
    year = log_domain[max(first - YEAR, 0) :]
    now = domain_weights(plan.domain_importance, spread(year))
    in_force = now
    reference = np.flatnonzero(days.year[:first] == reference_year) if reference_year is not None else np.array([], dtype=int)
    if reference.size >= YEAR:
        in_force = domain_weights(plan.domain_importance, spread(log_domain[reference]))
    known = np.isfinite(log_domain)
    age = np.where(known.any(axis=0), first - np.argmax(known, axis=0), 0) if first else np.zeros(known.shape[1], dtype=int)
    return np.where(neglected(year, age), 0.0, in_force), now


def compose(
    plan: Scheme, log_metric: Floats, alive: Bools, declared: Bools, city: Floats, days: Days, rows: slice, reference_year: int | None
) -> Composed:
    """
    Make headlines of R days.

    Parameters
    ----------
    plan
        What is in which domain.
    log_metric : (R, Z, M)
        Of the rows; NaN where nothing counts.
    alive, declared : (R, Z, M)
        Whether any sensor is expected to say something, and whether any is within its declared life.
    city : (T, M)
        ln of the city's metrics on all days, for weights and covariances, which look back only.
    days, rows
        All T days, and which R of them.
    reference_year
        As in `month_weights`.
    """
    first, stop, _ = rows.indices(len(days))
    shape = log_metric.shape
    seen = np.isfinite(log_metric) & alive
    weight = np.zeros(shape)
    shift, doubt = np.zeros(shape[:2]), np.zeros(shape[:2])
    month = days.month[first:stop]
    for m in np.unique(month):
        here = np.flatnonzero(month == m)
        begin = int(np.flatnonzero(days.month == m)[0])
        weight[here] = living(plan.domain, plan.importance, month_weights(plan, city, days, begin, reference_year)[0], alive[here])
        cov = covariance(city[max(begin - YEAR, 0) : begin])
        for r in here:
            shift[r], doubt[r] = given_others(np.nan_to_num(log_metric[r]), weight[r], heard(plan, weight[r], seen[r]), seen[r], cov)
    used = heard(plan, weight, seen)
    headline = np.where(used.any(axis=-1), (used * np.nan_to_num(log_metric)).sum(axis=-1), np.nan)
    status, refusal = verdict(plan, weight, seen, declared)
    return Composed(weight, used, log_domains(plan, log_metric), headline, status, refusal, shift, doubt)


def heard(plan: Scheme, weight: Floats, seen: Bools) -> Floats:
    """
    Share the whole weight among the metrics that were seen, (..., M), summing to 1; all 0 where none was.

    A domain of which anything was seen keeps its weight, shared by importance among what it said: so the headline is the weighted mean
    of the domains as they are shown, whatever is missing in them.
    """
    said = np.where(seen & (weight > 0), plan.importance, 0.0)
    total = said @ plan.one_hot
    domain = np.where(total > 0, weight @ plan.one_hot, 0.0)
    whole = domain.sum(axis=-1, keepdims=True)
    domain = domain / np.where(whole > 0, whole, 1.0)
    return np.asarray(said * (domain / np.where(total > 0, total, 1.0))[..., plan.domain])


def verdict(plan: Scheme, weight: Floats, seen: Bools, declared: Bools) -> tuple[Ints, Ints]:
    """
    Say which headlines are published, partial or refused, and why, (R, Z) each, from (R, Z, M).

    With four living domains or more a headline needs 65 % of the living weight; with three or fewer 50 %, and it is partial
    below 65 % or where a living domain said nothing at all.
    """
    in_headline = plan.domain_importance[plan.domain] > 0
    alive_domains = (weight @ plan.one_hot) > 0
    seen_domains = (np.where(seen, weight, 0.0) @ plan.one_hot) > 0
    share = np.where(seen, weight, 0.0).sum(axis=-1)
    many = alive_domains.sum(axis=-1) >= MANY_DOMAINS
    enough = share >= np.where(many, BAR_MANY, BAR_FEW) - 1e-9
    lacking = ~many & ((share < BAR_MANY - 1e-9) | (alive_domains & ~seen_domains).any(axis=-1))
    status = np.where(enough, np.where(lacking, Status.PARTIAL, Status.PUBLISHED), Status.REFUSED)
    refusal = np.select(
        [status != Status.REFUSED, ~(declared & in_headline).any(axis=-1), weight.sum(axis=-1) <= 0, share <= 0],
        [Refusal.NONE, Refusal.NO_SENSORS, Refusal.NO_EXPECTATION, Refusal.NOTHING_SEEN],
        Refusal.TOO_LITTLE,
    )
    return status.astype(np.int64), refusal.astype(np.int64)


def owed(plan: Scheme, used: Floats, log_metric: Floats, deltas: Sequence[Floats]) -> Floats:
    """
    Split ln headline by domain and driver, (R, Z, D, K + 1), the unexplained rest last; the cells add up to it exactly.

    Parameters
    ----------
    plan
        What is in which domain.
    used, log_metric : (R, Z, M)
        Weights that the headline is made with, and what they weigh.
    deltas
        M arrays (R, Z, K).
    """
    drivers = deltas[0].shape[-1]
    found = np.zeros((*used.shape[:2], len(plan.domain_importance), drivers + 1))
    for m, delta in enumerate(deltas):
        w = used[..., m]
        mine = np.where(w[..., None] > 0, w[..., None] * np.nan_to_num(delta), 0.0)
        found[:, :, plan.domain[m], :-1] += mine
        found[:, :, plan.domain[m], -1] += w * np.nan_to_num(log_metric[..., m]) - mine.sum(axis=-1)
    return found
