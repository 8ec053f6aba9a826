"""The calendar of the synthetic city, and what happens in it: known rules, so that any year has one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

KINDS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "holiday")
FESTIVAL_ZONE = "aldoar"
POWER_CUT_ZONE = "campanha"


@dataclass(frozen=True)
class Happening:
    """Something with days and perhaps a zone; both days included."""

    first: date
    last: date
    kind: str  # festival, feast, strike, storm, carnival, power_cut or pilot
    name: str
    zone: str | None = None
    draw: float = 1.0  # of a pilot: factor on what its zone draws, for every purpose; 1 does nothing

    def on(self, ordinal: NDArray[np.int_]) -> NDArray[np.bool_]:
        """(T,) true on its days."""
        return np.asarray((ordinal >= self.first.toordinal()) & (ordinal <= self.last.toordinal()))


@dataclass(frozen=True)
class Days:
    """Consecutive local days of the city, T of them."""

    ordinal: NDArray[np.int_]  # (T,) date.toordinal()
    weekday: NDArray[np.int_]  # (T,) 0 is Monday
    year: NDArray[np.int_]  # (T,)
    of_year: NDArray[np.int_]  # (T,) 0 is 1 January
    holiday: NDArray[np.int_]  # (T,) index into holiday_names, -1 where none
    holiday_names: tuple[str, ...]
    eve: NDArray[np.bool_]  # (T,) the day before a public holiday, itself none
    after: NDArray[np.bool_]  # (T,) the day after one, itself none
    school: NDArray[np.bool_]  # (T,) school holidays
    happenings: tuple[Happening, ...]  # those that touch these days

    @property
    def kind(self) -> NDArray[np.int_]:
        """(T,) index into KINDS."""
        return np.where(self.holiday >= 0, 7, self.weekday)


def days(first: date, last: date, pilots: Sequence[Happening] = ()) -> Days:
    """Lay out the days from first to last, both included, with what happens by rule, and pilots. ValueError if they are out of order."""
    if last < first:
        raise ValueError(f"a simulation must not end before it begins: {first} to {last}")
    every = [date.fromordinal(i) for i in range(first.toordinal(), last.toordinal() + 1)]
    years = range(first.year, last.year + 1)
    named = {day: name for year in range(first.year - 1, last.year + 2) for day, name in holidays(year)}
    names = tuple(sorted(set(named.values())))
    breaks = {day for year in years for start, stop, _ in school_breaks(year) for day in _between(start, stop)}
    return Days(
        ordinal=np.array([d.toordinal() for d in every]),
        weekday=np.array([d.weekday() for d in every]),
        year=np.array([d.year for d in every]),
        of_year=np.array([(d - date(d.year, 1, 1)).days for d in every]),
        holiday=np.array([names.index(named[d]) if d in named else -1 for d in every]),
        holiday_names=names,
        eve=np.array([d not in named and d + timedelta(1) in named for d in every]),
        after=np.array([d not in named and d - timedelta(1) in named for d in every]),
        school=np.array([d in breaks for d in every]),
        happenings=tuple(h for h in (*(h for year in years for h in happenings(year)), *pilots) if h.last >= first and h.first <= last),
    )


def holidays(year: int) -> list[tuple[date, str]]:
    """Portugal's statutory holidays, and the city's own on 24 June."""
    easter = _easter(year)
    return [
        (date(year, 1, 1), "New Year"),
        (easter - timedelta(2), "Good Friday"),
        (easter, "Easter Sunday"),
        (date(year, 4, 25), "Freedom Day"),
        (date(year, 5, 1), "Labour Day"),
        (easter + timedelta(60), "Corpus Christi"),
        (date(year, 6, 10), "Portugal Day"),
        (date(year, 6, 24), "São João"),
        (date(year, 8, 15), "Assumption"),
        (date(year, 10, 5), "Republic Day"),
        (date(year, 11, 1), "All Saints"),
        (date(year, 12, 1), "Restoration of Independence"),
        (date(year, 12, 8), "Immaculate Conception"),
        (date(year, 12, 25), "Christmas"),
    ]


def school_breaks(year: int) -> list[tuple[date, date, str]]:
    """The synthetic city's school holidays that begin in a year, and what remains of last year's Christmas break."""
    easter = _easter(year)
    return [
        (date(year, 1, 1), date(year, 1, 2), "Christmas break"),
        (easter - timedelta(48), easter - timedelta(46), "Carnival break"),
        (easter - timedelta(13), easter + timedelta(1), "Easter break"),
        (date(year, 6, 16), date(year, 9, 11), "Summer break"),
        (date(year, 12, 18), date(year, 12, 31), "Christmas break"),
    ]


def happenings(year: int) -> list[Happening]:
    """What happens in the synthetic city in a year, in order of time; the same for every seed, as a city would know it."""
    easter = _easter(year)
    festival = _on(date(year, 6, 4), 3)
    strikes = (_on(date(year, 2, 20), 2), _on(date(year, 5, 12), 4), _on(date(year, 10, 14), 3))
    storms = (date(year, 1, 9 + year * 7 % 11), date(year, 11, 12 + year * 5 % 13))
    found = [
        Happening(storms[0], storms[0], "storm", "January storm"),
        Happening(easter - timedelta(48), easter - timedelta(47), "carnival", "Carnival"),
        *(Happening(day, day, "strike", "Bus strike") for day in strikes),
        Happening(festival, festival + timedelta(2), "festival", "Festival weekend", FESTIVAL_ZONE),
        Happening(date(year, 6, 23), date(year, 6, 24), "feast", "São João night"),
        Happening(date(year, 9, 17), date(year, 9, 18), "power_cut", "Power cut", POWER_CUT_ZONE),
        Happening(storms[1], storms[1] + timedelta(1), "storm", "November storm"),
    ]
    return sorted(found, key=lambda h: h.first)


def _easter(year: int) -> date:
    """Gregorian Easter Sunday by Gauss's rule in Butcher's form."""
    century, rest = divmod(year, 100)
    moon = (19 * (year % 19) + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    week = (32 + 2 * (century % 4) + 2 * (rest // 4) - moon - rest % 4) % 7
    late = (year % 19 + 11 * moon + 22 * week) // 451
    month, day = divmod(moon + week - 7 * late + 114, 31)
    return date(year, month, day + 1)


def _on(day: date, weekday: int) -> date:
    return day + timedelta((weekday - day.weekday()) % 7)


def _between(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(i) for i in range((last - first).days + 1))
