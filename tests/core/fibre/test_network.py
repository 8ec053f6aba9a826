"""A network is checked before anything is asked of it."""

from __future__ import annotations

import numpy as np
import pytest

from pulso.core.fibre.network import failing, network
from tests.core.fibre.plans import A_B, A_S1, B_C, B_D, C_S3, D, ring

OFFICE, HALL, SCHOOL = [True, False, False], [False, False, False], [False, False, True]


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (lambda: network(OFFICE, OFFICE, []), "site 0 is a source and a customer"),
        (lambda: network(SCHOOL, OFFICE[:2], []), "true or false for each site"),
        (lambda: network([0, 0, 1], OFFICE, []), "true or false for each site"),
        (lambda: network(SCHOOL, OFFICE, [(0, 1), (1, 3)]), "link 1 names site 3; there are 3"),
        (lambda: network(SCHOOL, OFFICE, [(0, -1)]), "link 0 names site -1"),
        (lambda: network(SCHOOL, OFFICE, [(0, 1), (2, 2)]), "link 1 joins site 2 to itself"),
        (lambda: network(SCHOOL, OFFICE, [(0, 0.5)]), "pairs of whole numbers"),
        (lambda: network(SCHOOL, OFFICE, [(0, 1, 2)]), "pairs of whole numbers"),
        (lambda: network(SCHOOL, OFFICE, [(0, 1)], [(1, 0)], ducts=1), "row 0 names link 1; there are 1"),
        (lambda: network(SCHOOL, OFFICE, [(0, 1)], [(0, 1)], ducts=1), "row 0 names duct 1; there are 1"),
        (lambda: failing(ring(), links=[9]), "question 0 names link 9; there are 9"),
        (lambda: failing(ring(), ducts=0), "names duct 0; there are 0"),
        (lambda: failing(ring(), sites=[0.5]), "a site is named by its number"),
    ],
)
def test_what_can_not_be_is_refused_by_its_number(wrong, told):
    with pytest.raises(ValueError, match=told):
        wrong()


def test_with_a_duct_all_in_it_fails_and_with_a_site_all_that_ends_there():
    net = ring([(B_C, 0), (A_B, 0), (A_B, 0), (C_S3, 1)], 2)
    assert failing(net, ducts=[0]).tolist() == [A_B, B_C]
    assert failing(net, links=A_S1, sites=[D]).tolist() == [A_S1, B_D, 6]
    assert net.ducts.of(A_B).tolist() == [0]


def test_a_city_without_fibre_is_a_network_too():
    net = network(np.zeros(0, bool), np.zeros(0, bool), [])
    assert failing(net).size == 0
