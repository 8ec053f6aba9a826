"""What every page carries: which city, in which language, whose data, and that the index is activity, not quality."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from pydantic import Field
from pydantic.dataclasses import dataclass

from pulso.show import bulletin
from pulso.show.language import Speech
from pulso.show.language import marked as _
from pulso.web.readings import City

NOT_QUALITY = _("The index says how much activity there is, never how good it is.")


@dataclass(frozen=True)
class Credit:
    """Whose data a page is made from."""

    owner: str = Field(description="who gives the data")
    licence: str = Field(description="under which licence; empty where none is declared")


@dataclass(frozen=True)
class Frame:
    """What every page of a city carries."""

    city: str = Field(description="the city, by its slug")
    name: str = Field(description="the city's name")
    language: str = Field(description="pt or en: of the words on this page")
    synthetic: bool = Field(description="whether every value is simulated")
    about: str = Field(description="what the index is, and what it is not")
    first: date | None = Field(description="the first day that is published; null where nothing is")
    last: date | None = Field(description="the last day that is published")
    credits: tuple[Credit, ...] = Field(description="owners and licences of the data")


def frame(city: City, days: tuple[date, date] | None, speech: Speech) -> Frame:
    """Make it."""
    first, last = days or (None, None)
    return Frame(
        city=city.slug,
        name=city.city.name,
        language=speech.code,
        synthetic=city.city.synthetic,
        about=speech.say(NOT_QUALITY),
        first=first,
        last=last,
        credits=tuple(credit(city)),
    )


def credit(city: City) -> list[Credit]:
    """Each owner and licence once."""
    return [Credit(owner, licence) for owner, licence in bulletin.owners(city)]


def whose(of: Iterable[Credit], speech: Speech) -> str:
    """Owners and licences in words."""
    return bulletin.whose(((c.owner, c.licence) for c in of), speech)
