"""A mended copy: what each rule does, drawn before and after; and what holds for every kind of damage."""

from __future__ import annotations

import csv
from pathlib import Path

import polars as pl
import pytest
from broken import DAMAGES, broken, drawn, sound
from broken import write as write_register
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fodfaeste.data.register import check, mend, mending, open_register
from fodfaeste.errors import BadInput

SEED = 11


@pytest.fixture(scope="module")
def mended(tmp_path_factory):
    """Every kind of damage at once, and below it the drawn persons, mended."""
    place = tmp_path_factory.mktemp("mended")
    tables = broken(SEED)
    for name, text in BEFORE.items():
        tables[name] += drawn(text)
    return write_register(tables, place / "broken"), mend(place / "broken", place / "whole")


BEFORE = {
    "persons": """
        person | household | sex    | birth_date | citizenship | civil_status | arrival_date | permit  | schooling
        1      |           | female | 1970-05-01 | IRQ         | married      | 1999-01-01   | refugee | none
        2      |           | male   | 1970-05-01 | IRQ         | married      | 1999-01-01   | refugee | none
        3      |           | female | 1970-05-01 | IRQ         | married      | 1999-01-01   | refugee | none
        4      |           | male   | 1970-05-01 | IRQ         | married      | 1999-01-01   | refugee | none
        5      |           | female | 1970-05-01 | IRQ         | married      | 1999-01-01   | refugee | none
        6      |           |        | 1970-05-01 | IRQ         | married      | 1999-01-01   | refugee | none """,
    "residence_spells": """
        person | municipality | start      | end        | end_reason | to
        1      | 101          | 1999-01-01 | 2001-06-01 | moved      | 102
        1      | 102          | 2001-01-01 |            | open       |
        2      | 101          | 1999-01-01 |            | open       |
        2      | 103          | 2001-01-01 |            | open       |
        3      | 101          | 1999-01-01 | 1999-05-01 | moved      | 101
        3      | 101          | 1999-05-01 | 2000-05-01 | moved      | 101
        3      | 101          | 2000-05-01 | 2002-05-01 | moved      | 104
        3      | 104          | 2002-05-01 |            | open       |
        4      | 101          | 1999-01-01 | 2002-01-01 | unknown    |
        4      | 101          | 2000-01-01 | 2003-01-01 | died       |
        5      | 101          | 1999-01-01 | 2001-01-01 | emigrated  |
        6      | 101          | 1999-01-01 |            | open       | """,
    "employment_spells": """
        person | start      | end        | kind
        1      | 2000-01-01 | 2001-01-01 | employee
        1      | 2000-03-01 | 2000-04-01 | employee
        1      | 2000-09-01 | 2001-09-01 | employee
        1      | 2000-09-01 | 2001-09-01 | education
        5      | 2000-09-01 |            | employee
        5      | 2002-09-01 |            | employee
        6      | 2000-01-01 |            | employee """,
}


def read(folder: Path, table: str) -> pl.DataFrame:
    return pl.read_csv(folder / f"{table}.csv", infer_schema=False).with_columns(pl.all().replace("", None))


def rows_in_file(folder: Path, table: str) -> int:
    with (folder / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return sum(1 for _ in csv.reader(file)) - 1


# Every kind of damage at once


def test_the_mended_copy_can_be_opened(mended, engine):
    _, result = mended
    register = open_register(result.folder, engine=engine)
    assert set(register.findings["severity"]) <= {"told"}


def test_rows_in_are_rows_used_and_rows_listed(mended):
    """Counted here in the files themselves, and in the list of changes."""
    folder, result = mended
    changes = read(result.folder, "changes")
    for table, rows_in, rows_used, rows_listed in result.rows.iter_rows():
        assert rows_in == rows_in_file(folder, table)
        assert rows_used == rows_in_file(result.folder, table)
        taken_out = changes.filter((pl.col("file") == f"{table}.csv") & pl.col("column").is_null())
        assert rows_listed == taken_out.height == taken_out["row"].n_unique()
        assert rows_in == rows_used + rows_listed


def test_mending_what_is_mended_changes_nothing(mended, tmp_path):
    _, result = mended
    again = mend(result.folder, tmp_path / "again")
    assert again.changes.is_empty()
    for file in result.folder.iterdir():
        if file.name != mending.CHANGES:
            assert (tmp_path / "again" / file.name).read_bytes() == file.read_bytes()


def test_the_list_of_changes_leads_from_the_broken_register_to_the_mended_one(mended):
    """Done by hand, change after change; so no cell changed that is not listed."""
    folder, result = mended
    changes = read(result.folder, "changes").with_columns(pl.col("row").cast(pl.Int64))
    assert changes.equals(result.changes)
    for table in result.rows["table"]:
        lines = {number + 2: row for number, row in enumerate(read(folder, table).iter_rows(named=True))}
        for one in changes.filter(pl.col("file") == f"{table}.csv").iter_rows(named=True):
            if one["column"] is None:
                gone = lines.pop(one["row"])
                assert next(csv.reader([one["before"]])) == [cell or "" for cell in gone.values()]
            else:
                assert lines[one["row"]][one["column"]] == one["before"]
                lines[one["row"]][one["column"]] = one["after"]
        assert list(lines.values()) == read(result.folder, table).to_dicts()


def test_every_change_gives_its_rule_and_its_reason(mended):
    _, result = mended
    assert result.changes.select(pl.col("rule", "reason").null_count()).row(0) == (0, 0)
    assert result.counts["changes"].sum() == result.changes.height
    assert result.counts["rows_out"].sum() == result.rows["rows_listed"].sum()


def test_every_rule_that_refuses_mends_something(mended):
    _, result = mended
    refusing = {rule for _, rule in DAMAGES.values()} - ONLY_TOLD
    assert set(result.counts["rule"]) == refusing


ONLY_TOLD = {"no_residence", "late_residence", "code_outlived", "gap", "destination_unknown"}


@pytest.mark.long
def test_parquet_stays_parquet_with_its_types(tmp_path, engine):
    some = [damage for place, damage in enumerate(DAMAGES) if place % 9 == 2]
    folder = write_register(broken(SEED, *some, persons=6), tmp_path / "broken", ".parquet")
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    result = mend(folder, tmp_path / "whole")
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before, "the source is not touched"
    for file in folder.glob("*.parquet"):
        assert pl.read_parquet_schema(result.folder / file.name) == pl.read_parquet_schema(file)
    assert (result.rows["rows_in"] == result.rows["rows_used"] + result.rows["rows_listed"]).all()
    assert not check(result.folder, engine=engine).refused


@pytest.mark.long
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 10**6), st.lists(st.sampled_from(list(DAMAGES)), min_size=1, max_size=8))
def test_any_damages_together_are_mended(tmp_path_factory, seed, damages):
    place = tmp_path_factory.mktemp("any")
    result = mend(write_register(broken(seed, *damages, persons=12), place / "broken"), place / "whole")
    assert (result.rows["rows_in"] == result.rows["rows_used"] + result.rows["rows_listed"]).all()
    assert mend(result.folder, place / "again").changes.is_empty()


# Rules one by one, drawn before and after


def lines(text: str) -> list[tuple[str | None, ...]]:
    return [tuple(cell.strip() or None for cell in line.split("|")) for line in text.strip().splitlines()]


def of_the_drawn(mended, table: str) -> list[tuple[str | None, ...]]:
    _, result = mended
    return read(result.folder, table).filter(pl.col("person").str.contains(r"^\d$")).rows()


def test_where_somebody_lived_the_later_entry_counts_and_one_stay_is_one_spell(mended):
    """1 overlaps, 2 is open twice, 3 moved inside one municipality, 4 has two rows that overlap in one place."""
    assert of_the_drawn(mended, "residence_spells") == lines("""
        1      | 101          | 1999-01-01 | 2001-01-01 | moved      | 102
        1      | 102          | 2001-01-01 |            | open       |
        2      | 101          | 1999-01-01 | 2001-01-01 | moved      | 103
        2      | 103          | 2001-01-01 |            | open       |
        3      | 101          | 1999-01-01 | 2002-05-01 | moved      | 104
        3      | 104          | 2002-05-01 |            | open       |
        4      | 101          | 1999-01-01 | 2003-01-01 | died       |
        5      | 101          | 1999-01-01 | 2001-01-01 | emigrated  | """)


def test_work_is_counted_once_a_day_and_ends_with_the_stay(mended):
    """1 has jobs that overlap, one of them inside the first; 5 emigrated in 2001."""
    assert of_the_drawn(mended, "employment_spells") == lines("""
        1      | 2000-01-01 | 2001-01-01 | employee
        1      | 2001-01-01 | 2001-09-01 | employee
        1      | 2000-09-01 | 2001-09-01 | education
        5      | 2000-09-01 | 2001-01-01 | employee """)


def test_who_is_taken_out_takes_the_spells_along_and_all_are_listed(mended):
    """6 has no sex in the register."""
    _, result = mended
    listed = result.changes.filter(pl.col("before").str.starts_with("6,"))
    assert listed.select("file", "rule", "before").rows() == [
        ("employment_spells.csv", "unknown_person", "6,2000-01-01,,employee"),
        ("persons.csv", "empty_cell", "6,,,1970-05-01,IRQ,married,1999-01-01,refugee,none"),
        ("residence_spells.csv", "unknown_person", "6,101,1999-01-01,,open,"),
    ]


def test_a_line_of_too_many_cells_is_listed_to_the_letter(tmp_path):
    folder = write_register(sound(1, persons=3), tmp_path / "broken")
    line = 'p9,h1,female,1970-01-01,IRQ,married,1999-01-01,refugee,none,"and, more"'
    with (folder / "persons.csv").open("a") as file:
        file.write(f"{line}\n")
    (only,) = mend(folder, tmp_path / "whole").changes.iter_rows(named=True)
    assert (only["row"], only["rule"], only["before"]) == (5, "uneven_row", line)


# Asking for it


def test_a_sound_register_is_copied_with_an_empty_list_of_changes(tmp_path):
    (tmp_path / "copy").mkdir()
    result = mend(write_register(sound(1, persons=4), tmp_path / "sound"), tmp_path / "copy")
    assert (tmp_path / "copy" / "changes.csv").read_text() == "file,row,column,rule,before,after,reason\n"
    assert result.changes.is_empty()
    assert result.rows["rows_listed"].sum() == 0


def test_nothing_is_overwritten(tmp_path):
    folder = write_register(sound(1, persons=4), tmp_path / "sound")
    with pytest.raises(BadInput, match="something already there"):
        mend(folder, folder)


def test_what_no_rule_can_mend_is_refused(tmp_path):
    folder = write_register(sound(1, persons=4), tmp_path / "broken")
    (folder / "persons.csv").unlink()
    with pytest.raises(BadInput, match="no such table"):
        mend(folder, tmp_path / "whole")
    assert not (tmp_path / "whole").exists()


def test_an_interrupted_mending_leaves_nothing(tmp_path, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(mending, "write_csv", interrupted)
    with pytest.raises(KeyboardInterrupt):
        mend(write_register(sound(1, persons=4), tmp_path / "sound"), tmp_path / "copy")
    assert [path.name for path in tmp_path.iterdir()] == ["sound"]


def test_a_rule_that_would_go_in_circles_is_our_error_and_said_so(tmp_path, monkeypatch):
    monkeypatch.setattr(mending, "MOST_STEPS", -1)
    with pytest.raises(RuntimeError, match="comes to no end"):
        mend(write_register(sound(1, persons=4), tmp_path / "sound"), tmp_path / "copy")
