"""Tables with given margins: laws that hold for any table."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from fodfaeste.data.synthetic.fitting import (
    deal,
    deal_between,
    draw_columns,
    draw_from,
    fit,
    rank_within,
    round_with_margins,
)

shapes = st.tuples(st.integers(1, 6), st.integers(1, 5))


@st.composite
def tables(draw):
    return draw(arrays(np.int64, draw(shapes), elements=st.integers(0, 30))) + 1


@given(tables(), st.integers(0, 99))
@settings(max_examples=40, deadline=None)
def test_a_fitted_table_has_the_margins_and_keeps_the_odds_ratios(table, seed):
    pattern = np.random.default_rng(seed).uniform(0.5, 2, table.shape)
    fitted = fit(pattern, (((0,), table.sum(axis=1)), ((1,), table.sum(axis=0))))
    assert fitted.sum(axis=1) == pytest.approx(table.sum(axis=1))
    assert fitted.sum(axis=0) == pytest.approx(table.sum(axis=0))
    if min(table.shape) > 1:
        ratio = [t[0, 0] * t[1, 1] / (t[0, 1] * t[1, 0]) for t in (pattern, fitted)]
        assert ratio[0] == pytest.approx(ratio[1], rel=1e-6)


def test_margins_that_no_table_has_are_left_after_the_given_steps():
    impossible = np.array([[1.0, 0.0], [0.0, 1.0]])
    fitted = fit(impossible, (((0,), np.array([1, 3])), ((1,), np.array([3, 1]))), steps=5)
    assert fitted.sum(axis=0) == pytest.approx([3, 1])


def test_zeros_of_the_pattern_stay_zeros():
    fitted = fit(np.array([[0.0, 1.0], [1.0, 1.0]]), (((0,), np.array([2, 5])), ((1,), np.array([3, 4]))))
    assert fitted == pytest.approx(np.array([[0, 2], [3, 2]]))


@given(tables(), st.integers(0, 99))
@settings(max_examples=40, deadline=None)
def test_rounding_keeps_every_margin_and_moves_no_cell_by_a_whole_person(table, seed):
    rng = np.random.default_rng(seed)
    rows, columns = table.sum(axis=1), table.sum(axis=0)
    fitted = fit(rng.uniform(0.5, 2, table.shape), (((0,), rows), ((1,), columns)))
    rounded = round_with_margins(fitted, rows, columns, rng)
    assert (rounded.sum(axis=1) == rows).all()
    assert (rounded.sum(axis=0) == columns).all()
    assert np.abs(rounded - fitted).max() < 1 + 1e-6


@given(arrays(np.float64, st.integers(1, 20), elements=st.floats(0.1, 9)), st.integers(0, 500))
@settings(max_examples=40, deadline=None)
def test_dealing_gives_everything_out_in_whole_persons_near_the_share(weights, total):
    dealt = deal(weights, total)
    assert dealt.sum() == total
    assert np.abs(dealt - weights * total / weights.sum()).max() < 1 + 1e-9


@given(tables(), st.floats(0, 1))
@settings(max_examples=40, deadline=None)
def test_dealing_between_limits_stays_there_and_hits_the_sum(table, where):
    low, high = table[:, 0], table.sum(axis=1)
    total = int(low.sum() + where * (high - low).sum())
    dealt = deal_between((low + high) / 3, low, high, total)
    assert dealt.sum() == total
    assert ((dealt >= low) & (dealt <= high)).all()


def test_dealing_more_than_there_is_room_for_is_an_error():
    with pytest.raises(ValueError, match="lies outside 1 to 4"):
        deal_between(np.array([2.0]), np.array([1]), np.array([4]), 5)


def test_drawing_takes_no_more_than_there_is():
    counts = np.array([3, 0, 5])
    drawn = draw_from(counts, 8, np.random.default_rng(1))
    assert drawn.tolist() == counts.tolist()


def test_ranks_begin_at_0_in_each_group():
    rank = rank_within(np.array([2, 1, 2, 1]), np.array([0.1, 5.0, 0.3, 7.0]))
    assert rank.tolist() == [1, 1, 0, 0]
    assert rank_within(np.zeros(0, np.int64), np.zeros(0)).size == 0


def test_columns_without_weight_are_never_drawn():
    drawn = draw_columns(np.tile([0.0, 1.0, 0.0, 3.0, 0.0], (500, 1)), np.random.default_rng(1))
    assert set(drawn.tolist()) == {1, 3}
