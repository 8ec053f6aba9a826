"""A source's contract as a document, and a city's incidents as a feed."""

from __future__ import annotations

import json

from django.http import HttpRequest, HttpResponse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape

from pulso.errors import NothingKnown
from pulso.show.language import speak
from pulso.web.contracts import reads, words
from pulso.web.pages.twin import LATEST, letter, site
from pulso.web.readings import Reading, UnknownCity, reading
from pulso.web.readings import contracts as documents

TYPES = {"yaml": "application/yaml; charset=utf-8", "json": "application/json; charset=utf-8"}


def contract(request: HttpRequest, lang: str, city: str, source: str, form: str) -> HttpResponse:
    """A source's contract, as YAML or JSON; a letter where there is no such source."""
    speech = speak(lang)
    try:
        found = _with(reading(city), source)
    except (UnknownCity, NothingKnown) as why:
        return letter(request, speech, 404, str(why), as_json=form == "json")
    told = documents.contract(found, source, site(request))
    text = documents.yaml(told) if form == "yaml" else json.dumps(told, ensure_ascii=False, indent=2) + "\n"
    return HttpResponse(text, content_type=TYPES[form], headers={"Cache-Control": LATEST})


def incidents(request: HttpRequest, lang: str, city: str) -> HttpResponse:
    """The incidents as an Atom feed: an entry each, which changes once more when it is over."""
    speech = speak(lang)
    try:
        found = reading(city)
    except UnknownCity as why:
        return letter(request, speech, 404, str(why), as_json=False)
    here, place, called = site(request), found.city.city.name, speech.say("Incidents")
    feed = Atom1Feed(
        title=f"Pulso · {place} · {called}",
        link=f"{here}/{lang}/{city}/sources",
        description=speech.say("Where a source breaks its contract, and where it keeps it again."),
        language=lang,
        author_name=place,
        feed_url=f"{here}{request.path}",
        feed_guid=f"{here}/{lang}/{city}/incidents.atom",
    )
    for one in reads.incidents(city):
        said = words.sentence(one, found.city, speech)
        over, mark = (speech.say("This is over."), " · " + speech.say("over")) if one.ended else ("", "")
        feed.add_item(
            title=words.title(one, speech) + mark,
            link=f"{here}/{lang}/{city}/sources/{one.source}",
            description=escape(f"{said} {over}".strip()),  # a summary is HTML, and what a source says is not
            unique_id=f"{here}/incidents/{one.pk}",
            pubdate=one.began,
            updateddate=one.ended or one.began,
            author_name=place,
        )
    return HttpResponse(feed.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8", headers={"Cache-Control": LATEST})


def _with(found: Reading, source: str) -> Reading:
    if source not in found.city.sources:
        known = ", ".join(found.city.sources)
        raise NothingKnown(f"{found.city.city.name} has no source {source[:40]!r}. It has: {known}.")
    return found
