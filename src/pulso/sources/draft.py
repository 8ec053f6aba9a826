"""A sample file → a proposal for the city file. A person must read it: it says what was guessed."""

from __future__ import annotations

import json
import re
import tomllib
import unicodedata
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from pulso.city import SourceConf
from pulso.errors import SourceChanged
from pulso.shapes import Raw
from pulso.sources import table_numbers
from pulso.sources.draft_look import Column, When, columns_of, known, marks_of, separator_of, table_of, texts_of, when_of
from pulso.sources.draft_radius import of_accounting
from pulso.sources.table_options import Options
from pulso.sources.table_packed import unpacked
from pulso.sources.table_people import is_accounting, refuse
from pulso.sources.table_read import Reader, read
from pulso.sources.table_text import as_text, is_workbook, refuse_pages, sheets
from pulso.sources.table_urls import Asked
from pulso.units import UNITS, canonical

WHERE = {"lon": {"lon", "long", "lng", "longitude"}, "lat": {"lat", "latitude"}}
WHO = re.compile(
    r"(^|[^a-z])(id|code|station|sensor|site|stop|zip|name|zone|linha|line|operador|operator|paragem|entity\w*|device\w*|location)($|[^a-z])",
    re.I,
)
WHAT = re.compile(
    r"param[eè]t|par[âa]metr|pollutant|contaminante|poluente|schadstoff|indicator|indicador|variable|magnitud|metric|measure", re.I
)
UNIT = re.compile(r"^(units?|unidad(es?)?|einheit|unité|eenheid|unità|uom)$", re.I)
STATE = re.compile(r"status|valid(?!a[cçt])|flag|quality|estado|qualit", re.I)
LEVEL = re.compile(r"temp|hum|wind|press|level|mean|avg|média|media|mittel", re.I)
CALENDAR = re.compile(
    r"^(instant|index|row|season|yr|year|mnth|month|day|weekday|workingday|holiday|week|hr|hour|ano|mês|mes|dia|jahr|monat|tag)$", re.I
)
MEANT = {
    "closed": {"ges", "geschlossen", "zu", "closed", "fechado", "encerrado", "cerrado", "fermé", "ferme", "chiuso", "gesloten"},
    0: {"bes", "besetzt", "voll", "full", "cheio", "completo", "lotado", "lleno", "complet", "pieno", "vol"},
}
"""Words of car parks for "closed", and for "full", where no place is free."""

DATES = (
    (r"\d{4}-\d{2}-\d{2}", "{day:%Y-%m-%d}"), (r"\d{4}_\d{2}_\d{2}", "{day:%Y_%m_%d}"), (r"\d{2}-\d{2}-\d{4}", "{day:%d-%m-%Y}"),
    (r"\d{2}\.\d{2}\.\d{4}", "{day:%d.%m.%Y}"), (r"\d{2}_\d{2}_\d{4}", "{day:%d_%m_%Y}"), (r"20\d{2}[01]\d[0-3]\d", "{day:%Y%m%d}"),
    (r"\d{4}-\d{2}", "{month:%Y-%m}"), (r"\d{4}_\d{2}", "{month:%Y_%m}"),
)  # fmt: skip
"""Dates in the names of files, and the placeholders for them."""


class Parts(NamedTuple):
    """The columns that are not the time, by what they are."""

    place: dict[str, str]  # keys of `place`
    who: list[Column]  # they name the sensor
    what: Column | None  # it names the metric
    unit: Column | None
    numbers: list[Column]
    state: list[Column]  # they say whether a number is valid
    left: list[Column]


class Rules(NamedTuple):
    """The rules for values."""

    lines: list[str]
    metrics: dict[str, str]  # each metric, and what it is like
    used: set[str]  # columns that the rules use besides those that are one of Parts


def draft(path: Path) -> str:
    """Propose [sources.x], [domains.x] and [metrics.x] for a sample file.

    The proposal reads the sample; its last comment says what it read. Guesses carry a comment. SourceChanged, a letter, where no
    table, no time or no number can be found.
    """
    raw = unpacked(path.read_bytes(), path.name)
    book = is_workbook(raw)
    if not book and is_accounting(raw.decode("utf-8", "replace")):
        return of_accounting(raw, path.name, _name(path.name), _address(path.name))
    refuse(raw, path.name)
    body = as_text(raw, path.name)
    refuse_pages(body, path.name)
    separator = "," if book else separator_of(body)
    table = table_of(body, separator, path.name)
    decimal, thousands = marks_of([list(c) for c in zip(*table.rows, strict=True)], commas_cut=separator == "," and not book)
    columns = columns_of(table.header, table.rows, decimal, thousands)
    when = when_of(columns)
    shown = ", ".join(map(repr, table.header))
    if when is None:
        raise SourceChanged(f"{path.name}: none of the columns {shown} reads as a time. Write the section by hand.")
    timely = known(columns, when)
    feet = _feet(table.odd, [t for t, k in zip(texts_of(columns, when.columns), timely, strict=True) if not k])
    columns = columns_of(table.header, [r for r, k in zip(table.rows, timely, strict=True) if k], decimal, thousands)
    parts = _parts(columns, when)
    if not parts.numbers and not when.scattered:
        raise SourceChanged(f"{path.name}: besides the time, none of the columns {shown} holds numbers. Write the section by hand.")
    name = _name(path.name)
    marks = [
        f"{k} = {_q(v)}"
        for k, v, usual in (("separator", separator, ","), ("decimal", decimal, "."), ("thousands", thousands, ""))
        if v != usual
    ]
    marks += [f"sheet = {_q(sheets(raw)[0])}   # the others: {', '.join(sheets(raw)[1:])}"] if book and len(sheets(raw)) > 1 else []
    marks += [f"footer = [{', '.join(map(_q, feet))}]   # lines that are no data"] if feet else []
    text = _section(name, _address(path.name), columns, when, parts, marks)
    return text + _proof(text, name, path)


def _feet(odd: list[str], timeless: list[str]) -> list[str]:
    """Expressions for the lines that are no data, by their first word."""
    first = [re.split(r"[\s:]", t.strip(), maxsplit=1)[0] for t in (*odd, *timeless)]
    return [f"^{_escaped(w)}" if w else "^$" for w, _ in Counter(first).most_common(8)]


def _parts(columns: list[Column], when: When) -> Parts:
    place = {key: c.name for key, names in WHERE.items() for c in columns if c.name.lower() in names}
    points = [c.name for c in columns if any(c.cells) and all(re.match(r"POINT ?\(", x) for x in c.cells if x)]
    if len(place) != 2:
        place = {"point": points[0]} if points else {}
    rest = [c for c in columns if c.name not in when.columns and c.name not in place.values()]
    repeated = len(set(texts_of(columns, when.columns))) < 0.9 * len(columns[0].cells)
    state = [c for c in rest if STATE.search(c.name)]
    rest = [c for c in rest if c not in state]
    unit = next((c for c in rest if UNIT.search(c.name) and c.numbers < 0.5), None)
    what = next((c for c in rest if WHAT.search(c.name) and c.numbers < 0.5 and 1 < len(set(c.cells)) <= 50), None) if repeated else None
    named = [c for c in rest if c is not unit and c is not what and _names_sensors(c, repeated=repeated)]
    who: list[Column] = []
    for c in named:  # what follows from another column, such as a long name from a short one, adds nothing
        if not any(_follows(c, other) for other in (*who, *([what] if what else []))):
            who.append(c)
    numbers = [c for c in rest if c.numbers >= 0.5 and c not in named and not CALENDAR.search(c.name) and not _counts_rows(c)]
    taken = [*who, *numbers, *(c for c in (what,) if c)]
    return Parts(place, who, what, unit, numbers, state, [c for c in rest if c not in taken])


def _names_sensors(column: Column, *, repeated: bool) -> bool:
    """Whether a column says who counted: a text or a code that comes again, or one that calls itself a name."""
    several = len(set(column.cells)) > 1
    named = bool(WHO.search(column.name))
    if column.numbers < 0.5:
        return any(column.cells) and ((repeated and several) or named)
    return named and (repeated or not several)


def _follows(column: Column, other: Column) -> bool:
    return len(set(zip(column.cells, other.cells, strict=True))) == len(set(other.cells))


def _counts_rows(column: Column) -> bool:
    return len(column.cells) > 2 and column.cells == [
        str(int(column.median - (len(column.cells) - 1) / 2) + i) for i in range(len(column.cells))
    ]


def _section(name: str, url: str, columns: list[Column], when: When, parts: Parts, marks: list[str]) -> str:
    happenings = when.scattered and not parts.what
    rules = _happenings(name, columns, when, parts) if happenings else _rules(name, when, parts)
    used = {*when.columns, *parts.place.values(), *rules.used}
    left = [c for c in (columns if happenings else (*parts.left, *parts.state)) if c.name not in used]
    place = ", ".join(f"{k} = {_q(v)}" for k, v in parts.place.items())
    lines = [
        f"[sources.{name}]",
        'connector = "table"',
        f"name_en = {_q(_readable(name))}   # what people read",
        'name_pt = ""',
        f"url = {_q(url)}   # write the public address here",
        f"time = {_time(columns, when)}" + ("   # or month first? both would read" if when.doubtful else ""),
        *marks,
        *([f"place = {{ {place} }}"] if place else []),
        *([f"ignore = [{', '.join(_q(f'^{_escaped(c.name)}$') for c in left)}]   # not read: have a look"] if left else []),
        *([] if happenings else _words(parts.numbers)),
        'licence = ""   # who may use it, and how',
        'attribution = ""',
        f"expected = {_q(when.step)}",
        "",
    ]
    return "\n".join([*lines, *rules.lines, *_metrics(name, rules.metrics)])


def _happenings(name: str, columns: list[Column], when: When, parts: Parts) -> Rules:
    """A row is a trip or an alert: the rows are counted, by the hour and the first column that names few places."""
    few = [c for c in columns if c.name not in when.columns and 1 < len(set(c.cells)) <= 0.2 * len(c.cells) and c.numbers < 0.5]
    lines = [
        f"[[sources.{name}.values]]   # a row is one happening, and the rows of each hour are counted: guessed",
        "count = true",
        f"metric = {_q(name)}",
        *([f"sensor_column = {_q(few[0].name)}"] if few else _who_else(parts)),
        "",
    ]
    return Rules(lines, {name: "happenings"}, {c.name for c in few[:1]})


def _rules(name: str, when: When, parts: Parts) -> Rules:
    """The rules for the number columns: many are sensors of one metric, few are metrics of their own."""
    sensor = [f"sensor_column = [{', '.join(_q(c.name) for c in parts.who)}]"] if parts.who else _who_else(parts)
    daily, numbers, state = when.step == "1d", parts.numbers, parts.state
    if parts.what is not None:
        return _by_name(name, parts, parts.what, sensor, daily=daily)
    tails = {s.name.removeprefix(c.name) for c in numbers for s in state if s.name.startswith(c.name)}
    stated = len(tails) == 1 and len(state) == len(numbers) > 1
    amounts = len(numbers) > 1 and len({_unit(c.name) for c in numbers}) == 1 and _like(numbers[0], daily=False) == "amount"
    if _alike(numbers) and (len(numbers) > 4 or stated or amounts):
        status = _status("{column}" + tails.pop(), state[0]) if stated else []
        return _one_metric(name, numbers, sensor, status, {s.name for s in state if stated}, daily=daily)
    lines: list[str] = []
    used: set[str] = set()
    for c in numbers:
        guess = "   # a metric a column: guessed; if they are sensors, one rule with `columns` reads them all" if len(numbers) > 1 else ""
        own = [s for s in state if s.name.startswith(c.name) or len(numbers) == len(state) == 1][:1]
        lines += [
            f"[[sources.{name}.values]]" + (guess if c is numbers[0] else ""),
            f"column = {_q(c.name)}",
            f"metric = {_q(_slug(c.name))}",
            *(line.replace("{column}", name) for line in sensor),
            f"unit = {_q(_unit(c.name))}   # one of pulso.units",
            *(line for s in own for line in _status(s.name, s)),
            "",
        ]
        used |= {s.name for s in own}
    return Rules(lines, {_slug(c.name): _like(c, daily=daily) for c in numbers}, used)


def _status(template: str, state: Column) -> list[str]:
    usual = Counter(state.cells).most_common(1)[0][0]
    return [f"status = {_q(template)}", f"ok = [{_q(usual)}]   # the texts of a valid value: the most frequent one, guessed"]


def _one_metric(name: str, numbers: list[Column], sensor: list[str], status: list[str], used: set[str], *, daily: bool) -> Rules:
    """One metric, a sensor a column."""
    pattern = "^(" + "|".join(_escaped(c.name) for c in numbers) + ")$"
    unit = _unit(numbers[0].name)
    lines = [
        f"[[sources.{name}.values]]   # one metric, a sensor a column: guessed",
        f"columns = {_q(pattern)}",
        f"metric = {_q(name)}",
        *sensor,
        f"unit = {_q(unit)}   # one of pulso.units",
        *status,
        "",
    ]
    return Rules(lines, {name: _like(numbers[0], daily=daily)}, used)


def _by_name(name: str, parts: Parts, what: Column, sensor: list[str], *, daily: bool) -> Rules:
    """One column of numbers, and one that names the metric of each row."""
    names = {w: _slug(w) for w, _ in Counter(what.cells).most_common() if w}
    told = {} if parts.unit is None else dict(zip(what.cells, parts.unit.cells, strict=True))
    units = {metric: _known(told.get(word, "")) for word, metric in names.items()}
    metrics = ", ".join(f"{_q(w)} = {_q(m)}" for w, m in names.items())
    special = ", ".join(f"{m} = {_q(u)}" for m, u in units.items() if u != "1")
    lines = [
        f"[[sources.{name}.values]]",
        f"column = {_q(parts.numbers[0].name)}",
        f"metric_column = {_q(what.name)}",
        f'metrics = {{ {metrics} }}   # the file\'s names = ours; "" leaves one out',
        *(line.replace("{column}", name) for line in sensor),
        *([f"units = {{ {special} }}"] if special else []),
        "",
    ]
    return Rules(lines, {m: _like_unit(u, level=bool(LEVEL.search(m)), daily=daily) for m, u in units.items()}, set())


def _alike(numbers: list[Column]) -> bool:
    """Whether columns could be sensors of one metric: they are of one size, within a thousand times."""
    sizes = [abs(c.median) for c in numbers if c.median]
    return not sizes or max(sizes) < 1000 * min(sizes)


def _like(column: Column, *, daily: bool) -> str:
    return _like_unit(_unit(column.name), level=bool(LEVEL.search(column.name)), daily=daily)


def _like_unit(unit: str, *, level: bool, daily: bool) -> str:
    """What a metric with such a unit is like: a concentration is not summed."""
    level = level or canonical(unit).canonical in ("°C", "µg/m³", "dB", "hPa", "m/s", "W/m²", "°")
    if daily:
        return "daily_mean" if level else "daily_total"
    return "mean_level" if level else "share" if unit == "%" else "count" if unit == "1" else "amount"


def _escaped(text: str) -> str:
    return re.sub(r"([.^$*+?{}\[\]\\|()])", r"\\\1", text)


def _unit(name: str) -> str:
    """The unit that a column's name tells, if it is one of ours."""
    found = [u for u in UNITS if u != "1" and re.search(rf"(^|[\s(\[._]){re.escape(u)}([\s)\]._]|$)", name)]
    return max(found, key=len) if found else "1"


def _known(unit: str) -> str:
    try:
        canonical(unit)
    except ValueError:
        return "1"
    return unit


def _time(columns: list[Column], when: When) -> str:
    shown = _q(when.columns[0]) if len(when.columns) == 1 else f"[{', '.join(map(_q, when.columns))}]"
    cells = next(c.cells for c in columns if c.name == when.columns[0])
    quoted = ', strip = "\'"' if any(c.startswith("'") for c in cells) else ""
    end = ', stamp = "end"' if when.ends and not when.scattered else ""
    form = "" if when.form == "iso" else f", format = {_q(when.form)}"
    return f"{{ column = {shown}{form}{quoted}{end} }}"


def _words(numbers: list[Column]) -> list[str]:
    words = list(dict.fromkeys(w for c in numbers for w in c.words if w.lower() not in table_numbers.ABSENT))[:12]
    if not words:
        return []
    meant = ", ".join(f"{_q(w)} = {_meaning(w)}" for w in words)
    return [f'words = {{ {meant} }}   # "closed", "missing", or a number; guessed']


def _meaning(word: str) -> str:
    return next((json.dumps(m) for m, words in MEANT.items() if word.lower() in words), '"missing"')


def _who_else(parts: Parts) -> list[str]:
    """The sensor, where no column names it."""
    if "point" in parts.place:
        return ['sensor = "{lon:.2f},{lat:.2f}"   # cells of about a kilometre']
    if parts.place:
        return ['sensor = "{lon:.4f},{lat:.4f}"']
    return ['sensor = "{column}"'] if len(parts.numbers) > 1 else []


def _metrics(source: str, metrics: dict[str, str]) -> list[str]:
    lines = ["[domains.activity]   # cycling, parking, public_transport …", ""]
    for m, like in metrics.items():
        lines += [
            f"[metrics.{m}]",
            f"source = {_q(source)}",
            'domain = "activity"',
            f"like = {_q(like)}   # how it is computed: guessed",
            f"name_en = {_q(_readable(m))}",
            'name_pt = ""',
            "",
        ]
    return lines


def _readable(slug: str) -> str:
    return slug.replace("_", " ").capitalize()


def _proof(text: str, name: str, path: Path) -> str:
    """Read the sample with the proposal and say what came of it."""
    keys = tomllib.loads(text)["sources"][name]
    options = Options.model_validate({k: v for k, v in keys.items() if k not in SourceConf.model_fields})
    answer = read(Raw(path.name, path.read_bytes(), ""), Asked(path.name, {}, None), Reader(name, options, "UTC", keys["expected"]))
    lost = Counter({r["reason"]: 0 for r in answer.rejects.to_pylist()})
    for r in answer.rejects.to_pylist():
        lost[r["reason"]] += r["n"]
    sensors = len(set(answer.observations["sensor"].to_pylist()))
    said = "; ".join(f"{n} {reason}" for reason, n in lost.most_common()) or "none"
    if {"conflict", "duplicate"} & set(lost):
        said += " (if they are autumn's repeated hour: the city's clock will tell the two apart)"
    return f"# Read from {path.name}: {answer.observations.num_rows} values of {sensors} sensors. Not values: {said}.\n"


def _dated(name: str) -> tuple[str, str]:
    """The date in a file's name and the placeholder for it; nothing where there is none."""
    found = ((m[0], placeholder) for shape, placeholder in DATES if (m := re.search(rf"(?<!\d){shape}(?!\d)", name)))
    return next(found, ("", ""))


def _name(file: str) -> str:
    """A name for the source: that of the file, without its date and its endings."""
    date, _ = _dated(file)
    stem = re.sub(r"\.(csv|txt|tsv|xlsx?|ods|gz|zip)\b", "", file.replace(date, "", 1) if date else file, flags=re.I)
    return _slug(stem) if re.search("[A-Za-z]", stem) else "stream"


def _address(name: str) -> str:
    """A template from the date in a file's name, if it has one."""
    date, placeholder = _dated(name)
    if date:
        name = name.replace(date, placeholder, 1)
    return f"https://example.org/{name.replace(' ', '%20')}"


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.replace("ß", "ss")).encode("ascii", "ignore").decode().lower()
    plain = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")
    return plain if re.match(r"[a-z]", plain) else f"x_{plain}"


def _q(text: str) -> str:
    """A TOML string."""
    return json.dumps(text, ensure_ascii=False)
