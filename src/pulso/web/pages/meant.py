"""The address that was meant, where one differs from ours only by a slash at its end, by capitals, or stops at the city."""

from __future__ import annotations

from urllib.parse import quote

from django.http import HttpRequest, HttpResponsePermanentRedirect
from django.urls import Resolver404, resolve

from pulso.web import readings

TONGUES = ("pt", "en")


def meant(request: HttpRequest) -> HttpResponsePermanentRedirect | None:
    """Lead to it, with all that was asked; None where nothing of ours is near, or something is sent."""
    found = _near(request.path) if request.method in ("GET", "HEAD") else None
    if found is None or found == request.path:
        return None
    query = request.META.get("QUERY_STRING", "")
    return HttpResponsePermanentRedirect(quote(found) + (f"?{query}" if query else ""))


def _near(path: str) -> str | None:
    tongue, *below = path.strip("/").split("/")
    if tongue.lower() not in TONGUES:
        return None
    start = f"/{tongue.lower()}/"
    if not below:
        return start
    city = {slug.lower(): slug for slug in readings.cities()}.get(below[0].lower())
    if city is None:
        return None
    if len(below) == 1:
        return f"{start}{city}/today"
    page, *rest = below[1:]
    ways = ("/".join((start + city, *page_and_rest)) for page_and_rest in ((page, *rest), (page.lower(), *rest)))
    return next(filter(_leads_somewhere, ways), None)


def _leads_somewhere(path: str) -> bool:
    try:
        resolve(path)
    except Resolver404:
        return False
    return True
