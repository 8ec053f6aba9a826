"""Every address of the site."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("api/v1/", include("pulso.web.api.urls")),
    path("people/", include("pulso.web.people.urls")),
    path("", include("pulso.web.running.urls")),
    path("", include("pulso.web.agenda.urls")),
    path("", include("pulso.web.pages.urls")),
]
