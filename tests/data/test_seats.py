"""Every municipality of the report has a place on the map."""

from collections import Counter

import pytest

from fodfaeste.data import report2002
from fodfaeste.data.coast import DENMARK
from fodfaeste.data.seats import _corrections, _spelling, _towns, seat, seats
from fodfaeste.errors import UnknownName


@pytest.fixture(scope="module")
def found():
    return seats(report2002.load("employment_2000").frame["municipality"])


def test_all_216_have_a_position_and_say_how_it_was_found(found):
    assert len(found) == 216
    assert Counter(one.how for one in found.values()) == {"same name": 140, "seat by table": 58, "rough position": 18}


def test_all_lie_in_denmark(found):
    for one in found.values():
        assert DENMARK.south < one.latitude < DENMARK.north, one
        assert DENMARK.west < one.longitude < DENMARK.east, one


def test_a_name_that_two_towns_share_is_never_left_to_chance(found):
    for one in found.values():
        if one.how == "same name":
            assert len(_towns()[_spelling(one.municipality)]) == 1, one


def test_rough_positions_say_why(found):
    assert all(one.note for one in found.values() if one.how == "rough position")


def test_the_table_of_corrections_holds_no_municipality_of_another_report(found):
    assert set(_corrections()) <= set(found)


@pytest.mark.parametrize(
    ("municipality", "town", "near"),
    [("Fanø", "Nordby", (55.4, 8.4)), ("Assens", "Assens", (55.3, 9.9)), ("Hinnerup", "Hinnerup", (56.3, 10.1))],
)
def test_known_seats_lie_where_they_should(municipality, town, near):
    one = seat(municipality)
    assert (one.town, round(one.latitude, 1), round(one.longitude, 1)) == (town, *near)


def test_an_unknown_municipality_says_what_was_probably_meant():
    with pytest.raises(UnknownName, match="Did you mean"):
        seat("Læsö")
