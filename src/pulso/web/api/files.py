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
from pulso.web.api.problems import Refused, say
from pulso.web.api.resources import happening, happening_key, how_well, value
from pulso.web.api.rows import CITY, CODE, lasting, same
from pulso.web.pages.frame import NOT_QUALITY, credit
from pulso.web.readings import Reading, reading, walks

Form = Literal["csv", "parquet", "xlsx"]
FORMS: tuple[Form, ...] = get_args(Form)
SERIES: dict[str, type[Any]] = {
    "index": shapes.Value,
    "values": shapes.Value,
    "metrics": shapes.Value,
    "quality": shapes.Quality,
    "events": shapes.Event,
}
"""The series that every city has, and the shape of their rows; beside them there is one a metric, by its name."""
LARGE = ("values", "metrics", "quality")
"""What has a row a zone and day. XLSX is left to the others: it takes seconds a hundred thousand rows, and holds a million."""
ROWS_A_GROUP = 20_000
ABOUT = (
    "index: the city's own index. values: the index of every zone. metrics: every metric of every zone; or one, by its name. quality: how "
    "well each day is known. events: what was on. It is not cut into pages. Parquet has owners, licences and the meaning of each column in "
    "it."
)


def prepare(slug: str) -> None:
    """Write the files of a city whose publications changed since; nothing where none did."""
    found = reading(slug)
    for name in SERIES:
        for form in FORMS if name not in LARGE else ("csv", "parquet"):
            file(found, name, form)


def file(of: Reading, name: str, form: str) -> Path:
    """The file with all rows of a series, as of the last publication; written now where it isn't there yet.

    Whoever reads an older one goes on reading it: it is replaced, never written over.
    """
    folder = of.folder / "files"
    path = folder / f"{name}-{_edition(of, name)}.{form}"
    if not path.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        fresh = folder / f"{uuid.uuid4().hex}.part"
        try:
            WRITERS[form](rows(of, name), SERIES.get(name, shapes.Value), _about(of), fresh)
            os.replace(fresh, path)  # noqa: PTH105  # os.replace says what it does
        finally:
            fresh.unlink(missing_ok=True)
        for former in folder.glob(f"{name}-*.{form}"):
            if former != path:
                former.unlink(missing_ok=True)
    return path


def rows(of: Reading, name: str) -> Iterator[list[Any]]:
    """All rows of a series, in order of day, zone and metric, some thousand at a time; all of one moment."""
    as_of, days = of.last_vintage(), of.days()
    if name == "events":
        yield sorted({happening(span, of.city) for span in of.events()}, key=happening_key)
    if name == "events" or as_of is None or days is None:
        return
    zones = [None] if name == "index" else sorted(of.zone_ids, key=lambda z: z or "")
    names = {"index": (None,), "values": (None,), "metrics": tuple(sorted(of.city.metrics))}.get(name, (name,))
    for some in _months(*days):
        cells = [(day, zone or "") for day in some for zone in zones]
        if name == "quality":
            yield how_well(of, cells, zones, as_of)
        else:
            briefs = walks.walk(of, zones, some[0], some[-1], as_of, None, len(cells), head_only=names == (None,))
            yield [value(brief, n, of.city) for brief in briefs for n in names]


def register(api: NinjaAPI) -> None:
    """Give the files their address."""

    @api.api_operation(
        ["GET", "HEAD"],
        "/cities/{city}/files/{series}.{form}",
        operation_id="file",
        tags=["cities"],
        summary="A whole series in one file: every day that is published, as of now.",
        description=ABOUT,
    )
    def whole(
        request: HttpRequest,
        city: Annotated[str, CITY],
        series: Annotated[str, InPath(..., description="the series", max_length=100, pattern="^[a-z][a-z0-9_]*$")],
        form: Annotated[Form, InPath(..., description="the form")],
    ) -> HttpResponseBase:
        of = ask(request, city, Schema(), "").reading
        if series not in SERIES and series not in of.city.metrics:
            there = ", ".join([*SERIES, *of.city.metrics])
            raise Refused(
                404, say("series: {city} has no {found}. It has: {there}.", city=of.city.city.name, found=repr(series), there=there)
            )
        if form == "xlsx" and series in LARGE:
            raise Refused(404, say("form: {series} has too many rows for XLSX. It comes as CSV and Parquet.", series=series))
        had = same(request, of, form)
        if had is not None:
            return had
        found = file(of, series, form).open("rb")
        name = f"{of.slug}-{series}.{form}"
        return lasting(request, FileResponse(found, as_attachment=True, filename=name, content_type=forms.content_type(form)), of, form)


def _csv(parts: Iterator[list[Any]], shape: type[Any], _about: dict[str, str], path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow(forms.types(shape))
        for some in parts:
            writer.writerows(forms.texts(some, shape))


def _parquet(parts: Iterator[list[Any]], shape: type[Any], about: dict[str, str], path: Path) -> None:
    nothing = forms.table([], shape, about)
    with pq.ParquetWriter(path, nothing.schema, compression="zstd") as out:
        waiting = [nothing]
        for some in parts:
            waiting.append(forms.table(some, shape, about))
            if sum(t.num_rows for t in waiting) >= ROWS_A_GROUP:
                out.write_table(pa.concat_tables(waiting))
                waiting = [nothing]
        out.write_table(pa.concat_tables(waiting))


def _xlsx(parts: Iterator[list[Any]], shape: type[Any], _about: dict[str, str], path: Path) -> None:
    path.write_bytes(forms.write("xlsx", [row for some in parts for row in some], shape))


WRITERS: dict[str, Callable[[Iterator[list[Any]], type[Any], dict[str, str], Path], None]] = {
    "csv": _csv,
    "parquet": _parquet,
    "xlsx": _xlsx,
}


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


def _edition(of: Reading, name: str) -> str:
    """Another text whenever a row may be another."""
    said = (
        f"{CODE} {[*forms.types(SERIES.get(name, shapes.Value))]} {of.city.digest} {of.edition if name == 'events' else of.last_vintage()}"
    )
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def _months(first: date, last: date) -> Iterator[list[date]]:
    """The days of a span, both ends included, a month at a time."""
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    for _, some in groupby(days, key=lambda d: (d.year, d.month)):
        yield list(some)
