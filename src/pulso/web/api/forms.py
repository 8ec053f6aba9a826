"""The forms that rows are written in: JSON, CSV, Parquet, XLSX and GeoJSON, chosen by the address's ending or by what is accepted."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from types import UnionType
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pyarrow as pa
import pyarrow.parquet as pq
from django.http import HttpRequest
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from pulso.web.api.problems import Refused, say

Form = Literal["json", "csv", "parquet", "xlsx", "geojson"]
MEDIA: dict[str, str] = {
    "json": "application/json",
    "csv": "text/csv",
    "parquet": "application/vnd.apache.parquet",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "geojson": "application/geo+json",
}
PLAIN: tuple[Form, ...] = ("json", "csv", "parquet", "xlsx")
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""A text that begins so would be taken for a formula by a spreadsheet."""
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that no sheet may hold."""
COLUMNS: dict[type, pa.DataType] = {
    str: pa.string(),
    int: pa.int64(),
    float: pa.float64(),
    bool: pa.bool_(),
    date: pa.date32(),
    datetime: pa.timestamp("us", tz="UTC"),
    tuple: pa.list_(pa.string()),
}


def accepted(request: HttpRequest, forms: Sequence[Form]) -> Form:
    """The form that the asker likes best; JSON where they don't say. Refused (406) where none of them will do."""
    if "Accept" not in request.headers:
        return forms[0]
    best = request.get_preferred_type([MEDIA[f] for f in forms])
    if best is None:
        found, known = repr(request.headers["Accept"][:80]), ", ".join(MEDIA[f] for f in forms)
        raise Refused(406, say("Accept: found {found}; there is {known}.", found=found, known=known))
    return next(f for f in forms if MEDIA[f] == best)


def content_type(form: Form) -> str:
    """What the answer says that it is."""
    return MEDIA[form] + ("; charset=utf-8; header=present" if form == "csv" else "")


def write(form: Form, rows: Sequence[Any], shape: type[Any]) -> bytes:
    """Write rows of a dataclass as CSV, Parquet or XLSX: a column a field."""
    writers: dict[str, Callable[[Sequence[Any], type[Any]], bytes]] = {"csv": _csv, "parquet": _parquet, "xlsx": _xlsx}
    return writers[form](rows, shape)


def collection(features: Sequence[tuple[str, dict[str, Any], dict[str, Any] | None]], **beside: Any) -> bytes:
    """Write a GeoJSON feature collection: of each feature its id, its properties, its geometry."""
    made = [{"type": "Feature", "id": i, "properties": p, "geometry": g} for i, p, g in features]
    return json.dumps({"type": "FeatureCollection", "features": made} | beside, ensure_ascii=False, default=_plainly).encode()


def fields(shape: type[Any]) -> dict[str, str]:
    """A row's fields and what they mean."""
    return {f.name: f.default.description or "" for f in dataclasses.fields(shape)}  # type: ignore[union-attr]  # pydantic's own defaults


def types(shape: type[Any]) -> dict[str, type]:
    """A row's fields and their types; that a field may be null is not said."""
    return {name: _kind(hint) for name, hint in get_type_hints(shape).items()}


def _kind(hint: Any) -> type:
    if get_origin(hint) is UnionType:
        hint = next(h for h in get_args(hint) if h is not type(None))
    found: type = type(get_args(hint)[0]) if get_origin(hint) is Literal else get_origin(hint) or hint
    return found


def _values(rows: Sequence[Any], shape: type[Any]) -> list[list[Any]]:
    names = list(types(shape))
    return [[getattr(row, name) for name in names] for row in rows]


def _csv(rows: Sequence[Any], shape: type[Any]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(types(shape))
    writer.writerows(texts(rows, shape))
    return out.getvalue().encode("utf-8", "replace")


def texts(rows: Sequence[Any], shape: type[Any]) -> Iterator[Sequence[Any]]:
    """Rows as CSV has them: a column a field, and nothing that a spreadsheet would compute."""
    columns = ([getattr(row, name) for row in rows] for name in types(shape))
    return zip(*(WRITTEN[kind](c) for c, kind in zip(columns, types(shape).values(), strict=True)), strict=True)


def _as_they_are(column: list[Any]) -> list[Any]:
    return column


def _in_iso(column: list[Any]) -> list[Any]:
    return [None if v is None else v.isoformat() for v in column]


WRITTEN: dict[type, Callable[[list[Any]], list[Any]]] = {
    str: lambda column: [harmless(v) for v in column],
    int: _as_they_are,
    float: _as_they_are,
    bool: lambda column: [None if v is None else "true" if v else "false" for v in column],
    date: _in_iso,
    datetime: _in_iso,
    tuple: lambda column: [harmless(joined(v)) for v in column],
}
"""How CSV writes a column of each type: a thousand rows have sixteen columns, and most of them are numbers."""


def joined(texts: Iterable[str]) -> str:
    """Several texts in one cell."""
    return "; ".join(texts)


def harmless(value: Any) -> Any:
    """A text that a spreadsheet would compute gets a quote before it, and stays a text."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def table(rows: Sequence[Any], shape: type[Any], about: Mapping[str, str] | None = None) -> pa.Table:
    """Rows as an Arrow table: each column with what it means, the whole with what is said `about` it."""
    meant = fields(shape)
    schema = pa.schema([pa.field(n, COLUMNS[t], metadata={"description": meant[n]}) for n, t in types(shape).items()], metadata=about)
    columns = list(zip(*_values(rows, shape), strict=True)) or [()] * len(schema)
    return pa.Table.from_arrays([pa.array(c, f.type) for c, f in zip(columns, schema, strict=True)], schema=schema)


def _parquet(rows: Sequence[Any], shape: type[Any]) -> bytes:
    out = io.BytesIO()
    pq.write_table(table(rows, shape), out, compression="zstd")
    return out.getvalue()


def _xlsx(rows: Sequence[Any], shape: type[Any]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("rows")
    sheet.append(list(types(shape)))
    for row in _values(rows, shape):
        sheet.append([_cell(sheet, v) for v in row])
    meaning = book.create_sheet("fields")
    for pair in (("field", "meaning"), *fields(shape).items()):
        meaning.append([_cell(meaning, text) for text in pair])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cell(sheet: Any, value: Any) -> Any:
    if isinstance(value, tuple):
        value = joined(value)
    if isinstance(value, datetime):  # a sheet knows no time zones: the moment as text
        value = value.isoformat()
    if not isinstance(value, str):
        return value
    value = CONTROL.sub("�", value)[:32_767]
    if not value.startswith(FORMULA):
        return value
    cell = WriteOnlyCell(sheet, value)
    cell.data_type = "s"  # a text, whatever it begins with
    return cell


def _plainly(value: Any) -> Any:
    """As CSV and JSON have it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else value
