"""An access point is counted by one source: two tables of the same sessions tell together what neither tells."""

from __future__ import annotations

import pytest

from pulso.errors import CityFileError
from pulso.flow.collect import collect
from pulso.flow.presence import publication
from pulso.sources import open_source
from tests.flow.test_presence import DAY, Vila, a_monday
from tests.sources.radius_rooms import AP
from tests.sources.test_radius import SECTION, a_town

SECOND = """
[sources.halls]
connector = "radius"
personal = true
keep_raw = "14d"
expected = "1h"
url = "https://radius.town.example/{day:%Y%m%d}"
points = "halls.csv"
sensors = "halls-places.csv"
"""


@pytest.mark.parametrize("spelled", ["AA-BB-CC-00-00-01", "aa:bb:cc:00:00:01", "aabb.cc00.0001"])
def test_an_access_point_of_two_sources_is_a_letter_before_anything_is_asked(tmp_path, spelled):
    (tmp_path / "halls.csv").write_text(f"point,place\nap-hall,hall\n{spelled},hall\n")
    (tmp_path / "halls-places.csv").write_text("sensor,name,lon,lat,zone\nhall,Hall,,,west\n")
    city = a_town(tmp_path, SECTION + SECOND)
    for name, line in (("wifi", 2), ("halls", 3)):
        with pytest.raises(CityFileError, match=f"line {line}, point") as why:
            open_source(city.sources[name], city)
        assert f"sources.{'halls' if name == 'wifi' else 'wifi'}.points" in str(why.value)
        assert len(why.value.mistakes) == 1


def test_nor_may_their_feed_of_health_call_two_the_same(tmp_path):
    (tmp_path / "halls.csv").write_text("point,place,id\nap-hall,hall,seven\n")
    (tmp_path / "halls-places.csv").write_text("sensor,name,lon,lat,zone\nhall,Hall,,,west\n")
    ours, feed = "point,place,id\nAA-BB-CC-00-00-01,praca,seven\n", 'health = "bikes"\n'
    city = a_town(tmp_path, f"{SECTION}{feed}\n{SECOND}{feed}", ours)
    with pytest.raises(CityFileError, match=r"sources\.wifi\.points"):
        open_source(city.sources["halls"], city)
    city = a_town(tmp_path, f"{SECTION}\n{SECOND}{feed}", ours)  # two feeds may call two things the same
    assert open_source(city.sources["halls"], city)


def test_of_two_sources_that_share_an_access_point_nothing_is_published_and_nothing_corrected(tmp_path):
    vila = Vila(tmp_path)
    vila.says(DAY, a_monday())
    collect(vila.open())
    home = tmp_path / "var" / "vila" / "presence"
    before = sorted(p.name for p in home.rglob("*.csv"))
    vila.describe(SECOND.replace("town", "vila"))
    (tmp_path / "halls.csv").write_text(f"point,place\n{AP.format(1)},hall\n{AP.format(2)},hall\n{AP.format(3)},hall\n")
    (tmp_path / "halls-places.csv").write_text("sensor,name,lon,lat,zone\nhall,Hall,,,west\n")
    for refused in (
        lambda: collect(vila.open()),
        lambda: collect(vila.open(), only=["halls"]),
        lambda: publication.publish(vila.open(), "halls"),
        lambda: publication.correct(vila.open(), "wifi", [DAY]),
    ):
        with pytest.raises(CityFileError, match="two counts of the same sessions"):
            refused()
    assert sorted(p.name for p in home.rglob("*.csv")) == before == [f"{DAY}.csv"]
    (tmp_path / "halls.csv").write_text("point,place\nap-hall,hall\n")
    collect(vila.open())
