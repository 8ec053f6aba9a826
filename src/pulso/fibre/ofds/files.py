"""Files of the Open Fibre Data Standard, read and written: JSON, GeoJSON and CSV, versions 0.3 and 0.4."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Literal, NamedTuple

from pulso.fibre.check import measures
from pulso.fibre.findings import FibreFileError, Finding, visible, worst_first
from pulso.fibre.ofds import geojson, tables
from pulso.fibre.ofds.networks import network_of, plan
from pulso.fibre.ofds.references import records, references
from pulso.fibre.ofds.standard import SCHEMAS, VERSIONS, Version
from pulso.fibre.ofds.text import gathered, parsed, unpacked
from pulso.fibre.ofds.validate import unknown_fields, validate
from pulso.fibre.shapes import Plan

Form = Literal["json", "geojson", "csv"]
FORMS: tuple[Form, ...] = ("json", "geojson", "csv")

EARLIER = frozenset({"physicalInfrastructureProvider", "deploymentDetails"})
LATER = frozenset({"transmissionMediumOwner", "supportingInfrastructure", "codeployment", "cableType", "wayleaves"})
"""Fields that only one of the versions has."""

SAID_VERSION = re.compile(r"(\d+)__(\d+)__\d+(?:__\w+)?/")
ID_BEHIND = re.compile(r"(?:/(\d+))?/(nodes|spans|phases|organisations|contracts|wayleaves)/(\d+)")


UNREAD = "pulso:unread"
"""In `Package.more`: nodes and spans that can't be drawn, by the number of their plan. No Plan holds them, so none gives them away."""


class Package(NamedTuple):
    """What files held."""

    plans: tuple[Plan, ...]  # one a network
    findings: list[Finding]  # worst first
    version: Version
    form: Form
    more: dict[str, Any]  # what the file said beside its networks, as links to the next page, and under UNREAD what no Plan can hold


class Written(NamedTuple):
    """Files, by name, and what they could not carry or break of the standard."""

    files: dict[str, bytes]
    findings: list[Finding]


def read(*paths: Path) -> Package:
    """
    Read a network, or several, from files.

    Parameters
    ----------
    paths
        A JSON file; JSON files of a network and of its nodes and spans; one or two GeoJSON files; CSV files, or a folder of them; or a zip
        of these.

    Returns
    -------
    Package
        Whatever is wrong with a part of it is a finding, and the rest is read.

    Raises
    ------
    FibreFileError
        A file can't be read at all, or the files don't belong together.
    """
    return parse(gathered(paths))


def parse(files: Mapping[str, bytes]) -> Package:
    """Read as `read` does, from bytes by file name."""
    files = unpacked(files)
    if not files:
        raise FibreFileError("no files; JSON, GeoJSON or CSV files are accepted")
    texts = {name: body for name, body in files.items() if not _is_csv(name, body)}
    if texts and len(texts) < len(files):
        raise FibreFileError(f"{', '.join(files)}: CSV together with other files; one form at a time is accepted")
    if not texts:
        return _from_tables(files)
    findings: list[Finding] = []
    values = {name: _value(name, body, findings) for name, body in texts.items()}
    maps = {name: v for name, v in values.items() if isinstance(v, dict) and v.get("type") == "FeatureCollection"}
    if maps and len(maps) < len(values):
        raise FibreFileError(f"{', '.join(files)}: GeoJSON together with JSON; one form at a time is accepted")
    return _from_features(maps, findings) if maps else _from_json(values, findings)


def files(
    plans: Sequence[Plan],
    form: Form,
    version: Version = "0.4",
    *,
    publisher: str = "",
    published: date | None = None,
    licence: str = "",
    more: Mapping[str, Any] | None = None,
) -> Written:
    """
    Write networks.

    Parameters
    ----------
    plans
        One network each. Everything in them is written that the standard has a field for: reduce them first to what may be known.
    form, version
        Of what is written.
    publisher, published, licence
        Who publishes it, when, and the address of the licence that it is given under, where that is to be said.
    more
        What `Package.more` had, to be written again. Never for a public file: it holds what nobody has judged.

    Returns
    -------
    Written
        `network-package.json`, or `nodes.geojson` and `spans.geojson`, or a CSV file for each table. They are held to the standard once
        more: findings say what is not as it should be, with JSON pointers into the network package.
    """
    findings: list[Finding] = []
    networks = []
    beside = {k: v for k, v in (more or {}).items() if k != UNREAD}
    unread = (more or {}).get(UNREAD, {})
    for i, one in enumerate(plans):
        said = {"publisher": publisher, "published": published, "licence": licence, "unread": unread.get(str(i))}
        network, some = network_of(one, version, f"/networks/{i}", **said)
        networks.append(network)
        findings += some
    package: dict[str, Any] = {"networks": networks, **beside}
    findings += [f for f in _about(package, version) if f.severity != "note"]
    if form == "json":
        made = {"network-package.json": _json(package)}
    elif form == "geojson":
        found = geojson.collections(package)
        both = {
            f"{kind}.geojson": _json(c | beside)
            for kind, c in found.items()
            if c["features"] or not any(x["features"] for x in found.values())
        }
        for i, network in enumerate(networks):
            if not records(network, "nodes") and not records(network, "spans"):
                findings.append(
                    Finding("not-carried", "warning", f"/networks/{i}", "a network without nodes and spans", "GeoJSON has no place for it")
                )
        made = both
    else:
        made = tables.tables(package, version, findings)
    return Written(made, worst_first(findings))


def write(target: Path, written: Written) -> None:
    """Write files into a folder, or into a zip where `target` ends with .zip, or the one file there is to `target` itself."""
    if target.suffix.lower() == ".zip":
        target.write_bytes(zipped(written.files))
    elif target.suffix and len(written.files) == 1:
        target.write_bytes(next(iter(written.files.values())))
    else:
        target.mkdir(parents=True, exist_ok=True)
        for name, body in written.files.items():
            (target / name).write_bytes(body)


def zipped(files: Mapping[str, bytes]) -> bytes:
    """The same files, packed; the same bytes each time."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, body in files.items():
            packed.writestr(zipfile.ZipInfo(name), body, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def version_of(networks: Iterable[Any], findings: list[Finding], default: Version = "0.4") -> Version:
    """Which version networks are of: as their first link says, else by their fields; a finding says if neither tells."""
    some = [n for n in networks if isinstance(n, dict)]
    for network in some:
        for link in records(network, "links").values():
            href = link.get("href")
            if link.get("rel") == "describedby" and isinstance(href, str) and (said := SAID_VERSION.search(href)):
                number = f"{said[1]}.{said[2]}"
                if number in VERSIONS:
                    return number
                nearest: Version = "0.3" if (int(said[1]), int(said[2])) < (0, 3) else "0.4"
                found = f"version {number} of the standard"
                findings.append(Finding("version", "warning", "/networks", found, f"{' and '.join(VERSIONS)} are known; read as {nearest}"))
                return nearest
    fields = {key for n in some for name in ("nodes", "spans") for item in records(n, name).values() for key in item}
    fields |= {key for n in some for key in n if key in LATER}
    earlier, later = bool(fields & EARLIER), bool(fields & LATER)
    guess: Version = "0.3" if earlier and not later else "0.4" if later else default
    why = f"fields such as {sorted(fields & (EARLIER | LATER))[0]}" if earlier != later else "nothing tells one version from another"
    severity: Literal["warning", "note"] = "note" if earlier != later else "warning"
    accepted = f"a first link describedby {SCHEMAS[guess]}; read as {guess}: {why}"
    findings.append(Finding("version", severity, "/networks", "no link says which version of the standard this is", accepted))
    return guess


def _from_json(values: Mapping[str, Any], findings: list[Finding]) -> Package:
    package: dict[str, Any] = {"networks": []}
    pieces: dict[str, list[Any]] = {}
    places: dict[str, str] = {}
    for name, value in values.items():
        prefix = f"{name} " if len(values) > 1 else ""
        if isinstance(value, dict) and "networks" in value:
            whole = value["networks"]
            for i, _ in enumerate(whole if isinstance(whole, list) else ()):
                places[f"/networks/{len(package['networks']) + i}"] = f"{prefix}/networks/{i}"
            package = {**package, **value, "networks": package["networks"] + whole if isinstance(whole, list) else whole}
            if not isinstance(whole, list):
                break
        elif isinstance(value, dict) and ("links" in value or "id" in value) and not isinstance(value.get("links"), dict):
            findings.append(
                Finding("no-package", "error", prefix or "/", "a network without its package", '{"networks": [ … ]}; read as if it were')
            )
            places[f"/networks/{len(package['networks'])}"] = prefix or "/"
            package["networks"].append(value)
        else:
            for kind in _pieces(name, value):
                pieces.setdefault(kind, []).extend(value[kind])
    if pieces and len(package["networks"]) != 1:
        found = f"{' and '.join(pieces)} without their network"
        findings.append(Finding("no-package", "error", "/", found, '{"networks": [ … ]}, or the file of their network beside them'))
        package["networks"] = package["networks"] or [{}]
    for kind, items in pieces.items():
        network = package["networks"][0]
        network[kind] = [*(network[kind] if isinstance(network.get(kind), list) else []), *items]
        _arrived(network, kind)
    return _package(package, "json", findings, places)


def _pieces(name: str, value: Any) -> list[str]:
    kinds = [k for k in ("nodes", "spans") if isinstance(value, dict) and isinstance(value.get(k), list)]
    if not kinds:
        raise FibreFileError(
            f'{name}: not a file of the standard; an object with "networks" is accepted, or one network, or "nodes" or "spans" of one'
        )
    return kinds


def _arrived(network: dict[str, Any], kind: str) -> None:
    """Links to what has been given as a file are answered, and go: the network is whole now."""
    words = {"nodes": ("nodesAPI", "nodesFile"), "spans": ("spansAPI", "spansFile")}[kind]
    if isinstance(network.get("links"), list):
        network["links"] = [x for x in network["links"] if not (isinstance(x, dict) and str(x.get("rel")).endswith(words))]


def _from_features(maps: Mapping[str, Any], findings: list[Finding]) -> Package:
    together = geojson.Gathered()
    more: dict[str, Any] = {}
    for name, collection in maps.items():
        together.add(name, collection)
        more |= {k: v for k, v in collection.items() if k not in ("type", "features")}
    package = {**together.package(), **more}
    return _package(package, "geojson", findings + together.findings, together.places)


def _from_tables(files: Mapping[str, bytes]) -> Package:
    findings: list[Finding] = []
    read = {name: tables.rows(name, body, findings) for name, body in files.items()}
    some = [t for t in read.values() if t]
    said = [cell for t in some for row in t[1:] for cell in row if SAID_VERSION.search(cell) and cell.startswith("http")]
    links = [{"rel": "describedby", "href": cell} for cell in said[:1]]
    columns = {part: "" for t in some for column in t[0] for part in column.split("/")}
    version = version_of([{"links": links, "nodes": [columns]}], findings)
    together = tables.Assembled(version)
    for name, table in sorted(
        read.items(), key=lambda item: max((len(tables.heading(c).lists) for c in item[1][0]), default=0) if item[1] else 0
    ):
        together.add(name, table)
    if not together.networks:
        findings.append(Finding("empty", "error", ", ".join(read)[:200], "tables without rows", "at least a row of networks.csv"))
    return _package({"networks": together.networks}, "csv", findings + together.findings, together.places, version)


def _package(
    package: dict[str, Any], form: Form, findings: list[Finding], places: Mapping[str, str], version: Version | None = None
) -> Package:
    networks = package["networks"] if isinstance(package["networks"], list) else []
    version = version or version_of(networks, findings)
    about = findings + _about(package, version)
    plans: list[Plan] = []
    unread: dict[str, Any] = {}
    for i, network in enumerate(networks):
        if isinstance(network, dict):
            made = plan(network, version, f"/networks/{i}")
            if made.unread:
                unread[str(len(plans))] = made.unread
            plans.append(made.plan)
            places_of = {visible(thing): place for thing, place in made.places.items()}
            measured = [f._replace(where=places_of.get(f.where, f.where)) for f in measures(made.plan)]
            about += [*made.findings, *measured]
    placed = [f._replace(where=_place(f.where, package, places)) for f in about]
    more = {key: value for key, value in package.items() if key not in ("networks", UNREAD)} | ({UNREAD: unread} if unread else {})
    return Package(tuple(plans), worst_first(placed), version, form, more)


def _about(package: dict[str, Any], version: Version) -> list[Finding]:
    """All that the standard's rules say of a package."""
    found = [*validate(package, version), *unknown_fields(package, version)]
    networks = package.get("networks")
    for i, network in enumerate(networks if isinstance(networks, list) else ()):
        found += references(network, f"/networks/{i}")
    return found


def _place(where: str, package: Mapping[str, Any], places: Mapping[str, str]) -> str:
    """A JSON pointer with the id of its thing behind it, and where it stands in the file where that is no JSON package."""
    if not where.startswith("/networks/") or "*" in where:
        return where
    behind = ""
    if (thing := ID_BEHIND.match(where, len("/networks"))) and " (id " not in where:
        items = package["networks"][int(thing[1])].get(thing[2])
        item = items[int(thing[3])] if isinstance(items, list) and int(thing[3]) < len(items) else None
        if isinstance(item, dict) and isinstance(item.get("id"), str):
            behind = f" (id {item['id'][:80]})"
    prefix = where
    while prefix and prefix not in places:
        prefix = prefix.rpartition("/")[0]
    if prefix:
        rest = where[len(prefix) :]
        where = (
            f"{places[prefix]} {rest}".rstrip()
            if places[prefix][-1:].isdigit() and " " in places[prefix]
            else f"{places[prefix].rstrip('/')}{rest}"
        )
    return where + behind


def _value(name: str, body: bytes, findings: list[Finding]) -> Any:
    if not name.lower().endswith((".jsonl", ".ndjson")):
        return parsed(name, body, findings)
    kind = "spans" if "span" in name.lower() else "nodes"
    return {kind: [parsed(f"{name} line {i}", line, findings) for i, line in enumerate(body.splitlines(), start=1) if line.strip()]}


def _is_csv(name: str, body: bytes) -> bool:
    if name.lower().endswith((".json", ".geojson", ".jsonl", ".ndjson")):
        return False
    return name.lower().endswith((".csv", ".tsv", ".txt")) or body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] not in (b"{", b"[")


def _json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False) + "\n").encode()
