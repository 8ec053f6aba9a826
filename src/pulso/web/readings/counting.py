"""Whether a city counts people on its Wi-Fi, and by which rules: what its file says."""

from __future__ import annotations

from fractions import Fraction

from pulso import metrics
from pulso.city import SourceConf
from pulso.flow.presence import METRIC, sources
from pulso.show.wifi_privacy import Counts
from pulso.sources.radius import Options
from pulso.sources.raw_store import retention
from pulso.web.readings.door import Reading


def counts(reading: Reading) -> list[Counts]:
    """What sessions are counted from, in the order of the city file; empty where nobody is counted."""
    return [_counts(reading.city.sources[name]) for name in sources(reading.city)]


def elsewhere(reading: Reading) -> list[str]:
    """The sources that give numbers of people on the Wi-Fi which were counted before they came here."""
    city, own = reading.city, sources(reading.city)
    found = [m.source for name, m in city.metrics.items() if METRIC in metrics.variables(city, name)]
    return [s for s in dict.fromkeys(found) if s not in own]


def _counts(conf: SourceConf) -> Counts:
    options = Options.model_validate(dict(conf.options))
    noise = options.noise
    return Counts(
        source=conf.name,
        first=conf.first,
        last=conf.last,
        days=retention(conf.keep_raw).days,
        least=options.k,
        step=options.base,
        at_once=options.measure == "at_once",
        epsilon=float(Fraction(noise.epsilon)) if noise else None,
        budget=float(Fraction(noise.budget)) if noise else None,
    )
