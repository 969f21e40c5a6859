"""The front door: a register is opened as it is, or not at all."""

from __future__ import annotations

import polars as pl
import pytest
from broken import DAMAGES, broken, sound
from broken import write as write_register

from fodfaeste.data.register import TABLES, open_register
from fodfaeste.errors import BadInput

POLARS = {"text": pl.String, "date": pl.Date, "number": pl.Float64, "year": pl.Int64}


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_its_tables_have_the_columns_and_types_of_their_schemas(engine, tmp_path, suffix):
    register = open_register(write_register(sound(1, persons=5), tmp_path, suffix), engine=engine)
    for name, table in register.tables.items():
        found = engine.fetch(table)
        schema = {column.name: POLARS[column.kind] for column in TABLES[name].columns}
        own = {"unemployment_rate": pl.Float64} if name == "municipality_indicators" else {}
        assert dict(found.schema) == schema | own


def test_it_knows_what_it_says_of_itself(engine, tmp_path):
    register = open_register(write_register(sound(1, persons=5), tmp_path), engine=engine)
    assert f"{register.settings.observed_until}" == "2006-12-31"
    assert register.settings.rule_months == 36


def test_a_register_without_indicators_has_no_table_of_them(engine, tmp_path):
    folder = write_register(sound(1, persons=5), tmp_path)
    (folder / "municipality_indicators.csv").unlink()
    assert "municipality_indicators" not in open_register(folder, engine=engine).tables


def test_a_broken_register_is_refused_and_its_engine_let_go(tmp_path):
    folder = write_register(broken(1, next(iter(DAMAGES)), persons=5), tmp_path / "broken")
    with pytest.raises(BadInput, match=r"persons\.csv, row \d+, column sex: found an empty cell"):
        open_register(folder, work=tmp_path / "work")
    assert (tmp_path / "work").is_dir()


def test_an_engine_that_was_open_stays_open_when_the_register_is_refused(engine, tmp_path):
    with pytest.raises(BadInput, match="an empty cell"):
        open_register(write_register(broken(1, next(iter(DAMAGES)), persons=5), tmp_path), engine=engine)
    sound_one = open_register(write_register(sound(1, persons=5), tmp_path / "sound"), engine=engine)
    assert engine.fetch(sound_one.tables["persons"]).height == 5


def test_empty_tables_are_a_register_of_nobody(engine, tmp_path):
    register = open_register(write_register(sound(1, persons=0), tmp_path), engine=engine)
    assert engine.fetch(register.tables["persons"]).is_empty()


def test_what_is_told_comes_with_the_register(engine, tmp_path):
    gap = next(damage for damage in DAMAGES if damage.__name__ == "a_gap")
    register = open_register(write_register(broken(1, gap, persons=5), tmp_path), engine=engine)
    assert register.findings["rule"].to_list() == ["gap"]
    assert (register.rows["rows_listed"] == 0).all()


def test_leaving_a_register_closes_the_engine_that_it_opened(tmp_path):
    with open_register(write_register(sound(1, persons=5), tmp_path)) as register:
        work = register.engine.work
        assert work.is_dir()
    assert not work.exists()


def test_an_engine_that_was_open_stays_open(engine, tmp_path):
    with open_register(write_register(sound(1, persons=5), tmp_path), engine=engine) as register:
        persons = register.tables["persons"]
    assert engine.fetch(persons.count().as_table()).item() == 5
