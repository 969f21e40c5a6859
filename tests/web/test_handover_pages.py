"""Pages of a handover: the packet, the lines, the offers, the leader's page; and how many questions they ask."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from fodfaeste.web.accounts.domain.roles import give_role
from fodfaeste.web.accounts.models import Membership, User
from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.audit.models import Opening
from fodfaeste.web.handover.domain.handovers import offer, tell
from fodfaeste.web.handover.domain.weights import caseloads, weights_on
from fodfaeste.web.handover.models import HandedCase, Handover
from fodfaeste.web.people.models import Person, Responsibility
from fodfaeste.web.programme.domain.notes import add_note
from fodfaeste.web.programme.models import Draft

from .conftest import Country, made_person, signed_in
from .handover_examples import A_WEEK, DRAFTS, Caseload, a_caseload, small, workers_on

MOST = 25
"""Queries that a page makes."""


def queries(user: User, address: str) -> int:
    """Count the questions of a page, once everything is warm.

    The log of reading has a line a person that the packet shows; SQLite takes some hundred a statement.
    """
    browser = signed_in(user)
    browser.get(address)
    with CaptureQueriesContext(connection) as asked:
        assert browser.get(address).status_code == 200
    return sum('INSERT INTO "audit_opening"' not in one["sql"] for one in asked)


def told(caseload: Caseload, handover: Handover) -> None:
    for person in caseload.persons:
        tell(handover, person, told=f"Om {person.given_name}", by=caseload.worker)


def test_the_packet_shows_every_case_with_its_promises_and_own_drafts(country: Country) -> None:
    caseload = a_caseload(country)
    handover = caseload.begun()
    page = signed_in(caseload.worker).get(f"/overdragelse/{handover.pk}/").text
    assert all(person.case_number in page for person in caseload.persons)
    assert page.count("Aftalt og ikke holdt (1)") == 12
    assert page.count("praktik: Praktik, Værkstedet, til og med") == 4
    by_workplace = page.split("<h2>Arbejdspladserne</h2>")[1]
    assert by_workplace.count("<h3>Værkstedet <small>4 aftaler</small></h3>") == 1
    assert [one.case_number in by_workplace for one in caseload.persons[:5]] == [True] * 4 + [False]
    assert "Prøve" not in by_workplace.replace("S-Prøve", "")
    assert page.count("Kladde fra") == DRAFTS
    assert f'/program/{country.person.pk}/journal/"' in page
    others = signed_in(caseload.neighbour).get(f"/overdragelse/{handover.pk}/").text
    assert "Kladderne ser kun medarbejderen selv." in others
    assert "Kladde fra" not in others
    assert "Tilbyd de valgte" not in others


def test_the_log_says_in_words_that_a_case_was_seen_in_a_packet(country: Country) -> None:
    caseload = small(country)
    signed_in(caseload.worker).get(f"/overdragelse/{caseload.begun().pk}/")
    log = signed_in(country.users[Role.PROTECTION]).get("/log/").text
    assert "Overdragelse af sager (i en liste)" in log
    assert "handover:" not in log


def test_lines_are_written_one_after_the_other(country: Country) -> None:
    caseload = small(country)
    handover = caseload.begun()
    browser = signed_in(caseload.worker)
    address = f"/overdragelse/{handover.pk}/"
    assert "Skriv den næste linje" in browser.get(address).text
    at = f"{address}sag/{caseload.persons[1].pk}/"
    seen = []
    for _person in caseload.persons:
        seen.append(at)
        assert 'data-draft="' in browser.get(at).text
        at = browser.post(at, {"told": "Ring før ni", "matters": "Søsteren", "naeste": "1"})["Location"]
    assert (len(set(seen)), at) == (3, address)
    assert set(HandedCase.objects.values_list("told", "matters")) == {("Ring før ni", "Søsteren")}
    assert "Skriv den næste linje" not in browser.get(address).text
    assert browser.post(seen[0], {"told": "Kort"})["Location"] == address
    assert "Dette felt" in browser.post(seen[0], {"told": ""}).text


def test_some_are_offered_and_then_all_the_rest(country: Country) -> None:
    caseload = small(country)
    handover = caseload.begun()
    browser = signed_in(caseload.worker)
    address = f"/overdragelse/{handover.pk}/tilbyd/"
    chosen = {"receiver": caseload.neighbour.pk, "sag": [country.person.pk, "vrøvl"]}
    assert "Skriv først en linje om S-Prøve" in browser.post(address, chosen).text
    told(caseload, handover)
    assert "Dette felt" in browser.post(address, {"receiver": ""}).text
    assert "Vælg mindst én sag" in browser.post(address, {"receiver": caseload.neighbour.pk}).text
    page = browser.post(address, chosen, follow=True).text
    assert "1 sag er tilbudt Naboen." in page
    page = browser.post(address, {"receiver": caseload.neighbour.pk, "alle": "1"}, follow=True).text
    assert "2 sager er tilbudt Naboen." in page
    assert set(HandedCase.objects.values_list("state", flat=True)) == {"offered"}


def test_the_receiver_accepts_one_and_returns_one_with_a_reason(country: Country) -> None:
    caseload = small(country)
    handover = caseload.begun()
    told(caseload, handover)
    offer(handover, caseload.persons, receiver=caseload.neighbour, by=caseload.worker)
    browser = signed_in(caseload.neighbour)
    today = browser.get("/program/i-dag/").text
    assert "Sager tilbudt dig (3)" in today
    first, second, _third = HandedCase.objects.order_by("pk")
    page = browser.get(f"/overdragelse/tilbud/{first.pk}/").text
    assert f"Om {first.person.given_name}" in page
    assert browser.post(f"/overdragelse/tilbud/{first.pk}/", {"do": "modtag"})["Location"] == "/program/i-dag/"
    assert workers_on(first.person, timezone.localdate()) == [caseload.neighbour]
    assert browser.get(f"/overdragelse/tilbud/{first.pk}/").status_code == 404
    assert "Hvorfor du giver sagen tilbage" in browser.post(f"/overdragelse/tilbud/{second.pk}/", {"reason": ""}).text
    browser.post(f"/overdragelse/tilbud/{second.pk}/", {"reason": "Jeg kender familien"})
    assert (
        "Naboen gav sagen tilbage: Jeg kender familien"
        in signed_in(caseload.worker).get(f"/overdragelse/{handover.pk}/").text
    )
    assert "Sager tilbudt dig (1)" in browser.get("/overdragelse/").text


def test_a_draft_is_discarded_by_its_writer(country: Country) -> None:
    caseload = a_caseload(country, 1)
    handover = caseload.begun()
    draft = Draft.objects.get()
    address = f"/overdragelse/{handover.pk}/kladde/{draft.pk}/kasser/"
    assert signed_in(caseload.neighbour).post(address).status_code == 404
    assert signed_in(caseload.worker).post(address).status_code == 302
    assert not Draft.objects.exists()


def test_a_worker_begins_and_stops(country: Country) -> None:
    caseload = small(country)
    browser = signed_in(caseload.worker)
    own = country.own.pk
    leaves = timezone.localdate() + A_WEEK
    sent = {"worker": caseload.worker.pk, "leaves": leaves.isoformat()}
    assert (
        "efter i dag"
        in browser.post(f"/overdragelse/begynd/{own}/", sent | {"leaves": timezone.localdate().isoformat()}).text
    )
    address = browser.post(f"/overdragelse/begynd/{own}/", sent)["Location"]
    assert address == f"/overdragelse/{Handover.objects.get().pk}/"
    assert "worker, Egenby" in browser.get("/overdragelse/").text
    assert signed_in(caseload.neighbour).get(f"{address}fortryd/").status_code == 404
    assert "Stop overdragelsen" in browser.get(f"{address}fortryd/").text
    assert browser.post(f"{address}fortryd/")["Location"] == "/overdragelse/"
    assert "Overdragelsen er afsluttet." in browser.get(address).text


def test_a_leader_begins_for_a_worker_offers_the_rest_and_discards_unread(country: Country) -> None:
    caseload = a_caseload(country, DRAFTS)
    leader = signed_in(country.users[Role.LEADER])
    own = country.own.pk
    sent = {"worker": caseload.worker.pk, "leaves": (timezone.localdate() + A_WEEK).isoformat()}
    assert leader.post(f"/overdragelse/begynd/{own}/", sent)["Location"] == f"/overdragelse/kontor/{own}/"
    handover = Handover.objects.get()
    page = leader.get(f"/overdragelse/kontor/{own}/").text
    assert "0 af 6 sager er modtaget" in page
    assert "Kassér 6 kladder ulæst" in page
    rest = f"/overdragelse/{handover.pk}/resten/"
    assert "Naboen (0 sager)" in leader.get(rest).text
    assert leader.post(rest, {"receiver": caseload.neighbour.pk, "told": "Syg"}).status_code == 302
    assert "Vælg mindst én sag" in leader.post(rest, {"receiver": caseload.neighbour.pk, "told": "Syg"}).text
    leader.post(f"/overdragelse/{handover.pk}/kladder/")
    assert not Draft.objects.exists()
    assert not Opening.objects.exists()  # nothing of this showed a person


def test_the_leaders_page_lists_who_could_take_over_and_leads_the_administrator_on(country: Country) -> None:
    country.own.partners.add(country.other)
    address = f"/overdragelse/kontor/{country.own.pk}/"
    page = signed_in(country.users[Role.ADMINISTRATOR]).get(address).text
    assert "stranger, Nabo (stranger@example.invalid)" in page
    assert f"/kontor/{country.own.pk}/ny/" in page
    leader = signed_in(country.users[Role.LEADER]).get(address).text
    assert f"/kontor/{country.own.pk}/ny/" not in leader
    Membership.objects.create(
        user=country.stranger, organisation=country.own, role=Role.WORKER, start=timezone.localdate()
    )
    assert "stranger@example.invalid" not in signed_in(country.users[Role.LEADER]).get(address).text


def test_the_neighbour_enters_once_an_administrator_has_given_them_a_role(country: Country) -> None:
    """Cooperation alone opens nothing: no page, no case, no offer."""
    country.own.partners.add(country.other)
    caseload = small(country)
    handover = caseload.begun()
    told(caseload, handover)
    at, own, person = f"/overdragelse/{handover.pk}/", country.own.pk, country.person.pk
    pages = [at, f"{at}sag/{person}/", f"{at}fortryd/", f"{at}resten/", f"/personer/{person}/"]
    pages += [f"/overdragelse/{room}/{own}/" for room in ("begynd", "kontor", "vikar")]
    browser = signed_in(country.stranger)
    assert {address: browser.get(address).status_code for address in pages} == dict.fromkeys(pages, 404)
    for act in ("tilbyd", "kladder", "resten", "fortryd"):
        assert browser.post(f"{at}{act}/").status_code == 404
    give_role(country.stranger, country.own, Role.WORKER, timezone.localdate(), by=country.users[Role.ADMINISTRATOR])
    offer(handover, caseload.persons[:1], receiver=country.stranger, by=caseload.worker)
    assert "Sager tilbudt dig (1)" in browser.get("/program/i-dag/").text
    assert browser.get(at).status_code == 200
    assert browser.post(f"/overdragelse/tilbud/{HandedCase.objects.get(state='offered').pk}/", {"do": "modtag"})
    assert workers_on(caseload.persons[0], timezone.localdate()) == [country.stranger]


def test_cases_of_nobody_with_a_role_are_pointed_out(country: Country) -> None:
    Membership.objects.filter(user=country.users[Role.WORKER]).update(end=timezone.localdate())
    page = signed_in(country.users[Role.LEADER]).get(f"/overdragelse/kontor/{country.own.pk}/").text
    assert "Sager hos nogen uden rolle her" in page
    assert "worker: 1 sag" in page


def test_a_caseload_weighs_as_the_page_says(country: Country) -> None:
    """Two cases: one old with a talk through an interpreter and nothing overdue, one new: 1 + ¼ + 1 + ½."""
    worker, today = country.users[Role.WORKER], timezone.localdate()
    add_note(country.person, by=worker, organisation=country.own, day=today, text="Talt", with_interpreter=True)
    made_person("Ny", worker, country.own, takeover_date=today - A_WEEK)
    heaviest = caseloads(country.own, today=today)[0]
    assert (heaviest.name, heaviest.cases, heaviest.new, heaviest.interpreter, heaviest.late) == ("worker", 2, 1, 1, 0)
    assert float(heaviest.weight) == 2.75
    page = signed_in(country.users[Role.LEADER]).get(f"/overdragelse/kontor/{country.own.pk}/").text
    assert "2,75" in page
    assert all(part.words["da"] in page for part in weights_on(today).parts.values())


def test_what_is_overdue_and_promised_is_counted_of_all_that_is_open(country: Country) -> None:
    caseload = a_caseload(country, 3)
    heaviest = caseloads(country.own, today=timezone.localdate())[0]
    assert (heaviest.name, heaviest.cases) == (caseload.worker.name, 3)
    assert (heaviest.promises, heaviest.late) == (3, 3)  # every first talk of 2024 is overdue
    assert heaviest.open >= heaviest.promises + heaviest.overdue


def test_before_the_first_weights_the_first_hold(country: Country) -> None:
    day = weights_on(timezone.localdate()).since
    assert weights_on(day.replace(year=1999)) is weights_on(day)


@pytest.mark.parametrize("page", ["packet", "office", "front", "today", "offered", "line"])
def test_pages_ask_as_much_for_31_cases_as_for_310(country: Country, page: str) -> None:
    caseload = small(country)
    handover = caseload.begun()
    told(caseload, handover)
    offer(handover, caseload.persons, receiver=caseload.neighbour, by=caseload.worker)
    case = HandedCase.objects.filter(handover=handover)[0]
    worker, neighbour = caseload.worker, caseload.neighbour
    user, address = {
        "packet": (worker, f"/overdragelse/{handover.pk}/"),
        "office": (country.users[Role.LEADER], f"/overdragelse/kontor/{country.own.pk}/"),
        "front": (neighbour, "/overdragelse/"),
        "today": (neighbour, "/program/i-dag/"),
        "offered": (neighbour, f"/overdragelse/tilbud/{case.pk}/"),
        "line": (worker, f"/overdragelse/{handover.pk}/sag/{country.person.pk}/"),
    }[page]
    few = queries(user, address)
    more = _many(country, handover, caseload)
    assert len(more) == 310
    assert queries(user, address) == few <= MOST


def _many(country: Country, handover: Handover, caseload: Caseload) -> list[Person]:
    """310 more of them, written at once."""
    pattern: dict[str, Any] = {
        name: getattr(country.person, name)
        for name in ("given_name", "family_name", "birth_date", "sex", "citizenship", "arrival_date", "takeover_date")
    }
    persons = Person.objects.bulk_create(Person(case_number=f"M-{n}", **pattern) for n in range(310))
    since = country.person.responsibilities.get().start
    Responsibility.objects.bulk_create(
        Responsibility(person=person, organisation=country.own, worker=caseload.worker, start=since)
        for person in persons
    )
    HandedCase.objects.bulk_create(
        HandedCase(handover=handover, person=person, told="En linje", state="offered", receiver=caseload.neighbour)
        for person in persons
    )
    return persons
