"""Ways between places: from a table, estimated, and what is wrong with a table."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fodfaeste.errors import BadInput, UnknownName
from fodfaeste.plan.week import Connection, TravelTable, minute, read_travel
from fodfaeste.plan.week.travel import HERE, estimate

from .town import FRI, MON, SAT, THU, TUE

TABLE = """from,to,minutes,weekdays,earliest_arrival,line
Lillerup,Nordby,35,1-3 5,06:40,bus 214
Lillerup,Nordby,35,4,07:12,bus 214
Nordby,Lillerup,40,,,
"""
PLACES = """place,latitude,longitude
Lillerup,55.00,9.00
Storby,55.25,9.00
"""


@pytest.fixture
def files(tmp_path: Path):
    def write(table: str = TABLE, places: str = PLACES) -> tuple[Path, Path]:
        (tmp_path / "travel.csv").write_text(table, encoding="utf-8")
        (tmp_path / "places.csv").write_text(places, encoding="utf-8")
        return tmp_path / "travel.csv", tmp_path / "places.csv"

    return write


def test_a_way_is_that_of_its_weekday_and_direction(files) -> None:
    travel = read_travel(*files())
    assert travel.way("Lillerup", "Nordby", TUE) == Connection(35, minute("06:40"), "bus 214")
    assert travel.way("Lillerup", "Nordby", THU) == Connection(35, minute("07:12"), "bus 214")
    assert travel.way("Nordby", "Lillerup", SAT) == Connection(40)
    assert travel.way("Lillerup", "Lillerup", MON) == HERE == Connection(0)


def test_nothing_goes_on_weekdays_that_the_rows_of_a_pair_leave_out(files) -> None:
    assert read_travel(*files()).way("Lillerup", "Nordby", SAT) is None


def test_a_pair_without_a_row_is_estimated_along_the_straight_line(files) -> None:
    """A quarter of a degree of latitude is 27.8 km: 47.7 minutes at 35 km/h, rounded up, and 10 of waiting."""
    travel = read_travel(*map(str, files()))
    assert travel.way("Lillerup", "Storby", FRI) == Connection(58, estimated=True)
    assert travel.way("Storby", "Lillerup", FRI) == Connection(58, estimated=True)


def test_what_is_not_known_is_not_0(files) -> None:
    table, _ = files()
    with pytest.raises(BadInput, match="no way from Storby to Nordby, and no coordinates of Storby and Nordby"):
        read_travel(table).way("Storby", "Nordby", MON)
    with pytest.raises(BadInput, match=r"no coordinates of Nordby, .*the other direction does not count"):
        read_travel(*files("from,to,minutes\nNordby,Storby,20\n")).way("Storby", "Nordby", MON)


@given(st.tuples(st.floats(54, 58), st.floats(8, 13)), st.tuples(st.floats(54, 58), st.floats(8, 13)))
def test_an_estimate_is_the_same_both_ways_and_never_below_the_wait(start, goal) -> None:
    assert estimate(start, goal) == estimate(goal, start) >= 10
    assert estimate(start, start) == 10


def test_who_leaves_early_waits_for_the_first_bus_and_who_leaves_late_does_not() -> None:
    bus = Connection(35, minute("07:12"))
    assert bus.arrival(minute("06:00")) == minute("07:12")
    assert bus.arrival(minute("08:00")) == minute("08:35")


ROWS = [
    (",Nordby,35,,,", 2, "from", "found nothing, expected the name of a place"),
    ("Lillerup,,35,,,", 2, "to", "found nothing, expected the name of a place"),
    ("Nordby,Nordby,35,,,", 2, "to", "found 'Nordby' again, expected another place"),
    ("Lillerup,Nordby,,,,", 2, "minutes", "found nothing, expected whole minutes from 0 to 1440"),
    ("Lillerup,Nordby,soon,,,", 2, "minutes", "found the text 'soon'"),
    ("Lillerup,Nordby,-5,,,", 2, "minutes", "found -5"),
    ("Lillerup,Nordby,1441,,,", 2, "minutes", "found 1441"),
    ("Lillerup,Nordby,7.5,,,", 2, "minutes", "which is not a whole number"),
    ("Lillerup,Nordby,35,0-3,,", 2, "weekdays", "found '0-3', expected weekdays such as 1-5"),
    ("Lillerup,Nordby,35,5-3,,", 2, "weekdays", "found '5-3'"),
    ("Lillerup,Nordby,35,,early,", 2, "earliest_arrival", "found 'early', expected hours and minutes"),
    ("Lillerup,Nordby,35,1 1,,", 2, "weekdays", "found Lillerup to Nordby a second time for weekday 1"),
    ("Lillerup,Nordby,35,,,\n\nLillerup,Nordby,36,,,", 4, "to", "a second time for weekday 7"),
]


@pytest.mark.parametrize(("rows", "line", "column", "said"), ROWS)
def test_what_is_wrong_with_a_row_is_told_by_file_row_and_column(files, rows, line, column, said) -> None:
    table, _ = files(TABLE.splitlines()[0] + "\n" + rows + "\n")
    with pytest.raises(BadInput) as told:
        read_travel(table)
    problem = told.value.problems[-1]
    assert (problem.file, problem.row, problem.column) == ("travel.csv", line, column)
    assert said in str(problem)


@pytest.mark.parametrize(
    ("row", "column", "said"),
    [
        (",55,9", "place", "found nothing, expected the name of a place"),
        ("Storby,95,9", "latitude", "found 95, expected degrees from -90 to 90"),
        ("Storby,55,east", "longitude", "found the text 'east', expected degrees from -180 to 180"),
        ("Lillerup,55,9", "place", "found 'Lillerup' again, expected each once"),
    ],
)
def test_what_is_wrong_with_coordinates_is_told_too(files, row, column, said) -> None:
    with pytest.raises(BadInput) as told:
        read_travel(*files(places=f"place,latitude,longitude\nLillerup,55,9\n{row}\n"))
    (problem,) = told.value.problems
    assert (problem.file, problem.row, problem.column) == ("places.csv", 3, column)
    assert said in str(problem)


def test_everything_wrong_in_both_files_is_told_at_once(files) -> None:
    with pytest.raises(BadInput) as told:
        read_travel(*files("from,to,minutes\nA,B,x\nA,B,-1\n", "place,latitude,longitude\nA,x,9\n"))
    assert [(problem.file, problem.row) for problem in told.value.problems] == [
        ("travel.csv", 2),
        ("travel.csv", 3),
        *[("travel.csv", 3)] * 7,
        ("places.csv", 2),
    ]


def test_a_column_that_is_missing_or_misspelt_is_named(files) -> None:
    table, _ = files("from,to,min\nA,B,5\n")
    with pytest.raises(UnknownName, match=r"travel\.csv: found no column 'minutes'.*Did you mean min"):
        read_travel(table)
    table, _ = files("from,to,minutes,earliest\nA,B,5,07:00\n")
    with pytest.raises(UnknownName, match=r"found the column 'earliest'.*Did you mean earliest_arrival"):
        read_travel(table)


def test_a_table_without_anything_has_no_way_but_to_where_one_is() -> None:
    assert TravelTable().way("A", "A", MON) == HERE
