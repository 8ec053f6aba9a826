"""Incidents: breaches of a source's contract, with a beginning and an end."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Incident(models.Model):
    """One breach of one source's contract, from when it was noticed until it was noticed to be over."""

    city = models.CharField(max_length=100, help_text="the city, by its slug")
    source = models.CharField(max_length=100, help_text="the source, by its name in the city file")
    kind = models.CharField(max_length=20, help_text="late, nothing, incomplete, drift, unreadable or unanswered")
    subject = models.CharField(max_length=100, blank=True, help_text="the metric, or the reason for turning values away")
    since = models.DateField(null=True, help_text="the last day that the source told of; null where none is known")
    seen = models.FloatField(null=True, help_text="the share that was seen, or how many there were")
    declared = models.FloatField(null=True, help_text="the share that the contract declares")
    detail = models.TextField(blank=True, help_text="what stood there, or the letter of the collection")
    began = models.DateTimeField(help_text="when it was noticed")
    ended = models.DateTimeField(null=True, help_text="when it was noticed to be over; null while it lasts")
    mailed = models.CharField(max_length=5, blank=True, help_text="what was mailed of it: nothing, began or ended")

    class Meta:
        """One incident of a kind at a time."""

        ordering = ("-began", "source", "kind", "subject")
        constraints = (
            models.UniqueConstraint(
                fields=("city", "source", "kind", "subject"), condition=Q(ended__isnull=True), name="one_open_incident"
            ),
        )
        indexes = (
            models.Index(fields=("city", "-began"), name="incidents_of_a_city"),
            models.Index(fields=("city", "-ended"), name="incidents_that_are_over"),
            models.Index(fields=("city", "id"), name="incidents_as_noticed"),
            models.Index(fields=("city", "source", "-began"), name="incidents_of_a_source"),
        )

    def __str__(self) -> str:
        return f"{self.city}, {self.source}: {self.kind} {self.subject}".strip()
