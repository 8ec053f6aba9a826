"""What is asked of the city's fibre. `network` costs one question while nothing has changed: the process keeps the newest plan.

`seen` gives each what they may see. All else here is for the city's engineers: ask `may_see_fibre_restricted` first.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from threading import Lock
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Q, QuerySet

from pulso.fibre.ask.drawn import Drawn, draw
from pulso.fibre.check import check
from pulso.fibre.findings import Finding
from pulso.fibre.public import public
from pulso.fibre.shapes import Disclosure, Plan
from pulso.shapes import Row
from pulso.web.fibre.inside import bare, inside
from pulso.web.fibre.kinds import Thing, record, together
from pulso.web.fibre.models import Kept, Revision
from pulso.web.people.may import Someone, may_see_fibre_inside, may_see_fibre_restricted


@dataclass(frozen=True)
class Network:
    """A city's network at its newest revision. What is worked out of it is worked out once."""

    city: str
    number: int  # of the revision
    at: datetime  # of the revision
    digest: str  # another whenever anything of it is
    things: Mapping[Thing, Row]  # all of it, in the order in which it was kept

    @cached_property
    def plan(self) -> Plan:
        """All of it: for engineers."""
        return _plan(self.things, self.city)

    @cached_property
    def drawn(self) -> Drawn:
        """As a graph, to be asked who goes dark."""
        return draw(self.plan)

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """What is wrong or doubtful in it."""
        return tuple(check(self.plan))

    @cached_property
    def public(self) -> Plan:
        """What everybody may know of it."""
        return bare(public(self.plan))

    @cached_property
    def inside(self) -> Plan:
        """What whoever has a role in the city may know of it."""
        return inside(self.plan)

    def for_(self, level: Disclosure) -> Plan:
        """What whoever may see up to this level may know of it."""
        if level == Disclosure.RESTRICTED:
            return self.plan
        return self.inside if level == Disclosure.INTERNAL else self.public


AT_ONCE = 500
"""Versions that are asked for together by their numbers."""
_kept: dict[str, Network] = {}
_one_at_a_time = Lock()


def network(city: str) -> Network | None:
    """A city's network as it is now; None where none was loaded."""
    newest = Revision.objects.filter(city=city).order_by("-number").first()
    if newest is None:
        return None
    found = _kept.get(city)
    if found is None or found.digest != newest.digest:
        with _one_at_a_time:
            found = _kept.get(city)
            if found is None or found.digest != newest.digest:
                things = _later(found, newest) if found else _things(city, newest.number)
                found = _kept[city] = Network(city, newest.number, newest.at, newest.digest, things)
    return found


def level(person: Someone, city: str) -> Disclosure:
    """Up to which level somebody may see a city's network."""
    if may_see_fibre_restricted(person, city):
        return Disclosure.RESTRICTED
    return Disclosure.INTERNAL if may_see_fibre_inside(person, city) else Disclosure.PUBLIC


def seen(person: Someone, city: str) -> Plan:
    """What somebody may see of a city's network; an empty plan where none was loaded."""
    found = network(city)
    return found.for_(level(person, city)) if found else Plan(id=city, name="")


def at(city: str, number: int) -> Plan:
    """The whole network as it was at a revision; empty before the first."""
    return _plan(_things(city, number), city)


def _plan(things: Mapping[Thing, Row], city: str) -> Plan:
    return together(((kind, row) for (kind, _key), row in things.items()), city)


def _things(city: str, number: int) -> dict[Thing, Row]:
    """All that held at a revision."""
    return _read(_holding(city, number))


def _later(known: Network, newest: Revision) -> dict[Thing, Row]:
    """All that holds at a newer revision, of what is at hand: only what has changed since is read."""
    city, before, now = known.city, known.number, newest.number
    if not Revision.objects.filter(city=city, number=before, digest=known.digest).exists():  # another database stands here now
        return _things(city, now)
    found = dict(known.things)
    for thing in Kept.objects.filter(city=city, until__gt=before, until__lte=now).values_list("kind", "key").order_by():
        found.pop(thing, None)
    return found | _read(_holding(city, now).filter(since__gt=before))


def _read(versions: QuerySet[Kept]) -> dict[Thing, Row]:
    rows = versions.values_list("kind", "key", "body").order_by("id")
    return {(kind, key): record(kind, body) for kind, key, body in rows.iterator(chunk_size=10_000)}


def _holding(city: str, number: int) -> QuerySet[Kept]:
    """The versions that hold at a revision."""
    return Kept.objects.filter(Q(until=None) | Q(until__gt=number), city=city, since__lte=number)


class Told(NamedTuple):
    """A revision: who changed the network, when, why, and how much."""

    number: int
    at: datetime
    who: UUID | None  # a pseudonym (`people.reads.called` names it); None for the machine
    why: str
    added: int
    changed: int
    removed: int


def revisions(city: str, first: int = 0, most: int = 100) -> list[Told]:
    """A city's revisions, the newest first: `most` of them, after the `first` newest ones."""
    found = Revision.objects.filter(city=city).order_by("-number")[first : first + most]
    return [_told(r) for r in found]


def _told(r: Revision) -> Told:
    return Told(r.number, r.at, r.who_id, r.why, r.counts["added"], r.counts["changed"], r.counts["removed"])


class Field(NamedTuple):
    """One field of a thing, before and after; None where it was not there."""

    name: str
    before: Any
    after: Any


class Change(NamedTuple):
    """What became of one thing."""

    kind: str
    key: str
    was: str  # added, changed, removed
    fields: tuple[Field, ...]  # those that differ, in the order of the record; of what is new or gone, all that it says


def changes(city: str, number: int, *, brief: bool = False) -> list[Change]:
    """What a revision changed, as of `between`."""
    return between(city, number - 1, number, brief=brief)


def between(city: str, first: int, last: int, *, brief: bool = False) -> list[Change]:
    """What changed from one revision to a later one, field by field, in order of kind and key.

    `brief`: of what was added or removed that alone, without its fields; a first revision is the whole network. ValueError where the
    revisions come in the wrong order.
    """
    if last < first:
        raise ValueError(f"revision {first} comes after {last}")
    began = Q(since__gt=first, since__lte=last) & (Q(until=None) | Q(until__gt=last))
    ended = Q(since__lte=first, until__gt=first, until__lte=last)
    versions = Kept.objects.filter(began | ended, city=city)
    before: dict[Thing, int] = {}
    after: dict[Thing, int] = {}
    for pk, kind, key, since in versions.order_by("kind", "key", "id").values_list("id", "kind", "key", "since"):
        (before if since <= first else after)[kind, key] = pk
    both = before.keys() & after.keys()
    bodies = _bodies(versions, [pk for of in (before, after) for thing, pk in of.items() if thing in both], every=not brief)
    old, new = ({thing: bodies.get(pk, {}) for thing, pk in of.items()} for of in (before, after))
    return list(_compared(old, new))


def _bodies(versions: QuerySet[Kept], some: list[int], *, every: bool) -> dict[int, dict[str, Any]]:
    """What versions say, by their numbers."""
    parts = [versions] if every else [versions.filter(pk__in=some[at : at + AT_ONCE]) for at in range(0, len(some), AT_ONCE)]
    return {pk: json.loads(body) for part in parts for pk, body in part.order_by().values_list("id", "body")}


def _compared(before: dict[Thing, dict[str, Any]], after: dict[Thing, dict[str, Any]]) -> Iterator[Change]:
    for thing in sorted(before.keys() | after.keys()):
        old, new = before.get(thing), after.get(thing)
        names = dict.fromkeys([*(new or {}), *(old or {})])
        fields = tuple(Field(n, (old or {}).get(n), (new or {}).get(n)) for n in names if (old or {}).get(n) != (new or {}).get(n))
        if fields or old is None or new is None:
            yield Change(*thing, "added" if old is None else "removed" if new is None else "changed", fields)


class Step(NamedTuple):
    """A revision, and what it did to one thing."""

    revision: Told
    change: Change


def history(city: str, kind: str, key: str) -> list[Step]:
    """All that was done to one thing, the newest first: who, when, why, and which fields. Two questions; empty where it never was."""
    versions = list(Kept.objects.filter(city=city, kind=kind, key=key).order_by("since", "id"))
    numbers = {v.since for v in versions} | {v.until for v in versions if v.until is not None}
    told = {r.number: _told(r) for r in Revision.objects.filter(city=city, number__in=numbers)}
    bodies = {v.since: json.loads(v.body) for v in versions}
    holding = {v.until: json.loads(v.body) for v in versions if v.until is not None}
    steps = []
    for number in sorted(numbers, reverse=True):
        before = {(kind, key): holding[number]} if number in holding else {}
        after = {(kind, key): bodies[number]} if number in bodies else {}
        steps += [Step(told[number], change) for change in _compared(before, after)]
    return steps
