"""A problem goes into a folder and comes back the same; what is wrong is told with file, row and column."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fodfaeste.errors import BadInput
from fodfaeste.place.folder import read_folder, read_problem, write_problem
from fodfaeste.place.plan_folder import fingerprint
from fodfaeste.place.problem import NOWHERE, Problem, Wishes
from fodfaeste.place.scores import LowRank

HOUSEHOLDS = """household,persons,school,arrival_date,language,family
h1,2,0,2026-03-02,Dari,couple
h2,4,2,2026-03-09,,family
h3,1,0,2026-03-09,Tigrinya,single
"""
PLACES = """place,capacity_persons,capacity_school,minimum,region
Aa,5,2,0,north
Bo,4,0,,south
"""
SCORES = """household,place,work,work_sd,staying
h1,Aa,0.5,0.1,1
h1,Bo,0.25,0.1,1
h2,Aa,1.5,0.2,2
h2,Bo,1,0.2,3
h3,Aa,0.1,0.05,0
h3,Bo,0.75,0.05,1
"""


def folder_with(folder: Path, **tables: str) -> Path:
    given = {"households": HOUSEHOLDS, "places": PLACES, "scores": SCORES, **tables}
    for name, text in given.items():
        if text:
            (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def said_of(folder: Path) -> list[str]:
    with pytest.raises(BadInput) as error:
        read_problem(folder)
    return [str(problem) for problem in error.value.problems]


def notes_of(folder: Path) -> dict[str, str]:
    return {note.code: note.text for note in read_folder(folder).notes}


# What a folder says


def test_a_folder_is_read_as_its_tables_say(tmp_path):
    folder = folder_with(
        tmp_path,
        allowed="household,place,allowed\nh1,Bo,0\nh1,Aa,1\n",
        ties="tie,household\nsisters,h1\nsisters,h3\n",
        locks="household,place\nh2,Aa\n",
        wishes="household,place,rank\nh3,Bo,1\nh3,Aa,2\n",
    )
    problem = read_problem(folder)
    assert problem.households == ("h1", "h2", "h3")
    assert problem.places == ("Aa", "Bo")
    assert problem.dimensions == ("persons", "school")
    assert problem.sizes.tolist() == [[2, 0], [4, 2], [1, 0]]
    assert problem.capacity.tolist() == [[5, 2], [4, 0]]
    assert problem.minimum.tolist() == [0, 0]
    assert problem.arrival.astype(str).tolist() == ["2026-03-02", "2026-03-09", "2026-03-09"]
    assert problem.groups == {"language": ("Dari", "", "Tigrinya"), "family": ("couple", "family", "single")}
    assert problem.outcomes["work"].tolist() == [[0.5, 0.25], [1.5, 1.0], [0.1, 0.75]]
    assert problem.sds["work"].tolist() == [[0.1, 0.1], [0.2, 0.2], [0.05, 0.05]]
    assert list(problem.outcomes) == ["work", "staying"]
    assert problem.allowed.tolist() == [[True, False], [True, True], [True, True]]
    assert problem.ties == ((0, 2),)
    assert problem.locks.tolist() == [NOWHERE, 0, NOWHERE]
    assert problem.wishes.rank.tolist() == [[0, 0], [0, 0], [2, 1]]


@pytest.mark.parametrize("name", ["arrival_date", "arrival", "arrival date"])
def test_the_day_of_arrival_has_any_of_three_names(tmp_path, name):
    folder = folder_with(
        tmp_path, households=f"household,persons,school,{name}\nh1,1,0,2026-03-02 00:00:00\n", scores=""
    )
    problem = read_problem(folder)
    assert problem.arrival.astype(str).tolist() == ["2026-03-02"]
    assert problem.groups == {}


def test_without_forecasts_wishes_and_needs_make_the_problem(tmp_path):
    folder = folder_with(tmp_path, scores="")
    assert read_problem(folder).outcomes == {}
    assert "There are no forecasts" in notes_of(folder)["no_forecasts"]


def test_a_veto_makes_the_pair_not_allowed_and_is_no_wish(tmp_path):
    folder = folder_with(tmp_path, wishes="household,place,rank,veto\nh1,Aa,,1\nh2,Aa,1,\nh2,Bo,,1\n")
    problem = read_problem(folder)
    assert problem.allowed.tolist() == [[False, True], [True, False], [True, True]]
    assert problem.wishes.rank.tolist() == [[0, 0], [1, 0], [0, 0]]
    assert notes_of(folder)["vetoes"] == "2 households refuse 2 pairs of household and place; that always holds."


def test_vetoes_need_no_column_of_ranks(tmp_path):
    problem = read_problem(folder_with(tmp_path, wishes="household,place,veto\nh1,Aa,1\n"))
    assert problem.wishes is None
    assert not problem.allowed[0, 0]


def test_optional_tables_may_hold_a_header_and_nothing_else(tmp_path):
    folder = folder_with(
        tmp_path,
        allowed="household,place,allowed\n",
        ties="tie,household\n",
        locks="household,place\n\n",
        wishes="household,place,rank\n",
    )
    problem = read_problem(folder)
    assert problem.allowed is None
    assert problem.ties == ()
    assert (problem.locks == NOWHERE).all()
    assert problem.wishes is None


def test_a_place_without_a_minimum_has_none(tmp_path):
    assert read_problem(folder_with(tmp_path)).minimum.tolist() == [0, 0]


def test_tables_may_be_parquet_with_the_types_that_parquet_has(tmp_path):
    folder = folder_with(tmp_path, households="", scores="")
    days = pl.Series(["2026-03-02", "2026-03-03"]).str.to_date()
    households = {"household": [1, 2], "persons": [2, 3], "school": [0, 1], "arrival": days, "language": ["Dari", None]}
    pl.DataFrame(households).write_parquet(folder / "households.parquet")
    scores = {"household": [1, 1, 2], "place": ["Aa", "Bo", "Aa"], "work": [0.1, 0.2, 0.3]}
    pl.DataFrame(scores).with_columns(pl.col("work").cast(pl.Float32)).write_parquet(folder / "scores.parquet")
    pl.DataFrame({"household": [1], "place": ["Bo"], "allowed": [False]}).write_parquet(folder / "allowed.parquet")
    problem = read_problem(folder)
    assert problem.households == ("1", "2")
    assert problem.arrival.astype(str).tolist() == ["2026-03-02", "2026-03-03"]
    assert problem.outcomes["work"].dtype == np.float32
    assert problem.allowed.tolist() == [[True, False], [True, False]]


def test_datapackage_json_may_give_files_other_names(tmp_path):
    folder = folder_with(tmp_path)
    (folder / "households.csv").rename(folder / "families.csv")
    resources = [{"name": "households", "path": "families.csv"}, {"name": "notes", "path": "places.csv"}]
    (folder / "datapackage.json").write_text(json.dumps({"resources": resources}), encoding="utf-8")
    assert read_problem(folder).households == ("h1", "h2", "h3")


def test_large_scores_are_mapped_into_memory_or_stay_factors(tmp_path):
    folder = folder_with(tmp_path, scores="")
    (folder / "scores").mkdir()
    np.save(folder / "scores" / "work.npy", np.arange(6, dtype=np.float32).reshape(3, 2))
    np.save(folder / "scores" / "work_sd.npy", np.ones((3, 2), np.float32))
    np.save(folder / "scores" / "staying.left.npy", np.ones((3, 1), np.float32))
    np.save(folder / "scores" / "staying.right.npy", np.ones((2, 1), np.float32))
    np.save(folder / "allowed.npy", np.array([[1, 1], [1, 0], [1, 1]], np.uint8))
    problem = read_problem(folder)
    assert isinstance(problem.outcomes["work"].base, np.memmap)
    assert isinstance(problem.outcomes["staying"], LowRank)
    assert problem.sds["work"].shape == (3, 2)
    assert problem.allowed.tolist() == [[True, True], [True, False], [True, True]]


def test_a_table_and_arrays_may_stand_side_by_side(tmp_path):
    folder = folder_with(tmp_path, wishes="household,place,rank,veto\nh1,Aa,,1\n")
    (folder / "scores").mkdir()
    np.save(folder / "scores" / "language.npy", np.ones((3, 2)))
    np.save(folder / "allowed.npy", np.array([[1, 1], [1, 0], [1, 1]], np.bool_))
    problem = read_problem(folder)
    assert list(problem.outcomes) == ["work", "staying", "language"]
    assert problem.allowed.tolist() == [[False, True], [True, False], [True, True]]


# What is noted


def test_pairs_without_a_row_are_not_allowed_and_counted(tmp_path):
    lines = SCORES.splitlines(keepends=True)
    folder = folder_with(tmp_path, scores="".join(lines[:4]), allowed="household,place,allowed\nh3,Aa,0\n")
    problem = read_problem(folder)
    assert problem.allowed.tolist() == [[True, True], [True, False], [False, False]]
    notes = notes_of(folder)
    assert notes["pairs_without_forecast"] == "2 of 6 pairs have no forecast and are not allowed for that reason."
    assert notes["allowed_nowhere"] == "1 households are allowed at no place and stay unplaced: h3."


def test_who_is_too_large_for_every_place_is_noted_with_and_without_rules(tmp_path):
    folder = folder_with(tmp_path, households=HOUSEHOLDS.replace("h2,4,2", "h2,4,3"))
    said = "1 households are larger than any place allowed to them and stay unplaced: h2."
    assert notes_of(folder)["too_large"] == said
    folder = folder_with(tmp_path, households=HOUSEHOLDS, allowed="household,place,allowed\nh2,Aa,0\n")
    assert notes_of(folder)["too_large"] == said


def test_less_room_than_households_need_is_no_error(tmp_path):
    folder = folder_with(tmp_path, places="place,capacity_persons,capacity_school\nAa,4,2\nBo,2,0\n")
    said = "Households need 7 persons and all places together have 6: some stay unplaced."
    assert notes_of(folder)["short_of_room"] == said


def test_forecasts_above_the_number_of_persons_are_noted(tmp_path):
    folder = folder_with(tmp_path, scores=SCORES.replace("h3,Bo,0.75", "h3,Bo,1.75"))
    assert notes_of(folder)["forecast_above_persons"] == "1 forecasts of work are above the number of persons."


def test_files_and_columns_that_nobody_reads_are_named(tmp_path):
    folder = folder_with(tmp_path, lock="household,place\nh1,Aa\n")
    notes = notes_of(folder)
    assert notes["unknown_file"].startswith("Not read: lock.csv.")
    assert notes["ignored_columns"].startswith("Columns of places that are not used: region.")


def test_a_tie_of_one_binds_nobody_and_is_noted(tmp_path):
    folder = folder_with(tmp_path, ties="tie,household\nsisters,h1\nsister,h3\n")
    assert read_problem(folder).ties == ()
    assert notes_of(folder)["tie_of_one"].startswith("Tied to nobody: h1, h3.")


def test_long_lists_of_names_show_the_first_five(tmp_path):
    rows = "".join(f"x{number},1,0\n" for number in range(8))
    folder = folder_with(
        tmp_path,
        households="household,persons,school\n" + rows,
        scores="household,place,work\nx0,Aa,1\n",
    )
    assert notes_of(folder)["allowed_nowhere"].endswith("x1, x2, x3, x4, x5 and 2 more.")


# What is wrong

WRONG = [
    (
        "households",
        "h2,4,2",
        "h2,four,2",
        "households.csv, row 3, column persons: found the text 'four', expected a whole",
    ),
    ("households", "h2,4,2", "h2,4.5,2", "row 3, column persons: found '4.5', which is not a whole number"),
    ("households", "h2,4,2", "h2,-4,2", "row 3, column persons: found '-4', expected a whole number from 0"),
    ("households", "h2,4,2", "h2,,2", "row 3, column persons: found an empty cell"),
    ("households", "h2,4,2", "h2,1e300,2", "row 3, column persons: found '1e300', expected a whole number from 0"),
    (
        "households",
        "h2,4,2",
        "h1,4,2",
        "row 3, column household: found 'h1', which stands in row 2 already, expected each",
    ),
    ("households", "h2,4,2", ",4,2", "row 3, column household: found an empty cell, expected a household"),
    ("households", "2026-03-02", "2/3/2026", "row 2, column arrival_date: found the text '2/3/2026', expected a day"),
    (
        "households",
        "2026-03-02",
        "2026-02-30",
        "row 2, column arrival_date: found the text '2026-02-30', expected a day",
    ),
    ("households", "2026-03-02", "", "row 2, column arrival_date: found an empty cell, expected a day"),
    (
        "households",
        "language",
        "arrival",
        "found the columns arrival_date and arrival, expected one column of arrival days",
    ),
    ("households", "persons", "person", "column persons: found the columns household, person, school"),
    ("households", "persons", "person", "Is it 'person'? Then rename that."),
    ("households", "h2,4,2,", "h2,4,2,,", "households.csv, row 3: found 7 cells, expected 6"),
    ("places", "capacity_", "room_", "places.csv, column capacity_persons: found the columns place, room_persons"),
    ("places", "place,", "name,", "places.csv, column place: found the columns name"),
    ("places", "Bo,4", "Aa,4", "places.csv, row 3, column place: found 'Aa', which stands in row 2 already"),
    ("places", "Bo,4", "Bo,four", "places.csv, row 3, column capacity_persons: found the text 'four'"),
    ("places", "2,0,north", "2,some,north", "places.csv, row 2, column minimum: found the text 'some'"),
    (
        "scores",
        "h3,Bo",
        "hh3,Bo",
        "scores.csv, row 7, column household: found 'hh3' (is it 'h3'?), expected a household",
    ),
    ("scores", "h3,Bo", "h3,Q", "scores.csv, row 7, column place: found 'Q', expected a place of the table places"),
    (
        "scores",
        "h3,Bo",
        "h3,",
        "scores.csv, row 7, column place: found an empty cell, expected a place of the table places",
    ),
    (
        "scores",
        "h3,Bo",
        "h3,Aa",
        "row 7, column household: found household h3 at Aa a second time, expected each pair once",
    ),
    ("scores", "0.75", "", "scores.csv, row 7, column work: found an empty cell, expected a number"),
    ("scores", "0.75", "nan", "scores.csv, row 7, column work: found 'nan', which is no figure, expected a number"),
    ("scores", "0.75", "inf", "scores.csv, row 7, column work: found 'inf', which is no figure, expected a number"),
    ("scores", "0.75", '"0,75"', "row 7, column work: found '0,75', a number with a decimal comma, expected a number"),
    (
        "scores",
        "0.75,0.05",
        "0.75,-0.05",
        "row 7, column work_sd: found -0.05, expected a standard deviation of 0 or more",
    ),
    ("scores", "household,", "family,", "scores.csv, column household: found the columns family"),
    ("scores", "h3,Bo,0.75", "h3,Bo,9,0.75", "scores.csv, row 7: found 6 cells, expected 5"),
    ("scores", "h3,Bo,0.75,", "h3,Bo,", "scores.csv, row 7: found 4 cells, expected 5"),
    ("scores", "staying", "work", "scores.csv, row 1: found the column name 'work' 2 times, expected each name once"),
]


@pytest.mark.parametrize(("table", "right", "wrong", "said"), WRONG)
def test_what_is_wrong_is_told_with_file_row_and_column(tmp_path, table, right, wrong, said):
    texts = {"households": HOUSEHOLDS, "places": PLACES, "scores": SCORES}
    assert right in texts[table]
    found = said_of(folder_with(tmp_path, **{table: texts[table].replace(right, wrong)}))
    assert any(said in line for line in found), found


MORE = [
    ("allowed", "household,place,allowed\nh1,Aa,2\n", "allowed.csv, row 2, column allowed: found '2', expected 0 or 1"),
    ("allowed", "household,place\nh1,Aa\n", "allowed.csv, column allowed: found the columns household, place"),
    (
        "allowed",
        "household,place,allowed\nh1,Aa,1\nh1,Aa,0\n",
        "row 3, column household: found household h1 at Aa a second",
    ),
    ("ties", "tie,household\n1,h1\n2,h1\n", "ties.csv, row 3, column household: found household h1 a second time"),
    ("ties", "tie,household\n,h1\n", "ties.csv, row 2, column tie: found an empty cell"),
    ("ties", "tie\n1\n", "ties.csv, column household: found the columns tie"),
    (
        "ties",
        "tie,household\n1,h9\n",
        "ties.csv, row 2, column household: found 'h9', expected a household of the table households",
    ),
    (
        "locks",
        "household,place\nh1,Aa\nh1,Bo\n",
        "locks.csv, row 3, column household: found household h1 a second time",
    ),
    ("locks", "household\nh1\n", "locks.csv, column place: found the columns household"),
    ("locks", "household,place\nh1,Aab\n", "locks.csv, row 2, column place: found 'Aab' (is it 'Aa'?)"),
    ("wishes", "household,place\nh1,Aa\n", "wishes.csv, column rank: found the columns household, place"),
    ("wishes", "household,place,rank\nh1,Aa,0\n", "row 2, column rank: found neither a rank nor a veto"),
    (
        "wishes",
        "household,place,rank\nh1,Aa,1\nh1,Bo,1\n",
        "row 3, column rank: found a second place of rank 1 for household",
    ),
    ("wishes", "household,place,rank,veto\nh1,Aa,1,1\n", "row 2, column rank: found rank 1 and a veto"),
    ("scores", "household,place\nh1,Aa\n", "scores.csv: found no outcome, expected a column for each outcome"),
    ("scores", "household,place,work\n", "scores.csv: found a header and no rows"),
    ("households", "household;persons\nh1;1\n", "The file has semicolons: save it with commas between the columns."),
]


@pytest.mark.parametrize(("table", "text", "said"), MORE)
def test_what_is_wrong_with_other_tables_is_told_too(tmp_path, table, text, said):
    found = said_of(folder_with(tmp_path, **{table: text}))
    assert any(said in line for line in found), found


def test_a_pair_that_stands_twice_among_very_many_that_do_not_is_found(tmp_path):
    households = "household,persons,school\n" + "".join(f"x{number},1,0\n" for number in range(200))
    rules = "household,place,allowed\nx199,Aa,0\nx199,Bo,0\n"
    folder = folder_with(tmp_path, households=households, scores="", allowed=rules)
    assert read_problem(folder).allowed.sum() == 398
    (folder / "allowed.csv").write_text(rules + "x199,Bo,1\n", encoding="utf-8")
    assert "row 4, column household: found household x199 at Bo a second time" in said_of(folder)[0]


def test_errors_of_all_tables_come_together(tmp_path):
    folder = folder_with(tmp_path, locks="household,place\nh9,Aa\n", scores=SCORES.replace("0.75", "x"))
    assert [line.split(",")[0] for line in said_of(folder)] == ["scores.csv", "locks.csv"]


def test_of_many_errors_the_first_twenty_are_spelled_out_in_the_order_of_the_file(tmp_path):
    rows = "".join(f"x{number},a,-1\n" for number in range(15))
    found = said_of(folder_with(tmp_path, households="household,persons,school\n" + rows))
    assert len(found) == 21
    assert [line.split(",")[1] for line in found[:4]] == [" row 2", " row 2", " row 3", " row 3"]
    assert (
        found[-1] == "households.csv: found 10 more like these, expected none. Correct those above, then check again."
    )


def test_many_errors_of_one_kind_are_counted_without_being_spelled_out(tmp_path):
    rows = "".join(f"x{number},1,a\n" for number in range(50))
    found = said_of(folder_with(tmp_path, households="household,persons,school\n" + rows))
    assert len(found) == 21
    assert "found 30 more like these" in found[-1]


def test_blank_lines_do_not_shift_the_row_that_is_named(tmp_path):
    found = said_of(folder_with(tmp_path, scores=SCORES.replace("h3,Bo,0.75", "\n,,,,\nh3,Bo,x")))
    assert found == [
        "scores.csv, row 9, column work: found the text 'x', expected a number. "
        "Fill it in; a pair that has no forecast is left out, row and all."
    ]


def test_in_parquet_the_row_is_counted_from_one(tmp_path):
    folder = folder_with(tmp_path, scores="")
    scores = {"household": ["h1", "h2"], "place": ["Aa", "Aa"], "work": [0.1, None]}
    pl.DataFrame(scores).write_parquet(folder / "scores.parquet")
    assert said_of(folder)[0].startswith("scores.parquet, row 2, column work: found an empty cell")


def test_spaces_around_names_do_not_keep_them_apart(tmp_path):
    assert read_problem(folder_with(tmp_path, scores=SCORES.replace("h3,Bo", " h3 , Bo"))).allowed is None


def test_a_folder_that_is_not_there_and_tables_that_are_missing(tmp_path):
    assert "found no such folder, expected the folder of a placement problem" in said_of(tmp_path / "none")[0]
    (tmp_path / "file").write_text("")
    assert "found a file, expected the folder" in said_of(tmp_path / "file")[0]
    assert ["found no households.csv" in said_of(tmp_path)[0], "found no places.csv" in said_of(tmp_path)[1]] == [
        True
    ] * 2


def test_a_table_that_is_there_twice_is_refused(tmp_path):
    folder = folder_with(tmp_path)
    pl.DataFrame({"a": [1]}).write_parquet(folder / "scores.parquet")
    assert "found scores.csv and scores.parquet, expected one table of scores" in said_of(folder)[0]


def test_a_parquet_file_that_is_none(tmp_path):
    folder = folder_with(tmp_path, scores="")
    (folder / "scores.parquet").write_text("household,place")
    assert "scores.parquet: found a file that cannot be read" in said_of(folder)[0]


def test_scores_in_another_encoding_are_told_by_their_row(tmp_path):
    folder = folder_with(tmp_path)
    (folder / "scores.csv").write_bytes(SCORES.replace("h3,Bo", "h3,Bø").encode("latin-1"))
    assert "scores.csv, row 7: found a byte that is not UTF-8" in said_of(folder)[0]
    (folder / "scores.csv").write_bytes(SCORES.replace("work,", "førløb,").encode("latin-1"))
    assert "scores.csv, row 1: found a byte that is not UTF-8" in said_of(folder)[0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "found no JSON with resources that have a name and a path"),
        ('{"resources": [{"name": "households"}]}', "found no JSON with resources that have a name and a path"),
        ('{"resources": [{"name": "households", "path": "../x.csv"}]}', "found the path '../x.csv' of 'households'"),
        ('{"resources": [{"name": "households", "path": "x.csv"}]}', "expected a file in this folder"),
    ],
)
def test_a_descriptor_that_says_something_else(tmp_path, text, said):
    folder = folder_with(tmp_path)
    (folder / "datapackage.json").write_text(text, encoding="utf-8")
    assert said in said_of(folder)[0]


def save(folder: Path, **arrays: np.ndarray) -> Path:
    (folder / "scores").mkdir(exist_ok=True)
    for name, array in arrays.items():
        np.save(folder / "scores" / f"{name.replace('__', '.')}.npy", array)
    return folder


@pytest.mark.parametrize(
    ("arrays", "said"),
    [
        ({"x": np.ones((3, 3))}, "scores/x.npy: found 3 x 3 of float64, expected 3 x 2 of float32 or float64"),
        ({"x": np.ones((3, 2), int)}, "scores/x.npy: found 3 x 2 of int64, expected 3 x 2 of float32 or float64"),
        ({"work": np.ones((3, 2))}, "scores/work.npy: found the outcome work a second time"),
        ({"x__left": np.ones((3, 2))}, "scores/x.left.npy: found no x.right.npy, expected x.left.npy and x.right.npy"),
        ({"x__right": np.ones((2, 2))}, "scores/x.right.npy: found no x.left.npy"),
        (
            {"x__left": np.ones((3, 2)), "x__right": np.ones((2, 3))},
            "scores/x.left.npy: found 3 x 2 of float64 and 2 x 3 of float64, expected 3 x rank and 2 x rank",
        ),
        ({"x": np.full((3, 2), np.nan)}, "/scores, column x: found the score nan of household 0 at place 0"),
    ],
)
def test_what_is_wrong_with_arrays(tmp_path, arrays, said):
    found = said_of(save(folder_with(tmp_path), **arrays))
    assert any(said in line for line in found), found


def test_arrays_that_cannot_be_read(tmp_path):
    folder = save(folder_with(tmp_path), x__left=np.ones((3, 2)), x__right=np.ones((2, 2)))
    (folder / "scores" / "x.left.npy").write_bytes(b"nothing")
    (folder / "scores" / "y.npy").write_bytes(b"nothing")
    (folder / "allowed.npy").write_bytes(b"nothing")
    files = ["scores/x.left.npy", "scores/y.npy", "allowed.npy"]
    assert [line.partition(":")[0] for line in said_of(folder)] == files


def test_rules_as_array_of_another_kind_or_beside_a_table(tmp_path):
    folder = folder_with(tmp_path, allowed="household,place,allowed\nh1,Aa,0\n")
    np.save(folder / "allowed.npy", np.ones((3, 2)))
    found = said_of(folder)
    assert "allowed.npy: found allowed.npy beside a table allowed, expected one of the two" in found[0]
    assert "allowed.npy: found 3 x 2 of float64, expected 3 x 2 of bool" in found[1]


# There and back

names = st.text("abcÆøå ,;\"'0-", min_size=1, max_size=6).filter(lambda name: name == name.strip())
figures = st.floats(-1e6, 1e6, allow_nan=False)


@st.composite
def problems(draw):
    households = draw(st.lists(names, min_size=1, max_size=5, unique=True))
    places = draw(st.lists(names, min_size=1, max_size=4, unique=True))
    shape = len(households), len(places)
    dimensions = draw(st.sampled_from([("persons",), ("persons", "school children"), ("beds",)]))
    kind = draw(st.sampled_from([np.float64, np.float32]))

    def table(values, columns=shape[1], rows=shape[0]):
        row = st.lists(values, min_size=columns, max_size=columns)
        return np.array(draw(st.lists(row, min_size=rows, max_size=rows)))

    outcomes = {name: table(figures).astype(kind) for name in draw(st.sets(st.sampled_from(["work", "staying"])))}
    if draw(st.booleans()):
        outcomes["net"] = LowRank(table(figures, 2).astype(kind), table(figures, 2, shape[1]).astype(kind))
    allowed = table(st.booleans()) if draw(st.booleans()) else None
    order = draw(st.permutations(range(shape[0])))
    days = st.dates().map(lambda day: np.datetime64(day, "D"))
    return Problem(
        tuple(households),
        tuple(places),
        table(st.integers(0, 9), len(dimensions)),
        table(st.integers(0, 30), len(dimensions), shape[1]),
        outcomes,
        {name: np.abs(table(figures)).astype(kind) for name in outcomes if name == "work"},
        dimensions,
        allowed,
        table(st.integers(0, 5), shape[1], 1)[0],
        tuple(tuple(order[start : start + 2]) for start in range(0, 2 * draw(st.integers(0, shape[0] // 2)), 2)),
        table(st.integers(-1, shape[1] - 1), shape[0], 1)[0],
        {"origin": tuple(draw(st.lists(names | st.just(""), min_size=shape[0], max_size=shape[0])))},
        np.array(draw(st.lists(days, min_size=shape[0], max_size=shape[0]))) if draw(st.booleans()) else None,
        Wishes(np.argsort(np.argsort(table(figures), axis=1), axis=1)) if draw(st.booleans()) else None,
    )


@settings(max_examples=40)
@given(problems(), st.sampled_from(["csv", "parquet", "npy"]))
def test_a_problem_comes_back_as_it_was_written(tmp_path_factory, problem, file_format):
    folder = tmp_path_factory.mktemp("problem")
    write_problem(problem, folder, file_format=file_format)
    back = read_problem(folder)
    for name in ("households", "places", "dimensions", "groups", "ties"):
        assert getattr(back, name) == getattr(problem, name)
    for name in ("sizes", "capacity", "minimum", "locks"):
        assert getattr(back, name).tolist() == getattr(problem, name).tolist()
    allowed = np.ones(problem.shape, bool) if problem.allowed is None else problem.allowed
    assert back.allowed is None if allowed.all() else back.allowed.tolist() == allowed.tolist()
    assert set(back.outcomes) == set(problem.outcomes)
    assert set(back.sds) == set(problem.sds)
    for kind in ("outcomes", "sds"):
        for name, scores in getattr(problem, kind).items():
            again = getattr(back, kind)[name]
            if isinstance(scores, LowRank):
                assert (again.left == scores.left).all()
                assert (again.right == scores.right).all()
            else:
                assert (again == scores)[allowed].all()
    assert (back.arrival is None) == (problem.arrival is None)
    assert problem.arrival is None or (back.arrival == problem.arrival).all()
    wished = problem.wishes is not None and problem.wishes.rank.any()
    assert back.wishes.rank.tolist() == problem.wishes.rank.tolist() if wished else back.wishes is None
    assert fingerprint(back) == fingerprint(problem)


def test_the_written_package_says_what_it_holds(tmp_path):
    problem = read_problem(folder_with(tmp_path))
    write_problem(problem, tmp_path / "again", file_format="parquet")
    package = json.loads((tmp_path / "again" / "datapackage.json").read_text(encoding="utf-8"))
    assert [(one["name"], one["path"]) for one in package["resources"]] == [
        ("households", "households.csv"),
        ("places", "places.csv"),
        ("scores", "scores.parquet"),
    ]
    assert package["resources"][0]["schema"]["fields"][:2] == [
        {"name": "household", "type": "string"},
        {"name": "persons", "type": "integer"},
    ]
    assert package["resources"][0]["schema"]["fields"][3] == {"name": "arrival_date", "type": "date"}


def test_writing_over_an_earlier_problem_leaves_nothing_of_it_and_all_else(tmp_path):
    problem = read_problem(folder_with(tmp_path, locks="household,place\nh1,Aa\n"))
    (tmp_path / "letter.txt").write_text("kept", encoding="utf-8")
    (tmp_path / "allowed.npy").write_bytes(b"outdated")
    write_problem(problem, tmp_path, file_format="npy")
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "datapackage.json",
        "households.csv",
        "letter.txt",
        "locks.csv",
        "places.csv",
        "scores",
    ]
    write_problem(read_problem(tmp_path), tmp_path, file_format="csv")
    assert fingerprint(read_problem(tmp_path)) == fingerprint(problem)


def test_an_error_while_writing_leaves_the_folder_as_it_was(tmp_path, monkeypatch):
    problem = read_problem(folder_with(tmp_path))
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    def full(*_):
        raise OSError("no room")

    monkeypatch.setattr(pl.DataFrame, "write_parquet", full)
    with pytest.raises(OSError, match="no room"):
        write_problem(problem, tmp_path, file_format="parquet")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
    assert [path.name for path in tmp_path.parent.glob(f".{tmp_path.name}-*")] == []


def test_a_file_where_the_folder_should_be_is_refused(tmp_path):
    problem = read_problem(folder_with(tmp_path))
    (tmp_path / "file").write_text("")
    with pytest.raises(BadInput, match="found a file of that name, expected a folder"):
        write_problem(problem, tmp_path / "file")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"households": (" h", "b")}, "the household ' h'"),
        ({"places": ("", "b")}, "the place ''"),
        ({"dimensions": ("household",)}, "the dimension 'household'"),
        ({"groups": {"persons": ("a", "b")}}, "the group column 'persons'"),
        ({"groups": {"arrival": ("a", "b")}}, "the group column 'arrival'"),
        ({"outcomes": {"place": np.ones((2, 2))}}, "the outcome 'place'"),
        ({"outcomes": {"a/b": np.ones((2, 2))}}, "the outcome 'a/b'"),
        ({"outcomes": {"a": np.ones((2, 2)), "a_sd": np.ones((2, 2))}}, "the outcome 'a_sd'"),
    ],
)
def test_names_that_could_not_be_read_back_are_not_written(tmp_path, changed, said):
    parts = {"households": ("a", "b"), "places": ("c", "d"), "sizes": [1, 1], "capacity": [1, 1]}
    with pytest.raises(BadInput, match="a name of its own") as error:
        write_problem(Problem(**{**parts, **changed}), tmp_path / "out")
    assert said in str(error.value)
    assert not (tmp_path / "out").exists()
