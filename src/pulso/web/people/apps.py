"""Known to Django."""

from __future__ import annotations

from django.apps import AppConfig
from django.contrib.admin import apps


class People(AppConfig):
    """Accounts, organisations, roles."""

    name = "pulso.web.people"
    default = True

    def ready(self) -> None:
        """Hear what allauth does."""
        from pulso.web.people.heard import listen

        listen()


class Administration(apps.AdminConfig):
    """The administration, with a second factor."""

    default_site = "pulso.web.people.administration.Site"
    default = False
