"""Challenges: problems of the city, seen in its data or said in words, who owns them, and what is tried against them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from urllib.parse import quote, urlencode

from pydantic import Field
from pydantic.dataclasses import dataclass

from pulso.show import names
from pulso.show import pilots as words
from pulso.show.language import marked as _
from pulso.web.innovation import models, shown
from pulso.web.innovation.states import CALLED
from pulso.web.pages.asked import Asked
from pulso.web.pages.frame import Frame
from pulso.web.pages.leaves import MOST, Leaf, leaf, leaf_of, some
from pulso.web.pages.pilot_lines import PilotLine, lines, no_such, outcome, where, zone_names
from pulso.web.pages.twin import Page

NO_CHALLENGE = _("{city} has no challenge {number} that is open, or was.")


@dataclass(frozen=True)
class ChallengeLine:
    """A problem of the city: what it is measured by and how far that is to move, or why it can't be measured."""

    number: int = Field(description="its number, for links")
    title: str = Field(description="what it is called")
    owner: str = Field(description="the organisation that owns it")
    status: str = Field(description="open, in pilot, solved or closed")
    state: str = Field(description="the same in the page's language")
    indicator: str = Field(description="what it is measured by: a metric's name, or index; empty where it can't be")
    zones: tuple[str, ...] = Field(description="names of the zones; none for the whole city")
    target: float | None = Field(description="how far the indicator is to move; null where it can't be measured")
    unit: str = Field(description="of the target: points of the index, or %")
    direction: str = Field(description="up or down; empty where it can't be measured")
    due: date | None = Field(description="by which day; null where it can't be measured")
    goal: str = Field(description="all of that in one sentence; empty where it can't be measured")
    unmeasurable: str = Field(description="why it can't be measured; empty where it can")


@dataclass(frozen=True)
class Challenges:
    """The challenges of a city."""

    frame: Frame = Field(description="what every page carries")
    challenges: tuple[ChallengeLine, ...] = Field(description="the open ones first, then those in a pilot, then the rest; a hundred a page")
    leaf: Leaf = Field(description="where in the list this page is")


@dataclass(frozen=True)
class Dataset:
    """A source that tells of a challenge."""

    source: str = Field(description="its name in the city file, for links")
    called: str = Field(description="its name in the page's language")


@dataclass(frozen=True)
class Remark:
    """What somebody said. What was hidden keeps its place."""

    author: str = Field(description="who said it; empty for whoever gave no name, or was erased")
    at: datetime = Field(description="when, UTC")
    text: str = Field(description="what they said; empty where it is hidden")
    hidden: bool = Field(description="whether it is hidden")
    why: str = Field(description="why it is hidden; empty where it is shown")


@dataclass(frozen=True)
class Challenge:
    """One challenge, with what is said about it and what is tried against it."""

    frame: Frame = Field(description="what every page carries")
    line: ChallengeLine = Field(description="what it is, in short")
    text: str = Field(description="what it is, at length")
    why: str = Field(description="why it was closed, or opened again; empty where there is no reason to tell")
    since: datetime = Field(description="since when it is what it is, UTC")
    opened_from: str = Field(description="the address of the view that it was opened from; empty where from none")
    datasets: tuple[Dataset, ...] = Field(description="the sources that tell of it")
    discussion: tuple[Remark, ...] = Field(description="what was said about it, in order; of many the latest hundred")
    leaf: Leaf = Field(description="where in the discussion this page is; the first leaf is the latest")
    pilots: tuple[PilotLine, ...] = Field(description="what is tried against it, or was: the latest hundred")
    tried: int = Field(description="how many pilots there are of it")


def challenges(asked: Asked) -> Challenges:
    """All of a city that aren't drafts."""
    found, at = leaf_of(lambda after: shown.by_status(asked.reading.slug, after, MOST), asked)
    return Challenges(asked.frame, tuple(line(c, asked) for c in found), at)


def challenge(asked: Asked) -> Challenge:
    """One of a city. NothingKnown where there is none of that number, or a draft."""
    found = shown.challenge(asked.reading.slug, int(asked.parts["number"]))
    if found is None:
        raise no_such(asked, NO_CHALLENGE)
    remarks, at = leaf(shown.discussion(found), asked)
    pilots, tried = some(shown.pilots_of(found))
    named = [n for n in found.datasets if n in asked.reading.city.sources]
    return Challenge(
        frame=asked.frame,
        line=line(found, asked),
        text=found.text,
        why=found.why,
        since=found.since,
        opened_from=view(found.view, f"/{asked.speech.code}/{asked.reading.slug}"),
        datasets=tuple(Dataset(n, names.source(n, asked.reading.city, asked.speech)) for n in named),
        discussion=tuple(_remark(c) for c in reversed(remarks)),
        leaf=at,
        pilots=lines(shown.register(pilots), asked),
        tried=tried,
    )


def view(said: Mapping[str, str], base: str) -> str:
    """The address of the view that a challenge was opened from, as far as it reads what was noted; empty where it is no page of ours."""
    from pulso.web.pages.urls import PAGES  # this page is one of them

    page = next((p for p in PAGES if said.get("page") in (p.name, p.address)), None)
    if page is None:
        return ""
    day = {"day": said["to"]} if said.get("to") else {}
    known = day | {k: v for k, v in said.items() if k != "page" and v}
    address = page.address
    for name in [k for k in known if f"<{k}>" in address]:
        address = address.replace(f"<{name}>", quote(known.pop(name), safe=""))
    if "<" in address:  # what it is of was not noted
        return ""
    query = urlencode({name: known[name] for name in page.reads if name in known})
    return f"{base}/{address}" + (f"?{query}" if query else "")


def line(found: models.Challenge, asked: Asked) -> ChallengeLine:
    """One challenge in words."""
    return ChallengeLine(
        number=found.pk,
        title=found.title,
        owner=found.organisation.name,
        status=found.status,
        state=asked.speech.say(CALLED[found.status]),
        indicator=found.indicator,
        zones=zone_names(found.zones, asked.reading),
        target=None if found.target is None else float(found.target),
        unit=found.target_unit,
        direction=found.direction,
        due=found.due,
        goal=_goal(found, asked),
        unmeasurable=found.unmeasurable,
    )


def _goal(found: models.Challenge, asked: Asked) -> str:
    if found.target is None or found.due is None:
        return ""
    speech = asked.speech
    said = {
        "what": outcome(found.indicator, asked.reading, speech),
        "where": where(found.zones, asked.reading, speech),
        "size": words.amount(float(found.target), found.target_unit, speech, signed=False),
        "day": speech.day(found.due, "long"),
    }
    if found.direction == "up":
        return speech.say("{what}, {where}: {size} up, by {day}", **said)
    return speech.say("{what}, {where}: {size} down, by {day}", **said)


def _remark(found: models.Comment) -> Remark:
    hidden = found.hidden_at is not None
    author = found.author.name if found.author and not found.author.erased_at else ""
    return Remark(author, found.at, "" if hidden else found.text, hidden, found.hidden_why)


CHALLENGES = Page("challenges", "challenges", Challenges, challenges, reads=("page",), known=shown.edition, at_once=True)
CHALLENGE = Page("challenge", "challenges/<int:number>", Challenge, challenge, reads=("page",), known=shown.edition, at_once=True)
