"""The report of 2002: its figures as printed, a Frictionless data package of 28 tables."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from fodfaeste.data.package import Package, Table, read


@cache
def package() -> Package:
    """Return the whole package; tables are read when they are first asked for."""
    return read(files(__name__))


def names() -> tuple[str, ...]:
    """List the names of its tables, in the report's order."""
    return package().names


def load(name: str) -> Table:
    """Return one table.

    Raises
    ------
    UnknownName
        If the report has no such table; the message says what was probably meant.
    """
    return package().table(name)
