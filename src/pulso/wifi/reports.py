"""Reports from a table: CSV with a column for the access point, the moment and the state. Other columns are not looked at."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from pulso.wifi.columns import Columns
from pulso.wifi.files import WifiFileError, rows_of, shown
from pulso.wifi.health import together
from pulso.wifi.shapes import Health, Read, Report

STRANGE = "an access point that is not in the inventory"
NO_MOMENT = "a moment that can't be read"
NO_ZONE = "a moment without a time zone"
NO_HOUR = "a moment that the clock passed over"
NO_STATE = "a state that nobody knows"
SILENT = "a state that says nothing"


def read_table(body: bytes, file: str, known: Mapping[str, str], columns: Columns) -> Read:
    """Read reports from CSV.

    Parameters
    ----------
    body, file
        The bytes and the name of the file.
    known
        What the feed calls each access point, and its id. Rows of others are counted, and not kept.
    columns
        What the columns are called, and what the feed's own words mean.

    Raises
    ------
    WifiFileError
        A column that is missing; or not one row that could be read, with the first that could not.
    """
    said = columns.reports
    passed: Counter[str] = Counter()
    radios: defaultdict[tuple[str, datetime], list[Health]] = defaultdict(list)
    first = ""
    for line, row in rows_of(body, file):
        missing = [name for name in (said.point, said.at, said.state) if name not in row]
        if missing and len(row) and line <= 2:
            others = f"the file has {len(row):,} others"  # not which: where there is no head, they are somebody's row
            raise WifiFileError(file, [f"column {shown(missing[0])} is missing; {others}. A column map says otherwise."])
        point, state = known.get(row.get(said.point, "")), said.health(row.get(said.state, ""))
        if point is None:
            passed[STRANGE] += 1
        elif state is None:
            passed[NO_STATE] += 1
            first = first or f"line {line:,}, {said.state}: found a word without a meaning; say under [reports.states] what it means"
        else:
            at = _moment(row.get(said.at, ""), said.format, said.clock)
            if isinstance(at, str):
                passed[at] += 1
                first = first or f"line {line:,}, {said.at}: found {at}; 2026-05-03T10:05:00+01:00 is accepted"
            else:
                radios[point, at].append(state)
    if first and not radios:
        raise WifiFileError(file, [first, "No row of the file could be read."])
    return gathered(radios, passed)


def gathered(radios: Mapping[tuple[str, datetime], list[Health]], passed: Counter[str]) -> Read:
    """Reports of whole access points, of what was said of their radios at each moment."""
    made = [Report(point, at, together(states)) for (point, at), states in radios.items()]
    silent = sum(r.state is Health.UNKNOWN for r in made)
    if silent:
        passed[SILENT] += silent
    return Read([r for r in made if r.state is not Health.UNKNOWN], passed)


def _moment(said: str, form: str, clock: str) -> datetime | str:
    """When it was, in UTC; or why that can't be said."""
    try:
        if form:
            found = datetime.strptime(said, form)  # noqa: DTZ007  # a zone is asked for below
        elif said.isascii() and said.isdigit() and 9 <= len(said) <= 10:
            return datetime.fromtimestamp(int(said), UTC)
        else:
            found = datetime.fromisoformat(said)
        if found.tzinfo is None and not clock:
            return NO_ZONE
        if found.tzinfo is None:
            found = found.replace(tzinfo=ZoneInfo(clock))
            if found.astimezone(UTC).astimezone(ZoneInfo(clock)).replace(tzinfo=None) != found.replace(tzinfo=None):
                return NO_HOUR
        moment = found.astimezone(UTC)
    except (ValueError, OverflowError):
        return NO_MOMENT
    return moment if moment.year >= 2000 else NO_MOMENT  # a clock that was never set
