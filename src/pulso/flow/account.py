"""What is known of a city's sources, revisions and weights, kept between runs: measuring it takes seconds, and whoever asks has none.

A cache: whoever deletes its file loses nothing but the answer until the next run.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from pulso.errors import NothingKnown
from pulso.flow import remembered
from pulso.flow.collect import Collected
from pulso.flow.home import River
from pulso.flow.publish import RECIPE, digest
from pulso.flow.revisions import revisions
from pulso.flow.status import SourceStatus, sources
from pulso.show.methods import Revision, Weighed

FORMAT = 1
"""Of the file: what another one says is not read."""


@dataclass(frozen=True)
class Letter:
    """What a person should know of a source's last collection."""

    source: str
    text: str
    unanswered: int  # addresses that did not answer; 0: the source answered, in a shape that can't be read
    at: datetime


@dataclass(frozen=True)
class Account:
    """What was known of a city when a run of the river ended."""

    format: int
    made: datetime
    version: str  # of the code
    recipe: str  # of the judgement
    city: str  # digest of the city's files
    digest: str  # what verdicts are made by: all three
    sources: tuple[SourceStatus, ...]
    letters: tuple[Letter, ...]
    revisions: tuple[Revision, ...]
    weights: Weighed | None  # null where no number is published


_FORM = TypeAdapter(Account)


def keep(river: River, told: Iterable[Collected] = ()) -> Account:
    """Measure all of it, and keep it; and what events did, beside it.

    `told` is what a collection says of the sources that it asked; of others the last word stands.
    """
    made = _measured(river, tuple(told))
    remembered.keep(river)
    _write(made, where(river))  # the last: whoever keeps pages looks whether this file has changed
    return made


def heard(river: River, told: Iterable[Collected]) -> None:
    """Keep what a collection says of its sources beside what was measured before: its letters, and how far each source tells now.

    Measures nothing else, for that takes seconds.
    """
    former, said = kept(where(river)), tuple(told)
    if former is not None:
        asked = {t.source for t in said}
        seen = tuple(_until(river, s) if s.source in asked and s.source in river.city.sources else s for s in former.sources)
        fresh = replace(former, letters=_letters(river, former, said), sources=seen)
        if fresh != former:
            _write(fresh, where(river))


def _write(made: Account, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, fresh = tempfile.mkstemp(prefix=path.name, dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(_FORM.dump_json(made))
        Path(fresh).chmod(0o644)
        Path(fresh).replace(path)
    except BaseException:
        Path(fresh).unlink(missing_ok=True)
        raise


def kept(path: Path) -> Account | None:
    """Give back what was kept; None where there is none, or another version of the code kept it."""
    try:
        said = _FORM.validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None  # made anew by the next run
    return said if said.format == FORMAT else None


def where(river: River) -> Path:
    """The file: beside the city's lake."""
    return river.home.folder(river.city) / "account.json"


def _measured(river: River, told: tuple[Collected, ...]) -> Account:
    from pulso.flow.weights import weights  # with SALib and scipy.stats, which whoever only reads an account should not wait for

    weighed = None
    with suppress(NothingKnown):  # before the first number there is nothing to weigh
        weighed = weights(river)
    return Account(
        format=FORMAT,
        made=river.home.clock(),
        version=version("pulso"),
        recipe=RECIPE,
        city=river.city.digest,
        digest=digest(river),
        sources=tuple(sources(river)),
        letters=_letters(river, kept(where(river)), told),
        revisions=tuple(revisions(river)),
        weights=weighed,
    )


def _letters(river: River, former: Account | None, told: tuple[Collected, ...]) -> tuple[Letter, ...]:
    """The last word of every source: of those that were asked now, of the others what they said before."""
    now, asked = river.home.clock(), {t.source for t in told}
    before = [x for x in (former.letters if former else ()) if x.source not in asked and x.source in river.city.sources]
    return (*before, *(Letter(t.source, t.letter, t.unanswered, now) for t in told if t.letter))


def _until(river: River, status: SourceStatus) -> SourceStatus:
    """A source's status with the days that it tells of now: whoever collects and never measures is not told that it is late."""
    read = river.lake.read_origins(status.source)
    first, last = read["first"].drop_null().to_pylist(), read["last"].drop_null().to_pylist()
    return replace(status, first=min(first, default=None), last=max(last, default=None), answers=read.num_rows)
