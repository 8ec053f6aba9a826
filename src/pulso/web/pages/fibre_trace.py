"""Where a strand leads: hop by hop from where its light comes in, with what it loses on the way, and why it goes no further."""

from __future__ import annotations

from dataclasses import dataclass as plain
from math import isfinite

from pydantic import Field
from pydantic.dataclasses import dataclass

from pulso.fibre.ask import tracing
from pulso.fibre.ask.claims import Socket
from pulso.fibre.shapes import Cable
from pulso.show import fibre as words
from pulso.show.language import Speech
from pulso.show.language import marked as _
from pulso.web.pages.asked import Asked, BadQuestion, quoted
from pulso.web.pages.fibre_asked import Guest, cut, guest
from pulso.web.pages.fibre_drawn import Sheet, Sketch, Words, lines_of
from pulso.web.pages.fibre_refs import Ref, ref
from pulso.web.pages.frame import Frame
from pulso.web.pages.leaves import Leaf
from pulso.web.pages.twin import Page

ENDS = ("start", "end")
DBM = 60.0
"""dBm beyond which, on either side of 0, no power of a transmitter or receiver lies."""


@dataclass(frozen=True)
class HopLine:
    """A strand that light passes, or a patch cord."""

    how: str = Field(description="how light came in: start, splice, patch or splitter")
    said: str = Field(description="the same in the page's language")
    splitter: str = Field(description="the splitter that it came through; empty where it came through none")
    cable: Ref | None = Field(description="the cable; null for a patch cord")
    strand: int | None = Field(description="the strand, from 1; null for a patch cord")
    tube: str = Field(description="number and colour of the tube, in the page's language; empty for a patch cord")
    fibre: str = Field(description="number and colour of the fibre, alike")
    tube_colour: str = Field(description="the tube's colour, one of twelve; empty for a patch cord")
    fibre_colour: str = Field(description="the fibre's colour, one of twelve; empty for a patch cord")
    tube_stripes: int = Field(description="how many stripes the tube's colour has")
    fibre_stripes: int = Field(description="how many stripes the fibre's colour has")
    use: str = Field(description="what it is used for: used, leased, reserved, broken or spare; empty for a patch cord")
    enters: Ref = Field(description="the site where light comes in")
    leaves: Ref = Field(description="the site at the far end")
    port: str = Field(description="panel and number of the port at the far end; empty where there is none")
    km: float | None = Field(description="km from the start of the trace to the far end; null where a length is unknown")
    loss: float | None = Field(description="dB lost from the start to the far end; null where a length is unknown")
    margin: float | None = Field(description="dB left at the far end; null where the loss is unknown, or no power was said")
    why: str = Field(description="why light goes no further, in the page's language; empty where it goes on")
    sound: bool = Field(description="whether it ends there as it should, or goes on")
    asked: bool = Field(description="whether it is the strand that was asked about")


@dataclass(frozen=True)
class Power:
    """What is reckoned with."""

    km: float = Field(description="dB that a km of fibre costs")
    splice: float = Field(description="dB that a splice costs")
    connector: float = Field(description="dB that a connector pair costs")
    sent: float | None = Field(description="dBm that the transmitter sends; null where that wasn't said; asked for as ?sent=0")
    needed: float | None = Field(description="dBm that the receiver needs; null where that wasn't said; asked for as ?needed=-24")
    reserve: float = Field(description="dB kept for repairs and ageing")


@dataclass(frozen=True)
class Trace:
    """A strand followed."""

    frame: Frame = Field(description="what every page carries")
    cable: Ref | None = Field(description="the cable; null where none was said")
    tubes: int = Field(description="its tubes; 0 where no cable was said")
    strands: int = Field(description="its strands; 0 where no cable was said")
    strand: int | None = Field(description="the strand, from 1; null where none was said")
    end: str = Field(description="by which end of the cable light enters: start or end; where none is said, the end toward the source")
    begins: Ref | None = Field(description="the site where light comes in, at the beginning of the way; null where no strand was said")
    port: str = Field(description="panel and number of the port where light comes in; empty where there is none")
    since: str = Field(description="why the way begins there, in the page's language; empty where it begins at a port, as it should")
    hops: tuple[HopLine, ...] = Field(
        description="strands in the order in which light passes them, a splitter's branches one after the other; a hundred a page"
    )
    leaf: Leaf = Field(description="where in the hops this page is")
    power: Power = Field(description="what losses and margins are reckoned with")
    said: str = Field(description="what cable was searched for; empty where none was")
    found: tuple[Ref, ...] = Field(description="cables of that name; twenty at most")


@plain(frozen=True)
class Drawn:
    """What the template draws beside the page."""

    words: Words
    sketch: Sketch | None


def trace(asked: Asked) -> Trace:
    """Follow it. NothingKnown where there is no such cable or strand; nothing is followed where none is said."""
    who = guest(asked)
    power = _power(who)
    said = who.text("q")
    found = tuple(ref("cable", c.id, who.known) for c in who.known.listed("cable", said)[:20]) if said else ()
    named, strand = who.query.get("cable") or "", asked.count("strand")
    end = who.choice("end", ENDS) if who.query.get("end") else None
    if not named:
        return Trace(asked.frame, None, 0, 0, None, end or ENDS[0], None, "", "", (), Leaf(1, 1, 0), power, said, found)
    cable = who.known.cables.get(named)
    if cable is None:
        raise who.missing("cable", named)
    told = _followed(cable, strand, end, who) if strand else None
    hops, leaf = cut(told.hops, who) if told else ((), Leaf(1, 1, 0))
    budget = tracing.Budget(power.sent, power.needed, power.reserve) if power.sent is not None and power.needed is not None else None
    return Trace(
        frame=asked.frame,
        cable=ref("cable", cable.id, who.known),
        tubes=cable.tubes,
        strands=cable.strands,
        strand=strand,
        end=told.end if told else end or ENDS[0],
        begins=ref("site", told.hops[0].enters, who.known) if told else None,
        port=_port(told.socket) if told else "",
        since=_since(told, asked.speech) if told else "",
        hops=tuple(hop_line(h, budget, who) for h in hops),
        leaf=leaf,
        power=power,
        said=said,
        found=found,
    )


def _followed(cable: Cable, strand: int, end: str | None, who: Guest) -> tracing.Traced:
    if strand > cable.strands:
        why = _("strand: found {found}; this cable has strands 1 to {most}.")
        raise BadQuestion(who.speech.say(why, found=strand, most=cable.strands))
    return tracing.trace(who.known.drawn, cable.id, strand, None if end is None else "end" if end == "end" else "start")


def _since(told: tracing.Traced, speech: Speech) -> str:
    """Why the way begins where it does; nothing where that is a port."""
    return "" if told.since is tracing.Stop.PORT else words.word(words.SINCE, told.since or "", speech)


def hop_line(h: tracing.Hop, budget: tracing.Budget | None, who: Guest) -> HopLine:
    """A hop as it is told: where the light is, in which strand of which colour, and what it has lost by then."""
    known, speech, place = who.known, who.speech, h.place
    tube = f"{place.tube}, {words.coloured(*place.tube_colour, speech)}" if place else ""
    fibre = f"{place.fibre}, {words.coloured(*place.fibre_colour, speech)}" if place else ""
    return HopLine(
        how=h.how.value,
        said=words.word(words.JOINED, h.how, speech),
        splitter=h.splitter,
        cable=ref("cable", h.cable, known) if h.cable else None,
        strand=h.strand if h.cable else None,
        tube=tube,
        fibre=fibre,
        tube_colour=place.tube_colour.name if place else "",
        fibre_colour=place.fibre_colour.name if place else "",
        tube_stripes=place.tube_colour.stripes if place else 0,
        fibre_stripes=place.fibre_colour.stripes if place else 0,
        use=h.use.value if h.use else "",
        enters=ref("site", h.enters, known),
        leaves=ref("site", h.leaves, known),
        port=_port(h.socket),
        km=h.km,
        loss=h.loss,
        margin=tracing.margin(h, budget) if budget else None,
        why=words.word(words.STOPS, h.why, speech) if h.why else "",
        sound=h.why in (None, tracing.Stop.PORT),
        asked=h.asked,
    )


def _port(socket: Socket | None) -> str:
    return f"{socket.panel} {socket.number}" if socket else ""


def _power(who: Guest) -> Power:
    usual = tracing.USUAL
    return Power(usual.km, usual.splice, usual.connector, _dbm("sent", who), _dbm("needed", who), tracing.Budget(0.0, 0.0).reserve)


def _dbm(name: str, who: Guest) -> float | None:
    """A power of the query, dBm. BadQuestion where it is none."""
    said = (who.query.get(name) or "").strip().replace("−", "-").replace(",", ".")
    if not said:
        return None
    try:
        found = float(said)
    except ValueError:
        found = float("nan")
    if not (isfinite(found) and abs(found) <= DBM):
        why = _("{name}: found {found}; a power is written in dBm, as -24.")
        raise BadQuestion(who.speech.say(why, name=name, found=quoted(said)))
    return found


def draw(page: Trace, asked: Asked) -> Drawn:
    """The way that light takes."""
    who, sheet = guest(asked), Sheet()
    cables = dict.fromkeys(h.cable.id for h in page.hops if h.cable)
    sheet.lines = [("first", line) for cable in cables for line in lines_of(cable, who.known)]
    ends = [page.begins, *(h.leaves for h in page.hops if h.why)][:12]
    for one in dict.fromkeys(filter(None, ends)):
        at = who.known.sites[one.id].at if one.there else None
        sheet.places += [("here" if one == page.begins else "end", at, one.name)] if at else []
    return Drawn(Words(asked.speech), sheet.sketch() if page.hops else None)


TRACE = Page("fibre-trace", "fibre/trace", Trace, trace, draw, reads=("page",))
