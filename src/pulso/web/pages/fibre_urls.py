"""The addresses of the fibre network: pages for all, each of whom sees what they may know, and pages for engineers."""

from __future__ import annotations

from django.urls import URLPattern

from pulso.web.pages.fibre import FIBRE, export, map_geojson
from pulso.web.pages.fibre_asked import file, urls
from pulso.web.pages.fibre_cable import CABLE
from pulso.web.pages.fibre_capacity import CAPACITY, cables_csv, ducts_csv
from pulso.web.pages.fibre_coverage import COVERAGE
from pulso.web.pages.fibre_coverage import csv as covered
from pulso.web.pages.fibre_cut import WHAT_IF
from pulso.web.pages.fibre_cut import csv as touched
from pulso.web.pages.fibre_files import FORMS
from pulso.web.pages.fibre_findings import FINDINGS
from pulso.web.pages.fibre_findings import csv as found
from pulso.web.pages.fibre_history import HISTORY, REVISION
from pulso.web.pages.fibre_near import NEAR
from pulso.web.pages.fibre_near import csv as spare
from pulso.web.pages.fibre_risk import RANKING, REGISTER, ranking_csv, register_csv
from pulso.web.pages.fibre_site import DUCT, SITE
from pulso.web.pages.fibre_trace import TRACE
from pulso.web.pages.fibre_works import WORKS, ics

FOR_ALL = (FIBRE, SITE, DUCT, CABLE, WORKS, COVERAGE)
FOR_ENGINEERS = (TRACE, WHAT_IF, NEAR, CAPACITY, REGISTER, RANKING, FINDINGS, HISTORY, REVISION)


def network_urls() -> list[URLPattern]:
    """All of them; a function, for the language of an address must be known first."""
    return [
        file("fibre/map.geojson", "fibre-map", map_geojson),
        *(file(f"fibre/network.{form}", f"fibre-network-{form}", export, parts={"form": form}) for form in FORMS),
        file("fibre/works.ics", "fibre-works-ics", ics),
        file("fibre/buildings.csv", "fibre-buildings-csv", covered),
        file("fibre/near.csv", "fibre-near-csv", spare, engineers=True),
        file("fibre/capacity-cables.csv", "fibre-capacity-cables-csv", cables_csv, engineers=True),
        file("fibre/capacity-ducts.csv", "fibre-capacity-ducts-csv", ducts_csv, engineers=True),
        file("fibre/what-if.csv", "fibre-what-if-csv", touched, engineers=True),
        file("fibre/redundancy.csv", "fibre-redundancy-csv", register_csv, engineers=True),
        file("fibre/critical.csv", "fibre-critical-csv", ranking_csv, engineers=True),
        file("fibre/findings.csv", "fibre-findings-csv", found, engineers=True),
        *(address for page in FOR_ALL for address in urls(page)),
        *(address for page in FOR_ENGINEERS for address in urls(page, engineers=True)),
    ]
