"""Whether a city counts people on its Wi-Fi, and by which rules: what its file says."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from pulso import metrics
from pulso.city import SourceConf
from pulso.errors import CityFileError
from pulso.flow.presence.publication import METRIC, sources
from pulso.show.wifi_privacy import Counts
from pulso.sources.radius import Options
from pulso.sources.radius_join import point_of
from pulso.sources.radius_points import points_of
from pulso.sources.raw_store import retention
from pulso.web.readings import entries
from pulso.web.readings.door import Reading


def counts(reading: Reading) -> list[Counts]:
    """What sessions are counted from, in the order of the city file; empty where nobody is counted."""
    return [_counts(reading.city.sources[name]) for name in sources(reading.city)]


def heard(reading: Reading, names: Iterable[str]) -> set[str]:
    """Those of some names under which the river knows anything: a sensor, or an access point as accounting or its feed of health calls it.

    A file of access points that can't be read is another's letter, and no reason to know fewer names than without it.
    """
    known = set(entries.sensors(reading))
    for name in sources(reading.city):
        conf = reading.city.sources[name]
        try:
            points = points_of(conf, Options.model_validate(dict(conf.options)), reading.city)
        except CityFileError:
            continue
        known.update(called for p in points for called in (p.point, p.id))
    return {n for n in names if n in known or point_of(n) in known}


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
