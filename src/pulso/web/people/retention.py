"""How long things about people are kept. What is over goes; the trail stays, for it names nobody."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from django.contrib.sessions.models import Session
from django.db.models import Q
from django.utils import timezone

from pulso.web.people.models import Key, Person
from pulso.web.people.writes import erase, note

UNVERIFIED = timedelta(days=30)
"""An account whose address was never verified, and that was never used."""

IDLE = timedelta(days=3 * 365)
"""An account that nobody opened; not one with a role, which an administrator takes first."""

CLOSED_KEYS = timedelta(days=365)
"""A key, after it was revoked or expired."""


def retain(now: datetime | None = None) -> Counter[str]:
    """Let go of what is over; how many of each. Twice is once."""
    now = now or timezone.now()
    done: Counter[str] = Counter()
    done["sessions"], _ = Session.objects.filter(expire_date__lt=now).delete()
    closed = Key.objects.filter(Q(revoked_at__lt=now - CLOSED_KEYS) | Q(expires_at__lt=now - CLOSED_KEYS))
    done["keys"], _ = closed.delete()
    people = Person.objects.filter(erased_at=None, is_superuser=False, roles=None)
    never = Q(last_login=None, joined_at__lt=now - UNVERIFIED) & ~Q(emailaddress__verified=True)
    for person in people.filter(never | Q(last_login__lt=now - IDLE)).distinct():
        erase(None, person)
        done["people"] += 1
    if done.total():
        note(None, "retain", "retention", None, dict(done))
    return done
