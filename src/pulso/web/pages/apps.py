"""Known to Django."""

from __future__ import annotations

from django.apps import AppConfig


class Pages(AppConfig):
    """The public pages."""

    name = "pulso.web.pages"
