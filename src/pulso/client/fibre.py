"""What a Pulso site tells of the fibre network, as dataclasses. Null where nothing is known, or it isn't for whoever asks; never 0."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class Customer:
    """A site that is served by the network."""

    id: str  # its id
    name: str  # its name; its id where it has none
    service: str  # what is served
    criticality: str  # life, essential or normal: what it means that it is dark
    critical: str  # the same in the page's language


@dataclass(frozen=True)
class Ref:
    """A site, duct or cable by name."""

    sort: str  # site, duct or cable
    id: str  # its id
    name: str  # its name; its id where it has none, or isn't in the network
    there: bool  # whether it is in the network


@dataclass(frozen=True)
class Use:
    """How many strands are used for one thing."""

    use: str  # used, leased, reserved, broken or spare
    called: str  # the same in the page's language
    strands: int  # how many


@dataclass(frozen=True)
class Hangs:
    """What happens when some things fail together."""

    dark: tuple[Customer, ...]  # customers that go dark and have no other way, who saves lives first; a hundred at most
    darkened: int  # how many go dark and have no other way
    # customers that have another way and lose all their recorded strands: dark until somebody switches over; a hundred at most
    waiting: tuple[Customer, ...]
    waits: int  # how many are dark until somebody switches over
    # customers that have a way and of whom nobody recorded by which strands: they may be dark until somebody switches over
    unrecorded: int
    of: int  # how many have light today
    weight: int  # what those that go dark weigh: 100 who saves lives, 10 what is essential, 1 each other
    passed: int  # other sites that lose their light
    thin: tuple[Customer, ...]  # customers that had two paths without a common cable, and are left with one; a hundred at most
    thinned: int  # how many are left with one
    thin_by_duct: tuple[Customer, ...]  # customers that no single duct could darken before, and one can then; a hundred at most
    thinned_by_duct: int  # how many a single duct can darken then
    failing: tuple[Ref, ...]  # cables that carry light and then don't; a hundred at most
    cables: int  # how many fail
    strands: tuple[Use, ...]  # their strands by what they are used for
    unsaid: int  # of the spare ones, how many are so only because nobody says otherwise
    sensors: tuple[str, ...]  # sensors and access points that are blind then; a hundred at most
    blind: int  # how many are blind
    loose: int  # cables in use whose ducts nobody knows: where there are any, the truth may be worse
    in_use: int  # cables in use


@dataclass(frozen=True)
class Proposal:
    """A second way that shares no duct with the first: with the least to build, and of such the shortest."""

    cables: tuple[Ref, ...]  # cables that exist
    spans: tuple[Ref, ...]  # ducts in use in which a new cable would lie
    planned: tuple[Ref, ...]  # ducts that are proposed, planned or being built, alike
    dig: Ref | None  # the site to which a duct would be dug anew from the customer; null where none has to be
    metres: float  # its length, m, of cables whose length is known, and of what is new
    unknown: int  # of how many of its cables the length is unknown
    new: float  # m of new cable
    straight: float  # m of the new that were reckoned straight from end to end: the way to dig is longer


@dataclass(frozen=True)
class Route:
    """A path from a customer to where light comes from."""

    source: Ref  # the office or point of presence where it leads
    cables: tuple[Ref, ...]  # its cables, from the customer on
    metres: float  # its length, m, of the cables whose length is known
    unknown: int  # of how many of its cables the length is unknown


@dataclass(frozen=True)
class Standing:
    """How many paths a customer has that share nothing: 0, it is dark; 1; or 2, two or more."""

    cables: int  # without a common cable
    ducts: int | None  # without a common cable or duct; null where it can't be told whether there are two
    sites: int  # without a common cable or site
    offices: int  # without a common cable or site, to two places that light comes from
    pair: tuple[Route, ...]  # two paths without a common duct, or the one that there is
    shortest: bool  # whether it is proved that no such pair is shorter together


@dataclass(frozen=True)
class FibreNetwork:
    """The fibre network in numbers, of what whoever asks may know. Kilometres of different sorts are never added."""

    level: str  # up to which level whoever asks may know: public, internal or restricted
    name: str  # what it is called
    synthetic: bool  # whether it is invented
    revision: int  # which revision this is, from 1
    at: datetime  # when it was changed last, UTC
    sites: int  # how many sites there are
    cables: int  # how many cables there are
    ducts: int  # how many ducts there are
    route: float | None  # m of ducts whose length is known: how far one would walk; null where none is
    route_known: int  # of how many ducts the length is known
    route_of: int  # how many ducts there are
    sheath: float | None  # m of cables whose length is known; null where none is
    sheath_known: int  # of how many cables the length is known
    sheath_of: int  # how many cables there are
    strand: float | None  # m of strands of these: sheath times strands; null where no sheath is known
    strand_known: int  # of how many cables the strands' length is known
    strand_of: int  # how many cables there are
    uses: tuple[Use, ...]  # what the strands of cables that are in place are used for; empty for whoever may not know it
    unsaid: int  # of the spare strands, how many are so only because nobody says otherwise
    page: str  # its page on this site


@dataclass(frozen=True)
class FibreLengths:
    """The three lengths of a part of the network. Those of different sorts are never added."""

    by: str  # what the network is parted by: all (not at all), status, owner or zone
    group: str  # how far along it is, the owner's id, or the zone's; empty where that isn't said or nobody knows
    called: str  # the same in words; empty for the whole network
    route: float | None  # m of ducts whose length is known: how far one would walk; null where none is
    route_known: int  # of how many ducts the length is known
    route_of: int  # how many ducts there are
    sheath: float | None  # m of cables whose length is known; null where none is
    sheath_known: int  # of how many cables the length is known
    sheath_of: int  # how many cables there are
    strand: float | None  # m of strands of these: sheath times strands; null where no sheath is known
    strand_known: int  # of how many cables the strands' length is known
    strand_of: int  # how many cables there are


@dataclass(frozen=True)
class FibreThing:
    """What is said of any part of the network."""

    id: str  # its id
    name: str  # its name; its id where it has none
    status: str  # proposed, planned, underConstruction, operational, inactive or decommissioned
    state: str  # the same in words
    owner: str  # who owns it; empty where that isn't said
    disclosure: str  # who may know of it: public, internal or restricted


@dataclass(frozen=True)
class FibreSite(FibreThing):
    """A place where cables end; as GeoJSON where it is."""

    kind: str  # office, pop, cabinet, closure, manhole, pole, building or other
    called: str  # the kind in words
    lon: float | None  # degrees, WGS 84; null where nobody knows
    lat: float | None  # degrees, WGS 84; null where nobody knows
    source: bool  # whether light comes from here
    customer: bool  # whether it is served from here, and never transit
    cables: int  # cables that end there, of those that whoever asks may know
    zone: str | None  # the zone that it lies in, by its id; null where it lies in none, or nobody knows
    page: str  # its page on this site


@dataclass(frozen=True)
class FibreDuct(FibreThing):
    """A way in the ground or along poles from one site to another; as GeoJSON its route, where that is known."""

    start: str  # id of the site where it begins
    start_called: str  # that site's name
    end: str  # id of the site where it ends
    end_called: str  # that site's name
    length: float | None  # m, as it is stated, or along its route on the ellipsoid; null where nobody knows
    laid: str  # below or above ground, in words; empty where that isn't said
    cables: int  # cables in it, of those that whoever asks may know
    page: str  # its page on this site


@dataclass(frozen=True)
class FibreCable(FibreThing):
    """A cable from one site to another; as GeoJSON the routes of its ducts, of those that are known."""

    start: str  # id of the site where it begins
    start_called: str  # that site's name
    end: str  # id of the site where it ends
    end_called: str  # that site's name
    strands: int  # how many strands it has
    tubes: int  # how many tubes they lie in
    length: float | None  # m of sheath, stated or its ducts'; null where nobody knows, or it can't be told
    ducts: int  # ducts that it lies in; 0 where nobody knows which, or they can't be told
    veiled: bool  # whether its way, or a part of it, is not for whoever asks: its ducts are not told then, nor a length that they give
    page: str  # its page on this site


@dataclass(frozen=True)
class FibreWorks:
    """Works on the network, and for engineers what depends on them."""

    id: str  # their id
    name: str  # what is done
    first: date  # their first day
    last: date  # their last day, included
    permit: str  # the permit; empty where none is said
    whom: str  # who digs; empty where that isn't said
    ducts: tuple[str, ...]  # ids of ducts that they touch, of those that whoever asks may know
    sites: tuple[str, ...]  # ids of sites that they touch, alike
    # how many customers go dark where they cut all that they touch, and have no other way; null for whoever may not know it
    darkened: int | None
    waiting: int | None  # how many are dark until somebody switches over then; null likewise
    thinned: int | None  # how many are left with one path by cable then; null likewise
    thinned_by_duct: int | None  # how many a single duct can darken then, and none could before; null likewise
    failing: int | None  # how many cables fail then; null likewise
    blind: int | None  # how many sensors and access points are blind then; null likewise
    unrecorded: int | None  # customers that have a way then and of whom nobody recorded by which strands: they may wait too; null likewise
    loose: int | None  # cables in use whose ducts nobody knows: where there are any, the truth may be worse; null likewise
    clashes: tuple[str, ...]  # ids of works on the same days that make it worse together; empty for whoever may not know it
    page: str  # its page on this site


@dataclass(frozen=True)
class FibreChange:
    """What a revision did to a thing: a row for each field that differs; one without a field where the whole thing came or went."""

    revision: int  # the revision's number
    at: datetime  # when it was made, UTC
    who: str  # by whom
    why: str  # the reason that was given
    sort: str  # site, duct, cable, strands, splice, port, splitter, works, organisation, phase or plan
    key: str  # its id; of what has none, what it is of
    did: str  # added, changed or removed
    field: str  # the field, as the record calls it; empty where the whole thing came or went
    before: str  # what it was; empty where there was nothing
    after: str  # what it is; empty where there is nothing


@dataclass(frozen=True)
class WholeFibreSite(FibreSite):
    """A site of the network, as its page tells it."""

    phase: str  # the stage of building that it belongs to; empty where that isn't said
    public_building: bool  # whether it is a public building
    service: str  # what is served there; empty where nothing is, or for whoever may not know it
    criticality: str  # life, essential or normal: what it means that it is dark; empty where nothing is served, or as above
    sensors: tuple[str, ...]  # sensors and access points that are blind when it is dark; empty for whoever may not know them
    cables_there: tuple[FibreCable, ...]  # cables that end there, by name; a hundred at most
    ducts_there: tuple[FibreDuct, ...]  # ducts that end there, by name; a hundred at most
    ways_out: int  # how many ducts end there, of those that whoever asks may know
    standing: Standing | None  # how many independent paths it has; null where it isn't served, or for whoever may not know it
    proposal: Proposal | None  # a second way that could be built; asked for as ?second=true; null where it isn't, or there is none
    hangs: Hangs | None  # what goes dark with it; null for whoever may not know it
    works: tuple[FibreWorks, ...]  # works there, in order of time
    changes: tuple[FibreChange, ...]  # what was changed of it, the latest first; empty for whoever may not know it


@dataclass(frozen=True)
class WholeFibreDuct(FibreDuct):
    """A duct of the network, as its page tells it."""

    phase: str  # the stage of building that it belongs to; empty where that isn't said
    inner: float | None  # its inner diameter, mm; null where nobody knows
    fill: float | None  # how full it is, 0 to 1; null where a diameter is unknown, or for whoever may not know it
    cables_there: tuple[FibreCable, ...]  # cables that lie in it, by name; a hundred at most
    hangs: Hangs | None  # what goes dark with it; null for whoever may not know it
    works: tuple[FibreWorks, ...]  # works on it, in order of time
    changes: tuple[FibreChange, ...]  # what was changed of it, the latest first; empty for whoever may not know it


@dataclass(frozen=True)
class WholeFibreCable(FibreCable):
    """A cable of the network, as its page tells it; its strands have an address of their own."""

    phase: str  # the stage of building that it belongs to; empty where that isn't said
    fibre: str  # which fibre it is of, by its ITU-T recommendation; empty where that isn't said
    ducts_there: tuple[FibreDuct, ...]  # the ducts that it lies in, in order, of those that whoever asks may know; a hundred at most
    uses: tuple[Use, ...]  # what its strands are used for; empty for whoever may not know it, and before it is laid
    unsaid: int  # of the spare strands, how many are so only because nobody says otherwise


@dataclass(frozen=True)
class FibreStrand:
    """A strand of a cable: what it is used for, and where it goes at both ends."""

    cable: str  # the cable, by its id
    strand: int  # its number in the cable, from 1
    tube: int  # the number of its tube, from 1
    tube_colour: str  # the tube's colour (TIA-598-C), one of twelve
    tube_stripes: int  # how many stripes the tube has
    fibre: int  # its number in its tube, from 1
    colour: str  # its own colour (TIA-598-C), one of twelve
    stripes: int  # how many stripes it has
    use: str  # used, leased, reserved, broken or spare
    said: bool  # whether anybody says so: a strand of which nothing is said is spare
    whom: str  # for whom; empty where that isn't said
    what: str  # the circuit or the contract; empty where that isn't said
    start_how: str  # where it goes at the cable's beginning: splice, port, splitter, or nowhere
    start_said: str  # the same in words
    start_cable: str  # the cable that it is spliced to there; empty where it isn't
    start_strand: int | None  # that cable's strand; null where it isn't spliced
    end_how: str  # where it goes at the cable's end: splice, port, splitter, or nowhere
    end_said: str  # the same in words
    end_cable: str  # the cable that it is spliced to there; empty where it isn't
    end_strand: int | None  # that cable's strand; null where it isn't spliced


@dataclass(frozen=True)
class FibreHop:
    """A strand that light passes, or a patch cord; a splitter's branches come one after the other."""

    hop: int  # which hop of the trace it is, from 1
    how: str  # how light came in: start, splice, patch or splitter
    splitter: str  # the splitter that it came through; empty where it came through none
    cable: str  # the cable, by its id; empty for a patch cord
    cable_called: str  # the cable's name; empty for a patch cord
    strand: int | None  # the strand, from 1; null for a patch cord
    tube: str  # number and colour of the tube, in words; empty for a patch cord
    fibre: str  # number and colour of the fibre, alike
    use: str  # what it is used for: used, leased, reserved, broken or spare; empty for a patch cord
    enters: str  # the site where light comes in, by its id
    enters_called: str  # that site's name
    leaves: str  # the site at the far end, by its id
    leaves_called: str  # that site's name
    port: str  # panel and number of the port at the far end; empty where there is none
    km: float | None  # km from the start of the trace to the far end; null where a length is unknown
    loss: float | None  # dB lost from the start to the far end; null where a length is unknown
    margin: float | None  # dB left at the far end; null where the loss is unknown, or no power was said
    why: str  # why light goes no further, in words; empty where it goes on
    sound: bool  # whether it ends there as it should, or goes on
    asked: bool  # whether it is the strand that was asked about


@dataclass(frozen=True)
class FibreWhatIf:
    """What would go dark if some things were cut together. Nothing is changed by asking."""

    chosen: tuple[Ref, ...]  # what is cut
    hangs: Hangs  # what happens then


@dataclass(frozen=True)
class FibreDark:
    """A customer who goes dark, is dark until somebody switches over, or is left with one path: a row for each that it is."""

    id: str  # the customer's id
    name: str  # its name; its id where it has none
    service: str  # what is served
    criticality: str  # life, essential or normal: what it means that it is dark
    becomes: str  # dark: it has no other way; waiting: it is dark until somebody switches over; one path by cable; one path by duct
    page: str  # its page on this site


@dataclass(frozen=True)
class FibreRedundancy:
    """How many paths a customer has that share nothing: 0, it is dark; 1; or 2, two or more."""

    id: str  # the customer's id
    name: str  # its name; its id where it has none
    service: str  # what is served
    criticality: str  # life, essential or normal: what it means that it is dark
    cables: int  # without a common cable
    ducts: int | None  # without a common cable or duct; null where it can't be told whether there are two
    sites: int  # without a common cable or site
    offices: int  # without a common cable or site, to two places that light comes from
    shared: tuple[str, ...]  # ids of ducts that hold both of its two shortest paths: it looks redundant, and one digger cuts both
    avoidable: bool | None  # whether there are two paths without a common duct; null where none is shared, or it can't be told
    page: str  # its page on this site


@dataclass(frozen=True)
class FibreFailure:
    """What goes dark where one thing fails alone."""

    what: str  # duct, cable or site
    id: str  # its id
    name: str  # its name; its id where it has none
    weight: int  # what those who go dark weigh: 100 who saves lives, 10 what is essential, 1 each other
    customers: int  # how many go dark
    life: int  # of these, who saves lives
    essential: int  # of these, what is essential
    # of a cable or site, whether it cuts any other site off, a customer or not (a bridge, an articulation); null of a duct
    cuts_off: bool | None
    page: str  # its page on this site


@dataclass(frozen=True)
class FibreRevision:
    """The network was changed."""

    number: int  # its number, from 1
    at: datetime  # when, UTC
    who: str  # by whom
    why: str  # the reason that was given
    added: int  # how many things were added
    changed: int  # how many were changed
    removed: int  # how many were removed
    page: str  # its page on this site


@dataclass(frozen=True)
class FibreCut:
    """A cut that was declared, and what it darkens alone."""

    number: int  # its number
    ducts: tuple[str, ...]  # ids of the ducts that are cut
    cables: tuple[str, ...]  # ids of the cables that are cut
    sites: tuple[str, ...]  # ids of the sites that are cut
    since: datetime  # since when, UTC
    until: datetime | None  # until when, UTC, excluded; null while nobody knows
    why: str  # the reason that was given
    ended_why: str  # why it ended; empty before that was declared
    on: bool  # whether it is in force now
    over: bool  # whether its end was declared
    dark: tuple[str, ...]  # ids of the customers that are dark by it alone, for good or until somebody switches over
    blind: tuple[str, ...]  # sensors and access points that are blind by it alone
    loose: int  # cables in use today whose ducts nobody knows: where there are any, a cut may darken more


@dataclass(frozen=True)
class FibreCableUse:
    """How full a cable is: its strands by what they are used for, each once."""

    id: str  # the cable's id
    name: str  # its name; its id where it has none
    status: str  # operational or inactive: what isn't built has no strand to give
    state: str  # the same in words
    owner: str  # who owns it; empty where that isn't said
    start: str  # id of the site where it begins
    start_called: str  # that site's name
    end: str  # id of the site where it ends
    end_called: str  # that site's name
    strands: int  # how many strands it has
    share: float | None  # which share of them is taken, 0 to 1; at least so much, where some are unsaid; null where nothing is said of any
    used: int  # strands that are used
    leased: int  # strands that are leased
    reserved: int  # strands that are reserved
    broken: int  # strands that are broken
    spare: int  # strands that are spare
    unsaid: int  # of the spare ones, how many are so only because nobody says otherwise


@dataclass(frozen=True)
class FibreDuctFill:
    """How full a duct is: the cross-sections of all cables that lie in it, lit or not, of its own."""

    id: str  # the duct's id
    name: str  # its name; its id where it has none
    status: str  # proposed, planned, underConstruction, operational, inactive or decommissioned
    state: str  # the same in words
    owner: str  # who owns it; empty where that isn't said
    start: str  # id of the site where it begins
    start_called: str  # that site's name
    end: str  # id of the site where it ends
    end_called: str  # that site's name
    share: float | None  # how full it is, 0 to 1; null where a diameter is unknown; over 1, a record of a diameter is wrong
    inner: float | None  # its inner diameter, mm; null where nobody knows
    cables: int  # cables that lie in it
    known: int  # of these, how many have a known diameter
    strands: int  # strands of the cables in it that are in place
    spare: int  # of these, how many are spare
    unsaid: int  # of the spare ones, how many are so only because nobody says otherwise


@dataclass(frozen=True)
class FibreSpare:
    """A cable with strands to spare, and where it ends nearest."""

    cable: str  # the cable's id
    cable_name: str  # its name; its id where it has none
    site: str  # id of the nearer of the two sites where it ends
    site_name: str  # that site's name
    lon: float  # degrees, WGS 84, of that site
    lat: float  # degrees, WGS 84, of that site
    metres: float  # m from the place to that site, straight on the ellipsoid
    strands: int  # how many strands it has
    spare: int  # of these, how many are spare
    unsaid: int  # of the spare ones, how many are so only because nobody says otherwise


@dataclass(frozen=True)
class FibreBuilding:
    """A public building, and how far the network is from it."""

    id: str  # its id as a site of the network
    name: str  # its name; its id where it has none
    zone: str  # the id of its zone; empty where it is in none, or nobody knows
    zone_name: str  # the zone's name; empty alike
    lon: float | None  # degrees, WGS 84; empty where nobody knows
    lat: float | None  # degrees, WGS 84; empty where nobody knows
    metres: float | None  # m to the network, straight; empty where nobody knows, or where it is more than 20 km
    near: bool | None  # whether that is within the distance that was asked for; empty where nobody knows its place
    connected: bool  # whether a cable in operation ends there, of those that whoever asks may know
