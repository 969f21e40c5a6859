"""A newcomer's own pages: the link and its code, what they see, what they sign and answer, and what stays closed."""

from __future__ import annotations

import re
from datetime import date, time, timedelta

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.gate import scoped_models, visible
from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.accounts.viewer import NOBODY, Viewer
from fodfaeste.web.audit.models import Change, Opening
from fodfaeste.web.newcomer import asks, texts
from fodfaeste.web.newcomer.asks import Ask
from fodfaeste.web.newcomer.domain import links, own
from fodfaeste.web.newcomer.domain.links import MOST_TRIES, give_access, withdraw
from fodfaeste.web.newcomer.models import Link
from fodfaeste.web.people.domain.merging import merge_persons
from fodfaeste.web.people.models import Need, Person, Responsibility
from fodfaeste.web.programme.domain.absences import mark_absent
from fodfaeste.web.programme.domain.notes import add_note
from fodfaeste.web.programme.domain.plans import approve, approve_oneself, latest, propose, write_plan
from fodfaeste.web.programme.domain.replies import reply
from fodfaeste.web.programme.domain.text import PlanText, Time
from fodfaeste.web.programme.models import Approval, FollowUp, Goal, Plan, Programme, Reply, TravelTimes

from .conftest import TAKEOVER, Country, made_person, signed_in
from .newcomer_examples import address, appointment, came_by, newcomer
from .programme_examples import DANISH, GOALS, PLAN, agreed, opened, proposed, sign

WRONG = "Koden er forkert, eller linket er lukket."
FIRST = "/min/"


@pytest.fixture
def worker(country: Country):
    return country.users[Role.WORKER]


def myself(country: Country) -> Viewer:
    return Viewer(person=country.person.pk)


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


# The link and its code


def test_a_link_is_a_256_bit_secret_and_six_digits_and_neither_is_kept(country: Country, worker) -> None:
    given = give_access(country.person, by=worker, language="ar")
    assert re.fullmatch(r"\d{6}", given.code)
    secret = given.token.split(".")[2]
    assert len(secret) == 43  # 256 bits, six a letter
    row = Link.objects.values().get()
    assert secret not in str(row)
    assert given.code not in str(row)
    assert row["expires"] - row["made"] >= timedelta(days=14) - timedelta(seconds=5)
    logged = Change.objects.get(table="newcomer_link")
    assert (logged.after["secret"], logged.after["code"]) == ("•••", "•••")
    assert logged.person == country.person.pk


def test_the_office_gives_access_and_is_shown_address_and_code_once(country: Country, worker) -> None:
    office = signed_in(worker)
    assert reverse("access:person", args=[country.person.pk]) in office.get(f"/personer/{country.person.pk}/").text
    page = office.post(f"/egen-side/{country.person.pk}/", {"language": "ar"}).text
    path = re.search(r'href="http://testserver(/min/link/[^"]+)"', page)[1]
    code = re.search(r'own-code" dir="ltr">(\d{6})<', page)[1]
    client = Client()
    assert client.post(path, {"code": code})["Location"] == FIRST
    again = office.get(f"/egen-side/{country.person.pk}/").text
    assert path not in again
    assert "Arabisk" in again
    assert "Åbnet" in again


def test_access_can_be_taken_away(country: Country, worker) -> None:
    given = give_access(country.person, by=worker, language="da")
    client = came_by(given)
    assert client.get(FIRST).status_code == 200
    signed_in(worker).post(reverse("access:withdraw", args=[country.person.pk, given.link.pk]))
    assert client.get(FIRST)["Location"].startswith("/min/kode/")
    assert WRONG in client.post("/min/kode/", {"code": given.code}).text


def test_only_who_works_with_the_person_gives_access(country: Country, worker) -> None:
    with pytest.raises(Refused):
        give_access(country.their_person, by=worker, language="da")
    with pytest.raises(Refused):
        withdraw(give_access(country.person, by=worker, language="da").link, by=country.stranger)


def test_five_wrong_codes_close_a_link_and_wrong_and_closed_are_answered_alike(country: Country, worker) -> None:
    given = give_access(country.person, by=worker, language="da")
    client = Client()
    answers = [client.post(address(given), {"code": other_than(given.code)}) for _ in range(MOST_TRIES)]
    closed = client.post(address(given), {"code": given.code})
    without_token = [re.sub(r'value="(\w{64}|\d{6})"', "", page.text) for page in (*answers, closed)]
    assert len(set(without_token)) == 1
    assert WRONG in closed.text
    assert closed.status_code == 200


def test_four_wrong_codes_and_the_right_one_open_it(country: Country, worker) -> None:
    given = give_access(country.person, by=worker, language="da")
    client = Client()
    for _ in range(MOST_TRIES - 1):
        client.post(address(given), {"code": other_than(given.code)})
    assert client.post(address(given), {"code": given.code}).status_code == 302
    assert Link.objects.get().tries == 0


def test_an_answer_that_is_no_code_is_no_try(country: Country, worker) -> None:
    given = give_access(country.person, by=worker, language="da")
    assert "Koden er 6 tal." in Client().post(address(given), {"code": "12 34"}).text
    assert Link.objects.get().tries == 0


def test_a_link_opens_in_one_browser_and_there_again(country: Country, worker) -> None:
    given = give_access(country.person, by=worker, language="da")
    first = came_by(given)
    assert WRONG in Client().post(address(given), {"code": given.code}).text
    Session.objects.all().delete()
    assert first.get(FIRST)["Location"].startswith("/min/kode/")
    assert first.post("/min/kode/", {"code": given.code})["Location"] == FIRST
    assert first.post(address(given), {"code": given.code})["Location"] == FIRST
    assert first.get(FIRST).status_code == 200


def test_a_link_lasts_14_days(country: Country, worker) -> None:
    given = give_access(country.person, by=worker, language="da")
    client = came_by(given)
    # As if it had been made that long ago; a link that was never to last is refused by the database.
    Link.objects.update(made=timezone.now() - timedelta(days=15), expires=timezone.now() - timedelta(days=1))
    assert client.get(FIRST)["Location"].startswith("/min/kode/")
    assert WRONG in client.post("/min/kode/", {"code": given.code}).text
    with pytest.raises(IntegrityError, match="a_link_lasts"), transaction.atomic():
        Link.objects.update(made=timezone.now())


def test_a_link_ends_when_the_municipality_changes(country: Country, worker) -> None:
    client = newcomer(country.person, worker)
    today = timezone.localdate()
    Responsibility.objects.filter(person=country.person).update(end=today)
    assert client.get(FIRST).status_code == 302
    Responsibility.objects.create(
        person=country.person, organisation=country.other, worker=country.stranger, start=today
    )
    assert client.get(FIRST).status_code == 302


def test_a_link_holds_when_a_colleague_takes_over(country: Country, worker) -> None:
    client = newcomer(country.person, worker)
    colleague = country.users[Role.CONSULTANT]
    today = timezone.localdate()
    Responsibility.objects.filter(person=country.person).update(end=today)
    Responsibility.objects.create(person=country.person, organisation=country.own, worker=colleague, start=today)
    assert colleague.name in client.get(FIRST).text


def test_a_link_ends_when_the_person_turns_out_to_be_another(country: Country, worker) -> None:
    twin = made_person("Tvilling", worker, country.own)
    given = give_access(twin, by=worker, language="da")
    client = came_by(given)
    merge_persons(country.person, twin, by=worker)
    assert client.get(FIRST).status_code == 302
    assert WRONG in client.post("/min/kode/", {"code": given.code}).text


@pytest.mark.parametrize("token", ["made-up", "1.1.secret", "1.2.3.4"])
def test_an_address_that_was_not_made_here_asks_for_a_code_like_any(country: Country, token: str) -> None:
    page = Client().get(f"/min/link/{token}/")
    assert "Skriv den kode" in page.text
    assert WRONG in Client().post(f"/min/link/{token}/", {"code": "123456"}).text


def test_without_a_link_the_page_says_that_one_is_needed(db: None) -> None:
    assert "Brug dit link" in Client().get(FIRST, follow=True).text


def test_who_works_here_is_told_to_sign_out_first(country: Country, worker) -> None:
    given = give_access(country.person, by=worker, language="da")
    office = signed_in(worker)
    assert "En anden er logget ind her" in office.post(address(given), {"code": given.code}).text
    assert Link.objects.get().opened is None


def test_who_signs_in_after_a_newcomer_is_who_they_are(country: Country, worker) -> None:
    client = newcomer(country.person, worker)
    signed_in(country.users[Role.ADMINISTRATOR])  # sets their second factor up
    client.force_login(country.users[Role.ADMINISTRATOR], "allauth.account.auth_backends.AuthenticationBackend")
    assert client.get(FIRST).status_code == 404
    assert client.get(f"/personer/{country.person.pk}/").status_code == 404


def test_after_the_code_one_is_led_to_where_one_was_going_and_nowhere_else(country: Country, worker) -> None:
    given = give_access(country.person, by=worker, language="da")
    client = Client()
    assert client.post(address(given), {"code": given.code, "next": "/min/log/"})["Location"] == "/min/log/"
    for elsewhere in ("https://example.invalid/min/", "/personer/", "//example.invalid/"):
        assert client.post("/min/kode/", {"code": given.code, "next": elsewhere})["Location"] == FIRST


def test_signing_out_ends_it_and_says_so_in_the_same_language(country: Country, worker) -> None:
    client = newcomer(country.person, worker, "ar")
    assert 'lang="ar"' in client.get(FIRST).text
    page = client.post("/min/ud/", follow=True).text
    assert '<html lang="ar" dir="rtl">' in page
    assert "لقد خرجت" in page
    assert client.get(FIRST).status_code == 302
    assert not client.cookies[settings.LANGUAGE_COOKIE_NAME].value
    assert '<html lang="da"' in client.get("/min/farvel/?sprog=xx").text


# What they see


def test_the_gate_shows_a_newcomer_their_own_and_no_more(country: Country, worker) -> None:
    running = opened(country)
    agreed(running, worker)
    appointment(running)
    Need.objects.create(person=country.person, words="kan ikke løfte", noted=TAKEOVER)
    mark_absent(running, by=worker, day=TAKEOVER, reason="illness")
    add_note(country.person, by=worker, organisation=country.own, day=TAKEOVER, text="Et notat")
    give_access(country.person, by=worker, language="da")
    me = myself(country)
    shown = {model.__name__ for model in scoped_models() if visible(me, model).exists()}
    assert shown == {
        "Person",
        "Responsibility",
        "Programme",
        "Plan",
        "Goal",
        "Activity",
        "Alternative",
        "Slot",
        "Approval",
        "FollowUp",
    }
    assert {row.side for row in visible(me, Approval)} == {"person"}
    assert list(visible(me, Person)) == [country.person]


def test_a_draft_is_not_shown_and_what_is_proposed_is(country: Country, worker) -> None:
    running, me = opened(country), myself(country)
    write_plan(running, PLAN, by=worker)
    assert not visible(me, Plan).exists()
    assert not visible(me, Goal).exists()
    propose(running, by=worker)
    assert visible(me, Plan).get().state == "proposed"
    assert visible(me, Goal).count() == len(GOALS)


def test_what_was_noted_of_a_talk_is_not_shown(country: Country, worker) -> None:
    running, me = opened(country), myself(country)
    talk = running.follow_ups.get()
    assert list(visible(me, FollowUp)) == [talk]
    FollowUp.objects.filter(pk=talk.pk).update(held=talk.due, held_by=worker, note="Kun for kontoret")
    assert not visible(me, FollowUp).exists()


def test_no_page_has_the_journal_needs_absence_or_another_person(country: Country, worker) -> None:
    running = opened(country)
    agreed(running, worker)
    add_note(country.person, by=worker, organisation=country.own, day=TAKEOVER, text="Hemmelig journal")
    Need.objects.create(person=country.person, words="Hemmeligt hensyn", noted=TAKEOVER)
    client = newcomer(country.person, worker)
    for path in (FIRST, "/min/plan/", "/min/log/"):
        page = client.get(path).text
        assert "Hemmelig" not in page
        assert country.their_person.given_name not in page


def test_the_first_page_has_what_comes_next_the_week_and_whom_to_ask(country: Country, worker) -> None:
    running = opened(country)
    every_day = tuple(Time(day, time(8, 30), time(15, 30)) for day in range(1, 8))
    lasting = DANISH.__class__(**{**DANISH.__dict__, "end": date(2099, 1, 1), "times": every_day})
    agreed(running, worker, PlanText(GOALS, (lasting,)))
    appointment(running, days=3)
    appointment(running, days=30, hour=None)
    TravelTimes.objects.create(
        organisation=country.own, connections="from,to,minutes,line\nHjemby,Sprogskolen,25,bus 214\n"
    )
    Programme.objects.update(home="Hjemby")
    page = newcomer(country.person, worker).get(FIRST).text
    following = page.index("Det næste")
    assert page.index("Møde om praktik på rådhuset") > following
    assert "09:30" in page
    assert "08:30–15:30" in page
    assert "Sprogskolen" in page
    assert "Turen tager 25 min." in page
    assert "bus 214" in page
    assert f"uge {timezone.localdate().isocalendar().week}" in page
    assert worker.name in page
    assert "Senere" in page


def test_a_way_that_nobody_knows_has_no_minutes(country: Country, worker) -> None:
    running = opened(country)
    agreed(running, worker, PlanText(GOALS, (DANISH.__class__(**{**DANISH.__dict__, "end": date(2099, 1, 1)}),)))
    Programme.objects.update(home="Hjemby")
    monday = date(2026, 11, 23)
    for connections in ("from,to,minutes\nA,B,5\n", "not a table"):
        TravelTimes.objects.update_or_create(organisation=country.own, defaults={"connections": connections})
        week = own.week(myself(country), (), today=monday)
        assert [(day.day.isoweekday(), one.minutes) for day in week.days for one in day.stretches] == [
            (3, None),
            (5, None),
        ]


def test_without_anything_the_pages_say_so(country: Country, worker) -> None:
    client = newcomer(country.person, worker)
    page = client.get(FIRST).text
    assert "Du har ingen aftaler lige nu." in page
    assert "Du har ikke noget i denne uge." in page
    assert "Du har ikke nogen plan endnu." in client.get("/min/plan/").text
    assert "Ingen har set i din sag endnu." in client.get("/min/log/").text
    assert client.get("/min/plan/godkend/").status_code == 404


def test_times_of_some_weeks_are_in_those_weeks(country: Country, worker) -> None:
    from_march = Time(1, time(9), time(12), date(2024, 4, 1), date(2024, 4, 15))
    agreed(opened(country), worker, PlanText(GOALS, (DANISH.__class__(**{**DANISH.__dict__, "times": (from_march,)}),)))
    begun = [len(own.week(myself(country), (), today=date(2024, 4, day)).days) for day in (1, 8, 15)]
    assert begun == [1, 1, 0]


def test_the_first_page_makes_few_queries_however_many_appointments(country: Country, worker) -> None:
    running = opened(country)
    agreed(running, worker)
    client = newcomer(country.person, worker)

    def queries() -> int:
        client.get(FIRST)
        with CaptureQueriesContext(connection) as made:
            client.get(FIRST)
        return len(made)

    appointment(running, days=1)
    few = queries()
    for days in range(2, 30):
        appointment(running, days=days)
    assert queries() == few <= 25


# Languages


def test_the_page_is_in_the_language_of_the_link_until_another_is_chosen(country: Country, worker) -> None:
    running = opened(country)
    appointment(running)
    client = newcomer(country.person, worker, "ar")
    page = client.get(FIRST).text
    assert '<html lang="ar" dir="rtl">' in page
    assert "dkfds.rtl.css" in page
    assert "الموعد القادم" in page
    assert "09:30" in page
    for language in ("da", "en", "ar", "uk"):
        assert f'value="{language}"' in page
    client.post("/sprog/", {"language": "uk", "next": FIRST})
    assert "Найближче" in client.get(FIRST).text


def test_the_code_is_asked_for_in_the_language_of_the_link(country: Country, worker) -> None:
    given = give_access(country.person, by=worker, language="uk")
    assert "Введіть код" in Client().get(address(given)).text
    reader = Client()
    reader.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    assert '<html lang="en"' in reader.get(address(given)).text


def test_a_translation_that_nobody_has_checked_says_so_once(country: Country, worker, monkeypatch) -> None:
    words = "لم يراجعه مترجم مختص بعد"
    client = newcomer(country.person, worker, "ar")
    assert client.get(FIRST).text.count(words) == 1
    assert "ingen oversætter" not in newcomer(country.person, worker).get(FIRST).text
    checked = texts.Checked("ar", "Opdigtet tolk", date(2026, 12, 1))
    monkeypatch.setattr(texts, "languages", lambda: {"ar": checked})
    assert words not in client.get(FIRST).text


def test_each_language_of_the_pages_says_who_has_checked_it() -> None:
    assert set(texts.languages()) == {code for code, _name in settings.LANGUAGES}


# Saying yes to the plan


def test_a_newcomer_signs_and_the_office_signs_and_the_plan_holds(country: Country, worker) -> None:
    running = opened(country)
    plan = proposed(running, worker)
    client = newcomer(country.person, worker)
    assert "Vil du sige ja til din nye plan?" in client.get(FIRST).text
    page = client.get("/min/plan/godkend/").text
    assert "Jeg vil arbejde med træ igen" in page
    assert client.post("/min/plan/godkend/", {"name": "Prøve Eksempel", "seen": plan.text_hash}).status_code == 302
    signed = Approval.objects.get()
    assert (signed.side, signed.name, signed.taken_by, signed.own_link) == (
        "person",
        "Prøve Eksempel",
        None,
        Link.objects.get().pk,
    )
    assert "Du sagde ja den" in client.get("/min/plan/").text
    assert "Vil du sige ja" not in client.get(FIRST).text
    assert "på sin egen side" in signed_in(worker).get(f"/program/{country.person.pk}/").text
    sign(plan, worker, "municipality")
    assert latest(running).state == "approved"
    page = client.get("/min/plan/").text
    assert "Planen gælder fra den" in page
    assert "Dag, onsdag og fredag" in page
    change = Change.objects.filter(table="programme_approval", operation="insert").order_by("pk")[0]
    assert (change.user, change.words) == (None, "personen selv")


def test_the_second_signature_may_be_the_newcomers(country: Country, worker) -> None:
    running = opened(country)
    plan = sign(proposed(running, worker), worker, "municipality")
    approve_oneself(plan, viewer=myself(country), link=1, name="Prøve", seen=plan.text_hash)
    assert latest(running).state == "approved"
    assert running.follow_ups.count() > 1


def test_a_plan_that_has_changed_is_read_again(country: Country, worker) -> None:
    proposed(opened(country), worker)
    client = newcomer(country.person, worker)
    page = client.post("/min/plan/godkend/", {"name": "Prøve", "seen": "an older text"}).text
    assert "Planen er ændret" in page
    assert not Approval.objects.exists()


def test_nobody_signs_twice_for_another_or_without_a_name(country: Country, worker) -> None:
    plan = proposed(opened(country), worker)
    stranger, me = Viewer(person=country.their_person.pk), myself(country)
    for viewer, name in ((stranger, "Anden"), (NOBODY, "Ingen"), (me, " ")):
        with pytest.raises(Refused):
            approve_oneself(plan, viewer=viewer, link=1, name=name, seen=plan.text_hash)
    approve_oneself(plan, viewer=me, link=1, name="Prøve", seen=plan.text_hash)
    with pytest.raises(Refused, match="allerede"):
        approve(plan, by=worker, side="person", name="Prøve", present="Tolk", seen=plan.text_hash)


def test_the_database_knows_who_took_an_approval(country: Country, worker) -> None:
    plan = proposed(opened(country), worker)
    for taken in ({}, {"taken_by": worker, "own_link": 1}, {"own_link": 1, "side": "municipality"}):
        facts = {"side": "person", "name": "Prøve", "at": timezone.now(), "text_hash": plan.text_hash, **taken}
        with pytest.raises(IntegrityError, match="who_took_an_approval_is_known"), transaction.atomic():
            Approval.objects.create(plan=plan, **facts)


# Answering


def test_i_come_is_one_press_and_the_office_sees_it(country: Country, worker) -> None:
    row = appointment(opened(country), days=0)
    client = newcomer(country.person, worker, "ar")
    assert client.post(f"/min/aftale/{row.pk}/", {"coming": "yes"})["Location"] == FIRST
    assert "سآتي" in client.get(FIRST).text
    client.post(f"/min/aftale/{row.pk}/", {"coming": "no", "interpreter": "on", "words": "أنا مريض"})
    answer = Reply.objects.get()
    assert (answer.coming, answer.interpreter, answer.language) == ("no", True, "ar")
    office = signed_in(worker)
    for path in ("/program/i-dag/", f"/program/{country.person.pk}/"):
        page = office.get(path).text
        assert "Jeg kan ikke komme" in page
        assert "ønsker tolk" in page
        assert '<q lang="ar" dir="auto">أنا مريض</q>' in page
    assert "Jeg kan ikke komme" not in client.get(f"/min/aftale/{row.pk}/").text
    assert Change.objects.filter(table="programme_reply").count() == 2


def test_an_answer_says_whether_one_comes(country: Country, worker) -> None:
    row = appointment(opened(country))
    page = newcomer(country.person, worker).post(f"/min/aftale/{row.pk}/", {"interpreter": "on"}).text
    assert "Der er noget, der skal rettes" in page
    assert not Reply.objects.exists()


def test_what_is_past_or_anothers_is_not_answered(country: Country, worker) -> None:
    row = appointment(opened(country))
    said = {"link": 1, "coming": "yes", "interpreter": False, "words": "", "language": "da"}
    for viewer in (Viewer(person=country.their_person.pk), NOBODY):
        with pytest.raises(Refused):
            reply(row, viewer=viewer, **said)
    day = timezone.localdate() - timedelta(days=1)
    FollowUp.objects.filter(pk=row.pk).update(due=day, held_from=day)
    with pytest.raises(Refused):
        reply(row, viewer=myself(country), **said)
    assert newcomer(country.person, worker).get(f"/min/aftale/{row.pk}/").status_code == 404


def test_what_was_typed_when_the_hour_was_over_is_there_after_the_code(country: Country, worker) -> None:
    row = appointment(opened(country))
    given = give_access(country.person, by=worker, language="da")
    client, page = came_by(given), f"/min/aftale/{row.pk}/"
    Session.objects.all().delete()
    to = client.post(page, {"coming": "no", "words": "Jeg er syg i dag"})["Location"]
    assert to == "/min/kode/?next=%2Fmin%2Faftale%2F" + f"{row.pk}%2F"
    assert not Reply.objects.exists()
    assert "Jeg er syg" not in str(list(Session.objects.values()))
    assert client.post(to, {"code": given.code})["Location"] == page
    shown = client.get(page).text
    assert "Jeg er syg i dag" in shown
    assert "Det er ikke sendt endnu." in shown
    assert "Jeg er syg i dag" not in client.get(page).text


def test_what_a_stranger_typed_is_not_kept(country: Country) -> None:
    client = Client()
    client.post("/min/plan/godkend/", {"name": "Fremmed"})
    assert not Session.objects.exists()


# Who has looked


def test_the_own_log_says_when_what_where_and_why_and_not_who(country: Country, worker) -> None:
    signed_in(worker).get(f"/personer/{country.person.pk}/")
    leader = country.users[Role.LEADER]
    Opening.objects.create(
        person=country.person.pk, page="programme:journal", user=leader, organisation=country.own, reason="En klage"
    )
    Opening.objects.create(person=country.their_person.pk, page="people:person", user=country.stranger, reason="Andres")
    client = newcomer(country.person, worker)
    client.get(FIRST)
    page = client.get("/min/log/").text
    for words in ("Dine oplysninger", "Dit program og din plan", "Arbejde med sagen", "En klage", country.own.name):
        assert words in page
    table = page[page.index("<tbody>") : page.index("</tbody>")]
    assert table.count("<tr>") == 2
    for words in ("Andres", worker.name, leader.name, leader.email):
        assert words not in table


def test_that_they_looked_themselves_is_written_down_in_words(country: Country, worker) -> None:
    newcomer(country.person, worker).get(FIRST)
    line = Opening.objects.get(page="newcomer:first")
    assert (line.user, line.words, line.person) == (None, "personen selv", country.person.pk)
    office = signed_in(worker)
    assert "Personens egen side" not in office.get(reverse("audit:own", args=[country.person.pk])).text


def test_a_long_log_has_pages(country: Country, worker) -> None:
    Opening.objects.bulk_create(
        Opening(person=country.person.pk, page="people:person", organisation=country.own) for _ in range(201)
    )
    client = newcomer(country.person, worker)
    assert "Ældre" in client.get("/min/log/").text
    page = client.get("/min/log/?side=2").text
    assert "Nyere" in page
    assert page.count("Arbejde med sagen") == 1


# Questions of other rooms


def test_rooms_put_their_questions_on_the_first_page(country: Country, worker, monkeypatch) -> None:
    monkeypatch.setattr(asks, "_ROOMS", [])

    @asks.register
    def _moves(viewer: Viewer) -> list[Ask]:
        return [Ask("Er det sket?", "/min/x/", done=True), Ask(f"Må {viewer.person} flytte?", "/min/flytning/1/")]

    asks.register(_moves)
    page = newcomer(country.person, worker).get(FIRST).text
    assert f'<a href="/min/flytning/1/">Må {country.person.pk} flytte?</a>' in page
    assert page.index("flytte?") < page.index("Er det sket?")
    assert page.count("flytte?") == 1


def test_a_link_names_its_person(country: Country, worker) -> None:
    assert str(country.person) in str(give_access(country.person, by=worker, language="da").link)
    assert links.language_of(None) is None
