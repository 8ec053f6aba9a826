"""What people enter about a city: events, outages, flags. A form refuses what the river could not read."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms

from pulso.show import names
from pulso.show.language import Speech
from pulso.show.language import marked as _
from pulso.show.names import KINDS
from pulso.web.readings import Reading, Span
from pulso.web.readings.entries import SIGNS, SILENCING, kinds

LONGEST = timedelta(days=366)
"""An event that lasts longer is no event."""

EARLIEST, LATEST = date(1990, 1, 1), date(2100, 1, 1)

NOT_EVENTS = ("holiday", "school_break", *SILENCING)
"""Kinds that the calendar or the outages have."""

TOO_LONG = _("An event lasts a year at most.")
BACKWARDS = _("The last day is before the first.")


class Days(forms.Form):
    """A first and a last day, both included."""

    first = forms.DateField(widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    last = forms.DateField(widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))

    def __init__(self, *args: Any, speech: Speech, **rest: Any) -> None:
        super().__init__(*args, **rest)
        self.speech = speech

    def clean(self) -> dict[str, Any]:
        """In order, and not for ever."""
        said: dict[str, Any] = super().clean() or {}
        first, last = said.get("first"), said.get("last")
        if first and last and last < first:
            self.add_error("last", self.speech.say(BACKWARDS))
        elif first and last and (last - first > LONGEST or first < EARLIEST or last > LATEST):
            self.add_error("last", self.speech.say(TOO_LONG))
        return said


class Event(Days):
    """A happening."""

    kind = forms.ChoiceField()
    name = forms.CharField(max_length=120)
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
        """Those that the city has had, whose effect can be known, before those that it has not."""
        had = [k for k in kinds(reading) if k not in NOT_EVENTS]
        new = [k for k in KINDS if k not in had and k not in NOT_EVENTS]
        groups = ((self.speech.say("had here before"), had), (self.speech.say("new here"), new))
        return [(name, sorted(((k, self._called(k)) for k in group), key=lambda c: c[1])) for name, group in groups if group]

    def span(self) -> Span:
        """As the river reads it."""
        said = self.cleaned_data
        silences = said.get("silences", self.initial.get("silences", ()))
        told = {k: said[k] for k in ("first", "last", "kind", "name", "link")}
        return Span.model_validate(told | {"zone": said["zone"] or None, "silences": silences})

    def _called(self, kind: str) -> str:
        return self.speech.capital(self.speech.say(KINDS[kind]) if kind in KINDS else kind.replace("_", " "))

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
        return [(k, self._called(k)) for k in SILENCING]


class Exclusion(forms.Form):
    """A sensor that is left out."""

    sensor = forms.CharField(max_length=200)
    first = forms.DateField(required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    last = forms.DateField(required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    why = forms.CharField(max_length=200)

    def __init__(self, *args: Any, speech: Speech, **rest: Any) -> None:
        super().__init__(*args, **rest)
        self.speech = speech

    def clean(self) -> dict[str, Any]:
        """In order."""
        said: dict[str, Any] = super().clean() or {}
        if said.get("first") and said.get("last") and said["last"] < said["first"]:
            self.add_error("last", self.speech.say(BACKWARDS))
        return said
