"""What the commands that run the river say: what was collected, judged, left out by hand, and found by a check."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from pulso.show.language import Speech
from pulso.show.language import marked as _

COLLECTED = (_("addresses"), _("new"), _("absent"), _("unanswered"), _("observations"), _("turned away"), _("gone"), _("days"))
"""The columns of what a collection tells, beside the source."""

CHECKED: dict[str, str] = {"city file": _("city file"), "zones": _("zones"), "sources": _("sources")}
"""What a check looks at besides the sources and metrics, which go by the names of the city file."""

STATES: dict[str, str] = {
    "fresh": _("fresh"),
    "late since": _("late since {day}"),
    "ended": _("ended {day}"),
    "nothing yet": _("nothing yet"),
}
"""How a source stands to what its contract says of freshness; a day may follow."""


def state(text: str, speech: Speech) -> str:
    """Say how a source stands: "fresh", "late since 2026-05-30". A word that is none of ours stays as it is."""
    if text in STATES:
        return speech.say(STATES[text])
    kind, _space, day = text.rpartition(" ")
    return speech.say(STATES[kind], day=day) if kind in STATES else text


def missing(metric: str, days: Sequence[date], most: int, speech: Speech) -> str:
    """Say of which days a metric has nothing, the first so many by date."""
    named = ", ".join(str(d) for d in days[:most]) + (" …" if len(days) > most else "")
    return speech.many("{metric}: a day missing ({named})", "{metric}: {n} days missing ({named})", len(days), metric=metric, named=named)


def collected(rows: Iterable[tuple[str, Sequence[int]]], speech: Speech) -> RenderableType:
    """Show a row a source, with the counts of COLLECTED."""
    table = Table(box=None, pad_edge=False)
    table.add_column(speech.say("source"))
    for title in COLLECTED:
        table.add_column(speech.say(title), justify="right")
    for source, counts in rows:
        table.add_row(Text(source), *(speech.number(n) for n in counts))
    return table


def stands(city: str, speech: Speech) -> str:
    """Say that nothing was published."""
    return speech.say("{city}: nothing is new; what was published stands.", city=city)


def published(city: str, span: tuple[date, date], counts: Mapping[str, int], statuses: Mapping[str, int], speech: Speech) -> str:
    """Say what a publication judged (`counts`: days, zones, new, unchanged), and in a second line what became of the city's own days."""
    told = speech.say(
        "{city}: {first} to {last}, {days} days of the city and its {zones} zones judged; {new} verdicts are new, {unchanged} stand as "
        "they were published.",
        city=city,
        first=span[0],
        last=span[1],
        **{what: speech.number(n) for what, n in counts.items()},
    )
    days = speech.say("The city's days: {said}.", said=", ".join(_counted(status, n, speech) for status, n in statuses.items()))
    return f"{told}\n{days}"


def _counted(status: str, n: int, speech: Speech) -> str:
    if status == "published":
        return speech.many("{n} published", "{n} published", n)
    if status == "partial":
        return speech.many("{n} partial", "{n} partial", n)
    return speech.many("{n} refused", "{n} refused", n)


def excluded(sensor: str, first: date | None, last: date | None, why: str, *, lift: bool, speech: Speech) -> str:
    """Say that a sensor was left out by hand, or counts again, and what to do next."""
    span = {"first": first or speech.say("the beginning"), "last": last or speech.say("further notice")}
    if lift:
        return speech.say(
            "{sensor} counts again from {first} to {last}: {why}. Publish again to see the city with it.", sensor=sensor, why=why, **span
        )
    return speech.say(
        "{sensor} is excluded from {first} to {last}: {why}. Publish again to see the city without it.", sensor=sensor, why=why, **span
    )


def rebuilt(source: str, observations: int, answers: int, speech: Speech) -> str:
    """Say what a source's raw answers gave."""
    return speech.many(
        "{source}: {observations} observations from one raw answer.",
        "{source}: {observations} observations from {n} raw answers.",
        answers,
        source=source,
        observations=speech.number(observations),
    )


def simulated(folder: object, speech: Speech) -> str:
    """Say where a synthetic city's feeds lie."""
    return speech.say("Simulated feeds and their truth lie in {folder}. Every value in them is synthetic.", folder=folder)


def written(path: object, speech: Speech) -> str:
    """Say where a page was written."""
    return speech.say("Written: {path}", path=path)


def checked(what: str, speech: Speech) -> str:
    """Name what a check looked at."""
    return speech.say(CHECKED[what]) if what in CHECKED else what


def faultless(path: object, speech: Speech) -> str:
    """Say that the city file has no mistakes."""
    return speech.say("{path} has no mistakes", path=path)


def zones(n: int, leaves: int, speech: Speech) -> str:
    """Say how many zones there are."""
    return speech.many("one zone", "{n} zones, {leaves} of them leaves", n, leaves=speech.number(leaves))


def described(n: int, speech: Speech) -> str:
    """Say how many sources the city file has."""
    return speech.many("one described without mistakes", "{n} described without mistakes", n)


def gave(standing: str, observations: int, speech: Speech) -> str:
    """Say how a source stands, and how much came of it."""
    said = speech.many("one observation", "{n} observations", observations)
    return f"{state(standing, speech)}; {said}"


def incomplete(there: float, declared: float, speech: Speech) -> str:
    """Say that a source is less complete than it promised."""
    return speech.say(
        "{there} of the intervals are there, {declared} are declared",
        there=speech.percent(there, down=True),
        declared=speech.percent(declared),
    )


def without(source: str, wanted: str, given: Iterable[str], speech: Speech) -> str:
    """Say that a metric's source never tells of what the metric is made of."""
    return speech.say(
        'source {source} has no variable {wanted}; it has {given}. Say which: variable = "…"',
        source=source,
        wanted=repr(wanted),
        given=", ".join(sorted(given)),
    )
