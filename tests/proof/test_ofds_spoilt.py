"""A network spoilt in every place in every way: we say of each what the standard's own validator says. Takes minutes."""

from __future__ import annotations

from pathlib import Path

import pytest

from pulso.fibre.ofds.standard import VERSIONS, Version
from tests.fibre.ofds_agreement import agree, example, ways_to_spoil

pytestmark = pytest.mark.proof


@pytest.mark.parametrize("version", VERSIONS)
def test_a_package_spoilt_in_every_place_in_every_way_gets_the_errors_that_the_validator_finds(shared: Path, version: Version) -> None:
    whole = example(shared / "data" / "ofds", version)
    for path, value in ways_to_spoil(whole):
        agree(whole, path, value, version)
