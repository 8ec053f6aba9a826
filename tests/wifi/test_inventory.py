from __future__ import annotations

from datetime import date

import pytest

from pulso.fibre.shapes import Disclosure
from pulso.wifi.columns import Columns
from pulso.wifi.files import WifiFileError
from pulso.wifi.inventory import read_inventory
from pulso.wifi.shapes import AccessPoint, Kind, Place

PLACES = "id,name,kind,lon,lat,large,target\npraca,Praça,square,-8.61,41.15,sim,98%\njardim,Jardim,garden,,,,0.9\n"
POINTS = (
    "id,name,place,lon,lat,site,owner,feed,since,until,disclosure\n"
    "ap-1,Um,praca,-8.61,41.15,s1,CM,AP_1,2024-01-01,,public\n"
    "ap-2,,jardim,,,,,,,,restricted\n"
)


def read(places=None, points=None, columns=None, known=()):
    files = ((text.encode(), name) if text is not None else None for text, name in ((places, "places.csv"), (points, "points.csv")))
    return read_inventory(*files, Columns.model_validate(columns or {}), frozenset(known))


def test_places_and_access_points_are_read():
    found = read(PLACES, POINTS)
    assert found.places == (
        Place(id="praca", name="Praça", kind=Kind.SQUARE, at=(-8.61, 41.15), large=True, target=0.98),
        Place(id="jardim", name="Jardim", kind=Kind.GARDEN, target=0.9),
    )
    assert found.points == (
        AccessPoint(id="ap-1", name="Um", place="praca", at=(-8.61, 41.15), site="s1", owner="CM", feed="AP_1", since=date(2024, 1, 1)),
        AccessPoint(id="ap-2", place="jardim", disclosure=Disclosure.RESTRICTED),
    )


def test_columns_may_have_names_of_their_own_and_numbers_a_comma():
    text = "Código;Local;X;Y\n7;praca;-8,61;41,15\n"
    found = read(points=text, columns={"points": {"id": "Código", "place": "Local", "lon": "X", "lat": "Y"}}, known=["praca"])
    assert found.points == (AccessPoint(id="7", place="praca", at=(-8.61, 41.15)),)


@pytest.mark.parametrize(
    ("places", "points", "why"),
    [
        ("id,name\na,A\na,B\n", None, "line 3, id: found 'a', as in line 2; each id once"),
        ("id,name\na b,A\n", None, "line 2, id"),
        ("id,name\n../x,A\n", None, "line 2, id"),
        ("id,name\nx.json,A\n", None, "its page's twin"),
        ("id,name\n=cmd,A\n", None, "line 2, id"),
        ("name\nA\n", None, "line 2, id"),
        ("id,name\na,\n", None, "line 2, name"),
        ("id,name,lon\na,A,1\n", None, "lon, lat: found one of the two"),
        ("id,name,lon,lat\na,A,41.15,-98.6\n", None, "longitude and latitude in degrees"),
        ("id,name,lon,lat\na,A,nan,1\n", None, "line 2, at"),
        ("id,name,target\na,A,101%\n", None, "line 2, target"),
        ("id,name,large\na,A,maybe\n", None, "yes or no"),
        ("id,name,kind\na,A,palace\n", None, "line 2, kind"),
        (None, "id,place\nap,nowhere\n", "line 2, place: found 'nowhere'"),
        ("id,name\na,A\n", "id,place,since,until\nap,a,2025-02-01,2025-02-01\n", "ends after it began"),
        ("id,name\na,A\n", "id,place,disclosure\nap,a,secret\n", "disclosure"),
        ("", None, "no names of columns"),
    ],
)
def test_one_mistake_and_nothing_is_taken(places, points, why):
    with pytest.raises(WifiFileError, match=why):
        read(places, points)


def test_a_letter_tells_of_twenty_mistakes_and_how_many_more_there_are():
    with pytest.raises(WifiFileError) as why:
        read("id,name\n" + "a b,A\n" * 50)
    assert len(str(why.value).splitlines()) == 22
    assert "and 30 more" in str(why.value)
