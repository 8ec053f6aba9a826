"""How full cables and ducts are, for engineers: the lists of the page, with the same words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pulso.fibre.capacity import Filled, Taken
from pulso.web.api.asked import Asked, InWords, Paged
from pulso.web.api.fibre_rows import guest
from pulso.web.api.rows import Rows
from pulso.web.api.whom import told
from pulso.web.pages.fibre_asked import Guest
from pulso.web.pages.fibre_capacity import filled, row_of, taken


class FullQuery(Paged, InWords):
    """All of them, the fullest first."""


@told
def cables(asked: Asked[FullQuery]) -> Rows:
    """How full cables in place are, the fullest first: their strands by what they are used for. For engineers.

    Taken is what is used, leased, reserved or broken. Cables of which nothing is said of any strand stand last.
    """
    who = guest(asked)
    return _page(taken(who.known), asked, who)


@told
def ducts(asked: Asked[FullQuery]) -> Rows:
    """How full ducts are, the fullest first: the cross-sections of all cables in them, of their own. For engineers.

    Ducts of which a diameter is missing, their own or a cable's, stand last.
    """
    who = guest(asked)
    return _page(filled(who.known), asked, who)


def _page(every: Sequence[Taken] | Sequence[Filled], asked: Asked[Any], who: Guest) -> Rows:
    start = 0 if asked.after is None else int(asked.after[0])
    end = start + asked.query.limit
    return Rows([row_of(one, who) for one in every[start:end]], (str(end),) if end < len(every) else None)
