"""The desk itself, challenges and what is said about them, and the step that anything can take."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from pulso.show.language import marked as _
from pulso.web.innovation import models, reads, states, writes
from pulso.web.innovation.desk.asking import tried
from pulso.web.innovation.desk.forms import UNITS, Challenge, Remark, Stepping
from pulso.web.innovation.desk.mine import Mine, houses, mine
from pulso.web.innovation.desk.pilots import pilot_page
from pulso.web.innovation.desk.practices import practice_page
from pulso.web.innovation.desk.protocols import shown
from pulso.web.innovation.desk.things import Card, card, found, steps
from pulso.web.innovation.desk.visits import Visit, visit
from pulso.web.innovation.letters import Unfit
from pulso.web.pages.challenges import view as address_of
from pulso.web.pages.urls import PAGES
from pulso.web.people import may
from pulso.web.people.models import Role

KEPT = _("Kept: {what}.")
DONE = _("Done: it is {now}.")
BAD_LINK = _("The link that led here names no page of this city.")
PARTS = ("zone", "metric", "from", "to", "as_of")


@require_GET
@visit
def desk(at: Visit) -> HttpResponse:
    """My desk."""
    made = mine(at)
    in_city = at.person.is_superuser or may.may_read_evaluation(at.person, at.city)
    at.allow(in_city or made.may_open_challenge, Role(city=at.city), "see the desk")
    return at.twin(Mine, made) if at.as_json else at.page("mine", {"mine": made})


@require_http_methods(["GET", "POST"])
@visit
def new_challenge(at: Visit) -> HttpResponse:
    """Open a challenge, from a chart that is kept with it or from nowhere."""
    some = houses(at.person, at.city)
    view = _view(at)
    at.allow(may.may_open_challenge(at.person, at.city, some), models.Challenge(city=at.city), "draft challenge")
    seen = {"zones": [view["zone"]] if view.get("zone") else [], "indicator": view.get("metric", "")}
    form = Challenge(at.sent, initial=seen, reading=at.reading, speech=at.speech, houses=some)
    if at.posted and (
        made := tried(
            at, models.Challenge(city=at.city), form, lambda **said: writes.draft_challenge(at.person, at.city, view=view, **said)
        )
    ):
        return at.to(f"desk/challenges/{made.pk}", KEPT, what=made.title)
    said = {
        "form": form,
        "title": at.speech.say("Open a challenge"),
        "button": at.speech.say("Keep it as a draft"),
        "seen": _seen(at, view),
    }
    lead = at.speech.say("A problem of the city, with the number that shows it or the reason why none does. The city opens it to all.")
    return at.page("form", said | {"lead": lead, "back": f"{at.base}/desk"}, form.status)


def _view(at: Visit) -> dict[str, str]:
    """The view that the link was on. Unfit for a page that isn't this city's."""
    page = at.request.GET.get("from-page", "")
    if not page:
        return {}
    parts = {k: at.request.GET[k] for k in PARTS if at.request.GET.get(k)}
    known = {"zone": at.reading.zone_ids, "metric": ("index", *at.reading.city.metrics)}
    ours = page in {p.name for p in PAGES} and all(parts.get(k) in (None, *v) for k, v in known.items())
    if not ours or not all(_moment(parts[k]) for k in ("from", "to", "as_of") if k in parts):
        raise Unfit(BAD_LINK)
    return {"page": page} | parts


def _seen(at: Visit, view: Mapping[str, str]) -> dict[str, str] | None:
    """The view that a challenge was opened from: its address, and which zone, metric and days. None where there is none."""
    address = address_of(view, at.base)
    if not address:
        return None
    days = [day for name in ("from", "to") if (day := _day(view.get(name, "")))]
    said = [shown("zones", [view["zone"]], at.reading, at.speech) if view.get("zone") else at.reading.city.city.name]
    said += [shown("metric", view["metric"], at.reading, at.speech)] if view.get("metric") else []
    said += [at.speech.days(days[0], days[-1], year=True)] if days else []
    return {"at": address, "called": " · ".join(said)}


def _day(said: str) -> date | None:
    """A day of an address; None where it is none."""
    moment = _moment(said)
    return moment.date() if moment else None


def _moment(said: str) -> datetime | None:
    """A day or a moment of an address; None where it is none."""
    try:
        return datetime.fromisoformat(said)
    except ValueError:
        return None


@require_GET
@visit
def challenge(at: Visit, number: int) -> HttpResponse:
    """One challenge: what it says, what may be done with it, what was said about it."""
    thing = found(at, "challenge", number)
    return at.twin(Card, card(at, thing)) if at.as_json else challenge_page(at, thing)


def challenge_page(at: Visit, thing: models.Challenge, status: int = 200, **more: Any) -> HttpResponse:
    """It as a page."""
    draft = thing.status == models.Challenge.Status.DRAFT
    who = may.may_open_challenge if draft else may.may_publish_challenge
    context = {
        "thing": thing,
        "path": f"{at.base}/desk/challenges/{thing.pk}",
        "state": at.speech.say(states.CALLED[thing.status]),
        "steps": steps(thing, at.person, at.speech),
        "may_edit": thing.status not in ("solved", "closed") and who(at.person, at.city, thing.houses),
        "may_pilot": bool(houses(at.person, at.city)) and thing.status in ("open", "in pilot"),
        "seen": _seen(at, thing.view),
        "measure": _measure(at, thing) if thing.indicator else [],
        "moderates": may.may_moderate(at.person, at.city),
        "discussion": reads.discussion(thing, at.person),
        "remark": Remark(speech=at.speech),
        "on": at.on,
        "wrong": {},
    }
    return at.page("challenge", context | more, status)


def _measure(at: Visit, thing: models.Challenge) -> list[tuple[str, str]]:
    """What would show that it is solved, in words."""
    how_far = f"{shown('matters', thing.target, at.reading, at.speech)} {at.speech.say(UNITS[thing.target_unit])}"
    told = {
        "indicator": shown("metric", thing.indicator, at.reading, at.speech),
        "zones": shown("zones", thing.zones, at.reading, at.speech),
        "direction": shown("direction", thing.direction, at.reading, at.speech),
        "target": how_far,
        "due": shown("window_last", thing.due, at.reading, at.speech),
    }
    return [(at.speech.say(Challenge.said[name][0]), value) for name, value in told.items()]


@require_http_methods(["GET", "POST"])
@visit
def edit_challenge(at: Visit, number: int) -> HttpResponse:
    """Say a challenge differently."""
    thing = found(at, "challenge", number)
    who = may.may_open_challenge if thing.status == "draft" else may.may_publish_challenge
    at.allow(who(at.person, at.city, thing.houses), thing, "change challenge")
    initial = {name: getattr(thing, name) for name in Challenge.base_fields} | {"organisation": thing.organisation.slug}
    form = Challenge(at.sent, initial=initial, reading=at.reading, speech=at.speech, houses=houses(at.person, at.city))
    if at.posted and tried(at, thing, form, lambda **said: writes.change_challenge(at.person, thing, **said)) is not None:
        return at.to(f"desk/challenges/{thing.pk}", KEPT, what=thing.title)
    said = {"form": form, "title": initial["title"], "button": at.speech.say("Keep"), "lead": "", "seen": _seen(at, thing.view)}
    return at.page("form", said | {"back": f"{at.base}/desk/challenges/{thing.pk}"}, form.status)


@require_http_methods(["GET", "POST"])
@visit
def comment(at: Visit, number: int) -> HttpResponse:
    """Say something about a challenge that is shown."""
    thing = found(at, "challenge", number, "comment")
    form = Remark(at.sent, speech=at.speech)
    if at.posted and tried(at, thing, form, lambda **said: writes.comment(at.person, thing, **said)) is not None:
        return at.public("challenge", thing.pk)
    return challenge_page(at, thing, form.status, remark=form)


@require_POST
@visit
def step(at: Visit, noun: str, number: int) -> HttpResponse:
    """Let a thing become what the button said."""
    thing, form = found(at, noun, number), Stepping(at.sent, speech=at.speech)
    if tried(at, thing, form, lambda to, why: writes.move(thing, to, at.person, why=why)) is None:
        return _again(at, thing, form)
    return _onward(at, thing)


def _onward(at: Visit, thing: Any) -> HttpResponse:
    """To where what was done is seen."""
    if isinstance(thing, models.Comment):
        return at.to(f"desk/challenges/{thing.challenge_id}", DONE, now=at.speech.say(states.CALLED[thing.status]))
    if isinstance(thing, models.Booking):
        return at.to(f"desk/pilots/{thing.pilot_id}", DONE, now=at.speech.say(states.CALLED[thing.status]))
    if isinstance(thing, models.Evaluation):
        return at.public("pilot", thing.pilot_id)
    return at.public(thing._meta.model_name, thing.pk)


def _again(at: Visit, thing: Any, form: Stepping) -> HttpResponse:
    """The page that it stood on, with what is wrong beside its button, and the reason that was written."""
    said = " ".join(str(why) for found in form.errors.values() for why in found)
    more: dict[str, Any] = {
        "wrong": {f"{thing._meta.model_name}-{thing.pk}-{form['to'].value()}": said},
        "reason": form["why"].value() or "",
    }
    thing.refresh_from_db()
    if isinstance(thing, models.Comment):
        return challenge_page(at, thing.challenge, form.status, **more)
    if isinstance(thing, models.Challenge):
        return challenge_page(at, thing, form.status, **more)
    if isinstance(thing, models.Practice):
        return practice_page(at, thing, form.status, **more)
    pilot = thing if isinstance(thing, models.Pilot) else thing.pilot
    return pilot_page(at, pilot, form.status, **more)
