"""How templates are read: what they call besides what a page gives them."""

from __future__ import annotations

from typing import Any

from django.templatetags.static import static
from jinja2 import Environment, StrictUndefined

from pulso.show import effects, maps, names, pilots, presence, wifi, words
from pulso.show.language import marked as _

MENU = (
    ("today", _("Today")),
    ("map", _("Map")),
    ("why", _("Why")),
    ("compare", _("Compare")),
    ("agenda", _("Agenda")),
    ("pilots", _("Pilots")),
    ("fibre", _("Fibre")),
    ("wifi", _("Wi-Fi")),
    ("sources", _("Sources")),
    ("method", _("Method")),
    ("data", _("Open data")),
    ("developers", _("Developers")),
)
"""The pages that every page leads to: their addresses below the city's, and their names."""


def environment(**options: Any) -> Environment:
    """Make the environment of the pages."""
    ours = {"undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    made = Environment(**(options | ours | {"autoescape": True}))  # noqa: S701  # autoescape is on
    made.globals |= {
        "static": static,
        "names": names,
        "words": words,
        "effects": effects,
        "pilots": pilots,
        "presence": presence,
        "wifi": wifi,
        "steps": maps.STEPS,
        "menu": MENU,
    }
    return made
