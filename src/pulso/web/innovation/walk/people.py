"""Who walks the loop in a synthetic city: its municipality, an adviser and an engineer, a citizen, a company, a university."""

from __future__ import annotations

from typing import NamedTuple

from pulso.web.innovation.walk import texts
from pulso.web.people import trail
from pulso.web.people.models import Organisation, Person, Role


class Cast(NamedTuple):
    """Those of one city. Nobody can sign in as one of them: they have no passwords."""

    municipality: Organisation
    adviser: Person  # writes, opens, publishes, decides
    engineer: Person  # freezes and evaluates
    citizen: Person
    company: Organisation
    university: Organisation


def cast(city: str, name: str) -> Cast:
    """Make, or find, those of a city."""
    municipality = _house(f"municipality-{city}", texts.MUNICIPALITY.format(city=name), "municipality", city)
    adviser, engineer = (_person(f"{kind}@{city}.example", said, kind, municipality) for kind, said in texts.ROLES.items())
    company, university = (
        _house(f"{kind}-synthetic", said, kind) for kind, said in (("company", texts.COMPANY), ("university", texts.UNIVERSITY))
    )
    return Cast(municipality, adviser, engineer, _person(f"citizen@{city}.example", texts.CITIZEN), company, university)


def _house(slug: str, name: str, kind: str, city: str = "") -> Organisation:
    made, new = Organisation.objects.get_or_create(slug=slug, defaults={"name": name, "kind": kind, "city": city})
    if new:
        trail.note(None, "create organisation", trail.named(made), None, trail.fields(made), city=city)
    return made


def _person(email: str, name: str, kind: str = "", house: Organisation | None = None) -> Person:
    found = Person.objects.filter(email=email).first()
    if found is not None:
        return found
    made = Person.objects.create_user(email, name=name, language="pt")
    trail.note(None, "create person by hand", trail.named(made), None, trail.fields(made), about=made)
    if house is not None:
        role = Role.objects.create(person=made, organisation=house, kind=kind)
        trail.note(None, "give role", trail.named(role), None, trail.fields(role), city=house.city, about=made)
    return made
