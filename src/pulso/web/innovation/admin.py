"""What the administration sees of challenges, pilots and practices. It changes nothing: that goes through `writes`, by role and step.

Whoever tries to by hand is refused, and the trail says so.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse

from pulso.show.language import marked as _
from pulso.web.innovation import models
from pulso.web.innovation.letters import Refused
from pulso.web.innovation.moves import keep
from pulso.web.people.administration import ToBeSeen

BY_HAND = _("Nothing of this is written by hand: the city's desk is the way.")


class Kept(ToBeSeen):
    """Rows that nobody writes here; who tries is kept in the trail."""

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """As Django's, to be read."""
        self._refuse_writing(request, object_id)
        return super().changeform_view(request, object_id, form_url, extra_context)

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Refused."""
        self._refuse_writing(request, object_id)
        return super().delete_view(request, object_id, extra_context)

    def _refuse_writing(self, request: HttpRequest, number: str | None) -> None:
        if request.method == "POST":
            thing: Model = (self.get_object(request, number) if number else None) or self.model()
            keep(Refused(request.user, thing, "write by hand", BY_HAND))  # type: ignore[arg-type]  # a person: the site let them in
            raise PermissionDenied


@admin.register(models.Challenge)
class OfChallenges(Kept):
    """Challenges."""

    list_display = ("title", "city", "organisation", "status", "since")
    list_filter = ("city", "status")
    list_select_related = ("organisation",)
    search_fields = ("title",)


@admin.register(models.Pilot)
class OfPilots(Kept):
    """Pilots."""

    list_display = ("title", "city", "challenge", "status", "since")
    list_filter = ("city", "status")
    list_select_related = ("challenge",)
    search_fields = ("title",)


@admin.register(models.Protocol)
class OfProtocols(Kept):
    """Protocols."""

    list_display = ("pilot", "metric", "method", "window_first", "window_last", "frozen_at", "digest")
    list_filter = ("pilot__city", "method")
    list_select_related = ("pilot",)


@admin.register(models.Amendment)
class OfAmendments(Kept):
    """What was set beside a frozen protocol."""

    list_display = ("at", "protocol", "field", "reason")
    list_filter = ("field",)
    list_select_related = ("protocol__pilot",)


@admin.register(models.Evaluation)
class OfEvaluations(Kept):
    """Evaluations, the unpublished ones too."""

    list_display = ("pilot", "computed_at", "interim", "verdict", "estimate", "low", "high", "unit", "published_at", "next_step")
    list_filter = ("pilot__city", "verdict", "interim")
    list_select_related = ("pilot",)


@admin.register(models.Practice)
class OfPractices(Kept):
    """Practices."""

    list_display = ("title", "pilot", "status", "since")
    list_filter = ("pilot__city", "status")
    list_select_related = ("pilot",)
    search_fields = ("title",)


@admin.register(models.Adoption)
class OfAdoptions(Kept):
    """Adoptions."""

    list_display = ("practice", "city", "pilot", "at")
    list_filter = ("city",)
    list_select_related = ("practice", "pilot")


@admin.register(models.Testbed)
class OfTestbeds(Kept):
    """Testbeds."""

    list_display = ("name", "city", "kind", "zone", "bookable", "exclusive")
    list_filter = ("city", "kind")
    search_fields = ("name",)


@admin.register(models.Booking)
class OfBookings(Kept):
    """Bookings."""

    list_display = ("testbed", "pilot", "first", "last", "cancelled_at")
    list_filter = ("testbed__city",)
    list_select_related = ("testbed", "pilot")
