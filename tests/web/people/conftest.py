"""People of Vila."""

from __future__ import annotations

import pytest
from django.core.cache import cache

from pulso.web.people.models import Organisation, Person, Role


@pytest.fixture(autouse=True)
def nobody_has_tried_before() -> None:
    """Whoever tries too often is slowed down; a test is not the one before it."""
    cache.clear()


@pytest.fixture
def person(db):
    """Make someone, with roles in Vila."""

    def made(name: str = "ana", *kinds: str, city: str = "vila", organisation: Organisation | None = None, **rest: object) -> Person:
        someone = Person.objects.create_user(f"{name}@vila.example", "a long secret", name=name.title(), **rest)
        for kind in kinds:
            Role.objects.create(person=someone, kind=kind, city="" if organisation else city, organisation=organisation)
        return someone

    return made


@pytest.fixture
def municipality(db) -> Organisation:
    return Organisation.objects.create(slug="cm-vila", name="Câmara Municipal de Vila", kind="municipality", city="vila")
