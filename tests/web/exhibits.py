"""A challenge, a pilot and a practice, each number 7, as they would be at their end, and a fibre network: what every page can show."""

from __future__ import annotations

from datetime import UTC, date, datetime

from pulso.web.fibre import writes
from pulso.web.innovation.digest import decimal
from pulso.web.innovation.models import Amendment, Challenge, Comment, Evaluation, FundingLine, Party, Pilot, Practice, Protocol
from pulso.web.people.models import Organisation
from tests.web.network import network
from tests.web.wifi.hotspots import hotspots

NUMBER = 7
"""Of each."""
BEGUN, ENDED = datetime(2025, 3, 1, 9, tzinfo=UTC), datetime(2025, 3, 16, 9, tzinfo=UTC)


def exhibit(city: str, now: datetime = ENDED) -> Pilot:
    """Write them, past the rules and without a trail; and hotspots as they were reported just before `now`."""
    hotspots(city, now)
    owner = Organisation.objects.create(slug=f"cm-{city}", name=f"Câmara Municipal de {city.title()}", kind="municipality", city=city)
    moments = {"created_at": BEGUN, "since": BEGUN}
    challenge = Challenge.objects.create(
        pk=NUMBER,
        city=city,
        title="Empty square",
        text="Nobody comes.\nNobody stays.",
        organisation=owner,
        view={"page": "zone", "zone": "north", "as_of": "2025-03-11T09:00:00Z"},
        indicator="bikes",
        zones=["north"],
        target=5,
        target_unit="points",
        direction="up",
        due=date(2025, 12, 31),
        datasets=["bikes"],
        status="in pilot",
        **moments,
    )
    Comment.objects.create(challenge=challenge, text="It is the parked cars.", at=BEGUN)
    Comment.objects.create(challenge=challenge, text="Rude words.", at=BEGUN, hidden_at=ENDED, hidden_why="Rude.")
    pilot = Pilot.objects.create(
        pk=NUMBER,
        city=city,
        challenge=challenge,
        title="No cars",
        text="The square without cars.",
        cost=123_450,
        status="evaluated",
        **moments,
    )
    Party.objects.create(pilot=pilot, organisation=owner, part="lead")
    FundingLine.objects.create(pilot=pilot, cents=100_000, source="Budget 2025", state="planned")
    FundingLine.objects.create(pilot=pilot, cents=23_450, source="Budget 2025", state="paid")
    promised = _promised(pilot)
    Amendment.objects.create(
        protocol=promised,
        field="window_last",
        before="2025-03-12",
        after="2025-03-10",
        text="Two days fewer.",
        reason="A storm.",
        at=BEGUN,
    )
    told = {"protocol_digest": promised.digest, "data_digest": "cd" * 32, "as_of": ENDED, "method": "did", "unit": "%"}
    told |= {"placebos": [i / 4 - 5 for i in range(40)], "pretrend": {"drift": 1.5, "p": 0.42, "seen": 1.0}, "computed_at": ENDED}
    numbers = {"estimate": 8.5, "low": 2.0, "high": 15.0, "p": 0.025, "verdict": "more"}
    decided = {"next_step": "expand", "next_why": "It worked.", "decided_at": ENDED, "decided_for": "Mobility"}
    Evaluation.objects.create(pilot=pilot, amendments=1, interim=False, published_at=ENDED, **told, **numbers, **decided)
    writes.load(None, city, network(), "as it was built")
    Practice.objects.create(pk=NUMBER, pilot=pilot, title="A square without cars", text="Close it.", status="offered", **moments)
    return pilot


def _promised(pilot: Pilot) -> Protocol:
    made = Protocol(
        pilot=pilot,
        hypothesis="More people come where no car parks.",
        metric="bikes",
        direction="up",
        zones=["north"],
        comparison_zones=["south"],
        before_first=date(2025, 2, 1),
        before_last=date(2025, 2, 28),
        window_first=date(2025, 3, 5),
        window_last=date(2025, 3, 12),
        excluded=[{"id": "e1", "name": "Fair", "first": "2025-02-10", "last": "2025-02-11"}],
        matters=decimal(5.0),
        unit="%",
        method="did",
        stop_rule="Two accidents.",
        mde=decimal(7.25),
        mde_how="placebo windows, 80 % power",
        mde_series="ab" * 32,
    )
    made.save()
    made.frozen_at, made.frozen_on = BEGUN, date(2025, 3, 1)  # once it is written: the database knows no other way
    made.digest = made.recomputed()
    made.save()
    return made
