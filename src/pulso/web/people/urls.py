"""The addresses of accounts, /<language>/account/…, and of what is stated of them, /<language>/privacy ….

The doors of directories have no language, so that they can be registered once.
"""

from __future__ import annotations

from allauth.urls import build_provider_urlpatterns
from django.urls import URLPattern, URLResolver, include, path
from django.urls.resolvers import LocalePrefixPattern
from django.utils.translation import get_language

from pulso.web.people import offices, views
from pulso.web.people.statements import STATEMENTS, statement


class InOurLanguages(LocalePrefixPattern):
    """The page's language, by the two letters that all our addresses begin with."""

    @property
    def language_prefix(self) -> str:
        """pt/ or en/."""
        return f"{(get_language() or 'en')[:2]}/"


_mine: list[URLPattern | URLResolver] = [
    path("account/", views.mine, name="account"),
    path("account/keys/", views.keys, name="account-keys"),
    path("account/data.json", views.data, name="account-data"),
    path("account/erase/", views.erasing, name="account-erase"),
    path("account/city/<slug:slug>/", offices.city, name="account-city"),
    path("account/organisation/<slug:slug>/", offices.organisation, name="account-organisation"),
    path("account/", include("allauth.account.urls")),
    path("account/2fa/", include("allauth.mfa.urls")),
    path("account/doors/", include("allauth.socialaccount.urls")),
    *(path(which, statement, {"which": which}, name=which) for which in STATEMENTS),
    *(path(f"{which}.json", statement, {"which": which, "as_json": True}, name=f"{which}-json") for which in STATEMENTS),
]
accounts: list[URLPattern | URLResolver] = [
    URLResolver(InOurLanguages(prefix_default_language=True), _mine),
    path("account/", views.front),
    path("account/", include(build_provider_urlpatterns())),
]
