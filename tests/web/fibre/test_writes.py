"""The network is loaded and changed: each change a revision, with who and why, and nothing is lost."""

from __future__ import annotations

import dataclasses
import random

import pytest

from pulso.errors import PulsoError
from pulso.fibre.shapes import Cable, Disclosure, Plan, Site, Status, Strands, Use
from pulso.web.fibre import digest, reads, writes
from pulso.web.fibre.kinds import KINDS, apart
from pulso.web.fibre.models import Kept, Revision
from pulso.web.fibre.writes import Put, Remove
from pulso.web.innovation.letters import Refused, Unfit
from pulso.web.people.models import Step
from tests.fibre.plans import some_plan
from tests.web.fibre.conftest import net

pytestmark = pytest.mark.django_db


def test_what_was_loaded_comes_back_and_loading_it_again_is_no_revision(loaded, rui):
    plan = net()
    assert loaded.plan == plan
    assert (loaded.number, loaded.plan.synthetic) == (1, True)
    assert writes.load(rui, "vila", plan, "again") == writes.Done(1, 0, 0, 0)
    assert [(r.number, r.why, r.who, r.added) for r in reads.revisions("vila")] == [
        (1, "the drawings of 2025", rui.pseudonym, len(apart(plan)))
    ]


@pytest.mark.parametrize("seed", range(5))
def test_any_network_comes_back_as_it_was(vila, seed):
    plan = some_plan(random.Random(seed), sites=30, ducts=40, cables=50)
    writes.load(None, "vila", plan, "as drawn")
    assert reads.at("vila", 1) == plan


def test_every_field_of_a_plan_is_kept_under_some_kind():
    here = {where for _record, where in KINDS.values() if where} | {"id", "name", "synthetic", "more"}
    assert here == set(Plan.model_fields)


def test_only_what_differs_is_written_and_every_revision_is_still_there(loaded, rui):
    plan = net()
    other = plan.model_copy(
        update={"sites": (*(s for s in plan.sites if s.id != "fire"), plan.sites[4].model_copy(update={"name": "Bombeiros"}))}
    )
    smaller = other.model_copy(update={"ports": (), "cables": (*plan.cables[:-1], plan.cables[-1].model_copy(update={"outer": 9.5}))})
    assert writes.load(rui, "vila", smaller, "a walk through the streets") == writes.Done(2, 0, 2, 1)
    assert Kept.objects.filter(since=2).count() == 2
    assert reads.at("vila", 1) == plan
    assert {s.id: s.name for s in reads.at("vila", 2).sites}["fire"] == "Bombeiros"
    assert reads.at("vila", 2).ports == ()
    assert reads.network("vila").plan == reads.at("vila", 2)
    assert reads.at("vila", 0).sites == ()


def test_a_part_that_is_merged_leaves_the_rest_as_it_was(loaded, rui):
    part = Plan(id="vila", name="Vila's fibre", synthetic=True, sites=(Site(id="new", name="New"), net().sites[0]))
    assert writes.load(rui, "vila", part, "the new quarter", merge=True) == writes.Done(2, 1, 0, 0)
    assert len(reads.network("vila").plan.sites) == len(net().sites) + 1


@pytest.mark.parametrize("merge", [False, True])
def test_a_file_that_does_not_say_who_may_know_makes_nothing_known_to_more_people(loaded, rui, merge):
    told = tuple(s.model_copy(update={"disclosure": Disclosure.INTERNAL}) if s.id == "bunker" else s for s in net().sites)
    with pytest.raises(Unfit, match="of 1 things than now may, first of the site bunker"):
        writes.load(rui, "vila", net(sites=told), "a file of the contractor's", merge=merge)
    assert reads.network("vila").number == loaded.number
    assert writes.load(rui, "vila", net(sites=told), "it is open now", merge=merge, disclose=True).changed == 1


def test_a_single_thing_is_changed_with_a_reason_and_its_history_says_who_and_which_field(loaded, rui, person):
    ana = person("ana", "administrator")
    school = loaded.plan.sites[3]
    done = writes.change(rui, "vila", [Put(school.model_copy(update={"service": "school network", "name": "Escola"}))], "seen on the spot")
    assert done == writes.Done(2, 0, 1, 0)
    writes.change(ana, "vila", [Remove("port", '["office", "A", 1]'), Put(Strands(cable="a-b", first=1, last=2, use=Use.USED))], "patched")
    (latest, first) = reads.history("vila", "site", "school")
    assert (latest.revision.who, latest.revision.why, latest.change.was) == (rui.pseudonym, "seen on the spot", "changed")
    assert [tuple(f) for f in latest.change.fields] == [("name", "School", "Escola"), ("service", "", "school network")]
    assert first.change.was == "added"
    assert [(c.kind, c.was) for c in reads.changes("vila", 3)] == [("port", "removed"), ("strands", "added")]
    assert [(c.kind, c.key, c.was) for c in reads.between("vila", 1, 3)] == [
        ("port", '["office", "A", 1]', "removed"),
        ("site", "school", "changed"),
        ("strands", '["a-b", 1, 2]', "added"),
    ]
    (gone, _) = reads.history("vila", "port", '["office", "A", 1]')
    assert gone.change.was == "removed"
    with pytest.raises(ValueError, match="comes after"):
        reads.between("vila", 3, 1)


def test_what_came_and_went_between_two_revisions_is_no_difference(loaded, rui):
    writes.change(rui, "vila", [Put(Site(id="tent", name="Tent"))], "a fair")
    writes.change(rui, "vila", [Remove("site", "tent")], "the fair is over")
    assert reads.between("vila", 1, 3) == []
    assert [s.change.was for s in reads.history("vila", "site", "tent")] == ["removed", "added"]
    writes.change(rui, "vila", [Put(Site(id="tent", name="Tent"))], "again")
    assert [(c.key, c.was) for c in reads.between("vila", 1, 4)] == [("tent", "added")]


def test_a_change_that_breaks_the_network_is_refused_with_what_breaks_and_nothing_is_written(loaded, rui):
    with pytest.raises(Unfit, match=r"would break the network.*a-school"):
        writes.change(rui, "vila", [Remove("site", "school")], "closed")
    with pytest.raises(Unfit, match="break"):
        writes.change(rui, "vila", [Put(Cable(id="new", start="a", end="nowhere", fibres=2))], "x")
    assert (Revision.objects.count(), reads.network("vila").plan) == (1, net())


def test_a_network_that_had_an_error_before_can_still_be_mended_step_by_step(vila, rui):
    plan = net()
    broken = plan.model_copy(update={"cables": (*plan.cables, *(Cable(id=f"x{i}", start="a", end="nowhere", fibres=2) for i in range(2)))})
    writes.load(rui, "vila", broken, "as found")
    assert writes.change(rui, "vila", [Remove("cable", "x0")], "never was").removed == 1
    school = plan.sites[3]
    assert writes.change(rui, "vila", [Put(school.model_copy(update={"name": "Escola"}))], "its name").changed == 1
    with pytest.raises(Unfit, match="break"):
        writes.change(rui, "vila", [Put(Cable(id="x2", start="a", end="nowhere", fibres=2))], "worse")


@pytest.mark.parametrize("why", ["", "  ", "\n\0"])
def test_nothing_is_written_without_a_reason(loaded, rui, why):
    with pytest.raises(Unfit, match="Say why"):
        writes.change(rui, "vila", [Put(Site(id="x"))], why)
    with pytest.raises(Unfit, match="Say why"):
        writes.load(rui, "vila", Plan(id="vila", name=""), why)
    assert Revision.objects.count() == 1


def test_whoever_has_looked_at_an_older_network_is_told_to_look_again(loaded, rui):
    writes.change(rui, "vila", [Put(Site(id="x"))], "one", seen=1)
    with pytest.raises(Unfit, match="Somebody else"):
        writes.change(rui, "vila", [Put(Site(id="y"))], "two", seen=1)


def test_of_two_who_write_at_once_the_second_is_told_so(loaded, rui, monkeypatch):
    stale = reads.network("vila")
    writes.change(rui, "vila", [Put(Site(id="x"))], "one")
    monkeypatch.setattr(reads, "network", lambda _city: stale)
    with pytest.raises(Unfit, match="Somebody else"):
        writes.change(rui, "vila", [Put(Site(id="y"))], "two")
    assert Kept.objects.filter(key="y").count() == 0


@pytest.mark.parametrize(
    ("edits", "letter"),
    [
        ([Remove("site", "nowhere")], "no site nowhere"),
        ([Remove("castle", "x")], "no castle x"),
        ([Remove("plan", "")], "changed, not removed"),
        ([Put(Site(id="x")), Remove("site", "x")], "changed twice"),
    ],
)
def test_what_cannot_be_changed_is_a_letter(loaded, rui, edits, letter):
    with pytest.raises(Unfit, match=letter):
        writes.change(rui, "vila", edits, "so")


def test_a_network_in_which_two_things_are_one_is_a_letter_that_names_them(vila, rui):
    with pytest.raises(Unfit, match=r"More than once there are: site x\."):
        writes.load(rui, "vila", Plan(id="v", name="", sites=(Site(id="x"), Site(id="x", name="y"))), "so")
    with pytest.raises(Unfit, match="NUL"):
        writes.load(rui, "vila", Plan(id="v", name="", sites=(Site(id="x\0"),)), "so")
    strange = Plan(id="v", name="", sites=(Site(id="🦊‮", name="a\0b", more={"n": [1, {"x": None}]}),))
    writes.load(rui, "vila", strange, "so")
    assert reads.at("vila", 1) == strange


def test_there_is_no_change_before_there_is_a_network_and_no_network_of_a_city_that_is_not_here(vila, rui):
    with pytest.raises(Unfit, match="Vila has no fibre network"):
        writes.change(rui, "vila", [Put(Site(id="x"))], "so")
    with pytest.raises(PulsoError, match="There is no city 'atlantis' here"):
        writes.load(None, "atlantis", net(), "so")
    assert (reads.network("vila"), reads.seen(rui, "vila").sites) == (None, ())


@pytest.mark.parametrize("kind", ["viewer", "editor"])
def test_only_engineers_and_administrators_write_and_who_tried_stays_on_record(loaded, person, kind):
    ana = person("ana", kind)
    for attempt in (lambda: writes.load(ana, "vila", net(), "so"), lambda: writes.change(ana, "vila", [Put(Site(id="x"))], "so")):
        with pytest.raises(Refused):
            attempt()
    steps = Step.objects.filter(who=ana.pseudonym).values_list("action", "city")
    assert list(steps) == [("refuse", "vila")] * 2
    assert Revision.objects.count() == 1


def test_each_write_leaves_its_step_in_the_trail_without_what_it_says(loaded, rui):
    writes.change(rui, "vila", [Put(Site(id="x", name="Secret place"))], "a secret reason")
    told = list(Step.objects.values("action", "subject", "city", "who"))
    assert [(s["action"], s["city"], s["who"]) for s in told] == [
        ("change fibre", "vila", rui.pseudonym),
        ("load fibre", "vila", rui.pseudonym),
    ]
    assert "ecret" not in str(list(Step.objects.values()))


def test_the_digests_are_those_that_anyone_recomputes(loaded, rui):
    writes.change(rui, "vila", [Put(Site(id="x")), Remove("port", '["office", "A", 1]')], "one")
    writes.load(None, "vila", net(name="Other"), "two")
    told = list(digest.recomputed("vila"))
    assert [made.number for made, _ in told] == [1, 2, 3]
    assert all(made.digest == found for made, found in told)


def test_an_unchanged_network_is_asked_for_with_one_question(loaded, django_assert_num_queries):
    with django_assert_num_queries(1):
        again = reads.network("vila")
    assert again is loaded


def test_levels_are_kept_beside_the_records(loaded):
    told = dict(Kept.objects.values_list("key", "disclosure"))
    assert (told["bunker"], told["school"], told['["office", "A", 1]']) == ("restricted", "public", "restricted")
    assert set(told.values()) == {d.value for d in Disclosure}


def test_a_site_that_is_out_of_use_stays_in_the_network(loaded, rui):
    fire = loaded.plan.sites[4].model_copy(update={"status": Status.INACTIVE})
    assert writes.change(rui, "vila", [Put(fire)], "moved out").changed == 1


def test_after_a_change_only_what_changed_is_read(loaded, rui, monkeypatch):
    read, record = [], reads.record
    monkeypatch.setattr(reads, "record", lambda kind, body: read.append(kind) or record(kind, body))
    school = loaded.plan.sites[3]
    writes.change(
        rui, "vila", [Put(school.model_copy(update={"name": "Escola"})), Remove("duct", "b-bunker"), Remove("cable", "b-bunker")], "so"
    )
    now = reads.network("vila")
    assert read == ["site"]
    assert now.plan == reads.at("vila", 2)
    assert {t.id for t in now.plan.ducts} == {t.id for t in loaded.plan.ducts} - {"b-bunker"}


@pytest.mark.parametrize("seed", range(8))
def test_a_process_that_missed_some_revisions_has_the_network_of_one_that_read_it_whole(vila, rui, monkeypatch, seed):
    rnd, plan = random.Random(seed), some_plan(random.Random(seed))
    writes.load(rui, "vila", plan, "as built")
    known = reads.network("vila")
    for turn in range(4):
        kept = {
            kind: rnd.sample(getattr(plan, kind), len(getattr(plan, kind)) * rnd.choice([1, 2, 3]) // 3) for kind in ("works", "splices")
        }
        sites = [s.model_copy(update={"name": f"{turn}"}) if rnd.random() < 0.3 else s for s in plan.sites]
        writes.load(rui, "vila", plan.model_copy(update=kept | {"sites": tuple(sites)}), f"turn {turn}", disclose=True)
        if rnd.random() < 0.5:
            monkeypatch.setitem(reads._kept, "vila", known)
        known = reads.network("vila")
        assert known.plan == reads.at("vila", known.number)


def test_in_brief_a_revision_says_what_came_and_went_and_the_fields_of_what_was_changed(loaded, rui):
    school = loaded.plan.sites[3].model_copy(update={"name": "Escola"})
    edits = [Put(school), Put(Site(id="new")), Remove("cable", "b-bunker"), Remove("duct", "b-bunker")]
    writes.change(rui, "vila", edits, "so")
    found = reads.changes("vila", 2, brief=True)
    assert [(c.kind, c.key, c.was, [f.name for f in c.fields]) for c in found] == [
        ("cable", "b-bunker", "removed", []),
        ("duct", "b-bunker", "removed", []),
        ("site", "new", "added", []),
        ("site", "school", "changed", ["name"]),
    ]
    assert [c._replace(fields=c.fields if c.was == "changed" else ()) for c in reads.changes("vila", 2)] == found


def test_a_process_that_knows_what_another_database_said_reads_it_anew(loaded, rui, monkeypatch):
    stale = dataclasses.replace(loaded, digest="of a database that was put back", things={})
    writes.change(rui, "vila", [Put(loaded.plan.sites[3].model_copy(update={"name": "Escola"}))], "so")
    monkeypatch.setitem(reads._kept, "vila", stale)
    assert reads.network("vila").plan == reads.at("vila", 2)
