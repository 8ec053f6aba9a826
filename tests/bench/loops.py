"""Challenges, pilots and practices behind the web's benches: rows as people and functions would leave them, written at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from zlib import crc32

from tests.bench.towns import LAST, METRICS, VINTAGE, ZONES

ROOM = 20_000
"""Numbers that are a town's own."""
OPEN = 20
"""The newest of a town's pilots: still to be decided. All before them are closed."""
PLACEBOS = [i / 10 - 18 for i in range(365)]


def number(city: str) -> int:
    """The number of a town's newest challenge, pilot and practice: the same in each process that asks."""
    return (crc32(city.encode()) % 9_000 + 1) * ROOM


def loop(of: dict[str, int]) -> dict[str, str]:
    """Write so many of each town, the newest with so many comments; the headers that a person sends who may everything on the desks.

    The tables are there already. Past the rules: the guards are lifted, and set again.
    """
    from django.contrib.auth import get_user_model
    from django.test import Client

    from pulso.web.innovation import guard
    from pulso.web.people.models import Organisation

    guard.guard(guard.LIFTED)
    for city, n in of.items():
        house = Organisation.objects.create(slug=f"cm-{city}", name=f"Town hall of {city}", kind="municipality", city=city)
        _write(city, n, house)
    guard.guard()
    person = get_user_model().objects.create_superuser("bench@town.example")
    browser = Client()
    browser.force_login(person, "django.contrib.auth.backends.ModelBackend")
    return {"Cookie": f"sessionid={browser.cookies['sessionid'].value}"}


def _write(city: str, n: int, house: object) -> None:
    from pulso.web.innovation.models import Challenge, Comment, Evaluation, FundingLine, Party, Pilot, Practice

    numbers = range(number(city) - n + 1, number(city) + 1)
    moments = {"created_at": VINTAGE, "since": VINTAGE}
    goal = {"indicator": METRICS[0][0], "zones": [ZONES[3]], "target": 5, "target_unit": "%", "direction": "up", "due": LAST}
    keep(
        Challenge(
            pk=k,
            city=city,
            title=f"Challenge {k}",
            text="Nobody comes.",
            organisation=house,
            status="in pilot",
            datasets=[],
            **goal,
            **moments,
        )
        for k in numbers
    )
    keep(Comment(challenge_id=numbers[-1], text=f"Remark {k}", at=VINTAGE) for k in numbers)
    status = ["evaluated" if k > numbers[-1] - OPEN else "closed" for k in numbers]
    told = {"text": "No cars.", "cost": 123_450, **moments}
    keep(Pilot(pk=k, city=city, challenge_id=k, title=f"Pilot {k}", status=s, **told) for k, s in zip(numbers, status, strict=True))
    keep(Party(pilot_id=k, organisation=house, part="lead") for k in numbers)
    keep(FundingLine(pilot_id=k, cents=100_000, source="Budget", state="planned") for k in numbers)
    keep(_promise(k) for k in numbers)
    keep(Evaluation(pilot_id=k, protocol_digest="ab" * 32, **_told(k == numbers[-1])) for k in numbers)
    keep(Practice(pk=k, pilot_id=k, title=f"Practice {k}", text="Close it.", status="offered", **moments) for k in numbers)


def _told(newest: bool) -> dict[str, object]:
    """What an evaluation says; only the newest is asked for its placebos."""
    numbers = {"estimate": 8.5, "low": 2.0, "high": 15.0, "p": 0.025, "verdict": "more", "unit": "%", "method": "did"}
    pretrend = {"drift": 1.5, "p": 0.42, "seen": 1.0}
    moments = {"as_of": VINTAGE, "computed_at": VINTAGE, "published_at": VINTAGE}
    same = {"data_digest": "cd" * 32, "amendments": 0, "interim": False, "placebos": PLACEBOS if newest else PLACEBOS[::40]}
    return numbers | moments | same | {"pretrend": pretrend}


def _promise(k: int) -> object:
    """A frozen protocol."""
    from pulso.web.innovation.digest import decimal
    from pulso.web.innovation.models import Protocol

    days = {"before_first": 120, "before_last": 65, "window_first": 60, "window_last": 32}
    return Protocol(
        pilot_id=k,
        hypothesis="More people come.",
        metric=METRICS[0][0],
        direction="up",
        zones=[ZONES[3]],
        comparison_zones=list(ZONES[4:8]),
        matters=decimal(5.0),
        unit="%",
        method="sdid",
        stop_rule="Two accidents.",
        mde=decimal(7.25),
        mde_how="earlier windows",
        mde_series="ab" * 32,
        frozen_at=VINTAGE,
        frozen_on=LAST - timedelta(days=61),
        digest="ab" * 32,
        **{name: LAST - timedelta(days=n) for name, n in days.items()},
    )


def keep(rows: Iterable[object]) -> None:
    """Write rows of one kind, a thousand at once."""
    some: Sequence[object] = list(rows)
    type(some[0]).objects.bulk_create(some, batch_size=1_000)  # type: ignore[attr-defined]
