"""Every address of the site."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from pulso.web.api.hooks.desk import urlpatterns as webhooks
from pulso.web.fibre.desk.urls import urlpatterns as fibre_desk
from pulso.web.innovation.desk.urls import urlpatterns as desk
from pulso.web.people.urls import accounts

urlpatterns = [
    path("admin/", admin.site.urls),
    *accounts,
    *webhooks,
    path("api/v1", RedirectView.as_view(url="/api/v1/")),
    path("api/v1/", include("pulso.web.api.urls")),
    path("", include("pulso.web.running.urls")),
    path("", include("pulso.web.agenda.urls")),
    *desk,
    *fibre_desk,
    path("", include("pulso.web.pages.urls")),
]

handler400 = "pulso.web.pages.missing.bad_request"
handler403 = "pulso.web.pages.missing.forbidden"
handler404 = "pulso.web.pages.missing.not_found"
handler500 = "pulso.web.pages.missing.broken"
