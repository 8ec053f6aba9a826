"""The pages of the Wi-Fi as an engineer's day has them: an ill hotspot is seen, found on the map, and followed to what it is."""

from __future__ import annotations

import pytest

from tests.browser.looks import looking


@pytest.mark.parametrize(("lang", "theme", "size"), [("en", "light", "desk"), ("pt", "dark", "phone")])
def test_an_ill_hotspot_is_the_first_in_the_list_and_leads_to_its_days(browser, town, lang, theme, size):
    with looking(browser, size, theme) as look:
        look.open(f"{town}/{lang}/vila/wifi")
        first = look.page.locator(".hotspots tbody tr").first
        assert "Praça Nova" in first.inner_text()
        assert ("Partly working" if lang == "en" else "A funcionar em parte") in first.inner_text()
        first.get_by_role("link").click()
        assert look.page.url == f"{town}/{lang}/vila/wifi/places/praca"
        look.page.locator("summary").last.click()
        assert look.page.locator("details table tbody tr").count() == 31
        look.page.get_by_role("link", name="ap-2").first.click()
        assert look.page.locator(".health").first.inner_text() == ("Failing" if lang == "en" else "Avariado")
        assert (look.complaints, look.elsewhere, look.overflow(), look.barriers()) == ([], [], 0, [])


def test_the_map_can_be_moved_and_leads_to_a_place(browser, town):
    with looking(browser, "desk") as look:
        look.open(f"{town}/en/vila/wifi")
        look.page.locator(".sheet.live").wait_for(timeout=60_000)
        assert look.page.get_by_role("region", name="Map of the places with Wi-Fi").count() == 1
        look.page.get_by_role("button", name="Zoom in").click()
        assert (look.complaints, look.elsewhere) == ([], [])


def test_a_health_has_a_sign_of_its_own_and_a_word(browser, town):
    with looking(browser, "desk") as look:
        look.open(f"{town}/en/vila/wifi")
        for sign in look.page.locator("main .sign").all():
            assert sign.get_attribute("aria-hidden") == "true"
            assert sign.locator("xpath=..").inner_text().strip(), "a sign never stands alone"


def test_who_is_not_signed_in_is_asked_to_before_they_see_more(browser, town):
    with looking(browser, "desk") as look:
        look.open(f"{town}/en/vila/wifi")
        look.page.get_by_role("link", name="For engineers (with an account)").click()
        assert "/account/" in look.page.url
        assert "ap-5" not in look.page.content()
