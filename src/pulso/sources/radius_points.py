"""Which access points a radius source counts, and whose place each belongs to: a CSV beside the city file."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import Field, ValidationError

from pulso.city import City, SourceConf, letters
from pulso.errors import CityFileError, Mistake
from pulso.shapes import Row
from pulso.sources.radius_join import point_of

if TYPE_CHECKING:
    from pulso.sources.radius import Options


class Point(Row):
    """One row of the file of access points: whose place it belongs to."""

    point: str = Field(min_length=1)
    place: str = Field(min_length=1)
    large: bool = False  # a venue so large that one access point may stand for it
    id: str = ""  # what the source of health calls it, where that is another name


def points_of(conf: SourceConf, options: Options, city: City) -> tuple[Point, ...]:
    """
    Read the access points and their places.

    Raises
    ------
    CityFileError
        A letter a mistake: file, line and column. An access point has one place, in one source; a place of which nothing is declared in
        the sensors file is none.
    """
    file, lines = Path(options.points).name, _lines(options.points, city)
    others = {n: name for name, of in city.sources.items() if of.connector == "radius" and name != conf.name for n in _called(of, city)}
    found: dict[str, Point] = {}
    mistakes = []
    places = {s.sensor for s in city.sensors.get(conf.name, ())}
    for number, cells in enumerate(lines, start=2):
        try:
            row = Point.model_validate({k: v for k, v in cells.items() if k is not None and v not in ("", None)})
        except ValidationError as why:
            mistakes += [Mistake(f"line {number}, {m.key}", m.found, m.allowed) for m in letters(why)]
            continue
        name = point_of(row.point)
        if not name:
            mistakes.append(
                Mistake(f"line {number}, point", row.point, "an address such as AA-BB-CC-DD-EE-FF, or a name of letters, digits, . _ -")
            )
        elif name in found:
            mistakes.append(Mistake(f"line {number}, point", row.point, "an access point once"))
        elif row.place not in places:
            mistakes.append(Mistake(f"line {number}, place", row.place, f"a sensor of the file that sources.{conf.name}.sensors names"))
        elif (other := next((others[n] for n in _names(name, row.id, options.health) if n in others), None)) is not None:
            apart = (
                f"an access point that sources.{other}.points does not name too: two counts of the same sessions tell together of somebody"
            )
            mistakes.append(Mistake(f"line {number}, point", row.point, apart))
        found[name] = row.model_copy(update={"point": name})
    if not found and not mistakes:
        mistakes.append(Mistake("the file", "no row", "a row an access point: point,place,large"))
    if mistakes:
        raise CityFileError(file, mistakes)
    return tuple(found.values())


def _lines(points: str, city: City) -> list[dict[Any, Any]]:
    path = city.folder / points
    try:
        return list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))
    except (OSError, UnicodeDecodeError, csv.Error) as why:
        raise CityFileError(path.name, [Mistake("the file", str(why), "a readable CSV file in UTF-8: point,place,large")]) from None


def _called(conf: SourceConf, city: City) -> set[tuple[str, str]]:
    """The `_names` of all access points of a source; of what is no row, and of a source that names no file, none."""
    points, health = (conf.options.get(key) for key in ("points", "health"))
    if not isinstance(points, str):
        return set()
    rows = ((point_of(cells.get("point") or ""), cells.get("id") or "") for cells in _lines(points, city))
    return {n for point, called in rows if point for n in _names(point, called, health)}


def _names(point: str, called: str, health: object) -> Iterator[tuple[str, str]]:
    """By what accounting knows an access point, and by what its feed of health does."""
    yield "", point
    if health:
        yield str(health), called or point
