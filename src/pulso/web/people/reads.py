"""What other parts ask of people."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pulso.web import readings
from pulso.web.people.around import ERASED, ROLES
from pulso.web.people.may import Someone
from pulso.web.people.models import Organisation, Person, Role, Step

WRITTEN = {
    "challenges": ("id", "city", "title", "text", "status", "created_at"),
    "comments": ("id", "challenge_id", "text", "at", "hidden_at", "hidden_why"),
    "pilots": ("id", "city", "title", "text", "status", "created_at"),
    "amendments": ("id", "protocol_id", "field", "text", "reason", "at"),
    "bookings": ("id", "testbed_id", "pilot_id", "first", "last"),
    "practices": ("id", "title", "text", "status", "created_at"),
    "adoptions": ("id", "practice_id", "city", "at"),
    "fibre_revisions": ("id", "city", "number", "at", "why"),
    "fibre_cuts": ("id", "city", "since", "until", "why", "at"),
}
"""What a person wrote for a city, and what is taken along of it. It stays the city's, without a name, once they are erased."""


def organisations(kind: str | None = None) -> list[Organisation]:
    """All, or those of a kind, in order of their names."""
    found = Organisation.objects.order_by("name")
    return list(found.filter(kind=kind) if kind else found)


def organisation(slug: str) -> Organisation | None:
    """By its slug."""
    return Organisation.objects.filter(slug=slug).first()


def office(person: Someone, city: str) -> str:
    """In whose name a person acts in a city: the municipality, or else the role; never the person. "administration" for superusers."""
    if not isinstance(person, Person):
        return ""
    acting = (Role.Kind.ADMINISTRATOR, Role.Kind.ENGINEER, Role.Kind.EDITOR)
    roles = person.roles.filter(kind__in=acting).select_related("organisation")
    mine = [r for r in roles if r.city == city or (r.organisation and r.organisation.city == city)]
    named = [r.organisation.name for r in mine if r.organisation]
    return named[0] if named else ROLES[mine[0].kind] if mine else "administration"


@dataclass(frozen=True)
class Desk:
    """A city that somebody may do something in."""

    slug: str
    name: str
    administers: bool


def cities(person: Person, roles: Iterable[Role]) -> list[Desk]:
    """The shown cities whose entries a person may see: those of their roles, and all for superusers."""
    mine = [(r.organisation.city if r.organisation else r.city, r.kind) for r in roles]
    bosses = {city for city, kind in mine if kind == Role.Kind.ADMINISTRATOR}
    return [
        Desk(slug, readings.reading(slug).city.city.name, person.is_superuser or slug in bosses)
        for slug in readings.cities()
        if person.is_superuser or slug in {city for city, _ in mine}
    ]


def called(pseudonyms: Iterable[UUID]) -> dict[UUID, str]:
    """Who people are, by pseudonym: their name or address, or "erased person". One question; unknown ones are erased too."""
    wanted = set(pseudonyms)
    found = {p.pseudonym: p.name or str(p) for p in Person.objects.filter(pseudonym__in=wanted)}
    return {w: found.get(w, ERASED) for w in wanted}


def steps(city: str = "", subject: str = "", most: int = 200) -> list[Step]:
    """The newest rows of the trail."""
    found = Step.objects.all()
    if city:
        found = found.filter(city=city)
    if subject:
        found = found.filter(subject=subject)
    return list(found[:most])


def everything(person: Person) -> dict[str, Any]:
    """All that is kept about a person, to be given to them: what they said, what they may, what they did."""
    from allauth.account.models import EmailAddress
    from allauth.mfa.models import Authenticator
    from allauth.socialaccount.models import SocialAccount

    return {
        "person": {
            "pseudonym": str(person.pseudonym),
            "email": person.email,
            "name": person.name,
            "language": person.language,
            "joined_at": person.joined_at,
            "last_login": person.last_login,
            "is_staff": person.is_staff,
            "a_minute": person.a_minute,
        },
        "addresses": list(EmailAddress.objects.filter(user=person).values("email", "verified", "primary")),
        "second_factors": list(Authenticator.objects.filter(user=person).values("type", "created_at", "last_used_at")),
        "other_doors": list(SocialAccount.objects.filter(user=person).values("provider", "uid", "last_login", "date_joined", "extra_data")),
        "roles": [
            {"kind": r.kind, "city": r.city, "organisation": r.organisation and r.organisation.slug}
            for r in person.roles.select_related("organisation")
        ],
        "keys": list(person.keys.values("name", "prefix", "created_at", "expires_at", "revoked_at", "opens")),
        "webhooks": [_webhook(h) for h in person.webhooks.prefetch_related("messages")],
        **{name: list(getattr(person, name).values(*told)) for name, told in WRITTEN.items()},
        "trail": list(Step.objects.filter(who=person.pseudonym).values("at", "action", "subject", "city", "fields")),
        "trail_about_you": list(Step.objects.filter(subject__endswith=f":{person.pseudonym}").values("at", "action", "subject", "fields")),
    }


def _webhook(hook: Any) -> dict[str, Any]:
    sent = ("event", "state", "tries", "answer", "noted_at")
    said = {k: getattr(hook, k) for k in ("city", "url", "events", "active", "created_at")}
    return said | {"messages": [{k: getattr(m, k) for k in sent} for m in hook.messages.all()]}
