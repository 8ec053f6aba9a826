"""What events did: ranked by what they did to the index, each with every metric, in sentences that can be quoted."""

from __future__ import annotations

import math
from dataclasses import dataclass as plain

from pydantic import Field
from pydantic.dataclasses import dataclass

from pulso.web.pages.agenda import Kind, kind_and_all, kinds_called
from pulso.web.pages.asked import Asked
from pulso.web.pages.did import Did, Done, did
from pulso.web.pages.frame import Frame
from pulso.web.pages.twin import Page
from pulso.web.readings import effects as known
from pulso.web.readings import status
from pulso.web.readings.entries import PILOT

MOST = 50
"""So many events a page shows; the others are small, or can't be told."""


@dataclass(frozen=True)
class Effects:
    """What events did."""

    frame: Frame = Field(description="what every page carries")
    kind: str | None = Field(description="the only kind that is shown; null for all")
    kinds: tuple[Kind, ...] = Field(description="every kind that this city has had, to choose from")
    total: int = Field(description="how many events of these were measured; the page shows the 50 largest")
    ranked: tuple[Did, ...] = Field(description="the largest effect on the index first; what may be chance after it; then the rest")


@plain(frozen=True)
class Bar:
    """An interval laid out between half and double."""

    left: float
    width: float
    middle: float
    sort: str  # more, less, rest


@plain(frozen=True)
class Drawn:
    """What the template draws beside the page."""

    reach: float  # in logarithms, to either side
    ends: tuple[float, float]  # the same as shares

    def bar(self, done: Done) -> Bar | None:
        """Where an effect lies; cut at the ends. None where there is none."""
        if done.change is None or done.low is None or done.high is None:
            return None
        low, middle, high = (self._x(share) for share in (done.low, done.change, done.high))
        return Bar(low, max(high - low, 1.0), middle, done.verdict if done.verdict in ("more", "less") else "rest")

    def _x(self, share: float) -> float:
        log = math.log1p(max(share, -0.999))
        return round(100 + 96 * max(-1.0, min(1.0, log / self.reach)), 1)


def effects(asked: Asked) -> Effects:
    """Rank what was measured, of one kind of event or of all."""
    reading, speech = asked.reading, asked.speech
    kind, kinds = kind_and_all(asked)
    found, total = known.largest(reading, kind, MOST)
    told = tuple(did(e, reading.city, reading.zones, speech) for e in found)
    return Effects(asked.frame, kind, kinds_called([k for k in kinds if k != PILOT], speech), total, told)


def draw(page: Effects, _asked: Asked) -> Drawn:
    """The scale: wide enough for every effect on the index that isn't chance."""
    logs = [abs(math.log1p(max(d.done[0].change or 0.0, -0.99))) for d in page.ranked]
    reach = max([math.log(1.5), *logs]) * 1.25
    return Drawn(reach, (math.expm1(-reach), math.expm1(reach)))


EFFECTS = Page("effects", "effects", Effects, effects, draw, reads=("kind",), known=status.stamp)
