"""The account pages that are allauth's, in the Portuguese of Portugal: where its catalogue speaks otherwise, ours has the word."""

from __future__ import annotations

import re
from pathlib import Path

import allauth
import pytest
from allauth.account.models import EmailAddress
from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from django.core import mail

from pulso.web import people

FOLDER = Path("locale") / "pt_PT" / "LC_MESSAGES"
OURS, THEIRS = (Path(package.__file__).parent / FOLDER for package in (people, allauth))
ELSEWHERE = re.compile("headless|idp|usersessions|openid/|phone|code|internal/flows/signup")
"""Parts of allauth that this site does not have."""
BRAZILIAN = re.compile(
    r"\b(?:(?:des)?habilit|você|cadastr|(?:des)?conect(?:ad|ar)|login|banco de dados|backup|gravar|tem certeza|visualizar|requerimento"
    r"|usuári|senha|celular|tela\b|arquivo|deletar|primári|enviamos|factor|email)\w*",
    re.IGNORECASE,
)


def read(folder: Path) -> Catalog:
    with (folder / "django.po").open("rb") as file:
        return read_po(file, locale="pt_PT")


def said(message) -> list[str]:
    return [re.sub(r"%\(\w+\)s|\{\w+\}|<[^>]+>", "", t) for t in ([message.string] if isinstance(message.string, str) else message.string)]


def test_nothing_that_our_pages_may_say_is_said_as_in_brazil():
    ours = read(OURS)
    shown = [m for m in read(THEIRS) if m.id and not all(ELSEWHERE.search(file) for file, _ in m.locations)]
    assert len(shown) > 200
    left = [m.id for m in shown if m.id not in ours and any(BRAZILIAN.search(t) for t in said(m))]
    assert left == []
    assert [m.id for m in ours if m.id and any(BRAZILIAN.search(t) for t in said(m))] == []


def test_ours_fills_in_the_same_values_and_says_nothing_that_allauth_never_says():
    theirs = read(THEIRS)
    for m in read(OURS):
        if m.id:
            assert m.id in theirs, m.id
            first = m.id if isinstance(m.id, str) else m.id[0]
            text = m.string if isinstance(m.string, str) else m.string[0]
            assert set(re.findall(r"%\(\w+\)s", text)) <= set(re.findall(r"%\(\w+\)s", first)), m.id


def test_what_django_reads_is_what_people_edit():
    with (OURS / "django.mo").open("rb") as file:
        read_in = {str([*m.id]): [*m.string] for m in read_mo(file) if m.id}
    edited = {str([*m.id]): [*m.string] for m in read(OURS) if m.id}
    assert read_in == edited, "run: .venv/bin/pybabel compile -d src/pulso/web/people/locale -D django"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "at", ["login", "signup", "password/reset", "logout", "email", "password/change", "2fa", "2fa/totp/activate", "doors"]
)
def test_an_account_page_speaks_as_people_in_portugal_do(client, person, at):
    if at not in ("login", "signup", "password/reset"):
        ana = person("ana")
        EmailAddress.objects.create(user=ana, email=ana.email, verified=True, primary=True)
        client.post("/pt/account/login/", {"login": ana.email, "password": "a long secret"})
        client.post("/pt/account/reauthenticate/", {"password": "a long secret"})
    page = re.sub(r"<script.*?</script>|<[^>]+>", " ", client.get(f"/pt/account/{at}/").content.decode(), flags=re.DOTALL)
    assert re.search("conta|palavra-passe|E-mail|Sair", page)
    assert BRAZILIAN.findall(page) == []


@pytest.mark.django_db
def test_a_letter_speaks_as_people_in_portugal_do(client, person):
    client.post("/pt/account/password/reset/", {"email": person("ana").email})
    client.post("/pt/account/password/reset/", {"email": "nobody@vila.example"})
    client.post("/pt/account/signup/", {"email": "rui@vila.example", "password1": "a-long-secret-9", "password2": "a-long-secret-9"})
    assert len(mail.outbox) == 3
    for letter in mail.outbox:
        assert BRAZILIAN.findall(f"{letter.subject} {letter.body}".replace("confirm-email", "")) == []
