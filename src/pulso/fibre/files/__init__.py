"""Any file of a network, opened and saved: the Open Fibre Data Standard, a GeoPackage, or other tables by a column map."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from pulso.fibre import ofds
from pulso.fibre.columns import Columns
from pulso.fibre.files.geopackage import write_geopackage
from pulso.fibre.files.layers import is_geopackage
from pulso.fibre.files.tables import read
from pulso.fibre.findings import FibreFileError, Finding, errors
from pulso.fibre.ofds.standard import Version
from pulso.fibre.shapes import Plan

Form = Literal["json", "geojson", "csv", "gpkg"]
FORMS: tuple[Form, ...] = ("json", "geojson", "csv", "gpkg")
"""The standard's three, and a GeoPackage, which alone holds everything."""

ENDINGS: dict[str, Form] = {".gpkg": "gpkg", ".json": "json", ".zip": "csv", "": "csv"}
"""What a file is written as where nobody says it; a name without an ending is a folder."""


class Opened(NamedTuple):
    """What a file held."""

    plans: tuple[Plan, ...]  # one a network; most files have one
    findings: list[Finding]  # what could not be taken, and what is doubtful about the file
    measured: bool  # whether they tell already what `check.measures` finds, by its place in the file


def opened(path: Path, columns: Columns | None = None, tell: Callable[[str], None] = lambda _kind: None) -> Opened:
    """
    Open a file of a network, whatever it is: a GeoPackage that Pulso wrote, a file, folder or zip of the standard, or tables by a column
    map.

    Raises
    ------
    FibreFileError, ColumnMapError
        Letters about what can't be read at all.
    """
    if not path.exists():
        raise FibreFileError(f"{path}: there is no such file or folder")
    if columns is not None or path.suffix.lower() == ".gpkg" or (path.is_file() and is_geopackage(path)):
        plan, findings = read(path, tell=tell) if columns is None else read(path, columns, tell)
        return Opened((plan,), findings, measured=False)
    package = ofds.read(path)
    if not package.plans:
        told = "; ".join(str(f) for f in errors(package.findings)[:2])
        raise FibreFileError(f"{path}: found no network ({told}); a file of the standard has one at least")
    return Opened(package.plans, package.findings, measured=True)


def form_of(path: Path, form: Form | None = None) -> Form:
    """In which form a file of this name is written. FibreFileError where name and form don't go together."""
    ending = path.suffix.lower()
    if ending == ".geojson":
        raise FibreFileError(f"{path}: GeoJSON is two files, of nodes and of spans; name a folder or a .zip, and say --form geojson")
    said = form or ENDINGS.get(ending)
    if said is None or (ending in (".gpkg", ".json") and ENDINGS[ending] != said) or (said == "gpkg" and ending != ".gpkg"):
        raise FibreFileError(
            f"{path}: found the ending {ending or 'of a folder'}; can be .gpkg, .json, .zip or a folder, and as the form says"
        )
    return said


def save(
    plans: Sequence[Plan],
    path: Path,
    form: Form | None = None,
    version: Version = "0.4",
    tell: Callable[[str], None] = lambda _kind: None,
    *,
    without: Collection[str] = (),
) -> list[Finding]:
    """
    Write networks, and say what the form has no room for. Columns of sites in `without` are left out, as `write_geopackage` does.

    Raises
    ------
    FibreFileError
        Where name and form don't go together, there is no such folder, or a GeoPackage should hold several networks.
    """
    said = form_of(path, form)
    if not path.parent.is_dir():
        raise FibreFileError(f"{path}: found no folder {path.parent} to write into; make it first")
    if said == "gpkg":
        if len(plans) != 1:
            raise FibreFileError(f"{path}: found {len(plans)} networks; a GeoPackage holds one")
        write_geopackage(plans[0], path, tell, without=without)
        return []
    written = ofds.files(plans, said, version)
    ofds.write(path, written)
    return written.findings
