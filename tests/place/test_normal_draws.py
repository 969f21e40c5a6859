"""Draws of forecasts that come with standard deviations alone."""

from __future__ import annotations

import numpy as np

from fodfaeste.place import Problem
from fodfaeste.place.evaluation.normal import NormalDraws


def problem() -> Problem:
    return Problem(
        households=("h1", "h2"),
        places=("A", "B", "C"),
        sizes=[1, 2],
        capacity=[2, 2, 2],
        outcomes={"work": [[0.5, 0.6, 0.7], [1.0, 0.2, 0.4]], "staying": np.ones((2, 3))},
        sds={"work": [[0.1, 0.2, 0.0], [0.3, 0.1, 0.2]]},
    )


def test_draws_scatter_round_the_forecasts_by_their_standard_deviations() -> None:
    draws = NormalDraws(problem(), 2000, seed=1)
    work = np.array([draws.outcomes(draw)["work"] for draw in range(draws.count)])
    assert np.abs(work.mean(axis=0) - problem().outcomes["work"]).max() < 4 * 0.3 / np.sqrt(2000)
    assert np.abs(work.std(axis=0) - problem().sds["work"]).max() < 0.02


def test_only_outcomes_with_a_standard_deviation_are_drawn() -> None:
    assert list(NormalDraws(problem(), 1).outcomes(0)) == ["work"]


def test_a_draw_is_the_same_whenever_it_is_asked_for() -> None:
    first, again = NormalDraws(problem(), 3, seed=5), NormalDraws(problem(), 3, seed=5)
    first.outcomes(0)
    assert (first.outcomes(2)["work"] == again.outcomes(2)["work"]).all()
    assert (first.outcomes(2)["work"] != NormalDraws(problem(), 3, seed=6).outcomes(2)["work"]).any()
