"""The command line: reads arguments, calls one function, shows progress, chooses the exit code."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Annotated, NoReturn

import typer

from fodfaeste.cli import data, demo, place, register
from fodfaeste.cli._output import say_error
from fodfaeste.cli.audit import audit
from fodfaeste.cli.measure import measure
from fodfaeste.cli.report import report
from fodfaeste.cli.web import EVERYTHING, web
from fodfaeste.errors import FodfaesteError

EXIT_CODES = (
    "Exit codes: 0 done; 1 it could not be done (a port is taken, a folder is not yours), or audit --strict found "
    "something; 2 the command was written wrongly; 3 a file, a column, a row or a name is not what it has to be; "
    "4 refused, because an answer would mislead; 130 interrupted."
)

INTERRUPTED = 130

app = typer.Typer(
    name="fodfaeste",
    help="Where do newcomers take root? Measures how municipalities keep and employ them, and how sure that is.",
    epilog=EXIT_CODES,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(report)
app.command()(measure)
app.command()(audit)
app.add_typer(data.app, name="data")
app.add_typer(register.app, name="register")
app.add_typer(place.app, name="place")
app.command(context_settings=EVERYTHING, add_help_option=False)(web)
app.add_typer(demo.app, name="demo")


def _version(asked: bool) -> None:
    if asked:
        from fodfaeste import __version__

        typer.echo(f"fodfaeste {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    pass


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line; leaves with the exit code that the epilog of ``fodfaeste --help`` explains."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        app(given, prog_name="fodfaeste")
    except FodfaesteError as error:
        problem = error
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except OSError as error:
        problem = FodfaesteError(f"{error.filename or 'this machine'}: {error.strerror or error}.")
    say_error(problem, as_json="--json" in given)
    sys.exit(problem.exit_code)
