"""How the city lives: people go out for a purpose, choose where and by what, and come back. What sensors see is made from their trips."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, softmax

from pulso.simulate.days import Days
from pulso.simulate.plan import OUTSIDE, PURPOSES, ZONES, nearness

Array = NDArray[np.float64]

RATES = np.array(
    [  # monday … sunday, holiday: trips out, a person and day
        [0.44, 0.45, 0.45, 0.45, 0.43, 0.14, 0.09, 0.09],
        [0.20, 0.20, 0.20, 0.20, 0.19, 0.03, 0.01, 0.01],
        [0.20, 0.21, 0.21, 0.22, 0.25, 0.29, 0.19, 0.15],
        [0.12, 0.12, 0.13, 0.14, 0.18, 0.26, 0.30, 0.29],
        [0.02, 0.02, 0.03, 0.05, 0.10, 0.11, 0.04, 0.04],
    ]
)
"""(P, 8) by purpose and kind of day."""

WEATHER_ON_PURPOSE = np.array(
    [  # wet, cold, warm, hot, windy, stale
        [-0.10, -0.05, 0.00, -0.05, -0.10, 0.0],
        [-0.08, -0.08, 0.00, -0.05, -0.10, 0.0],
        [-0.25, -0.15, 0.05, -0.15, -0.15, 0.0],
        [-0.55, -0.40, 0.30, -0.15, -0.30, 0.0],
        [-0.40, -0.35, 0.20, 0.05, -0.25, 0.0],
    ]
)
"""(P, 6) what each feeling of the weather does to the wish to go out, in logits."""

MODE_TASTE = np.array([0.35, 0.10, -0.10, -3.2, 0.75])
MODE_BY_PURPOSE = np.array(
    [
        [-0.4, 0.0, 0.1, 0.0, 0.2],
        [0.1, 0.6, 0.6, 0.0, -0.7],
        [0.4, -0.1, -0.3, -0.2, 0.1],
        [0.5, -0.4, -0.2, 0.6, 0.0],
        [0.1, -1.0, -0.6, 0.7, 0.2],
    ]
)
WEATHER_ON_MODE = np.array(
    [  # wet, cold, warm, hot, windy, stale
        [-0.70, -0.30, 0.10, -0.20, -0.3, 0.0],
        [-0.05, 0.05, -0.05, 0.05, -0.1, 0.0],
        [0.00, 0.05, -0.05, 0.05, 0.0, 0.0],
        [-0.95, -0.40, 0.20, -0.10, -0.8, 0.0],
        [0.15, 0.10, -0.05, 0.10, 0.1, 0.0],
    ]
)
"""(M, 6) what each feeling does to the liking of a mode, in logits."""


@dataclass(frozen=True)
class Mood:
    """Everything that moves people on T days, beside what kind of days they are."""

    wish: Array  # (T, P) logits added to the wish to go out
    liking: Array  # (T, M) logits added to the liking of each mode
    pull: Array  # (T, P, Z) factor on what a zone draws
    hour: Array  # (T, P, 24) factor on the hours of a purpose
    stale: Array  # (T,) how badly the air is stirred, 0 to 1

    def at(self, rows: NDArray[np.int_]) -> Mood:
        """These days only."""
        return Mood(self.wish[rows], self.liking[rows], self.pull[rows], self.hour[rows], self.stale[rows])


@dataclass(frozen=True)
class Flows:
    """What T days make pass by in each zone and hour."""

    starts: Array  # (T, Z, M, 24) trips that begin, by mode
    parked: Array  # (T, Z, 24) cars that arrive to stay a while
    passing: Array  # (T, Z, 24) cars on the streets
    crowd: Array  # (T, Z, 24) people out for leisure and at night
    stale: Array  # (T,)
    weekend: NDArray[np.bool_]  # (T,)


def response(felt: Array) -> Array:
    """(T, P + M + 1) what the weather, as it feels (T, 6), does to the wish to go out, to the liking of modes, and to the air."""
    return np.concatenate([felt @ WEATHER_ON_PURPOSE.T, felt @ WEATHER_ON_MODE.T, felt[:, 5:]], axis=1)


def weather_mood(mood: Mood, responses: Array) -> Mood:
    """Add responses to the weather, (T, P + M + 1), to what else moves people."""
    p = len(PURPOSES)
    return replace(mood, wish=mood.wish + responses[:, :p], liking=mood.liking + responses[:, p:-1], stale=responses[:, -1])


def rhythm(days: Days) -> Array:
    """(T, P) what the season, school and the days around feasts do to the wish to go out, in logits."""
    day = days.of_year[:, None].astype(float)

    def hill(centre: float, width: float) -> Array:
        return np.exp(-0.5 * ((day - centre) / width) ** 2)

    august, summer, advent, lull = hill(225, 14), hill(210, 45), hill(351, 9), hill(362, 2.5) + hill(-3, 3)
    wish = august * [-0.75, -0.3, -0.15, 0.25, 0.2] + summer * [-0.08, -0.1, -0.05, 0.35, 0.4]
    wish += advent * [0.0, 0.0, 0.45, 0.1, 0.1] + lull * [-0.7, -0.5, 0.1, 0.1, 0.1]
    wish += days.school[:, None] * np.array([-0.12, -2.2, 0.05, 0.1, 0.05])
    bridge = (days.eve & (days.weekday == 0)) | (days.after & (days.weekday == 4))
    wish += days.eve[:, None] * np.array([-0.05, -0.05, 0.10, 0.12, 0.7]) + bridge[:, None] * np.array([-0.55, -0.9, 0.05, 0.2, 0.1])
    for i, name in enumerate(days.holiday_names):
        if name in ("Christmas", "New Year"):
            wish += (days.holiday == i)[:, None] * np.array([-0.7, -0.5, -1.4, -0.5, 0.2])
        if name == "São João":
            wish += (days.holiday == i)[:, None] * np.array([-0.2, 0.0, -0.3, 0.15, 0.2])
    return wish


def live(days: Days, rows: NDArray[np.int_], mood: Mood) -> Flows:
    """Let the city live on some of its days.

    Parameters
    ----------
    days
        The calendar.
    rows : (R,)
        Which of its days.
    mood
        Of these R days.

    Returns
    -------
    Flows
        Thousands of trips and cars, of R days.
    """
    kind = days.kind[rows]
    rate = expit(np.log(RATES / (1 - RATES)).T[kind] + mood.wish)
    people = np.array([z.residents for z in ZONES] + [OUTSIDE])
    drawn = np.array([z.draw for z in ZONES]).T[None, :, None, :] * nearness()[None, None] * mood.pull[:, :, None, :]
    usual = (np.array([z.draw for z in ZONES]).T[:, None, :] * nearness()[None]).sum(axis=-1)
    # A zone that draws more takes people from the others, and brings some out who would have stayed at home.
    where = drawn / np.sqrt(drawn.sum(axis=-1) * usual[None])[..., None]
    how = _choose(mood.liking)
    trips = (rate[:, :, None] * people)[..., None] * where
    by_mode = trips[:, :, :, None, :] * how[..., None]
    out, back = _profiles(kind, mood.hour)
    leave = by_mode[:, :, :-1].sum(axis=-1)
    home = by_mode.sum(axis=2).transpose(0, 1, 3, 2)
    starts = np.einsum("tpzm,tph->tzmh", leave, out) + np.einsum("tpzm,tph->tzmh", home, back)
    come = np.einsum("tpz,tph->tzh", home[..., 4], out)
    go_home = np.einsum("tpz,tph->tzh", leave[..., 4], back)
    crowd = np.einsum("tpz,tph->tzh", home[:, 3:].sum(axis=-1), (out + back)[:, 3:])
    passing = starts[:, :, 4] + come + go_home
    passing = passing + 0.25 * passing.mean(axis=1, keepdims=True)
    return Flows(starts, come, passing, crowd, mood.stale, kind >= 5)


def _choose(liking: Array) -> Array:
    """(T, P, O, M) the share of each mode among the trips of a purpose that begin in a zone, the last being outside."""
    reach = np.array([[0.0, 0.0, 0.15 if z.metro else -1.5, 0.0, 0.0] for z in ZONES] + [[-9.0, -0.5, 0.3, -9.0, 0.4]])
    utility = (MODE_TASTE + MODE_BY_PURPOSE)[None, :, None, :] + reach[None, None] + liking[:, None, None, :]
    return np.asarray(softmax(utility, axis=-1))


def _profiles(kind: NDArray[np.int_], factor: Array) -> tuple[Array, Array]:
    """(T, P, 24) twice: in which hours people go, and come back, on days of a kind."""
    hours = np.arange(24)

    def bump(*peaks: tuple[float, float, float]) -> Array:
        shape = sum(w * np.exp(-0.5 * (((hours - c + 12) % 24 - 12) / s) ** 2) for c, s, w in peaks)
        return np.asarray(shape / np.sum(shape))

    out_week = [bump((8, 1.1, 1), (13.5, 2, 0.2)), bump((8, 0.8, 1), (13.5, 1, 0.2)), bump((11, 2, 1), (17.5, 1.8, 1.3)),
                bump((15, 3, 1), (19.5, 1.6, 1)), bump((21.5, 1.3, 1))]  # fmt: skip
    back_week = [bump((17.8, 1.6, 1), (13, 1.5, 0.15)), bump((16.5, 1.8, 1), (12.5, 1, 0.2)), bump((12.5, 2, 1), (19, 1.6, 1.3)),
                 bump((18, 2.5, 1), (22.5, 1.4, 0.9)), bump((0.5, 1.8, 1))]  # fmt: skip
    out_free = [bump((9, 2, 1), (14, 2.5, 0.5)), bump((10, 2, 1)), bump((11.3, 1.7, 1), (16, 2, 1.2)),
                bump((11, 2, 0.6), (15.5, 2.2, 1), (20, 1.5, 0.5)), bump((22, 1.5, 1))]  # fmt: skip
    back_free = [bump((17, 3, 1)), bump((16, 3, 1)), bump((13, 1.8, 1), (18.5, 1.8, 1.2)),
                 bump((13.5, 2, 0.4), (18.5, 2.2, 1), (23, 1.3, 0.5)), bump((1.8, 2.0, 1))]  # fmt: skip
    free = (kind >= 5)[:, None, None]
    out = np.where(free, np.stack(out_free), np.stack(out_week)) * factor
    back = np.where(free, np.stack(back_free), np.stack(back_week)) * factor
    if out.shape[1] != len(PURPOSES):
        raise ValueError("every purpose needs its hours")
    return out, back
