"""A municipality starts: eight steps that can be stopped and gone on with, from an empty database."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.domain import start
from fodfaeste.web.accounts.domain.first import first_administrator
from fodfaeste.web.accounts.domain.start import STEPS, Colleague, Step, Use
from fodfaeste.web.accounts.models import Membership, Organisation, RuleSetUse, SetUp, User
from fodfaeste.web.accounts.roles import Kind, Role

from .conftest import signed_in

LIST = "Bo Bendt; bo@example.invalid; Integrationsmedarbejder\nLis Leder;lis@example.invalid;leder\n"
MONDAY = {"opens_0": "09:00", "closes_0": "15:30", "phone": "12 34 56 78"}
RULES = {"IL-2019-start": "2019-07-01", "IL-2019-last": "2024-12-31", "IL-2025-start": "2025-01-01"}
ANSWERS: dict[Step, dict[str, Any]] = {
    Step.MUNICIPALITY: {"code": "329"},
    Step.HOURS: MONDAY,
    Step.LANGUAGES: {"languages": ["ar", "ti"]},
    Step.ROLES: {"roles": ["worker", "leader"]},
    Step.PEOPLE: {"people": LIST},
    Step.RULE_SETS: RULES,
    Step.MADE_UP_DATA: {"wanted": "no"},
    Step.FINISH: {},
}


@pytest.fixture
def admin(db: None) -> User:
    return first_administrator("ada@example.invalid", "Ada", "Ringsted")


@pytest.fixture
def office(admin: User) -> Organisation:
    return Organisation.objects.get()


@pytest.fixture
def browser(admin: User) -> Client:
    return signed_in(admin)


def address(office: Organisation, step: Step | str = "") -> str:
    return f"/kontor/{office.pk}/start/{step}/" if step else f"/kontor/{office.pk}/start/"


def test_from_the_first_step_to_the_last(office: Organisation, browser: Client) -> None:
    for step in Step:
        assert browser.get(address(office)).headers["Location"] == address(office, step)
        assert browser.get(address(office, step)).status_code == 200
        answer = browser.post(address(office, step), ANSWERS[step])
        assert answer.status_code == 302, answer.context["form"].errors
    office.refresh_from_db()
    assert (office.name, office.code) == ("Ringsted", "329")
    assert [str(row) for row in office.hours.all()] == ["mandag 09:00-15:30"]
    assert office.languages == ["da", "ar", "ti"]
    assert office.filled_roles == [Role.WORKER, Role.LEADER, Role.ADMINISTRATOR]
    assert {(held.user.name, held.role) for held in Membership.objects.select_related("user")} == {
        ("Ada", "administrator"),
        ("Bo Bendt", "worker"),
        ("Lis Leder", "leader"),
    }
    assert [(row.rule_set, row.start, row.end) for row in office.rule_sets.all()] == [
        ("IL-2019", date(2019, 7, 1), date(2025, 1, 1)),
        ("IL-2025", date(2025, 1, 1), None),
    ]
    assert office.set_up.made_up_data is False
    assert office.set_up.finished is not None


@pytest.mark.parametrize("stop", list(Step)[:-1])
def test_one_can_stop_after_each_step_and_go_on_in_another_browser(
    office: Organisation, admin: User, stop: Step
) -> None:
    steps = list(Step)
    before = signed_in(admin)
    for step in steps[: steps.index(stop) + 1]:
        before.post(address(office, step), ANSWERS[step])
    after = signed_in(admin)
    assert after.get(address(office))["Location"] == address(office, steps[steps.index(stop) + 1])
    page = after.get(address(office, stop))
    assert f"{STEPS[stop]}</a> (klaret)" in page.text


def test_what_was_said_stands_in_the_form_again(office: Organisation, browser: Client) -> None:
    for step in list(Step)[:-1]:
        browser.post(address(office, step), ANSWERS[step])
    forms = {step: browser.get(address(office, step)).context["form"] for step in Step}
    assert forms[Step.MUNICIPALITY].initial["code"] == "329"
    assert forms[Step.HOURS].initial == {"opens_0": time(9), "closes_0": time(15, 30), "phone": "12 34 56 78"}
    assert forms[Step.RULE_SETS].initial["IL-2019-last"] == date(2024, 12, 31)
    assert forms[Step.MADE_UP_DATA].initial == {"wanted": "no"}


def test_a_step_can_be_done_again(office: Organisation, browser: Client) -> None:
    for opens in ("08:00", "10:00"):
        browser.post(address(office, Step.HOURS), {"opens_2": opens, "closes_2": "14:00"})
    assert [str(row) for row in office.hours.all()] == ["onsdag 10:00-14:00"]
    for _ in range(2):
        browser.post(address(office, Step.PEOPLE), {"people": LIST})
    assert Membership.objects.filter(organisation=office).count() == 3


def test_it_cannot_be_finished_with_steps_left(office: Organisation, admin: User, browser: Client) -> None:
    browser.post(address(office, Step.HOURS), MONDAY)
    page = browser.post(address(office, Step.FINISH))
    assert "Der mangler endnu: Kommune, Sprog i breve, Roller" in page.text
    assert SetUp.objects.get().finished is None


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({}, "mindst én dag"),
        ({"opens_0": "09:00"}, "begge tidspunkter"),
        ({"opens_0": "15:00", "closes_0": "09:00"}, "lukker, før det åbner: mandag"),
    ],
)
def test_hours_that_cannot_be(office: Organisation, browser: Client, typed: dict[str, str], words: str) -> None:
    assert words in browser.post(address(office, Step.HOURS), typed).text
    assert not office.hours.exists()


def test_two_offices_cannot_be_one_municipality(office: Organisation, admin: User) -> None:
    second = Organisation.objects.create(kind=Kind.MUNICIPALITY, name="Ringsted Kommune")
    Membership.objects.create(user=admin, organisation=second, role=Role.ADMINISTRATOR, start=timezone.localdate())
    with pytest.raises(Refused, match="Ringsted er her allerede, som Ringsted"):
        start.choose_municipality(second, "329", by=admin)
    with pytest.raises(Refused, match="ingen kommune med koden 000"):
        start.choose_municipality(second, "000", by=admin)
    start.choose_municipality(second, "101", by=admin)
    second.refresh_from_db()
    assert (second.name, second.code) == ("København", "101")


def test_somebody_has_to_work_with_people_and_nobody_loses_a_role_by_it(office: Organisation, admin: User) -> None:
    with pytest.raises(Refused, match="mindst Integrationsmedarbejder"):
        start.set_roles(office, [Role.LEADER], by=admin)
    with pytest.raises(Refused, match="har ikke alle de roller"):
        start.set_roles(office, [Role.WORKER, Role.TEACHER], by=admin)
    start.add_colleagues(office, [Colleague("Lis", "lis@example.invalid", Role.LEADER)], by=admin)
    with pytest.raises(Refused, match="Lis har rollen Leder"):
        start.set_roles(office, [Role.WORKER], by=admin)
    with pytest.raises(Refused, match="Ukendt sprog: xx"):
        start.set_languages(office, ["xx"], by=admin)


def test_every_line_that_cannot_be_read_is_named(office: Organisation, browser: Client) -> None:
    text = "Bo; bo@example.invalid; Integrationsmedarbejder\n\nkun et navn\nLis; lis@example.invalid; Chef\n"
    page = browser.post(address(office, Step.PEOPLE), {"people": text}).text
    assert "Linje 3: skriv navn; e-mail; rolle. Der står: kun et navn" in page
    assert "Linje 4: rollen Chef kendes ikke." in page
    assert User.objects.count() == 1


def test_all_on_the_list_or_none(office: Organisation, browser: Client) -> None:
    text = "Bo\tbo@example.invalid\tIntegrationsmedarbejder\nLis; ingen adresse; Leder\n; tom@example.invalid; Leder"
    page = browser.post(address(office, Step.PEOPLE), {"people": text}).text
    assert "Lis: ingen adresse er ikke en e-mailadresse" in page
    assert "Skriv, hvad tom@example.invalid hedder" in page
    assert User.objects.count() == 1


def test_an_empty_list_will_do(office: Organisation, browser: Client) -> None:
    assert browser.post(address(office, Step.PEOPLE), {"people": ""}).status_code == 302


def use(rule_set: str, first: str, end: str | None = None) -> Use:
    return Use(rule_set, date.fromisoformat(first), None if end is None else date.fromisoformat(end))


@pytest.mark.parametrize(
    ("uses", "words"),
    [
        (
            [use("IL-2019", "2019-07-01", "2025-03-01"), use("IL-2025", "2025-01-01")],
            "IL-2019 og IL-2025 gælder begge fra 1. januar 2025 til og med 28. februar 2025.",
        ),
        (
            [use("IL-2019", "2019-07-01"), use("IL-2025", "2025-01-01")],
            "IL-2019 og IL-2025 gælder begge fra 1. januar 2025 og frem.",
        ),
        ([use("IL-2025", "2024-12-31")], "IL-2025 begynder først 1. januar 2025."),
        ([use("IL-2025", "2025-02-01", "2025-02-01")], "IL-2025 slutter, før det begynder."),
        ([use("IL-1850", "2025-01-01")], "Regelsættet IL-1850 kendes ikke."),
        ([use("UKR-2022", "2022-03-18")], "mindst ét regelsæt efter integrationsloven"),
    ],
)
def test_wrong_dates_of_rule_sets_are_refused_and_shown(
    office: Organisation, admin: User, uses: list[Use], words: str
) -> None:
    start.use_rule_sets(office, [use("IL-2025", "2025-01-01")], by=admin)
    with pytest.raises(Refused, match=words):
        start.use_rule_sets(office, uses, by=admin)
    assert [row.rule_set for row in office.rule_sets.all()] == ["IL-2025"]


def test_an_overlap_is_shown_on_the_page(office: Organisation, browser: Client) -> None:
    page = browser.post(address(office, Step.RULE_SETS), {**RULES, "IL-2019-last": "2025-01-31"}).text
    assert "gælder begge fra 1. januar 2025 til og med 31. januar 2025" in page
    half = browser.post(address(office, Step.RULE_SETS), {**RULES, "IL-2016-last": "2019-06-30"}).text
    assert "Skriv også den første dag" in half


def test_rules_for_the_displaced_from_ukraine_stand_beside_the_others(office: Organisation, admin: User) -> None:
    start.use_rule_sets(office, [use("IL-2025", "2025-01-01"), use("UKR-2022", "2022-03-18")], by=admin)
    assert office.rule_sets.count() == 2


def test_the_database_refuses_an_overlap_too(office: Organisation, admin: User) -> None:
    start.use_rule_sets(office, [use("IL-2025", "2025-01-01")], by=admin)
    with pytest.raises(IntegrityError, match="one_rule_set_a_track"), transaction.atomic():
        RuleSetUse.objects.create(organisation=office, rule_set="IL-2019", track="integration", start=date(2019, 7, 1))


def test_what_is_suggested_has_no_overlap_and_no_gap(office: Organisation, admin: User) -> None:
    start.use_rule_sets(office, start.suggested_uses(), by=admin)
    rows = list(office.rule_sets.filter(track="integration"))
    assert [row.end for row in rows[:-1]] == [row.start for row in rows[1:]]
    assert rows[-1].end is None


def test_only_a_municipality_is_set_up_in_steps(office: Organisation, admin: User, browser: Client) -> None:
    first_administrator(admin.email, "Ada", "Venneforeningen", Kind.ASSOCIATION)
    association = Organisation.objects.get(kind=Kind.ASSOCIATION)
    # Whoever is given a new organisation from the command line chooses a password anew.
    assert browser.get(address(association)).status_code == 302
    browser = signed_in(User.objects.get(pk=admin.pk))
    assert browser.get(address(association)).status_code == 404
    with pytest.raises(Refused, match="er ikke en kommune"):
        start.set_languages(association, ["da"], by=admin)
    assert browser.get(address(office, "ukendt")).status_code == 404
