"""The digest of a revision: a chain that whoever has the rows recomputes, so that nothing is changed behind its back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator

from pulso.web.fibre.kinds import Thing
from pulso.web.fibre.models import Kept, Revision


def digest(before: str, made: Revision, put: Iterable[tuple[str, str, str]], gone: Iterable[Thing]) -> str:
    """Chain a revision: sha256 over the digest before it, what it says of itself, and what it put and took away, a line of JSON each.

    `put` are kinds, keys and bodies of the versions that begin with it, `gone` the things that are not there any more.
    """
    said = {"city": made.city, "number": made.number, "at": made.at.isoformat(), "why": made.why, "counts": made.counts}
    said["who"] = str(made.who_id) if made.who_id else None  # the pseudonym, which outlives whoever is erased
    found = hashlib.sha256(before.encode())
    found.update(json.dumps(said, sort_keys=True).encode() + b"\n")
    for line in (*sorted(put), *sorted(gone)):
        found.update(json.dumps(line).encode() + b"\n")
    return found.hexdigest()


def recomputed(city: str) -> Iterator[tuple[Revision, str]]:
    """Every revision of a city in order, and its digest by the rows as they are now: the same, or somebody has been at them."""
    before = ""
    for made in Revision.objects.filter(city=city).order_by("number"):
        began = list(Kept.objects.filter(city=city, since=made.number).values_list("kind", "key", "body"))
        things = {(kind, key) for kind, key, _body in began}
        ended = Kept.objects.filter(city=city, until=made.number).values_list("kind", "key")
        before = digest(before, made, began, (thing for thing in ended if thing not in things))
        yield made, before
