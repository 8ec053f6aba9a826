"""What the public Wi-Fi tells of people: the city's own rules, and the template of the assessment that comes before them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from pydantic import Field
from pydantic.dataclasses import dataclass

from pulso.errors import NothingKnown
from pulso.show import names, wifi_privacy
from pulso.show.language import marked as _
from pulso.web.pages.asked import Asked
from pulso.web.pages.frame import Frame
from pulso.web.pages.twin import OPEN, Page, handed
from pulso.web.readings import counting

TEMPLATE = "wifi/privacy-assessment.md"
"""Where the template of an assessment is given out, below a city's address."""
NO_TEMPLATE = _("The template of an assessment is not installed here: it is the file docs/privacy-assessment.md of Pulso.")


@dataclass(frozen=True)
class WifiRule:
    """A part of what is said about privacy."""

    about: str = Field(description="what it is about")
    says: tuple[str, ...] = Field(description="what it says, in the page's language")


@dataclass(frozen=True)
class WifiCounts:
    """The rules by which sessions on the Wi-Fi are counted and published."""

    source: str = Field(description="the source that sessions come from, by its name in the city file")
    name: str = Field(description="its name, in the page's language where there is one")
    first: date | None = Field(description="the first day that is counted; null where none is set")
    last: date | None = Field(description="the last day that is counted; null where none is set")
    days: int = Field(description="for so many days after their end sessions are kept, without anybody in them")
    least: int = Field(description="a number that fewer sessions made is not shown")
    step: int = Field(description="numbers are rounded to multiples of it")
    at_once: bool = Field(description="whether a number is the mean of sessions at once, instead of how many there were in the hour")
    epsilon: float | None = Field(description="ε that the noise of a day costs; null where no noise is added")
    budget: float | None = Field(description="ε that may be spent in all; null where no noise is added")


@dataclass(frozen=True)
class WifiPrivacy:
    """What the Wi-Fi tells of people: what is measured, why, for how long, how to object."""

    frame: Frame = Field(description="what every page carries")
    counts: tuple[WifiCounts, ...] = Field(description="by which rules people are counted here; empty where nobody is")
    elsewhere: tuple[str, ...] = Field(description="the sources that give numbers of people on the Wi-Fi which were counted elsewhere")
    rules: tuple[WifiRule, ...] = Field(description="the parts, in order")
    template: str = Field(
        description="where the template of an assessment of the risks is, below the city's address; empty where it is not"
    )


def privacy(asked: Asked) -> WifiPrivacy:
    """What the Wi-Fi tells of people in this city."""
    reading, speech = asked.reading, asked.speech
    found = [(names.source(c.source, reading.city, speech), c) for c in counting.counts(reading)]
    others = counting.elsewhere(reading)
    own = reading.city.privacy
    law, who = (own.legal_basis_pt, own.recipients_pt) if speech.code == "pt" else (own.legal_basis_en, own.recipients_en)
    said = wifi_privacy.Said(law or own.legal_basis_en or own.legal_basis_pt, who or own.recipients_en or own.recipients_pt, own.officer)
    told = wifi_privacy.told(found, [names.source(s, reading.city, speech) for s in others], speech, said)
    return WifiPrivacy(
        frame=asked.frame,
        counts=tuple(WifiCounts(name=name, **c._asdict()) for name, c in found),
        elsewhere=tuple(others),
        rules=tuple(WifiRule(about, tuple(says)) for about, says in told),
        template=TEMPLATE if _template().is_file() else "",
    )


def assessment(request: HttpRequest, lang: str, city: str) -> HttpResponse:
    """The template, as it lies beside the source tree."""

    def hand(asked: Asked) -> HttpResponse:
        if not _template().is_file():
            raise NothingKnown(asked.speech.say(NO_TEMPLATE))
        text = _template().read_text(encoding="utf-8")
        return HttpResponse(text, content_type="text/plain; charset=utf-8", headers=OPEN | {"Content-Language": "en"})

    return handed(request, lang, city, {}, hand)


def _template() -> Path:
    """Beside the source tree, or in the `docs` folder of the working directory."""
    beside = Path(__file__).resolve().parents[4] / "docs"
    return (beside if beside.is_dir() else Path("docs")) / Path(TEMPLATE).name


WIFI_PRIVACY = Page("wifi-privacy", "wifi/privacy", WifiPrivacy, privacy)
