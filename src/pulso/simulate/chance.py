"""Chance, by name: every random thing of the city has its own stream, so that one more day or sensor never moves another."""

from __future__ import annotations

import zlib
from datetime import date

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

ORIGIN = date(2015, 1, 1).toordinal()
"""The day on which the synthetic city began; whatever has a memory is drawn from here on, whichever period is asked for."""


def stream(seed: int, *names: str | int) -> np.random.Generator:
    """Return the random stream of a seed and a name; the same for the same, independent of every other."""
    words = [zlib.crc32(str(name).encode()) for name in names]
    return np.random.default_rng(np.random.SeedSequence([seed, *words]))


def moods(rng: np.random.Generator, n: int, *, sd: float, memory: float, tail: float = 4.0) -> NDArray[np.float64]:
    """Draw day noise that remembers yesterday and sometimes surprises.

    Parameters
    ----------
    rng
        The noise's own stream.
    n
        Days since ORIGIN.
    sd
        Its standard deviation.
    memory
        Correlation of one day with the next, in [0, 1).
    tail
        Degrees of freedom of Student's t that drives it; above 2.

    Returns
    -------
    (n,)
        Median 0. The first days are the same for every n.

    Raises
    ------
    ValueError
        If the variance would not exist.
    """
    if tail <= 2 or not 0 <= memory < 1:
        raise ValueError(f"day noise needs tail > 2 and 0 <= memory < 1, found {tail} and {memory}")
    shocks = rng.standard_t(tail, size=n) * np.sqrt((tail - 2) / tail)
    noise: NDArray[np.float64] = lfilter([np.sqrt(1 - memory**2)], [1.0, -memory], shocks)
    return sd * noise


def drift(rng: np.random.Generator, n: int, *, sd: float, smooth: float = 0.94, hold: float = 0.9985) -> NDArray[np.float64]:
    """Draw a slow drift: a random walk whose steps are themselves smooth, weakly held near 0.

    `sd` is that of a month's move, about; the path is (n,), prefix-stable like `moods`.
    """
    steps = lfilter([1 - smooth], [1.0, -smooth], rng.standard_normal(n))
    path: NDArray[np.float64] = lfilter([1.0], [1.0, -hold], steps)
    return np.asarray(sd / np.sqrt(30) * path)
