"""`pulso check`, `collect` and `sources` tell a person what is wrong with a city file that no single key can show."""

from __future__ import annotations

from pathlib import Path

import pytest

from pulso.errors import CityFileError
from pulso.flow import status
from tests.flow.vila import Vila, vila


def changed(town: Vila, file: str, old: str, new: str) -> Vila:
    path = town.folder / file
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    return town


def findings(town: Vila) -> dict[str, str]:
    return {f.what: f.finding for f in status.check(town.river()) if not f.fine}


def test_a_sensor_in_a_zone_that_there_is_not_is_found_before_anything_is_collected(tmp_path: Path) -> None:
    town = changed(vila(tmp_path), "sensors.csv", "sensor,lon,lat\n", "sensor,lon,lat,zone\nx,,,nowhere\n")
    with pytest.raises(CityFileError, match=r"sensors.csv, sensor x, zone: found 'nowhere'; one of the zones north, south"):
        status.check(town.river())


def test_a_metric_whose_source_has_no_such_variable_is_found(tmp_path: Path) -> None:
    town = changed(vila(tmp_path), "city.toml", 'metric = "bikes"', 'metric = "velos"')
    assert findings(town)["metrics.bikes"] == "source bikes has no variable 'bikes'; it has velos. Say which: variable = \"…\""
    changed(town, "city.toml", "[metrics.bikes]\n", '[metrics.bikes]\nvariable = "velos"\n')
    assert "metrics.bikes" not in findings(town)


def test_a_metric_that_only_the_rows_name_may_be_there(tmp_path: Path) -> None:
    town = changed(vila(tmp_path), "city.toml", 'metric = "bikes"', 'metric_column = "what"')
    assert "metrics.bikes" not in findings(town)


def test_addresses_of_which_none_was_ever_there_are_a_letter_and_a_file_that_is_late_is_none(tmp_path: Path) -> None:
    town = changed(vila(tmp_path), "city.toml", "https://cars.vila.example/{month", "https://cars.vila.example/nowhere/{month")
    told = town.collect()
    assert "Source cars: nothing lies at any of its 15 addresses. The first: https://cars.vila.example/nowhere/2024-01.csv" in str(
        told["cars"].letter
    )
    town.file("bikes", "2025-03").unlink()
    assert town.collect()["bikes"].letter is None


def test_what_was_turned_away_is_shown_with_a_text_that_stood_there(tmp_path: Path) -> None:
    town = vila(tmp_path)
    path = town.file("bikes", "2025-03")
    path.write_text(path.read_text() + "14/03/2025,n1,5\n2025-03-14,nobody,5\n2025-03-13,n1,many\n")
    town.collect()
    (line,) = [s for s in status.lines(status.sources(town.river())) if s.source == "bikes"]
    assert line.examples == {"unreadable time": "14/03/2025", "unknown sensor": "nobody", "unreadable value": "many"}
