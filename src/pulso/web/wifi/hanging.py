"""Access points on the sites of the fibre: which are without light where a site is, and what the river calls them.

The plan may name an access point among a site's sensors, by its id or as its feed calls it; or the register of access points names the
site. Either way the access point is blind where its site is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from django.db.models import Q, QuerySet

from pulso.fibre.ask.answers import Cut
from pulso.web.readings import Reading, counting, status
from pulso.web.wifi.models import AccessPoint

AT_ONCE = 500
"""Sites that are asked for by their ids; of more, all access points that hang on any are read."""


class Hung(NamedTuple):
    """An access point, as far as a cut of the fibre has to do with it."""

    key: str
    feed: str  # what its reports call it, where that is not its id
    site: str  # that it hangs on; empty where the register doesn't say
    zone: str  # where it stands; empty where in none
    since: date | None
    until: date | None  # the first day that it is no more


def hung(city: str, sites: Collection[str]) -> dict[str, list[Hung]]:
    """Access points that the register ties to some sites, by site. One question, on an index; none for no site."""
    if not sites:
        return {}
    rows = AccessPoint.objects.filter(city=city)
    return _by_site(rows.filter(site__in=sites) if len(sites) <= AT_ONCE else rows.exclude(site=""))


def blind(sensors: Iterable[str], sites: Iterable[str], points: Mapping[str, Sequence[Hung]], first: date, last: date) -> tuple[str, ...]:
    """Sensors that are blind, in order, and with them what hangs on sites without light on one of some days, both included.

    An access point that is among the sensors by its id or its feed's name is not added again; any other is, by its id.
    """
    found = set(sensors)
    for site in sites:
        for p in points.get(site, ()):
            there = (p.since is None or p.since <= last) and (p.until is None or p.until > first)
            if there and p.feed not in found:
                found.add(p.key)
    return tuple(sorted(found))


def without_light(cut: Cut) -> set[str]:
    """Sites that a cut leaves without light, for good or until somebody switches it over, or closes."""
    return {*cut.dark, *cut.waiting, *cut.passed, *cut.sites}


def blinded(reading: Reading, cuts: Sequence[Cut]) -> list[tuple[str, ...]]:
    """What each of some cuts would leave blind today: sensors that the plan names, and access points. One question for all of them."""
    today, dark = status.today(reading), [without_light(c) for c in cuts]
    points = hung(reading.slug, set[str]().union(*dark))
    return [blind(c.sensors, sites, points, today, today) for c, sites in zip(cuts, dark, strict=True)]


class Names:
    """What the river calls the access points of a city, which hang on which site, and where they stand: for all its cuts. One question."""

    def __init__(self, reading: Reading) -> None:
        """`reading`: the city."""
        rows = AccessPoint.objects.filter(city=reading.slug).filter(~Q(site="") | ~Q(feed=""))
        self.points = _by_site(rows)
        every = [p for those in self.points.values() for p in those]
        self.zones = {name: {p.zone or None} for p in every for name in (p.key, p.feed) if name}
        two = [p for p in every if p.feed]
        heard = counting.heard(reading, [name for p in two for name in (p.key, p.feed)]) if two else set[str]()
        called = ((p, [name for name in (p.key, p.feed) if name in heard]) for p in two)
        self._called = {name: known for p, known in called if known for name in (p.key, p.feed)}

    def of(self, sensors: Iterable[str]) -> tuple[str, ...]:
        """Sensors as the city's sources call them: an access point that has two names, by those that a source uses."""
        return tuple(sorted({name for sensor in sensors for name in self._called.get(sensor, (sensor,))}))


def _by_site(rows: QuerySet[AccessPoint]) -> dict[str, list[Hung]]:
    found: defaultdict[str, list[Hung]] = defaultdict(list)
    for point in map(Hung._make, rows.order_by().values_list(*Hung._fields)):
        found[point.site].append(point)
    return dict(found)
