"""From the synthetic city's people to what everybody may know: the published place-hours are what was true, and nobody's."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from pulso.city import cities_folder
from pulso.flow.collect import collect
from pulso.flow.home import Home, River
from pulso.flow.presence.store import Store
from pulso.simulate.wifi import Truth, Wifi, hours, off, sessions, together, truth, wifi
from pulso.simulate.wifi_feeds import HOST, macs, user_names, write

DAY = date(2025, 9, 17)  # the power is cut in Campanhã
CROWD = 0.2
TOML = f"""
[city]
slug = "sintetica"
name = "Cidade sintética"
timezone = "Europe/Lisbon"
country = "PT"
synthetic = true
[zones]
file = "zones.geojson"
id = "id"
name = "name"
[sources.wifi]
connector = "radius"
personal = true
keep_raw = "14d"
from = {DAY - timedelta(1)}
url = "https://{HOST}/wifi/contas/{{day:%Y-%m-%d}}.csv.gz"
points = "pontos.csv"
sensors = "locais.csv"
seen = 0.5
[domains.street]
[metrics.wifi_presence]
source = "wifi"
domain = "street"
"""


@dataclass(frozen=True)
class Published:
    """What was published of a day, and what was true."""

    home: Path
    city: Wifi
    figures: dict[tuple[str, int], tuple[float | None, float | None]]  # by place and hour: what is shown, and the share that is seen
    truth: Truth


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Published:
    root = tmp_path_factory.mktemp("sintetica")
    porto = wifi(1)
    write(root / "mirror", porto, DAY - timedelta(1), DAY + timedelta(1), crowd=CROWD)
    for name in ("pontos.csv", "locais.csv"):
        shutil.copy(root / "mirror" / HOST / "wifi" / name, root / name)
    shutil.copy(cities_folder() / "demo" / "zones.geojson", root / "zones.geojson")
    (root / "city.toml").write_text(TOML, encoding="utf-8")
    now = datetime.combine(DAY + timedelta(3), datetime.min.time(), UTC) + timedelta(hours=6)
    river = River.open(root, Home(root / "var", root / "mirror", lambda: now))
    collect(river)
    edges = hours(DAY)[0]
    store = Store(root / "var" / "sintetica" / "presence" / "wifi")
    assert DAY in store.days()
    figures = {
        (f.id, int(np.searchsorted(edges, f.start.timestamp()))): (f.value, f.seen) for f in store.figures(DAY) if f.table == "place"
    }
    both = together(*(sessions(porto, d, crowd=CROWD) for d in (DAY - timedelta(1), DAY)))
    return Published(root / "var", porto, figures, truth(porto, both, edges))


def test_every_number_that_is_shown_is_true_but_for_its_rounding(published):
    shown = 0
    for (place, h), (value, _) in published.figures.items():
        if value is not None:
            p = [s.id for s in published.city.spots].index(place)
            people, came = int(published.truth.people[p, h]), int(published.truth.sessions[p, h])
            assert value % 5 == 0
            assert people - 2.5 <= value <= came + 2.5 + 2, (place, h)
            shown += 1
    assert shown > 100


def test_no_number_below_ten_is_shown(published):
    of = {s.id: i for i, s in enumerate(published.city.spots)}
    few = [v for (place, h), (v, _) in published.figures.items() if published.truth.sessions[of[place], h] < 8]
    assert len(few) > 1_000
    assert all(v is None for v in few)


def test_a_place_whose_access_points_are_off_is_missing_and_not_empty(published):
    shut = off(published.city, DAY)
    for i, spot in enumerate(published.city.spots):
        if shut[published.city.place == i].all():
            assert all(published.figures[spot.id, h] == (None, None) for h in range(1, 23)), f"{spot.id}: as one that is withheld"
    assert shut.sum() > 40


def test_nothing_of_anybody_is_left_anywhere(published):
    some = sessions(published.city, DAY, crowd=CROWD).device[::100]
    planted = [w.lower().encode() for w in (*macs(some).to_pylist(), *user_names(some).to_pylist())]
    files = [p for p in published.home.rglob("*") if p.is_file()]
    assert len(files) > 5
    for path in files:
        body = path.read_bytes().lower()
        assert not [w for w in planted if w in body], path.name
