"""Whole numbers of persons behind printed percentages."""

import pytest

from fodfaeste.data.synthetic.targets import rounds_to, targets, three_groups, two_groups
from fodfaeste.values import agrees_with_printed, round_half_up


@pytest.mark.parametrize(("events", "persons"), [(1, 8), (1, 3), (145, 1000), (2001, 4000), (0, 5), (5, 5)])
def test_printing_is_rounding_half_up_to_a_decimal(events, persons):
    printed = round_half_up(100 * events / persons, 1)
    assert rounds_to(events, persons, printed)
    assert not rounds_to(events, persons, printed + 0.1)


def test_two_groups_make_up_the_whole_and_are_printed_as_wanted():
    size, moved = two_groups((1892, 1086), 51.9, 62.5)
    assert agrees_with_printed(100 * moved / size, 51.9, 1)
    assert agrees_with_printed(100 * (1086 - moved) / (1892 - size), 62.5, 1)


def test_three_groups_too_the_first_about_as_large_as_asked():
    groups = three_groups((3253, 1757), (48.5, 62.5, 39.0), 0.3)
    assert [sum(part) for part in zip(*groups, strict=True)] == [3253, 1757]
    assert abs(groups[0][0] - 0.3 * 3253) < 20


def test_groups_that_cannot_make_up_the_whole_are_an_error():
    with pytest.raises(ValueError, match="no two groups"):
        two_groups((100, 90), 10.0, 20.0)
    with pytest.raises(ValueError, match="no three groups"):
        three_groups((300, 270), (10.0, 20.0, 30.0), 0.3)


def test_children_leave_room_for_the_unmarried_among_whom_they_are():
    for kind in targets().arrivals_1998.values():
        for fate in (lambda count: count[1], lambda count: count[0] - count[1]):
            everybody, married, child = fate(kind.all), fate(kind.groups["married"]), fate(kind.groups["0-17"])
            assert married + child < everybody
