"""Language schools: who is enrolled where, what a school sees of them, who came, and what follows for the programme."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.domain.phones import set_office_phone
from fodfaeste.web.accounts.gate import scoped_models, visible
from fodfaeste.web.accounts.models import Organisation, User
from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.accounts.viewer import Viewer, viewer_of
from fodfaeste.web.audit.models import Change, Opening
from fodfaeste.web.learning.domain.days import PRESENT, Told, expected_on, record_day, stamp
from fodfaeste.web.learning.domain.enrolments import change_enrolment, end_enrolment, enrol
from fodfaeste.web.learning.domain.learners import figures, learners_now, times_in_words
from fodfaeste.web.learning.domain.levels import pass_test, set_level, take_back_step
from fodfaeste.web.learning.models import Attendance, Enrolment, Learner, Lesson, Step
from fodfaeste.web.moving.domain.closing import close_file
from fodfaeste.web.people.domain.changing import Clash, change
from fodfaeste.web.people.models import Need, Person, Responsibility
from fodfaeste.web.programme.domain.absences import mark_absent
from fodfaeste.web.programme.domain.text import Time
from fodfaeste.web.programme.models import Absence, Programme

from .conftest import TAKEOVER, Country, made_person, signed_in
from .learning_examples import MONDAY, MORNINGS, at_school, learner, school, taught

TODAY = timezone.localdate
A_DAY = timedelta(days=1)


@pytest.fixture
def there(country: Country) -> Organisation:
    return school()


@pytest.fixture
def teacher(there: Organisation) -> User:
    return at_school(Role.TEACHER, there)


@pytest.fixture
def worker(country: Country) -> User:
    return country.users[Role.WORKER]


def seen_by(user: User) -> Viewer:
    return viewer_of(user, TODAY())


def last_monday() -> date:
    return TODAY() - timedelta(days=TODAY().weekday())


# Enrolments


def test_two_enrolments_at_one_school_never_overlap(country: Country, there: Organisation, worker: User) -> None:
    row = learner(country.person, there)
    with pytest.raises(Refused, match="allerede indskrevet på Egen school"):
        learner(country.person, there, start=date(2025, 1, 1))
    with pytest.raises(IntegrityError), transaction.atomic():
        Enrolment.objects.create(
            person=country.person, school=there, organisation=country.own, start=date(2025, 1, 1), made_by=worker
        )
    learner(country.person, school("En anden"))
    end_enrolment(row, end=date(2025, 1, 1), version=row.version, by=worker)
    learner(country.person, there, start=date(2025, 1, 1))
    assert Enrolment.objects.filter(school=there).count() == 2


def test_only_who_works_with_them_enrols_and_only_at_a_school(
    country: Country, there: Organisation, teacher: User
) -> None:
    for by in (teacher, country.stranger, country.users[Role.LEADER]):
        with pytest.raises(Refused, match="hører ikke til din kommune"):
            enrol(country.person, school=there, organisation=country.own, start=TAKEOVER, by=by)
    with pytest.raises(Refused, match="ikke en sprogskole"):
        learner(country.person, country.other)
    with pytest.raises(Refused, match="efter den første dag"):
        learner(country.person, there, end=TAKEOVER)


def test_it_is_known_who_enrolled_and_ended_and_when(country: Country, there: Organisation, worker: User) -> None:
    row = learner(country.person, there)
    assert (row.made_by, row.made.date()) == (worker, timezone.now().date())
    ended = end_enrolment(row, end=TODAY() + A_DAY, version=row.version, by=worker)
    assert (ended.end, ended.ended_by) == (TODAY() + A_DAY, worker)
    with pytest.raises(Clash):
        change_enrolment(row, days=[1], called="", version=row.version, by=worker)
    assert Change.objects.filter(table="learning_enrolment", person=country.person.pk).count() == 2


def test_a_file_that_closes_ends_what_the_office_arranged(country: Country, there: Organisation, worker: User) -> None:
    lasting = learner(country.person, there, end=date(2098, 1, 1))
    coming = learner(country.person, there, start=date(2098, 1, 1))
    day = TODAY() + A_DAY
    with change(worker):
        close_file(country.person, country.own, day=day, why="moved")
    lasting.refresh_from_db()
    assert lasting.end == day
    assert not Enrolment.objects.filter(pk=coming.pk).exists()


# What a school sees


def test_a_school_sees_name_level_times_and_whom_to_call(country: Country, there: Organisation, teacher: User) -> None:
    set_office_phone(country.own, "11 22 33 44", by=country.users[Role.ADMINISTRATOR])
    learner(country.person, there)
    taught(country.person)
    row = learners_now(seen_by(teacher), TODAY()).get()
    assert (str(row), row.level, times_in_words(row.times)) == (
        "Prøve Eksempel",
        "DU2.3",
        "man 08:30–12:00, ons 08:30–12:00",
    )
    page = signed_in(teacher).get(f"/sprogskole/{row.pk}/").text
    for shown in ("Prøve Eksempel", "DU2.3", "mandag 08:30", "Egenby", "worker", "11 22 33 44", "7,0"):
        assert shown in page, shown


def test_a_school_sees_of_a_person_nothing_else(country: Country, there: Organisation, teacher: User) -> None:
    Person.objects.filter(pk=country.person.pk).update(phone="99 88 77 66", own_script="سري")
    Need.objects.create(person=country.person, words="kan ikke løfte", noted=TAKEOVER)
    running = taught(country.person)
    mark_absent(running, by=country.users[Role.WORKER], day=TAKEOVER, reason="illness", words="Ondt i ryggen")
    row = learner(country.person, there)
    shown = {model.__name__ for model in scoped_models() if visible(seen_by(teacher), model).exists()}
    assert shown == {"Enrolment", "Step", "Learner", "Lesson"}
    browser = signed_in(teacher)
    for path in ("/sprogskole/", f"/sprogskole/{row.pk}/", f"/sprogskole/fremmoede/?dag={last_monday()}"):
        page = browser.get(path).text
        for secret in (country.person.case_number, "99 88 77 66", "سري", "kan ikke løfte", "ryggen", "1990", "SYR"):
            assert secret not in page, (path, secret)
        assert "Prøve" in page, path
    for path in (f"/personer/{country.person.pk}/", f"/skolegang/{country.person.pk}/"):
        assert browser.get(path).status_code == 404


@pytest.mark.parametrize("called", ["", "Noor"])
def test_a_protected_name_is_not_the_schools(country: Country, there: Organisation, teacher: User, called: str) -> None:
    Person.objects.filter(pk=country.person.pk).update(protected=True)
    learner(country.person, there, called=called)
    page = signed_in(teacher).get("/sprogskole/").text
    assert "Prøve" not in page
    assert (called or "Beskyttet navn") in page


def test_another_schools_learners_are_not_there(country: Country, there: Organisation, teacher: User) -> None:
    theirs = learner(country.person, school("En anden"))
    browser = signed_in(teacher)
    assert "Prøve" not in browser.get("/sprogskole/").text
    assert browser.get(f"/sprogskole/{theirs.pk}/").status_code == 404
    assert not visible(seen_by(teacher), Learner).exists()
    with pytest.raises(Refused, match="Kun skolen og den kommune"):
        set_level(theirs, level="du1-1", day=TODAY(), by=teacher)
    with pytest.raises(Refused, match="går ikke på skolen"):
        record_day(last_monday(), {theirs.pk: Told(PRESENT)}, by=teacher)


def test_who_has_left_or_is_no_longer_the_municipalitys_is_gone_from_the_page(
    country: Country, there: Organisation, teacher: User, worker: User
) -> None:
    row = learner(country.person, there)
    end_enrolment(row, end=TODAY(), version=row.version, by=worker)
    assert not visible(seen_by(teacher), Learner).exists()
    learner(country.person, there, start=TODAY())
    assert visible(seen_by(teacher), Learner).count() == 1
    Responsibility.objects.filter(person=country.person).update(end=TODAY())
    assert not visible(seen_by(teacher), Learner).exists()
    assert not visible(seen_by(teacher), Lesson).exists()


def test_nothing_is_told_twice_of_somebody_whose_case_a_colleague_took_over(
    country: Country, there: Organisation, teacher: User
) -> None:
    learner(country.person, there)
    taught(country.person)
    Responsibility.objects.filter(person=country.person).update(end=date(2025, 1, 1))
    Responsibility.objects.create(
        person=country.person, organisation=country.own, worker=country.users[Role.CONSULTANT], start=date(2025, 1, 1)
    )
    row = learners_now(seen_by(teacher), TODAY()).get()
    assert [one.weekday for one in row.times] == [1, 3]
    assert row.worker == country.users[Role.CONSULTANT]
    assert len(expected_on(seen_by(teacher), last_monday())[0].times) == 1


def test_a_draft_of_a_plan_gives_a_school_no_times(country: Country, there: Organisation, teacher: User) -> None:
    learner(country.person, there, days=[2, 4])
    running = taught(country.person)
    running.plans.update(state="superseded")
    row = learners_now(seen_by(teacher), TODAY()).get()
    assert row.times == []
    assert "kan: tir, tor" in signed_in(teacher).get("/sprogskole/").text


def test_who_begins_later_stands_below_and_is_not_counted(country: Country, there: Organisation, teacher: User) -> None:
    learner(country.person, there, start=TODAY() + A_DAY)
    page = signed_in(teacher).get("/sprogskole/").text
    assert "Begynder senere" in page
    assert "0 rækker" in page


def test_opening_a_learner_is_written_down_and_so_is_a_file(
    country: Country, there: Organisation, teacher: User
) -> None:
    row = learner(country.person, there)
    browser = signed_in(teacher)
    browser.get("/sprogskole/")
    assert not Opening.objects.exists()
    browser.get(f"/sprogskole/{row.pk}/")
    b"".join(browser.get("/sprogskole/?format=csv"))
    lines = list(Opening.objects.order_by("pk").values_list("person", "organisation", "page", "in_list", "user"))
    assert lines == [
        (country.person.pk, there.pk, "learning:learner", False, teacher.pk),
        (country.person.pk, there.pk, "learning:learners", True, teacher.pk),
    ]


# Levels


def test_a_test_that_is_passed_leads_to_the_next_module(country: Country, there: Organisation, teacher: User) -> None:
    row = learner(country.person, there)
    passed = pass_test(row, level="du2-3", day=TODAY(), by=teacher)
    assert (str(passed), passed.leads_to) == ("DU2.3", "DU2.4")
    assert visible(seen_by(teacher), Learner).get().level == "DU2.4"
    with pytest.raises(Refused, match="allerede skrevet ned"):
        pass_test(row, level="du2-3", day=TODAY(), by=teacher)
    with pytest.raises(Refused, match="når den er bestået"):
        pass_test(row, level="du2-4", day=TODAY() + A_DAY, by=teacher)
    with pytest.raises(Refused, match="gik personen ikke på skolen"):
        pass_test(row, level="du2-4", day=TAKEOVER - A_DAY, by=teacher)
    take_back_step(passed, by=teacher)
    assert visible(seen_by(teacher), Learner).get().level == "DU2.3"


def test_after_the_last_module_there_is_none(country: Country, there: Organisation, teacher: User) -> None:
    row = learner(country.person, there)
    pass_test(row, level="du3-6", day=TODAY(), by=teacher)
    assert visible(seen_by(teacher), Learner).get().level == "DU3.6"


def test_a_level_is_one_of_those_that_there_are(country: Country, there: Organisation, teacher: User) -> None:
    row = learner(country.person, there, level="")
    assert visible(seen_by(teacher), Learner).get().level == ""
    with pytest.raises(Refused, match="Vælg et niveau"):
        set_level(row, level="du4-1", day=TODAY(), by=teacher)
    set_level(row, level="du1-2", day=TODAY(), by=teacher)
    assert visible(seen_by(teacher), Learner).get().level == "DU1.2"


# A day


def test_who_is_expected_on_a_day_is_who_has_a_time_then_or_could(
    country: Country, there: Organisation, teacher: User, worker: User
) -> None:
    mine = learner(country.person, there)
    taught(country.person)
    other = learner(made_person("Uden tider", worker, country.own), there, days=[1])
    any_day = learner(made_person("Altid", worker, country.own), there)
    monday = last_monday()
    assert [(one.learner.pk, len(one.times)) for one in expected_on(seen_by(teacher), monday)] == [
        (mine.pk, 1),
        (any_day.pk, 0),
        (other.pk, 0),
    ]
    assert [one.learner.pk for one in expected_on(seen_by(teacher), monday - 6 * A_DAY)] == [any_day.pk]
    assert expected_on(seen_by(teacher), monday - A_DAY) == []


def test_where_nobody_is_taught_today_the_page_begins_with_the_working_day_before(
    country: Country, there: Organisation, teacher: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    learner(country.person, there)
    browser, sunday = signed_in(teacher), last_monday() - A_DAY
    monkeypatch.setattr("fodfaeste.web.learning.views.school.timezone.localdate", lambda: sunday)
    assert browser.get("/sprogskole/fremmoede/").context["chosen"] == sunday - 2 * A_DAY
    assert browser.get("/sprogskole/fremmoede/", {"dag": f"{sunday}"}).context["chosen"] == sunday


def test_an_absence_that_a_teacher_tells_is_one_of_the_programme_and_nobody_has_judged_it(
    country: Country, there: Organisation, teacher: User
) -> None:
    row, running, day = learner(country.person, there), taught(country.person), last_monday()
    kept = record_day(day, {row.pk: Told("illness", " Feber ")}, by=teacher)
    assert (kept.present, kept.absent, kept.clashes) == (0, 1, frozenset())
    absence = running.absences.get()
    assert (absence.day, absence.reason, absence.words, absence.lawful) == (day, "illness", "Feber", None)
    assert absence.noted_by == teacher
    record_day(day, {row.pk: Told("illness", "Feber", stamp(Attendance.objects.get()))}, by=teacher)
    assert (Attendance.objects.count(), Absence.objects.count()) == (1, 1)


def test_what_was_told_by_mistake_is_taken_back_until_the_municipality_has_judged_it(
    country: Country, there: Organisation, teacher: User, worker: User
) -> None:
    row, running, day = learner(country.person, there), taught(country.person), last_monday()

    def told(answer: str) -> None:
        noted = Attendance.objects.filter(day=day).first()
        record_day(day, {row.pk: Told(answer, seen=stamp(noted))}, by=teacher)

    told("none")
    told("child")
    assert running.absences.get().reason == "child"
    told(PRESENT)
    assert not running.absences.exists()
    told("none")
    mark_absent(running, by=worker, day=day, reason="none", lawful=False)
    told(PRESENT)
    judged = running.absences.get()
    assert (judged.lawful, judged.noted_by) == (False, worker)
    assert Attendance.objects.get().present
    told("illness")
    assert running.absences.get().reason == "none"


def test_what_the_municipality_has_noted_itself_stays(
    country: Country, there: Organisation, teacher: User, worker: User
) -> None:
    row, running, day = learner(country.person, there), taught(country.person), last_monday()
    mark_absent(running, by=worker, day=day, reason="interview", words="Møde hos os", lawful=True)
    record_day(day, {row.pk: Told("none")}, by=teacher)
    assert running.absences.get().words == "Møde hos os"
    assert Attendance.objects.get().absence is None
    record_day(day, {row.pk: Told(PRESENT, seen=stamp(Attendance.objects.get()))}, by=teacher)
    assert running.absences.get().words == "Møde hos os"


def test_who_has_no_programme_has_attendance_all_the_same(country: Country, there: Organisation, teacher: User) -> None:
    row = learner(country.person, there)
    record_day(last_monday(), {row.pk: Told("work")}, by=teacher)
    assert Attendance.objects.get().absence is None
    assert not Absence.objects.exists()


def test_a_day_to_come_and_a_reason_that_there_is_not_are_refused(
    country: Country, there: Organisation, teacher: User
) -> None:
    row = learner(country.person, there)
    with pytest.raises(Refused, match="ikke kommet endnu"):
        record_day(TODAY() + A_DAY, {row.pk: Told(PRESENT)}, by=teacher)
    with pytest.raises(Refused, match="Vælg en grund"):
        record_day(TODAY(), {row.pk: Told("weather")}, by=teacher)
    assert not Attendance.objects.exists()


def test_two_teachers_one_day_both_answers_are_shown(country: Country, there: Organisation, teacher: User) -> None:
    row, day = learner(country.person, there), last_monday()
    taught(country.person)
    colleague = at_school(Role.TEACHER, there, "kollega")
    record_day(day, {row.pk: Told("illness", "Feber")}, by=colleague)
    browser = signed_in(teacher)
    sent = {"dag": f"{day}", f"svar-{row.pk}": PRESENT, f"ord-{row.pk}": "", f"set-{row.pk}": ""}
    page = browser.post("/sprogskole/fremmoede/", sent)
    assert page.status_code == 200
    assert "En kollega har imens noteret noget andet" in page.text
    assert "Feber" in page.text
    assert not Attendance.objects.get().present
    again = browser.post("/sprogskole/fremmoede/", {**sent, f"set-{row.pk}": stamp(Attendance.objects.get())})
    assert again.status_code == 302
    assert Attendance.objects.get().present


def test_the_page_of_a_day_proposes_that_who_has_a_time_has_come(
    country: Country, there: Organisation, teacher: User, worker: User
) -> None:
    row = learner(country.person, there)
    taught(country.person)
    untimed = learner(made_person("Uden tider", worker, country.own), there)
    day = last_monday()
    browser = signed_in(teacher)
    page = browser.get("/sprogskole/fremmoede/", {"dag": f"{day}"})
    said = {name: page.context["form"][name].value() or "" for name in page.context["form"].fields}
    assert (said[f"svar-{row.pk}"], said[f"svar-{untimed.pk}"]) == (PRESENT, "")
    saved = browser.post("/sprogskole/fremmoede/", {"dag": f"{day}", **said}, follow=True)
    assert "Gemt: 1 til stede, 0 fraværende." in saved.text
    assert Attendance.objects.get().enrolment == row
    empty = browser.post("/sprogskole/fremmoede/", {"dag": f"{day}", f"set-{row.pk}": ""}, follow=True)
    assert "Der var intet at gemme." in empty.text


def test_a_class_is_shown_and_saved_by_itself(
    country: Country, there: Organisation, teacher: User, worker: User
) -> None:
    row = learner(country.person, there)
    taught(country.person)
    late = made_person("Sen", worker, country.own)
    learner(late, there)
    taught(late, (Time(1, time(17), time(19)),))
    browser, day = signed_in(teacher), last_monday()
    page = browser.get("/sprogskole/fremmoede/", {"dag": f"{day}", "kl": "08:30"})
    assert "kl. 17:00" in page.text
    assert "Sen Eksempel" not in page.text
    said = {name: page.context["form"][name].value() or "" for name in page.context["form"].fields}
    saved = browser.post("/sprogskole/fremmoede/", {"dag": f"{day}", "kl": "08:30", **said})
    assert saved["Location"] == f"/sprogskole/fremmoede/?dag={day}&kl=08%3A30"
    assert Attendance.objects.get().enrolment == row
    assert "Sen Eksempel" in browser.get("/sprogskole/fremmoede/", {"dag": f"{day}", "kl": "03:00"}).text


def test_a_day_of_many_comes_in_pages(
    country: Country, there: Organisation, teacher: User, worker: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fodfaeste.web.learning.views.school.A_PAGE", 2)
    for name in ("A", "B", "C"):
        learner(made_person(name, worker, country.own), there)
    browser, day = signed_in(teacher), last_monday()
    page = browser.get("/sprogskole/fremmoede/", {"dag": f"{day}", "side": "2"})
    assert [str(row.expected.learner) for row in page.context["form"].rows()] == ["C Eksempel"]
    assert "Side 2 af 2" in page.text
    assert "Noteret for 0 af 3." in page.text
    row = Enrolment.objects.get(person__given_name="C")
    saved = browser.post("/sprogskole/fremmoede/", {"dag": f"{day}", "side": "2", f"svar-{row.pk}": PRESENT})
    assert saved["Location"] == f"/sprogskole/fremmoede/?dag={day}&side=2"
    assert Attendance.objects.get().enrolment == row


def test_what_a_teacher_typed_when_the_session_ended_waits(
    country: Country, there: Organisation, teacher: User
) -> None:
    row, day = learner(country.person, there), last_monday()
    browser = signed_in(teacher)
    browser.get("/sprogskole/fremmoede/")
    del browser.cookies["sessionid"]
    sent = {"dag": f"{day}", f"svar-{row.pk}": "illness", f"ord-{row.pk}": "Feber"}
    assert "/konto/login/" in browser.post("/sprogskole/fremmoede/", sent)["Location"]
    browser.force_login(teacher, "allauth.account.auth_backends.AuthenticationBackend")
    assert "Feber" in browser.get("/sprogskole/fremmoede/", follow=True).text


# Figures


def test_figures_agree_with_the_lists_that_they_lead_to(country: Country, there: Organisation, worker: User) -> None:
    planner = at_school(Role.PLANNER, there)
    for number in range(4):
        person = made_person(f"Elev {number}", worker, country.own)
        learner(person, there, level="" if number == 0 else f"du1-{number}")
        if number:
            taught(person, MORNINGS[:number])
    learner(country.their_person, there)
    found = figures(seen_by(planner), TODAY())
    assert found.total == sum(one.count for one in found.levels) == sum(one.count for one in found.municipalities) == 5
    assert found.untimed == 2
    assert [(one.name, dict(one.counts)[1], dict(one.counts)[3]) for one in found.hours] == [
        ("08–09", 3, 2),
        ("09–10", 3, 2),
        ("10–11", 3, 2),
        ("11–12", 3, 2),
    ]
    browser = signed_in(planner)
    for one in found.levels:
        assert browser.get("/sprogskole/", {"niveau": one.value}).context["list"].total == one.count
    for one in found.municipalities:
        assert browser.get("/sprogskole/", {"kommune": one.value}).context["list"].total == one.count
    for hour in found.hours:
        for weekday, count in hour.counts:
            assert browser.get("/sprogskole/", {"time": f"{weekday}-{hour.hour}"}).context["list"].total == count
    assert "Kursister på hvert niveau" in browser.get("/sprogskole/").text
    assert "Kursister på hvert niveau" not in signed_in(at_school(Role.TEACHER, there)).get("/sprogskole/").text


# The office


def test_the_worker_enrols_changes_and_ends_on_pages(country: Country, there: Organisation, worker: User) -> None:
    taught(country.person)
    pk, browser = country.person.pk, signed_in(worker)
    sent = {"school": there.pk, "start": f"{TAKEOVER}", "level": "du1-2", "days": [1, 3], "called": "Noor"}
    assert browser.post(f"/skolegang/{pk}/indskriv/", sent).status_code == 302
    row = Enrolment.objects.get()
    assert (row.days, row.called, row.steps.get().leads_to) == ([1, 3], "Noor", "DU1.2")
    assert "allerede indskrevet" in browser.post(f"/skolegang/{pk}/indskriv/", sent).text
    page = f"/skolegang/{pk}/{row.pk}/"
    told = {"do": "told", "skole-days": [2], "skole-called": "", "skole-version": row.version}
    assert browser.post(page, told).status_code == 302
    clashed = browser.post(page, {**told, "skole-days": [4]})
    assert "En anden har gemt ændringer" in clashed.text
    assert browser.post(page, {"do": "level", "niveau-level": "du1-3"}).status_code == 302
    row.refresh_from_db()
    assert row.days == [2]
    shown = browser.get(f"/skolegang/{pk}/").text
    for words in ("Egen school", "DU1.3", "tirsdag", "DU2.3", "worker"):
        assert words in shown, words
    ends = {"do": "end", "slut-end": f"{TODAY()}", "slut-version": row.version}
    assert browser.post(page, ends).status_code == 302
    assert "(afsluttet)" in browser.get(f"/skolegang/{pk}/").text


def test_the_worker_sees_who_was_away_and_judges_it(
    country: Country, there: Organisation, teacher: User, worker: User
) -> None:
    row, running, day = learner(country.person, there), taught(country.person), last_monday()
    record_day(day, {row.pk: Told("illness", "Feber")}, by=teacher)
    browser, pk = signed_in(worker), country.person.pk
    assert "1 dags fravær de sidste fire uger" in browser.get(f"/personer/{pk}/").text
    assert "Feber" in browser.get(f"/skolegang/{pk}/").text
    assert "Fravær fra sprogskolen, der ikke er vurderet (1)" in browser.get("/program/i-dag/").text
    page = browser.get(f"/program/{pk}/fravaer/?dag={day}")
    assert page.context["form"].initial == {"day": day, "reason": "illness", "words": "Feber", "lawful": "unknown"}
    browser.post(f"/program/{pk}/fravaer/", {**page.context["form"].initial, "lawful": "true"})
    assert running.absences.get().lawful is True
    assert "Fravær fra sprogskolen" not in browser.get("/program/i-dag/").text
    assert browser.get(f"/program/{pk}/fravaer/?dag=ikke-en-dag").context["form"].initial == {"day": TODAY()}
    assert browser.get(f"/program/{pk}/fravaer/?dag=2020-01-01").context["form"].initial == {"day": date(2020, 1, 1)}


def test_a_leader_reads_it_with_a_reason_and_changes_nothing(
    country: Country, there: Organisation, worker: User
) -> None:
    row = learner(country.person, there)
    browser = signed_in(country.users[Role.LEADER])
    path = f"/skolegang/{country.person.pk}/"
    assert browser.get(path)["Location"].startswith("/log/")
    browser.post(f"/log/{country.person.pk}/aabn/?next={path}", {"reason": "klage"})
    assert browser.get(f"{path}{row.pk}/").status_code == 404


def test_a_plan_with_two_danish_activities_is_asked_which_is_taught_there(
    country: Country, there: Organisation, teacher: User, worker: User
) -> None:
    from dataclasses import replace

    from fodfaeste.web.programme.domain.text import PlanText

    from .learning_examples import LATER
    from .programme_examples import DANISH, GOALS, agreed, opened

    day, evening = (
        replace(DANISH, name=name, number=number, times=(Time(number, time(17), time(19)),), end=LATER)
        for number, name in ((1, "Dag"), (2, "Aften"))
    )
    agreed(opened(country), worker, PlanText(GOALS, (day, evening)))
    browser = signed_in(worker)
    assert "Planens aktivitet på skolen" in browser.get(f"/skolegang/{country.person.pk}/indskriv/").text
    learner(country.person, there, activity=2)
    row = learners_now(seen_by(teacher), TODAY()).get()
    assert [one.weekday for one in row.times] == [2]
    assert Programme.objects.count() == 1
    assert MONDAY.weekday() == 0
    assert not Step.objects.exclude(enrolment=row.pk).exists()
