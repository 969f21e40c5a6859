"""What of the report cannot be true of the same people is listed, with how it was settled."""

import polars as pl
import pytest

from fodfaeste.data import report2002
from fodfaeste.data.synthetic import contradictions


@pytest.fixture(scope="module")
def listed():
    return contradictions()


def said(listed, table, *words):
    rows = listed.filter(pl.col("table") == table)
    text = pl.concat_str("printed", "against", separator=" ")
    return rows.filter(*(text.str.contains(word, literal=True) for word in words))


def test_the_rural_total_and_its_parts(listed):
    assert said(listed, "moves_matrix", "rural", "9124", "9134").height == 1
    assert said(listed, "moves_matrix", "small_town").is_empty()


def test_small_town_arrivals_of_1998_moved_more_in_less_time(listed):
    assert said(listed, "moves_by_nationality", "54.0", "39.5", "34.9").height == 1


def test_the_groups_fit_only_the_arrivals_of_1998(listed):
    assert said(listed, "moves_by_group", "rural", "57.4", "% would be women").height == 1
    assert said(listed, "moves_by_group", "small_town", "neither women nor men").height == 1


def test_the_whole_countrys_rate_is_far_below_that_of_the_216(listed):
    assert said(listed, "mover_employment_status", "18 %", "21 %", "48.6").height == 1


def test_every_municipality_that_kept_more_people_than_it_counts(listed):
    kept = report2002.load("retention_1995_98").frame.join(report2002.load("employment_2000").frame, on="municipality")
    counted = pl.sum_horizontal("employed", "unemployed", "outside_labour_force")
    crowded = kept.filter(pl.col("arrived") - pl.col("moved_away") > counted)["municipality"]
    names = said(listed, "employment_2000")["printed"].str.extract("^(.*):")
    assert set(names) == set(crowded)
    assert "Højer" in set(names)


def test_the_missing_group_has_no_name_in_the_report(listed):
    assert said(listed, "text_figures", "16 to 33 %").height == 1


def test_every_contradiction_is_settled(listed):
    assert (listed["settled"].str.len_chars() > 10).all()
