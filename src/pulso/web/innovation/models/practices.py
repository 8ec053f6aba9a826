"""A practice: what a city learnt from a pilot and offers to others; and who did it again."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from pulso.web.innovation.models.people import by
from pulso.web.innovation.models.pilots import Pilot
from pulso.web.people.models import Organisation


class Practice(models.Model):
    """A card. It has no column for an effect: that is its pilot's published evaluation's (`reads.effect`), or it was not evaluated."""

    class Status(models.TextChoices):  # noqa: D106
        DRAFT = "draft"
        OFFERED = "offered"
        WITHDRAWN = "withdrawn"

    pilot = models.OneToOneField(Pilot, on_delete=models.PROTECT, related_name="practice")
    title = models.CharField(max_length=160)
    text = models.TextField(help_text="what was done, and what it takes; no numbers of its effect")
    author = by("practices")
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.DRAFT, editable=False)
    why = models.TextField(blank=True, editable=False, help_text="why it was withdrawn")
    created_at = models.DateTimeField(editable=False)
    since = models.DateTimeField(editable=False, help_text="since when it is what it is")

    class Meta:  # noqa: D106
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return self.title

    @property
    def city(self) -> str:
        """Its pilot's."""
        return self.pilot.city

    @property
    def houses(self) -> list[Organisation]:
        """None: the city offers it."""
        return []


class Adoption(models.Model):
    """Another city does it too: with a pilot of its own, and so with a protocol and an evaluation of its own."""

    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="adoptions")
    city = models.SlugField(help_text="the slug of the city that adopts it")
    pilot = models.OneToOneField(Pilot, on_delete=models.PROTECT, related_name="adoption")
    author = by("adoptions")
    at = models.DateTimeField(editable=False)

    class Meta:  # noqa: D106
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return f"{self.practice} in {self.city}"
