"""How large an effect must be to be seen: what a planned window, or a planned comparison, could tell at all."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from pulso.core.effects.space import rank_interval

POWER = 0.80


class Minimum(NamedTuple):
    """The smallest true effects that would be called, in the unit of the placebos; infinite where none would be."""

    up: float  # above 0
    down: float  # below 0

    @property
    def percent(self) -> tuple[float, float]:
        """Up and down, in per cent, where the unit is a logarithm."""
        up, down = (float(x) for x in 100.0 * np.expm1([self.up, self.down]))
        return up, down


def minimum_effect(placebos: ArrayLike, *, power: float = POWER, level: float = 0.95) -> Minimum:
    """
    Find the smallest true effect that would be called often enough.

    An effect is called if its interval (`space.rank_interval`) excludes 0 on the right side. A true effect adds itself to
    what would have been seen without it, and that is as uncertain as the placebos are.

    Parameters
    ----------
    placebos : (P,)
        Effects where there was none: of past windows (`window.placebo_windows`, in logarithms), or of untreated units
        (`sdid.placebos`, `space.in_space`).
    power
        The share of placebos with the effect added that must be called.
    level
        Of the interval.

    Returns
    -------
    Minimum
        Any effect beyond it, however little, would be called in that share. Infinite with fewer than 19 placebos at 95 %:
        no interval excludes anything then.

    Raises
    ------
    ValueError
        If there are no placebos or one is unknown, or power or level isn't between 0 and 1.

    Notes
    -----
    Up and down differ where placebos lean to one side. The placebos are taken as if they were the future: a calmer or a
    wilder time needs less, or more.
    """
    if not 0 < power < 1:
        raise ValueError(f"power is a share between 0 and 1; got {power}")
    _, reach = rank_interval(0.0, placebos, level=level)
    ranked = np.sort(np.asarray(placebos, dtype=np.float64))
    spared = int(np.floor((1.0 - power) * ranked.size + 1e-9))  # so many may stay uncalled
    return Minimum(max(float(reach - ranked[spared]), 0.0), min(float(-reach - ranked[-1 - spared]), 0.0))
