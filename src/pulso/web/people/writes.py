"""What is done to people and organisations: each function leaves its row in the trail, in one transaction with what it does."""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from pulso.web.people.models import Organisation, Person, Role
from pulso.web.people.trail import fields, named, note

__all__ = ["erase", "found", "give", "note", "take"]


@transaction.atomic
def found(by: Person | None, *, slug: str, name: str, kind: str, city: str = "", link: str = "") -> Organisation:
    """Enter an organisation. ValidationError where a field can't be so, or the slug is another's."""
    made = Organisation(slug=slug, name=name, kind=kind, city=city, link=link)
    made.full_clean()
    made.save()
    note(by, "create organisation", named(made), None, fields(made))
    return made


@transaction.atomic
def give(by: Person | None, person: Person, kind: str, *, city: str = "", organisation: Organisation | None = None) -> Role:
    """Give a person a role in a city or in an organisation. ValidationError for both, neither, or one that they have."""
    role = Role(person=person, kind=kind, city=city, organisation=organisation)
    role.full_clean()
    role.save()
    note(by, "give role", named(role), None, fields(role), city=_city(role), about=person)
    return role


@transaction.atomic
def take(by: Person | None, role: Role) -> None:
    """Take a role away."""
    note(by, "take role", named(role), fields(role), None, city=_city(role), about=role.person)
    role.delete()


def _city(role: Role) -> str:
    """The city that a role counts in, whose trail tells of it; empty for an organisation that governs none."""
    return role.organisation.city if role.organisation else role.city


@transaction.atomic
def erase(by: Person | None, person: Person) -> None:
    """Forget who a person is: their address, name, keys, webhooks, roles, second factors and sessions go; the trail keeps its shape.

    What stays is a row without a name, by whose pseudonym the trail still says that it was one and the same erased person. The salt of
    the digests about them goes too, so that these can't be guessed. Twice is once.
    """
    from allauth.account.models import EmailAddress
    from allauth.mfa.models import Authenticator
    from allauth.socialaccount.models import SocialAccount

    if person.erased_at is not None:
        return
    note(by, "erase person", named(person), fields(person), None, about=person)
    for mine in (EmailAddress.objects, Authenticator.objects, SocialAccount.objects):
        mine.filter(user=person).delete()
    person.roles.all().delete()
    person.keys.all().delete()
    person.webhooks.all().delete()  # with what waits for them: nobody is there to be told
    person.groups.clear()
    person.user_permissions.clear()
    _end_sessions(person)
    person.email, person.name, person.language = f"{person.pseudonym}@erased.invalid", "", ""
    person.is_active = person.is_staff = person.is_superuser = False
    person.last_login, person.erased_at = None, timezone.now()
    person.salt = secrets.token_urlsafe(32)
    person.set_unusable_password()
    person.save()


def _end_sessions(person: Person) -> None:
    """Sessions name their person inside: each is opened."""
    mine = [s.pk for s in Session.objects.filter(expire_date__gt=timezone.now()).iterator() if _is_of(s, person)]
    Session.objects.filter(pk__in=mine).delete()


def _is_of(session: Session, person: Person) -> bool:
    said: dict[str, Any] = session.get_decoded()
    return said.get("_auth_user_id") == str(person.pk)
