"""A network as a file: in the forms of the Open Fibre Data Standard, and as a GeoPackage."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from pulso.fibre import ofds
from pulso.fibre.files.geopackage import write_geopackage
from pulso.fibre.shapes import Plan
from pulso.show.language import marked as _

FORMS = {
    "json": (_("Open Fibre Data Standard, JSON"), "application/json"),
    "geojson.zip": (_("Open Fibre Data Standard, GeoJSON in a zip"), "application/zip"),
    "csv.zip": (_("Open Fibre Data Standard, CSV in a zip"), "application/zip"),
    "gpkg": (_("GeoPackage, for a map of your own"), "application/geopackage+sqlite3"),
}
"""What a network is written as, by the ending of its file: how that is called, and its media type."""


def written(plan: Plan, form: str) -> bytes:
    """Write all of a plan: what of it may be known was decided before."""
    if form == "gpkg":
        with TemporaryDirectory() as folder:
            path = Path(folder) / "network.gpkg"
            write_geopackage(plan, path)
            return path.read_bytes()
    if form == "json":
        (body,) = ofds.files([plan], "json").files.values()
        return body
    return ofds.zipped(ofds.files([plan], "csv" if form == "csv.zip" else "geojson").files)
