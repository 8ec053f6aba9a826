"""The addresses of challenges, pilots and practices in the API, what they tell, and many of each to tell of."""

from __future__ import annotations

from typing import Any

from django.test import Client

from pulso.web.innovation.models import Amendment, Challenge, Evaluation, FundingLine, Party, Pilot, Practice, Protocol
from pulso.web.people.models import Organisation
from tests.web.exhibits import BEGUN, NUMBER

ROOT = "/api/v1/cities/vila"
KINDS = ("challenges", "pilots", "evaluations", "practices", "testbeds")
WHOLES = ("challenges", "pilots", "practices")
EVERY = (*KINDS, *(f"{kind}/{NUMBER}" for kind in WHOLES))


def items(client: Client, address: str, city: str = "vila") -> list[dict[str, Any]]:
    """The rows at an address."""
    answer = client.get(f"/api/v1/cities/{city}/{address}")
    assert answer.status_code == 200, answer.content
    return answer.json()["items"]


def everything(client: Client, city: str = "vila") -> str:
    """All that the API tells of the loop in a city, in every form that is text, each thing whole, as one text."""
    told = [client.get(f"/api/v1/cities/{city}/{kind}{form}").content.decode() for kind in KINDS for form in ("", ".csv")]
    for kind in WHOLES:
        numbers = [row["number"] for row in items(client, kind, city)]
        told += [client.get(f"/api/v1/cities/{city}/{kind}/{number}").content.decode() for number in numbers]
    return "\n".join(told)


def shown_pilots(many: int) -> None:
    """So many pilots with all that a pilot has, past the rules and without a trail."""
    owner = Organisation.objects.get(slug="cm-vila")
    like = Protocol.objects.get(pilot=NUMBER)
    like_told = Evaluation.objects.get(pilot=NUMBER)
    first = max(Pilot.objects.values_list("pk", flat=True)) + 1
    for i in range(first, first + many):
        pilot = Pilot.objects.create(pk=i, city="vila", title=f"Pilot {i}", text="x", status="evaluated", created_at=BEGUN, since=BEGUN)
        Party.objects.create(pilot=pilot, organisation=owner, part="lead")
        FundingLine.objects.create(pilot=pilot, cents=i, source="Budget", state="paid")
        fields = {f.attname: getattr(like, f.attname) for f in like._meta.concrete_fields if f.name not in ("id", "pilot")}
        made = Protocol.objects.create(pilot=pilot, **fields)
        Amendment.objects.create(protocol=made, field="stop_rule", before="a", after="b", text="x", reason="x", at=BEGUN)
        told = {f.attname: getattr(like_told, f.attname) for f in like_told._meta.concrete_fields if f.name not in ("id", "pilot")}
        Evaluation.objects.create(pilot=pilot, **told)
        Practice.objects.create(pk=i, pilot=pilot, title=f"Practice {i}", text="x", status="offered", created_at=BEGUN, since=BEGUN)
        Challenge.objects.create(
            pk=i,
            city="vila",
            title=f"Challenge {i}",
            text="x",
            organisation=owner,
            unmeasurable="x",
            status="open",
            created_at=BEGUN,
            since=BEGUN,
        )
