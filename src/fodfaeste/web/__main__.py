"""``python -m fodfaeste.web``: serves the web application, brings its database up to date, makes the first users."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Sequence
from typing import Annotated, NoReturn

import typer

from fodfaeste.errors import FodfaesteError

HOST = "127.0.0.1"
PORT = 8000
WORKERS = max(4, 2 * (os.cpu_count() or 1))
"""Processes that answer, one request at a time each: a request computes more than it waits for the database, and
threads of one process would wait for each other. While one is busy for long, the others answer."""

IN_HAND = 6
"""Connections that a process takes on, those that are kept open too; more would wait with it while another is idle."""

app = typer.Typer(
    name="fodfaeste web",
    help="The web application. Where it keeps what, and who reaches it, the environment says: FODFAESTE_DATA, "
    "DATABASE_URL, FODFAESTE_HOSTS and others, which the reference names.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _django() -> None:
    """Read the settings; only now, so that ``--help`` answers at once and makes no data folder."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fodfaeste.web.config.settings")
    django.setup()


@app.command()
def serve(
    port: Annotated[int, typer.Option(min=1, max=65535, help="Serve on this port.")] = PORT,
) -> None:
    """Bring the database up to date and serve on this machine alone, until Ctrl-C.

    A web server in front of it (nginx, Caddy) gives it to others, with https.
    """
    _refuse_a_taken_port(port)
    _django()
    _migrate()
    _compile_loops()
    arguments = [
        "--config",
        "python:fodfaeste.web.config.serving",
        "--no-control-socket",
        "--log-level",
        "warning",
        "--preload",
        "--worker-class",
        "gthread",
        "--workers",
        str(WORKERS),
        "--threads",
        "1",
        "--worker-connections",
        str(IN_HAND),
    ]
    command = [sys.executable, "-m", "gunicorn", *arguments, "--bind", f"{HOST}:{port}"]
    typer.echo(f"Served at http://{HOST}:{port}/ until you press Ctrl-C.")
    sys.stdout.flush()
    os.execv(sys.executable, [*command, "fodfaeste.web.config.wsgi:application"])


def _compile_loops() -> None:
    """Let a process of its own compile what places households, so that nobody's first proposal waits for it.

    Where set-up has done it, it ends in seconds. The server, which takes this process's place, knows that it may have
    children who are none of its workers.
    """
    nothing = subprocess.DEVNULL
    command = [sys.executable, "-m", "fodfaeste.place.loops"]
    subprocess.Popen(command, stdin=nothing, stdout=nothing, stderr=nothing, start_new_session=True)


def _refuse_a_taken_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise FodfaesteError(
                f"Port {port} is taken by another program or not yours to use ({error.strerror}). "
                f"Choose another: fodfaeste web serve --port {PORT + 1 if port == PORT else PORT}"
            ) from None


@app.command()
def migrate() -> None:
    """Bring the database up to date, as its owner where FODFAESTE_OWNER_DATABASE_URL names one."""
    _django()
    _migrate()


def _migrate() -> None:
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connections

    from fodfaeste.web.audit.owning import without_wall

    database = "owner" if "owner" in settings.DATABASES else "default"
    call_command("migrate", database=database, verbosity=0)
    if why := without_wall(connections["default"]):
        typer.echo(f"Warning: {why}", err=True)
    connections.close_all()


@app.command(
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []},
    add_help_option=False,
)
def manage(context: typer.Context) -> None:
    """Run one of Django's own commands, such as `check --deploy` or `clearsessions`; `help` lists them."""
    from django.core.management import execute_from_command_line

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fodfaeste.web.config.settings")
    execute_from_command_line(["fodfaeste web manage", *context.args])


@app.command()
def new_administrator(
    email: Annotated[str, typer.Argument(help="The address that they sign in with.")],
    name: Annotated[str, typer.Argument(help="Their name.")],
    organisation: Annotated[
        str, typer.Option(help="A municipality's name or code, or the name of another organisation.")
    ],
    kind: Annotated[
        str,
        typer.Option(
            help="What kind to make where there is none by that name: municipality, school, association or agency."
        ),
    ] = "municipality",
    address: Annotated[
        str, typer.Option(help=f"How people reach the site.  [default: http://{HOST}:{PORT}]", show_default=False)
    ] = f"http://{HOST}:{PORT}",
) -> None:
    """Make an administrator of an organisation, and print a link with which they choose a password, once."""
    _django()
    from fodfaeste.web.accounts.domain.first import first_administrator
    from fodfaeste.web.accounts.domain.links import password_link

    user = first_administrator(email, name, organisation, kind)
    typer.echo(f"{address.rstrip('/')}{password_link(user)}")
    typer.echo(f"Give this link to {user.name}: it holds for 3 days, and until a password is chosen.", err=True)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line; exit codes are those of ``fodfaeste``."""
    try:
        app(list(sys.argv[1:] if arguments is None else arguments), prog_name="fodfaeste web")
    except FodfaesteError as error:
        typer.echo(f"Error: {error}", err=True)
        sys.exit(error.exit_code)
    sys.exit(0)


if __name__ == "__main__":
    main()
