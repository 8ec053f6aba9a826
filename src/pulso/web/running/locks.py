"""Who is at work in a home: the site and the worker share it, one worker at a time; a restoration has it alone.

The system frees a lock when its process ends, however it ends.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pulso.errors import PulsoError

FILES = ("home.lock", "worker.lock")


class Occupied(PulsoError):  # noqa: N818  # it names a state of the world
    """Another process is at work where this one can't be beside it."""


@contextmanager
def beside_others(home: Path) -> Iterator[None]:
    """Use a home that others use too. Occupied while it is being restored."""
    with _held(home / "home.lock", fcntl.LOCK_SH, f"{home} is being restored. Wait until that is done."):
        yield


@contextmanager
def the_worker(home: Path) -> Iterator[None]:
    """Be the one worker of a home. Occupied where there is one."""
    letter = f"A worker already runs in {home}. One is enough: it takes up every city's jobs."
    with beside_others(home), _held(home / "worker.lock", fcntl.LOCK_EX, letter):
        yield


@contextmanager
def alone(home: Path) -> Iterator[None]:
    """Have a home alone. Occupied while a site or a worker runs."""
    letter = f"The site or its worker runs in {home}. Stop both (pulso serve, pulso worker), then try again."
    with _held(home / "home.lock", fcntl.LOCK_EX, letter):
        yield


@contextmanager
def _held(path: Path, how: int, letter: str) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, how | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Occupied(letter) from None
        yield
    finally:
        os.close(handle)
