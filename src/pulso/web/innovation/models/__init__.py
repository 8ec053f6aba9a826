"""What is kept, by noun. What is done to it goes through `writes`; what is asked of it, through `reads`."""

from __future__ import annotations

from pulso.web.innovation.models.challenges import Challenge, Comment
from pulso.web.innovation.models.evaluations import Evaluation
from pulso.web.innovation.models.pilots import FundingLine, Party, Pilot
from pulso.web.innovation.models.practices import Adoption, Practice
from pulso.web.innovation.models.protocols import Amendment, Protocol
from pulso.web.innovation.models.testbeds import Booking, Testbed

__all__ = [
    "Adoption",
    "Amendment",
    "Booking",
    "Challenge",
    "Comment",
    "Evaluation",
    "FundingLine",
    "Party",
    "Pilot",
    "Practice",
    "Protocol",
    "Testbed",
]
