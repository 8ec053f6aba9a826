"""What a function that evaluates gives, as it is kept: the one shape from which numbers come into an evaluation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from math import isfinite

METHODS = ("window", "sdid", "synthetic", "did", "structural")
VERDICTS = ("more", "less", "none", "cannot tell")


@dataclass(frozen=True, kw_only=True)
class Result:
    """A pilot's effect, or why it can't be evaluated. ValueError for numbers that aren't finite (unknown is None) or don't fit together."""

    protocol_digest: str  # of the frozen protocol that it was computed from
    data_digest: str  # of the series
    as_of: datetime  # the series as published then
    method: str
    unit: str = ""  # points or %
    estimate: float | None = None
    low: float | None = None  # of the 95 % interval
    high: float | None = None
    p: float | None = None
    placebos: tuple[float, ...] = ()
    pretrend: Mapping[str, float | str | bool | None] = field(default_factory=dict)
    verdict: str = ""  # empty where it can't be evaluated
    not_evaluable: str = ""  # the reason; empty where it was

    def __post_init__(self) -> None:
        numbers = (self.estimate, self.low, self.high, self.p, *self.placebos, *self.pretrend.values())
        if wrong := [n for n in numbers if isinstance(n, float) and not isfinite(n)]:
            raise ValueError(f"a result's numbers are finite, and None where unknown; found {wrong[0]}")
        if self.method not in METHODS:
            raise ValueError(f"method {self.method!r}: known are {', '.join(METHODS)}")
        if bool(self.verdict) == bool(self.not_evaluable):
            raise ValueError(f"a verdict or a reason why there is none; found {self.verdict!r} and {self.not_evaluable!r}")
        if self.as_of.tzinfo is None:
            raise ValueError(f"the moment of the series has a zone; found {self.as_of.isoformat()}")
        self._fit()

    def _fit(self) -> None:
        """Whether verdict and numbers say the same."""
        told = (self.estimate, self.low, self.high)
        if self.not_evaluable and any(n is not None for n in (*told, self.p)):
            raise ValueError(f"what can't be evaluated has no numbers; found {told}")
        if self.verdict and self.verdict not in VERDICTS:
            raise ValueError(f"verdict {self.verdict!r}: known are {', '.join(VERDICTS)}")
        if self.verdict in VERDICTS[:3] and (None in told or self.unit not in ("points", "%")):
            raise ValueError(f"a verdict has an estimate, its interval and their unit; found {told}, {self.unit!r}")
        if self.estimate is not None and not (self.low is not None and self.high is not None and self.low <= self.estimate <= self.high):
            raise ValueError(f"an estimate lies in its interval; found {told}")
        if (self.verdict == "more" and (self.low or 0) <= 0) or (self.verdict == "less" and (self.high or 0) >= 0):
            raise ValueError(f"the interval of {self.verdict!r} has one sign; found {told}")
        if self.p is not None and not 0 <= self.p <= 1:
            raise ValueError(f"p lies between 0 and 1; found {self.p}")
