"""The standard's GeoJSON form: nodes and spans as features, each with its network and with whatever it refers to, in full."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pulso.fibre.findings import Finding, shown
from pulso.fibre.ofds.references import OWNED, records

Feature = Literal["nodes", "spans"]
GEOMETRY: dict[Feature, str] = {"nodes": "location", "spans": "route"}
REFERRING: dict[str, tuple[tuple[str, str], ...]] = {
    "nodes": (("phase", "phases"), *((field, "organisations") for field in OWNED)),
    "spans": (("phase", "phases"), *((field, "organisations") for field in OWNED), ("supplier", "organisations")),
    "phases": (("funders", "organisations"),),
    "contracts": (("relatedPhases", "phases"),),
    "wayleaves": (("grantor", "organisations"),),
}
"""Fields that refer, and to which list."""


class Gathered:
    """Networks as they come together from features: it remembers what each said of its phases and organisations."""

    def __init__(self) -> None:
        self.networks: dict[str, dict[str, Any]] = {}
        self.number: dict[str, int] = {}  # of each network in the package
        self.said: dict[str, dict[str, Any]] = {}  # the network as its first feature had it
        self.known: dict[tuple[str, str, str], dict[str, Any]] = {}  # network, list, id
        self.ends: dict[str, dict[str, dict[str, Any]]] = {}  # nodes that spans carry with them, by network and id
        self.findings: list[Finding] = []
        self.places: dict[str, str] = {}  # JSON pointer in the package → where in which file

    def add(self, name: str, collection: Mapping[str, Any]) -> None:
        """Take a feature collection; what is no feature is told and left out."""
        features = collection.get("features")
        if not isinstance(features, list):
            self.findings.append(Finding("wrong-type", "error", f"{name}/features", shown(features), "a list of features is accepted"))
            return
        for i, feature in enumerate(features):
            properties = feature.get("properties") if isinstance(feature, dict) else None
            if not isinstance(feature, dict) or not isinstance(properties, dict):
                self.findings.append(
                    Finding("left-out", "error", f"{name} feature {i}", shown(feature), "a feature with properties is accepted")
                )
                continue
            if "geometry" not in feature:
                found = "no geometry"
                self.findings.append(
                    Finding("no-geometry", "warning", f"{name} feature {i}", found, "null where it isn't known (RFC 7946)")
                )
            self._take(name, i, feature, properties)

    def package(self) -> dict[str, Any]:
        """All networks, as a JSON file has them."""
        for key, nodes in self.ends.items():
            network = self.networks[key]
            known = {n.get("id") for n in records(network, "nodes").values() if isinstance(n.get("id"), str)}
            some = [node for i, node in nodes.items() if i not in known]
            if some and not known:
                network.setdefault("nodes", []).extend(self._referring(key, "nodes", node) for node in some)
                at = f"/networks/{self.number[key]}/nodes"
                self.findings.append(
                    Finding("nodes-from-spans", "note", at, f"{len(some)} nodes, taken from the spans' ends", "a file of nodes too")
                )
        return {"networks": list(self.networks.values())}

    def _take(self, name: str, i: int, feature: Mapping[str, Any], properties: Mapping[str, Any]) -> None:
        network = properties.get("network")
        key = network["id"] if isinstance(network, dict) and isinstance(network.get("id"), str) else ""
        self._network(key, network if isinstance(network, dict) else {}, f"{name} feature {i}")
        kind = _kind(name, feature, properties)
        item = {k: v for k, v in properties.items() if k not in ("network", "featureType")}
        item = self._referring(key, kind, item)
        if feature.get("geometry") is not None:
            item[GEOMETRY[kind]] = feature["geometry"]
        for end in ("start", "end") if kind == "spans" else ():
            node = item.get(end)
            if isinstance(node, dict) and isinstance(node.get("id"), str):
                self.ends.setdefault(key, {}).setdefault(node["id"], node)
                item[end] = node["id"]
        items = self.networks[key].setdefault(kind, [])
        self.places[f"/networks/{self.number[key]}/{kind}/{len(items)}"] = f"{name} feature {i}"
        items.append(item)

    def _network(self, key: str, network: dict[str, Any], where: str) -> None:
        if key not in self.networks:
            self.said[key] = network
            self.number[key] = len(self.number)
            self.networks[key] = {}  # before its contracts, which may name phases
            made = {k: v for k, v in network.items() if k not in ("nodes", "spans")}
            for to in ("organisations", "phases"):
                self._cut(key, to, made.pop(to, None))
            for name in ("contracts", "wayleaves"):
                if isinstance(made.get(name), list):
                    made[name] = [self._referring(key, name, c) if isinstance(c, dict) else c for c in made[name]]
            self.networks[key] = {**made, **self.networks[key]}
        elif network != self.said[key] and not any(f.code == "network-differs" for f in self.findings):
            found = "another network of the same id"
            self.findings.append(
                Finding("network-differs", "warning", f"{where}/properties/network", found, "the same in all; the first was taken")
            )

    def _referring(self, key: str, kind: str, item: Mapping[str, Any]) -> dict[str, Any]:
        """A thing with its references cut to id and name; what they said beside goes to the network's lists."""
        made = dict(item)
        for field, to in REFERRING[kind]:
            outer, _, inner = field.partition("/")
            if inner and isinstance(made.get(outer), dict):
                made[outer] = dict(made[outer])
                if inner in made[outer]:
                    made[outer][inner] = self._cut(key, to, made[outer][inner])
            elif not inner and outer in made:
                made[outer] = self._cut(key, to, made[outer])
        return made

    def _cut(self, key: str, to: str, value: Any) -> Any:
        if isinstance(value, list):
            return [self._cut(key, to, v) for v in value]
        if not isinstance(value, dict) or not isinstance(value.get("id"), str):
            return value
        whole = self._referring(key, to, value) if to in REFERRING else dict(value)
        known = self.known.get((key, to, value["id"]))
        if known is None:
            known = self.known[key, to, value["id"]] = whole
            self.networks[key].setdefault(to, []).append(known)
        else:
            differ = [k for k in whole if k in known and known[k] != whole[k]]
            if differ:
                where = f"/networks/{self.number[key]}/{to} (id {value['id'][:80]})"
                found = f"said more than once, with another {', '.join(differ[:5])}"
                self.findings.append(Finding("said-differently", "warning", where, found, "the same in all; the first was taken"))
            known.update({k: v for k, v in whole.items() if k not in known})
        return {k: known[k] for k in ("id", "name") if k in known and k in value}


def collections(package: Mapping[str, Any]) -> dict[Feature, dict[str, Any]]:
    """
    Write networks as feature collections.

    Parameters
    ----------
    package
        Networks, as a JSON file has them.

    Returns
    -------
    dict
        "nodes" and "spans". A network is in each of its features, so one without nodes and spans is in none.
    """
    features: dict[Feature, list[dict[str, Any]]] = {"nodes": [], "spans": []}
    for network in package["networks"]:
        lists: dict[str, dict[str, Any]] = {
            to: {x["id"]: x for x in reversed(records(network, to).values()) if isinstance(x.get("id"), str)}
            for to in ("phases", "organisations", "nodes")
        }
        lists["phases"] = {key: _full(phase, "phases", lists) for key, phase in lists["phases"].items()}
        within = {k: v for k, v in network.items() if k not in ("nodes", "spans", "phases", "organisations")}
        for name in ("contracts", "wayleaves"):
            if isinstance(within.get(name), list):
                within[name] = [_full(x, name, lists) if isinstance(x, dict) else x for x in within[name]]
        for kind in features:
            for item in records(network, kind).values():
                properties = _full(item, kind, lists)
                for end in ("start", "end") if kind == "spans" else ():
                    if isinstance(item.get(end), str) and item[end] in lists["nodes"]:
                        properties[end] = lists["nodes"][item[end]]
                geometry = properties.pop(GEOMETRY[kind], None)
                properties |= {"network": within, "featureType": kind[:-1]}
                features[kind].append({"type": "Feature", "geometry": geometry, "properties": properties})
    return {kind: {"type": "FeatureCollection", "features": some} for kind, some in features.items()}


def _full(item: Mapping[str, Any], kind: str, lists: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """A thing with all that its references refer to."""
    made = dict(item)
    for field, to in REFERRING[kind]:
        outer, _, inner = field.partition("/")
        if inner and isinstance(made.get(outer), dict) and inner in made[outer]:
            made[outer] = {**made[outer], inner: _whole(made[outer][inner], lists[to])}
        elif not inner and outer in made:
            made[outer] = _whole(made[outer], lists[to])
    return made


def _whole(value: Any, known: Mapping[str, Any]) -> Any:
    if isinstance(value, list):
        return [_whole(v, known) for v in value]
    key = value.get("id") if isinstance(value, dict) else None
    return {**known[key], **value} if isinstance(key, str) and key in known else value


def _kind(name: str, feature: Mapping[str, Any], properties: Mapping[str, Any]) -> Feature:
    said = properties.get("featureType")
    if isinstance(said, str) and said.lower() in ("node", "span"):
        return "nodes" if said.lower() == "node" else "spans"
    shape = feature.get("geometry")
    kind = shape.get("type") if isinstance(shape, dict) else None
    if kind in ("Point", "LineString"):
        return "nodes" if kind == "Point" else "spans"
    return "spans" if "start" in properties or "end" in properties or "span" in name.lower() else "nodes"
