"""What an engineer fills in about the network: a cut, its end, a thing, works. A form refuses what no record could hold."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from pydantic import ValidationError

from pulso.fibre.shapes import Cable, Criticality, Disclosure, Duct, Kind, Laid, Plan, Site, Status, Works
from pulso.shapes import Row
from pulso.show import fibre as words
from pulso.show.language import Speech
from pulso.show.language import marked as _
from pulso.web.agenda.forms import EARLIEST, LATEST, NO_SUCH_DAY
from pulso.web.people.forms import Line

SORTS: dict[str, type[Row]] = {"site": Site, "duct": Duct, "cable": Cable, "works": Works}
"""What is changed on the desk."""
NOT_SO = _("This can't be so: {why}.")
NO_SUCH = _("The network has no {sort} {found}.")
BACKWARDS = _("The last day is before the first.")
DAY, HOUR = forms.DateInput({"type": "date"}, format="%Y-%m-%d"), forms.TimeInput({"type": "time"}, format="%H:%M")


class Reason(forms.Form):
    """Why, in a sentence. Everything on the desk asks for it."""

    why = Line(max_length=400)

    def __init__(self, *args: Any, speech: Speech, **rest: Any) -> None:
        super().__init__(*args, **rest)
        self.speech = speech

    def choose(self, name: str, choices: list[tuple[str, Any]]) -> None:
        """Say what a field is chosen from."""
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  # these are
        field.choices = choices


class End(Reason):
    """When something ends; a day without an hour is over with the day."""

    until = forms.DateField(widget=DAY)
    until_hour = forms.TimeField(required=False, widget=HOUR)

    def end(self, clock: ZoneInfo) -> date | datetime | None:
        """When: a day, or a moment."""
        return _when(self.cleaned_data["until"], self.cleaned_data["until_hour"], clock)

    def clean(self) -> dict[str, Any]:
        """Days that a city may have: a year that was typed wrong would make sensors missing on all days."""
        said: dict[str, Any] = super().clean() or {}
        ends = {"first": self.speech.day(EARLIEST, "medium"), "last": self.speech.day(LATEST, "medium")}
        for name in ("since", "until"):
            if said.get(name) and not EARLIEST <= said[name] <= LATEST:
                self.add_error(name, self.speech.say(NO_SUCH_DAY, **ends))
        return said


class Cut(End):
    """What is cut, since when, and until when where that is known. What is cut is asked for by the address of the page."""

    since = forms.DateField(widget=DAY)
    since_hour = forms.TimeField(required=False, widget=HOUR)
    until = forms.DateField(required=False, widget=DAY)

    def begin(self, clock: ZoneInfo) -> date | datetime:
        """Since when: a day, or a moment."""
        found = _when(self.cleaned_data["since"], self.cleaned_data["since_hour"], clock)
        assert found is not None  # noqa: S101  # the day is required
        return found


class Thing(Reason):
    """A thing of the network. Only what this form knows of it is changed; all else stays as it was."""

    name = forms.CharField(max_length=300, required=False)
    disclosure = forms.ChoiceField()
    of: type[Row] = Site

    def __init__(self, *args: Any, plan: Plan, row: Row | None, speech: Speech, **rest: Any) -> None:
        super().__init__(*args, speech=speech, initial=_initial(row), **rest)
        self.plan, self.row = plan, row
        self.choose("disclosure", _words(words.LEVELS, Disclosure, speech))

    def made(self) -> Row | None:
        """The record as it would be; None, with the reason beside the form, where it can't be so."""
        said = {k: v for k, v in self.cleaned_data.items() if k != "why"}
        base = self.row.model_dump() if self.row else {}
        try:
            return self.of.model_validate(base | self.told(said))
        except ValidationError as why:
            self.add_error(None, self.speech.say(NOT_SO, why="; ".join(str(e["msg"]) for e in why.errors()[:3])))
            return None

    def told(self, said: dict[str, Any]) -> dict[str, Any]:
        """What was filled in, as the record says it: what is empty and may be is nothing."""
        return {k: None if v == "" and k in OPTIONAL else v for k, v in said.items()}


OPTIONAL = frozenset({"laid", "length", "inner", "outer"})
"""Fields of which nobody may know anything."""


class _Part(Thing):
    """What sites, ducts and cables have in common."""

    status = forms.ChoiceField()
    owner = forms.ChoiceField(required=False)

    def __init__(self, *args: Any, plan: Plan, row: Row | None, speech: Speech, **rest: Any) -> None:
        super().__init__(*args, plan=plan, row=row, speech=speech, **rest)
        self.choose("status", _words(words.STATUSES, Status, speech))
        self.choose("owner", _owners(plan, str(getattr(row, "owner", "")), speech))


class SiteForm(_Part):
    """A place where cables end."""

    kind = forms.ChoiceField()
    service = forms.CharField(max_length=300, required=False)
    criticality = forms.ChoiceField()
    customer = forms.BooleanField(required=False)
    source = forms.BooleanField(required=False)
    public_building = forms.BooleanField(required=False)

    def __init__(self, *args: Any, plan: Plan, row: Row | None, speech: Speech, **rest: Any) -> None:
        super().__init__(*args, plan=plan, row=row, speech=speech, **rest)
        self.choose("kind", _words(words.KINDS, Kind, speech))
        self.choose("criticality", _words(words.CRITICALITY, Criticality, speech))


class DuctForm(_Part):
    """A way in the ground or along poles."""

    of = Duct
    laid = forms.ChoiceField(required=False)
    length = forms.FloatField(required=False, min_value=0)
    inner = forms.FloatField(required=False, min_value=0)

    def __init__(self, *args: Any, plan: Plan, row: Row | None, speech: Speech, **rest: Any) -> None:
        super().__init__(*args, plan=plan, row=row, speech=speech, **rest)
        self.choose("laid", [("", speech.say("not known")), *_words(words.LAID, Laid, speech)])


class CableForm(_Part):
    """A cable."""

    of = Cable
    tubes = forms.IntegerField(min_value=1, max_value=1_000)
    fibres = forms.IntegerField(min_value=1, max_value=10_000)
    length = forms.FloatField(required=False, min_value=0)
    outer = forms.FloatField(required=False, min_value=0)


class WorksForm(Thing):
    """A dig or another work on some days. What it touches is said by id, one a line."""

    of = Works
    field_order = ("name", "first", "last", "ducts", "sites", "permit", "whom", "disclosure", "why")
    name = forms.CharField(max_length=300)
    first = forms.DateField(widget=DAY)
    last = forms.DateField(widget=DAY)
    ducts = forms.CharField(required=False, widget=forms.Textarea({"rows": 4}), max_length=20_000)
    sites = forms.CharField(required=False, widget=forms.Textarea({"rows": 2}), max_length=20_000)
    permit = forms.CharField(max_length=300, required=False)
    whom = forms.ChoiceField(required=False)

    def __init__(self, *args: Any, plan: Plan, row: Row | None, speech: Speech, **rest: Any) -> None:
        super().__init__(*args, plan=plan, row=row, speech=speech, **rest)
        self.choose("whom", _owners(plan, str(getattr(row, "whom", "")), speech))

    def clean_ducts(self) -> tuple[str, ...]:
        """Ids that the network has."""
        return self._ids("duct", "ducts", {d.id for d in self.plan.ducts})

    def clean_sites(self) -> tuple[str, ...]:
        """Alike."""
        return self._ids("site", "sites", {s.id for s in self.plan.sites})

    def clean(self) -> dict[str, Any]:
        """In order."""
        said: dict[str, Any] = super().clean() or {}
        if said.get("first") and said.get("last") and said["last"] < said["first"]:
            self.add_error("last", self.speech.say(BACKWARDS))
        return said

    def _ids(self, sort: str, name: str, known: set[str]) -> tuple[str, ...]:
        found = tuple(dict.fromkeys(line.strip() for line in self.cleaned_data[name].splitlines() if line.strip()))
        for one in found:
            if one not in known:
                raise forms.ValidationError(self.speech.say(NO_SUCH, sort=words.word(words.SORTS, sort, self.speech), found=repr(one[:80])))
        return found


FORMS: dict[str, type[Thing]] = {"site": SiteForm, "duct": DuctForm, "cable": CableForm, "works": WorksForm}


def _initial(row: Row | None) -> dict[str, Any]:
    """What stands in a form: lists of ids one a line."""
    said = row.model_dump() if row else {"disclosure": Disclosure.INTERNAL}
    return {k: "\n".join(v) if k in ("ducts", "sites") else v for k, v in said.items()}


def _words(known: Mapping[str, str], values: type[Any], speech: Speech) -> list[tuple[str, Any]]:
    return [(v.value, speech.capital(words.word(known, v.value, speech))) for v in values]


def _owners(plan: Plan, now: str, speech: Speech) -> list[tuple[str, Any]]:
    known = {o.id: o.name or o.id for o in plan.organisations}
    return [("", speech.say("not said")), *sorted((known | ({now: known.get(now, now)} if now else {})).items(), key=lambda c: c[1])]


def _when(day: date | None, hour: time | None, clock: ZoneInfo) -> date | datetime | None:
    if day is None or hour is None:
        return day
    return datetime.combine(day, hour, clock)
