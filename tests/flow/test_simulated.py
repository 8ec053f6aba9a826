"""A synthetic city's own words on how it is simulated."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from pulso.errors import CityFileError
from pulso.flow.home import Home
from pulso.flow.simulated import simulate

CITY = """
[city]
slug = "tiny"
name = "Tiny"
synthetic = {synthetic}
timezone = "Europe/Lisbon"
country = "PT"

[simulation]
seed = 3
from = 2024-02-01
to = 2024-02-29
scale = 0.4

[[simulation.pilots]]
name = "Square"
zone = "{zone}"
from = 2024-02-05
to = 2024-02-11
draw = 2.0

[zones]
file = "zones.geojson"
id = "id"
name = "name"

[sources]
"""


def told(folder: Path, *, synthetic: bool = True, zone: str = "campanha") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "city.toml").write_text(CITY.format(synthetic=str(synthetic).lower(), zone=zone))
    return folder


def run(tmp_path: Path, city: Path, last: date | None = None) -> Path:
    return simulate(str(city), Home(tmp_path / "home"), None, last, seed=None, scale=None)


def test_what_the_command_does_not_say_the_city_file_does(tmp_path):
    folder = run(tmp_path, told(tmp_path / "tiny"))
    effects = (folder / "truth" / "effects.csv").read_text()
    assert "2024-02-05,campanha,bus_validations,pilot,Square," in effects
    assert "2024-02-12,campanha,bus_validations,pilot" not in effects
    assert len((folder / "truth" / "sensors" / "bus.csv").read_text().splitlines()) == 8  # one a zone, and the head


def test_a_life_that_ends_before_its_pilot_knows_nothing_of_it(tmp_path):
    folder = run(tmp_path, told(tmp_path / "tiny"), date(2024, 2, 4))
    assert "pilot" not in (folder / "truth" / "effects.csv").read_text()


def test_a_pilot_in_a_zone_that_is_not_there_is_a_mistake_with_its_place(tmp_path):
    with pytest.raises(CityFileError, match=r"simulation\.pilots\.0\.zone.*'nowhere'") as wrong:
        run(tmp_path, told(tmp_path / "tiny", zone="nowhere"))
    assert "campanha" in str(wrong.value)


def test_a_city_that_is_not_synthetic_is_never_simulated(tmp_path):
    with pytest.raises(CityFileError, match="synthetic"):
        run(tmp_path, told(tmp_path / "tiny", synthetic=False))
    assert not (tmp_path / "home").exists()
