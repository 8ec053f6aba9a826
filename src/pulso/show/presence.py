"""What the command on presence says: what was published of each source, what can still be corrected, and what was."""

from __future__ import annotations

from datetime import date

from pulso.show.language import Speech


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
