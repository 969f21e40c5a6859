"""`fodfaeste web`: the door to the web application, which runs as a program of its own."""

from __future__ import annotations

import os
import sys

import typer

EVERYTHING = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}


def web(context: typer.Context) -> None:
    """Serve the web application: serve, migrate, manage, new-administrator. `fodfaeste web --help` says more."""
    # In place of this process: a signal sent to it reaches the server, and nothing is left behind.
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "fodfaeste.web", *(context.args or ["--help"])])
