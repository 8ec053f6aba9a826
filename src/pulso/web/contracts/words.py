"""What is said of a breach, in plain words."""

from __future__ import annotations

from pulso.shapes import REASONS
from pulso.show import names
from pulso.show.language import Speech
from pulso.show.language import marked as _
from pulso.web.contracts.models import Incident
from pulso.web.readings import City
from pulso.web.readings.contracts import Breach

TITLES: dict[str, str] = {
    "late": _("late"),
    "nothing": _("nothing came yet"),
    "incomplete": _("incomplete"),
    "drift": _("the shape has changed"),
    "unreadable": _("can't be read"),
    "unanswered": _("did not answer"),
}
"""Each kind of breach in a few words."""


def title(of: Breach | Incident, city: City, speech: Speech) -> str:
    """The breach in a few words: "bikes: late"."""
    return f"{names.source(of.source, city, speech)}: {speech.say(TITLES[of.kind])}"


def sentence(of: Breach | Incident, city: City, speech: Speech) -> str:
    """The breach in a sentence, with what it rests on."""
    if of.kind == "late":
        return speech.say("Nothing has come since {day}.", day=_day(of, speech))
    if of.kind == "nothing":
        return speech.say("Nothing has ever come, though it should have by now.")
    if of.kind == "incomplete":
        said = speech.say("{seen} of the expected values came in its last 28 days; {declared} are agreed.", **_shares(of, speech))
        return f"{names.metric(of.subject, city, speech)}: {said}"
    if of.kind == "drift":
        return (
            f"{speech.capital(speech.say(REASONS[of.subject]))}: {of.detail}"
            if of.detail
            else speech.capital(speech.say(REASONS[of.subject]))
        )
    if of.kind == "unreadable":
        return speech.say("It answered at the last collection, but what it said could not be read as the city file describes it.")
    return speech.many(
        "{n} address did not answer at the last collection.", "{n} addresses did not answer at the last collection.", int(of.seen or 0)
    )


def _day(of: Breach | Incident, speech: Speech) -> str:
    return speech.day(of.since, "long") if of.since else "–"


def _shares(of: Breach | Incident, speech: Speech) -> dict[str, str]:
    return {"seen": speech.percent(of.seen or 0.0, down=True), "declared": speech.percent(of.declared or 0.0)}
