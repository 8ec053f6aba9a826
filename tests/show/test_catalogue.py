from __future__ import annotations

import string

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from show_messages import explanations, messages

from pulso.show.language import CATALOGUES


def catalogue():
    whole = Catalog(locale="pt")
    for path in sorted((CATALOGUES / "pt").glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale="pt", abort_invalid=True):
                assert not message.id or message.id not in whole, f"{path.name} says again: {message.id}"
                whole[message.id] = message
    return whole


def fields(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_everything_that_is_said_can_be_said_in_portuguese():
    found = catalogue()
    said = messages()
    assert len(said) > 100
    missing = [m for m in said if m not in found or not all([found[m].string] if isinstance(m, str) else found[m].string)]
    assert missing == []


def test_every_field_and_address_is_explained_in_portuguese():
    found, said = catalogue(), explanations()
    assert len(said) > 400
    assert sorted(m for m in said if m not in found or not found[m].string) == []


def test_the_catalogue_holds_nothing_that_nobody_says():
    said = messages()
    assert [m.id for m in catalogue() if m.id and m.id not in said] == []


def test_no_translation_waits_for_a_second_look():
    assert [m.id for m in catalogue() if m.id and m.fuzzy] == []


def test_a_translation_fills_in_the_same_values_as_the_message():
    for m in catalogue():
        if m.id:
            ours, theirs = ([m.id], [m.string]) if isinstance(m.id, str) else (m.id, m.string)
            assert [fields(t) for t in ours] == [fields(t) for t in theirs], m.id
