"""The client, asking of the fibre and the Wi-Fi: by a stranger, and by an engineer's key that opens them."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest
from django.core.wsgi import get_wsgi_application

from pulso import client
from pulso.client import Pulso, Refused
from pulso.web.api import limits
from pulso.web.people import keys
from pulso.web.wifi import reads
from tests.web.conftest import (  # noqa: F401  # the town, a site that shows it, and who is in it
    django_db_setup,
    exhibits,
    municipality,
    person,
    site,
    town,
)

PAGE = Path("docs/how-to/read-the-networks-with-a-program.md").read_text(encoding="utf-8")


@pytest.fixture
def opened(exhibits, monkeypatch):  # noqa: F811
    """The site, asked by whoever has a key, or none."""
    reads.forget()
    monkeypatch.setattr(limits, "BUCKETS", limits.Buckets())
    return lambda key=None: Pulso("http://testserver/", key, page=3, transport=httpx.WSGITransport(app=get_wsgi_application()))


@pytest.fixture
def key(person):  # noqa: F811
    """An engineer's, that opens what they may see."""
    return keys.create(person("rui", "engineer"), "a program", opens=True)[1]


def test_a_stranger_walks_through_what_is_public(opened):
    with opened() as asked:
        assert (asked.fibre("vila").level, [s.id for s in asked.fibre_sites("vila")]) == ("public", ["a", "b", "office", "school"])
        assert {p.by for p in asked.fibre_lengths("vila", by="zone")} == {"zone"}
        assert [s.id for s in asked.fibre_sites("vila", q="escola", zone="north", status="operational")] == ["school"]
        assert len(list(asked.fibre_ducts("vila"))) == 5
        assert [c.strands for c in asked.fibre_cables("vila", q="office-a")] == [48]
        assert asked.fibre_site("vila", "school").standing is None
        assert [c.id for c in asked.fibre_duct("vila", "office-a").cables_there] == ["office-a"]
        assert [d.id for d in asked.fibre_cable("vila", "office-a").ducts_there] == ["office-a"]
        assert [w.darkened for w in asked.fibre_works("vila", first="2025-03-20")] == [None]
        assert asked.fibre("vila", lang="pt").page == "/pt/vila/fibre"
        assert (asked.wifi("vila").points, [p.id for p in asked.wifi_points("vila")]) == (3, ["ap-1", "ap-2", "ap-3"])
        assert [p.points for p in asked.wifi_places("vila", health="partly")] == [2]
        assert len(asked.wifi_place("vila", "praca").days) == len(asked.wifi_point("vila", "ap-1").days) == 31
        assert [g.id for g in asked.wifi_gaps("vila")] == ["jardim", "mercado", "school"]
        assert list(asked.wifi_presence("vila", of="city", first="2025-03-01")) == [], "nobody is counted here"
        for closed in (asked.fibre_critical, asked.fibre_cuts, asked.fibre_revisions, asked.fibre_redundancy):
            with pytest.raises(Refused, match="401"):
                list(closed("vila"))


def test_an_engineer_is_answered_to_the_smallest_part(opened, key):
    with opened(key) as asked:
        assert asked.fibre("vila").uses[0].use == "used"
        site = asked.fibre_site("vila", "fire", second=True)
        assert (site.standing.pair[0].source.id, site.hangs.darkened, site.changes[0].did) == ("office", 1, "added")
        assert len(list(asked.fibre_strands("vila", "office-a"))) == 48
        assert [h.leaves for h in asked.fibre_trace("vila", "office-a", 1, sent=0, needed=-24)] == ["a", "school"]
        told = asked.fibre_what_if("vila", ducts=["office-a"], sites=["b"])
        assert ([r.id for r in told.chosen], told.hangs.darkened) == (["office-a", "b"], 3)
        assert [d.id for d in asked.fibre_dark("vila", ducts=["office-a"], cables=["b-office"], sites=["b"])] == [
            "fire",
            "bunker",
            "school",
        ]
        assert [c.id for c in asked.fibre_redundancy("vila", paths=2)] == ["fire"]
        assert next(asked.fibre_critical("vila", what="site")).what == "site"
        assert next((c.id, c.used, c.unsaid) for c in asked.fibre_capacity("vila")) == ("office-a", 4, 42)
        assert {d.share and round(d.share, 6) for d in asked.fibre_fill("vila")} == {0.09, None}
        assert [(r.number, r.removed) for r in asked.fibre_revisions("vila")] == [(1, 0)]
        assert {c.revision for c in asked.fibre_changes("vila", revision=1)} == {1}
        assert [c.key for c in asked.fibre_changes("vila", sort="duct", id="office-a")] == ["office-a"]
        assert list(asked.fibre_cuts("vila")) == []
        assert asked.save("vila", "fibre-strands", "csv", cable="office-a").count(b"\r\n") == 49
        assert asked.table("vila", "fibre-dark", cut=["duct:office-a", "site:b"])["id"].to_pylist() == ["fire", "bunker", "school"]


def test_the_examples_of_the_how_to_run(opened, key, monkeypatch, capsys):
    monkeypatch.setenv("PULSO_KEY", key)
    monkeypatch.setattr(client, "Pulso", lambda _address, key=None: opened(key))
    for example in re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL):
        exec(example.replace('"demo"', '"vila"').replace("D-0417", "b-bunker").replace("C-0012", "office-a"), {})  # noqa: S102  # our own words
    told = capsys.readouterr().out
    assert "Vila's fibre: 5.4 km of route, known of 4 of 5 ducts" in told
    assert "Praça Nova, Praça Nova, ap-2: since 2025-03-16" in told
    assert "essential Abrigo dark" in told


@pytest.mark.parametrize("address", re.findall(r"'http://localhost:8000(/[^' \n]*)'", PAGE))
def test_what_the_how_to_asks_by_hand_is_answered(site, exhibits, address):  # noqa: F811
    answer = site.get(address.replace("demo", "vila"))
    assert (answer.status_code, "Link" in answer) == (200, False)
