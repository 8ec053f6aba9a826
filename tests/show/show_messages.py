"""Every message that the code and the templates say, as Babel finds them; with the reasons that the shapes define."""

from __future__ import annotations

from pathlib import Path

from babel.messages.extract import extract_from_dir

import pulso.show
from pulso.shapes import REASONS

SHOW = Path(pulso.show.__file__).parent
KEYWORDS = {"say": None, "many": (1, 2), "_": None}
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2.ext:babel_extract")]


def messages() -> set[str | tuple[str, ...]]:
    found: set[str | tuple[str, ...]] = set(REASONS.values())
    for _file, _line, message, _comments, _context in extract_from_dir(SHOW, METHODS, keywords=KEYWORDS):
        found.add(message if isinstance(message, str) else tuple(message))
    return found
