"""What is known of a city's sources is kept when a run ends, and given back in no time."""

from __future__ import annotations

import json

import pytest

from pulso.flow import account, status
from pulso.flow.collect import Collected
from pulso.flow.revisions import revisions
from tests.flow.vila import Vila, vila


@pytest.fixture(scope="module")
def town(tmp_path_factory) -> Vila:
    made = vila(tmp_path_factory.mktemp("account"))
    made.collect()
    made.publish()
    return made


def heard(source: str, letter: str | None, unanswered: int = 0) -> Collected:
    return Collected(source, 1, 0, 0, unanswered, 0, 0, 0, 0, letter)


def test_what_is_kept_is_what_was_measured(town):
    river = town.river()
    made = account.keep(river)
    assert account.kept(account.where(river)) == made
    assert list(made.sources) == status.sources(river)
    assert list(made.revisions) == revisions(river)
    assert made.weights is not None
    assert sum(d.in_force for d in made.weights.domains) == pytest.approx(1.0)


def test_a_city_of_which_nothing_is_published_has_an_account_without_weights(tmp_path):
    bare = vila(tmp_path)
    bare.collect()
    made = account.keep(bare.river())
    assert (made.weights, made.revisions) == (None, ())
    assert [s.source for s in made.sources] == ["bikes", "cars", "buses"]


@pytest.mark.parametrize("text", ["", "{}", '{"format": 99}', "not json"])
def test_a_file_that_another_version_wrote_or_that_is_broken_is_as_if_it_were_not_there(town, tmp_path, text):
    broken = tmp_path / "account.json"
    broken.write_text(text)
    assert account.kept(broken) is None
    assert account.kept(tmp_path / "none.json") is None
    said = json.loads(account.where(town.river()).read_text()) if account.where(town.river()).is_file() else {}
    broken.write_text(json.dumps(said | {"format": account.FORMAT + 1}))
    assert account.kept(broken) is None


def test_a_letter_stands_until_its_source_is_asked_again(town):
    river = town.river()
    account.keep(river, [heard("bikes", "bikes did not answer", unanswered=2), heard("cars", None)])
    assert [(one.source, one.unanswered) for one in account.keep(river).letters] == [("bikes", 2)]  # a publication asks nobody
    assert [one.source for one in account.keep(river, [heard("cars", "cars can't be read")]).letters] == ["bikes", "cars"]
    assert account.keep(river, [heard("bikes", None), heard("cars", None)]).letters == ()


def test_nothing_but_the_account_is_left_in_the_city_folder(town):
    river = town.river()
    account.keep(river)
    assert [f.name for f in account.where(river).parent.glob("account*")] == ["account.json"]
