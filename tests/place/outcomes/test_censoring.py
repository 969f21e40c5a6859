from __future__ import annotations

import numpy as np
import pytest

from fodfaeste.place.outcomes.censoring import LARGEST_WEIGHT, censoring_weights


def weights(months: list[int], censored: list[int], strata: list[int] | None = None) -> list[float]:
    return censoring_weights(np.array(months), np.array(censored, bool), np.array(strata or [0] * len(months))).tolist()


def test_where_nobody_is_lost_everybody_counts_one() -> None:
    assert weights([3, 13, 13], [0, 0, 0]) == [1, 1, 1]


def test_those_who_remain_stand_for_those_lost_before() -> None:
    """Four are watched; one is lost in month 5, when all four are at risk: each other stands for 4/3."""
    assert weights([5, 13, 13, 13], [1, 0, 0, 0]) == pytest.approx([0, 4 / 3, 4 / 3, 4 / 3])


def test_a_move_before_the_loss_needs_to_stand_for_nobody() -> None:
    assert weights([2, 5, 13, 13], [0, 1, 0, 0]) == pytest.approx([1, 0, 1.5, 1.5])


def test_a_move_in_the_month_of_a_loss_comes_before_it() -> None:
    assert weights([5, 5, 13, 13], [0, 1, 0, 0]) == pytest.approx([1, 0, 1.5, 1.5])


def test_the_weights_of_the_known_add_to_all_where_only_the_end_is_asked() -> None:
    rng = np.random.Generator(np.random.PCG64(1))
    lost = rng.integers(1, 60, 5000)
    got = weights(np.minimum(lost, 25).tolist(), (lost <= 24).astype(int).tolist())
    assert sum(got) == pytest.approx(5000)


def test_a_large_weight_is_cut_off_and_small_strata_are_pooled() -> None:
    got = weights([1] * 60 + [13] * 3, [1] * 60 + [0] * 3)
    assert max(got) == LARGEST_WEIGHT
    apart = weights([1] * 3 + [13] * 60 + [13] * 3, [1] * 3 + [0] * 63, [0] * 3 + [1] * 60 + [2] * 3)
    assert apart[3:63] == [1.0] * 60
    assert apart[63:] == pytest.approx([2.0] * 3)


def test_weighting_finds_the_share_that_would_have_been_seen_without_losses() -> None:
    rng = np.random.Generator(np.random.PCG64(2))
    n, horizon = 40_000, 36
    move, lost = rng.exponential(50, n), rng.exponential(60, n)
    months = np.ceil(np.minimum(move, lost)).astype(np.int64)
    known = np.where(np.minimum(move, lost) > horizon, horizon + 1, np.maximum(months, 1))
    censored = (lost < move) & (known <= horizon)
    weight = censoring_weights(known, censored, np.zeros(n, np.int64))
    stayed = (known > horizon).astype(float)
    assert weight @ stayed / weight.sum() == pytest.approx(np.exp(-horizon / 50), abs=0.01)
    assert stayed[~censored].mean() < np.exp(-horizon / 50) - 0.03
