"""A network out of tables: our own, or other people's by a column map. What can't be taken is told row by row, never guessed."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import shapely
from pydantic import ValidationError
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from pulso.errors import Mistake
from pulso.fibre.columns import MODELS, OURS, PAIRS, SHAPES, TABLES, UNITS, ColumnMapError, Columns, From, Source, nested
from pulso.fibre.files.cells import ACCEPTED, cell, plain, word
from pulso.fibre.files.layers import DEGREES, Layer, Layers, Shapes, layers
from pulso.fibre.findings import FibreFileError, Finding, shown
from pulso.fibre.metres import WGS84, Floats
from pulso.fibre.shapes import Plan, Site
from pulso.shapes import Row

LOST = object()
"""Stands for a value that could not be read."""


class Read(NamedTuple):
    """A network out of a file, and what was found on the way: errors are what could not be taken."""

    plan: Plan
    findings: list[Finding]


def read(path: Path, columns: Columns = OURS, tell: Callable[[str], None] = lambda _kind: None) -> Read:
    """
    Read a network from a GeoPackage, GeoJSON, CSV, or a folder of these.

    Parameters
    ----------
    path
        The file or folder.
    columns
        Which column of whose table is what (`read_columns`); without it, tables that Pulso wrote.
    tell
        Is told each table before it is read.

    Returns
    -------
    The network in degrees (WGS 84), metres and millimetres. A row that can't be understood is left out, and a doubtful value that can be
    unknown becomes unknown; each is a finding of severity error, with table, row, id and column. What the tables say of each other is not
    looked at here: that is `check`.

    Raises
    ------
    FibreFileError
        Where a file can't be read at all.
    ColumnMapError
        Where the map names tables or columns that the file hasn't.
    """
    there = layers(path)
    loaded = _wanted(path, there, columns)
    findings = [f for layer in loaded.values() for f in layer.findings]
    things: dict[str, list[Row]] = {kind: [] for kind in MODELS}
    for key, kind, source in columns.sources:
        if key in loaded:
            tell(kind)
            things[kind] += _Table(kind, source, loaded[key], columns is OURS, findings).rows(things["sites"])
    findings += _unread(path, there, columns)
    network = {"id": path.stem, "name": path.stem, **_network(there, columns), **columns.network}
    try:
        plan = Plan.model_validate({**network, **{k: tuple(v) for k, v in things.items()}})
    except ValidationError as why:
        mistakes = [Mistake(".".join(map(str, ("network", *e["loc"]))), e["input"], e["msg"]) for e in why.errors()]
        raise ColumnMapError(columns.file or str(path), mistakes) from None
    return Read(plan, findings)


def _wanted(path: Path, there: Layers, columns: Columns) -> dict[str, Layer]:
    """The tables that the map names, by its keys. ColumnMapError for those that aren't there, or whose columns aren't."""
    found: dict[str, Layer] = {}
    mistakes = []
    for key, kind, source in columns.sources:
        name = source.table or kind
        if name not in there:
            if columns is not OURS:
                mistakes.append(Mistake(f"{key}.table", name, f"tables of {path.name} are {', '.join(there)}"))
            continue
        layer = found[key] = there[name]()
        needed = {f"{key}.{c}": column for c, one in source.fields.items() for column in one.read} if columns is not OURS else {}
        needed |= {f"{key}.only": column for column in source.only} | {f"{key}.keep": column for column in source.keep}
        known = ", ".join(layer.columns) or "none"
        mistakes += [Mistake(k, c, f"columns of {layer.name} are {known}") for k, c in needed.items() if c not in layer.columns]
    if mistakes:
        raise ColumnMapError(columns.file, mistakes)
    if not found and not (columns is OURS and "network" in there):
        raise FibreFileError(
            f"{path}: found the tables {', '.join(there)}; a network that Pulso wrote has {', '.join(TABLES)}. "
            "For other tables, give a column map"
        )
    return found


def _unread(path: Path, there: Layers, columns: Columns) -> list[Finding]:
    known = {Path(source.table or kind).stem for _key, kind, source in columns.sources} | {"network"}
    left = dict.fromkeys(Path(name).stem for name in there if Path(name).stem not in known)
    accepted = "named in the column map, if it is of the network" if columns is not OURS else f"one of {', '.join(TABLES)}"
    return [Finding("table-unread", "note", path.name, f"a table {name} that nothing is read from", accepted) for name in left]


def _network(there: Layers, columns: Columns) -> dict[str, Any]:
    """What a table `network` of ours says of the whole."""
    if columns is not OURS or "network" not in there:
        return {}
    said = {k: v[0] for k, v in there["network"]().columns.items() if v}
    found = {k: said[k] for k in ("id", "name") if said.get(k) is not None}
    if "synthetic" in said:
        found["synthetic"] = bool(said["synthetic"])
    if said.get("more"):
        found["more"] = json.loads(said["more"])
    return found


class _Table:
    """One table on its way to rows of ours: it remembers what it is read by, and what was found."""

    def __init__(self, kind: str, source: Source, layer: Layer, ours: bool, findings: list[Finding]) -> None:
        self.kind, self.source, self.layer, self.ours, self.findings = kind, source, layer, ours, findings
        self.model = MODELS[kind]
        self.crs = source.crs or layer.crs or DEGREES

    def rows(self, sites: Sequence[Row]) -> list[Row]:
        """Every row that can be understood; findings for the others. `sites` are those that ends may be nearest to."""
        chosen = self._chosen()
        columns = {c: one for c, one in self._fields().items() if TABLES[self.kind][c] not in SHAPES and not one.nearest}
        values = {c: [self._value(c, one, i) for i in chosen] for c, one in columns.items()}
        values |= self._places(chosen)
        for name in ("start", "end"):
            one = self.source.fields.get(name)
            if one is not None and one.nearest:
                values[name] = self._snapped(values.get("route", []), -1 if name == "end" else 0, one.nearest, sites, chosen)
        if self.source.keep:
            values["more"] = [{c: kept for c in self.source.keep if (kept := plain(self.layer.columns[c][i])) is not None} for i in chosen]
        found = []
        for k, i in enumerate(chosen):
            row = self._row(i, {name: column[k] for name, column in values.items()})
            if row is not None:
                found.append(row)
        return found

    def _fields(self) -> dict[str, From]:
        if not self.ours:
            return self.source.fields
        return {c: one for c, one in self.source.fields.items() if c in self.layer.columns}

    def _chosen(self) -> list[int]:
        wanted = {c: {word(v) for v in (said if isinstance(said, list) else [said])} for c, said in self.source.only.items()}
        return [i for i in range(len(self.layer.rows)) if all(word(self.layer.columns[c][i]) in words for c, words in wanted.items())]

    def _value(self, name: str, one: From, i: int) -> Any:
        if one.always is not None:
            return one.always
        raw = self.layer.columns[one.column or ""][i]
        if one.values or one.otherwise is not None:
            mapped = one.values.get(word(raw))
            if mapped is None and one.otherwise is not None:
                mapped = one.otherwise
            raw = raw if mapped is None else mapped
        if raw is None or (isinstance(raw, str) and not raw.strip() and not self.ours):
            return None
        form = "number" if TABLES[self.kind][name] in SHAPES else TABLES[self.kind][name]
        try:
            value = cell(form, raw, one.separator, self.source.decimal)
        except (ValueError, TypeError, RecursionError):
            unit = f" in {one.unit}" if one.unit else ""
            self._tell("value", i, shown(raw), f"{ACCEPTED[form]}{unit}", name)
            return LOST
        return value * UNITS[name][one.unit] if one.unit and value is not None else value

    def _row(self, i: int, values: dict[str, Any]) -> Row | None:
        """One thing, or None, and told why not."""
        lost = {n for n, v in values.items() if v is LOST}
        for name in lost:
            default = self.model.model_fields[PAIRS.get(name, (name,))[0]].default
            if default not in ("", None, (), {}):
                return None  # what has a usual value, or must be known, would be guessed
        made = nested({n: v for n, v in values.items() if v is not LOST})
        try:
            return self.model.model_validate(made)
        except ValidationError as why:
            for error in why.errors():
                name = str(error["loc"][0]) if error["loc"] else ""
                missing = error["type"] == "missing"
                self._tell(
                    "missing" if missing else "value", i, "nothing" if missing else shown(error["input"]), f"{error['msg']}; left out", name
                )
            return None

    def _tell(self, code: str, i: int, found: str, accepted: str, name: str = "") -> None:
        key = self.source.fields.get("id", From(column="id")).column or ""
        named = word(self.layer.columns[key][i]) if key in self.layer.columns else ""
        one = self.source.fields.get(name)
        theirs = one.column if one is not None and one.column and one.column != name else ""
        of = f", column {theirs} ({name})" if theirs else f", {name}" if name else ""
        self.findings.append(Finding(code, "error", f"{self.layer.where(i)}{f' (id {named})' if named else ''}{of}", found, accepted))

    def _places(self, chosen: list[int]) -> dict[str, list[Any]]:
        """The places or routes of a table that has such, in degrees."""
        name = next((c for c, form in TABLES[self.kind].items() if form in SHAPES), None)
        if name is None or not chosen:
            return {}
        one = self.source.fields.get(name)
        shapes = self._drawn(one, chosen)
        if shapes is None:
            return {}
        crs = DEGREES if one is not None and one.lon else self.crs
        placed = _to_degrees(shapes, crs, self.layer.name, self.source.crs)
        make = _point if TABLES[self.kind][name] == "point" else _line
        found: list[Any] = []
        for i, shape, now in zip(chosen, shapes, placed, strict=True):
            value = None if shape is None else make(now)
            if value is LOST:
                what = f"a {shape.geom_type} of {shapely.get_num_geometries(shape)} parts and {shapely.get_num_coordinates(shape)} points"
                self._tell("geometry", i, what, f"{'one point' if make is _point else 'one line'} in {crs}, within the world", name)
            found.append(value)
        return {name: found}

    def _drawn(self, one: From | None, chosen: list[int]) -> Shapes | None:
        """Shapes of the rows, from numbers or well-known text of their columns, else the table's own; None where it has none."""
        if one is None:
            return None if self.layer.shapes is None else self.layer.shapes[chosen]
        if one.wkt:
            texts = [str(self.layer.columns[one.wkt][i] or "").strip() or None for i in chosen]
            shapes = np.atleast_1d(np.asarray(shapely.from_wkt(np.array([*texts, None], dtype=object), on_invalid="ignore"), dtype=object))[
                :-1
            ]
            for i, text, shape in zip(chosen, texts, shapes, strict=True):
                if text is not None and shape is None:
                    self._tell("geometry", i, shown(text), "well-known text", one.wkt)
            return shapely.force_2d(shapes)
        pairs = (one.lon or one.x or "", one.lat or one.y or "")
        numbers = [[self._value("at", From(column=c), i) for c in pairs] for i in chosen]
        found: Shapes = np.full(len(chosen), None, dtype=object)
        for k, pair in enumerate(numbers):
            if all(isinstance(n, float) for n in pair):
                found[k] = shapely.Point(pair)
            elif any(n is None for n in pair) and any(isinstance(n, float) for n in pair):
                self._tell("geometry", chosen[k], "one number of two", "both or neither", "at")
        return found

    def _snapped(self, routes: Sequence[Any], end: int, within: float, sites: Sequence[Row], chosen: list[int]) -> list[Any]:
        """The site nearest to each route's end; None, and told, where none is within so many metres."""
        placed = [s for s in sites if isinstance(s, Site) and s.at is not None]
        there = np.array([s.at for s in placed], dtype=float).reshape(-1, 2)
        found: list[Any] = []
        for i, route in zip(chosen, routes, strict=True):
            near, metres = _nearest(route[end], there) if isinstance(route, tuple) and placed else (0, np.inf)
            found.append(placed[near].id if metres <= within else None)
            if metres > within:
                far = (
                    f"the nearest site is {placed[near].id}, {metres:,.1f} m away"
                    if np.isfinite(metres)
                    else "no route, or no site with a place"
                )
                self._tell(
                    "no-site", i, far, f"a site within {within:g} m of the route's {'end' if end else 'start'}", "end" if end else "start"
                )
        return found


def _nearest(point: tuple[float, float], there: Floats) -> tuple[int, float]:
    """Number of the nearest of some points, and how far it is, m: a plane around the point says which few come into question."""
    east = (there[:, 0] - point[0]) * np.cos(np.radians(point[1]))
    few = np.argsort(np.hypot(east, there[:, 1] - point[1]), kind="stable")[:4]
    metres = np.asarray(WGS84.inv(np.full(len(few), point[0]), np.full(len(few), point[1]), *there[few].T)[2])
    return int(few[np.argmin(metres)]), float(metres.min())


def _to_degrees(shapes: Shapes, crs: str, where: str, said: str | None) -> Shapes:
    try:
        to = _transformer(crs)
    except CRSError:
        raise FibreFileError(
            f"{where}: found the reference system {shown(said or crs)}, which is unknown; say crs in the column map"
        ) from None
    if to is None:
        return shapes

    def moved(points: Floats) -> Floats:
        return np.column_stack(to.transform(*points.T))

    return np.asarray(shapely.transform(shapes, moved), dtype=object)


@lru_cache(8)
def _transformer(crs: str) -> Transformer | None:
    """Into degrees, lon first; None where they are degrees already."""
    given = CRS.from_user_input(crs)
    return (
        None
        if given.to_epsg() == 4326 or given.to_authority() == ("OGC", "CRS84")
        else Transformer.from_crs(given, DEGREES, always_xy=True)
    )


def _world(points: Sequence[Sequence[float]]) -> bool:
    return all(-180 <= x <= 180 and -90 <= y <= 90 for x, y in points)


def _point(shape: Any) -> Any:
    """The place of a point, or of a set of one; LOST for anything else, None for an empty one."""
    if shape.is_empty:
        return None
    points = shapely.get_coordinates(shape).tolist()
    return tuple(points[0]) if shape.geom_type in ("Point", "MultiPoint") and len(points) == 1 and _world(points) else LOST


def _line(shape: Any) -> Any:
    """The route of a line, or of several that join end to end as they are drawn; LOST for anything else, () for an empty one."""
    if shape.is_empty:
        return ()
    if shape.geom_type not in ("LineString", "MultiLineString"):
        return LOST
    parts = [shapely.get_coordinates(part).tolist() for part in shapely.get_parts(shape)]
    if any(a[-1] != b[0] for a, b in pairwise(parts)) or not all(_world(p) for p in parts):
        return LOST
    return tuple(tuple(p) for p in [*parts[0], *(p for part in parts[1:] for p in part[1:])])
