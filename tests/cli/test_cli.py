"""The command line: what it prints, where errors go, which exit code it leaves with."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import typer

from fodfaeste import __version__
from fodfaeste.cli import app, main
from fodfaeste.data.report2002 import names
from fodfaeste.errors import Refused

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "command-line.md"


class Ended(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture
def fodfaeste(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run a command line as a user would, on a terminal wide enough not to break lines."""
    monkeypatch.setenv("COLUMNS", "200")

    def run(*arguments: str) -> Ended:
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        captured = capsys.readouterr()
        return Ended(int(ended.value.code or 0), captured.out, captured.err)

    return run


def test_version(fodfaeste: Any) -> None:
    assert fodfaeste("--version") == Ended(0, f"fodfaeste {__version__}\n", "")


def test_help_names_the_commands_and_explains_the_exit_codes(fodfaeste: Any) -> None:
    code, out, _ = fodfaeste("--help")
    assert code == 0
    for said in ("audit", "report", "data", "demo", "4 refused", "130 interrupted"):
        assert said in out


def test_a_mistyped_command_is_a_usage_error_that_says_what_was_probably_meant(fodfaeste: Any) -> None:
    code, out, err = fodfaeste("dmo")
    assert (code, out) == (2, "")
    assert "Did you mean 'demo'?" in err


def test_a_mistyped_subcommand_too(fodfaeste: Any) -> None:
    code, _, err = fodfaeste("data", "lst")
    assert code == 2
    assert "Did you mean 'list'?" in err


def test_list_names_every_table_with_its_rows(fodfaeste: Any) -> None:
    code, out, _ = fodfaeste("data", "list")
    assert code == 0
    lines = {line.split()[0]: line for line in out.splitlines() if line.strip()}
    assert set(names()) <= set(lines)
    assert lines["employment_2000"].split()[1] == "216"


def test_list_as_json(fodfaeste: Any) -> None:
    code, out, _ = fodfaeste("data", "list", "--json")
    tables = json.loads(out)
    assert code == 0
    assert [table["name"] for table in tables] == list(names())
    assert tables[0]["rows"] == 14
    assert tables[0]["provenance"]["chapter"].startswith("Chapter 1")


def test_show_prints_provenance_columns_with_units_and_rows_as_printed(fodfaeste: Any) -> None:
    code, out, _ = fodfaeste("data", "show", "retention_totals")
    assert code == 0
    assert "Appendix 3" in out
    assert ["moved_pct_published", "number", "percent"] in [line.split()[:3] for line in out.splitlines()]
    assert ["rural", "9134", "5656", "61.92"] in [line.split() for line in out.splitlines()]


def test_show_says_how_to_see_the_rows_it_left_out(fodfaeste: Any) -> None:
    _, out, _ = fodfaeste("data", "show", "moves_matrix", "--rows", "2")
    assert "12 more rows: fodfaeste data show moves_matrix --rows 14" in out
    _, out, _ = fodfaeste("data", "show", "moves_matrix", "--rows", "14")
    assert "more rows" not in out


def test_show_as_json_gives_figures_as_numbers_and_all_rows(fodfaeste: Any) -> None:
    _, out, _ = fodfaeste("data", "show", "moves_matrix", "--json")
    table = json.loads(out)
    assert len(table["data"]) == table["rows"] == 14
    assert table["data"][0]["persons"] == 3478
    assert {"name": "persons", "type": "integer", "unit": "persons"}.items() <= table["columns"][3].items()


def test_show_as_json_keeps_to_the_rows_asked_for(fodfaeste: Any) -> None:
    _, out, _ = fodfaeste("data", "show", "moves_matrix", "--json", "--rows", "3")
    assert len(json.loads(out)["data"]) == 3


def test_an_unknown_table_is_bad_input_and_goes_to_stderr(fodfaeste: Any) -> None:
    code, out, err = fodfaeste("data", "show", "moves_matrx")
    assert (code, out) == (3, "")
    assert err.startswith("Error: ")
    assert "Did you mean moves_matrix" in err
    assert "Traceback" not in err


def test_with_json_an_error_is_json_on_stderr(fodfaeste: Any) -> None:
    code, out, err = fodfaeste("data", "show", "moves_matrx", "--json")
    error = json.loads(err)["error"]
    assert (code, out) == (3, "")
    assert (error["kind"], error["exit_code"]) == ("UnknownName", 3)
    assert "moves_matrix" in error["problems"][0]["todo"]


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    def fail_with(error: BaseException) -> None:
        def names() -> None:
            raise error

        monkeypatch.setattr("fodfaeste.data.report2002.names", names)

    return fail_with


def test_a_refusal_leaves_with_4(fodfaeste: Any, failing: Any) -> None:
    failing(Refused("Ask [something] else."))
    assert fodfaeste("data", "list") == Ended(4, "", "Error: Ask [something] else.\n")


def test_a_refusal_has_no_problems_in_json(fodfaeste: Any, failing: Any) -> None:
    failing(Refused("No."))
    error = json.loads(fodfaeste("data", "list", "--json").err)["error"]
    assert error == {"kind": "Refused", "exit_code": 4, "message": "No.", "problems": []}


def test_a_file_that_may_not_be_read_is_told_without_a_traceback(fodfaeste: Any, failing: Any) -> None:
    failing(PermissionError(13, "Permission denied", "/data/register.csv"))
    assert fodfaeste("data", "list") == Ended(1, "", "Error: /data/register.csv: Permission denied.\n")


def test_ctrl_c_leaves_quietly_with_130(fodfaeste: Any, failing: Any) -> None:
    failing(KeyboardInterrupt())
    assert fodfaeste("data", "list") == Ended(130, "", "")


def test_a_mistake_of_ours_is_not_dressed_up_as_the_users(failing: Any) -> None:
    failing(ZeroDivisionError())
    with pytest.raises(ZeroDivisionError):
        main(["data", "list"])


def commands(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    if subcommands := getattr(command, "commands", {}):
        for name, subcommand in subcommands.items():
            yield from commands(subcommand, (*path, name))
    else:
        yield path, command


@pytest.mark.parametrize(
    ("path", "command"),
    [pytest.param(path, command, id=" ".join(path)) for path, command in commands(typer.main.get_command(app))],
)
def test_every_command_and_option_stands_on_its_page(path: tuple[str, ...], command: Any) -> None:
    _, _, below = PAGE.read_text(encoding="utf-8").partition(f"## `fodfaeste {' '.join(path)}")
    section = below.partition("\n## ")[0]
    assert section, f"{' '.join(path)} has no section"
    options = {name for parameter in command.params for name in parameter.opts if name.startswith("--")} - {"--help"}
    assert {name for name in options if f"`{name}" not in section} == set()
