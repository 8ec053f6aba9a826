"""Known to Django, so that its commands and tests are found; it has no tables."""

from __future__ import annotations

from django.apps import AppConfig


class Readings(AppConfig):
    """The door to the river."""

    name = "pulso.web.readings"
