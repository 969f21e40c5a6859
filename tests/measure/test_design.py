"""How columns become a matrix of terms."""

import datetime

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fodfaeste.errors import BadInput, UnknownName
from fodfaeste.measure.design import MOST_VALUES, design

PEOPLE = pl.DataFrame(
    {
        "sex": ["male", "female", "male", "male"],
        "age": [20, 31, 44, 25],
        "employed": [True, False, False, False],
        "kind": ["rural", "city", "town", "rural"],
    }
)


def made(columns, frame=PEOPLE, persons=None):
    return design(frame, columns, np.ones(frame.height) if persons is None else np.asarray(persons, dtype=float))


# Terms


def test_text_becomes_a_term_for_each_category_but_the_most_common():
    found = made(["kind"])
    assert found.names == ("kind=city", "kind=town")
    assert found.matrix(PEOPLE).tolist() == [[0, 0], [1, 0], [0, 1], [0, 0]]


def test_of_equally_common_categories_the_first_in_order_is_the_reference():
    assert made(["sex"], PEOPLE[:2]).names == ("sex=male",)


def test_the_most_common_category_is_that_of_most_persons_not_of_most_rows():
    assert made(["sex"], persons=[1, 9, 1, 1]).names == ("sex=male",)


def test_a_truth_value_is_a_category():
    found = made(["employed"])
    assert found.names == ("employed=true",)
    assert found.matrix(PEOPLE)[:, 0].tolist() == [1, 0, 0, 0]


@pytest.mark.parametrize("dtype", [pl.Categorical, pl.Enum(["female", "male"])])
def test_categoricals_are_text(dtype):
    assert made(["sex"], PEOPLE.with_columns(pl.col("sex").cast(dtype))).names == ("sex=female",)


def test_numbers_keep_their_units():
    found = made(["age"])
    assert found.names == ("age",)
    assert found.matrix(PEOPLE)[:, 0].tolist() == [20, 31, 44, 25]


def test_a_column_named_twice_counts_once():
    assert made(["age", "sex", "age"]).names == ("age", "sex=female")


def test_terms_know_their_column():
    found = made(["age", "kind"])
    assert found.members("kind").tolist() == [1, 2]


def test_the_baseline_person_has_the_references_and_the_mean_numbers():
    assert made(["sex", "age"]).baseline == {"sex": "male", "age": 30.0}
    assert made(["sex", "age"]).centre.tolist() == [0, 30]


@settings(max_examples=25)
@given(st.permutations(range(4)), st.lists(st.integers(1, 5), min_size=4, max_size=4))
def test_the_order_of_rows_and_the_split_into_rows_change_nothing(order, persons):
    columns = ["kind", "age"]
    once = made(columns, persons=persons)
    shuffled = made(columns, PEOPLE[list(order)], [persons[k] for k in order])
    split = made(columns, PEOPLE[np.repeat(np.arange(4), persons)])
    assert once.names == shuffled.names == split.names
    assert once.centre == pytest.approx(shuffled.centre, rel=1e-14)
    assert once.centre == pytest.approx(split.centre, rel=1e-14)


# What cannot be a matrix


def test_a_column_with_one_value_is_named():
    with pytest.raises(BadInput, match="column sex: found only the value 'male', expected at least two"):
        made(["age", "sex"], PEOPLE.filter(sex="male"))
    with pytest.raises(BadInput, match="column age: found only the value 31"):
        made(["age"], PEOPLE.with_columns(age=31))


def test_a_column_that_follows_from_others_is_named_with_them():
    frame = PEOPLE.with_columns(months=pl.col("age") * 12 + 7)
    with pytest.raises(BadInput, match="column months: found months, which follows from age, expected columns"):
        made(["age", "months"], frame)


def test_a_grouping_of_categories_follows_from_them():
    frame = PEOPLE.with_columns(rural=pl.col("kind") == "rural")
    with pytest.raises(BadInput, match="rural=true, which follows from kind=city, kind=town"):
        made(["kind", "rural"], frame)


def test_nearly_the_same_is_not_the_same():
    frame = PEOPLE.with_columns(also=pl.col("age") * 1.0 + pl.Series([0.01, 0, 0, 0]))
    assert made(["age", "also"], frame).names == ("age", "also")


def test_names_that_differ_only_in_letter_case_are_asked_about():
    frame = pl.DataFrame({"sex": ["Male", "male ", "female"]})
    with pytest.raises(BadInput, match="categories 'Male' and 'male '"):
        made(["sex"], frame)


def test_dates_are_neither_numbers_nor_categories():
    frame = pl.DataFrame({"arrival": [datetime.date(1999, 1, 1), datetime.date(2000, 1, 1)]})
    with pytest.raises(BadInput, match="column arrival: found a Date, expected numbers, text or truth values"):
        made(["arrival"], frame)


def test_a_category_a_person_is_no_category():
    frame = pl.DataFrame({"person": [f"p{k}" for k in range(MOST_VALUES + 1)]})
    with pytest.raises(BadInput, match="2001 different values"):
        made(["person"], frame)


def test_an_endless_number_is_no_number():
    with pytest.raises(BadInput, match="column age: found inf"):
        made(["age"], PEOPLE.with_columns(age=pl.Series([1.0, 2.0, 3.0, float("inf")])))


# Other rows in the same design


def test_new_rows_get_the_terms_of_the_first_ones():
    found = made(["sex", "age"])
    assert found.matrix(pl.DataFrame({"age": [50.0], "sex": ["female"]})).tolist() == [[1, 50]]


@pytest.mark.parametrize(
    ("rows", "error", "said"),
    [
        ({"sex": ["femal"], "age": [1]}, UnknownName, "no persons with sex 'femal'.*Did you mean female"),
        ({"age": [1]}, UnknownName, "no column 'sex'"),
        ({"sex": ["male", None], "age": [1, 2]}, BadInput, "column sex: found an empty cell"),
        ({"sex": ["male"], "age": ["young"]}, BadInput, "column age: found 'young', expected a number"),
    ],
)
def test_rows_that_do_not_fit_are_told(rows, error, said):
    with pytest.raises(error, match=said):
        made(["sex", "age"]).matrix(pl.DataFrame(rows))
