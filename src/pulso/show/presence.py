"""What is said of presence: by the command, what was published and can be corrected; by the pages, which hours have a number."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from pulso.show.language import Speech
from pulso.show.language import marked as _


def stands(source: str, published: int, span: tuple[date, date] | None, correctable: tuple[date, date] | None, speech: Speech) -> str:
    """Say of which days a source's presence was published, and which of them can be corrected."""
    if span is None:
        return speech.say("{source}: no day was published yet; a collection publishes those that have settled.", source=source)
    told = speech.many(
        "{source}: one day was published, {first}.",
        "{source}: {n} days were published, between {first} and {last}.",
        published,
        source=source,
        first=span[0],
        last=span[1],
    )
    if correctable is None:
        lost = speech.say("None of them can be corrected any more: their sessions are forgotten.")
        return f"{told} {lost}"
    can = speech.say("Those from {first} to {last} can be corrected.", first=correctable[0], last=correctable[1])
    return f"{told} {can}"


def corrected(source: str, days: int, shown: int, withheld: int, unseen: int, speech: Speech) -> str:
    """Say what became of the place-hours of the days that were published again."""
    told = speech.many("{source}: one day was published again.", "{source}: {n} days were published again.", days, source=source)
    hours = speech.say(
        "Of their hours by place {shown} show a number, {withheld} withhold it, and {unseen} were not seen.",
        shown=speech.number(shown),
        withheld=speech.number(withheld),
        unseen=speech.number(unseen),
    )
    then = speech.say("The next pulso publish judges the city with them.")
    return f"{told} {hours} {then}"


HOURS: Mapping[str, str] = {
    "withheld": _("not shown: too few, here or beside it"),
    "missing": _("missing: too few access points were on"),
    "withheld or missing": _("not shown, or missing"),
}
"""What stands where an hour has no number. It is never 0: nobody at all is withheld, too."""
SESSIONS = {False: _("sessions"), True: _("sessions at once")}
"""What is counted: how many there were in the hour, or how many at once, on average."""


def hours(every: int, told: int, whys: Mapping[str, int], speech: Speech) -> str:
    """Say how many hours of a day have a number, and how many have none, why."""
    if not every:
        return speech.say("Of this day nothing was published of it.")
    said = [
        speech.many("Of {every} hours {n} has a number.", "Of {every} hours {n} have a number.", told, every=speech.number(every)),
        speech.many(
            "{n} is not shown: too few sessions, or access points, made it, or it would give such a number away.",
            "{n} are not shown: too few sessions, or access points, made them, or they would give such a number away.",
            whys.get("withheld", 0),
        ),
        speech.many(
            "{n} is missing: too few access points were on.", "{n} are missing: too few access points were on.", whys.get("missing", 0)
        ),
        speech.many(
            "{n} is not shown or missing; which of the two is not told, since an access point that was on tells that somebody used it.",
            "{n} are not shown or missing; which of the two is not told, since an access point that was on tells that somebody used it.",
            whys.get("withheld or missing", 0),
        ),
    ]
    counts = (1, *(whys.get(why, 0) for why in HOURS))
    return " ".join(text for text, count in zip(said, counts, strict=True) if count)


def busiest(name: str, every: int, told: int, most: float | None, begin: datetime | None, *, at_once: bool, speech: Speech) -> str:
    """Say which of the hours that have a number has the largest."""
    if most is None or begin is None:
        return speech.say("{name}: no hour of the day can be told.", name=name)
    return speech.many(
        "{name}: about {most} {sessions} in the hour from {start}, the one of {every} that can be told.",
        "{name}: about {most} {sessions} in the hour from {start}, the most of the {n} of {every} hours that can be told.",
        told,
        name=name,
        most=speech.number(most),
        sessions=speech.say(SESSIONS[at_once]),
        start=f"{begin:%H:%M}",
        every=speech.number(every),
    )
