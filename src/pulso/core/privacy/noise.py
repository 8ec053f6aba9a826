"""Noise that hides whether any one session was there, and the ledger of how much has been given away."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


class BudgetSpent(Exception):  # noqa: N818  # it names a state of the world, not an error of ours
    """A release would give away more than is left."""


@dataclass(frozen=True)
class Ledger:
    """
    What may be given away about any one session in all, and what each release gave.

    Values of epsilon are exact: 0.1 is a tenth. Releases add up, whatever they were of (basic composition: Dwork & Roth 2014,
    theorem 3.16). A ledger never changes: `spend` gives the next.
    """

    budget: Fraction
    releases: tuple[tuple[str, Fraction], ...] = ()

    @classmethod
    def of(cls, budget: float | str | Fraction) -> Ledger:
        """Open a ledger. ValueError unless the budget is more than 0 and finite."""
        return cls(_exact(budget))

    @property
    def spent(self) -> Fraction:
        """By all releases together."""
        return sum((epsilon for _, epsilon in self.releases), Fraction(0))

    @property
    def left(self) -> Fraction:
        """What further releases may give away."""
        return self.budget - self.spent

    def spend(self, release: str, epsilon: float | str | Fraction) -> Ledger:
        """
        Account for a release.

        Parameters
        ----------
        release
            Its name. Published again as it was, it costs nothing more and isn't asked for; drawn anew, it is another release.
        epsilon
            More than 0.

        Returns
        -------
        Ledger

        Raises
        ------
        BudgetSpent
            If less than that is left.
        ValueError
            If a release of that name was made, or epsilon isn't more than 0 and finite.
        """
        cost = _exact(epsilon)
        if any(release == name for name, _ in self.releases):
            raise ValueError(f"{release!r} was released: give out the same numbers again, or draw anew under another name")
        if cost > self.left:
            raise BudgetSpent(f"{release!r} would take {float(cost):g} of {float(self.budget):g}, of which {float(self.left):g} is left")
        return Ledger(self.budget, (*self.releases, (release, cost)))


def sensitivity(figures: ArrayLike, *, cells: int) -> int:
    """
    Say by how much all figures together can change through one session.

    Parameters
    ----------
    figures : (M, N)
        A row a figure, with 1 for each cell that it sums, else 0.
    cells
        In how many cells one session can be counted, at most: hours, say, after which it is cut. Without such a cut nothing bounds it.

    Returns
    -------
    int
        The sum of absolute changes (L1), if a session counts 1 in each of its cells: the cells that are in most figures.

    Raises
    ------
    ValueError
        If a figure isn't a sum of cells, or a session isn't in 1 cell at least.
    """
    rows = np.asarray(figures)
    if rows.ndim != 2 or not np.isin(rows, (0, 1)).all():
        raise ValueError("a figure sums cells, each once")
    if cells < 1:
        raise ValueError(f"a session is in one cell or more; got {cells}")
    return int(np.sort(rows.sum(axis=0))[::-1][:cells].sum())


def laplace(counts: ArrayLike, rng: np.random.Generator, *, sensitivity: int, epsilon: float | str | Fraction) -> Floats:
    """
    Add discrete Laplace noise to counts.

    Parameters
    ----------
    counts : (M,)
        Whole numbers. NaN, what is withheld or unknown, stays NaN.
    rng
        Whoever knows its state can take the noise off again: its seed is a secret, and never used twice.
    sensitivity
        By how much one session can change all counts together (`sensitivity`).
    epsilon
        What the release is to take from the `Ledger`.

    Returns
    -------
    (M,)
        Whole numbers; some may be negative. To round them, or to call negative ones 0, gives nothing more away.

    Raises
    ------
    ValueError
        If a count isn't whole or is infinite, the sensitivity is less than 1, or epsilon isn't more than 0 and finite.

    Notes
    -----
    P(noise = z) is in proportion to exp(−|z| epsilon / sensitivity): the difference of two geometric numbers (Ghosh, Roughgarden &
    Sundararajan 2012, SIAM Journal on Computing 41(6)). Of the continuous Laplace noise of Dwork, McSherry, Nissim & Smith (2006) the
    last bits of floating point give the truth away (Mironov 2012). How often noise comes out is right to the generator's 53 bits.
    """
    x = np.asarray(counts, dtype=np.float64)
    if np.isinf(x).any() or (x[np.isfinite(x)] % 1 != 0).any():
        raise ValueError("counts are whole numbers")
    if sensitivity < 1:
        raise ValueError(f"one session changes a count by 1 at least; got a sensitivity of {sensitivity}")
    stop = -np.expm1(-float(_exact(epsilon)) / sensitivity)
    return np.asarray(x + rng.geometric(stop, x.shape) - rng.geometric(stop, x.shape))


def _exact(epsilon: float | str | Fraction) -> Fraction:
    """The number that was written."""
    try:
        value = epsilon if isinstance(epsilon, Fraction) else Fraction(str(epsilon))
    except ValueError as why:
        raise ValueError(f"epsilon is a number more than 0; got {epsilon!r}") from why
    if value <= 0:
        raise ValueError(f"epsilon is a number more than 0; got {epsilon!r}")
    return value
