"""Webhooks, made and ended by whoever has a key."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from ninja import NinjaAPI, Schema
from ninja.params.functions import Path
from pydantic import ConfigDict, Field, TypeAdapter
from pydantic.dataclasses import dataclass

from pulso.web.api.asked import only_known, opened
from pulso.web.api.happenings import KINDS, Kind
from pulso.web.api.hooks import writes
from pulso.web.api.hooks.addresses import NotThere
from pulso.web.api.hooks.models import Message, Webhook
from pulso.web.api.problems import Refused, Wrong, say
from pulso.web.api.whom import signed
from pulso.web.people.models import Key, Person


class NewWebhook(Schema):
    """Who is to be told of what."""

    model_config = ConfigDict(extra="forbid")

    city: str = Field(max_length=100, description="the city, by its slug")
    url: str = Field(max_length=500, description="where to send it: https://…, on the open internet")
    events: list[Kind] = Field(list(KINDS), min_length=1, max_length=len(KINDS), description="which happenings; all, where not given")


@dataclass(frozen=True)
class Told:
    """A webhook, as it is shown to whoever made it."""

    id: int = Field(description="its number")
    city: str = Field(description="the city, by its slug")
    url: str = Field(description="where messages go")
    events: tuple[str, ...] = Field(description="which happenings it is told of")
    active: bool = Field(description="false: too many messages were not taken, and no more are sent; make another")
    waiting: int = Field(description="messages that are still to be sent, or sent again")
    created_at: datetime = Field(description="when it was made, UTC")
    secret: str | None = Field(description="what messages are signed with: shown once, when it is made; null ever after")


class Webhooks(Schema):
    """The webhooks of whoever asks."""

    items: list[Told] = Field(description="in the order in which they were made")


def register(api: NinjaAPI) -> None:
    """Give them their addresses."""
    said: dict[str, Any] = {"tags": ["webhooks"], "auth": signed}  # who asks is looked at before what they ask
    api.get("/webhooks", response=Webhooks, operation_id="webhooks", summary="Your webhooks.", **said)(webhooks)
    api.post("/webhooks", response={201: Told}, operation_id="make_webhook", summary="Be told what happens in a city.", **said)(make)
    api.delete("/webhooks/{number}", response={204: None}, operation_id="end_webhook", summary="Be told no more.", **said)(end)


def webhooks(request: HttpRequest) -> HttpResponseBase:
    """Yours, and how many messages wait for each."""
    only_known(request, None)
    waiting = Count("messages", filter=Q(messages__state=Message.State.WAITING))
    found = [_told(h, h.waiting) for h in Webhook.objects.filter(person=_person(request)).annotate(waiting=waiting)]
    return _private(TypeAdapter(dict[str, list[Told]]).dump_json({"items": found}), 200)


def make(request: HttpRequest, asked: NewWebhook) -> HttpResponseBase:
    """A message for each happening: JSON, with the header Pulso-Signature: t=<seconds>,v1=<HMAC-SHA256 of "t.body" by the secret>.

    Answer 2xx within ten seconds; what is not taken is sent again, five times within fifteen hours.
    """
    only_known(request, None)
    key = Key.objects.select_related("person").get(pk=request.asker.key)  # type: ignore[attr-defined]  # Manners says who asks
    reading = opened(asked.city)
    try:
        hook, secret = writes.make(key.person, reading, asked.url, asked.events, key)
    except NotThere as why:
        raise Refused(422, str(why), (Wrong("url", str(why)),)) from None
    except writes.TooManyWebhooks:
        raise Refused(409, say("You have {n} webhooks, which is as many as one person may have. End one first.", n=writes.MOST)) from None
    return _private(TypeAdapter(Told).dump_json(_told(hook, 0, secret)), 201)


def end(request: HttpRequest, number: Annotated[int, Path(..., ge=1, lt=2**62, description="the webhook's number")]) -> HttpResponseBase:
    """What waits for it is not sent."""
    only_known(request, None)
    person = _person(request)
    hook = Webhook.objects.filter(person=person, pk=number).first()
    if hook is None:
        raise Refused(404, say("You have no webhook {n}.", n=number))
    writes.end(hook)
    return HttpResponse(status=204)


def _person(request: HttpRequest) -> Person:
    """Whose key it is."""
    return Person.objects.get(pk=request.asker.person)  # type: ignore[attr-defined]  # Manners says who asks


def _told(hook: Webhook, waiting: int, secret: str | None = None) -> Told:
    return Told(hook.pk, hook.city, hook.url, tuple(hook.events), hook.active, waiting, hook.created_at, secret)


def _private(body: bytes, status: int) -> HttpResponse:
    return HttpResponse(body, status=status, content_type="application/json", headers={"Cache-Control": "no-store"})
