"""The standard's CSV form: a table for each list, headings such as `nodes/0/phase/id`, geometries as well-known text."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import shapely
from shapely.geometry import mapping

from pulso.fibre.findings import FibreFileError, Finding, shown
from pulso.fibre.ofds.standard import Geometry, Kind, Listing, Record, Value, Version, network
from pulso.fibre.ofds.text import DEEPEST, closed

LONGEST_CELL = 8 << 20
BETWEEN = ";"
"""What stands between the words of a list within a cell."""

Path = tuple[str, ...]


class Heading(NamedTuple):
    """A column: the lists that lead to its things, and the field within the last."""

    lists: Path  # ("nodes", "networkProviders")
    field: Path  # ("phase", "id")


def rows(name: str, body: bytes, findings: list[Finding]) -> list[list[str]]:
    """
    Read a CSV file of any spreadsheet.

    Parameters
    ----------
    name
        Of the file, for letters.
    body
        UTF-8 or UTF-16 with its mark, else Windows-1252, which is told. Commas, semicolons or tabs.
    findings
        What is worth knowing is added here.

    Returns
    -------
    list of list of str
        The first is the heading. Empty lines keep their place.

    Raises
    ------
    FibreFileError
        If it is no text, or a cell is too large.
    """
    text = _decoded(name, body, findings)
    if "\x00" in text:
        raise FibreFileError(f"{name}: no text: it holds bytes of zero; JSON, GeoJSON or CSV files of a network are accepted")
    first = text.split("\n", 1)[0]
    between = max(",;\t", key=first.count)
    before = csv.field_size_limit(LONGEST_CELL)
    try:
        closed(name, text, between)
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=between))
    except csv.Error as why:
        raise FibreFileError(
            f"{name}: a CSV file that can't be read: {why}; cells of at most {LONGEST_CELL >> 20} MiB are accepted"
        ) from None
    finally:
        csv.field_size_limit(before)


def _decoded(name: str, body: bytes, findings: list[Finding]) -> str:
    try:
        if body[:2] in (b"\xff\xfe", b"\xfe\xff"):
            return body.decode("utf-16")
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        text = body.decode("cp1252")
    except UnicodeDecodeError as why:
        raise FibreFileError(f"{name}: byte {why.start} is neither UTF-8 nor Windows-1252; UTF-8 is accepted") from None
    findings.append(Finding("encoding", "warning", name, "not UTF-8; read as Windows-1252", "UTF-8; look whether accents are right"))
    return text


class Assembled:
    """Networks as they come together from tables; parents come before children."""

    def __init__(self, version: Version) -> None:
        self.networks: list[dict[str, Any]] = []
        self.schema = network(version)
        self.known: dict[tuple[str, ...], dict[str, Any]] = {}  # network id, then list and id, list and id … → the thing
        self.pointers: dict[int, str] = {}  # of each thing, by its identity in memory
        self.places: dict[str, str] = {}
        self.findings: list[Finding] = []

    def add(self, name: str, table: list[list[str]]) -> None:
        """Take a table, after all tables of the lists that it lies in."""
        headings = [heading(text) for text in table[0]] if table else []
        deepest = max((h.lists for h in headings), key=len, default=())
        strange = [t for t, h in zip(table[0] if table else (), headings, strict=True) if h.lists != deepest[: len(h.lists)]]
        if strange:
            accepted = f"columns of {'/0/'.join(deepest) or 'networks'} only"
            self.findings.append(Finding("strange-column", "error", f"{name} line 1", f"column {shown(strange[0])}", accepted))
            return
        for number, cells in enumerate(table[1:], start=2):
            if any(cell.strip() for cell in cells):
                if len(cells) > len(headings):
                    found = f"{len(cells)} cells under {len(headings)} headings"
                    self.findings.append(
                        Finding("long-row", "warning", f"{name} line {number}", found, "a cell for each heading; the rest is left out")
                    )
                self._row(f"{name} line {number}", deepest, [(h, c) for h, c in zip(headings, cells, strict=False) if c.strip()])

    def _row(self, where: str, deepest: Path, cells: list[tuple[Heading, str]]) -> None:
        by_list: dict[Path, list[tuple[Path, str]]] = {}
        for h, cell in cells:
            by_list.setdefault(h.lists, []).append((h.field, cell))
        key: tuple[str, ...] = (dict(by_list.get((), ())).get(("id",), ""),)
        thing = self._network(key, where, is_table=not deepest)
        kind: Kind = self.schema
        for depth in range(len(deepest) + 1):
            lists = deepest[:depth]
            if depth:
                own = dict(by_list.get(lists, ())).get(("id",), "")
                key = (*key, lists[-1], own)
                kind = _inner(kind, (lists[-1], "0"))
                if depth == len(deepest):
                    thing = self._new(thing, lists[-1], key, where)
                elif own and key in self.known:
                    thing = self.known[key]
                else:
                    found = f"{'/'.join(lists)} {shown(own)} is in no other table"
                    self.findings.append(Finding("left-out", "error", where, found, "an id of the table of these"))
                    return
            for field, cell in by_list.get(lists, ()):
                self._set(thing, field, cell, kind)

    def _network(self, key: tuple[str, ...], where: str, *, is_table: bool) -> dict[str, Any]:
        if key not in self.known or is_table:
            if not is_table and len(self.networks) == 1 and not key[0]:
                return self.networks[0]
            self.known[key] = {}
            self.pointers[id(self.known[key])] = f"/networks/{len(self.networks)}"
            self.places[f"/networks/{len(self.networks)}"] = where
            self.networks.append(self.known[key])
        return self.known[key]

    def _new(self, parent: dict[str, Any], name: str, key: tuple[str, ...], where: str) -> dict[str, Any]:
        made: dict[str, Any] = {}
        items = parent.setdefault(name, [])
        pointer = f"{self.pointers[id(parent)]}/{name}/{len(items)}"
        items.append(made)
        self.known[key], self.pointers[id(made)], self.places[pointer] = made, pointer, where
        return made

    def _set(self, thing: dict[str, Any], field: Path, cell: str, kind: Kind) -> None:
        for name in field[:-1]:
            inner = thing.setdefault(name, {})
            if not isinstance(inner, dict):
                return
            thing = inner
        thing.setdefault(field[-1], _value(cell, _inner(kind, field)))


def heading(text: str) -> Heading:
    """Take a heading apart: "nodes/0/phase/id" is phase, id within nodes."""
    parts = [p for p in text.strip().split("/") if p]
    if len(parts) > DEEPEST:
        raise FibreFileError(f"the heading {shown(text)} has {len(parts)} parts; at most {DEEPEST} are accepted")
    last = max((i for i, p in enumerate(parts) if p == "0"), default=-1)
    return Heading(tuple(p for p in parts[: last + 1] if p != "0"), tuple(parts[last + 1 :]) or ("",))


def _inner(kind: Kind | None, path: Path) -> Kind:
    """What stands at a path within a kind of thing; any text where nobody knows."""
    for name in path:
        if isinstance(kind, Record):
            kind = kind.fields.get(name, Value("any"))
        elif isinstance(kind, Listing):
            kind = kind.of
        else:
            return Value("any")
    return kind or Value("any")


def _value(cell: str, kind: Kind) -> Any:
    """A cell as its kind has it; as text where it can't be, so that it is told."""
    text = cell.strip()
    if isinstance(kind, Geometry):
        return _shape(text)
    if isinstance(kind, Listing) and isinstance(kind.of, Value):
        return [word.strip() for word in text.split(BETWEEN)]
    if isinstance(kind, Value) and kind.kind == "truth":
        return {"true": True, "false": False}.get(text.lower(), text)
    if kind == Value("any") and text in ("True", "False"):  # a field of somebody's own, as this module writes it
        return text == "True"
    if isinstance(kind, Value) and kind.kind in ("number", "integer"):
        return _number(text)
    return cell


def _number(text: str) -> Any:
    try:
        value = json.loads(text.lstrip("+"), parse_constant=lambda _: text)
    except (ValueError, RecursionError):
        return text
    good = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e18
    return value if good else text


def _shape(text: str) -> Any:
    try:
        made = mapping(shapely.from_wkt(text))
    except (shapely.errors.ShapelyError, ValueError, TypeError, AttributeError):
        return text
    return json.loads(json.dumps(made), parse_constant=lambda _: None)


def tables(package: Mapping[str, Any], version: Version, findings: list[Finding]) -> dict[str, bytes]:
    """
    Write networks as tables.

    Parameters
    ----------
    package
        Networks, as a JSON file has them.
    version
        Of the standard: it says the order of the columns.
    findings
        What can't be carried is added here.

    Returns
    -------
    dict of file name to CSV
        UTF-8, commas. Only columns in which something stands, and tables that have rows; `networks.csv` always.
    """
    found: dict[Path, list[dict[str, str]]] = {(): []}
    for one in package["networks"]:
        _flatten(one, (), {"id": str(one.get("id", ""))}, found, findings)
    order = {column: i for i, column in enumerate(_columns(network(version), ""))}
    written = {}
    for lists, some in found.items():
        columns = sorted({c for row in some for c in row}, key=lambda c: (c != "id", order.get(c, len(order)), c))
        stream = io.StringIO(newline="")
        writer = csv.DictWriter(stream, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(some)
        written[f"{'_'.join(lists) or 'networks'}.csv"] = stream.getvalue().encode()
    return written


def _flatten(
    thing: Mapping[str, Any], lists: Path, ids: dict[str, str], found: dict[Path, list[dict[str, str]]], findings: list[Finding]
) -> None:
    row = dict(ids)
    prefix = "".join(f"{name}/0/" for name in lists)
    children: list[tuple[str, list[Any]]] = []
    for path, value in _fields(thing, ""):
        if isinstance(value, list) and value and all(isinstance(v, dict) for v in value):
            children.append((path, value))
        else:
            row[prefix + path] = _cell(value, "/".join((*lists, path)), findings)
    found.setdefault(lists, []).append(row)
    key = f"{prefix}id"
    below = ids | ({key: row[key]} if key in row else {})
    for name, items in children:
        if "/" in name:
            findings.append(
                Finding(
                    "not-carried",
                    "warning",
                    "/".join((*lists, name)),
                    f"a list of {len(items)}",
                    "no table is made of a list that lies in a record",
                )
            )
            continue
        for item in items:
            _flatten(item, (*lists, name), below, found, findings)


def _fields(thing: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    """Fields with their paths; a geometry is one field, an empty record none."""
    for name, value in thing.items():
        if isinstance(value, dict) and "coordinates" not in value:
            yield from _fields(value, f"{prefix}{name}/")
        else:
            yield f"{prefix}{name}", value


def _cell(value: Any, where: str, findings: list[Finding]) -> str:
    if isinstance(value, dict):
        return _wkt(value, where, findings)
    if isinstance(value, list):
        if any(not isinstance(v, str) or BETWEEN in v for v in value):
            found = shown(value)
            findings.append(Finding("not-carried", "warning", where, found, f"words without {BETWEEN}; written as JSON"))
            return json.dumps(value, ensure_ascii=False)
        return BETWEEN.join(value)
    return "" if value is None else str(value)


def _wkt(shape: Mapping[str, Any], where: str, findings: list[Finding]) -> str:
    points: Any = shape.get("coordinates")
    kind = shape.get("type")
    try:
        if kind == "Point":
            return f"POINT{_height([points])}({_position(points)})"
        if kind == "LineString":
            return f"LINESTRING{_height(points)}({', '.join(map(_position, points))})"
    except (TypeError, ValueError):
        pass
    findings.append(Finding("not-carried", "warning", where, shown(dict(shape)), "a Point or a LineString; written as JSON"))
    return json.dumps(shape)


def _height(points: Any) -> str:
    return " Z " if max(len(p) for p in points) > 2 else " "


def _position(point: Any) -> str:
    return " ".join(repr(float(x)) if isinstance(x, float) else str(int(x)) for x in point)


def _columns(kind: Kind, prefix: str) -> Iterator[str]:
    """Every column of the standard, in its order."""
    if isinstance(kind, Record):
        for name, inner in kind.fields.items():
            yield from _columns(inner, f"{prefix}/{name}".lstrip("/"))
    elif isinstance(kind, Listing) and isinstance(kind.of, Record):
        yield from _columns(kind.of, f"{prefix}/0")
    else:
        yield prefix
