"""What was changed of the network: every revision, by whom and why, and one revision field by field."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from pydantic import Field
from pydantic.dataclasses import dataclass

from pulso.web.fibre import reads
from pulso.web.pages.asked import Asked
from pulso.web.pages.fibre_asked import cut, guest
from pulso.web.pages.fibre_drawn import Words
from pulso.web.pages.fibre_refs import Change, changed, officers
from pulso.web.pages.frame import Frame
from pulso.web.pages.leaves import MOST, Leaf
from pulso.web.pages.twin import Page


@dataclass(frozen=True)
class Revision:
    """The network was changed."""

    number: int = Field(description="its number, from 1")
    at: datetime = Field(description="when, UTC")
    who: str = Field(description="by whom")
    why: str = Field(description="the reason that was given")
    added: int = Field(description="how many things were added")
    changed: int = Field(description="how many were changed")
    removed: int = Field(description="how many were removed")


@dataclass(frozen=True)
class History:
    """All revisions, the latest first."""

    frame: Frame = Field(description="what every page carries")
    revisions: tuple[Revision, ...] = Field(description="a hundred of them, the latest first")
    leaf: Leaf = Field(description="where in the list this page is")


@dataclass(frozen=True)
class Once:
    """One revision, field by field."""

    frame: Frame = Field(description="what every page carries")
    revision: Revision = Field(description="which, by whom and why")
    changes: tuple[Change, ...] = Field(description="what it did to which thing: a hundred of them, by kind and id")
    leaf: Leaf = Field(description="where in the list this page is")


def history(asked: Asked) -> History:
    """List them."""
    who = guest(asked)
    rows, leaf = cut(range(who.known.revision), asked)  # their numbers run from 1 without a hole
    found = reads.revisions(asked.reading.slug, rows.start, MOST)
    names = officers(found, asked)
    return History(asked.frame, tuple(_line(r, names) for r in found), leaf)


def once(asked: Asked) -> Once:
    """One of them. NothingKnown where there is none of that number."""
    who, number = guest(asked), int(asked.parts["revision"])
    back = who.known.revision - number
    found = reads.revisions(asked.reading.slug, back, 1) if number and back >= 0 else []
    if not found:
        raise who.missing("revision", str(number))
    every = who.known.once(f"changes {number}", lambda: reads.changes(asked.reading.slug, number, brief=True))
    rows, leaf = cut(every, asked)
    names = officers(found, asked)
    return Once(asked.frame, _line(found[0], names), tuple(changed(c, found[0], names, asked.speech) for c in rows), leaf)


def _line(r: reads.Told, names: Mapping[UUID | None, str]) -> Revision:
    return Revision(r.number, r.at, names[r.who], r.why, r.added, r.changed, r.removed)


def draw(_page: object, asked: Asked) -> Words:
    """The words of the network."""
    return Words(asked.speech)


HISTORY = Page("fibre-history", "fibre/history", History, history, draw, reads=("page",))
REVISION = Page("fibre-revision", "fibre/history/<int:revision>", Once, once, draw, reads=("page",))
