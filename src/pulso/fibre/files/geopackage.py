"""A network into a GeoPackage, so that any GIS opens it, and `tables.read` reads it back equal."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyogrio
import pyogrio.raw
import shapely

from pulso.fibre.columns import SHAPES, TABLES, flat
from pulso.fibre.files.layers import DEGREES
from pulso.fibre.findings import FibreFileError
from pulso.fibre.shapes import Plan
from pulso.shapes import Row

TYPES: dict[str, pa.DataType] = {
    "text": pa.string(),
    "number": pa.float64(),
    "whole": pa.int64(),
    "yes": pa.bool_(),
    "day": pa.date32(),
    "list": pa.string(),
    "ends": pa.string(),
    "json": pa.string(),
    "point": pa.binary(),
    "line": pa.binary(),
}
"""What the columns are in the file; lists, ends and what is kept beside are JSON."""

SYNCHRONOUS = "OGR_SQLITE_SYNCHRONOUS"
DRAWN = {"point": "Point", "line": "LineString"}


def write_geopackage(plan: Plan, path: Path, tell: Callable[[str], None] = lambda _kind: None, *, without: Collection[str] = ()) -> None:
    """
    Write a network: a layer each of sites and ducts, a table each of the rest that has rows, and one row `network`.

    The file is written beside and then put in place, so that a failure leaves what was there. Columns of sites in `without` are left out:
    what was taken from a plan (`public.UNTOLD`) would read as if it were known to be nothing.

    Raises
    ------
    FibreFileError
        For what a GeoPackage can't hold: a route of one point, a text with a character that SQLite cuts at, a number beyond 64 bits,
        something in `more` that is no JSON.
    """
    part = path.with_name(f".{path.stem}.part.gpkg")
    part.unlink(missing_ok=True)
    waiting = pyogrio.get_gdal_config_option(SYNCHRONOUS)
    pyogrio.set_gdal_config_options({SYNCHRONOUS: "OFF"})  # a file that is not yet in place need not outlive a power cut
    try:
        for kind in TABLES:
            rows: Sequence[Row] = getattr(plan, kind)
            if rows:
                tell(kind)
                _write(_table(kind, rows, without if kind == "sites" else ()), part, kind)
        whole: dict[str, list[Any]] = {
            "id": [plan.id],
            "name": [plan.name],
            "synthetic": [plan.synthetic],
            "more": [_json(plan.more) if plan.more else None],
        }
        _write(_arrow("network", whole, {"id": "text", "name": "text", "synthetic": "yes", "more": "json"}), part, "network")
        part.replace(path)
    except pyogrio.errors.DataSourceError as why:
        raise FibreFileError(f"{path}: can't be written ({why})") from None
    finally:
        pyogrio.set_gdal_config_options({SYNCHRONOUS: waiting})
        part.unlink(missing_ok=True)


def _write(table: pa.Table, path: Path, kind: str) -> None:
    forms = TABLES.get(kind, {})
    geometry = next((c for c, form in forms.items() if form in SHAPES), None)
    drawn = {} if geometry is None else {"geometry_name": geometry, "geometry_type": DRAWN[forms[geometry]], "crs": DEGREES}
    pyogrio.raw.write_arrow(table, path, layer=kind, driver="GPKG", **drawn)


def _table(kind: str, rows: Sequence[Row], without: Collection[str]) -> pa.Table:
    flats = [flat(kind, row) for row in rows]
    forms = {name: form for name, form in TABLES[kind].items() if name not in without}
    columns: dict[str, list[Any]] = {}
    for name, form in forms.items():
        values = [f[name] for f in flats]
        columns[name] = _drawn(kind, name, flats) if form in SHAPES else [None if v is None else INTO.get(form, _same)(v) for v in values]
    return _arrow(kind, columns, forms)


def _arrow(kind: str, columns: dict[str, list[Any]], forms: dict[str, str]) -> pa.Table:
    made = {}
    for name, form in forms.items():
        if form in ("text", "list", "ends", "json"):
            bad = next((v for v in columns[name] if v is not None and "\x00" in v), None)
            if bad is not None:
                raise FibreFileError(f"{kind}, {name}: found {bad!r}; a GeoPackage can't keep the character 0 in a text")
        try:
            made[name] = pa.array(columns[name], TYPES[form])
        except (pa.ArrowException, OverflowError, UnicodeEncodeError) as why:
            raise FibreFileError(f"{kind}, {name}: a GeoPackage can't keep it ({why}); text in UTF-8 and numbers of 64 bits") from None
    return pa.table(made)


def _drawn(kind: str, name: str, flats: list[dict[str, Any]]) -> list[bytes | None]:
    """Places and routes as well-known binary; None where unknown."""
    dots = TABLES[kind][name] == "point"
    known = [i for i, f in enumerate(flats) if f[name] is not None]
    short = next((flats[i]["id"] for i in known if not dots and len(flats[i][name]) < 2), None)
    if short is not None:
        raise FibreFileError(f"{kind}, id {short}: found a route of one point; a line has two or more, and an unknown route none")
    found: list[bytes | None] = [None] * len(flats)
    if known:
        count = [1 if dots else len(flats[i][name]) for i in known]
        points = np.array([p for i in known for p in ([flats[i][name]] if dots else flats[i][name])], dtype=float)
        made = shapely.points(points) if dots else shapely.linestrings(points, indices=np.repeat(np.arange(len(known)), count))
        for i, body in zip(known, shapely.to_wkb(np.asarray(made, dtype=object)).tolist(), strict=True):
            found[i] = body
    return found


def _same(value: Any) -> Any:
    return value


def _text(value: Any) -> str:
    return str(value)


def _json(value: Any) -> str:
    try:
        return json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError, RecursionError) as why:
        raise FibreFileError(f"more: found what is no JSON ({why}); text, numbers, lists and objects can be kept") from None


def _ends(value: Any) -> str:
    return json.dumps([[end.cable, end.first] for end in value], ensure_ascii=False)


INTO: dict[str, Callable[[Any], Any]] = {"text": _text, "list": _json, "json": _json, "ends": _ends}
"""How values become what a column holds."""
