"""The city's cuts as the desk lists them, a hundred a page: first those that go on or are to come, so that each can be ended."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from django.db.models import Q, QuerySet
from pydantic import Field
from pydantic.dataclasses import dataclass

from pulso.errors import NothingKnown
from pulso.web.fibre import cuts
from pulso.web.fibre.models import Cut, Darkened
from pulso.web.innovation.desk.visits import Gone, Visit
from pulso.web.pages.asked import Asked, BadQuestion
from pulso.web.pages.fibre_known import Known
from pulso.web.pages.fibre_refs import Customer, Ref, customers, ref
from pulso.web.pages.frame import Frame
from pulso.web.pages.leaves import MOST, Leaf, leaf_of
from pulso.web.readings import status

PARTS = ("duct", "cable", "site")


@dataclass(frozen=True)
class CutLine:
    """A cut that was declared."""

    number: int = Field(description="its number")
    things: tuple[Ref, ...] = Field(description="what is cut")
    since: datetime = Field(description="since when, UTC")
    until: datetime | None = Field(description="until when, UTC, excluded; null while nobody knows")
    why: str = Field(description="the reason that was given")
    ended_why: str = Field(description="why it ended; empty before that was declared")
    on: bool = Field(description="whether it is in force now")
    over: bool = Field(description="whether its end was declared")
    dark: tuple[Customer, ...] = Field(description="who is dark by it alone, for good or until somebody switches over; a hundred at most")
    darkened: int = Field(description="how many are dark")
    blind: int = Field(description="how many sensors and access points are blind")


@dataclass(frozen=True)
class Cuts:
    """The cuts of a city's network."""

    frame: Frame = Field(description="what every page carries")
    cuts: tuple[CutLine, ...] = Field(
        description="those that nobody has ended and whose stated end is to come first, then the others; of both the latest first"
    )
    leaf: Leaf = Field(description="where in the list this page is")
    loose: int = Field(description="cables in use today whose ducts nobody knows: where there are any, a cut may darken more")
    in_use: int = Field(description="cables in use")


def listed(at: Visit, net: Known) -> Cuts:
    """The page of the list that is asked for; Gone where there is no such page. Five questions at most, however many cuts there are."""
    now = status.now(at.reading)
    try:
        found, leaf = leaf_of(partial(_read, at.city, now), Asked(at.reading, at.speech, at.request.GET, {}, ""))
    except (BadQuestion, NothingKnown):
        raise Gone from None
    dark = cuts.darkened(at.city, found, ())
    lines = tuple(_line(c, dark.get(cuts.Run((c.pk,), now, None).key), now, net, at) for c in found)
    loose = net.drawn.loose
    return Cuts(at.frame(), lines, leaf, int(loose.sum()), loose.size)


def place(at: Visit, cut: Cut) -> str:
    """The address of a cut on its page of the list, below the city's own."""
    going, others = _both(at.city, status.now(at.reading))
    later = Q(since__gt=cut.since) | Q(since=cut.since, pk__gt=cut.pk)
    before = going.filter(later).count() if going.filter(pk=cut.pk).exists() else going.count() + others.filter(later).count()
    page = before // MOST + 1
    return f"fibre/cuts{f'?page={page}' if page > 1 else ''}#cut-{cut.pk}"


def _both(city: str, now: datetime) -> tuple[QuerySet[Cut], QuerySet[Cut]]:
    """Those that come first, and all others."""
    every = Cut.objects.filter(city=city)
    return (
        every.filter(Q(until=None) | Q(until__gt=now), ended_at=None),
        every.filter(Q(ended_at__isnull=False) | Q(until__lte=now)),
    )


def _read(city: str, now: datetime, after: int) -> tuple[list[Cut], int]:
    """So many cuts after so many others, and how many there are in all."""
    going, others = _both(city, now)
    first = going.count()
    found = list(going[after : after + MOST]) if after < first else []
    behind = max(after - first, 0)
    found += others[behind : behind + MOST - len(found)]
    return found, cuts.how_many(city)


def _line(c: Cut, alone: Darkened | None, now: datetime, net: Known, at: Visit) -> CutLine:
    sites = alone.sites if alone else ()
    return CutLine(
        number=c.pk,
        things=tuple(ref(sort, key, net) for sort, keys in zip(PARTS, (c.ducts, c.cables, c.sites), strict=True) for key in keys),
        since=c.since,
        until=c.until,
        why=c.why,
        ended_why=c.ended_why,
        on=c.since <= now and (c.until is None or c.until > now),
        over=c.ended_at is not None,
        dark=customers([s for s in sites if s in net.sites], net, at.speech),
        darkened=len(sites),
        blind=len(alone.sensors) if alone else 0,
    )
