"""A challenge: a problem of the city, seen in its data or said in words, and what people say about it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from pulso.web.innovation.models.people import by
from pulso.web.people.models import Organisation

MEASURED = Q(indicator__gt="", target__isnull=False, target_unit__gt="", direction__gt="", due__isnull=False, unmeasurable="")
UNMEASURED = Q(indicator="", target__isnull=True, target_unit="", direction="", due__isnull=True, unmeasurable__gt="")


class Challenge(models.Model):
    """A problem with an indicator, a place, a target and a date; or with a written reason why it can't be measured."""

    class Status(models.TextChoices):  # noqa: D106
        DRAFT = "draft"
        OPEN = "open"
        IN_PILOT = "in pilot"
        SOLVED = "solved"
        CLOSED = "closed"

    city = models.SlugField(help_text="the slug of the city")
    title = models.CharField(max_length=160)
    text = models.TextField()
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="challenges", help_text="who owns it")
    author = by("challenges")
    view = models.JSONField(default=dict, blank=True, help_text="the page that it was opened from: page, zone, metric, from, to, as_of")
    indicator = models.CharField(max_length=64, blank=True, help_text="a metric's name, or index; empty where it can't be measured")
    zones = models.JSONField(default=list, blank=True, help_text="the ids of the zones; none for the whole city")
    target = models.DecimalField(max_digits=9, decimal_places=3, null=True, blank=True, help_text="how far it is to move")
    target_unit = models.CharField(max_length=6, blank=True, choices=[("points", "index points"), ("%", "per cent")])
    direction = models.CharField(max_length=4, blank=True, choices=[("up", "up"), ("down", "down")])
    due = models.DateField(null=True, blank=True)
    unmeasurable = models.TextField(blank=True, help_text="why it can't be measured; empty where it can")
    datasets = models.JSONField(default=list, blank=True, help_text="the names of sources that tell of it")
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.DRAFT, editable=False)
    why = models.TextField(blank=True, editable=False, help_text="why it was closed, or opened again")
    created_at = models.DateTimeField(editable=False)
    since = models.DateTimeField(editable=False, help_text="since when it is what it is")

    class Meta:  # noqa: D106
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [models.CheckConstraint(condition=MEASURED | UNMEASURED, name="measured_or_a_reason_why_not")]
        indexes: ClassVar = [models.Index(fields=["city", "status", "-id"], name="challenges_by_status")]

    def __str__(self) -> str:
        return self.title

    @property
    def houses(self) -> list[Organisation]:
        """The organisations whose roles count in it."""
        return [self.organisation]


class Comment(models.Model):
    """What somebody said about a challenge. It is hidden with a reason, never deleted; the database refuses anything else."""

    challenge = models.ForeignKey(Challenge, on_delete=models.PROTECT, related_name="comments")
    author = by("comments")
    text = models.TextField()
    at = models.DateTimeField(editable=False)
    hidden_at = models.DateTimeField(null=True, editable=False)
    hidden_by = by()
    hidden_why = models.TextField(blank=True, editable=False)

    class Meta:  # noqa: D106
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(hidden_at__isnull=True, hidden_why="") | Q(hidden_why__gt=""), name="hidden_with_a_reason")
        ]

    def __str__(self) -> str:
        return f"comment {self.pk}"

    @property
    def status(self) -> str:
        """Shown or hidden."""
        return "hidden" if self.hidden_at else "shown"

    @property
    def city(self) -> str:
        """Its challenge's."""
        return self.challenge.city

    @property
    def houses(self) -> list[Organisation]:
        """None: an owner does not moderate what is said to them."""
        return []
