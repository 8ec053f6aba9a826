"""What each noun can become: one row a step, with who may take it and what it needs. `moves.move` takes it; nothing else does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pulso.show.language import marked as _
from pulso.web.innovation.letters import Unfit
from pulso.web.innovation.needs import (
    begun,
    decided,
    ended,
    evaluated,
    frozen,
    has_pilot,
    in_order,
    not_a_draft,
    published,
    resulted,
    still_on,
)
from pulso.web.people import may

Need = Callable[[Any], Unfit | None]
"""A check of the thing; the letter of what is missing, None where nothing is."""


@dataclass(frozen=True, kw_only=True)
class Transition:
    """A thing that is `now` can become `to`."""

    noun: str  # as Django calls the model
    now: str
    to: str
    action: str  # in the trail: one of people.around.ACTIONS
    may: Callable[..., bool]  # a sentence of people.may, asked with the thing's city and houses
    needs: tuple[Need, ...] = ()
    why: bool = False  # whether it needs a reason
    alone: bool = False  # whether the machine does it too, when its day has come
    stamp: str = ""  # the moment, the person and the reason are set by this name: hidden_at, hidden_by, hidden_why


def _steps(noun: str, rows: tuple[tuple[str, str, str, Callable[..., bool], dict[str, Any]], ...]) -> tuple[Transition, ...]:
    return tuple(Transition(noun=noun, now=now, to=to, action=action, may=who, **rest) for now, to, action, who, rest in rows)


WHY: dict[str, Any] = {"why": True}
CHALLENGE = _steps(
    "challenge",
    (
        ("draft", "open", "open challenge", may.may_publish_challenge, {}),
        ("draft", "closed", "close challenge", may.may_open_challenge, WHY),
        ("open", "in pilot", "take challenge up", may.may_publish_challenge, {"needs": (has_pilot,)}),
        ("open", "closed", "close challenge", may.may_publish_challenge, WHY),
        ("in pilot", "open", "reopen challenge", may.may_publish_challenge, WHY),
        ("in pilot", "solved", "solve challenge", may.may_publish_challenge, {"needs": (resulted,)}),
        ("in pilot", "closed", "close challenge", may.may_publish_challenge, WHY),
        ("solved", "open", "reopen challenge", may.may_publish_challenge, WHY),
        ("closed", "open", "reopen challenge", may.may_publish_challenge, WHY),
    ),
)
PILOT = _steps(
    "pilot",
    (
        ("draft", "frozen", "freeze pilot", may.may_freeze, {"needs": (frozen,)}),
        ("frozen", "running", "run pilot", may.may_edit_pilot, {"needs": (begun,), "alone": True}),
        ("running", "awaiting evaluation", "await evaluation", may.may_edit_pilot, {"needs": (ended,), "alone": True}),
        ("awaiting evaluation", "evaluated", "finish evaluation", may.may_evaluate, {"needs": (evaluated,), "alone": True}),
        ("evaluated", "closed", "close pilot", may.may_publish_evaluation, {"needs": (published, decided)}),
        ("draft", "stopped", "stop pilot", may.may_edit_pilot, WHY),
        ("frozen", "stopped", "stop pilot", may.may_edit_pilot, WHY | {"needs": (still_on,)}),
        ("running", "stopped", "stop pilot", may.may_edit_pilot, WHY | {"needs": (still_on,)}),
    ),
)
PRACTICE = _steps(
    "practice",
    (
        ("draft", "offered", "offer practice", may.may_offer_practice, {"needs": (not_a_draft,)}),
        ("offered", "withdrawn", "withdraw practice", may.may_offer_practice, WHY),
        ("withdrawn", "offered", "offer practice", may.may_offer_practice, {}),
    ),
)
OTHERS = (
    *_steps(
        "evaluation",
        (("computed", "published", "publish evaluation", may.may_publish_evaluation, {"stamp": "published", "needs": (in_order,)}),),
    ),
    *_steps("comment", (("shown", "hidden", "hide comment", may.may_moderate, {"stamp": "hidden", "why": True}),)),
    *_steps("booking", (("booked", "cancelled", "cancel booking", may.may_edit_pilot, {"stamp": "cancelled"}),)),
)
TRANSITIONS: tuple[Transition, ...] = (*CHALLENGE, *PILOT, *PRACTICE, *OTHERS)

CALLED = {
    "draft": _("a draft"),
    "open": _("open"),
    "in pilot": _("in a pilot"),
    "solved": _("solved"),
    "closed": _("closed"),
    "frozen": _("frozen"),
    "running": _("running"),
    "awaiting evaluation": _("awaiting its evaluation"),
    "evaluated": _("evaluated"),
    "stopped": _("stopped"),
    "offered": _("offered"),
    "withdrawn": _("withdrawn"),
    "computed": _("computed, not published"),
    "published": _("published"),
    "shown": _("shown"),
    "hidden": _("hidden"),
    "booked": _("booked"),
    "cancelled": _("cancelled"),
}
"""What each state is called: something is …"""


def of(noun: str) -> tuple[Transition, ...]:
    """A noun's steps, in order."""
    return tuple(t for t in TRANSITIONS if t.noun == noun)


def step(noun: str, now: str, to: str) -> Transition | None:
    """The row; None where there is no such step."""
    return next((t for t in TRANSITIONS if (t.noun, t.now, t.to) == (noun, now, to)), None)


def table() -> str:
    """All steps, as a table for docs/reference/states.md, which a test compares with this."""
    lines = ["| what | is | becomes | who may | needs |", "|---|---|---|---|---|"]
    for t in TRANSITIONS:
        needs = [(n.__doc__ or "").strip().rstrip(".").lower() for n in t.needs] + ["a reason"] * t.why
        who = f"`{t.may.__name__}`" + (" or the machine" if t.alone else "")
        lines.append(f"| {t.noun} | {t.now} | {t.to} | {who} | {'; '.join(needs)} |")
    return "\n".join(lines) + "\n"
