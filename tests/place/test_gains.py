"""What a plan may be expected to gain, and why it is less than what its own scores promise."""

import numpy as np
import pytest

from fodfaeste.errors import BadInput
from fodfaeste.place import Goal, Problem, Wishes, solve
from fodfaeste.place.evaluation.baselines import greedy_placement
from fodfaeste.place.gains import expected_gain

from .worlds import Around, world


class Fixed:
    """Draws that are listed."""

    def __init__(self, *drawn):
        self.drawn, self.count = drawn, len(drawn)

    def outcomes(self, draw):
        return self.drawn[draw]


def one_of_two(work, **given):
    work = np.array(work, float)
    return Problem(("a", "b"), ("North", "South"), np.ones(2, int), np.array([1, 1]), {"work": work}, **given)


def test_a_gain_is_the_mean_over_draws_of_the_difference_in_worth():
    problem = one_of_two([[0.6, 0.1], [0.1, 0.5]])
    plan, other = solve(problem, gap=0), np.array([1, 0])
    drawn = [{"work": np.array([[0.5 + 0.01 * k, 0.2], [0.2, 0.4]])} for k in range(39)]
    told = expected_gain(plan, other, Fixed(*drawn))
    assert told.naive == pytest.approx(0.9)
    assert told.gain == pytest.approx(0.9 + 0.19 - 0.4)
    assert (told.lower, told.upper) == (pytest.approx(0.5), pytest.approx(0.88))
    assert told.optimism == pytest.approx(told.naive - told.gain)
    assert told.baseline_value == pytest.approx(0.4)
    assert told.relative == pytest.approx(0.69 / 0.4)
    assert told.label == "forecast, not observed effect"
    assert told.to_dict()["households"] == 2


def test_a_plan_gains_nothing_over_itself():
    problem = world(1)
    plan = solve(problem)
    told = expected_gain(plan, plan, Around(problem.outcomes, 0.2))
    assert (told.gain, told.lower, told.upper, told.naive) == (0, 0, 0, 0)


def test_too_few_draws_and_outcomes_without_draws_are_told():
    problem = world(1)
    plan = solve(problem)
    with pytest.raises(BadInput, match="at least 39"):
        expected_gain(plan, plan, Around(problem.outcomes, 0.1, count=10))
    told = expected_gain(plan, plan, Around({"work": problem.outcomes["work"]}, 0.1))
    assert "outcomes_without_draws" in {note.code for note in told.notes}


def test_wishes_count_as_they_are_whatever_is_drawn():
    problem = one_of_two([[0.6, 0.1], [0.1, 0.5]], wishes=Wishes(np.array([[0, 1], [0, 0]])))
    plan = solve(problem, Goal(weights={"work": 1.0, "wishes": 0.2}))
    told = expected_gain(plan, np.array([1, 0]), Fixed(*[problem.outcomes] * 39))
    assert told.gain == told.naive == pytest.approx(1.1 - 0.2 - 0.2)


def test_a_baseline_worth_nothing_has_no_relative_gain():
    problem = one_of_two([[0.6, 0.0], [0.0, 0.5]])
    told = expected_gain(solve(problem), np.array([1, 0]), Fixed(*[problem.outcomes] * 39))
    assert np.isnan(told.relative)


def test_what_was_optimised_promises_more_than_repeating_the_estimate_bears_out():
    problem = world(2, 30, 4)
    plan = solve(problem)
    told = expected_gain(
        plan, greedy_placement(problem, Goal()), Around(problem.outcomes, 0.2, count=39), around="estimate"
    )
    assert told.optimism > 0
    assert told.lower < told.gain < told.upper < told.naive


# The optimiser's curse, where the truth is known


def simulated(seed, *, households=60, places=6, sd_truth=0.1, sd_error=0.2):
    """A world whose truth scatters with `sd_truth` and is seen with an error of `sd_error`; both are known."""
    rng = np.random.default_rng(seed)
    truth = 0.5 + sd_truth * rng.standard_normal((households, places))
    seen = truth + sd_error * rng.standard_normal(truth.shape)
    trust = sd_truth**2 / (sd_truth**2 + sd_error**2)
    problem = Problem(
        households=tuple(map(str, range(households))),
        places=tuple(map(str, range(places))),
        sizes=np.ones(households, int),
        capacity=np.full(places, households // places + 1),
        outcomes={"work": seen},
    )
    posterior = 0.5 + trust * (seen - 0.5), sd_truth * np.sqrt(1 - trust)
    return problem, truth, posterior


def gains(seed, *, around, count=60, **sds):
    problem, truth, (mean, sd) = simulated(seed, **sds)
    plan = solve(problem, gap=1e-3)
    baseline = np.arange(len(problem.households)) % len(problem.places)
    draws = Around({"work": mean}, sd, count, seed) if around == "truth" else None
    draws = draws or Around(problem.outcomes, sds.get("sd_error", 0.2), count, seed)
    told = expected_gain(plan, baseline, draws, around=around)
    rows = np.arange(plan.place.size)
    true = float((truth[rows, plan.place] - truth[rows, baseline]).sum())
    return told, true


def test_the_gain_shown_is_near_the_truth_and_the_naive_one_is_several_times_too_high():
    shown = np.array(
        [(told.gain, told.naive, true) for told, true in (gains(seed, around="truth") for seed in range(20))]
    )
    gain, naive, true = shown.mean(axis=0)
    apart = shown[:, 0] - shown[:, 2]
    assert abs(apart.mean()) <= 4 * apart.std(ddof=1) / 20**0.5
    assert gain < 1.5 * true
    assert naive > 3 * true


@pytest.mark.long
def test_the_gain_shown_is_within_its_interval_as_often_as_it_says_and_the_naive_one_is_not():
    """Of 200 simulated worlds, an interval of 95 % holds the true gain in 95 % +- 4 standard errors of that count.

    The naive figure is the centre of an interval as wide, and misses nearly always.
    """
    found = [gains(seed, around="truth", count=100) for seed in range(200)]
    held = np.mean([told.lower <= true <= told.upper for told, true in found])
    naive = np.mean([abs(told.naive - true) <= (told.upper - told.lower) / 2 for told, true in found])
    assert abs(held - 0.95) <= 4 * (0.95 * 0.05 / 200) ** 0.5
    assert naive < 0.05


@pytest.mark.long
def test_repeating_the_estimate_takes_off_most_of_the_curse_but_not_all():
    """Bootstrap draws scatter round scores that are noisy already, so choosing is fooled a little less by them."""
    found = [gains(seed, around="estimate", count=40) for seed in range(40)]
    gain, naive, true = np.mean([(told.gain, told.naive, true) for told, true in found], axis=0)
    assert true < gain < naive
    assert gain - true < 0.5 * (naive - true)
