"""The administration: for staff with a second factor; everything done in it leaves its row in the trail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.authentication import get_authentication_records
from allauth.mfa.utils import is_mfa_enabled
from django.contrib import admin, messages
from django.db import models
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode

from pulso.show.language import marked as _
from pulso.web.people.models import Person
from pulso.web.people.pages import speech
from pulso.web.people.trail import fields, named, note

if TYPE_CHECKING:
    Rows = admin.ModelAdmin[Any]
else:
    Rows = admin.ModelAdmin


NO_FACTOR = _("The administration opens with a second factor only. Set one up here, then open it again.")
SAY_IT_AGAIN = _("The administration opens with your second factor.")


def came_with_a_second_factor(request: HttpRequest) -> bool:
    """Whether this session was opened with one."""
    return any(r.get("method") == "mfa" for r in get_authentication_records(request, request.user))


class Site(admin.AdminSite):
    """Django's, behind a second factor."""

    site_header = site_title = "Pulso"
    index_title = ""

    def has_permission(self, request: HttpRequest) -> bool:
        """Staff, who came with a second factor."""
        return super().has_permission(request) and came_with_a_second_factor(request)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:  # noqa: ARG002
        """By the site's own door; to the second factor for staff that has none."""
        back = urlencode({"next": request.GET.get("next") or reverse("admin:index")})
        if not request.user.is_authenticated:
            return HttpResponseRedirect(f"{reverse('account_login')}?{back}")
        if not request.user.is_staff:
            return HttpResponseRedirect(reverse("account"))
        has_one = is_mfa_enabled(request.user)
        messages.info(request, speech().say(SAY_IT_AGAIN if has_one else NO_FACTOR))
        at = "mfa_reauthenticate" if has_one else "mfa_index"
        return HttpResponseRedirect(f"{reverse(at)}?{back}")


class Recorded(Rows):
    """Rows that people look after by hand; each write is a step of the trail."""

    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}  # noqa: RUF012

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        """Write, and note it."""
        before = fields(type(obj)._base_manager.get(pk=obj.pk)) if change else None
        super().save_model(request, obj, form, change)
        verb = "change" if change else "create"
        note(
            self._who(request),
            f"{verb} {obj._meta.model_name} by hand",
            named(obj),
            before,
            fields(obj),
            city=_city(obj),
            about=self._about(obj),
        )

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        """Delete, and note it."""
        note(
            self._who(request),
            f"delete {obj._meta.model_name} by hand",
            named(obj),
            fields(obj),
            None,
            city=_city(obj),
            about=self._about(obj),
        )
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """One by one, so that each is noted."""
        for obj in queryset:
            self.delete_model(request, obj)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Not in Django's log, which keeps names: the trail has it."""

    log_change = log_addition

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        """As above."""

    def _who(self, request: HttpRequest) -> Any:
        return request.user

    def _about(self, obj: Model) -> Any:
        return obj if isinstance(obj, Person) else getattr(obj, "person", None)


class ToBeSeen(Rows):
    """Rows that are looked at here, and changed nowhere."""

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """Never."""
        return False

    has_delete_permission = has_change_permission


def _city(obj: Model) -> str:
    """The city whose trail tells of it."""
    return str(getattr(getattr(obj, "organisation", None) or obj, "city", ""))
