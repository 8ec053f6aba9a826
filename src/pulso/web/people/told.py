"""The trail as its readers read it: who did what to what, by the names that these have now, on the city's own clock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from pulso.show.language import Speech
from pulso.web.people.around import ACTIONS, ERASED, ROLES, THINGS
from pulso.web.people.models import Organisation, Role, Step
from pulso.web.people.reads import called


@dataclass(frozen=True)
class Line:
    """One step in words."""

    step: Step
    who: str
    what: str
    of: str


def told(steps: Iterable[Step], events: Mapping[str, str], speech: Speech) -> list[Line]:
    """Say the steps; `events` are the names of what was entered. One question each for people, roles and organisations."""
    steps = list(steps)
    subjects = {s.subject: _subject(s.subject) for s in steps}
    parts = [p for p in subjects.values() if len(p) > 1]
    numbers = [int(p[1]) for p in parts if p[0] == "role" and p[1].isdecimal()]  # as the trail called roles once
    old = {f"role:{r.pk}": ("role", r.kind, str(r.person.pseudonym)) for r in Role.objects.filter(pk__in=numbers).select_related("person")}
    subjects |= {s: old[s] for s in subjects if s in old}
    someone = {UUID(p[-1]) for p in subjects.values() if p[0] == "person" or len(p) == 3}
    people = {str(k): _person(v, speech) for k, v in called(someone | {s.who for s in steps if s.who}).items()}
    houses = {str(o.pk): o.name for o in Organisation.objects.filter(pk__in=[int(p[1]) for p in parts if p[0] == "organisation"])}
    return [
        Line(
            step=s,
            who=people[str(s.who)] if s.who else speech.say("the machine"),
            what=speech.say(ACTIONS[s.action]) if s.action in ACTIONS else s.action,
            of=_said(subjects[s.subject], people, events, houses, speech),
        )
        for s in steps
    ]


def _subject(said: str) -> tuple[str, ...]:
    """The parts of what the trail calls a thing: its sort and which; of a role also whose."""
    sort, _, which = said.partition(":")
    return (sort, *which.split(":")) if sort == "role" else (sort, which)


def _said(parts: tuple[str, ...], people: Mapping[str, str], events: Mapping[str, str], houses: Mapping[str, str], speech: Speech) -> str:
    sort, which = parts[0], parts[1]
    thing = speech.say(THINGS[sort]) if sort in THINGS else sort
    if sort == "role" and len(parts) == 3:
        return f"{speech.say(ROLES[which])}: {people[parts[2]]}"
    if sort == "person":
        return people[which]
    known = {"event": events.get(which), "organisation": houses.get(which), "sensor": which}.get(sort)
    return known or f"{thing} {which[:8]}".strip()


def _person(name: str, speech: Speech) -> str:
    return speech.say(name) if name == ERASED else name
