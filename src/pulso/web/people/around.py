"""What the pages of an account are framed by: the site's words, for templates that can't ask for them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
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
    "privacy": _("Privacy"),
    "accessibility": _("Accessibility"),
    "contact": _("Contact"),
    "kept": _("What is kept of you, why and how long:"),
    "often": _("Too often"),
    "wait": _("That was tried too often from here. Please wait a few minutes, and try again."),
}
ROLES = {
    "viewer": _("viewer"),
    "editor": _("editor of the agenda"),
    "engineer": _("data engineer"),
    "administrator": _("administrator"),
}
"""What each kind of role is called."""

ERASED = _("erased person")
"""What whoever is gone is called."""

OFFICES = (*ROLES.values(), _("administration"))
"""What the trail of the river calls whoever acts for no organisation; it is said in the page's language."""


def office(name: str, speech: Speech) -> str:
    """An office's name: an organisation's as it stands, a role's in the page's language."""
    return speech.say(name) if name in OFFICES else name


ACTIONS = {
    "enter event": _("entered an event"),
    "change event": _("changed an event"),
    "withdraw event": _("withdrew an event"),
    "exclude sensor": _("left a sensor out"),
    "lift exclusion": _("took a sensor in again"),
    "make webhook": _("made a webhook"),
    "end webhook": _("ended a webhook"),
    "resume webhook": _("had a webhook told again"),
    "create organisation": _("entered an organisation"),
    "give role": _("gave a role"),
    "take role": _("took a role away"),
    "erase person": _("erased a person"),
    "create superuser": _("made a superuser"),
    "sign up": _("made an account"),
    "come by a directory": _("came by the directory for the first time"),
    "retain": _("let go of what was over"),
    "change person": _("changed what is known of a person"),
    "create key": _("made a key"),
    "revoke key": _("revoked a key"),
    "set password": _("set a password"),
    "change password": _("changed a password"),
    "reset password": _("set a password anew"),
    "add address": _("added an address of e-mail"),
    "verify address": _("verified an address of e-mail"),
    "change address": _("changed an address of e-mail"),
    "remove address": _("removed an address of e-mail"),
    "add second factor": _("set up a second factor"),
    "remove second factor": _("removed a second factor"),
    "reset second factor": _("made new recovery codes"),
    "connect directory": _("connected the directory"),
    "leave directory": _("left the directory"),
    "create person by hand": _("made an account by hand"),
    "change person by hand": _("changed an account by hand"),
    "create organisation by hand": _("entered an organisation by hand"),
    "change organisation by hand": _("changed an organisation by hand"),
    "delete organisation by hand": _("deleted an organisation by hand"),
    "create role by hand": _("gave a role by hand"),
    "change role by hand": _("changed a role by hand"),
    "delete role by hand": _("took a role away by hand"),
    "load wifi": _("loaded places and access points of the Wi-Fi"),
    "set up wifi": _("said how the Wi-Fi reports"),
    "refuse": _("tried what was refused"),
    "draft challenge": _("wrote a challenge"),
    "change challenge": _("changed a challenge"),
    "open challenge": _("opened a challenge"),
    "take challenge up": _("took a challenge up in a pilot"),
    "solve challenge": _("said that a challenge is solved"),
    "close challenge": _("closed a challenge"),
    "reopen challenge": _("opened a challenge again"),
    "comment": _("said something about a challenge"),
    "hide comment": _("hid what somebody said"),
    "offer testbed": _("offered a testbed"),
    "change testbed": _("changed a testbed"),
    "book testbed": _("booked a testbed"),
    "cancel booking": _("cancelled a booking"),
    "draft pilot": _("wrote a pilot"),
    "change pilot": _("changed a pilot"),
    "take part": _("took an organisation into a pilot"),
    "take no part": _("took an organisation out of a pilot"),
    "fund pilot": _("entered money for a pilot"),
    "strike funding": _("struck out money for a pilot"),
    "write protocol": _("wrote a protocol"),
    "compute least effect": _("computed the least effect that a protocol can tell"),
    "freeze protocol": _("froze a protocol"),
    "amend protocol": _("amended a protocol"),
    "freeze pilot": _("froze a pilot"),
    "run pilot": _("began a pilot"),
    "await evaluation": _("ended a pilot's window"),
    "evaluate": _("evaluated a pilot"),
    "finish evaluation": _("said that a pilot is evaluated"),
    "publish evaluation": _("published an evaluation"),
    "decide next step": _("decided what follows from an evaluation"),
    "close pilot": _("closed a pilot"),
    "stop pilot": _("stopped a pilot"),
    "write practice": _("wrote a practice"),
    "change practice": _("changed a practice"),
    "offer practice": _("offered a practice"),
    "withdraw practice": _("withdrew a practice"),
    "adopt practice": _("adopted a practice"),
    "load fibre": _("loaded the fibre network"),
    "change fibre": _("changed the fibre network"),
    "declare cut": _("declared a cut of the fibre"),
    "end cut": _("ended a cut of the fibre"),
}
"""What the trail calls each write, and how it is said; a write that is not here can't be noted (see `trail.note`)."""
THINGS = {
    "event": _("event"),
    "sensor": _("sensor"),
    "webhook": _("webhook"),
    "organisation": _("organisation"),
    "role": _("role"),
    "person": _("person"),
    "key": _("key"),
    "challenge": _("challenge"),
    "comment": _("comment"),
    "testbed": _("testbed"),
    "booking": _("booking"),
    "pilot": _("pilot"),
    "fundingline": _("funding"),
    "protocol": _("protocol"),
    "amendment": _("amendment"),
    "evaluation": _("evaluation"),
    "practice": _("practice"),
    "adoption": _("adoption"),
    "wifi": _("public Wi-Fi"),
    "revision": _("fibre network"),
    "cut": _("cut of the fibre"),
}
"""What sorts of things it tells of."""


INSIDE = (
    ("account", "mine"),
    ("account_email", "email"),
    ("account_change_password", "password"),
    ("mfa_index", "factor"),
    ("account-keys", "keys"),
    ("account-webhooks", "hooks"),
    ("account_logout", "leave"),
)
OUTSIDE = (("account_login", "enter"), ("account_signup", "join"))
"""The pages of an account, for whoever is signed in and for whoever is not: the names of their addresses, and of their words."""


def words(request: HttpRequest) -> dict[str, Any]:
    """The words of the frame in the page's language, and where the same page is in the other one."""
    code = (get_language() or "en")[:2]
    other = "en" if code == "pt" else "pt"
    speech = speak(code)
    inside = getattr(getattr(request, "user", None), "is_authenticated", False)
    places = [(reverse(name), word) for name, word in (INSIDE if inside else OUTSIDE)]
    here = max((at for at, _word in places if request.path.startswith(at) and (at != reverse("account") or at == request.path)), default="")
    return {
        "places": [{"at": at, "called": speech.say(WORDS[word]), "here": at == here} for at, word in places],
        "lang": code,
        "other": other,
        "words": {k: speech.say(v) for k, v in WORDS.items()},
        "elsewhere": f"/{other}{request.path[3:]}" if request.path[1:4] == f"{code}/" else "",
    }
