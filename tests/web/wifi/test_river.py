"""From the register of access points to presence: a cut that is declared on the site silences what hangs on a dark site, plan or no plan.

What comes of it in the index is in tests/flow/test_presence_index.py, which has the months that an index needs.
"""

from __future__ import annotations

from datetime import date

import pytest

from pulso.web.fibre import cuts
from pulso.web.fibre import writes as fibre
from pulso.web.fibre.models import Cut
from pulso.web.readings import entries, reading
from pulso.web.wifi import writes
from pulso.wifi.shapes import AccessPoint, Inventory, Place
from tests.flow.test_presence import DAY, Vila, a_monday
from tests.sources.radius_rooms import AP
from tests.web.fibre.conftest import net

pytestmark = pytest.mark.django_db
REGISTER = Inventory(
    places=(Place(id="library", name="Library"), Place(id="market", name="Market")),
    points=(
        AccessPoint(id="ap-1", place="library", site="school"),
        AccessPoint(id="second", place="library"),
        AccessPoint(id="stall", place="market", site="school", feed=AP.format(4)),
    ),
)
"""Of the library one access point hangs on the school, called as the source of health does; of the market one, as accounting does."""


def on_a_site(vila: Vila, settings) -> None:
    """The town on the site, with a network that names no access point, and a register that ties two to the school."""
    settings.HOME, settings.CITIES, settings.CLOCK = vila.folder / "var", [str(vila.folder)], vila.clock
    fibre.load(None, "vila", net(), "as built")
    writes.load(None, reading("vila"), REGISTER)


def declare(day: date) -> Cut:
    """The school is cut off on that day."""
    made = cuts.declare(None, "vila", ducts=["a-school"], since=day, until=day, why="a digger in Rua Nova")
    cuts.tell("vila")
    (entry,) = entries.entered(reading("vila"))
    assert (entry.span.first, entry.span.last) == (day, day)
    assert entry.span.sensors == ("AA-BB-CC-00-00-04", "ap-1", "n1", "n2")
    return made


def test_a_place_whose_access_point_hangs_on_a_dark_site_is_missing_from_presence(tmp_path, settings):
    vila = Vila(tmp_path)
    vila.says(DAY, a_monday())
    on_a_site(vila, settings)
    declare(DAY)
    assert vila.published().days == (DAY,)
    assert {place: vila.figures()["place", place, 12] for place in ("library", "market", "station")} == {
        "library": None,
        "market": None,
        "station": 40,
    }
