"""Keys for machines."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from pulso.web.people import keys
from pulso.web.people.models import Key

pytestmark = pytest.mark.django_db


def test_a_key_is_known_and_kept_as_a_digest_only(person):
    key, text = keys.create(person("ana"), "notebook")
    assert keys.known(text) == key
    row = str(Key.objects.values().get())
    assert text not in row
    assert text.rsplit("_", 1)[1] not in row


def test_a_key_that_is_not_quite_it_opens_nothing(person):
    _, text = keys.create(person("ana"), "notebook")
    other = "A" if text[-1] != "A" else "B"
    for wrong in (
        "",
        "x",
        text[:-1],
        text[:-1] + other,
        text + "A",
        text.upper(),
        text.replace("pulso_", "pulso_0"),
        "pulso_0000000000_" + "A" * 43,
    ):
        assert keys.known(wrong) is None, wrong


def test_a_stolen_key_is_revoked_an_old_one_expires_and_a_locked_person_has_none(person):
    ana = person("ana")
    stolen, text = keys.create(ana, "stolen")
    keys.revoke(stolen, ana)
    keys.revoke(stolen, ana)
    assert keys.known(text) is None
    old, text = keys.create(ana, "old", life=timedelta(days=1))
    Key.objects.filter(pk=old.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert keys.known(text) is None
    _, text = keys.create(ana, "mine")
    ana.is_active = False
    ana.save()
    assert keys.known(text) is None


def test_knowing_a_key_is_one_question(person, django_assert_num_queries):
    _, text = keys.create(person("ana"), "notebook")
    with django_assert_num_queries(1):
        assert keys.known(text).person.is_active


def test_nobody_has_more_keys_than_one_may(person):
    ana = person("ana")
    for n in range(keys.MOST):
        keys.create(ana, str(n))
    with pytest.raises(keys.TooManyKeys):
        keys.create(ana, "one more")


@pytest.mark.parametrize("lang", ["pt", "en"])
def test_a_key_is_shown_once_and_revoked_by_its_own_person_only(person, client, lang):
    ana, rui = person("ana"), person("rui")
    client.force_login(ana)
    assert "/reauthenticate/" in client.post(f"/{lang}/account/keys/", {"name": "notebook", "days": "30"})["Location"]
    assert not ana.keys.exists(), "whoever finds the browser open makes none"
    client.post(f"/{lang}/account/reauthenticate/", {"password": "a long secret"})
    ana.keys.all().delete()
    page = client.post(f"/{lang}/account/keys/", {"name": "notebook", "days": "30"}).content.decode()
    (key,) = ana.keys.all()
    text = next(w for w in page.replace("<", " ").replace(">", " ").split() if w.startswith("pulso_") and len(w) > 30)
    assert keys.known(text) == key
    assert text not in client.get(f"/{lang}/account/keys/").content.decode()
    client.force_login(rui)
    client.post(f"/{lang}/account/keys/", {"revoke": key.prefix})
    assert keys.known(text) == key
    client.force_login(ana)
    client.post(f"/{lang}/account/keys/", {"revoke": key.prefix})
    assert keys.known(text) is None


def test_a_key_opens_what_is_not_public_only_where_its_person_says_so(person, client):
    ana = person("ana")
    client.force_login(ana)
    client.post("/en/account/reauthenticate/", {"password": "a long secret"})
    for name, more in (("plain", {}), ("opening", {"opens": "on"})):
        page = client.post("/en/account/keys/", {"name": name, "days": "30"} | more).content.decode()
        assert ("opens what is not public" in page) == (name == "opening")
    assert {k.name: k.opens for k in ana.keys.all()} == {"plain": False, "opening": True}
    assert keys.create(ana, "by hand")[0].opens is False
