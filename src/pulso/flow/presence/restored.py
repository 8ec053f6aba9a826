"""What a home that was brought back from a backup does not know: which days were published since, or corrected, and what noise has cost."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import NamedTuple

from pulso.city import City, SourceConf
from pulso.core.privacy.noise import Ledger
from pulso.errors import LakeError
from pulso.flow.home import River
from pulso.flow.presence.keep import first_kept
from pulso.sources.radius import Options, seconds
from pulso.sources.raw_store import retention

NOTE = "restored.json"
"""In a home: when it was brought back, and when its backup was made. `pulso restore` writes it."""


class Restored(NamedTuple):
    """What was lost of a source's past."""

    at: datetime  # when the home was brought back
    last: date  # until this local day anything may have been said
    days: int  # that may have been published, or corrected, since the backup


def settled(city: City, options: Options, now: datetime) -> date:
    """The last local day that has settled at a moment."""
    return (now - timedelta(seconds=seconds(options.settle))).astimezone(city.clock).date() - timedelta(days=1)


def restored(river: River, conf: SourceConf, options: Options) -> Restored | None:
    """
    Say what is not known of a source's past; None where the home was never brought back.

    Raises
    ------
    LakeError
        Where the note can't be read.
    """
    path = river.home.root / NOTE
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        at, made = (datetime.fromisoformat(told[key]) for key in ("at", "backup"))
        last = settled(river.city, options, at)
        first = first_kept(river.city, made, retention(conf.keep_raw))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as why:
        raise LakeError(
            f"{path} can't be read ({why}). It says when this home was brought back from a backup, so that no day is published twice: "
            'write it as {"at": "2026-05-07T12:00:00+00:00", "backup": "2026-05-01T12:00:00+00:00"}, with both moments.'
        ) from why
    return Restored(at, last, max((last - max(first, conf.first or first)).days + 1, 0))


def paid(ledger: Ledger, found: Restored | None, epsilon: str) -> Ledger:
    """A ledger that counts as spent, once, what may have been: a release of each day that is in doubt. BudgetSpent where it is too much."""
    if found is None or not found.days:
        return ledger
    release = f"restored {found.at.isoformat()}"
    if any(name == release for name, _ in ledger.releases):
        return ledger
    return ledger.spend(release, Fraction(epsilon) * found.days)


def lost(name: str, days: list[date], found: Restored) -> str:
    """Why days are not published."""
    return (
        f"Source {name}: {', '.join(map(str, days))} will not be published. This home was brought back from a backup on "
        f"{found.at.date()}: what was published of such days since the backup was made nobody knows any more, and a day is published once."
    )
