"""The catalogue of a city's open data for other catalogues: DCAT, as JSON-LD."""

from __future__ import annotations

import json
import re
from typing import Any

from django.http import HttpRequest, HttpResponse

from pulso.web.pages.asked import Asked
from pulso.web.pages.data import Data, DataSet, data
from pulso.web.pages.twin import handed
from pulso.web.readings.status import stamp

CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


CC = "https://creativecommons.org"
LICENCES = {
    "cc0": f"{CC}/publicdomain/zero/1.0/",
    "cc0-1-0": f"{CC}/publicdomain/zero/1.0/",
    "cc-by-3-0": f"{CC}/licenses/by/3.0/",
    "cc-by-4-0": f"{CC}/licenses/by/4.0/",
    "cc-by-sa-4-0": f"{CC}/licenses/by-sa/4.0/",
    "dl-de-by-2-0": "https://www.govdata.de/dl-de/by-2-0",
    "dl-de-zero-2-0": "https://www.govdata.de/dl-de/zero-2-0",
    "odbl": "https://opendatacommons.org/licenses/odbl/1-0/",
    "odbl-1-0": "https://opendatacommons.org/licenses/odbl/1-0/",
    "odc-by-1-0": "https://opendatacommons.org/licenses/by/1-0/",
    "pddl-1-0": "https://opendatacommons.org/licenses/pddl/1-0/",
}
"""Where licences lie, by what they are called, in small letters: of SPDX and as cities write them."""


def catalogue(request: HttpRequest, lang: str, city: str) -> HttpResponse:
    """The catalogue as JSON-LD; a letter where there is no such city."""

    def hand(asked: Asked) -> HttpResponse:
        told = {"@context": CONTEXT} | _catalogue(data(asked), f"{asked.site}/{lang}/{city}")
        text = json.dumps(told, ensure_ascii=False, indent=2) + "\n"
        return HttpResponse(text, content_type="application/ld+json; charset=utf-8")

    return handed(request, lang, city, {}, hand, known=stamp, as_json=True)


def _catalogue(told: Data, base: str) -> dict[str, Any]:
    lang = told.frame.language
    return {
        "@type": "dcat:Catalog",
        "@id": f"{base}/catalogue.jsonld",
        "dct:title": _text(f"Pulso · {told.frame.name}", lang),
        "dct:description": _text(told.frame.about, lang),
        "dct:publisher": {"@type": "foaf:Agent", "foaf:name": told.frame.name},
        "foaf:homepage": {"@id": f"{base}/data"},
        "dcat:dataset": [_set(s, base, lang, told.frame.synthetic) for s in (*told.sets, *told.metrics)],
    }


def _set(one: DataSet, base: str, lang: str, synthetic: bool) -> dict[str, Any]:
    made: dict[str, Any] = {
        "@type": "dcat:Dataset",
        "@id": f"{base}/data#{one.name}",
        "dct:identifier": one.name,
        "dct:title": _text(one.title, lang),
        "dct:description": _text(one.about, lang),
        "dcat:distribution": [
            {
                "@type": "dcat:Distribution",
                "dcat:accessURL": {"@id": f.address},
                "dcat:downloadURL": {"@id": f.address},
                "dcat:mediaType": {"@id": f"https://www.iana.org/assignments/media-types/{f.media}"},
                "dct:license": [licence(text) for text in one.licences],
            }
            for f in one.forms
        ],
        "dct:source": [{"@id": f"{base}/sources/{s}"} for s in one.sources],
        "dct:conformsTo": [{"@id": f"{base}/contracts/{s}.yaml"} for s in one.sources],
    }
    often = "DAILY" if one.daily else "IRREG"
    made["dct:accrualPeriodicity"] = {"@id": f"http://publications.europa.eu/resource/authority/frequency/{often}"}
    if one.modified:
        made["dct:modified"] = {"@value": one.modified.isoformat(), "@type": "xsd:dateTime"}
    if one.first and one.last:
        days = {"dcat:startDate": one.first, "dcat:endDate": one.last}
        made["dct:temporal"] = {"@type": "dct:PeriodOfTime"} | {k: {"@value": d.isoformat(), "@type": "xsd:date"} for k, d in days.items()}
    if synthetic:
        made["dcat:keyword"] = ["synthetic"]
    return made


def licence(text: str) -> dict[str, Any]:
    """A licence by its address, where it is one that we know; else by what it is called."""
    known = LICENCES.get(re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-"))
    return {"@id": known} if known else {"@type": "dct:LicenseDocument", "dct:title": text}


def _text(text: str, lang: str) -> dict[str, str]:
    return {"@value": text, "@language": lang}
