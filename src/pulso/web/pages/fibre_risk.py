"""What should never be cut, and who has two paths: the ranking of failures, and the register of redundancy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from pydantic import Field
from pydantic.dataclasses import dataclass

from pulso.fibre.ask import answers, proposed
from pulso.fibre.ask.proposed import shared
from pulso.show import fibre as words
from pulso.web.api import forms
from pulso.web.pages.asked import Asked
from pulso.web.pages.fibre_asked import Guest, cut, guest
from pulso.web.pages.fibre_drawn import Words
from pulso.web.pages.fibre_hangs import paths
from pulso.web.pages.fibre_known import name
from pulso.web.pages.fibre_refs import MOST, Ref, ref
from pulso.web.pages.frame import Frame
from pulso.web.pages.leaves import Leaf
from pulso.web.pages.twin import Page

WHAT = ("duct", "cable", "site")
BY = ("ducts", "cables", "sites", "offices")


@dataclass(frozen=True)
class Failure:
    """What goes dark where one thing fails alone."""

    ref: Ref = Field(description="the duct, cable or site")
    weight: int = Field(description="what those who go dark weigh: 100 who saves lives, 10 what is essential, 1 each other")
    customers: int = Field(description="how many go dark")
    life: int = Field(description="of these, who saves lives")
    essential: int = Field(description="of these, what is essential")
    cuts_off: bool | None = Field(
        description="of a cable or site, whether it cuts any other site off, a customer or not (a bridge, an articulation); null of a duct"
    )


@dataclass(frozen=True)
class Ranking:
    """Failures, the worst first."""

    frame: Frame = Field(description="what every page carries")
    what: str = Field(description="what fails: duct, cable or site; asked for as ?sort=cable")
    failures: tuple[Failure, ...] = Field(description="those that darken somebody, the worst first; a hundred a page")
    leaf: Leaf = Field(description="where in the list this page is")
    of: int = Field(description="how many such things there are; those that are not listed darken nobody alone")
    loose: int = Field(description="cables in use whose ducts nobody knows: where there are any, the truth may be worse")
    in_use: int = Field(description="cables in use")


@dataclass(frozen=True)
class Customer:
    """How many paths a customer has that share nothing: 0, it is dark; 1; or 2, two or more."""

    id: str = Field(description="the customer's id")
    name: str = Field(description="its name; its id where it has none")
    service: str = Field(description="what is served")
    criticality: str = Field(description="life, essential or normal: what it means that it is dark")
    critical: str = Field(description="the same in the page's language")
    cables: int = Field(description="without a common cable")
    ducts: int | None = Field(description="without a common cable or duct; null where it can't be told whether there are two")
    sites: int = Field(description="without a common cable or site")
    offices: int = Field(description="without a common cable or site, to two places that light comes from")


@dataclass(frozen=True)
class Count:
    """How many customers have so many paths."""

    paths: int | None = Field(description="how many paths; null where it can't be told")
    customers: int = Field(description="how many customers")


@dataclass(frozen=True)
class Shared:
    """A customer whose two shortest paths without a common cable lie in a common duct."""

    customer: Ref = Field(description="the customer")
    ducts: tuple[Ref, ...] = Field(description="the ducts that hold both")
    avoidable: bool | None = Field(description="whether there are two paths without a common duct; null where it can't be told")


@dataclass(frozen=True)
class Register:
    """The register of redundancy."""

    frame: Frame = Field(description="what every page carries")
    what: str = Field(description="what the paths share nothing of: ducts, cables, sites or offices; asked for as ?sort=cables")
    counts: tuple[Count, ...] = Field(description="how many customers have how many such paths")
    customers: tuple[Customer, ...] = Field(
        description="customers with the fewest such paths first, then who saves lives; a hundred a page"
    )
    leaf: Leaf = Field(description="where in the list this page is")
    shared: tuple[Shared, ...] = Field(
        description="customers that look redundant and have both paths in one duct, who saves lives first; a hundred at most"
    )
    sharing: int = Field(description="how many such customers there are")
    loose: int = Field(description="cables in use whose ducts nobody knows: where there are any, the truth may be worse")
    in_use: int = Field(description="cables in use")


@dataclass(frozen=True)
class FailureRow:
    """A failure as a row of a table."""

    what: str = Field(description="duct, cable or site")
    id: str = Field(description="its id")
    name: str = Field(description="its name")
    weight: int = Field(description="what those who go dark weigh")
    customers: int = Field(description="how many go dark")
    life: int = Field(description="of these, who saves lives")
    essential: int = Field(description="of these, what is essential")
    cuts_off: bool | None = Field(
        description="of a cable or site, whether it cuts any other site off, a customer or not (a bridge, an articulation); null of a duct"
    )


def ranking(asked: Asked) -> Ranking:
    """Rank them."""
    who = guest(asked)
    what, drawn = who.choice("sort", WHAT), who.known.drawn
    every = ranked(who)
    rows, leaf = cut(every[what], asked)
    of = {"duct": len(who.known.ducts), "cable": len(who.known.cables), "site": len(who.known.sites)}[what]
    told = tuple(Failure(ref(c.what, c.id, who.known), c.weight, c.customers, c.life, c.essential, c.cuts) for c in rows)
    return Ranking(asked.frame, what, told, leaf, of, int(drawn.loose.sum()), drawn.loose.size)


def register(asked: Asked) -> Register:
    """Count everybody's paths."""
    who = guest(asked)
    what, drawn = who.choice("sort", BY), who.known.drawn
    every = _sorted(what, who)
    rows, leaf = cut(every, asked)
    counted = who.known.once(f"paths {what}", lambda: Counter(getattr(p, what) for p in every))
    counts = tuple(Count(n, counted[n]) for n in (0, 1, 2, None) if n is not None or counted[n])
    common = who.known.once("shared", lambda: shared(drawn))
    return Register(
        frame=asked.frame,
        what=what,
        counts=counts,
        customers=tuple(_customer(p, who) for p in rows),
        leaf=leaf,
        shared=tuple(_shared(s, who) for s in common[:MOST]),
        sharing=len(common),
        loose=int(drawn.loose.sum()),
        in_use=drawn.loose.size,
    )


def ranking_csv(_request: HttpRequest, who: Guest) -> HttpResponse:
    """The whole ranking as CSV."""
    every = [c for what in WHAT for c in ranked(who)[what]]
    rows = [FailureRow(c.what, c.id, ref(c.what, c.id, who.known).name, c.weight, c.customers, c.life, c.essential, c.cuts) for c in every]
    return _table("critical", rows, FailureRow, who)


def register_csv(_request: HttpRequest, who: Guest) -> HttpResponse:
    """The whole register as CSV."""
    return _table("redundancy", [_customer(p, who) for p in _sorted("ducts", who)], Customer, who)


def draw(_page: object, asked: Asked) -> Words:
    """The words of the network."""
    return Words(asked.speech)


def ranked(who: Guest) -> dict[str, list[answers.Critical]]:
    """Failures that darken somebody, by what fails; the worst first."""

    def reckon() -> dict[str, list[answers.Critical]]:
        found: dict[str, list[answers.Critical]] = {what: [] for what in WHAT}
        for c in answers.critical(who.known.drawn):
            if c.customers:
                found[c.what].append(c)
        return found

    return who.known.once("critical", reckon)


def _sorted(what: str, who: Guest) -> Sequence[answers.Paths]:
    """The register with the fewest paths of a kind first, unknown ones behind one; it came with who saves lives first."""

    def fewest(p: answers.Paths) -> float:
        n = getattr(p, what)
        return 1.5 if n is None else float(n)

    return who.known.once(f"register {what}", lambda: sorted(paths(who.known).values(), key=fewest))


def _customer(p: answers.Paths, who: Guest) -> Customer:
    site = who.known.sites[p.site]
    called = words.word(words.CRITICALITY, site.criticality, who.speech)
    return Customer(site.id, name(site), site.service, site.criticality.value, called, p.cables, p.ducts, p.sites, p.offices)


def _shared(s: proposed.Shared, who: Guest) -> Shared:
    return Shared(ref("site", s.site, who.known), tuple(ref("duct", d, who.known) for d in s.ducts), s.avoidable)


def _table(called: str, rows: Sequence[object], shape: type, who: Guest) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{who.reading.slug}-{called}.csv"'}
    return HttpResponse(forms.write("csv", rows, shape), content_type=forms.content_type("csv"), headers=headers)


RANKING = Page("fibre-critical", "fibre/critical", Ranking, ranking, draw, reads=("page",))
REGISTER = Page("fibre-redundancy", "fibre/redundancy", Register, register, draw, reads=("page",))
