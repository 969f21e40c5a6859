"""Finding persons: as they are looked for, with slips, and the same on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.db import connection
from hypothesis import assume, given
from hypothesis import strategies as st

from fodfaeste.web.accounts.gate import visible
from fodfaeste.web.accounts.roles import Role
from fodfaeste.web.accounts.viewer import viewer_of
from fodfaeste.web.people import search
from fodfaeste.web.people.dates import days_meant
from fodfaeste.web.people.domain import persons
from fodfaeste.web.people.domain.facts import PersonFacts
from fodfaeste.web.people.models import Person
from fodfaeste.web.people.names import distance, far_from, folded, search_text, skeleton, words_in, words_of
from fodfaeste.web.people.search import Asked, candidates_sql, find, understood

from .conftest import Country

TODAY = date(2026, 11, 26)
BIRTH = date(1990, 2, 1)
NAMES = [
    ("Mohammed", "Prøvesen"),
    ("Muhamad Ali", "Eksempel"),
    ("Fatima", "al-Hassan"),
    ("Fatme", "Aaberg"),
    ("Khadija", "Ærøskov"),
    ("Ahmed", "Testrup"),
    ("Hamid", "Testrup"),
    ("Li", "Po"),
    ("O", "Tang"),
    ("Олена", "Приклад"),
    ("Selam", "Example"),
]


@pytest.fixture
def known(country: Country) -> dict[str, Person]:
    """Persons with the names above, of the own municipality; the first has a CPR number."""
    made: dict[str, Person] = {}
    for number, (given_name, family_name) in enumerate(NAMES):
        facts = PersonFacts(
            given_name=given_name,
            family_name=family_name,
            own_script="ሰላም" if given_name == "Selam" else "",
            birth_date=replace_year(BIRTH, 1990 + number),
            sex="female",
            citizenship="SYR",
            arrival_date=date(2024, 3, 1),
            takeover_date=date(2024, 3, 1),
            cpr="010290-1234" if number == 0 else "",
        )
        made[f"{given_name} {family_name}"] = persons.register_person(
            facts, organisation=country.own, by=country.users[Role.WORKER]
        )
    return made


def replace_year(day: date, year: int) -> date:
    return day.replace(year=year)


def found(text: str) -> list[str]:
    return [str(person) for person in find(Person.objects.filter(search__gt=""), text, today=TODAY).persons]


# What is typed, and who is found


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        # in any order, part of a name, whichever case
        ("Mohammed Prøvesen", ["Mohammed Prøvesen"]),
        ("prøvesen, mohammed", ["Mohammed Prøvesen"]),
        ("prøv", ["Mohammed Prøvesen"]),
        ("khad", ["Khadija Ærøskov"]),
        # several spellings of one name
        ("Muhammed", ["Mohammed Prøvesen", "Muhamad Ali Eksempel"]),
        ("Provesen", ["Mohammed Prøvesen"]),
        ("Åberg", ["Fatme Aaberg"]),
        ("Aeroeskov", ["Khadija Ærøskov"]),
        ("Alhassan", ["Fatima al-Hassan"]),
        ("Al Hassan", ["Fatima al-Hassan"]),
        ("Al-Hasan Fatima", ["Fatima al-Hassan"]),
        # slips: a letter wrong, missing, too many, two exchanged
        ("Khadiga", ["Khadija Ærøskov"]),
        ("Testup", ["Ahmed Testrup", "Hamid Testrup"]),
        ("Tesstrupp", ["Ahmed Testrup", "Hamid Testrup"]),
        ("Amhed", ["Ahmed Testrup"]),
        ("Fatiam", ["Fatima al-Hassan", "Fatme Aaberg"]),
        # short names are taken as they are
        ("Li", ["Li Po"]),
        ("Lo", []),
        ("O", ["O Tang"]),
        # own script
        ("Олена", ["Олена Приклад"]),
        ("Олына", ["Олена Приклад"]),
        ("ሰላም", ["Selam Example"]),
        # whole birth dates, as offices write them
        ("01-02-1990", ["Mohammed Prøvesen"]),
        ("010290", ["Mohammed Prøvesen"]),
        ("1990-02-01", ["Mohammed Prøvesen"]),
        ("1.2.90", ["Mohammed Prøvesen"]),
        ("1. februar 1990", ["Mohammed Prøvesen"]),
        ("1/2 1990", ["Mohammed Prøvesen"]),
        ("Fatma 01-02-1992", ["Fatima al-Hassan"]),
        ("Fatma 01-02-1990", []),
        # the CPR number, whole or not at all
        ("010290-1234", ["Mohammed Prøvesen"]),
        ("0102901234", ["Mohammed Prøvesen"]),
        ("010290-123", []),
        ("010290-1235", []),
        # nobody
        ("Zyxwvu", []),
        ('"; DROP TABLE', []),
        ("% _", []),
        ("", []),
    ],
)
def test_who_is_found(typed: str, answer: list[str]) -> None:
    assert sorted(found(typed)) == sorted(answer)


def test_the_nearest_come_first(known: dict[str, Person]) -> None:
    assert found("Muhamad")[0] == "Muhamad Ali Eksempel"
    assert found("Mohammed")[0] == "Mohammed Prøvesen"


def test_case_numbers_whichever_case(known: dict[str, Person]) -> None:
    person = known["Li Po"]
    assert found(person.case_number) == ["Li Po"]
    assert found(person.case_number.lower()) == ["Li Po"]


def test_nobody_is_found_beyond_the_gate(country: Country, known: dict[str, Person]) -> None:
    strangers = visible(viewer_of(country.stranger, TODAY), Person)
    assert find(strangers, "Mohammed", today=TODAY).persons == []
    assert find(strangers, "010290-1234", today=TODAY).persons == []
    own = visible(viewer_of(country.users[Role.WORKER], TODAY), Person)
    assert len(find(own, "Mohammed", today=TODAY).persons) == 2


def test_a_changed_name_is_found_by_the_new_one_alone(country: Country, known: dict[str, Person]) -> None:
    person = known["Khadija Ærøskov"]
    from fodfaeste.web.people.domain.facts import facts_of

    persons.change_person(
        person, replace(facts_of(person), family_name="Nyhus"), version=1, by=country.users[Role.WORKER]
    )
    assert found("Nyhus") == ["Khadija Nyhus"]
    assert found("Ærøskov") == []


def test_an_answer_has_an_end(known: dict[str, Person], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "MOST", 1)
    answer = find(Person.objects.all(), "Testrup", today=TODAY)
    assert (len(answer.persons), answer.more) == (1, True)
    assert find(Person.objects.all(), "Li", today=TODAY).more is False


# Both databases answer alike: by their indexes they name the same candidates as a plain reading of the words


@pytest.mark.parametrize("word", ["mohamed", "fatima", "ahmed", "omar", "li", "o", "testrup", "олена", "p_r"])
def test_candidates_are_who_a_plain_reading_names(known: dict[str, Person], word: str) -> None:
    sql, parameters = candidates_sql(word, connection.vendor)
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        named = {row[0] for row in cursor.fetchall()}
    assert named == {row.pk for row in Person.objects.all() if by_hand(word, row.search)}


def by_hand(word: str, text: str) -> bool:
    if any(stretch in text for stretch in search.wholes(word)):
        return True
    parts, least = search.thirds(word)
    return len(word) > 3 and sum(part in text for part in parts) >= least


ALPHABET = "abdehmr"


@given(st.text(alphabet=ALPHABET, min_size=5, max_size=7), st.data())
def test_one_slip_leaves_enough_for_the_index(word: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(word) - 1))
    letter = data.draw(st.sampled_from(ALPHABET))
    typed = data.draw(
        st.sampled_from(
            [
                word[:at] + word[at + 1 :],
                word[:at] + letter + word[at:],
                word[:at] + letter + word[at + 1 :],
                word[:at] + word[at + 1 : at + 2] + word[at] + word[at + 2 :],
            ]
        )
    )
    parts, least = search.thirds(typed)
    padded = f" {word} "
    assume(len(parts) == len(typed) >= 5 and len({padded[i : i + 3] for i in range(len(word))}) == len(word))
    assert sum(part in padded for part in parts) >= least


# Reading what was typed


def test_what_is_understood() -> None:
    assert understood("al-Hassan Fatima 010290 KTR-4927-M", today=TODAY) == Asked(
        words=("hasan", "fatima"), days=(BIRTH,), cases=("KTR-4927-M",)
    )
    assert understood("al", today=TODAY).words == ("al",)
    assert understood("31-02-1990", today=TODAY).days == ()
    assert understood("1 xyz 1990", today=TODAY).days == ()


@pytest.mark.parametrize(
    "text", ["01-02-1990", "1.2.1990", "1/2-90", "010290", "01021990", "1990-02-01", "1. feb. 1990"]
)
def test_days_as_offices_write_them(text: str) -> None:
    assert days_meant(text, today=TODAY) == [BIRTH]


def test_two_digits_are_of_this_century_or_the_last() -> None:
    assert days_meant("010205", today=TODAY) == [date(1905, 2, 1), date(2005, 2, 1)]
    assert days_meant("1. nissemåned 1990", today=TODAY) == []


# Names


def test_what_sounds_alike_is_folded_together() -> None:
    assert {skeleton(folded(name)) for name in ("Mohammed", "Muhamad", "Mohamad", "Muhammed")} == {"mhmd"}
    assert folded("Århus") == folded("Aarhus") == "arhus"
    assert folded("Žižek") == folded("Zizek")
    assert words_of("al-Hassan Mu'ath") == ["al", "hasan", "alhasan", "muat"]
    assert skeleton("ali") == ""


def test_distance_counts_slips() -> None:
    assert distance("ahmed", "amhed", 2) == 1
    assert distance("ahmed", "ahmd", 2) == 1
    assert distance("ahmed", "fatima", 2) == 3
    assert distance("abcdef", "badcfe", 2) == 3
    assert far_from("ahmed", "ahmedsen") == 0.5


@given(st.text(max_size=30))
def test_words_are_read_back_as_they_were_written(name: str) -> None:
    assert words_in(search_text([name])) == words_of(name)


WORDS = st.text(alphabet="abdehmr", min_size=1, max_size=8)


@given(WORDS, WORDS)
def test_distance_is_even_handed(one: str, other: str) -> None:
    assert distance(one, other, 3) == distance(other, one, 3)
    assert (distance(one, other, 3) == 0) == (one == other)
