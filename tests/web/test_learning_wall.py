"""Behind PostgreSQL's own wall a school has its enrolments and no person, an association three views and no consent."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.utils import timezone

from fodfaeste.web import audit
from fodfaeste.web.accounts.gate import visible
from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.accounts.viewer import viewer_of
from fodfaeste.web.community.models import Contact, LeisureWish, SpokenLanguage
from fodfaeste.web.learning.domain.days import PRESENT, Told, record_day, stamp
from fodfaeste.web.learning.domain.enrolments import end_enrolment, enrol
from fodfaeste.web.learning.domain.learners import whom_to_call
from fodfaeste.web.learning.domain.levels import pass_test, take_back_step
from fodfaeste.web.learning.models import Attendance, Enrolment, Learner, Lesson, Step
from fodfaeste.web.moving.domain.closing import close_file
from fodfaeste.web.people.domain import parts
from fodfaeste.web.people.domain.changing import change
from fodfaeste.web.people.models import Consent, LanguageSkill, Person, Responsibility, Wish
from fodfaeste.web.programme.domain.absences import mark_absent
from fodfaeste.web.programme.models import Absence, Activity, Plan, Programme, Slot

from .conftest import TAKEOVER, Country, made_user
from .learning_examples import association, at_school, in_touch, learner, school, taught, worker_of
from .test_wall import as_the_application, refused

pytestmark = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="PostgreSQL alone has the wall")

OF_PERSONS = (Person, Responsibility, Programme, Plan, Activity, Slot, Absence, Consent, LanguageSkill, Wish)
VIEWS = ("learning_learner", "learning_lesson", "community_contact", "community_language", "community_wish")
TODAY = timezone.localdate


def test_a_school_has_its_own_learners_in_sight_and_no_person(country: Country) -> None:
    mine, theirs = learner(country.person, school()), learner(country.their_person, school("En anden"))
    for person in (country.person, country.their_person):
        taught(person)
    teacher = at_school(Role.TEACHER, school())
    with as_the_application():
        assert not any(model.objects.exists() for model in (Enrolment, Learner, Lesson, Step))
        with audit.acting(teacher):
            assert not any(model._default_manager.exists() for model in OF_PERSONS)
            assert list(Enrolment.objects.all()) == [mine]
            assert [(row.pk, row.name, row.level) for row in Learner.objects.all()] == [
                (mine.pk, "Prøve Eksempel", "DU2.3")
            ]
            assert {row.learner_id for row in Lesson.objects.all()} == {mine.pk}
            assert {row.enrolment_id for row in Step.objects.all()} == {mine.pk}
            assert visible(viewer_of(teacher, TODAY()), Learner).count() == 1
            with refused():
                Step.objects.create(enrolment=theirs, track="du1", module=1, day=TODAY(), by=teacher)


def test_a_school_writes_no_enrolment(country: Country) -> None:
    mine, teacher = learner(country.person, school()), at_school(Role.TEACHER, school())
    with as_the_application(), audit.acting(teacher):
        with refused():
            Enrolment.objects.create(
                person_id=country.their_person.pk,
                school=school(),
                organisation=country.other,
                start=TAKEOVER,
                made_by=teacher,
            )
        assert Enrolment.objects.filter(pk=mine.pk).update(person=country.their_person) == 0
        assert Enrolment.objects.filter(pk=mine.pk)._raw_delete("default") == 0


def test_nothing_is_written_through_a_view(country: Country) -> None:
    learner(country.person, school())
    in_touch(country.person, association())
    with as_the_application(), audit.acting(at_school(Role.TEACHER, school())), connection.cursor() as cursor:
        for view in VIEWS:
            with refused("cannot (update|delete from) view"):
                cursor.execute(f"DELETE FROM {view}")
            cursor.execute("SELECT reloptions FROM pg_class WHERE relname = %s", [view])
            assert cursor.fetchone() == (["security_barrier=true"],)


def test_a_day_is_written_down_behind_the_wall(country: Country) -> None:
    mine, running = learner(country.person, school()), taught(country.person)
    worker, teacher = worker_of(country.person), at_school(Role.TEACHER, school())
    with as_the_application():
        with audit.acting(teacher):
            record_day(TODAY(), {mine.pk: Told("illness", "Feber")}, by=teacher)
            record_day(TODAY(), {mine.pk: Told("none", "", stamp(Attendance.objects.get()))}, by=teacher)
            assert not Absence.objects.exists()
            passed = pass_test(mine, level="du2-3", day=TODAY(), by=teacher)
            assert Learner.objects.get().level == "DU2.4"
            take_back_step(passed, by=teacher)
            call = whom_to_call(Learner.objects.get(), TODAY())
            assert call is not None
            assert call.name == worker.name
        with audit.acting(worker):
            assert Absence.objects.get().reason == "none"
            mark_absent(running, by=worker, day=TODAY(), reason="none", lawful=False)
        with audit.acting(teacher):
            record_day(TODAY(), {mine.pk: Told(PRESENT, "", stamp(Attendance.objects.get()))}, by=teacher)
        with audit.acting(worker):
            assert Absence.objects.get().lawful is False
        with audit.acting(country.stranger):
            assert not any(model.objects.exists() for model in (Enrolment, Attendance, Step, Learner))


def test_enrolling_ending_and_closing_a_file_work_behind_the_wall(country: Country) -> None:
    worker, teacher = worker_of(country.person), at_school(Role.TEACHER, school())
    with as_the_application():
        with audit.acting(worker):
            row = enrol(
                country.person, school=school(), organisation=country.own, start=TAKEOVER, level="du1-1", by=worker
            )
            assert list(Enrolment.objects.all()) == [row]
            assert not Learner.objects.exists()
        with audit.acting(teacher):
            assert Learner.objects.count() == 1
        with audit.acting(worker):
            end_enrolment(row, end=TODAY(), version=row.version, by=worker)
        with audit.acting(teacher):
            assert not Learner.objects.exists()
            assert not Enrolment.objects.exists()
        with audit.acting(worker), transaction.atomic():
            enrol(country.person, school=school(), organisation=country.own, start=TODAY(), by=worker)
            with change(worker):
                close_file(country.person, country.own, day=TODAY(), why="moved")


def test_an_association_has_who_agreed_in_sight_while_it_holds_and_no_consent(country: Country) -> None:
    worker = worker_of(country.person)
    parts.add_language(country.person, language="ar", mother_tongue=True, by=worker)
    parts.record_wish(country.person, about="leisure", words="Fodbold", said=TAKEOVER, by=worker)
    consent = in_touch(country.person, association())
    in_touch(country.their_person, association("En anden"))
    coordinator = made_user("koordinator", association(), Role.COORDINATOR)
    with as_the_application():
        assert not Contact.objects.exists()
        with audit.acting(coordinator):
            assert not any(model._default_manager.exists() for model in OF_PERSONS)
            assert [row.name for row in Contact.objects.all()] == ["Prøve"]
            assert [row.language for row in SpokenLanguage.objects.all()] == ["ar"]
            assert [row.words for row in LeisureWish.objects.all()] == ["Fodbold"]
        with audit.acting(worker):
            parts.withdraw_consent(consent, withdrawn=TODAY(), version=consent.version, by=worker)
        with audit.acting(coordinator):
            assert not any(model.objects.exists() for model in (Contact, SpokenLanguage, LeisureWish))
