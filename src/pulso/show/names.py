"""What things are called, in both languages: drivers, kinds of events, flags, states. The city's own names come from its file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from pulso.city import City, Span
from pulso.shapes import REASONS, MetricVerdict, Verdict
from pulso.show.feasts import feast
from pulso.show.language import Speech
from pulso.show.language import marked as _

DRIVERS: dict[str, str] = {
    "rain": _("rain"),
    "precipitation": _("rain"),
    "snow": _("snow"),
    "snow_depth": _("snow"),
    "snowfall": _("snow"),
    "temperature": _("temperature"),
    "cold": _("cold"),
    "warmth": _("warmth"),
    "heat": _("heat"),
    "wind": _("wind"),
    "wind_speed": _("wind"),
    "sun": _("sun"),
    "sunshine": _("sun"),
    "radiation": _("sun"),
    "humidity": _("humidity"),
    "cloud_cover": _("clouds"),
    "pressure": _("air pressure"),
    "weather": _("weather"),
    "unexplained": _("unexplained"),
    "other": _("other reasons"),
}
"""Drivers of the weather, and what is left over."""

KINDS: dict[str, str] = {
    "accident": _("accident"),
    "breakdown": _("breakdown"),
    "bus_strike": _("bus strike"),
    "carnival": _("carnival"),
    "carnival_monday": _("carnival Monday"),
    "christmas_market": _("Christmas market"),
    "closure": _("closure"),
    "concert": _("concert"),
    "conference": _("conference"),
    "demonstration": _("demonstration"),
    "event": _("event"),
    "fair": _("fair"),
    "farmers'_protest": _("farmers' protest"),
    "feast": _("feast"),
    "festival": _("festival"),
    "festival_weekend": _("festival weekend"),
    "fibre_cut": _("fibre cut"),
    "fire": _("fire"),
    "flood": _("flood"),
    "football": _("football"),
    "heat_wave": _("heat wave"),
    "holiday": _("public holiday"),
    "lockdown": _("lockdown"),
    "first_lockdown": _("first lockdown"),
    "second_lockdown": _("second lockdown"),
    "marathon": _("marathon"),
    "market": _("market"),
    "match": _("match"),
    "outage": _("outage"),
    "pilot": _("pilot"),
    "pothole": _("pothole"),
    "power_cut": _("power cut"),
    "protest": _("protest"),
    "race": _("race"),
    "rail_strike": _("rail strike"),
    "road_works": _("road works"),
    "sao_joao": _("night of São João"),
    "são_joão_night": _("night of São João"),
    "school_break": _("school holidays"),
    "snow_storm": _("snow storm"),
    "snow_week": _("snow week"),
    "sport": _("sport"),
    "storm": _("storm"),
    "strike": _("strike"),
    "summit": _("summit"),
    "transport_strike": _("transport strike"),
    "works": _("works"),
}
"""Kinds of events, and common names, that we have a word for in both languages; others are shown as the city file has them."""

FLAGS: dict[str, str] = {
    "sensors disagree": _("sensors disagree"),
    "frozen": _("frozen, left out"),
    "jump": _("level jumped, left out"),
    "spike": _("implausible day, left out"),
    "new": _("too new, left out"),
    "partial": _("too few hours seen, left out"),
    "by hand": _("left out by hand"),
    "silenced": _("silenced by an outage or a cut"),
}
"""What a metric's flags say; a flag of one sensor is "frozen: its name"."""

STATUSES: dict[str, str] = {"published": _("published"), "partial": _("partial"), "refused": _("refused")}

STAGES: dict[str, tuple[str, str]] = {
    "flash": (_("flash"), _("A first estimate, within the hour.")),
    "provisional": (_("provisional"), _("Made the morning after; late data can still change it.")),
    "revised": (_("revised"), _("Made a week or more after the day, with what came late.")),
    "final": (_("final"), _("Made 45 days later; it stays as it is.")),
    "backfill": (
        _("backfill"),
        _("Published in one go with the city's history: each day is judged by a model fitted on what came before it."),
    ),
    "benchmark": (_("annual benchmark"), _("Recomputed for the year, with the model fitted again.")),
}
"""When in its life a number was published, and what that means."""

LISTED = 8  # so many sensors are named in one breath

ORDINARY = (
    _("an ordinary Monday"),
    _("an ordinary Tuesday"),
    _("an ordinary Wednesday"),
    _("an ordinary Thursday"),
    _("an ordinary Friday"),
    _("an ordinary Saturday"),
    _("an ordinary Sunday"),
)
HOLIDAY = _("an ordinary public holiday")


def plain(slug: str) -> str:
    """Make a slug readable where nobody gave it a name."""
    return slug.replace("_", " ")


def driver(name: str, speech: Speech, city: City | None = None) -> str:
    """Name a driver, an event, or events joined by commas: as the city file does in this language, else in our words, else as it stands."""
    own = city.portuguese.get(name) if city and speech.code == "pt" else None
    if own:
        return own
    if ", " in name:
        return ", ".join(driver(part, speech, city) for part in name.split(", "))
    known = DRIVERS.get(name) or KINDS.get(name.lower().replace(" ", "_"))
    return speech.say(known) if known else feast(name, speech) or plain(name)


def domain(slug: str, city: City, speech: Speech) -> str:
    """Name a domain as the city file does in this language, else in the other one, else by its slug."""
    conf = city.domains.get(slug)
    return _own(conf.name_en, conf.name_pt, slug, speech) if conf else speech.capital(plain(slug))


def metric(slug: str, city: City, speech: Speech) -> str:
    """Name a metric, by the same rule as a domain."""
    conf = city.metrics.get(slug)
    return _own(conf.name_en, conf.name_pt, slug, speech) if conf else speech.capital(plain(slug))


def source(slug: str, city: City, speech: Speech) -> str:
    """Name a source, by the same rule as a domain."""
    conf = city.sources.get(slug)
    return _own(conf.name_en, conf.name_pt, slug, speech) if conf else speech.capital(plain(slug))


def flag(text: str, speech: Speech, called: Mapping[str, str] = MappingProxyType({})) -> str:
    """Say what a flag means: "sensors disagree", or "PH Theater: frozen, left out", by the sensor's name where one is known."""
    kind, colon, sensor = (part.strip() for part in text.partition(":"))
    meaning = speech.say(FLAGS[kind]) if kind in FLAGS else plain(kind)
    return f"{called.get(sensor, sensor)}: {meaning}" if colon else meaning


def flags(verdict: MetricVerdict, city: City, speech: Speech) -> list[str]:
    """Say what a metric's flags mean, the sensors of one kind together: "level jumped, left out: Ponte Nova, Ponte Velha"."""
    conf = city.metrics.get(verdict.metric)
    called = {s.sensor: s.name for s in city.sensors.get(conf.source, ()) if s.name} if conf else {}
    sensors: dict[str, list[str]] = {}
    for text in verdict.flags:
        kind, sensor = (part.strip() for part in text.partition(":")[::2])
        sensors.setdefault(kind, []).extend([called.get(sensor, sensor)] if sensor else [])
    return [": ".join(filter(None, (flag(kind, speech), _several(named, speech)))) for kind, named in sensors.items()]


def _several(named: list[str], speech: Speech) -> str:
    """List names, of many the first and how many more."""
    few, others = named[:LISTED], len(named) - LISTED
    return ", ".join(few) + (" " + speech.many("and one more", "and {n} more", others) if others > 0 else "")


def reject(word: str, speech: Speech) -> str:
    """Say what a reason for rejecting a value means; ValueError for a word that is none."""
    if word not in REASONS:
        raise ValueError(f"reject reason {word!r}: known are {', '.join(REASONS)}")
    return speech.say(REASONS[word])


def ordinary(verdict: Verdict, city: City, speech: Speech) -> str:
    """Name the day that a verdict was compared with: "an ordinary Tuesday", "an ordinary public holiday"."""
    if city.public_holidays(verdict.day, verdict.day):
        return speech.say(HOLIDAY)
    return speech.say(ORDINARY[verdict.day.weekday()])


def sort(name: str, events: Iterable[Span], speech: Speech, city: City | None = None) -> str:
    """Say what sort of thing an event is that goes by its own name: "Storm Sabine" is a storm. Empty where the name says it."""
    said = driver(name, speech, city)
    kinds = dict.fromkeys(driver(e.kind, speech) for e in events if e.name in name.split(", ") or e.kind == name)
    return ", ".join(k for k in kinds if k.lower() not in said.lower())


def _own(english: str, portuguese: str, slug: str, speech: Speech) -> str:
    first, second = (portuguese, english) if speech.code == "pt" else (english, portuguese)
    return first or second or speech.capital(plain(slug))
