"""Whom and what things are said to belong to: the organisations and the phases of a network, and how many things name each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from django.http import HttpResponse
from django.views.decorators.http import require_safe
from pydantic import Field
from pydantic.dataclasses import dataclass

from pulso.errors import NothingKnown
from pulso.fibre.shapes import Organisation, Phase, Plan
from pulso.show.language import Speech
from pulso.show.language import marked as _
from pulso.web.fibre.desk.saying import COUNTED
from pulso.web.fibre.desk.visiting import engineers_only, page
from pulso.web.innovation.desk.visits import Gone, Visit, visit
from pulso.web.pages.asked import Asked, BadQuestion
from pulso.web.pages.fibre_asked import cut
from pulso.web.pages.fibre_known import Known, plain
from pulso.web.pages.frame import Frame
from pulso.web.pages.leaves import Leaf

STILL = _("It is still named by {found}. Say something else of them first, then take it out.")
SORTS: Mapping[str, str] = {"organisations": "organisation", "phases": "phase"}


@dataclass(frozen=True)
class Party:
    """An organisation or a phase."""

    id: str = Field(description="its id")
    name: str = Field(description="its name; its id where it has none")
    named: int = Field(description="how many things name it: as their owner or who digs, uses or leases, or as their phase")
    by: str = Field(description="how many of which sort, in the page's language; empty where nothing does")


@dataclass(frozen=True)
class Parties:
    """The organisations or the phases of a network."""

    frame: Frame = Field(description="what every page carries")
    what: str = Field(description="organisations or phases")
    revision: int = Field(description="which revision of the network this is")
    rows: tuple[Party, ...] = Field(description="a hundred of them, by name")
    leaf: Leaf = Field(description="where in the list this page is")


@require_safe
@visit
def parties(at: Visit, what: str) -> HttpResponse:
    """One of the two lists."""
    net = engineers_only(at)
    try:
        some, leaf = cut(_in_order(what, net), Asked(at.reading, at.speech, at.request.GET, {}, ""))
    except (BadQuestion, NothingKnown):
        raise Gone from None
    rows = tuple(_party(SORTS[what], one, net, at.speech) for one in some)
    made = Parties(at.frame(), what, net.revision, rows, leaf)
    return at.twin(Parties, made) if at.as_json else page(at, "fibre-desk-parties", {"page": made}, 200)


def still(sort: str, key: str, net: Known, speech: Speech) -> str:
    """Why an organisation or a phase can't be taken out: what names it, counted. Empty where nothing does, and for any other sort."""
    found = _by(sort, key, net, speech)
    return speech.say(STILL, found=found) if found else ""


def _party(sort: str, one: Organisation | Phase, net: Known, speech: Speech) -> Party:
    return Party(one.id, one.name or one.id, sum(_naming(net).get((sort, one.id), {}).values()), _by(sort, one.id, net, speech))


def _by(sort: str, key: str, net: Known, speech: Speech) -> str:
    """What names it, counted: 2 sites and 3 cables."""
    counts: Mapping[str, int] = _naming(net).get((sort, key), {})
    return speech.together([said(speech, counts[of]) for of, said in COUNTED.items() if counts.get(of)])


def _in_order(what: str, net: Known) -> Sequence[Organisation | Phase]:
    those: Sequence[Organisation | Phase] = net.plan.organisations if what == "organisations" else net.plan.phases
    return net.once(f"{what} in order", lambda: sorted(those, key=lambda o: (plain(o.name or o.id), o.id)))


def _naming(net: Known) -> Mapping[tuple[str, str], Mapping[str, int]]:
    """By sort and id, how many things of each sort name it; counted once."""

    def count() -> Mapping[tuple[str, str], Mapping[str, int]]:
        found: dict[tuple[str, str], Counter[str]] = {}
        for party, of in _names(net.plan):
            found.setdefault(party, Counter())[of] += 1
        return found

    return net.once("who names whom", count)


def _names(plan: Plan) -> Iterator[tuple[tuple[str, str], str]]:
    """Each time that one is named: which, and by what sort of thing."""
    for of, things in (("site", plan.sites), ("duct", plan.ducts), ("cable", plan.cables)):
        for thing in things:
            yield ("organisation", thing.owner), of
            yield ("phase", thing.phase), of
    yield from ((("organisation", s.whom), "strands") for s in plan.strands)
    yield from ((("organisation", w.whom), "works") for w in plan.works)
