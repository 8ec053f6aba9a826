"""What the Open Fibre Data Standard says a file may hold, versions 0.3 and 0.4: its fields as a tree of few kinds of things.

Written from the standard's published schema (Open Telecoms Data, standard.ofds.info); the tests hold it to that schema, mistake by mistake.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from pulso.fibre.ofds import codes

Version = Literal["0.3", "0.4"]
VERSIONS: tuple[Version, ...] = ("0.3", "0.4")

SCHEMAS: dict[Version, str] = {
    "0.3": "https://raw.githubusercontent.com/Open-Telecoms-Data/open-fibre-data-standard/0__3__0/schema/network-schema.json",
    "0.4": "https://standard.ofds.info/en/0__4__0/network-schema.json",
}
"""The address by which a network says what version it is of, in its first link."""

CRS = {"name": "urn:ogc:def:crs:OGC::CRS84", "uri": "http://www.opengis.net/def/crs/OGC/1.3/CRS84"}
"""The only system of coordinates that the standard knows: longitude and latitude, degrees, WGS 84."""

NODES_ELSEWHERE = frozenset({"tag:opentelecomdata.net,2022:nodesAPI", "tag:opentelecomdata.net,2022:nodesFile"})
SPANS_ELSEWHERE = frozenset({"tag:opentelecomdata.net,2022:spansAPI", "tag:opentelecomdata.net,2022:spansFile"})
"""Links that say: the nodes or spans are not in this file."""


@dataclass(frozen=True)
class Value:
    """One value: text, a number, a date …; `words` are the only ones accepted, where there are some."""

    kind: Literal["text", "number", "integer", "truth", "date", "iri", "uri", "uuid", "any"] = "text"
    words: frozenset[str] | None = None
    empty: bool = False  # whether "" is accepted
    unlike: str = ""  # it may not begin so


@dataclass(frozen=True)
class Listing:
    """A list that isn't empty; with `once`, nothing is in it twice. The first may be of a kind of its own."""

    of: Kind
    once: bool = True
    least: int = 1
    first: Kind | None = None


@dataclass(frozen=True)
class Record:
    """Fields by name. With `only`, no others are accepted."""

    fields: Mapping[str, Kind]
    needed: tuple[str, ...] = ()
    only: bool = False
    empty: bool = False  # whether a record without fields is accepted


@dataclass(frozen=True)
class Geometry:
    """A GeoJSON geometry."""

    types: tuple[str, ...]
    kind: Literal["Point", "LineString"]  # what it should be, even where the version's schema accepts others
    coordinates: Kind = field(default_factory=Value)


Kind = Value | Listing | Record | Geometry

TEXT = Value()
NUMBER, INTEGER, TRUTH, DATE, IRI = Value("number"), Value("integer"), Value("truth"), Value("date"), Value("iri")
WORDS = Listing(TEXT)
COUNTRY = Value(words=codes.COUNTRIES, empty=True)
STATUS = Value(words=codes.STATUS, empty=True)
DESCRIBED = Record({"description": TEXT})
IDENTIFIER = Record({"id": TEXT, "scheme": TEXT, "legalName": TEXT, "uri": IRI})
ADDRESS = Record({"streetAddress": TEXT, "locality": TEXT, "region": TEXT, "postalCode": TEXT, "country": COUNTRY})


def package(version: Version) -> Record:
    """The whole file: networks, and links to the pages before and after."""
    return Record({"networks": Listing(network(version), once=False), "links": Record({"next": IRI, "prev": IRI})}, needed=("networks",))


def network(version: Version) -> Record:
    """One network."""
    reference = _reference(version)
    later: dict[str, Kind] = {} if version == "0.3" else {"identifier": TEXT, "wayleaves": Listing(_wayleave(reference))}
    return Record(
        {
            "id": Value("uuid", empty=True),
            "name": TEXT,
            "nodes": Listing(node(version)),
            "spans": Listing(span(version)),
            "phases": Listing(
                Record({"id": TEXT, "name": TEXT, "description": TEXT, "funders": Listing(reference)}, needed=("id",)),
            ),
            "organisations": Listing(ORGANISATION),
            "contracts": Listing(_contract(version, reference)),
            "website": IRI,
            "publisher": Record({"name": TEXT, "identifier": IDENTIFIER}),
            "publicationDate": DATE,
            "collectionDate": DATE,
            "crs": Record(
                {"name": Value("uri", frozenset({CRS["name"]})), "uri": Value("uri", frozenset({CRS["uri"]}))}, needed=("name", "uri")
            ),
            "accuracy": NUMBER,
            "accuracyDetails": TEXT,
            "language": TEXT,
            "links": _links(version),
            **later,
        },
        needed=("id", "links"),
    )


ORGANISATION = Record(
    {
        "id": TEXT,
        "name": TEXT,
        "identifier": IDENTIFIER,
        "country": COUNTRY,
        "roles": WORDS,
        "roleDetails": TEXT,
        "website": IRI,
        "logo": IRI,
    },
    needed=("id",),
)


def node(version: Version) -> Record:
    """A node: a place."""
    reference = _reference(version)
    owned: dict[str, Kind] = {"physicalInfrastructureProvider": reference}
    if version != "0.3":
        owned = {"supportingInfrastructure": _supporting(reference), "transmissionMediumOwner": reference}
    return Record(
        {
            "id": TEXT,
            "name": TEXT,
            "phase": reference,
            "status": STATUS,
            "location": _geometry(version, "Point"),
            "address": ADDRESS,
            "type": WORDS,
            "accessPoint": TRUTH,
            "internationalConnections": Listing(ADDRESS),
            "power": TRUTH,
            "technologies": WORDS,
            **owned,
            "networkProviders": Listing(reference),
        },
        needed=("id",),
    )


def span(version: Version) -> Record:
    """A span: what joins two nodes."""
    reference = _reference(version)
    if version == "0.3":
        owned: dict[str, Kind] = {"physicalInfrastructureProvider": reference}
        later: dict[str, Kind] = {"deploymentDetails": DESCRIBED}
    else:
        owned = {"transmissionMediumOwner": reference}
        later = {"supportingInfrastructure": _supporting(reference), "codeployment": TEXT, "cableType": TEXT}
    return Record(
        {
            "id": TEXT,
            "name": TEXT,
            "phase": reference,
            "status": STATUS,
            "readyForServiceDate": DATE,
            "start": TEXT,
            "end": TEXT,
            "directed": TRUTH,
            "route": _geometry(version, "LineString"),
            **owned,
            "networkProviders": Listing(reference),
            "supplier": reference,
            "transmissionMedium": Listing(Value(words=codes.MEDIUM)),
            "deployment": Listing(Value(words=codes.DEPLOYMENT)),
            **later,
            "darkFibre": TRUTH,
            "fibreType": Value(words=codes.FIBRE, empty=True),
            "fibreTypeDetails": Record({"fibreSubtype": TEXT, "description": TEXT}),
            "fibreCount": INTEGER,
            "fibreLength": NUMBER,  # km of cable, by both versions' schemas; the standard's own example has metres
            "technologies": WORDS,
            "capacity": NUMBER,
            "capacityDetails": DESCRIBED,
            **({} if version == "0.3" else {"wayleaves": WORDS}),
            "countries": Listing(Value(words=codes.COUNTRIES)),
        },
        needed=("id",),
    )


def _links(version: Version) -> Listing:
    """Where more is. The first link says which version this is, and no other does."""
    words = {"href": frozenset({SCHEMAS[version]}), "rel": frozenset({"describedby"})}
    first = Record({name: Value(words=some, empty=True) for name, some in words.items()}, empty=True)
    return Listing(Record({"href": IRI, "rel": Value(unlike="describedby")}, needed=("href", "rel")), first=first)


def _reference(version: Version) -> Record:
    return Record({"id": TEXT, "name": TEXT}, needed=("id",), only=version != "0.3")


def _supporting(reference: Record) -> Record:
    return Record({"type": TEXT, "description": TEXT, "owner": reference, "spareCapacity": TRUTH})


def _geometry(version: Version, kind: Literal["Point", "LineString"]) -> Geometry:
    if version == "0.3":
        return Geometry(("LineString", "Point"), kind, Value("any"))
    position = Listing(NUMBER, once=False, least=2)
    return Geometry((kind,), kind, position if kind == "Point" else Listing(position, once=False, least=2))


def _money(version: Version) -> Record:
    words = codes.CURRENCIES if version == "0.3" else codes.LATER_CURRENCIES
    return Record({"amount": NUMBER, "currency": Value(words=words, empty=True)})


def _wayleave(reference: Record) -> Record:
    term = Record({"indefinite": TRUTH, "years": INTEGER})
    cost = Record({"recurring": TRUTH, "perMetre": _money("0.4")}, empty=True)
    return Record({"id": TEXT, "grantor": reference, "yearSigned": INTEGER, "term": term, "cost": cost}, needed=("id",), empty=True)


def _contract(version: Version, reference: Record) -> Record:
    document = Record({"title": TEXT, "description": TEXT, "url": IRI, "format": TEXT})
    return Record(
        {
            "id": TEXT,
            "title": TEXT,
            "description": TEXT,
            "type": TEXT,
            "value": _money(version),
            "dateSigned": DATE,
            "documents": Listing(document),
            "relatedPhases": Listing(reference),
        },
        needed=("id",),
    )
