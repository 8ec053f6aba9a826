"""What every page carries: which city, in which language, whose data, and that the index is activity, not quality."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from markupsafe import Markup
from pydantic import Field
from pydantic.dataclasses import dataclass

from pulso.show import bulletin
from pulso.show.language import Speech
from pulso.show.language import marked as _
from pulso.web.readings import City

NOT_QUALITY = _("The index says how much activity there is, never how good it is.")

LICENCES = {
    "CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/",
    "CC0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "CC0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "ODbL-1.0": "https://opendatacommons.org/licenses/odbl/1-0/",
    "dl-de/by-2-0": "https://www.govdata.de/dl-de/by-2-0",
    "dl-de/zero-2-0": "https://www.govdata.de/dl-de/zero-2-0",
}
"""Where the licences of open data are written, by their short names, with "-" for each space; others are named without a link."""


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


def credited(of: Iterable[Credit], speech: Speech) -> Markup:
    """The same for a page, where the text of each licence that is known is a link away."""
    said = []
    for licence, given in bulletin.by_licence((c.owner, c.licence) for c in of).items():
        away = LICENCES.get(licence.replace(" ", "-"))
        called = Markup('<a href="{}" rel="license external">{}</a>').format(away, licence) if away else licence
        said.append(Markup("{} ({})").format(" · ".join(given), called or speech.say("no licence is declared")))
    return Markup("; ").join(said)
