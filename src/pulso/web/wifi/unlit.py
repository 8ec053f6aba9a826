"""Access points that cuts of the fibre leave without light: since when, and what was reported of them all the same.

The city's engineers read of one at once that nothing is known of it, and why. To everybody else it is an access point whose reports stopped
when the cut began, and no more: whatever says more of it would tell that it hangs on what is cut.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from pulso.web.fibre import cuts
from pulso.web.fibre.models import Cut, Darkened
from pulso.web.wifi.models import Spell
from pulso.wifi.shapes import Health
from pulso.wifi.uptime import Seconds, by_day
from pulso.wifi.uptime import Spell as Told

if TYPE_CHECKING:
    from pulso.web.wifi.reads import PointRow

FOREVER = datetime.max.replace(tzinfo=UTC)


class Dark(NamedTuple):
    """A time without light."""

    start: datetime
    end: datetime  # excluded; FOREVER while it goes on


def spans(city: str, told: Sequence[Cut], points: Iterable[PointRow], now: datetime) -> dict[int, list[Dark]]:
    """When each of some access points was without light until now, by number; one that is so still, until nobody knows when.

    `told` are the city's cuts that matter. One question; none where nothing was cut.
    """
    begun = {c.pk: c for c in told if c.since <= now}
    runs = [r for r in cuts.runs(begun.values()) if r.start <= now]
    if not runs:
        return {}
    there = cuts.darkened(city, begun.values(), runs)
    dark = [(r, _dark(there.get(r.key), [begun[pk] for pk in r.cuts])) for r in runs]
    found: dict[int, list[Dark]] = {}
    for point in points:
        mine: list[Dark] = []
        for run, (sites, sensors) in dark:
            if point.site in sites or point.key in sensors or point.feed in sensors:
                last = run.end if run.end is not None and run.end <= now else FOREVER
                if mine and mine[-1].end == run.start:
                    mine[-1] = mine[-1]._replace(end=last)
                else:
                    mine.append(Dark(run.start, last))
        if mine:
            found[point.pk] = mine
    return found


def since(dark: Mapping[int, Sequence[Dark]]) -> dict[int, datetime]:
    """When those lost their light that are without it still, by number."""
    return {point: mine[-1].start for point, mine in dark.items() if mine[-1].end == FOREVER}


def over(dark: Mapping[int, Sequence[Dark]], points: Container[int]) -> dict[int, list[Dark]]:
    """The same times without those that go on, of some points: to whom their reports have not stopped yet, they go on as they did."""
    left = {p: [d for d in mine if d.end != FOREVER or p not in points] for p, mine in dark.items()}
    return {p: mine for p, mine in left.items() if mine}


def reported(dark: Mapping[int, Sequence[Dark]], clock: ZoneInfo) -> dict[int, dict[date, Seconds]]:
    """What was reported of some access points while they were without light, by number and day. One question; none of no access point.

    Nobody knows what such a report says: it may come late, or by another way than people's. So it counts as none, neither as working nor as
    failing.
    """
    if not dark:
        return {}
    told = defaultdict[int, list[Told]](list)
    rows = Spell.objects.filter(point__in=dark, until__gt=min(mine[0].start for mine in dark.values())).order_by()
    for point, state, first, last in rows.values_list("point", "state", "since", "until"):
        told[point] += [Told(Health(state), max(first, d.start), min(last, d.end)) for d in dark[point] if first < d.end and last > d.start]
    return {point: by_day(spells, clock) for point, spells in told.items()}


def parts(first: datetime, last: datetime, dark: Sequence[Dark]) -> list[tuple[datetime, datetime]]:
    """What is left of a time without those in which there was no light, in order; of one within such a time nothing."""
    left, at = [], first
    for d in dark:
        if d.start > last or d.end <= at:
            continue
        if d.start > at:
            left.append((at, d.start))
        at = d.end
    return [*left, (at, last)] if at < last or at == first else left


def less(seconds: Seconds, others: Iterable[Seconds]) -> Seconds:
    """What is left of some seconds without others of them; nothing goes below nought."""
    for other in others:
        seconds = Seconds(*(max(a - b, 0.0) for a, b in zip(seconds, other, strict=True)))
    return seconds


def _dark(found: Darkened | None, on: Iterable[Cut]) -> tuple[set[str], set[str]]:
    """Sites without light and sensors that are blind: what some cuts darken together, and the sites that they close."""
    closed = {site for c in on for site in c.sites}
    return (closed | set(found.sites), set(found.sensors)) if found else (closed, set())
