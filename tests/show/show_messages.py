"""Every message that the code and the templates say, as Babel finds them; with the reasons that the shapes define, and all help texts."""

from __future__ import annotations

from pathlib import Path

from babel.messages.extract import extract_from_dir

import pulso.show
import pulso.web
from pulso.shapes import REASONS
from pulso.show import helps

ROOMS = [Path(room.__file__).parent for room in (pulso.show, pulso.web)]
KEYWORDS = {"say": None, "many": (1, 2), "_": None}
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2.ext:babel_extract"), ("templates/**.html", "jinja2.ext:babel_extract")]


def explanations() -> set[str]:
    """What every field of every page and of the API, every address and every answer says of itself."""
    from pulso.web.api.described import helped, schema  # Django's settings must be there first
    from pulso.web.pages.developers import shapes

    pages = [text for shape in shapes("en") for text in (shape.about, *(field.help for field in shape.fields))]
    return {message for text in (*pages, *helped(schema("en"))) for message in helps.messages(text)}


def messages() -> set[str | tuple[str, ...]]:
    found: set[str | tuple[str, ...]] = {*REASONS.values(), *explanations()}
    for room in ROOMS:
        for _file, _line, message, _comments, _context in extract_from_dir(room, METHODS, keywords=KEYWORDS):
            found.add(message if isinstance(message, str) else tuple(message))
    return found
