"""How far towns lie from the coast."""

from __future__ import annotations

import numpy as np
import pytest

from fodfaeste.data.regions import regions
from fodfaeste.data.water import km_to_ring, km_to_water

SQUARE = np.array([[10.0, 0.0], [11.0, 0.0], [11.0, 1.0], [10.0, 1.0]])
DEGREE_KM = 111.19
"""A degree of the equator."""


@pytest.mark.parametrize(
    ("point", "degrees"),
    [((10.5, 0.5), 0.5), ((10.5, 0.25), 0.25), ((9.0, 0.5), 1.0), ((10.0, 0.3), 0.0), ((12.0, 2.0), np.sqrt(2))],
)
def test_the_distance_is_to_the_nearest_line_or_corner(point: tuple[float, float], degrees: float) -> None:
    assert km_to_ring(np.array(point), SQUARE) == pytest.approx(degrees * DEGREE_KM, rel=2e-3, abs=1e-9)


def test_a_corner_that_is_there_twice_is_no_line() -> None:
    doubled = np.repeat(SQUARE, 2, axis=0)
    point = np.array([10.4, 0.3])
    assert km_to_ring(point, doubled) == pytest.approx(km_to_ring(point, SQUARE))


def test_harbours_lie_by_the_coast_and_the_middle_of_jutland_does_not() -> None:
    found = km_to_water()
    assert set(found) == set(regions()["code"])
    for harbour in ("561", "751", "851", "400", "825"):
        assert found[harbour] < 4
    for inland in ("657", "740", "756"):
        assert found[inland] > 35
