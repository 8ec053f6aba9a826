"""Every message that the code and the templates say, as Babel finds them; with the reasons that the shapes define."""

from __future__ import annotations

from pathlib import Path

from babel.messages.extract import extract_from_dir

import pulso.show
import pulso.web
from pulso.shapes import REASONS

ROOMS = [Path(room.__file__).parent for room in (pulso.show, pulso.web)]
KEYWORDS = {"say": None, "many": (1, 2), "_": None}
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2.ext:babel_extract"), ("templates/**.html", "jinja2.ext:babel_extract")]


def messages() -> set[str | tuple[str, ...]]:
    found: set[str | tuple[str, ...]] = set(REASONS.values())
    for room in ROOMS:
        for _file, _line, message, _comments, _context in extract_from_dir(room, METHODS, keywords=KEYWORDS):
            found.add(message if isinstance(message, str) else tuple(message))
    return found
