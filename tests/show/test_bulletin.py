from __future__ import annotations

import re
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from show_days import DIGEST, by_zone, city, events, refused, resting_on, verdict, weeks, zones
from show_pages import contrast, luminance, read_page

import pulso.show
from pulso.city import Span
from pulso.shapes import DomainVerdict, MetricVerdict, Part, Reason
from pulso.show.bulletin import bulletin, whose
from pulso.show.language import speak
from pulso.show.words import headline
from pulso.zones import Zone, Zones

TEMPLATES = Path(pulso.show.__file__).parent / "templates"
BOTH = pytest.mark.parametrize("language", ["en", "pt"])
HOSTILE = '"><script>alert(1)</script>&{{ 7*7 }}'


def page(day=None, language="en", place=None, **given):
    day = day or verdict()
    known = {"zones": zones(), "weeks": weeks(day), "by_zone": by_zone(day), "events": events()} | given
    return bulletin(place or city(), known["zones"], day, known["weeks"], known["by_zone"], known["events"], language=language)


DAYS = {
    "published": verdict(),
    "partial": verdict(status="partial", weight_seen=0.58),
    "refused": refused(),
    "busy": verdict(index=131.0, interval=(124.0, 138.0), reasons=[Reason(name="festival", kind="event", points=31.0)]),
    "synthetic": verdict(synthetic=True),
    "bare": verdict(interval=None, normal_range=None, level_index=None, table=[], metrics=[], domains=[], missing=[]),
}
EVERY = pytest.mark.parametrize("day", DAYS.values(), ids=DAYS.keys())


@BOTH
@EVERY
def test_every_page_is_well_formed_and_names_no_id_twice(day, language):
    reader = read_page(page(day, language))
    assert reader.wrong == []
    assert reader.open == []
    assert len(reader.ids) == len(set(reader.ids))


@BOTH
@EVERY
def test_no_page_asks_any_host_for_anything(day, language):
    html = page(day, language)
    reader = read_page(html)
    assert not re.search(r"https?:|//[a-z]|@import|javascript:", html)
    assert all(v is None or v.startswith(("#", "data:,")) for _, k, v in reader.attributes if k in ("href", "src", "action"))
    assert set(re.findall(r"url\(([^)]*)\)", html)) <= {"#gap-wide", "#gap-narrow", "#no-number"}
    assert "script" not in {tag for tag, _ in reader.tags}
    assert "default-src 'none'" in html


@BOTH
@EVERY
def test_a_page_has_landmarks_one_title_and_its_language(day, language):
    reader = read_page(page(day, language))
    tags = [tag for tag, _ in reader.tags]
    assert dict(reader.tags)["html"]["lang"] == language
    assert [tags.count(t) for t in ("header", "main", "footer", "h1")] == [1, 1, 1, 1]
    levels = [int(t[1]) for t in tags if re.fullmatch(r"h[1-6]", t)]
    assert all(b - a <= 1 for a, b in pairwise(levels))
    labelled = [v for _, k, v in reader.attributes if k == "aria-labelledby"]
    assert set(labelled) <= set(reader.ids)


@EVERY
def test_every_drawing_has_a_reading_or_stands_beside_its_words(day):
    reader = read_page(page(day))
    drawings = [attributes for tag, attributes in reader.tags if tag == "svg"]
    assert drawings
    assert all(a.get("aria-hidden") == "true" or (a.get("role") == "img" and a.get("aria-label")) for a in drawings)


@BOTH
def test_the_page_says_what_the_verdict_says(language):
    reader = read_page(page(verdict(), language))
    comma = "," if language == "pt" else "."
    for part in ("87", f"−9{comma}2", f"−5{comma}1", f"+1{comma}9", f"−0{comma}6", "61", "78", "104", "97", DIGEST):
        assert part in reader.text, part
    ranges = {"en": ("83 to 91", "92 to 109", "84 to 89"), "pt": ("83 a 91", "92 a 109", "84 a 89")}[language]
    assert all(span in reader.text for span in ranges)
    sentence = headline(verdict(), city(), language).removeprefix("87: ")
    assert sentence in reader.words


def test_the_bars_add_up_to_the_shown_difference():
    shown = re.findall(r'<td class="points">([^<]*)</td>', page())
    assert sum(float(p.replace("−", "-")) for p in shown) == pytest.approx(-13.0)


def test_the_longest_bar_is_the_strike_and_it_points_to_the_left():
    bars = re.findall(r'<rect class="(less|more|rest)" x="[\d.]+" width="([\d.]+)"', page())
    assert [side for side, _ in bars] == ["less", "less", "more", "rest"]
    assert float(bars[0][1]) == max(float(width) for _, width in bars)


def test_bars_of_two_days_of_like_size_stand_on_one_axis():
    calmer = verdict(index=94.0, reasons=[Reason(name="rain", kind="weather", points=-6.0)])
    widths = [re.findall(r'<rect class="less" x="[\d.]+" width="([\d.]+)"', page(v)) for v in (verdict(), calmer)]
    assert (widths[0][1], widths[1][0]) == ("51.0", "60.0")
    assert "<span>−10</span><span>0</span><span>+10</span>" in page(calmer)


def test_a_number_that_rests_on_one_domain_of_several_is_marked_on_the_sheet():
    assert "one domain only: Cycling" in page(resting_on("cycling"))
    assert "one domain only" not in page()


def test_the_page_is_all_portuguese_or_all_english():
    english, portuguese = read_page(page(language="en")).words, read_page(page(language="pt")).words
    for word in ("Where", "weeks", "What is measured", "normal range", "Public transport", "quieter", "How", "published"):
        assert word not in portuguese
    for word in ("Onde", "semanas", "O que se mede", "faixa normal", "Transportes", "mais calma", "publicado"):
        assert word not in english


@BOTH
def test_a_refused_day_shows_why_and_no_number(language):
    html = page(refused(), language)
    reader = read_page(html)
    assert {"en": "Nothing that counts came from any of the 4 sources.", "pt": "Não chegou nada que conte de nenhuma das 4 fontes."}[
        language
    ] in reader.text
    assert 'class="number"' not in html
    assert "<td" not in html.split('id="title"')[1].split('id="weeks"')[0]


def test_a_partial_day_is_marked():
    assert "partial · 58% of the weight" in read_page(page(DAYS["partial"])).words
    assert "parcial · 58 % do peso" in read_page(page(DAYS["partial"], "pt")).words


def test_a_synthetic_city_says_so_before_anything_else():
    assert read_page(page(DAYS["synthetic"])).text[0].startswith("Synthetic city")
    assert read_page(page(place=city(synthetic=True), language="pt")).text[0].startswith("Cidade sintética")
    assert not read_page(page()).text[0].startswith("Synthetic")


def test_a_backfill_says_how_it_was_judged():
    assert "judged by a model fitted on what came before it" in read_page(page(verdict(stage="backfill"))).words


def test_the_page_says_that_activity_is_not_quality_and_whose_data_it_is():
    words = read_page(page()).words
    assert "never how good it is" in words
    for owner in ("Câmara de Vila Nova · ", " · Cartografia municipal (CC BY 4.0)", "Parques da Vila (ODbL 1.0)"):
        assert owner in words
    assert words.count("Câmara de Vila Nova") == 1


def test_whoever_gives_is_named_once_beside_each_licence():
    given = [("Roads; Statistics", "CC BY 4.0"), ("Rail; Statistics", "CC BY 4.0"), ("Statistics", "CC0"), ("A shop", "")]
    assert whose(given, speak("en")) == "Roads · Statistics · Rail (CC BY 4.0); Statistics (CC0); A shop (no licence is declared)"


def test_the_vintage_is_told_on_the_city_s_own_clock():
    summer = verdict(day=verdict().day + timedelta(days=10), vintage=verdict().vintage + timedelta(days=10))
    assert "4 Apr 2026, 07:00" in read_page(page(summer)).words


def test_a_zone_without_sensors_is_hatched_and_says_why():
    html = page()
    assert html.count('fill="url(#no-number)"') == 1
    assert "Oeste: no sensor is known here for that day." in html
    assert "Este: 129" in html


def test_a_zone_without_any_verdict_is_not_drawn_as_quiet():
    html = page(by_zone={})
    assert html.count('fill="url(#no-number)"') == 4
    assert html.count(": no sensors</title>") == 4


def test_events_are_named_under_the_line_with_their_days():
    words = read_page(page()).words
    assert "A Festival da Primavera 22–24 Feb" in words
    assert "C Greve da STVN bus strike · 24 Mar" in words


def test_a_driver_that_shows_no_tenth_of_a_point_has_no_bar():
    reasons = [Reason(name="rain", kind="weather", points=-13.0), Reason(name="wind", kind="weather", points=-0.01)]
    shown = page(verdict(reasons=[*reasons, Reason(name="unexplained", kind="unexplained", points=0.01)]))
    assert re.findall(r'<th scope="row">(Rain|Wind|Unexplained)</th>', shown) == ["Rain", "Unexplained"]


def test_names_from_outside_never_become_markup():
    day = verdict(
        reasons=[Reason(name=HOSTILE, kind="event", points=-13.0)],
        table=[Part(HOSTILE, HOSTILE, -13.0)],
        domains=[DomainVerdict(domain=HOSTILE, index=87.0, weight=1.0, footprint=False)],
        metrics=[
            MetricVerdict(
                metric=HOSTILE, domain=HOSTILE, index=87.0, weight=1.0, sensors_seen=1, sensors_alive=1, flags=[f"jump: {HOSTILE}", HOSTILE]
            )
        ],
        missing=[HOSTILE],
        unmeasured=[HOSTILE],
        beyond=[HOSTILE],
        digest=HOSTILE,
    )
    named = Zones(tuple(Zone(z.id, HOSTILE, None, z.shape) for z in zones().all))
    span = Span.model_validate({"from": day.day, "to": day.day, "kind": HOSTILE, "name": HOSTILE + " 2"})
    place = city(name=HOSTILE)
    for shown in (day, refused(refusal=HOSTILE)):
        html = page(shown, place=place, zones=named, events=[span])
        assert read_page(html).wrong == []
        assert "<script" not in html
        assert "49" not in re.findall(r"&amp;([^<]{0,3})", html)
        assert html.count("&lt;script&gt;alert(1)") > 5


def test_an_unknown_language_is_refused():
    with pytest.raises(ValueError, match="known are"):
        page(language="fr")


def test_the_same_verdict_makes_the_same_page_byte_for_byte():
    assert page() == page()


def test_a_page_of_two_days_of_history_is_still_a_page():
    reader = read_page(page(weeks=[]))
    assert reader.wrong == []
    assert "One week" in reader.words


def tokens():
    """The colours by mode: light, dark, print."""
    css = (TEMPLATES.parent / "static" / "pulso" / "day.css").read_text()
    roots = re.findall(r":root \{(.*?)\}", css, re.S)
    assert len(roots) == 3
    light, dark, paper = (dict(re.findall(r"--([a-z0-9]+): (#[0-9a-f]{6})", root)) for root in roots)
    return {"light": light, "dark": dark, "print": paper}


MODES = pytest.mark.parametrize("mode", ["light", "dark", "print"])


@MODES
def test_words_stand_out_from_what_is_behind_them(mode):
    colour = tokens()[mode]
    pairs = [("ink", "paper"), ("soft", "paper"), ("accent", "paper"), ("quiet", "paper"), ("busy", "paper"), ("ink", "band")]
    pairs += [(f"on{i}", f"shade{i}") for i in range(7)]
    weak = {pair: round(contrast(colour[pair[0]], colour[pair[1]]), 2) for pair in pairs}
    assert {pair: ratio for pair, ratio in weak.items() if ratio < 4.5} == {}


@MODES
def test_lines_that_carry_meaning_stand_out_too(mode):
    colour = tokens()[mode]
    assert contrast(colour["edge"], colour["paper"]) >= 3
    assert contrast(colour["ink"], colour["band"]) >= 3


BLINDNESS = {
    "protan": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deutan": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritan": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}
"""How three kinds of colour blindness see linear light, complete deficiency (Machado, Oliveira & Fernandes 2009)."""


def lab(colour, eye):
    linear = [((c + 0.055) / 1.055) ** 2.4 if c > 0.04045 else c / 12.92 for c in (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))]
    red, green, blue = (min(max(sum(m * c for m, c in zip(row, linear, strict=True)), 0), 1) for row in eye)
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089
    fx, fy, fz = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


@MODES
@pytest.mark.parametrize("eye", BLINDNESS.values(), ids=BLINDNESS.keys())
def test_quieter_and_busier_are_told_apart_by_every_eye(mode, eye):
    colour = tokens()[mode]
    for i in range(3):
        one, other = lab(colour[f"shade{i}"], eye), lab(colour[f"shade{6 - i}"], eye)
        assert sum((a - b) ** 2 for a, b in zip(one, other, strict=True)) ** 0.5 > 20, (i, 6 - i)


@MODES
def test_the_scale_grows_away_from_its_middle(mode):
    light = [luminance(tokens()[mode][f"shade{i}"]) for i in range(7)]
    sign = 1 if mode == "dark" else -1
    assert all(sign * (light[i] - light[i + 1]) > 0 for i in range(3))
    assert all(sign * (light[i + 1] - light[i]) > 0 for i in range(3, 6))
