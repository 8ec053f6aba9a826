"""An access point is counted for one city of a home: two counts of the same sessions tell together of somebody."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import date
from pathlib import Path

from pulso.errors import LakeError
from pulso.flow.home import River
from pulso.flow.presence.keep import folder
from pulso.lake.lake import alone

FILE = "points.json"
"""Beside what a source published: of each access point the last day on which this city counted it. No secret: places list them."""


def claimed(river: River, name: str, points: Collection[str], first: date) -> str | None:
    """
    Take access points for a city's source; or say which other city of this home has them.

    Parameters
    ----------
    river, name
        The city, and its source.
    points
        As accounting calls them.
    first
        The first day that could be published: what another city counted last before then is free.

    Returns
    -------
    str or None
        A letter, and nothing is taken.

    Raises
    ------
    LakeError
        Where the disk refuses, or another city of the home takes its own at this moment.
    """
    with alone(river.home.root, "presence.lock"):
        for path in sorted(river.home.root.glob(f"*/presence/*/{FILE}")):
            slug, source = path.parts[-4], path.parts[-2]
            if slug == river.city.slug:
                continue
            taken = sorted(p for p, day in _read(path).items() if p in points and date.fromisoformat(day) >= first)
            if taken:
                return (
                    f"Source {name} of {river.city.slug} publishes nothing: {slug}, of the same home, counts {len(taken)} of its access "
                    f"points too (sources.{source}; the first is {taken[0]}), and two counts of the same sessions tell together of "
                    f"somebody. Take them out of the list of one of the two. If {slug} gives them up, {river.city.slug} can publish once "
                    "the sessions that were kept until then are forgotten."
                )
        kept = folder(river, name) / FILE
        today = river.home.clock().astimezone(river.city.clock).date().isoformat()
        told = json.dumps((_read(kept) if kept.is_file() else {}) | dict.fromkeys(points, today))
        try:
            fresh = kept.with_suffix(".part")
            fresh.write_text(told, encoding="utf-8")
            fresh.replace(kept)
        except OSError as why:
            raise LakeError(f"Could not write {kept}: {why.strerror or why}. Nothing was published; a rerun does it.") from why
    return None


def _read(path: Path) -> dict[str, str]:
    try:
        found: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as why:
        raise LakeError(f"{path} can't be read ({why}). It says which access points its city counts, so nothing is published.") from why
    return found
