"""Pilots: the register of all of them, and the page of one, which a council can print."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass as plain
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse

from pulso.show import names
from pulso.show import pilots as words
from pulso.show.language import marked as _
from pulso.web.api import forms
from pulso.web.innovation import models, reads, shown
from pulso.web.innovation.writes.protocols import CALLED, DAYS
from pulso.web.pages import pilot_drawn as drawn
from pulso.web.pages.asked import Asked
from pulso.web.pages.leaves import leaf
from pulso.web.pages.pilot_lines import PilotLine, in_force, line, lines, no_such, outcome, sentence, verdict, zone_names
from pulso.web.pages.pilot_shapes import Booked, Check, Departure, Finding, LeftOut, MoneyLine, Pilot, Pilots, Promise, Running, Taking
from pulso.web.pages.twin import OPEN, Page, handed
from pulso.web.people.around import office
from pulso.web.readings import status

NO_PILOT = _("{city} has no pilot {number} that was ever frozen or stopped.")
NOT_FROZEN = _("Pilot {number} of {city} has no frozen protocol.")
FIELDS = {
    "zones": _("treated zones"),
    "comparison_zones": _("zones left alone"),
    "comparison_cities": _("cities to compare with"),
    "excluded": _("events left out"),
    "may_peek": _("whether anyone looks before the end"),
    "peek_why": _("why anyone looks before the end"),
}
"""What fields of a protocol are called, besides those of `CALLED`."""
STATES = tuple(words.MONEY)


@plain(frozen=True)
class Drawn:
    """What the template draws beside the page."""

    scale: drawn.Scale
    bar: drawn.Bar | None
    spread: drawn.Spread | None


def pilots(asked: Asked) -> Pilots:
    """The register."""
    found, at = leaf(shown.pilots(asked.reading.slug), asked)
    return Pilots(asked.frame, lines(shown.register(found), asked), at)


def pilot(asked: Asked) -> Pilot:
    """One of a city. NothingKnown where there is none of that number, or a draft."""
    found = _found(asked)
    told = shown.evaluations(found)
    last = next((e for e in told if not e.interim), told[0] if told else None)
    said = in_force(found)
    parties = list(found.parties.select_related("organisation"))
    funding = list(found.funding.all())
    amendments = list(found.protocol.amendments.all()) if said else []
    findings = {e.pk: _finding(e, said, asked) for e in told}
    return Pilot(
        frame=asked.frame,
        line=_line(found, last, len(amendments), parties, funding, asked),
        text=found.text,
        challenge=found.challenge.title if found.challenge and found.challenge.status != models.Challenge.Status.DRAFT else "",
        parties=tuple(Taking(p.organisation.name, p.part, words.word(words.PARTS, p.part, asked.speech)) for p in parties),
        funding=tuple(_money(f, asked) for f in sorted(funding, key=lambda f: STATES.index(f.state))),
        data_protection=found.data_protection,
        testbeds=tuple(_booked(found, asked)),
        promise=_promise(found.protocol, asked) if said else None,
        leaning=words.leaning(said["metric"], said["zones"], asked.speech) if said else "",
        amendments=tuple(_departure(a, said["window_first"], asked) for a in amendments) if said else (),
        running=_running(found, said, asked) if said else None,
        evaluation=findings[last.pk] if last else None,
        earlier=tuple(f for number, f in findings.items() if not last or number != last.pk),
        practice=_card(found),
    )


def draw(page: Pilot, _asked: Asked) -> Drawn:
    """The interval of the last word, and its placebos."""
    told, promise = page.evaluation, page.promise
    if told is None or promise is None:
        return Drawn(drawn.scale(()), None, None)
    scale = drawn.scale((told.low, told.high, promise.matters))
    bar = scale.bar(told.estimate, told.low, told.high, told.verdict, promise.matters)
    return Drawn(scale, bar, drawn.spread(told.placebos, told.estimate))


def csv(request: HttpRequest, lang: str, city: str) -> HttpResponse:
    """The register as CSV: a row a pilot, nothing that a spreadsheet would compute."""

    def hand(asked: Asked) -> HttpResponse:
        rows = lines(shown.register(shown.pilots(asked.reading.slug)), asked)
        headers = OPEN | {"Content-Disposition": f'attachment; filename="{asked.reading.slug}-pilots.csv"'}
        return HttpResponse(forms.write("csv", rows, PilotLine), content_type=forms.content_type("csv"), headers=headers)

    return handed(request, lang, city, {}, hand, known=shown.edition, at_once=True)


def protocol(request: HttpRequest, lang: str, city: str, number: int) -> HttpResponse:
    """A frozen protocol as it was hashed, with its digest: see docs/reference/protocol.md."""

    def hand(asked: Asked) -> HttpResponse:
        found = _found(asked)
        said = reads.promise(found.protocol) if in_force(found) else None
        if said is None:
            raise no_such(asked, NOT_FROZEN)
        text = json.dumps(said, ensure_ascii=False, sort_keys=True, indent=1) + "\n"
        return HttpResponse(text, content_type="application/json; charset=utf-8", headers=OPEN)

    return handed(request, lang, city, {"number": str(number)}, hand, known=shown.edition, at_once=True, as_json=True)


def _found(asked: Asked) -> models.Pilot:
    found = shown.pilot(asked.reading.slug, int(asked.parts["number"]))
    if found is None:
        raise no_such(asked, NO_PILOT)
    return found


def _card(found: models.Pilot) -> int | None:
    card = getattr(found, "practice", None)
    return card.pk if card and card.status == models.Practice.Status.OFFERED else None


def _line(
    found: models.Pilot,
    last: models.Evaluation | None,
    amendments: int,
    parties: Sequence[models.Party],
    funding: Iterable[models.FundingLine],
    asked: Asked,
) -> PilotLine:
    lead = next((p.organisation.name for p in parties if p.part == "lead"), "")
    money: dict[tuple[int, str], int] = {}
    for one in funding:
        money[found.pk, one.state] = money.get((found.pk, one.state), 0) + one.cents
    return line(reads.Line(found, None if last is None or last.interim else last, amendments), lead, money, asked)


def _money(one: models.FundingLine, asked: Asked) -> MoneyLine:
    return MoneyLine(one.state, words.word(words.MONEY, one.state, asked.speech), one.cents, one.source)


def _booked(found: models.Pilot, asked: Asked) -> Iterable[Booked]:
    for b in found.bookings.filter(cancelled_at=None).select_related("testbed"):
        zone = "".join(zone_names([b.testbed.zone] if b.testbed.zone else [], asked.reading))
        kind = words.word(words.KINDS, b.testbed.kind, asked.speech)
        yield Booked(b.testbed.kind, kind, b.testbed.name, zone, b.testbed.conditions, b.first, b.last)


def _promise(p: models.Protocol, asked: Asked) -> Promise:
    same = ("hypothesis", "metric", "direction", "before_first", "before_last", "window_first", "window_last", "unit", "method")
    rest = ("mde_series", "stop_rule", "may_peek", "peek_why", "frozen_at", "frozen_on", "digest")
    return Promise(
        **{name: getattr(p, name) for name in (*same, *rest)},
        outcome=outcome(p.metric, asked.reading, asked.speech),
        hoped=words.word(words.HOPED, p.direction, asked.speech),
        zones=zone_names(p.zones, asked.reading),
        compared=zone_names(p.comparison_zones, asked.reading),
        cities=tuple(p.comparison_cities),
        excluded=tuple(LeftOut(e["name"], date.fromisoformat(e["first"]), date.fromisoformat(e["last"])) for e in p.excluded),
        matters=float(p.matters or 0),
        mde=float(p.mde or 0),
        mde_how=words.how(p.mde_how, asked.reading.city.clock, asked.speech),
        method_called=words.word(words.METHODS, p.method, asked.speech),
        intact=p.recomputed() == p.digest,
    )


def _departure(a: models.Amendment, begins: date, asked: Asked) -> Departure:
    """An amendment; `begins` is the first day of the window in force, which is settled once it has begun."""
    called = asked.speech.say(FIELDS.get(a.field) or CALLED.get(a.field) or names.plain(a.field))
    late = a.at.astimezone(asked.reading.city.clock).date() >= begins
    return Departure(a.at, a.field, called, _of(a.field, a.before, asked), _of(a.field, a.after, asked), a.text, a.reason, late)


def _of(field: str, value: Any, asked: Asked) -> str:
    """What a field of a protocol was or is, in words."""
    speech = asked.speech
    if not value or not isinstance(value, str | list):
        return _plainly(value, asked)
    if field in DAYS:
        return speech.day(date.fromisoformat(str(value)), "medium")
    if field in ("zones", "comparison_zones"):
        return ", ".join(zone_names(value, asked.reading))
    if field in ("method", "direction"):
        return words.word(words.METHODS if field == "method" else words.HOPED, str(value), speech)
    return outcome(str(value), asked.reading, speech) if field == "metric" else _plainly(value, asked)


def _plainly(value: Any, asked: Asked) -> str:
    """A value of a protocol as it is read: a list by its members, an event by name and days."""
    if isinstance(value, bool):
        return asked.speech.say("yes") if value else asked.speech.say("no")
    if isinstance(value, dict):
        return f"{value.get('name', '')} ({value.get('first', '')} – {value.get('last', '')})"
    if isinstance(value, list):
        return "; ".join(_plainly(v, asked) for v in value)
    if isinstance(value, float):
        return asked.speech.number(value, 3)
    return "" if value is None else str(value)


def _running(found: models.Pilot, said: dict[str, Any], asked: Asked) -> Running | None:
    """What may be seen by now: how much came, and the outcome itself only where the protocol lets anyone look."""
    first, last, today = said["window_first"], said["window_last"], status.today(asked.reading)
    if today <= first:
        return None
    treated, compared = tuple(said["zones"]) or (None,), tuple(said["comparison_zones"])
    metric = None if said["metric"] == "index" else said["metric"]
    until = min(last, today - timedelta(days=1))
    points = asked.points((*treated, *compared), first, until, metric)
    passed, may_look = (until - first).days + 1, reads.may_look(found)

    def mean(zones: Sequence[str | None]) -> float | None:
        known = [p.index for p in points if p.zone in zones and p.index is not None] if may_look else []
        return round(sum(known) / len(known), 1) if known else None

    return Running(
        days=(last - first).days + 1,
        passed=passed,
        seen=sum(p.zone in treated and p.index is not None for p in points),
        most=passed * len(treated),
        shown=may_look,
        shown_from=last + timedelta(days=1),
        treated=mean(treated),
        compared=mean(compared),
    )


def _finding(e: models.Evaluation, said: dict[str, Any] | None, asked: Asked) -> Finding:
    assert e.published_at is not None  # noqa: S101  # only these are asked for
    same = ("interim", "estimate", "low", "high", "unit", "p", "method", "as_of", "protocol_digest", "data_digest", "amendments")
    speech = asked.speech
    return Finding(
        **{name: getattr(e, name) for name in (*same, "next_step", "next_why")},
        decided_for=office(e.decided_for, speech),
        number=e.pk,
        verdict=verdict(e),
        called=words.word(words.VERDICTS, verdict(e), speech),
        sentence=sentence(e, said, asked),
        reason=e.not_evaluable,
        placebos=tuple(e.placebos),
        checks=tuple(Check(*words.check(name, _named(name, value, asked), speech)) for name, value in e.pretrend.items()),
        method_called=words.word(words.METHODS, e.method, speech),
        published=e.published_at,
        next_called=words.word(words.NEXT, e.next_step, speech),
        decided=e.decided_at,
    )


def _named(check: str, value: object, asked: Asked) -> object:
    """What a check found; the zones that were left out by their names."""
    return "; ".join(zone_names(str(value).split("; "), asked.reading)) if check == "left_out" else value


PILOTS = Page("pilots", "pilots", Pilots, pilots, reads=("page",), known=shown.edition, at_once=True)
PILOT = Page("pilot", "pilots/<int:number>", Pilot, pilot, draw, known=shown.edition, at_once=True)
