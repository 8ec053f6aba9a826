"""Judge and publish: the days that need a verdict are judged by what came before them, and what is new is appended."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from importlib.metadata import version

import numpy as np
import pyarrow as pa
from rich.progress import Progress
from threadpoolctl import threadpool_limits

from pulso.core.baseline import PAST
from pulso.core.fits import Fits
from pulso.core.judge import Judgement, Scores, judge
from pulso.core.measure import HISTORY
from pulso.errors import CityFileError, Mistake, NothingKnown
from pulso.flow.fits import recall, remember
from pulso.flow.home import River
from pulso.flow.panels import MARGIN, Desk, lay_out
from pulso.flow.verdicts import Pen, Stage, stage_of

RECIPE = "5"
"""Change it when the same data would be judged in another way: it is part of every published digest."""

MATCHING = 366 + 31
"""Days before those that a month is fitted on: their profiles are those of the twelve months before, and the month began earlier."""


@dataclass(frozen=True)
class Publication:
    """What a run published."""

    first: date | None  # of the days judged; null where there was nothing to judge
    last: date | None
    days: int = 0
    zones: int = 0  # beside the city itself
    new: int = 0  # verdicts that differ from what was published
    unchanged: int = 0
    statuses: dict[str, int] = field(default_factory=dict)  # of the city's days


def publish(river: River, first: date | None = None, last: date | None = None, *, progress: Progress | None = None) -> Publication:
    """Judge these local days, both included, and publish what is new.

    Without days: those never published, and those about whose time something was learned since; all, where the city's files or the code
    changed.

    CityFileError where the city has no metric to judge; NothingKnown where nothing is known, or nothing of the days that were asked for.
    """
    known = known_span(river)
    if known is None:
        raise NothingKnown(f"{river.city.city.name}: nothing is known of any of its metrics yet. First: pulso collect {river.city.slug}")
    unjudged = river.lake.unjudged(digest(river))
    wanted = _asked(river, known, first, last) if first or last else _wanted(river, known, unjudged.first)
    if wanted is None:
        return Publication(None, None)
    remembered = _remembered(river, known[0], wanted[0], unjudged.first)
    fits = recall(river, digest(river))
    desk = lay_out(river, _from(river, known[0], wanted[0], remembered), max(known[1], wanted[1]))
    if desk is None:
        found = Mistake("metrics", None, "at least one [metrics.…] to judge the city by")
        raise CityFileError(str(river.city.folder / "city.toml"), [found])
    task = progress.add_task("judging", total=None) if progress else None
    judged = _judged(river, desk, wanted, remembered, fits)
    if progress and task is not None:
        progress.update(task, description="writing")
    pen = Pen(river.city, desk, judged, wanted[0], river.lake.moment(), digest(river))
    verdicts = list(pen.write(_stages(river, wanted)))
    new = river.lake.publish(verdicts, list(pen.memories()), None if first or last else unjudged.judged)
    remember(river, fits)
    if progress and task is not None:
        progress.update(task, total=1, completed=1)
    statuses = Counter[str](v.status for v in verdicts if v.zone is None)
    days = (wanted[1] - wanted[0]).days + 1
    return Publication(*wanted, days, len(desk.zone_ids) - 1, new, len(verdicts) - new, dict(statuses))


def _judged(river: River, desk: Desk, wanted: tuple[date, date], remembered: pa.Table | None, fits: Fits) -> Judgement:
    """The core's judgement of the wanted days, by what is laid out and what was published before."""
    with threadpool_limits(1):  # many small matrices: on two busy cores, several BLAS threads take six times as long as one
        return judge(
            desk.panels,
            desk.days,
            desk.drivers,
            zones=desk.zones,
            domains=desk.domains,
            reach=desk.reach,
            wanted=slice(desk.at(wanted[0]), desk.at(wanted[1]) + 1),
            reference_year=river.city.city.reference_year,
            earlier=None if remembered is None else _scores(remembered, desk),
            fits=fits,
        )


def _stages(river: River, wanted: tuple[date, date]) -> dict[date, Stage]:
    """In which stage of its life each wanted day is."""
    today = river.home.clock().astimezone(river.city.clock).date()
    before = set(river.lake.published([None], wanted, columns=["day"])["day"].to_pylist())
    days = (wanted[0] + timedelta(days=i) for i in range((wanted[1] - wanted[0]).days + 1))
    return {day: stage_of(day, today, day in before) for day in days}


def _from(river: River, known: date, wanted: date, remembered: pa.Table | None) -> date:
    """The first day whose hours the judge needs: all that is known, or, if it remembers its verdicts, what models are fitted on."""
    if remembered is None:
        return known
    year = river.city.city.reference_year
    first = (wanted - timedelta(days=PAST + HISTORY + MATCHING + MARGIN)).replace(day=1) + timedelta(days=MARGIN)  # as lay_out puts it
    return max(known, first if year is None else min(first, date(year, 1, 1)))


def _remembered(river: River, known: date, wanted: date, unjudged: date | None) -> pa.Table | None:
    """What was published of every day before the wanted ones; None where a day lacks or is to be judged again, so all is judged anew."""
    days = (wanted - known).days
    if days <= HISTORY or (unjudged is not None and unjudged < wanted):
        return None
    rows = river.lake.published(None, (known, wanted - timedelta(days=1)), columns=["zone", "day", "index", "rest", "scores"])
    return rows if rows.num_rows == days * (len(river.zones.all) + 1) else None


def _scores(rows: pa.Table, desk: Desk) -> Scores:
    """What was published, as the judge remembers it: on the desk's days, NaN where nothing is known."""
    ids = {zone: z for z, zone in enumerate(desk.zone_ids)}
    z = np.array([ids[zone] for zone in rows["zone"].to_pylist()], dtype=np.int64)
    t = rows["day"].cast(pa.int32()).to_numpy() - (desk.first - date(1970, 1, 1)).days
    shape = (len(desk.days), len(ids))
    scores = Scores(np.full((*shape, len(desk.panels)), np.nan), np.full(shape, np.nan), np.full(shape, np.nan))
    there = t >= 0
    metric = rows["scores"].combine_chunks().flatten().to_numpy(zero_copy_only=False).reshape(rows.num_rows, len(desk.panels))
    scores.metric[t[there], z[there]] = metric[there]
    scores.headline[t[there], z[there]] = np.log(rows["index"].to_numpy()[there].astype(float) / 100.0)
    scores.rest[t[there], z[there]] = rows["rest"].to_numpy()[there]
    return scores


def digest(river: River) -> str:
    """What a verdict was made by: the city's files, and the version of the code."""
    return hashlib.sha256(f"{river.city.digest} {version('pulso')} {RECIPE}".encode()).hexdigest()


def known_span(river: River) -> tuple[date, date] | None:
    """The first and last local day of which any metric has a sensor-hour."""
    spans = [river.lake.hours_span(name) for name in river.city.metrics]
    known = [s for s in spans if s is not None]
    return (min(s[0] for s in known), max(s[1] for s in known)) if known else None


def _asked(river: River, known: tuple[date, date], first: date | None, last: date | None) -> tuple[date, date]:
    """The days asked for, within what is known and today; NothingKnown where none of them is."""
    today = river.home.clock().astimezone(river.city.clock).date()
    wanted = max(first or known[0], known[0]), min(last or known[1], max(today, known[1]))
    if wanted[0] > wanted[1]:
        raise NothingKnown(f"{river.city.city.name}: nothing is known of these days. What is known runs from {known[0]} to {known[1]}.")
    return wanted


def _wanted(river: River, known: tuple[date, date], touched: date | None) -> tuple[date, date] | None:
    """The days to judge: from the first that is unpublished, or about whose time something was learned since."""
    rows = river.lake.published([None], known, columns=["day"])
    if rows.num_rows < (known[1] - known[0]).days + 1:
        there = set(rows["day"].to_pylist())
        span = range((known[1] - known[0]).days + 1)
        missing = next(known[0] + timedelta(days=i) for i in span if known[0] + timedelta(days=i) not in there)
    else:
        missing = None
    start = min((d for d in (missing, touched) if d is not None and d <= known[1]), default=None)
    return None if start is None else (max(start, known[0]), known[1])
