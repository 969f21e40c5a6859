"""`fodfaeste register`: builds, looks through and mends; the exit code says whether anything has to be put right."""

import importlib.util
import json
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from fodfaeste.cli import app, main


def run(*arguments):
    return CliRunner().invoke(app, ["register", *map(str, arguments)])


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    place = Path(__file__).parents[1] / "report" / "register" / "world.py"
    spec = importlib.util.spec_from_file_location("register_world_of_cli", place)
    world = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(world)
    return world.write(world.register(persons=40), tmp_path_factory.mktemp("sound"))


@pytest.fixture(scope="module")
def faulty(sound, tmp_path_factory):
    """The same register, in which one person has a sex that no rule knows."""
    folder = tmp_path_factory.mktemp("faulty")
    for file in sound.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    persons = pl.read_csv(folder / "persons.csv", infer_schema=False)
    wrong = pl.when(pl.int_range(pl.len()) == 1).then(pl.lit("femal")).otherwise("sex").alias("sex")
    persons.with_columns(wrong).write_csv(folder / "persons.csv")
    return folder


def test_build_passes_on_seed_size_and_kind_and_says_where(monkeypatch, tmp_path):
    given = {}

    def build(seed, scale, out, *, file_format, release, progress):
        progress(1, 2)
        given.update(seed=seed, scale=scale, out=out, file_format=file_format, release=release)
        return out

    monkeypatch.setattr("fodfaeste.data.synthetic.build", build)
    done = run("build", "--seed", 1, "-o", tmp_path / "s", "--scale", 0.5, "--format", "csv", "--no-rule")
    assert done.exit_code == 0, done.output
    assert given == {"seed": 1, "scale": 0.5, "out": tmp_path / "s", "file_format": "csv", "release": False}
    assert done.stdout.strip() == str(tmp_path / "s")
    assert "50% register 1 of 2" in done.stderr


def test_build_needs_a_seed(tmp_path):
    done = run("build", "-o", tmp_path / "s")
    assert done.exit_code == 2
    assert "--seed" in done.output


def test_check_of_a_sound_register_leaves_with_0_and_counts_every_row(sound):
    done = run("check", sound)
    assert done.exit_code == 0, done.output
    assert "persons: 40 rows in, 40 used, 0 listed" in done.stdout.splitlines()


def test_check_of_a_faulty_one_leaves_with_3_and_names_the_row(faulty, tmp_path):
    done = run("check", faulty, "-o", tmp_path / "findings.csv")
    assert done.exit_code == 3
    assert "persons: 40 rows in, 39 used, 1 listed" in done.stdout.splitlines()
    assert "persons.csv, row 3, sex: " in done.stdout
    assert "femal" in done.stdout
    written = pl.read_csv(tmp_path / "findings.csv")
    assert written.filter(pl.col("column") == "sex").select("file", "row", "severity").rows() == [
        ("persons.csv", 3, "refuse")
    ]


def test_check_for_machines_says_whether_the_register_is_ready(sound, faulty):
    ready, not_ready = (json.loads(run("check", folder, "--json").stdout) for folder in (sound, faulty))
    assert (ready["ready"], not_ready["ready"]) == (True, False)
    assert {row["table"]: row["rows_in"] for row in ready["rows"]}["persons"] == 40
    assert {row["severity"] for row in not_ready["rules"]} >= {"refuse"}


def test_mend_writes_a_copy_with_every_change_and_leaves_the_register_alone(faulty, tmp_path):
    before = {file.name: file.read_bytes() for file in faulty.iterdir()}
    done = run("mend", faulty, "-o", tmp_path / "mended")
    assert done.exit_code == 0, done.output
    assert {file.name: file.read_bytes() for file in faulty.iterdir()} == before
    changes = pl.read_csv(tmp_path / "mended" / "changes.csv", infer_schema=False)
    assert done.stdout.splitlines()[-1] == f"{tmp_path / 'mended' / 'changes.csv'}: {changes.height} changes"
    assert run("check", tmp_path / "mended").exit_code == 0


def test_mend_for_machines_counts_changes_and_rows(faulty, tmp_path):
    said = json.loads(run("mend", faulty, "-o", tmp_path / "mended", "--json").stdout)
    assert said["folder"] == str(tmp_path / "mended")
    rows = {row["table"]: row for row in said["rows"]}
    assert rows["persons"]["rows_in"] == rows["persons"]["rows_used"] + rows["persons"]["rows_listed"]
    assert said["changes"]


def test_a_folder_that_is_not_there_leaves_with_3(tmp_path, capsys):
    with pytest.raises(SystemExit) as left:
        main(["register", "check", str(tmp_path / "nowhere")])
    assert left.value.code == 3
    assert "no such folder" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["build", "check", "mend"])
def test_help_says_what_each_command_does(command):
    done = CliRunner().invoke(app, ["register", command, "--help"], env={"COLUMNS": "200", "NO_COLOR": "1"})
    assert done.exit_code == 0
    assert "--out" in done.output
