"""The first person: made by whoever runs the machine, in the home that they mean."""

from __future__ import annotations

import io
import os
import subprocess
import sys

import pytest
from django.core.management import call_command

from pulso.web.people.first import NotSo, administrator
from pulso.web.people.models import Person, Step

GOOD = "a long secret for Ana"


def run(*words, home=None, said="", folder=None):
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PULSO_", "DJANGO_"))}
    environment |= {"PULSO_HOME": str(home)} if home else {}
    command = [sys.executable, "-c", "from pulso.cli import main; main()", *words]
    return subprocess.run(command, env=environment, input=said, capture_output=True, text=True, cwd=folder, check=False)


def test_the_command_makes_a_home_that_is_named_and_an_administrator_in_it(tmp_path):
    made = run("admin", "Ana@vila.example", "--home", str(tmp_path / "home"), said=f"{GOOD}\n")
    assert made.returncode == 0, made.stderr
    assert f"Home: {tmp_path / 'home'}" in made.stdout
    assert f"Database: {tmp_path / 'home' / 'people.sqlite3'}" in made.stdout
    assert "ana@vila.example has an account now, and administers the site." in made.stdout
    assert GOOD not in made.stdout + made.stderr
    again = run("admin", "ana@vila.example", home=tmp_path / "home")
    assert "administers the site already" in again.stdout


def test_where_no_site_is_nothing_is_made_and_the_letter_says_where_it_looked(tmp_path):
    for refused in (run("admin", "ana@vila.example", folder=tmp_path), run("admin", "ana@vila.example", home=tmp_path / "var")):
        assert refused.returncode == 1
        assert f"There is no site in {tmp_path / 'var'} yet" in refused.stderr
    assert not (tmp_path / "var").exists()


@pytest.mark.django_db
@pytest.mark.parametrize(("email", "password"), [("ana", GOOD), ("ana@vila.example", "short"), ("ana@vila.example", "")])
def test_what_can_t_be_makes_nobody(email, password):
    with pytest.raises(NotSo):
        administrator(email, lambda: password)
    assert not Person.objects.exists()


@pytest.mark.django_db
def test_whoever_has_an_account_keeps_its_password_and_the_trail_knows(person):
    ana = person("ana")
    assert "the password stays" in administrator("ANA@vila.example", lambda: pytest.fail("nobody is asked"))
    ana.refresh_from_db()
    assert (ana.is_staff, ana.is_superuser, ana.check_password("a long secret")) == (True, True, True)
    assert (Step.objects.get().action, Step.objects.get().fields) == ("create superuser", ["is_staff", "is_superuser"])


@pytest.mark.django_db
def test_at_a_terminal_a_password_is_typed_twice(monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setattr("pulso.web.people.management.commands.administrator.finish_and_check", lambda: None)
    typed = iter([GOOD, "another one", GOOD, GOOD])
    monkeypatch.setattr("getpass.getpass", lambda _prompt: next(typed))
    with pytest.raises(NotSo, match="two different passwords"):
        call_command("administrator", "ana@vila.example", stdout=io.StringIO())
    call_command("administrator", "ana@vila.example", stdout=io.StringIO())
    assert Person.objects.get().check_password(GOOD)
