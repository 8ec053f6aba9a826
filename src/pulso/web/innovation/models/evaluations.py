"""An evaluation: what a function gave, kept whatever its sign. A later one supersedes it; none is changed or deleted."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q, QuerySet

from pulso.web.innovation.models.people import by
from pulso.web.innovation.models.pilots import Pilot
from pulso.web.people.models import Organisation


class Evaluation(models.Model):
    """The database lets it be published once and decided upon once, and nothing else (see migration 0002)."""

    class Verdict(models.TextChoices):  # noqa: D106
        MORE = "more"
        LESS = "less"
        NONE = "none"
        CANNOT_TELL = "cannot tell"

    class NextStep(models.TextChoices):  # noqa: D106
        ROLL_OUT = "roll out"
        EXPAND = "expand"
        REPLICATE = "replicate"
        STOP = "stop"

    pilot = models.ForeignKey(Pilot, on_delete=models.PROTECT, related_name="evaluations")
    method = models.CharField(max_length=10, editable=False)
    protocol_digest = models.CharField(max_length=64, editable=False)
    data_digest = models.CharField(max_length=64, editable=False, help_text="of the series that it was computed from")
    as_of = models.DateTimeField(editable=False, help_text="the series as published then")
    amendments = models.PositiveIntegerField(editable=False, help_text="how many the protocol had at that time")
    interim = models.BooleanField(editable=False, help_text="whether the window had not ended")
    estimate = models.FloatField(null=True, editable=False)
    low = models.FloatField(null=True, editable=False, help_text="of the 95 % interval")
    high = models.FloatField(null=True, editable=False)
    unit = models.CharField(max_length=6, blank=True, editable=False)
    p = models.FloatField(null=True, editable=False, help_text="share of placebos at least as large")
    placebos = models.JSONField(default=list, editable=False, help_text="their effects, in the unit")
    pretrend = models.JSONField(default=dict, editable=False, help_text="what the check of the days before found, by name")
    verdict = models.CharField(max_length=11, blank=True, choices=Verdict.choices, editable=False)
    not_evaluable = models.TextField(blank=True, editable=False, help_text="why it could not be evaluated; empty where it was")
    computed_at = models.DateTimeField(editable=False)
    computed_by = by()
    published_at = models.DateTimeField(null=True, editable=False)
    published_by = by()
    next_step = models.CharField(max_length=9, blank=True, choices=NextStep.choices, editable=False)
    next_why = models.TextField(blank=True, editable=False)
    decided_at = models.DateTimeField(null=True, editable=False)
    decided_by = by()
    decided_for = models.CharField(max_length=160, blank=True, editable=False, help_text="the office in whose name it was decided")

    class Meta:  # noqa: D106
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(verdict="", not_evaluable__gt="", estimate__isnull=True, low__isnull=True, high__isnull=True)
                | Q(verdict="cannot tell", not_evaluable="")
                | Q(verdict__in=["more", "less", "none"], not_evaluable="", estimate__isnull=False, low__isnull=False, high__isnull=False),
                name="a_verdict_or_a_reason_why_not",
            ),
            models.CheckConstraint(
                condition=Q(estimate__isnull=True) | Q(low__lte=F("estimate"), high__gte=F("estimate")),
                name="an_estimate_lies_in_its_interval",
            ),
            models.CheckConstraint(
                condition=Q(next_step="", decided_at__isnull=True) | Q(next_step__gt="", decided_at__isnull=False),
                name="decided_at_a_moment",
            ),
        ]

    def __str__(self) -> str:
        return f"evaluation {self.pk} of {self.pilot}"

    @property
    def status(self) -> str:
        """Computed or published."""
        return "published" if self.published_at else "computed"

    @property
    def city(self) -> str:
        """Its pilot's."""
        return self.pilot.city

    @property
    def houses(self) -> QuerySet[Organisation]:
        """All that take part in its pilot."""
        return self.pilot.everyone
