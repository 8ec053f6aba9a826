"""Whoever asks nonsense, or asks in malice, gets a letter: never our mistake, and never their own words as a part of the page."""

from __future__ import annotations

from urllib.parse import quote, urlencode

import pytest
from django.utils.datastructures import MultiValueDict

from tests.web.addresses import ALL, NAMES, VILA, fill, parts_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("exhibits")]
each = pytest.mark.parametrize(("page", "address"), ALL, ids=NAMES)

EVIL = "<script>alert(1)</script>"
NONSENSE = (
    "2025-02-30",
    "0001-01-01",
    "9999-12-31",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-12:00",
    "-1",
    "99999999999999999999999999",
    "1e400",
    "NaN",
    "Infinity",
    "' or 1=1; drop table said; --",
    EVIL,
    '"><img src=x onerror=alert(1)>',
    "{{ 7 * 191 }}{% raw %}",
    "{0.__class__}",
    "north\r\nSet-Cookie: stolen=1",
    "north\x00",
    "../../../../etc/passwd",
    "//evil.example/",
    "javascript:alert(1)",
    "\ud83d\ude00 ñ \u202e".encode("utf-16", "surrogatepass").decode("utf-16"),
    "*" * 5_000,
    ",".join(["north"] * 500),
    "",
)
COMMON = (
    "day",
    "as_of",
    "zone",
    "zones",
    "metric",
    "from",
    "to",
    "first",
    "last",
    "grain",
    "days",
    "cities",
    "with",
    "page",
    "sort",
    "kind",
)
"""Names that a page may read; those that it does read are found by watching it."""


def safe(answer, said=""):
    """Not our mistake, and nothing of what was said is a part of the page or of its head."""
    assert answer.status_code < 500, said
    assert "stolen" not in str(answer.cookies)
    assert "\r" not in "".join(f"{k}{v}" for k, v in answer.headers.items())
    if answer["Content-Type"].startswith("text/html"):
        page = answer.content.decode()
        assert EVIL not in page
        assert "<img src=x" not in page
        assert 'href="javascript:' not in page
        assert 'href="//' not in page
        assert str(7 * 191) not in page
    if answer.has_header("Location"):
        assert answer["Location"].startswith("/")
        assert not answer["Location"].startswith("//")


@pytest.fixture
def watched(monkeypatch):
    """The names that are read from an address's query, as they are read."""
    names: set[str] = set()
    for how in ("__getitem__", "_getlist", "__contains__"):
        original = getattr(MultiValueDict, how, None) or getattr(dict, how)

        def spy(self, key, *rest, _original=original, **more):
            names.add(key)
            return _original(self, key, *rest, **more)

        monkeypatch.setattr(MultiValueDict, how, spy)
    return names


@each
@pytest.mark.parametrize("form", ["", ".json"])
def test_nonsense_in_a_question_is_answered_with_a_letter(site, page, address, form, watched):
    site.get(f"/en/{address}{form}")
    names = sorted(watched & {n for n in watched if isinstance(n, str) and n.isidentifier()})
    for said in NONSENSE:
        safe(site.get(f"/en/{address}{form}?{urlencode(dict.fromkeys([*COMMON, *names], said))}"), said)
        for name in names:
            safe(site.get(f"/pt/{address}{form}?{urlencode({name: said})}"), f"{name}={said[:60]!r}")


@pytest.mark.parametrize(("page", "address"), [(p, a) for p, a in ALL if parts_of(p)], ids=[p.name for p, _ in ALL if parts_of(p)])
@pytest.mark.parametrize("form", ["", ".json"])
def test_nonsense_in_an_address_is_answered_with_a_letter(site, page, address, form):
    for part in parts_of(page):
        for said in filter(None, NONSENSE):
            said_in = "vila/" + fill(page.address, VILA | {part: quote(said, safe="")})
            answer = site.get(f"/pt/{said_in}{form}")
            safe(answer, f"{part}={said[:60]!r}")
            assert answer.status_code in (400, 404), f"{part}={said[:60]!r} was answered as if it were there"


@each
def test_a_question_that_asks_the_same_thing_many_times_is_answered(site, page, address):
    safe(site.get(f"/en/{address}?{'&'.join(['zone=north', 'day=2025-03-10', 'as_of=x'] * 200)}"))


@each
def test_a_question_of_too_many_parts_is_refused(site, page, address):
    answer = site.get(f"/en/{address}?{'&'.join(f'a{i}={i}' for i in range(3_000))}")
    safe(answer)
    assert answer.status_code in (200, 400)


@each
def test_bytes_that_are_no_text_are_answered(site, page, address):
    safe(site.get(f"/en/{address}?zone=%ff%fe&day=%80&as_of=%00"))
    safe(
        site.get(
            f"/en/{address}",
            headers={"Accept-Language": "\x7f;q=NaN," * 50, "If-None-Match": 'W/"\x7f', "Cookie": "sessionid=' or 1; csrftoken=%00"},
        )
    )


@pytest.mark.parametrize("said", [quote(s, safe="/") for s in NONSENSE if s])
def test_an_address_of_nonsense_leads_nowhere(site, said):
    for address in (f"/{said}", f"/pt/{said}", f"/pt/{said}/today", f"/en/vila/{said}", f"/{said}/vila/today"):
        answer = site.get(address)
        safe(answer, address)
        assert answer.status_code in (301, 302, 400, 404), address


@pytest.mark.parametrize("host", ["evil.example", "localhost:80:80", "a b", "localhost\x00", "[::", "x" * 300])
def test_a_host_that_is_not_ours_is_refused(site, host):
    answer = site.get("/pt/vila/today", headers={"Host": host})
    assert answer.status_code == 400
    assert host not in answer.content.decode()
