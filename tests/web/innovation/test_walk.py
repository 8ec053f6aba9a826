"""The walk of a synthetic city: small ones here, the demo city's own in tests/proof."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from pulso.errors import CityFileError, PulsoError
from pulso.web.innovation import reads, writes
from pulso.web.innovation.letters import Refused
from pulso.web.innovation.models import Challenge, Evaluation, Pilot, Practice
from pulso.web.innovation.walk import Clock, walk
from pulso.web.people.models import Person, Step
from pulso.web.readings import reading

CITIES = Path(__file__).resolve().parents[3] / "cities"
WINDOW = {"mother": (date(2025, 5, 19), date(2025, 6, 1)), "sister": (date(2025, 10, 20), date(2025, 11, 2))}


def town(folder: Path, slug: str, seed: int, sisters: str = "", *, pilots: bool = True, synthetic: bool = True) -> Path:
    """The second life of the demo city, with buses alone and a pilot of two weeks."""
    first, last = WINDOW[slug]
    said = (CITIES / "demo_2" / "city.toml").read_text()
    head, rest = said.split("\n[simulation]\n", 1)
    rest = rest[rest.index("[zones]") :]
    for other in ("scooters", "traffic"):
        rest = re.sub(rf"\[sources\.{other}\].*?(?=\n\[)", "", rest, flags=re.S)
    rest = re.sub(r"\[domains\.(traffic|soft_mobility)\].*?(?=\n\[)", "", rest, flags=re.S)
    rest = re.sub(r"\[metrics\.(scooter_trips|car_count)\].*?(?=\n\[|\Z)", "", rest, flags=re.S)
    plan = f"\n[simulation]\nseed = {seed}\nfrom = 2024-01-01\nto = 2025-12-01\nsisters = [{sisters}]\n"
    tried = f'[[simulation.pilots]]\nname = "Praça"\nzone = "campanha"\nfrom = {first}\nto = {last}\ndraw = 2.5\n' if pilots else ""
    text = (head + plan + tried + rest).replace('slug = "demo_2"', f'slug = "{slug}"').replace("../demo/", f"{CITIES}/demo/")
    text = text.replace("synthetic = true", f"synthetic = {str(synthetic).lower()}")
    (folder / slug).mkdir(parents=True)
    (folder / slug / "city.toml").write_text(text)
    return folder / slug


@pytest.fixture
def two(tmp_path, settings) -> tuple[Path, Path]:
    sister = town(tmp_path / "cities", "sister", 4)
    mother = town(tmp_path / "cities", "mother", 3, f'"{sister}"')
    settings.HOME, settings.CITIES = tmp_path / "home", [str(mother), str(sister)]
    return mother, sister


@pytest.mark.django_db
def test_two_cities_walk_the_loop_each_step_at_its_own_day(two, settings):
    told = list(walk(str(two[0])))
    assert settings.CLOCK is None
    said = "\n".join(told)
    assert [line[:10] for line in told if line[:2] == "20"] == ["2025-05-12", "2025-06-04", "2025-10-13", "2025-12-02", "2025-12-02"]
    works, painted, again = Pilot.objects.order_by("pk")
    for pilot in (works, painted, again):
        assert pilot.status == "closed"
        assert pilot.protocol.frozen_on < pilot.protocol.window_first
        assert pilot.protocol.recomputed() == pilot.protocol.digest
        assert pilot.protocol.digest[:12] in said
        (done,) = pilot.evaluations.all()
        assert done.published_at > datetime.combine(pilot.protocol.window_last, datetime.min.time(), UTC)
        assert len(done.placebos) >= 200
    assert works.evaluations.get().verdict == Evaluation.Verdict.MORE  # draws two and a half times as many
    assert painted.evaluations.get().verdict in (Evaluation.Verdict.NONE, Evaluation.Verdict.CANNOT_TELL)
    seen = Challenge.objects.get(indicator="bus_validations")
    assert seen.status == "solved"
    assert seen.view["zone"] == "campanha"
    assert date.fromisoformat(seen.view["from"]) < date(2025, 5, 12)
    assert Challenge.objects.get(indicator="").unmeasurable
    practice = Practice.objects.get()
    assert [(e.city, e.original) for e in reads.estimates(practice)] == [("mother", True), ("sister", False)]
    assert not reads.may_pool(reads.estimates(practice))  # three adoptions are needed
    engineer = Person.objects.get(email="engineer@mother.example")
    with pytest.raises(Refused, match="frozen since"):
        writes.write_protocol(engineer, works, hypothesis="Something else.")
    assert Step.objects.filter(action="refuse", subject=f"protocol:{works.protocol.pk}").count() == 1
    assert not engineer.has_usable_password()
    vintages = [reading("mother").last_vintage(), reading("sister").last_vintage()]
    assert all(v.date() == date(2025, 12, 2) for v in vintages)
    with pytest.raises(PulsoError, match="before"):
        list(walk(str(two[0])))


@pytest.mark.django_db
@pytest.mark.parametrize(("wrong", "letter"), [({"pilots": False}, "nothing to walk for"), ({"synthetic": False}, "synthetic")])
def test_who_can_not_walk_is_told_why_before_anything_is_done(tmp_path, settings, wrong, letter):
    settings.HOME = tmp_path / "home"
    with pytest.raises((PulsoError, CityFileError), match=letter):
        list(walk(str(town(tmp_path / "cities", "mother", 3, **wrong))))
    assert not settings.HOME.exists()
    assert not Person.objects.exists()


def test_a_clock_goes_on_and_never_back():
    clock = Clock(datetime(2025, 3, 3, tzinfo=UTC))
    clock.to(date(2025, 3, 3))
    clock.on()
    clock.to(date(2025, 3, 3))
    assert clock() == datetime(2025, 3, 3, 9, 1, tzinfo=UTC)
    with pytest.raises(ValueError, match="only goes on"):
        clock.to(date(2025, 3, 2))
