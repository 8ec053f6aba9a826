"""Which column of whose table is what: the tables that a network is kept in, and a file that reads other people's as these."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import Field, ValidationError, model_validator
from pyproj import CRS
from pyproj.exceptions import CRSError

from pulso.errors import Mistake, PulsoError
from pulso.fibre.shapes import Cable, Duct, Organisation, Phase, Port, Site, Splice, Splitter, Strands, Works
from pulso.shapes import Row

MODELS: dict[str, type[Row]] = {
    "organisations": Organisation,
    "phases": Phase,
    "sites": Site,
    "ducts": Duct,
    "cables": Cable,
    "strands": Strands,
    "splices": Splice,
    "ports": Port,
    "splitters": Splitter,
    "works": Works,
}
"""The tables of a network, in the order in which they are read; each has a row a thing."""

_THING = {"id": "text", "name": "text", "owner": "text", "status": "text", "phase": "text", "disclosure": "text", "more": "json"}
_NAMED = {"id": "text", "name": "text", "more": "json"}

TABLES: dict[str, dict[str, str]] = {
    "organisations": _NAMED,
    "phases": _NAMED,
    "sites": {
        **_THING, "kind": "text", "at": "point", "source": "yes", "customer": "yes", "service": "text", "criticality": "text",
        "public_building": "yes", "sensors": "list",
    },
    "ducts": {**_THING, "start": "text", "end": "text", "route": "line", "length": "number", "laid": "text", "inner": "number"},
    "cables": {
        **_THING, "start": "text", "end": "text", "ducts": "list", "tubes": "whole", "fibres": "whole", "outer": "number",
        "length": "number", "fibre": "text",
    },
    "strands": {"cable": "text", "first": "whole", "last": "whole", "use": "text", "whom": "text", "what": "text"},
    "splices": {
        "site": "text", "one_cable": "text", "one_first": "whole", "other_cable": "text", "other_first": "whole", "count": "whole",
    },
    "ports": {
        "site": "text", "panel": "text", "number": "whole", "behind_cable": "text", "behind_first": "whole", "patched_panel": "text",
        "patched_number": "whole",
    },
    "splitters": {
        "id": "text", "site": "text", "input_cable": "text", "input_first": "whole", "outputs": "ends", "ways": "whole", "loss": "number",
    },
    "works": {
        "id": "text", "name": "text", "first": "day", "last": "day", "ducts": "list", "sites": "list", "permit": "text", "whom": "text",
        "disclosure": "text",
    },
}  # fmt: skip
"""The columns of each table, and what each holds. An end of strands and a patch take two columns; a place or a route is the geometry."""

PAIRS: dict[str, tuple[str, int, str]] = {
    "one_cable": ("one", 0, "cable"),
    "one_first": ("one", 1, "first"),
    "other_cable": ("other", 0, "cable"),
    "other_first": ("other", 1, "first"),
    "behind_cable": ("behind", 0, "cable"),
    "behind_first": ("behind", 1, "first"),
    "input_cable": ("input", 0, "cable"),
    "input_first": ("input", 1, "first"),
    "patched_panel": ("patched", 0, ""),
    "patched_number": ("patched", 1, ""),
}
"""Columns that are one half of a field: which field, which half, and its name there."""

UNITS: dict[str, dict[str, float]] = {
    "length": {"m": 1.0, "km": 1000.0, "cm": 0.01, "mm": 0.001, "ft": 0.3048, "yd": 0.9144, "mi": 1609.344},
    "inner": {"mm": 1.0, "cm": 10.0, "m": 1000.0, "in": 25.4},
    "outer": {"mm": 1.0, "cm": 10.0, "m": 1000.0, "in": 25.4},
}
"""By what a number in a unit becomes one in ours: lengths in m, diameters in mm. Feet and inches are international."""

SHAPES = ("point", "line")


class ColumnMapError(PulsoError):
    """A column map that can't be used: which file, which key, what was found, what is accepted."""

    exit_code = 2

    def __init__(self, file: str, mistakes: list[Mistake]) -> None:
        self.mistakes = mistakes
        many = "mistake" if len(mistakes) == 1 else "mistakes"
        super().__init__("\n".join([f"{file}: {len(mistakes)} {many}", *(f"  {m}" for m in mistakes)]))


Word = str | bool | int | float


class From(Row):
    """Where one column of ours comes from."""

    column: str | None = None  # of their table
    always: Word | None = None  # the same for all rows; no column is read
    unit: str | None = None  # of their numbers
    values: dict[str, Word] = Field(default={})  # their word: ours; what is not among them is read as it stands
    otherwise: Word | None = None  # instead of every word that is not among `values`
    separator: str = ";"  # between the items of a list
    lon: str | None = None  # of places: columns of two numbers …
    lat: str | None = None
    x: str | None = None  # … in the table's crs …
    y: str | None = None
    wkt: str | None = None  # … or a column of well-known text
    nearest: float | None = Field(
        default=None, gt=0
    )  # of a duct's start and end: the site nearest to the route's end, within so many metres

    @model_validator(mode="before")
    @classmethod
    def _a_column_alone(cls, said: Any) -> Any:
        return {"column": said} if isinstance(said, str) else said

    @model_validator(mode="after")
    def _one_way(self) -> From:
        ways = [self.column, self.always, self.wkt, self.nearest, self.lon and self.lat, self.x and self.y]
        if sum(w is not None and w != "" for w in ways) != 1:
            raise ValueError('say one of: column, always, nearest, wkt, lon and lat, x and y; or "COLUMN" alone')
        return self

    @property
    def read(self) -> list[str]:
        """Columns of their table that this one needs."""
        return [c for c in (self.column, self.lon, self.lat, self.x, self.y, self.wkt) if c]


class Source(Row):
    """How one of their tables is read as one of ours."""

    table: str | None = None  # layer of a GeoPackage, or name of a file with or without its ending; None: named as ours
    only: dict[str, Word | list[Word]] = Field(default={})  # rows whose column has this value, or one of these
    crs: str | None = None  # of its geometry and its x and y; None: what the file says, else WGS 84
    decimal: str = Field(default=".", pattern="^[.,]$")
    keep: list[str] = Field(default=[])  # columns that are kept in `more`
    fields: dict[str, From] = Field(default={})


class Columns(NamedTuple):
    """A whole column map."""

    file: str  # what a letter calls it
    network: dict[str, Any]  # id, name, synthetic of the network
    sources: list[tuple[str, str, Source]]  # key in the map, one of TABLES, how it is read


OURS = Columns(
    "",
    {},
    [(kind, kind, Source(fields={c: From(column=c) for c in columns if columns[c] not in SHAPES})) for kind, columns in TABLES.items()],
)
"""The map of tables that Pulso wrote: each column is what it is called."""


def read_columns(path: Path) -> Columns:
    """Read a column map. ColumnMapError tells every mistake with its key."""
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as why:
        raise ColumnMapError(str(path), [Mistake("", str(why), "a column map is TOML in UTF-8")]) from None
    except OSError as why:
        raise ColumnMapError(str(path), [Mistake("", str(why.strerror), "a column map is a file that can be read")]) from None
    return columns(said, str(path))


def columns(said: Mapping[str, Any], file: str = "column map") -> Columns:
    """Understand a column map, as TOML gives it. ColumnMapError tells every mistake with its key."""
    mistakes = [Mistake(k, "a section", f"sections are network, {', '.join(TABLES)}") for k in said if k not in (*TABLES, "network")]
    network = said.get("network", {})
    if not isinstance(network, dict) or set(network) - {"id", "name", "synthetic", "crs"}:
        mistakes.append(Mistake("network", network, "a section with id, name, synthetic, crs"))
        network = {}
    sources = []
    for kind in TABLES:
        given = said.get(kind, [])
        for i, one in enumerate(given if isinstance(given, list) else [given]):
            key = f"{kind}[{i}]" if isinstance(given, list) else kind
            if not isinstance(one, dict):
                mistakes.append(Mistake(key, one, f"a section: [{kind}], or several: [[{kind}]]"))
                continue
            source, wrong = _source(kind, key, {"crs": network.get("crs"), **one})
            mistakes += wrong
            sources.append((key, kind, source))
    if not sources and not mistakes:
        mistakes.append(Mistake("", "no tables", f"at least one of [{'], ['.join(TABLES)}]"))
    if mistakes:
        raise ColumnMapError(file, mistakes)
    return Columns(file, {k: v for k, v in network.items() if k != "crs"}, sources)


def _source(kind: str, key: str, said: dict[str, Any]) -> tuple[Source, list[Mistake]]:
    fields = {k: v for k, v in said.items() if k in TABLES[kind]}
    rest = {k: v for k, v in said.items() if k not in fields}
    mistakes = [
        Mistake(f"{key}.{k}", rest.pop(k), f"columns of {kind} are {', '.join(TABLES[kind])}; beside them table, only, crs, decimal, keep")
        for k in list(rest)
        if k not in Source.model_fields or k == "fields"
    ]
    read: dict[str, From] = {}
    for name, one in fields.items():
        try:
            read[name] = From.model_validate(one)
            mistakes += [Mistake(f"{key}.{name}", *wrong) for wrong in _misfit(kind, name, read[name])]
        except ValidationError as why:
            mistakes += [Mistake(_dotted(key, name, e["loc"]), e["input"], e["msg"]) for e in why.errors()]
    try:
        source = Source.model_validate({**rest, "fields": {}})
        if source.crs is not None:
            CRS.from_user_input(source.crs)
    except ValidationError as why:
        return Source(), mistakes + [Mistake(_dotted(key, *e["loc"]), e["input"], e["msg"]) for e in why.errors()]
    except CRSError:
        return Source(), [*mistakes, Mistake(f"{key}.crs", rest["crs"], 'a reference system, e.g. "EPSG:3763"')]
    return source.model_copy(update={"fields": read}), mistakes


def _dotted(*path: Any) -> str:
    return ".".join(str(p) for part in path for p in (part if isinstance(part, tuple) else (part,)))


def _misfit(kind: str, name: str, one: From) -> list[tuple[object, str]]:
    """What a field can't be: a unit that it hasn't, a place where none is, an end of a duct that isn't one."""
    form = TABLES[kind][name]
    found: list[tuple[object, str]] = []
    if one.unit is not None and one.unit not in UNITS.get(name, {}):
        known = ", ".join(UNITS.get(name, {}))
        found.append((one.unit, f"units of {name} are {known}" if known else f"{name} has no unit"))
    if (one.wkt or one.lon or one.x) and form not in SHAPES:
        found.append((one.read, f"{name} is no place; say a column"))
    if (one.lon or one.x) and form == "line":
        found.append((one.read, "a route is the table's geometry, or wkt"))
    if (one.column or one.always is not None) and form in SHAPES:
        found.append((one.column or one.always, "a place is the table's geometry (then leave it out), or wkt, lon and lat, x and y"))
    if one.nearest and not (kind == "ducts" and name in ("start", "end")):
        found.append((one.nearest, "only a duct's start and end can be the nearest site"))
    return found


def flat(kind: str, row: Row) -> dict[str, Any]:
    """A thing as one row of its table; what is unknown is None. Places and routes stay as they are."""
    found: dict[str, Any] = {}
    for name in TABLES[kind]:
        field, half, part = PAIRS.get(name, (name, 0, ""))
        value = getattr(row, field)
        if name in PAIRS and value is not None:
            value = getattr(value, part) if part else value[half]
        default = type(row).model_fields[field].default
        found[name] = None if value == default and default in ("", (), {}) else value
    return found


def nested(values: Mapping[str, Any]) -> dict[str, Any]:
    """A row of a table as what a thing is made from: halves put together, the unknown left out."""
    found = {k: v for k, v in values.items() if k not in PAIRS and v is not None}
    for name, (field, half, part) in PAIRS.items():
        if values.get(name) is not None:
            if part:
                found.setdefault(field, {})[part] = values[name]
            else:
                found.setdefault(field, [None, None])[half] = values[name]
    return found


def day(text: str) -> date:
    """Read a day as 2026-05-01, or as 01/05/2026 or 01-05-2026 (day first). ValueError for anything else."""
    text = text.strip()
    if len(text) >= 10 and text[2] in "/-." and text[5] == text[2]:
        return date(int(text[6:10]), int(text[3:5]), int(text[:2]))
    return date.fromisoformat(text[:10])
