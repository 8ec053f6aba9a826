"""Known to Django."""

from __future__ import annotations

from django.apps import AppConfig


class Fibre(AppConfig):
    """The city's fibre network."""

    name = "pulso.web.fibre"
