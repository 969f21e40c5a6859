"""The interface for other systems: what a token opens, and what it does not."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.api.models import Token
from fodfaeste.web.api.tokens import PREFIX, Scope, make_token, revoke
from fodfaeste.web.audit.models import Opening
from fodfaeste.web.people.models import Person

from .conftest import Country, made_person

WEEK = timedelta(days=7)


def token(country: Country, *scopes: Scope) -> str:
    """A token of the own municipality."""
    by = country.users[Role.ADMINISTRATOR]
    return make_token("fagsystem", country.own, scopes, expires=timezone.now() + WEEK, by=by)[1]


def asked(secret: str, address: str) -> tuple[int, dict[str, object]]:
    """What is answered to who shows a token."""
    answer = Client().get(f"/api/v1{address}", headers={"authorization": f"Bearer {secret}"})
    return answer.status_code, json.loads(answer.content)


def test_a_token_reads_the_persons_of_its_municipality(country: Country) -> None:
    status, told = asked(token(country, Scope.PERSONS), "/persons")
    assert status == 200
    assert [person["case_number"] for person in told["persons"]] == ["S-Prøve"]
    assert told["next"] is None
    status, one = asked(token(country, Scope.PERSONS), f"/persons/{country.person.pk}")
    assert (status, one["given_name"]) == (200, "Prøve")


def test_another_municipality_s_person_is_not_there(country: Country) -> None:
    assert asked(token(country, Scope.PERSONS), f"/persons/{country.their_person.pk}")[0] == 404


def test_what_a_system_reads_is_written_down_in_its_name(country: Country) -> None:
    secret = token(country, Scope.PERSONS)
    asked(secret, "/persons")
    asked(secret, f"/persons/{country.person.pk}")
    asked(secret, f"/persons/{country.their_person.pk}")
    lines = list(Opening.objects.order_by("pk").values_list("words", "person", "in_list", "organisation"))
    assert lines == [
        ("token: fagsystem", country.person.pk, True, country.own.pk),
        ("token: fagsystem", country.person.pk, False, country.own.pk),
    ]


def test_a_protected_name_is_not_given(country: Country) -> None:
    Person.objects.update(protected=True)
    _, told = asked(token(country, Scope.PERSONS), "/persons")
    assert told["persons"][0]["given_name"] is None
    assert told["persons"][0]["protected"]
    assert "Eksempel" not in json.dumps(told)


def test_no_number_of_the_cpr_leaves(country: Country) -> None:
    Person.objects.update(cpr="0101900000")
    assert "0101900000" not in json.dumps(asked(token(country, Scope.PERSONS), "/persons")[1])


@pytest.mark.parametrize("many", [1, 2, 3, 7])
def test_pages_follow_each_other_and_leave_nobody_out(country: Country, many: int) -> None:
    for number in range(4):
        made_person(f"Nr{number}", country.users[Role.WORKER], country.own)
    secret, after, found = token(country, Scope.PERSONS), 0, []
    while after is not None:
        _, told = asked(secret, f"/persons?limit={many}&after={after}")
        found += [person["id"] for person in told["persons"]]
        after = told["next"]
    assert found == sorted(set(found))
    assert len(found) == 5


def test_what_a_token_may_not_read_it_is_told(country: Country) -> None:
    assert asked(token(country, Scope.PLANS), "/persons") == (403, {"detail": "This token may not read persons."})


def test_without_a_token_nothing_opens(country: Country) -> None:
    assert Client().get("/api/v1/persons").status_code == 401
    assert asked("fod_of-somebody-else", "/persons")[0] == 401


def test_a_token_ends(country: Country) -> None:
    secret = token(country, Scope.PERSONS)
    made = Token.objects.get()
    made.made, made.expires = timezone.now() - 2 * WEEK, timezone.now() - WEEK
    made.save()
    assert asked(secret, "/persons")[0] == 401


def test_a_token_that_is_withdrawn_opens_nothing_from_then_on(country: Country) -> None:
    secret = token(country, Scope.PERSONS)
    with pytest.raises(Refused, match="Only an administrator"):
        revoke(Token.objects.get(), by=country.users[Role.WORKER])
    revoke(Token.objects.get(), by=country.users[Role.ADMINISTRATOR])
    assert asked(secret, "/persons")[0] == 401


def test_the_secret_is_kept_nowhere(country: Country) -> None:
    secret = token(country, Scope.PERSONS)
    assert secret.startswith(PREFIX)
    assert secret not in json.dumps(list(Token.objects.values()), default=str)


def test_who_makes_tokens_and_which(country: Country) -> None:
    soon, administrator = timezone.now() + WEEK, country.users[Role.ADMINISTRATOR]
    with pytest.raises(Refused, match="Only an administrator"):
        make_token("x", country.own, [Scope.PERSONS], expires=soon, by=country.users[Role.WORKER])
    with pytest.raises(Refused, match="Only an administrator"):
        make_token("x", country.other, [Scope.PERSONS], expires=soon, by=administrator)
    with pytest.raises(Refused, match="would read nothing"):
        make_token("x", country.own, [], expires=soon, by=administrator)
    with pytest.raises(Refused, match="a year at most"):
        make_token("x", country.own, [Scope.PERSONS], expires=soon + 60 * WEEK, by=administrator)


def test_the_description_is_of_openapi_3_1_and_names_every_answer() -> None:
    described = json.loads(Client().get("/api/v1/openapi.json").content)
    assert described["openapi"].startswith("3.1")
    for operations in described["paths"].values():
        for operation in operations.values():
            assert {"200", "401", "403", "404", "422"} <= set(operation["responses"])


@pytest.mark.parametrize("limit", ["0", "201", "x", ""])
def test_what_cannot_be_asked_is_said(country: Country, limit: str) -> None:
    status, told = asked(token(country, Scope.PERSONS), f"/persons?limit={limit}")
    assert status == 422
    assert "limit" in json.dumps(told)
