"""One file → one Answer, as the city file describes it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pulso.shapes import OBSERVATION, Answer, Raw, batch
from pulso.sources import clocks, table_numbers
from pulso.sources.addresses import brief
from pulso.sources.table_cells import Cells, Labels, Reject, counted, counted_rows, joined, observations, rejects, without_doubles
from pulso.sources.table_columns import Column, Plan, fill, plan
from pulso.sources.table_numbers import CODES
from pulso.sources.table_options import Meaning, Options, Special
from pulso.sources.table_packed import unpacked
from pulso.sources.table_text import Block, Odd, blocks
from pulso.sources.table_urls import Asked

UNITS_OF_TIME = {"s": clocks.SECOND, "min": 60 * clocks.SECOND, "h": 3600 * clocks.SECOND, "d": clocks.DAY}

POINT = r"(?P<a>-?\d+(?:\.\d+)?)[ ,;]+(?P<b>-?\d+(?:\.\d+)?)"


class Reader(NamedTuple):
    """What a file is read with: the source's name and keys, and its clock where the keys name none."""

    source: str
    options: Options
    zone: str
    step: str


def read(raw: Raw, asked: Asked, reader: Reader) -> Answer:
    """Read a file.

    Every cell of a declared column ends among the observations or is counted in the rejects; so does every line that is no row.

    Raises
    ------
    SourceChanged
        A letter: the file is no table, or lacks a declared column.
    """
    labels = Labels()
    parts: list[Cells] = []
    lost: list[Reject] = []
    plans: list[Plan] = []

    def wanted(header: list[str]) -> list[int]:
        plans.append(plan(header, brief(raw.url), reader.options, asked.names, reader.source))
        return plans[-1].read

    for block in blocks(unpacked(raw.body, brief(raw.url)), brief(raw.url), reader.options, wanted):
        parts += _parts(block, plans[-1], asked, reader, labels)
        lost += [Reject(None, None, o.reason, o.text, o.line) for o in block.odd]
        lost += _undeclared(block, plans[-1])
    if parts:
        cells = without_doubles(joined(parts))
        names = list(labels)
        return Answer(observations(cells, names), rejects(counted(cells, names) + lost), raw.url, raw.digest)
    return Answer(batch(OBSERVATION), rejects(lost), raw.url, raw.digest)


def _undeclared(block: Block, p: Plan) -> list[Reject]:
    """Columns with something in them of which the city file says nothing."""
    found = []
    for at in p.undeclared:
        filled = np.flatnonzero(pc.not_equal(pc.utf8_trim_whitespace(block.cells[at]), "").to_numpy(zero_copy_only=False))
        if filled.size:
            first = int(filled[0])
            name = block.names[at]
            found.append(Reject(name, None, "undeclared", block.cells[at][first].as_py(), int(block.line[first]), n=int(filled.size)))
    return found


def _parts(block: Block, p: Plan, asked: Asked, reader: Reader, labels: Labels) -> list[Cells]:
    """All cells of a block, rule by rule; special rows first."""
    options = reader.options
    for name, pattern in options.only.items():
        ours = pc.match_substring_regex(block.cells[block.names.index(name)], f"^(?:{fill(pattern, asked.names)})$")
        block = _rows(block, ours.to_numpy(zero_copy_only=False))
    parts = []
    for special in options.rows:
        there = pc.match_substring_regex(block.cells[p.time[0]], special.where).to_numpy(zero_copy_only=False)
        if there.any():
            parts.append(_special(_rows(block, there), p, special, asked, reader, labels))
            block = _rows(block, ~there)
    if block.line.size:
        text = _time_text(block, options)
        moments = clocks.read(text, options.time.format, options.time.strip)
        if (feet := _feet(text, moments, options)).any():
            block.odd.extend(Odd(int(block.line[i]), text[int(i)].as_py().strip(), "footer") for i in np.flatnonzero(feet))
            moments = clocks.Moments(moments.at[~feet], moments.utc[~feet])
            block = _rows(block, ~feet)
        place = _place(block, options)
        for rule in options.values:
            parts.append(_of_rule([c for c in p.columns if c.rule is rule], block, moments, place, reader, labels))
    return parts


def _time_text(block: Block, options: Options) -> pa.Array:
    texts = [block.cells[block.names.index(c)] for c in options.time.column]
    return texts[0] if len(texts) == 1 else pc.binary_join_element_wise(*texts, " ")


def _feet(text: pa.Array, moments: clocks.Moments, options: Options) -> NDArray[np.bool_]:
    """Rows as wide as all others, but without a time, that the city file calls no data: a sum at the end, units under the header."""
    feet: NDArray[np.bool_] = moments.at == clocks.UNKNOWN
    if options.footer and feet.any():
        shown = pc.utf8_trim_whitespace(text.filter(pa.array(feet))).to_pylist()
        feet[feet] = [any(re.search(f, t) for f in options.footer) for t in shown]
        return feet
    return np.zeros(feet.size, bool)


def _rows(block: Block, which: NDArray[np.bool_]) -> Block:
    if which.all():
        return block
    index = pa.array(np.flatnonzero(which))
    return Block(block.names, {i: c.take(index) for i, c in block.cells.items()}, block.line[which], block.odd)


def _place(block: Block, options: Options) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    if options.place is None:
        nowhere = np.full(block.line.size, np.nan)
        return nowhere, nowhere
    texts = [block.cells[block.names.index(c)] for c in options.place.columns]
    decimal = options.decimal
    if options.place.point is not None:
        pair = pc.extract_regex(texts[0], POINT)
        first, second = ("lon", "lat") if options.place.order == "lon lat" else ("lat", "lon")
        texts = [pc.fill_null(pc.struct_field(pair, {first: "a", second: "b"}[c]), "") for c in ("lon", "lat")]
        decimal = "."
    lon, lat = (table_numbers.read(t, {}, decimal=decimal).value for t in texts)
    return lon, lat


def _of_rule(
    columns: list[Column],
    block: Block,
    moments: clocks.Moments,
    place: tuple[NDArray[np.float64], NDArray[np.float64]],
    reader: Reader,
    labels: Labels,
) -> Cells:
    """The cells of one rule's columns: every column under the other."""
    rule, options, rows = columns[0].rule, reader.options, block.line.size
    row_sensor = _names_of_rows(block, rule.sensor_column, options.sensors_renamed, labels)
    row_metric = _names_of_rows(block, [rule.metric_column] if rule.metric_column else None, rule.metrics, labels)
    group = (0 if row_sensor is None else row_sensor * (len(labels) + 1)) + (np.zeros(rows, np.int64) if row_metric is None else row_metric)
    n = len(columns)
    if rule.count:  # of a doubled hour, all rows count for the first: nothing tells which of them came again
        at = spans(_begun(moments, reader), np.arange(rows), reader)
    elif any(c.hour is not None for c in columns):
        at = _stacked([spans(_at_hour(moments, c.hour or 0), group, reader) for c in columns])
    else:
        at = _stacked([spans(moments, group, reader)] * n)
    sensor = np.concatenate([_sensor(c.sensor, place, labels) for c in columns]) if row_sensor is None else np.tile(row_sensor, n)
    named = np.repeat([labels[rule.metrics.get(c.metric, c.metric)] for c in columns], rows)
    metric = named if row_metric is None else np.tile(row_metric, n)
    text = pa.concat_arrays([block.cells[c.at] for c in columns])
    if rule.count:
        value, why = np.ones(rows), np.zeros(rows, dtype=np.int8)
    else:
        value, why = _numbers(text, at.local, metric, labels, options)
    if rule.status is not None:
        status = pa.concat_arrays([block.cells[c.status] for c in columns if c.status is not None])
        valid = pc.is_in(pc.utf8_trim_whitespace(status), value_set=pa.array(rule.ok, pa.string())).to_numpy(zero_copy_only=False)
        why = np.where((why == 0) & ~valid, CODES["status"], why)
    if (untimed := at.why != 0).any():
        why = np.where(untimed, at.why, why)
        text = pc.if_else(pa.array(untimed), pa.concat_arrays([_time_text(block, options)] * n), text)
    if rule.metrics:
        why = np.where(np.isin(metric, [labels[m] for m in rule.metrics.values()]), why, CODES["undeclared"])
    lon, lat = (np.tile(x, n) for x in place)
    unit = _units(metric, rule.unit, rule.units, labels)
    cells = Cells(sensor, metric, unit, at.start, at.end, value, why.astype(np.int8), np.tile(block.line, n), lon, lat, text)
    cells = _without_left_out(cells, labels)
    return counted_rows(cells) if rule.count else cells


def _names_of_rows(block: Block, columns: list[str] | None, renamed: Mapping[str, str], labels: Labels) -> NDArray[np.int64] | None:
    """Number the names that stand in columns of their own; none where the rule has no such columns."""
    if columns is None:
        return None
    texts = [pc.utf8_trim_whitespace(block.cells[block.names.index(c)]) for c in columns]
    coded = (texts[0] if len(texts) == 1 else pc.binary_join_element_wise(*texts, " ")).dictionary_encode()
    numbers = [labels[renamed.get(n, n)] for n in coded.dictionary.to_pylist()]
    which: NDArray[np.int64] = coded.indices.to_numpy(zero_copy_only=False)
    return np.array(numbers, dtype=np.int64)[which]


def _without_left_out(cells: Cells, labels: Labels) -> Cells:
    """Take out the cells of metrics that the city file leaves out on purpose (renamed to nothing)."""
    if "" not in labels or not (keep := cells.metric != labels[""]).any() or keep.all():
        return cells
    kept = {k: getattr(cells, k)[keep] for k in Cells._fields if k != "text"}
    return Cells(**kept, text=cells.text.filter(pa.array(keep)))


def _sensor(template: str, place: tuple[NDArray[np.float64], NDArray[np.float64]], labels: Labels) -> NDArray[np.int64]:
    """Number a sensor's name; where it is made of its coordinates, row by row."""
    lon, lat = place
    if "{lon" not in template and "{lat" not in template:
        return np.full(lon.size, labels[template])
    points, which = np.unique(np.column_stack([lon, lat]), axis=0, return_inverse=True)
    numbers = [labels[template.format(lon=x, lat=y)] for x, y in points.tolist()]
    return np.array(numbers, dtype=np.int64)[which.ravel()]


def _units(metric: NDArray[np.int64], unit: str, units: Mapping[str, str], labels: Labels) -> NDArray[np.int64]:
    found = np.full(metric.size, labels[unit])
    for name, other in units.items():
        found[metric == labels[name]] = labels[other]
    return found


def _numbers(
    text: pa.Array, local: NDArray[np.int64], metric: NDArray[np.int64], labels: Labels, options: Options
) -> tuple[NDArray[np.float64], NDArray[np.int8]]:
    """Read numbers with the words of each day."""
    value, why = table_numbers.read(text, options.words, decimal=options.decimal, thousands=options.thousands)
    for rule in options.dated:
        first = _micro(rule.first) if rule.first else clocks.UNKNOWN + 1
        until = _micro(rule.last + timedelta(days=1)) if rule.last else np.iinfo(np.int64).max
        these = (local >= first) & (local < until)
        if rule.metric is not None:
            these &= metric == labels[rule.metric]
        if these.any():
            words: dict[str, Meaning] = {**options.words, **rule.words}
            index = pa.array(np.flatnonzero(these))
            value[these], why[these] = table_numbers.read(text.take(index), words, decimal=options.decimal, thousands=options.thousands)
    return value, why


def _micro(day: date) -> int:
    return (day - date(1970, 1, 1)).days * clocks.DAY


class Spans(NamedTuple):
    """When each row's value began and ended."""

    start: NDArray[np.int64]  # UTC
    end: NDArray[np.int64]
    local: NDArray[np.int64]  # the start on the source's own clock
    why: NDArray[np.int8]  # CODES; 0 where the span is known


def _stacked(parts: list[Spans]) -> Spans:
    return Spans(**{k: np.concatenate([getattr(p, k) for p in parts]) for k in Spans._fields})


def _at_hour(moments: clocks.Moments, hour: float) -> clocks.Moments:
    shift = round(hour * 3600) * clocks.SECOND
    return moments._replace(at=np.where(moments.at == clocks.UNKNOWN, clocks.UNKNOWN, moments.at + shift))


def _begun(moments: clocks.Moments, reader: Reader) -> clocks.Moments:
    """For rows that are counted: the beginning of the step that each moment falls into, on the source's own clock."""
    length, whole_days = _length(reader)
    known = moments.at != clocks.UNKNOWN
    local = np.where(moments.utc, clocks.to_local(moments.at, reader.options.time.zone or reader.zone), moments.at)
    past = np.where(known, local % length, 0)
    if whole_days:
        return clocks.Moments(np.where(known, local - past, clocks.UNKNOWN), np.zeros(known.size, bool))
    return moments._replace(at=moments.at - past)


def _length(reader: Reader) -> tuple[int, bool]:
    """How long a value lasts, and whether that is so many whole days."""
    step = reader.options.time.step or reader.step
    amount = re.fullmatch(r"(\d+)(s|min|h|d)", step)
    if amount is None:
        raise ValueError(f"not a step: {step!r}")
    return int(amount[1]) * UNITS_OF_TIME[amount[2]], amount[2] == "d"


def spans(moments: clocks.Moments, group: NDArray[np.int64], reader: Reader) -> Spans:
    """Give each time its span on the UTC line.

    Whole days end when the local clock shows midnight again, after 23, 24 or 25 hours.
    """
    time = reader.options.time
    zone = time.zone or reader.zone
    length, whole_days = _length(reader)
    known = moments.at != clocks.UNKNOWN
    face = np.where(known, moments.at - (length if time.stamp == "end" else 0), clocks.UNKNOWN)
    local = np.where(moments.utc, clocks.to_local(face, zone), face) if moments.utc.any() else face
    wall = np.where(moments.utc, clocks.UNKNOWN, face)
    start = clocks.moments_of(wall, zone, group, length if time.stamp == "end" else 0)
    start = np.where(moments.utc, face, start)
    end = start + length
    if whole_days:
        end = np.where(moments.utc, end, clocks.to_utc(np.where(wall == clocks.UNKNOWN, clocks.UNKNOWN, wall + length), zone).utc)
    skipped = known & (start == clocks.UNKNOWN)
    why = np.where(skipped, CODES["no such hour"], np.where(known, 0, CODES["unreadable time"])).astype(np.int8)
    return Spans(start, end, local, why)


def _special(block: Block, p: Plan, rule: Special, asked: Asked, reader: Reader, labels: Labels) -> Cells:
    """Rows that tell a fact of the file's day: a value a column, lasting from local midnight to midnight."""
    rows, cells = block.line.size, block.line.size * len(p.columns)
    day = np.array([clocks.UNKNOWN if asked.day is None else _micro(asked.day)])
    zone = reader.options.time.zone or reader.zone
    start = clocks.to_utc(day, zone).utc
    end = clocks.to_utc(np.where(day == clocks.UNKNOWN, clocks.UNKNOWN, day + clocks.DAY), zone).utc
    text = pa.concat_arrays([block.cells[c.at] for c in p.columns])
    inner = pa.array([m[1] if (m := re.search(rule.number, t)) else t for t in text.to_pylist()], pa.string())
    value, why = table_numbers.read(inner, rule.words, decimal=reader.options.decimal, thousands=reader.options.thousands)
    if asked.day is None:
        why = np.full(cells, CODES["unreadable time"], dtype=np.int8)
    sensor = np.repeat([labels[c.sensor] for c in p.columns], rows)
    metric, unit = (np.full(cells, labels[name]) for name in (rule.metric, rule.unit))
    lines = np.tile(block.line, len(p.columns))
    nowhere = np.full(cells, np.nan)
    return Cells(sensor, metric, unit, np.repeat(start, cells), np.repeat(end, cells), value, why, lines, nowhere, nowhere, text)
