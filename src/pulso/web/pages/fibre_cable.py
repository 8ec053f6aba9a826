"""A cable: where it runs, and for engineers its strands, each by its colours, what it is used for, and where it goes at both ends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass as plain

from pydantic import Field
from pydantic.dataclasses import dataclass

from pulso.core.fibre.strand import Colour, position
from pulso.fibre.shapes import Cable, End
from pulso.show import fibre as words
from pulso.show.language import Speech
from pulso.web.pages.asked import Asked
from pulso.web.pages.fibre_asked import Guest, cut, guest
from pulso.web.pages.fibre_drawn import Sheet, Sketch, Words, lines_of
from pulso.web.pages.fibre_known import Known
from pulso.web.pages.fibre_shapes import CableLine, DuctLine, Use, cable_line, duct_line, uses
from pulso.web.pages.frame import Frame
from pulso.web.pages.leaves import Leaf
from pulso.web.pages.twin import Page

LEAF = 144
"""Strands on a page: twelve tubes of twelve."""


@dataclass(frozen=True)
class Goes:
    """Where a strand goes at one of its ends."""

    how: str = Field(description="splice, port, splitter, or nowhere")
    said: str = Field(description="the same in the page's language")
    cable: str = Field(description="the cable that it is spliced to; empty where it isn't")
    strand: int | None = Field(description="that cable's strand; null where it isn't spliced")


@dataclass(frozen=True)
class Strand:
    """A strand of a cable."""

    strand: int = Field(description="its number in the cable, from 1")
    tube: int = Field(description="the number of its tube, from 1")
    tube_colour: str = Field(description="the tube's colour (TIA-598-C), one of twelve")
    tube_stripes: int = Field(description="how many stripes the tube has")
    fibre: int = Field(description="its number in its tube, from 1")
    colour: str = Field(description="its own colour (TIA-598-C), one of twelve")
    stripes: int = Field(description="how many stripes it has")
    called: str = Field(description="its own colour in the page's language")
    use: str = Field(description="used, leased, reserved, broken or spare")
    use_called: str = Field(description="the same in the page's language")
    said: bool = Field(description="whether anybody says so: a strand of which nothing is said is spare")
    whom: str = Field(description="for whom; empty where that isn't said")
    what: str = Field(description="the circuit or the contract; empty where that isn't said")
    start: Goes = Field(description="where it goes at the cable's beginning")
    end: Goes = Field(description="where it goes at the cable's end")


@dataclass(frozen=True)
class Strung:
    """A cable."""

    frame: Frame = Field(description="what every page carries")
    level: str = Field(description="whose page this is: public, internal or restricted")
    line: CableLine = Field(description="what it is, in short")
    phase: str = Field(description="the stage of building that it belongs to; empty where that isn't said")
    fibre: str = Field(description="which fibre it is of, by its ITU-T recommendation; empty where that isn't said")
    ducts: tuple[DuctLine, ...] = Field(
        description="the ducts that it lies in, in order, of those that whoever asks may know; a hundred at most"
    )
    uses: tuple[Use, ...] = Field(description="what its strands are used for; empty for whoever may not know it, and before it is laid")
    unsaid: int = Field(description="of the spare strands, how many are so only because nobody says otherwise")
    strands: tuple[Strand, ...] = Field(description="its strands; empty for whoever may not know them")
    leaf: Leaf = Field(description="where in its strands this page is")


@plain(frozen=True)
class Tube:
    """Strands that lie in one tube, as the template draws them."""

    number: int
    colour: str
    stripes: int
    called: str
    strands: list[Strand]


@plain(frozen=True)
class Drawn:
    """What the template draws beside the page."""

    words: Words
    tubes: list[Tube]
    sketch: Sketch | None


def cable(asked: Asked) -> Strung:
    """One of the network. NothingKnown where there is none of that id, or not for whoever asks."""
    who = guest(asked)
    found = who.known.cables.get(asked.parts["cable"])
    if found is None:
        raise who.missing("cable", asked.parts["cable"])
    counts = who.known.capacity.cables.get(found.id) if who.engineer else None
    numbers, leaf = cut(range(1, found.strands + 1) if who.engineer else range(0), asked, LEAF)
    return Strung(
        frame=asked.frame,
        level=who.level.value,
        line=cable_line(found, who),
        phase=who.known.phases.get(found.phase, found.phase),
        fibre=found.fibre,
        ducts=tuple(duct_line(who.known.ducts[d], who) for d in found.ducts[:100] if d in who.known.ducts),
        uses=uses(counts, asked.speech) if counts else (),
        unsaid=counts.unsaid if counts else 0,
        strands=tuple(strands(found, numbers, who)),
        leaf=leaf,
    )


def draw(page: Strung, asked: Asked) -> Drawn:
    """Its way, and its tubes."""
    who, sheet = guest(asked), Sheet()
    sheet.lines = [("first", line) for line in lines_of(page.line.told.id, who.known)]
    for end, called in ((page.line.start, page.line.start_called), (page.line.end, page.line.end_called)):
        at = who.known.sites[end].at if end in who.known.sites else None
        sheet.places += [("end", at, called)] if at else []
    tubes: list[Tube] = []
    for s in page.strands:
        if not tubes or tubes[-1].number != s.tube:
            called = words.coloured(s.tube_colour, s.tube_stripes, asked.speech)
            tubes.append(Tube(s.tube, s.tube_colour, s.tube_stripes, called, []))
        tubes[-1].strands.append(s)
    return Drawn(Words(asked.speech), tubes, sheet.sketch())


def strands(cable: Cable, numbers: range, who: Guest) -> Iterator[Strand]:
    """Those of these numbers."""
    if not numbers:
        return
    known, speech = who.known, who.speech
    said = known.said_of(cable, numbers)
    begins = _goes(cable, cable.start, numbers, known, speech)
    ends = _goes(cable, cable.end, numbers, known, speech)
    nowhere = Goes("nowhere", speech.say("nowhere"), "", None)
    for n in numbers:
        at, told = position(n, cable.tubes, cable.fibres), said.get(n)
        use = told.use.value if told else "spare"
        yield Strand(
            strand=n,
            tube=at.tube,
            tube_colour=at.tube_colour.name,
            tube_stripes=at.tube_colour.stripes,
            fibre=at.fibre,
            colour=at.fibre_colour.name,
            stripes=at.fibre_colour.stripes,
            called=_called(at.fibre_colour, speech),
            use=use,
            use_called=words.word(words.USES, use, speech),
            said=told is not None,
            whom=known.owners.get(told.whom, told.whom) if told else "",
            what=told.what if told else "",
            start=begins.get(n, nowhere),
            end=ends.get(n, nowhere),
        )


def _goes(cable: Cable, site: str, numbers: range, known: Known, speech: Speech) -> dict[int, Goes]:
    """Where strands of these numbers go at one of the cable's sites."""
    found: dict[int, Goes] = {}
    first, last = numbers[0], numbers[-1]
    for splice in known.splices_of.get(cable.id, ()):
        for mine, theirs in ((splice.one, splice.other), (splice.other, splice.one)):
            if splice.site == site and mine.cable == cable.id:
                for n in range(max(mine.first, first), min(mine.first + splice.count - 1, last) + 1):
                    found[n] = _spliced(End(cable=theirs.cable, first=theirs.first + n - mine.first), known, speech)
    for port in known.ports_of.get(cable.id, ()):
        if port.site == site and port.behind and first <= port.behind.first <= last:
            said = speech.say("port {number} of panel {panel}", number=port.number, panel=port.panel)
            found[port.behind.first] = Goes("port", said, "", None)
    for splitter in known.splitters_of.get(cable.id, ()):
        for end in (splitter.input, *splitter.outputs):
            if splitter.site == site and end and end.cable == cable.id and first <= end.first <= last:
                said = speech.say("splitter {name}, 1:{ways}", name=splitter.id, ways=splitter.ways)
                found[end.first] = Goes("splitter", said, "", None)
    return found


def _spliced(to: End, known: Known, speech: Speech) -> Goes:
    called = known.cables[to.cable].name or to.cable if to.cable in known.cables else to.cable
    return Goes("splice", speech.say("{cable}, strand {n}", cable=called, n=to.first), to.cable, to.first)


def _called(colour: Colour, speech: Speech) -> str:
    return words.coloured(colour.name, colour.stripes, speech)


CABLE = Page("fibre-cable", "fibre/cable/<path:cable>", Strung, cable, draw, reads=("page",))
