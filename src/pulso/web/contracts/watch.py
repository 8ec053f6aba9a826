"""Look at a city's sources after a collection: open and close incidents, and mail what is new."""

from __future__ import annotations

import logging
from dataclasses import asdict, dataclass
from datetime import datetime
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction

from pulso.show.language import Speech, speak
from pulso.web import readings
from pulso.web.contracts import words
from pulso.web.contracts.models import Incident
from pulso.web.readings import Reading
from pulso.web.readings import contracts as agreed
from pulso.web.readings.contracts import Breach
from pulso.web.readings.status import now

log = logging.getLogger(__name__)

Key = tuple[str, str, str]


@dataclass(frozen=True)
class Watched:
    """What became of a city's incidents."""

    opened: tuple[Incident, ...]
    closed: tuple[Incident, ...]
    lasting: int  # that were open before, and still are


def watch(slug: str) -> Watched:
    """Compare what was last measured of a city's sources with their contracts. Doing it twice changes nothing, and mails nothing twice.

    UnknownCity where this site doesn't show it. Where nothing was measured yet, nothing begins and nothing ends.
    """
    reading = readings.reading(slug)
    found = agreed.breaches(reading)
    done = Watched((), (), Incident.objects.filter(city=slug, ended=None).count()) if found is None else _settle(slug, found, now(reading))
    for one in (*done.opened, *done.closed):
        log.info("contract %s: %s", "kept again" if one.ended else "broken", one)
    _mail(reading)
    return done


def _settle(slug: str, found: list[Breach], at: datetime) -> Watched:
    """Open what is new, close what is over, and keep the words of what lasts up to date; all of it or nothing."""
    with transaction.atomic():
        open_now = {_key(one): one for one in Incident.objects.select_for_update().filter(city=slug, ended=None)}
        breaches = {_key(b): b for b in found}
        closed = [one for key, one in open_now.items() if key not in breaches]
        for one in closed:
            one.ended = at
        Incident.objects.bulk_update(closed, ["ended"])
        lasting = [one for key, one in open_now.items() if key in breaches]
        for one in lasting:
            said = breaches[_key(one)]
            one.since, one.seen, one.declared, one.detail = said.since, said.seen, said.declared, said.detail
        Incident.objects.bulk_update(lasting, ["since", "seen", "declared", "detail"])
        opened = [Incident(city=slug, began=at, **asdict(b)) for key, b in breaches.items() if key not in open_now]
        for one in opened:
            one.save()
    return Watched(tuple(opened), tuple(closed), len(lasting))


def _key(one: Breach | Incident) -> Key:
    return one.source, one.kind, one.subject


def _mail(reading: Reading) -> None:
    """Tell those who asked to be told; what could not be sent is sent after the next collection."""
    news = [one for one in Incident.objects.filter(city=reading.slug).exclude(mailed="ended") if one.mailed != _stage(one)]
    if not news:
        return
    if settings.ALERTS:
        speech = speak(reading.city.city.language)
        try:
            send_mail(_subject(news, reading, speech), _letter(news, reading, speech), None, settings.ALERTS)
        except (SMTPException, OSError) as why:
            log.warning(
                "contracts of %s: %d changes could not be mailed, and will be after the next collection: %s", reading.slug, len(news), why
            )
            return
    for one in news:
        one.mailed = _stage(one)
    Incident.objects.bulk_update(news, ["mailed"])


def _stage(one: Incident) -> str:
    return "ended" if one.ended else "began"


def _subject(news: list[Incident], reading: Reading, speech: Speech) -> str:
    broken = sum(one.ended is None for one in news)
    place = reading.city.city.name
    if broken:
        return f"Pulso, {place}: " + speech.many("{n} source contract is broken", "{n} source contracts are broken", broken)
    return f"Pulso, {place}: " + speech.many("{n} source contract is kept again", "{n} source contracts are kept again", len(news))


def _letter(news: list[Incident], reading: Reading, speech: Speech) -> str:
    parts = []
    for one in news:
        said = words.sentence(one, reading.city, speech)
        head = words.title(one, reading.city, speech)
        if one.ended:
            parts.append(f"{head}. {speech.say('This is over.')}")
        else:
            parts.append(f"{head}. {said}" + (f"\n\n{one.detail}" if one.kind in ("unreadable", "unanswered") else ""))
    return "\n\n".join(parts) + "\n"
