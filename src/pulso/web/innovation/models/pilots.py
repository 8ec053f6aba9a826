"""A pilot: something done to move an indicator, by whom, with what money. Its promise is its protocol."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q, QuerySet

from pulso.web.innovation.models.challenges import Challenge
from pulso.web.innovation.models.people import by
from pulso.web.people.models import Organisation


class Pilot(models.Model):
    """An action of the city that is tried out before it is believed."""

    class Status(models.TextChoices):  # noqa: D106
        DRAFT = "draft"
        FROZEN = "frozen"
        RUNNING = "running"
        AWAITING = "awaiting evaluation"
        EVALUATED = "evaluated"
        CLOSED = "closed"
        STOPPED = "stopped"

    city = models.SlugField(help_text="the slug of the city")
    challenge = models.ForeignKey(Challenge, on_delete=models.PROTECT, null=True, blank=True, related_name="pilots")
    title = models.CharField(max_length=160)
    text = models.TextField(help_text="what is done")
    author = by("pilots")
    cost = models.BigIntegerField(null=True, blank=True, help_text="what it costs in all, in cents of EUR; empty where unknown")
    data_protection = models.TextField(blank=True, help_text="what is gathered about people, and what keeps it from harm")
    testbeds: Any = models.ManyToManyField("Testbed", through="Booking", related_name="pilots")
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.DRAFT, editable=False)
    why = models.TextField(blank=True, editable=False, help_text="why it was stopped")
    created_at = models.DateTimeField(editable=False)
    since = models.DateTimeField(editable=False, help_text="since when it is what it is")

    class Meta:  # noqa: D106
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(cost__isnull=True) | Q(cost__gte=0), name="a_pilot_costs_nothing_or_more"),
            models.CheckConstraint(condition=~Q(status="stopped") | Q(why__gt=""), name="stopped_with_a_reason"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def houses(self) -> QuerySet[Organisation]:
        """The organisation that leads it: its roles count as those of the city, where a sentence says so."""
        return Organisation.objects.filter(parties__pilot=self, parties__part=Party.Part.LEAD)

    @property
    def everyone(self) -> QuerySet[Organisation]:
        """All that take part."""
        return Organisation.objects.filter(parties__pilot=self)


class Party(models.Model):
    """An organisation's part in a pilot."""

    class Part(models.TextChoices):  # noqa: D106
        LEAD = "lead"
        COMPANY = "company"
        UNIVERSITY = "university"
        PARTNER = "partner"

    pilot = models.ForeignKey(Pilot, on_delete=models.PROTECT, related_name="parties")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="parties")
    part = models.CharField(max_length=10, choices=Part.choices)

    class Meta:  # noqa: D106
        verbose_name_plural = "parties"
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["pilot", "organisation"], name="one_part_an_organisation"),
            models.UniqueConstraint(fields=["pilot"], condition=Q(part="lead"), name="one_lead_a_pilot"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation}, {self.part}"


class FundingLine(models.Model):
    """Money for a pilot in one state. What was planned and what was paid are two lines, and no sum is ever taken over both."""

    class State(models.TextChoices):  # noqa: D106
        PLANNED = "planned"
        COMMITTED = "committed"
        PAID = "paid"

    pilot = models.ForeignKey(Pilot, on_delete=models.PROTECT, related_name="funding")
    cents = models.BigIntegerField()
    currency = models.CharField(max_length=3, default="EUR", editable=False)
    source = models.CharField(max_length=160, help_text="where it comes from")
    state = models.CharField(max_length=9, choices=State.choices)

    class Meta:  # noqa: D106
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(cents__gt=0), name="money_is_more_than_nothing"),
            models.CheckConstraint(condition=Q(currency="EUR"), name="money_is_euros"),
            models.CheckConstraint(condition=Q(state__in=["planned", "committed", "paid"]), name="money_has_a_state"),
        ]

    def __str__(self) -> str:
        return f"{self.cents} cents of {self.currency}, {self.state}"

    @property
    def city(self) -> str:
        """Its pilot's."""
        return self.pilot.city
