"""A network and a Plan: the same plant, in the standard's words and in ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import NAMESPACE_URL, UUID, uuid5

import numpy as np

from pulso.fibre.findings import Finding
from pulso.fibre.metres import Floats, duct_metres, route_metres
from pulso.fibre.ofds.convert import Told, converted, described, telling
from pulso.fibre.ofds.keep import OFDS
from pulso.fibre.ofds.places import (
    LONGEST_NAME,
    Names,
    filled,
    kept,
    named,
    node,
    organisation,
    phase,
    said_in,
    site,
    text,
    usable,
    written,
)
from pulso.fibre.ofds.spans import KM, lying, readable, route_of, span, ways
from pulso.fibre.ofds.standard import CRS, Version
from pulso.fibre.ofds.validate import is_a
from pulso.fibre.shapes import Cable, Criticality, Duct, Plan, Site

LISTS = ("nodes", "spans", "phases", "organisations")
LICENCE = "license"
"""The word of a link that leads to a licence (RFC 4946; the registry of link relations)."""
METRES = (0.5 * KM, 5.0 * KM)
"""A length stated in km that is so many times the route's was stated in metres."""


Unread = Mapping[str, Sequence[Sequence[Any]]]
"""What a Plan can't hold, by list: its place in the list, and itself. It is of no Plan: nobody has said who may know of it."""


class Read(NamedTuple):
    """A network that was read."""

    plan: Plan
    findings: list[Finding]
    places: dict[str, str]  # where each thing stands: "duct 7" → "/networks/0/spans/3"
    unread: Unread


def plan(network: dict[str, Any], version: Version, at: str) -> Read:
    """
    Read a network.

    Parameters
    ----------
    network
        As a JSON file has it.
    version
        Of the standard.
    at
        JSON pointer of the network.

    Returns
    -------
    Read
        What a Plan has no field for is in `more`, and nodes and spans that it can't hold are in `unread`: `network_of` writes both again.
    """
    items = {name: network[name] if isinstance(network.get(name), list) else [] for name in LISTS}
    good = {name: [(i, x) for i, x in enumerate(items[name]) if (readable if name == "spans" else usable)(x)] for name in LISTS}
    unread = {name: _others(items[name], good[name]) for name in LISTS}
    findings = [f for name in LISTS for f in _left_out(name, unread[name], at)]
    organisations = tuple(organisation(x, version) for _, x in good["organisations"])
    phases = tuple(phase(x, version) for _, x in good["phases"])
    names = Names({o.id: o.name for o in organisations}, {p.id: p.name for p in phases})
    sites = tuple(site(x, version, names) for _, x in good["nodes"])
    metres = route_metres([route_of(x.get("route")) for _, x in good["spans"]])
    units = _units([x for _, x in good["spans"]], metres)
    pairs = [ways(x, version, names, unit) for (_, x), unit in zip(good["spans"], units, strict=True)]
    findings += _unit_findings(good["spans"], units, metres, at)
    read = Plan(
        id=network["id"] if usable(network) else f"network {at.rsplit('/', 1)[-1]}",
        name=text(network.get("name"), LONGEST_NAME),
        sites=sites,
        ducts=tuple(d for d, _ in pairs),
        cables=tuple(c for _, c in pairs if c),
        organisations=organisations,
        phases=phases,
        synthetic=network.get("synthetic") is True,
    )
    rest = {key: value for key, value in network.items() if key not in LISTS or not isinstance(value, list)}
    more = kept(version, rest, _made(read))
    places = {f"site {x['id']}": f"{at}/nodes/{i}" for i, x in good["nodes"]}
    places |= {f"{kind} {x['id']}": f"{at}/spans/{i}" for i, x in good["spans"] for kind in ("duct", "cable")}
    return Read(read.model_copy(update={"more": more}), findings, places, {name: some for name, some in unread.items() if some})


def network_of(
    plan: Plan,
    version: Version,
    at: str,
    *,
    publisher: str = "",
    published: date | None = None,
    licence: str = "",
    unread: Unread | None = None,
) -> tuple[dict[str, Any], list[Finding]]:
    """
    Write a plan as a network of a version.

    Parameters
    ----------
    plan
        A span is made of each duct, and of each cable of which nobody knows the ducts.
    version
        Of the standard.
    at
        JSON pointer of the network in what is written.
    publisher, published
        Who publishes it, and when, if that is to be said.
    licence
        The address of the licence that it is given under, if that is to be said: the standard has no field for it, so it is a link
        `license` (RFC 4946), in place of any that was read.
    unread
        What `plan` could not hold, to be written in its old places.

    Returns
    -------
    dict, list of Finding
        The network as a JSON file has it, and what could not be carried.
    """
    told: Told = Told()
    names = Names.of(plan)
    lists: dict[str, list[Any]] = {
        "nodes": [converted(node(s, version, names), "nodes", said_in(s.more, version), version, told) for s in plan.sites],
        "spans": [converted(x, "spans", was, version, told) for was, x in _spans(plan, version, names)],
        "phases": [converted(named(p), "phases", said_in(p.more, version), version, told) for p in plan.phases],
        "organisations": [named(o) for o in plan.organisations],
    }
    was = said_in(plan.more, version)
    made = {**_made(plan), **filled({"publicationDate": published and published.isoformat()})}
    made |= {"publisher": {"name": publisher}} if publisher else {}
    network = converted(written(plan.more, made), "network", was, version, told)
    if isinstance(network.get("contracts"), list):
        network["contracts"] = [converted(c, "contracts", was, version, told) if isinstance(c, dict) else c for c in network["contracts"]]
    network.setdefault("id", _uuid(plan.id))
    if version != "0.3" and network["id"] != plan.id:
        network.setdefault("identifier", plan.id)
    links = described(network.get("links"), version)
    network["links"] = [*(x for x in links if not (licence and _is_licence(x))), *([{"rel": LICENCE, "href": licence}] if licence else [])]
    for name, some in (unread or {}).items():
        for i, item in some:
            lists[name].insert(i, converted(item, name, was, version, told) if isinstance(item, dict) else item)
    if any("location" in x or "route" in x for name in ("nodes", "spans") for x in lists[name] if isinstance(x, dict)):
        network.setdefault("crs", CRS)
    network |= {name: some for name, some in lists.items() if some}
    return network, telling(+told, version, at) + _not_carried(plan, at)


def sheaths(plan: Plan) -> dict[str, float | None]:
    """
    Metres of one cable in each duct, by the duct's id.

    A cable's stated length is shared among its ducts by their lengths; without one, a duct's stated length counts. Of several cables it is
    the mean, each counting with its strands, so that length × strands is right. None where a length that is needed isn't known.
    """
    metres = {d.id: m for d, m in zip(plan.ducts, duct_metres(plan.ducts).tolist(), strict=True)}
    found: dict[str, float | None] = {}
    inside = lying(plan.cables)
    for duct in plan.ducts:
        cables = inside.get(duct.id, [])
        parts = [_part(c, duct, metres) for c in cables]
        known = [p for p in parts if p is not None]
        weights = [c.strands for c in cables]
        found[duct.id] = float(np.average(known, weights=weights)) if known and len(known) == len(parts) else None
    return found


def _part(cable: Cable, duct: Duct, metres: Mapping[str, float]) -> float | None:
    if cable.length is None or len(cable.ducts) == 1:
        return duct.length if cable.length is None else cable.length
    whole = sum(metres.get(d, np.nan) for d in cable.ducts)
    return cable.length * metres[duct.id] / whole if whole > 0 else None


def _spans(plan: Plan, version: Version, names: Names) -> list[tuple[Version, dict[str, Any]]]:
    """Each duct's span, and one for each cable that lies nobody knows where; each in the version that it was read in."""
    inside, lengths = lying(plan.cables), sheaths(plan)
    spans = [(said_in(d.more, version), span(d, inside.get(d.id, []), version, names, lengths[d.id])) for d in plan.ducts]
    taken = {d.id for d in plan.ducts}
    for cable in plan.cables:
        if not taken.intersection(cable.ducts):
            key = f"{cable.id} (cable)" if cable.id in taken else cable.id
            way = Duct(id=key, name=cable.name, owner=cable.owner, status=cable.status, phase=cable.phase, start=cable.start, end=cable.end)
            spans.append((version, span(way, [cable], version, names, cable.length)))
    return spans


def _made(plan: Plan) -> dict[str, Any]:
    name = plan.name
    if plan.synthetic and "synth" not in name.lower() and "sintétic" not in name.lower():
        name = f"{name} (synthetic)".strip()  # whoever shows it shows that it is none
    return filled({"id": _uuid(plan.id), "name": name}) | ({"synthetic": True} if plan.synthetic else {})


def _is_licence(link: Any) -> bool:
    """Whether a network's link leads to its licence."""
    return isinstance(link, dict) and link.get("rel") == LICENCE


def _uuid(key: str) -> str:
    """The standard wants a UUID; an id that is none becomes one, always the same."""
    try:
        return key if str(UUID(key)) == key.lower() else str(uuid5(NAMESPACE_URL, key))
    except ValueError:
        return str(uuid5(NAMESPACE_URL, key))


def _others(items: Sequence[Any], good: Sequence[tuple[int, Any]]) -> list[list[Any]]:
    taken = {i for i, _ in good}
    return [[i, item] for i, item in enumerate(items) if i not in taken]


def _left_out(name: str, unread: Sequence[list[Any]], at: str) -> list[Finding]:
    wants = "an id, a start and an end, as texts of at most 200 letters" if name == "spans" else "an id, as text of at most 200 letters"
    return [
        Finding(
            "left-out", "warning", f"{at}/{name}/{i}", f"one of the {name} can't be drawn, and is only kept to be written again", f"{wants}"
        )
        for i, _ in unread
    ]


def _units(spans: Sequence[dict[str, Any]], metres: Floats) -> list[float]:
    """What 1 of each span's `fibreLength` is, in metres: km, or metres where its route says so, or most routes do."""
    stated = np.array([float(s["fibreLength"]) if is_a(s.get("fibreLength"), "number") else np.nan for s in spans])
    ratio = stated * KM / np.where(metres > 0, metres, np.nan)
    metric = (ratio >= METRES[0]) & (ratio <= METRES[1])
    told = np.isfinite(ratio)
    most = told.any() and metric[told].mean() > 0.5
    return [1.0 if one else KM for one in metric | (~told & most)]


def _unit_findings(spans: Sequence[tuple[int, Any]], units: Sequence[float], metres: Floats, at: str) -> list[Finding]:
    findings = []
    for (i, item), unit, route in zip(spans, units, metres.tolist(), strict=True):
        if unit == KM or not is_a(item.get("fibreLength"), "number"):
            continue
        stated = item["fibreLength"]
        if np.isfinite(route):
            found = f"{stated} km stated, where the route is {route / KM:.3f} km long on the ellipsoid"
            accepted = f"kilometres; taken as metres, {stated / route:.3f} times the route"
        else:
            found, accepted = f"{stated} km stated, in a file whose other lengths are in metres", "kilometres; taken as metres"
        findings.append(Finding("length-unit", "warning", f"{at}/spans/{i}/fibreLength", found, accepted))
    return findings


def _not_carried(plan: Plan, at: str) -> list[Finding]:
    def some(things: Sequence[Site], field: str) -> int:
        return sum(bool(getattr(t, field)) for t in things)

    status, inside, shared = {d.id: d.status for d in plan.ducts}, lying(plan.cables), sheaths(plan)
    joined = {c.id for cables in inside.values() if len(cables) > 1 for c in cables} | {c.id for c in plan.cables if len(c.ducts) > 1}
    other = {c.id for d, cables in inside.items() for c in cables if d in status and c.status is not status[d]}
    stated = {d.id for d in plan.ducts if any(t.length is not None for t in (d, *inside.get(d.id, ())))}
    counts = {
        "cables' own ids, names and ends, where several share a duct or one lies in several": len(joined),
        "cables' own status, where a duct's that they lie in is another": len(other),
        "stated lengths of ducts that are empty, or hold a cable of which none is stated": sum(shared[d] is None for d in stated),
        "ducts' inner diameters": sum(d.inner is not None for d in plan.ducts),
        "cables' outer diameters": sum(c.outer is not None for c in plan.cables),
        "sites' criticality": sum(s.criticality is not Criticality.NORMAL for s in plan.sites),
        "strands' uses": len(plan.strands),
        "splices": len(plan.splices),
        "ports": len(plan.ports),
        "splitters": len(plan.splitters),
        "works": len(plan.works),
        **{f"sites' {field}": some(plan.sites, field) for field in ("source", "customer", "service", "public_building", "sensors")},
        "other fields kept with things": sum(bool(t.more.keys() - {OFDS}) for t in (*plan.sites, *plan.ducts, *plan.cables)),
    }
    return [
        Finding("not-carried", "note", at, f"{n} × {what}", "the standard has no field for it; it is not in the file")
        for what, n in counts.items()
        if n
    ]
