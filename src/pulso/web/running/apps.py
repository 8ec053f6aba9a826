"""Known to Django."""

from __future__ import annotations

from django.apps import AppConfig


class Running(AppConfig):
    """Jobs, health, incidents, backups."""

    name = "pulso.web.running"
