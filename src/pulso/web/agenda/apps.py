"""Known to Django."""

from __future__ import annotations

from django.apps import AppConfig


class Agenda(AppConfig):
    """Events, outages and flags that people enter."""

    name = "pulso.web.agenda"
