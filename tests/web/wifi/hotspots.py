"""The made-up town's Wi-Fi: a square where one of two access points fails, a market that is silent, a garden without any."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from pulso.web.wifi.models import AccessPoint, Day, Network, Place, Spell

PLACE, POINT = "praca", "ap-1"
NINE = datetime(2025, 3, 16, 9, tzinfo=UTC)
"""When the town's clock stands."""
FEW_MINUTES, DAYS = timedelta(minutes=4), 12


def hotspots(city: str, now: datetime = NINE) -> None:
    """Write it, past the rules and without a trail."""
    Network.objects.create(city=city, edition=1, target=0.98)
    square = Place.objects.create(city=city, key=PLACE, name="Praça Nova", kind="square", lon=-8.66, lat=41.15, zone="north", target=0.999)
    market = Place.objects.create(city=city, key="mercado", name="Mercado", kind="market", lon=-8.55, lat=41.15, zone="south", large=True)
    Place.objects.create(city=city, key="jardim", name="Jardim das Artes", kind="garden", lon=-8.64, lat=41.16, zone="north")
    late = now - FEW_MINUTES
    for key, place, state, since, seen, level in (
        (POINT, square, "working", late - timedelta(days=DAYS), late, "public"),
        ("ap-2", square, "failing", late - timedelta(hours=7), late, "public"),
        ("ap-3", market, "working", late - timedelta(days=DAYS), late - timedelta(hours=30), "public"),
        ("ap-4", market, "working", late - timedelta(days=DAYS), late, "internal"),
        ("ap-5", market, "failing", late - timedelta(hours=2), late, "restricted"),
    ):
        told = {"state": state, "state_since": since, "seen": seen}
        point = AccessPoint.objects.create(
            city=city, key=key, name=f"{place.name}, {key}", place=place, zone=place.zone, site="s-7", owner="CM", disclosure=level, **told
        )
        Spell.objects.create(point=point, state=state, since=since, until=seen)
        for back in range(1, DAYS):
            down = 3_600.0 * (back % 3 == 0)
            Day.objects.create(point=point, day=(now - timedelta(days=back)).date(), working=80_000 - down, failing=down)
