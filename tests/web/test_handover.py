"""Journey 19: 31 cases, 12 promises, 4 agreements and 6 drafts go from a worker who leaves to the neighbour."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.domain.roles import close_account, end_role
from fodfaeste.web.accounts.models import Membership
from fodfaeste.web.accounts.open_work import what_is_open
from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.accounts.viewer import viewer_of
from fodfaeste.web.audit.models import Opening
from fodfaeste.web.handover.domain.handovers import (
    accept,
    begin_handover,
    cancel_handover,
    discard_drafts,
    give_back,
    offer,
    offer_rest,
    tell,
)
from fodfaeste.web.handover.domain.office import under_way
from fodfaeste.web.handover.domain.packet import packet_of
from fodfaeste.web.handover.models import HandedCase, Handover
from fodfaeste.web.people.models import Responsibility
from fodfaeste.web.programme.domain.day import open_follow_ups
from fodfaeste.web.programme.models import Draft, FollowUp

from .conftest import TAKEOVER, Country, made_person, signed_in
from .handover_examples import (
    A_DAY,
    A_WEEK,
    AGREEMENTS,
    CASES,
    DRAFTS,
    PROMISES,
    Caseload,
    a_caseload,
    small,
    workers_on,
)

State = HandedCase.State


def told_and_offered(caseload: Caseload, handover: Handover) -> list[HandedCase]:
    """Every case with its line, offered to the neighbour."""
    for person in caseload.persons:
        tell(handover, person, told=f"Ring først til {person.given_name}", by=caseload.worker)
    offer(handover, caseload.persons, receiver=caseload.neighbour, by=caseload.worker)
    return list(HandedCase.objects.filter(handover=handover))


def test_the_packet_has_31_cases_12_promises_4_agreements_and_6_drafts(country: Country) -> None:
    caseload = a_caseload(country)
    found = packet_of(caseload.begun(), viewer_of(caseload.worker, timezone.localdate()), today=timezone.localdate())
    assert (found.of, len(found.cases)) == (CASES, CASES)
    assert len(found.promises) == PROMISES == FollowUp.objects.filter(code="agreed", held=None).count()
    assert len(found.agreements) == AGREEMENTS
    assert (found.drafts, sum(len(case.drafts) for case in found.cases)) == (DRAFTS, DRAFTS)
    assert found.waiting == CASES


def test_others_count_the_drafts_and_see_none(country: Country) -> None:
    caseload = a_caseload(country, DRAFTS)
    handover = caseload.begun()
    found = packet_of(handover, viewer_of(caseload.neighbour, timezone.localdate()), today=timezone.localdate())
    assert found.drafts == DRAFTS
    assert not any(case.drafts for case in found.cases)


def test_after_acceptance_every_deadline_has_the_neighbour(country: Country) -> None:
    caseload = a_caseload(country, PROMISES)
    today = timezone.localdate()
    before = open_follow_ups(viewer_of(caseload.worker, today), own=True, today=today).count()
    handover = caseload.begun()
    for case in told_and_offered(caseload, handover):
        accept(case, by=caseload.neighbour)
    neighbour = viewer_of(caseload.neighbour, today)
    assert before == open_follow_ups(neighbour, own=True, today=today).count() >= PROMISES
    assert not open_follow_ups(viewer_of(caseload.worker, today), own=True, today=today).exists()
    handover.refresh_from_db()
    assert handover.closed is not None


def test_no_day_is_without_a_worker_or_has_two(country: Country) -> None:
    caseload = small(country)
    today = timezone.localdate()
    for case in told_and_offered(caseload, caseload.begun()):
        accept(case, by=caseload.neighbour)
    for person in caseload.persons:
        assert workers_on(person, today - A_DAY) == [caseload.worker]
        assert workers_on(person, today) == workers_on(person, today + A_WEEK) == [caseload.neighbour]
        assert workers_on(person, TAKEOVER) == [caseload.worker]


def test_a_case_that_was_taken_on_today_changes_hands_today(country: Country) -> None:
    """A row that began today cannot end today; it changes hands, and the change log has who had it."""
    caseload = small(country)
    today = timezone.localdate()
    Responsibility.objects.filter(person=country.person).update(start=today)
    cases = told_and_offered(caseload, caseload.begun())
    accept(next(case for case in cases if case.person == country.person), by=caseload.neighbour)
    assert workers_on(country.person, today) == [caseload.neighbour]
    assert country.person.responsibilities.count() == 1


def test_a_responsibility_with_an_end_keeps_it(country: Country) -> None:
    caseload = small(country)
    until = timezone.localdate() + 4 * A_WEEK
    Responsibility.objects.filter(person=country.person).update(end=until)
    cases = told_and_offered(caseload, caseload.begun())
    accept(next(case for case in cases if case.person == country.person), by=caseload.neighbour)
    assert workers_on(country.person, until - A_DAY) == [caseload.neighbour]
    assert workers_on(country.person, until) == []


def test_the_account_cannot_be_closed_while_one_case_is_open(country: Country) -> None:
    caseload = small(country)
    administrator = country.users[Role.ADMINISTRATOR]
    cases = told_and_offered(caseload, caseload.begun())
    for case in cases[1:]:
        accept(case, by=caseload.neighbour)
    with pytest.raises(Refused, match="1 åben sag"):
        close_account(caseload.worker, country.own, by=administrator)
    accept(cases[0], by=caseload.neighbour)
    close_account(caseload.worker, country.own, by=administrator)
    caseload.worker.refresh_from_db()
    assert not caseload.worker.is_active


def test_who_is_offered_cases_answers_before_their_account_is_closed(country: Country) -> None:
    caseload = small(country)
    told_and_offered(caseload, caseload.begun())
    assert [str(work) for work in what_is_open(caseload.neighbour)] == ["3 tilbudte sager uden svar"]
    with pytest.raises(Refused, match="3 tilbudte sager uden svar"):
        close_account(caseload.neighbour, country.own, by=country.users[Role.ADMINISTRATOR])


def test_drafts_keep_the_account_until_they_are_finished_or_discarded(country: Country) -> None:
    caseload = a_caseload(country, DRAFTS)
    handover = caseload.begun()
    for case in told_and_offered(caseload, handover)[1:]:
        accept(case, by=caseload.neighbour)
    assert "6 kladder, der skal gøres færdige eller kasseres" in map(str, what_is_open(caseload.worker, country.own))
    with pytest.raises(Refused, match="Kun lederen eller en administrator"):
        discard_drafts(handover, by=caseload.neighbour)
    assert discard_drafts(handover, by=country.users[Role.LEADER]) == DRAFTS
    assert not Draft.objects.exists()


def test_a_case_is_offered_once_there_is_a_line_about_it(country: Country) -> None:
    caseload = small(country)
    handover = caseload.begun()
    tell(handover, caseload.persons[0], told="Han kommer altid for tidligt", matters="Naboen", by=caseload.worker)
    with pytest.raises(Refused, match="Skriv først en linje om S-Nr1 og S-Nr2"):
        offer(handover, caseload.persons, receiver=caseload.neighbour, by=caseload.worker)
    assert not HandedCase.objects.filter(state=State.OFFERED).exists()
    assert offer(handover, caseload.persons[:1], receiver=caseload.neighbour, by=caseload.worker) == 1


def test_a_case_that_is_returned_stays_and_says_why(country: Country) -> None:
    caseload = small(country)
    today = timezone.localdate()
    case = told_and_offered(caseload, caseload.begun())[0]
    with pytest.raises(Refused, match="Skriv, hvorfor"):
        give_back(case, reason=" ", by=caseload.neighbour)
    give_back(case, reason="Vi er i familie", by=caseload.neighbour)
    case.refresh_from_db()
    assert (case.state, case.reason) == (State.RETURNED, "Vi er i familie")
    assert workers_on(case.person, today) == [caseload.worker]
    consultant = country.users[Role.CONSULTANT]
    offer(case.handover, [case.person], receiver=consultant, by=caseload.worker)
    accept(case, by=consultant)
    assert workers_on(case.person, today) == [consultant]


def test_only_who_is_asked_answers(country: Country) -> None:
    caseload = small(country)
    case = told_and_offered(caseload, caseload.begun())[0]
    for act in (lambda by: accept(case, by=by), lambda by: give_back(case, reason="Nej", by=by)):
        for other in (country.users[Role.CONSULTANT], caseload.worker, country.stranger):
            with pytest.raises(Refused, match="ikke tilbudt dig"):
                act(other)
    accept(case, by=caseload.neighbour)
    with pytest.raises(Refused, match="ikke tilbudt dig"):
        accept(case, by=caseload.neighbour)


def test_who_has_lost_the_role_accepts_no_more(country: Country) -> None:
    caseload = small(country)
    case = told_and_offered(caseload, caseload.begun())[0]
    Membership.objects.filter(user=caseload.neighbour).update(end=timezone.localdate())
    with pytest.raises(Refused, match="Du arbejder ikke med sager i Egenby i dag"):
        accept(case, by=caseload.neighbour)


def test_a_case_that_has_gone_another_way_is_not_accepted(country: Country) -> None:
    caseload = small(country)
    case = told_and_offered(caseload, caseload.begun())[0]
    Responsibility.objects.filter(person=case.person).update(worker=country.users[Role.CONSULTANT])
    with pytest.raises(Refused, match="ikke længere hos worker"):
        accept(case, by=caseload.neighbour)
    with pytest.raises(Refused, match="ikke længere hos worker"):
        tell(case.handover, case.person, told="Mere", by=caseload.worker)


def test_who_receives_works_in_the_office(country: Country) -> None:
    caseload = small(country)
    handover = caseload.begun()
    for person in caseload.persons:
        tell(handover, person, told="En linje", by=caseload.worker)
    for nobody in (country.stranger, country.users[Role.LEADER]):
        with pytest.raises(Refused, match="arbejder ikke med sager i Egenby i dag"):
            offer(handover, caseload.persons, receiver=nobody, by=caseload.worker)
    with pytest.raises(Refused, match="tilbydes en kollega"):
        offer(handover, caseload.persons, receiver=caseload.worker, by=caseload.worker)
    with pytest.raises(Refused, match="Vælg mindst én sag"):
        offer(handover, [], receiver=caseload.neighbour, by=caseload.worker)


def test_the_neighbour_of_a_cooperating_office_takes_over_once_they_have_a_role_here(country: Country) -> None:
    caseload = small(country)
    handover = caseload.begun()
    for person in caseload.persons:
        tell(handover, person, told="En linje", by=caseload.worker)
    Membership.objects.create(
        user=country.stranger, organisation=country.own, role=Role.WORKER, start=timezone.localdate()
    )
    offer(handover, caseload.persons, receiver=country.stranger, by=caseload.worker)
    for case in handover.cases.all():
        accept(case, by=country.stranger)
    assert workers_on(country.person, timezone.localdate()) == [country.stranger]


def test_begun_by_the_worker_or_who_runs_the_office(country: Country) -> None:
    caseload = small(country)
    leaves = timezone.localdate() + A_WEEK
    for other in (caseload.neighbour, country.stranger, country.users[Role.PROTECTION]):
        with pytest.raises(Refused, match="Kun lederen eller en administrator"):
            begin_handover(caseload.worker, country.own, leaves=leaves, by=other)
    with pytest.raises(Refused, match="efter i dag"):
        begin_handover(caseload.worker, country.own, leaves=timezone.localdate(), by=caseload.worker)
    with pytest.raises(Refused, match="Naboen har ingen sager i Egenby"):
        begin_handover(caseload.neighbour, country.own, leaves=leaves, by=caseload.neighbour)
    begin_handover(caseload.worker, country.own, leaves=leaves, by=country.users[Role.LEADER])
    with pytest.raises(Refused, match="allerede ved at overdrage"):
        begin_handover(caseload.worker, country.own, leaves=leaves, by=country.users[Role.ADMINISTRATOR])


def test_the_leader_offers_the_rest_for_a_worker_who_cannot(country: Country) -> None:
    caseload = small(country)
    leader = country.users[Role.LEADER]
    handover = begin_handover(caseload.worker, country.own, leaves=timezone.localdate() + A_WEEK, by=leader)
    tell(handover, caseload.persons[0], told="Min egen linje", by=caseload.worker)
    with pytest.raises(Refused, match="Kun lederen eller en administrator"):
        offer_rest(handover, receiver=caseload.neighbour, told="Syg", by=caseload.neighbour)
    assert offer_rest(handover, receiver=caseload.neighbour, told="Syg siden mandag", by=leader) == 3
    assert set(handover.cases.values_list("told", flat=True)) == {"Min egen linje", "Syg siden mandag"}
    row = under_way(country.own, today=timezone.localdate())[0]
    assert (row.of, row.offered, row.waiting, row.open) == (3, 3, 0, 0)


def test_only_the_worker_tells_and_offers(country: Country) -> None:
    caseload = small(country)
    handover = caseload.begun()
    with pytest.raises(Refused, match="Kun worker kan skrive linjen"):
        tell(handover, country.person, told="Fra en anden", by=country.users[Role.LEADER])
    with pytest.raises(Refused, match="Kun worker kan tilbyde"):
        offer(handover, [country.person], receiver=caseload.neighbour, by=caseload.neighbour)
    with pytest.raises(Refused, match="Skriv en linje"):
        tell(handover, country.person, told="  ", by=caseload.worker)


def test_a_stopped_handover_withdraws_what_is_offered(country: Country) -> None:
    caseload = small(country)
    handover = caseload.begun()
    cases = told_and_offered(caseload, handover)
    accept(cases[0], by=caseload.neighbour)
    with pytest.raises(Refused, match="Kun lederen eller en administrator"):
        cancel_handover(handover, by=caseload.neighbour)
    cancel_handover(handover, by=caseload.worker)
    for case in cases[1:]:
        with pytest.raises(Refused, match="Overdragelsen er afsluttet"):
            accept(case, by=caseload.neighbour)
        assert workers_on(case.person, timezone.localdate()) == [caseload.worker]
    assert workers_on(cases[0].person, timezone.localdate()) == [caseload.neighbour]
    assert caseload.begun().pk != handover.pk


def test_a_case_that_came_back_can_be_handed_on_again(country: Country) -> None:
    caseload = small(country)
    handover = caseload.begun()
    case = told_and_offered(caseload, handover)[0]
    accept(case, by=caseload.neighbour)
    Responsibility.objects.filter(person=case.person, end=None).update(worker=caseload.worker)
    tell(handover, case.person, told="Den kom tilbage", by=caseload.worker)
    case.refresh_from_db()
    assert (case.state, case.receiver) == (State.WAITING, None)


def test_not_accepted_stays_and_is_named_with_days_left(country: Country) -> None:
    caseload = small(country)
    handover = caseload.begun(leaves=timezone.localdate() + 5 * A_DAY)
    cases = told_and_offered(caseload, handover)
    accept(cases[0], by=caseload.neighbour)
    row = under_way(country.own, today=timezone.localdate())[0]
    assert (row.days, row.of, row.accepted, row.left) == (5, 3, 1, ("S-Nr1", "S-Nr2"))
    page = signed_in(country.users[Role.LEADER]).get(f"/overdragelse/kontor/{country.own.pk}/").text
    assert "5 dage tilbage" in page
    assert "S-Nr1" in page
    assert "S-Nr2" in page
    assert "Eksempel" not in page  # the family name of everybody in the country


def test_when_the_role_has_ended_the_worker_gets_404_everywhere(country: Country) -> None:
    caseload = small(country)
    for case in told_and_offered(caseload, caseload.begun()):
        accept(case, by=caseload.neighbour)
    held = Membership.objects.get(user=caseload.worker)
    end_role(held, timezone.localdate(), by=country.users[Role.ADMINISTRATOR])
    browser = signed_in(caseload.worker)
    for person in caseload.persons:
        for address in (f"/personer/{person.pk}/", f"/program/{person.pk}/", f"/program/{person.pk}/journal/"):
            assert browser.get(address).status_code == 404, address
    assert browser.get("/overdragelse/").status_code == 403
    assert browser.get(f"/overdragelse/{Handover.objects.get().pk}/").status_code == 404


def test_the_log_tells_who_saw_what_in_between(country: Country) -> None:
    """The worker and the neighbour, in the packet and on the pages of the person, each by name and in their order."""
    caseload = small(country)
    handover = caseload.begun()
    case = next(case for case in told_and_offered(caseload, handover) if case.person == country.person)
    since = timezone.now() - timedelta(seconds=1)
    signed_in(caseload.worker).get(f"/overdragelse/{handover.pk}/")
    neighbour = signed_in(caseload.neighbour)
    neighbour.get(f"/overdragelse/tilbud/{case.pk}/")
    neighbour.post(f"/overdragelse/tilbud/{case.pk}/", {"do": "modtag"})
    neighbour.get(f"/personer/{country.person.pk}/")
    lines = Opening.objects.filter(person=country.person.pk, at__gte=since).order_by("pk")
    assert [(line.user, line.page, line.in_list) for line in lines] == [
        (caseload.worker, "handover:packet", True),
        (caseload.neighbour, "handover:offered", False),
        (caseload.neighbour, "handover:offered", False),
        (caseload.neighbour, "people:person", False),
    ]


def test_cases_of_another_office_are_no_part_of_it(country: Country) -> None:
    caseload = small(country)
    Membership.objects.create(user=caseload.worker, organisation=country.other, role=Role.WORKER, start=TAKEOVER)
    elsewhere = made_person("Fjern", caseload.worker, country.other)
    handover = caseload.begun()
    found = packet_of(handover, viewer_of(caseload.worker, timezone.localdate()), today=timezone.localdate())
    assert elsewhere not in [case.person for case in found.cases]
    with pytest.raises(Refused, match="ikke længere hos"):
        tell(handover, elsewhere, told="En linje", by=caseload.worker)


def test_what_begins_later_is_counted(country: Country) -> None:
    caseload = small(country)
    Responsibility.objects.filter(person=country.person).update(start=timezone.localdate() + A_WEEK)
    found = packet_of(caseload.begun(), viewer_of(caseload.worker, timezone.localdate()), today=timezone.localdate())
    assert (found.of, found.later) == (2, 1)


def test_rows_are_called_by_whose_they_are_and_by_case_number(country: Country) -> None:
    caseload = small(country)
    handover = caseload.begun()
    case = tell(handover, country.person, told="En linje", by=caseload.worker)
    assert (str(handover), str(case)) == ("worker, Egenby", "S-Prøve: ikke tilbudt")
