"""No backup holds sessions, or counts that were withheld: people are promised that they go after days."""

from __future__ import annotations

import json
import shutil
import tarfile
from datetime import timedelta

import pytest
from django.db import connection

from pulso.flow.presence.store import Store
from pulso.sources.radius import read
from pulso.sources.raw_store import RawStore
from pulso.web.readings import upkeep
from pulso.web.running.backup import backup
from pulso.web.running.restore import restore
from tests.flow.test_presence import DAY, NOW, Vila
from tests.flow.test_presence_restored import day

pytestmark = pytest.mark.django_db(transaction=True)
SHORT = timedelta(days=14)


@pytest.fixture
def counted(tmp_path, settings) -> Vila:
    """A town that counts, and has published its first day."""
    if connection.vendor != "sqlite":
        pytest.skip("the database is not SQLite's")
    vila = Vila(tmp_path / "town")
    for i in range(5):
        vila.says(DAY + timedelta(days=i), day(i))
    assert vila.published().days == (DAY,)
    settings.HOME, settings.CITIES, settings.CLOCK = vila.folder / "var", [str(vila.folder)], vila.clock
    return vila


def unpacked(archive, to):
    with tarfile.open(archive) as tar:
        tar.extractall(to, filter="data")
    return to / "home" / "vila"


def sessions(city) -> int:
    """How many sessions can be read of what is kept of a city, wherever it lies below its folder."""
    found = 0
    for folder in {p.parent for p in city.rglob("*.pack")}:
        store = RawStore(folder, SHORT)
        found += sum(read(store.body(k), "Europe/Lisbon").start.size for o in store.origins() for k in store.versions(o))
    return found


def test_a_backup_has_what_was_published_and_neither_sessions_nor_private_counts(counted, tmp_path):
    home = counted.folder / "var" / "vila"
    assert sessions(home) > 0
    assert list(home.glob("presence/wifi/private/*.json"))
    backup(tmp_path / "kept.tar")
    city = unpacked(tmp_path / "kept.tar", tmp_path / "unpacked")
    names = [str(p.relative_to(city)) for p in city.rglob("*")]
    assert [n for n in names if n.startswith("raw") or "private" in n or n.endswith(".pack")] == []
    assert sessions(city) == 0
    assert Store(city / "presence" / "wifi").text(DAY) == Store(home / "presence" / "wifi").text(DAY)
    bodies = [RawStore(home / "raw" / "wifi", SHORT)]
    spoken = {b for store in bodies for o in store.origins() for k in store.versions(o) for b in (store.body(k), k.sha256.encode())}
    for path in (p for p in (tmp_path / "unpacked").rglob("*") if p.is_file() and p.name != "manifest.json"):
        held = path.read_bytes()
        assert not any(b in held for b in spoken if b), path


def test_nor_of_a_source_that_no_city_file_names_any_more(counted, tmp_path):
    home = counted.folder / "var" / "vila"
    (home / "presence" / "wifi").rename(home / "presence" / "former")
    (home / "raw" / "wifi").rename(home / "raw" / "former")
    shutil.copytree(home / "raw" / "former", home / "raw" / "never_published")
    (home / "raw" / "of_machines").mkdir()
    (home / "raw" / "of_machines" / "declared.json").write_text(json.dumps({"days": 1_095}))
    gone = {str(p.relative_to(home)) for p in upkeep.promised_to_go(home.parent)}
    assert gone == {"presence/former/private", "raw/former", "raw/never_published"}


def test_restored_it_goes_on_with_the_days_that_had_not_settled_and_says_no_other_twice(counted, tmp_path, settings):
    backup(tmp_path / "kept.tar")
    before = Store(counted.folder / "var" / "vila" / "presence" / "wifi").text(DAY)
    shutil.rmtree(counted.folder / "var" / "vila")
    restore(tmp_path / "kept.tar", force=True)
    home = counted.folder / "var"
    (home / "restored.json").write_text(json.dumps({"at": NOW.isoformat(), "backup": NOW.isoformat()}))  # by the town's clock
    assert Store(home / "vila" / "presence" / "wifi").text(DAY) == before
    assert counted.published(correct=[DAY]).days == ()
    counted.clock.now = NOW + timedelta(days=2)
    assert counted.published().days == (DAY + timedelta(days=1), DAY + timedelta(days=2))
    assert Store(home / "vila" / "presence" / "wifi").text(DAY) == before
