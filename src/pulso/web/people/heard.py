"""What allauth does to an account by itself, for the trail. Its signals are the only way to hear of it; we have none of our own."""

from __future__ import annotations

from typing import Any

from allauth.account import signals as account
from allauth.mfa import signals as mfa
from allauth.socialaccount import signals as doors

from pulso.web.people.models import Person
from pulso.web.people.trail import named, note

HEARD = {
    "set password": account.password_set,
    "change password": account.password_changed,
    "reset password": account.password_reset,
    "add address": account.email_added,
    "verify address": account.email_confirmed,
    "change address": account.email_changed,
    "remove address": account.email_removed,
    "add second factor": mfa.authenticator_added,
    "remove second factor": mfa.authenticator_removed,
    "reset second factor": mfa.authenticator_reset,
    "connect directory": doors.social_account_added,
    "leave directory": doors.social_account_removed,
}


def listen() -> None:
    """From now on each of them leaves its row."""
    for action, signal in HEARD.items():
        signal.connect(_noting(action), weak=False, dispatch_uid=f"trail: {action}")


def _noting(action: str) -> Any:
    def heard(sender: Any, **said: Any) -> None:  # noqa: ARG001
        about = said.get("user") or getattr(said.get("email_address") or said.get("socialaccount"), "user", None)
        if about is None and "sociallogin" in said:
            about = said["sociallogin"].user
        if isinstance(about, Person):
            note(about, action, named(about), {}, {}, about=about)

    return heard
