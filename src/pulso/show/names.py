"""What things are called, in both languages: drivers, kinds of events, flags, states. The city's own names come from its file."""

from __future__ import annotations

from collections.abc import Iterable

from pulso.city import City, Span
from pulso.shapes import REASONS, Verdict
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
    "heat": _("heat"),
    "wind": _("wind"),
    "wind_speed": _("wind"),
    "sun": _("sun"),
    "sunshine": _("sun"),
    "radiation": _("sun"),
    "humidity": _("humidity"),
    "weather": _("weather"),
    "unexplained": _("unexplained"),
    "other": _("other reasons"),
}
"""Drivers of the weather, and what is left over."""

KINDS: dict[str, str] = {
    "accident": _("accident"),
    "bus_strike": _("bus strike"),
    "carnival": _("carnival"),
    "christmas_market": _("Christmas market"),
    "closure": _("closure"),
    "concert": _("concert"),
    "conference": _("conference"),
    "demonstration": _("demonstration"),
    "event": _("event"),
    "fair": _("fair"),
    "festival": _("festival"),
    "fire": _("fire"),
    "flood": _("flood"),
    "football": _("football"),
    "heat_wave": _("heat wave"),
    "holiday": _("public holiday"),
    "lockdown": _("lockdown"),
    "marathon": _("marathon"),
    "market": _("market"),
    "match": _("match"),
    "outage": _("outage"),
    "power_cut": _("power cut"),
    "protest": _("protest"),
    "race": _("race"),
    "sao_joao": _("night of São João"),
    "school_break": _("school holidays"),
    "snow_storm": _("snow storm"),
    "sport": _("sport"),
    "storm": _("storm"),
    "strike": _("strike"),
    "summit": _("summit"),
    "transport_strike": _("transport strike"),
    "works": _("works"),
}
"""Kinds of events that we have a word for in both languages; others are shown as the city file has them."""

FLAGS: dict[str, str] = {
    "sensors disagree": _("sensors disagree"),
    "frozen": _("frozen, left out"),
    "jump": _("level jumped, left out"),
    "spike": _("implausible day, left out"),
    "new": _("too new, left out"),
    "by hand": _("left out by hand"),
}
"""What a metric's flags say; a flag of one sensor is "frozen: its name"."""

STATUSES: dict[str, str] = {"published": _("published"), "partial": _("partial"), "refused": _("refused")}

STAGES: dict[str, tuple[str, str]] = {
    "flash": (_("flash"), _("A first estimate, within the hour.")),
    "provisional": (_("provisional"), _("Made the morning after; late data can still change it.")),
    "revised": (_("revised"), _("Made again a week later, with what came late.")),
    "final": (_("final"), _("Made 45 days later; it stays as it is.")),
    "backfill": (
        _("backfill"),
        _("Published in one go with the city's history: each day is judged by a model fitted on what came before it."),
    ),
    "benchmark": (_("annual benchmark"), _("Recomputed for the year, with the model fitted again.")),
}
"""When in its life a number was published, and what that means."""

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


def driver(name: str, speech: Speech) -> str:
    """Name a driver or an event; one without a word of ours keeps the city's own."""
    known = DRIVERS.get(name) or KINDS.get(name) or KINDS.get(name.lower().replace(" ", "_"))
    return speech.say(known) if known else plain(name)


def domain(slug: str, city: City, speech: Speech) -> str:
    """Name a domain as the city file does in this language, else in the other one, else by its slug."""
    conf = city.domains.get(slug)
    return _own(conf.name_en, conf.name_pt, slug, speech) if conf else speech.capital(plain(slug))


def metric(slug: str, city: City, speech: Speech) -> str:
    """Name a metric, by the same rule as a domain."""
    conf = city.metrics.get(slug)
    return _own(conf.name_en, conf.name_pt, slug, speech) if conf else speech.capital(plain(slug))


def flag(text: str, speech: Speech) -> str:
    """Say what a flag means: "sensors disagree", or "PH Theater: frozen, left out"."""
    kind, colon, sensor = text.partition(":")
    meaning = speech.say(FLAGS[kind.strip()]) if kind.strip() in FLAGS else plain(kind.strip())
    return f"{sensor.strip()}: {meaning}" if colon else meaning


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


def happening(name: str, events: Iterable[Span]) -> list[str]:
    """The city's own names of the events that a driver stands for: those of its kind, if it is a kind."""
    return sorted({e.name for e in events if e.kind == name and e.name != name})


def _own(english: str, portuguese: str, slug: str, speech: Speech) -> str:
    first, second = (portuguese, english) if speech.code == "pt" else (english, portuguese)
    return first or second or speech.capital(plain(slug))
