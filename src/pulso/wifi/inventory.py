"""Places and access points from CSV. One mistake and nothing is taken: an inventory is what everything else is held against."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import ValidationError

from pulso.shapes import Row
from pulso.wifi.columns import PLACES, POINTS, Columns, letters
from pulso.wifi.files import WifiFileError, rows_of, shown
from pulso.wifi.shapes import AccessPoint, Inventory, Place

R = TypeVar("R", bound=Row)
YES = frozenset({"1", "true", "yes", "y", "sim", "s", "verdadeiro"})
NO = frozenset({"0", "false", "no", "n", "não", "nao", "falso"})


def read_inventory(
    places: tuple[bytes, str] | None, points: tuple[bytes, str] | None, columns: Columns, known: frozenset[str] = frozenset()
) -> Inventory:
    """Read places, access points, or both.

    Parameters
    ----------
    places, points
        The bytes of a CSV file and its name.
    columns
        What their columns are called.
    known
        Ids of places that are there already: access points may stand at these too.

    Raises
    ------
    WifiFileError
        Which row, which column, what was found, what is accepted: an id twice, an access point at no known place, and whatever the
        shapes refuse.
    """
    found = _read(*places, Place, columns.places, PLACES) if places else []
    stand = _read(*points, AccessPoint, columns.points, POINTS) if points else []
    if points:
        there = known | {p.id for _, p in found}
        lost = [f"line {n:,}, place: found {shown(p.place)}; the id of a place" for n, p in stand if p.place not in there]
        if lost:
            raise WifiFileError(points[1], lost)
    return Inventory(places=tuple(p for _, p in found), points=tuple(p for _, p in stand))


def _read(body: bytes, file: str, shape: type[R], called: Mapping[str, str], fields: tuple[str, ...]) -> list[tuple[int, R]]:
    made: list[tuple[int, R]] = []
    wrong: list[str] = []
    ids: dict[str, int] = {}
    for line, row in rows_of(body, file):
        said = {name: row[called.get(name, name)] for name in fields if row.get(called.get(name, name))}
        try:
            one = shape.model_validate(_typed(said))
        except ValidationError as why:
            wrong += [f"line {line:,}, {letter}" for letter in letters(why)]
            continue
        except ValueError as why:
            wrong.append(f"line {line:,}, {why}")
            continue
        key = said["id"]
        if key in ids:
            wrong.append(f"line {line:,}, id: found {shown(key)}, as in line {ids[key]:,}; each id once")
        ids[key] = line
        made.append((line, one))
    if wrong:
        raise WifiFileError(file, wrong)
    return made


def _typed(said: Mapping[str, str]) -> dict[str, Any]:
    """Words as the shapes have them. ValueError for what is no number, no yes and no no."""
    made: dict[str, Any] = dict(said)
    lon, lat = (_number(made.pop(n), n) if n in made else None for n in ("lon", "lat"))
    if (lon is None) is not (lat is None):
        raise ValueError("lon, lat: found one of the two; both, in degrees (WGS 84), or none")
    if lon is not None:
        made["at"] = (lon, lat)
    if "large" in made:
        made["large"] = _whether(made["large"])
    if "target" in made:
        share = made["target"].removesuffix("%")
        made["target"] = _number(share, "target") / (100 if share != made["target"] else 1)
    return made


def _number(said: str, name: str) -> float:
    try:
        return float(said.strip().replace(",", "."))
    except ValueError:
        raise ValueError(f"{name}: found {shown(said)}; a number") from None


def _whether(said: str) -> bool:
    if said.casefold() not in YES | NO:
        raise ValueError(f"large: found {shown(said)}; yes or no")
    return said.casefold() in YES
