"""Arriving households by interface: another system writes them down, once and whole, and reads where they go."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.models import Organisation, User
from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.api import arrival_views
from fodfaeste.web.api.tokens import SCOPES, Scope, make_token, scopes_of
from fodfaeste.web.audit.models import Change
from fodfaeste.web.placement.desk.domain.arrivals import take_from_system
from fodfaeste.web.placement.desk.models import Arrival, ArrivalOpening

from .conftest import Country, made_user, signed_in
from .desk_examples import ODENSE, arriving, decided, opened_round
from .quota_examples import agency, officer_of

pytestmark = pytest.mark.django_db
WEEK = timedelta(days=7)


def administrator(office: Organisation) -> User:
    held = office.memberships.filter(role=Role.ADMINISTRATOR).first()
    return held.user if held else made_user(f"administrator-{office.pk}", office, Role.ADMINISTRATOR)


def token(*scopes: Scope, office: Organisation | None = None) -> str:
    office = office or agency()
    scopes = scopes or (Scope.ARRIVALS, Scope.NEW_ARRIVALS)
    return make_token("centersystem", office, scopes, expires=timezone.now() + WEEK, by=administrator(office))[1]


def household(**more: Any) -> dict[str, Any]:
    return {
        "reference": "U-1",
        "name": "Familien Opdigtet",
        "arrives": "2027-03-01",
        "language": "ar",
        "members": [
            {"given_name": "Amal", "birth_date": "1990-05-01", "sex": "female", "citizenship": "SYR", "trade": "bager"},
            {"given_name": "Barn", "birth_date": "2020-01-01", "sex": "male", "citizenship": "SYR"},
        ],
        "wishes": [
            {"kind": "family", "code": ODENSE, "km": 20, "weight": 3},
            {"kind": "sector", "sector": "farm"},
            {"kind": "around", "around": "water", "hard": True},
            {"kind": "town", "size": "small"},
        ],
        **more,
    }


def posted(secret: str, body: Any) -> tuple[int, dict[str, Any]]:
    text = body if isinstance(body, str) else json.dumps(body)
    headers = {"authorization": f"Bearer {secret}"}
    answer = Client().post("/api/v1/arrivals", text, content_type="application/json", headers=headers)
    return answer.status_code, json.loads(answer.content)


def asked(secret: str, address: str = "/arrivals") -> tuple[int, dict[str, Any]]:
    answer = Client().get(f"/api/v1{address}", headers={"authorization": f"Bearer {secret}"})
    return answer.status_code, json.loads(answer.content)


# Writing


def test_a_household_is_written_down_whole() -> None:
    status, told = posted(token(), household(needs="Kan ikke gå på trapper"))
    assert status == 201
    made = Arrival.objects.get()
    assert (made.organisation, made.reference, made.needs) == (agency(), "U-1", "Kan ikke gå på trapper")
    assert made.made_by == administrator(agency())
    assert [(one.given_name, one.trade) for one in made.members.all()] == [("Amal", "bager"), ("Barn", "")]
    wishes = {
        (one.kind, one.code or one.sector or one.around or one.size, one.km, one.hard, one.weight)
        for one in made.wishes.all()
    }
    assert wishes == {
        ("family", ODENSE, 20, False, 3),
        ("sector", "farm", 0, False, 2),
        ("around", "water", 0, True, 2),
        ("town", "small", 0, False, 2),
    }
    assert (told["id"], told["state"], told["place"], len(told["members"])) == (made.pk, "waiting", "", 2)
    assert Change.objects.filter(table="placement_arrival", operation="insert").get().words == "token: centersystem"
    assert "Familien Opdigtet" in signed_in(officer_of(agency())).get("/visitation/husstande/").text


def test_the_same_household_sent_again_is_written_once() -> None:
    secret = token()
    assert posted(secret, household())[0] == 201
    Arrival.objects.update(state="decided", place=ODENSE, year=2027)
    status, told = posted(secret, household())
    assert (status, told["state"], told["place"]) == (200, "decided", ODENSE)
    assert Arrival.objects.count() == 1
    assert ArrivalOpening.objects.get().page == "api:arrivals"


def test_a_number_is_one_household_s() -> None:
    secret = token()
    posted(secret, household())
    arriving(reference="V-7")
    for other in (household(name="En anden"), household(reference="V-7")):
        status, told = posted(secret, other)
        assert (status, told["detail"][0]["loc"][-1]) == (409, "reference")
        assert "Send this one with a number of its own" in told["detail"][0]["msg"]
    assert Arrival.objects.count() == 2


def test_a_number_that_is_used_meanwhile_is_refused() -> None:
    arriving(reference="U-1")
    facts = {"reference": "U-1", "name": "Ny", "arrives": timezone.localdate(), "language": "ar"}
    with pytest.raises(Refused, match="brugt til en anden"):
        take_from_system(
            agency(), household=facts, members=[], wishes=[], digest="x", answers_for=administrator(agency())
        )
    with pytest.raises(Refused, match="mindst én person"):
        take_from_system(
            agency(),
            household={**facts, "reference": "U-2"},
            members=[],
            wishes=[],
            digest="x",
            answers_for=administrator(agency()),
        )
    assert Arrival.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "field", "words"),
    [
        ({"arrives": "1. marts"}, "arrives", "such as 2027-03-01"),
        ({"arrives": 20270301}, "arrives", "such as 2027-03-01"),
        ({"arrives": "2027-02-30"}, "arrives", "valid date"),
        ({"language": "da"}, "language", "'ar', 'uk'"),
        ({"members": []}, "members", "at least 1 item"),
        ({"name": " Opdigtet"}, "name", "does not begin with a space"),
        ({"needs": "a\x00b"}, "needs", "Leave the character NUL out"),
        ({"reference": "med mellemrum"}, "reference", "pattern"),
        ({"wishes": [{"kind": "family"}]}, "code", "Field required"),
        ({"wishes": [{"kind": "family", "code": "999"}]}, "code", "Write its three digits"),
        ({"wishes": [{"kind": "sector", "sector": "fishing"}]}, "sector", "'farm', 'industry'"),
        ({"wishes": [{"kind": "family", "code": ODENSE, "km": "20"}]}, "km", "valid integer"),
        ({"hastegrad": 1}, "hastegrad", "not permitted"),
    ],
)
def test_what_cannot_be_read_names_the_field_and_nothing_is_written(
    wrong: dict[str, Any], field: str, words: str
) -> None:
    status, told = posted(token(), household(**wrong))
    assert status == 422
    assert field in [str(part) for part in told["detail"][0]["loc"]]
    assert words in told["detail"][0]["msg"]
    assert not Arrival.objects.exists()


def test_what_does_not_agree_is_said_all_at_once_and_nothing_is_written() -> None:
    late = {"given_name": "Sen", "birth_date": "2027-03-02", "sex": "male", "citizenship": "SYR"}
    status, told = posted(token(), household(members=[late], together_with="U-99"))
    assert status == 409
    assert [one["loc"][2:] for one in told["detail"]] == [["members", 0, "birth_date"], ["together_with"]]
    assert "Correct one of the days." in told["detail"][0]["msg"]
    assert "Send that one first" in told["detail"][1]["msg"]
    assert not Arrival.objects.exists()


def test_two_households_are_tied_by_their_numbers() -> None:
    secret = token()
    posted(secret, household())
    status, told = posted(secret, household(reference="U-2", together_with="U-1"))
    assert (status, told["together_with"]) == (201, "U-1")
    assert Arrival.objects.get(reference="U-2").together_with.reference == "U-1"


def test_what_is_no_household_at_all_is_refused() -> None:
    secret = token()
    for body in ("", "[]", "noget andet", '"U-1"', "null"):
        assert posted(secret, body)[0] in (400, 422)
    assert not Arrival.objects.exists()


# Reading


def test_an_agency_reads_its_own_households_and_each_reading_is_written_down() -> None:
    opened_round()
    family, other = arriving("Min"), arriving("Anden")
    decided(family, ODENSE)
    arriving("Fremmed", office=agency("En anden styrelse"))
    secret = token(Scope.ARRIVALS)
    status, told = asked(secret)
    assert status == 200
    assert [(one["name"], one["state"], one["place"]) for one in told["arrivals"]] == [
        ("Min", "decided", ODENSE),
        ("Anden", "waiting", ""),
    ]
    assert [one["id"] for one in asked(secret, "/arrivals?state=waiting")[1]["arrivals"]] == [other.pk]
    assert asked(secret, f"/arrivals?limit=1&after={family.pk}")[1]["arrivals"][0]["id"] == other.pk
    assert asked(secret, f"/arrivals/{family.pk}")[1]["members"][0]["given_name"] == "Samir"
    lines = list(ArrivalOpening.objects.order_by("pk").values_list("words", "by", "arrival", "page"))
    assert lines[0] == ("token: centersystem", None, family.pk, "api:arrivals")
    assert lines[-1] == ("token: centersystem", None, family.pk, "api:arrival")
    assert asked(secret, "/arrivals?state=lost")[0] == 422


def test_another_agency_s_household_is_not_there() -> None:
    stranger = arriving("Fremmed", office=agency("En anden styrelse"))
    assert asked(token(), f"/arrivals/{stranger.pk}") == (404, {"detail": "There is no such household."})
    assert not ArrivalOpening.objects.exists()
    assert posted(token(), household(together_with=stranger.reference))[0] == 409


def test_writing_and_reading_are_let_in_by_scopes_of_their_own() -> None:
    writes, reads = token(Scope.NEW_ARRIVALS), token(Scope.ARRIVALS)
    assert posted(reads, household()) == (403, {"detail": "This token may not write arrivals."})
    assert posted(writes, household())[0] == 201
    assert asked(writes) == (403, {"detail": "This token may not read arrivals."})
    assert posted("fod_of-somebody-else", household())[0] == 401


def test_many_households_cost_no_more_questions_than_few() -> None:
    secret = token()
    arriving("Første")

    def questions() -> int:
        with CaptureQueriesContext(connection) as asked_of_it:
            assert asked(secret)[0] == 200
        return len(asked_of_it)

    questions()
    few = questions()
    for number in range(8):
        arriving(f"Nr. {number}")
    assert questions() == few <= 25


# Who may have which token


def test_an_agency_s_token_reads_the_comparison_and_no_person(country: Country) -> None:
    secret = token(Scope.INSIGHT)
    assert asked(secret, "/insight") == (200, {"year": None, "day": None, "version": None, "figures": []})
    for address in ("/persons", "/plans", "/follow-ups", "/arrivals"):
        assert asked(secret, address)[0] == 403


def test_each_kind_of_office_has_its_own_scopes(country: Country) -> None:
    soon = timezone.now() + WEEK
    for office, scope in ((agency(), Scope.PERSONS), (country.own, Scope.ARRIVALS), (country.own, Scope.NEW_ARRIVALS)):
        with pytest.raises(Refused, match="kan en adgangsnøgle hos"):
            make_token("x", office, [scope], expires=soon, by=administrator(office))
    assert {one for office in (agency(), country.own) for one in scopes_of(office)} == set(Scope) == set(SCOPES)
    page = signed_in(administrator(agency())).get(f"/kontor/{agency().pk}/adgangsnoegler/").text
    assert "Skrive nye ankommende husstande ind" in page
    assert "Personer: navn, sagsnummer" not in page
    assert (
        "Adgangsnøgler" in signed_in(administrator(agency())).get(reverse("accounts:people", args=[agency().pk])).text
    )


def test_of_two_that_are_sent_at_the_same_moment_the_second_finds_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """The number is looked for, is free, and is used before the household is written down."""
    secret = token()

    def meanwhile(office: Organisation, **facts: Any) -> Arrival:
        take_from_system(office, **facts)
        return take_from_system(office, **facts)

    monkeypatch.setattr(arrival_views, "take_from_system", meanwhile)
    assert posted(secret, household())[0] == 200
    assert Arrival.objects.count() == 1
