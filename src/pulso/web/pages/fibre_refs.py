"""What the engineers' pages say again and again: a thing by name, a customer, a work, a change; and how each is said."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from itertools import islice
from uuid import UUID

from pydantic import Field
from pydantic.dataclasses import dataclass

from pulso.fibre.shapes import Works
from pulso.show import fibre as words
from pulso.show.language import Speech
from pulso.show.language import marked as _
from pulso.web.fibre import reads
from pulso.web.pages.asked import Asked
from pulso.web.pages.fibre_asked import Guest
from pulso.web.pages.fibre_known import Known, name
from pulso.web.people.reads import called

MOST = 100
"""Customers, cables and sensors that an answer names; how many there are is always said."""


DID = {"added": _("added"), "changed": _("changed"), "removed": _("removed")}
LONG = 200
"""Letters of a value that a line of changes shows."""


@dataclass(frozen=True)
class Ref:
    """A site, duct or cable by name."""

    sort: str = Field(description="site, duct or cable")
    id: str = Field(description="its id")
    name: str = Field(description="its name; its id where it has none, or isn't in the network")
    there: bool = Field(description="whether it is in the network")


@dataclass(frozen=True)
class Customer:
    """A site that is served by the network."""

    id: str = Field(description="its id")
    name: str = Field(description="its name; its id where it has none")
    service: str = Field(description="what is served")
    criticality: str = Field(description="life, essential or normal: what it means that it is dark")
    critical: str = Field(description="the same in the page's language")


@dataclass(frozen=True)
class Dig:
    """Works on some days."""

    id: str = Field(description="their id")
    name: str = Field(description="what is done")
    first: date = Field(description="their first day")
    last: date = Field(description="their last day, included")
    permit: str = Field(description="the permit; empty where none is said")
    whom: str = Field(description="who digs; empty where that isn't said")
    ducts: tuple[Ref, ...] = Field(description="ducts that they touch, of those that whoever asks may know")
    sites: tuple[Ref, ...] = Field(description="sites that they touch, alike")


@dataclass(frozen=True)
class FieldLine:
    """What a field was, and what it is."""

    field: str = Field(description="the field, as the record calls it")
    before: str = Field(description="what it was; empty where there was nothing")
    after: str = Field(description="what it is; empty where there is nothing")


@dataclass(frozen=True)
class Change:
    """What one revision did to one thing."""

    revision: int = Field(description="the revision's number")
    at: datetime = Field(description="when it was made, UTC")
    who: str = Field(description="by whom")
    why: str = Field(description="the reason that was given")
    sort: str = Field(description="site, duct, cable, strands, splice, port, splitter, works, organisation, phase or plan")
    sort_called: str = Field(description="the same in the page's language")
    key: str = Field(description="its id; of what has none, what it is of")
    did: str = Field(description="added, changed or removed")
    called: str = Field(description="the same in the page's language")
    fields: tuple[FieldLine, ...] = Field(description="which fields differ, where it was changed; empty where the whole thing came or went")


def ref(sort: str, key: str, known: Known) -> Ref:
    """A thing by name."""
    those = {"site": known.sites, "duct": known.ducts, "cable": known.cables}[sort]
    found = those.get(key)
    return Ref(sort, key, name(found) if found else key, found is not None)


def customers(ids: Iterable[str], known: Known, speech: Speech) -> tuple[Customer, ...]:
    """The first hundred of some customers, in the order in which they come."""
    found = [known.sites[i] for i in islice(ids, MOST)]
    return tuple(
        Customer(s.id, name(s), s.service, s.criticality.value, words.word(words.CRITICALITY, s.criticality, speech)) for s in found
    )


def dig(works: Works, asked: Guest) -> Dig:
    """Works as a line; what they touch is named only where whoever asks may know of it."""
    known = asked.known
    return Dig(
        id=works.id,
        name=works.name or works.id,
        first=works.first,
        last=works.last,
        permit=works.permit,
        whom=known.owners.get(works.whom, works.whom),
        ducts=tuple(ref("duct", d, known) for d in works.ducts if d in known.ducts),
        sites=tuple(ref("site", s, known) for s in works.sites if s in known.sites),
    )


def officers(told: Iterable[reads.Told], asked: Asked) -> Mapping[UUID | None, str]:
    """Who made some revisions, by pseudonym. One question, and none where it was the machine."""
    wanted = {r.who for r in told if r.who}
    found = {who: asked.speech.say(said) for who, said in called(wanted).items()} if wanted else {}
    return {None: asked.speech.say("the system")} | found


def history(kind: str, key: str, asked: Guest) -> tuple[Change, ...]:
    """All that was done to one thing, the latest first; a hundred steps at most."""
    steps = reads.history(asked.reading.slug, kind, key)[:MOST]
    names = officers((s.revision for s in steps), asked)
    return tuple(changed(s.change, s.revision, names, asked.speech) for s in steps)


def changed(c: reads.Change, r: reads.Told, names: Mapping[UUID | None, str], speech: Speech) -> Change:
    """One of them in words."""
    fields: Sequence[reads.Field] = c.fields if c.was == "changed" else ()
    lines = tuple(FieldLine(f.name, _short(f.before), _short(f.after)) for f in fields)
    return Change(
        r.number, r.at, names[r.who], r.why, c.kind, words.word(words.THINGS, c.kind, speech), c.key, c.was, speech.say(DID[c.was]), lines
    )


def _short(value: object) -> str:
    """A value of a record as a line shows it."""
    if value is None or value in ("", [], {}):
        return ""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONG else f"{text[: LONG - 1]}…"
