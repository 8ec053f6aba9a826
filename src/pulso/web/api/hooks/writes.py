"""What is done to webhooks: each leaves its row in the trail. The API and the pages of an account both come here."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import UTC, datetime
from json import dumps
from typing import Any

from django.db import transaction

from pulso.errors import PulsoError
from pulso.web.api.happenings import latest
from pulso.web.api.hooks.addresses import target
from pulso.web.api.hooks.models import Message, Webhook
from pulso.web.people.models import Key, Person
from pulso.web.people.trail import note
from pulso.web.readings import Reading, reading

MOST = 10
"""So many webhooks one person may have."""
TEST = "test"
"""The event of a message that tells of nothing."""


class TooManyWebhooks(PulsoError):  # noqa: N818  # it names a state of the world
    """A person has as many webhooks as one may have."""


@transaction.atomic
def make(person: Person, told_of: Reading, url: str, events: Iterable[str], key: Key | None = None) -> tuple[Webhook, str]:
    """Have a city's happenings told from now on, and give the secret that is never shown again. NotThere, or TooManyWebhooks.

    `key` is the one that it is made with: it ends what whoever stole it has made, once it is revoked.
    """
    target(url)
    if Webhook.objects.filter(person=person).count() >= MOST:
        raise TooManyWebhooks(f"{MOST} webhooks are as many as one person may have")
    secret = secrets.token_urlsafe(32)
    hook = Webhook(person=person, key=key, city=told_of.slug, url=url, events=list(dict.fromkeys(events)), secret=secret)
    hook.mark = latest(told_of)
    hook.save()
    note(person, "make webhook", f"webhook:{hook.pk}", None, _fields(hook), city=hook.city, about=person)
    return hook, secret


@transaction.atomic
def end(hook: Webhook) -> None:
    """Tell it no more; what waits for it is not sent."""
    note(hook.person, "end webhook", f"webhook:{hook.pk}", _fields(hook), None, city=hook.city, about=hook.person)
    hook.delete()


@transaction.atomic
def resume(hook: Webhook) -> None:
    """Tell it again, from now on, after nobody took its messages. Of one that is told, nothing."""
    if hook.active:
        return
    hook.mark, hook.active, hook.given_up = latest(reading(hook.city)), True, 0
    hook.save()
    note(hook.person, "resume webhook", f"webhook:{hook.pk}", {"active": False}, {"active": True}, city=hook.city, about=hook.person)


def test(hook: Webhook) -> None:
    """Have a message sent that tells of nothing, with the next that are due; one at a time."""
    if hook.active and not hook.messages.filter(event=TEST, state=Message.State.WAITING).exists():
        said = {"event": TEST, "at": datetime.now(UTC).isoformat(), "data": {"city": hook.city}}
        Message.objects.create(webhook=hook, event=TEST, body=dumps(said, ensure_ascii=False))


def _fields(hook: Webhook) -> dict[str, Any]:
    return {"city": hook.city, "url": hook.url, "events": hook.events}
