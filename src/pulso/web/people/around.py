"""What the pages of an account are framed by: the site's words, for templates that can't ask for them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import get_language

from pulso.show.language import Speech, speak
from pulso.show.language import marked as _

WORDS = {
    "content": _("To the content"),
    "account": _("Account"),
    "mine": _("Me"),
    "email": _("E-mail"),
    "password": _("Password"),
    "factor": _("Second factor"),
    "keys": _("Keys"),
    "hooks": _("Webhooks"),
    "enter": _("Sign in"),
    "join": _("Make an account"),
    "leave": _("Sign out"),
}
ROLES = {
    "viewer": _("viewer"),
    "editor": _("editor of the agenda"),
    "engineer": _("data engineer"),
    "administrator": _("administrator"),
}
"""What each kind of role is called."""

OFFICES = (*ROLES.values(), _("administration"))
"""What the trail of the river calls whoever acts for no organisation; it is said in the page's language."""


def office(name: str, speech: Speech) -> str:
    """An office's name: an organisation's as it stands, a role's in the page's language."""
    return speech.say(name) if name in OFFICES else name


def words(request: HttpRequest) -> dict[str, Any]:
    """The words of the frame in the page's language, and where the same page is in the other one."""
    code = (get_language() or "en")[:2]
    other = "en" if code == "pt" else "pt"
    speech = speak(code)
    return {
        "lang": code,
        "other": other,
        "words": {k: speech.say(v) for k, v in WORDS.items()},
        "elsewhere": f"/{other}{request.path[3:]}" if request.path[1:4] == f"{code}/" else "",
    }
