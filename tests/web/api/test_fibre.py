"""What the API tells of the fibre network: the same as its pages, in every form, to each as far as they may know it, and no further."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from functools import cache

import openpyxl
import pyarrow.parquet as pq
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pulso.fibre.shapes import Cable, Disclosure, Duct, Plan, Site, Works
from pulso.web.fibre import cuts, writes
from pulso.web.people import keys
from pulso.web.people.models import Role, Step
from pulso.web.readings.counted import counting
from tests.web.api.networks import CLOSED, LISTS, ROOT, Asker, as_described
from tests.web.network import SECRETS, network

pytestmark = pytest.mark.django_db
FIBRE = [name for name in LISTS if name.startswith("fibre")]
OPEN = ["fibre", *FIBRE, "fibre-sites/a", "fibre-ducts/office-a", "fibre-cables/office-a"]
SEEN = {
    "stranger": ["a", "b", "office", "school"],
    "viewer": ["a", "b", "fire", "office", "school"],
    "engineer": ["a", "b", "bunker", "fire", "office", "school"],
}


@pytest.fixture
def net(site, db):
    """The town's site, with its network."""
    writes.load(None, "vila", network(), "as it was built")
    return site


@pytest.fixture
def who(net, person):
    """Somebody of a name, who asks: a stranger has no key, anybody else the role of that name."""

    @cache
    def known(name: str = "stranger") -> Asker:
        return Asker(net, None if name == "stranger" else person(name, *(() if name == "nobody" else (name,))))

    return known


@pytest.fixture
def engineer(who):
    """Rui, by his program."""
    return who("engineer")


@pytest.mark.parametrize("name", SEEN)
def test_each_is_told_of_the_sites_that_they_may_know(who, name):
    asker = who(name)
    assert asker.ids("fibre-sites") == SEEN[name]
    assert asker.told("fibre")["level"] == {"stranger": "public", "viewer": "internal", "engineer": "restricted"}[name]
    for site in SEEN["engineer"]:
        assert asker.ask(f"fibre-sites/{site}").status_code == (200 if site in SEEN[name] else 404)
    for of in ("ducts", "cables"):
        ids = asker.ids(f"fibre-{of}")
        hidden = {t.id for t in getattr(network(), of)} - set(ids)
        assert hidden == {"stranger": {"b-fire", "a-fire", "b-bunker"}, "viewer": {"b-bunker"}, "engineer": set()}[name]
        for thing in sorted(hidden):
            assert asker.ask(f"fibre-{of}/{thing}").status_code == 404


def test_what_is_hidden_is_refused_in_the_words_of_what_was_never_there(who):
    for asker, hidden in ((who(), "fire"), (who(), "bunker"), (who("viewer"), "bunker")):
        theirs, nothing = asker.ask(f"fibre-sites/{hidden}"), asker.ask("fibre-sites/never")
        assert theirs.status_code == nothing.status_code == 404
        assert theirs.json()["detail"].replace(hidden, "never") == nothing.json()["detail"]
    assert who().ids("fibre-sites?q=abrigo") == who().ids("fibre-ducts?q=bunker") == []


@pytest.mark.parametrize("lang", ["en", "pt"])
def test_a_stranger_reads_no_secret_by_any_address_in_any_form(who, lang):
    asker, plan = who(), network()
    addresses = [f"{name}{form}?lang={lang}" for name in FIBRE for form in ("", ".csv", ".geojson")] + [f"fibre?lang={lang}"]
    addresses += [f"fibre-{of}/{t.id}?lang={lang}&second=true" for of in ("sites",) for t in plan.sites]
    addresses += [f"fibre-{of}/{t.id}?lang={lang}" for of in ("ducts", "cables") for t in getattr(plan, of)]
    addresses += [f"{name}?{query}" for name, query in CLOSED.items()]
    for address in addresses:
        said = asker.ask(address)
        if said.status_code == 404:  # it says again what was asked for, and nothing else
            continue
        text = said.content.decode()
        for secret in (*SECRETS, "Bombeiros", "fire", "w2", "12/2025"):
            assert secret not in text, (address, secret)


def test_a_viewer_is_told_where_the_network_runs_and_not_what_hangs_on_it(who):
    site = who("viewer").told("fibre-sites/fire")
    assert [site[name] for name in ("standing", "hangs", "proposal", "changes", "sensors")] == [None, None, None, [], []]
    assert who("engineer").told("fibre-sites/fire")["criticality"] == "life"
    (works, *_) = who("viewer").told("fibre-works")["items"]
    assert (works["darkened"], works["clashes"]) == (None, [])
    assert who("viewer").told("fibre")["uses"] == who("viewer").told("fibre-cables/office-a")["uses"] == []


def test_rows_are_those_of_the_page_and_lead_to_it(net, who):
    for sort in ("sites", "ducts", "cables"):
        page = {line["told"]["id"]: line for line in net.get(f"/pt/vila/fibre.json?sort={sort}").json()[sort]}
        rows = who().told(f"fibre-{sort}?lang=pt")["items"]
        assert {r["id"] for r in rows} == set(page)
        for r in rows:
            line = page[r["id"]]
            flat = line["told"] | {n: v for n, v in line.items() if n != "told"}
            assert {n: r[n] for n in flat} == flat
            assert net.get(r["page"]).status_code == 200
            assert r["page"].startswith("/pt/")


@pytest.mark.parametrize("sort", ["site", "duct"])
def test_one_thing_is_told_as_its_page_tells_it(engineer, net, person, sort):
    told = engineer.told(f"fibre-{sort}s/{'fire' if sort == 'site' else 'office-a'}" + ("?second=true" if sort == "site" else ""))
    net.force_login(person("ana", "engineer"))
    page = net.get(f"/en/vila/fibre/{sort}/{told['id']}.json" + ("?second=1" if sort == "site" else "")).json()
    same = ("standing", "proposal", "service", "criticality", "sensors", "ways_out") if sort == "site" else ("fill", "inner")
    assert {n: told[n] for n in ("hangs", "phase", *same)} == {n: page[n] for n in ("hangs", "phase", *same)}
    assert [c["id"] for c in told["cables_there"]] == [c["told"]["id"] for c in page["cables"]]
    assert [(c["revision"], c["did"]) for c in told["changes"]] == [(c["revision"], c["did"]) for c in page["changes"]] == [(1, "added")]
    if sort == "duct":
        assert [w["id"] for w in told["works"]] == ["w1"]


def test_lengths_are_three_and_say_of_how_much_they_are_known(who, net):
    rows = who().told("fibre-lengths")["items"]
    page = net.get("/en/vila/fibre.json").json()["network"]
    assert {r["by"] for r in rows} == {"all", "status", "owner", "zone"}
    (whole,) = who().told("fibre-lengths?by=all")["items"]
    assert whole["route"] == page["lengths"]["route"]["metres"]
    assert (whole["route_known"], whole["route_of"]) == (4, 5), "of the planned duct nobody knows the length"
    (planned,) = [r for r in rows if r["group"] == "planned"]
    assert (planned["route"], planned["route_known"], planned["route_of"]) == (None, 0, 1), "nothing is known of it: that is not 0"
    assert whole["strand"] == pytest.approx(48 * whole["sheath"])
    for row, numbers in ((whole, page["lengths"]), (who().told("fibre"), page["lengths"])):
        for part in ("route", "sheath", "strand"):
            assert {"metres": row[part], "known": row[f"{part}_known"], "of": row[f"{part}_of"]} == numbers[part]
    assert who().walked("fibre-lengths", 2) == rows


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("fibre-sites?q=CAMARA", ["a", "b"]),
        ("fibre-sites?q=camara&status=planned", []),
        ("fibre-sites?zone=north", ["a", "b", "office", "school"]),
        ("fibre-sites?zone=South", []),
        ("fibre-sites?zone=city", ["a", "b", "office", "school"]),
        ("fibre-ducts?status=planned", ["planned"]),
        ("fibre-ducts?q=office", ["b-office", "office-a"]),
        ("fibre-cables?status=planned", []),
        ("fibre-works?from=2025-03-25&to=2025-03-25", ["w1"]),
        ("fibre-works?from=2025-03-26", []),
        ("fibre-works?to=2025-03-19", []),
    ],
)
def test_rows_are_chosen(who, asked, found):
    assert who().ids(asked) == found


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ("fibre-sites?status=lost", 422),
        ("fibre-sites?zone=west", 404),
        ("fibre-sites?name=a", 422),
        ("fibre-works?from=2025-03-02&to=2025-03-01", 400),
        ("fibre-sites.pdf", 404),
        ("fibre-works.geojson", 404),
        ("fibre-sites/", 404),
    ],
)
def test_what_means_nothing_is_refused(who, asked, status):
    answer = who().ask(asked)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")


def test_a_walk_tells_each_row_once_whatever_its_pages(engineer):
    for name in (*FIBRE, *(f"{n}?{q}" for n, q in CLOSED.items() if n != "fibre-what-if")):
        whole = engineer.told(f"{name}{'&' if '?' in name else '?'}limit=1000")["items"]
        assert engineer.walked(name, 2) == whole, name
    with_filter = [r["id"] for r in engineer.walked("fibre-sites?status=operational&zone=north", 1)]
    assert with_filter == engineer.ids("fibre-sites?status=operational&zone=north")
    cursor = engineer.told("fibre-sites?limit=1")["next"]
    assert engineer.ask(f"fibre-ducts?limit=1&cursor={cursor}").status_code == 400


def test_a_cursor_of_an_engineer_gives_a_stranger_nothing_but_their_own_rows(who, engineer):
    cursor = engineer.told("fibre-sites?limit=3")["next"]  # after the bunker
    assert who().ids(f"fibre-sites?limit=3&cursor={cursor}") == ["office", "school"]


def test_rows_come_in_every_form(who):
    asker = who()
    rows = asker.told("fibre-sites")["items"]
    texts = list(csv.DictReader(io.StringIO(asker.ask("fibre-sites.csv").content.decode())))
    assert [(t["id"], t["name"], t["source"]) for t in texts] == [(r["id"], r["name"], str(r["source"]).lower()) for r in rows]
    assert pq.read_table(io.BytesIO(asker.ask("fibre-sites.parquet").content)).to_pylist() == rows
    sheet = openpyxl.load_workbook(io.BytesIO(asker.ask("fibre-sites.xlsx").content))["rows"]
    assert [row[0].value for row in sheet.iter_rows(min_row=2)] == [r["id"] for r in rows]
    assert asker.ask("fibre-works.csv").content.startswith(b"id,name,first,last")
    answer = asker.ask("fibre-sites", Accept="application/geo+json")
    assert [f["geometry"]["coordinates"] for f in answer.json()["features"]] == [[r["lon"], r["lat"]] for r in rows]


def test_a_route_that_nobody_knows_has_no_geometry(who):
    ducts = {f["id"]: f["geometry"] for f in who().ask("fibre-ducts.geojson").json()["features"]}
    assert ducts["office-a"] == {"type": "LineString", "coordinates": [[-8.66, 41.15], [-8.65, 41.15]]}
    assert ducts["planned"] is None
    cables = {f["id"]: f["geometry"] for f in who().ask("fibre-cables.geojson").json()["features"]}
    assert cables["office-a"] == {"type": "MultiLineString", "coordinates": [[[-8.66, 41.15], [-8.65, 41.15]]]}


@pytest.mark.parametrize("name", CLOSED)
def test_what_is_for_engineers_is_for_nobody_else(who, net, person, name):
    address = f"{name}?{CLOSED[name]}"
    stranger = who().ask(address)
    assert (stranger.status_code, stranger["WWW-Authenticate"]) == (401, 'Bearer realm="Pulso"')
    net.force_login(person("ana", "engineer"))
    assert who().ask(address).status_code == 401, "a cookie opens nothing here"
    for role in ("nobody", "viewer", "editor"):
        refused = who(role).ask(address)
        assert (refused.status_code, refused["Content-Type"]) == (403, "application/problem+json")
        assert set(refused.json()) == {"title", "status", "detail", "type", "errors"}
    assert who("engineer").ask(address).status_code == 200
    for form in ("csv", "parquet", "xlsx"):
        assert who().ask(f"{name}.{form}?{CLOSED[name]}").status_code == (404 if name == "fibre-what-if" else 401)


def test_a_role_in_another_city_opens_nothing(net, person):
    theirs = Asker(net, person("ida", "engineer", city="aldeia"))
    assert theirs.ids("fibre-sites") == SEEN["stranger"]
    assert theirs.ask("fibre-critical").status_code == 403


def test_a_key_opens_what_is_not_public_only_where_it_was_made_to(net, person):
    rui = person("rui", "engineer")
    plain, opening = Asker(net, rui, opens=False), Asker(net, rui)
    assert plain.ids("fibre-sites") == SEEN["stranger"]
    refused = plain.ask("fibre-critical")
    assert (refused.status_code, "/en/account/keys/" in refused.json()["detail"]) == (403, True)
    assert opening.ids("fibre-sites") == SEEN["engineer"]
    Role.objects.filter(person=rui).delete()
    assert opening.ids("fibre-sites") == SEEN["stranger"], "as long as their role lasts"
    assert opening.ask("fibre-critical").status_code == 403
    keys.revoke(rui.keys.get(opens=True), rui)
    assert opening.ask("fibre-sites").status_code == 401


def test_an_attempt_leaves_one_step_of_the_trail_however_often_it_is_made(who):
    viewer = who("viewer")
    for name in ("fibre-critical", "fibre-critical", "fibre-cuts"):
        assert viewer.ask(name).status_code == 403
    assert who().ask("fibre-critical").status_code == 401
    steps = Step.objects.filter(action="refuse", city="vila")
    assert sorted(s.fields[0] for s in steps) == ["ask fibre-critical", "ask fibre-cuts"]


@pytest.mark.parametrize("name", ["stranger", "viewer", "engineer"])
def test_no_cache_gives_one_s_answer_to_another(who, name):
    answer = who(name).ask("fibre-sites")
    assert answer["Cache-Control"] == ("public, no-cache" if name == "stranger" else "private, no-cache")
    assert {"Authorization", "X-API-Key"} <= {v.strip() for v in answer["Vary"].split(",")}


def test_what_one_has_is_not_sent_again_but_never_for_another_level(who, engineer):
    for address in ("fibre", "fibre-sites", "fibre-sites/a"):
        first = engineer.ask(address)
        again = engineer.ask(address, **{"If-None-Match": first["ETag"]})
        assert (again.status_code, again.content, again["Cache-Control"]) == (304, b"", "private, no-cache")
        assert who().ask(address, **{"If-None-Match": first["ETag"]}).status_code == 200
        assert engineer.ask(f"{address}?lang=pt", **{"If-None-Match": first["ETag"]}).status_code == 200
        writes.change(None, "vila", [writes.Put(_renamed(address))], f"renamed for {address}")
        assert engineer.ask(address, **{"If-None-Match": first["ETag"]}).status_code == 200


def _renamed(name: str) -> Site:
    return next(s for s in network().sites if s.id == "a").model_copy(update={"name": name})


def test_strands_are_told_by_colour_and_lead_somewhere(engineer):
    rows = engineer.told("fibre-strands?cable=office-a")["items"]
    assert (len(rows), rows[0]["tube_colour"], rows[12]["tube_colour"], rows[13]["colour"]) == (48, "blue", "orange", "orange")
    assert [rows[0][n] for n in ("use", "what", "start_how", "end_how", "end_cable", "end_strand")] == [
        "used",
        "school",
        "port",
        "splice",
        "a-school",
        1,
    ]
    assert rows[1]["end_strand"] == 2
    assert engineer.ask("fibre-strands?cable=zz").status_code == 404
    assert engineer.ask("fibre-strands").status_code == 422


def test_a_trace_ends_at_its_port_and_says_what_is_left_of_the_light(engineer, net, person):
    rows = engineer.told("fibre-trace?cable=office-a&strand=1&sent=0&needed=-24")["items"]
    assert [(h["cable"], h["leaves"], h["port"]) for h in rows] == [("office-a", "a", ""), ("a-school", "school", "S 1")]
    net.force_login(person("ana", "engineer"))
    page = net.get("/en/vila/fibre/trace.json?cable=office-a&strand=1&sent=0&needed=-24").json()["hops"]
    assert [(h["km"], h["loss"], h["margin"], h["why"]) for h in rows] == [(h["km"], h["loss"], h["margin"], h["why"]) for h in page]
    assert engineer.told("fibre-trace?cable=office-a&strand=1")["items"][0]["margin"] is None
    assert engineer.ask("fibre-trace?cable=office-a&strand=49").status_code == 404
    for wrong in ("sent=nan", "sent=99", "strand=0", "end=middle"):
        assert engineer.ask(f"fibre-trace?cable=office-a&strand=1&{wrong}").status_code == 422


def test_what_if_says_who_goes_dark_and_changes_nothing(engineer, net, person):
    told = engineer.told("fibre-what-if?cut=duct:office-a&cut=duct:office-a&cut=site:b")
    net.force_login(person("ana", "engineer"))
    assert told["hangs"] == net.get("/en/vila/fibre/what-if.json?duct=office-a&site=b").json()["hangs"]
    assert [(r["sort"], r["id"]) for r in told["chosen"]] == [("duct", "office-a"), ("site", "b")]
    rows = engineer.told("fibre-dark?cut=duct:office-a&cut=site:b")["items"]
    assert [(r["id"], r["becomes"]) for r in rows] == [("fire", "dark"), ("bunker", "dark"), ("school", "dark")]
    assert [(r["id"], r["becomes"]) for r in engineer.told("fibre-dark?cut=duct:office-a")["items"]] == [
        ("school", "waiting"),
        ("fire", "one path by cable"),
        ("fire", "one path by duct"),
    ]
    assert engineer.told("fibre")["revision"] == 1
    for wrong in ("", "cut=office-a", "cut=tube:x", "cut=duct:", "&".join(["cut=duct:a"] * 201)):
        refused = engineer.ask(f"fibre-what-if?{wrong}")
        assert (refused.status_code, refused.json()["errors"][0]["where"]) == (422, "cut")
    assert engineer.ask("fibre-what-if?cut=duct:zz").status_code == 404


def test_the_register_tells_paths_and_what_two_of_them_share(engineer, net, person):
    rows = {r["id"]: r for r in engineer.told("fibre-redundancy")["items"]}
    net.force_login(person("ana", "engineer"))
    page = net.get("/en/vila/fibre/redundancy.json").json()
    assert {c["id"]: [c[n] for n in ("cables", "ducts", "sites", "offices")] for c in page["customers"]} == {
        i: [r[n] for n in ("cables", "ducts", "sites", "offices")] for i, r in rows.items()
    }
    assert (rows["school"]["cables"], rows["fire"]["cables"], rows["fire"]["shared"], rows["fire"]["avoidable"]) == (1, 2, [], None)
    assert engineer.ids("fibre-redundancy?paths=2") == ["fire"]
    assert engineer.ids("fibre-redundancy?paths=1") == ["bunker", "school"]
    assert engineer.ids("fibre-redundancy?by=offices&paths=2") == engineer.ids("fibre-redundancy?paths=unknown") == []


def test_the_ranking_is_the_page_s_the_worst_first(engineer, net, person):
    rows = engineer.told("fibre-critical")["items"]
    weights = [r["weight"] for r in rows]
    assert weights == sorted(weights, reverse=True)
    net.force_login(person("ana", "engineer"))
    for what in ("duct", "cable", "site"):
        page = net.get(f"/en/vila/fibre/critical.json?sort={what}").json()["failures"]
        mine = engineer.told(f"fibre-critical?what={what}")["items"]
        assert [(r["id"], r["weight"]) for r in mine] == [(f["ref"]["id"], f["weight"]) for f in page]
    assert next(r for r in rows if (r["what"], r["id"]) == ("cable", "a-school"))["cuts_off"] is True


def test_history_says_who_and_why_field_by_field(engineer, person):
    ana = person("ana", "engineer")
    writes.change(ana, "vila", [writes.Put(_renamed("Câmara nova"))], "the square was renamed")
    latest, first = engineer.told("fibre-revisions")["items"]
    assert (latest["number"], latest["changed"], latest["why"], first["added"]) == (2, 1, "the square was renamed", len(_things()))
    (row,) = engineer.told("fibre-changes?revision=2")["items"]
    assert [row[n] for n in ("sort", "key", "did", "field", "before", "after")] == [
        "site",
        "a",
        "changed",
        "name",
        "Câmara da Praça",
        "Câmara nova",
    ]
    assert [(r["revision"], r["did"]) for r in engineer.told("fibre-changes?sort=site&id=a")["items"]] == [(2, "changed"), (1, "added")]
    assert len(engineer.walked("fibre-changes?revision=1", 7)) == len(_things())
    for wrong, status in (("", 422), ("revision=1&sort=site", 422), ("sort=site", 422), ("revision=3", 404), ("revision=0", 422)):
        assert engineer.ask(f"fibre-changes?{wrong}").status_code == status


def _things() -> list[object]:
    plan = network()
    lists = ("sites", "ducts", "cables", "strands", "splices", "ports", "splitters", "works", "organisations", "phases")
    return [None, *(thing for of in lists for thing in getattr(plan, of))]  # and the plan itself


def test_cuts_are_told_the_latest_first_with_who_is_dark(engineer):
    for day in (10, 11, 12):
        since = datetime(2025, 3, day, 9, tzinfo=UTC)
        cuts.declare(None, "vila", ducts=("a-school",), since=since, until=since.replace(hour=20), why=f"a digger on the {day}th")
    cuts.declare(None, "vila", sites=("b",), since=datetime(2025, 3, 15, tzinfo=UTC), why="a fire")
    rows = engineer.told("fibre-cuts")["items"]
    assert [r["since"][:10] for r in rows] == ["2025-03-15", "2025-03-12", "2025-03-11", "2025-03-10"]
    assert (rows[0]["on"], rows[0]["until"], rows[1]["on"], rows[1]["dark"], rows[1]["blind"]) == (
        True,
        None,
        False,
        ["school"],
        ["n1", "n2"],
    )
    assert engineer.walked("fibre-cuts", 1) == rows


def test_works_say_to_engineers_what_depends_on_them(engineer):
    rows = {r["id"]: r for r in engineer.told("fibre-works")["items"]}
    assert list(rows) == ["w1", "w2"]
    assert (rows["w2"]["darkened"], rows["w2"]["clashes"], rows["w1"]["clashes"]) == (1, ["w1"], ["w2"])


def test_a_city_without_a_network_has_no_rows_and_says_so_of_the_whole(site, db):
    asker = Asker(site)
    assert [asker.told(name)["items"] for name in FIBRE] == [[] for _ in FIBRE]
    assert "no fibre network" in asker.ask("fibre").json()["detail"]
    assert asker.ask("fibre-sites/a").status_code == 404


@pytest.mark.parametrize("name", [*OPEN, *CLOSED])
def test_an_answer_takes_few_questions(engineer, name):
    address = f"{name}?{CLOSED.get(name, '')}"
    engineer.ask(address)
    with CaptureQueriesContext(connection) as asked, counting() as looks:
        engineer.ask(address)
    assert looks[0] + len(asked) <= 10


def test_many_sites_cost_no_more_questions_and_a_page_of_them_no_more_rows(site, db):
    many = 3_000
    sites = tuple(Site(id=f"s{i:05}", name=f"Sítio {i}", disclosure=Disclosure.PUBLIC, at=(-8.65, 41.15)) for i in range(many))
    ducts = tuple(Duct(id=f"d{i:05}", start=f"s{i:05}", end=f"s{i + 1:05}", disclosure=Disclosure.PUBLIC) for i in range(many - 1))
    cables = (Cable(id="c", start="s00000", end="s00001", fibres=12, disclosure=Disclosure.PUBLIC),)
    writes.load(None, "vila", Plan(id="vila", name="Long", sites=sites, ducts=ducts, cables=cables), "a long line")
    asker = Asker(site)
    asker.told("fibre-sites?limit=100")
    with CaptureQueriesContext(connection) as asked:
        page = asker.told("fibre-sites?limit=100")
    assert (len(asked), len(page["items"])) == (3, 100)
    assert asker.ids("fibre-sites?q=2999") == ["s02999"]
    refused = asker.ask("fibre-sites.csv")
    assert (refused.status_code, "3,000" in refused.content.decode()) == (400, False), "a file is never cut in silence"
    assert len(asker.walked("fibre-ducts", 1000)) == many - 1


def test_an_id_with_a_slash_and_an_accent_has_an_address(site, db):
    odd = Site(id="Praça/1 ?&#", name="", disclosure=Disclosure.PUBLIC)
    works = Works(id="w", name="x", first="2025-03-20", last="2025-03-20", sites=(odd.id,), disclosure=Disclosure.PUBLIC)
    writes.load(None, "vila", Plan(id="vila", name="Odd", sites=(odd,), works=(works,)), "odd names")
    (row,) = Asker(site).told("fibre-sites")["items"]
    told = Asker(site).told("fibre-sites/Pra%C3%A7a/1%20%3F%26%23")
    assert (told["id"], told["lon"], told["zone"], [w["id"] for w in told["works"]]) == (odd.id, None, None, ["w"])
    assert site.get(row["page"]).status_code == 200


def test_the_description_says_which_addresses_need_a_key(site):
    paths = site.get("/api/v1/openapi.json").json()["paths"]
    for name in CLOSED:
        said = paths[f"/api/v1/cities/{{city}}/{name}"]["get"]
        assert (said["security"], "403" in said["responses"]) == ([{"key": []}], True)
    assert paths["/api/v1/cities/{city}/fibre-sites/{name}"]["get"]["security"] == [{}, {"key": []}]
    assert site.head(f"{ROOT}/fibre-sites").status_code == 200


@pytest.mark.parametrize("address", [*OPEN, "fibre-sites/fire?second=true", *(f"{n}?{q}" for n, q in CLOSED.items())])
def test_an_engineer_s_answer_keeps_to_the_description(net, engineer, address):
    cuts.declare(None, "vila", ducts=("a-school",), since=datetime(2025, 3, 10, tzinfo=UTC), why="a digger")
    as_described(net, address, engineer.told(address))


def test_spare_strands_and_buildings_are_those_of_their_pages(net, who, engineer, person):
    net.force_login(person("another", "engineer"), "django.contrib.auth.backends.ModelBackend")
    page = net.get("/en/vila/fibre/near.json?lon=-8.6&lat=41.2&least=2").json()["spares"]
    rows = engineer.walked("fibre-spare?lon=-8.6&lat=41.2&least=2", 1)
    assert [(r["cable"], r["site"], r["metres"], r["spare"]) for r in rows] == [
        (s["cable"]["id"], s["site"]["id"], s["metres"], s["spare"]) for s in page
    ]
    assert len(rows) > 1
    assert engineer.ask("fibre-spare?lon=-8.6").status_code == engineer.ask("fibre-spare?lon=191&lat=0").status_code == 422
    net.logout()
    for asker in (who(), engineer):
        rows = asker.walked("fibre-buildings?metres=20000", 1)
        assert [r["id"] for r in rows] == asker.ids("fibre-buildings")
        parted = [key for said in ("true", "false") for key in asker.ids(f"fibre-buildings?connected={said}")]
        assert sorted(parted) == sorted(r["id"] for r in rows)
    whole = net.get("/en/vila/fibre/buildings.json").json()["whole"]
    assert len(who().ids("fibre-buildings")) == whole["buildings"] > 0
    assert len(who().ids("fibre-buildings?connected=true")) == whole["connected"]
