"""What is done to challenges."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulso.show.language import marked as _
from pulso.web.innovation import clock, reads
from pulso.web.innovation.letters import Unfit, Word
from pulso.web.innovation.models import Challenge, Comment
from pulso.web.innovation.moves import allow, recorded, told
from pulso.web.innovation.states import CALLED
from pulso.web.innovation.writes import checks
from pulso.web.people import may
from pulso.web.people.models import Person

VIEW = ("page", "zone", "metric", "from", "to", "as_of")
"""The parts of the address that a challenge was opened from."""
MEASURE = ("indicator", "zones", "target", "target_unit", "direction", "due")
FIELDS = ("title", "text", "organisation", "view", *MEASURE, "unmeasurable", "datasets")
SETTLED = _("The challenge is {now}: what it asks stays as it was answered. Open it again first.")
ONE_OF_BOTH = _("A challenge has an indicator with a target, a unit, a direction and a date, or a reason why it can't be measured.")
NOT_TO_BE_SEEN = _("A challenge that nobody sees yet has no discussion.")
EMPTY = _("There is nothing in it.")
NOT_A_VIEW = _("A view has these parts, each a text: {known}; found {found}.")


@recorded
def draft_challenge(by: Person, city: str, **fields: Any) -> Challenge:
    """Write a challenge, a draft until the city opens it. UnknownCity; Unfit for what is not there, or both or neither of a measure."""
    now = clock.now(city)
    checks.only(by, Challenge(city=city), fields, FIELDS)
    made = Challenge(city=city, author=by, created_at=now, since=now, **fields)
    allow(may.may_open_challenge(by, city, made.houses), by, made, "draft challenge")
    _check(made)
    checks.keep(by, "draft challenge", made)
    return made


@recorded
def change_challenge(by: Person, challenge: Challenge, **fields: Any) -> Challenge:
    """Say it differently, while it is a draft, open or in a pilot: a draft by whoever may write it, then by the city."""
    checks.only(by, challenge, fields, FIELDS)
    _lock(challenge)
    before, draft = told(challenge), challenge.status == Challenge.Status.DRAFT
    who = may.may_open_challenge if draft else may.may_publish_challenge
    allow(who(by, challenge.city, challenge.houses), by, challenge, "change challenge")
    if challenge.status in (Challenge.Status.SOLVED, Challenge.Status.CLOSED):
        raise Unfit(SETTLED, now=Word(CALLED[challenge.status]))
    for name, value in fields.items():
        setattr(challenge, name, value)
    allow(who(by, challenge.city, challenge.houses), by, challenge, "change challenge")  # nobody gives it to whom they don't act for
    _check(challenge)
    checks.keep(by, "change challenge", challenge, before)
    return challenge


@recorded
def comment(by: Person, challenge: Challenge, text: str) -> Comment:
    """Say something about a challenge that is shown. Unfit where it was never opened, or nothing is said."""
    made = Comment(challenge=challenge, author=by, text=text.strip(), at=clock.now(challenge.city))
    allow(may.may_comment(by), by, made, "comment")
    if not reads.opened([challenge]):
        raise Unfit(NOT_TO_BE_SEEN)
    if not made.text:
        raise Unfit(EMPTY)
    checks.keep(by, "comment", made)
    return made


def _lock(challenge: Challenge) -> None:
    Challenge.objects.select_for_update().get(pk=challenge.pk)
    challenge.refresh_from_db()


def _check(challenge: Challenge) -> None:
    measured = bool(
        challenge.indicator and challenge.target is not None and challenge.target_unit and challenge.direction and challenge.due
    )
    nothing = not (challenge.indicator or challenge.target_unit or challenge.direction or challenge.due) and challenge.target is None
    challenge.unmeasurable = challenge.unmeasurable.strip()
    if not ((measured and not challenge.unmeasurable) or (nothing and challenge.unmeasurable)):
        raise Unfit(ONE_OF_BOTH)
    checks.metric(challenge.city, challenge.indicator)
    checks.zones(challenge.city, challenge.zones)
    checks.sources(challenge.city, challenge.datasets)
    _view(challenge.view)


def _view(view: Any) -> None:
    if not isinstance(view, Mapping) or set(view) - set(VIEW) or not all(isinstance(v, str) for v in view.values()):
        raise Unfit(NOT_A_VIEW, known=", ".join(VIEW), found=view)
