"""Works in the synthetic city: who digs where, on which days. Two of them together do what neither does alone."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

from pulso.fibre.shapes import Duct, Works
from pulso.simulate.chance import stream
from pulso.simulate.fibre_cables import Draft
from pulso.simulate.fibre_sites import CITY, DIGGER, INTERNAL, METRO, PUBLIC, WATER

FIRST = date(2025, 9, 15)
MANY = 16
WHAT = ("Repavimentação", "Substituição de águas", "Ramal de gás", "Obras do metro", "Rede de drenagem", "Passeios novos")
WHOM = (CITY, WATER, DIGGER, METRO, WATER, CITY)


def works(draft: Draft, ducts: dict[str, Duct], seed: int) -> tuple[Works, ...]:
    """Every work of the city, in order of their first day: some along streets, a cabinet that is moved, and two on one ring at once."""
    rng = stream(seed, "fibre", "works")
    held = [d for d in ducts.values() if d.id.startswith("con-")]
    found = []
    for i in range(1, MANY + 1):
        kind = int(rng.integers(len(WHAT)))
        begun = held[int(rng.integers(len(held)))]
        along = begun.name.split(",")[0]
        same = [d for d in held if d.name.split(",")[0] == along]
        at = same.index(begun)
        dug = same[at : at + int(rng.integers(1, 4))]
        first = FIRST + timedelta(days=int(rng.integers(0, 480)))
        found.append(_work(i, f"{WHAT[kind]}, {along}", first, int(rng.integers(1, 12)), tuple(d.id for d in dug), WHOM[kind]))
    together = FIRST + timedelta(days=60)
    for i, duct in enumerate(_both_ends(draft), start=MANY + 1):
        found.append(_work(i, f"Reparação de {ducts[duct].name}", together + timedelta(days=i - MANY), 4, (duct,), DIGGER))
    cabinet = next(iter(draft.cabinet.values()))
    moved, name = FIRST + timedelta(days=100), f"Mudança do armário {cabinet}"
    found.append(Works(id=f"obra-{MANY + 3:03d}", name=name, first=moved, last=moved, sites=(cabinet,), whom=CITY, disclosure=INTERNAL))
    return tuple(sorted(found, key=lambda w: (w.first, w.id)))


def _work(i: int, name: str, first: date, days: int, ducts: tuple[str, ...], whom: str) -> Works:
    return Works(
        id=f"obra-{i:03d}",
        name=name,
        first=first,
        last=first + timedelta(days=days - 1),
        ducts=ducts,
        permit=f"licença {first.year}/{100 + 7 * i} (inventada)",
        whom=whom,
        disclosure=PUBLIC if i % 3 else INTERNAL,
    )


def _both_ends(draft: Draft) -> tuple[str, str]:
    """A street's duct of the first cable of a ring, and one of its last, in which no other cable of that ring lies."""
    runs = {run.id: run.ducts for run in draft.runs}
    for ring in draft.rings:
        many = Counter(d for cable in ring.cables for d in runs[cable])
        first, last = ([d for d in runs[cable] if many[d] == 1 and d.startswith("con-")] for cable in (ring.cables[0], ring.cables[-1]))
        if ring.id.startswith("A") and first and last:
            return first[len(first) // 2], last[len(last) // 2]
    raise ValueError("no ring of cabinets has a street of its own at both ends")
