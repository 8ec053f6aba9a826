"""Known to Django."""

from __future__ import annotations

from django.apps import AppConfig


class Contracts(AppConfig):
    """Data contracts and their incidents."""

    name = "pulso.web.contracts"
