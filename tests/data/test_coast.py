"""The land around Denmark."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from fodfaeste.data.coast import DENMARK, Window, clipped, shores

SQUARE = np.array([[0.0, 0.0], [4.0, 0.0], [4.0, 4.0], [0.0, 4.0]])


def area(ring):
    x, y = ring[:, 0], ring[:, 1]
    return abs(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y)) / 2


def contains(ring, east, north):
    x, y = ring[:, 0], ring[:, 1]
    x2, y2 = np.roll(x, -1), np.roll(y, -1)
    crosses = (y > north) != (y2 > north)
    step = np.where(crosses, y2 - y, 1.0)
    return bool(np.sum(crosses & (east < x + (x2 - x) * (north - y) / step)) % 2)


def on_land(east, north):
    return sum(contains(shore.ring, east, north) for shore in shores()) % 2 == 1


def test_towns_stand_on_land_and_ships_do_not():
    assert on_land(9.4, 56.1)  # central Jutland
    assert on_land(10.4, 55.3)  # central Funen
    assert on_land(14.9, 55.1)  # Bornholm
    assert not on_land(11.2, 56.6)  # Kattegat
    assert not on_land(13.5, 55.0)  # the Baltic


def test_the_limfjord_is_water_and_mors_is_land_in_it():
    kinds = [shore.encloses for shore in shores() if contains(shore.ring, 8.75, 56.8)]
    assert kinds == ["land", "water", "land"]


def test_nothing_reaches_beyond_the_window():
    corners = np.concatenate([shore.ring for shore in shores()])
    assert corners[:, 0].min() >= DENMARK.west
    assert corners[:, 0].max() <= DENMARK.east
    assert corners[:, 1].min() >= DENMARK.south
    assert corners[:, 1].max() <= DENMARK.north


@given(*[st.floats(-2, 6) for _ in range(4)])
def test_what_is_cut_from_a_square_is_the_part_inside(a, b, c, d):
    window = Window(min(a, b), min(c, d), max(a, b), max(c, d))
    width = max(0.0, min(4, window.east) - max(0, window.west))
    height = max(0.0, min(4, window.north) - max(0, window.south))
    cut = clipped(SQUARE, window)
    assert np.isclose(area(cut) if len(cut) else 0.0, width * height, atol=1e-9)
