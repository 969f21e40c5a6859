"""What is free limits a proposal: dwellings by size, school by age, seats, treatment, from the day when it is free."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from fodfaeste.web.placement.desk import place_words, words
from fodfaeste.web.placement.desk.ages import age_on, is_adult
from fodfaeste.web.placement.desk.case import case_of
from fodfaeste.web.placement.desk.computing import desk_of, waiting
from fodfaeste.web.placement.desk.municipalities import Free, Known, Place, Said
from fodfaeste.web.placement.desk.rooms import MOST_CUTS, Needs, Rooms

from .conftest import signed_in
from .desk_examples import AALBORG, AARHUS, ARRIVES, ESBJERG, ODENSE, arriving, decided, member, opened_round, say, wish
from .quota_examples import agency, officer_of

WEEK = timedelta(days=7)


def household(persons: int = 2, *, arrives: date = ARRIVES, **more: Any) -> Needs:
    facts = {"rooms": -(-persons // 2), "adults": persons, "children": {}, "treatment": False, **more}
    return Needs(arrives=arrives, persons=persons, **facts)


def place(*free: tuple[Any, ...], code: str = AARHUS, of: date | None = None) -> Place:
    """A municipality that has said what is free: topic, key, how many, and from when."""
    rows = tuple(Free(*one) for one in free)
    known = Known(free=rows, said={one.topic: Said("Kommunen", of) for one in rows})
    return Place(code, words.place_name(code), 100_000, 50, 50, known)


def dimensions(
    places: list[Place], *needs: Needs, taken: Any = None
) -> dict[str, tuple[tuple[int, ...], tuple[int, ...]]]:
    return {one.name: (one.takes, one.room) for one in Rooms(places, needs, taken or {}).dimensions}


# The dimensions


def test_a_family_of_six_needs_three_rooms_and_a_couple_takes_any() -> None:
    there = place(("dwelling", "1", 2), ("dwelling", "2", 1), ("dwelling", "4", 1))
    found = dimensions([there], household(2), household(6))
    assert found == {
        f"dwelling|1|{ARRIVES}": ((1, 1), (4,)),
        f"dwelling|3|{ARRIVES}": ((0, 1), (1,)),
    }


def test_a_dwelling_of_which_nobody_knows_the_size_may_be_large_enough() -> None:
    found = dimensions([place(("dwelling", "", 2), ("dwelling", "1", 5))], household(6))
    assert found == {f"dwelling|3|{ARRIVES}": ((1,), (2,))}


def test_what_is_free_later_is_not_free_for_who_comes_before() -> None:
    there = place(("dwelling", "2", 1), ("dwelling", "2", 3, ARRIVES + WEEK))
    found = dimensions([there], household(), household(arrives=ARRIVES + WEEK), household(arrives=ARRIVES + 2 * WEEK))
    assert found == {
        f"dwelling|1|{ARRIVES}": ((1, 0, 0), (1,)),
        f"dwelling|1|{ARRIVES + 2 * WEEK}": ((1, 1, 1), (4,)),
    }


def test_many_days_are_taken_together_by_week_and_by_month() -> None:
    daily = place(*(("class", "", 1, ARRIVES + timedelta(days=day)) for day in range(1, 100)))
    needs = [household(arrives=ARRIVES + timedelta(days=day)) for day in range(100)]
    found = dimensions([daily], *needs)
    assert len(found) <= MOST_CUTS + 1
    assert found[f"class||{ARRIVES + timedelta(days=99)}"] == ((2,) * 100, (99,))
    weekly = dimensions([daily], *needs[:30])
    assert [name.rpartition("|")[2] for name in weekly] == [
        "2027-03-07",
        "2027-03-14",
        "2027-03-21",
        "2027-03-28",
        "2027-03-30",
    ]


def test_where_nothing_is_said_there_is_enough() -> None:
    silent = Place(ODENSE, "Odense", 100_000, 50, 50, Known())
    assert dimensions([silent], household(6)) == {}
    found = dimensions([place(("dwelling", "", 0)), silent], household(), household())
    assert found == {f"dwelling|1|{ARRIVES}": ((1, 1), (0, 2))}


def test_children_need_places_of_their_age() -> None:
    family = household(4, adults=2, children={"0-5": 1, "6-9": 2})
    there = place(("school", "6-9", 1), ("school", "13-16", 5))
    assert dimensions([there], family) == {f"school|6-9|{ARRIVES}": ((2,), (1,))}
    unsaid = place(("school", "", 1), ("school", "6-9", 1))
    assert dimensions([unsaid], family) == {
        f"school|6-9|{ARRIVES}": ((2,), (2,)),
        f"school|6-16|{ARRIVES}": ((2,), (2,)),
    }
    nursery = place(("school", "0-5", 3))
    assert dimensions([nursery], family) == {f"school|0-5|{ARRIVES}": ((1,), (3,))}


def test_adults_need_seats_and_a_condition_of_treatment_a_place_for_it() -> None:
    there = place(("class", "", 3), ("treatment", "", 1))
    found = dimensions([there], household(3, adults=2), household(1, treatment=True))
    assert found == {f"class||{ARRIVES}": ((2, 1), (3,)), f"treatment||{ARRIVES}": ((0, 1), (1,))}


def test_who_was_decided_since_it_was_said_has_taken_theirs() -> None:
    said = date(2027, 1, 10)
    there = place(("dwelling", "2", 2), of=said)
    before, after = (date(2027, 1, 9), household()), (date(2027, 1, 10), household())
    later = (date(2027, 1, 11), household(arrives=ARRIVES + WEEK))
    for gone, left in (([], 2), ([before], 2), ([after], 1), ([after, later], 1), ([after] * 3, 0)):
        found = dimensions([there], household(), taken={AARHUS: gone})
        assert found[f"dwelling|1|{ARRIVES}"][1] == (left,)
    nobody_knows_when = place(("dwelling", "2", 2))
    found = dimensions([nobody_knows_when], household(), taken={AARHUS: [before]})
    assert found[f"dwelling|1|{ARRIVES}"][1] == (1,)


def test_somebody_is_of_age_on_their_birthday() -> None:
    assert (age_on(date(2009, 3, 2), ARRIVES), age_on(date(2009, 3, 1), ARRIVES)) == (17, 18)
    assert is_adult(date(2009, 3, 1), ARRIVES)


# At the desk


@pytest.fixture
def open_round(db: None) -> None:
    opened_round()


def large_family(**more: Any) -> Any:
    children = tuple(member(f"Barn {number}", date(2016 + number, 1, 1)) for number in range(4))
    return arriving("Familie på seks", members=(member(), member("Samir"), *children), **more)


def test_a_large_family_goes_where_a_dwelling_is_large_enough(open_round: None) -> None:
    for code in (ODENSE, AALBORG, ESBJERG):
        say(code, "dwelling", 4, "2")
    say(AARHUS, "dwelling", 1, "3")
    family = large_family()
    facts = case_of(family).facts
    assert facts["proposed"] == AARHUS
    told = {one["code"]: place_words.option_words(one, facts) for one in facts["options"]}
    assert (
        "Er ledigt, når husstanden kommer: boliger med mindst 3 værelser (1, der skal bruges 1)."
        in (told[AARHUS]["pro"])
    )
    page = " ".join(signed_in(officer_of(agency())).get(family.get_absolute_url()).text.split())
    assert "Ledigt: boliger med mindst 3 værelser" in page
    assert "1 (Egen agency, opgjort 31. december 2025)" in page
    assert "Esbjerg: der mangler boliger med mindst 3 værelser, når husstanden kommer" in page


def test_a_dwelling_that_is_free_after_they_come_is_none_for_them(open_round: None) -> None:
    say(ESBJERG, "dwelling", 3, "2", free_from=ARRIVES + WEEK)
    early, late = arriving("Tidlig"), arriving("Sen", arrives=ARRIVES + WEEK)
    desk = desk_of(agency(), waiting(agency()))
    where = desk.plan().where()
    assert (where[early.reference] != "Esbjerg", where[late.reference]) == (True, "Esbjerg")


def test_a_decided_household_has_its_dwelling(open_round: None) -> None:
    say(ESBJERG, "dwelling", 1, "2")
    first = arriving("Første")
    decided(first, ESBJERG)
    facts = case_of(arriving("Anden")).facts
    assert facts["proposed"] != ESBJERG
    esbjerg = next(one for one in facts["ruled_out"] if one["code"] == ESBJERG)
    assert [(one["topic"], one["free"]) for one in esbjerg["rooms"]] == [("dwelling", 0)]


def test_two_who_need_the_one_large_dwelling_are_told_what_is_lacking(open_round: None) -> None:
    for code in (AARHUS, ODENSE, AALBORG, ESBJERG):
        say(code, "dwelling", 1, "3")
    first = large_family()
    other = large_family(wishes=(wish("family", ESBJERG),))
    assert case_of(other).facts["proposed"] == ESBJERG
    facts = case_of(first).facts
    told = next(place_words.option_words(one, facts) for one in facts["options"] if one["code"] == ESBJERG)
    assert "Der mangler boliger med mindst 3 værelser, hvis alle andre får deres første forslag." in told["con"]


def test_treatment_takes_a_place_where_it_is_a_condition(open_round: None) -> None:
    say(ODENSE, "treatment", 1)
    say(AARHUS, "treatment", 1)
    hospitals = tuple(wish("treatment", code, hard=True) for code in (ODENSE, AARHUS))
    one, other = arriving("Én", wishes=hospitals), arriving("To", wishes=hospitals)
    where = desk_of(agency(), waiting(agency())).plan().where()
    assert {where[one.reference], where[other.reference]} == {"Odense", "Aarhus"}
    decided(one, ODENSE)
    assert case_of(other).facts["proposed"] == AARHUS


def test_older_records_say_what_they_had(open_round: None) -> None:
    facts = case_of(arriving()).facts
    option = {**facts["options"][0], "dwellings": 3, "school_places": None}
    option.pop("rooms")
    told = place_words.option_words(option, facts)
    assert [(one["words"], one["free"], one["said"]) for one in told["rooms"]] == [("boliger", 3, "")]
    assert [
        place_words.short_words(one)
        for one in ("dwellings", "persons", "class||2027-03-01", "school|6-9|2027-03-01", "")
    ] == [
        "boliger",
        "plads på kvoten",
        "pladser på sprogskole",
        "skole, 6-9 år",
        "plads",
    ]
    assert place_words.room_words("dwelling", "1") == "boliger med mindst 1 værelse"
    assert place_words.said_words("Kommunen", None) == "Kommunen"
    short = {
        **facts["options"][0],
        "rooms": [{"topic": "class", "key": "", "free": 1, "takes": 2, "by": "K", "of": None}],
    }
    assert (
        "Mangler, når husstanden kommer: pladser på sprogskole (1 ledige, der skal bruges 2)."
        in (place_words.option_words(short, facts)["con"])
    )
    assert place_words.ruled_out_words({"why": "not_allowed"}) == "en betingelse udelukker stedet"
    assert place_words.ruled_out_words({"why": "no_room"}) == "der er ikke plads til husstanden"
