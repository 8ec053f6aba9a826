"""What a server does before its first question, so that nobody waits for it: addresses, templates and cities are read."""

from __future__ import annotations

import logging

from django.template import engines
from django.urls import get_resolver

from pulso.errors import PulsoError
from pulso.web import readings

log = logging.getLogger("pulso.warm")


def warm() -> None:
    """Read them. A city that can't be opened is said, and does not keep the others from being shown."""
    _ = get_resolver().url_patterns  # reads every module of pages
    engines["pages"].get_template("today.html")
    for slug in readings.cities():
        try:
            reading = readings.reading(slug)
            reading.days()
            reading.kinds()  # its events, and with them what reads the lake
        except (PulsoError, OSError) as why:
            log.error("%s can't be opened: %s", slug, why)
