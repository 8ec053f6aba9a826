"""The fits of a city's months, kept between publications. A cache: whoever deletes its file loses nothing but time."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from pulso.core.fits import Fit, Fits
from pulso.flow.home import River


def recall(river: River, made_by: str) -> Fits:
    """What was learnt so far; nothing where the file is not there or can't be read."""
    try:
        with _file(river).open("rb") as file, np.load(file, allow_pickle=False) as kept:
            names = kept["names"].tolist()
            known = {name: Fit(kept[f"{i}.calendar"], kept[f"{i}.driver"]) for i, name in enumerate(names)}
    except (OSError, EOFError, KeyError, ValueError, zipfile.BadZipFile):
        known = {}  # made anew, and the file with it
    return Fits(known, made_by)


def remember(river: River, fits: Fits) -> None:
    """Keep what this run asked for; what it did not ask for, no later one will."""
    arrays: dict[str, Any] = {"names": np.array(list(fits.used), dtype=np.str_)}
    for i, fit in enumerate(fits.used.values()):
        arrays |= {f"{i}.calendar": fit.calendar, f"{i}.driver": fit.driver}
    fresh = _file(river).with_suffix(".part")
    with fresh.open("wb") as out:
        np.savez(out, **arrays)
    fresh.replace(_file(river))


def _file(river: River) -> Path:
    return river.home.folder(river.city) / "fits.npz"
