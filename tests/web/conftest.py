"""A small country for tests of the web application: two municipalities, who works there, and one person each."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import call_command
from django.db import transaction
from django.db.backends.base.operations import BaseDatabaseOperations
from django.test import Client
from django.utils import translation

from fodfaeste.data import synthetic
from fodfaeste.web.accounts.models import Membership, Organisation, User
from fodfaeste.web.accounts.roles import OF_KIND, Kind, Role
from fodfaeste.web.audit.installing import logs_off
from fodfaeste.web.base.sessions import KEPT
from fodfaeste.web.people.models import Person, Responsibility
from fodfaeste.web.placement.lots import drawing

TAKEOVER = date(2024, 3, 1)


@dataclass(frozen=True)
class Country:
    """Two municipalities, `own` and `other`, with a worker and a person each, and users by role in `own`."""

    own: Organisation
    other: Organisation
    users: dict[Role, User]
    stranger: User
    person: Person
    their_person: Person


def made_user(name: str, organisation: Organisation, role: Role) -> User:
    """A user with one role, who has had it for long."""
    user = User.objects.create_user(f"{name}@example.invalid", "a long enough secret", name=name)
    Membership.objects.create(user=user, organisation=organisation, role=role, start=date(2000, 1, 1))
    return user


def made_person(name: str, worker: User, organisation: Organisation, **more: object) -> Person:
    """A person for whom a municipality is responsible."""
    facts: dict[str, object] = {
        "case_number": f"S-{name}",
        "given_name": name,
        "family_name": "Eksempel",
        "birth_date": date(1990, 5, 1),
        "sex": "female",
        "citizenship": "SYR",
        "arrival_date": TAKEOVER,
        "takeover_date": TAKEOVER,
        **more,
    }
    person = Person.objects.create(**facts)
    Responsibility.objects.create(person=person, organisation=organisation, worker=worker, start=TAKEOVER)
    return person


DATABASE = {"db", "transactional_db", "django_db_setup"}
"""Fixtures of tests that ask the database, directly or through another."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out on PostgreSQL what asks no database: it has been run, and answers the same."""
    if not os.environ.get("DATABASE_URL", "").startswith("postgresql"):
        return
    asking = [item for item in items if item.get_closest_marker("django_db") or DATABASE & set(_fixtures(item))]
    config.hook.pytest_deselected(items=[item for item in items if item not in asking])
    items[:] = asking


def _fixtures(item: pytest.Item) -> list[str]:
    return list(getattr(item, "fixturenames", ()))


@pytest.fixture(scope="session", autouse=True)
def _logs_can_be_emptied() -> Iterator[None]:
    """Tests that commit empty every table afterwards; the logs refuse that, unless their triggers are off."""
    empty = BaseDatabaseOperations.execute_sql_flush

    def execute_sql_flush(operations: Any, statements: list[str]) -> None:
        with logs_off(operations.connection.alias):
            empty(operations, statements)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseDatabaseOperations, "execute_sql_flush", execute_sql_flush)
        yield


@pytest.fixture(autouse=True)
def _danish_again() -> Iterator[None]:
    """What a page was read in stays with the thread; the next test begins in Danish."""
    yield
    translation.deactivate()


@pytest.fixture(autouse=True)
def _no_lots(monkeypatch: pytest.MonkeyPatch) -> None:
    """Which lots fall hangs on the numbers of rows: tests that are not about them draw none."""
    monkeypatch.setattr(drawing, "share_on", lambda _day: 0.0)


@pytest.fixture
def country(db: None) -> Country:
    """Make the country."""
    return made_country()


def made_country() -> Country:
    """Make the country, for whoever keeps it longer than a test."""
    own = Organisation.objects.create(kind=Kind.MUNICIPALITY, name="Egenby", code="901")
    other = Organisation.objects.create(kind=Kind.MUNICIPALITY, name="Nabo", code="902")
    roles = OF_KIND[Kind.MUNICIPALITY]
    users = {role: made_user(role.value, own, role) for role in Role if role in roles}
    stranger = made_user("stranger", other, Role.WORKER)
    person = made_person("Prøve", users[Role.WORKER], own)
    return Country(own, other, users, stranger, person, made_person("Anden", stranger, other))


@pytest.fixture(scope="session")
def small_register(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tenth of a synthetic register, for the demonstration to choose people from."""
    return synthetic.build(1, 0.1, tmp_path_factory.mktemp("demonstration") / "register")


@pytest.fixture(scope="module")
def demonstration(
    small_register: Path, django_db_setup: None, django_db_blocker: Any, monkeypatch_module: pytest.MonkeyPatch
) -> Iterator[dict[str, Any]]:
    """A demonstration country of 120 people without its figures, built once for a module: what its command told.

    A test that asks for `db` beside it may do to it what it likes: that is undone.
    """
    building = "fodfaeste.web.demonstration"
    monkeypatch_module.setattr(f"{building}.country.synthetic.build", lambda *_: small_register)
    monkeypatch_module.setattr(f"{building}.management.commands.build_demonstration.make_insight", lambda _day: None)
    with django_db_blocker.unblock(), transaction.atomic():
        said = StringIO()
        call_command("build_demonstration", "--json", "--people", "120", stdout=said)
        yield json.loads(said.getvalue())
        transaction.set_rollback(True)


def signed_in(user: User | None) -> Client:
    """A browser in which somebody is signed in, with a second factor, or nobody."""
    client = Client()
    if user is not None:
        Authenticator.objects.get_or_create(user=user, type=Authenticator.Type.TOTP, defaults={"data": {}})
        client.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
        # As the page of signing in leaves it: written just now.
        session = client.session
        session[KEPT] = int(time.time())
        session.save()
    return client
