"""What the API tells of the fibre network: each row flat, so that it is the same in every form. What a page tells too is the page's own."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import Field
from pydantic.dataclasses import dataclass

from pulso.web.pages.fibre_capacity import FibreCableUse as FibreCableUse
from pulso.web.pages.fibre_capacity import FibreDuctFill as FibreDuctFill
from pulso.web.pages.fibre_coverage import FibreBuilding as FibreBuilding
from pulso.web.pages.fibre_hangs import Hangs, Standing
from pulso.web.pages.fibre_near import FibreSpare as FibreSpare
from pulso.web.pages.fibre_refs import Ref
from pulso.web.pages.fibre_second import Proposal
from pulso.web.pages.fibre_shapes import Use


@dataclass(frozen=True)
class FibreNetwork:
    """The fibre network in numbers, of what whoever asks may know. Kilometres of different sorts are never added."""

    level: str = Field(description="up to which level whoever asks may know: public, internal or restricted")
    name: str = Field(description="what it is called")
    synthetic: bool = Field(description="whether it is invented")
    revision: int = Field(description="which revision this is, from 1")
    at: datetime = Field(description="when it was changed last, UTC")
    sites: int = Field(description="how many sites there are")
    cables: int = Field(description="how many cables there are")
    ducts: int = Field(description="how many ducts there are")
    route: float | None = Field(description="m of ducts whose length is known: how far one would walk; null where none is")
    route_known: int = Field(description="of how many ducts the length is known")
    route_of: int = Field(description="how many ducts there are")
    sheath: float | None = Field(description="m of cables whose length is known; null where none is")
    sheath_known: int = Field(description="of how many cables the length is known")
    sheath_of: int = Field(description="how many cables there are")
    strand: float | None = Field(description="m of strands of these: sheath times strands; null where no sheath is known")
    strand_known: int = Field(description="of how many cables the strands' length is known")
    strand_of: int = Field(description="how many cables there are")
    uses: tuple[Use, ...] = Field(
        description="what the strands of cables that are in place are used for; empty for whoever may not know it"
    )
    unsaid: int = Field(description="of the spare strands, how many are so only because nobody says otherwise")
    page: str = Field(description="its page on this site")


@dataclass(frozen=True)
class FibreLengths:
    """The three lengths of a part of the network. Those of different sorts are never added."""

    by: str = Field(description="what the network is parted by: all (not at all), status, owner or zone")
    group: str = Field(description="how far along it is, the owner's id, or the zone's; empty where that isn't said or nobody knows")
    called: str = Field(description="the same in words; empty for the whole network")
    route: float | None = Field(description="m of ducts whose length is known: how far one would walk; null where none is")
    route_known: int = Field(description="of how many ducts the length is known")
    route_of: int = Field(description="how many ducts there are")
    sheath: float | None = Field(description="m of cables whose length is known; null where none is")
    sheath_known: int = Field(description="of how many cables the length is known")
    sheath_of: int = Field(description="how many cables there are")
    strand: float | None = Field(description="m of strands of these: sheath times strands; null where no sheath is known")
    strand_known: int = Field(description="of how many cables the strands' length is known")
    strand_of: int = Field(description="how many cables there are")


@dataclass(frozen=True)
class FibreThing:
    """What is said of any part of the network."""

    id: str = Field(description="its id")
    name: str = Field(description="its name; its id where it has none")
    status: str = Field(description="proposed, planned, underConstruction, operational, inactive or decommissioned")
    state: str = Field(description="the same in words")
    owner: str = Field(description="who owns it; empty where that isn't said")
    disclosure: str = Field(description="who may know of it: public, internal or restricted")


@dataclass(frozen=True)
class FibreSite(FibreThing):
    """A place where cables end; as GeoJSON where it is."""

    kind: str = Field(description="office, pop, cabinet, closure, manhole, pole, building or other")
    called: str = Field(description="the kind in words")
    lon: float | None = Field(description="degrees, WGS 84; null where nobody knows")
    lat: float | None = Field(description="degrees, WGS 84; null where nobody knows")
    source: bool = Field(description="whether light comes from here")
    customer: bool = Field(description="whether it is served from here, and never transit")
    cables: int = Field(description="cables that end there, of those that whoever asks may know")
    zone: str | None = Field(description="the zone that it lies in, by its id; null where it lies in none, or nobody knows")
    page: str = Field(description="its page on this site")


@dataclass(frozen=True)
class FibreDuct(FibreThing):
    """A way in the ground or along poles from one site to another; as GeoJSON its route, where that is known."""

    start: str = Field(description="id of the site where it begins")
    start_called: str = Field(description="that site's name")
    end: str = Field(description="id of the site where it ends")
    end_called: str = Field(description="that site's name")
    length: float | None = Field(description="m, as it is stated, or along its route on the ellipsoid; null where nobody knows")
    laid: str = Field(description="below or above ground, in words; empty where that isn't said")
    cables: int = Field(description="cables in it, of those that whoever asks may know")
    page: str = Field(description="its page on this site")


@dataclass(frozen=True)
class FibreCable(FibreThing):
    """A cable from one site to another; as GeoJSON the routes of its ducts, of those that are known."""

    start: str = Field(description="id of the site where it begins")
    start_called: str = Field(description="that site's name")
    end: str = Field(description="id of the site where it ends")
    end_called: str = Field(description="that site's name")
    strands: int = Field(description="how many strands it has")
    tubes: int = Field(description="how many tubes they lie in")
    length: float | None = Field(description="m of sheath, stated or its ducts'; null where nobody knows, or it can't be told")
    ducts: int = Field(description="ducts that it lies in; 0 where nobody knows which, or they can't be told")
    veiled: bool = Field(
        description="whether its way, or a part of it, is not for whoever asks: its ducts are not told then, nor a length that they give"
    )
    page: str = Field(description="its page on this site")


@dataclass(frozen=True)
class FibreWorks:
    """Works on the network, and for engineers what depends on them."""

    id: str = Field(description="their id")
    name: str = Field(description="what is done")
    first: date = Field(description="their first day")
    last: date = Field(description="their last day, included")
    permit: str = Field(description="the permit; empty where none is said")
    whom: str = Field(description="who digs; empty where that isn't said")
    ducts: tuple[str, ...] = Field(description="ids of ducts that they touch, of those that whoever asks may know")
    sites: tuple[str, ...] = Field(description="ids of sites that they touch, alike")
    darkened: int | None = Field(
        description="how many customers go dark where they cut all that they touch, and have no other way; null for whoever may not know it"
    )
    waiting: int | None = Field(description="how many are dark until somebody switches over then; null likewise")
    thinned: int | None = Field(description="how many are left with one path by cable then; null likewise")
    thinned_by_duct: int | None = Field(description="how many a single duct can darken then, and none could before; null likewise")
    failing: int | None = Field(description="how many cables fail then; null likewise")
    blind: int | None = Field(description="how many sensors and access points are blind then; null likewise")
    unrecorded: int | None = Field(
        description="customers that have a way then and of whom nobody recorded by which strands: they may wait too; null likewise"
    )
    loose: int | None = Field(
        description="cables in use whose ducts nobody knows: where there are any, the truth may be worse; null likewise"
    )
    clashes: tuple[str, ...] = Field(
        description="ids of works on the same days that make it worse together; empty for whoever may not know it"
    )
    page: str = Field(description="its page on this site")


@dataclass(frozen=True)
class FibreChange:
    """What a revision did to a thing: a row for each field that differs; one without a field where the whole thing came or went."""

    revision: int = Field(description="the revision's number")
    at: datetime = Field(description="when it was made, UTC")
    who: str = Field(description="by whom")
    why: str = Field(description="the reason that was given")
    sort: str = Field(description="site, duct, cable, strands, splice, port, splitter, works, organisation, phase or plan")
    key: str = Field(description="its id; of what has none, what it is of")
    did: str = Field(description="added, changed or removed")
    field: str = Field(description="the field, as the record calls it; empty where the whole thing came or went")
    before: str = Field(description="what it was; empty where there was nothing")
    after: str = Field(description="what it is; empty where there is nothing")


@dataclass(frozen=True)
class WholeFibreSite(FibreSite):
    """A site of the network, as its page tells it."""

    phase: str = Field(description="the stage of building that it belongs to; empty where that isn't said")
    public_building: bool = Field(description="whether it is a public building")
    service: str = Field(description="what is served there; empty where nothing is, or for whoever may not know it")
    criticality: str = Field(
        description="life, essential or normal: what it means that it is dark; empty where nothing is served, or as above"
    )
    sensors: tuple[str, ...] = Field(
        description="sensors and access points that are blind when it is dark; empty for whoever may not know them"
    )
    cables_there: tuple[FibreCable, ...] = Field(description="cables that end there, by name; a hundred at most")
    ducts_there: tuple[FibreDuct, ...] = Field(description="ducts that end there, by name; a hundred at most")
    ways_out: int = Field(description="how many ducts end there, of those that whoever asks may know")
    standing: Standing | None = Field(
        description="how many independent paths it has; null where it isn't served, or for whoever may not know it"
    )
    proposal: Proposal | None = Field(
        description="a second way that could be built; asked for as ?second=true; null where it isn't, or there is none"
    )
    hangs: Hangs | None = Field(description="what goes dark with it; null for whoever may not know it")
    works: tuple[FibreWorks, ...] = Field(description="works there, in order of time")
    changes: tuple[FibreChange, ...] = Field(description="what was changed of it, the latest first; empty for whoever may not know it")


@dataclass(frozen=True)
class WholeFibreDuct(FibreDuct):
    """A duct of the network, as its page tells it."""

    phase: str = Field(description="the stage of building that it belongs to; empty where that isn't said")
    inner: float | None = Field(description="its inner diameter, mm; null where nobody knows")
    fill: float | None = Field(description="how full it is, 0 to 1; null where a diameter is unknown, or for whoever may not know it")
    cables_there: tuple[FibreCable, ...] = Field(description="cables that lie in it, by name; a hundred at most")
    hangs: Hangs | None = Field(description="what goes dark with it; null for whoever may not know it")
    works: tuple[FibreWorks, ...] = Field(description="works on it, in order of time")
    changes: tuple[FibreChange, ...] = Field(description="what was changed of it, the latest first; empty for whoever may not know it")


@dataclass(frozen=True)
class WholeFibreCable(FibreCable):
    """A cable of the network, as its page tells it; its strands have an address of their own."""

    phase: str = Field(description="the stage of building that it belongs to; empty where that isn't said")
    fibre: str = Field(description="which fibre it is of, by its ITU-T recommendation; empty where that isn't said")
    ducts_there: tuple[FibreDuct, ...] = Field(
        description="the ducts that it lies in, in order, of those that whoever asks may know; a hundred at most"
    )
    uses: tuple[Use, ...] = Field(description="what its strands are used for; empty for whoever may not know it, and before it is laid")
    unsaid: int = Field(description="of the spare strands, how many are so only because nobody says otherwise")


@dataclass(frozen=True)
class FibreStrand:
    """A strand of a cable: what it is used for, and where it goes at both ends."""

    cable: str = Field(description="the cable, by its id")
    strand: int = Field(description="its number in the cable, from 1")
    tube: int = Field(description="the number of its tube, from 1")
    tube_colour: str = Field(description="the tube's colour (TIA-598-C), one of twelve")
    tube_stripes: int = Field(description="how many stripes the tube has")
    fibre: int = Field(description="its number in its tube, from 1")
    colour: str = Field(description="its own colour (TIA-598-C), one of twelve")
    stripes: int = Field(description="how many stripes it has")
    use: str = Field(description="used, leased, reserved, broken or spare")
    said: bool = Field(description="whether anybody says so: a strand of which nothing is said is spare")
    whom: str = Field(description="for whom; empty where that isn't said")
    what: str = Field(description="the circuit or the contract; empty where that isn't said")
    start_how: str = Field(description="where it goes at the cable's beginning: splice, port, splitter, or nowhere")
    start_said: str = Field(description="the same in words")
    start_cable: str = Field(description="the cable that it is spliced to there; empty where it isn't")
    start_strand: int | None = Field(description="that cable's strand; null where it isn't spliced")
    end_how: str = Field(description="where it goes at the cable's end: splice, port, splitter, or nowhere")
    end_said: str = Field(description="the same in words")
    end_cable: str = Field(description="the cable that it is spliced to there; empty where it isn't")
    end_strand: int | None = Field(description="that cable's strand; null where it isn't spliced")


@dataclass(frozen=True)
class FibreHop:
    """A strand that light passes, or a patch cord; a splitter's branches come one after the other."""

    hop: int = Field(description="which hop of the trace it is, from 1")
    how: str = Field(description="how light came in: start, splice, patch or splitter")
    splitter: str = Field(description="the splitter that it came through; empty where it came through none")
    cable: str = Field(description="the cable, by its id; empty for a patch cord")
    cable_called: str = Field(description="the cable's name; empty for a patch cord")
    strand: int | None = Field(description="the strand, from 1; null for a patch cord")
    tube: str = Field(description="number and colour of the tube, in words; empty for a patch cord")
    fibre: str = Field(description="number and colour of the fibre, alike")
    use: str = Field(description="what it is used for: used, leased, reserved, broken or spare; empty for a patch cord")
    enters: str = Field(description="the site where light comes in, by its id")
    enters_called: str = Field(description="that site's name")
    leaves: str = Field(description="the site at the far end, by its id")
    leaves_called: str = Field(description="that site's name")
    port: str = Field(description="panel and number of the port at the far end; empty where there is none")
    km: float | None = Field(description="km from the start of the trace to the far end; null where a length is unknown")
    loss: float | None = Field(description="dB lost from the start to the far end; null where a length is unknown")
    margin: float | None = Field(description="dB left at the far end; null where the loss is unknown, or no power was said")
    why: str = Field(description="why light goes no further, in words; empty where it goes on")
    sound: bool = Field(description="whether it ends there as it should, or goes on")
    asked: bool = Field(description="whether it is the strand that was asked about")


@dataclass(frozen=True)
class FibreWhatIf:
    """What would go dark if some things were cut together. Nothing is changed by asking."""

    chosen: tuple[Ref, ...] = Field(description="what is cut")
    hangs: Hangs = Field(description="what happens then")


@dataclass(frozen=True)
class FibreDark:
    """A customer who goes dark, is dark until somebody switches over, or is left with one path: a row for each that it is."""

    id: str = Field(description="the customer's id")
    name: str = Field(description="its name; its id where it has none")
    service: str = Field(description="what is served")
    criticality: str = Field(description="life, essential or normal: what it means that it is dark")
    becomes: str = Field(
        description="dark: it has no other way; waiting: it is dark until somebody switches over; one path by cable; one path by duct"
    )
    page: str = Field(description="its page on this site")


@dataclass(frozen=True)
class FibreRedundancy:
    """How many paths a customer has that share nothing: 0, it is dark; 1; or 2, two or more."""

    id: str = Field(description="the customer's id")
    name: str = Field(description="its name; its id where it has none")
    service: str = Field(description="what is served")
    criticality: str = Field(description="life, essential or normal: what it means that it is dark")
    cables: int = Field(description="without a common cable")
    ducts: int | None = Field(description="without a common cable or duct; null where it can't be told whether there are two")
    sites: int = Field(description="without a common cable or site")
    offices: int = Field(description="without a common cable or site, to two places that light comes from")
    shared: tuple[str, ...] = Field(
        description="ids of ducts that hold both of its two shortest paths: it looks redundant, and one digger cuts both"
    )
    avoidable: bool | None = Field(
        description="whether there are two paths without a common duct; null where none is shared, or it can't be told"
    )
    page: str = Field(description="its page on this site")


@dataclass(frozen=True)
class FibreFailure:
    """What goes dark where one thing fails alone."""

    what: str = Field(description="duct, cable or site")
    id: str = Field(description="its id")
    name: str = Field(description="its name; its id where it has none")
    weight: int = Field(description="what those who go dark weigh: 100 who saves lives, 10 what is essential, 1 each other")
    customers: int = Field(description="how many go dark")
    life: int = Field(description="of these, who saves lives")
    essential: int = Field(description="of these, what is essential")
    cuts_off: bool | None = Field(
        description="of a cable or site, whether it cuts any other site off, a customer or not (a bridge, an articulation); null of a duct"
    )
    page: str = Field(description="its page on this site")


@dataclass(frozen=True)
class FibreRevision:
    """The network was changed."""

    number: int = Field(description="its number, from 1")
    at: datetime = Field(description="when, UTC")
    who: str = Field(description="by whom")
    why: str = Field(description="the reason that was given")
    added: int = Field(description="how many things were added")
    changed: int = Field(description="how many were changed")
    removed: int = Field(description="how many were removed")
    page: str = Field(description="its page on this site")


@dataclass(frozen=True)
class FibreCut:
    """A cut that was declared, and what it darkens alone."""

    number: int = Field(description="its number")
    ducts: tuple[str, ...] = Field(description="ids of the ducts that are cut")
    cables: tuple[str, ...] = Field(description="ids of the cables that are cut")
    sites: tuple[str, ...] = Field(description="ids of the sites that are cut")
    since: datetime = Field(description="since when, UTC")
    until: datetime | None = Field(description="until when, UTC, excluded; null while nobody knows")
    why: str = Field(description="the reason that was given")
    ended_why: str = Field(description="why it ended; empty before that was declared")
    on: bool = Field(description="whether it is in force now")
    over: bool = Field(description="whether its end was declared")
    dark: tuple[str, ...] = Field(description="ids of the customers that are dark by it alone, for good or until somebody switches over")
    blind: tuple[str, ...] = Field(description="sensors and access points that are blind by it alone")
    loose: int = Field(description="cables in use today whose ducts nobody knows: where there are any, a cut may darken more")
