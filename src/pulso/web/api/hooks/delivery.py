"""Messages noted, sent, and sent again."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta

import httpx
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from pulso.web import readings
from pulso.web.api.happenings import Happening, Mark, since
from pulso.web.api.hooks.addresses import NotThere, target
from pulso.web.api.hooks.models import MARKED, Message, Webhook

PAUSES = tuple(timedelta(minutes=m) for m in (1, 5, 30, 120, 720))
"""How long to wait after the first, second … try; after the last there is no other."""
DEAF = 5
"""So many messages given up in a row, and no more are sent to that address."""
PATIENCE = 10.0
"""Seconds until a machine that does not answer is left alone."""
A_SITTING = 60.0
"""Seconds that one call may take: the worker has other things to do."""
KEPT = timedelta(days=30)
log = logging.getLogger("pulso.web.api.hooks")

Send = Callable[[Webhook, Message], str]
"""Sends a message; empty where it was taken, else what came back."""


def deliver(send: Send | None = None, now: Callable[[], datetime] = timezone.now) -> int:
    """Note what happened, send what is due, forget what is old; how many were taken."""
    for city in readings.cities():
        _note(city)
    taken, began = 0, time.monotonic()
    due = Message.objects.filter(state=Message.State.WAITING, due__lte=now(), webhook__in=_told())
    hooks: dict[int, Webhook] = {}  # each once, so that what happens to it is known at its next message
    for message in due.select_related("webhook").order_by("due", "pk")[:500]:
        message.webhook = hooks.setdefault(message.webhook_id, message.webhook)
        if time.monotonic() - began > A_SITTING:
            break
        if not message.webhook.active:  # it was given up a moment ago
            continue
        taken += _try(message, send or post, now())
    Message.objects.exclude(state=Message.State.WAITING).filter(noted_at__lt=now() - KEPT).delete()
    return taken


def _told() -> QuerySet[Webhook]:
    """The webhooks that messages go to: none of a person who is gone, or that was made with a key that is revoked."""
    return Webhook.objects.filter(Q(key=None) | Q(key__revoked_at=None), active=True, person__is_active=True)


def _note(city: str) -> None:
    """Write down what happened in a city for each who wants to know: once, whatever happens in between."""
    hooks = list(_told().filter(city=city))
    if not hooks:
        return
    happened = since(readings.reading(city), Mark(*map(min, zip(*(h.mark for h in hooks), strict=True))))
    for hook in hooks:
        mark = hook.mark
        new = [h for h in happened if mark.before(h)]
        if not new:
            continue
        with transaction.atomic():
            Message.objects.bulk_create(Message(webhook=hook, event=h.event, body=body(h)) for h in new if h.event in hook.events)
            for happening in new:
                mark = mark.past(happening)
            hook.mark = mark
            hook.save(update_fields=MARKED)


def _try(message: Message, send: Send, now: datetime) -> int:
    hook = message.webhook
    message.tries += 1
    said = send(hook, message)[:200]
    message.answer = said
    if not said:
        message.state, hook.given_up = Message.State.TAKEN, 0
    elif message.tries > len(PAUSES):
        message.state = Message.State.GIVEN_UP
        hook.given_up += 1
        hook.active = hook.given_up < DEAF
    else:
        message.due = now + PAUSES[message.tries - 1]
    with transaction.atomic():
        message.save(update_fields=["tries", "answer", "state", "due"])
        hook.save(update_fields=["given_up", "active"])
    if said:
        log.warning("a message was not taken", extra={"said": {"webhook": hook.pk, "message": message.pk, "tries": message.tries}})
    return not said


def post(hook: Webhook, message: Message) -> str:
    """Send a message over the network: to the machine that was looked up, under its own name, and nowhere that it sends us on to."""
    try:
        where = target(hook.url)
        with httpx.Client(timeout=PATIENCE, follow_redirects=False, trust_env=False) as client:
            asked = client.build_request(
                "POST", where.url, content=message.body.encode(), headers=headers(hook, message) | {"Host": where.host}
            )
            asked.extensions = asked.extensions | {"sni_hostname": where.name}
            answer = client.send(asked, stream=True)  # what it says is of no interest
            answer.close()
    except NotThere as why:
        return str(why)
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as why:
        return type(why).__name__
    return "" if answer.is_success else f"HTTP {answer.status_code}"


def headers(hook: Webhook, message: Message) -> dict[str, str]:
    """What goes with a message: what it is, which, and who says so."""
    moment = str(int(time.time()))
    return {
        "Content-Type": "application/json",
        "User-Agent": "Pulso",
        "Pulso-Event": message.event,
        "Pulso-Message": str(message.pk),
        "Pulso-Signature": f"t={moment},v1={signature(hook.secret, moment, message.body)}",
    }


def signature(secret: str, moment: str, body: str) -> str:
    """HMAC-SHA256 of "moment.body": whoever knows the secret knows that it is ours, and how old it is."""
    return hmac.new(secret.encode(), f"{moment}.{body}".encode(), hashlib.sha256).hexdigest()


def body(happening: Happening) -> str:
    """What is sent of a happening."""
    return json.dumps({"event": happening.event, "at": happening.at.isoformat(), "data": happening.data}, ensure_ascii=False)
