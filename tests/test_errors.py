"""Errors say where, what was found, what was expected and what to do."""

from fodfaeste.errors import BadInput, FodfaesteError, NotEnoughPeople, Problem, Refused, UnknownName


def test_a_problem_says_where_what_and_what_to_do():
    problem = Problem("-3", "a count of 0 or more", "Leave it empty.", "moves.csv", 7, "arrived")
    assert str(problem) == "moves.csv, row 7, column arrived: found -3, expected a count of 0 or more. Leave it empty."


def test_a_problem_without_a_place_starts_with_what_was_found():
    assert str(Problem("nothing", "a row", "Add one.")) == "found nothing, expected a row. Add one."


def test_all_problems_are_named_at_once():
    error = BadInput(Problem("a", "b", "C."), Problem("d", "e", "F."))
    assert str(error).splitlines() == ["found a, expected b. C.", "found d, expected e. F."]


def test_an_unknown_name_says_what_was_probably_meant():
    assert str(UnknownName("no table", "retension", ["retention", "flows"])).endswith("Did you mean retention?")


def test_a_name_like_none_lists_the_first_dozen():
    error = UnknownName("no table", "zzz", [f"t{k:02}" for k in range(14)])
    assert "t11 and 2 more. Choose one of those." in str(error)


def test_each_kind_of_error_leaves_with_its_own_code():
    assert [kind.exit_code for kind in (FodfaesteError, BadInput, NotEnoughPeople, UnknownName, Refused)] == [
        1,
        3,
        3,
        3,
        4,
    ]
