"""Django's settings for accounts: who may come in, and by which doors. docs/how-to/people-and-roles.md lists the variables."""

from __future__ import annotations

import os
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from pulso.web.config.keeper import contact, site_name


def _said(name: str) -> str:
    return os.environ.get(name, "").strip()


def _one_of(name: str, *allowed: str) -> str:
    said = _said(name) or allowed[0]
    if said not in allowed:
        raise ImproperlyConfigured(f"{name}: found {said[:40]!r}; it is one of {', '.join(allowed)}")
    return said


def _address(name: str) -> str:
    """An address of https; of http only on this machine, for whoever listens in between could be anybody."""
    said = _said(name)
    parts = urlsplit(said)
    if said and not (parts.scheme == "https" and parts.hostname) and not (parts.scheme == "http" and parts.hostname in _HERE):
        raise ImproperlyConfigured(f"{name}: found {said[:80]!r}; it begins with https:// (http:// only for 127.0.0.1)")
    return said


_HERE = ("127.0.0.1", "localhost", "::1")
SAML = find_spec("onelogin") is not None
"""Whether the extra is installed."""
SAML_BESIDES = {"allow_single_label_domains": True}
"""What is said to the library besides: a site within a municipality may be called https://pulso/."""
_TRUST = _one_of("PULSO_TRUST_DIRECTORY", "0", "1", "all")
"""Whose addresses open the account that has them: nobody's, those that the directory calls verified, or all that it names."""


def openid() -> dict[str, Any] | None:
    """The municipality's own directory, by OpenID Connect: PULSO_OIDC_SERVER, _CLIENT, _SECRET, and _NAME for the button."""
    server = _address("PULSO_OIDC_SERVER")
    if not server:
        return None
    client = _said("PULSO_OIDC_CLIENT")
    if not client:
        raise ImproperlyConfigured("PULSO_OIDC_CLIENT: not set; with PULSO_OIDC_SERVER it is the name that the server knows this site by")
    return {
        "provider_id": "directory",
        "name": _said("PULSO_OIDC_NAME") or "OpenID Connect",
        "client_id": client,
        "secret": _said("PULSO_OIDC_SECRET"),
        "settings": {"server_url": server, "oauth_pkce_enabled": True, "verified_email": _TRUST == "all"},
    }


def saml() -> dict[str, Any] | None:
    """The same by SAML: PULSO_SAML_METADATA, the address of the directory's metadata. It needs the extra: pip install pulso[saml]."""
    metadata = _address("PULSO_SAML_METADATA")
    if not metadata:
        return None
    if not SAML:
        raise ImproperlyConfigured("PULSO_SAML_METADATA is set, but SAML is not installed: pip install 'pulso[saml]'")
    entity = _said("PULSO_SAML_ENTITY") or metadata
    return {
        "provider_id": entity,
        "name": _said("PULSO_SAML_NAME") or "SAML",
        "client_id": "directory",
        "settings": {"idp": {"entity_id": entity, "metadata_url": metadata}, "verified_email": _TRUST == "all", "advanced": SAML_BESIDES},
    }


_OPENID, _SAML = openid(), saml()

SITE_NAME = site_name(_said("PULSO_NAME"))
CONTACT = contact(_said("PULSO_CONTACT"))
"""Whom people write to; None where nobody is named."""

AUTH_USER_MODEL = "people.Person"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend", "allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
APPS = [
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    *(["allauth.socialaccount.providers.saml"] if SAML else []),
    "django.contrib.humanize",  # which allauth's pages ask for
    "pulso.web.people.apps.Administration",
]
MIDDLEWARE = ["pulso.web.people.middleware.InTheirLanguage", "allauth.account.middleware.AccountMiddleware"]

LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "account"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "pulso.web.people.adapter.Accounts"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = _one_of("PULSO_VERIFY_EMAIL", "mandatory", "optional", "none")
ACCOUNT_EMAIL_SUBJECT_PREFIX = f"[{SITE_NAME}] "
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if _said("PULSO_HTTPS") == "1" else "http"
ACCOUNT_SESSION_REMEMBER = False
DOOR_RATES = {"saml": "30/m/ip"}
"""How often an address may bring a directory's answer: each is kept before it is read."""
SIGNUP = _one_of("PULSO_SIGNUP", "open", "closed")
"""Whether whoever comes may make an account; with closed, only administrators and directories make them."""

MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = SITE_NAME
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = _said("PULSO_DEBUG") == "1"

SOCIALACCOUNT_ADAPTER = "pulso.web.people.adapter.Doors"
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {"APPS": [_OPENID] if _OPENID else [], "provider_class": "pulso.web.people.doors.OpenID"},
    "saml": {"APPS": [_SAML] if _SAML else [], "provider_class": "pulso.web.people.doors.Saml"},
}
SOCIALACCOUNT_EMAIL_AUTHENTICATION = SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = _TRUST != "0"
SOCIALACCOUNT_EMAIL_VERIFICATION = ACCOUNT_EMAIL_VERIFICATION
DOORS = tuple(
    "{0.scheme}://{0.netloc}".format(urlsplit(a))
    for a in (_said("PULSO_OIDC_SERVER"), _said("PULSO_SAML_METADATA"), *_said("PULSO_DIRECTORY_ORIGINS").replace(",", " ").split())
    if a
)
"""Where a form of the account pages may lead besides this site: the directories, and where else these sign people in."""
