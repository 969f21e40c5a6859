"""How printed figures are read and rounded."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fodfaeste.values import agrees_with_printed, printed_decimals, round_half_up, truncated


@pytest.mark.parametrize(("text", "decimals"), [("38", 0), ("20.00", 2), (" 6.2 ", 1), ("0.300", 3)])
def test_the_decimals_are_those_that_are_printed(text, decimals):
    assert printed_decimals(text) == decimals


@pytest.mark.parametrize(
    ("value", "decimals", "rounded"),
    [(12.5, 0, 13), (0.125, 2, 0.13), (-12.5, 0, -13), (2.675, 2, 2.68), (1e9, 1, 1e9)],
)
def test_halves_go_away_from_zero_as_in_printed_tables(value, decimals, rounded):
    assert round_half_up(value, decimals) == rounded


def test_a_tie_may_have_gone_either_way():
    assert agrees_with_printed(12.5, 12, 0)
    assert agrees_with_printed(12.5, 13, 0)
    assert not agrees_with_printed(12.51, 12, 0)


def test_the_report_cut_28_8_to_28():
    assert truncated(28.8, 0) == 28
    assert truncated(-28.87, 1) == -28.8


@given(st.floats(-1e6, 1e6), st.integers(0, 3))
def test_what_is_rounded_agrees_with_what_it_came_from(value, decimals):
    assert agrees_with_printed(value, round_half_up(value, decimals), decimals)
