"""What an engineer fills in about the network: a cut, its end, a thing, works. A form refuses what no record could hold."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django import forms
from pydantic import ValidationError

from pulso.fibre.shapes import Cable, Criticality, Disclosure, Duct, Kind, Laid, Organisation, Phase, Plan, Point, Site, Status, Works
from pulso.shapes import Row
from pulso.show import fibre as words
from pulso.show.language import Speech
from pulso.show.language import marked as _
from pulso.web.agenda.forms import EARLIEST, LATEST, NO_SUCH_DAY
from pulso.web.fibre.desk import saying
from pulso.web.fibre.desk.named import found, lines, route, sound
from pulso.web.pages.asked import quoted
from pulso.web.pages.fibre_known import Known
from pulso.web.people.forms import Line

NOT_SO = _("This can't be so: {why}.")
TAKEN = _("The network has {found} already. Choose another id, or leave it empty.")
NO_ADDRESS = _("An id is part of an address: {found} would lead elsewhere.")
BOTH = _("A place has a longitude and a latitude; leave both empty where nobody knows it.")
ROUTE = 1_000_000
"""Characters of a route: ten thousand places, each with all the digits that a file may give."""
BACKWARDS = _("The last day is before the first.")
DAY, HOUR = forms.DateInput({"type": "date"}, format="%Y-%m-%d"), forms.TimeInput({"type": "time"}, format="%H:%M")
DEGREES = forms.NumberInput({"step": "any", "inputmode": "text"})


class Reason(forms.Form):
    """Why, in a sentence. Everything on the desk asks for it."""

    said: ClassVar[saying.Said] = {}
    why = Line(max_length=400)

    def __init__(self, *args: Any, speech: Speech, **rest: Any) -> None:
        super().__init__(*args, **rest)
        self.speech = speech
        for name, field in self.fields.items():
            field.label, field.help_text = map(speech.say, self.said.get(name) or saying.COMMON.get(name, ("", "")))

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


class Named(Reason):
    """What has an id and a name. Only what this form knows of it is changed; all else stays as it was."""

    id = Line(max_length=200, required=False)
    name = forms.CharField(max_length=300, required=False)
    of: type[Row] = Site

    def __init__(self, *args: Any, net: Known, row: Row | None, speech: Speech, **rest: Any) -> None:
        super().__init__(*args, speech=speech, initial=_initial(row) | rest.pop("initial", {}), **rest)
        self.net, self.row, self.plan = net, row, net.plan
        if row is not None or self.of is Works:
            del self.fields["id"]  # what a thing is known by stays; works have no id that people would know them by

    def clean_id(self) -> str:
        """One that nothing has, and that can stand in an address; empty where one is to be made."""
        said: str = self.cleaned_data["id"]
        net = self.net
        taken: dict[type[Row], Any] = {Site: net.sites, Duct: net.ducts, Cable: net.cables, Organisation: net.owners, Phase: net.phases}
        if said in taken.get(self.of, ()):
            raise forms.ValidationError(self.speech.say(TAKEN, found=quoted(said)))
        if said and (said.endswith(".json") or {"", ".", ".."} & set(said.split("/"))):
            raise forms.ValidationError(self.speech.say(NO_ADDRESS, found=quoted(said)))
        return said

    def made(self) -> Row | None:
        """The record as it would be; None, with the reason beside the form, where it can't be so."""
        left = {"why", *(k for k in STAYS if k not in self.data), *(() if self.cleaned_data.get("id") else ("id",))}
        said = {k: v for k, v in self.cleaned_data.items() if k not in left}
        base = self.row.model_dump() if self.row else {"id": uuid.uuid4().hex}
        try:
            return self.of.model_validate(base | self.told(said))
        except ValidationError as why:
            self.add_error(None, self.speech.say(NOT_SO, why="; ".join(str(e["msg"]) for e in why.errors()[:3])))
            return None

    def told(self, said: dict[str, Any]) -> dict[str, Any]:
        """What was filled in, as the record says it: what is empty and may be is nothing."""
        return {k: None if v == "" and k in OPTIONAL else v for k, v in said.items()}


class Thing(Named):
    """A thing that not everybody may know of."""

    disclosure = forms.ChoiceField()

    def __init__(self, *args: Any, net: Known, row: Row | None, speech: Speech, **rest: Any) -> None:
        super().__init__(*args, net=net, row=row, speech=speech, **rest)
        self.choose("disclosure", _words(words.LEVELS, Disclosure, speech))

    def ids(self, sort: str, field: str) -> tuple[str, ...]:
        """Things of the network, one a line."""
        said = dict.fromkeys(line.strip() for line in self.cleaned_data[field].splitlines() if line.strip())
        return tuple(dict.fromkeys(found(one, sort, self.net, self.speech) for one in said))


OPTIONAL = frozenset({"laid", "length", "inner", "outer"})
"""Fields of which nobody may know anything."""
STAYS = frozenset({"lon", "lat", "start", "end", "route", "ducts", "phase"})
"""Where a thing is, and what it was built with. What of it isn't sent stays: an empty field is sent, and says that nobody knows."""


class _Part(Thing):
    """What sites, ducts and cables have in common."""

    status = forms.ChoiceField()
    owner = forms.ChoiceField(required=False)
    phase = forms.ChoiceField(required=False)

    def __init__(self, *args: Any, net: Known, row: Row | None, speech: Speech, **rest: Any) -> None:
        super().__init__(*args, net=net, row=row, speech=speech, **rest)
        self.choose("status", _words(words.STATUSES, Status, speech))
        self.choose("owner", owners(self.plan, str(getattr(row, "owner", "")), speech))
        self.choose("phase", _named(self.plan.phases, str(getattr(row, "phase", "")), speech))


class SiteForm(_Part):
    """A place where cables end."""

    field_order = ("name", "id", "kind", "lon", "lat")
    lon = forms.FloatField(required=False, widget=DEGREES)
    lat = forms.FloatField(required=False, widget=DEGREES)
    kind = forms.ChoiceField()
    service = forms.CharField(max_length=300, required=False)
    criticality = forms.ChoiceField()
    customer = forms.BooleanField(required=False)
    source = forms.BooleanField(required=False)
    public_building = forms.BooleanField(required=False)

    def __init__(self, *args: Any, net: Known, row: Row | None, speech: Speech, **rest: Any) -> None:
        super().__init__(*args, net=net, row=row, speech=speech, **rest)
        self.choose("kind", _words(words.KINDS, Kind, speech))
        self.choose("criticality", _words(words.CRITICALITY, Criticality, speech))

    def clean(self) -> dict[str, Any]:
        """A place has both degrees, and they are of this world, in their order."""
        said: dict[str, Any] = super().clean() or {}
        lon, lat = said.get("lon"), said.get("lat")
        if (lon is None) != (lat is None) and not {"lon", "lat"} & self.errors.keys():
            self.add_error("lon" if lon is None else "lat", self.speech.say(BOTH))
        elif lon is not None and lat is not None:
            try:
                sound([(lon, lat)], self.net, self.speech)
            except forms.ValidationError as why:
                self.add_error("lon", why)
        return said

    def told(self, said: dict[str, Any]) -> dict[str, Any]:
        """Its place as one."""
        place = {} if "lon" not in said else {"at": None if said["lon"] is None else (said["lon"], said["lat"])}
        return super().told({k: v for k, v in said.items() if k not in ("lon", "lat")}) | place


class _Way(_Part):
    """What goes from one site to another."""

    start = forms.CharField(max_length=300)
    end = forms.CharField(max_length=300)

    def __init__(self, *args: Any, net: Known, row: Row | None, speech: Speech, **rest: Any) -> None:
        super().__init__(*args, net=net, row=row, speech=speech, **rest)
        for end in ("start", "end") if self.is_bound and row is not None else ():
            self.fields[end].required = end in self.data  # one that isn't sent stays

    def clean_start(self) -> str:
        """A site that the network has."""
        return self._end("start")

    def clean_end(self) -> str:
        """Alike."""
        return self._end("end")

    def _end(self, field: str) -> str:
        said: str = self.cleaned_data[field]
        same = self.row is not None and (field not in self.data or said == getattr(self.row, field))
        return said if same else found(said, "site", self.net, self.speech)


class DuctForm(_Way):
    """A way in the ground or along poles."""

    of = Duct
    field_order = ("name", "id", "start", "end", "route", "length")
    route = forms.CharField(required=False, widget=forms.Textarea({"rows": 5, "spellcheck": "false"}), max_length=ROUTE)
    laid = forms.ChoiceField(required=False)
    length = forms.FloatField(required=False, min_value=0)
    inner = forms.FloatField(required=False, min_value=0)

    def __init__(self, *args: Any, net: Known, row: Row | None, speech: Speech, **rest: Any) -> None:
        super().__init__(*args, net=net, row=row, speech=speech, **rest)
        self.choose("laid", [("", speech.say("not known")), *_words(words.LAID, Laid, speech)])

    def clean_route(self) -> tuple[Point, ...]:
        """Places in order; as it was where nobody touched it, however it came there."""
        said: str = self.cleaned_data["route"]
        was: tuple[Point, ...] = getattr(self.row, "route", ())
        return was if said.split() == lines(was).split() else route(said, self.net, self.speech)


class CableForm(_Way):
    """A cable."""

    of = Cable
    field_order = ("name", "id", "start", "end", "ducts", "tubes", "fibres", "length")
    ducts = forms.CharField(required=False, widget=forms.Textarea({"rows": 4, "spellcheck": "false"}), max_length=20_000)
    tubes = forms.IntegerField(min_value=1, max_value=1_000)
    fibres = forms.IntegerField(min_value=1, max_value=10_000)
    length = forms.FloatField(required=False, min_value=0)
    outer = forms.FloatField(required=False, min_value=0)

    def clean_ducts(self) -> tuple[str, ...]:
        """Ducts that the network has, in order; as they were where nobody touched them."""
        was: tuple[str, ...] = getattr(self.row, "ducts", ())
        return was if self.cleaned_data["ducts"].split("\n") == list(was) else self.ids("duct", "ducts")


class WorksForm(Thing):
    """A dig or another work on some days. What it touches is said by id or by name, one a line."""

    of = Works
    said = saying.WORKS
    field_order = ("name", "first", "last", "ducts", "sites", "permit", "whom", "disclosure", "why")
    name = forms.CharField(max_length=300)
    first = forms.DateField(widget=DAY)
    last = forms.DateField(widget=DAY)
    ducts = forms.CharField(required=False, widget=forms.Textarea({"rows": 4}), max_length=20_000)
    sites = forms.CharField(required=False, widget=forms.Textarea({"rows": 2}), max_length=20_000)
    permit = forms.CharField(max_length=300, required=False)
    whom = forms.ChoiceField(required=False)

    def __init__(self, *args: Any, net: Known, row: Row | None, speech: Speech, **rest: Any) -> None:
        super().__init__(*args, net=net, row=row, speech=speech, **rest)
        self.choose("whom", owners(self.plan, str(getattr(row, "whom", "")), speech))

    def clean_ducts(self) -> tuple[str, ...]:
        """Those that the network has."""
        return self.ids("duct", "ducts")

    def clean_sites(self) -> tuple[str, ...]:
        """Alike."""
        return self.ids("site", "sites")

    def clean(self) -> dict[str, Any]:
        """In order."""
        said: dict[str, Any] = super().clean() or {}
        if said.get("first") and said.get("last") and said["last"] < said["first"]:
            self.add_error("last", self.speech.say(BACKWARDS))
        return said


class _Party(Named):
    """Whom or what things are said to belong to. One that came without a name may stay without."""

    field_order = ("name", "id", "why")
    name = forms.CharField(max_length=300)

    def __init__(self, *args: Any, net: Known, row: Row | None, speech: Speech, **rest: Any) -> None:
        super().__init__(*args, net=net, row=row, speech=speech, **rest)
        self.fields["name"].required = row is None or bool(getattr(row, "name", ""))


class OrganisationForm(_Party):
    """Who owns, runs or uses something."""

    of = Organisation
    said = saying.ORGANISATIONS


class PhaseForm(_Party):
    """A stage of building."""

    of = Phase
    said = saying.PHASES


FORMS: dict[str, type[Named]] = {"site": SiteForm, "duct": DuctForm, "cable": CableForm, "works": WorksForm}
FORMS |= {"organisation": OrganisationForm, "phase": PhaseForm}
"""By what is entered and changed on the desk."""


def _initial(row: Row | None) -> dict[str, Any]:
    """What stands in a form: ids and places one a line."""
    if row is None:
        return {
            "disclosure": Disclosure.INTERNAL,
            "status": Status.OPERATIONAL,
            "criticality": Criticality.NORMAL,
            "kind": Kind.OTHER,
            "tubes": 1,
        }
    said = row.model_dump() | dict(zip(("lon", "lat"), getattr(row, "at", None) or (), strict=False))
    if isinstance(row, Duct):
        said["route"] = lines(row.route)
    return {k: "\n".join(v) if k in ("ducts", "sites") else v for k, v in said.items()}


def _words(known: Mapping[str, str], values: type[Any], speech: Speech) -> list[tuple[str, Any]]:
    return [(v.value, speech.capital(words.word(known, v.value, speech))) for v in values]


def owners(plan: Plan, now: str, speech: Speech) -> list[tuple[str, Any]]:
    """The network's organisations by name, and the one that is named now, known or not; or none."""
    return _named(plan.organisations, now, speech)


def _named(those: Iterable[Organisation | Phase], now: str, speech: Speech) -> list[tuple[str, Any]]:
    known = {one.id: one.name or one.id for one in those}
    return [("", speech.say("not said")), *sorted((known | ({now: known.get(now, now)} if now else {})).items(), key=lambda c: c[1])]


def _when(day: date | None, hour: time | None, clock: ZoneInfo) -> date | datetime | None:
    if day is None or hour is None:
        return day
    return datetime.combine(day, hour, clock)
