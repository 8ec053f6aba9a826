"""A JSON Schema of the city file, so that an editor can help with it."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from pulso.city import DomainConf, MetricConf, Place, Simulation, SourceConf, Weather, ZonesFile
from pulso.sources import connector, connectors

Json = dict[str, Any]


def city_schema() -> Json:
    """Describe city.toml: its sections, and for each connector the keys of its [sources.x]."""
    shared: Json = {}

    def of(model: type[BaseModel]) -> Json:
        found = model.model_json_schema(by_alias=True)
        shared.update(found.pop("$defs", {}))
        return found

    common = of(SourceConf)
    own = {k: v for k, v in common["properties"].items() if k not in ("name", "connector", "options")}
    sources = []
    for name in connectors():
        module = connector(name)
        options = of(module.Options) if module else {}
        sources.append(
            {
                **options,
                "title": f"connector = {name!r}",
                "properties": {"connector": {"const": name}, **own, **options.get("properties", {})},
                "required": ["connector", *options.get("required", [])],
            }
        )
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A city of Pulso",
        "type": "object",
        "additionalProperties": False,
        "required": ["city", "zones", "sources"],
        "properties": {
            "city": of(Place),
            "zones": of(ZonesFile),
            "sources": {"type": "object", "additionalProperties": {"oneOf": sources}},
            "domains": {"type": "object", "additionalProperties": of(DomainConf)},
            "metrics": {"type": "object", "additionalProperties": of(MetricConf)},
            "weather": of(Weather),
            "simulation": of(Simulation),
        },
        "$defs": shared,
    }
