"""Cuts: what an engineer says is cut, what that darkens, and what the river is told, so that a blind sensor is missing and never quiet.

Who keeps another way through cables, and no recorded strand in it, has no light until somebody switches it over: that isn't seen from here.
To the river it is dark until the cut is ended, and whoever switched over may end it.

The database says what is cut, the lake what was on: two stores that no transaction spans. So nothing is handed over; the lake is brought
to what the database says, right after a write and again with every run of the worker, and doing it twice changes nothing.
"""

from __future__ import annotations

import hashlib
import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import NamedTuple

from django.db import transaction
from django.db.models import OuterRef, Q, Subquery
from django.utils.crypto import salted_hmac

from pulso.errors import PulsoError
from pulso.fibre.ask.answers import cut as what_if
from pulso.show.language import marked as _
from pulso.web.fibre import reads
from pulso.web.fibre.models import ROOM, Cut, Darkened
from pulso.web.fibre.writes import NO_NETWORK
from pulso.web.innovation.letters import Unfit
from pulso.web.innovation.moves import SAY_WHY, allow, recorded, told
from pulso.web.people.may import may_declare_cut
from pulso.web.people.models import Person
from pulso.web.people.trail import note
from pulso.web.readings import Reading, Span, entries, reading, status
from pulso.web.wifi import hanging

log = logging.getLogger("pulso.fibre")
OURS = "pulso.fibre.cuts"
"""Whence the entries of cuts are named: the same cuts from the same moment have the same entry for good. With the site's own secret, for
everybody may read an entry's name, and could else try each minute until one fits."""
NAME = "Fibre cut"
"""What everybody reads of it: nothing of where or why. It is said in the page's language."""
A_MOMENT = timedelta(microseconds=1)
AT_ONCE = 500
"""Keys that are asked for together."""

NOTHING_CUT = _("Say what is cut: a duct, a cable or a site.")
NOT_THERE = _("The network has none of these: {found}.")
BACKWARDS = _("A cut ends after it begins.")
ENDED = _("This cut was ended before, as of {day}.")


@recorded
def declare(
    by: Person | None,
    city: str,
    *,
    ducts: Sequence[str] = (),
    cables: Sequence[str] = (),
    sites: Sequence[str] = (),
    since: datetime | date,
    why: str,
    until: datetime | date | None = None,
) -> Cut:
    """Say that ducts, cables and sites are cut. What is dark with them is computed and kept, and the city's agenda told.

    Parameters
    ----------
    by
        Who; needs `may_declare_cut`. None: the machine.
    city
        Its slug. UnknownCity where the site doesn't show it; Unfit where it has no network.
    ducts, cables, sites
        Ids. Unfit where there are none, or the network doesn't have one.
    since
        A moment with its zone, or a day of the city's, from its beginning. It may be to come.
    why
        The reason, for engineers. Unfit where it is empty.
    until
        When it ends, excluded; a day is included whole. None: nobody knows, and it goes on until `end`.

    Returns
    -------
    Cut
        Kept for good. Where the lake is busy, the worker tells the agenda with its next run.
    """
    allow(by is None or may_declare_cut(by, city), by, Cut(city=city), "declare cut")
    home, base = reading(city), reads.network(city)
    if base is None:
        raise Unfit(NO_NETWORK, city=home.city.city.name)
    if not (ducts or cables or sites):
        raise Unfit(NOTHING_CUT)
    named = ((ducts, base.plan.ducts), (cables, base.plan.cables), (sites, base.plan.sites))
    if unknown := [i for ids, things in named for i in set(ids) - {t.id for t in things}]:
        raise Unfit(NOT_THERE, found=", ".join(sorted(unknown)[:5]))
    made = Cut(
        city=city,
        ducts=sorted(set(ducts)),
        cables=sorted(set(cables)),
        sites=sorted(set(sites)),
        since=_begin(home, since),
        until=None if until is None else _end(home, until),
        why=_reason(why),
        at=status.now(home),
        who=by,
    )
    if made.until is not None and made.until <= made.since:
        raise Unfit(BACKWARDS)
    made.save(force_insert=True)
    _reckon(city, made.since, made.until)
    note(by, "declare cut", f"cut:{made.pk}", None, told(made), city=city)
    soon(city)
    return made


@recorded
def end(by: Person | None, cut: Cut, *, until: datetime | date, why: str) -> Cut:
    """Say when a cut was over, or will be; once. Its sensors are missing until then.

    `by`, `until` and `why` are as of `declare`. An end where it begins says that it never was. Unfit where the end was declared already,
    or lies before the beginning.
    """
    allow(by is None or may_declare_cut(by, cut.city), by, cut, "end cut")
    home = reading(cut.city)
    cut = Cut.objects.select_for_update().get(pk=cut.pk)
    if cut.ended_at is not None:
        raise Unfit(ENDED, day=(cut.until or cut.ended_at).astimezone(home.city.clock).date())
    before, was = told(cut), cut.until
    cut.until = _end(home, until)
    if cut.until < cut.since:
        raise Unfit(BACKWARDS)
    cut.ended_at, cut.ended_by, cut.ended_why = status.now(home), by, _reason(why)
    cut.save(update_fields=["until", "ended_at", "ended_by", "ended_why"])
    _reckon(cut.city, cut.since, None if was is None else max(was, cut.until))
    note(by, "end cut", f"cut:{cut.pk}", before, told(cut), city=cut.city)
    soon(cut.city)
    return cut


class Run(NamedTuple):
    """A time in which the same cuts are in force."""

    cuts: tuple[int, ...]  # their numbers, in order
    start: datetime
    end: datetime | None  # excluded; None: it goes on

    @property
    def key(self) -> str:
        """What is darkened by them is kept under this."""
        return _key(self.cuts)


def runs(cuts: Iterable[Cut]) -> list[Run]:
    """Cut the time into runs, in order: what two cuts darken together, neither may alone, and only while both last."""
    begins, ends = defaultdict[datetime, set[int]](set), defaultdict[datetime, set[int]](set)
    for c in cuts:
        if c.until is None or c.until > c.since:  # one that ended where it began never was
            begins[c.since].add(c.pk)
            if c.until is not None:
                ends[c.until].add(c.pk)
    moments, on, found = sorted(begins.keys() | ends.keys()), set[int](), []
    for start, stop in zip(moments, [*moments, None][1:], strict=True):
        on = (on - ends[start]) | begins[start]
        if on:
            found.append(Run(tuple(sorted(on)), start, stop))
    return found


def darkened(city: str, cuts: Iterable[Cut], together: Iterable[Run]) -> dict[str, Darkened]:
    """What each of some cuts of a city darkens alone, and what those of each run darken together, by their numbers.

    What was never computed is computed on the network of now, and stays. Of what was, one question.
    """
    numbered = {c.pk: c for c in cuts}
    wanted = {_key(key): key for key in [*((pk,) for pk in numbered), *(r.cuts for r in together)]}
    there = {d.cuts: d for d in _kept(city, list(wanted))}
    missing = [key for key in wanted if key not in there]
    base = reads.network(city) if missing else None
    if base is not None:
        there |= {key: _darken(city, base, [numbered[pk] for pk in wanted[key]]) for key in missing}
    return there


def _kept(city: str, keys: Sequence[str]) -> Iterator[Darkened]:
    for at in range(0, len(keys), AT_ONCE):
        yield from Darkened.objects.filter(city=city, cuts__in=keys[at : at + AT_ONCE]).order_by()


def _reckon(city: str, start: datetime, end: datetime | None) -> None:
    """Compute what is dark from one moment to another, by the cuts that are in force in between."""
    on = Cut.objects.filter(Q(until=None) | Q(until__gt=start), city=city).order_by()
    cuts = list(on if end is None else on.filter(since__lt=end))
    darkened(city, cuts, [r for r in runs(cuts) if (end is None or r.start < end) and (r.end is None or r.end > start)])


def _darken(city: str, base: reads.Network, cuts: Sequence[Cut]) -> Darkened:
    """Compute what some cuts darken together, of what the network has of them, and keep it."""
    plan, some = base.plan, {"ducts": set[str](), "cables": set[str](), "sites": set[str]()}
    for of, ids in some.items():
        there = {thing.id for thing in getattr(plan, of)}
        ids |= there.intersection(i for c in cuts for i in getattr(c, of))
    found = what_if(base.drawn, ducts=some["ducts"], cables=some["cables"], sites=some["sites"])
    key, home = _key(c.pk for c in cuts), reading(city)
    begun, dark = max(c.since for c in cuts).astimezone(home.city.clock).date(), hanging.without_light(found)
    sensors = hanging.blind(found.sensors, dark, hanging.hung(city, dark), begun, begun)
    said = {"sites": [*found.dark, *found.waiting], "sensors": list(sensors), "revision": base.number, "at": status.now(home)}
    return Darkened.objects.get_or_create(city=city, cuts=key, defaults=said)[0]


def tell(city: str) -> int:
    """Bring the cuts among the events of a city's lake to what the database says; how many entries that took.

    An event is on the days that a run of cuts touches, in the zone of the sensors that are blind in it, or where they stand in several, or
    there are none, in the whole city; a run in which nobody is dark has none. What goes on lasts until today: the worker lengthens it day
    by day. Entered in the city's own name.

    UnknownCity; LakeBusy where the lake is held still: what was entered by then stands, and the next time does the rest.
    """
    home = reading(city)
    return entries.reconcile(home, entries.FIBRE_CUT, lambda: _spans(home))


def soon(city: str) -> None:
    """Tell the agenda once what is being written stands. Where the lake is busy then, the worker does it with its next run."""
    transaction.on_commit(partial(_now, city), robust=True)


def _now(city: str) -> None:
    try:
        tell(city)
    except PulsoError as why:
        log.warning("the cuts of %s are told later: %s", city, why)


def _spans(home: Reading) -> Iterator[tuple[str, Span]]:
    """The events of a city's cuts by the names of their entries; also of access points that were tied to dark sites only later."""
    cuts = {c.pk: c for c in Cut.objects.filter(city=home.slug).order_by()}
    together, clock, today = runs(cuts.values()), home.city.clock, status.today(home)
    blind = darkened(home.slug, cuts.values(), together)
    names = hanging.Names(home) if blind else None
    places = names.zones | entries.places(home) if names else {}
    for run in together:
        found = blind.get(run.key)
        if found is None or names is None:
            continue
        first = run.start.astimezone(clock).date()
        last = max(first, today) if run.end is None else (run.end - A_MOMENT).astimezone(clock).date()
        dark = {*found.sites, *(site for pk in run.cuts for site in cuts[pk].sites)}
        sensors = names.of(hanging.blind(found.sensors, dark, names.points, first, last))
        if not (sensors or found.sites):
            continue
        name = salted_hmac(OURS, f"{home.slug} {run.key} {run.start.isoformat()}", algorithm="sha256").hexdigest()[:32]
        zones = set[str | None]().union(*(places.get(sensor, {None}) for sensor in sensors))
        zone = next(iter(zones)) if len(zones) == 1 else None  # several, or none: it would tell who is dark
        said = {"from": first, "to": last, "kind": entries.FIBRE_CUT, "name": NAME, "zone": zone, "sensors": sensors}
        yield name, Span.model_validate(said)


class Declared(NamedTuple):
    """A cut, and what it darkens alone."""

    cut: Cut
    on: bool  # whether it is in force now
    sites: tuple[str, ...]  # ids of the customers that are dark: for good, then those that are until somebody switches over
    sensors: tuple[str, ...]  # that are blind


def declared(city: str, first: int = 0, most: int | None = None) -> list[Declared]:
    """A city's cuts, the latest first; for engineers: `most` of them, after the `first` latest ones. Two questions."""
    cuts = list(Cut.objects.filter(city=city).select_related("who", "ended_by")[first : None if most is None else first + most])
    there, now = darkened(city, cuts, ()), status.now(reading(city))
    return [_declared(c, there.get(_key([c.pk])), now) for c in cuts]


_ITS = Cut.objects.filter(city=OuterRef("city")).order_by()
WRITTEN = {
    "newest_cut": Subquery(_ITS.order_by("-pk").values("pk")[:1]),
    "newest_end": Subquery(_ITS.filter(ended_at__isnull=False).order_by("-ended_at").values("ended_at")[:1]),
}
"""Annotates a city's row of any table: others whenever a cut of the city was declared or ended, for one is kept for good and ended once."""


def not_over(city: str, at: datetime) -> list[Cut]:
    """A city's cuts that are in force at a moment or will be, in the order in which they were declared. One question."""
    return list(Cut.objects.filter(Q(until=None) | Q(until__gt=at), city=city).order_by("pk"))


def how_many(city: str) -> int:
    """How many cuts were declared in a city."""
    return Cut.objects.filter(city=city).count()


def _declared(cut: Cut, alone: Darkened | None, now: datetime) -> Declared:
    return Declared(cut, _on(cut, now), tuple(alone.sites) if alone else (), tuple(alone.sensors) if alone else ())


def _on(cut: Cut, at: datetime) -> bool:
    """Whether it is in force at a moment."""
    return cut.since <= at and (cut.until is None or cut.until > at)


def _key(cuts: Iterable[int]) -> str:
    """Numbers of cuts in order, or where those are too many for the column, their digest."""
    text = " ".join(map(str, cuts))
    return text if len(text) <= ROOM else hashlib.sha256(text.encode()).hexdigest()


def _reason(why: str) -> str:
    said = why.replace("\0", "").strip()
    if not said:
        raise Unfit(SAY_WHY)
    return said


def _begin(home: Reading, when: datetime | date) -> datetime:
    """A moment, or the first of a day."""
    if isinstance(when, datetime):
        if when.tzinfo is None:
            raise ValueError(f"a moment has a zone; found {when}")
        return when
    return datetime.combine(when, time(), home.city.clock)


def _end(home: Reading, when: datetime | date) -> datetime:
    """A moment, or the first after a day."""
    return _begin(home, when) if isinstance(when, datetime) else _begin(home, when + timedelta(days=1))
