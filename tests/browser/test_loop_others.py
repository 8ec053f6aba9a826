"""The loop in a browser, as a citizen and a company meet it: what they read, what they may, and what is refused and kept."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest

from tests.browser.acting import Acting, acting, digest_of
from tests.browser.network import Network
from tests.browser.test_loop import LANGUAGES, STRIKE, sign_in

WORKED, CANNOT_TELL, UNPUBLISHED, DRAFT, STOPPED = 1, 2, 4, 5, 6
"""Pilots of Vila, as `walked` made them; the evaluation of the unpublished one has its number."""


def refusals(browser, loop, lang, signed) -> str:
    """What the city's administrator reads of what was tried and refused: whole rows of the trail."""
    with acting(browser, loop, lang, signed["ana"]) as ana:
        ana.go("account/city/vila/")
        rows = ana.main.get_by_role("row").filter(has_text=ana.say("tried what was refused")).all()
        return "\n".join(row.inner_text() for row in rows)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_citizen_reads_what_was_tried_whatever_it_showed(browser, loop, lang):
    with acting(browser, loop, lang, size="phone") as anybody:
        anybody.go("vila/challenges").main.get_by_role("link", name="Praça vazia").click()
        said = anybody.said()
        assert "São os carros estacionados." in said
        assert "Palavras feias." not in said
        assert "Ofende quem lá mora." in said, "what is hidden says why"
        anybody.go("vila/pilots")
        for title in ("Praça sem carros", "Autocarros de cinco em cinco minutos", "Trotinetas à porta", "Faixa de autocarro"):
            assert anybody.main.get_by_role("link", name=title).is_visible(), "beside each other, whatever they showed"
        assert "Passadeira nova" not in anybody.said()
        assert "O fornecedor desistiu." in anybody.said()
        found = {number: anybody.told(f"vila/pilots/{number}")["evaluation"] for number in (WORKED, CANNOT_TELL, UNPUBLISHED)}
        assert (found[WORKED]["verdict"], found[CANNOT_TELL]["verdict"], found[UNPUBLISHED]) == ("more", "cannot tell", None)
        assert found[CANNOT_TELL]["low"] < 0 < found[CANNOT_TELL]["high"]
        for number, verdict in ((WORKED, "more than without it"), (CANNOT_TELL, "cannot tell"), (UNPUBLISHED, "Nothing is published yet.")):
            assert anybody.go(f"vila/pilots/{number}").says(verdict)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_citizen_hashes_what_was_promised_and_takes_the_register_along(browser, loop, lang):
    with acting(browser, loop, lang) as anybody:
        for number in (WORKED, CANNOT_TELL):
            anybody.go(f"vila/pilots/{number}")
            promised = anybody.told(f"vila/pilots/{number}/protocol")
            assert digest_of(promised) == promised["digest"]
            assert promised["digest"] in anybody.said()
            assert digest_of(promised | {"matters": "4"}) != promised["digest"]
            assert anybody.told(f"vila/pilots/{number}")["evaluation"]["protocol_digest"] == promised["digest"]
        anybody.go("vila/pilots").main.get_by_role("link", name=anybody.say("The register as CSV")).click(trial=True)
        rows = {row["number"]: row for row in csv.DictReader(io.StringIO(anybody.get("vila/pilots.csv").text()))}
        told = {str(line["number"]): line for line in anybody.told("vila/pilots")["pilots"]}
        assert rows.keys() == told.keys()
        assert [rows[str(n)]["verdict"] for n in (WORKED, CANNOT_TELL, UNPUBLISHED, STOPPED)] == ["more", "cannot tell", "", ""]
        assert float(rows[str(WORKED)]["estimate"]) == told[str(WORKED)]["estimate"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_citizen_signs_in_and_says_something_and_is_let_no_further(browser, loop, signed, lang):
    with acting(browser, loop, lang) as tom:
        tom.go("vila/challenges").main.get_by_role("link", name="Praça vazia").click()
        tom.follow("Say something, or work on it (with an account)")
        sign_in(tom, "tom")
        text = f"Ponham árvores ({lang})."
        tom.fill(text=text)
        tom.press("Say it")
        assert tom.page.url == tom.at("vila/challenges/1")
        remark = tom.main.get_by_role("listitem").filter(has_text=text)
        assert "Tom Reis" in remark.inner_text()

        tom.go("vila/desk", 403)
        tom.go(f"vila/desk/pilots/{DRAFT}", 404)
        tom.go("vila/desk/challenges/2", 404)
        tom.go(f"vila/desk/pilots/{UNPUBLISHED}")
        assert not tom.says("not published"), "there is nothing to be seen of it"
        assert tom.send(f"vila/desk/evaluations/{UNPUBLISHED}/step", to="published") == 404
        assert tom.send(f"vila/desk/pilots/{UNPUBLISHED}/evaluate") == 403
        assert tom.send(f"vila/desk/pilots/{WORKED}/protocol", hypothesis="Outra.") == 403
        assert tom.send("vila/desk/challenges/1/step", to="solved") == 403
        assert tom.told(f"vila/pilots/{UNPUBLISHED}")["evaluation"] is None
        kept = refusals(browser, loop, lang, signed)
        assert kept.count("Tom Reis") >= 4, "whoever tries leaves a row"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_company_runs_a_pilot_of_its_own_and_can_neither_freeze_nor_publish(browser, towns, loop, signed, lang):
    with acting(browser, loop, lang, signed["bia"]) as bia, acting(browser, loop, lang) as anybody:
        bia.go("vila/desk").follow("Write a pilot")
        assert bia.field("lead").locator("option").all_inner_texts() == ["Acme Mobilidade, Lda."], "it speaks for itself alone"
        bia.fill(title="Entregas de bicicleta", text="Durante uma semana.")
        bia.press("Keep it as a draft")
        desk = bia.page.url.partition(f"/{lang}/")[2]
        book(bia, towns, first=2 if lang == "pt" else 12)
        bia.go(desk).follow("Write the protocol")
        bia.fill(metric="bikes", direction="up", method="did", matters="5", stop_rule="Uma queixa.", excluded=STRIKE)
        bia.tick("zones", "north")
        bia.tick("comparison_zones", "south")
        first, last = (str(towns.today + timedelta(days=n)) for n in (30, 36))
        bia.fill(hypothesis="Mais bicicletas.", window_first=first, window_last=last)
        bia.press("Keep")
        bia.press("Compute the least effect that could be seen")
        assert bia.says("It is frozen by a data engineer or an administrator of the city.")
        assert not bia.main.get_by_role("link", name=bia.say("Freeze it …")).count()
        bia.go(f"{desk}/freeze", 403)
        assert bia.send(f"{desk}/freeze", seen="0" * 64) == 403
        assert anybody.get(desk.replace("desk/", "")).status == 404, "it is still a draft"

        bia.go(f"vila/desk/pilots/{UNPUBLISHED}")
        assert bia.says("not published"), "it takes part, and reads what is computed"
        assert not bia.main.get_by_role("button", name=bia.say("Publish it, whatever it says")).count()
        assert bia.send(f"vila/desk/evaluations/{UNPUBLISHED}/step", to="published") == 403
        assert anybody.told(f"vila/pilots/{UNPUBLISHED}")["evaluation"] is None
        for others in (f"vila/desk/pilots/{DRAFT}", "vila/desk/challenges/2"):
            bia.go(others, 404)
        assert "Passadeira nova" not in bia.go("vila/desk").said()
        assert refusals(browser, loop, lang, signed).count("Bia Reis") >= 2


def book(bia: Acting, towns: Network, first: int) -> None:
    """Book what the city offers; nobody has it twice, which is said beside the field, and what was written is still there."""
    days = {"first": str(towns.today + timedelta(days=first)), "last": str(towns.today + timedelta(days=first + 2))}
    for status in (200, 400):
        bia.unfold("Book one")
        bia.field("testbed").select_option(label="Praça do Município")
        bia.fill(**days)
        bia.press("Book it", status)
    assert bia.main.locator("#booking_testbed_error").is_visible()
    assert bia.field("first").input_value() == days["first"]
