"""What the administration looks after."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from pulso.web.people.administration import Recorded, ToBeSeen
from pulso.web.people.models import Key, Organisation, Person, Role, Step
from pulso.web.people.writes import erase


@admin.register(Person)
class OfPeople(Recorded):
    """People: made by themselves or a directory; erased, never deleted."""

    list_display = ("email", "name", "is_active", "is_staff", "joined_at", "erased_at")
    search_fields = ("email", "name")
    fields = ("email", "name", "language", "is_active", "is_staff", "is_superuser", "a_minute", "joined_at", "erased_at", "pseudonym")
    readonly_fields = ("joined_at", "erased_at", "pseudonym")
    actions = ("erase_them",)

    @admin.action(description="Erase: forget who they are; the trail keeps its shape")
    def erase_them(self, request: HttpRequest, queryset: Any) -> None:
        """As `writes.erase`."""
        for person in queryset:
            erase(self._who(request), person)

    def has_delete_permission(self, request: HttpRequest, obj: Person | None = None) -> bool:  # noqa: ARG002
        """Whoever is to go is erased."""
        return False


@admin.register(Organisation)
class OfOrganisations(Recorded):
    """Organisations."""

    list_display = ("name", "kind", "city")
    prepopulated_fields = {"slug": ("name",)}  # noqa: RUF012


@admin.register(Role)
class OfRoles(Recorded):
    """Roles."""

    list_display = ("person", "kind", "city", "organisation")
    list_select_related = ("person", "organisation")
    autocomplete_fields = ("person",)


@admin.register(Step)
class OfTheTrail(ToBeSeen):
    """The trail."""

    list_display = ("at", "action", "subject", "who", "city")
    list_filter = ("action", "city")
    search_fields = ("subject", "who")


@admin.register(Key)
class OfKeys(ToBeSeen):
    """Keys, without what opens."""

    list_display = ("prefix", "person", "name", "expires_at", "revoked_at", "opens")
    list_select_related = ("person",)
