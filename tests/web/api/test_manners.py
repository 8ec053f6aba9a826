"""How the API behaves to everyone: it counts, it may be read from elsewhere, and it knows its keys."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from pulso.web.api.limits import Buckets
from pulso.web.people import keys
from pulso.web.people.models import Person

ADDRESS = "/api/v1/cities/vila/metrics"


@pytest.fixture
def person(db):
    return Person.objects.create_user("ana@vila.example", "a long password")


def test_whoever_asks_too_often_is_told_when_to_come_back(site, settings):
    settings.API_A_MINUTE = 3
    left = [site.get(ADDRESS)["RateLimit-Remaining"] for _ in range(3)]
    assert left == ["2", "1", "0"]
    refused = site.get(ADDRESS)
    assert (refused.status_code, refused["Content-Type"]) == (429, "application/problem+json")
    assert 1 <= int(refused["Retry-After"]) <= 20
    assert site.get(ADDRESS, REMOTE_ADDR="192.0.2.7").status_code == 200


def test_a_bucket_fills_again_evenly_and_never_more_than_full():
    now = [0.0]
    buckets = Buckets(lambda: now[0])
    assert [buckets.take("a", 6).wait for _ in range(7)] == [0] * 6 + [10]
    now[0] += 10
    assert [buckets.take("a", 6).wait for _ in range(2)] == [0, 10]
    now[0] += 3_600
    assert buckets.take("a", 6).remaining == 5


def test_a_household_of_many_addresses_is_one_asker(site, settings):
    settings.API_A_MINUTE = 1
    assert site.get(ADDRESS, REMOTE_ADDR="2001:db8::1").status_code == 200
    assert site.get(ADDRESS, REMOTE_ADDR="2001:db8::2").status_code == 429


def test_nobody_hides_behind_a_proxy_that_is_not_ours(site, settings):
    settings.API_A_MINUTE = 1
    assert site.get(ADDRESS, headers={"X-Forwarded-For": "192.0.2.1"}).status_code == 200
    assert site.get(ADDRESS, headers={"X-Forwarded-For": "192.0.2.2"}).status_code == 429
    settings.PROXIES = 1
    assert site.get(ADDRESS, headers={"X-Forwarded-For": "192.0.2.3, 192.0.2.4"}).status_code == 200
    assert site.get(ADDRESS, headers={"X-Forwarded-For": "192.0.2.5, 192.0.2.4"}).status_code == 429


def test_all_keys_of_a_person_share_one_bucket_of_their_own(site, settings, person):
    settings.API_A_MINUTE, settings.API_KEY_A_MINUTE = 1, 3
    texts = [keys.create(person, name)[1] for name in ("a script", "another", "a third")]
    site.get(ADDRESS)
    answers = [site.get(ADDRESS, headers={"Authorization": f"Bearer {t}"}) for t in texts]
    assert [(a["RateLimit-Limit"], a["RateLimit-Remaining"]) for a in answers] == [("3", "2"), ("3", "1"), ("3", "0")]
    assert site.get(ADDRESS, headers={"X-API-Key": texts[0]}).status_code == 429
    assert site.get(ADDRESS).status_code == 429
    other = keys.create(Person.objects.create_user("rui@vila.example", "a long password"), "his")[1]
    assert site.get(ADDRESS, headers={"X-API-Key": other})["RateLimit-Remaining"] == "2"


def test_strangers_ask_less_often_than_whoever_has_a_key(site, person):
    _, text = keys.create(person, "a script")
    assert [site.get(ADDRESS, headers=h)["RateLimit-Limit"] for h in ({}, {"X-API-Key": text})] == ["120", "600"]


def test_an_administrator_says_how_often_a_person_may_ask_up_to_a_most(site, settings, person):
    _, text = keys.create(person, "a script")
    person.a_minute = 2_000
    person.full_clean(exclude=["name", "language"])
    person.save()
    assert site.get(ADDRESS, headers={"X-API-Key": text})["RateLimit-Limit"] == "2000"
    person.a_minute = settings.API_KEY_MOST + 1
    with pytest.raises(ValidationError):
        person.full_clean(exclude=["name", "language"])
    person.a_minute = 5  # a key never allows less than none does
    person.save()
    assert site.get(ADDRESS, headers={"X-API-Key": text})["RateLimit-Limit"] == "120"


def test_whoever_tries_keys_is_soon_told_to_wait_and_finds_no_true_one_by_it(site, settings, person):
    settings.API_A_MINUTE = 3
    tried = [site.get(ADDRESS, headers={"X-API-Key": f"pulso_{n:010x}_{'a' * 43}"}).status_code for n in range(5)]
    assert tried == [401, 401, 401, 429, 429]
    _, text = keys.create(person, "a script")
    assert site.get(ADDRESS, headers={"X-API-Key": text}).status_code == 200
    assert site.get(ADDRESS, REMOTE_ADDR="192.0.2.7").status_code == 200


def test_a_key_that_opens_nothing_is_refused(site, person):
    revoked, first = keys.create(person, "revoked")
    keys.revoke(revoked, person)
    expired, second = keys.create(person, "expired")
    expired.expires_at = timezone.now() - timedelta(seconds=1)
    expired.save()
    for text in (first, second, "pulso_0123456789_" + "a" * 43, "nonsense", ""):
        answer = site.get(ADDRESS, headers={"Authorization": f"Bearer {text}"})
        assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")
        assert answer["WWW-Authenticate"].startswith("Bearer")


def test_pages_of_other_sites_may_read_and_not_write(site):
    read = site.get(ADDRESS, headers={"Origin": "https://elsewhere.example"})
    assert read["Access-Control-Allow-Origin"] == "*"
    assert "ETag" in read["Access-Control-Expose-Headers"]
    assert "Access-Control-Allow-Credentials" not in read
    asked = site.options(ADDRESS, headers={"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "GET"})
    assert (asked.status_code, asked["Access-Control-Allow-Methods"]) == (204, "GET, HEAD, OPTIONS")
    assert "Access-Control-Allow-Origin" not in site.post(ADDRESS)


@pytest.mark.parametrize(
    ("address", "taken"),
    [
        (ADDRESS, "GET, HEAD, OPTIONS"),
        ("/api/v1/", "GET, HEAD, OPTIONS"),
        ("/api/v1/webhooks", "GET, OPTIONS, POST"),
        ("/api/v1/webhooks/1", "DELETE, OPTIONS"),
        ("/api/v1/cities/vila/stream", "GET, OPTIONS"),
    ],
)
def test_an_address_says_what_it_takes(site, address, taken):
    answer = site.options(address)
    assert (answer.status_code, answer["Allow"]) == (204, taken)
    assert answer["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize("address", ["/api/v1/nowhere", "/api/v1/cities/vila/nowhere", "/api/v2/cities"])
def test_an_address_that_there_is_not_takes_nothing(site, address):
    assert site.options(address).status_code == 404


def test_the_root_is_found_without_its_last_stroke(site):
    assert site.get("/api/v1", follow=True).json()["cities"] == "/api/v1/cities"


def test_a_refusal_can_be_read_from_elsewhere_too(site):
    assert site.get("/api/v1/nowhere")["Access-Control-Allow-Origin"] == "*"


def test_the_head_of_an_answer_is_that_of_the_answer(site):
    full, head = site.get(ADDRESS), site.head(ADDRESS)
    assert head.content == b""
    assert (head["ETag"], head["Content-Length"]) == (full["ETag"], full["Content-Length"])
