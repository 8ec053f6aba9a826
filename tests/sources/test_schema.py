"""The JSON Schema of a city file knows what the shipped cities say."""

from __future__ import annotations

import tomllib

import pytest

from pulso.city import cities_folder
from pulso.sources import connectors
from pulso.sources.schema import city_schema


def keys(schema, part):
    return set(schema["properties"][part]["properties"])


@pytest.mark.parametrize("slug", ["muenster", "zurich", "porto"])
def test_every_key_of_a_shipped_city_is_in_the_schema(slug):
    schema = city_schema()
    city = tomllib.loads((cities_folder() / slug / "city.toml").read_text(encoding="utf-8"))
    assert set(city) <= set(schema["properties"])
    assert set(city["city"]) <= keys(schema, "city")
    assert set(city["zones"]) <= keys(schema, "zones")
    by_name = {s["properties"]["connector"]["const"]: s for s in schema["properties"]["sources"]["additionalProperties"]["oneOf"]}
    for source in city["sources"].values():
        known = by_name[source["connector"]]
        unknown = set(source) - set(known["properties"])
        assert set(known["required"]) <= set(source)
        assert all(isinstance(source[k], list) for k in unknown)
        assert not unknown or known["additionalProperties"]


def test_the_schema_has_a_section_for_each_connector():
    sources = city_schema()["properties"]["sources"]["additionalProperties"]["oneOf"]
    assert [s["properties"]["connector"]["const"] for s in sources] == connectors()


def test_what_the_schema_refers_to_is_in_it():
    schema = city_schema()
    text = str(schema)
    assert all(f"#/$defs/{name}" not in text or name in schema["$defs"] for name in ("Time", "Values", "Address", "Place"))
    assert {"Time", "Values", "Address"} <= set(schema["$defs"])
