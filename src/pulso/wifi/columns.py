"""How a city's own tables call their columns: a TOML file that says so, with a part each for places, points and reports."""

from __future__ import annotations

import tomllib
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, ValidationError, field_validator

from pulso.shapes import Row
from pulso.wifi.files import PERSONAL, WifiFileError, shown, text_of
from pulso.wifi.shapes import AccessPoint, Health, Place

WORDS: dict[str, Health] = {
    **dict.fromkeys(("working", "up", "ok", "online", "connected", "true", "yes", "1"), Health.WORKING),
    **dict.fromkeys(("partly", "degraded", "problem", "warning", "impaired"), Health.PARTLY),
    **dict.fromkeys(("failing", "down", "critical", "offline", "disconnected", "false", "no", "0", "2"), Health.FAILING),
    **dict.fromkeys(("testing", "3", "dormant", "5", "notpresent", "6", "lowerlayerdown", "7"), Health.FAILING),
    **dict.fromkeys(("unknown", "4", "deactivated", "pending", ""), Health.UNKNOWN),
}
"""What words of a state mean, and numbers of IF-MIB's ifOperStatus: a radio that passes nothing on, for whatever reason, fails."""


class Reports(Row):
    """The columns of a table of reports. Rows of one access point at one moment are its radios."""

    point: str = "point"
    at: str = "at"
    state: str = "state"
    clock: str = ""  # the time zone of moments that name none; empty: they must name one
    format: str = ""  # of moments, as Python's strptime has it; empty: ISO 8601, or seconds since 1970
    states: dict[str, Health] = Field(default={})  # the feed's own words for a state

    @field_validator("clock")
    @classmethod
    def _known(cls, said: str) -> str:
        try:
            return said and ZoneInfo(said).key
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError("a name of the IANA time zone database, such as Europe/Lisbon") from None

    def health(self, word: str) -> Health | None:
        """What a word of the feed means; None where nobody knows."""
        own = {k.casefold(): v for k, v in self.states.items()}
        return own.get(word.casefold(), WORDS.get(word.casefold()))


PLACES = (*(n for n in Place.model_fields if n != "at"), "lon", "lat")
POINTS = (*(n for n in AccessPoint.model_fields if n != "at"), "lon", "lat")


class Columns(Row):
    """What columns are called: by our name theirs. What isn't said is called as we call it."""

    places: dict[str, str] = Field(default={})
    points: dict[str, str] = Field(default={})
    reports: Reports = Reports()

    @field_validator("places")
    @classmethod
    def _of_places(cls, said: dict[str, str]) -> dict[str, str]:
        return _only(said, PLACES)

    @field_validator("points")
    @classmethod
    def _of_points(cls, said: dict[str, str]) -> dict[str, str]:
        return _only(said, POINTS)


def _only(said: dict[str, str], known: tuple[str, ...]) -> dict[str, str]:
    strange = sorted(set(said) - set(known))
    if strange:
        raise ValueError(f"found {', '.join(map(shown, strange))}; one of {', '.join(known)}")
    return said


def read_columns(body: bytes, file: str) -> Columns:
    """Read the file. WifiFileError names what is wrong in it."""
    try:
        return Columns.model_validate(tomllib.loads(text_of(body, file)))
    except tomllib.TOMLDecodeError as why:
        raise WifiFileError(file, [f"found something that is not TOML: {why}"]) from None
    except ValidationError as why:
        raise WifiFileError(file, letters(why)) from None
    except (RecursionError, ValueError):  # nested without end; numbers of thousands of digits
        raise WifiFileError(file, ["found TOML that is nested too deep, or a number that is too long"]) from None


def letters(why: ValidationError) -> list[str]:
    """What pydantic found, a line a mistake; of what was found nothing that may be a person's."""
    return [_letter(error["loc"], error["input"], error["msg"]) for error in why.errors(include_url=False, include_context=False)]


def _letter(where: tuple[int | str, ...], found: object, allowed: str) -> str:
    place = ".".join(PERSONAL.sub("…", str(part))[:60] for part in where) or "row"
    return f"{place}: found {shown(found)}; {allowed.removeprefix('Value error, ')}"
