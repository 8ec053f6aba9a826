"""The administration looks at challenges, pilots and practices, and writes nothing of them; whoever tries leaves a step in the trail."""

from __future__ import annotations

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib import admin
from django.forms.models import model_to_dict

from pulso.web.innovation import models, writes
from pulso.web.innovation.admin import Kept
from pulso.web.people.models import Step
from tests.web.people.test_accounts import SECRET, code, verified

pytestmark = pytest.mark.django_db
NOUNS = ("challenge", "pilot", "protocol", "amendment", "evaluation", "practice", "adoption", "testbed", "booking")


@pytest.fixture
def root(client, person):
    """A superuser, come with a second factor."""
    ana = verified(person("root", is_staff=True, is_superuser=True))
    secret = generate_totp_secret()
    TOTP.activate(ana, secret)
    client.post("/en/account/login/", {"login": ana.email} | SECRET)
    client.post("/en/account/2fa/authenticate/", {"code": code(secret)})
    return ana


@pytest.fixture
def one_of_each(boss, challenge, frozen, evaluation, ended):
    """A row of every noun, by its name."""
    at, day = ended.since, frozen.window_last
    amendment = models.Amendment.objects.create(protocol=frozen, field="stop_rule", text="Sooner.", reason="Safety.", at=at)
    practice = writes.move(writes.write_practice(boss, ended, title="Square", text="Close it."), "offered", boss)
    other = models.Pilot.objects.create(city="aldeia", title="Too", text="x", created_at=at, since=at)
    testbed = writes.offer_testbed(boss, "vila", kind="street", name="Rua Nova")
    return {
        "challenge": challenge,
        "pilot": ended,
        "protocol": frozen,
        "amendment": amendment,
        "evaluation": evaluation,
        "practice": practice,
        "adoption": models.Adoption.objects.create(practice=practice, city="aldeia", pilot=other, at=at),
        "testbed": testbed,
        "booking": models.Booking.objects.create(testbed=testbed, pilot=ended, first=day, last=day),
    }


def test_all_that_is_kept_of_the_loop_can_be_looked_at(client, root, one_of_each):
    assert {m._meta.model_name for m, of in admin.site._registry.items() if isinstance(of, Kept)} == set(NOUNS) == set(one_of_each)
    for noun, thing in one_of_each.items():
        page = client.get(f"/admin/innovation/{noun}/")
        assert page.status_code == 200
        assert f"/admin/innovation/{noun}/{thing.pk}/change/" in page.content.decode()
        whole = client.get(f"/admin/innovation/{noun}/{thing.pk}/change/")
        assert whole.status_code == 200
        assert '<input type="submit"' not in whole.content.decode()
        assert client.get(f"/admin/innovation/{noun}/add/").status_code == 403


@pytest.mark.parametrize("noun", NOUNS)
def test_nobody_writes_it_by_hand_and_whoever_tries_is_in_the_trail(client, root, one_of_each, noun):
    thing = one_of_each[noun]
    before = model_to_dict(thing._meta.model.objects.get(pk=thing.pk), [f.name for f in thing._meta.fields])
    many = thing._meta.model.objects.count()
    typed = dict.fromkeys(before, "99") | {"estimate": "99", "hypothesis": "What we always wanted.", "status": "closed"}
    for address in (f"{thing.pk}/change/", f"{thing.pk}/delete/", "add/"):
        steps = Step.objects.filter(action="refuse", who=root.pseudonym).count()
        assert client.post(f"/admin/innovation/{noun}/{address}", typed | {"post": "yes"}).status_code == 403
        assert Step.objects.filter(action="refuse", who=root.pseudonym).count() == steps + 1
    client.post(f"/admin/innovation/{noun}/", {"action": "delete_selected", "_selected_action": [thing.pk], "post": "yes"})
    assert thing._meta.model.objects.count() == many
    assert model_to_dict(thing._meta.model.objects.get(pk=thing.pk), [f.name for f in thing._meta.fields]) == before
    assert {s.subject for s in Step.objects.filter(action="refuse", who=root.pseudonym)} == {f"{noun}:{thing.pk}", f"{noun}:new"}


def test_whoever_runs_a_city_does_not_see_it(client, boss, one_of_each):
    client.force_login(boss)
    for noun in NOUNS:
        assert client.get(f"/admin/innovation/{noun}/").status_code == 302
