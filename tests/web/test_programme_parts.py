"""Small parts of the programme: what differs between versions, tiles, how rows are called, triggers on and off."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.utils import timezone, translation

from fodfaeste.errors import Refused
from fodfaeste.plan.text import Text
from fodfaeste.web.accounts.models import User
from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.people.models import Person
from fodfaeste.web.programme.domain.absences import mark_absent
from fodfaeste.web.programme.domain.drafts import keep_draft
from fodfaeste.web.programme.domain.feeds import initials, make_feed
from fodfaeste.web.programme.domain.notes import add_note, correct_note
from fodfaeste.web.programme.domain.programmes import close_programme, set_needs
from fodfaeste.web.programme.domain.text import ActivityText, GoalText, PlanText, Time, compare, text_of
from fodfaeste.web.programme.domain.tiles import Tile, tiles
from fodfaeste.web.programme.domain.travel import store_travel
from fodfaeste.web.programme.letter import ISOLATE, Said, content_of
from fodfaeste.web.programme.locks import Refusal, Refuse
from fodfaeste.web.programme.models import Draft, TravelTimes
from fodfaeste.web.programme.words import kept, said

from .conftest import Country, signed_in
from .programme_examples import DANISH, PLAN, WORK, agreed, opened, proposed

CARE = ActivityText("childcare", "Vuggestue", "Solstrålen", Decimal(0), date(2024, 3, 11), date(2025, 3, 10), number=3)


@pytest.fixture
def worker(country: Country) -> User:
    return country.users[Role.WORKER]


def test_childcare_is_nobodys_choice(country: Country, worker: User) -> None:
    assert CARE.what_is_missing() == ""
    plan = agreed(opened(country), worker, PlanText(PLAN.goals, (*PLAN.activities, CARE)))
    assert "2 af 2 aktiviteter" in signed_in(worker).get("/program/i-dag/?hvis=kontor").text
    assert text_of(plan).activities[2] == CARE


def test_what_is_new_gone_and_changed() -> None:
    before = PlanText((GoalText("Et", number=1), GoalText("To", number=2)))
    after = PlanText((GoalText("En", number=1), GoalText("Tre", number=3)))
    assert [one.kind for one in compare(before, after)] == ["changed", "gone", "new"]


def test_a_part_that_is_gone_is_not_written_again() -> None:
    with pytest.raises(Refused, match="Den del af planen er der ikke mere"):
        PLAN.with_goal(GoalText("Nyt", number=9))


def test_the_same_text_has_the_same_fingerprint_and_no_other_has() -> None:
    same = replace(PLAN, activities=(replace(DANISH, hours_a_week=Decimal("15.0")), WORK))
    assert same.fingerprint == PLAN.fingerprint
    other = replace(PLAN, activities=(replace(DANISH, hours_a_week=Decimal("15.5")), WORK))
    assert other.fingerprint != PLAN.fingerprint


@pytest.mark.parametrize(
    ("days", "standing", "words"),
    [
        (9, "planned", "om 9 dage"),
        (1, "planned", "om 1 dag"),
        (0, "due", "i dag"),
        (-1, "overdue", "1 dag over tiden"),
        (-3, "overdue", "3 dage over tiden"),
        (-3, "held", "er sket"),
        (9, "noted", "om 9 dage"),
        (-9, "noted", ""),
        (90, "planned", "om 90 dage"),
        (92, "planned", "om 3 måneder"),
        (366, "planned", "om 1 år"),
        (1713, "planned", "om 4 år og 8 måneder"),
        (-120, "overdue", "3 måneder over tiden"),
    ],
)
def test_a_tile_says_how_far_off_it_is(country: Country, days: int, standing: str, words: str) -> None:
    one = tiles(opened(country), today=date(2024, 3, 5))[0]
    today = date(2024, 3, 5)
    tile = Tile(one.code, today + timedelta(days=days), one.words, one.rule, standing, None, today)  # type: ignore[arg-type]
    assert tile.says == words


def test_what_is_late_comes_first_and_what_was_met_last(country: Country, worker: User) -> None:
    programme = opened(country)
    agreed(programme, worker)
    found = tiles(programme, today=date(2024, 12, 5))
    order = [{"overdue": "late", "held": "met"}.get(tile.standing, "other") for tile in found]
    assert set(order) == {"late", "other", "met"}
    assert order == sorted(order, key=["late", "other", "met"].index)
    late = [tile.day for tile in found if tile.standing == "overdue"]
    assert late == sorted(late)


def test_sentences_in_the_language_of_the_page() -> None:
    both = Text("Hej", "Hello")
    assert (said(both), said(None), kept(None)) == ("Hej", "", None)
    for language, words in (("en", "Hello"), ("ar", "Hej"), ("uk", "Hej")):
        with translation.override(language):
            assert said(kept(both)) == words


def test_rows_are_called_by_what_they_are(country: Country, worker: User) -> None:
    programme = opened(country)
    plan = agreed(programme, worker)
    note = add_note(country.person, by=worker, organisation=country.own, day=date(2024, 3, 5), text="Et notat")
    keep_draft(country.person, by=worker, address="/et/", fields=(("text", "Halvt"),), window="v")
    store_travel(by=worker, connections="from,to,minutes\nA,B,5\n", places="")
    activity = plan.activities.get(number=1)
    called = {
        str(programme): "Prøve Eksempel: IL-2019",
        str(plan): "Prøve Eksempel: 1",
        str(plan.goals.get(number=1)): "Jeg vil arbejde med træ igen",
        str(activity): "DU2.3",
        str(activity.alternatives.get(number=0)): "Dag, onsdag og fredag",
        str(activity.slots.get(weekday=3)): "3 08:30",
        str(plan.approvals.get(side="person")): "personen: Prøve Eksempel",
        str(note): "2024-03-05: Et notat",
        str(TravelTimes.objects.get()): "Egenby",
        str(mark_absent(programme, by=worker, day=date(2024, 3, 5), reason="illness")): "2024-03-05: sygdom",
    }
    assert list(called) == list(called.values())
    assert str(programme.follow_ups.first()).startswith("Første samtale")
    assert str(Draft.objects.get()).startswith("worker: ")
    assert str(make_feed(by=worker)).startswith("worker: ")


def test_a_correction_says_something(country: Country, worker: User) -> None:
    note = add_note(country.person, by=worker, organisation=country.own, day=date(2024, 3, 5), text="Et notat")
    with pytest.raises(Refused, match="hvad der skal stå i stedet"):
        correct_note(note, by=worker, text=" ")


def test_forms_that_are_not_valid_change_nothing(country: Country, worker: User) -> None:
    programme, client = opened(country), signed_in(worker)
    person = f"/program/{country.person.pk}/"
    client.post(f"{person}afslut/", {"end": "i morgen"})
    assert "Skriv notatet" in client.post(f"{person}journal/skriv/", {"kind": "note"}).text
    assert client.post(f"{person}aabn/", {"track": "integration"}).status_code == 200
    programme.refresh_from_db()
    assert programme.end is None


def test_pages_of_a_plan_are_not_there_without_a_programme(country: Country, worker: User) -> None:
    assert signed_in(worker).get(f"/program/{country.person.pk}/plan/maal/").status_code == 404


def test_letters_of_offices_are_initials(country: Country) -> None:
    country.own.name = "Egenby og 2 Omegns Kommune"
    assert initials(country.own) == "EOOK"


def test_a_letter_tells_wishes_and_steps_with_their_days(country: Country, worker: User) -> None:
    step = Time(1, time(8), time(12), date(2024, 3, 11), date(2024, 4, 8))
    last = Time(1, time(8), time(15), date(2024, 4, 8))
    wished = replace(DANISH, chosen=None, wish="Et hold med mødre", times=(step, last))
    own = replace(wished, offers=(), number=1)
    plan = agreed(opened(country), worker, PlanText(PLAN.goals, (wished,)))
    lines = content_of(plan, Said("da"), on=date(2026, 1, 1))["activities"]["items"][0]["lines"]
    said_in_danish = [line[0] for line in lines]
    assert "Dit ønske: Et hold med mødre" in said_in_danish
    assert "mandag 08:00–12:00 (Fra 11. marts 2024 til 7. april 2024)" in said_in_danish
    assert "mandag 08:00–15:00 (Fra 8. april 2024 til …)" in said_in_danish
    assert own.what_is_missing()
    assert ISOLATE not in "".join(said_in_danish)


def test_a_protected_person_has_a_plan_like_anybody(country: Country, worker: User) -> None:
    Person.objects.filter(pk=country.person.pk).update(protected=True)
    proposed(opened(country), worker)
    assert signed_in(worker).get(f"/program/{country.person.pk}/plan/godkend/").status_code == 200


def test_what_is_agreed_of_hours_takes_the_place_of_the_rules_least(country: Country, worker: User) -> None:
    programme = opened(country)
    agreed(programme, worker, PlanText(PLAN.goals, (DANISH,)))
    page = f"/program/{country.person.pk}/"
    assert "For få timer" in signed_in(worker).get(page).text
    set_needs(
        programme,
        by=worker,
        home="",
        travel_minutes=120,
        school_days_in_row=None,
        needs_childcare=False,
        agreed_hours=Decimal(15),
    )
    assert "Timerne holder sig inden for reglerne." in signed_in(worker).get(page).text


# ------------------------------------------------------------------ triggers


def test_triggers_are_put_on_and_taken_off(country: Country, worker: User) -> None:
    programme = opened(country)
    keep = Refuse([Refusal("homes_stay", "programme_programme", "UPDATE", "NEW.home <> OLD.home")], "homes")
    assert keep.describe() == "The database keeps homes"
    with connection.cursor() as cursor:
        editor = SimpleNamespace(connection=connection, execute=cursor.execute)
        keep.database_forwards("programme", editor, None, SimpleNamespace(apps=apps))
        if connection.vendor == "sqlite":
            # There they follow when all migrations are done.
            for trigger in keep.triggers("programme", apps, connection):
                cursor.execute(trigger.statement)
        with pytest.raises(IntegrityError, match="homes_stay"), transaction.atomic():
            type(programme).objects.update(home="Andetsted")
        keep.database_backwards("programme", editor, SimpleNamespace(apps=apps), None)
    type(programme).objects.update(home="Andetsted")
    close_programme(programme, by=worker, end=timezone.localdate())
