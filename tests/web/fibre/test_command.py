"""A network comes from a file, by a command: what differs becomes a revision, and what is wrong is said."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command

from pulso.errors import PulsoError
from pulso.fibre.files.geopackage import write_geopackage
from pulso.web.fibre import reads
from pulso.web.innovation.letters import Refused
from tests.web.fibre.conftest import net

pytestmark = pytest.mark.django_db


@pytest.fixture
def load(vila, monkeypatch):
    """Run the command; what it says and what it warns of."""
    monkeypatch.setattr("pulso.web.fibre.management.commands.fibre_load.finish_and_check", lambda: None)

    def run(*words: str) -> tuple[str, str]:
        out, err = StringIO(), StringIO()
        call_command("fibre_load", "vila", *words, stdout=out, stderr=err)
        return out.getvalue(), err.getvalue()

    return run


def test_a_geopackage_is_loaded_with_its_reason_and_again_changes_nothing(load, tmp_path, rui):
    file = tmp_path / "vila.gpkg"
    write_geopackage(net(), file)
    said, _ = load(str(file), "--why", "the drawings", "--by", rui.email)
    assert said.startswith("vila: revision 1, ")
    assert reads.network("vila").plan == net()
    (told,) = reads.revisions("vila")
    assert (told.why, told.who) == ("the drawings", rui.pseudonym)
    assert "revision 1, 0 things added, 0 changed, 0 removed" in load(str(file), "--why", "again")[0]


def test_what_is_wrong_in_the_network_is_said_and_it_is_kept_as_it_is_known(load, tmp_path):
    plan = net()
    broken = plan.model_copy(update={"cables": (plan.cables[0].model_copy(update={"end": "nowhere"}), *plan.cables[1:])})
    write_geopackage(broken, tmp_path / "vila.gpkg")
    said, warned = load(str(tmp_path / "vila.gpkg"), "--why", "as found")
    assert "nowhere" in warned
    assert not said.rstrip().endswith("; 0 errors.")
    assert reads.network("vila").plan == broken


def test_a_network_with_longitude_and_latitude_changed_is_told_for_the_city_knows_where_it_is(load, tmp_path):
    plan = net(ducts=())
    assert all(site.at for site in plan.sites)
    write_geopackage(plan, tmp_path / "right.gpkg")
    assert "longitude" not in load(str(tmp_path / "right.gpkg"), "--why", "as drawn")[1]
    turned = plan.model_copy(update={"sites": tuple(s.model_copy(update={"at": s.at[::-1]}) for s in plan.sites)})
    write_geopackage(turned, tmp_path / "turned.gpkg")
    _, warned = load(str(tmp_path / "turned.gpkg"), "--why", "as drawn, the other way round")
    assert "km with both changed; longitude, then latitude, at every site and in every route" in warned


def test_whoever_may_not_is_refused_and_a_stranger_is_a_letter(load, tmp_path, person):
    write_geopackage(net(), tmp_path / "vila.gpkg")
    for by, error in ((person("eva", "editor").email, Refused), ("nobody@vila.example", PulsoError)):
        with pytest.raises(error):
            load(str(tmp_path / "vila.gpkg"), "--why", "so", "--by", by)
    with pytest.raises(PulsoError, match="no such file"):
        load(str(tmp_path / "none.gpkg"), "--why", "so")
    assert reads.network("vila") is None
