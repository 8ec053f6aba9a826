"""The fibre network that pages show in tests: a ring of an office and two closures, a school, a fire station on two feet, a bunker."""

from __future__ import annotations

from datetime import date

from pulso.fibre.shapes import (
    Cable,
    Criticality,
    Disclosure,
    Duct,
    End,
    Kind,
    Laid,
    Organisation,
    Phase,
    Plan,
    Port,
    Site,
    Splice,
    Splitter,
    Status,
    Strands,
    Use,
    Works,
)

AT = {"office": (-8.66, 41.15), "a": (-8.65, 41.15), "b": (-8.64, 41.16), "school": (-8.65, 41.16), "fire": (-8.63, 41.15)}
AT |= {"bunker": (-8.62, 41.17)}
CALLED = {"office": "Central", "a": "Câmara da Praça", "b": "Câmara do Rio", "school": "Escola Básica 12", "fire": "Bombeiros"}
CALLED |= {"bunker": "Abrigo"}
LINES = {"office-a": ("office", "a"), "a-b": ("a", "b"), "b-office": ("b", "office"), "a-school": ("a", "school"), "b-fire": ("b", "fire")}
LINES |= {"a-fire": ("a", "fire"), "b-bunker": ("b", "bunker")}
SENSORS = {"school": ("n1", "n2"), "fire": ("s1",)}
CUSTOMERS = ("school", "fire", "bunker")
SECRETS = ("bunker", "Abrigo", "n1", "Nobody", "a secret", "video link", "life", "essential")
"""What a stranger reads nowhere."""


def network() -> Plan:
    """All of it. Of the spur to the bunker only engineers know; of the fire station those with a role; of the rest everybody."""
    of = {
        name: Disclosure.RESTRICTED if "bunker" in name else Disclosure.INTERNAL if "fire" in name else Disclosure.PUBLIC
        for name in (*AT, *LINES)
    }
    sites = [
        Site(
            id=name,
            name=CALLED[name],
            kind=Kind.OFFICE if name == "office" else Kind.BUILDING if name in CUSTOMERS else Kind.CLOSURE,
            at=at,
            source=name == "office",
            customer=name in CUSTOMERS,
            service="video link" if name in CUSTOMERS else "",
            criticality=Criticality.LIFE if name == "fire" else Criticality.ESSENTIAL,
            public_building=name in ("school", "fire"),
            sensors=SENSORS.get(name, ()),
            disclosure=of[name],
            owner="city",
            phase="p1",
        )
        for name, at in AT.items()
    ]
    ducts = [
        Duct(id=n, name=f"Rua {n}", start=a, end=b, route=(AT[a], AT[b]), disclosure=of[n], owner="city", laid=Laid.BELOW, inner=40)
        for n, (a, b) in LINES.items()
    ]
    ducts.append(Duct(id="planned", start="b", end="school", status=Status.PLANNED, disclosure=Disclosure.PUBLIC, owner="city"))
    cables = [
        Cable(id=n, name=f"Cabo {n}", start=a, end=b, ducts=(n,), tubes=4, fibres=12, disclosure=of[n], owner="lease", outer=12)
        for n, (a, b) in LINES.items()
    ]
    return Plan(
        id="vila",
        name="Vila's fibre",
        sites=tuple(sites),
        ducts=tuple(ducts),
        cables=tuple(cables),
        strands=(
            Strands(cable="office-a", first=1, last=4, use=Use.USED, whom="city", what="school"),
            Strands(cable="office-a", first=30, last=30, use=Use.LEASED, whom="spies", what="a secret"),
            Strands(cable="office-a", first=48, last=48, use=Use.BROKEN),
        ),
        splices=(
            Splice(site="a", one=End(cable="office-a", first=1), other=End(cable="a-school", first=1), count=2),
            Splice(site="a", one=End(cable="a-fire", first=3), other=End(cable="office-a", first=30)),
        ),
        ports=(
            Port(site="office", panel="A", number=1, behind=End(cable="office-a", first=1)),
            Port(site="school", panel="S", number=1, behind=End(cable="a-school", first=1)),
        ),
        splitters=(
            Splitter(id="x1", site="a", input=End(cable="office-a", first=5), outputs=(End(cable="a-school", first=5),), ways=8, loss=10.5),
        ),
        works=(
            Works(
                id="w1",
                name="Obras na praça",
                first=date(2025, 3, 20),
                last=date(2025, 3, 25),
                ducts=("office-a",),
                disclosure=Disclosure.PUBLIC,
            ),
            Works(
                id="w2",
                name="Obras no rio",
                first=date(2025, 3, 24),
                last=date(2025, 3, 28),
                ducts=("b-office", "b-bunker"),
                permit="12/2025",
            ),
        ),
        organisations=(
            Organisation(id="city", name="Vila"),
            Organisation(id="lease", name="Cabos, Lda."),
            Organisation(id="spies", name="Nobody"),
        ),
        phases=(Phase(id="p1", name="First ring"),),
        synthetic=True,
    )
