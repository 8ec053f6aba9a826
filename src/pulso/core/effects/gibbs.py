"""Draw from a Bayesian structural time series: a level that wanders, a few controls that explain, noise. Standardised units."""

from __future__ import annotations

from dataclasses import dataclass
from math import log, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.linalg.lapack import dpotrf, dpttrf, dpttrs, dtrtrs

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Prior:
    """
    What is believed before the series is seen, in standard deviations of the series. The defaults are those of R's CausalImpact and bsts.

    Each variance is inverse gamma: a guess, worth so many observations (`…_df`). A coefficient is exactly 0 (spike) or normal with
    the precision weight/n · [(1 − diagonal) X'X + diagonal · diag(X'X)] / noise (slab, after Zellner).
    """

    level_sd: float = 0.01  # guess of one step of the level
    level_df: float = 32.0
    r2: float = 0.8  # share of the variance that the controls should explain: the guess of the noise is what is left
    noise_df: float = 50.0
    alone_df: float = 0.01  # instead of `noise_df` where there are no controls; the guess is then the series' own variance
    size: float = 3.0  # how many controls are expected to matter
    weight: float = 0.01  # how many observations the slab is worth
    diagonal: float = 0.5
    start_sd: float = 1.0  # of the first level around the series' mean; infinite: nothing is known

    def __post_init__(self) -> None:
        positive = ("level_sd", "level_df", "noise_df", "alone_df", "size", "weight", "start_sd")
        wrong = [f"{name} = {getattr(self, name)}" for name in positive if not getattr(self, name) > 0]
        wrong += [] if 0 <= self.r2 < 1 else [f"r2 = {self.r2}"]
        wrong += [] if 0 < self.diagonal <= 1 else [f"diagonal = {self.diagonal}"]
        if wrong:
            raise ValueError(f"a prior needs positive numbers, r2 in [0, 1) and diagonal in (0, 1]; found {', '.join(wrong)}")

    def noise(self, controls: int) -> tuple[float, float]:
        """Guess of the noise's variance, and how many observations it is worth."""
        return (1 - self.r2, self.noise_df) if controls else (1.0, self.alone_df)

    def slab(self, x: Floats) -> Floats:
        """(K, K) Precision of the coefficients, times the noise's variance, if all were in."""
        gram = x.T @ x
        return self.weight / max(len(x), 1) * ((1 - self.diagonal) * gram + self.diagonal * np.diag(np.diag(gram)))


LOOSE = Prior(level_sd=0.1, level_df=1.0)
"""For series that no control explains well: the default is too sure of a level that really wanders."""


class Draws(NamedTuple):
    """One row a draw from the posterior."""

    level: Floats  # (n, T)
    beta: Floats  # (n, K); 0 where a control was out
    noise: Floats  # (n,) variance of one observation
    drift: Floats  # (n,) variance of one step of the level


def draw_levels(
    y: ArrayLike, noise: ArrayLike, drift: ArrayLike, *, draws: int, rng: np.random.Generator, start: tuple[float, float] = (0.0, np.inf)
) -> Floats:
    """
    Draw whole paths of a local level, given its two variances.

    Parameters
    ----------
    y : (T,)
        One value a step; NaN is unknown and weighs nothing: the level wanders under it.
    noise, drift : float or (draws,)
        Variances of one observation and of one step of the level, of all draws or of each.
    draws, rng
        How many, and the chance they come from: the same generator in the same state gives the same numbers.
    start
        Mean and standard deviation of the first level before anything is seen; infinite: nothing is known.

    Returns
    -------
    (draws, T)
        Independent and exact: there is nothing to warm up.

    Raises
    ------
    ValueError
        If a variance is not positive, `y` has fewer than two steps, is infinite somewhere or known nowhere.

    Notes
    -----
    Given the variances the level's precision is tridiagonal, P = LDL'. A right-hand side perturbed by L√D z, with z standard normal,
    solves to mean + L'⁻¹ z/√D, whose covariance is P⁻¹ (perturb and solve: Papandreou & Yuille 2010).
    """
    y = np.asarray(y, dtype=np.float64)
    known = ~np.isnan(y)
    variances = np.broadcast_to(noise, draws), np.broadcast_to(drift, draws)
    if not all((v > 0).all() and np.isfinite(v).all() for v in variances):
        raise ValueError("a level is drawn given two positive, finite variances")
    if y.ndim != 1 or y.size < 2 or not known.any() or np.isinf(y).any():
        raise ValueError(f"a level needs one series of two steps or more, finite, some of them known; this has the shape {y.shape}")
    out = np.empty((draws, y.size))
    seen, weight = np.where(known, y - start[0], 0.0), known.astype(np.float64)
    for i, (eps, eta) in enumerate(zip(*variances, strict=True)):
        d, e, nudge = _perturbed(weight, float(eps), float(eta), start[1], rng)
        out[i] = dpttrs(d, e, seen + nudge, overwrite_b=1)[0]
    out += start[0]
    return out


def sample(
    y: ArrayLike, x: ArrayLike | None = None, *, draws: int, burn: int, rng: np.random.Generator, prior: Prior | None = None
) -> Draws:
    """
    Draw levels, coefficients and variances in turn (Gibbs sampling), in the units of the prior: standardise first.

    Parameters
    ----------
    y : (T,)
        Mean about 0, standard deviation about 1; NaN is unknown and weighs nothing.
    x : (T, K)
        Controls, known everywhere; None for none.
    draws, burn
        How many are kept, and how many before them are not.
    rng
        The chance they come from: the same generator in the same state gives the same numbers.
    prior
        See `Prior`.

    Returns
    -------
    Draws
        Of each quantity one row a draw.

    Raises
    ------
    ValueError
        If the shapes differ, a control is not finite, `y` has fewer than two steps, is infinite somewhere or known nowhere, or there
        is less than one draw.

    Notes
    -----
    Two blocks, each exact. Given the variances: which controls are in, with coefficients and level integrated out (George &
    McCulloch 1997; Scott & Varian 2014), then coefficients, then level. Given those: the two variances. Integrating the level out
    keeps controls that wander as the level does from freezing the chain.
    """
    prior = prior or Prior()
    y, x, known = _checked(y, x, draws, burn)
    seen = np.where(known, y, 0.0)
    x = np.where(known[:, None], x, 0.0)
    both, mix = np.asfortranarray(np.column_stack([x, seen])), np.ones(x.shape[1] + 1)
    gram = x.T @ both
    slab, chosen = prior.slab(x[known]), np.zeros(x.shape[1], dtype=np.bool_)
    (eps, _), eta = prior.noise(x.shape[1]), prior.level_sd**2
    out = Draws(np.empty((draws, y.size)), np.zeros((draws, x.shape[1])), np.empty(draws), np.empty(draws))
    right, weight, n = np.empty_like(both), known.astype(np.float64), int(known.sum())
    for i in range(-burn, draws):
        d, e, nudge = _perturbed(weight, eps, eta, prior.start_sd, rng)
        right[:] = both
        right[:, -1] += nudge
        solved = dpttrs(d, e, right, overwrite_b=1)[0]
        beta = _coefficients(gram - solved[:, :-1].T @ both, slab, chosen, eps, prior.size, rng)
        mix[:-1] = -beta
        level = solved @ mix
        rest = both @ mix - level * weight
        eps, eta = _variances(rest, level[1:] - level[:-1], n, beta, slab, prior, rng)
        if i >= 0:
            out.level[i], out.beta[i], out.noise[i], out.drift[i] = level, beta, eps, eta
    return out


def _checked(y: ArrayLike, x: ArrayLike | None, draws: int, burn: int) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """Series, controls, and where the series is known."""
    y = np.asarray(y, dtype=np.float64)
    x = np.empty((y.size, 0)) if x is None else np.asarray(x, dtype=np.float64)
    if y.ndim != 1 or x.ndim != 2 or len(x) != y.size:
        raise ValueError(f"a series (T,) and its controls (T, K) have the same steps; found {y.shape} and {x.shape}")
    if not np.isfinite(x).all():
        raise ValueError(f"controls are known everywhere; these are not: columns {np.flatnonzero(~np.isfinite(x).all(axis=0)).tolist()}")
    known = ~np.isnan(y)
    if y.size < 2 or np.isinf(y).any() or not known.any():
        raise ValueError("a series has two steps or more, finite values, and some of them known")
    if draws < 1 or burn < 0:
        raise ValueError(f"at least one draw is kept and no fewer than none are burnt; asked for {draws} and {burn}")
    return y, x, known


def _perturbed(weight: Floats, noise: float, drift: float, start_sd: float, rng: np.random.Generator) -> tuple[Floats, Floats, Floats]:
    """
    Factorise the level's precision as LDL': (T,) D, (T − 1,) L below its diagonal; and (T,) the perturbation.

    `weight` is 1 where the series is known, 0 elsewhere. The precision is taken times the noise's variance, so that the series is its
    own right-hand side, and the perturbation is L√D z times the noise's standard deviation.
    """
    pull = noise / drift
    diagonal = weight + 2 * pull
    diagonal[0] += noise / start_sd**2 - pull
    diagonal[-1] -= pull
    d, e, _ = dpttrf(diagonal, np.full(weight.size - 1, -pull), overwrite_d=1, overwrite_e=1)
    nudge = rng.standard_normal(weight.size)
    nudge *= np.sqrt(noise * d)
    nudge[1:] += e * nudge[:-1]
    return d, e, nudge


def _coefficients(left: Floats, slab: Floats, chosen: NDArray[np.bool_], noise: float, size: float, rng: np.random.Generator) -> Floats:
    """
    Draw which controls are in (`chosen`, changed in place) and their coefficients, the level integrated out.

    `left` (K, K + 1) is X'[X y] without what the level takes up.
    """
    K = len(slab)
    if size < K:
        _choose(left, slab, chosen, noise, log(size / (K - size)), rng)
    else:
        chosen[:] = True
    beta = np.zeros(K)
    inside = np.flatnonzero(chosen)
    if inside.size:
        root, _ = dpotrf((left[:K, :K] + slab)[inside[:, None], inside], lower=1)
        half = dtrtrs(root, left[inside, K], lower=1)[0] + sqrt(noise) * rng.standard_normal(inside.size)
        beta[inside] = dtrtrs(root, half, lower=1, trans=1)[0]
    return beta


def _choose(left: Floats, slab: Floats, chosen: NDArray[np.bool_], noise: float, odds: float, rng: np.random.Generator) -> None:
    """
    Ask each control in turn whether it is in, given the others, with all coefficients integrated out.

    Posterior and prior precision are swept on those that are in (Beaton 1964), and then hold what the next question needs: both
    pivots, and the coefficient's numerator. Only a control that turns costs a sweep.
    """
    K = len(slab)
    swept = np.zeros((2, K + 1, K + 1))
    swept[0, :K], swept[1, :K, :K] = left, slab
    swept[0, :K, :K] += slab
    for j in np.flatnonzero(chosen).tolist():
        _sweep(swept, j)
    for j, (lot, was) in enumerate(zip(rng.logistic(size=K).tolist(), chosen.tolist(), strict=True)):
        a, b, c = swept.item(0, j, j), swept.item(1, j, j), swept.item(0, j, K)
        a, b, c = (1 / a, 1 / b, c / a) if was else (a, b, c)
        gain = odds + (log(b / a) + c * c / (a * noise)) / 2
        if (gain > lot) != was:
            _sweep(swept, j)
            chosen[j] = not was


def _sweep(matrices: Floats, j: int) -> None:
    """Sweep each matrix on its j-th pivot, in place; twice is not at all."""
    for m in matrices:
        pivot, row, column = m[j, j], m[j] / m[j, j], m[:, j].copy()
        m -= np.outer(column, row)
        m[j], m[:, j] = row, -column / pivot
        m[j, j] = 1 / pivot


def _variances(
    rest: Floats, steps: Floats, known: int, beta: Floats, slab: Floats, prior: Prior, rng: np.random.Generator
) -> tuple[float, float]:
    """Draw the variances of the noise and of the level's steps, given both; the slab is scaled by the noise, and tells of it too."""
    guess, df = prior.noise(beta.size)
    inside = np.count_nonzero(beta)
    noise = (df * guess + float(rest @ rest) + float(beta @ slab @ beta)) / rng.chisquare(df + known + inside)
    drift = (prior.level_df * prior.level_sd**2 + float(steps @ steps)) / rng.chisquare(prior.level_df + steps.size)
    return float(noise), float(drift)
