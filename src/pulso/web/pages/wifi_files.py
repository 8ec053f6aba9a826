"""The Wi-Fi as files: all places that everybody may see, as CSV and as GeoJSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.http import HttpRequest, HttpResponse

from pulso.fibre.shapes import Disclosure
from pulso.web.api import forms
from pulso.web.pages import wifi_lines as lines
from pulso.web.pages.asked import Asked
from pulso.web.pages.twin import OPEN, handed
from pulso.web.pages.wifi_lines import Seen
from pulso.web.pages.wifi_shapes import WifiPlaceLine
from pulso.web.wifi import reads


def csv(request: HttpRequest, lang: str, city: str) -> HttpResponse:
    """A row a place, nothing that a spreadsheet would compute."""

    def hand(asked: Asked) -> HttpResponse:
        headers = OPEN | {"Content-Disposition": f'attachment; filename="{asked.reading.slug}-wifi.csv"'}
        return HttpResponse(forms.write("csv", _lines(asked), WifiPlaceLine), content_type=forms.content_type("csv"), headers=headers)

    return handed(request, lang, city, {}, hand, known=reads.edition, at_once=True)


def geojson(request: HttpRequest, lang: str, city: str) -> HttpResponse:
    """A feature a place; without a geometry where nobody knows where it is."""

    def hand(asked: Asked) -> HttpResponse:
        return HttpResponse(
            forms.collection([_feature(line) for line in _lines(asked)]), content_type=forms.content_type("geojson"), headers=OPEN
        )

    return handed(request, lang, city, {}, hand, known=reads.edition, at_once=True, as_json=True)


def _lines(asked: Asked) -> tuple[WifiPlaceLine, ...]:
    view = reads.view(asked.reading)
    return lines.places(Seen(asked, Disclosure.PUBLIC, view), [int(row) for row in view.places]) if view else ()


def _feature(line: WifiPlaceLine) -> tuple[str, dict[str, Any], dict[str, Any] | None]:
    said = asdict(line)
    lon, lat = said.pop("lon"), said.pop("lat")
    return line.id, said, None if lon is None else {"type": "Point", "coordinates": [lon, lat]}
