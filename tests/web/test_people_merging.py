"""Two persons who are one: everything moves, both case numbers lead there, and it can be undone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.utils import timezone

from fodfaeste.errors import Refused
from fodfaeste.web.accounts.gate import visible
from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.accounts.viewer import viewer_of
from fodfaeste.web.people.domain import households, parts, persons
from fodfaeste.web.people.domain.facts import PersonFacts, facts_of
from fodfaeste.web.people.domain.merging import merge_persons, undo_merge
from fodfaeste.web.people.models import (
    EmploymentSpell,
    HouseholdMember,
    LanguageSkill,
    Merge,
    Person,
    ResidenceSpell,
    Responsibility,
    Wish,
)
from fodfaeste.web.people.search import find

from .conftest import Country

FACTS = PersonFacts(
    given_name="Amina",
    family_name="Prøvesen",
    birth_date=date(1990, 2, 1),
    sex="female",
    citizenship="SYR",
    arrival_date=date(2024, 3, 1),
    takeover_date=date(2024, 3, 1),
)
TABLES = (Person, Responsibility, ResidenceSpell, EmploymentSpell, HouseholdMember, LanguageSkill, Wish)


def everything() -> list[dict[str, object]]:
    """All that is known, without the versions."""
    return [
        {name: value for name, value in row.items() if name != "version"}
        for table in TABLES
        for row in table.objects.order_by("pk").values()
    ]


@pytest.fixture
def two(country: Country) -> tuple[Person, Person]:
    """One person registered twice, in two spellings, with something known of each alone."""
    by = country.users[Role.WORKER]
    kept = persons.register_person(FACTS, organisation=country.own, by=by)
    gone = persons.register_person(
        replace(FACTS, given_name="Aminah", phone="12 34 56 78", cpr="010290-1234", takeover_date=date(2024, 4, 1)),
        organisation=country.own,
        by=country.users[Role.CONSULTANT],
    )
    household = households.make_household("Prøvesen", by=by)
    households.join_household(household, gone, start=date(2024, 3, 1), by=by)
    parts.add_language(kept, language="ar", spoken="C2", by=by)
    parts.add_language(gone, language="ar", spoken="C1", by=by)
    parts.add_language(gone, language="da", spoken="A1", by=by)
    parts.record_wish(gone, about="work", words="Jeg vil bage brød.", said=date(2024, 4, 1), by=by)
    parts.start_work(kept, kind="education", start=date(2024, 5, 1), by=by)
    return kept, gone


def test_everything_moves_and_nothing_counts_twice(country: Country, two: tuple[Person, Person]) -> None:
    kept, gone = two
    merge_persons(kept, gone, by=country.users[Role.WORKER])
    kept.refresh_from_db()
    assert (kept.phone, kept.cpr) == ("12 34 56 78", "0102901234")
    assert kept.wishes.get().words == "Jeg vil bage brød."
    assert {(skill.language, skill.spoken) for skill in kept.languages.all()} == {("ar", "C2"), ("da", "A1")}
    assert kept.households.get().household.name == "Prøvesen"
    assert kept.responsibilities.get().start == date(2024, 3, 1)
    assert kept.residence_spells.count() == 1


def test_both_case_numbers_and_both_spellings_lead_there(country: Country, two: tuple[Person, Person]) -> None:
    kept, gone = two
    merge_persons(kept, gone, by=country.users[Role.WORKER])
    today = timezone.localdate()
    seen = visible(viewer_of(country.users[Role.WORKER], today), Person)
    for typed in (kept.case_number, gone.case_number, "Amina Prøvesen", "Aminah", "010290-1234"):
        assert find(seen, typed, today=today).persons == [kept], typed
    assert gone not in seen
    changed = persons.change_person(
        Person.objects.get(pk=kept.pk),
        replace(facts_of(kept), cpr=""),
        version=kept.version + 1,
        by=country.users[Role.WORKER],
    )
    assert find(seen, "Aminah", today=today).persons == [changed]


def test_undone_everything_is_as_it_was(country: Country, two: tuple[Person, Person]) -> None:
    by = country.users[Role.WORKER]
    before = everything()
    merge = merge_persons(*two, by=by)
    assert everything() != before
    undone = undo_merge(merge, by=country.users[Role.CONSULTANT])
    assert everything() == before
    assert undone.undone_by == country.users[Role.CONSULTANT]
    with pytest.raises(Refused, match="allerede fortrudt"):
        undo_merge(merge, by=by)
    merge_persons(*two, by=by)
    assert Merge.objects.count() == 2


def test_what_was_written_since_stays_with_who_was_kept(country: Country, two: tuple[Person, Person]) -> None:
    by = country.users[Role.WORKER]
    merge = merge_persons(*two, by=by)
    parts.add_occupation(two[0], name="bager", by=by)
    undo_merge(merge, by=by)
    assert two[0].occupations.get().name == "bager"


def test_what_moved_and_was_changed_since_cannot_be_undone(country: Country, two: tuple[Person, Person]) -> None:
    kept, gone = two
    by = country.users[Role.WORKER]
    merge = merge_persons(kept, gone, by=by)
    danish = kept.languages.get(language="da")
    parts.change_language(danish, language="da", spoken="A2", version=1, by=by)
    with pytest.raises(Refused, match="Det er ændret siden: sprog"):
        undo_merge(merge, by=by)
    assert Person.objects.get(pk=gone.pk).merged_into == kept


def test_changed_facts_cannot_be_undone(country: Country, two: tuple[Person, Person]) -> None:
    by = country.users[Role.WORKER]
    merge = merge_persons(*two, by=by)
    kept = Person.objects.get(pk=two[0].pk)
    persons.change_person(kept, replace(facts_of(kept), phone="1"), version=kept.version, by=by)
    with pytest.raises(Refused, match="Personens oplysninger er ændret siden"):
        undo_merge(merge, by=by)


def test_spells_of_one_municipality_are_joined(country: Country, two: tuple[Person, Person]) -> None:
    kept, gone = two
    by = country.users[Role.WORKER]
    stay = kept.residence_spells.get()
    parts.end_residence(stay, end=date(2025, 1, 1), reason="unknown", version=1, by=by)
    before = everything()
    merge = merge_persons(kept, gone, by=by)
    joined = kept.residence_spells.get()
    assert (joined.start, joined.end, joined.end_reason) == (date(2024, 3, 1), None, "")
    undo_merge(merge, by=by)
    assert everything() == before


def test_who_is_protected_stays_so(country: Country, two: tuple[Person, Person]) -> None:
    kept, gone = two
    Person.objects.filter(pk=gone.pk).update(protected=True)
    merge = merge_persons(kept, gone, by=country.users[Role.WORKER])
    assert Person.objects.get(pk=kept.pk).protected
    undo_merge(merge, by=country.users[Role.WORKER])
    assert not Person.objects.get(pk=kept.pk).protected


# What is refused, in words; and nothing is done then


def refused(country: Country, kept: Person, gone: Person, words: str) -> None:
    before = everything()
    with pytest.raises(Refused, match=words):
        merge_persons(kept, gone, by=country.users[Role.WORKER])
    assert everything() == before
    assert not Merge.objects.filter(undone=None, gone=gone).exists() or gone.merged_into_id is None


def test_two_municipalities_responsible_at_one_time(country: Country) -> None:
    refused(country, country.person, country.their_person, "hver sin ansvarlige kommune")


def test_two_municipalities_lived_in_at_one_time(country: Country, two: tuple[Person, Person]) -> None:
    ResidenceSpell.objects.filter(person=two[1]).update(municipality="902")
    refused(country, *two, "bor i hver sin kommune")


def test_two_households_at_one_time(country: Country, two: tuple[Person, Person]) -> None:
    other = households.make_household("Anden", by=country.users[Role.WORKER])
    households.join_household(other, two[0], start=date(2024, 3, 1), by=country.users[Role.WORKER])
    refused(country, *two, "hver sin husstand")


def test_two_jobs_of_a_kind_at_one_time(country: Country, two: tuple[Person, Person]) -> None:
    parts.start_work(two[1], kind="education", employer="Skolen", start=date(2024, 6, 1), by=country.users[Role.WORKER])
    refused(country, *two, "beskæftigelse af samme art")


def test_two_cpr_numbers(country: Country, two: tuple[Person, Person]) -> None:
    kept = persons.change_person(two[0], replace(FACTS, cpr="010290-1235"), version=1, by=country.users[Role.WORKER])
    refused(country, kept, two[1], "hvert sit CPR-nummer")


def test_one_person(country: Country, two: tuple[Person, Person]) -> None:
    refused(country, two[0], two[0], "med sig selv")


def test_who_is_merged_already(country: Country, two: tuple[Person, Person]) -> None:
    by = country.users[Role.WORKER]
    third = persons.register_person(replace(FACTS, given_name="Amine"), organisation=country.own, by=by)
    first = merge_persons(*two, by=by)
    with pytest.raises(Refused, match="allerede lagt sammen"):
        merge_persons(third, two[1], by=by)
    merge_persons(third, two[0], by=by)
    today = timezone.localdate()
    assert find(visible(viewer_of(by, today), Person), two[1].case_number, today=today).persons == [third]
    with pytest.raises(Refused, match="siden lagt sammen med en anden"):
        undo_merge(first, by=by)
