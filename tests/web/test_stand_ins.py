"""Standing in: for exactly a time, marked with whose tasks they are, and gone by itself at midnight."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.models import Membership, User
from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.accounts.viewer import viewer_of
from fodfaeste.web.handover.domain.stand_ins import arrange_stand_in, end_stand_in
from fodfaeste.web.handover.models import StandIn
from fodfaeste.web.programme.domain.day import KINDS, open_follow_ups
from fodfaeste.web.programme.domain.feeds import calendar, make_feed
from fodfaeste.web.programme.domain.follow_ups import AGREED, agree_follow_up
from fodfaeste.web.programme.domain.programmes import open_programme
from fodfaeste.web.programme.models import FollowUp, Programme

from .conftest import Country, made_person, made_user, signed_in
from .handover_examples import A_DAY, A_WEEK, move_clock


@dataclass(frozen=True)
class Office:
    """A worker who goes away, with an agreed follow-up, and who could stand in."""

    country: Country
    absent: User
    colleague: User
    outsider: User
    administrator: User
    today: date

    def arranged(self, stand_in: User, by: User, **more: Any) -> StandIn:
        """Two weeks from today."""
        when = {"start": self.today, "end": self.today + 2 * A_WEEK, "urgent": "Skemaet fra skolen"}
        return arrange_stand_in(self.absent, self.country.own, stand_in=stand_in, by=by, **when | more)


@pytest.fixture
def office(country: Country) -> Office:
    today = timezone.localdate()
    absent = country.users[Role.WORKER]
    programme = open_programme(
        country.person, by=absent, organisation=country.own, track="integration", start=today - A_WEEK
    )
    agree_follow_up(programme, by=absent, day=today + A_DAY, words=KINDS[AGREED])
    colleague = made_user("Kollega", country.own, Role.CONSULTANT)
    return Office(country, absent, colleague, country.stranger, country.users[Role.ADMINISTRATOR], today)


def test_the_absent_colleagues_tasks_are_on_the_stand_ins_day_marked(office: Office) -> None:
    own = made_person("Egen", office.colleague, office.country.own)
    programme = open_programme(
        own, by=office.colleague, organisation=office.country.own, track="integration", start=office.today - A_WEEK
    )
    agree_follow_up(programme, by=office.colleague, day=office.today + A_DAY, words=KINDS[AGREED])
    office.arranged(office.colleague, office.absent)
    rows = open_follow_ups(viewer_of(office.colleague, office.today), own=True, today=office.today)
    marked = {(row.programme.person.given_name, row.for_whom) for row in rows}
    assert marked == {("Prøve", "worker"), ("Egen", None)}
    page = signed_in(office.colleague).get("/program/i-dag/").text
    assert "for worker" in page
    assert "Du er vikar for worker til og med" in page
    assert "Skemaet fra skolen" in page


def test_the_counts_of_the_day_lead_to_as_many_rows(office: Office) -> None:
    programme = Programme.objects.get(person=office.country.person)
    FollowUp.objects.filter(programme=programme).update(due=office.today - A_DAY)
    waiting = FollowUp.objects.filter(programme=programme, held=None).count()
    office.arranged(office.colleague, by=office.absent)
    page = signed_in(office.colleague)
    shown = page.get("/program/i-dag/")
    address = "/program/opfoelgning/?hvornaar=overskredet&kollega=mig"
    assert address.replace("&", "&amp;") in shown.text
    assert waiting > 0
    assert shown.context["day"].overdue.count == page.get(address).context["list"].total == waiting


def test_and_in_the_stand_ins_calendar(office: Office) -> None:
    feed = make_feed(by=office.colleague)
    assert b"for worker" not in calendar(feed, today=office.today)
    office.arranged(office.colleague, office.absent)
    assert "Aftalt opfølgning (E) – for worker" in calendar(feed, today=office.today).decode()
    assert b"for worker" not in calendar(make_feed(by=office.absent), today=office.today)


def test_the_cases_stay_the_absent_colleagues(office: Office) -> None:
    office.arranged(office.colleague, office.absent)
    rows = open_follow_ups(viewer_of(office.absent, office.today), own=True, today=office.today)
    assert {row.for_whom for row in rows} == {None}
    assert office.country.person.responsibilities.get().worker == office.absent


def test_an_outsider_gets_a_role_for_exactly_that_time(office: Office) -> None:
    with pytest.raises(Refused, match="Bed en administrator"):
        office.arranged(office.outsider, office.absent)
    found = office.arranged(office.outsider, office.administrator)
    held = Membership.objects.get(user=office.outsider, organisation=office.country.own)
    assert (held, held.role, str(found)) == (found.membership, Role.WORKER, "stranger: worker")
    assert (held.start, held.end) == (office.today, office.today + 2 * A_WEEK)


def test_who_works_here_all_the_time_needs_none(office: Office) -> None:
    assert office.arranged(office.colleague, office.absent).membership is None
    assert Membership.objects.filter(user=office.colleague).count() == 1


def test_access_ends_by_itself_at_midnight(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """On the last day it is there, the day after it is gone, and nobody did anything."""
    office.arranged(office.outsider, office.administrator)
    feed = make_feed(by=office.outsider)
    person = f"/personer/{office.country.person.pk}/"
    assert signed_in(office.outsider).get(person).status_code == 200
    with monkeypatch.context() as clock:
        move_clock(clock, 13)
        assert signed_in(office.outsider).get(person).status_code == 200
        assert "for worker" in signed_in(office.outsider).get("/program/i-dag/").text
    move_clock(monkeypatch, 14)
    browser = signed_in(office.outsider)
    assert browser.get(person).status_code == 404
    assert "for worker" not in browser.get("/program/i-dag/").text
    assert b"for worker" not in calendar(feed, today=timezone.localdate())


def test_it_can_end_early_with_the_role_that_came_with_it(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    found = office.arranged(office.outsider, office.administrator)
    with pytest.raises(Refused, match="Kun lederen eller en administrator"):
        end_stand_in(found, day=office.today + A_DAY, by=office.outsider)
    with pytest.raises(Refused, match="tidligst slutte i dag"):
        end_stand_in(found, day=office.today - A_DAY, by=office.absent)
    with pytest.raises(Refused, match="slutter allerede"):
        end_stand_in(found, day=found.end, by=office.absent)
    end_stand_in(found, day=office.today + A_DAY, by=office.absent)
    held = Membership.objects.get(user=office.outsider, organisation=office.country.own)
    found.refresh_from_db()
    assert found.end == held.end == office.today + A_DAY
    move_clock(monkeypatch, 1)
    assert signed_in(office.outsider).get(f"/personer/{office.country.person.pk}/").status_code == 404


def test_ended_on_its_first_day_it_never_was(office: Office) -> None:
    end_stand_in(office.arranged(office.outsider, office.administrator), day=office.today, by=office.administrator)
    assert not StandIn.objects.exists()
    assert not Membership.objects.filter(user=office.outsider, organisation=office.country.own).exists()


def test_one_stand_in_at_a_time(office: Office) -> None:
    office.arranged(office.colleague, office.absent)
    with pytest.raises(Refused, match="har allerede en vikar i den tid"):
        office.arranged(office.outsider, office.administrator, start=office.today + A_WEEK)
    assert not Membership.objects.filter(user=office.outsider, organisation=office.country.own).exists()
    office.arranged(office.colleague, office.absent, start=office.today + 2 * A_WEEK, end=office.today + 3 * A_WEEK)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"start": -1}, "tidligst begynde i dag"),
        ({"end": 0}, "skal være efter den første dag med"),
        ({"urgent": " "}, "hvad der haster"),
    ],
)
def test_what_is_refused_says_what_to_do(office: Office, more: dict[str, Any], words: str) -> None:
    given = {name: office.today + value * A_DAY if isinstance(value, int) else value for name, value in more.items()}
    with pytest.raises(Refused, match=words):
        office.arranged(office.colleague, office.absent, **given)


def test_nobody_stands_in_for_themselves_or_for_who_has_no_cases_here(office: Office) -> None:
    with pytest.raises(Refused, match="vikar for sig selv"):
        office.arranged(office.absent, office.absent)
    leader = office.country.users[Role.LEADER]
    with pytest.raises(Refused, match="leader arbejder ikke med sager"):
        arrange_stand_in(
            leader,
            office.country.own,
            stand_in=office.colleague,
            start=office.today,
            end=office.today + A_DAY,
            urgent="Intet",
            by=leader,
        )
    with pytest.raises(Refused, match="Kun lederen eller en administrator"):
        office.arranged(office.colleague, office.colleague)


def test_pages_arrange_show_and_end_it(office: Office) -> None:
    own = office.country.own.pk
    days = {"start": office.today.isoformat(), "end": (office.today + A_WEEK).isoformat(), "urgent": "Skolen ringer"}
    sent = {"absent": office.absent.pk, "stand_in": office.colleague.pk, **days}
    worker = signed_in(office.absent)
    answer = worker.post(f"/overdragelse/vikar/{own}/", sent)
    assert (answer.status_code, answer["Location"]) == (302, "/overdragelse/")
    assert "Skolen ringer" in worker.get("/overdragelse/").text
    leader = signed_in(office.country.users[Role.LEADER])
    page = leader.get(f"/overdragelse/kontor/{own}/").text
    assert "<strong>Kollega</strong> for worker" in page
    assert f"/overdragelse/vikariat/{StandIn.objects.get().pk}/slut/" in page
    again = leader.post(f"/overdragelse/vikar/{own}/", sent)
    assert "har allerede en vikar" in again.text
    found = StandIn.objects.get()
    assert signed_in(office.colleague).post(f"/overdragelse/vikariat/{found.pk}/slut/").status_code == 404
    ended = leader.post(f"/overdragelse/vikariat/{found.pk}/slut/")
    assert ended["Location"] == f"/overdragelse/kontor/{own}/"
    assert not StandIn.objects.exists()


def test_an_administrator_chooses_among_the_neighbours(office: Office) -> None:
    office.country.own.partners.add(office.country.other)
    own = office.country.own.pk
    page = signed_in(office.administrator).get(f"/overdragelse/vikar/{own}/").text
    assert "stranger, Nabo (uden rolle her)" in page
    assert "stranger, Nabo" not in signed_in(office.absent).get(f"/overdragelse/vikar/{own}/").text
