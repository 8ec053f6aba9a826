"""How often the river was looked at while a question was answered: tests hold every page to ten looks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_looks: ContextVar[list[int] | None] = ContextVar("looks", default=None)


def looked() -> None:
    """Count one read of the shelf or the lake."""
    counter = _looks.get()
    if counter is not None:
        counter[0] += 1


@contextmanager
def counting() -> Iterator[list[int]]:
    """Count within a block: the list's one number."""
    counter = [0]
    token = _looks.set(counter)
    try:
        yield counter
    finally:
        _looks.reset(token)
