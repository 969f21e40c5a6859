"""Regions since 2007, where municipalities lie, and the made-up figures of a whole country."""

from __future__ import annotations

from datetime import date

import polars as pl

from fodfaeste.data.coast import DENMARK
from fodfaeste.data.quota_figures import INHABITANTS, made_up_figures
from fodfaeste.data.regions import municipalities_on, regions


def test_the_98_municipalities_lie_in_five_regions_and_on_the_map() -> None:
    frame = municipalities_on(date(2024, 1, 1))
    counted = dict(frame.group_by("region").len().iter_rows())
    assert counted == {"Hovedstaden": 29, "Sjælland": 17, "Syddanmark": 22, "Midtjylland": 19, "Nordjylland": 11}
    assert frame["latitude"].is_between(DENMARK.south, DENMARK.north).all()
    assert frame["longitude"].is_between(DENMARK.west, DENMARK.east).all()
    assert regions()["code"].is_unique().all()


def test_before_2007_no_region_is_known() -> None:
    frame = municipalities_on(date(2002, 1, 1))
    assert frame.height == 275
    assert frame["region"].null_count() == 275


def test_made_up_figures_are_of_the_size_of_the_country_and_the_same_again() -> None:
    frame = made_up_figures()
    assert frame.height == 98
    assert abs(frame["population"].sum() - INHABITANTS) < 98
    assert 0.06 < frame["immigrants_refugees"].sum() / frame["population"].sum() < 0.12
    assert (frame["immigrants_refugees"] < frame["population"]).all()
    assert frame.equals(made_up_figures())
    assert not frame.equals(made_up_figures(1))
    assert isinstance(frame, pl.DataFrame)
