"""Who may do what with challenges and pilots: one table."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser

from pulso.web.people import may

SENTENCES = (
    *(may.may_open_challenge, may.may_publish_challenge, may.may_moderate, may.may_offer_testbed, may.may_edit_pilot, may.may_freeze),
    *(may.may_amend, may.may_evaluate, may.may_read_evaluation, may.may_publish_evaluation, may.may_offer_practice, may.may_adopt),
)
IN_THE_CITY = {
    #                open publish moderate testbed edit freeze amend evaluate read publish practice adopt
    "nobody":        "-    -       -        -       -    -      -     -        -    -       -        -",
    "no role":       "-    -       -        -       -    -      -     -        -    -       -        -",
    "viewer":        "-    -       -        -       -    -      -     -        x    -       -        -",
    "editor":        "x    x       x        x       x    -      -     -        x    x       x        x",
    "engineer":      "x    -       -        x       x    x      x     x        x    -       -        -",
    "administrator": "x    x       x        x       x    x      x     x        x    x       x        x",
    "superuser":     "x    x       x        x       x    x      x     x        x    x       x        x",
}  # fmt: skip
IN_THE_HOUSE = {
    "viewer":        "-    -       -        -       -    -      -     -        x    -       -        -",
    "editor":        "x    -       -        -       x    -      -     -        x    -       -        -",
    "engineer":      "x    -       -        -       x    -      -     -        x    -       -        -",
    "administrator": "x    -       -        -       x    -      -     -        x    -       -        -",
}  # fmt: skip
NOTHING = IN_THE_CITY["nobody"]
OF_HOUSES = {may.may_offer_testbed, may.may_adopt}


def answers(who, *houses):
    told = [s(who, "vila") if s in OF_HOUSES else s(who, "vila", houses) for s in SENTENCES]
    return ["x" if answer else "-" for answer in told]


def someone(person, who, **how):
    if who == "nobody":
        return AnonymousUser()
    kinds = [] if who in ("no role", "superuser") else [who]
    return person("ana", *kinds, is_superuser=who == "superuser", **how)


@pytest.mark.parametrize("who", IN_THE_CITY)
def test_a_role_in_the_city_may(person, who):
    assert answers(someone(person, who)) == IN_THE_CITY[who].split()


@pytest.mark.parametrize("who", [w for w in IN_THE_CITY if w != "nobody"])
def test_a_role_in_its_municipality_may_the_same(person, municipality, who):
    assert answers(someone(person, who, organisation=municipality)) == IN_THE_CITY[who].split()


@pytest.mark.parametrize("who", IN_THE_HOUSE)
def test_a_role_in_an_organisation_that_has_a_part_may_what_is_its_own(person, acme, who):
    ana = someone(person, who, organisation=acme)
    assert answers(ana, acme) == IN_THE_HOUSE[who].split()
    assert answers(ana) == NOTHING.split(), "and nothing where it has none"


@pytest.mark.parametrize("who", [w for w in IN_THE_CITY if w != "superuser"])
def test_a_role_in_another_city_may_nothing_here(person, who, acme):
    assert answers(someone(person, who, city="porto"), acme) == NOTHING.split()


@pytest.mark.parametrize("who", IN_THE_CITY)
def test_whoever_is_inactive_may_nothing_and_says_nothing(person, who, acme):
    ana = someone(person, who)
    assert may.may_comment(ana) == (who != "nobody")
    ana.is_active = False
    assert answers(ana, acme) == NOTHING.split()
    assert not may.may_comment(ana)


def test_one_question_each(person, acme, django_assert_num_queries):
    ana = someone(person, "editor", organisation=acme)
    with django_assert_num_queries(len(SENTENCES)):
        answers(ana, acme)
