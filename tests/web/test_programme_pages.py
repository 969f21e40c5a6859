"""Pages of the programme: opened, planned, approved, compared; the journal with its drafts; absence; the letter."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.people.domain.merging import merge_persons
from fodfaeste.web.people.models import Person
from fodfaeste.web.programme.domain.notes import add_note
from fodfaeste.web.programme.domain.plans import holding, latest
from fodfaeste.web.programme.domain.text import GoalText, text_of
from fodfaeste.web.programme.models import Absence, Approval, JournalNote, Plan, Programme

from .conftest import Country, made_person, signed_in
from .programme_examples import DANISH, PLAN, agreed, longer, opened, proposed


@pytest.fixture
def worker(country: Country) -> Client:
    return signed_in(country.users[Role.WORKER])


def at(country: Country, rest: str = "") -> str:
    return f"/program/{country.person.pk}/{rest}"


def plain(html: str) -> str:
    """What a page says, without its marks."""
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


# ------------------------------------------------------------------ the programme


def test_a_programme_is_opened_and_shows_its_rules_with_how_sure_they_are(country: Country, worker: Client) -> None:
    page = worker.get(at(country))
    assert "Der er ikke åbnet et program" in page.text
    answer = worker.post(
        at(country, "aabn/"), {"track": "integration", "takeover": "2024-03-01", "start": "2024-03-04"}, follow=True
    )
    said = plain(answer.text)
    assert "IL-2019" in said
    assert "Første samtale, så programmet kan begynde" in said
    assert re.search(r"IL § 16.*\(A: læst i loven", said) or "(A: læst i loven" in said


def test_a_refusal_is_said_at_the_form(country: Country, worker: Client) -> None:
    answer = worker.post(at(country, "aabn/"), {"track": "ukraine", "takeover": "2021-03-01", "start": "2021-03-04"})
    assert "var der ingen regler for programmet efter særloven om fordrevne fra Ukraine" in plain(answer.text)
    assert not Programme.objects.exists()


def test_the_deadline_of_the_contract_turns_from_due_in_9_days_to_done(country: Country, worker: Client) -> None:
    today = timezone.localdate()
    takeover = today - timedelta(days=1)
    while _contract_day(takeover) != today + timedelta(days=9):
        takeover -= timedelta(days=1)
    Person.objects.filter(pk=country.person.pk).update(takeover_date=takeover)
    country.person.refresh_from_db()
    programme = opened(country, start=takeover)
    assert "om 9 dage" in plain(worker.get(at(country)).text)
    agreed(programme, country.users[Role.WORKER])
    tile = worker.get(at(country)).text.split("tile-held")[1]
    assert "er sket" in tile


def _contract_day(takeover: date) -> date:
    from fodfaeste.plan import deadlines, programme_rules

    return next(one.day for one in deadlines(programme_rules(takeover)) if one.code == "contract")


def test_hours_that_break_a_rule_are_said_with_the_rule(country: Country, worker: Client) -> None:
    programme = opened(country)
    agreed(programme, country.users[Role.WORKER], longer(PLAN, 20))
    said = plain(worker.get(at(country)).text)
    assert "Reelt valg: 2 af 2 aktiviteter, 100 % (95 %-interval 34–100 %)." in said
    assert "danskundervisning" in said or "dansk" in said
    assert "DUL § 4(3)" in said


def test_the_page_names_the_rule_set_its_source_and_how_sure_it_is(country: Country, worker: Client) -> None:
    opened(country)
    said = plain(worker.get(at(country)).text)
    assert "IL-2019" in said
    assert "Regelsættet står i: L 140 2018-19, fra 1. marts 2019 (B: læst på en myndigheds eller fagfolks side)" in said


def test_closing_is_said_and_leaves_everything_to_be_read(country: Country, worker: Client) -> None:
    opened(country)
    answer = worker.post(at(country, "afslut/"), {"end": "2025-01-01"}, follow=True)
    assert "Programmet er afsluttet." in answer.text
    assert "til og med 31. december 2024" in plain(answer.text)
    assert "Tilføj et mål" not in answer.text


# ------------------------------------------------------------------ the plan


def test_goals_and_activities_are_written_proposed_and_approved(country: Country, worker: Client) -> None:
    programme = opened(country)
    goal = {"words": "أريد أن أعمل", "language": "ar", "own_words": "on", "danish": "Jeg vil arbejde"}
    worker.post(at(country, "plan/maal/"), goal)
    activity = {
        "kind": "danish",
        "name": "DU2.3",
        "place": "Sprogskolen",
        "hours_a_week": "15",
        "start": "2024-03-11",
        "last": "2025-03-09",
        "offer_0": "Dag",
        "offer_1": "Aften",
        "offer_2": "Weekend",
        "unreal_2": "on",
        "chosen": "1",
        "chosen_on": "2024-03-05",
    }
    worker.post(at(country, "plan/aktivitet/"), activity)
    text = text_of(latest(programme))
    assert text.goals == (GoalText("أريد أن أعمل", "ar", True, "Jeg vil arbejde", 1),)
    assert text.activities[0].end == date(2025, 3, 10)
    assert text.activities[0].offers[2].real is False
    assert text.activities[0].chosen == 1
    worker.post(at(country, "plan/foreslaa/"))
    page = worker.get(at(country, "plan/godkend/"))
    seen = re.search(r'name="seen" value="(\w+)"', page.text)
    assert seen is not None
    names = {"present": "Tolk 12", "person": "Prøve", "municipality": "Worker", "seen": seen[1]}
    answer = worker.post(at(country, "plan/godkend/"), names, follow=True)
    assert "Plan, version 1: godkendt" in plain(answer.text)
    assert Approval.objects.count() == 2


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"last": "2024-03-01"}, "Den sidste dag ligger før den første."),
        ({"chosen": "2"}, "Det valgte skal være en mulighed"),
        ({"chosen": "1"}, "Det valgte skal være en mulighed"),
    ],
)
def test_what_cannot_be_an_activity_is_said(
    country: Country, worker: Client, changed: dict[str, str], words: str
) -> None:
    opened(country)
    sent = {
        "kind": "danish",
        "name": "DU2.3",
        "place": "Sprogskolen",
        "hours_a_week": "15",
        "start": "2024-03-11",
        "last": "2025-03-09",
        "offer_0": "Dag",
        "offer_1": "Aften",
        "unreal_1": "on",
    }
    assert words in worker.post(at(country, "plan/aktivitet/"), sent | changed).text


def test_a_part_that_is_not_there_is_not_found(country: Country, worker: Client) -> None:
    opened(country)
    assert worker.get(at(country, "plan/maal/7/")).status_code == 404


def test_an_activity_keeps_its_week_when_its_words_change(country: Country, worker: Client) -> None:
    programme = opened(country)
    agreed(programme, country.users[Role.WORKER])
    form = worker.get(at(country, "plan/aktivitet/1/")).context["form"]
    sent = {name: value for name, value in form.initial.items() if value not in (None, False)}
    sent["name"] = "DU2.4"
    worker.post(at(country, "plan/aktivitet/1/"), sent)
    plan = latest(programme)
    assert plan.number == 2
    assert text_of(plan).activities[0].times == DANISH.times
    assert text_of(plan).activities[0].name == "DU2.4"


def test_two_who_write_at_once_are_told(country: Country, worker: Client) -> None:
    programme = opened(country)
    sent = {"words": "Et mål", "language": "da", "edits": "0"}
    worker.post(at(country, "plan/maal/"), sent)
    answer = worker.post(at(country, "plan/maal/"), sent | {"words": "Et andet"})
    assert "En anden har ændret planen imens" in answer.text
    assert "Et andet" in answer.text
    assert len(text_of(latest(programme)).goals) == 1


def test_parts_are_taken_out(country: Country, worker: Client) -> None:
    programme = opened(country)
    agreed(programme, country.users[Role.WORKER])
    worker.post(at(country, "plan/fjern/maal/3/"))
    worker.post(at(country, "plan/fjern/aktivitet/2/"))
    text = text_of(latest(programme))
    assert ([one.number for one in text.goals], [one.number for one in text.activities]) == ([1, 2], [1])


def test_what_is_missing_stands_on_the_page_and_refuses(country: Country, worker: Client) -> None:
    opened(country)
    assert "Planen har intet mål." in worker.get(at(country)).text
    assert "Planen har intet mål." in worker.post(at(country, "plan/foreslaa/"), follow=True).text


def test_approving_needs_a_name_and_one_side_can_come_first(country: Country, worker: Client) -> None:
    plan = proposed(opened(country), country.users[Role.WORKER])
    sent = {"present": "Tolk", "seen": plan.text_hash}
    assert "Skriv navnet på mindst én" in worker.post(at(country, "plan/godkend/"), sent).text
    worker.post(at(country, "plan/godkend/"), sent | {"person": "Prøve"})
    page = worker.get(at(country, "plan/godkend/"))
    assert "Personens navn, skrevet af personen selv" not in page.text
    worker.post(at(country, "plan/godkend/"), sent | {"municipality": "Worker"})
    assert holding(plan.programme) == plan
    assert "der er ikke noget at godkende" in worker.get(at(country, "plan/godkend/")).text


def test_versions_stand_side_by_side(country: Country, worker: Client) -> None:
    programme = opened(country)
    agreed(programme, country.users[Role.WORKER])
    agreed(programme, country.users[Role.WORKER], longer(PLAN, 12))
    said = plain(worker.get(at(country, "plan/versioner/")).text)
    assert "ændret DU2.3, Sprogskolen, 15,0 timer om ugen" in said
    assert "12,0 timer om ugen" in said
    same = plain(worker.get(at(country, "plan/versioner/?fra=1&til=1")).text)
    assert " ændret " not in same


# ------------------------------------------------------------------ meeting mode


def test_a_talk_is_recorded_with_three_goals_one_in_own_words(country: Country, worker: Client) -> None:
    Person.objects.filter(pk=country.person.pk).update(language="ar")
    programme = opened(country)
    page = worker.get(at(country, "samtale/"))
    assert "ما الذي تود تحقيقه؟" in page.text
    assert 'lang="ar"' in page.text
    talk = programme.follow_ups.get()
    sent = {
        "follow_up": str(talk.pk),
        "held": "2024-03-12",
        "text": "Vi har talt om arbejde.",
        "goal_1": "أريد أن أعمل",
        "own_words": "on",
        "language": "ar",
        "goal_2": "Dansk",
        "goal_3": "Bo tæt på skolen",
        "present": "Tolk 12",
        "with_interpreter": "on",
        "next_day": "2026-12-25",
        "next_hour": "10:30",
    }
    answer = worker.post(at(country, "samtale/"), sent, follow=True)
    talk.refresh_from_db()
    assert talk.held == date(2024, 3, 12)
    assert [(one.language, one.own_words) for one in text_of(latest(programme)).goals] == [
        ("ar", True),
        ("da", False),
        ("da", False),
    ]
    note = JournalNote.objects.get()
    assert (note.kind, note.present, note.with_interpreter) == ("talk", "Tolk 12", True)
    assert "moved" not in answer.text
    assert "flyttet til 28. december 2026" in plain(answer.text)


def test_another_talk_is_a_note_and_holds_no_follow_up(country: Country, worker: Client) -> None:
    programme = opened(country)
    sent = {"follow_up": "", "held": "2024-03-12", "text": "En kort snak.", "language": "da"}
    worker.post(at(country, "samtale/"), sent)
    assert programme.follow_ups.get().held is None
    assert JournalNote.objects.get().text == "En kort snak."


def test_a_talk_that_is_refused_writes_nothing_at_all(country: Country, worker: Client) -> None:
    programme = opened(country)
    later = timezone.localdate() + timedelta(days=3)
    sent = {
        "follow_up": str(programme.follow_ups.get().pk),
        "held": later.isoformat(),
        "text": "Vi ses.",
        "goal_1": "Et mål",
        "language": "da",
    }
    answer = worker.post(at(country, "samtale/"), sent)
    assert "kan først noteres som holdt, når den er holdt" in answer.text
    assert "Vi ses." in answer.text
    assert not JournalNote.objects.exists()
    assert not text_of(latest(programme)).goals


# ------------------------------------------------------------------ the journal


def test_a_note_is_corrected_by_a_new_one_and_both_stand(country: Country, worker: Client) -> None:
    opened(country)
    worker.post(at(country, "journal/skriv/"), {"kind": "note", "day": "2024-03-05", "text": "Hun har to børn."})
    note = JournalNote.objects.get()
    worker.post(at(country, f"journal/{note.pk}/ret/"), {"text": "Hun har tre børn."})
    said = plain(worker.get(at(country, "journal/")).text)
    assert said.index("Hun har to børn.") < said.index("rettet nedenfor") < said.index("Hun har tre børn.")
    answer = worker.post(at(country, f"journal/{note.pk}/ret/"), {"text": "Fire."})
    assert "Notatet er allerede rettet. Ret rettelsen i stedet." in answer.text


def test_without_script_what_was_sent_without_a_session_is_offered_again(country: Country, worker: Client) -> None:
    opened(country)
    page = at(country, "journal/")
    worker.get(page)
    worker.cookies.pop("sessionid")
    sent = {"kind": "note", "day": "2024-03-05", "text": "Skrevet uden session"}
    answer = worker.post(at(country, "journal/skriv/"), sent, headers={"referer": f"http://testserver{page}"})
    assert answer.status_code == 302
    worker.force_login(country.users[Role.WORKER], "allauth.account.auth_backends.AuthenticationBackend")
    assert "Skrevet uden session" in worker.get(page).text


def test_the_journal_of_the_municipality_before_stays_with_it(country: Country) -> None:
    opened(country)
    own = country.users[Role.WORKER]
    add_note(country.person, by=own, organisation=country.other, day=date(2024, 3, 1), text="Deres ord.")
    assert "Deres ord." not in signed_in(own).get(at(country, "journal/")).text


# ------------------------------------------------------------------ absence


def test_absence_is_listed_by_day_and_nothing_follows_from_it(country: Country, worker: Client) -> None:
    opened(country)
    worker.post(at(country, "fravaer/"), {"day": "2024-03-12", "reason": "illness", "lawful": "true"})
    worker.post(at(country, "fravaer/"), {"day": "2024-03-12", "reason": "child", "lawful": "true"})
    row = Absence.objects.get()
    assert (row.reason, row.lawful) == ("child", True)
    assert "Ingen ydelse bliver sat ned af det." in worker.get(at(country, "fravaer/")).text
    answer = worker.post(at(country, "fravaer/"), {"day": "2020-01-01", "reason": "none", "lawful": "unknown"})
    assert "Den dag var personen ikke i programmet." in answer.text


# ------------------------------------------------------------------ who may


def test_a_leader_reads_with_a_reason_and_changes_nothing(country: Country) -> None:
    agreed(opened(country), country.users[Role.WORKER])
    leader = signed_in(country.users[Role.LEADER])
    asked = leader.get(at(country))
    assert asked.status_code == 302
    leader.post(asked.url, {"reason": "Klage over sagen"})
    page = leader.get(at(country))
    assert "DU2.3" in page.text
    assert "Tilføj et mål" not in page.text
    for rest in ("samtale/", "uge/", "plan/maal/", "plan/godkend/", "fravaer/", "hensyn/"):
        assert leader.get(at(country, rest)).status_code == 404
    assert leader.post(at(country, "plan/foreslaa/")).status_code == 404
    assert Plan.objects.count() == 1


@pytest.mark.parametrize("rest", ["", "samtale/", "uge/", "journal/", "plan/versioner/", "plan/brev/1.pdf"])
def test_a_stranger_finds_nothing(country: Country, rest: str) -> None:
    opened(country)
    assert signed_in(country.stranger).get(at(country, rest)).status_code == 404


def test_pages_ask_few_questions_however_much_there_is(
    country: Country, worker: Client, django_assert_max_num_queries: object
) -> None:
    programme = opened(country)
    agreed(programme, country.users[Role.WORKER])
    for number in range(30):
        day = date(2024, 4, 1) + timedelta(days=number)
        add_note(country.person, by=country.users[Role.WORKER], organisation=country.own, day=day, text="Et notat")
    for rest in ("", "samtale/", "uge/", "journal/", "plan/versioner/", "plan/godkend/"):
        with django_assert_max_num_queries(25):  # type: ignore[operator]
            worker.get(at(country, rest))


def test_when_two_persons_are_one_their_notes_and_programme_come_along(country: Country) -> None:
    worker = country.users[Role.WORKER]
    twin = made_person("Tvilling", worker, country.own)
    agreed(opened(replace(country, person=twin)), worker)
    add_note(twin, by=worker, organisation=country.own, day=date(2024, 3, 5), text="Et notat")
    merge_persons(country.person, twin, by=worker)
    assert "Et notat" in signed_in(worker).get(at(country, "journal/")).text
    assert "DU2.3" in signed_in(worker).get(at(country)).text
