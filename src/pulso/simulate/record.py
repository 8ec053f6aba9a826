"""The truth, and the city's own description, as files."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from datetime import date
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as columns

from pulso.simulate.city import Simulated
from pulso.simulate.days import happenings, school_breaks
from pulso.simulate.plan import INSTRUMENTS, ZONES, geojson, sensors
from pulso.simulate.sensing import DEAD, FINE, FROZEN, HALVED

PORTUGUESE = {"January storm": "Tempestade de janeiro", "November storm": "Tempestade de novembro"}
"""What the city calls its happenings, where that is more than their kind."""
STATES = {DEAD: "dead", FROZEN: "frozen", HALVED: "halved"}


def write_truth(simulated: Simulated, folder: Path, scale: float) -> None:
    """Write index.csv (every day, zone and metric), effects.csv (what happenings did) and faults.csv (what sensors hid); then sensors/.

    The zone is empty for the city as a whole. `index` and `middle` as in Truth; `weather` and `ln` in hundredths of ln, about points.
    """
    folder.mkdir(parents=True, exist_ok=True)
    truth, day = simulated.truth, simulated.days.ordinal - 719163
    zones = ("", *simulated.zones)
    shape = truth.index.shape
    t, z, m = (i.ravel() for i in np.indices(shape))
    table = pa.table(
        {
            "day": pa.array(day.astype(np.int32)[t]).cast(pa.date32()),
            "zone": pa.array(zones).take(pa.array(z)),
            "metric": pa.array(truth.metrics).take(pa.array(m)),
            "index": pa.array(truth.index.ravel().round(4), from_pandas=True),
            "middle": pa.array(truth.middle.ravel().round(4), from_pandas=True),
            "weather": pa.array((100 * truth.weather.ravel()).round(4), from_pandas=True),
        }
    )
    columns.write_csv(table.filter(pc.is_valid(table["index"])), folder / "index.csv", columns.WriteOptions(quoting_style="none"))
    effects = [
        [date.fromordinal(int(simulated.days.ordinal[row])), zone, metric, e.happening.kind, e.happening.name, f"{100 * ln:.4f}"]
        for e in truth.effects
        for i, row in enumerate(e.rows)
        for j, zone in enumerate(zones)
        for metric, ln in zip(truth.metrics, e.ln[i, j], strict=True)
        if np.isfinite(ln)
    ]
    _write(folder / "effects.csv", ["day", "zone", "metric", "kind", "name", "ln"], effects)
    _write(folder / "faults.csv", ["sensor", "fault", "from", "to"], _faults(simulated))
    for kind in INSTRUMENTS:
        (folder / "sensors").mkdir(exist_ok=True)
        (folder / "sensors" / f"{kind.name}.csv").write_text(sensors_csv(kind.name, scale), encoding="utf-8")


def describe(first: int, last: int) -> dict[str, str]:
    """Describe the demo city in the files beside its city.toml, for these years: name of the file → text."""
    zones = json.dumps(geojson(), ensure_ascii=False, indent=1) + "\n"
    years = range(first, last + 1)
    head = ["from", "to", "kind", "name", "zone", "name_pt"]
    events = [[h.first, h.last, h.kind, h.name, h.zone or "", PORTUGUESE.get(h.name, "")] for y in years for h in happenings(y)]
    feasts = [[date(y, 6, 24), date(y, 6, 24), "holiday", "São João", ""] for y in years]
    breaks = [[a, b, "school_break", name, ""] for y in years for a, b, name in school_breaks(y)]
    files = {"zones.geojson": zones, "calendar.csv": _text(head[:4], [r[:4] for r in feasts + breaks]), "events.csv": _text(head, events)}
    return files | {f"sensors/{kind.name}.csv": sensors_csv(kind.name) for kind in INSTRUMENTS}


def sensors_csv(instrument: str, scale: float = 1.0) -> str:
    """The sensors file of one instrument."""
    kind = next(k for k in INSTRUMENTS if k.name == instrument)
    head = ["sensor", "name", "lon", "lat", "zone", "capacity", "from", "to"]
    return _text(
        head, ([s.id, s.name, s.lon, s.lat, ZONES[s.zone].id, s.capacity or "", s.first or "", s.last or ""] for s in sensors(kind, scale))
    )


def _faults(simulated: Simulated) -> Iterable[list[object]]:
    for reading in simulated.readings.values():
        if reading.metric == "parking_arrivals":
            continue  # the same sensors as parking_occupied
        for s, sensor in enumerate(reading.sensors):
            state = np.where(reading.alive[:, s], reading.fault[:, s], FINE)
            turns = np.flatnonzero(np.diff(state, prepend=FINE, append=FINE))
            for start, stop in pairwise(turns):
                if state[start] != FINE:
                    whole = simulated.days.ordinal
                    yield [sensor, STATES[int(state[start])], date.fromordinal(int(whole[start])), date.fromordinal(int(whole[stop - 1]))]


def _write(path: Path, head: list[str], rows: Iterable[list[object]]) -> None:
    path.write_text(_text(head, rows), encoding="utf-8")


def _text(head: list[str], rows: Iterable[list[object]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(rows)
    return out.getvalue()


def write_description(folder: Path, first: int = 2023, last: int = 2025) -> None:
    """Write the files beside the demo city's city.toml into a folder."""
    for name, text in describe(first, last).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
