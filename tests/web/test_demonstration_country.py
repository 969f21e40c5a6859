"""The demonstration country as it stands: work at every stage, who signs in, and who comes by a link of their own."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from fodfaeste.data.municipalities import valid_on
from fodfaeste.web.accounts.models import Membership, Organisation, User
from fodfaeste.web.accounts.roles import Kind, Role
from fodfaeste.web.demonstration.country import remove
from fodfaeste.web.demonstration.own_page import open_own_page
from fodfaeste.web.learning.models import Attendance, Enrolment, Step
from fodfaeste.web.newcomer.models import Link
from fodfaeste.web.people.models import Consent, Person, ResidenceSpell
from fodfaeste.web.placement.desk.models import Arrival, PlacementRecord
from fodfaeste.web.placement.models import ArrivalLink
from fodfaeste.web.programme.models import Absence, FollowUp, Plan, Programme
from fodfaeste.web.workplace.models import Agreement

from .conftest import TAKEOVER, signed_in

Told = dict[str, Any]
pytestmark = pytest.mark.django_db


def renewed() -> Told:
    """What the command tells of the country that is there already."""
    said = StringIO()
    call_command("build_demonstration", "--renew", "--json", stdout=said)
    return dict(json.loads(said.getvalue()))


def test_six_municipalities_have_staff_and_people_and_everybody_can_sign_in(demonstration: Told) -> None:
    offices = Organisation.objects.filter(kind=Kind.MUNICIPALITY)
    assert offices.count() == 6
    assert all(office.name.endswith("(opdigtet)") for office in offices)
    assert 60 < Person.objects.count() <= 120
    assert all(user.check_password(demonstration["password"]) for user in User.objects.all())
    roles = {role for role in Role if role is not Role.NEWCOMER}
    assert set(Membership.objects.values_list("role", flat=True)) == roles
    assert {one["email"] for one in demonstration["sign_ins"]} == set(User.objects.values_list("email", flat=True))


@pytest.mark.usefixtures("demonstration")
def test_its_municipalities_are_of_today_and_so_have_quotas_and_are_sent_households() -> None:
    offices = Organisation.objects.filter(kind=Kind.MUNICIPALITY)
    names = dict(valid_on(timezone.localdate()).select("code", "name").iter_rows())
    assert {office.name for office in offices} == {f"{names[office.code]} (opdigtet)" for office in offices}
    seen = 0
    for office in offices:
        leader, worker = (office.memberships.filter(role=role).first().user for role in (Role.LEADER, Role.WORKER))
        quotas = signed_in(leader).get("/visitation/kvoter/").text
        assert f"{names[office.code]} i {timezone.localdate().year}, efter" in quotas
        sent = Arrival.objects.filter(receiver=office, state="sent")
        page = signed_in(worker).get("/visitation/modtag/").text
        assert all(f"Modtag {one.reference}" in page for one in sent)
        seen += len(sent)
    assert seen > 0
    assert all(record.by for record in PlacementRecord.objects.filter(act="decided"))


@pytest.mark.usefixtures("demonstration")
def test_programmes_stand_at_every_stage_and_some_follow_ups_were_missed() -> None:
    states = set(Plan.objects.values_list("state", flat=True))
    assert states >= {"draft", "proposed", "approved"}
    assert FollowUp.objects.exclude(held=None).exists()
    assert Programme.objects.filter(rule_set="IL-2019").exists()
    assert not Programme.objects.filter(person__residence_spells__end__isnull=False).exists()


@pytest.mark.usefixtures("demonstration")
def test_who_left_lives_there_no_more() -> None:
    assert ResidenceSpell.objects.filter(end=None).exists()
    assert ResidenceSpell.objects.exclude(end=None).exists()
    for stay in ResidenceSpell.objects.exclude(end=None):
        assert stay.end_reason


@pytest.mark.usefixtures("demonstration")
def test_it_is_built_once() -> None:
    with pytest.raises(CommandError, match="a demonstration country already"):
        call_command("build_demonstration", "--people", "10", stdout=StringIO())


def test_a_country_that_is_there_is_kept_with_a_new_password(demonstration: Told) -> None:
    persons = Person.objects.count()
    country = renewed()
    assert country["persons"] == persons == Person.objects.count()
    assert {one["email"] for one in country["sign_ins"]} == set(User.objects.values_list("email", flat=True))
    for user in User.objects.all():
        assert user.check_password(country["password"])
        assert not user.check_password(demonstration["password"])


@pytest.mark.usefixtures("demonstration")
def test_in_words_it_tells_every_sign_in_and_every_link() -> None:
    said = StringIO()
    call_command("build_demonstration", "--renew", stdout=said)
    assert all(user.email in said.getvalue() for user in User.objects.all())
    assert "A newcomer's own page, code " in said.getvalue()
    assert "An arriving household's own page, to say what it wishes, code " in said.getvalue()


@pytest.mark.usefixtures("demonstration")
def test_the_school_and_the_association_have_something_worth_seeing() -> None:
    def page(role: Role, path: str) -> str:
        return str(signed_in(Membership.objects.filter(role=role).first().user).get(path, follow=True).text)

    planner = page(Role.PLANNER, "/")
    for words in ("Kursister på hvert niveau", "Kursister i hver time af ugen", "DU", "man 08:30–12:00"):
        assert words in planner, words
    assert Enrolment.objects.count() > 10
    assert Attendance.objects.filter(present=False).exists()
    assert {True, None} <= set(Absence.objects.values_list("lawful", flat=True))
    held = Attendance.objects.latest("day")
    assert "Noteret for" in page(Role.TEACHER, f"/sprogskole/fremmoede/?dag={held.day}")
    assert "(opdigtet)" in page(Role.COORDINATOR, "/")
    assert Consent.objects.exclude(withdrawn=None).exclude(organisation=None).exists()
    remove()
    assert not any(model.objects.exists() for model in (Enrolment, Attendance, Step, Consent))


# ------------------------------------------------------------------ links of one's own


def test_the_newcomer_comes_in_and_has_something_to_answer(demonstration: Told) -> None:
    own_page = demonstration["own_page"]
    page = Client().post(own_page["path"], {"code": own_page["code"]}, follow=True).text
    assert '<html lang="ar" dir="rtl">' in page
    assert "هل توافق على خطتك الجديدة؟" in page
    assert "Møde om praktik på rådhuset (opdigtet)" in page


def test_told_again_it_is_another_link_to_the_same_page_and_it_goes_with_the_country(demonstration: Told) -> None:
    plans, talks = Plan.objects.count(), FollowUp.objects.count()
    assert renewed()["own_page"]["path"] != demonstration["own_page"]["path"]
    assert (Plan.objects.count(), FollowUp.objects.count()) == (plans, talks)
    assert Link.objects.count() == 2
    remove()
    assert not Link.objects.exists()


def test_two_households_come_in_one_that_waits_and_one_that_reads_why(demonstration: Told) -> None:
    first, again = demonstration["households"], renewed()["households"]
    waits, placed = (Client().post(one["path"], {"code": one["code"]}, follow=True).text for one in first)
    assert reverse("household:wishes") in waits
    assert reverse("household:why") in placed
    assert [one["what"] for one in first] == [one["what"] for one in again]
    assert {one["path"] for one in first}.isdisjoint(one["path"] for one in again)
    remove()
    assert not ArrivalLink.objects.exists()


def test_a_workplace_comes_by_its_link_and_is_the_one_still_waited_for(demonstration: Told) -> None:
    first, again = demonstration["workplace"], renewed()["workplace"]
    assert first != again
    agreement = Agreement.objects.get()
    for path in (first, again):
        page = Client().get(path).text
        assert agreement.called in page
        assert agreement.person.family_name not in page
        assert "tel:00" in page
    assert [one.side for one in agreement.answers.all()] == ["office"]
    remove()
    assert not Agreement.objects.exists()


def test_where_nobody_has_a_plan_there_is_no_page() -> None:
    assert open_own_page([], today=TAKEOVER) is None
