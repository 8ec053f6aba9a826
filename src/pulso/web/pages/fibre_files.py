"""A network as a file: in the forms of the Open Fibre Data Standard, and as a GeoPackage."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from pulso.fibre import ofds
from pulso.fibre.files.geopackage import write_geopackage
from pulso.fibre.public import UNTOLD
from pulso.fibre.shapes import Disclosure
from pulso.show.language import marked as _
from pulso.web.pages.fibre_known import Known
from pulso.web.pages.frame import LICENCES
from pulso.web.readings import City

FORMS = {
    "json": (_("Open Fibre Data Standard, JSON"), "application/json"),
    "geojson.zip": (_("Open Fibre Data Standard, GeoJSON in a zip"), "application/zip"),
    "csv.zip": (_("Open Fibre Data Standard, CSV in a zip"), "application/zip"),
    "gpkg": (_("GeoPackage, for a map of your own"), "application/geopackage+sqlite3"),
}
"""What a network is written as, by the ending of its file: how that is called, and its media type."""


def written(known: Known, form: str, city: City) -> bytes:
    """Write all of a network that those of a level may know: what that is was decided before.

    The standard's forms say that the city publishes it, on which day it became what it is, and under which licence, where the city's file
    says one that has an address.
    """
    plan = known.plan
    if form == "gpkg":
        with TemporaryDirectory() as folder:
            path = Path(folder) / "network.gpkg"
            write_geopackage(plan, path, without=() if known.level is Disclosure.RESTRICTED else UNTOLD)
            return path.read_bytes()
    said = city.fibre
    made = ofds.files(
        [plan],
        "json" if form == "json" else "csv" if form == "csv.zip" else "geojson",
        publisher=said.publisher or city.city.name,
        published=known.at.astimezone(city.clock).date(),
        licence=said.licence if said.licence.startswith(("https://", "http://")) else LICENCES.get(said.licence.replace(" ", "-"), ""),
    )
    return made.files["network-package.json"] if form == "json" else ofds.zipped(made.files)
