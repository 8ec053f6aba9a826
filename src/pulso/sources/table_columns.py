"""Which column of a header is what: the rules of a city file, applied to the names that a file really has."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from pulso.errors import SourceChanged
from pulso.sources.table_options import Options, Values
from pulso.sources.table_people import refuse_columns


class Column(NamedTuple):
    """One column of numbers."""

    at: int  # position in the header
    rule: Values
    sensor: str  # a template that may still hold {lon} and {lat}; unused where the rule has a sensor_column
    metric: str  # unused where the rule has a metric_column
    status: int | None  # position of its status column
    hour: float | None  # where the column is an hour of the day


class Plan(NamedTuple):
    """What to do with a header."""

    time: list[int]
    columns: list[Column]
    undeclared: list[int]  # neither read nor left out on purpose
    read: list[int]  # every position that must be read, undeclared ones included


def fill(template: str, names: dict[str, str]) -> str:
    """Put names into {placeholders}; those without a name stay."""
    return re.sub(r"\{(\w+)\}", lambda m: names.get(m[1], m[0]), template)


def _regex(template: str, names: dict[str, str]) -> re.Pattern[str]:
    return re.compile(fill(template, {k: re.escape(v) for k, v in names.items()}))


def plan(header: list[str], url: str, options: Options, names: dict[str, str], source: str) -> Plan:
    """Match the rules with a header.

    Raises
    ------
    SourceChanged
        A letter with the address, the column that is missing and the columns that are there; or that one of them names people.
    """
    refuse_columns(header, url)

    def position(name: str) -> int:
        if name not in header:
            found = ", ".join(map(repr, header))
            raise SourceChanged(f"{url}: there is no column {name!r}. Its columns are {found}. What was known from this address stays.")
        return header.index(name)

    time = [position(n) for n in options.time.column]
    used = set(time) | {position(n) for n in options.only}
    if options.place:
        used |= {position(c) for c in options.place.columns}
    columns: list[Column] = []
    for rule in options.values:
        used |= {position(n) for n in rule.sensor_column or ()}
        used |= {position(rule.metric_column)} if rule.metric_column else set()
        for at, match in _matching(rule, header, names, position, used, time[0]):
            known = names | {"column": header[at]} | {str(i): g or "" for i, g in enumerate(match.groups(), start=1)} | match.groupdict("")
            sensor = fill(rule.sensor or _default(rule, names, source), known)
            status = position(fill(rule.status, known)) if rule.status else None
            hour = float(fill(rule.hour, known)) if rule.hour else None
            columns.append(Column(at, rule, options.sensors_renamed.get(sensor, sensor), fill(rule.metric, known), status, hour))
            used |= {at} | ({status} if status is not None else set())
        if not any(c.rule is rule for c in columns):
            wanted = rule.column or rule.columns or rule.first_column_matching or ""
            found = ", ".join(map(repr, header))
            raise SourceChanged(f"{url}: no column is like {fill(wanted, names)!r}. Its columns are {found}. What was known stays.")
    ignored = [_regex(i, names) for i in options.ignore]
    rest = [i for i, n in enumerate(header) if i not in used and not any(r.search(n) for r in ignored)]
    return Plan(time, columns, rest, sorted(used | set(rest)))


def _matching(
    rule: Values, header: list[str], names: dict[str, str], position: Callable[[str], int], used: set[int], time: int
) -> list[tuple[int, re.Match[str]]]:
    """The positions a rule speaks of, and how their names matched; a rule that counts rows speaks of their time."""
    whole = re.compile(".*", re.DOTALL)
    if rule.count:
        return [(time, m)] if (m := whole.match("")) else []
    if rule.column is not None:
        at = position(fill(rule.column, names))
        return [(at, m)] if (m := whole.match(header[at])) else []
    pattern = _regex(rule.columns or rule.first_column_matching or "", names)
    found = [(i, m) for i, n in enumerate(header) if i not in used and (m := pattern.search(n))]
    return found[:1] if rule.first_column_matching else found


def _default(rule: Values, names: dict[str, str], source: str) -> str:
    """Who counted, where the city file doesn't say: the column, for many of them; else the names in the address, or the source."""
    return "{column}" if rule.columns else "_".join(names.values()) or source
