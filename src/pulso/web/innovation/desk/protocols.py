"""What is filled in of a protocol, and of an amendment: one of its fields, in words, and why."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from django import forms

from pulso.show import pilots
from pulso.show.language import Speech
from pulso.show.language import marked as _
from pulso.web.innovation.desk.asking import Asking, Day, Groups, Number, Text
from pulso.web.innovation.desk.forms import UNITS, Boxes, chosen, outcomes, places
from pulso.web.innovation.desk.money import written
from pulso.web.innovation.models.protocols import WRITTEN
from pulso.web.innovation.writes import checks, protocols
from pulso.web.readings import Reading, cities, reading

NOT_A_LINE = _("One event a line: its first day, its last day, its name, as in “{example}”. Found: {found}.")
EXAMPLE = "2025-06-23 2025-06-24 São João"
HOW = _(
    "How the effect is told from what would have happened anyway. The window effect compares with no other place; with places left alone, "
    "take the structural time series. Where it is known what was truly done, their intervals held it. The others are narrower and held it "
    "less often."
)
METRIC = _("The one number by which the pilot is judged. In a zone with few sensors choose a metric: the index shows a part there.")
LINE = re.compile(r"(\d{4}-\d{2}-\d{2})\s+(\d{4}-\d{2}-\d{2})\s+(\S.*)")


class Events(Text):
    """Events that are left out, one a line."""

    known: tuple[Mapping[str, str], ...] = ()  # those that were there before keep their ids
    speech: Speech

    def prepare_value(self, value: Any) -> Any:
        """As they are written."""
        return "\n".join(f"{e['first']} {e['last']} {e['name']}" for e in value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[dict[str, str]]:  # type: ignore[override]  # a list of what the lines say
        """Each with id, name, first, last."""
        return [self._one(line.strip()) for line in super().clean(value).split("\n") if line.strip()]

    def _one(self, line: str) -> dict[str, str]:
        found = LINE.fullmatch(line)
        try:
            ordered = found and date.fromisoformat(found[1]) <= date.fromisoformat(found[2])
        except ValueError:
            ordered = False
        if not found or not ordered:
            raise forms.ValidationError(self.speech.say(NOT_A_LINE, example=EXAMPLE, found=line[:80]))
        made = {"name": found[3], "first": found[1], "last": found[2]}
        same = [e for e in self.known if all(e[k] == v for k, v in made.items())]
        return {"id": same[0]["id"] if same else hashlib.sha256(line.encode()).hexdigest()[:12]} | made


class ProtocolForm(Asking):
    """A protocol, until it is frozen; what is computed of it is not asked for."""

    hypothesis = Text(required=False, rows=3)
    metric = forms.ChoiceField(required=False)
    direction = forms.ChoiceField(required=False)
    zones = forms.MultipleChoiceField(required=False, widget=Boxes)
    method = forms.ChoiceField(required=False)
    comparison_zones = forms.MultipleChoiceField(required=False, widget=Boxes)
    comparison_cities = forms.MultipleChoiceField(required=False, widget=Boxes)
    before_first = Day(required=False)
    before_last = Day(required=False)
    window_first = Day(required=False)
    window_last = Day(required=False)
    excluded = Events(required=False, rows=3)
    matters = Number(required=False)
    unit = forms.ChoiceField(required=False)
    stop_rule = Text(required=False, rows=2)
    may_peek = forms.BooleanField(required=False)
    peek_why = Text(required=False, rows=2)
    said = {  # noqa: RUF012
        "hypothesis": (_("Hypothesis"), _("What you expect to happen, and why, in a sentence or two.")),
        "metric": (_("Primary outcome"), METRIC),
        "direction": (_("Expected direction"), ""),
        "zones": (_("Treated zones"), _("Where it is done. None chosen: the whole city.")),
        "method": (_("Method"), HOW),
        "comparison_zones": (_("Comparison zones"), _("Zones like those, where nothing is done.")),
        "comparison_cities": (_("Comparison cities"), ""),
        "before_first": (_("First day before"), _("From here on both are compared.")),
        "before_last": (_("Last day before"), _("Included; before the window.")),
        "window_first": (_("First day of the window"), _("It is frozen before this day.")),
        "window_last": (_("Last day of the window"), _("Included.")),
        "excluded": (_("Events that are left out"), _("One a line: first day, last day, name, with days as 2025-06-23.")),
        "matters": (_("Smallest effect that matters"), _("Less than this would change nobody's mind.")),
        "unit": (_("In what"), ""),
        "stop_rule": (_("Stop rule"), _("What ends the pilot early, such as an accident.")),
        "may_peek": (_("The outcome may be looked at before the window has ended"), _("Who looks early stops when it looks best.")),
        "peek_why": (_("Why it may"), _("Only where it may.")),
    }
    groups: ClassVar[Groups] = (
        (_("What is expected"), (("hypothesis",), ("metric",), ("direction",), ("matters", "unit"))),
        (_("Where, and compared with what"), (("zones",), ("method",), ("comparison_zones",), ("comparison_cities",))),
        (_("When"), (("before_first", "before_last"), ("window_first", "window_last"), ("excluded",))),
        (_("What ends it early"), (("stop_rule",), ("may_peek",), ("peek_why",))),
    )
    beside = {  # noqa: RUF012
        checks.NO_METRIC: "metric",
        checks.NO_ZONE: "zones",
        checks.NO_CITY: "comparison_cities",
        checks.NO_DAY: "excluded",
        protocols.BACKWARDS: "window_first",
        protocols.PEEK_WHY: "peek_why",
        protocols.NOTHING_TO_COMPARE: "method",
        protocols.WHOLE: "zones",
        protocols.BOTH: "comparison_zones",
        protocols.IN_THE_PAST: "window_first",
    }
    unfinished = strict = True

    def __init__(self, *args: Any, reading: Reading, speech: Speech, **rest: Any) -> None:
        super().__init__(*args, speech=speech, **rest)
        self.choose("metric", [("", speech.say("choose one")), *outcomes(reading, speech)])
        self.choose("direction", chosen(dict(pilots.HOPED), speech))
        self.choose("method", chosen(dict(pilots.METHODS), speech))
        self.choose("unit", chosen(UNITS, speech))
        for name in ("zones", "comparison_zones"):
            self.choose(name, places(reading))
        self.choose("comparison_cities", elsewhere(reading))
        metric, zones = self["metric"], self["zones"]
        leaning = pilots.leaning(metric.value() or "", zones.value() or (), speech)
        metric.help_text = f"{metric.help_text} {leaning}".rstrip()
        events = self.fields["excluded"]
        assert isinstance(events, Events)  # noqa: S101
        events.known = tuple(self.initial.get("excluded") or ())


class Amending(ProtocolForm):
    """One field of a frozen protocol, by its name; what is done otherwise, and why."""

    text = Text(rows=3)
    reason = Text(rows=3)
    said = ProtocolForm.said | {
        "text": (_("What is done otherwise"), _("In words, for all to read.")),
        "reason": (_("Why"), _("For all to read.")),
    }
    groups: ClassVar[Groups] = ()
    unfinished = strict = False

    def __init__(self, *args: Any, only: str, **rest: Any) -> None:
        super().__init__(*args, **rest)
        self.only = only
        for name in [n for n in WRITTEN if n != only]:
            del self.fields[name]

    def told(self) -> dict[str, Any]:
        """As `amend` takes it."""
        return {"field": self.only, "after": self.cleaned_data[self.only]} | {k: self.cleaned_data[k] for k in ("text", "reason")}

    def wrong(self, why: Any) -> None:
        """All that is wrong with it is wrong with its field."""
        self.add_error(self.only if why.message in {*self.beside, protocols.SAME, protocols.NO_PEEKING} else None, why.said(self.speech))


def elsewhere(here: Reading) -> list[tuple[str, str]]:
    """The other cities that this site shows."""
    return [(slug, reading(slug).city.city.name) for slug in cities() if slug != here.slug]


def called(field: str, speech: Speech) -> str:
    """What a field of a protocol is called."""
    return speech.say(Amending.said[field][0])


def shown(field: str, value: Any, of: Reading, speech: Speech) -> str:
    """A field's value in words; a dash where nothing is said."""
    if field == "may_peek":
        return speech.say("yes") if value else speech.say("no")
    if field == "zones" and not value:
        return speech.say("the whole city")
    if value in (None, "", []):
        return "–"
    if isinstance(value, date):
        return speech.day(value, "long")
    if isinstance(value, Decimal):
        return written(value, speech)
    if isinstance(value, list):
        return _listed(field, value, of, speech)
    words = {"direction": pilots.HOPED, "method": pilots.METHODS, "unit": UNITS}.get(field)
    if field == "metric":
        return dict(outcomes(of, speech)).get(value, str(value))
    return pilots.word(words, value, speech) if words else str(value)


def _listed(field: str, value: list[Any], of: Reading, speech: Speech) -> str:
    if field == "excluded":
        ends = [(date.fromisoformat(e["first"]), date.fromisoformat(e["last"])) for e in value]
        return "; ".join(f"{e['name']} ({speech.days(*span, year=True)})" for e, span in zip(value, ends, strict=True))
    known = dict(places(of) if field != "comparison_cities" else elsewhere(of))
    return speech.together([known.get(v, v) for v in value])
