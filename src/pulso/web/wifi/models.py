"""Access points, places, spells and days. There is no column in which anybody who connects could be kept, nor how many."""

from __future__ import annotations

from datetime import timedelta

from django.db import models
from django.db.models import F, Q

from pulso.fibre.shapes import Disclosure
from pulso.wifi.gaps import FAR
from pulso.wifi.health import INTERVAL, MISSED, reach
from pulso.wifi.shapes import Health, Kind

KINDS = [(k.value, k.value) for k in Kind]
HEALTHS = [(h.value, h.value) for h in Health]
LEVELS = [(d.value, d.value) for d in Disclosure]


class Network(models.Model):
    """A city's Wi-Fi as a whole: how its reports come, and how often anything of it was written."""

    city = models.SlugField(unique=True, help_text="the slug of the city")
    edition = models.PositiveBigIntegerField(default=0, help_text="one more whenever anything was written")
    past = models.PositiveBigIntegerField(default=0, help_text="one more whenever days before today were written")
    interval = models.PositiveIntegerField(default=int(INTERVAL.total_seconds()), help_text="seconds between two reports")
    missed = models.PositiveSmallIntegerField(default=MISSED, help_text="intervals without a report after which nothing is known")
    far = models.FloatField(default=FAR, help_text="metres from the nearest working access point from which on a place is a gap")
    target = models.FloatField(null=True, blank=True, help_text="uptime that the city aims at, 0 to 1, where a place has no other")

    class Meta:
        """What can't be so."""

        constraints = (
            models.CheckConstraint(condition=Q(interval__gt=0) & Q(missed__gt=0) & Q(far__gt=0), name="wifi_reports_reach_somewhere"),
            models.CheckConstraint(condition=Q(target__isnull=True) | (Q(target__gt=0) & Q(target__lte=1)), name="wifi_target_is_a_share"),
        )

    def __str__(self) -> str:
        return self.city

    @property
    def reach(self) -> timedelta:
        """How long a report says something."""
        return reach(timedelta(seconds=self.interval), self.missed)


class Place(models.Model):
    """A square, a garden, a library: see pulso.wifi.shapes."""

    city = models.SlugField(help_text="the slug of the city")
    key = models.CharField(max_length=100, help_text="its id in the city's inventory")
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=12, choices=KINDS, default=Kind.OTHER.value)
    lon = models.FloatField(null=True, blank=True)
    lat = models.FloatField(null=True, blank=True)
    zone = models.CharField(max_length=64, blank=True, help_text="the id of its zone; empty where it lies in none")
    large = models.BooleanField(default=False, help_text="whether one access point of it may be counted by itself")
    target = models.FloatField(null=True, blank=True, help_text="uptime aimed at, 0 to 1")

    class Meta:
        """Each id once in a city."""

        constraints = (models.UniqueConstraint(fields=("city", "key"), name="one_place_of_an_id"),)

    def __str__(self) -> str:
        return self.name


class AccessPoint(models.Model):
    """One access point, and its last spell."""

    city = models.SlugField(help_text="the slug of the city")
    key = models.CharField(max_length=100, help_text="its id in the city's inventory")
    name = models.CharField(max_length=200, blank=True)
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="points")
    lon = models.FloatField(null=True, blank=True)
    lat = models.FloatField(null=True, blank=True)
    zone = models.CharField(max_length=64, blank=True, help_text="the id of its zone; empty where it lies in none")
    site = models.CharField(max_length=200, blank=True, help_text="the id of the fibre site that it hangs on")
    owner = models.CharField(max_length=200, blank=True)
    feed = models.CharField(max_length=200, blank=True, help_text="what the feed of reports calls it, where that is not its id")
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True, help_text="the first day that it is no more")
    disclosure = models.CharField(max_length=10, choices=LEVELS, default=Disclosure.PUBLIC.value)
    state = models.CharField(
        max_length=8, choices=HEALTHS, blank=True, editable=False, help_text="of its last spell; empty: never reported"
    )
    state_since = models.DateTimeField(null=True, editable=False, help_text="when its last spell began")
    seen = models.DateTimeField(null=True, editable=False, help_text="its last report")

    class Meta:
        """Each id once in a city."""

        constraints = (models.UniqueConstraint(fields=("city", "key"), name="one_access_point_of_an_id"),)
        indexes = (models.Index(fields=("city", "site"), name="wifi_points_of_a_site"),)

    def __str__(self) -> str:
        return self.name or self.key


class Spell(models.Model):
    """An access point was in one state for a while, as its reports say: see pulso.wifi.uptime."""

    point = models.ForeignKey(AccessPoint, on_delete=models.CASCADE, related_name="spells")
    state = models.CharField(max_length=8, choices=HEALTHS)
    since = models.DateTimeField()
    until = models.DateTimeField(help_text="the next report, or the last")

    class Meta:
        """One begins at a moment."""

        constraints = (
            models.UniqueConstraint(fields=("point", "since"), name="one_spell_at_a_time"),
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="a_spell_ends_after_it_began"),
        )

    def __str__(self) -> str:
        return f"{self.point_id}: {self.state} since {self.since}"


class Day(models.Model):
    """How many seconds of a local day an access point was how. What is missing to the whole day was not reported."""

    point = models.ForeignKey(AccessPoint, on_delete=models.CASCADE, related_name="days")
    day = models.DateField()
    working = models.FloatField(default=0)
    partly = models.FloatField(default=0)
    failing = models.FloatField(default=0)

    class Meta:
        """One of an access point and day."""

        constraints = (models.UniqueConstraint(fields=("point", "day"), name="one_day_of_an_access_point"),)

    def __str__(self) -> str:
        return f"{self.point_id}, {self.day}"
