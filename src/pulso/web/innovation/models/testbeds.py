"""What the city offers to try things on, and who has it when."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q, QuerySet

from pulso.web.innovation.models.people import by
from pulso.web.innovation.models.pilots import Pilot
from pulso.web.people.models import Organisation


class Testbed(models.Model):
    """A street, a building, fibre, an access point: with conditions, and whom to ask."""

    __test__ = False  # for pytest, which takes it for one of its own

    class Kind(models.TextChoices):  # noqa: D106
        STREET = "street"
        BUILDING = "building"
        FIBRE = "fibre"
        ACCESS_POINT = "access point"
        OTHER = "other"

    city = models.SlugField(help_text="the slug of the city")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    name = models.CharField(max_length=120)
    zone = models.CharField(max_length=64, blank=True, help_text="the id of its zone; empty where it lies in none")
    conditions = models.TextField(blank=True)
    contact = models.CharField(max_length=160, blank=True, help_text="which office to ask")
    bookable = models.BooleanField(default=True)
    exclusive = models.BooleanField(default=True, help_text="whether one pilot at a time has it")

    class Meta:  # noqa: D106
        ordering: ClassVar = ["name", "id"]

    def __str__(self) -> str:
        return self.name


class Booking(models.Model):
    """A pilot has a testbed on some days, both included. The database keeps two from an exclusive one."""

    testbed = models.ForeignKey(Testbed, on_delete=models.PROTECT, related_name="bookings")
    pilot = models.ForeignKey(Pilot, on_delete=models.PROTECT, related_name="bookings")
    first = models.DateField()
    last = models.DateField(help_text="included")
    author = by("bookings")
    cancelled_at = models.DateTimeField(null=True, editable=False)
    cancelled_by = by()

    class Meta:  # noqa: D106
        ordering: ClassVar = ["first", "id"]
        constraints: ClassVar = [models.CheckConstraint(condition=Q(last__gte=F("first")), name="a_booking_ends_after_it_begins")]

    def __str__(self) -> str:
        return f"{self.testbed}, {self.first} to {self.last}"

    @property
    def status(self) -> str:
        """Booked or cancelled."""
        return "cancelled" if self.cancelled_at else "booked"

    @property
    def city(self) -> str:
        """Its testbed's."""
        return self.testbed.city

    @property
    def houses(self) -> QuerySet[Organisation]:
        """Its pilot's lead."""
        return self.pilot.houses
