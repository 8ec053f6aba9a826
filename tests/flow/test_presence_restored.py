"""A home that was brought back says no day twice, and counts as spent what may have been; and what a day without a number tells."""

from __future__ import annotations

import json
import shutil
from datetime import datetime, timedelta

import pytest

from pulso.errors import LakeError
from pulso.flow.collect import collect
from pulso.flow.presence import publication
from tests.flow.test_presence import DAY, NOW, Vila, a_monday, crowd

NOISE = 'noise = { epsilon = "1", budget = "BUDGET", hours = 6 }'


def day(i: int) -> list:
    return [b._replace(at=b.at + 86_400 * i, session=f"{b.session}+{i}") for b in a_monday()]


def town(folder, more: str = "") -> Vila:
    """Five days of sessions."""
    vila = Vila(folder, more)
    for i in range(5):
        vila.says(DAY + timedelta(days=i), day(i))
    return vila


def brought_back(vila: Vila, backup: datetime, at: datetime) -> None:
    """The home as it was in the backup, with the note that `pulso restore` leaves."""
    var = vila.folder / "var"
    shutil.rmtree(var / "vila")
    shutil.copytree(vila.folder / "backup", var / "vila")
    (var / "restored.json").write_text(json.dumps({"at": at.isoformat(), "backup": backup.isoformat()}))


def ledger(vila: Vila) -> list[list[str]]:
    return json.loads((vila.folder / "var" / "vila" / "presence" / "wifi" / "ledger.json").read_text())


def kept(vila: Vila) -> None:
    shutil.copytree(vila.folder / "var" / "vila", vila.folder / "backup")


def test_what_was_published_since_the_backup_is_not_published_again_and_what_settles_later_is(tmp_path):
    vila = town(tmp_path)
    vila.published()
    kept(vila)
    vila.clock.now = NOW + timedelta(days=2)
    assert vila.published().days == (DAY + timedelta(days=1), DAY + timedelta(days=2))
    brought_back(vila, NOW, vila.clock.now)
    told = vila.published()
    assert told.days == ()
    assert "2026-05-05, 2026-05-06 will not be published" in told.letter
    vila.clock.pass_(days=1)
    assert vila.published().days == (DAY + timedelta(days=3),)


def test_nor_is_a_day_corrected_of_which_a_correction_may_be_lost(tmp_path):
    vila = town(tmp_path)
    vila.published()
    kept(vila)
    brought_back(vila, NOW, NOW)
    assert publication.standing(vila.open(), "wifi").correctable is None
    told = vila.published(correct=[DAY])
    assert told.days == ()
    assert "brought back from a backup" in told.letter


def test_what_noise_may_have_cost_since_the_backup_counts_as_spent_once(tmp_path):
    vila = town(tmp_path, NOISE.replace("BUDGET", "5"))
    vila.published()
    kept(vila)
    later = NOW + timedelta(days=1)
    brought_back(vila, NOW, later)
    for i in (2, 3):
        vila.clock.now = NOW + timedelta(days=i)
        assert vila.published().days == (DAY + timedelta(days=i),)
    lost = [f"restored {later.isoformat()}", "2"]  # the first day, which may have been corrected, and the second
    assert ledger(vila) == [[f"{DAY} 1", "1"], lost, ["2026-05-06 1", "1"], ["2026-05-07 1", "1"]]


def test_where_the_budget_may_have_been_spent_nothing_more_is_published(tmp_path):
    vila = town(tmp_path, NOISE.replace("BUDGET", "1"))
    collect_without_publishing(vila)
    kept(vila)
    vila.published()
    brought_back(vila, NOW, NOW)
    vila.clock.now = NOW + timedelta(days=1)
    told = vila.published()
    assert told.days == ()
    assert "budget of its noise is spent" in told.letter


def collect_without_publishing(vila: Vila) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pulso.flow.collect.publication.sources", lambda city: [])
        collect(vila.open())


def test_a_note_that_can_t_be_read_is_a_letter_and_nothing_is_published(tmp_path):
    vila = town(tmp_path)
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "restored.json").write_text("{}")
    with pytest.raises(LakeError, match=r"restored\.json can't be read"):
        vila.published()


# -- a day without any number --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("many", [0, 1, 9])
def test_a_day_of_which_nothing_can_be_shown_is_as_a_day_on_which_nobody_was_there(tmp_path, many):
    vila = Vila(tmp_path)
    vila.says(DAY, crowd(many, 1, f"{DAY}T12:00:00", 30))
    assert vila.published().days == ()
    assert list((tmp_path / "var" / "vila" / "presence").rglob("*.csv")) == []
    assert vila.open().lake.read_origins("wifi").num_rows == 1  # the answer of the day, with or without them
    vila.says(DAY, a_monday())
    assert vila.published().days == (DAY,)
