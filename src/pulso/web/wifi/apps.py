"""Known to Django."""

from __future__ import annotations

from django.apps import AppConfig


class Wifi(AppConfig):
    """Access points, places, and how they are."""

    name = "pulso.web.wifi"
