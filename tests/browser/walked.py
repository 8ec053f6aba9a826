"""What people of the four towns did before a browser looks: challenges, pilots that worked, did nothing or were stopped, and practices.

Through the same writes as the desk's, and evaluated by the same functions: nothing here is a number that somebody wrote.
"""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from django.test import Client

from pulso.web.innovation import evaluating, writes
from pulso.web.innovation.models import Challenge, Evaluation, Pilot, Practice
from pulso.web.people.models import Organisation, Person
from pulso.web.people.writes import found, give
from tests.browser.network import SESSIONS, TOWNS, Change, Network
from tests.flow.vila import LAST

WINDOW = date(2025, 3, 18), date(2025, 3, 24)
DIP = date(2025, 3, 25), date(2025, 3, 26)
SECRET = "a long secret"  # noqa: S105  # theirs, here
PEOPLE = {  # by name: their roles, of a city or of an organisation
    "ana": (("administrator", "vila"),),
    "mia": (("administrator", "aldeia"),),
    "rui": (("administrator", "monte"), ("administrator", "vale")),
    "bia": (("editor", "acme"),),
    "tom": (),
}
PLAN = {
    "hypothesis": "Onde não estaciona ninguém, passa mais gente.",
    "before_first": date(2025, 2, 1),
    "before_last": date(2025, 3, 13),
    "window_first": WINDOW[0],
    "window_last": WINDOW[1],
    "excluded": [{"id": "e1", "name": "Greve", "first": "2025-02-10", "last": "2025-02-11"}],
    "matters": 5,
    "unit": "%",
    "method": "did",
    "stop_rule": "Dois acidentes na praça.",
}
NORTH = {"zones": ["north"], "comparison_zones": ["south"]}
SOUTH = {"zones": ["south"], "comparison_zones": ["north"]}
DONE = (
    Change("vila", "bikes", "north", *WINDOW, 1.3),
    Change("vila", "cars", "south", *WINDOW, 0.75),
    Change("monte", "bikes", "north", *WINDOW, 1.2),
    Change("monte", "cars", "south", *WINDOW, 0.8),
    Change("vale", "bikes", "north", *WINDOW, 1.25),
    Change("vale", "cars", "south", *WINDOW, 0.7),
    *(Change("vila", source, "north", *DIP, 0.7) for source in ("bikes", "cars", "buses")),
)
"""What was done, and two days on which the north is quiet."""


def walk(towns: Network) -> None:
    """Publish, promise, let the window pass, publish again, and say what came of it."""
    towns.publish(*TOWNS, last=LAST)
    towns.do(*DONE)
    people = _people()
    keep_sessions(towns, people)
    houses = {o.slug: o for o in Organisation.objects.all()}
    challenge = _challenge(people, houses)
    pilots = _pilots(people, houses, challenge)
    towns.clock.pass_(days=11)
    towns.publish("vila", "monte", "vale")
    for town in TOWNS:
        writes.advance(town)
    _after(people, challenge, pilots)


def _people() -> dict[str, Person]:
    """Everybody, with what they may."""
    for town in TOWNS:
        found(None, slug=f"cm-{town}", name=f"Câmara Municipal de {town.title()}", kind="municipality", city=town)
    acme = found(None, slug="acme", name="Acme Mobilidade, Lda.", kind="company")
    made = {}
    for name, roles in PEOPLE.items():
        made[name] = Person.objects.create_superuser(
            f"{name}@vila.example", SECRET, is_staff=False, is_superuser=False, name=f"{name.title()} Reis"
        )
        for kind, where in roles:
            give(None, made[name], kind, **({"organisation": acme} if where == "acme" else {"city": where}))
    return made


def keep_sessions(towns: Network, people: dict[str, Person]) -> None:
    """Sign everybody in, and keep the key of each session where the tests find it."""
    keys = {}
    for name, person in people.items():
        client = Client()
        client.force_login(person, "django.contrib.auth.backends.ModelBackend")
        keys[name] = client.cookies["sessionid"].value
    (towns.folder / SESSIONS).write_text(json.dumps(keys))


def _challenge(people: dict[str, Person], houses: dict[str, Organisation]) -> Challenge:
    """One that is open, with a discussion, and one that nobody sees yet."""
    ana, said = people["ana"], {"organisation": houses["cm-vila"], "zones": ["north"]}
    goal: dict[str, Any] = {"indicator": "bikes", "target": 5, "target_unit": "%", "direction": "up", "due": date(2025, 12, 31)}
    text = "Desde o outono passa menos gente na praça.\nAs lojas fecham mais cedo."
    view = {"page": "zone", "zone": "north", "from": "2025-03-14", "to": "2025-03-14"}
    made = writes.draft_challenge(ana, "vila", title="Praça vazia", text=text, view=view, datasets=["bikes"], **said, **goal)
    writes.draft_challenge(ana, "vila", title="Ruído na marginal", text="De noite.", unmeasurable="Nenhum sensor o ouve.", **said)
    writes.move(made, "open", ana)
    writes.comment(people["tom"], made, "São os carros estacionados.")
    rude = writes.comment(people["bia"], made, "Palavras feias.")
    writes.move(rude, "hidden", ana, why="Ofende quem lá mora.")
    return made


def _pilots(people: dict[str, Person], houses: dict[str, Organisation], challenge: Challenge) -> dict[str, Pilot]:
    """Those that are frozen before the window, one that stays a draft, and one that is stopped."""
    ana, rui, house = people["ana"], people["rui"], houses["cm-vila"]
    writes.offer_testbed(
        ana,
        "vila",
        kind="street",
        name="Praça do Município",
        zone="north",
        conditions="De dia, com aviso de cinco dias.",
        contact="Mobilidade",
    )
    text = "A praça fecha aos carros durante uma semana.\nHá bancos, sombra e uma paragem provisória."
    made = {"square": writes.draft_pilot(ana, "vila", house, title="Praça sem carros", text=text, challenge=challenge, cost=1_234_550)}
    writes.fund(ana, made["square"], cents=1_000_000, source="Orçamento de 2025", state="planned")
    writes.fund(ana, made["square"], cents=234_550, source="Orçamento de 2025", state="paid")
    writes.take_part(ana, made["square"], houses["acme"], "company")
    made["buses"] = writes.draft_pilot(
        ana, "vila", house, title="Autocarros de cinco em cinco minutos", text="Ao fim da tarde.", challenge=challenge
    )
    made["school"] = writes.draft_pilot(ana, "vila", house, title="Rua da escola", text="Fechada ao trânsito às oito e às dezassete.")
    made["lane"] = writes.draft_pilot(ana, "vila", house, title="Faixa de autocarro", text="Na avenida.")
    writes.take_part(ana, made["lane"], houses["acme"], "company")
    made["crossing"] = writes.draft_pilot(ana, "vila", house, title="Passadeira nova", text="Ainda por escrever.")
    stopped = writes.draft_pilot(ana, "vila", house, title="Trotinetas à porta", text="Vinte lugares.")
    writes.move(stopped, "stopped", ana, why="O fornecedor desistiu.")
    for town in ("monte", "vale"):
        for key, title in (("square", "Largo sem carros"), ("school", "Escola sem trânsito")):
            made[f"{key} {town}"] = writes.draft_pilot(rui, town, houses[f"cm-{town}"], title=title, text="Como em Vila.")
    for name, pilot in made.items():
        if name != "crossing":
            _freeze(people["ana" if pilot.city == "vila" else "rui"], pilot, _plan(name))
    for name, title in (("square", "Praças sem carros"), ("school", "Ruas de escola")):
        _offer(people, made, name, title)
    return made


def _offer(people: dict[str, Person], pilots: dict[str, Pilot], name: str, title: str) -> None:
    """Offer what a pilot tries, which two towns adopt before anybody knows what comes of it."""
    text = "Sinais, bancos e paciência.\nUm mês de conversa com quem lá tem loja."
    card: Practice = writes.write_practice(people["ana"], pilots[name], title=title, text=text)
    writes.move(card, "offered", people["ana"])
    for town in ("monte", "vale"):
        writes.adopt(people["rui"], card, pilots[f"{name} {town}"])


def _plan(name: str) -> dict[str, Any]:
    """What a pilot promises."""
    what, _, _town = name.partition(" ")
    of: dict[str, dict[str, Any]] = {
        "square": {"metric": "bikes", "direction": "up", **NORTH},
        "school": {"metric": "cars", "direction": "down", **SOUTH, "hypothesis": "Quem pode, deixa o carro em casa."},
        "buses": {"metric": "buses", "direction": "up", **NORTH, "hypothesis": "Mais autocarros, mais passageiros."},
        "lane": {"metric": "buses", "direction": "up", **SOUTH, "hypothesis": "Sem carros à frente, passam mais."},
    }
    return PLAN | of[what]


def _freeze(by: Person, pilot: Pilot, plan: dict[str, Any]) -> None:
    writes.write_protocol(by, pilot, **plan)
    evaluating.least_effect(pilot, by)
    writes.freeze(by, pilot)


def _after(people: dict[str, Person], challenge: Challenge, pilots: dict[str, Pilot]) -> None:
    """What came of them: all but one is published, and two are decided."""
    follows = {"square": ("expand", "Resultou, e as lojas pedem mais."), "buses": ("stop", "Não se viu nada que valha o que custa.")}
    for name, pilot in pilots.items():
        if name == "crossing":
            continue
        by = people["ana" if pilot.city == "vila" else "rui"]
        pilot.refresh_from_db()
        told: Evaluation = writes.evaluate(pilot, evaluating.evaluate(pilot), by=by)
        if name == "lane":
            continue
        writes.move(told, "published", by)
        if name in follows:
            step, why = follows[name]
            writes.decide(by, told, step, why=why)
    writes.move(challenge, "in pilot", people["ana"])
    _ready(people["ana"])


def _ready(ana: Person) -> None:
    """One that waits to be frozen."""
    house = Organisation.objects.get(slug="cm-vila")
    made = writes.draft_pilot(ana, "vila", house, title="Sombra na avenida", text="Toldos de maio a setembro.")
    later = {"before_last": date(2025, 3, 26), "window_first": date(2025, 5, 12), "window_last": date(2025, 5, 18)}
    writes.write_protocol(ana, made, **PLAN | NORTH | later, metric="index", direction="up")
    evaluating.least_effect(made, ana)
