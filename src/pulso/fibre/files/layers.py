"""Tables as they lie in files: layers of a GeoPackage, GeoJSON, CSV. Read as they are; what they mean is said by a column map."""

from __future__ import annotations

import csv
import io
import json
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyogrio
import pyogrio.raw
import shapely
from numpy.typing import NDArray

from pulso.fibre.findings import FibreFileError, Finding, shown
from pulso.fibre.ofds.text import closed

Shapes = NDArray[np.object_]

MOST_BYTES = {".gpkg": 2_000_000_000, ".geojson": 300_000_000, ".json": 300_000_000, ".csv": 500_000_000}
"""The largest file of each form that is read."""

MOST_ROWS = 3_000_000
LONGEST_CELL = 10_000_000
SQLITE = b"SQLite format 3\x00"
APPLICATIONS = (b"GPKG", b"GP10", b"GP11")
DEGREES = "EPSG:4326"


class Layer(NamedTuple):
    """One table as its file has it."""

    name: str
    columns: dict[str, list[Any]]  # all of one length
    shapes: Shapes | None  # shapely geometries, None where a row has none; None where the table has no geometry
    crs: str | None  # of the shapes, as the file says
    rows: list[int]  # number of each row as people count them: the line of a CSV file, the feature or row of others, from 1
    findings: list[Finding]

    def where(self, row: int) -> str:
        """Name a row for a person."""
        return f"{self.name}, row {self.rows[row]}"


Layers = dict[str, Callable[[], Layer]]


def layers(path: Path) -> Layers:
    """
    Say which tables a file or a folder has, each ready to be read.

    A GeoPackage has its layers; a CSV or GeoJSON file is one table, by its name without ending; a folder has all these files. Several files
    of one name in a folder have their endings to tell them apart.

    Raises
    ------
    FibreFileError
        Where nothing can be read: no such file, another form, too large.
    """
    if not path.is_dir():
        return _of_file(path)
    found: Layers = {}
    for file in sorted(p for p in path.iterdir() if p.suffix.lower() in MOST_BYTES):
        for name, read in _of_file(file).items():
            found[f"{name}{file.suffix}" if name in found else name] = read
            found.setdefault(file.name, read)
    if not found:
        raise FibreFileError(f"{path}: found no file that is {', '.join(MOST_BYTES)}; a folder of tables has at least one")
    return found


def _of_file(path: Path) -> Layers:
    if not path.is_file():
        raise FibreFileError(f"{path}: there is no such file")
    ending = path.suffix.lower()
    if ending not in MOST_BYTES:
        raise FibreFileError(
            f"{path}: found a file that ends in {ending or 'nothing'}; can be {', '.join(MOST_BYTES)}, or a folder of these"
        )
    if path.stat().st_size > MOST_BYTES[ending]:
        raise FibreFileError(f"{path}: found {path.stat().st_size:,} bytes; {ending} is read up to {MOST_BYTES[ending]:,}")
    if ending == ".gpkg":
        return {name: _later(path, name) for name in _layers_of(path)}
    return {path.stem: (lambda: _csv(path)) if ending == ".csv" else (lambda: _geojson(path))}


def _later(path: Path, name: str) -> Callable[[], Layer]:
    return lambda: _geopackage(path, name)


def is_geopackage(path: Path) -> bool:
    """Whether a file is a GeoPackage: told by its first bytes (a database of SQLite, with this application's id), not by its name."""
    with path.open("rb") as file:
        head = file.read(72)
    return head.startswith(SQLITE) and head[68:72] in APPLICATIONS


def _layers_of(path: Path) -> list[str]:
    if not is_geopackage(path):  # so that GDAL opens nothing else, such as a file that points to others
        raise FibreFileError(f"{path}: found no GeoPackage; one begins as a database of SQLite does")
    try:
        with _quiet():
            return [str(name) for name in pyogrio.list_layers(path)[:, 0]]
    except pyogrio.errors.DataSourceError as why:
        reason = str(why).rsplit(";", 1)[-1].strip()  # what comes before are the library's own questions
        raise FibreFileError(f"{path}: can't be opened as a GeoPackage: it is damaged or cut short ({reason})") from None


@contextmanager
def _quiet() -> Iterator[None]:
    """Without GDAL's warnings: what they tell, such as a geometry that can't be read, is found again as a finding."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        yield


def _geopackage(path: Path, name: str) -> Layer:
    try:
        with _quiet():
            meta, table = pyogrio.raw.read_arrow(path, layer=name, max_features=MOST_ROWS + 1)
    except (pyogrio.errors.DataLayerError, pyogrio.errors.DataSourceError, pyogrio.errors.FieldError, ValueError, OSError) as why:
        raise FibreFileError(f"{path}, layer {name}: can't be read ({why})") from None
    _few(path, table.num_rows)
    geometry = (meta["geometry_name"] or "wkb_geometry") if meta["geometry_type"] else None
    columns = {c: table.column(c).to_pylist() for c in table.column_names if c != geometry}
    shapes = None
    findings = list[Finding]()
    where = f"{path.name}, layer {name}"
    if geometry is not None and geometry in table.column_names:
        bodies = table.column(geometry).to_pylist()
        shapes = np.atleast_1d(np.asarray(shapely.from_wkb(np.array([*bodies, None], dtype=object), on_invalid="ignore"), dtype=object))[
            :-1
        ]
        findings = _unreadable(where, bodies, shapes)
    return Layer(where, columns, shapes, meta["crs"], list(range(1, table.num_rows + 1)), findings)


def _few(path: Path, rows: int) -> None:
    if rows > MOST_ROWS:
        raise FibreFileError(f"{path}: found more than {MOST_ROWS:,} rows; a table has at most so many")


def _unreadable(where: str, said: list[Any], shapes: Shapes) -> list[Finding]:
    lost = [i for i, (one, shape) in enumerate(zip(said, shapes, strict=True)) if shape is None and one is not None]
    return [Finding("geometry", "error", f"{where}, row {i + 1}", "a geometry that can't be read", "a point or a line") for i in lost]


def _no_number(text: str) -> float:
    raise ValueError(f"{text} is no number of JSON")


def _geojson(path: Path) -> Layer:
    try:
        said = json.loads(path.read_text(encoding="utf-8-sig"), parse_constant=_no_number)
        features = said["features"]
        crs = _crs(said.get("crs"))
        properties = [f.get("properties") or {} for f in features]
        forms = [f.get("geometry") for f in features]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as why:
        raise FibreFileError(f"{path}: found no feature collection ({type(why).__name__}: {shown(str(why))}); GeoJSON in UTF-8") from None
    _few(path, len(features))
    if not all(isinstance(p, dict) for p in properties):
        raise FibreFileError(f"{path}: found a feature whose properties are no object; GeoJSON in UTF-8")
    names = list(dict.fromkeys(key for p in properties for key in p))
    columns = {key: [p.get(key) for p in properties] for key in names}
    ids = [f.get("id") for f in features]
    if "id" not in columns and any(i is not None for i in ids):
        columns["id"] = ids
    shapes: Shapes = np.full(len(forms), None, dtype=object)
    drawn = [i for i, form in enumerate(forms) if form is not None]
    if drawn:
        shapes[drawn] = shapely.from_geojson([_one_geometry(forms[i]) for i in drawn], on_invalid="ignore")
    return Layer(path.name, columns, shapes, crs, list(range(1, len(features) + 1)), _unreadable(path.name, forms, shapes))


def _one_geometry(form: Any) -> str:
    """A geometry as text again; what is no object is no geometry."""
    return json.dumps(form) if isinstance(form, dict) else "null"


def _crs(said: Any) -> str:
    """What an older GeoJSON says of its reference system; today's is always WGS 84."""
    return str(said["properties"]["name"]) if said else DEGREES


def _csv(path: Path) -> Layer:
    body = path.read_bytes()
    findings = list[Finding]()
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = body.decode("cp1252", errors="replace")
        findings.append(Finding("encoding", "note", path.name, "bytes that are not UTF-8: read as Windows-1252", "UTF-8"))
    head = text[: text.find("\n") + 1] or text
    comma = max(",;\t|", key=head.count)
    before = csv.field_size_limit(LONGEST_CELL)
    try:
        closed(str(path), text, comma)
        found = csv.reader(io.StringIO(text, newline=""), delimiter=comma)
        names = [n.strip() for n in next(found, [])]
        lines = [(found.line_num, row) for row in found if any(cell.strip() for cell in row)]
    except csv.Error as why:
        raise FibreFileError(f"{path}: can't be read as a table ({why}); a cell has at most {LONGEST_CELL:,} characters") from None
    finally:
        csv.field_size_limit(before)
    _few(path, len(lines))
    twice = sorted({n for n in names if names.count(n) > 1})
    if twice or not names:
        raise FibreFileError(
            f"{path}: found {'two columns ' + repr(twice[0]) if twice else 'no heading'}; the first line names each column once"
        )
    for line, row in lines:
        if len(row) != len(names):
            accepted = f"{len(names)} cells, as in the heading"
            findings.append(Finding("short-row", "error", f"{path.name}, row {line}", f"{len(row)} cells: left out", accepted))
    whole = [(line, row) for line, row in lines if len(row) == len(names)]
    cells = {n: [row[i] for _line, row in whole] for i, n in enumerate(names)}
    return Layer(path.name, cells, None, None, [line for line, _row in whole], findings)
