"""What a register has to fulfil: each rule with a drawn register that breaks it, and every kind of damage noticed."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from broken import DAMAGES, LIVES, WORKS, broken, sound
from broken import write as write_register

from fodfaeste.data.engine import open_engine
from fodfaeste.data.register import check, findings
from fodfaeste.data.register.rules import LOOKS
from fodfaeste.errors import BadInput

SEED = 4


@pytest.fixture(scope="module")
def damaged(engine, tmp_path_factory):
    """A register with every kind of damage, as CSV, looked through."""
    folder = write_register(broken(SEED), tmp_path_factory.mktemp("damaged"))
    return check(folder, engine=engine)


def rules_of(findings, table: str) -> set[str]:
    return set(findings.counts.filter(pl.col("table") == table)["rule"])


# Every kind of damage


@pytest.mark.parametrize("seed", [1, 2])
def test_a_sound_register_has_no_finding_and_all_its_rows_are_used(engine, tmp_path, seed):
    found = check(write_register(sound(seed), tmp_path), engine=engine)
    assert found.table.is_empty()
    assert not found.refused
    assert found.rows["rows_in"].to_list() == found.rows["rows_used"].to_list()


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_every_damage_is_noticed_by_its_rule(damaged, damage):
    table, rule = DAMAGES[damage]
    assert rule in rules_of(damaged, table)


def test_every_rule_has_a_damage_that_it_notices(engine, tmp_path):
    """So that no rule is there that nothing can break; the two of whole lines are below."""
    from fodfaeste.data.register.reading import load

    loaded, _ = load(write_register(sound(1), tmp_path), engine)
    named = {(look.table, rule.code) for look in LOOKS for rule in look.rules(loaded)}
    covered = set(DAMAGES.values())
    general = {code for _, code in covered} | {"uneven_row"}
    assert {code for _, code in named} <= general
    own = {pair for pair in named if pair[1] not in {"empty_cell", "uneven_row", *CELLS}}
    assert own - covered - {(WORKS, "duplicate_row")} == set()


CELLS = ("illegible_cell", "unknown_category", "out_of_range", "day_first", "decimal_comma")


def test_rows_in_are_rows_used_and_rows_listed(damaged):
    rows = damaged.rows
    assert (rows["rows_in"] == rows["rows_used"] + rows["rows_listed"]).all()
    assert (rows["rows_listed"] > 0).all()


def test_every_row_that_a_refusing_rule_finds_is_listed_once(damaged):
    refused = damaged.table.filter(pl.col("severity") == "refuse")
    for table, _, _, listed in damaged.rows.iter_rows():
        assert refused.filter(pl.col("file") == f"{table}.csv")["row"].n_unique() == listed


def test_every_finding_says_what_where_and_what_to_do(damaged):
    for one in damaged.table.iter_rows(named=True):
        assert one["row"] >= 2
        assert all(one[words] and "{" not in one[words] for words in ("found", "expected", "todo"))
    persons = damaged.table.filter(pl.col("file").is_in([f"{LIVES}.csv", f"{WORKS}.csv", "persons.csv"]))
    assert persons["person"].null_count() == 0


@pytest.mark.long
def test_csv_parquet_and_spark_find_the_same(engine, tmp_path):
    some = [damage for place, damage in enumerate(DAMAGES) if place % 8 == 3]
    first = None
    with open_engine("local") as spark:
        for suffix in (".csv", ".parquet"):
            folder = write_register(broken(SEED, *some, persons=10), tmp_path / suffix[1:], suffix)
            for one in (engine, spark):
                looked = check(folder, engine=one)
                table = looked.table.with_columns(pl.col("file").str.replace(suffix, "", literal=True))
                found = [part.to_dicts() for part in (table, looked.counts, looked.rows)]
                first = first or found
                assert found == first, (suffix, one.name)


# Rules one by one, drawn


def found(engine, folder: Path) -> list[tuple[int, str, str, str]]:
    """Row, rule, what was found and what was expected, of residence spells."""
    table = check(folder, engine=engine).table.filter(pl.col("file").str.starts_with(LIVES))
    return table.sort("row").select("row", "rule", "found", "expected").rows()


def test_a_gap_between_two_spells_is_told_and_refuses_nothing(engine, write):
    """Where somebody lived between two addresses is not known; that is no error of the register."""
    folder = write(
        residence_spells="""
        person | municipality | start      | end        | end_reason | to
        1      | 101          | 1999-01-01 | 2000-01-01 | unknown    |
        1      | 102          | 2000-06-01 |            | open       |
        2      | 101          | 1999-01-01 | 2000-01-01 | emigrated  |
        2      | 101          | 2000-06-01 |            | open       | """,
    )
    findings = check(folder, engine=engine)
    assert not findings.refused
    assert found(engine, folder) == [
        (
            2,
            "gap",
            "an end on 2000-01-01, and the next spell (row 3) from 2000-06-01",
            "a known address on each day",
        )
    ]


def test_a_move_into_the_municipality_that_one_lives_in(engine, write):
    folder = write(
        residence_spells="""
        person | municipality | start      | end        | end_reason | to
        1      | 101          | 1999-01-01 | 2000-01-01 | moved      | 101
        1      | 101          | 2000-01-01 |            | open       |
        2      | 101          | 1999-01-01 | 2000-01-01 | moved      | 101
        3      | 101          | 1999-01-01 | 2000-01-01 | moved      | 101
        3      | 102          | 2000-01-01 |            | open       | """,
    )
    assert [(row, rule) for row, rule, *_ in found(engine, folder)] == [
        (2, "moved_within"),
        (4, "moved_to_itself"),
        (5, "destination_not_next"),
    ]


def test_the_life_of_a_person_has_an_order(engine, write):
    folder = write(
        persons="""
        person | sex    | birth_date | citizenship | arrival_date
        1      | female | 1980-05-01 | IRQ         | 1999-01-01
        2      | male   | 1980-05-01 | IRQ         | 1999-01-01 """,
        residence_spells="""
        person | municipality | start      | end        | end_reason | to
        1      | 101          | 1998-12-01 | 2000-01-01 | died       |
        1      | 102          | 2001-01-01 |            | open       |
        2      | 102          | 1979-01-01 | 1979-06-01 | died       | """,
    )
    assert [(row, rule) for row, rule, *_ in found(engine, folder)] == [
        (2, "start_before_arrival"),
        (3, "after_death"),
        (4, "death_before_birth"),
        (4, "before_birth"),
    ]


def test_codes_have_their_time(engine, write):
    """201 became 401 in 2003, and 402 began then."""
    folder = write(
        residence_spells="""
        person | municipality | start      | end        | end_reason | to
        1      | 201          | 1999-01-01 | 2002-12-31 | unknown    |
        2      | 201          | 1999-01-01 | 2005-01-01 | unknown    |
        3      | 402          | 1999-01-01 | 2005-01-01 | unknown    |
        4      | 201          | 2003-01-01 |            | open       |
        5      | 777          | 1999-01-01 |            | open       | """,
    )
    assert [told for told in found(engine, folder) if told[1] != "late_residence"] == [
        (
            3,
            "code_outlived",
            "201, which ended on 2002-12-31 during the spell",
            "a code that is valid to the end of the spell",
        ),
        (4, "code_not_valid", "402, which was not valid on 1999-01-01", "a code that was valid on that day"),
        (5, "code_outdated", "201, which was no longer valid on 2003-01-01", "the code of that day, 401"),
        (6, "unknown_municipality", "777", "a code that is in the table municipalities"),
    ]


def test_a_cell_that_cannot_be_read_is_told_once_and_not_judged_further(engine, write):
    """The unreadable end would otherwise be an open spell before another, with a reason and no end."""
    folder = write(
        residence_spells="""
        person | municipality | start      | end        | end_reason | to
        1      | 101          | 1999-01-01 | 01-06-2000 | moved      | 102
        1      | 102          | 2000-06-01 |            | open       | """,
    )
    (only,) = check(folder, engine=engine).table.iter_rows(named=True)
    assert (only["row"], only["column"], only["rule"]) == (2, "end", "day_first")
    assert (only["found"], only["todo"]) == ("'01-06-2000'", "Write it as 2000-06-01.")


def test_what_was_meant_is_guessed(engine, write):
    folder = write(
        persons="""
        person | sex    | birth_date | citizenship | arrival_date | schooling
        1      | Female | 1980-05-01 | IRQ         | 1999-01-01   | secondry
        2      | kvinde | 1980-05-01 | IRQ         | 1999-01-01   | none """,
        residence_spells="""
        person | municipality | start      | end | end_reason | to
        1      | 101          | 1999-01-01 |     | open       |
        2      | 101          | 1999-01-01 |     | open       | """,
    )
    todos = check(folder, engine=engine).table.sort("row", "column")["todo"].to_list()
    assert todos == ["Did you mean secondary?", "Did you mean female?", "Correct it."]


def test_a_line_with_too_many_cells_is_listed_whole(engine, tmp_path):
    folder = write_register(sound(1, persons=3), tmp_path)
    with (folder / "persons.csv").open("a") as file:
        file.write("p9,h1,female,1970-01-01,IRQ,married,1999-01-01,refugee,none,and more\n")
    findings = check(folder, engine=engine)
    (only,) = findings.table.iter_rows(named=True)
    assert (only["row"], only["rule"]) == (5, "uneven_row")
    assert "and more" in only["found"]


def test_many_findings_are_counted_and_the_first_are_written_out(engine, tmp_path, monkeypatch):
    monkeypatch.setattr(findings, "SHOWN", 5)
    tables = sound(1)
    for row in tables["persons"]:
        row["citizenship"] = "somewhere"
    found = check(write_register(tables, tmp_path), engine=engine)
    assert found.counts.rows() == [("persons", "out_of_range", "refuse", 30, 5)]
    assert found.table["row"].to_list() == [2, 3, 4, 5, 6]
    assert found.rows.row(by_predicate=pl.col("table") == "persons") == ("persons", 30, 0, 30)


def test_the_error_names_the_first_twenty_and_counts_by_rule(damaged):
    with pytest.raises(BadInput) as error:
        damaged.raise_refused()
    *named, last = error.value.problems
    assert len(named) == 20
    refusing = damaged.counts.filter(pl.col("severity") == "refuse")
    assert last.found.startswith(f"{refusing['count'].sum()} problems (")
    assert f"{LIVES} moved_within 2" in last.found


def test_what_is_only_told_raises_nothing(engine, tmp_path):
    nobody = next(damage for damage in DAMAGES if damage.__name__ == "nobody_lives_there")
    check(write_register(broken(1, nobody), tmp_path), engine=engine).raise_refused()


def test_progress_names_each_table(engine, tmp_path):
    heard: list[tuple[str, float]] = []
    check(write_register(sound(1, persons=3), tmp_path), engine=engine, progress=lambda *said: heard.append(said))
    assert {doing for doing, _ in heard} >= {"check persons", "check residence_spells"}
    shares = [share for _, share in heard]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
