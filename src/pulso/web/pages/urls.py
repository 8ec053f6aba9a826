"""The addresses of the pages: /<language>/<city>/<page>, and the same with .json."""

from __future__ import annotations

from django.urls import path, register_converter

from pulso.web.pages.agenda import AGENDA
from pulso.web.pages.bulletin import sheet, sheet_json
from pulso.web.pages.calendars import ics
from pulso.web.pages.catalogue import catalogue
from pulso.web.pages.challenges import CHALLENGE, CHALLENGES
from pulso.web.pages.compare import COMPARE
from pulso.web.pages.contracts import contract, incidents
from pulso.web.pages.data import DATA
from pulso.web.pages.day import PAST, find
from pulso.web.pages.developers import DEVELOPERS
from pulso.web.pages.effects import EFFECTS
from pulso.web.pages.embed import EMBED, chart, number
from pulso.web.pages.feeds import feed
from pulso.web.pages.fibre_urls import FOR_ALL as OF_THE_NETWORK
from pulso.web.pages.fibre_urls import network_urls
from pulso.web.pages.front import cities, front, home
from pulso.web.pages.map import MAP, year_json, zones_geojson
from pulso.web.pages.method import METHOD
from pulso.web.pages.metric import METRIC
from pulso.web.pages.missing import read_only
from pulso.web.pages.pilots import PILOT, PILOTS, protocol
from pulso.web.pages.pilots import csv as register
from pulso.web.pages.practices import PRACTICE, PRACTICES
from pulso.web.pages.share import picture
from pulso.web.pages.sources import SOURCE, SOURCES
from pulso.web.pages.today import TODAY
from pulso.web.pages.twin import urls
from pulso.web.pages.why import WHY
from pulso.web.pages.wifi import WIFI_PAGES
from pulso.web.pages.wifi_desk import desk_urls as wifi_desk
from pulso.web.pages.wifi_files import csv as wifi_csv
from pulso.web.pages.wifi_files import geojson as wifi_geojson
from pulso.web.pages.wifi_privacy import TEMPLATE as WIFI_TEMPLATE
from pulso.web.pages.wifi_privacy import WIFI_PRIVACY
from pulso.web.pages.wifi_privacy import assessment as wifi_assessment
from pulso.web.pages.zone import ZONE

OF_THE_CITY = (TODAY, PAST, WHY, COMPARE, AGENDA, EFFECTS, EMBED, SOURCES, SOURCE, METHOD, DATA, DEVELOPERS, MAP, ZONE, METRIC)
OF_THE_LOOP = (CHALLENGES, CHALLENGE, PILOTS, PILOT, PRACTICES, PRACTICE)
PAGES = (*OF_THE_CITY, *OF_THE_LOOP, *WIFI_PAGES, WIFI_PRIVACY, *OF_THE_NETWORK)


class Language:
    """pt or en."""

    regex = "pt|en"

    def to_python(self, value: str) -> str:
        """As it stands."""
        return value

    def to_url(self, value: str) -> str:
        """As it stands."""
        return value


register_converter(Language, "lang")
urlpatterns = [
    path("", front, name="front"),
    path("<lang:lang>/", cities, name="cities"),
    path("<lang:lang>.json", cities, {"as_json": True}, name="cities-json"),
    path("<lang:lang>/<slug:city>/", home, name="city"),
    path("<lang:lang>/<slug:city>/day", find, name="find"),
    path("<lang:lang>/<slug:city>/bulletin/<day>.json", sheet_json, name="bulletin-json"),
    path("<lang:lang>/<slug:city>/bulletin/<day>", sheet, name="bulletin"),
    path("<lang:lang>/<slug:city>/agenda.ics", ics, name="ics"),
    path("<lang:lang>/<slug:city>/feed.atom", feed, name="feed"),
    path("<lang:lang>/<slug:city>/share/<day>.png", picture, name="share"),
    path("<lang:lang>/<slug:city>/embed/number", number, name="embed-number"),
    path("<lang:lang>/<slug:city>/embed/chart", chart, name="embed-chart"),
    path("<lang:lang>/<slug:city>/contracts/<slug:source>.yaml", contract, {"form": "yaml"}, name="contract-yaml"),
    path("<lang:lang>/<slug:city>/contracts/<slug:source>.json", contract, {"form": "json"}, name="contract-json"),
    path("<lang:lang>/<slug:city>/catalogue.jsonld", catalogue, name="catalogue"),
    path("<lang:lang>/<slug:city>/incidents.atom", incidents, name="incidents"),
    path("<lang:lang>/<slug:city>/map/year.json", year_json, name="map-year"),
    path("<lang:lang>/<slug:city>/zones.geojson", zones_geojson, name="zones"),
    path("<lang:lang>/<slug:city>/pilots.csv", register, name="register"),
    path("<lang:lang>/<slug:city>/wifi.csv", wifi_csv, name="wifi-csv"),
    path("<lang:lang>/<slug:city>/wifi.geojson", wifi_geojson, name="wifi-geojson"),
    path(f"<lang:lang>/<slug:city>/{WIFI_TEMPLATE}", wifi_assessment, name="wifi-assessment"),
    *wifi_desk(),
    path("<lang:lang>/<slug:city>/pilots/<int:number>/protocol.json", protocol, name="protocol"),
    *network_urls(),
    *(address for page in PAGES if page not in OF_THE_NETWORK for address in urls(page)),
]
for address in urlpatterns:
    address.callback = read_only(address.callback)
