"""Who may do what, as sentences. Nothing else asks for roles: a part that needs a new permission adds a sentence here.

A role counts in its city, or in its organisation; those in a municipality count in the city that it governs. Whoever is erased, inactive
or unknown may nothing; a superuser may everything. Each answer costs one question to the database.
"""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q

from pulso.web.people.models import Organisation, Person, Role

Someone = Person | AnonymousUser
"""Whoever asks: a person, or nobody known."""

ADMINISTRATOR, EDITOR, ENGINEER, VIEWER = Role.Kind.ADMINISTRATOR, Role.Kind.EDITOR, Role.Kind.ENGINEER, Role.Kind.VIEWER


def may_see_entries(person: Someone, city: str) -> bool:
    """See what was entered in a city, by which office, and what was withdrawn."""
    return _is(person, (VIEWER, EDITOR, ENGINEER, ADMINISTRATOR), _in_city(city))


def may_enter_events(person: Someone, city: str) -> bool:
    """Enter, change and withdraw events of the city."""
    return _is(person, (EDITOR, ADMINISTRATOR), _in_city(city))


def may_enter_outages(person: Someone, city: str) -> bool:
    """Enter, change and withdraw outages: what silences sensors."""
    return _is(person, (EDITOR, ENGINEER, ADMINISTRATOR), _in_city(city))


def may_flag_sensors(person: Someone, city: str) -> bool:
    """Exclude a sensor of the city, and take it in again."""
    return _is(person, (ENGINEER, ADMINISTRATOR), _in_city(city))


def may_administer(person: Someone, organisation: Organisation) -> bool:
    """Give and take roles in an organisation."""
    return _is(person, (ADMINISTRATOR,), Q(organisation=organisation))


def may_administer_city(person: Someone, city: str) -> bool:
    """Give and take roles in a city, and read its trail."""
    return _is(person, (ADMINISTRATOR,), _in_city(city))


def may_have_keys(person: Someone) -> bool:
    """Make keys for machines: everybody with an account."""
    return isinstance(person, Person) and person.is_active


def _in_city(city: str) -> Q:
    return Q(city=city) | Q(organisation__city=city, organisation__kind=Organisation.Kind.MUNICIPALITY) if city else Q(pk__in=[])


def _is(person: Someone, kinds: tuple[str, ...], where: Q) -> bool:
    if not isinstance(person, Person) or not person.is_active:
        return False
    return person.is_superuser or person.roles.filter(where, kind__in=kinds).exists()
