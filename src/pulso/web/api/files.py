"""Whole series as files: all that is published of a city, written once a publication, and sent as they lie on the disk."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import uuid
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import pyarrow as pa
import pyarrow.parquet as pq
from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase
from ninja import NinjaAPI, Schema
from ninja.params.functions import Path as InPath

from pulso.web.api import forms, shapes
from pulso.web.api.asked import ask
from pulso.web.api.resources import how_well, value
from pulso.web.api.rows import CITY, CODE, lasting, same
from pulso.web.pages.frame import NOT_QUALITY, credit
from pulso.web.readings import Reading, reading, walks

Name = Literal["values", "metrics", "quality"]
Form = Literal["csv", "parquet"]
NAMES: tuple[Name, ...] = get_args(Name)
FORMS: tuple[Form, ...] = get_args(Form)
ROWS_A_GROUP = 20_000


def prepare(slug: str) -> None:
    """Write the files of a city whose publications changed since; nothing where none did."""
    found = reading(slug)
    for name in NAMES:
        for form in FORMS:
            file(found, name, form)


def file(of: Reading, name: Name, form: Form) -> Path:
    """The file with all rows of a series, as of the last publication; written now where it isn't there yet.

    Whoever reads an older one goes on reading it: it is replaced, never written over.
    """
    folder = of.folder / "files"
    path = folder / f"{name}-{_edition(of)}.{form}"
    if not path.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        fresh = folder / f"{uuid.uuid4().hex}.part"
        try:
            WRITERS[form](of, name, fresh)
            os.replace(fresh, path)  # noqa: PTH105  # os.replace says what it does
        finally:
            fresh.unlink(missing_ok=True)
        for former in folder.glob(f"{name}-*.{form}"):
            if former != path:
                former.unlink(missing_ok=True)
    return path


def rows(of: Reading, name: Name) -> Iterator[list[Any]]:
    """All rows of a series, in order of day, zone and metric, some thousand at a time; all of one moment."""
    as_of, days = of.last_vintage(), of.days()
    if as_of is None or days is None:
        return
    zones = sorted(of.zone_ids, key=lambda z: z or "")
    names = (None,) if name == "values" else tuple(sorted(of.city.metrics))
    for some in _months(*days):
        cells = [(day, zone or "") for day in some for zone in zones]
        if name == "quality":
            yield how_well(of, cells, zones, as_of)
        else:
            briefs = walks.walk(of, zones, some[0], some[-1], as_of, None, len(cells))
            yield [value(brief, n, of.city) for brief in briefs for n in names]


def register(api: NinjaAPI) -> None:
    """Give the files their address."""
    about = "values: the index of every zone and day. metrics: every metric of every zone and day. quality: how well each day is known."

    @api.api_operation(
        ["GET", "HEAD"],
        "/cities/{city}/files/{name}.{form}",
        operation_id="file",
        tags=["cities"],
        summary="A whole series in one file: every day that is published, as of now.",
        description=f"{about} It is not cut into pages. CSV, or Parquet with owners, licences and the meaning of each column in it.",
    )
    def whole(
        request: HttpRequest,
        city: Annotated[str, CITY],
        name: Annotated[Name, InPath(..., description="the series")],
        form: Annotated[Form, InPath(..., description="the form")],
    ) -> HttpResponseBase:
        of = ask(request, city, Schema(), "").reading
        had = same(request, of, form)
        if had is not None:
            return had
        answer = FileResponse(
            file(of, name, form).open("rb"), as_attachment=True, filename=f"{of.slug}-{name}.{form}", content_type=forms.content_type(form)
        )
        return lasting(request, answer, of, form)


def _csv(of: Reading, name: Name, path: Path) -> None:
    shape = _shape(name)
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow(forms.types(shape))
        for some in rows(of, name):
            writer.writerows(forms.texts(some, shape))


def _parquet(of: Reading, name: Name, path: Path) -> None:
    shape, about = _shape(name), _about(of)
    nothing = forms.table([], shape, about)
    with pq.ParquetWriter(path, nothing.schema, compression="zstd") as out:
        parts = [nothing]
        for some in rows(of, name):
            parts.append(forms.table(some, shape, about))
            if sum(p.num_rows for p in parts) >= ROWS_A_GROUP:
                out.write_table(pa.concat_tables(parts))
                parts = [nothing]
        out.write_table(pa.concat_tables(parts))


WRITERS: dict[str, Callable[[Reading, Name, Path], None]] = {"csv": _csv, "parquet": _parquet}


def _shape(name: Name) -> type[Any]:
    return shapes.Quality if name == "quality" else shapes.Value


def _about(of: Reading) -> dict[str, str]:
    """What goes with the rows wherever they are taken."""
    licences = [{"owner": c.owner, "licence": c.licence} for c in credit(of.city)]
    vintage = of.last_vintage()
    return {
        "title": f"{of.city.city.name}: Urban Dynamics Indicator",
        "description": f"100 is the expected day. {NOT_QUALITY}",
        "sources": json.dumps(licences, ensure_ascii=False),
        "published": vintage.isoformat() if vintage else "",
        "synthetic": str(of.city.city.synthetic).lower(),
        "creator": f"Pulso {CODE}",
    }


def _edition(of: Reading) -> str:
    """Another text whenever a row may be another."""
    said = f"{CODE} {of.city.digest} {of.last_vintage()}"
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def _months(first: date, last: date) -> Iterator[list[date]]:
    """The days of a span, both ends included, a month at a time."""
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    for _, some in groupby(days, key=lambda d: (d.year, d.month)):
        yield list(some)
