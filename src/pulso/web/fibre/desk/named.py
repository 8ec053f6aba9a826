"""How things are named on the desk: by id or by name, strands by spans, places by longitude and latitude. What can't be read says why."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from django import forms

from pulso.fibre.check.ground import BACK, FAR
from pulso.fibre.metres import straight_metres
from pulso.fibre.shapes import Point, Thing
from pulso.show import fibre as words
from pulso.show.language import Speech
from pulso.show.language import marked as _
from pulso.web.pages.asked import quoted
from pulso.web.pages.fibre_known import Known, name, plain

VERTICES = 10_000
"""Places of a route that is entered; more is no drawing by hand."""
MOST = 5
"""Things that a letter offers instead of one that it doesn't know."""
NUMBER = re.compile(r"[-+]?\d{1,3}(?:\.\d{0,20})?(?:[eE]-\d{1,2})?", re.ASCII)
SPAN = re.compile(r"(\d{1,9})(?:\s*[-–]\s*(\d{1,9}))?", re.ASCII)

NO_SUCH = _("The network has no {sort} {found}.")
PERHAPS = _("The network has no {sort} {found}. Perhaps: {near}.")
SEVERAL = _("Several are called {found}. Write the id of one: {near}.")
NOT_A_PLACE = _("Line {n}: found {found}; a place is its longitude and its latitude in degrees, as -8.61 41.15.")
OUTSIDE = _("Found {found}: longitude is from -180 to 180, latitude from -90 to 90.")
SWAPPED = _("Found {found}, which looks like latitude first: longitude comes first, then latitude.")
ONE_ALONE = _("A route has two places or more, from one end to the other; or none, where nobody knows it.")
TOO_MANY = _("{n} places are too many; at most {most} are read.")
NOT_A_SPAN = _("Found {found}; write a number, or the first and the last: 1–12.")


class Span(NamedTuple):
    """Numbers from a first to a last one."""

    first: int
    last: int

    @property
    def many(self) -> int:
        """How many they are."""
        return self.last - self.first + 1


def found(said: str, sort: str, net: Known, speech: Speech) -> str:
    """The id of the site, duct or cable of this id, or of this very name. ValidationError, which offers others, where it isn't one."""
    those: Mapping[str, Thing] = {"site": net.sites, "duct": net.ducts, "cable": net.cables}[sort]
    if said in those:
        return said
    named = net.once(f"{sort}s by name", lambda: _by_name(those)).get(plain(said), ())
    if len(named) == 1:
        return named[0].id
    near = net.listed(sort, said)
    offered = ", ".join(f"{name(t)} ({t.id})" for t in (named or near)[:MOST])
    letter = SEVERAL if named else PERHAPS if near else NO_SUCH
    raise forms.ValidationError(speech.say(letter, sort=words.word(words.SORTS, sort, speech), found=quoted(said), near=offered))


def span(said: str, speech: Speech) -> Span:
    """Numbers as people write them: 7, 1-12, 1–12. ValidationError for anything else."""
    read = SPAN.fullmatch(said.strip())
    first, last = (int(read[1]), int(read[2] or read[1])) if read else (0, 0)
    if not 1 <= first <= last:
        raise forms.ValidationError(speech.say(NOT_A_SPAN, found=quoted(said)))
    return Span(first, last)


def route(said: str, net: Known, speech: Speech) -> tuple[Point, ...]:
    """A place a line, from one end to the other; none where nobody knows. ValidationError says which line can't be a place."""
    lines = [(n, line) for n, line in enumerate(said.splitlines(), 1) if line.strip()]
    if len(lines) > VERTICES:
        raise forms.ValidationError(speech.say(TOO_MANY, n=speech.number(len(lines)), most=speech.number(VERTICES)))
    if len(lines) == 1:
        raise forms.ValidationError(speech.say(ONE_ALONE))
    places = [_place(line, n, speech) for n, line in lines]
    sound(places, net, speech)
    return tuple(places)


def sound(places: Sequence[Point], net: Known, speech: Speech) -> None:
    """ValidationError where one is no place on Earth, or is near the network only with longitude and latitude changed."""
    if not places:
        return
    at = np.array(places, float)
    off = ~((np.abs(at[:, 0]) <= 180) & (np.abs(at[:, 1]) <= 90))
    swapped, middle = np.zeros(len(at), bool), net.once("middle", lambda: _middle(net))
    if middle:
        inside = np.abs(at) <= 90  # each may be a latitude
        away = straight_metres([middle] * len(at), [p if ok else None for p, ok in zip(places, inside[:, 1], strict=True)])
        back = straight_metres([middle] * len(at), [(y, x) if ok else None for (x, y), ok in zip(places, inside[:, 0], strict=True)])
        swapped = (np.nan_to_num(away, nan=np.inf) > FAR) & (np.nan_to_num(back, nan=np.inf) < BACK)
    for letter, wrong in ((SWAPPED, swapped), (OUTSIDE, off)):
        if wrong.any():
            raise forms.ValidationError(speech.say(letter, found=_written(places[int(np.flatnonzero(wrong)[0])])))


def lines(places: Sequence[Point]) -> str:
    """A route as it is entered."""
    return "\n".join(map(_written, places))


def _by_name(those: Mapping[str, Thing]) -> Mapping[str, Sequence[Thing]]:
    called: defaultdict[str, list[Thing]] = defaultdict(list)
    for thing in those.values():
        called[plain(name(thing))].append(thing)
    return dict(called)


def _written(place: Point) -> str:
    return f"{place[0]!r} {place[1]!r}"


def _place(line: str, n: int, speech: Speech) -> Point:
    parts = re.split(r"[;\s]+|,\s+", line.strip())
    if len(parts) == 1:
        parts = parts[0].split(",")
    numbers = [p.rstrip(",").replace(",", ".").replace("\u2212", "-") for p in parts]
    if len(numbers) != 2 or not all(NUMBER.fullmatch(p) for p in numbers):
        raise forms.ValidationError(speech.say(NOT_A_PLACE, n=speech.number(n), found=quoted(line.strip())))
    return float(numbers[0]), float(numbers[1])


def _middle(net: Known) -> Point | None:
    """Of the network, by the medians of its sites; None where no place is known."""
    at = np.array([s.at for s in net.sites.values() if s.at is not None], float).reshape(-1, 2)
    return (float(np.median(at[:, 0])), float(np.median(at[:, 1]))) if len(at) else None
