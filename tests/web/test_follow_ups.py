"""Follow-ups: made by the rules, moved off closed days, on the worker's day, counted for the leader, in a calendar."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from icalendar import Calendar

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.gate import visible
from fodfaeste.web.accounts.models import User
from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.accounts.viewer import viewer_of
from fodfaeste.web.people.models import EmploymentSpell, Person, Responsibility
from fodfaeste.web.programme.domain.day import KINDS, missed
from fodfaeste.web.programme.domain.follow_ups import agree_follow_up, record_follow_up, refresh
from fodfaeste.web.programme.domain.programmes import close_programme
from fodfaeste.web.programme.models import CountedFollowUp, Feed, FollowUp, JournalNote, Programme

from .conftest import Country, made_person, signed_in
from .programme_examples import PLAN, WORK, agreed, opened


@pytest.fixture
def worker(country: Country) -> User:
    return country.users[Role.WORKER]


@pytest.fixture
def programme(country: Country) -> Programme:
    return opened(country)


def with_traineeship(programme: Programme, by: User, start: date) -> list[FollowUp]:
    """A plan with a traineeship from a day, and the follow-ups of it."""
    text = PLAN.with_activity(replace(WORK, start=start, end=start + timedelta(weeks=13)))
    agreed(programme, by, text)
    return list(programme.follow_ups.filter(code__startswith="traineeship"))


# ------------------------------------------------------------------ by the rules


def test_a_start_on_1_december_gives_15_december_and_1_march(programme: Programme, worker: User) -> None:
    # The next 1 December whose two days are no weekend: 2028 has a Friday and a Thursday.
    first, second = with_traineeship(programme, worker, date(2027, 12, 1))
    assert (first.due, second.due) == (date(2027, 12, 15), date(2028, 3, 1))
    assert first.rule is not None
    assert "Rapport 2002" in first.rule["da"]


def test_christmas_day_moves_and_says_why(programme: Programme, worker: User) -> None:
    first, _second = with_traineeship(programme, worker, date(2026, 12, 11))
    assert (first.moved_from, first.due) == (date(2026, 12, 25), date(2026, 12, 28))
    assert first.moved_why is not None
    assert first.moved_why["da"] == "25. december 2026 er juledag; flyttet til 28. december 2026"


def test_the_talk_on_what_comes_now_is_there_with_the_plan(programme: Programme, worker: User) -> None:
    agreed(programme, worker)
    talk = programme.follow_ups.get(code="what_now_talk")
    # Three months before moving is free, by the rules of 2019 after 60: the takeover was on 1 March 2024.
    assert talk.due == date(2028, 12, 1)


def test_another_start_moves_what_is_still_to_come_and_leaves_what_was_held_or_missed(
    programme: Programme, worker: User
) -> None:
    today = timezone.localdate()
    missed_one, _later = with_traineeship(programme, worker, today - timedelta(days=60))
    moved = with_traineeship(programme, worker, today + timedelta(days=30))
    assert missed_one.due < today
    assert missed_one in moved
    assert len(moved) == 3


def test_refreshing_twice_makes_nothing_twice(programme: Programme, worker: User) -> None:
    agreed(programme, worker)
    before = list(programme.follow_ups.values_list("pk", flat=True))
    refresh(programme, today=timezone.localdate())
    assert list(programme.follow_ups.values_list("pk", flat=True)) == before


def test_whoever_works_is_followed_up_less_often(programme: Programme, worker: User) -> None:
    agreed(programme, worker)
    usual = programme.follow_ups.filter(code="plan_evaluation").count()
    EmploymentSpell.objects.create(person=programme.person, kind="ordinary", start=date(2024, 5, 1))
    refresh(programme, today=timezone.localdate())
    # A track without that rule keeps the interval; this one has it.
    assert programme.follow_ups.filter(code="plan_evaluation").count() <= usual


# ------------------------------------------------------------------ held


def test_a_talk_is_noted_and_the_next_day_agreed(programme: Programme, worker: User) -> None:
    talk = programme.follow_ups.get()
    record_follow_up(talk, by=worker, held=date(2024, 3, 12), note="Hun vil arbejde.", today=date(2024, 3, 12))
    talk.refresh_from_db()
    assert (talk.held, talk.held_by, talk.note) == (date(2024, 3, 12), worker, "Hun vil arbejde.")
    assert JournalNote.objects.get().text == "Hun vil arbejde."
    following = agree_follow_up(programme, by=worker, day=date(2024, 3, 29), words=KINDS["agreed"], hour=time(9))
    assert (following.moved_from, following.due) == (date(2024, 3, 29), date(2024, 4, 2))
    with pytest.raises(Refused, match="allerede en aftalt opfølgning den dag"):
        agree_follow_up(programme, by=worker, day=date(2024, 4, 2), words=KINDS["agreed"])


@pytest.mark.parametrize(
    ("held", "today", "words"),
    [
        (date(2027, 12, 20), date(2027, 12, 19), "20. december 2027 er ikke kommet"),
        (date(2027, 12, 7), date(2027, 12, 19), "tidligst fra 8. december 2027"),
    ],
)
def test_a_follow_up_is_held_neither_in_the_future_nor_long_before_its_day(
    programme: Programme, worker: User, held: date, today: date, words: str
) -> None:
    first, _second = with_traineeship(programme, worker, date(2027, 12, 1))
    with pytest.raises(Refused, match=re.escape(words)):
        record_follow_up(first, by=worker, held=held, note="Talt.", today=today)
    assert not JournalNote.objects.exists()


def test_a_follow_up_is_held_once_and_says_what_came_of_it(programme: Programme, worker: User) -> None:
    talk = programme.follow_ups.get()
    with pytest.raises(Refused, match="Skriv, hvad der skal stå"):
        record_follow_up(talk, by=worker, held=date(2024, 3, 12), note=" ", today=date(2024, 3, 12))
    record_follow_up(talk, by=worker, held=date(2024, 3, 12), note="Talt.", today=date(2024, 3, 12))
    with pytest.raises(Refused, match=r"er allerede holdt 12\. marts 2024"):
        record_follow_up(talk, by=worker, held=date(2024, 3, 13), note="Igen.", today=date(2024, 3, 13))


def test_the_database_refuses_what_was_held_too_early(programme: Programme, worker: User) -> None:
    first, _second = with_traineeship(programme, worker, date(2027, 12, 1))
    with pytest.raises(IntegrityError, match="not_held_too_early"), transaction.atomic():
        FollowUp.objects.filter(pk=first.pk).update(held=date(2027, 12, 7), held_by=worker)


# ------------------------------------------------------------------ the day's work


def due(programme: Programme, day: date, code: str = "agreed") -> FollowUp:
    return FollowUp.objects.create(programme=programme, code=code, words=KINDS[code], due=day, held_from=day)


def test_day_15_without_note_is_overdue_for_the_worker_and_a_count_for_the_leader(
    country: Country, programme: Programme, worker: User
) -> None:
    FollowUp.objects.all().delete()
    due(programme, timezone.localdate() - timedelta(days=1), "traineeship_first")
    page = signed_in(worker).get("/program/i-dag/")
    assert "Overskredet (1)" in page.text
    assert "Opfølgning på praktik, 14 dage" in page.text
    assert "Prøve Eksempel" in page.text
    leader = signed_in(country.users[Role.LEADER]).get("/program/ledelse/")
    assert re.search(
        r'Opfølgning på praktik, 14 dage</th>\s*<td class="number">1</td>\s*<td class="number">0</td>', leader.text
    )
    assert "Prøve" not in leader.text


def test_after_7_days_it_climbs(country: Country, programme: Programme) -> None:
    FollowUp.objects.all().delete()
    today = timezone.localdate()
    for days in (1, 6, 7, 30):
        due(programme, today - timedelta(days=days))
    viewer = viewer_of(country.users[Role.LEADER], today)
    assert [(one.overdue, one.climbed) for one in missed(viewer, today=today)] == [(4, 2)]
    assert not visible(viewer_of(country.stranger, today), CountedFollowUp).exists()


def test_the_day_has_what_is_overdue_today_and_later_this_week(
    country: Country, programme: Programme, worker: User
) -> None:
    FollowUp.objects.all().delete()
    today = timezone.localdate()
    for days in (-3, 0, 30):
        due(programme, today + timedelta(days=days))
    page = signed_in(worker).get("/program/i-dag/").context["day"]
    assert (page.overdue.count, page.today.count) == (1, 1)
    assert all(today < one.due <= today + timedelta(days=6 - today.weekday()) for one in page.week.rows)


def test_own_cases_first_and_the_whole_office_by_choice(country: Country, programme: Programme, worker: User) -> None:
    colleague = country.users[Role.CONSULTANT]
    Responsibility.objects.filter(person=programme.person).update(worker=colleague)
    mine = signed_in(worker)
    assert "Prøve Eksempel" not in mine.get("/program/i-dag/").text
    office = mine.get("/program/i-dag/?hvis=kontor").text
    assert "Prøve Eksempel" in office
    assert re.search(r"consultant</th><td>1</td><td>1</td>", office)


def test_a_protected_name_is_in_no_list(country: Country, programme: Programme, worker: User) -> None:
    Person.objects.filter(pk=programme.person_id).update(protected=True)
    page = signed_in(worker).get("/program/i-dag/").text
    assert "Prøve Eksempel" not in page
    assert "S-Prøve" in page


def test_what_is_over_asks_for_nothing(programme: Programme, worker: User) -> None:
    assert "Overskredet (1)" in signed_in(worker).get("/program/i-dag/").text
    close_programme(programme, by=worker, end=timezone.localdate())
    assert "Overskredet (" not in signed_in(worker).get("/program/i-dag/").text


def test_the_page_asks_few_questions_with_one_case_or_sixty(
    country: Country, worker: User, django_assert_max_num_queries: object
) -> None:
    today = timezone.localdate()
    for number in range(60):
        person = made_person(f"N{number}", worker, country.own)
        programme = opened(replace(country, person=person))
        due(programme, today - timedelta(days=number % 3))
    client = signed_in(worker)
    for address in ("/program/i-dag/", "/program/i-dag/?hvis=kontor"):
        with django_assert_max_num_queries(25):  # type: ignore[operator]
            assert client.get(address).status_code == 200


def test_sign_in_leads_to_the_day(worker: User) -> None:
    assert signed_in(worker).get("/").url == "/program/i-dag/"


@pytest.mark.parametrize(
    ("role", "status"), [(Role.WORKER, 200), (Role.CONSULTANT, 200), (Role.LEADER, 302), (Role.ADMINISTRATOR, 403)]
)
def test_who_has_a_day(country: Country, role: Role, status: int) -> None:
    assert signed_in(country.users[role]).get("/program/i-dag/").status_code == status


def test_the_share_of_real_choices_stands_with_its_number(programme: Programme, worker: User) -> None:
    one_way = replace(WORK, offers=(*WORK.offers[:1], *WORK.offers[2:]), why_no_choice="Kun ét sted")
    client = signed_in(worker)
    assert "Ingen plan gælder endnu." in client.get("/program/i-dag/?hvis=kontor").text
    agreed(programme, worker, PLAN.with_activity(one_way))
    whole_office = client.get("/program/i-dag/?hvis=kontor").text
    assert "1 af 2 aktiviteter" in whole_office
    assert ": 50 % (95 %-interval 9–91 %)" in whole_office
    assert "1 af 2 aktiviteter" not in client.get("/program/i-dag/").text


# ------------------------------------------------------------------ as a calendar


def subscribed(worker: User) -> str:
    """Make an address and give its path."""
    client = signed_in(worker)
    client.post("/program/kalender/", {"do": "make"})
    found = re.search(r'value="http://testserver([^"]+)"', client.get("/program/kalender/").text)
    assert found is not None
    return found[1]


def events(address: str) -> dict[date, object]:
    raw = Client().get(address)
    assert raw["Content-Type"].startswith("text/calendar")
    return {_day(event["dtstart"].dt): event for event in Calendar.from_ical(raw.content).walk("VEVENT")}


def _day(moment: date) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def test_the_feed_has_the_right_hour_on_both_sides_of_summer_time(programme: Programme, worker: User) -> None:
    before, after = date(2027, 3, 24), date(2027, 3, 30)
    for day in (before, after):
        agree_follow_up(programme, by=worker, day=day, words=KINDS["agreed"], hour=time(9, 30))
    address = subscribed(worker)
    raw = Client().get(address).content.decode()
    assert "BEGIN:VTIMEZONE" in raw
    assert "TZID:Europe/Copenhagen" in raw
    found = events(address)
    hours = [found[day]["dtstart"].dt for day in (before, after)]  # type: ignore[index]
    assert [(moment.hour, moment.minute) for moment in hours] == [(9, 30), (9, 30)]
    assert [moment.utcoffset() for moment in hours] == [timedelta(hours=1), timedelta(hours=2)]


def test_the_feed_names_nobody(country: Country, programme: Programme, worker: User) -> None:
    agree_follow_up(
        programme, by=worker, day=date(2027, 5, 4), words={"da": "Prøve skal til tandlæge", "en": "Prøve"}, hour=None
    )
    raw = Client().get(subscribed(worker)).content.decode()
    assert "Aftalt opfølgning (E)" in raw
    for secret in ("Prøve", "Eksempel", "S-Prøve", "Egenby", "tandl", worker.email):
        assert secret not in raw


def test_the_feed_has_the_own_caseload_and_ends_with_it(country: Country, programme: Programme, worker: User) -> None:
    address = subscribed(worker)
    assert len(events(address)) == 1
    Responsibility.objects.filter(person=programme.person).update(worker=country.users[Role.CONSULTANT])
    assert len(events(address)) == 0


def test_an_address_is_withdrawn_renewed_and_cannot_be_made_up(programme: Programme, worker: User) -> None:
    first = subscribed(worker)
    second = subscribed(worker)
    assert first != second
    assert Client().get(first).status_code == 404
    assert Client().get(second[:-8] + "xxxx.ics").status_code == 404
    signed_in(worker).post("/program/kalender/", {"do": "withdraw"})
    assert Client().get(second).status_code == 404
    assert Feed.objects.count() == 2
    assert "Lav en adresse" in signed_in(worker).get("/program/kalender/").text


def test_whoever_works_here_no_more_has_no_calendar(programme: Programme, worker: User) -> None:
    address = subscribed(worker)
    User.objects.filter(pk=worker.pk).update(is_active=False)
    assert Client().get(address).status_code == 404


def test_who_works_with_nobody_makes_no_calendar(country: Country) -> None:
    assert signed_in(country.users[Role.LEADER]).get("/program/kalender/").status_code == 403
