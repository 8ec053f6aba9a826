"""What of allauth is ours: who may sign up, and what the trail keeps of it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language

from pulso.web.people.models import Person
from pulso.web.people.trail import fields, named, note


class Accounts(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types for it
    """Accounts by address of e-mail."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """As the settings say."""
        return bool(settings.SIGNUP == "open")

    def get_reauthentication_methods(self, user: Person) -> list[dict[str, Any]]:
        """How to say again who one is; on the way to the administration a password would lead back to the same question."""
        ways: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        on_the_way = str(self.request.POST.get("next") or self.request.GET.get("next") or "").startswith(reverse("admin:index"))
        return [w for w in ways if w["id"] != "reauthenticate"] or ways if on_the_way else ways

    def get_client_ip(self, request: HttpRequest) -> str:
        """Whose tries are counted: the address that our proxies saw, not the proxy's own, which all visitors share."""
        from pulso.web.api.limits import address  # the API knows people, who must be there first

        return address(request)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write a letter in the site's name, with the address that it was asked at."""
        named = SimpleNamespace(name=settings.SITE_NAME, domain=self.request.build_absolute_uri("/"))
        super().send_mail(template_prefix, email, context | {"current_site": named})

    def save_user(self, request: HttpRequest, user: Person, form: Any, commit: bool = True) -> Person:
        """Make the account, in the language of the page that it was asked for on."""
        user.language = (get_language() or "en")[:2]
        made: Person = super().save_user(request, user, form, commit=commit)
        if commit:
            note(made, "sign up", named(made), None, fields(made), about=made)
        return made


class Doors(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Accounts by another directory: whoever it lets in has one here."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:  # noqa: ARG002
        """The directory decides who comes in."""
        return True

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:  # noqa: ARG002
        """Refused where the answer does not bring back the nonce that was sent (`doors.OpenID` sends one)."""
        sent = sociallogin.state.get("nonce")
        if sent and (sociallogin.account.extra_data.get("id_token") or {}).get("nonce") != sent:
            raise PermissionDenied("the identity token answers another question")

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: Any) -> Person:
        """What they are called, as the directory says."""
        someone: Person = super().populate_user(request, sociallogin, data)
        said = data.get("name") or " ".join(filter(None, (data.get("first_name"), data.get("last_name"))))
        someone.name = str(said)[: Person._meta.get_field("name").max_length]
        return someone

    def save_user(self, request: HttpRequest, sociallogin: Any, form: Any = None) -> Person:
        """Make the account."""
        made: Person = super().save_user(request, sociallogin, form)
        note(made, "come by a directory", named(made), None, fields(made), about=made)
        return made
