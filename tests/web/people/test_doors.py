"""A municipality's own directory as a door, set up by the environment: each in a site of its own."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

ASK = """
import django; django.setup()
from django.conf import settings; settings.ALLOWED_HOSTS = ["testserver"]
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
call_command("migrate", verbosity=0)
page = Client().get("/pt/account/login/")
print(page.status_code, "Câmara de Vila" in page.content.decode(), reverse("openid_connect_callback", args=["directory"]))
print(page["Content-Security-Policy"])
"""


def site(tmp_path, script: str, **said: str) -> subprocess.CompletedProcess[str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PULSO_")}
    env = kept | {"PULSO_HOME": str(tmp_path), "PULSO_DEBUG": "1", "DJANGO_SETTINGS_MODULE": "pulso.web.config.settings"} | said
    return subprocess.run([sys.executable, "-c", script], env=env, capture_output=True, text=True, check=False, timeout=120)


def test_a_directory_by_openid_connect_is_a_button_whose_form_may_lead_there(tmp_path):
    said = {"PULSO_OIDC_SERVER": "https://login.vila.example/realm", "PULSO_OIDC_CLIENT": "pulso", "PULSO_OIDC_NAME": "Câmara de Vila"}
    told = site(tmp_path, ASK, **said)
    first, policy = told.stdout.splitlines()[-2:]
    assert first == "200 True /account/oidc/directory/login/callback/", told.stderr[-2000:]
    assert "form-action 'self' https://login.vila.example;" in policy


@pytest.mark.parametrize(
    ("said", "letter"),
    [
        ({"PULSO_OIDC_SERVER": "https://login.vila.example"}, "PULSO_OIDC_CLIENT: not set"),
        ({"PULSO_OIDC_SERVER": "http://login.vila.example", "PULSO_OIDC_CLIENT": "pulso"}, "it begins with https://"),
        ({"PULSO_SAML_METADATA": "file:///etc/passwd"}, "it begins with https://"),
        ({"PULSO_TRUST_DIRECTORY": "yes"}, "it is one of 0, 1, all"),
        ({"PULSO_SIGNUP": "perhaps"}, "it is one of open, closed"),
        ({"PULSO_VERIFY_EMAIL": "no"}, "it is one of mandatory, optional, none"),
        ({"PULSO_MAIL": "vila.example"}, "PULSO_MAIL: found"),
    ],
    ids=lambda x: str(x)[:40],
)
def test_a_mistake_in_the_settings_is_a_letter(tmp_path, said, letter):
    told = site(tmp_path, "import django; django.setup()", **said)
    assert told.returncode != 0
    assert letter in told.stderr


def test_saml_without_its_extra_says_how_to_get_it(tmp_path):
    bare = "import sys; sys.modules['onelogin'] = None; import django; django.setup()"
    told = site(tmp_path, bare, PULSO_SAML_METADATA="https://login.vila.example/metadata")
    assert "pip install 'pulso[saml]'" in told.stderr


def test_the_site_goes_on_without_the_extra(tmp_path):
    bare = "import sys; sys.modules['onelogin'] = None;" + ASK
    told = site(tmp_path, bare, PULSO_OIDC_SERVER="https://login.vila.example", PULSO_OIDC_CLIENT="pulso", PULSO_OIDC_NAME="Câmara de Vila")
    assert told.stdout.splitlines()[-2].startswith("200 True"), told.stderr[-2000:]


def test_a_form_may_lead_wherever_the_directory_signs_people_in(tmp_path):
    said = {"PULSO_OIDC_SERVER": "https://login.vila.example/realm", "PULSO_OIDC_CLIENT": "pulso", "PULSO_OIDC_NAME": "Câmara de Vila"}
    told = site(tmp_path, ASK, **said, PULSO_DIRECTORY_ORIGINS="https://broker.example, https://id.example/x")
    assert "form-action 'self' https://login.vila.example https://broker.example https://id.example;" in told.stdout.splitlines()[-1]
