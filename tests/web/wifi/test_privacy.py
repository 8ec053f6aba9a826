"""The Wi-Fi's page of privacy says what the city's own file says, and no other city's."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.flow.vila import Vila, vila

pytestmark = pytest.mark.django_db

DOCS = Path(__file__).parents[3] / "docs"
RADIUS = """
[sources.wifi]
connector = "radius"
personal = true
keep_raw = "12d"
url = "https://radius.vila.example/{day:%Y%m%d}"
points = "points.csv"
sensors = "hotspots.csv"
licence = "CC0-1.0"
k = 15
noise = { epsilon = "0.25", budget = "60" }
[metrics.wifi_presence]
source = "wifi"
domain = "street"
"""


@pytest.fixture
def counting(tmp_path: Path) -> Vila:
    """A town like the other, which counts on its Wi-Fi."""
    made = vila(tmp_path)
    (made.folder / "points.csv").write_text("point,place\nap-1,praca\nap-2,praca\n")
    (made.folder / "hotspots.csv").write_text("sensor,name,lon,lat,zone\npraca,Praça,,,north\n")
    file = made.folder / "city.toml"
    file.write_text(file.read_text() + RADIUS)
    return made


def shows(settings, town: Vila) -> None:
    settings.HOME, settings.CITIES, settings.CLOCK = town.home, [str(town.folder)], town.clock


def read(site, lang: str) -> tuple[str, dict]:
    """The page's text, and the same for programs."""
    html = site.get(f"/{lang}/vila/wifi/privacy").content.decode().replace("&#39;", "'").replace("\u00a0", " ")
    said = site.get(f"/{lang}/vila/wifi/privacy.json").json()
    assert [r["about"] in html for r in said["rules"]] == [True] * 5
    return html, said


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", ("fewer than 15 sessions", "nearest 5", "ε = 0.25 a day", "60 may be spent", "kept for 12 days after", "ask it for its")),
        ("pt", ("menos de 15 sessões", "de 5 em 5", "ε = 0,25 por dia", "gastar-se 60", "guardam-se 12 dias depois", "peça-lhe")),
    ],
)
def test_a_city_that_counts_says_how_many_make_a_number_and_for_how_long_sessions_are_kept(client, settings, counting, lang, words):
    shows(settings, counting)
    html, said = read(client, lang)
    assert [word for word in words if word not in html] == []
    (counts,) = said["counts"]
    assert counts.pop("name")
    rules = {"days": 12, "least": 15, "step": 5, "at_once": False, "epsilon": 0.25, "budget": 60.0}
    assert counts == {"source": "wifi", "first": None, "last": None} | rules
    assert "conta ninguém" not in html
    assert "counts nobody" not in html


def test_what_the_city_file_says_otherwise_the_page_says_otherwise(client, settings, counting):
    file = counting.folder / "city.toml"
    other = file.read_text().replace('noise = { epsilon = "0.25", budget = "60" }', 'measure = "at_once"').replace('"12d"', '"9d"')
    file.write_text(other.replace("k = 15", "base = 10"))
    shows(settings, counting)
    html, _ = read(client, "en")
    assert "sessions there were at once, on average" in html
    assert "fewer than 10 sessions" in html
    assert "nearest 10" in html
    assert "No noise is added" in html
    assert "kept for 9 days" in html


@pytest.mark.parametrize(("lang", "word"), [("en", "This city counts nobody"), ("pt", "Esta cidade não conta ninguém")])
def test_a_city_that_counts_nobody_says_so(site, lang, word):
    html, said = read(site, lang)
    assert word in html
    assert (said["counts"], said["elsewhere"]) == ([], [])
    assert "{" not in "".join(s for r in said["rules"] for s in r["says"])
    assert "sessions may be fewer" not in html


def test_numbers_that_were_counted_elsewhere_are_named(client, settings, tmp_path):
    town = vila(tmp_path)
    file = town.folder / "city.toml"
    told = file.read_text().replace('metric = "bikes"', 'metric = "wifi_presence"')
    file.write_text(told.replace("[metrics.bikes]", "[metrics.wifi_presence]").replace('like = "daily_total"', "", 1))
    shows(settings, town)
    html, said = read(client, "en")
    assert said["elsewhere"] == ["bikes"]
    assert "come here from: Bikes." in html


@pytest.mark.parametrize("lang", ["en", "pt"])
def test_the_template_of_an_assessment_is_a_link_that_leads_to_it(site, lang):
    html, said = read(site, lang)
    address = f"/{lang}/vila/{said['template']}"
    assert f'<a href="{address}"' in html
    answer = site.get(address)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/plain; charset=utf-8")
    assert answer.content.decode() == (DOCS / "privacy-assessment.md").read_text(encoding="utf-8")
    assert site.get("/en/moon/wifi/privacy-assessment.md").status_code == 404


LAW = """
[privacy]
legal_basis_en = "Article 6(1)(e), with Law 1/2020"
legal_basis_pt = "Artigo 6.º, n.º 1, alínea e), com a Lei 1/2020"
recipients_en = "the department of networks"
recipients_pt = "a direção de redes"
officer = "Ana Silva, epd@vila.example"
"""


@pytest.mark.parametrize(
    ("lang", "words", "lacks"),
    [
        ("en", ("Legal basis: Article 6(1)(e)", "the department of networks", "Ana Silva", "authority"), "the city has not said here"),
        ("pt", ("Fundamento jurídico: Artigo 6.º", "a direção de redes", "Ana Silva", "CNPD"), "a cidade não o disse aqui"),
    ],
)
def test_the_law_is_told_in_the_city_s_words_and_what_it_has_not_said_is_said_to_lack(client, settings, counting, lang, words, lacks):
    shows(settings, counting)
    html, _ = read(client, lang)
    assert html.count(lacks) == 3
    assert "nobody can find" not in html
    file = counting.folder / "city.toml"
    file.write_text(file.read_text() + LAW)
    html, _ = read(client, lang)
    assert [word for word in words if word not in html] == []
    assert lacks not in html
