"""Its addresses."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path, re_path

from pulso.web.api.described import docs, nowhere, openapi, root
from pulso.web.api.stream import stream
from pulso.web.api.views import api

urlpatterns: list[URLPattern | URLResolver] = [
    path("", root),
    path("openapi.json", openapi, name="api-openapi"),
    path("docs", docs, name="api-docs"),
    path("cities/<str:city>/stream", stream, name="api-stream"),
    path("", api.urls),
    re_path("^.*$", nowhere),
]
