"""Known to Django."""

from __future__ import annotations

from django.apps import AppConfig


class Hooks(AppConfig):
    """Webhooks."""

    name = "pulso.web.api.hooks"
    label = "hooks"
