"""Its addresses: below a city's agenda."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, re_path

from pulso.web.agenda import views

AT = r"^(?P<lang>pt|en)/(?P<city>[-\w]+)/agenda/"

urlpatterns: list[URLPattern | URLResolver] = [
    re_path(AT + r"enter$", views.enter, name="agenda-enter"),
    re_path(AT + r"(?:enter|enter/outage|enter/event|flags)\.json$", views.twin, name="agenda-enter-json"),
    re_path(AT + r"entry/(?P<entry>[0-9a-f]{32})\.json$", views.entry_twin, name="agenda-entry-json"),
    re_path(AT + r"enter/(?P<what>outage|event)$", views.enter, name="agenda-enter-kind"),
    re_path(AT + r"entry/(?P<entry>[0-9a-f]{32})$", views.entry, name="agenda-entry"),
    re_path(AT + r"flags$", views.flags, name="agenda-flags"),
    re_path(AT + r"flags/lift$", views.lift, name="agenda-lift"),
]
