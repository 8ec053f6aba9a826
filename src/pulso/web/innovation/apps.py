"""Known to Django."""

from __future__ import annotations

from django.apps import AppConfig


class Innovation(AppConfig):
    """Challenges, pilots, evaluations, practices."""

    name = "pulso.web.innovation"
