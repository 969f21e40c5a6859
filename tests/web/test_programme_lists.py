"""Lists of the programme: found, sorted, taken away as files; the day's tiles; what a leader counts, with interval."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from fodfaeste.plan import deadlines, programme_rules
from fodfaeste.web.accounts.models import User
from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.accounts.viewer import viewer_of
from fodfaeste.web.people.models import Person, Responsibility
from fodfaeste.web.programme.domain.absences import mark_absent
from fodfaeste.web.programme.domain.choices import ChoiceShare, choice_share
from fodfaeste.web.programme.domain.day import KINDS
from fodfaeste.web.programme.domain.lists import sunday_of
from fodfaeste.web.programme.models import FollowUp, Programme

from .conftest import Country, made_person, signed_in
from .programme_examples import PLAN, WORK, agreed, opened


@pytest.fixture
def worker(country: Country) -> User:
    return country.users[Role.WORKER]


@pytest.fixture
def page(worker: User) -> Client:
    return signed_in(worker)


@pytest.fixture
def two(country: Country) -> Iterator[tuple[Programme, Programme]]:
    """Two programmes: Prøve's, whom the worker has, and Kollegas, whom the consultant has."""
    first = opened(country)
    theirs = made_person("Kollegas", country.users[Role.CONSULTANT], country.own)
    second = opened(replace(country, person=theirs), by=country.users[Role.CONSULTANT])
    FollowUp.objects.all().delete()
    return first, second


def due(programme: Programme, day: date, code: str = "plan_talk") -> FollowUp:
    return FollowUp.objects.create(programme=programme, code=code, words=KINDS[code], due=day, held_from=day)


def names(answer: object) -> list[str]:
    """Whom a list shows, in its order."""
    return [row[1 if row[0].text[:1].isdigit() else 0].text for row in answer.context["list"].rows]  # type: ignore[attr-defined]


# ------------------------------------------------------------------ follow-ups


@pytest.mark.parametrize(
    ("days", "span"), [(-1, "overskredet"), (0, "i-dag")], ids=["a day late is overdue", "the day itself is today"]
)
def test_what_is_to_be_done_is_found_by_when(
    two: tuple[Programme, Programme], page: Client, days: int, span: str
) -> None:
    today = timezone.localdate()
    due(two[0], today + timedelta(days=days))
    due(two[1], sunday_of(today) + timedelta(days=1))
    assert names(page.get(f"/program/opfoelgning/?hvornaar={span}")) == ["Prøve Eksempel"]
    assert names(page.get("/program/opfoelgning/?hvornaar=senere")) == ["Kollegas Eksempel"]
    assert names(page.get("/program/opfoelgning/?hvornaar=uge")) == []
    assert names(page.get("/program/opfoelgning/")) == ["Prøve Eksempel", "Kollegas Eksempel"]


def test_follow_ups_are_found_by_name_kind_and_colleague(
    two: tuple[Programme, Programme], page: Client, country: Country
) -> None:
    due(two[0], date(2024, 4, 1))
    due(two[1], date(2024, 4, 2), "what_now_talk")
    colleague = country.users[Role.CONSULTANT].pk
    for asked in (f"kollega={colleague}", "art=what_now_talk", "q=kollegas", "q=S-Kollegas"):
        assert names(page.get(f"/program/opfoelgning/?{asked}")) == ["Kollegas Eksempel"], asked
    assert names(page.get("/program/opfoelgning/?orden=-dag")) == ["Kollegas Eksempel", "Prøve Eksempel"]


def test_whose_name_is_protected_is_found_by_case_number_alone(two: tuple[Programme, Programme], page: Client) -> None:
    due(two[0], date(2024, 4, 1))
    Person.objects.filter(given_name="Prøve").update(protected=True)
    assert names(page.get("/program/opfoelgning/?q=Prøve+Eksempel")) == []
    found = page.get("/program/opfoelgning/?q=S-Prøve")
    assert names(found) == ["S-Prøve"]
    assert "Prøve Eksempel" not in found.text


def test_follow_ups_are_taken_away_as_csv(two: tuple[Programme, Programme], page: Client) -> None:
    due(two[0], date(2024, 4, 1))
    lines = page.get("/program/opfoelgning/?format=csv").getvalue().decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]
    assert lines[0] == "Dag;Person;Sagsnummer;Hvad;Hvornår;Kollega"
    assert lines[1] == "2024-04-01;Prøve Eksempel;S-Prøve;Samtale om planen;overskredet;worker"
    assert page.get("/program/opfoelgning/?format=xlsx").getvalue().startswith(b"PK")  # type: ignore[attr-defined]


def test_what_is_held_or_over_is_in_no_list(two: tuple[Programme, Programme], page: Client, worker: User) -> None:
    due(two[0], date(2024, 4, 1))
    FollowUp.objects.update(held=date(2024, 4, 2), held_by=worker)
    due(two[1], date(2024, 4, 1))
    Programme.objects.filter(pk=two[1].pk).update(end=date(2024, 5, 1))
    assert names(page.get("/program/opfoelgning/")) == []


# ------------------------------------------------------------------ cases


def test_cases_have_the_next_follow_up_the_plans_state_and_what_is_overdue(
    two: tuple[Programme, Programme], page: Client, worker: User
) -> None:
    today = timezone.localdate()
    agreed(two[0], worker)
    FollowUp.objects.all().delete()
    for days in (-3, -1, 5, 9):
        due(two[0], today + timedelta(days=days), "plan_talk")
    listed = page.get(f"/program/sager/?kollega={worker.pk}")
    assert "<h1>Mine sager</h1>" in listed.text
    (row,) = ([cell.text for cell in row] for row in listed.context["list"].rows)
    soon = today + timedelta(days=5)
    assert row == ["Prøve Eksempel", "S-Prøve", "worker", "IL-2019", "godkendt", f"{soon:%d-%m-%Y}", "2"]


def test_cases_are_found_by_rule_set_and_state(two: tuple[Programme, Programme], page: Client, worker: User) -> None:
    agreed(two[0], worker)
    made_person("Uden", worker, two[0].organisation)
    assert names(page.get("/program/sager/?plan=approved")) == ["Prøve Eksempel"]
    assert names(page.get("/program/sager/?plan=draft")) == ["Kollegas Eksempel"]
    assert names(page.get("/program/sager/?plan=ingen")) == ["Uden Eksempel"]
    assert len(names(page.get("/program/sager/?regler=IL-2019"))) == 2
    assert names(page.get("/program/sager/?regler=IL-1999")) == []
    assert "<h1>Sager</h1>" in page.get("/program/sager/").text


def test_a_case_that_has_moved_on_is_no_case(two: tuple[Programme, Programme], page: Client, worker: User) -> None:
    Responsibility.objects.filter(person=two[0].person).update(end=date(2024, 6, 1))
    assert names(page.get(f"/program/sager/?kollega={worker.pk}")) == []


def test_lists_of_the_office_ask_the_same_few_questions_with_more_rows(
    two: tuple[Programme, Programme],
    page: Client,
    django_assert_max_num_queries: object,
    country: Country,
    worker: User,
) -> None:
    for number in range(30):
        person = made_person(f"Nr{number}", worker, country.own)
        due(opened(replace(country, person=person)), date(2024, 4, 1))
    for address in ("/program/opfoelgning/", "/program/sager/", "/program/i-dag/"):
        with django_assert_max_num_queries(25):  # type: ignore[operator]
            assert page.get(address).status_code == 200


def test_a_leader_has_no_list_of_persons(two: tuple[Programme, Programme], country: Country) -> None:
    leader = signed_in(country.users[Role.LEADER])
    for address in ("/program/opfoelgning/", "/program/sager/", "/program/sager/?format=csv"):
        assert leader.get(address).status_code == 403


# ------------------------------------------------------------------ absence of a person


def test_absence_is_found_sorted_and_taken_away(country: Country, page: Client, worker: User) -> None:
    programme = opened(country)
    for day, reason, lawful in ((12, "illness", True), (13, "none", False), (14, "child", None)):
        mark_absent(programme, by=worker, day=date(2024, 3, day), reason=reason, lawful=lawful)
    address = f"/program/{country.person.pk}/fravaer/"
    days = {
        "": ["14-03-2024", "13-03-2024", "12-03-2024"],
        "?lovligt=ja": ["12-03-2024"],
        "?lovligt=nej": ["13-03-2024"],
        "?lovligt=nul": ["14-03-2024"],
        "?grund=none": ["13-03-2024"],
        "?fra=2024-03-13&til=2024-03-13": ["13-03-2024"],
        "?orden=dag": ["12-03-2024", "13-03-2024", "14-03-2024"],
    }
    found = {asked: [row[0].text for row in page.get(address + asked).context["list"].rows] for asked in days}
    assert found == days
    csv = page.get(f"{address}?format=csv&lovligt=nej").getvalue().decode("utf-8-sig")  # type: ignore[attr-defined]
    assert csv.splitlines()[1].startswith("2024-03-13;ingen oplyst;;nej;worker;")


# ------------------------------------------------------------------ the day


def near_contract(country: Country, days: int) -> Programme:
    """A programme whose contract is due in so many days."""
    today, takeover = timezone.localdate(), timezone.localdate()
    while contract_day(takeover) != today + timedelta(days=days):
        takeover -= timedelta(days=1)
    Person.objects.filter(pk=country.person.pk).update(takeover_date=takeover)
    Responsibility.objects.filter(person=country.person).update(start=takeover)
    country.person.refresh_from_db()
    return opened(country, start=takeover)


def contract_day(takeover: date) -> date:
    return next(one.day for one in deadlines(programme_rules(takeover)) if one.code == "contract")


def test_on_the_day_the_tile_of_the_contract_turns_from_9_days_to_done(
    country: Country, page: Client, worker: User
) -> None:
    programme = near_contract(country, 9)
    before = page.get("/program/i-dag/")
    assert ("contract", "planned", "om 9 dage") in standing(before)
    assert 'class="tile tile-planned"' in before.text
    today = timezone.localdate()
    later = [replace(one, start=today + timedelta(days=2), end=today + timedelta(days=90)) for one in PLAN.activities]
    agreed(programme, worker, replace(PLAN, activities=tuple(replace(one, times=()) for one in later)))
    assert ("contract", "held", "er sket") in standing(page.get("/program/i-dag/"))


def test_a_deadline_that_has_passed_says_by_how_much_and_one_far_off_is_not_there(
    country: Country, page: Client
) -> None:
    near_contract(country, -3)
    found = standing(page.get("/program/i-dag/"))
    assert ("contract", "overdue", "3 dage over tiden") in found
    assert not {code for code, _standing, _says in found} & {"what_now_talk", "release"}


def standing(answer: object) -> set[tuple[str, str, str]]:
    near = answer.context["near"]  # type: ignore[attr-defined]
    return {(tile.code, tile.standing, tile.says) for _programme, tile in near}


def test_counts_lead_to_the_rows_that_they_count(two: tuple[Programme, Programme], page: Client, worker: User) -> None:
    due(two[0], date(2024, 4, 1))
    due(two[1], date(2024, 4, 1))
    address = "/program/opfoelgning/?hvornaar=overskredet&kollega=mig"
    assert f'href="{address.replace("&", "&amp;")}"' in page.get("/program/i-dag/").text
    assert names(page.get(address)) == ["Prøve Eksempel"]
    assert len(names(page.get("/program/opfoelgning/?hvornaar=overskredet"))) == 2


# ------------------------------------------------------------------ the leader


def test_a_leader_filters_counts_by_kind_and_day_and_takes_them_away(
    two: tuple[Programme, Programme], country: Country
) -> None:
    today = timezone.localdate()
    due(two[0], today - timedelta(days=30))
    due(two[0], today - timedelta(days=2), "what_now_talk")
    due(two[1], today - timedelta(days=1))
    leader = signed_in(country.users[Role.LEADER])
    assert counts(leader, "") == [("Samtale om planen", "2", "1"), ("Samtale om, hvad der nu skal ske", "1", "0")]
    assert counts(leader, "?art=what_now_talk") == [("Samtale om, hvad der nu skal ske", "1", "0")]
    assert counts(leader, f"?fra={today - timedelta(days=1)}") == [("Samtale om planen", "1", "0")]
    assert counts(leader, "?orden=overskredet")[0][1] == "1"
    text = leader.get("/program/ledelse/").text
    assert "I alt er 3 overskredet; 1 af dem en uge eller mere." in text
    csv = leader.get("/program/ledelse/?format=csv").getvalue().decode("utf-8-sig")  # type: ignore[attr-defined]
    assert csv.splitlines() == [
        "Art;Overskredet;En uge eller mere",
        "Samtale om planen;2;1",
        "Samtale om, hvad der nu skal ske;1;0",
    ]
    assert "Eksempel" not in text + csv


def counts(leader: Client, asked: str) -> list[tuple[str, ...]]:
    rows = leader.get(f"/program/ledelse/{asked}").context["list"].rows
    return [tuple(cell.text for cell in row) for row in rows]


def test_a_leader_is_shown_the_share_of_real_choices_with_its_interval(country: Country, worker: User) -> None:
    programme = opened(country)
    leader = country.users[Role.LEADER]
    assert "Ingen plan gælder endnu." in signed_in(leader).get("/program/ledelse/").text
    one_way = replace(WORK, offers=WORK.offers[:1] + WORK.offers[2:], why_no_choice="Kun ét sted")
    agreed(programme, worker, PLAN.with_activity(one_way))
    for user in (leader, worker):
        assert choice_share(viewer_of(user, timezone.localdate())) == ChoiceShare(1, 2)
    assert choice_share(viewer_of(country.stranger, timezone.localdate())) == ChoiceShare(0, 0)
    assert "muligheder: 50 % (95 %-interval 9–91 %)." in signed_in(leader).get("/program/ledelse/").text


def test_the_next_version_takes_the_count_of_the_one_before(country: Country, worker: User) -> None:
    programme = opened(country)
    agreed(programme, worker, PLAN.without_activity(2))
    agreed(programme, worker)
    assert choice_share(viewer_of(worker, timezone.localdate())) == ChoiceShare(2, 2)


def test_wilson_says_how_little_one_of_one_is() -> None:
    assert (ChoiceShare(0, 0).between, ChoiceShare(0, 0).per_cent) == (None, None)
    assert ChoiceShare(1, 1).between == (21, 100)
    assert ChoiceShare(8, 10).between == (49, 94)
