"""What an engineer reads of risk, on pages and by a program: second ways, two paths in one duct, what cuts the network, full ducts."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest
from django.test import Client

from pulso.fibre.shapes import Cable, Plan
from pulso.web.fibre import writes
from tests.web.api.networks import Asker
from tests.web.network import network

pytestmark = pytest.mark.django_db


@pytest.fixture
def engineer(site: Client, db, person) -> Client:
    """Rui at his desk, in the town with its network."""
    writes.load(None, "vila", network(), "as it was built")
    site.force_login(person("rui", "engineer"))
    return site


@pytest.fixture
def program(engineer: Client, person) -> Asker:
    """Ana's, who is an engineer too."""
    return Asker(engineer, person("ana", "engineer"))


def told(client: Client, address: str) -> dict[str, Any]:
    answer = client.get(f"/en/vila/fibre/{address}")
    assert answer.status_code == 200, answer.content
    said: dict[str, Any] = answer.json()
    return said


def read(client: Client, address: str, lang: str = "en") -> str:
    """What stands on a page, without its markup."""
    answer = client.get(f"/{lang}/vila/fibre/{address}")
    assert answer.status_code == 200, answer.content
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode().replace("&#39;", "'")).split())


def in_one_duct(more: tuple[Cable, ...] = ()) -> Plan:
    """The network where both cables of the fire station come through one street: one of them was drawn the long way round."""
    plan = network()
    cables = tuple(c.model_copy(update={"ducts": ("a-b", "b-fire")}) if c.id == "a-fire" else c for c in plan.cables)
    return plan.model_copy(update={"cables": (*cables, *more)})


APART = Cable(id="far", start="a", end="fire", ducts=("a-fire",), tubes=1, fibres=12, length=9_000.0)
"""A third cable of the fire station, in a duct of its own, and long."""


class TestSecondWay:
    def test_the_school_is_offered_the_duct_that_is_planned(self, engineer, program):
        said = told(engineer, "site/school.json?second=1")["proposal"]
        assert ([s["id"] for s in said["planned"]], said["spans"], said["dig"]) == (["planned"], [], None)
        assert [c["id"] for c in said["cables"]] == ["b-office"]
        assert said["new"] == pytest.approx(839, abs=1), "straight from b to the school"
        assert (said["straight"], said["unknown"]) == (said["new"], 0)
        assert program.told("fibre-sites/school?second=true")["proposal"] == said

    @pytest.mark.parametrize(
        ("lang", "sentence"),
        [
            (
                "en",
                "A second way: 839 m of new cable, 2.85 km in all. Of the new cable 839 m are reckoned straight: the way to dig is longer. "
                "New cable in ducts that aren't built yet: planned Cables that exist: Cabo b-office",
            ),
            (
                "pt",
                "Um segundo caminho: 839 m de cabo novo, 2,85 km no total. Do cabo novo, 839 m contam-se a direito: o caminho a escavar é "
                "mais longo. Cabo novo em condutas ainda por construir: planned Cabos que existem: Cabo b-office",
            ),
        ],
    )
    def test_its_page_says_so_in_a_sentence(self, engineer, lang, sentence):
        assert sentence in read(engineer, "site/school?second=1", lang)

    def test_the_bunker_whose_ducts_all_leave_by_one_is_offered_a_dig(self, engineer, program):
        said = told(engineer, "site/bunker.json?second=1")["proposal"]
        assert (said["dig"]["id"], said["spans"], said["planned"]) == ("b", [], [])
        assert said["new"] == said["straight"] > 0
        assert program.told("fibre-sites/bunker?second=true")["proposal"] == said
        assert "Dug anew, from here to: Câmara do Rio" in read(engineer, "site/bunker?second=1")
        assert "Vala nova, daqui até: Câmara do Rio" in read(engineer, "site/bunker?second=1", "pt")

    def test_where_nobody_knows_where_the_bunker_is_there_is_no_second_way_and_its_page_says_so(self, engineer, program):
        plan = network()
        sites = tuple(s.model_copy(update={"at": None}) if s.id == "bunker" else s for s in plan.sites)
        writes.load(None, "vila", plan.model_copy(update={"sites": sites}), "its place was wrong")
        assert told(engineer, "site/bunker.json?second=1")["proposal"] is None
        assert program.told("fibre-sites/bunker?second=true")["proposal"] is None
        assert "No second way avoids the first one's ducts." in read(engineer, "site/bunker?second=1")

    def test_nobody_looks_for_one_unasked(self, engineer, program):
        assert told(engineer, "site/school.json")["proposal"] is None
        assert program.told("fibre-sites/school")["proposal"] is None
        assert "Propose a second way" in read(engineer, "site/school")


@pytest.mark.parametrize(
    ("more", "avoidable", "sentence"),
    [((), False, "Bombeiros Rua b-fire not with what there is"), ((APART,), True, "Bombeiros Rua b-fire by another path that exists")],
    ids=["nothing else", "a longer way"],
)
def test_two_cables_in_one_duct_are_redundant_in_name_only_and_told_as_that(engineer, program, more, avoidable, sentence):
    writes.load(None, "vila", in_one_duct(more), "as it turned out to be")
    said = told(engineer, "redundancy.json")
    assert [(s["customer"]["id"], [d["id"] for d in s["ducts"]], s["avoidable"]) for s in said["shared"]] == [
        ("fire", ["b-fire"], avoidable)
    ]
    assert said["sharing"] == 1
    fire = next(c for c in said["customers"] if c["id"] == "fire")
    assert (fire["cables"], fire["ducts"]) == (2, 2 if avoidable else 1), "two cables, and one digger"
    rows = {r["id"]: (r["shared"], r["avoidable"]) for r in program.told("fibre-redundancy")["items"]}
    assert rows == {"fire": (["b-fire"], avoidable), "school": ([], None), "bunker": ([], None)}
    assert f"They look redundant, and lie in one duct Customer Both paths lie in Can it be avoided? {sentence}" in read(
        engineer, "redundancy"
    )


def test_where_no_two_paths_share_a_duct_the_page_has_no_list_of_them(engineer):
    assert told(engineer, "redundancy.json")["shared"] == []
    assert "lie in one duct" not in read(engineer, "redundancy")


CUTTING = {"cable": {"a-school": True, "b-bunker": True}, "duct": {"a-school": None, "b-bunker": None}}
CUTTING |= {"site": {"office": True, "b": True, "a": True, "fire": False, "bunker": False, "school": False}}
"""Of all that darkens somebody alone, whether other sites are then cut off too. A customer's own site cuts nothing."""


@pytest.mark.parametrize("what", ["cable", "duct", "site"])
def test_the_ranking_says_what_cuts_the_network(engineer, program, what):
    assert {f["ref"]["id"]: f["cuts_off"] for f in told(engineer, f"critical.json?sort={what}")["failures"]} == CUTTING[what]
    assert {r["id"]: r["cuts_off"] for r in program.told(f"fibre-critical?what={what}")["items"]} == CUTTING[what]
    rows = list(csv.DictReader(io.StringIO(engineer.get("/en/vila/fibre/critical.csv").content.decode())))
    said = {True: "true", False: "false", None: ""}
    assert {r["id"]: r["cuts_off"] for r in rows if r["what"] == what} == {i: said[cuts] for i, cuts in CUTTING[what].items()}


@pytest.mark.parametrize(
    ("lang", "head", "bridge", "end"),
    [
        ("en", "Essential Cuts the network", "Câmara da Praça 10 1 0 1 yes", "Bombeiros 100 1 1 0 no"),
        ("pt", "Essencial Corta a rede", "Câmara da Praça 10 1 0 1 sim", "Bombeiros 100 1 1 0 não"),
    ],
)
def test_the_page_of_the_ranking_has_a_column_of_it_where_it_can_be_told(engineer, lang, head, bridge, end):
    page = read(engineer, "critical?sort=site", lang)
    assert head in page
    assert bridge in page
    assert end in page
    assert head not in read(engineer, "critical?sort=duct", lang), "of a duct it isn't asked"


def test_a_duct_says_how_full_it_is(engineer, program):
    """A cable of 12 mm in a duct of 40: (12 / 40)² of its room."""
    assert told(engineer, "duct/a-school.json")["fill"] == pytest.approx(0.09)
    assert program.told("fibre-ducts/a-school")["fill"] == pytest.approx(0.09)
    assert "How full 9%" in read(engineer, "duct/a-school")
    assert told(engineer, "duct/planned.json")["fill"] is None
    assert "How full not known: a diameter is missing" in read(engineer, "duct/planned")


def test_two_cables_fill_a_duct_twice_and_only_engineers_read_how_full(engineer, program, person):
    writes.load(None, "vila", in_one_duct(), "as it turned out to be")
    assert told(engineer, "duct/b-fire.json")["fill"] == program.told("fibre-ducts/b-fire")["fill"] == pytest.approx(0.18)
    engineer.force_login(person("eva", "viewer"))
    assert told(engineer, "duct/b-fire.json")["fill"] is None
    assert Asker(engineer, person("ivo", "viewer")).told("fibre-ducts/b-fire")["fill"] is None
