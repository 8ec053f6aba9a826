"""A span, and a Duct with its cables: a way between two places, in the standard's words and in ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pulso.fibre.ofds import codes
from pulso.fibre.ofds.places import (
    LONGEST_ID,
    LONGEST_NAME,
    Names,
    filled,
    holder_of,
    kept,
    reference,
    referred,
    said_in,
    status,
    text,
    written,
)
from pulso.fibre.ofds.references import bad_positions
from pulso.fibre.ofds.standard import Version
from pulso.fibre.ofds.validate import is_a
from pulso.fibre.shapes import Cable, Duct, Laid, Point

TUBE = 12
"""So many fibres are in each tube of a cable of which only the number of fibres is known, if it divides."""

MOST_FIBRES, MOST_TUBES = 10_000, 1_000
KM = 1000.0


def ways(span: dict[str, Any], version: Version, names: Names, metres: float = KM) -> tuple[Duct, Cable | None]:
    """
    Read a span.

    Parameters
    ----------
    span
        As a JSON file has it. Its id, start and end must be `readable`; whatever else is wrong stays unread, and is kept.
    version
        Of the standard.
    names
        Of what it may refer to.
    metres
        What 1 of `fibreLength` is.

    Returns
    -------
    Duct, Cable or None
        Both with the span's id. No cable where the number of fibres isn't said: nobody knows then that there is one.
    """
    owner = _medium_owner(span, version)
    duct = Duct(
        id=span["id"],
        name=text(span.get("name"), LONGEST_NAME),
        owner=(holder_of(span) if version != "0.3" else "") or owner,
        status=status(span),
        phase=referred(span.get("phase")),
        start=span["start"],
        end=span["end"],
        route=route_of(span.get("route")),
        laid=_laid(span.get("deployment")),
    )
    cable = _cable(span, duct, owner, metres)
    made = _made(duct, [cable] if cable else [], version, names, _sheath(cable))
    return duct.model_copy(update={"more": kept(version, span, made)}), cable


def span(duct: Duct, cables: Sequence[Cable], version: Version, names: Names, sheath: float | None) -> dict[str, Any]:
    """
    Write a duct and all that lies in it as one span, in the version that it was read in, else in `version`.

    Parameters
    ----------
    duct, cables
        A duct, and the cables in it.
    version, names
        As for `ways`.
    sheath
        Metres of one cable in this duct (see `pulso.fibre.ofds.networks.sheaths`); None if nobody said.

    Returns
    -------
    dict
        `fibreCount` is the sum of all cables' strands, so `fibreLength` × `fibreCount` is the length of strands.
    """
    return written(duct.more, _made(duct, cables, said_in(duct.more, version), names, sheath))


def readable(span: Any) -> bool:
    """Whether a span has an id and two ends that ours can have."""
    if not isinstance(span, dict):
        return False
    texts = (span.get("id"), span.get("start"), span.get("end"))
    return all(isinstance(t, str) and 1 <= len(t) <= LONGEST_ID for t in texts)


def _made(duct: Duct, cables: Sequence[Cable], version: Version, names: Names, sheath: float | None) -> dict[str, Any]:
    owner = reference(duct.owner, names.organisations)
    owners = {c.owner for c in cables}
    medium = reference(owners.pop(), names.organisations) if len(owners) == 1 else owner
    if version == "0.3":
        owned: dict[str, Any] = {"physicalInfrastructureProvider": owner or medium}
    else:
        owned = {"transmissionMediumOwner": medium, "supportingInfrastructure": filled({"owner": owner})}
    kinds = {c.fibre for c in cables}
    kind = kinds.pop() if len(kinds) == 1 else ""
    general = next((word for word in sorted(codes.FIBRE, reverse=True) if kind == word or kind.startswith(f"{word}.")), None)
    return filled(
        {
            "id": duct.id,
            "name": duct.name,
            "phase": reference(duct.phase, names.phases),
            "status": duct.status.value,
            "start": duct.start,
            "end": duct.end,
            "route": {"type": "LineString", "coordinates": [list(p) for p in duct.route]} if len(duct.route) > 1 else None,
            **owned,
            "transmissionMedium": ["fibre"] if cables else None,
            "deployment": [duct.laid.value] if duct.laid else None,
            "fibreType": general,
            "fibreTypeDetails": {"fibreSubtype": kind} if general and kind != general else None,
            "fibreCount": sum(c.strands for c in cables) or None,
            "fibreLength": None if sheath is None else round(sheath / KM, 6),
        }
    )


def _cable(span: dict[str, Any], duct: Duct, owner: str, metres: float) -> Cable | None:
    count = span.get("fibreCount")
    if not is_a(count, "integer") or not 1 <= count <= MOST_FIBRES:  # type: ignore[operator]  # a number, then
        return None
    n = int(count)  # type: ignore[arg-type]
    tubes, fibres = (n // TUBE, TUBE) if n % TUBE == 0 and n // TUBE <= MOST_TUBES else (1, n)
    length = span.get("fibreLength")
    sheath = float(length) * metres if is_a(length, "number") and 0 <= length < 1e9 else None  # type: ignore[arg-type, operator]
    kind = span.get("fibreType")
    return Cable(
        id=duct.id,
        name=duct.name,
        owner=owner,
        status=duct.status,
        phase=duct.phase,
        start=duct.start,
        end=duct.end,
        ducts=(duct.id,),
        tubes=tubes,
        fibres=fibres,
        length=sheath,
        fibre=kind if isinstance(kind, str) and kind in codes.FIBRE else "",
    )


def _sheath(cable: Cable | None) -> float | None:
    return cable.length if cable else None


def _medium_owner(span: dict[str, Any], version: Version) -> str:
    if version == "0.3":
        return referred(span.get("physicalInfrastructureProvider"))
    return referred(span.get("transmissionMediumOwner")) or holder_of(span)


def route_of(route: Any) -> tuple[Point, ...]:
    """The points of a GeoJSON LineString; none of what isn't a good one."""
    if not isinstance(route, dict) or route.get("type") != "LineString" or bad_positions(route.get("coordinates"), "LineString"):
        return ()
    return tuple((float(p[0]), float(p[1])) for p in route["coordinates"])


def _laid(deployment: Any) -> Laid | None:
    return Laid(deployment[0]) if isinstance(deployment, list) and len(deployment) == 1 and deployment[0] in list(Laid) else None


def lying(cables: Sequence[Cable]) -> Mapping[str, list[Cable]]:
    """The cables in each duct, by the duct's id."""
    found: dict[str, list[Cable]] = {}
    for cable in cables:
        for duct in dict.fromkeys(cable.ducts):
            found.setdefault(duct, []).append(cable)
    return found
