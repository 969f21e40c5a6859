"""p values adjusted over a whole call."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from statsmodels.stats.multitest import multipletests

from fodfaeste.errors import BadInput
from fodfaeste.measure.multiplicity import benjamini_hochberg, holm

p_values = arrays(float, st.integers(1, 20), elements=st.floats(0, 1))


@given(p_values)
@settings(max_examples=40)
def test_both_agree_with_statsmodels(p):
    assert holm(p) == pytest.approx(multipletests(p, method="holm")[1], abs=1e-12)
    assert benjamini_hochberg(p) == pytest.approx(multipletests(p, method="fdr_bh")[1], abs=1e-12)


def test_three_tests_by_hand():
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert benjamini_hochberg([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.04, 0.04])


def test_a_test_that_was_not_made_stays_missing_and_does_not_count():
    assert holm([0.02, np.nan, 0.03]) == pytest.approx([0.04, np.nan, 0.04], nan_ok=True)
    assert benjamini_hochberg([0.02, np.nan, 0.03]) == pytest.approx([0.03, np.nan, 0.03], nan_ok=True)


def test_one_test_is_left_as_it_is():
    assert holm([0.2]) == benjamini_hochberg([0.2]) == [0.2]


@pytest.mark.parametrize("adjust", [holm, benjamini_hochberg])
def test_nothing_to_adjust_is_no_error(adjust):
    assert adjust([]).shape == (0,)
    assert np.isnan(adjust([np.nan, np.nan])).all()


@pytest.mark.parametrize("adjust", [holm, benjamini_hochberg])
def test_a_table_of_p_values_is_one_family_and_keeps_its_shape(adjust):
    p = np.array([[0.01, 0.2], [0.03, 0.5]])
    assert adjust(p).shape == (2, 2)
    assert adjust(p).ravel() == pytest.approx(adjust(p.ravel()))


@given(p_values)
def test_false_discoveries_are_never_judged_harder_than_any_error(p):
    assert (p <= benjamini_hochberg(p) + 1e-12).all()
    assert (benjamini_hochberg(p) <= holm(p) + 1e-12).all()
    assert (holm(p) <= 1).all()


@given(p_values, st.randoms(use_true_random=False))
def test_the_order_of_the_tests_changes_nothing(p, random):
    order = list(range(p.size))
    random.shuffle(order)
    assert holm(p[order]) == pytest.approx(holm(p)[order])
    assert benjamini_hochberg(p[order]) == pytest.approx(benjamini_hochberg(p)[order])


@given(p_values)
def test_a_smaller_p_never_becomes_the_larger_one(p):
    order = np.argsort(p)
    assert (np.diff(holm(p)[order]) >= 0).all()
    assert (np.diff(benjamini_hochberg(p)[order]) >= 0).all()


@pytest.mark.parametrize("wrong", [-0.1, 1.2, np.inf])
def test_what_is_no_p_value_is_told(wrong):
    with pytest.raises(BadInput, match="expected a p value from 0 to 1"):
        holm([0.5, wrong])
