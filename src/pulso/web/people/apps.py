"""Known to Django."""

from __future__ import annotations

from django.apps import AppConfig


class People(AppConfig):
    """Accounts, organisations, roles."""

    name = "pulso.web.people"
