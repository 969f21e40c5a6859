from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
import typer
from typer.testing import CliRunner

from fodfaeste.cli.place.train import score, train
from fodfaeste.data import synthetic
from fodfaeste.errors import BadInput, Refused, UnknownName
from fodfaeste.place.folder import read_problem
from fodfaeste.place.outcomes.fitting import one_thread

app = typer.Typer()
app.command()(train)
app.command()(score)


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return synthetic.build(1, 0.03, tmp_path_factory.mktemp("register") / "r")


@pytest.fixture(scope="module")
def trained(register: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    folder = tmp_path_factory.mktemp("models") / "m"
    with one_thread():
        asked = ["train", str(register), "-o", str(folder), "--outcome", "work_24", "--seed", "1", "--kinds", "glm"]
        done = CliRunner().invoke(app, asked)
    assert done.exit_code == 0, done.output
    return folder, done.output


PEOPLE = """\
household,adult,schooling,civil_status,network,group_sex
a,1,none,married,IRQ,female
a,1,tertiary,married,IRQ,male
b,1,primary,unmarried,SOM,male
"""
PLACES = "place,capacity_persons,stock_IRQ,stock_SOM\n101,2,100,50\n461,3,20,40\n"


def written(folder: Path, people: str = PEOPLE) -> list[str]:
    (folder / "people.csv").write_text(people, encoding="utf-8")
    (folder / "places.csv").write_text(PLACES, encoding="utf-8")
    return [str(folder / "people.csv"), str(folder / "places.csv")]


def test_a_register_becomes_a_model_with_cards_in_both_languages(trained: tuple[Path, str]) -> None:
    folder, said = trained
    assert "work_24: " in said
    assert "; glm; " in said
    assert "cross-fitted" in said
    assert {"card.da.md", "card.en.md", "datasheet.json"} <= {path.name for path in folder.iterdir()}
    assert (folder / "card.da.md").read_text(encoding="utf-8") != (folder / "card.en.md").read_text(encoding="utf-8")


def test_a_model_and_two_tables_become_a_problem_that_can_be_read(trained: tuple[Path, str], tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["score", str(trained[0]), *written(tmp_path), "-o", str(tmp_path / "p")])
    assert done.exit_code == 0, done.output
    problem = read_problem(tmp_path / "p")
    assert problem.shape == (2, 2)
    assert problem.places == ("101", "461")
    assert "new-place" not in done.output
    assert problem.persons.tolist() == [2, 1]
    assert set(problem.outcomes) == set(problem.sds) == {"work_24"}
    assert problem.groups["sex"] == ("female", "male")
    table = pl.read_parquet(tmp_path / "p" / "scores.parquet")
    assert table.columns == ["household", "place", "work_24", "work_24_sd"]


def test_codes_stay_as_they_are_written_and_parquet_says_the_same(trained: tuple[Path, str], tmp_path: Path) -> None:
    numbered = PEOPLE.replace("\na,", "\n90071992547409931,").replace("\nb,", "\n90071992547409932,")
    people, places = written(tmp_path, numbered)
    done = CliRunner().invoke(app, ["score", str(trained[0]), people, places, "-o", str(tmp_path / "p")])
    assert done.exit_code == 0, done.output
    problem = read_problem(tmp_path / "p")
    assert problem.households == ("90071992547409931", "90071992547409932")
    pl.read_csv(people).write_parquet(tmp_path / "people.parquet")
    again = CliRunner().invoke(
        app, ["score", str(trained[0]), str(tmp_path / "people.parquet"), places, "-o", str(tmp_path / "q")]
    )
    assert again.exit_code == 0, again.output
    assert (read_problem(tmp_path / "q").outcomes["work_24"] == problem.outcomes["work_24"]).all()


def test_json_tells_of_drift_and_notes(trained: tuple[Path, str], tmp_path: Path) -> None:
    asked = ["score", str(trained[0]), *written(tmp_path), "-o", str(tmp_path / "p"), "--json", "--aggregate", "mean"]
    done = CliRunner().invoke(app, asked)
    told = json.loads(done.stdout)
    assert told["outcomes"] == ["work_24"]
    assert {"feature", "psi", "outside", "verdict"} == set(told["drift"][0])


def test_a_forbidden_column_is_refused_with_the_files_name(trained: tuple[Path, str], tmp_path: Path) -> None:
    people = written(tmp_path, PEOPLE.replace("group_sex", "sex"))
    done = CliRunner().invoke(app, ["score", str(trained[0]), *people, "-o", str(tmp_path / "p")])
    assert isinstance(done.exception, BadInput)
    assert "people.csv, column sex" in str(done.exception)
    assert not (tmp_path / "p").exists()


def test_features_that_give_nationality_away_are_refused_and_leave_nothing(register: Path, tmp_path: Path) -> None:
    asked = ["train", str(register), "-o", str(tmp_path / "m"), "--outcome", "work_24"]
    features = ["--feature", "schooling", "--feature", "permit"]
    with one_thread():
        done = CliRunner().invoke(app, [*asked, *features])
    assert isinstance(done.exception, Refused)
    assert "'permit'" in str(done.exception)
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_aggregate_is_answered_with_those_there_are(trained: tuple[Path, str], tmp_path: Path) -> None:
    asked = ["score", str(trained[0]), *written(tmp_path), "-o", str(tmp_path / "p"), "--aggregate", "best"]
    assert isinstance(CliRunner().invoke(app, asked).exception, UnknownName)


def test_an_unknown_kind_of_model_is_answered_before_the_register_is_read(tmp_path: Path) -> None:
    done = CliRunner().invoke(
        app, ["train", str(tmp_path / "none"), "-o", str(tmp_path / "m"), "--kinds", "glm, forest"]
    )
    assert isinstance(done.exception, UnknownName)
    assert "boosting" in str(done.exception)
