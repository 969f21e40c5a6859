"""The interface for other systems: what a token opens, and what it does not."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.api.models import Token
from fodfaeste.web.api.tokens import PREFIX, Scope, make_token, revoke
from fodfaeste.web.audit.models import Opening
from fodfaeste.web.people.models import Person
from fodfaeste.web.programme.models import FollowUp, Plan

from .conftest import TAKEOVER, Country, made_person
from .programme_examples import PLAN, agreed, longer, opened, proposed, sign

WEEK = timedelta(days=7)
ROOT = Path(__file__).resolve().parents[2]


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
    with pytest.raises(Refused, match="Kun en administrator"):
        revoke(Token.objects.get(), by=country.users[Role.WORKER])
    revoke(Token.objects.get(), by=country.users[Role.ADMINISTRATOR])
    assert asked(secret, "/persons")[0] == 401


def test_the_secret_is_kept_nowhere(country: Country) -> None:
    secret = token(country, Scope.PERSONS)
    assert secret.startswith(PREFIX)
    assert secret not in json.dumps(list(Token.objects.values()), default=str)


def test_who_makes_tokens_and_which(country: Country) -> None:
    soon, administrator = timezone.now() + WEEK, country.users[Role.ADMINISTRATOR]
    with pytest.raises(Refused, match="Kun en administrator"):
        make_token("x", country.own, [Scope.PERSONS], expires=soon, by=country.users[Role.WORKER])
    with pytest.raises(Refused, match="Kun en administrator"):
        make_token("x", country.other, [Scope.PERSONS], expires=soon, by=administrator)
    with pytest.raises(Refused, match="ville ikke kunne noget"):
        make_token("x", country.own, [], expires=soon, by=administrator)
    with pytest.raises(Refused, match="højst et år"):
        make_token("x", country.own, [Scope.PERSONS], expires=soon + 60 * WEEK, by=administrator)


# Plans


@pytest.fixture
def plan(country: Country) -> Plan:
    """A plan that both have approved."""
    return agreed(opened(country), country.users[Role.WORKER])


def test_a_plan_is_told_with_goals_activities_and_times(country: Country, plan: Plan) -> None:
    secret = token(country, Scope.PLANS)
    status, told = asked(secret, "/plans")
    assert status == 200
    (one,) = told["plans"]
    assert (one["id"], one["person"], one["version"]) == (plan.pk, country.person.pk, 1)
    assert (one["state"], one["rule_set"]) == ("approved", plan.programme.rule_set)
    assert one["goals"][1] == {
        "number": 2,
        "words": "أريد أن أتكلم مع جيراني",
        "language": "ar",
        "own_words": True,
        "danish": "Jeg vil tale med mine naboer",
    }
    danish = one["activities"][0]
    assert (danish["kind"], danish["place"], danish["hours_a_week"]) == ("danish", "Sprogskolen", 15.0)
    assert danish["slots"][0] == {"weekday": 3, "begins": "08:30", "ends": "15:30", "start": None, "end": None}
    assert [alternative["chosen"] for alternative in danish["alternatives"]] == [True, False]
    assert asked(secret, f"/plans/{plan.pk}") == (200, one)


def test_approvals_name_nobody_who_was_in_the_room(country: Country, plan: Plan) -> None:
    _, told = asked(token(country, Scope.PLANS), f"/plans/{plan.pk}")
    assert [(one["side"], one["name"]) for one in told["approvals"]] == [
        ("person", "Prøve Eksempel"),
        ("municipality", "Prøve Eksempel"),
    ]
    assert "Tolk 12" not in json.dumps(told)


def test_of_a_protected_person_neither_name_nor_place_is_told(country: Country, plan: Plan) -> None:
    Person.objects.update(protected=True)
    _, told = asked(token(country, Scope.PLANS), f"/plans/{plan.pk}")
    assert [one["name"] for one in told["approvals"]] == [None, "Prøve Eksempel"]
    assert {one["place"] for one in told["activities"]} == {None}
    assert told["goals"][0]["words"] == "Jeg vil arbejde med træ igen"


def test_plans_of_another_municipality_are_not_there(country: Country, plan: Plan) -> None:
    by = country.users[Role.ADMINISTRATOR]
    by.memberships.create(organisation=country.other, role=Role.ADMINISTRATOR, start=TAKEOVER)
    soon = timezone.now() + WEEK
    _, secret = make_token("nabo", country.other, [Scope.PLANS, Scope.FOLLOW_UPS], expires=soon, by=by)
    assert asked(secret, "/plans") == (200, {"plans": [], "next": None})
    assert asked(secret, f"/plans/{plan.pk}")[0] == 404
    assert asked(secret, f"/plans?person={country.person.pk}")[1]["plans"] == []
    assert asked(secret, "/follow-ups")[1]["follow_ups"] == []


def test_plans_that_can_have_changed(country: Country, plan: Plan) -> None:
    worker, secret = country.users[Role.WORKER], token(country, Scope.PLANS)
    following = proposed(plan.programme, worker, longer(PLAN, 12))

    def versions(day: date) -> list[int]:
        return [one["version"] for one in asked(secret, f"/plans?changed_since={day}")[1]["plans"]]

    today = timezone.localdate()
    assert versions(today) == [1, 2]
    # What is proposed has no day, and is told whatever is asked; what was approved before is left out.
    assert versions(today + timedelta(days=1)) == [2]
    sign(following, worker)
    assert versions(today) == [1, 2]
    assert versions(today + timedelta(days=1)) == []


def test_plans_come_by_person(country: Country, plan: Plan) -> None:
    secret = token(country, Scope.PLANS)
    friend = made_person("Ven", country.users[Role.WORKER], country.own)
    assert [one["id"] for one in asked(secret, f"/plans?person={country.person.pk}")[1]["plans"]] == [plan.pk]
    assert asked(secret, f"/plans?person={friend.pk}")[1]["plans"] == []


def test_many_plans_cost_no_more_questions_than_few(country: Country, plan: Plan) -> None:
    worker, secret = country.users[Role.WORKER], token(country, Scope.PLANS, Scope.FOLLOW_UPS)

    def questions(address: str) -> int:
        with CaptureQueriesContext(connection) as asked_of_it:
            assert asked(secret, address)[0] == 200
        return len(asked_of_it)

    assert asked(secret, "/plans")[0] == 200  # the first time today: that is written down
    few = {address: questions(address) for address in ("/plans", "/follow-ups")}
    for hours in range(5, 12):
        agreed(plan.programme, worker, longer(PLAN, hours))
    assert len(asked(secret, "/plans")[1]["plans"]) == 8
    assert {address: questions(address) for address in few} == few
    assert max(few.values()) <= 25


@pytest.mark.usefixtures("plan")
def test_whose_plans_are_read_is_written_down(country: Country) -> None:
    secret = token(country, Scope.PLANS, Scope.FOLLOW_UPS)
    for address in ("/plans", f"/plans/{Plan.objects.get().pk}", "/follow-ups"):
        asked(secret, address)
    lines = list(Opening.objects.order_by("pk").values_list("words", "person", "page", "in_list"))
    assert lines == [
        ("token: fagsystem", country.person.pk, "api:plans", True),
        ("token: fagsystem", country.person.pk, "api:plan", False),
        ("token: fagsystem", country.person.pk, "api:follow_ups", True),
    ]


# Follow-ups


def test_follow_ups_say_what_is_due_what_was_held_and_what_is_overdue(country: Country, plan: Plan) -> None:
    FollowUp.objects.all().delete()
    made = {
        due: FollowUp.objects.create(
            programme=plan.programme,
            code="half_year",
            words={"da": "Samtale", "en": "Talk"},
            due=due,
            held_from=due - timedelta(days=7),
            note="Hvad der kom ud af det",
        )
        for due in (date(2024, 9, 2), date(2025, 3, 3), timezone.localdate() + WEEK)
    }
    held, missed, coming = made.values()
    held.held, held.held_by = date(2024, 9, 2), country.users[Role.WORKER]
    held.save()
    secret = token(country, Scope.FOLLOW_UPS)
    _, told = asked(secret, "/follow-ups")
    assert told["follow_ups"][0] == {
        "id": held.pk,
        "person": country.person.pk,
        "programme": plan.programme_id,
        "code": "half_year",
        "words": {"da": "Samtale", "en": "Talk"},
        "due": "2024-09-02",
        "moved_from": None,
        "held": "2024-09-02",
        "overdue": False,
    }
    assert [one["overdue"] for one in told["follow_ups"]] == [False, True, False]
    since = asked(secret, "/follow-ups?due_since=2025-03-03")[1]["follow_ups"]
    assert [one["id"] for one in since] == [missed.pk, coming.pk]
    first = asked(secret, "/follow-ups?limit=2")[1]
    assert asked(secret, f"/follow-ups?after={first['next']}")[1]["follow_ups"] == [told["follow_ups"][2]]
    friend = made_person("Ven", country.users[Role.WORKER], country.own)
    assert asked(secret, f"/follow-ups?person={friend.pk}")[1]["follow_ups"] == []
    # Nobody owes what a programme that is over would have asked for.
    type(plan.programme).objects.update(end=timezone.localdate())
    assert [one["overdue"] for one in asked(secret, "/follow-ups")[1]["follow_ups"]] == [False, False, False]


@pytest.mark.parametrize(
    ("scope", "address"), [(Scope.FOLLOW_UPS, "/plans"), (Scope.PLANS, "/follow-ups"), (Scope.PLANS, "/insight")]
)
def test_each_needs_its_own_scope(country: Country, scope: Scope, address: str) -> None:
    what = address.removeprefix("/")
    assert asked(token(country, scope), address) == (403, {"detail": f"This token may not read {what}."})


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


def test_the_documentation_has_the_description_as_it_is() -> None:
    """`python docs/figures openapi` writes it anew."""
    kept = json.loads((ROOT / "docs" / "assets" / "openapi.json").read_text(encoding="utf-8"))
    described = json.loads(Client().get("/api/v1/openapi.json").content)
    assert kept == {**described, "info": {**described["info"], "version": kept["info"]["version"]}}
