"""What the public Wi-Fi tells of people, in a city's own numbers: what is counted, why, for how long, how to object."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from pulso.show.language import Speech
from pulso.show.language import marked as _

MADE_OF = (
    _("Each access point says, every few minutes, whether it works. Nothing else is kept of what it says."),
    _(
        "Lists of connected devices that such reports may also hold are passed over: no page, table or log of this site has a place for "
        "them."
    ),
)
NOBODY = _("This city counts nobody on its Wi-Fi: no sessions come to this site, so it knows nothing of how many people connect.")
ELSEWHERE = _("Numbers of people on the Wi-Fi come here from: {sources}. They were counted elsewhere; how, must be asked there.")
SESSIONS = _(
    "This city counts sessions on its Wi-Fi: from when until when some device was connected to an access point, and how much was sent. The "
    "device's address, its owner's name and its address in the network are taken away before anything is written to a disk."
)
IN_THE_HOUR = _("What is published is a number for a place and an hour: how many sessions there were in it.")
AT_ONCE = _("What is published is a number for a place and an hour: how many sessions there were at once, on average.")
WITHHELD = _(
    "A number that fewer than {least} sessions made is not shown, nor one of a single access point except at a large venue, nor any other "
    "from which it could be worked out. The rest is rounded to the nearest {step}."
)
NOISY = _(
    "Of the numbers that are shown, chance then moves each a little (Laplace noise, ε = {epsilon} a day). Which are withheld follows from "
    "the true counts. Of ε, {budget} may be spent in all; then nothing more is published."
)
NO_NOISE = _("No noise is added to the numbers.")
FROM, UNTIL = _("Days from {day} on are counted."), _("Days until {day} are counted.")
NOT_PEOPLE = _(
    "Sessions aren't people: a phone and a laptop are two, and whoever walks past three access points is three. A device that comes "
    "back to the same access point within the hour counts once, or twice at most. So {least} sessions may be fewer than {least} people; "
    "and whoever brings many devices of their own to a place may learn whether anybody else is there."
)
TO_KNOW = _("So that the city knows which hotspot is ill, and where there is none.")
TO_TELL = _("The counts tell how busy the city is, beside many other sources. They decide nothing about anybody.")
MACHINES = _("How an access point was on each day is kept as long as the city likes: it is about a machine.")
NO_SESSIONS = _("Sessions are not kept: none come here.")
DON_T_CONNECT = _("Whoever doesn't connect isn't counted: switch Wi-Fi off on your device, or tell it to forget the city's network.")
ASK = _(
    "You may ask the city what it keeps of you and object to it: under “Contact” stands to whom. What is kept here names nobody, and this "
    "site can't find your sessions by itself. The city may be able to: while sessions are kept, whoever also has the Wi-Fi server's own "
    "records can compare times and access points, and find yours if you tell which device and when. What was published stays published."
)
OCTETS = _("How much was sent is kept with a session, as long as it, and used for nothing else: no number that is published is made of it.")
LAW, NO_LAW = _("Legal basis: {said}"), _("On which legal basis people are counted, the city has not said here. Ask it.")
WHO = _("Who receives the sessions: {said}")
NO_WHO = _("Who receives the sessions besides those who run this site, the city has not said here.")
OFFICER, NO_OFFICER = _("Data protection officer: {said}"), _("Who its data protection officer is, the city has not said here.")
AUTHORITY = _("You may also complain to your country's data protection authority (in Portugal, the CNPD).")
ASK_OTHERS = _(
    "Here there is nothing to object to. What the city's access points and servers keep themselves is not known to this site: under "
    "“Contact” stands whom to ask."
)
ASSESSED = _(
    "The city assesses the risks before it counts (Article 35 of the General Data Protection Regulation, GDPR): ask it for its assessment."
)
WOULD_ASSESS = _(
    "Before it counted anybody, the city would have to assess the risks (Article 35 of the General Data Protection Regulation, GDPR)."
)


class Counts(NamedTuple):
    """How one source of sessions is counted and published, as the city file says."""

    source: str
    first: date | None  # the days that are counted, both included; None is open
    last: date | None
    days: int  # for which sessions are kept after their end
    least: int  # sessions that a number must be made of to be shown
    step: int  # to whose multiples numbers are rounded
    at_once: bool  # whether a number is the mean at once, and not how many there were
    epsilon: float | None  # what a day's noise costs; None without noise
    budget: float | None  # what noise may cost in all


class Said(NamedTuple):
    """What the city file says of the law, in the page's language; empty where it says nothing."""

    legal_basis: str = ""
    recipients: str = ""
    officer: str = ""


NOTHING_SAID = Said()


def told(
    counts: Sequence[tuple[str, Counts]], elsewhere: Sequence[str], speech: Speech, said: Said = NOTHING_SAID
) -> list[tuple[str, list[str]]]:
    """
    Say what is measured, why, for how long, how to object. It says what the code does: change both together.

    Parameters
    ----------
    counts
        What the city counts sessions by, each with its name; nothing where it counts nobody.
    elsewhere
        The names of sources of such numbers that were not counted here.
    speech
        In which language.
    said
        The city's own words.

    Returns
    -------
    list of (about, says)
        The five parts, in order.
    """
    say = speech.say
    of_people = [say(SESSIONS), say(OCTETS), *_of_each(counts, speech)] if counts else [say(NOBODY)]
    if elsewhere:
        of_people.append(say(ELSEWHERE, sources=speech.together(list(elsewhere))))
    officer = say(OFFICER, said=said.officer) if said.officer else say(NO_OFFICER)
    asked = [say(DON_T_CONNECT), say(ASK), officer, say(AUTHORITY), say(ASSESSED)] if counts else [say(ASK_OTHERS), say(WOULD_ASSESS)]
    law = [
        say(LAW, said=said.legal_basis) if said.legal_basis else say(NO_LAW),
        say(WHO, said=said.recipients) if said.recipients else say(NO_WHO),
    ]
    return [
        (say("What these pages are made of"), [say(s) for s in MADE_OF]),
        (say("What is counted of people"), of_people),
        (say("Why"), [say(TO_KNOW), *([say(TO_TELL)] if counts or elsewhere else []), *(law if counts else [])]),
        (say("For how long"), [say(MACHINES), *(_kept(counts, speech) if counts else [say(NO_SESSIONS)])]),
        (say("How to object"), asked),
    ]


def _of_each(counts: Sequence[tuple[str, Counts]], speech: Speech) -> Iterator[str]:
    """What is published of each source, under its name where there are several; and what a session is not."""
    say = speech.say
    for name, c in counts:
        said = [say(AT_ONCE if c.at_once else IN_THE_HOUR)]
        said.append(say(WITHHELD, least=speech.number(c.least), step=speech.number(c.step)))
        if c.epsilon is None or c.budget is None:
            said.append(say(NO_NOISE))
        else:
            said.append(say(NOISY, epsilon=_exactly(c.epsilon, speech), budget=_exactly(c.budget, speech)))
        said += [say(word, day=speech.day(day, "long")) for word, day in ((FROM, c.first), (UNTIL, c.last)) if day]
        yield _under(name, " ".join(said), counts)
    yield say(NOT_PEOPLE, least=speech.number(min(c.least for _name, c in counts)))


def _kept(counts: Sequence[tuple[str, Counts]], speech: Speech) -> Iterator[str]:
    for name, c in counts:
        said = speech.many(
            "Sessions without addresses are kept for {n} day after their end, and then deleted; no backup that this site makes has them. "
            "Published numbers stay published.",
            "Sessions without addresses are kept for {n} days after their end, and then deleted; no backup that this site makes has them. "
            "Published numbers stay published.",
            c.days,
        )
        yield _under(name, said, counts)


def _under(name: str, said: str, counts: Sequence[tuple[str, Counts]]) -> str:
    return f"{name}: {said}" if len(counts) > 1 else said


def _exactly(value: float, speech: Speech) -> str:
    """Write a number with as many decimals as it has, six digits at most."""
    return speech.number(value, len(f"{value:.6g}".partition(".")[2]))
