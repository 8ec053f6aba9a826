"""Of several who do the same at the same moment one does it, and the others are told in a letter."""

from __future__ import annotations

from collections import Counter
from threading import Barrier, Thread

import pytest
from django.db import connection

from pulso.web.innovation import writes
from pulso.web.innovation.letters import Letter
from pulso.web.innovation.models import Adoption, Evaluation, Practice, Protocol
from pulso.web.people.models import Role, Step

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one write at a time: nobody writes at once"),
]
MANY = 4


def at_once(attempt) -> Counter[str]:
    """What came of as many attempts: done, or the kind of letter. Any other error is ours."""
    ready, came = Barrier(MANY), []

    def go() -> None:
        try:
            ready.wait()
            attempt()
            came.append("done")
        except Letter as why:
            came.append(type(why).__name__)
        except Exception as why:  # noqa: BLE001  # it is looked at in the test's own thread
            came.append(repr(why))
        finally:
            connection.close()

    threads = [Thread(target=go) for _ in range(MANY)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Counter(came)


def test_a_protocol_is_frozen_once(boss, pilot, protocol):
    assert at_once(lambda: writes.freeze(boss, type(pilot).objects.get(pk=pilot.pk))) == {"done": 1, "Refused": MANY - 1}
    made = Protocol.objects.get()
    assert made.recomputed() == made.digest
    assert Step.objects.filter(action="freeze protocol").count() == 1
    assert Step.objects.filter(action="refuse").count() == MANY - 1


def test_a_protocol_is_not_written_while_it_is_frozen(boss, pilot, protocol):
    def attempt() -> None:
        mine = type(pilot).objects.get(pk=pilot.pk)
        writes.write_protocol(boss, mine, stop_rule="One accident.")
        writes.freeze(boss, mine)

    came = at_once(attempt)
    assert (came["done"], came.total()) == (1, MANY)
    assert set(came) <= {"done", "Refused"}
    assert Protocol.objects.get().recomputed() == Protocol.objects.get().digest


def test_a_pilot_has_one_card_and_stands_for_one_adoption(boss, pilot, frozen, municipality):
    assert at_once(lambda: writes.write_practice(boss, type(pilot).objects.get(pk=pilot.pk), title="x", text="x")) == {
        "done": 1,
        "Unfit": MANY - 1,
    }
    card = writes.move(Practice.objects.get(), "offered", boss)
    Role.objects.create(person=boss, kind="administrator", city="aldeia")
    theirs = writes.draft_pilot(boss, "aldeia", municipality, title="x", text="x")
    again = lambda: writes.adopt(boss, Practice.objects.get(pk=card.pk), type(theirs).objects.get(pk=theirs.pk))  # noqa: E731
    assert at_once(again) == {"done": 1, "Unfit": MANY - 1}
    assert Adoption.objects.count() == 1


def test_an_evaluation_is_published_once_and_decided_upon_once(boss, ended, result):
    assert at_once(lambda: writes.evaluate(type(ended).objects.get(pk=ended.pk), result(ended), by=boss)) == {"done": MANY}
    assert Evaluation.objects.count() == 1, "they say the same"
    ended.refresh_from_db()
    assert ended.status == "evaluated"
    first = Evaluation.objects.order_by("pk").first()
    assert at_once(lambda: writes.move(Evaluation.objects.get(pk=first.pk), "published", boss)) == {"done": 1, "Unfit": MANY - 1}
    decide = lambda: writes.decide(boss, Evaluation.objects.get(pk=first.pk), "expand", why="It worked.")  # noqa: E731
    assert at_once(decide) == {"done": 1, "Unfit": MANY - 1}
    assert Step.objects.filter(action="decide next step").count() == 1
