"""Every address, walked by every role, by the stranger and by nobody: access_matrix.toml says what each is answered."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.shortcuts import resolve_url
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from fodfaeste.web.accounts.models import Organisation, User
from fodfaeste.web.accounts.roles import OF_KIND, Kind, Role

from .access_objects import OBJECTS, Arguments
from .conftest import Country, made_country, made_user, signed_in
from .desk_examples import arriving
from .door_examples import household
from .newcomer_examples import newcomer
from .quota_examples import agency

MATRIX = tomllib.loads((Path(__file__).parent / "access_matrix.toml").read_text(encoding="utf-8"))
ROUTES: dict[str, dict[str, Any]] = MATRIX["route"]
PREFIXES: dict[str, dict[str, Any]] = MATRIX["prefix"]
SECRET = "Hemmelighedsen"
"""The family name of the other municipality's person while addresses are walked."""
OWN_SECRET = "Egenhedsen"
HOUSEHOLDS_SECRET = "Husstandenheden"
GUEST = "the person themselves"
"""Who has come to their own pages by a link: answered as nobody is, but where an entry says something else."""

HOUSEHOLD = "the household itself"
"""Who has come to an arriving household's own pages by a link: likewise."""

TO_ADD = """
No entry in tests/web/access_matrix.toml for {name}  (/{pattern}).
Say who may, for example:

[route."{name}"]{object}
own = {{ worker = 200, consultant = 200, else = {no} }}{other}
signed_out = "sign-in"

and, if it answers to POST,

[route."{name}".post]
data = {{}}
own = {{ worker = "-> *", consultant = "-> *", else = {no} }}{other}
signed_out = "sign-in"
"""
TO_ADD_OBJECT = """
object = "..."        # a pair of things in tests/web/access_objects.py that gives {arguments}"""


@dataclass(frozen=True)
class Route:
    """An address of the URL table."""

    name: str
    pattern: str
    arguments: tuple[str, ...]

    @property
    def prefix(self) -> str | None:
        return next((prefix for prefix in PREFIXES if self.pattern.startswith(prefix)), None)

    def path(self, arguments: Arguments) -> str:
        given = {name: arguments[name] for name in self.arguments}
        return f"/{self.pattern}" if self.name == self.pattern else reverse(self.name, kwargs=given)


def routes(patterns: list[Any], before: str = "", namespace: str = "") -> Iterator[Route]:
    """List the URL table, with what it includes."""
    for item in patterns:
        pattern = before + str(item.pattern)
        if isinstance(item, URLResolver):
            inner = f"{namespace}{item.namespace}:" if item.namespace else namespace
            yield from routes(item.url_patterns, pattern, inner)
        elif isinstance(item, URLPattern):
            name = f"{namespace}{item.name}" if item.name else pattern
            arguments = item.pattern.regex.groupindex if hasattr(item.pattern, "regex") else item.pattern.converters
            yield Route(name, pattern, tuple(arguments))


ALL = tuple(routes(get_resolver().url_patterns))
BY_NAME = {route.name: route for route in ALL if route.prefix is None}


def test_every_address_has_an_entry() -> None:
    missing = [to_add(route) for route in BY_NAME.values() if route.name not in ROUTES]
    assert not missing, "\n".join(missing)


def to_add(route: Route) -> str:
    with_object = {
        "object": TO_ADD_OBJECT.format(arguments=", ".join(route.arguments)),
        "other": "\nother = 404",
        "no": 404,
    }
    without = {"object": "", "other": "", "no": 403}
    return TO_ADD.format(name=route.name, pattern=route.pattern, **(with_object if route.arguments else without))


def test_every_entry_has_an_address() -> None:
    gone = sorted(ROUTES.keys() - BY_NAME.keys())
    assert not gone, f"access_matrix.toml names addresses that are not there (any more): {', '.join(gone)}"
    idle = [prefix for prefix in PREFIXES if not any(route.prefix == prefix for route in ALL)]
    assert not idle, f"access_matrix.toml names prefixes that nothing begins with: {', '.join(idle)}"


def test_a_name_stands_for_one_address() -> None:
    named = [route.name for route in ALL if route.prefix is None]
    twice = sorted({name for name in named if named.count(name) > 1})
    assert not twice, f"Two addresses are called {', '.join(twice)}: give each a name of its own."


@pytest.mark.parametrize("name", sorted(ROUTES))
def test_entries_say_all_that_has_to_be_said(name: str) -> None:
    entry = ROUTES[name]
    for said in (entry, *([entry["post"]] if "post" in entry else [])):
        needed = {"own", "signed_out"} | ({"other"} if "object" in entry else set())
        assert needed <= said.keys(), f"{name} does not say: {', '.join(sorted(needed - said.keys()))}"
        known = {"own", "other", "signed_out", "guest", "household", "why", "object", "arguments", "post", "data"}
        assert said.keys() <= known, f"{name} says what nobody reads: {', '.join(sorted(said.keys() - known))}"
        for answers in (said["own"], said.get("other", 404)):
            unknown = set(answers) - {*Role, "else"} if isinstance(answers, dict) else set()
            assert not unknown, f"{name} names roles that there are not: {', '.join(sorted(unknown))}"
    if name in BY_NAME and BY_NAME[name].arguments:
        assert "object" in entry or "arguments" in entry, f"{name} has arguments: name its object"
    assert entry.get("object", "person") in OBJECTS, f"access_objects.py knows no {entry.get('object')}"


def everybody(country: Country) -> dict[Role, User]:
    """A user for every role: in the own municipality, or in an organisation of another kind where it has none such.

    The analyst is an authority's; the municipality's own is walked by a test of its own.
    """
    users = {role: user for role, user in country.users.items() if role is not Role.ANALYST}
    for kind in (Kind.SCHOOL, Kind.ASSOCIATION, Kind.AGENCY):
        place = Organisation.objects.create(kind=kind, name=f"Egen {kind.value}")
        for role in OF_KIND[kind] - users.keys():
            users[role] = made_user(f"{role.value}.{kind.value}", place, role)
    return users


class Browsers:
    """A browser a user, signed in once: each request starts from how it was then."""

    def __init__(self, country: Country) -> None:
        self._cookies: dict[User | str | None, SimpleCookie] = {}
        self._country = country

    def of(self, user: User | str | None) -> Client:
        if user not in self._cookies:
            self._cookies[user] = self._signed_in(user).cookies
        browser = Client()
        browser.cookies = SimpleCookie({name: cookie.value for name, cookie in self._cookies[user].items()})
        return browser

    def _signed_in(self, user: User | str | None) -> Client:
        if user == GUEST:
            return newcomer(self._country.person, self._country.users[Role.WORKER])
        if user == HOUSEHOLD:
            return household(arriving(HOUSEHOLDS_SECRET, office=agency("Husstandens styrelse")))
        return signed_in(user)


@dataclass(frozen=True)
class Kept:
    """What every walk begins with: a country, a user for every role, and a browser for each, signed in."""

    country: Country
    users: dict[Role, User]
    browsers: Browsers


@pytest.fixture(scope="module")
def kept(django_db_setup: None, django_db_blocker: Any) -> Iterator[Kept]:
    """A country where the two persons can be told apart by words that stand nowhere else, made once for all walks."""
    with django_db_blocker.unblock(), transaction.atomic():
        country = made_country()
        type(country.person).objects.filter(pk=country.person.pk).update(family_name=OWN_SECRET)
        type(country.person).objects.filter(pk=country.their_person.pk).update(family_name=SECRET)
        users = everybody(country)
        assert users.keys() == set(Role)
        browsers = Browsers(country)
        for user in (*users.values(), country.users[Role.ANALYST], country.stranger, None, GUEST, HOUSEHOLD):
            browsers.of(user)
        yield Kept(country, users, browsers)
        transaction.set_rollback(True)


@pytest.fixture
def country(kept: Kept, db: None) -> Country:
    """The country that is kept; what a walk does to it is undone."""
    return kept.country


@pytest.fixture
def walkers(kept: Kept, db: None) -> dict[Role, User]:
    return kept.users


@pytest.fixture
def browsers(kept: Kept) -> Browsers:
    return kept.browsers


def answered(browser: Client, method: str, path: str, data: dict[str, Any]) -> tuple[str | int, str]:
    """Ask for a page and take everything back that asking for it did. Gives the answer as the matrix writes it."""
    with transaction.atomic():
        response = getattr(browser, method)(path, data)
        text = b"".join(response).decode("utf-8", "replace") if response.streaming else response.text
        transaction.set_rollback(True)
    if response.status_code not in {301, 302, 303}:
        return response.status_code, text
    to = response["Location"]
    return ("sign-in" if to.startswith(resolve_url(settings.LOGIN_URL)) else f"-> {to}"), text


def agrees(expected: str | int, found: str | int) -> bool:
    if expected == "-> *":
        return isinstance(found, str) and found.startswith("-> ")
    return expected == found


def expected_of(said: Any, role: Role) -> str | int:
    return said.get(role.value, said.get("else", "nothing")) if isinstance(said, dict) else said


def walks(entry: dict[str, Any], said: dict[str, Any], country: Country, users: dict[Role, User]) -> Iterator[Any]:
    """Say who walks where, what each has to be answered, and which names must not stand in it."""
    fixed = entry.get("arguments", {})
    own, their = OBJECTS[entry["object"]](country) if "object" in entry else ({}, {})
    for role, user in users.items():
        yield role.value, user, own | fixed, expected_of(said["own"], role), (SECRET,)
        if "object" in entry:
            yield f"{role.value}, other's", user, their | fixed, expected_of(said["other"], role), (SECRET,)
    there = said["other" if "object" in entry else "own"]
    yield "stranger", country.stranger, own | fixed, expected_of(there, Role.WORKER), (OWN_SECRET,)
    yield "nobody", None, own | fixed, said["signed_out"], (SECRET, OWN_SECRET)
    closed = "guest" not in said
    yield GUEST, GUEST, own | fixed, said["signed_out" if closed else "guest"], (OWN_SECRET if closed else SECRET,)
    shut = said.get("household", said["signed_out"])
    not_own = () if "household" in said else (HOUSEHOLDS_SECRET,)
    yield HOUSEHOLD, HOUSEHOLD, own | fixed, shut, (SECRET, OWN_SECRET, *not_own)
    if "object" in entry:
        yield f"{GUEST}, other's", GUEST, their | fixed, said["signed_out"] if closed else 404, (SECRET,)


@pytest.mark.parametrize(
    ("name", "method"), [(n, m) for n in sorted(ROUTES) for m in ("get", "post") if m == "get" or m in ROUTES[n]]
)
def test_everybody_is_answered_as_written(
    name: str, method: str, country: Country, walkers: dict[Role, User], browsers: Browsers
) -> None:
    if name not in BY_NAME:
        pytest.fail(f"access_matrix.toml names {name}, which is no address")
    entry = ROUTES[name]
    said = entry["post"] if method == "post" else entry
    wrong = []
    for who, user, arguments, expected, secrets in walks(entry, said, country, walkers):
        path = BY_NAME[name].path(arguments)
        found, text = answered(browsers.of(user), method, path, said.get("data", {}))
        if not agrees(expected, found):
            wrong.append(f"{method.upper()} {path} by {who}: expected {expected}, found {found}")
        named = [secret for secret in secrets if secret in text]
        wrong += [f"{method.upper()} {path} by {who}: names {secret}, whom they may not see" for secret in named]
    assert not wrong, f"{name}:\n" + "\n".join(wrong)


def test_a_municipality_s_analyst_meets_no_person(country: Country, browsers: Browsers) -> None:
    analyst, wrong = country.users[Role.ANALYST], []
    for name, entry in ROUTES.items():
        with transaction.atomic():
            own = OBJECTS[entry["object"]](country)[0] if "object" in entry else {}
            path = BY_NAME[name].path(own | entry.get("arguments", {}))
            for method in ("get", "post") if "post" in entry else ("get",):
                data = entry["post"].get("data", {}) if method == "post" else {}
                found, text = answered(browsers.of(analyst), method, path, data)
                if OWN_SECRET in text or SECRET in text:
                    wrong.append(f"{method.upper()} {path}: names a person")
                if entry.get("object") == "person" and found == 200:
                    wrong.append(f"{method.upper()} {path}: opens a person's page")
            transaction.set_rollback(True)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("route", [r for r in ALL if r.prefix and not r.arguments], ids=lambda route: route.pattern)
def test_pages_of_packages_answer_and_name_nobody(route: Route, walkers: dict[Role, User], browsers: Browsers) -> None:
    allowed = PREFIXES[route.prefix or ""]["answers"]
    for user in (None, GUEST, HOUSEHOLD, walkers[Role.WORKER], walkers[Role.ADMINISTRATOR]):
        browser = browsers.of(user)
        with transaction.atomic():
            response = browser.get(f"/{route.pattern}")
            transaction.set_rollback(True)
        assert response.status_code in allowed, f"/{route.pattern} answers {response.status_code}"
        assert SECRET not in response.text
        assert OWN_SECRET not in response.text


def test_prefixes_have_their_reasons() -> None:
    assert all(entry["why"] for entry in PREFIXES.values())


def test_the_lines_to_add_can_be_added() -> None:
    """What the failure tells to add is TOML, and says all that has to be said."""
    lines = to_add(Route("people:thing", "personer/<int:pk>/", ("pk",)))
    _, _, below = lines.partition("for example:")
    entry = tomllib.loads(below.replace("and, if it answers to POST,", ""))["route"]["people:thing"]
    assert entry["other"] == 404
    assert entry["post"]["signed_out"] == "sign-in"
