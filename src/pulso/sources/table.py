"""Tables on the web: CSV and workbooks, a file a day, month, site or series, described by the city file alone.

The keys are in pulso.sources.table_options, and each with an example in docs/reference/table-connector.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pulso.city import City, Sensor, SourceConf
from pulso.errors import SourceChanged
from pulso.shapes import Answer, Get, Window
from pulso.sources.addresses import origin
from pulso.sources.table_options import Options
from pulso.sources.table_people import refuse
from pulso.sources.table_read import Reader, read
from pulso.sources.table_urls import addresses

__all__ = ["Options", "Source", "refuse"]


@dataclass(frozen=True)
class Source:
    """A table connector for one [sources.x] of a city."""

    conf: SourceConf
    options: Options
    city: City

    @property
    def gives(self) -> set[str] | None:
        """The metrics that its rows may tell of; none where only the rows can say."""
        rules = self.options.values
        if any((r.metric_column is not None and not r.metrics) or "{" in r.metric for r in rules):
            return None
        found = {name for r in rules for name in (r.metrics.values() if r.metric_column else [r.metrics.get(r.metric, r.metric)])}
        return found - {""} | {r.metric for r in self.options.rows}

    def fetch(self, window: Window, get: Get) -> Iterator[Answer]:
        """Ask for the files of a window, within the source's life, and yield one Answer a file, in order of time.

        A file is read whole, so that its origin is always complete; a file that is not there is a gap. A file that is no table of
        the declared shape never becomes an Answer, so that nothing known is lost by it; the others are still read.

        Raises
        ------
        SourceChanged
            After the last good file: one letter for all that were not of the declared shape.
        """
        first = max(window.first, self.conf.first or window.first)
        last = min(window.last, self.conf.last or window.last)
        lives: dict[str, list[Sensor]] = {}
        for s in self.city.sensors.get(self.conf.name, ()):
            lives.setdefault(s.sensor, []).append(s)
        asked = {origin(a.url): a for a in addresses(self.options, first, last, lives)}  # answers come back under that name
        reader = Reader(self.conf.name, self.options, self.city.city.timezone, self.conf.expected)
        changed: list[str] = []
        for raw in get.each([a.url for a in asked.values()]):
            try:
                answer = read(raw, asked[raw.url], reader)
            except SourceChanged as why:
                changed.append(str(why))
                continue
            yield answer
        if changed:
            more = [f"… and {len(changed) - 5} more like these"] if len(changed) > 5 else []
            raise SourceChanged("\n".join([f"{self.conf.name}: {len(changed)} of the files are not as declared", *changed[:5], *more]))
