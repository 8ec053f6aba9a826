"""Ask: one connector a module, found by its name, given one power: get."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from datetime import datetime
from types import ModuleType
from typing import cast

from pydantic import ValidationError

from pulso.city import City, SourceConf, letters
from pulso.errors import CityFileError, Mistake
from pulso.shapes import Source


def connector(name: str) -> ModuleType | None:
    """Find a connector: a module of this folder that has a Source and the Options it is made from."""
    if name not in {info.name for info in pkgutil.iter_modules(__path__)}:
        return None
    module = importlib.import_module(f"{__name__}.{name}")
    return module if hasattr(module, "Source") and hasattr(module, "Options") else None


def connectors() -> list[str]:
    """Name every connector there is."""
    return [info.name for info in pkgutil.iter_modules(__path__) if connector(info.name)]


def open_source(conf: SourceConf, city: City) -> Source:
    """Make the connector that a [sources.x] names.

    Raises
    ------
    CityFileError
        A letter a mistake: an unknown connector, or a key that the connector does not know or can't use.
    """
    where = str(city.folder / "city.toml")
    key = f"sources.{conf.name}"
    module = connector(conf.connector)
    if module is None:
        raise CityFileError(where, [Mistake(f"{key}.connector", conf.connector, f"one of {', '.join(connectors())}")])
    try:
        options = module.Options.model_validate(dict(conf.options))
    except ValidationError as why:
        found = [Mistake(key if m.key == "the file" else f"{key}.{m.key}", m.found, m.allowed) for m in letters(why)]
        raise CityFileError(where, found) from None
    return cast(Source, module.Source(conf=conf, options=options, city=city))


def strip_of(conf: SourceConf, city: City, now: datetime) -> Callable[[bytes], bytes] | None:
    """What takes everything personal out of a connector's answers before they touch a disk; None where its module has no such thing.

    `strip_for(conf, city, now)`, where it is the city and the day that say what may pass; else `strip`.
    """
    module = connector(conf.connector)
    made = getattr(module, "strip_for", None)
    return cast(Callable[[bytes], bytes], made(conf, city, now)) if made else getattr(module, "strip", None)


def refusal_of(conf: SourceConf) -> Callable[[bytes, str], None] | None:
    """What lets no answer pass that a connector may not read, before it touches a disk; None where its module has no such thing."""
    return cast(Callable[[bytes, str], None] | None, getattr(connector(conf.connector), "refuse", None))
