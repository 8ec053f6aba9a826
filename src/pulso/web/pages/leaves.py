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
MOST = 100
"""Rows on a leaf."""


@dataclass(frozen=True)
class Leaf:
    """Where in a long list a page is."""

    page: int = Field(description="which leaf of the list this is, from 1; asked for as ?page=2")
    pages: int = Field(description="how many leaves the list has")
    total: int = Field(description="how many rows it has in all")


def leaf(found: QuerySet[M], asked: Asked, *, whole: QuerySet[M] | None = None) -> tuple[list[M], Leaf]:
    """The rows of the leaf that is asked for, the first where none is. BadQuestion for what is no number, NothingKnown beyond the last."""
    return leaf_of(partial(some, found, whole=whole), asked)


def leaf_of(read: Callable[[int], tuple[list[M], int]], asked: Asked) -> tuple[list[M], Leaf]:
    """The same of rows that `read` finds: those after so many others, a leaf's at most, and how many there are in all."""
    page = asked.count("page") or 1
    rows, total = read(MOST * (page - 1))
    pages = max(-(-total // MOST), 1)
    if page > pages:
        raise NothingKnown(asked.speech.say("There is no page {page} of it: it has {pages}.", page=page, pages=pages))
    return rows, Leaf(page, pages, total)


def some(found: QuerySet[M], after: int = 0, *, most: int = MOST, whole: QuerySet[M] | None = None) -> tuple[list[M], int]:
    """So many rows after so many others, and how many there are in all: of a short list one question.

    `whole`, all rows of that kind, where the order is no index's: then keys are put in order and not whole rows, which of ten thousand
    takes a tenth of the time, and is one question more.
    """
    part = slice(after, after + most + 1)
    if whole is None:
        rows = list(found[part])
    else:
        keys = list(found.values_list("pk", flat=True)[part])
        by_key = whole.in_bulk(keys)
        rows = [by_key[key] for key in keys]
    total = len(rows) if not after and len(rows) <= most else found.count()
    return rows[:most], total
