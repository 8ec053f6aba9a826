"""What the administration sees of the network. It changes nothing: that goes through `writes` and `cuts`, by role and with a reason."""

from __future__ import annotations

from django.contrib import admin

from pulso.web.fibre import models
from pulso.web.people.administration import ToBeSeen


@admin.register(models.Revision)
class OfRevisions(ToBeSeen):
    """Revisions."""

    list_display = ("city", "number", "at", "why", "counts", "digest")
    list_filter = ("city",)
    search_fields = ("why",)


@admin.register(models.Kept)
class OfVersions(ToBeSeen):
    """Versions of things."""

    list_display = ("city", "kind", "key", "disclosure", "since", "until")
    list_filter = ("city", "kind", "disclosure")
    search_fields = ("key",)


@admin.register(models.Cut)
class OfCuts(ToBeSeen):
    """Cuts."""

    list_display = ("id", "city", "since", "until", "why", "ended_at")
    list_filter = ("city",)


@admin.register(models.Darkened)
class OfDarkened(ToBeSeen):
    """What cuts darkened."""

    list_display = ("city", "cuts", "revision", "at")
    list_filter = ("city",)
