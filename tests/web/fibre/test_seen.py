"""Who may see what of the network: by role, object by object, and nothing by a reference."""

from __future__ import annotations

import random
import re

import pytest
from django.contrib.auth.models import AnonymousUser

from pulso.fibre.shapes import Disclosure, Duct, Plan
from pulso.web.fibre import reads, writes
from pulso.web.fibre.inside import inside
from pulso.web.people import may
from tests.fibre.plans import some_plan
from tests.web.fibre.conftest import net

pytestmark = pytest.mark.django_db
SENTENCES = (may.may_see_fibre_inside, may.may_see_fibre_restricted, may.may_edit_fibre, may.may_declare_cut)
IN_THE_CITY = {
    #                inside restricted edit cut
    "nobody":        "-      -          -    -",
    "no role":       "-      -          -    -",
    "viewer":        "x      -          -    -",
    "editor":        "x      -          -    -",
    "engineer":      "x      x          x    x",
    "administrator": "x      x          x    x",
    "superuser":     "x      x          x    x",
}  # fmt: skip
LEVELS = {
    "nobody": "public",
    "no role": "public",
    "viewer": "internal",
    "editor": "internal",
    "engineer": "restricted",
    "superuser": "restricted",
}


def someone(person, who, **how):
    if who == "nobody":
        return AnonymousUser()
    kinds = [] if who in ("no role", "superuser") else [who]
    return person("ana", *kinds, is_superuser=who == "superuser", **how)


@pytest.mark.parametrize("who", IN_THE_CITY)
def test_a_role_in_the_city_may(person, who):
    ana = someone(person, who)
    assert ["x" if s(ana, "vila") else "-" for s in SENTENCES] == IN_THE_CITY[who].split()


@pytest.mark.parametrize("who", ["viewer", "engineer"])
def test_a_role_in_another_city_or_a_company_may_nothing(person, who):
    ana = someone(person, who, city="aldeia")
    assert not any(s(ana, "vila") for s in SENTENCES)


@pytest.mark.parametrize("who", LEVELS)
def test_everybody_sees_the_network_up_to_their_level(loaded, person, who):
    ana = someone(person, who)
    assert reads.level(ana, "vila") == LEVELS[who]
    plan = reads.seen(ana, "vila")
    assert ("bunker" in {s.id for s in plan.sites}) == (LEVELS[who] == "restricted")
    assert bool(plan.strands) == (LEVELS[who] == "restricted")
    assert ("fire" in {s.id for s in plan.sites}) == (LEVELS[who] != "public")


def test_seeing_the_network_takes_few_questions(loaded, person, django_assert_max_num_queries):
    ana = someone(person, "viewer")
    reads.seen(ana, "vila")
    with django_assert_max_num_queries(3):
        reads.seen(ana, "vila")


def words(plan: Plan) -> set[str]:
    """Everything that a plan says, word by word."""
    return set(re.findall(r'"((?:[^"\\]|\\.)*)"', plan.model_dump_json()))


@pytest.mark.parametrize("who", ["nobody", "viewer"])
def test_what_is_hidden_is_named_by_nothing_that_is_seen(loaded, person, who):
    text = reads.seen(someone(person, who), "vila").model_dump_json()
    for hidden in ("bunker", "Bunker", "b-bunker", "a secret", "spies", "Nobody", "-8.62,41.17"):
        assert hidden not in text, hidden


@pytest.mark.parametrize("who", ["nobody", "viewer"])
def test_what_a_file_said_beside_is_for_engineers_alone(vila, rui, person, who):
    said = {"note": "alarm code 4411"}
    parts = ("sites", "ducts", "cables", "organisations", "phases")
    whole = {of: tuple(t.model_copy(update={"more": said}) for t in getattr(net(), of)) for of in parts}
    writes.load(rui, "vila", net(more=said, **whole), "with what was written on the drawings")
    assert reads.seen(rui, "vila").model_dump_json().count("4411") > len(net().sites)
    assert "4411" not in reads.seen(someone(person, who), "vila").model_dump_json()


@pytest.mark.parametrize("seed", range(40))
def test_inside_nothing_restricted_is_named_object_by_object_on_random_networks(seed):
    plan = some_plan(random.Random(seed), sites=12, ducts=16, cables=16, works=4)
    seen = inside(plan)
    named = words(seen)
    for of in ("sites", "ducts", "cables", "works"):
        before = {t.id: t for t in getattr(plan, of)}
        after = {t.id: t for t in getattr(seen, of)}
        hidden = {i for i, t in before.items() if t.disclosure == Disclosure.RESTRICTED}
        assert not hidden & after.keys()
        assert not hidden & named, "no reference names it either"
        if of in ("sites", "works"):
            assert after.keys() == before.keys() - hidden, "and nothing else is left out"
    assert (seen.strands, seen.splices, seen.ports, seen.splitters) == ((), (), (), ())
    assert "as built" not in named
    ends = {s.id for s in seen.sites}
    assert all(t.start in ends and t.end in ends for t in (*seen.ducts, *seen.cables))


def test_a_cable_names_no_hidden_duct_and_of_a_site_only_engineers_know_what_hangs_on_it():
    plan = net()
    trench = Duct(id="trench", start="a", end="b", disclosure=Disclosure.RESTRICTED)
    cables = tuple(c.model_copy(update={"ducts": ("trench",)}) if c.id == "a-b" else c for c in plan.cables)
    seen = inside(plan.model_copy(update={"ducts": (*plan.ducts, trench), "cables": cables}))
    assert {c.id: c.ducts for c in seen.cables if c.id in ("a-b", "a-fire")} == {"a-b": (), "a-fire": ("a-fire",)}
    fire = next(s for s in seen.sites if s.id == "fire")
    assert (fire.service, fire.criticality, fire.sensors, fire.disclosure) == ("", "normal", (), "internal")


def test_a_level_that_is_raised_holds_from_the_next_look(loaded, rui, person):
    fire = loaded.plan.sites[4]
    ana = person("ana", "viewer")
    writes.change(rui, "vila", [writes.Put(fire.model_copy(update={"disclosure": Disclosure.RESTRICTED}))], "asked for by the fire brigade")
    text = reads.seen(ana, "vila").model_dump_json()
    assert '"fire"' not in text
    assert "a-fire" not in text


@pytest.mark.parametrize("seed", range(6))
def test_a_stranger_sees_what_is_public_and_nothing_that_names_the_rest_on_random_networks(vila, seed):
    plan = some_plan(random.Random(100 + seed), sites=25, ducts=40, cables=40, works=6)
    writes.load(None, "vila", plan, "as drawn")
    seen = reads.seen(AnonymousUser(), "vila")
    named = words(seen)
    for of in ("sites", "ducts", "cables", "works"):
        hidden = {t.id for t in getattr(plan, of) if t.disclosure != Disclosure.PUBLIC}
        assert not hidden & named
    open_ = {s.id for s in plan.sites if s.disclosure == Disclosure.PUBLIC}
    assert {s.id for s in seen.sites} == open_ < {s.id for s in plan.sites}
    assert not {sensor for s in plan.sites for sensor in s.sensors} & named
    assert (seen.strands, seen.splices, seen.ports, seen.splitters) == ((), (), (), ())
