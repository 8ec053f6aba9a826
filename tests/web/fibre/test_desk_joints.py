"""What strands are used for, and splices, ports and splitters, entered, changed and taken out on the engineer's desk; many at once."""

from __future__ import annotations

import json
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from pulso.fibre.shapes import End, Port, Splice, Splitter, Strands, Use
from pulso.web.fibre import reads, writes
from pulso.web.fibre.kinds import key_of
from tests.web.network import network

pytestmark = pytest.mark.django_db
SPLICE = {"one": "a-b", "one_strands": "1–12", "other": "a-school", "other_strands": "13-24", "why": "a night's work", "seen": "1"}
LISTS = ("strands/office-a", "splices/a", "splices/a?cable=office-a", "ports/office", "splitters/a", "splices/bunker")


@pytest.fixture
def desk(vila, client: Client, rui) -> Client:
    """Rui, at his desk in Vila."""
    writes.load(None, "vila", network(), "as it was built")
    client.force_login(rui)
    return client


def plan():
    found = reads.network("vila")
    assert found is not None
    return found.plan


def send(desk, place, sent, lang="en"):
    return desk.post(f"/{lang}/vila/fibre/edit/{place}", {"why": "as it was found"} | sent)


def wrong(answer):
    assert answer.status_code == 400
    return " ".join(re.findall(r'class="wrong"[^>]*>(.*?)</p>', answer.content.decode(), re.DOTALL))


def strands():
    return [(s.first, s.last, s.use.value, s.whom) for s in sorted(plan().strands, key=lambda s: s.first) if s.cable == "office-a"]


@pytest.mark.parametrize("lang", ["pt", "en"])
@pytest.mark.parametrize("place", LISTS)
def test_each_list_is_a_page_and_its_twin(desk, lang, place):
    address, _mark, query = place.partition("?")
    page, said = desk.get(f"/{lang}/vila/fibre/edit/{place}"), desk.get(f"/{lang}/vila/fibre/edit/{address}.json?{query}").json()
    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]
    for row in said["rows"]:
        assert row["cells"][0] in page.content.decode()
    assert (said["what"], said["revision"]) == (address.split("/")[0], 1)


def test_a_list_costs_few_questions(desk):
    for place in LISTS:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            desk.get(f"/en/vila/fibre/edit/{place}")
        assert len(asked) <= 10


def test_a_use_of_strands_gives_way_only_where_another_is_said(desk):
    assert strands() == [(1, 4, "used", "city"), (30, 30, "leased", "spies"), (48, 48, "broken", "")]
    answer = send(desk, "strands/office-a", {"strands": "3–12", "use": "reserved", "whom": "lease", "what": "for 2026"})
    assert answer["Location"] == "/en/vila/fibre/edit/strands/office-a"
    assert "Kept, as revision 2 of the network." in desk.get(answer["Location"]).content.decode()
    assert strands() == [(1, 2, "used", "city"), (3, 12, "reserved", "lease"), (30, 30, "leased", "spies"), (48, 48, "broken", "")]
    send(desk, "strands/office-a", {"strands": "5", "use": "unsaid"})
    assert strands()[1:3] == [(3, 4, "reserved", "lease"), (6, 12, "reserved", "lease")], "of strand 5 nothing is said any more"
    send(desk, "strands/office-a", {"strands": "1-48", "use": "spare"})
    assert strands() == [(1, 48, "spare", "")]


def test_a_use_is_changed_from_the_list_and_taken_out(desk):
    (leased,) = (s for s in plan().strands if s.use is Use.LEASED)
    page = desk.get("/en/vila/fibre/edit/strands/office-a", {"row": key_of(leased)}).content.decode()
    assert 'value="a secret"' in page
    send(desk, "strands/office-a", {"was": key_of(leased), "strands": "31-32", "use": "leased", "whom": "spies", "what": "moved"})
    assert strands()[1:] == [(31, 32, "leased", "spies"), (48, 48, "broken", "")]
    keys = [key_of(s) for s in plan().strands if s.first > 4]
    assert send(desk, "strands/office-a", {"take": "1", "row": keys}).status_code == 302
    assert strands() == [(1, 4, "used", "city")]


@pytest.mark.parametrize(
    ("sent", "letter"),
    [
        ({"strands": "49"}, "a strand is named that the cable doesn&#39;t have"),
        ({"strands": "4-2"}, "write a number, or the first and the last"),
        ({"strands": "one"}, "write a number, or the first and the last"),
        ({"strands": "0"}, "write a number"),
        ({"strands": "٣"}, "write a number"),
        ({"use": "lost"}, ""),
        ({"use": ""}, ""),
        ({"whom": "nobody we know"}, ""),
        ({"why": ""}, ""),
        ({"was": '["office-a", 7, 7]'}, "no longer there"),
    ],
)
def test_what_no_strand_can_be_is_not_kept(desk, sent, letter):
    before = strands()
    said = wrong(send(desk, "strands/office-a", {"strands": "7", "use": "used"} | sent))
    assert said
    assert letter in said
    assert strands() == before


def test_many_strands_are_spliced_at_once_changed_and_taken_out(desk):
    assert send(desk, "splices/a", SPLICE).status_code == 302
    made = Splice(site="a", one=End(cable="a-b", first=1), other=End(cable="a-school", first=13), count=12)
    assert made in plan().splices
    page = desk.get("/en/vila/fibre/edit/splices/a").content.decode()
    assert "Cabo a-b: 1–12" in page
    assert "Cabo a-school: 13–24" in page
    send(desk, "splices/a", SPLICE | {"was": key_of(made), "one_strands": "1-4", "other_strands": "13", "seen": "2"})
    assert made.model_copy(update={"count": 4}) in plan().splices
    assert made not in plan().splices
    keys = [key_of(s) for s in plan().splices]
    assert send(desk, "splices/a", {"take": "1", "row": keys}).status_code == 302
    assert plan().splices == ()
    assert reads.changes("vila", 4)[0].was == "removed"


@pytest.mark.parametrize(
    ("sent", "letter"),
    [
        ({"other_strands": "13-14"}, "These are 12 on one side and 2 on the other"),
        ({"other": "b-fire"}, ""),
        ({"other": "a-school", "other_strands": "1"}, "the end of a strand has a splice, a port or a splitter already"),
        ({"one": "office-a", "one_strands": "1", "other_strands": "1"}, "already: change it in the list"),
        ({"one_strands": "40-51", "other_strands": "20"}, "a strand is named that the cable doesn&#39;t have"),
        ({"one_strands": "1-999999999", "other_strands": "1"}, "a strand is named that the cable doesn&#39;t have"),
    ],
)
def test_what_can_not_be_spliced_is_told(desk, sent, letter):
    said = wrong(send(desk, "splices/a", SPLICE | sent))
    assert said
    assert letter in said
    assert len(plan().splices) == 2


def test_a_splice_that_would_pass_a_customer_is_asked_about(desk):
    writes.change(
        None,
        "vila",
        [
            writes.Put(
                next(c for c in plan().cables if c.id == "a-b").model_copy(update={"id": "x", "ducts": (), "start": "school", "end": "b"})
            )
        ],
        "a second cable",
    )
    sent = {"one": "a-school", "one_strands": "7", "other": "x", "other_strands": "7"}
    answer = send(desk, "splices/school", sent, "pt")
    assert answer.status_code == 400
    assert "a luz passaria pelo local de um cliente" in answer.content.decode()
    assert send(desk, "splices/school", sent | {"sure": "1"}).status_code == 302


def test_ports_are_entered_many_at_once_and_patched(desk):
    sent = {"panel": "B", "ports": "1-12", "cable": "b-office", "strands": "1", "why": "a new panel"}
    assert send(desk, "ports/office", sent).status_code == 302
    ports = {(p.panel, p.number): p for p in plan().ports if p.site == "office"}
    assert len(ports) == 13
    assert ports["B", 12] == Port(site="office", panel="B", number=12, behind=End(cable="b-office", first=12))
    first = next(p for p in plan().ports if (p.panel, p.number) == ("A", 1))
    sent = {"was": key_of(first), "panel": "A", "ports": "1", "cable": "office-a", "strands": "1", "to_panel": "B", "to_port": "3"}
    assert send(desk, "ports/office", sent).status_code == 302
    assert next(p for p in plan().ports if (p.panel, p.number) == ("A", 1)).patched == ("B", 3)
    assert "port 3 of panel B" in desk.get("/en/vila/fibre/edit/ports/office").content.decode()
    taken = [key_of(p) for p in plan().ports if p.panel == "B"]
    assert "something is named that the network doesn&#39;t have" in wrong(send(desk, "ports/office", {"take": "1", "row": taken})), (
        "one is patched"
    )
    assert send(desk, "ports/office", {"take": "1", "row": taken[3:]}).status_code == 302
    assert len([p for p in plan().ports if p.panel == "B"]) == 3


@pytest.mark.parametrize(
    ("sent", "letter"),
    [
        ({"ports": "1"}, "already: change it in the list"),
        ({"ports": "2-1002"}, "1,001 at once are too many"),
        ({"strands": ""}, "Say the cable and its strands, or neither"),
        ({"to_panel": "B"}, "Say the panel and the port, or neither"),
        ({"to_panel": "Z", "to_port": "1"}, "something is named that the network doesn&#39;t have"),
        ({"ports": "2-4", "strands": "1-2"}, "These are 3 on one side and 2 on the other"),
    ],
)
def test_what_no_port_can_be_is_told(desk, sent, letter):
    assert letter in wrong(send(desk, "ports/office", {"panel": "A", "ports": "2", "cable": "office-a", "strands": "9"} | sent))
    assert len(plan().ports) == 2


def test_a_splitter_is_entered_changed_and_taken_out(desk):
    sent = {"id": "x2", "ways": "4", "loss": "7.2", "cable": "a-b", "strand": "30", "outputs": "Cabo a-school 30 – 32\na-fire 9"}
    assert send(desk, "splitters/a", sent).status_code == 302
    (made,) = (s for s in plan().splitters if s.id == "x2")
    outputs = (*(End(cable="a-school", first=n) for n in (30, 31, 32)), End(cable="a-fire", first=9))
    assert made == Splitter(id="x2", site="a", input=End(cable="a-b", first=30), outputs=outputs, ways=4, loss=7.2)
    page = desk.get("/pt/vila/fibre/edit/splitters/a", {"row": "x2"}).content.decode()
    assert "a-school 30\na-school 31" in page
    assert "7,20 dB" in page
    send(desk, "splitters/a", sent | {"was": "x2", "outputs": ""})
    assert next(s for s in plan().splitters if s.id == "x2").outputs == ()
    assert "more outputs than ways" in wrong(send(desk, "splitters/a", sent | {"was": "x2", "outputs": "a-school 30-34"}))
    assert "already" in wrong(send(desk, "splitters/b", {"id": "x2", "ways": "2", "loss": "3.5"}))
    assert "cable and its strands" in wrong(send(desk, "splitters/a", sent | {"id": "x3", "outputs": "30"}))
    assert send(desk, "splitters/a", {"take": "1", "row": ["x1", "x2"]}).status_code == 302
    assert plan().splitters == ()


def test_nothing_ticked_takes_nothing_out(desk):
    assert "Tick what is to be taken out" in wrong(send(desk, "splices/a", {"take": "1"}))
    assert "no longer there" in wrong(send(desk, "splices/a", {"take": "1", "row": ["nothing"]}))
    assert "Assinale" in wrong(send(desk, "splices/a", {"take": "1"}, "pt"))
    assert len(plan().splices) == 2


def test_what_is_taken_out_is_of_the_list_that_it_is_taken_from(desk):
    keys = [key_of(s) for s in plan().splices if s.site == "a"]
    assert "no longer there" in wrong(send(desk, "splices/b", {"take": "1", "row": keys}))
    assert len(plan().splices) == 2


def test_of_two_engineers_at_one_closure_the_second_is_told(desk, person):
    other = Client()
    other.force_login(person("ines", "engineer"))
    assert send(desk, "splices/a", SPLICE).status_code == 302
    for place, sent in {
        "splices/a": SPLICE | {"one_strands": "20", "other_strands": "30"},
        "strands/a-b": {"strands": "1", "use": "used"},
    }.items():
        assert "Somebody else has changed the network meanwhile" in wrong(send(other, place, sent | {"seen": "1"}))
    keys = [key_of(s) for s in plan().splices]
    assert "Somebody else" in wrong(send(other, "splices/a", {"take": "1", "row": keys, "seen": "1"}))
    assert len(plan().splices) == 3


def test_a_long_list_has_pages(desk):
    whole = next(c for c in plan().cables if c.id == "office-a").model_copy(update={"tubes": 40})
    rows = [writes.Put(Strands(cable="office-a", first=n, last=n, use=Use.USED)) for n in range(50, 450)]
    writes.change(None, "vila", [writes.Put(whole), *rows], "a large cable")
    said = desk.get("/en/vila/fibre/edit/strands/office-a.json?page=5").json()
    assert (len(said["rows"]), said["leaf"]) == (3, {"page": 5, "pages": 5, "total": 403})
    assert "Page 1 of 5" in desk.get("/en/vila/fibre/edit/strands/office-a").content.decode()
    for page in ("6", "-1", "x"):
        assert desk.get(f"/en/vila/fibre/edit/strands/office-a?page={page}").status_code == 404
    assert json.dumps(said).count("Used") == 3


def test_what_is_not_there_is_a_letter(desk):
    for place in ("strands/nothing", "splices/nothing", "ports/a/b", "splitters/%00"):
        assert desk.get(f"/pt/vila/fibre/edit/{place}").status_code == 404


def test_a_link_fills_in_a_cable_that_ends_here_and_no_other(desk):
    assert '<option value="a-b" selected>' in desk.get("/en/vila/fibre/edit/splices/a?cable=a-b").content.decode()
    page = desk.get("/en/vila/fibre/edit/ports/a", {"cable": "<b>b-fire"}).content.decode()
    assert sorted(re.findall(r'<option value="(.*?)"', page)) == ["", "a-b", "a-fire", "a-school", "office-a"]
