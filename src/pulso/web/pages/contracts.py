"""A source's contract as a document, and a city's incidents as a feed."""

from __future__ import annotations

import json
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape

from pulso.web.contracts import reads, words
from pulso.web.pages.asked import Asked
from pulso.web.pages.feeds import NEVER_YET, name
from pulso.web.pages.frame import credit, whose
from pulso.web.pages.refusals import no_source
from pulso.web.pages.twin import OPEN, handed
from pulso.web.readings import Reading, status
from pulso.web.readings import contracts as documents

TYPES = {"yaml": "application/yaml; charset=utf-8", "json": "application/json; charset=utf-8"}


def contract(request: HttpRequest, lang: str, city: str, source: str, form: str) -> HttpResponse:
    """A source's contract, as YAML or JSON; a letter where there is no such source."""

    def hand(asked: Asked) -> HttpResponse:
        if source not in asked.reading.city.sources:
            raise no_source(asked, source)
        told = documents.contract(asked.reading, source, asked.site)
        text = documents.yaml(told) if form == "yaml" else json.dumps(told, ensure_ascii=False, indent=2) + "\n"
        return HttpResponse(text, content_type=TYPES[form])

    return handed(request, lang, city, {}, hand, known=status.stamp, as_json=form == "json")


def incidents(request: HttpRequest, lang: str, city: str) -> HttpResponse:
    """The incidents as an Atom feed: an entry each, which changes once more when it is over."""

    def hand(asked: Asked) -> HttpResponse:
        kind = "application/atom+xml; charset=utf-8"
        return HttpResponse(_feed(asked, f"{asked.site}/{lang}/{city}").writeString("utf-8"), content_type=kind, headers=OPEN)

    return handed(request, lang, city, {}, hand, known=_edition)


class Incidents(Atom1Feed):
    """A feed that was last updated when something last happened; with nothing in it, never, and not now."""

    def latest_post_date(self) -> datetime:
        """When an incident last began or ended."""
        return super().latest_post_date() if self.items else NEVER_YET


def _feed(asked: Asked, here: str) -> Atom1Feed:
    speech, city, slug = asked.speech, asked.reading.city, asked.reading.slug
    place = city.city.name
    called = speech.say("Incidents")
    feed = Incidents(
        title=f"Pulso · {place} · {called}",
        link=f"{here}/sources",
        description=speech.say("Where a source breaks its contract, and where it keeps it again."),
        language=speech.code,
        author_name=place,
        feed_url=f"{here}/incidents.atom",
        feed_guid=name(slug, speech.code, "incidents"),
        feed_copyright=whose(credit(city), speech),
    )
    for one in reads.incidents(slug, most=reads.FED):
        said = words.sentence(one, city, speech)
        over, mark = (speech.say("This is over."), " · " + speech.say("over")) if one.ended else ("", "")
        feed.add_item(
            title=words.title(one, city, speech) + mark,
            link=f"{here}/sources/{one.source}" if one.source in city.sources else f"{here}/sources",
            description=escape(f"{said} {over}".strip()),  # a summary is HTML, and what a source says is not
            unique_id=name(slug, speech.code, one.source, one.kind, one.subject, one.began.isoformat()),
            pubdate=one.began,
            updateddate=one.ended or one.began,
            author_name=place,
        )
    return feed


def _edition(reading: Reading) -> str:
    return reads.edition(reading.slug)
