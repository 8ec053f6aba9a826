"""The ASEM example of COINr: 51 countries × 49 indicators, stage by stage as the R package has them."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from pulso.core.composite import checks, impute, normalise, treat

pytestmark = pytest.mark.mirror

TIGHT = {"rtol": 1e-9, "atol": 1e-9}


@pytest.fixture(scope="module")
def asem(shared: Path) -> Asem:
    return Asem(shared / "data" / "reference" / "asem")


class Asem:
    """The folder's tables, units in order of their code, indicators in the framework's order."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        meta = [r for r in self.rows("ASEM_iMeta.csv") if r["Type"] == "Indicator"]
        self.names = [r["iCode"] for r in meta]
        self.direction = np.array([float(r["Direction"]) for r in meta])
        self.denominators = [r["Denominator"] for r in meta]
        self.units = sorted(self.rows("ASEM_iData.csv"), key=lambda r: r["uCode"])

    def rows(self, name: str) -> list[dict[str, str]]:
        with (self.folder / name).open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))

    def stage(self, name: str) -> NDArray[np.float64]:
        rows = sorted(self.rows(f"stage_{name}.csv"), key=lambda r: r["uCode"])
        assert [r["uCode"] for r in rows] == [r["uCode"] for r in self.units]
        return np.array([[number(r[c]) for c in self.names] for r in rows])

    def column(self, name: str) -> NDArray[np.float64]:
        return np.array([number(r[name]) for r in self.units])


def number(cell: str) -> float:
    return np.nan if cell == "NA" else float(cell)


def sizes(asem: Asem) -> NDArray[np.float64]:
    return np.column_stack([np.ones(len(asem.units)) if d == "NA" else asem.column(d) for d in asem.denominators])


def test_the_raw_table_is_described_as_coinr_describes_it(asem: Asem) -> None:
    told = checks.describe(asem.stage("Raw"))
    reference = asem.rows("stats_raw.csv")
    assert [r["iCode"] for r in reference] == asem.names
    names = ("Min", "Max", "Mean", "Median", "Std", "Skew", "Kurt", "N.Avail", "N.NonZero", "N.Unique", "N.Same")
    for column, ours in zip(names, told, strict=True):
        theirs = np.array([number(r[column]) for r in reference])
        if column == "N.Unique":  # R counted before printing: values of TolMin that differ beyond the file's 15 digits
            tolerance = asem.names.index("TolMin")
            assert (ours[tolerance], theirs[tolerance]) == (40, 42)
            theirs[tolerance] = 40
        np.testing.assert_allclose(ours, theirs, err_msg=column, **TIGHT)
    outside = ~checks.well_shaped(asem.stage("Raw"))
    assert [bool(o) for o in outside] == [r["Flag.SkewKurt"] == "OUT" for r in reference]


def test_the_flights_are_as_skew_as_published(asem: Asem) -> None:
    flights = asem.stage("Raw")[:, [asem.names.index("Flights")]]
    skewness, kurtosis = checks.moments(flights)
    np.testing.assert_allclose(skewness, 2.1032871940515498, rtol=1e-12)
    np.testing.assert_allclose(kurtosis, 4.5088793697006571, rtol=1e-12)


def test_each_stage_leads_to_the_next(asem: Asem) -> None:
    denominated = normalise.denominate(asem.stage("Raw"), sizes(asem))
    np.testing.assert_allclose(denominated, asem.stage("Denominated"), **TIGHT)

    filled = impute.by_group(denominated, [r["EurAsia_group"] for r in asem.units])
    np.testing.assert_allclose(filled.values, asem.stage("Imputed"), **TIGHT)
    assert filled.guessed.sum() == np.isnan(denominated).sum() > 0

    screened = checks.screen(filled.values, least=0.9)
    np.testing.assert_allclose(filled.values[screened.kept], asem.stage("Screened"), **TIGHT)

    treated = treat.treat(filled.values[screened.kept], most=5)
    np.testing.assert_allclose(treated.values, asem.stage("Treated"), **TIGHT)

    normalised = normalise.minmax(treated.values, direction=asem.direction)
    np.testing.assert_allclose(normalised, asem.stage("Normalised"), **TIGHT)


def test_treatment_leaves_the_same_marks_as_coinr(asem: Asem) -> None:
    before = asem.stage("Screened")
    after = treat.treat(before, most=5)
    marks = asem.rows("treat_details.csv")
    assert [r["iCode"] for r in marks] == asem.names
    np.testing.assert_array_equal(after.winsorised, [0 if r["winsorise.nwin"] == "NA" else int(r["winsorise.nwin"]) for r in marks])
    np.testing.assert_array_equal(checks.well_shaped(before), [r["check_SkewKurt0.Pass"] == "TRUE" for r in marks])
    for stage, values in (("0", before), ("1", after.values)):
        skewness, kurtosis = checks.moments(values)
        told = [j for j, r in enumerate(marks) if r[f"check_SkewKurt{stage}.Skew"] != "NA"]
        assert len(told) >= 14
        np.testing.assert_allclose(skewness[told], [number(marks[j][f"check_SkewKurt{stage}.Skew"]) for j in told], **TIGHT)
        np.testing.assert_allclose(kurtosis[told], [number(marks[j][f"check_SkewKurt{stage}.Kurt"]) for j in told], **TIGHT)
    assert after.passed.all()
    assert not after.logged.any()
