"""The pages of one's webhooks: made, tried, seen how they fare, ended."""

from __future__ import annotations

from typing import Any

from allauth.account.decorators import reauthentication_required
from django import forms
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, URLResolver, path, reverse
from django.views.decorators.http import require_http_methods

from pulso.show.language import Speech
from pulso.show.language import marked as _
from pulso.web import readings
from pulso.web.api.happenings import KINDS
from pulso.web.api.hooks import writes
from pulso.web.api.hooks.addresses import NotThere
from pulso.web.api.hooks.models import Message, Webhook
from pulso.web.people.models import Person
from pulso.web.people.pages import known, page, speech
from pulso.web.people.urls import InOurLanguages

EVENTS = {
    "published": _("days are published"),
    "alert": _("a day lies outside its normal range"),
    "alert.ended": _("a later publication brings it back"),
    "incident.began": _("a contract is broken"),
    "incident.ended": _("a contract is kept again"),
    "pilot.frozen": _("a pilot's protocol is frozen"),
    "evaluation.published": _("what a pilot showed is published"),
    writes.TEST: _("a test"),
}
"""What each happening is called."""
STATES = {Message.State.WAITING: _("waits"), Message.State.TAKEN: _("taken"), Message.State.GIVEN_UP: _("given up")}
NOT_THERE = _("Messages only go to https:// and the open internet, to a machine that can be found, without a password in the address.")
TOO_MANY = _("You have {n} webhooks, which is as many as one person may have. End one first.")
SHOWN = 50
"""So many messages are shown, the newest."""


class NewWebhook(forms.Form):
    """Who is to be told of what."""

    city = forms.ChoiceField()
    url = forms.CharField(max_length=500)
    events = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple, initial=list(KINDS))

    def __init__(self, *args: Any, speech: Speech, **rest: Any) -> None:
        super().__init__(*args, **rest)
        city, events = self.fields["city"], self.fields["events"]
        assert isinstance(city, forms.ChoiceField)  # noqa: S101
        assert isinstance(events, forms.ChoiceField)  # noqa: S101
        city.choices = [(slug, readings.reading(slug).city.city.name) for slug in readings.cities()]
        events.choices = [(kind, speech.capital(speech.say(EVENTS[kind]))) for kind in KINDS]


@require_http_methods(["GET", "POST"])
@login_required
@reauthentication_required(allow_get=True)  # type: ignore[untyped-decorator]
@known
def webhooks(request: HttpRequest, person: Person) -> HttpResponse:
    """One's webhooks, and how to make another: its secret is shown this once."""
    form, secret, why = NewWebhook(request.POST or None, speech=speech()), "", ""
    if request.method == "POST" and form.is_valid():
        try:
            said = form.cleaned_data
            _, secret = writes.make(person, readings.reading(said["city"]), said["url"], said["events"])
        except NotThere:
            why = speech().say(NOT_THERE)
        except writes.TooManyWebhooks:
            why = speech().say(TOO_MANY, n=writes.MOST)
        else:
            form = NewWebhook(speech=speech())
    waiting = Count("messages", filter=Q(messages__state=Message.State.WAITING))
    hooks = Webhook.objects.filter(person=person).select_related("key").annotate(waiting=waiting)
    streams = [(r.city.city.name, f"/api/v1/cities/{r.slug}/stream") for r in map(readings.reading, readings.cities())]
    context = {"hooks": list(hooks), "form": form, "secret": secret, "why": why, "called": EVENTS, "streams": streams}
    return page(request, "hooks/webhooks", context, 400 if why else 200)


@require_http_methods(["GET", "POST"])
@known
def webhook(request: HttpRequest, person: Person, number: int) -> HttpResponse:
    """One of them: what was sent, what came back; tried, told again, ended."""
    hook = Webhook.objects.filter(person=person, pk=number).first() if number < 2**62 else None
    if hook is None:
        raise Http404  # whose it is is nobody else's
    if request.method == "POST":
        if "end" in request.POST:
            writes.end(hook)
            return HttpResponseRedirect(reverse("account-webhooks"))
        if "resume" in request.POST:
            writes.resume(hook)
        if "test" in request.POST:
            writes.test(hook)
        return HttpResponseRedirect(request.path)
    messages = hook.messages.order_by("-pk")[:SHOWN]
    return page(request, "hooks/webhook", {"hook": hook, "sent": list(messages), "called": EVENTS, "states": STATES})


urlpatterns: list[URLPattern | URLResolver] = [
    URLResolver(
        InOurLanguages(prefix_default_language=True),
        [
            path("account/webhooks/", webhooks, name="account-webhooks"),
            path("account/webhooks/<int:number>/", webhook, name="account-webhook"),
        ],
    )
]
