"""The addresses of the pages: /<language>/<city>/<page>, and the same with .json."""

from __future__ import annotations

from django.urls import path, register_converter

from pulso.web.pages.day import PAST, find
from pulso.web.pages.front import cities, front, home
from pulso.web.pages.today import TODAY
from pulso.web.pages.twin import urls
from pulso.web.pages.why import WHY

PAGES = (TODAY, PAST, WHY)


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
    path("<lang:lang>/<slug:city>/", home, name="city"),
    path("<lang:lang>/<slug:city>/day", find, name="find"),
    *(address for page in PAGES for address in urls(page)),
]
