"""Keys for machines: made and shown once, kept as a digest, revoked, expired; `known` says whose a key is."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from pulso.errors import PulsoError
from pulso.web.people.models import Key, Person
from pulso.web.people.trail import named, note

FORM = re.compile(r"pulso_([0-9a-f]{10})_([A-Za-z0-9_-]{43})")
LIFE = timedelta(days=365)
MOST = 20
"""Keys in force that one person may have."""

NOBODY = hashlib.sha256(b"nobody").hexdigest()


class TooManyKeys(PulsoError):  # noqa: N818  # it names a state of the world
    """A person has as many keys as one may have."""


def create(person: Person, name: str, *, life: timedelta = LIFE, opens: bool = False) -> tuple[Key, str]:
    """Make a key, and give the text that is never shown again. TooManyKeys where the person has `MOST` in force.

    It opens nothing that is not public, but where it is made to (`opens`): then what its person may see, as long as they may.
    """
    if person.keys.filter(revoked_at=None, expires_at__gt=timezone.now()).count() >= MOST:
        raise TooManyKeys(f"You have {MOST} keys in force, which is as many as one person may have. Revoke one first.")
    prefix = secrets.token_hex(5)
    text = f"pulso_{prefix}_{secrets.token_urlsafe(32)}"
    until = timezone.now() + min(life, LIFE)
    key = Key.objects.create(person=person, name=name, prefix=prefix, digest=_digest(text), expires_at=until, opens=opens)
    note(person, "create key", named(key), None, _said(key), about=person)
    return key, text


def revoke(key: Key, by: Person) -> None:
    """Close what a key opens, for good. Twice is once."""
    if key.revoked_at is not None:
        return
    before = _said(key)
    key.revoked_at = timezone.now()
    key.save(update_fields=["revoked_at"])
    note(by, "revoke key", named(key), before, _said(key), about=key.person)


def known(text: str) -> Key | None:
    """The key of this text, with its person; None where there is none, or it is revoked or expired, or its person gone.

    How long the comparison takes says nothing about the digest. One question to the database.
    """
    form = FORM.fullmatch(text)
    key = Key.objects.select_related("person").filter(prefix=form[1]).first() if form else None
    same = hmac.compare_digest(_digest(text), key.digest if key else NOBODY)
    return key if key and same and key.in_force and key.person.is_active else None


def quota(person: Person) -> int:
    """How often all keys of a person together may ask a minute: never less than a stranger; 0: as often as they like."""
    free: int = settings.API_A_MINUTE
    said = settings.API_KEY_A_MINUTE if person.a_minute is None else person.a_minute
    return max(said, free) if free else 0


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _said(key: Key) -> dict[str, object]:
    return {"name": key.name, "expires_at": key.expires_at, "revoked_at": key.revoked_at, "opens": key.opens}
