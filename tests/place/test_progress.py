"""How far a search is, told by its gap."""

from __future__ import annotations

import pytest

from fodfaeste.place.progress import told_by_gap


def heard(wanted, steps):
    told = []
    tell = told_by_gap(lambda doing, share: told.append((doing, round(share, 2))), wanted)
    for step, gap in steps:
        tell(step, gap)
    return told


def test_a_step_is_told_again_when_its_gap_has_become_smaller_by_a_tenth():
    gaps = (float("inf"), 2.0, 0.5, 0.49, 0.1, 0.0)
    assert heard(1e-4, [*(("outcomes", gap) for gap in gaps), ("repair", 0.0)]) == [
        ("outcomes", 0.0),
        ("outcomes, gap 200.00%", 0.0),
        ("outcomes, gap 50.00%", 0.08),
        ("outcomes, gap 10.00%", 0.25),
        ("outcomes, gap 0.00%", 1.0),
        ("repair, gap 0.00%", 1.0),
    ]


@pytest.mark.parametrize("wanted", [0.0, 1e-9, 0.5, 1.0, 7.0])
def test_the_share_is_between_nothing_and_the_whole_whatever_is_wanted(wanted):
    shares = [share for _, share in heard(wanted, [("a", gap) for gap in (3.0, 1.0, 0.2, 1e-3, 1e-7, 0.0)])]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 1.0)
