"""Agreements with workplaces: written, laid before three, approved or not, changed, and seen by each as they may."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.domain.phones import set_office_phone
from fodfaeste.web.accounts.models import User
from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.accounts.viewer import NOBODY, Viewer
from fodfaeste.web.audit.models import Opening
from fodfaeste.web.handover.domain.handovers import accept, begin_handover, offer, tell
from fodfaeste.web.handover.domain.stand_ins import arrange_stand_in
from fodfaeste.web.people.models import Person
from fodfaeste.web.programme.domain.plans import latest, write_plan
from fodfaeste.web.programme.domain.programmes import close_programme
from fodfaeste.web.programme.domain.text import PlanText, Time, text_of
from fodfaeste.web.programme.letter import Said, sentences_in
from fodfaeste.web.programme.models import Programme
from fodfaeste.web.workplace.domain import links
from fodfaeste.web.workplace.domain.agreements import call_off, current, send, write
from fodfaeste.web.workplace.domain.answers import answer_as_workplace, answer_oneself, approve
from fodfaeste.web.workplace.domain.text import is_cvr
from fodfaeste.web.workplace.domain.text import text_of as agreement_text_of
from fodfaeste.web.workplace.letter import Whose, content_of, letter
from fodfaeste.web.workplace.models import Agreement, Answer, WorkplaceLink

from .conftest import Country, made_user, signed_in
from .newcomer_examples import newcomer
from .workplace_examples import (
    ACTIVITY,
    AT_WORK,
    CVR,
    FACTS,
    WITH_WORK,
    at_work,
    drafted,
    say_yes,
    sent,
    workplace,
)

CPR = "010190-1234"
FAMILY = "Hemmelignavn"
OFFICE_PHONE, NEW_PHONE = "11 22 33 44", "55 66 77 88"
MOST_QUERIES = 12


@pytest.fixture
def worker(country: Country) -> User:
    set_office_phone(country.own, OFFICE_PHONE, by=country.users[Role.ADMINISTRATOR])
    Person.objects.filter(pk=country.person.pk).update(family_name=FAMILY, cpr=CPR)
    country.person.refresh_from_db()
    return country.users[Role.WORKER]


@pytest.fixture
def programme(country: Country, worker: User) -> Programme:
    return at_work(country, worker)


@pytest.fixture
def agreement(programme: Programme, worker: User) -> Agreement:
    return sent(programme, worker)


def now(agreement: Agreement) -> Agreement:
    return Agreement.objects.get(pk=agreement.pk)


# Writing and sending


def test_it_says_what_the_plan_says_of_the_activity(agreement: Agreement) -> None:
    text = agreement_text_of(agreement)
    assert (text.place, text.hours_a_week, text.start, text.times) == (
        AT_WORK.place,
        AT_WORK.hours_a_week,
        AT_WORK.start,
        AT_WORK.times,
    )
    assert text.facts == FACTS


def test_what_is_missing_is_named_before_it_is_sent(programme: Programme, worker: User) -> None:
    half = drafted(programme, worker, replace(FACTS, cvr="", mentor=" ", goal=""))
    with pytest.raises(Refused, match="CVR-nummeret, mentoren og det sproglige mål"):
        send(half, by=worker)
    assert now(half).state == "draft"


def test_a_week_without_days_is_not_sent(programme: Programme, worker: User) -> None:
    bare = PlanText(WITH_WORK.goals, (WITH_WORK.activities[0], replace(AT_WORK, times=())))
    write_plan(programme, bare, by=worker)
    with pytest.raises(Refused, match="mal dem først"):
        send(drafted(programme, worker), by=worker)


@pytest.mark.parametrize("number", ["12345678", "1234", "abcdefgh", ""])
def test_a_number_that_is_no_cvr_number_is_known(number: str) -> None:
    assert is_cvr(CVR)
    assert not is_cvr(number)


def test_a_workplace_would_not_read_a_cpr_number_or_the_family_name(programme: Programme, worker: User) -> None:
    for wrong in (
        {"tasks": f"Spørg {CPR}"},
        {"goal": f"Tale med {FAMILY.lower()}s kolleger, {FAMILY}"},
        {"called": FAMILY},
    ):
        with pytest.raises(Refused):
            drafted(programme, worker, replace(FACTS, **wrong))
    assert current(programme, ACTIVITY) is None


def test_two_who_write_at_once_do_not_overwrite_each_other(programme: Programme, worker: User) -> None:
    first = drafted(programme, worker)
    seen = agreement_text_of(first).fingerprint
    write(programme, ACTIVITY, replace(FACTS, tasks="Feje"), by=worker, seen=seen)
    with pytest.raises(Refused, match="imens"):
        write(programme, ACTIVITY, replace(FACTS, tasks="Male"), by=worker, seen=seen)
    assert now(first).tasks == "Feje"


def test_there_is_no_agreement_on_a_class(programme: Programme, worker: User) -> None:
    with pytest.raises(Refused, match="ingen praktik"):
        write(programme, 1, FACTS, by=worker)


def test_a_stranger_s_worker_writes_and_sends_nothing(
    country: Country, programme: Programme, agreement: Agreement
) -> None:
    stranger = country.stranger
    acts: list[Callable[[], object]] = [
        lambda: write(programme, ACTIVITY, FACTS, by=stranger),
        lambda: call_off(agreement, by=stranger),
        lambda: approve(agreement, by=stranger, side="office", name="X", seen=agreement.text_hash),
        lambda: links.give_link(agreement, by=stranger),
    ]
    for act in acts:
        with pytest.raises(Refused):
            act()


# Three approvals


def test_it_is_ready_only_with_the_third_approval(agreement: Agreement, worker: User) -> None:
    for side, state in (("workplace", "sent"), ("person", "sent"), ("office", "ready")):
        assert say_yes(agreement, worker, side).state == state
    assert now(agreement).ready is not None


def test_nobody_approves_twice_or_for_the_workplace(agreement: Agreement, worker: User) -> None:
    say_yes(agreement, worker, "office")
    with pytest.raises(Refused, match="allerede"):
        say_yes(agreement, worker, "office")
    with pytest.raises(Refused, match="ved sit link"):
        approve(agreement, by=worker, side="workplace", name="Kim", seen=agreement.text_hash)


def test_a_text_that_was_not_seen_is_not_approved(agreement: Agreement, worker: User) -> None:
    with pytest.raises(Refused, match="ændret"):
        approve(agreement, by=worker, side="office", name="Wanda", seen="0" * 64)


def test_a_newcomer_in_the_room_approves_with_who_was_there(agreement: Agreement, worker: User) -> None:
    with pytest.raises(Refused, match="til stede"):
        approve(agreement, by=worker, side="person", name="Prøve", seen=agreement.text_hash)


def test_what_does_not_fit_keeps_it_from_being_ready_until_they_say_yes(agreement: Agreement, worker: User) -> None:
    viewer = Viewer(agreement=agreement.pk)
    say_yes(agreement, worker, "office", "person")
    unfit = {"viewer": viewer, "link": 1, "seen": agreement.text_hash}
    assert answer_as_workplace(agreement, words="Torsdag er der lukket", **unfit).state == "sent"
    assert say_yes(agreement, worker, "workplace").state == "ready"
    assert [one.lifted is None for one in agreement.answers.filter(side="workplace")] == [False, True]


def test_whoever_came_for_another_agreement_answers_nothing(agreement: Agreement, country: Country) -> None:
    for viewer in (Viewer(agreement=agreement.pk + 1), NOBODY):
        with pytest.raises(Refused):
            answer_as_workplace(agreement, viewer=viewer, link=1, name="X", seen=agreement.text_hash)
    with pytest.raises(Refused):
        answer_oneself(
            agreement, viewer=Viewer(person=country.their_person.pk), link=1, name="X", seen=agreement.text_hash
        )


def test_other_hours_in_the_plan_lift_all_three(agreement: Agreement, programme: Programme, worker: User) -> None:
    say_yes(agreement, worker)
    text = text_of(latest(programme))
    write_plan(programme, text.with_activity(replace(text.activities[1], hours_a_week=Decimal(12))), by=worker)
    assert now(agreement).state == "draft"
    assert now(agreement).hours_a_week == 12
    assert not agreement.answers.filter(lifted=None).exists()
    assert agreement.answers.count() == 3


def test_another_day_in_the_week_lifts_all_three(agreement: Agreement, programme: Programme, worker: User) -> None:
    say_yes(agreement, worker)
    text = text_of(latest(programme))
    days = (*AT_WORK.times[:2], Time(5, AT_WORK.times[2].begins, AT_WORK.times[2].ends))
    write_plan(programme, text.with_activity(replace(text.activities[1], times=days)), by=worker)
    assert now(agreement).state == "draft"
    assert say_yes(send(agreement, by=worker), worker).state == "ready"


def test_a_goal_of_the_plan_changes_nothing_in_the_agreement(
    agreement: Agreement, programme: Programme, worker: User
) -> None:
    say_yes(agreement, worker)
    write_plan(programme, text_of(latest(programme)).without_goal(1), by=worker)
    assert now(agreement).state == "ready"


def test_how_the_contact_is_reached_is_no_part_of_what_was_approved(
    agreement: Agreement, programme: Programme, worker: User
) -> None:
    say_yes(agreement, worker)
    write(programme, ACTIVITY, FACTS, by=worker, contact_phone=NEW_PHONE, seen=agreement.text_hash)
    assert now(agreement).state == "ready"
    assert now(agreement).contact_phone == NEW_PHONE


def test_an_activity_that_goes_out_of_the_plan_takes_the_agreement_with_it(
    agreement: Agreement, programme: Programme, worker: User
) -> None:
    write_plan(programme, text_of(latest(programme)).without_activity(ACTIVITY), by=worker)
    assert now(agreement).state == "off"


def test_the_database_makes_nothing_ready_without_three_and_changes_no_approved_text(
    agreement: Agreement, worker: User
) -> None:
    say_yes(agreement, worker, "office", "person")
    rows = Agreement.objects.filter(pk=agreement.pk)
    with pytest.raises(IntegrityError, match="ready_by_all_three"), transaction.atomic():
        rows.update(state="ready", ready=timezone.now())
    with pytest.raises(IntegrityError, match="what_is_approved_stays"), transaction.atomic():
        rows.update(hours_a_week=37)
    say_yes(agreement, worker, "workplace")
    with pytest.raises(IntegrityError, match="an_answer_stays"), transaction.atomic():
        agreement.answers.update(lifted=timezone.now())
    with pytest.raises(IntegrityError, match="an_answer_stays"), transaction.atomic():
        agreement.answers.update(name="En anden")


# The workplace's page


def test_the_workplace_reads_what_it_may_and_nothing_else(agreement: Agreement, worker: User, country: Country) -> None:
    say_yes(agreement, worker, "person")
    browser, path = workplace(agreement, worker)
    for one in (path, f"{path}aftale.pdf"):
        answer = browser.get(one)
        assert answer.status_code == 200
    page = browser.get(path).text
    for word in (FACTS.called, FACTS.tasks, FACTS.goal, "Mandag", "08:00", "15:24", worker.name, "tel:+4511223344"):
        assert word in page, word
    hidden = (
        FAMILY,
        CPR,
        CPR.replace("-", ""),
        country.person.case_number,
        "Eksempel",
        country.their_person.given_name,
    )
    for word in (*hidden, str(country.person.birth_date.year), "Tolk 12"):
        assert word not in page, word


def test_the_workplace_approves_by_its_link_with_a_typed_name(agreement: Agreement, worker: User) -> None:
    say_yes(agreement, worker, "office", "person")
    browser, path = workplace(agreement, worker)
    answer = browser.post(path, {"do": "yes", "name": "Kim Kontakt", "seen": agreement.text_hash}, follow=True)
    assert "Aftalen er klar" in answer.text
    assert now(agreement).state == "ready"
    given = agreement.answers.get(side="workplace")
    assert (given.name, given.taken_by, given.link) == ("Kim Kontakt", None, WorkplaceLink.objects.get().pk)


def test_the_workplace_writes_what_does_not_fit_and_the_worker_meets_it_on_the_day_s_page(
    agreement: Agreement, worker: User
) -> None:
    browser, path = workplace(agreement, worker)
    said = {"do": "no", "words": "Torsdag er der lukket", "seen": agreement.text_hash}
    assert "I har skrevet" in browser.post(path, said, follow=True).text
    day = signed_in(worker).get("/program/i-dag/").text
    assert "Torsdag er der lukket" in day
    assert f"/aftale/{agreement.person_id}/{ACTIVITY}/" in day


def test_while_it_is_changed_the_workplace_is_told_so(agreement: Agreement, programme: Programme, worker: User) -> None:
    browser, path = workplace(agreement, worker)
    write(programme, ACTIVITY, replace(FACTS, tasks="Feje"), by=worker, seen=agreement.text_hash)
    page = browser.get(path).text
    assert "Aftalen bliver ændret" in page
    assert "Feje" not in page
    assert OFFICE_PHONE in page
    assert browser.get(f"{path}aftale.pdf").status_code == 404
    send(agreement, by=worker)
    assert "Feje" in browser.get(path).text


def _withdrawn(agreement: Agreement, by: User) -> None:
    links.withdraw(WorkplaceLink.objects.get(), by=by)


def _over(agreement: Agreement, by: User) -> None:
    del by
    a_day = timedelta(days=1)
    agreement.links.update(made=timezone.now() - 2 * a_day, expires=timezone.now() - a_day)


def _called_off(agreement: Agreement, by: User) -> None:
    call_off(agreement, by=by)


def _closed(agreement: Agreement, by: User) -> None:
    close_programme(agreement.programme, by=by, end=timezone.localdate())


def _elsewhere(agreement: Agreement, by: User) -> None:
    del by
    agreement.person.responsibilities.update(end=timezone.localdate())


@pytest.mark.parametrize("act", [_withdrawn, _over, _called_off, _closed, _elsewhere])
def test_a_link_that_has_ended_shows_a_kind_page_and_nothing_of_the_agreement(
    act: Callable[[Agreement, User], None], agreement: Agreement, worker: User
) -> None:
    browser, path = workplace(agreement, worker)
    assert browser.get(path).status_code == 200
    act(agreement, worker)
    answer = browser.get(path)
    assert answer.status_code == 404
    assert "Linket er lukket" in answer.text
    assert FACTS.tasks not in answer.text
    assert browser.post(path, {"do": "yes", "name": "Kim", "seen": agreement.text_hash}).status_code == 404


def test_an_address_that_was_changed_opens_nothing(agreement: Agreement, worker: User) -> None:
    browser, path = workplace(agreement, worker)
    assert browser.get(path.replace(f"/{agreement.pk}.", f"/{agreement.pk + 1}.")).status_code == 404
    assert browser.get("/arbejdsplads/opdigtet/").status_code == 404


def test_whoever_is_signed_in_does_not_answer_for_the_workplace(
    agreement: Agreement, worker: User, country: Country
) -> None:
    _browser, path = workplace(agreement, worker)
    for browser in (signed_in(worker), newcomer(country.person, worker)):
        answer = browser.post(path, {"do": "yes", "name": "Kim", "seen": agreement.text_hash})
        assert "En anden er logget ind her" in answer.text
    assert not agreement.answers.exists()


def test_that_the_workplace_has_looked_is_written_down_and_told_to_the_newcomer(
    agreement: Agreement, worker: User, country: Country
) -> None:
    browser, path = workplace(agreement, worker)
    browser.get(path)
    opening = Opening.objects.get(page="by-link:agreement")
    assert (opening.person, opening.user, opening.words) == (country.person.pk, None, "arbejdspladsen")
    assert "Din arbejdsplads" in newcomer(country.person, worker).get("/min/log/").text


def test_the_workplace_s_page_asks_the_database_seldom(agreement: Agreement, worker: User) -> None:
    browser, path = workplace(agreement, worker)
    browser.get(path)
    with CaptureQueriesContext(connection) as counted:
        browser.get(path)
    assert len(counted) <= MOST_QUERIES, len(counted)


def test_after_a_handover_the_link_still_opens_and_shows_the_new_worker_s_telephone(
    agreement: Agreement, worker: User, country: Country
) -> None:
    browser, path = workplace(agreement, worker)
    receiver = made_user("Ny Kollega", country.own, Role.WORKER)
    User.objects.filter(pk=receiver.pk).update(phone=NEW_PHONE)
    handover = begin_handover(worker, country.own, leaves=timezone.localdate() + timedelta(days=7), by=worker)
    tell(handover, country.person, told="Ring først", by=worker)
    offer(handover, [country.person], receiver=receiver, by=worker)
    accept(handover.cases.get(), by=receiver)
    page = browser.get(path).text
    assert "Ny Kollega" in page
    assert "tel:+4555667788" in page
    assert worker.name not in page


def test_while_somebody_stands_in_the_workplace_calls_them(
    agreement: Agreement, worker: User, country: Country
) -> None:
    browser, path = workplace(agreement, worker)
    stand_in = made_user("Vikaren", country.own, Role.WORKER)
    User.objects.filter(pk=stand_in.pk).update(phone=NEW_PHONE)
    today = timezone.localdate()
    days = {"start": today, "end": today + timedelta(days=7)}
    arrange_stand_in(worker, country.own, stand_in=stand_in, urgent="Intet", by=worker, **days)
    page = browser.get(path).text
    assert "Vikaren" in page
    assert "tel:+4555667788" in page


# The newcomer's own page


def test_the_newcomer_is_asked_and_says_yes_at_their_own_page(
    agreement: Agreement, worker: User, country: Country
) -> None:
    browser = newcomer(country.person, worker)
    path = f"/min/arbejdsplads/{agreement.pk}/"
    assert path in browser.get("/min/").text
    answer = browser.post(path, {"do": "yes", "name": "Prøve", "seen": agreement.text_hash}, follow=True)
    assert "Du sagde ja" in answer.text
    given = agreement.answers.get()
    assert (given.side, given.approves, given.taken_by) == ("person", True, None)
    assert browser.get(f"{path}aftale.pdf")["Content-Type"] == "application/pdf"


def test_the_newcomer_says_what_does_not_fit_in_their_own_words(
    agreement: Agreement, worker: User, country: Country
) -> None:
    browser = newcomer(country.person, worker, "ar")
    path = f"/min/arbejdsplads/{agreement.pk}/"
    browser.post(path, {"do": "no", "words": "لا أستطيع يوم الخميس", "seen": agreement.text_hash})
    assert "لا أستطيع يوم الخميس" in signed_in(worker).get(f"/aftale/{country.person.pk}/{ACTIVITY}/").text


def test_a_newcomer_finds_no_draft_and_nobody_else_s_agreement(
    agreement: Agreement, programme: Programme, worker: User, country: Country
) -> None:
    mine, theirs = newcomer(country.person, worker), newcomer(country.their_person, country.stranger)
    path = f"/min/arbejdsplads/{agreement.pk}/"
    assert theirs.get(path).status_code == 404
    write(programme, ACTIVITY, replace(FACTS, tasks="Feje"), by=worker, seen=agreement.text_hash)
    assert mine.get(path).status_code == 404


# The office's page


def form(seen: str = "", **more: str) -> dict[str, str]:
    facts = {name: getattr(FACTS, name) for name in FACTS.__dataclass_fields__}
    return {**facts, "seen": seen, "do": "send", **more}


def test_the_worker_writes_and_sends_in_one_step_and_is_shown_the_link_once(
    programme: Programme, worker: User, country: Country
) -> None:
    browser, path = signed_in(worker), f"/aftale/{country.person.pk}/{ACTIVITY}/"
    answer = browser.post(path, form(contact_email="kim@example.invalid"))
    found = re.search(r'href="http://testserver(/arbejdsplads/[^"]+)" class="workplace-address"', answer.text)
    assert found is not None
    assert "mailto:kim@example.invalid" in answer.text
    assert Client().get(found[1]).status_code == 200
    assert found[1] not in browser.get(path).text
    assert current(programme, ACTIVITY).state == "sent"  # type: ignore[union-attr]


def test_what_cannot_be_sent_yet_is_kept_and_said(programme: Programme, worker: User, country: Country) -> None:
    browser, path = signed_in(worker), f"/aftale/{country.person.pk}/{ACTIVITY}/"
    answer = browser.post(path, form(mentor=""))
    assert "Aftalen mangler mentoren." in answer.text
    row = current(programme, ACTIVITY)
    assert row is not None
    assert (row.state, row.tasks) == ("draft", FACTS.tasks)
    found = re.search(r'name="seen" value="([0-9a-f]{64})"', answer.text)
    assert found is not None
    browser.post(path, form(seen=found[1]))
    assert now(row).state == "sent"


def test_the_worker_approves_for_the_office_on_the_page(agreement: Agreement, worker: User, country: Country) -> None:
    browser, path = signed_in(worker), f"/aftale/{country.person.pk}/{ACTIVITY}/"
    said = {"godkend-office": worker.name, "godkend-seen": agreement.text_hash}
    browser.post(f"{path}godkend/", said)
    assert [(one.side, one.taken_by) for one in agreement.answers.all()] == [("office", worker)]
    both = {"godkend-person": "Prøve", "godkend-seen": agreement.text_hash}
    assert "til stede" in browser.post(f"{path}godkend/", both).text
    browser.post(f"{path}godkend/", {**both, "godkend-present": "Tolk 12"})
    assert agreement.answers.count() == 2


def test_a_second_link_is_given_and_the_first_closed(agreement: Agreement, worker: User, country: Country) -> None:
    browser, path = signed_in(worker), f"/aftale/{country.person.pk}/{ACTIVITY}/"
    _client, first = workplace(agreement, worker)
    old = WorkplaceLink.objects.get()
    assert "/arbejdsplads/" in browser.post(f"{path}link/").text
    browser.post(f"{path}link/{old.pk}/luk/")
    assert Client().get(first).status_code == 404
    assert links.live(agreement).count() == 1


def test_a_link_opens_until_the_agreement_is_over_and_at_least_two_weeks(programme: Programme, worker: User) -> None:
    far = timezone.localdate() + timedelta(days=100)
    text = text_of(latest(programme))
    longer = replace(text.activities[1], end=far)
    write_plan(programme, text.with_activity(longer), by=worker)
    given = links.give_link(sent(programme, worker), by=worker)
    assert timezone.localtime(given.link.expires).date() == far
    Agreement.objects.filter(pk=given.link.agreement_id).update(state="draft", text_hash="", end=date(2025, 3, 3))
    soon = links.give_link(now(given.link.agreement), by=worker).link.expires
    assert soon - timezone.now() > links.LEAST - timedelta(hours=1)


def test_an_agreement_that_is_called_off_can_be_written_anew(
    agreement: Agreement, programme: Programme, worker: User, country: Country
) -> None:
    signed_in(worker).post(f"/aftale/{country.person.pk}/{ACTIVITY}/bortfald/")
    assert now(agreement).state == "off"
    again = sent(programme, worker)
    assert again.pk != agreement.pk
    assert Answer.objects.filter(agreement=again).count() == 0


# The letters


@pytest.mark.parametrize(("whose", "lang"), [("office", "uk"), ("person", "ar"), ("workplace", "da")])
def test_each_of_the_three_gets_a_letter_that_says_what_they_may_read(
    whose: Whose, lang: str, agreement: Agreement, worker: User, country: Country
) -> None:
    row = say_yes(agreement, worker)
    said = Said(lang, sentences_in("fodfaeste.web.workplace", "templates/workplace/agreement.toml"))
    content = json.dumps(content_of(row, whose, said, on=timezone.localdate()), ensure_ascii=False)
    for word in (FACTS.tasks, FACTS.mentor, "mandag 08:00–15:24", "Aftalen er klar.", OFFICE_PHONE):
        assert word in content
    for hidden in (FAMILY, country.person.case_number):
        assert (hidden in content) == (whose != "workplace")
    # Whoever approved typed "Prøve Eksempel" for the newcomer: that is the office's and the newcomer's to read.
    assert ("Den nytilkomne: Prøve Eksempel" in content) == (whose != "workplace")
    assert ("Arbejdspladsen: Kim Kontakt" in content) == (whose != "person")
    assert letter(row, whose, lang, on=timezone.localdate())[:5] == b"%PDF-"
