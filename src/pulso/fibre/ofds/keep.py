"""What a file said and a record has no room for: kept beside the record, so that what was read can be written, and edits win over it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

OFDS = "ofds"
"""The key in a record's `more` under which it is kept."""


def difference(said: dict[str, Any], made: dict[str, Any]) -> dict[str, Any]:
    """
    Say how what was said differs from what a record would write.

    Parameters
    ----------
    said
        As the file has it.
    made
        As the record that was read from it would be written.

    Returns
    -------
    dict
        `more`: fields that the record has not. `said`: fields that differ, each with what would be written and what was said.
        `silent`: fields that would be written and were not said, with what would be. `within`: the same for records within.
        Empty parts are left out; equal things give {}.
    """
    patch: dict[str, Any] = {}
    for key, value in said.items():
        if key not in made:
            patch.setdefault("more", {})[key] = value
        elif isinstance(value, dict) and isinstance(made[key], dict):
            if inner := difference(value, made[key]):
                patch.setdefault("within", {})[key] = inner
        elif not same(value, made[key]):
            patch.setdefault("said", {})[key] = [made[key], value]
    for key, value in made.items():
        if key not in said:
            patch.setdefault("silent", {})[key] = value
    return patch


def restored(made: dict[str, Any], patch: dict[str, Any]) -> dict[str, Any]:
    """
    Write what was said again, but for fields of the record that have changed since.

    Parts of the patch that are not as `difference` makes them are passed over: something was taken out that not everybody may know.
    """
    result = dict(made)
    for key, value in _part(patch, "more"):
        result.setdefault(key, value)
    for key, pair in _part(patch, "said"):
        if key in made and isinstance(pair, list) and len(pair) == 2 and same(made[key], pair[0]):
            result[key] = pair[1]
    for key, then in _part(patch, "silent"):
        if key in made and same(made[key], then):
            del result[key]
    for key, inner in _part(patch, "within"):
        now = made.get(key)
        if isinstance(now, dict) and isinstance(inner, dict):
            result[key] = restored(now, inner)
    return result


def _part(patch: dict[str, Any], name: str) -> Iterable[tuple[str, Any]]:
    part = patch.get(name)
    return part.items() if isinstance(part, dict) else ()


def same(one: Any, other: Any) -> bool:
    """Equal as JSON has it: 1 is 1.0, but true is not 1, and a tuple is a list."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[k], other[k]) for k in one)
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)
