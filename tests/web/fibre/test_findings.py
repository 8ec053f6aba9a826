"""What the check of the whole network finds, on a page for engineers: counted, in their language, each with its thing and its form."""

from __future__ import annotations

import csv
import io
import re
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from pulso.fibre.check import check
from pulso.fibre.shapes import End, Plan, Port, Site, Splice, Splitter, Strands, Use, Works
from pulso.web.fibre import reads, writes
from pulso.web.people.models import Step
from tests.web.network import network

pytestmark = pytest.mark.django_db


def faulty() -> Plan:
    """Vila's network with a fault of each sort of thing."""
    plan = network()
    short = next(d for d in plan.ducts if d.id == "a-b").model_copy(update={"length": 4.1})
    lost = next(c for c in plan.cables if c.id == "b-fire").model_copy(update={"owner": "nobody"})
    return plan.model_copy(
        update={
            "sites": (*plan.sites, Site(id="lone", name="Caixa esquecida", at=(-8.65, 41.155))),
            "ducts": tuple(short if d.id == "a-b" else d for d in plan.ducts),
            "cables": tuple(lost if c.id == "b-fire" else c for c in plan.cables),
            "strands": (
                *plan.strands,
                Strands(cable="a-b", first=40, last=99, use=Use.USED),
                Strands(cable="gone", first=1, last=2, use=Use.USED),
            ),
            "splices": (*plan.splices, Splice(site="a", one=End(cable="office-a", first=1), other=End(cable="a-b", first=1))),
            "ports": (*plan.ports, Port(site="office", panel="A/é", number=2, patched=("A/é", 2))),
            "splitters": (*plan.splitters, Splitter(id="x/2", site="b", ways=8, loss=1.0)),
            "works": (*plan.works, Works(id="w 3", name="Vala", first=date(2025, 4, 1), last=date(2025, 4, 2), ducts=("nothing",))),
        }
    )


FORMS = {
    "site": ("site/lone", "edit/site/lone"),
    "duct": ("duct/a-b", "edit/duct/a-b"),
    "cable": ("cable/b-fire", "edit/cable/b-fire"),
    "strands": ("cable/a-b", "edit/strands/a-b?row=%5B%22a-b%22%2C%2040%2C%2099%5D#enter"),
    "splice": ("site/a", "edit/splices/a?row=%5B%22a%22%2C%20%22office-a%22%2C%201%2C%20%22a-b%22%2C%201%5D#enter"),
    "port": ("site/office", "edit/ports/office?row=%5B%22office%22%2C%20%22A%2F%C3%A9%22%2C%202%5D#enter"),
    "splitter": ("site/b", "edit/splitters/b?row=x%2F2#enter"),
    "works": ("works?from=2025-04-01&to=2025-04-02", "edit/works/w%203"),
}


@pytest.fixture
def desk(vila, client: Client, rui) -> Client:
    """Rui, at his desk in Vila, with a network that has faults."""
    writes.load(None, "vila", faulty(), "as it was drawn")
    client.force_login(rui)
    return client


def told(desk, query="", lang="en"):
    answer = desk.get(f"/{lang}/vila/fibre/findings.json{query}")
    assert answer.status_code == 200, answer.content
    return answer.json()


def read(desk, query="", lang="en"):
    answer = desk.get(f"/{lang}/vila/fibre/findings{query}")
    assert answer.status_code == 200, answer.content
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode().replace("&#39;", "'")).split())


def test_the_page_has_all_that_the_check_finds_the_worst_first_and_by_kind(desk):
    said, found = told(desk), check(faulty())
    assert len(found) == 9
    assert (said["leaf"]["total"], sum(k["findings"] for k in said["kinds"])) == (len(found), len(found))
    assert sorted((f["severity"], f["code"], f["found"], f["accepted"]) for f in said["findings"]) == sorted(
        (f.severity, f.code, f.found, f.accepted) for f in found
    )
    order = ["error", "warning", "note"]
    assert [f["severity"] for f in said["findings"]] == sorted((f["severity"] for f in said["findings"]), key=order.index)
    kinds = [(k["severity"], k["code"]) for k in said["kinds"]]
    assert list(dict.fromkeys((f["severity"], f["code"]) for f in said["findings"])) == kinds, "each kind in one place"


@pytest.mark.parametrize("sort", FORMS)
def test_each_finding_leads_to_its_thing_and_to_the_form_that_mends_it(desk, sort):
    base, (page, form) = "/en/vila/fibre/", FORMS[sort]
    found = [f for f in told(desk)["findings"] if f["sort"] == sort and f["form"]]
    assert (base + page, base + form) in [(f["href"], f["form"]) for f in found]
    for f in found:
        assert desk.get(f["href"]).status_code == 200
        assert desk.get(f["form"]).status_code == 200
        assert f["href"].replace("&", "&amp;") in desk.get("/en/vila/fibre/findings").content.decode()
    if "row=" in form:
        assert '<h2 id="enter">Change</h2>' in desk.get(base + form).content.decode(), "it is in the form already"


def test_what_is_at_nothing_that_is_there_has_no_address(desk):
    (lost,) = (f for f in told(desk)["findings"] if f["sort"] == "strands" and f["code"] == "unknown-reference")
    assert (lost["href"], lost["form"], lost["name"]) == ("", "", "gone: 1–2, Used")
    assert "gone: 1–2, Used" in read(desk)


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("en", "Duct Rua a-b Its length is less than its route's Warning Mend it Rua a-b"),
        (
            "en",
            "Splice Câmara da Praça: Cabo office-a: 1, Cabo a-b: 1 The end of a strand has a splice, a port or a splitter already Error",
        ),
        ("en", "Site Caixa esquecida No duct and no cable leads there Warning Mend it Caixa esquecida"),
        ("pt", "Conduta Rua a-b O seu comprimento é menor do que o do traçado Aviso Corrigir Rua a-b"),
        ("pt", "Obras Vala É indicada uma coisa que a rede não tem Erro Corrigir Vala"),
    ],
)
def test_a_line_says_what_is_wrong_with_which_thing_in_the_reader_s_language(desk, lang, said):
    assert said in read(desk, lang=lang)


@pytest.mark.parametrize(
    ("lang", "looked", "found"),
    [
        (
            "en",
            "Looked at in revision 1: 7 sites, 8 ducts, 7 cables, 5 uses of strands, 3 entries of splices, 3 ports, 2 splitters and 3"
            " entries of works.",
            r"Found: \d+ errors and \d+ warnings\.",
        ),
        (
            "pt",
            "Verificado na revisão 1: 7 locais, 8 condutas, 7 cabos, 5 usos de fibras, 3 registos de fusões, 3 portas, 2 divisores e 3"
            " obras.",
            r"Encontrado: \d+ erros e \d+ avisos\.",
        ),
    ],
)
def test_a_sentence_says_how_many_of_what_were_looked_at(desk, lang, looked, found):
    assert looked in read(desk, lang=lang)
    assert re.search(found, read(desk, lang=lang))


def test_of_lengths_it_says_how_many_could_be_held_against_a_route(desk):
    assert told(desk)["measured"] == [{"sort": "duct", "measured": 1, "of": 8}, {"sort": "cable", "measured": 0, "of": 7}]
    assert "A stated length could be held against its route at 1 of 8 ducts and 0 of 7 cables; of the others nobody can say." in read(desk)


def test_one_kind_of_them_is_listed_alone_and_the_others_stay_counted(desk):
    whole, some = told(desk), told(desk, "?code=unknown-reference")
    assert {f["code"] for f in some["findings"]} == {"unknown-reference"}
    assert (some["leaf"]["total"], some["kinds"]) == (3, whole["kinds"])
    assert told(desk, "?code=ring")["findings"] == []
    assert "None of this kind." in read(desk, "?code=ring")
    assert desk.get("/en/vila/fibre/findings?code=luck").status_code == 400


def test_what_was_mended_is_gone_from_the_list(desk):
    duct = next(d for d in faulty().ducts if d.id == "a-b")
    writes.change(None, "vila", [writes.Put(duct.model_copy(update={"length": None}))], "measured anew")
    assert "length-short" not in [f["code"] for f in told(desk)["findings"]]
    assert told(desk)["revision"] == 2


@pytest.mark.parametrize(("lang", "nothing"), [("en", "Nothing was found."), ("pt", "Nada foi encontrado.")])
def test_a_sound_network_is_told_as_one_with_what_was_looked_at(vila, client, rui, lang, nothing):
    sound = network().model_copy(update={"works": ()})
    assert check(sound) == []
    writes.load(None, "vila", sound, "as it was built")
    client.force_login(rui)
    page = read(client, lang=lang)
    assert nothing in page
    assert {"en": "6 sites", "pt": "6 locais"}[lang] in page


def test_the_table_has_all_of_them_with_the_check_s_own_words(desk):
    answer = desk.get("/pt/vila/fibre/findings.csv")
    assert 'filename="vila-findings.csv"' in answer["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert len(rows) == told(desk)["leaf"]["total"]
    short = next(r for r in rows if r["code"] == "length-short")
    assert (short["severity"], short["sort"], short["id"], short["name"]) == ("warning", "duct", "a-b", "Rua a-b")
    assert short["said"] == "o seu comprimento é menor do que o do traçado"
    assert "4.1 m stated" in short["found"]


def test_a_name_that_holds_markup_stays_a_name(desk):
    odd = Site(id="<b>", name="<script>alert(1)</script>", at=(-8.65, 41.156))
    writes.change(None, "vila", [writes.Put(odd)], "a prank", sure=True)
    page = desk.get("/en/vila/fibre/findings").content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_many_findings_have_pages_and_a_page_costs_the_same(desk):
    def asked(query):
        told(desk)
        with CaptureQueriesContext(connection) as found:
            said = told(desk, query)
        return len(found), len(said["findings"]), said["leaf"]["pages"]

    few, _rows, pages = asked("")
    assert (few <= 10, pages) == (True, 1)
    lone = [writes.Put(Site(id=f"s{i}", at=(-8.65, 41.155))) for i in range(1_000)]
    writes.change(None, "vila", lone, "a survey")
    assert asked("?page=2") == (few, 100, 11)
    assert asked("?code=unused-site&page=11") == (few, 1, 11)
    assert "?code=unused-site&amp;page=2" in desk.get("/en/vila/fibre/findings?code=unused-site").content.decode()
    for wrong, status in (("12", 404), ("x", 400), ("0", 400)):
        assert desk.get(f"/en/vila/fibre/findings?page={wrong}").status_code == status


@pytest.mark.parametrize("form", ["", ".json", ".csv"])
def test_it_is_for_engineers_and_a_refusal_leaves_one_step(desk, person, form):
    assert Client().get(f"/en/vila/fibre/findings{form}").status_code == (401 if form else 302)
    for kind in ("viewer", "editor"):
        desk.force_login(person(kind, kind))
        for _again in range(2):
            answer = desk.get(f"/pt/vila/fibre/findings{form}")
            assert answer.status_code == 403
            assert "Caixa esquecida" not in answer.content.decode()
    assert Step.objects.filter(action="refuse").count() == 2, "one for each who tried"


def test_links_lead_there_from_the_network_and_from_the_desk_for_engineers_alone(desk):
    for place in ("fibre", "fibre/cuts"):
        assert 'href="/en/vila/fibre/findings"' in desk.get(f"/en/vila/{place}").content.decode()
    assert "fibre/findings" not in Client().get("/en/vila/fibre").content.decode()


def test_the_check_is_not_run_again_for_each_look(desk, monkeypatch):
    told(desk)
    monkeypatch.setattr(reads, "check", lambda _plan: pytest.fail("it was run again"))
    told(desk, "?code=unused-site")
    desk.get("/pt/vila/fibre/findings.csv")
