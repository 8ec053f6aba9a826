"""A municipality's own directory as a door, set up by the environment: each in a site of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec

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


@pytest.mark.skipif(find_spec("onelogin") is not None, reason="the extra is installed")
def test_saml_without_its_extra_says_how_to_get_it(tmp_path):
    told = site(tmp_path, "import django; django.setup()", PULSO_SAML_METADATA="https://login.vila.example/metadata")
    assert "pip install 'pulso[saml]'" in told.stderr
