"""What is kept of a city's fibre. Rows are versions: a thing is never changed, its version ends and another begins.

The database refuses anything else (see `guard`). What is written goes through `writes` and `cuts`; what is asked, through `reads`.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from pulso.web.innovation.models.people import by


class Revision(models.Model):
    """The network of a city was changed, by whom and why. The number of a city's newest revision is that of its network."""

    city = models.SlugField(editable=False, help_text="the slug of the city")
    number = models.PositiveIntegerField(editable=False, help_text="from 1, in each city")
    at = models.DateTimeField(editable=False)
    who = by("fibre_revisions")
    why = models.TextField(editable=False)
    counts = models.JSONField(editable=False, help_text="how many things were added, changed, removed")
    digest = models.CharField(
        max_length=64,
        editable=False,
        help_text="sha256 over the digest before it and all that this one says: whoever has the rows recomputes it",
    )

    class Meta:  # noqa: D106
        ordering: ClassVar = ["-city", "-number"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["city", "number"], name="a_revision_has_its_own_number")]

    def __str__(self) -> str:
        return f"{self.city} {self.number}"


class Kept(models.Model):
    """One thing of the network as it was from one revision to another."""

    city = models.SlugField(editable=False, help_text="the slug of the city", db_index=False)
    kind = models.CharField(max_length=12, editable=False, help_text="site, duct, cable, strands, splice, port, splitter, works, …")
    key = models.CharField(max_length=400, editable=False, help_text="its id; of what has none, what it is of")
    body = models.TextField(editable=False, help_text="the record, as JSON")
    disclosure = models.CharField(
        max_length=10, editable=False, help_text="who may know of it; restricted where it says nothing of its own"
    )
    since = models.PositiveIntegerField(editable=False, help_text="the number of the revision that it is from")
    until = models.PositiveIntegerField(null=True, editable=False, help_text="the number of the one that ended it; null while it holds")

    class Meta:  # noqa: D106
        verbose_name_plural = "kept"
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["city", "kind", "key"], condition=Q(until__isnull=True), name="a_thing_is_kept_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["city", "since"], name="fibre_kept_since"),
            models.Index(fields=["city", "until"], name="fibre_kept_until"),
            models.Index(fields=["city", "kind", "key", "since"], name="fibre_kept_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class Cut(models.Model):
    """An engineer said that these are cut, since when and why. It is over when somebody says so, or at its stated end."""

    city = models.SlugField(editable=False, help_text="the slug of the city")
    ducts = models.JSONField(editable=False, help_text="ids, in order")
    cables = models.JSONField(editable=False, help_text="ids, in order")
    sites = models.JSONField(editable=False, help_text="ids, in order")
    since = models.DateTimeField(editable=False)
    until = models.DateTimeField(null=True, editable=False, help_text="excluded; null while nobody knows")
    why = models.TextField(editable=False)
    at = models.DateTimeField(editable=False, help_text="when it was declared")
    who = by("fibre_cuts")
    ended_at = models.DateTimeField(null=True, editable=False, help_text="when its end was declared; null before that")
    ended_by = by()
    ended_why = models.TextField(blank=True, editable=False)

    class Meta:  # noqa: D106
        ordering: ClassVar = ["-since", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["city", "-since", "-id"], name="fibre_cuts_in_order"),
            models.Index(fields=["city", "-id"], name="fibre_cuts_newest"),
            models.Index(fields=["city", "-ended_at"], condition=Q(ended_at__isnull=False), name="fibre_cuts_newest_end"),
        ]

    def __str__(self) -> str:
        return f"cut {self.pk}, {self.city}, since {self.since:%Y-%m-%d %H:%M}"


ROOM = 400
"""Characters for the numbers of cuts that are in force at once; of more, their digest stands there."""


class Darkened(models.Model):
    """What some cuts that are in force at once darken together, computed once, on the network as it then was."""

    city = models.SlugField(editable=False, help_text="the slug of the city")
    cuts = models.CharField(max_length=ROOM, editable=False, help_text="the numbers of the cuts, in order, by spaces")
    revision = models.PositiveIntegerField(editable=False, help_text="of the network that it was computed on")
    at = models.DateTimeField(editable=False)
    sites = models.JSONField(editable=False, help_text="ids of the customers that are dark, in order")
    sensors = models.JSONField(editable=False, help_text="the sensors and access points that are blind, in order")

    class Meta:  # noqa: D106
        verbose_name_plural = "darkened"
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["city", "cuts"], name="cuts_darken_once")]

    def __str__(self) -> str:
        return f"{self.city}: {self.cuts}"
