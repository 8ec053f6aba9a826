"""What everybody may know: nothing that is hidden, nothing that names it, in no form, object by object."""

from __future__ import annotations

import io
import json
import re
import unicodedata
import zipfile
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely import box

from pulso.fibre import ofds
from pulso.fibre.files.geopackage import write_geopackage
from pulso.fibre.files.tables import read
from pulso.fibre.lengths import lengths
from pulso.fibre.public import public, veiled
from pulso.fibre.shapes import Cable, Criticality, Disclosure, Duct, Organisation, Phase, Plan, Site, Splitter, Works
from tests.fibre.plans import PORTO, ring, some_plan

OPEN = Disclosure.PUBLIC
THERE = (-8.611111, 41.151111)
EAST = (PORTO[0] + 0.01, PORTO[1])
BETWEEN = [
    " ",
    "  ",
    "\N{NO-BREAK SPACE}",
    "\N{THIN SPACE}",
    "\t",
    "-",
    "\N{HYPHEN}",
    "\N{NON-BREAKING HYPHEN}",
    "\N{EN DASH}",
    "_",
    ".",
    ", ",
    "/",
]
UNSEEN = [
    "\N{SOFT HYPHEN}",
    "\N{ZERO WIDTH SPACE}",
    "\N{ZERO WIDTH JOINER}",
    "\N{WORD JOINER}",
    "\N{LEFT-TO-RIGHT MARK}",
    "\N{ZERO WIDTH NO-BREAK SPACE}",
]


def site(key: str, at: Any = PORTO, disclosure: Disclosure = OPEN, **more: Any) -> Site:
    return Site.model_validate({"id": key, "at": at, "disclosure": disclosure, **more})


def duct(key: str, start: str, end: str, route: Any = (), **more: Any) -> Duct:
    return Duct.model_validate({"id": key, "start": start, "end": end, "route": route, "disclosure": OPEN, **more})


def cable(key: str, start: str, end: str, *ducts: str, **more: Any) -> Cable:
    return Cable.model_validate({"id": key, "start": start, "end": end, "ducts": ducts, "fibres": 12, "disclosure": OPEN, **more})


def plan(*things: Any, **more: Any) -> Plan:
    kinds = {"sites": Site, "ducts": Duct, "cables": Cable, "works": Works, "organisations": Organisation, "phases": Phase}
    kinds |= {"splitters": Splitter}
    return Plan.model_validate(
        {"id": "p", "name": "", **{k: tuple(t for t in things if isinstance(t, kind)) for k, kind in kinds.items()}, **more}
    )


def told(network: Plan) -> Plan:
    """A network in which everything has a name of its own, and public things gossip about others: in names, notes, and bends of routes."""
    rnd = Random(network.model_dump_json())
    tables = {kind: getattr(network, kind) for kind in ("sites", "ducts", "cables", "works")}
    everything = [row for rows in tables.values() for row in rows]
    made: dict[str, Any] = {}
    for kind, rows in tables.items():
        made[kind] = tuple(gossiping(row, kind, rnd, everything) for row in rows)
    return network.model_copy(update={**made, "more": {"contact": called(rnd.choice(everything))}})


def gossiping(row: Any, kind: str, rnd: Random, everything: list[Any]) -> Any:
    if row.disclosure is not OPEN:
        return row.model_copy(update={"name": called(row)})
    other = rnd.choice(everything)
    gossip = rnd.choice(
        [f"to {spelt(called(other), rnd)}", f"Rua do Almada, {spelt(other.id, rnd)}", called(other).upper(), "perto da ponte"]
    )
    fresh: dict[str, Any] = {"name": rnd.choice([called(row), gossip])}
    at = getattr(other, "at", None) or THERE
    if kind != "works":
        notes = [{"note": gossip}, {"near": list(at)}, {"lat": at[1], "lon": at[0]}, {"wkt": f"POINT ({at[0]} {at[1]})"}, {other.id: 1}]
        fresh["more"] = {**rnd.choice(notes), "deep": [rnd.choice(notes)], "height": 3.5, "from": other.id}
    if kind == "ducts" and row.route:
        fresh["route"] = (row.route[0], at, *row.route[1:])
    return row.model_copy(update=fresh)


def called(row: Any) -> str:
    """A name that only this thing has, and that tells its id only to who knows."""
    return f"Núcleo {type(row).__name__} nº {row.id[1:]} ({'abcdefghijklmnop'[int(row.id[1:])]}x)"


def spelt(text: str, rnd: Random) -> str:
    """A text as somebody else may write it: with other blanks and hyphens, "n.º" for "nº", and marks that can't be seen."""
    parted = re.sub(" ", lambda _: rnd.choice(BETWEEN), text.replace("nº", rnd.choice(["nº", "N.º", "n.o", "N°", "№"])))
    return "".join(c + rnd.choice(UNSEEN) if rnd.random() < 0.1 else c for c in parted)


def as_read(text: str) -> str:
    """A text as an eye takes it: nothing that can't be seen, one blank for whatever parts words, "no" for every "nº"."""
    seen = "".join(c for c in unicodedata.normalize("NFKD", text) if unicodedata.category(c) not in ("Cf", "Mn"))
    return re.sub(r"[\s_.,/\u2010-\u2015-]+", " ", seen.lower().replace("n.o", "no").replace("n°", "no"))


def secrets(network: Plan) -> tuple[set[str], set[tuple[float, float]]]:
    """Ids, names and places of hidden things, as far as no public thing has the same."""
    rows = [r for kind in ("sites", "ducts", "cables", "works") for r in getattr(network, kind)]
    hidden = [r for r in rows if r.disclosure is not OPEN]
    shown = [r for r in rows if r.disclosure is OPEN]
    words = {w for r in hidden for w in (r.id, called(r), called(r).upper())}
    places = {s.at for s in network.sites if s.disclosure is not OPEN and s.at} - {s.at for s in network.sites if s.disclosure is OPEN}
    drawn = {p for d in network.ducts if d.disclosure is not OPEN for p in d.route}
    return words, places | (
        drawn - {p for d in shown if isinstance(d, Duct) for p in d.route} - {s.at for s in shown if isinstance(s, Site)}
    )


def forms(network: Plan, folder: Path) -> dict[str, str]:
    """Everything that a network can be given away as."""
    write_geopackage(network, folder / "n.gpkg")
    found = {"record": network.model_dump_json(), "GeoPackage": read(folder / "n.gpkg").plan.model_dump_json()}
    found["GeoPackage, bytes"] = (folder / "n.gpkg").read_bytes().decode("utf-8", "ignore")
    for form in ofds.FORMS:
        for version in ofds.VERSIONS:
            body = ofds.zipped(ofds.files([network], form, version).files)
            with zipfile.ZipFile(io.BytesIO(body)) as packed:
                found[f"{form} {version}"] = "\n".join(packed.read(n).decode() for n in packed.namelist())
    return found


def words_of(text: str) -> set[str]:
    """Whatever could be an id in a text."""
    for mark in "\"\\,;:()[]{}'\x00\n\t /":
        text = text.replace(mark, " ")
    return set(text.split())


def lies_in(place: tuple[float, float], text: str) -> bool:
    """Whether a place is said in a text: its two numbers one after the other, whichever comes first, with marks or a key between."""
    lon, lat = (re.escape(str(n)) for n in place)
    between = r'[\s,]+(?:"\w+":\s*)?'
    return re.search(rf"(?<![\d.])({lon}{between}{lat}|{lat}{between}{lon})(?!\d)", text) is not None


def named_apart(rnd: Random) -> Plan:
    """A random network, most of it public, whose things all have names of their own, and gossip."""
    network = some_plan(rnd)
    opened = {
        kind: tuple(r.model_copy(update={"disclosure": OPEN}) if rnd.random() < 0.6 else r for r in getattr(network, kind))
        for kind in ("sites", "ducts", "cables", "works")
    }
    return told(network.model_copy(update=opened))


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.randoms(use_true_random=False))
def test_no_id_name_or_place_of_a_hidden_thing_is_in_the_record(rnd: Random) -> None:
    network = named_apart(rnd)
    words, places = secrets(network)
    text = public(network).model_dump_json()
    assert not words_of(text) & words
    assert not [w for w in words if " " in w and w in text]
    assert not [p for p in places if lies_in(p, text)]
    seen = as_read(text)
    assert not words_of(seen) & words
    assert not [w for w in words if " " in w and as_read(w) in seen]


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.randoms(use_true_random=False))
def test_nor_in_any_form_that_it_is_written_in(tmp_path: Path, rnd: Random) -> None:
    network = named_apart(rnd)
    words, places = secrets(network)
    names = {w for w in words if " " in w}
    for form, text in forms(public(network), tmp_path).items():
        assert not words_of(text) & words, form
        assert not [n for n in names if n in text], form
        assert not [p for p in places if lies_in(p, text)], form


@settings(max_examples=20, deadline=None)
@given(st.randoms(use_true_random=False))
def test_what_is_left_is_public_holds_together_and_says_nothing_new(rnd: Random) -> None:
    network = named_apart(rnd)
    shown = public(network)
    for kind in ("sites", "ducts", "cables", "works"):
        was = {r.id: r for r in getattr(network, kind)}
        for row in getattr(shown, kind):
            assert was[row.id].disclosure is OPEN
    sites, ducts = {s.id for s in shown.sites}, {d.id for d in shown.ducts}
    assert all({t.start, t.end} <= sites for t in (*shown.ducts, *shown.cables))
    assert all(set(c.ducts) <= ducts for c in shown.cables)
    assert all(set(w.ducts) <= ducts and set(w.sites) <= sites for w in shown.works)
    assert (shown.strands, shown.splices, shown.ports, shown.splitters) == ((), (), (), ())
    assert not any(s.service or s.sensors or s.criticality is not Criticality.NORMAL for s in shown.sites)
    assert {s.id for s in shown.sites} == {s.id for s in network.sites if s.disclosure is OPEN}
    assert public(shown) == shown


@pytest.mark.parametrize("level", [Disclosure.INTERNAL, Disclosure.RESTRICTED])
def test_a_duct_to_a_hidden_school_is_left_out_whole_with_its_cable(level: Disclosure) -> None:
    school = site("school", EAST, level, name="Escola Básica 12")
    ducts = (duct("ab", "a", "b"), duct("to", "b", "school", (PORTO, EAST)))
    network = plan(site("a"), site("b"), school, *ducts, cable("c1", "a", "b", "ab"), cable("c2", "a", "school", "ab", "to"))
    shown = public(network)
    assert [s.id for s in shown.sites] == ["a", "b"]
    assert [d.id for d in shown.ducts] == ["ab"]
    assert [c.id for c in shown.cables] == ["c1"]


@pytest.mark.parametrize("length", [None, 5_000.0])
def test_a_cable_with_a_hidden_duct_names_none_and_is_not_measured_by_the_others(length: float | None) -> None:
    hidden = duct("dark", "b", "c", (EAST, THERE)).model_copy(update={"disclosure": Disclosure.INTERNAL})
    sites = site("a"), site("b"), site("c"), site("e")
    cables = cable("k", "a", "c", "ab", "dark", length=length), cable("whole", "a", "b", "ab"), cable("loose", "a", "b")
    network = plan(*sites, duct("ab", "a", "b", (PORTO, EAST)), hidden, *cables)
    shown = public(network)
    assert [c.ducts for c in shown.cables] == [(), ("ab",), ()]
    assert veiled(network, shown) == {"k"}
    assert veiled(network, network) == frozenset()
    sheath = lengths(shown)[0].sheath
    assert (sheath.known, sheath.of) == (1 if length is None else 2, 3)
    assert sheath.metres == pytest.approx(lengths(shown)[0].route.metres + (length or 0.0))
    (nowhere,) = (r for r in lengths(shown, "zone", {"all": box(-9, 41, -8, 42)}) if r.group is None)
    assert nowhere.sheath == (length or 0.0, 0 if length is None else 1, 2)


def test_a_cable_in_a_duct_that_is_not_there_is_not_measured_by_the_others_either() -> None:
    network = plan(site("a"), site("b"), duct("ab", "a", "b", (PORTO, EAST)), cable("k", "a", "b", "ab", "nothing"))
    shown = public(network)
    assert shown.cables[0].ducts == ()
    assert veiled(network, shown) == frozenset(), "nothing is hidden of it: the record is wrong"
    assert lengths(shown)[0].sheath == lengths(network)[0].sheath == (0.0, 0, 1)


def test_a_route_does_not_bend_where_a_hidden_site_lies() -> None:
    box = site("box", THERE, Disclosure.RESTRICTED)
    network = plan(site("a", PORTO), site("b", EAST), box, duct("d", "a", "b", (PORTO, THERE, EAST)))
    assert public(network).ducts[0].route == (PORTO, EAST)
    for east, north in ((1e-7, -1e-7), (-1.5e-6, 0), (0, 1e-6), (9e-6, 9e-6), (-9e-6, 0)):  # degrees: the last two nearly a metre
        near = THERE[0] + east, THERE[1] + north
        assert public(network.model_copy(update={"ducts": (duct("d", "a", "b", (PORTO, near, EAST)),)})).ducts[0].route == (PORTO, EAST)
        noted = site("a", PORTO, more={"at": list(near), "height": 3.5})
        assert public(plan(noted, box)).sites[0].more == {"height": 3.5}
    vast = site("a", PORTO, more={"serial": 10**400, "at": [10**400, *THERE]})
    assert public(plan(vast, box)).sites[0].more == {"serial": 10**400}
    coarse = (-8.62, 41.17)  # too coarse for one number to tell of it: only both together do
    through = duct("d", "a", "b", (PORTO, coarse, EAST), more={"at": list(coarse)})
    assert public(plan(site("a", PORTO), site("b", EAST), site("box", coarse, Disclosure.RESTRICTED), through)).ducts[0].more == {}
    yonder = THERE[0] + 3e-5, THERE[1]
    assert public(network.model_copy(update={"ducts": (duct("d", "a", "b", (PORTO, yonder, EAST)),)})).ducts[0].route == (
        PORTO,
        yonder,
        EAST,
    )
    pole = THERE[0] + 5e-6, THERE[1]
    by_the_pole = plan(*network.sites, site("pole", pole), duct("d", "a", "b", (PORTO, THERE, pole, EAST)))
    assert public(by_the_pole).ducts[0].route == (PORTO, pole, EAST)
    beside = plan(*network.sites, site("pole", THERE), *network.ducts)
    assert public(beside).ducts[0].route == (PORTO, THERE, EAST)


@pytest.mark.parametrize(
    "name", ["Hospital de São João", "ligação ao HOSPITAL DE SAO JOAO (norte)", "cabo→Hospital de São João", "h-joao", "D_H-JOAO_2"]
)
def test_a_name_that_names_a_hidden_site_is_emptied_whatever_its_case_and_accents(name: str) -> None:
    hospital = site("h-joao", EAST, Disclosure.RESTRICTED, name="Hospital de São João")
    network = plan(
        site("a", name=name), site("b", name="São João"), hospital, Organisation(id="o", name=name), Phase(id="f", name=name), name=name
    )
    network = network.model_copy(update={"sites": (network.sites[0].model_copy(update={"owner": "o", "phase": "f"}), *network.sites[1:])})
    shown = public(network)
    assert [s.name for s in shown.sites] == ["", "São João"]
    assert (shown.organisations[0].name, shown.phases[0].name, shown.name) == ("", "", "")


@pytest.mark.parametrize(
    "name",
    [
        "bunker\N{NON-BREAKING HYPHEN}7",
        "bunker\N{HYPHEN}7",
        "bun\N{SOFT HYPHEN}ker-7",
        "bunker\N{SOFT HYPHEN}7",
        "to bunker_7_b",
        "Bunker 7",
        "bunker7",
        "\N{FULLWIDTH LATIN SMALL LETTER B}unker-7",
        "ABRIGO  Nº 3",
        "Abrigo N.º 3",
        "abrigo n.o 3",
        "Abrigo N.° 3",
        "Abrigo N° 3",
        "Abrigo, nº3 (porta)",
    ],
)
def test_another_hyphen_or_blank_does_not_make_another_name(name: str) -> None:
    bunker = site("bunker-7", EAST, Disclosure.RESTRICTED, name="Abrigo Nº 3")
    assert public(plan(site("a", name=name, more={"note": name}), bunker)).sites == (site("a"),)


@given(
    st.lists(st.sampled_from([*BETWEEN, *UNSEEN, "", "("]), min_size=3, max_size=3),
    st.lists(st.sampled_from(["", *UNSEEN]), min_size=15, max_size=15),
)
def test_whatever_stands_between_its_words_a_name_is_found(between: list[str], unseen: list[str]) -> None:
    vault = site("v", EAST, Disclosure.RESTRICTED, name="Cofre-forte da Sé 2")
    said = "".join(w + gap for w, gap in zip(("cofre", "forte", "da", "se"), [*between, " "], strict=True)) + "2"
    said = "".join(c + unseen[i % len(unseen)] for i, c in enumerate(said))
    assert public(plan(site("a", name=f"junto a {said}, norte"), vault)).sites[0].name == ""


@pytest.mark.parametrize(
    "name", ["bunker-71", "xbunker-7", "bunker-7b", "bunker norte 7", "7 bunker", "a 5 m da ponte", "12-34", "c 1, 23", "n.o 3", "Abrigo"]
)
def test_what_only_looks_like_a_hidden_name_stays(name: str) -> None:
    hidden = [
        site("bunker-7", EAST, Disclosure.RESTRICTED, name="Abrigo Nº 3"),
        *(site(k, EAST, Disclosure.INTERNAL) for k in ("a5", "123-4", "c-12-3")),
    ]
    assert public(plan(site("a", name=name), *hidden)).sites[0].name == name


def test_a_thing_whose_own_id_names_a_hidden_site_is_left_out_and_one_that_only_looks_like_it_stays() -> None:
    network = plan(site("h1", EAST, Disclosure.RESTRICTED), site("pole-h1"), site("h12"), site("h1a"))
    assert [s.id for s in public(network).sites] == ["h12", "h1a"]


def test_numbers_as_ids_do_not_hide_the_things_of_other_kinds() -> None:
    network = plan(site("1"), site("2"), site("3", EAST, Disclosure.RESTRICTED), duct("3", "1", "2", more={"floor": 3, "to": "3"}))
    shown = public(network)
    assert [d.id for d in shown.ducts] == ["3"]
    assert shown.ducts[0].more == {"floor": 3}


def test_of_an_id_that_is_said_twice_both_must_be_public() -> None:
    assert public(plan(site("a"), site("a", EAST, Disclosure.INTERNAL))).sites == ()


@pytest.mark.parametrize(
    "more",
    [
        {"x": "veja H9"},
        {"H9": 1},
        {"x": {"y": ["H9"]}},
        {"at": list(THERE)},
        {"at": {"lat": THERE[1], "lon": THERE[0]}},
        {"at": f"{THERE[1]}, {THERE[0]}"},
        {"lon": THERE[0]},
        {"geometry": {"type": "LineString", "coordinates": [[0, 0], [*THERE, 90.0]]}},
        {"url": f"https://maps.example/?ll={THERE[1]},{THERE[0]}"},
        {"splitter": "SPL-7"},
    ],
)
def test_what_was_kept_beside_a_thing_is_searched_to_the_bottom(more: dict[str, Any]) -> None:
    hidden = site("H9", THERE, Disclosure.INTERNAL)
    inside = Splitter(id="SPL-7", site="H9", ways=8, loss=10.0)
    kept = {"colour": "red", "height": 3.5, "open": True, "list": [1, {"a": None}]}
    network = plan(
        site("a", more={**more, **kept}),
        hidden,
        inside,
        more={**more, **kept},
    )
    shown = public(network)
    for found in (shown.sites[0].more, shown.more):
        assert {k: found[k] for k in kept} == kept
        left = json.dumps({k: v for k, v in found.items() if k not in kept})
        assert "H9" not in left
        assert "SPL" not in left
        assert "111111" not in left


def test_organisations_and_phases_stay_that_something_public_names() -> None:
    owners = [Organisation(id=i, name=i.upper()) for i in ("city", "lessee")]
    phases = [Phase(id=i, name="") for i in ("one", "two")]
    network = plan(site("a", owner="city", phase="one"), site("b", EAST, Disclosure.INTERNAL, owner="lessee"), *owners, *phases)
    shown = public(network)
    assert [o.id for o in shown.organisations] == ["city"]
    assert [p.id for p in shown.phases] == ["one"]


def test_a_network_in_which_nothing_is_public_is_empty_and_one_that_is_loses_no_length() -> None:
    dark = public(ring())
    assert (dark.sites, dark.ducts, dark.cables) == ((), (), ())
    lit = ring()
    lit = lit.model_copy(
        update={k: tuple(r.model_copy(update={"disclosure": OPEN}) for r in getattr(lit, k)) for k in ("sites", "ducts", "cables")}
    )
    assert lengths(public(lit)) == lengths(lit)


def test_a_large_network_is_reduced_in_seconds() -> None:
    levels = list(Disclosure)
    sites = [site(f"s{i}", (PORTO[0] + i / 1e5, PORTO[1]), levels[i % 3], name=f"Caixa {i}") for i in range(1_500)]
    ducts = [
        duct(f"d{i}", f"s{3 * i}", f"s{3 * i + 3}", name=f"Rua {i}", more={"note": f"de Caixa {3 * i + 1} a norte"}) for i in range(499)
    ]
    shown = public(plan(*sites, *ducts))
    assert (len(shown.sites), len(shown.ducts)) == (500, 499)
    assert not any(d.more for d in shown.ducts)
