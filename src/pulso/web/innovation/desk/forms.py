"""What is filled in of challenges, pilots, practices and testbeds. A form reads; whether it can be so, the write says."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms
from django.db.models import Q

from pulso.show import names, pilots
from pulso.show.language import Speech
from pulso.show.language import marked as _
from pulso.web.innovation import models
from pulso.web.innovation.desk.asking import Asking, Day, Euros, Groups, Number, Text
from pulso.web.innovation.models import Evaluation, FundingLine, Party, Pilot, Testbed
from pulso.web.innovation.writes import challenges, checks, practices
from pulso.web.innovation.writes import pilots as money
from pulso.web.innovation.writes import testbeds as beds
from pulso.web.people.forms import Line
from pulso.web.people.models import Organisation
from pulso.web.readings import Reading

Boxes = forms.CheckboxSelectMultiple
UNITS = {"points": _("index points"), "%": _("per cent")}
WAYS = {"up": _("upwards"), "down": _("downwards")}


def chosen(known: dict[str, str], speech: Speech, first: str = "") -> list[tuple[str, str]]:
    """What there is to choose from, in words; before it nothing, by this name."""
    return [("", speech.say(first or _("choose one"))), *((k, speech.capital(speech.say(v))) for k, v in known.items())]


def outcomes(reading: Reading, speech: Speech) -> list[tuple[str, str]]:
    """The index, and the city's metrics."""
    return [(checks.INDEX, speech.say(_("The index"))), *((m, names.metric(m, reading.city, speech)) for m in reading.city.metrics)]


def places(reading: Reading) -> list[tuple[str, str]]:
    """The city's zones."""
    return [(z.id, z.name) for z in reading.zones.all]


class House(forms.ModelChoiceField):  # type: ignore[type-arg]
    """An organisation. Some are offered; another that is sent is read, so that the write refuses it and the trail keeps that."""

    def __init__(self, **rest: Any) -> None:
        super().__init__(Organisation.objects.order_by("name"), to_field_name="slug", **rest)

    def offer(self, some: Iterable[Organisation], city: str = "") -> None:
        """Offer these, the city's own first: whoever chooses none of them means it."""
        self.choices = [(o.slug, o.name) for o in sorted(some, key=lambda o: o.city != city or o.kind != "municipality")]


class Challenge(Asking):
    """A challenge."""

    title = Line(max_length=160)
    text = Text()
    organisation = House()
    indicator = forms.ChoiceField(required=False)
    zones = forms.MultipleChoiceField(required=False, widget=Boxes)
    direction = forms.ChoiceField(required=False)
    target = Number(required=False)
    target_unit = forms.ChoiceField(required=False)
    due = Day(required=False)
    unmeasurable = Text(required=False, rows=2)
    datasets = forms.MultipleChoiceField(required=False, widget=Boxes)
    said = {  # noqa: RUF012
        "title": (_("Title"), _("One line that says what is wrong.")),
        "text": (_("What the problem is"), _("What was seen, where and when, and whom it touches.")),
        "organisation": (_("Whose challenge it is"), _("The organisation that owns it and answers for it.")),
        "indicator": (_("What would show it"), _("A number that the city publishes; empty where none of them shows it.")),
        "zones": (_("Where"), _("None chosen: the whole city.")),
        "direction": (_("Which way it should move"), ""),
        "target": (_("How far"), _("From where it stands today.")),
        "target_unit": (_("In what"), ""),
        "due": (_("Until when"), ""),
        "unmeasurable": (_("Why it can't be measured"), _("Only where no number shows it: then what would show it stays empty.")),
        "datasets": (_("Data that tell of it"), ""),
    }
    groups: ClassVar[Groups] = (
        (_("The problem"), (("title",), ("text",), ("organisation",))),
        (_("What would show that it is solved"), (("indicator",), ("zones",), ("direction", "due"), ("target", "target_unit"))),
        (_("If nothing measures it, and what else tells of it"), (("unmeasurable",), ("datasets",))),
    )
    beside = {checks.NO_METRIC: "indicator", checks.NO_ZONE: "zones", checks.NO_SOURCE: "datasets"}  # noqa: RUF012
    beside |= {challenges.ONE_OF_BOTH: "indicator"}

    def __init__(self, *args: Any, reading: Reading, speech: Speech, houses: Iterable[Organisation], **rest: Any) -> None:
        super().__init__(*args, speech=speech, **rest)
        house = self.fields["organisation"]
        assert isinstance(house, House)  # noqa: S101
        house.offer(houses, reading.slug)
        self.choose("indicator", [("", speech.say("nothing that is measured")), *outcomes(reading, speech)])
        self.choose("zones", places(reading))
        self.choose("direction", chosen(WAYS, speech))
        self.choose("target_unit", chosen(UNITS, speech))
        self.choose("datasets", [(s, speech.capital(names.source(s, reading.city, speech))) for s in reading.city.sources])


class PilotForm(Asking):
    """A pilot; its lead only when it is new."""

    title = Line(max_length=160)
    text = Text()
    lead = House()
    challenge = forms.ModelChoiceField(models.Challenge.objects.none(), required=False)
    cost = Euros(required=False)
    data_protection = Text(required=False)
    said = {  # noqa: RUF012
        "title": (_("Title"), _("What is tried, in one line.")),
        "text": (_("What is done"), _("What changes in the street, by whom, from when to when.")),
        "lead": (_("Who leads it"), _("One organisation, from its beginning to its end.")),
        "challenge": (_("Which challenge it answers"), _("One that is open; none where it answers none.")),
        "cost": (_("What it costs in all, in euros"), _("Empty where it is not known. Who pays is entered line by line.")),
        "data_protection": (_("Data about people"), _("What is gathered about people, what for, how long, and what keeps it from harm.")),
    }
    beside = {checks.NOT_TYPED: "text"}  # noqa: RUF012

    def __init__(self, *args: Any, reading: Reading, speech: Speech, houses: Iterable[Organisation], new: bool, **rest: Any) -> None:
        super().__init__(*args, speech=speech, **rest)
        house, answered = self.fields["lead"], self.fields["challenge"]
        assert isinstance(house, House)  # noqa: S101
        assert isinstance(answered, forms.ModelChoiceField)  # noqa: S101
        house.offer(houses, reading.slug)
        answers = ~Q(status__in=("draft", "closed")) | Q(pk=getattr(self.initial.get("challenge"), "pk", None))  # or did, when it was open
        answered.queryset = models.Challenge.objects.filter(answers, city=reading.slug)
        answered.empty_label = speech.say("none")
        if not new:
            del self.fields["lead"]


class Part(Asking):
    """An organisation's part in a pilot."""

    organisation = House()
    part = forms.ChoiceField()
    said = {"organisation": (_("Organisation"), ""), "part": (_("As what"), "")}  # noqa: RUF012

    def __init__(self, *args: Any, speech: Speech, houses: Iterable[Organisation], **rest: Any) -> None:
        super().__init__(*args, speech=speech, **rest)
        house = self.fields["organisation"]
        assert isinstance(house, House)  # noqa: S101
        house.offer(houses)
        self.choose("part", chosen({k: v for k, v in pilots.PARTS.items() if k != Party.Part.LEAD}, speech))


class Money(Asking):
    """A line of money."""

    cents = Euros()
    source = Line(max_length=160)
    state = forms.ChoiceField()
    said = {  # noqa: RUF012
        "cents": (_("Amount in euros"), ""),
        "source": (_("Where it comes from"), ""),
        "state": (_("What has become of it"), _("Planned, committed and paid are kept apart, and never added up.")),
    }
    beside = {money.NOT_CENTS: "cents"}  # noqa: RUF012

    def __init__(self, *args: Any, speech: Speech, **rest: Any) -> None:
        super().__init__(*args, speech=speech, **rest)
        self.choose("state", chosen({s: pilots.MONEY[s] for s in FundingLine.State.values}, speech))


class BookingForm(Asking):
    """Days on a testbed."""

    testbed = forms.ModelChoiceField(Testbed.objects.none())
    first = Day()
    last = Day()
    said = {  # noqa: RUF012
        "testbed": (_("What the city offers"), ""),
        "first": (_("First day"), ""),
        "last": (_("Last day"), _("Included.")),
    }
    groups: ClassVar[Groups] = (("", (("testbed",), ("first", "last"))),)
    beside = {beds.TAKEN: "testbed", beds.NOT_BOOKABLE: "testbed", beds.BACKWARDS: "last", beds.PAST: "first"}  # noqa: RUF012

    def __init__(self, *args: Any, reading: Reading, speech: Speech, **rest: Any) -> None:
        super().__init__(*args, speech=speech, **rest)
        offered = self.fields["testbed"]
        assert isinstance(offered, forms.ModelChoiceField)  # noqa: S101
        offered.queryset = Testbed.objects.filter(city=reading.slug)
        offered.empty_label = speech.say("choose one")


class TestbedForm(Asking):
    """What the city offers to try things on."""

    __test__ = False  # for pytest, which takes it for one of its own
    kind = forms.ChoiceField()
    name = Line(max_length=120)
    zone = forms.ChoiceField(required=False)
    conditions = Text(required=False)
    contact = Line(max_length=160, required=False)
    bookable = forms.BooleanField(required=False)
    exclusive = forms.BooleanField(required=False)
    said = {  # noqa: RUF012
        "kind": (_("Kind"), ""),
        "name": (_("Name"), ""),
        "zone": (_("Zone"), ""),
        "conditions": (_("Conditions"), _("What may be done there, when, and what it takes.")),
        "contact": (_("Whom to ask"), _("An office, not a person.")),
        "bookable": (_("It can be booked here"), ""),
        "exclusive": (_("One pilot at a time has it"), ""),
    }
    beside = {beds.SHARED: "exclusive"}  # noqa: RUF012

    def __init__(self, *args: Any, reading: Reading, speech: Speech, **rest: Any) -> None:
        super().__init__(*args, speech=speech, **rest)
        self.choose("kind", chosen({k: pilots.KINDS[k] for k in Testbed.Kind.values}, speech))
        self.choose("zone", [("", speech.say("the whole city")), *places(reading)])


class Decision(Asking):
    """What follows from an evaluation."""

    step = forms.ChoiceField()
    why = Text(rows=3)
    said = {  # noqa: RUF012
        "step": (_("What follows"), _("Decided once, in the name of your office.")),
        "why": (_("Why"), _("For all to read.")),
    }

    def __init__(self, *args: Any, speech: Speech, **rest: Any) -> None:
        super().__init__(*args, speech=speech, **rest)
        self.choose("step", chosen({s: pilots.NEXT[s] for s in Evaluation.NextStep.values}, speech))


class PracticeForm(Asking):
    """The card of a practice."""

    title = Line(max_length=160)
    text = Text(rows=8)
    said = {  # noqa: RUF012
        "title": (_("Title"), _("What other cities could do too, in one line.")),
        "text": (_("What was done, and what it takes"), _("No numbers of its effect: those are the published evaluation's, or none.")),
    }
    beside = {checks.NOT_TYPED: "text"}  # noqa: RUF012


class Adopting(Asking):
    """With which pilot of its own a city adopts a practice."""

    pilot = forms.ModelChoiceField(Pilot.objects.none())
    said = {"pilot": (_("Your city's own pilot"), _("With a protocol and an evaluation of its own; its window has not begun."))}  # noqa: RUF012
    beside = {practices.ITS_OWN: "pilot", practices.ANOTHER_CITY: "pilot", practices.TOO_LATE: "pilot"}  # noqa: RUF012

    def __init__(self, *args: Any, city: str, speech: Speech, **rest: Any) -> None:
        super().__init__(*args, speech=speech, **rest)
        own = self.fields["pilot"]
        assert isinstance(own, forms.ModelChoiceField)  # noqa: S101
        own.queryset, offered = Pilot.objects.all(), Pilot.objects.filter(city=city, adoption=None, status__in=("draft", "frozen"))
        own.choices = [("", speech.say("choose one")), *((p.pk, p.title) for p in offered)]  # another that is sent is read, as a House is
        self.without = not offered


class Remark(Asking):
    """Something said about a challenge."""

    text = Text(rows=3, max_length=4000)
    said = {"text": (_("What you have to say"), _("For all to read, under your name."))}  # noqa: RUF012


class Stepping(Asking):
    """What a thing should become, and why."""

    to = forms.CharField(required=False, max_length=40)
    why = Text(required=False, max_length=2000)
