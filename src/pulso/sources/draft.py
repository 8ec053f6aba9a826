"""A sample file → a proposal for the city file. A person must read it: it says what was guessed."""

from __future__ import annotations

import csv
import io
import json
import re
import tomllib
import unicodedata
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from pulso.errors import SourceChanged
from pulso.shapes import Raw
from pulso.sources import clocks, table_numbers
from pulso.sources.table_options import Options
from pulso.sources.table_read import Reader, read
from pulso.sources.table_text import as_text
from pulso.sources.table_urls import Asked
from pulso.units import UNITS

SAMPLE = 5_000
"""So many rows are looked at."""

FORMS = (
    "iso",
    *(f"{day}{time}" for day in ("%d.%m.%Y", "%d/%m/%Y", "%d-%m-%Y", "%m/%d/%Y", "%Y/%m/%d", "%Y%m%d", "%d.%m.%y", "%d/%m/%y")
      for time in ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")),
)  # fmt: skip
PARTS = {
    "%Y": {"year", "ano", "jahr", "año", "annee"},
    "%m": {"month", "mês", "mes", "monat", "mois"},
    "%d": {"day", "dia", "tag", "día", "jour"},
    "%H": {"hour", "hora", "stunde", "hr", "heure"},
}
WHERE = {"lon": {"lon", "long", "lng", "longitude"}, "lat": {"lat", "latitude"}}
WHO = re.compile(
    r"(^|[^a-z])(id|code|station|sensor|site|stop|zip|name|zone|linha|line|operador|operator|paragem|entity\w*)($|[^a-z])", re.I
)


class Column(NamedTuple):
    """A column of the sample."""

    name: str
    cells: list[str]
    numbers: float  # share of its filled cells that are numbers
    words: list[str]  # what else stands in it, the most frequent first


class When(NamedTuple):
    """Where the time was found."""

    columns: list[str]
    form: str
    step: str
    doubtful: bool  # whether day and month could be the other way round


def draft(path: Path) -> str:
    """Propose [sources.x], [domains.x] and [metrics.x] for a sample file.

    The proposal reads the sample; its last comment says what it read. Guesses carry a comment. SourceChanged, a letter, where no
    table or no time can be found.
    """
    body = as_text(path.read_bytes(), path.name)
    separator = _separator(body)
    header, rows = _table(body, separator, path.name)
    decimal, thousands = _marks([c for r in rows for c in r], separator)
    columns = _column_by_column(header, rows, decimal, thousands)
    when = _when(columns)
    if when is None:
        raise SourceChanged(f"{path.name}: none of the columns {', '.join(map(repr, header))} reads as a time. Write the section by hand.")
    columns = _column_by_column(header, _timely(rows, columns, when), decimal, thousands)
    name, url = _name(path.stem), _address(path.name)
    text = _section(name, url, columns, when, separator, decimal, thousands)
    return text + _proof(text, name, path)


def _separator(body: bytes) -> str:
    """The mark that cuts the lines into the same number of cells most often."""
    lines = body.decode("utf-8", "replace").splitlines()[:200]

    def agreement(mark: str) -> tuple[int, int]:
        sizes = Counter(len(r) for r in csv.reader(lines, delimiter=mark) if len(r) > 1)
        size, n = sizes.most_common(1)[0] if sizes else (0, 0)
        return n, size

    return max(",;\t|", key=agreement)


def _table(body: bytes, separator: str, name: str) -> tuple[list[str], list[list[str]]]:
    """The header and the rows under it: the header is the first line that is as long as most."""
    table = [r for r in csv.reader(io.StringIO(body.decode("utf-8", "replace"), newline=""), delimiter=separator) if r][: SAMPLE + 60]
    width = Counter(len(r) for r in table).most_common(1)[0][0] if table else 0
    whole = [[c.strip() for c in r] for r in table if len(r) == width]
    if width < 2 or len(whole) < 2:
        raise SourceChanged(f"{name}: no table of at least two columns and two rows was found in it.")
    return whole[0], whole[1:]


def _marks(cells: list[str], separator: str) -> tuple[str, str]:
    """The decimal mark and the mark of thousands. A mark before exactly three digits says nothing: it could be either."""
    commas = sum(1 for c in cells if re.fullmatch(r"-?\d+(\.\d{3})*,(?!\d{3}$)\d+", c))
    points = sum(1 for c in cells if re.fullmatch(r"-?\d+(,\d{3})*\.(?!\d{3}$)\d+", c))
    decimal = "," if separator != "," and commas > points else "."
    mark = "." if decimal == "," else ","
    grouped = any(re.fullmatch(rf"-?\d{{1,3}}(\{mark}\d{{3}})+(\{decimal}\d+)?", c) for c in cells)
    return decimal, mark if grouped else ""


def _column_by_column(header: list[str], rows: list[list[str]], decimal: str, thousands: str) -> list[Column]:
    return [_column(n, [r[i] for r in rows], decimal, thousands) for i, n in enumerate(header)]


def _timely(rows: list[list[str]], columns: list[Column], when: When) -> list[list[str]]:
    """The rows that have a time: others speak of something else, and their words mean nothing for the columns."""
    by_name = {c.name: c.cells for c in columns}
    text = pa.array([" ".join(cells) for cells in zip(*(by_name[n] for n in when.columns), strict=True)])
    at = clocks.read(text, [when.form], "'\"").at
    return [row for row, known in zip(rows, (at != clocks.UNKNOWN).tolist(), strict=True) if known]


def _column(name: str, cells: list[str], decimal: str, thousands: str) -> Column:
    why = table_numbers.read(pa.array(cells, pa.string()), {}, decimal=decimal, thousands=thousands).why
    filled = max(1, sum(1 for c in cells if c))
    words = [w for w, _ in Counter(c for c, y in zip(cells, why, strict=True) if y and c).most_common(12)]
    return Column(name, cells, float(np.count_nonzero(why == 0)) / filled, words)


def _when(columns: list[Column]) -> When | None:
    """Find the time: one column, a date with an hour beside it, or year, month, day … in columns of their own."""
    parts = {sign: c.name for sign, names in PARTS.items() for c in columns if c.name.lower() in names}
    if {"%Y", "%m", "%d"} <= set(parts):
        signs = [s for s in PARTS if s in parts]
        return _timed([parts[s] for s in signs], " ".join(signs), columns)
    for column in columns:
        form = _form(column)
        if form is None:
            continue
        if "%H" not in form and "%I" not in form and "%H" in parts and all(len(c) <= 10 for c in column.cells):
            day = "%Y-%m-%d" if form == "iso" else form
            return _timed([column.name, parts["%H"]], f"{day} %H", columns)
        return _timed([column.name], form, columns)
    return None


def _form(column: Column) -> str | None:
    """The first form that reads nearly every cell."""
    cells = [c for c in column.cells if c]
    if not cells:
        return None
    epoch = "time" in column.name.lower() and all(re.fullmatch(r"\d{9,10}(\.\d+)?", c) for c in cells)
    for form in ("epoch",) if epoch else FORMS:
        at = clocks.read(pa.array(cells), [form], "'\"").at
        if np.count_nonzero(at != clocks.UNKNOWN) >= 0.9 * len(cells):
            return form
    return None


def _timed(names: list[str], form: str, columns: list[Column]) -> When:
    by_name = {c.name: c.cells for c in columns}
    text = pa.array([" ".join(cells) for cells in zip(*(by_name[n] for n in names), strict=True)])
    at = np.unique(clocks.read(text, [form], "'\"").at)
    gaps = np.diff(at[at != clocks.UNKNOWN])
    gap = float(np.median(gaps)) / clocks.SECOND if gaps.size else 86400.0
    step = "1d" if gap >= 43200 else "1h" if gap >= 2700 else f"{max(1, round(gap / 60))}min"
    other = form.replace("%d", "%x").replace("%m", "%d").replace("%x", "%m")
    doubtful = form != other and form[:2] in ("%d", "%m") and bool(np.all(clocks.read(text, [other], "'\"").at != clocks.UNKNOWN))
    return When(names, form, step, doubtful)


def _section(name: str, url: str, columns: list[Column], when: When, separator: str, decimal: str, thousands: str) -> str:
    place = {key: c.name for key, names in WHERE.items() for c in columns if c.name.lower() in names}
    rest = [c for c in columns if c.name not in when.columns and c.name not in place.values()]
    repeated = len(set(zip(*(c.cells for c in columns if c.name in when.columns), strict=True))) < 0.9 * len(columns[0].cells)
    state = [c for c in rest if re.search("status|valid|flag|quality", c.name, re.I)]
    rest = [c for c in rest if c not in state]
    who = [c for c in rest if _names_sensors(c, repeated=repeated)]
    numbers = [c for c in rest if c.numbers >= 0.5 and c not in who]
    left = [c for c in rest if c not in who and c not in numbers]
    left += state
    lines = [
        f"[sources.{name}]",
        'connector = "table"',
        f"url = {_q(url)}   # write the public address here",
        f"time = {_time(columns, when)}" + ("   # or month first? both would read" if when.doubtful else ""),
        *([f"separator = {_q(separator)}"] if separator != "," else []),
        *([f"decimal = {_q(decimal)}"] if decimal != "." else []),
        *([f"thousands = {_q(thousands)}"] if thousands else []),
        *([f"place = {{ lon = {_q(place['lon'])}, lat = {_q(place['lat'])} }}"] if len(place) == 2 else []),
        *([f"ignore = [{', '.join(_q(f'^{_escaped(c.name)}$') for c in left)}]   # no numbers, or marks of their state"] if left else []),
        *_words(numbers),
        'licence = ""   # who may use it, and how',
        'attribution = ""',
        f"expected = {_q(when.step)}",
        "",
    ]
    sensor = f"sensor_column = [{', '.join(_q(c.name) for c in who)}]" if who else _who_else(place, numbers)
    metrics, values = _values(name, numbers, sensor)
    return "\n".join([*lines, *values, *_metrics(name, metrics)])


def _names_sensors(column: Column, *, repeated: bool) -> bool:
    """Whether a column says who counted: a text or a code that comes again, or one that calls itself a name."""
    several = len(set(column.cells)) > 1
    if column.numbers < 0.5:
        return any(column.cells) and ((repeated and several) or bool(WHO.search(column.name)))
    return repeated and several and bool(WHO.search(column.name))


def _escaped(text: str) -> str:
    return re.sub(r"([.^$*+?{}\[\]\\|()])", r"\\\1", text)


def _unit(name: str) -> str:
    """The unit that a column's name tells, if it is one of ours."""
    found = [u for u in UNITS if u != "1" and re.search(rf"(^|[\s(\[._]){re.escape(u)}([\s)\]._]|$)", name)]
    return max(found, key=len) if found else "1"


def _name(stem: str) -> str:
    return _slug(re.sub(r"\d{4}-\d{2}(-\d{2})?", "", stem)).removesuffix("_") if re.search("[^0-9_-]", stem) else "stream"


def _time(columns: list[Column], when: When) -> str:
    shown = _q(when.columns[0]) if len(when.columns) == 1 else f"[{', '.join(map(_q, when.columns))}]"
    cells = next(c.cells for c in columns if c.name == when.columns[0])
    quoted = ', strip = "\'"' if any(c.startswith("'") for c in cells) else ""
    end = ', stamp = "end"' if any("24:00" in c for c in cells) else ""
    form = "" if when.form == "iso" else f", format = {_q(when.form)}"
    return f"{{ column = {shown}{form}{quoted}{end} }}"


def _words(numbers: list[Column]) -> list[str]:
    words = list(dict.fromkeys(w for c in numbers for w in c.words if w.lower() not in table_numbers.ABSENT))[:12]
    if not words:
        return []
    meant = ", ".join(_q(w) + ' = "missing"' for w in words)
    return [f'words = {{ {meant} }}   # or "closed", or a number such as 0']


def _who_else(place: dict[str, str], numbers: list[Column]) -> str:
    if len(place) == 2:
        return 'sensor = "{lon:.4f},{lat:.4f}"'
    return "" if len(numbers) == 1 else 'sensor = "{column}"'


def _values(name: str, numbers: list[Column], sensor: str) -> tuple[list[str], list[str]]:
    """The rules for the number columns: many are sensors of one metric, few are metrics of their own."""
    if len(numbers) > 4:
        pattern = "^(" + "|".join(_escaped(c.name) for c in numbers) + ")$"
        extra = f"\n{sensor}" if sensor else ""
        return [name], [f"[[sources.{name}.values]]   # one metric, a sensor a column: guessed", f"columns = {_q(pattern)}",
                        f"metric = {_q(name)}{extra}", 'unit = "1"', ""]  # fmt: skip
    metrics, lines = [], []
    for c in numbers:
        metric = _slug(c.name)
        metrics.append(metric)
        single = sensor.replace("{column}", name)
        lines += [f"[[sources.{name}.values]]", f"column = {_q(c.name)}", f"metric = {_q(metric)}", *([single] if single else []),
                  f"unit = {_q(_unit(c.name))}   # one of pulso.units", ""]  # fmt: skip
    return metrics, lines


def _metrics(source: str, metrics: list[str]) -> list[str]:
    lines = ["[domains.activity]   # cycling, parking, public_transport …", ""]
    for m in dict.fromkeys(metrics):
        lines += [f"[metrics.{m}]", f"source = {_q(source)}", 'domain = "activity"', 'like = "count"   # how it is computed', ""]
    return lines


def _proof(text: str, name: str, path: Path) -> str:
    """Read the sample with the proposal and say what came of it."""
    keys = tomllib.loads(text)["sources"][name]
    options = Options.model_validate({k: v for k, v in keys.items() if k not in ("connector", "licence", "attribution", "expected")})
    answer = read(Raw(path.name, path.read_bytes(), ""), Asked(path.name, {}, None), Reader(name, options, "UTC", keys["expected"]))
    lost = Counter({r["reason"]: 0 for r in answer.rejects.to_pylist()})
    for r in answer.rejects.to_pylist():
        lost[r["reason"]] += r["n"]
    sensors = len(set(answer.observations["sensor"].to_pylist()))
    said = "; ".join(f"{n} {reason}" for reason, n in lost.most_common()) or "none"
    return f"# Read from {path.name}: {answer.observations.num_rows} values of {sensors} sensors. Not values: {said}.\n"


def _address(name: str) -> str:
    """A template from the date in a file's name, if it has one."""
    name = re.sub(r"\d{4}-\d{2}-\d{2}", "{day:%Y-%m-%d}", name, count=1)
    if "{day" not in name:
        name = re.sub(r"\d{4}-\d{2}(?!\d)", "{month:%Y-%m}", name, count=1)
    return f"https://example.org/{name.replace(' ', '%20')}"


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    plain = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")
    return plain if re.match(r"[a-z]", plain) else f"x_{plain}"


def _q(text: str) -> str:
    """A TOML string."""
    return json.dumps(text, ensure_ascii=False)
