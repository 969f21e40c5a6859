"""Persons: registering, changing, what is refused and in which words, and what lies in the database."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.conf import LazySettings
from django.db import IntegrityError, connection
from django.utils import timezone

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.people import cpr
from fodfaeste.web.people.domain import households, parts, persons, refusals
from fodfaeste.web.people.domain.case_numbers import new_case_number
from fodfaeste.web.people.domain.changing import Clash, change
from fodfaeste.web.people.domain.duplicates import likely_same
from fodfaeste.web.people.domain.facts import PersonFacts, facts_of
from fodfaeste.web.people.models import EmploymentSpell, Household, Need, Person, ResidenceSpell, Responsibility

from .conftest import Country

FACTS = PersonFacts(
    given_name="Amina",
    family_name="Prøvesen",
    own_script="أمينة",
    birth_date=date(1990, 2, 1),
    sex="female",
    citizenship="SYR",
    arrival_date=date(2024, 3, 1),
    takeover_date=date(2024, 3, 4),
)
NUMBER = "010290-1234"
"""Invented, and breaks modulus 11, as numbers since October 2007 may."""
OLD_NUMBER = "010290-0006"
"""Invented, and fulfils modulus 11."""


def registered(country: Country, **more: object) -> Person:
    return persons.register_person(replace(FACTS, **more), organisation=country.own, by=country.users[Role.WORKER])


# Registering


def test_who_is_registered_has_a_case_number_a_responsible_worker_and_a_place_to_live(country: Country) -> None:
    person = registered(country)
    assert re.fullmatch(r"[A-Z]{3}-\d{4}-[A-Z]", person.case_number)
    held = Responsibility.objects.get(person=person)
    assert (held.organisation, held.worker, held.start) == (country.own, country.users[Role.WORKER], date(2024, 3, 4))
    assert ResidenceSpell.objects.get(person=person).municipality == "901"
    assert facts_of(Person.objects.get(pk=person.pk)) == FACTS


def test_case_numbers_say_nothing_and_do_not_come_again() -> None:
    drawn = {new_case_number() for _ in range(2000)}
    assert len(drawn) == 2000
    assert not any(letter in number for number in drawn for letter in "IO01")


def test_a_case_number_that_is_taken_is_drawn_again(country: Country, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = iter(["KTR-4927-M", "KTR-4927-M", "BVA-2233-C"])
    monkeypatch.setattr(persons, "new_case_number", lambda: next(drawn))
    assert registered(country).case_number == "KTR-4927-M"
    assert registered(country).case_number == "BVA-2233-C"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"birth_date": date(2200, 1, 1)}, "ligger i fremtiden"),
        ({"arrival_date": date(1980, 1, 1)}, "ankommet før fødslen"),
        ({"takeover_date": date(1980, 1, 1)}, "overtaget personen før fødslen"),
    ],
)
def test_days_in_an_order_that_cannot_be_are_refused(country: Country, wrong: dict[str, date], words: str) -> None:
    with pytest.raises(Refused, match=words):
        registered(country, **wrong)
    assert not Person.objects.filter(given_name="Amina").exists()


def test_who_has_no_account_any_more_changes_nothing(country: Country) -> None:
    country.users[Role.WORKER].is_active = False
    with pytest.raises(Refused, match="Brugeren er lukket"):
        registered(country)


# CPR numbers


def test_a_cpr_number_lies_encrypted_and_is_found_whole(country: Country) -> None:
    person = registered(country, cpr=NUMBER)
    with connection.cursor() as cursor:
        cursor.execute("SELECT cpr, cpr_hash, search FROM people_person WHERE id = %s", [person.pk])
        stored = cursor.fetchone()
    assert "0102901234" not in "".join(stored)
    assert Person.objects.get(cpr_hash__in=cpr.hashes("0102901234")).cpr == "0102901234"


def test_the_hash_needs_the_key(settings: LazySettings) -> None:
    before = cpr.hashes(NUMBER)
    settings.SALT_KEY = ["another key", *settings.SALT_KEY]
    assert cpr.hashes(NUMBER)[1:] == before
    assert cpr.hashes(NUMBER)[0] != before[0]
    settings.SALT_KEY = "one key"
    assert len(cpr.hashes(NUMBER)) == 1


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("310290-1234", "ikke et CPR-nummer"),
        ("010290-123", "ikke et CPR-nummer"),
        ("01029A-1234", "ikke et CPR-nummer"),
        ("020290-1234", "født 02-02-1990, men fødselsdatoen er 01-02-1990"),
    ],
)
def test_what_cannot_be_the_number_is_refused(country: Country, number: str, words: str) -> None:
    with pytest.raises(Refused, match=words):
        registered(country, cpr=number)


def test_modulus_11_counts_for_numbers_from_before_october_2007_alone() -> None:
    birth = FACTS.birth_date
    assert cpr.checked(NUMBER, birth_date=birth, given_from=date(2007, 10, 1)) == "0102901234"
    assert cpr.checked(OLD_NUMBER, birth_date=birth, given_from=date(2001, 1, 1)) == "0102900006"
    with pytest.raises(Refused, match="modulus 11"):
        cpr.checked(NUMBER, birth_date=birth, given_from=date(2007, 9, 30))


def test_a_number_is_one_persons(country: Country) -> None:
    registered(country, cpr=NUMBER)
    with pytest.raises(Refused, match="står allerede på en anden person"):
        registered(country, cpr="0102901234")


def test_a_number_is_written_as_people_write_it() -> None:
    assert cpr.written("0102901234") == NUMBER
    assert cpr.written("") == ""


# Two editors


def test_who_saves_second_gets_both_texts_and_nothing_is_lost(country: Country) -> None:
    person = registered(country)
    first = persons.change_person(person, replace(FACTS, phone="11 11 11 11"), version=1, by=country.users[Role.WORKER])
    assert first.version == 2
    with pytest.raises(Clash, match="En anden har gemt") as clash:
        persons.change_person(person, replace(FACTS, phone="22 22 22 22"), version=1, by=country.users[Role.CONSULTANT])
    assert clash.value.theirs.phone == "11 11 11 11"
    assert clash.value.theirs.version == 2
    assert Person.objects.get(pk=person.pk).phone == "11 11 11 11"


# What belongs to a person


def test_residence_ends_with_a_reason_before_another_begins(country: Country) -> None:
    person, by = registered(country), country.users[Role.WORKER]
    stay = ResidenceSpell.objects.get(person=person)
    with pytest.raises(Refused, match="bor ét sted ad gangen"):
        parts.move_in(person, municipality="902", start=date(2025, 1, 1), by=by)
    with pytest.raises(Refused, match="hvorfor opholdet slutter"):
        parts.end_residence(stay, end=date(2025, 1, 1), reason="", version=1, by=by)
    with pytest.raises(Refused, match="inden for kommunen"):
        parts.end_residence(stay, end=date(2025, 1, 1), reason="moved", to="901", version=1, by=by)
    with pytest.raises(Refused, match="slutte efter den dag"):
        parts.end_residence(stay, end=date(2024, 3, 1), reason="moved", to="902", version=1, by=by)
    with pytest.raises(Refused, match="Kun et ophold, der slutter med flytning"):
        parts.end_residence(stay, end=date(2025, 1, 1), reason="died", to="902", version=1, by=by)
    parts.end_residence(stay, end=date(2025, 1, 1), reason="moved", to="902", version=1, by=by)
    with pytest.raises(Refused, match="tre cifre"):
        parts.move_in(person, municipality="Nabo", start=date(2025, 1, 1), by=by)
    parts.move_in(person, municipality="902", start=date(2025, 1, 1), by=by)
    assert [spell.municipality for spell in person.residence_spells.all()] == ["901", "902"]


def test_work_of_one_kind_does_not_overlap(country: Country) -> None:
    person, by = registered(country), country.users[Role.WORKER]
    spell = parts.start_work(person, kind="traineeship", start=date(2024, 6, 1), employer="Værkstedet", by=by)
    parts.start_work(person, kind="education", start=date(2024, 6, 1), by=by)
    with pytest.raises(Refused, match="beskæftigelse af samme art"):
        parts.start_work(person, kind="traineeship", start=date(2024, 9, 1), by=by)
    ended = parts.change_work(spell, kind="traineeship", start=date(2024, 6, 1), end=date(2024, 9, 1), version=1, by=by)
    assert (ended.end, ended.version) == (date(2024, 9, 1), 2)
    assert EmploymentSpell.objects.filter(person=person).count() == 2


def test_a_language_stands_once(country: Country) -> None:
    person, by = registered(country), country.users[Role.WORKER]
    skill = parts.add_language(person, language="ar", spoken="C2", reads_script=True, mother_tongue=True, by=by)
    with pytest.raises(Refused, match="Sproget står der allerede"):
        parts.add_language(person, language="ar", by=by)
    assert parts.change_language(skill, language="ar", spoken="C1", version=1, by=by).spoken == "C1"


def test_needs_lie_encrypted(country: Country) -> None:
    person, by = registered(country), country.users[Role.WORKER]
    need = parts.note_need(person, words="Kan ikke løfte", noted=date(2024, 4, 1), by=by)
    with connection.cursor() as cursor:
        cursor.execute("SELECT words FROM people_need WHERE id = %s", [need.pk])
        assert "løfte" not in cursor.fetchone()[0]
    parts.change_need(need, words="Kan løfte 5 kg", noted=date(2024, 5, 1), version=1, by=by)
    assert Need.objects.get(pk=need.pk).words == "Kan løfte 5 kg"


def test_wishes_and_occupations_are_written_down(country: Country) -> None:
    person, by = registered(country), country.users[Role.WORKER]
    parts.record_wish(person, about="work", words="Jeg vil bage brød.", said=date(2024, 4, 1), by=by)
    trade = parts.add_occupation(person, name="bager", years=4, last_year=2013, by=by)
    parts.change_occupation(trade, name="bager", years=5, last_year=2014, wanted=False, version=1, by=by)
    assert str(person.wishes.get()) == "Jeg vil bage brød."
    assert person.occupations.get().years == 5


def test_a_consent_is_withdrawn_once_and_stays_on_record(country: Country) -> None:
    person, by = registered(country), country.users[Role.WORKER]
    with pytest.raises(Refused, match="gælde til efter"):
        parts.give_consent(
            person, to_what="CV", to_whom="Bageriet", given=date(2024, 5, 1), until=date(2024, 5, 1), by=by
        )
    consent = parts.give_consent(person, to_what="CV", to_whom="Bageriet", given=date(2024, 5, 1), by=by)
    with pytest.raises(Refused, match="før det er givet"):
        parts.withdraw_consent(consent, withdrawn=date(2024, 4, 1), version=1, by=by)
    withdrawn = parts.withdraw_consent(consent, withdrawn=date(2024, 6, 1), version=1, by=by)
    with pytest.raises(Refused, match="allerede trukket tilbage"):
        parts.withdraw_consent(withdrawn, withdrawn=date(2024, 6, 2), version=2, by=by)
    assert person.consents.get().given == date(2024, 5, 1)


# Households


def test_a_person_belongs_to_one_household_at_a_time(country: Country) -> None:
    person, by = registered(country), country.users[Role.WORKER]
    first, second = households.make_household("Prøvesen", by=by), households.make_household("Anden", by=by)
    member = households.join_household(first, person, start=date(2024, 3, 1), relation="mor", by=by)
    with pytest.raises(Refused, match="én husstand ad gangen"):
        households.join_household(second, person, start=date(2024, 6, 1), by=by)
    households.leave_household(member, end=date(2024, 6, 1), version=1, by=by)
    households.join_household(second, person, start=date(2024, 6, 1), by=by)
    assert households.name_household(second, name="Nyt navn", version=1, by=by).name == "Nyt navn"
    assert Household.objects.count() == 2


def test_family_is_expected_on_a_day_to_come(country: Country) -> None:
    by, today = country.users[Role.WORKER], timezone.localdate()
    household = households.make_household("Prøvesen", by=by)
    day = today + timedelta(days=60)
    with pytest.raises(Refused, match="skal ligge i fremtiden"):
        households.expect_family(household, FACTS, relation="mand", day=today, organisation=country.own, by=by)
    member = households.expect_family(household, FACTS, relation="mand", day=day, organisation=country.own, by=by)
    assert (member.person.permit, member.person.arrival_date, member.start) == ("family", day, day)
    assert not ResidenceSpell.objects.filter(person=member.person).exists()
    with pytest.raises(Refused, match="skal ligge i fremtiden"):
        households.expect_on(member, day=today, version=1, by=by)
    later = day + timedelta(days=30)
    moved = households.expect_on(member, day=later, version=1, by=by)
    assert (moved.start, moved.person.arrival_date, moved.person.takeover_date) == (later, later, later)


def test_who_has_come_is_expected_no_longer(country: Country) -> None:
    person, by = registered(country), country.users[Role.WORKER]
    member = households.join_household(
        households.make_household("Prøvesen", by=by), person, start=date(2024, 3, 1), by=by
    )
    with pytest.raises(Refused, match="Personen er kommet"):
        households.expect_on(member, day=date(2200, 1, 1), version=1, by=by)


# Refusals


def test_every_rule_of_the_database_has_its_words() -> None:
    overlaps = import_module("fodfaeste.web.people.migrations.0002_no_overlap").Migration.operations
    named = {operation.name for operation in overlaps}
    named |= {rule.name for model in apps.get_app_config("people").get_models() for rule in model._meta.constraints}
    assert named == set(refusals.RULES)


def test_a_rule_that_nobody_knows_is_no_refusal(country: Country) -> None:
    assert refusals.refusal_of(IntegrityError("some_other_rule")) is None
    with pytest.raises(IntegrityError), change(country.users[Role.WORKER]):
        raise IntegrityError("some_other_rule")


# Duplicates


@pytest.mark.parametrize(
    ("names", "birth"),
    [
        ("Amina Prøvesen", date(1990, 2, 1)),
        ("Proevesen Amina", date(1990, 2, 1)),
        ("Aminah Provesen", date(1990, 2, 1)),
        ("Amina", date(1990, 2, 1)),
        ("Amina Prøvesen", date(1990, 1, 2)),
        ("أمينة", date(1990, 2, 1)),
    ],
)
def test_the_same_person_in_another_spelling_is_found(country: Country, names: str, birth: date) -> None:
    person = registered(country)
    assert likely_same(Person.objects.all(), names=names, birth_date=birth) == [person]


@pytest.mark.parametrize(
    ("names", "birth"),
    [("Amina Prøvesen", date(1991, 2, 1)), ("Fatima Prøvesen", date(1990, 2, 1)), ("", date(1990, 2, 1))],
)
def test_another_person_is_not(country: Country, names: str, birth: date) -> None:
    registered(country)
    assert likely_same(Person.objects.all(), names=names, birth_date=birth) == []


def test_who_has_the_number_is_meant_whatever_the_name(country: Country) -> None:
    person = registered(country, cpr=NUMBER)
    found = likely_same(Person.objects.all(), names="Helt Anden", birth_date=date(1990, 2, 1), number="0102901234")
    assert found == [person]
