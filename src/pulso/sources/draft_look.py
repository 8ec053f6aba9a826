"""What a sample file looks like: its table, its marks, its columns, its time. For pulso.sources.draft."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pulso.errors import SourceChanged
from pulso.sources import clocks, table_numbers

SAMPLE = 5_000
"""So many rows are looked at."""

FORMS = (
    "iso",
    *(f"{day}{time}" for day in ("%d.%m.%Y", "%d/%m/%Y", "%d-%m-%Y", "%m/%d/%Y", "%Y/%m/%d", "%Y%m%d", "%d.%m.%y", "%d/%m/%y")
      for time in ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")),
)  # fmt: skip
PARTS = {
    "%Y": {"year", "ano", "jahr", "año", "annee", "année", "jaar", "anno"},
    "%m": {"month", "mês", "mes", "monat", "mois", "maand", "mese"},
    "%d": {"day", "dia", "tag", "día", "jour", "dag", "giorno"},
    "%H": {"hour", "hora", "stunde", "hr", "heure", "uhrzeit", "zeit", "time", "uur", "tijd", "ora", "hours"},
}
TIMES = (
    ("%H", r"\d{1,2}"),
    ("%H:%M", r"\d{1,2}:\d{2}"),
    ("%H:%M:%S", r"\d{1,2}:\d{2}:\d{2}"),
    ("%I:%M %p", r"\d{1,2}:\d{2} ?[AaPp]\.?[Mm]\.?"),
)
"""How an hour beside a date may be written."""


class Column(NamedTuple):
    """A column of the sample."""

    name: str
    cells: list[str]
    numbers: float  # share of its filled cells that are numbers
    words: list[str]  # what else stands in it, the most frequent first
    median: float  # of its numbers; NaN where it has none


class When(NamedTuple):
    """Where the time was found."""

    columns: list[str]
    form: str
    step: str
    doubtful: bool  # whether day and month could be the other way round
    ends: bool  # whether hours are named by their end: there is an hour 24
    scattered: bool  # whether the moments lie on no grid, as those of trips do


class Table(NamedTuple):
    """The rows of the sample that are as long as most."""

    header: list[str]
    rows: list[list[str]]
    odd: list[str]  # how the other lines under the header begin


def separator_of(body: bytes) -> str:
    """The mark that cuts the lines into the same number of cells most often."""
    lines = body.decode("utf-8", "replace").splitlines()[:200]

    def agreement(mark: str) -> tuple[int, int]:
        sizes = Counter(len(r) for r in csv.reader(lines, delimiter=mark) if len(r) > 1)
        size, n = sizes.most_common(1)[0] if sizes else (0, 0)
        return n, size

    return max(",;\t|", key=agreement)


def table_of(body: bytes, separator: str, name: str) -> Table:
    """The header and the rows under it: the header is the first line that is as long as most, and full."""
    lines = [r for r in csv.reader(io.StringIO(body.decode("utf-8", "replace"), newline=""), delimiter=separator) if r][: SAMPLE + 60]
    width = Counter(len(r) for r in lines).most_common(1)[0][0] if lines else 0
    whole = [i for i, r in enumerate(lines) if len(r) == width]
    if width < 2 or len(whole) < 2:
        raise SourceChanged(f"{name}: no table of at least two columns and two rows was found in it.")
    filled = [sum(1 for c in lines[i] if c.strip()) for i in whole[:60]]
    top = whole[next(i for i, n in enumerate(filled) if 2 * n > max(filled))]
    rows = [[c.strip() for c in lines[i]] for i in whole if i >= top]
    return Table(rows[0], rows[1:], [r[0].strip() for r in lines[top:] if len(r) != width])


def marks_of(columns: list[list[str]], *, commas_cut: bool) -> tuple[str, str]:
    """The decimal mark and the mark of thousands. A mark before exactly three digits says nothing: it could be either."""
    cells = [c for column in columns for c in column]
    commas = sum(1 for c in cells if re.fullmatch(r"-?\d+(\.\d{3})*,(?!\d{3}$)\d+", c))
    points = sum(1 for c in cells if re.fullmatch(r"-?\d+(,\d{3})*\.(?!\d{3}$)\d+", c))
    decimal = "," if not commas_cut and (commas > points or (points == 0 and any(map(_grouped_by_points, columns)))) else "."
    mark = "." if decimal == "," else ","
    grouped = any(re.fullmatch(rf"-?\d{{1,3}}(\{mark}\d{{3}})+(\{decimal}\d+)?", c) for c in cells)
    return decimal, mark if grouped else ""


def _grouped_by_points(cells: list[str]) -> bool:
    """Whether 900 and 1.500 stand under each other: one and a half, in that place, would be written with as many digits each time."""
    numbers = [c for c in cells if re.fullmatch(r"-?[\d.]+", c)]
    groups = [c for c in numbers if re.fullmatch(r"-?[1-9]\d{0,2}(\.\d{3})+", c)]
    return 0 < len(groups) < len(numbers) and all(c in groups or re.fullmatch(r"-?\d{1,3}", c) for c in numbers)


def columns_of(header: list[str], rows: list[list[str]], decimal: str, thousands: str) -> list[Column]:
    """Each column with its cells and what they are."""
    return [_column(n, [r[i] for r in rows], decimal, thousands) for i, n in enumerate(header)]


def _column(name: str, cells: list[str], decimal: str, thousands: str) -> Column:
    found = table_numbers.read(pa.array(cells, pa.string()), {}, decimal=decimal, thousands=thousands)
    filled = max(1, sum(1 for c in cells if c))
    words = [w for w, _ in Counter(c for c, y in zip(cells, found.why, strict=True) if y and c).most_common(12)]
    good = found.value[found.why == 0]
    return Column(name, cells, float(good.size) / filled, words, float(np.median(good)) if good.size else float("nan"))


def texts_of(columns: list[Column], names: list[str]) -> list[str]:
    """The cells of some columns, joined row by row as the connector joins them."""
    by_name = {c.name: c.cells for c in columns}
    return [" ".join(cells) for cells in zip(*(by_name[n] for n in names), strict=True)]


def known(columns: list[Column], when: When) -> NDArray[np.bool_]:
    """Which rows have a time: others speak of something else, and their words mean nothing for the columns."""
    found: NDArray[np.bool_] = _read(texts_of(columns, when.columns), when.form) != clocks.UNKNOWN
    return found


def _read(texts: list[str], form: str) -> NDArray[np.int64]:
    return clocks.read(pa.array(texts, pa.string()), [form], "'\"").at


def when_of(columns: list[Column]) -> When | None:
    """Find the time: one column, a date with an hour beside it, or year, month, day … in columns of their own."""
    parts = {sign: c.name for sign, names in PARTS.items() for c in columns if c.name.lower() in names}
    if {"%Y", "%m", "%d"} <= set(parts):
        signs = [s for s in PARTS if s in parts]
        return _timed([parts[s] for s in signs], " ".join(signs), columns)
    for column in columns:
        form = _form(column)
        if form is None:
            continue
        day = _day_only(column, form)
        beside = next((c for c in columns if c.name == parts.get("%H") and c is not column), None)
        if day is not None and beside is not None and (hour := _hour(beside)) is not None:
            return _timed([column.name, beside.name], f"{day} {hour}", columns)
        return _timed([column.name], form, columns)
    return None


def _form(column: Column) -> str | None:
    """The first form that reads nearly every cell."""
    cells = [c for c in column.cells if c]
    if not cells:
        return None
    if all(re.fullmatch(r"1\d{12}", c) for c in cells):
        return "epoch_ms"
    if re.search(r"time|date|stamp|epoch|unix|^ts$|^t$", column.name, re.I) and all(re.fullmatch(r"\d{9,10}(\.\d+)?", c) for c in cells):
        return "epoch"
    return next((f for f in FORMS if np.count_nonzero(_read(cells, f) != clocks.UNKNOWN) >= 0.9 * len(cells)), None)


def _day_only(column: Column, form: str) -> str | None:
    """The form of the day, where a column tells no hour; a workbook's days carry a midnight that says nothing."""
    cells = [c for c in column.cells if c]
    if form == "iso":
        return "%Y-%m-%d" if all(len(c) <= 10 for c in cells) else "%Y-%m-%d %*" if all(c.endswith(" 00:00:00") for c in cells) else None
    return form if not re.search("%H|%I|epoch", form) else None


def _hour(column: Column) -> str | None:
    cells = [c for c in column.cells if c]
    return next((f for f, shape in TIMES if sum(1 for c in cells if re.fullmatch(shape, c)) >= 0.9 * max(1, len(cells))), None)


def _timed(names: list[str], form: str, columns: list[Column]) -> When:
    texts = texts_of(columns, names)
    at = np.unique(_read(texts, form))
    at = at[at != clocks.UNKNOWN]
    gaps = np.diff(at)
    gap = float(np.median(gaps)) / clocks.SECOND if gaps.size else 86400.0
    step = "1d" if gap >= 43200 else "1h" if gap >= 2700 else f"{max(1, round(gap / 60))}min"
    other = form.replace("%d", "%x").replace("%m", "%d").replace("%x", "%m")
    doubtful = form != other and form[:2] in ("%d", "%m") and bool(np.all(_read(texts, other) != clocks.UNKNOWN))
    scattered = at.size > 20 and float(np.mean(at % (60 * clocks.SECOND) != 0)) > 0.5 and np.unique(gaps).size > 0.3 * gaps.size
    ends = any(re.search(r"[ T]24(:00(:00)?)?$", t) for t in texts)
    return When(names, form, "1h" if scattered else step, doubtful, ends, scattered)
