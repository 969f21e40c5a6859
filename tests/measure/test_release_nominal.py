"""How often the test of a residence rule's end is right: 200 invented registers of each kind, all seeded."""

from functools import cache

import numpy as np
import polars as pl
import pytest
from scipy import stats

from fodfaeste.measure.release import release_test

from .release_world import World

pytestmark = pytest.mark.long

REGISTERS = 200
NONE, DOUBLED = World(), World(release=2.0)
TOWNS = World(spread=0.6, units=60)
FEW = World(bound=500, free=250)


@cache
def found(world, unit=None):
    """Test 200 registers of a world: one row a register."""
    return pl.DataFrame([_of(world, unit, seed) for seed in range(REGISTERS)])


def _of(world, unit, seed):
    result = release_test(
        world.persons(seed),
        "month",
        "event",
        "cohort",
        bound="bound",
        free="free",
        unit=unit,
        bootstraps=200,
        seed=seed,
    )
    release = result.release.row(1, named=True)
    catch_up = {
        f"catch_up_{line['month']}": line["lower"] <= world.catch_up(line["month"]) <= line["upper"]
        for line in result.catch_up.to_dicts()
        if line["estimate"] is not None
    }
    return {
        **catch_up,
        "alarm": result.table["flag"][0] == "pile-up",
        "textbook_alarm": release["p_value"] < 0.05,
        "covers": release["deciding_lower"] <= world.release <= release["deciding_upper"],
        "textbook_covers": release["lower"] <= world.release <= release["upper"],
        "contrast": result.regression.row(-1, named=True)["p_value"] < 0.05,
        "placebo": result.placebo["p_holm"].min() < 0.05,
    }


def least(rate):
    """Give the fewest of 200 that a rate leaves possible but in one case of a thousand."""
    return stats.binom.ppf(0.001, REGISTERS, rate)


def most(rate):
    return stats.binom.ppf(0.999, REGISTERS, rate)


def test_where_there_is_no_pile_up_the_test_finds_one_in_about_five_of_a_hundred():
    assert least(0.05) <= found(NONE)["alarm"].sum() <= most(0.05)


def test_the_exact_poisson_test_alone_would_find_too_many():
    """It takes the expected count as known, and here the free cohort is as small as the bound one."""
    assert found(NONE)["textbook_alarm"].sum() > most(0.05)
    assert found(NONE)["textbook_covers"].sum() < least(0.95)


def test_a_release_of_twice_the_moves_is_found_every_time():
    assert found(DOUBLED)["alarm"].all()


@pytest.mark.parametrize("world", [NONE, DOUBLED], ids=["no pile-up", "twice"])
def test_the_deciding_interval_holds_the_true_ratio_as_often_as_it_says(world):
    assert least(0.95) <= found(world)["covers"].sum() <= most(0.95)


@pytest.mark.parametrize("month", [42, 48, 60, 72, 84])
@pytest.mark.parametrize("world", [NONE, DOUBLED], ids=["no pile-up", "twice"])
def test_the_interval_of_the_catch_up_share_holds_the_true_one(world, month):
    holds = found(world)[f"catch_up_{month}"]
    assert holds.null_count() == 0
    assert least(0.95) <= holds.sum()


def test_the_contrast_of_the_regression_is_nominal_where_rates_fall_for_everybody():
    """The shape alone is not: rates fall in both cohorts, and the contrast compares the falls."""
    assert least(0.05) <= found(NONE)["contrast"].sum() <= most(0.05)


def test_placebos_are_quiet():
    assert found(NONE)["placebo"].sum() <= most(0.05)


def test_small_cohorts_are_no_reason_for_false_alarms():
    assert found(FEW)["alarm"].sum() <= most(0.05)
    assert found(FEW)["covers"].sum() >= least(0.95)


def test_where_towns_differ_only_the_test_that_knows_of_towns_is_nominal():
    knowing, not_knowing = found(TOWNS, "municipality"), found(TOWNS)
    assert least(0.05) <= knowing["alarm"].sum() <= most(0.05)
    assert not_knowing["alarm"].sum() > most(0.05)
    assert knowing["covers"].sum() >= least(0.95)
    horizons = [name for name in knowing.columns if name.startswith("catch_up")]
    assert np.all([knowing[name].sum() > not_knowing[name].sum() for name in horizons])
