"""Reading times to the first of several events."""

from datetime import date

import polars as pl
import pytest

from fodfaeste.errors import BadInput, NotEnoughPeople
from fodfaeste.measure.histories import histories

FIVE = {
    "months": [4, 2, 4, 9, 2],
    "event": ["moved", "lost", "moved", "dead", "censored"],
    "kind": ["town", "town", "town", "rural", "rural"],
}


def test_alike_histories_are_one_cell_in_the_order_of_time():
    read = histories(FIVE, "months", "event", ["kind"])

    assert read.time.tolist() == [2, 2, 4, 9]
    assert read.cause.tolist() == [0, 0, 1, 2]
    assert read.persons.tolist() == [1, 1, 2, 1]
    assert read.entry.tolist() == [0, 0, 0, 0]
    assert read.columns["kind"].to_list() == ["rural", "town", "town", "rural"]
    assert read.causes == ("moved", "dead")
    assert read.persons_in == 5
    assert read.notes == ()


@pytest.mark.parametrize(
    "events",
    [
        pl.Series(["moved", "lost", "moved", "dead", "censored"], dtype=pl.Categorical),
        pl.Series(["moved", "lost", "moved", "dead", "censored"], dtype=pl.Enum(["dead", "lost", "moved", "censored"])),
        pl.Series([1, 0, 1, 3, 0]),
        pl.Series([1.0, 0.0, 1.0, 3.0, 0.0]),
    ],
    ids=["categorical", "enum", "whole", "float"],
)
def test_words_and_numbers_say_the_same(events):
    read = histories(pl.DataFrame({"t": FIVE["months"], "e": events}), "t", "e")

    assert read.causes == ("moved", "dead")
    told = sorted(zip(read.time.tolist(), read.cause.tolist(), read.persons.tolist(), strict=True))
    assert [(time, cause) for time, cause, persons in told if cause] == [(4, 1), (9, 2)]
    assert sum(persons for _, cause, persons in told if not cause) == 2


def test_named_causes_are_all_there_and_two_values_may_share_one():
    data = {"t": [1, 2, 3, 4], "e": ["out", "abroad", "died", "censored"]}

    read = histories(data, "t", "e", causes={"out": "left", "abroad": "left", "died": "dead", "vanished": "gone"})
    assert read.causes == ("left", "dead", "gone")
    assert read.cause.tolist() == [1, 1, 2, 0]


def test_a_lost_address_can_be_named_a_cause():
    read = histories(FIVE, "months", "event", causes={"moved": "moved", "dead": "dead", "lost": "lost"})
    assert read.causes == ("moved", "dead", "lost")
    assert sorted(read.cause.tolist()) == [0, 1, 2, 3]


def test_cells_and_rows_are_the_same_histories():
    rows = histories(FIVE, "months", "event", ["kind"])
    cells = pl.DataFrame(FIVE).group_by(pl.all()).len("people")

    counted = histories(cells, "months", "event", ["kind"], count="people")
    assert counted.persons.tolist() == rows.persons.tolist()
    assert counted.data == rows.data


def test_who_is_censored_before_being_watched_is_left_out_and_counted():
    data = {"t": [0, 3, 5, 6], "e": [0, 0, 1, 0], "since": [0, 3, 4, 0]}

    read = histories(data, "t", "e", entry="since")
    assert read.time.tolist() == [5, 6]
    assert read.entry.tolist() == [4, 0]
    assert read.persons_in == 4
    assert [(note.code, note.text) for note in read.notes] == (
        [("never-watched", "2 persons were censored before they could be watched.")]
    )


def test_who_has_an_empty_cell_is_left_out_and_counted():
    read = histories({"t": [1, None], "e": [1, 1]}, "t", "e")
    assert read.persons.sum() == 1
    assert read.notes[0].code == "persons-left-out"


def test_months_may_be_parts_of_months():
    exact = pl.DataFrame({"t": ["0.25", "1.50"], "e": [1, 0]}).with_columns(pl.col("t").cast(pl.Decimal(10, 2)))
    assert histories(exact, "t", "e").time.tolist() == [0.25, 1.5]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"t": [-1, 2], "e": [1, 1]}, "column t: found -1, expected 0 months or more"),
        ({"t": [float("inf")], "e": [1]}, "column t: found inf"),
        ({"t": ["1,5"], "e": [1]}, "column t: found the text '1,5', expected a number of months"),
        ({"t": [date(2001, 1, 1)], "e": [1]}, "column t: found the value '2001-01-01'"),
        ({"t": [0], "e": ["moved"]}, "found 'moved' at t 0, expected an event after the watching began"),
        ({"t": [5], "e": ["moved"], "since": [5]}, "found 'moved' at t 5, watched from 5"),
        ({"t": [5], "e": ["moved"], "since": [-2]}, "column since: found -2"),
        ({"t": [5], "e": ["mved"]}, "column e: found 'mved', expected one of 1, 2, 3, moved"),
        ({"t": [5], "e": [4]}, "column e: found 4"),
        # Not rounded down to 1, which would be a move.
        ({"t": [5, 6], "e": [1.5, 1.0]}, r"column e: found 1\.5"),
    ],
)
def test_what_is_no_history_is_said(data, said):
    with pytest.raises(BadInput, match=said):
        histories(data, "t", "e", entry="since" if "since" in data else None)


def test_the_file_is_named(tmp_path):
    path = tmp_path / "stays.csv"
    path.write_text("t,e\n3,gone\n", encoding="utf-8")
    with pytest.raises(BadInput, match=r"stays.csv, column e: found 'gone'"):
        histories(path, "t", "e")


def test_nobody_watched_is_nobody_to_count():
    with pytest.raises(NotEnoughPeople, match="nobody who was watched"):
        histories({"t": [0, 0], "e": [0, 0]}, "t", "e")
