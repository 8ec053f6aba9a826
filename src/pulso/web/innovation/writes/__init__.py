"""What is done to challenges, pilots and what they show: each leaves its step of the trail, in one transaction with what it does.

What can't be so is Unfit, or Django's ValidationError for a single field; what somebody may not, or nobody may, is Refused and kept in
the trail. A write that Refused ends must not stand in a transaction of the caller's own, or the step goes with it.
"""

from __future__ import annotations

from pulso.web.innovation.declaring import declare
from pulso.web.innovation.moves import move
from pulso.web.innovation.writes.challenges import change_challenge, comment, draft_challenge
from pulso.web.innovation.writes.evaluations import decide, evaluate
from pulso.web.innovation.writes.pilots import advance, change_pilot, draft_pilot, fund, strike, take_no_part, take_part
from pulso.web.innovation.writes.practices import adopt, change_practice, write_practice
from pulso.web.innovation.writes.protocols import amend, freeze, set_least_effect, write_protocol
from pulso.web.innovation.writes.testbeds import book, change_testbed, offer_testbed

__all__ = [
    "adopt",
    "advance",
    "amend",
    "book",
    "change_challenge",
    "change_pilot",
    "change_practice",
    "change_testbed",
    "comment",
    "decide",
    "declare",
    "draft_challenge",
    "draft_pilot",
    "evaluate",
    "freeze",
    "fund",
    "move",
    "offer_testbed",
    "set_least_effect",
    "strike",
    "take_no_part",
    "take_part",
    "write_practice",
    "write_protocol",
]
