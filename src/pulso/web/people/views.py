"""The pages of an account that are ours; those of allauth stand beside them."""

from __future__ import annotations

from allauth.account.decorators import reauthentication_required
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from pulso.show.language import marked as _
from pulso.web.people import reads, writes
from pulso.web.people.around import ROLES
from pulso.web.people.forms import LIVES, About, Farewell, NewKey
from pulso.web.people.keys import MOST, TooManyKeys, create, quota, revoke
from pulso.web.people.models import Person
from pulso.web.people.pages import known, page, speech
from pulso.web.people.trail import fields, named, note

TOO_MANY = _("You have {n} keys in force, which is as many as one person may have. Revoke one first.")


def front(_request: HttpRequest) -> HttpResponse:
    """To the account, in the person's language."""
    return HttpResponseRedirect(reverse("account"))


@require_http_methods(["GET", "POST"])
@known
def mine(request: HttpRequest, person: Person) -> HttpResponse:
    """What is known of a person, by themselves."""
    form = About(request.POST or None, instance=person)
    before = fields(Person.objects.get(pk=person.pk)) if request.method == "POST" else None
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            form.save()
            note(person, "change person", named(person), before, fields(person), about=person)
        return HttpResponseRedirect(reverse("account"))
    roles = list(person.roles.select_related("organisation"))
    context = {"person": person, "form": form, "called": ROLES, "roles": roles, "boss": "administrator"}
    return page(request, "mine", context | {"cities": reads.cities(person, roles)})


@require_http_methods(["GET", "POST"])
@login_required
@reauthentication_required(allow_get=True, enabled=lambda request: "revoke" not in request.POST)  # type: ignore[untyped-decorator]
@known
def keys(request: HttpRequest, person: Person) -> HttpResponse:
    """One's keys: made by whoever has just said again who they are, shown once, revoked."""
    text, why = "", ""
    form = NewKey(request.POST if "name" in request.POST else None)
    if request.method == "POST" and "revoke" in request.POST:
        for key in person.keys.filter(prefix=request.POST["revoke"]):
            revoke(key, person)
        return HttpResponseRedirect(reverse("account-keys"))
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                said = form.cleaned_data
                _, text = create(person, said["name"], life=LIVES[said["days"]], opens=said["opens"])
        except TooManyKeys:
            why = speech().say(TOO_MANY, n=MOST)
        else:
            form = NewKey()
    often = {"a_minute": quota(person), "stranger": settings.API_A_MINUTE}
    return page(request, "keys", {"keys": person.keys.all(), "form": form, "text": text, "why": why, "lives": list(LIVES)} | often)


@require_GET
@known
def data(_request: HttpRequest, person: Person) -> HttpResponse:
    """All that is kept about a person, as a file."""
    answer = JsonResponse(reads.everything(person), json_dumps_params={"indent": 2, "ensure_ascii": False})
    answer["Content-Disposition"] = 'attachment; filename="pulso.json"'
    return answer


@require_http_methods(["GET", "POST"])
@login_required
@reauthentication_required(allow_get=True)  # type: ignore[untyped-decorator]
@known
def erasing(request: HttpRequest, person: Person) -> HttpResponse:
    """To be forgotten; by whoever has just said again who they are."""
    form = Farewell(request.POST or None, person=person)
    if request.method == "POST" and form.is_valid():
        logout(request)
        writes.erase(person, person)
        return page(request, "erased", {})
    return page(request, "erase", {"form": form})
