"""The two languages of a page: messages from the catalogue, numbers and dates as people there write them."""

from __future__ import annotations

import gettext
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache
from io import BytesIO
from math import floor
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.lists import format_list
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

Code = Literal["pt", "en"]
CATALOGUES = Path(__file__).parent / "locale"
LOCALES: dict[str, str] = {"pt": "pt_PT", "en": "en_GB"}
NEVER = "–"  # stands where there is no number; never a 0
BARS = (50, 65, 100)
"""Per cent of the weight from which on a number is given, or is whole (core.compose); and all of it."""
MINUS = "−"
TIED = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True)
class Speech:
    """One language: what we say in it, and how it writes numbers and days. Unknown numbers are a dash."""

    code: Code
    locale: Locale
    messages: gettext.NullTranslations

    def say(self, message: str, /, **values: object) -> str:
        """Translate a message, then fill in its {names}."""
        return self.messages.gettext(message).format_map(values) if message else ""

    def many(self, one: str, more: str, n: int, /, **values: object) -> str:
        """Translate a message that counts; {n} is the count."""
        return self.messages.ngettext(one, more, n).format_map({"n": self.number(n)} | values)

    def number(self, value: float | None, digits: int = 0) -> str:
        """Write a number with so many decimals, a true minus sign, and never "−0"."""
        if value is None:
            return NEVER
        zeros = "0" * digits
        return self._write(value, f"#,##0.{zeros}" if digits else "#,##0", digits)

    def signed(self, value: float | None, digits: int = 0) -> str:
        """Write a number of points: +2, −5, 0."""
        if value is None:
            return NEVER
        return ("+" if round(value, digits) > 0 else "") + self.number(value, digits)

    def percent(self, share: float, *, down: bool = False) -> str:
        """Write a share as whole per cent, to the nearest; what falls short of a bar is not shown as having reached it.

        So 79.5 % is 80 %, but 64.9 % of the weight is not 65 %, 99.9 % is not all, and .1 % is not nothing. `down` where the share is set
        against another bar, or stands beside a refusal, whose own text rounds down.
        """
        whole, nearest = floor(100 * share + 1e-9), floor(100 * share + 0.5)
        if not down and nearest not in BARS:
            whole = nearest
        if share > 0:
            whole = max(whole, 1)
        return f"{whole} %" if self.code == "pt" else f"{whole}%"

    def span(self, ends: tuple[float, float] | None) -> str:
        """Write a range of whole numbers, "92 to 109"."""
        if ends is None:
            return NEVER
        return self.say("{low} to {high}", low=self.number(ends[0]), high=self.number(ends[1]))

    def day(self, day: date, form: str = "full") -> str:
        """Write a day: "full", "long", "medium", "short", or a pattern of the Unicode date fields."""
        return _date(day, form, LOCALES[self.code])

    def days(self, first: date, last: date, *, year: bool = False) -> str:
        """Write a span of days, both included, as short as it can be read; with the year where asked for."""
        end, whole = ("d MMM y" if year else "d MMM"), first.year == last.year
        if first == last:
            return self.day(first, end)
        start = "d" if first.month == last.month and whole else "d MMM" if whole else end
        return f"{self.day(first, start)}–{self.day(last, end)}"

    def moment(self, when: datetime, clock: ZoneInfo) -> str:
        """Write a moment on the city's own clock."""
        return str(format_datetime(when, "d MMM y, HH:mm", tzinfo=clock, locale=self.locale))

    def together(self, items: list[str]) -> str:
        """Join items as the language does: "a, b and c"."""
        return str(format_list(items, locale=self.locale))

    def capital(self, text: str) -> str:
        """Begin with a capital letter, and leave the rest as it is."""
        return text[:1].upper() + text[1:]

    def _write(self, value: float, pattern: str, digits: int) -> str:
        return _decimal(round(value, digits) + 0.0, pattern, LOCALES[self.code])


@lru_cache(maxsize=8192)  # a page writes hundreds of numbers, most of them whole and near 100
def _decimal(value: float, pattern: str, locale: str) -> str:
    return str(format_decimal(value, format=pattern, locale=locale)).replace("-", MINUS)


@lru_cache(maxsize=8192)
def _date(day: date, form: str, locale: str) -> str:
    if locale == LOCALES["pt"]:  # a written month is "of" a year, and a day "of" a month: 14 de junho de 2025
        form = form.replace("d MMMM", "d 'de' MMMM").replace("MMMM y", "MMMM 'de' y")
    return str(format_date(day, form, locale=locale))


@cache
def speak(language: str) -> Speech:
    """Return a language by its code. ValueError for one that has no catalogue."""
    if language not in LOCALES:
        raise ValueError(f"language {language!r}: known are {', '.join(LOCALES)}")
    code: Code = "pt" if language == "pt" else "en"
    messages = gettext.NullTranslations() if code == "en" else _read(code)
    return Speech(code, Locale.parse(LOCALES[code]), messages)


def marked(message: str) -> str:
    """Mark a message for the catalogue where it is written; it is translated where it is said."""
    return message


def _read(code: Code) -> gettext.GNUTranslations:
    """Read a language's catalogues as people edit them; they are compiled in memory, so that no built file can go stale."""
    catalogue = Catalog(locale=code)
    for path in sorted((CATALOGUES / code).glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=code):
                catalogue[message.id] = message
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
