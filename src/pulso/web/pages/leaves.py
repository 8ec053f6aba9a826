"""Lists that grow as a city grows old: a page of them shows a hundred, says how many there are, and leads to the others."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from django.db.models import Model, QuerySet
from pydantic import Field
from pydantic.dataclasses import dataclass

from pulso.errors import NothingKnown
from pulso.web.pages.asked import Asked

M = TypeVar("M", bound=Model)
R = TypeVar("R")
"""What a list is of: rows, or what was asked of them."""
MOST = 100
"""Rows on a leaf."""


@dataclass(frozen=True)
class Leaf:
    """Where in a long list a page is."""

    page: int = Field(description="which leaf of the list this is, from 1; asked for as ?page=2")
    pages: int = Field(description="how many leaves the list has")
    total: int = Field(description="how many rows it has in all")


def leaf(found: QuerySet[M, R], asked: Asked) -> tuple[list[R], Leaf]:
    """The rows of the leaf that is asked for, the first where none is. BadQuestion for what is no number, NothingKnown beyond the last."""
    return leaf_of(partial(some, found), asked)


def leaf_of(read: Callable[[int], tuple[list[R], int]], asked: Asked) -> tuple[list[R], Leaf]:
    """The same of rows that `read` finds: those after so many others, a leaf's at most, and how many there are in all."""
    page = asked.count("page") or 1
    rows, total = read(MOST * (page - 1))
    pages = max(-(-total // MOST), 1)
    if page > pages:
        raise NothingKnown(asked.speech.say("There is no page {page} of it: it has {pages}.", page=page, pages=pages))
    return rows, Leaf(page, pages, total)


def some(found: QuerySet[M, R], after: int = 0, *, most: int = MOST) -> tuple[list[R], int]:
    """So many rows after so many others, and how many there are in all: of a short list one question."""
    rows = list(found[after : after + most + 1])
    total = len(rows) if not after and len(rows) <= most else found.count()
    return rows[:most], total
