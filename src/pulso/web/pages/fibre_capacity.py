"""How full the network is: cables by the share of their strands that is taken, ducts by how full they are. For engineers."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from pydantic import Field
from pydantic.dataclasses import dataclass

from pulso.fibre.capacity import Filled, Taken, by_fill, by_use
from pulso.web.api import forms
from pulso.web.pages.asked import Asked
from pulso.web.pages.fibre_asked import Guest, cut, guest
from pulso.web.pages.fibre_drawn import Words
from pulso.web.pages.fibre_known import Known
from pulso.web.pages.fibre_shapes import told
from pulso.web.pages.frame import Frame
from pulso.web.pages.leaves import Leaf
from pulso.web.pages.twin import Page

WHAT = ("cables", "ducts")


@dataclass(frozen=True)
class FibreCableUse:
    """How full a cable is: its strands by what they are used for, each once."""

    id: str = Field(description="the cable's id")
    name: str = Field(description="its name; its id where it has none")
    status: str = Field(description="operational or inactive: what isn't built has no strand to give")
    state: str = Field(description="the same in words")
    owner: str = Field(description="who owns it; empty where that isn't said")
    start: str = Field(description="id of the site where it begins")
    start_called: str = Field(description="that site's name")
    end: str = Field(description="id of the site where it ends")
    end_called: str = Field(description="that site's name")
    strands: int = Field(description="how many strands it has")
    share: float | None = Field(
        description="which share of them is taken, 0 to 1; at least so much, where some are unsaid; null where nothing is said of any"
    )
    used: int = Field(description="strands that are used")
    leased: int = Field(description="strands that are leased")
    reserved: int = Field(description="strands that are reserved")
    broken: int = Field(description="strands that are broken")
    spare: int = Field(description="strands that are spare")
    unsaid: int = Field(description="of the spare ones, how many are so only because nobody says otherwise")


@dataclass(frozen=True)
class FibreDuctFill:
    """How full a duct is: the cross-sections of all cables that lie in it, lit or not, of its own."""

    id: str = Field(description="the duct's id")
    name: str = Field(description="its name; its id where it has none")
    status: str = Field(description="proposed, planned, underConstruction, operational, inactive or decommissioned")
    state: str = Field(description="the same in words")
    owner: str = Field(description="who owns it; empty where that isn't said")
    start: str = Field(description="id of the site where it begins")
    start_called: str = Field(description="that site's name")
    end: str = Field(description="id of the site where it ends")
    end_called: str = Field(description="that site's name")
    share: float | None = Field(
        description="how full it is, 0 to 1; null where a diameter is unknown; over 1, a record of a diameter is wrong"
    )
    inner: float | None = Field(description="its inner diameter, mm; null where nobody knows")
    cables: int = Field(description="cables that lie in it")
    known: int = Field(description="of these, how many have a known diameter")
    strands: int = Field(description="strands of the cables in it that are in place")
    spare: int = Field(description="of these, how many are spare")
    unsaid: int = Field(description="of the spare ones, how many are so only because nobody says otherwise")


@dataclass(frozen=True)
class Fullest:
    """Cables or ducts, the fullest first."""

    frame: Frame = Field(description="what every page carries")
    what: str = Field(description="what is listed: cables or ducts; asked for as ?sort=ducts")
    cables: tuple[FibreCableUse, ...] = Field(description="cables in place, the fullest first, those of which nothing is said last")
    ducts: tuple[FibreDuctFill, ...] = Field(description="ducts, the fullest first, those of which a diameter is unknown last")
    unknown: int = Field(description="of how many of them all nobody can say how full they are: they stand last")
    leaf: Leaf = Field(description="where in the list this page is")


def fullest(asked: Asked) -> Fullest:
    """List them."""
    who = guest(asked)
    what = who.choice("sort", WHAT)
    every = taken(who.known) if what == "cables" else filled(who.known)
    unknown = who.known.once(f"of unknown fill {what}", lambda: sum(one.share is None for one in every))
    rows, leaf = cut(every, asked)
    lines = tuple(row_of(one, who) for one in rows)
    return Fullest(
        frame=asked.frame,
        what=what,
        cables=tuple(r for r in lines if isinstance(r, FibreCableUse)),
        ducts=tuple(r for r in lines if isinstance(r, FibreDuctFill)),
        unknown=unknown,
        leaf=leaf,
    )


def taken(known: Known) -> Sequence[Taken]:
    """Cables that are in place, the fullest first; sorted once for each revision."""
    return known.once("cables by use", lambda: by_use(known.cables.values(), known.capacity))


def filled(known: Known) -> Sequence[Filled]:
    """Ducts, the fullest first, alike."""
    return known.once("ducts by fill", lambda: by_fill(known.ducts.values(), known.capacity))


def row_of(one: Taken | Filled, who: Guest) -> FibreCableUse | FibreDuctFill:
    """One of them, with its names."""
    known, thing = who.known, one.cable if isinstance(one, Taken) else one.duct
    said = {field: value for field, value in vars(told(thing, known, who.speech)).items() if field != "disclosure"}
    said |= {"start": thing.start, "start_called": known.called(thing.start), "end": thing.end, "end_called": known.called(thing.end)}
    if isinstance(one, Taken):
        counts = {use: getattr(one.strands, use) for use in ("used", "leased", "reserved", "broken", "spare", "unsaid")}
        return FibreCableUse(**said, strands=one.strands.total, share=one.share, **counts)
    return FibreDuctFill(
        **said,
        share=one.share,
        inner=one.duct.inner,
        cables=one.fill.cables,
        known=one.fill.known,
        strands=one.strands.total,
        spare=one.strands.spare,
        unsaid=one.strands.unsaid,
    )


def cables_csv(_request: HttpRequest, who: Guest) -> HttpResponse:
    """All cables in place as CSV."""
    return _table("cables-by-use", [row_of(one, who) for one in taken(who.known)], FibreCableUse, who)


def ducts_csv(_request: HttpRequest, who: Guest) -> HttpResponse:
    """All ducts as CSV."""
    return _table("ducts-by-fill", [row_of(one, who) for one in filled(who.known)], FibreDuctFill, who)


def draw(_page: Fullest, asked: Asked) -> Words:
    """The words of the network."""
    return Words(asked.speech)


def _table(called: str, rows: Sequence[object], shape: type, who: Guest) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{who.reading.slug}-{called}.csv"'}
    return HttpResponse(forms.write("csv", rows, shape), content_type=forms.content_type("csv"), headers=headers)


CAPACITY = Page("fibre-capacity", "fibre/capacity", Fullest, fullest, draw, reads=("page",))
