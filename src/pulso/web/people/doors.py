"""A municipality's own directory as a door: what is asked of its answer beyond what allauth asks.

Whatever can't be is refused (`PermissionDenied`), and `middleware` answers with allauth's letter.
"""

from __future__ import annotations

import secrets
from typing import Any

from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.saml.provider import SAMLProvider
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

TRANSIENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
MAPPING = {
    "uid": [
        "urn:oasis:names:tc:SAML:attribute:subject-id",
        "http://schemas.microsoft.com/identity/claims/objectidentifier",
    ],
    "email": [
        "urn:oid:0.9.2342.19200300.100.1.3",
        "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
        "email",
    ],
    "email_verified": ["email_verified"],
    "name": ["urn:oid:2.16.840.1.113730.3.1.241", "http://schemas.microsoft.com/identity/claims/displayname", "name"],
    "first_name": ["urn:oid:2.5.4.42", "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/givenname"],
    "last_name": ["urn:oid:2.5.4.4", "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname"],
}
"""What SAML directories call what we want to know, the first that is there: eduPerson's names, Microsoft's, and plain ones."""


class OpenID(OpenIDConnectProvider):  # type: ignore[misc]  # allauth has no types for it
    """By OpenID Connect: code, PKCE, state, and a nonce that the answer must bring back."""

    package = OpenIDConnectProvider.get_package()  # where its addresses are

    def redirect(self, request: HttpRequest, process: str, next_url: str | None = None, data: Any = None, **rest: Any) -> HttpResponse:
        """Send the browser there. What the address that led here asked for besides is left out: a stranger may have written it."""
        nonce = secrets.token_urlsafe(24)
        asked = {"scope": self.get_scope(), "auth_params": self.get_auth_params() | {"nonce": nonce}}
        sent: HttpResponse = super().redirect(request, process, next_url, data, **(rest | asked | {"nonce": nonce}))
        return sent

    def sociallogin_from_response(self, request: HttpRequest, response: Any) -> Any:
        """Refused where there is no identity token, it was made for others too, or tells of someone else than the directory does."""
        token, told = response.get("id_token"), response.get("userinfo")
        if not token or not token.get("sub") or (told and told.get("sub") != token["sub"]):
            raise PermissionDenied("the identity token and what the directory tells of the person are not of the same one")
        if isinstance(token["aud"], list) and len(token["aud"]) > 1 and token.get("azp") != self.app.client_id:
            raise PermissionDenied("the identity token was made for somebody else")
        for said in filter(None, (token, told)):  # some directories write it as text, and "false" is not nothing
            said["email_verified"] = said.get("email_verified") in (True, "true")
        return super().sociallogin_from_response(request, response)


class Saml(SAMLProvider):  # type: ignore[misc]
    """By SAML 2.0: only answers to what was asked here, once, by whom it was asked."""

    package = SAMLProvider.get_package()
    default_attribute_mapping = MAPPING

    def extract_uid(self, data: Any) -> str:
        """Who it is, for good. Refused where the directory calls them otherwise each time."""
        if not self._extract(data).get("uid") and data.get_nameid_format() == TRANSIENT:
            raise PermissionDenied("the directory names people anew each time: let it send a persistent NameID, or a subject-id")
        uid = super().extract_uid(data)
        if not uid:
            raise PermissionDenied("the directory does not say who it is")
        return str(uid)
