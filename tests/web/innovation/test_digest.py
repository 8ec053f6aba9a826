"""One text, one digest, whoever writes it and wherever."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pulso.web.innovation.digest import FORM, canonical, decimal, sha256

texts = st.text(st.characters(exclude_categories=["Cs"]))
keys = texts.map(lambda text: unicodedata.normalize("NFC", text))
plain = st.recursive(
    st.none() | st.booleans() | st.integers() | texts | st.dates() | st.decimals(allow_nan=False, allow_infinity=False, places=6),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=12,
)
objects = st.dictionaries(keys, plain, max_size=6)

GOLDEN = {
    "form": FORM,
    "city": "vila",
    "hypothesis": "Mais gente na praça, sem carros.",
    "metric": "bikes",
    "direction": "up",
    "zones": ["north"],
    "window_first": date(2025, 3, 20),
    "window_last": date(2025, 3, 26),
    "excluded": [{"id": "e1", "name": "São João", "first": "2025-02-10", "last": "2025-02-11"}],
    "matters": Decimal("5.000000000"),
    "mde": Decimal("0.050000000"),
    "may_peek": False,
    "before_first": None,
    "frozen_at": datetime(2025, 3, 16, 9, 0, 0, 123456, tzinfo=UTC),
}
TEXT = (
    '{"before_first":null,"city":"vila","direction":"up","excluded":[{"first":"2025-02-10","id":"e1","last":"2025-02-11",'
    '"name":"São João"}],"form":"pulso-protocol-1","frozen_at":"2025-03-16T09:00:00Z","hypothesis":"Mais gente na praça, sem carros.",'
    '"matters":"5","may_peek":false,"mde":"0.05","metric":"bikes","window_first":"2025-03-20","window_last":"2025-03-26","zones":["north"]}'
)


def test_a_protocol_of_long_ago_has_the_digest_that_it_had():
    assert canonical(GOLDEN) == TEXT
    assert sha256(GOLDEN) == hashlib.sha256(TEXT.encode()).hexdigest()
    assert sha256(GOLDEN) == "003cc464fc92acc30384636485512dac5ef707b2399faf9c1b5b80314cb6820f"


@given(objects)
def test_whatever_order_the_fields_come_in_the_text_is_one(said):
    text = canonical(said)
    assert canonical(dict(reversed(said.items()))) == text


@given(objects)
def test_what_was_published_can_be_hashed_again_as_it_is(said):
    text = canonical(said)
    assert canonical(json.loads(text)) == text
    assert " " not in text or any(" " in t for t in _texts(json.loads(text)))


@given(texts, texts)
def test_texts_are_one_where_they_look_the_same_and_only_there(one, other):
    same = unicodedata.normalize("NFC", one) == unicodedata.normalize("NFC", other)
    assert (canonical({"a": one}) == canonical({"a": other})) == same
    assert canonical({"a": unicodedata.normalize("NFD", one)}) == canonical({"a": one})


@given(st.decimals(allow_nan=False, allow_infinity=False, places=9), st.integers(0, 6))
def test_a_number_is_one_however_many_zeros_a_database_gives_it(number, more):
    longer = Decimal(f"{number:f}" + ("0" * more if "." in f"{number:f}" else ""))
    assert canonical({"n": number}) == canonical({"n": longer})
    assert Decimal(json.loads(canonical({"n": number}))["n"]) == number


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4), st.decimals(allow_nan=False, allow_infinity=False, places=4))
def test_two_numbers_are_two_texts(one, other):
    assert (canonical({"n": one}) == canonical({"n": other})) == (one == other)


@given(st.datetimes(timezones=st.just(UTC)), st.integers(-12, 14))
def test_a_moment_is_one_in_whatever_zone_it_is_said(moment, hours):
    assume(date(2, 1, 1) < moment.date() < date(9998, 12, 1))
    assert canonical({"at": moment}) == canonical({"at": moment.astimezone(timezone(timedelta(hours=hours)))})


@pytest.mark.parametrize(
    ("wrong", "letter"),
    [
        ({"n": 0.1}, "no float"),
        ({"n": [{"m": 1.0}]}, "no float"),
        ({"n": Decimal("NaN")}, "finite"),
        ({"at": datetime(2025, 3, 1)}, "zone"),  # noqa: DTZ001
        ({1: "a"}, "keys"),
        ({"\u00e9": 1, "e\u0301": 2}, "once composed"),
        ({"s": {1, 2}}, "no set"),
        ({"b": b"a"}, "no bytes"),
    ],
    ids=str,
)
def test_what_would_be_written_in_two_ways_is_refused(wrong, letter):
    with pytest.raises(ValueError, match=letter):
        canonical(wrong)


@given(st.floats(-1e8, 1e8))
def test_a_computed_number_is_kept_to_nine_places(number):
    assert abs(float(decimal(number)) - number) <= 5e-10 + abs(number) * 1e-15
    assert decimal(number).as_tuple().exponent == -9


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_a_computed_number_is_one(number):
    with pytest.raises(ValueError, match="finite"):
        decimal(number)


def _texts(said: object) -> list[str]:
    if isinstance(said, str):
        return [said]
    if isinstance(said, dict):
        return [t for k, v in said.items() for t in (k, *_texts(v))]
    return [t for v in said for t in _texts(v)] if isinstance(said, list) else []
