"""What people enter about a city: events, outages, flags. A form refuses what the river could not read."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms

from pulso.show import names
from pulso.show.language import Speech
from pulso.show.language import marked as _
from pulso.web.people.forms import Line
from pulso.web.readings import Reading, Span
from pulso.web.readings.entries import BY_THE_SITE, PILOT, SIGNS, SILENCING, had

LONGEST = timedelta(days=366)
"""An event that lasts longer is no event."""

EARLIEST, LATEST = date(1990, 1, 1), date(2099, 12, 31)

NOT_EVENTS = ("holiday", "school_break", PILOT, *SILENCING)
"""Kinds that the calendar, the pilots or the outages have."""

GENERAL = (
    "carnival",
    "closure",
    "concert",
    "conference",
    "demonstration",
    "event",
    "fair",
    "feast",
    "festival",
    "fire",
    "flood",
    "football",
    "heat_wave",
    "lockdown",
    "market",
    "race",
    "road_works",
    "sport",
    "storm",
    "strike",
)
"""What is offered besides what a city has had: few and wide, so that the next one of a kind meets what was learnt of the last."""

TOO_LONG = _("An event lasts a year at most.")
BACKWARDS = _("The last day is before the first.")
NO_SUCH_DAY = _("The day lies between {first} and {last}.")


class Days(forms.Form):
    """A first and a last day, both included."""

    first = forms.DateField(widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    last = forms.DateField(widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    longest: timedelta | None = LONGEST

    def __init__(self, *args: Any, speech: Speech, **rest: Any) -> None:
        super().__init__(*args, **rest)
        self.speech = speech

    def clean(self) -> dict[str, Any]:
        """In order, in our times, and not for ever."""
        said: dict[str, Any] = super().clean() or {}
        first, last = said.get("first"), said.get("last")
        for name, day in (("first", first), ("last", last)):
            if day and not EARLIEST <= day <= LATEST:
                ends = {"first": self.speech.day(EARLIEST, "medium"), "last": self.speech.day(LATEST, "medium")}
                self.add_error(name, self.speech.say(NO_SUCH_DAY, **ends))
        if not self.errors and first and last:
            if last < first:
                self.add_error("last", self.speech.say(BACKWARDS))
            elif self.longest and last - first > self.longest:
                self.add_error("last", self.speech.say(TOO_LONG))
        return said


class Event(Days):
    """A happening."""

    kind = forms.ChoiceField()
    name = Line(max_length=120)
    zone = forms.ChoiceField(required=False)
    link = forms.URLField(required=False, max_length=400, assume_scheme="https")
    sign = forms.ChoiceField(required=False)
    signs = SIGNS

    def __init__(self, *args: Any, reading: Reading, speech: Speech, may_silence: bool = False, **rest: Any) -> None:  # noqa: ARG002
        super().__init__(*args, speech=speech, **rest)
        whole = ("", speech.say("the whole city"))
        self._choose("zone", [whole, *((z.id, z.name) for z in reading.zones.all)])
        self._choose("kind", [("", speech.say("choose one")), *self.kinds(reading)])
        self._choose("sign", [("", speech.say("not known")), ("busier", speech.say("busier")), ("quieter", speech.say("quieter"))])

    def kinds(self, reading: Reading) -> list[tuple[str, Any]]:
        """Those that the city has had, whose effect can be known, before a few wide ones that it has not; one that was entered stays."""
        before = {k: self._often(k, days) for k, days in had(reading).items() if k not in NOT_EVENTS}
        called = {self._called(k) for k in before}
        others = dict.fromkeys((*GENERAL, *filter(None, [self.initial.get("kind")])))
        new = {k: self._called(k) for k in others if k not in before and self._called(k) not in called}
        groups = ((self.speech.say("had here before"), before), (self.speech.say("new here"), new))
        return [(name, sorted(group.items(), key=lambda c: c[1])) for name, group in groups if group]

    def span(self) -> Span:
        """As the river reads it."""
        said = self.cleaned_data
        silences = said.get("silences", self.initial.get("silences", ()))
        told = {k: said[k] for k in ("first", "last", "kind", "name", "link")}
        return Span.model_validate(told | {"zone": said["zone"] or None, "silences": silences, "sensors": self.initial.get("sensors", ())})

    def _called(self, kind: str) -> str:
        return self.speech.capital(names.driver(kind, self.speech))

    def _often(self, kind: str, days: list[date]) -> str:
        said = {"kind": self._called(kind), "year": days[0].year}
        return self.speech.many("{kind}: once, in {year}", "{kind}: {n} times since {year}", len(days), **said)

    def _choose(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  # these are
        field.choices = choices


class Outage(Event):
    """What silences sensors and says nothing about the city."""

    silences = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, reading: Reading, speech: Speech, may_silence: bool, **rest: Any) -> None:
        super().__init__(*args, reading=reading, speech=speech, **rest)
        if not may_silence:  # whoever may leave no sensor out may not do it by the name of an outage either
            del self.fields["silences"]
            return
        self._choose("silences", [(name, speech.capital(names.source(name, reading.city, speech))) for name in reading.city.sources])

    def kinds(self, reading: Reading) -> list[tuple[str, Any]]:  # noqa: ARG002
        """The silencing ones."""
        return [(k, self._called(k)) for k in SILENCING if k not in BY_THE_SITE]


class Exclusion(Days):
    """A sensor that is left out."""

    sensor = forms.CharField(max_length=200, widget=forms.TextInput({"list": "sensors"}))
    first = forms.DateField(required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    last = forms.DateField(required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    why = Line(max_length=200)
    longest = None
