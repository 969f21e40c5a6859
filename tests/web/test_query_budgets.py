"""How many queries each page makes: stored in query_budgets.toml, at most 25, and the same with 5 rows and with 50.

The pages are those of the access matrix that answer somebody with 200. What they make now is stored anew by::

    QUERY_BUDGETS=store .venv/bin/pytest -q -p no:xdist --no-cov tests/web/test_query_budgets.py
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from fodfaeste.web.accounts.models import User
from fodfaeste.web.accounts.roles import Role

from .access_objects import OBJECTS
from .conftest import Country, signed_in
from .query_rows import grow
from .test_access_matrix import BY_NAME, ROUTES, everybody, expected_of

MOST = 25
FEW, MANY = 5, 50
FILE = Path(__file__).parent / "query_budgets.toml"
STORE = "QUERY_BUDGETS=store .venv/bin/pytest -q -p no:xdist --no-cov tests/web/test_query_budgets.py"
STORING = os.environ.get("QUERY_BUDGETS") == "store"
HEAD = f"""# How many queries each page makes, by the name of its address (tests/web/test_query_budgets.py).
# Stored anew by: {STORE}

"""
WALKERS = (Role.WORKER, Role.LEADER, Role.ADMINISTRATOR, Role.PROTECTION, *Role)
"""Who is asked, the first whom the access matrix lets in."""

BUDGETS: dict[str, int] = tomllib.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {}


def walker_of(name: str) -> Role | None:
    """Say who is answered with a page at an address; None where nobody is."""
    own = ROUTES[name]["own"]
    return next((role for role in WALKERS if expected_of(own, role) == 200), None)


PAGES = sorted(name for name in ROUTES if name in BY_NAME and walker_of(name) is not None)


@pytest.fixture(scope="module")
def counted() -> Iterator[dict[str, int]]:
    """Collect what was counted; it is stored in the end where that was asked for."""
    found: dict[str, int] = {}
    yield found
    if STORING:
        kept = {**{name: BUDGETS[name] for name in BUDGETS if name in PAGES}, **found}
        lines = [f'"{name}" = {kept[name]}\n' for name in sorted(kept)]
        FILE.write_text(HEAD + "".join(lines), encoding="utf-8")


def queries(user: User, path: str) -> int:
    """Count the queries of a page that its process has shown before."""
    browser = signed_in(user)
    for capture in (None, CaptureQueriesContext(connection)):
        with transaction.atomic():
            if capture is None:
                answer = browser.get(path)
            else:
                with capture:
                    answer = browser.get(path)
                    b"".join(answer) if answer.streaming else answer.content
            transaction.set_rollback(True)
        assert answer.status_code == 200, f"{path} answers {answer.status_code}"
    assert capture is not None
    return len(capture)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_keeps_to_its_queries_however_many_rows(name: str, country: Country, counted: dict[str, int]) -> None:
    entry, role = ROUTES[name], walker_of(name)
    assert role is not None
    user = everybody(country)[role]
    own = OBJECTS[entry["object"]](country)[0] if "object" in entry else {}
    path = BY_NAME[name].path(own | entry.get("arguments", {}))
    grow(country, range(FEW))
    few = queries(user, path)
    grow(country, range(FEW, MANY))
    many = queries(user, path)
    assert few == many, f"{name} makes {few} queries with {FEW} rows, {many} with {MANY}: read them together."
    assert few <= MOST, f"{name} makes {few} queries; a page may make {MOST}."
    counted[name] = few
    if STORING:
        return
    assert name in BUDGETS, f"{name} has no number in {FILE.name}: it makes {few} queries. Store it: {STORE}"
    assert few == BUDGETS[name], (
        f"{name} makes {few} queries, {BUDGETS[name]} are stored. If it has to make {few}, store it: {STORE}"
    )


def test_every_number_has_its_page() -> None:
    gone = sorted(BUDGETS.keys() - set(PAGES))
    assert STORING or not gone, f"{FILE.name} has numbers of what is no page: {', '.join(gone)}. Store anew: {STORE}"
