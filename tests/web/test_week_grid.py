"""The week grid: painted by ticking days, with clashes named beside it, proposed, and rising from school to work."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from fodfaeste.errors import BadInput, Refused
from fodfaeste.web.accounts.models import User
from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.programme.domain.hours import check
from fodfaeste.web.programme.domain.plans import latest, write_plan
from fodfaeste.web.programme.domain.programmes import rules_of, set_needs
from fodfaeste.web.programme.domain.text import PlanText, Time, text_of
from fodfaeste.web.programme.domain.travel import store_travel
from fodfaeste.web.programme.domain.week import painted, surroundings
from fodfaeste.web.programme.models import Programme, TravelTimes

from .conftest import Country, signed_in
from .programme_examples import DANISH, GOALS, WORK, agreed, opened

CLASS = replace(DANISH, times=())
WORKSHOP = replace(WORK, start=DANISH.start, end=DANISH.end, times=())
BARE = PlanText(GOALS[:1], (CLASS, WORKSHOP))

CONNECTIONS = """from,to,minutes,weekdays,earliest_arrival,line
Hjem,Sprogskolen,20,1-5,07:40,bus 12
Sprogskolen,Hjem,20,1-5,,bus 12
Hjem,Værkstedet,35,1-3 5,07:30,bus 214
Hjem,Værkstedet,35,4,08:25,bus 214
Værkstedet,Hjem,35,1-5,,bus 214
Sprogskolen,Værkstedet,30,1-5,,
Værkstedet,Sprogskolen,30,1-5,,
"""


@pytest.fixture
def worker(country: Country) -> User:
    return country.users[Role.WORKER]


@pytest.fixture
def programme(country: Country, worker: User) -> Programme:
    programme = opened(country)
    write_plan(programme, BARE, by=worker)
    store_travel(by=worker, connections=CONNECTIONS, places="")
    return needs(programme, worker)


def needs(programme: Programme, by: User, **more: object) -> Programme:
    """What the week keeps to: at home in Hjem, 20 hours agreed, and whatever else is said."""
    usual: dict[str, object] = {
        "home": "Hjem",
        "travel_minutes": 120,
        "school_days_in_row": None,
        "needs_childcare": False,
        "agreed_hours": 20,
    }
    return set_needs(programme, by=by, **usual | more)  # type: ignore[arg-type]


@pytest.fixture
def browser(worker: User) -> Client:
    return signed_in(worker)


def grid(school: str = "35", work: str = "124", **more: str) -> dict[str, object]:
    """The form as it is sent: days of the class and of the workshop, such as ``124``."""
    return {
        "line": ["1-0", "2-0"],
        "begins-1-0": "08:30",
        "ends-1-0": "13:30",
        "day-1-0": list(school),
        "begins-2-0": "08:00",
        "ends-2-0": "15:24",
        "day-2-0": list(work),
        "do": "save",
        **more,
    }


def plain(html: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


def post(browser: Client, programme: Programme, sent: dict[str, object]) -> str:
    return plain(browser.post(f"/program/{programme.person_id}/uge/", sent, follow=True).text)


def week_of(programme: Programme) -> list[tuple[str, int, time, time]]:
    activities = text_of(latest(programme)).activities
    return [(one.name, when.weekday, when.begins, when.ends) for one in activities for when in one.times]


# ------------------------------------------------------------------ painting


def test_three_days_of_work_and_two_of_class_are_ticked_and_saved(browser: Client, programme: Programme) -> None:
    said = post(browser, programme, grid())
    assert "Ugen er gemt i planen." in said
    assert [(name, day) for name, day, _from, _to in week_of(programme)] == [
        ("DU2.3", 3),
        ("DU2.3", 5),
        ("Praktik", 1),
        ("Praktik", 2),
        ("Praktik", 4),
    ]


def test_the_week_takes_seven_clicks() -> None:
    """Journey 7 has 12 for all of it: opening the page, five days and saving leave room for proposing and approving."""
    opening, saving, days = 1, 1, len("124") + len("35")
    assert opening + days + saving <= 12


def test_thursday_without_an_early_bus_is_named_with_line_and_time(browser: Client, programme: Programme) -> None:
    said = post(browser, programme, grid())
    assert re.search(r"[Tt]orsdag.*bus 214", said)
    assert "08:25" in said


def test_a_work_day_on_a_class_day_names_the_class(browser: Client, programme: Programme) -> None:
    said = post(browser, programme, grid(work="123"))
    assert re.search(r"[Oo]nsdag.*DU2.3", said)


def test_checking_writes_nothing(browser: Client, programme: Programme) -> None:
    said = post(browser, programme, grid(do="check"))
    assert "Ugen herunder er ikke gemt endnu." in said
    assert "08:25" in said
    assert week_of(programme) == []


def test_a_week_without_clashes_says_so(browser: Client, programme: Programme) -> None:
    said = post(browser, programme, grid(work="12"))
    assert "0 sammenstød" in said
    assert "Intet støder sammen." in said


def test_other_times_are_a_line_of_their_own(browser: Client, programme: Programme) -> None:
    post(browser, programme, grid())
    sent = grid() | {"line": ["1-0", "1-1", "2-0"], "begins-1-1": "09:00", "ends-1-1": "11:00", "day-1-1": ["1"]}
    post(browser, programme, sent)
    assert ("DU2.3", 1, time(9), time(11)) in week_of(programme)


def test_a_time_that_ends_before_it_begins_is_named(browser: Client, programme: Programme) -> None:
    said = post(browser, programme, grid() | {"ends-1-0": "08:00"})
    assert "DU2.3: skriv et klokkeslæt fra og et senere til." in said
    assert week_of(programme) == []


def test_a_line_of_something_that_is_gone_is_refused(browser: Client, programme: Programme) -> None:
    said = post(browser, programme, grid() | {"line": ["9-0"]})
    assert "Planen er ændret imens" in said


def test_the_week_of_an_approved_plan_becomes_a_new_version(
    browser: Client, programme: Programme, worker: User
) -> None:
    agreed(programme, worker, BARE)
    assert "bliver det en ny version" in plain(browser.get(f"/program/{programme.person_id}/uge/").text)
    post(browser, programme, grid())
    plan = latest(programme)
    assert (plan.number, plan.state) == (2, "draft")
    assert not plan.approvals.exists()


def test_two_who_paint_at_once_are_told(browser: Client, programme: Programme) -> None:
    edits = str(latest(programme).edits)
    post(browser, programme, grid(edits=edits))
    said = post(browser, programme, grid(work="1", edits=edits))
    assert "En anden har ændret planen imens" in said


def test_a_plan_without_activities_leads_to_writing_one(browser: Client, programme: Programme, worker: User) -> None:
    write_plan(programme, PlanText(), by=worker)
    assert "Skriv først planens aktiviteter" in browser.get(f"/program/{programme.person_id}/uge/").text


# ------------------------------------------------------------------ what it keeps to


def test_needs_are_written_and_kept_to(browser: Client, programme: Programme) -> None:
    sent = {"home": "Hjem", "travel_minutes": "60", "agreed_hours": "20", "school_days_in_row": "1"}
    answer = browser.post(f"/program/{programme.person_id}/hensyn/", sent)
    assert answer.url == f"/program/{programme.person_id}/uge/"
    programme.refresh_from_db()
    assert (programme.travel_minutes, programme.school_days_in_row) == (60, 1)
    said = post(browser, programme, grid(school="34", work="12"))
    assert "60" in said
    assert "skoledage" in said


def test_ways_that_nobody_knows_are_named_and_cost_no_time(browser: Client, programme: Programme) -> None:
    TravelTimes.objects.all().delete()
    said = post(browser, programme, grid())
    assert "Rejsetid ukendt" in said
    assert "Hjem – Sprogskolen" in said
    assert "bus 214" not in said


def test_without_a_home_ways_from_it_are_not_asked_for(programme: Programme, worker: User) -> None:
    around = surroundings(needs(programme, worker, home=""), rules_of(programme), BARE)
    assert around.home == "Sprogskolen"
    assert around.unknown == ()


def test_ways_are_estimated_from_coordinates(programme: Programme, worker: User) -> None:
    places = "place,latitude,longitude\nHjem,55.0,9.0\nSprogskolen,55.1,9.0\nVærkstedet,55.0,9.1\n"
    store_travel(by=worker, connections="from,to,minutes\nHjem,Sprogskolen,20\n", places=places)
    around = surroundings(programme, rules_of(programme), BARE)
    assert around.unknown == ()
    way = around.travel.way("Hjem", "Værkstedet", 1)
    assert way is not None
    assert way.estimated


def test_a_travel_table_is_brought_in_whole_or_not_at_all(browser: Client, programme: Programme) -> None:
    assert "En ny tabel afløser den gamle." in browser.get("/program/rejsetider/").text
    wrong = SimpleUploadedFile("r.csv", b"from,to,minutes\nHjem,Skole,mange\n")
    answer = browser.post("/program/rejsetider/", {"connections": wrong})
    assert "row 2, column minutes" in answer.text
    assert TravelTimes.objects.get().connections == CONNECTIONS
    right = SimpleUploadedFile("r.csv", b"from,to,minutes\nHjem,Skole,25\n")
    assert browser.post("/program/rejsetider/", {"connections": right}).status_code == 302
    assert "Skole,25" in TravelTimes.objects.get().connections


def test_whose_the_table_is_nobody_else_replaces(country: Country, programme: Programme) -> None:
    assert signed_in(country.users[Role.LEADER]).get("/program/rejsetider/").status_code == 403
    with pytest.raises(Refused, match="hører til en kommune"):
        store_travel(by=country.users[Role.LEADER], connections=CONNECTIONS, places="")
    with pytest.raises(BadInput):
        store_travel(by=country.users[Role.WORKER], connections="a,b\n1,2\n", places="")


# ------------------------------------------------------------------ proposing


def test_a_week_is_proposed_with_reasons_and_saved_when_somebody_saves_it(
    browser: Client, programme: Programme, worker: User
) -> None:
    sent = grid(school="", work="", do="propose", pattern="2+3")
    page = browser.post(f"/program/{programme.person_id}/uge/", sent)
    said = plain(page.text)
    assert "Hvorfor denne uge" in said
    assert "0 sammenstød" in said
    ticked = [line.days for line in page.context["lines"] if line.days]
    assert [len(days) for days in ticked] == [2, 3]
    assert 4 not in ticked[1]
    assert week_of(programme) == []


def test_an_impossible_week_names_the_conflict(browser: Client, programme: Programme, worker: User) -> None:
    needs(programme, worker, travel_minutes=30)
    said = post(browser, programme, grid(school="", work="", do="propose", pattern="3+2"))
    assert "30" in said
    assert "Hvorfor denne uge" not in said
    assert week_of(programme) == []


def test_two_activities_of_one_name_keep_their_own_days(programme: Programme, worker: User) -> None:
    monday, tuesday = (Time(day, time(9), time(12)) for day in (1, 2))
    one, other = replace(CLASS, times=(monday,)), replace(CLASS, number=3, times=(tuesday,), place="Biblioteket")
    text = PlanText(GOALS[:1], (one, other))
    from fodfaeste.web.programme.domain.week import clashes_of

    around = surroundings(programme, rules_of(programme), text)
    (week, _clashes), *_rest = clashes_of(text, around)
    assert [part.times for part in painted(text, [week]).activities] == [(monday,), (tuesday,)]


# ------------------------------------------------------------------ rising to full time


def test_work_rises_by_steps_and_school_falls_where_it_leaves_no_time(browser: Client, programme: Programme) -> None:
    sent = grid(school="345", work="12345", do="ramp", steps="2 3 5", begins="2024-03-11", weeks="4")
    said = post(browser, programme, sent)
    assert "Planen har trin, hvor praktikken stiger." in said
    school, work = text_of(latest(programme)).activities
    assert [(when.weekday, when.start, when.end) for when in work.times if when.start == date(2024, 3, 11)] == [
        (1, date(2024, 3, 11), date(2024, 4, 8)),
        (2, date(2024, 3, 11), date(2024, 4, 8)),
    ]
    last = [when for when in work.times if when.start == date(2024, 5, 6)]
    assert [when.weekday for when in last] == [1, 2, 3, 4, 5]
    assert {when.end for when in last} == {None}
    assert {when.weekday for when in school.times if when.start == date(2024, 4, 8)} == {4, 5}


def test_the_hours_of_steps_are_counted_step_by_step(browser: Client, programme: Programme) -> None:
    post(browser, programme, grid(school="345", work="12345", do="ramp", steps="2 5", begins="2024-03-11", weeks="4"))
    checked = check(text_of(latest(programme)), rules_of(programme), 20)
    assert checked is not None
    assert checked.weeks[0].total == pytest.approx(3 * 5 + 2 * 7.4)
    assert checked.weeks[4].total == pytest.approx(5 * 7.4)


@pytest.mark.parametrize(
    "wrong", [{"begins": ""}, {"weeks": "fire"}, {"steps": "2 3"}, {"steps": ""}, {"steps": "3 2 5"}]
)
def test_steps_that_do_not_rise_to_all_days_are_refused(
    browser: Client, programme: Programme, wrong: dict[str, str]
) -> None:
    sent = {"do": "ramp", "steps": "2 3 5", "begins": "2024-03-11", "weeks": "4", **wrong}
    post(browser, programme, grid(school="345", work="12345", **sent))
    assert week_of(programme) == []
