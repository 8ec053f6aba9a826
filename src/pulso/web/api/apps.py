"""Known to Django."""

from __future__ import annotations

from django.apps import AppConfig


class Api(AppConfig):
    """The API."""

    name = "pulso.web.api"
