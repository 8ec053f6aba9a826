"""Who may do what in a city: one table."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser

from pulso.web.people import may
from pulso.web.people.models import Organisation

MATRIX = {
    #                 see entries, events, outages, flags, administer
    "nobody":        (False, False, False, False, False),
    "no role":       (False, False, False, False, False),
    "viewer":        (True,  False, False, False, False),
    "editor":        (True,  True,  True,  False, False),
    "engineer":      (True,  False, True,  True,  False),
    "administrator": (True,  True,  True,  True,  True),
    "superuser":     (True,  True,  True,  True,  True),
}  # fmt: skip
SENTENCES = (may.may_see_entries, may.may_enter_events, may.may_enter_outages, may.may_flag_sensors, may.may_administer_city)


def answers(who, city="vila"):
    return tuple(sentence(who, city) for sentence in SENTENCES)


def someone(person, who, **how):
    if who == "nobody":
        return AnonymousUser()
    kinds = [] if who in ("no role", "superuser") else [who]
    return person("ana", *kinds, is_superuser=who == "superuser", **how)


@pytest.mark.parametrize("who", MATRIX)
def test_a_role_in_the_city_may(person, who):
    assert answers(someone(person, who)) == MATRIX[who]


@pytest.mark.parametrize("who", [w for w in MATRIX if w != "nobody"])
def test_a_role_in_its_municipality_may_the_same(person, municipality, who):
    assert answers(someone(person, who, organisation=municipality)) == MATRIX[who]


@pytest.mark.parametrize("who", [w for w in MATRIX if w != "superuser"])
def test_a_role_in_another_city_may_nothing_here(person, who):
    assert answers(someone(person, who, city="porto")) == MATRIX["nobody"]


@pytest.mark.parametrize("who", [w for w in MATRIX if w != "superuser"])
def test_a_role_in_a_company_may_nothing_in_its_city(person, who):
    company = Organisation.objects.create(slug="acme", name="Acme", kind="company")
    assert answers(someone(person, who, organisation=company)) == MATRIX["nobody"]
    assert answers(someone(person, "no role") if who == "nobody" else AnonymousUser(), "") == MATRIX["nobody"]


@pytest.mark.parametrize("who", MATRIX)
def test_whoever_is_inactive_may_nothing(person, who):
    ana = someone(person, who)
    ana.is_active = False
    assert answers(ana) == MATRIX["nobody"]


def test_an_organisation_s_administrator_administers_it_and_no_other(person, municipality):
    other = Organisation.objects.create(slug="acme", name="Acme", kind="company")
    ana = person("ana", "administrator", organisation=municipality)
    rui = person("rui", "editor", organisation=municipality)
    assert may.may_administer(ana, municipality)
    assert not may.may_administer(ana, other)
    assert not may.may_administer(rui, municipality)
