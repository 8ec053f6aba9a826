"""What of allauth is ours: who may sign up, and what the trail keeps of it."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

from pulso.web.people.models import Person
from pulso.web.people.trail import fields, named, note


class Accounts(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types for it
    """Accounts by address of e-mail."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """As the settings say."""
        return bool(settings.SIGNUP == "open")

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

    def save_user(self, request: HttpRequest, sociallogin: Any, form: Any = None) -> Person:
        """Make the account."""
        made: Person = super().save_user(request, sociallogin, form)
        note(made, "come by a directory", named(made), None, fields(made), about=made)
        return made
